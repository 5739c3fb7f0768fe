package main

import "context"

type desktopCmd struct {
	Vault string `help:"The vault file." type:"path" placeholder:"FILE" env:"PARAVENT_VAULT"`
}

func (d desktopCmd) Run(ctx context.Context, c *console) error { return usageError{"no window yet"} }

type demoCmd struct{}

func (demoCmd) Run(ctx context.Context, c *console) error { return usageError{"no window yet"} }
