package main

import (
	"paravent/testimony/docket"
)

type userSuggestCmd struct {
	Language string `help:"Of the words: ${enum}." enum:"en,fr" default:"en"`
}

func (u userSuggestCmd) Run(c *console) error {
	words, err := docket.SuggestPassphrase(docket.Options{}, u.Language)
	if err != nil {
		return err
	}
	return c.print(map[string]string{"passphrase": words}, words+"\n")
}
