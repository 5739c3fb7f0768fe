package main

import (
	"context"
	"fmt"
	"strings"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type phrasesCmds struct {
	Show phrasesShowCmd `cmd:"" default:"withargs" help:"The phrases, one a line. That you looked is in the audit log."`
	Save phrasesSaveCmd `cmd:"" help:"Keep phrases in the place of those before."`
}

type phrasesShowCmd struct{ personFlags }

func (f phrasesShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		r, err := d.ReadRiskPhrases(ctx, p, "command_line")
		if err != nil {
			return err
		}
		words := "No risk phrases are kept of this person.\n"
		if len(r.Phrases) > 0 {
			words = strings.Join(r.Phrases, "\n") + "\n"
		}
		return c.print(struct {
			Version int          `json:"version"`
			Phrases care.Phrases `json:"phrases"`
		}{r.N, append(care.Phrases{}, r.Phrases...)}, words)
	})
}

type phrasesSaveCmd struct {
	personFlags
	Seen int    `help:"The number of the version that you have seen, as --json prints it; 0 where there was none." default:"0" placeholder:"N"`
	File string `arg:"" help:"A file with one phrase a line, or - for standard input. Never the person's own name: it is sealed to two colleges." placeholder:"FILE"`
}

func (f phrasesSaveCmd) Run(ctx context.Context, c *console) error {
	raw, err := c.readAll(f.File, maxCareFile)
	if err != nil {
		return err
	}
	list := care.Phrases(strings.Split(string(raw), "\n")).Tidy()
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		if err := d.KeepRiskPhrases(ctx, p, f.Seen, list); err != nil {
			return err
		}
		return c.done(fmt.Sprintf("%d risk phrases are kept. The bench opens them with R.", len(list)))
	})
}
