package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"paravent/media/whip/endpoint"
	"paravent/testimony/docket"
)

type broadcastCmds struct {
	Show broadcastShowCmd `cmd:"" help:"Which media server takes the public's broadcast, without its token."`
	Use  broadcastUseCmd  `cmd:"" help:"Name the media server. In a hearing, 'push' of 'paravent host' or the bench's side on the concealment sends to it."`
	Off  broadcastOffCmd  `cmd:"" help:"Name none any more."`
}

// serverLine is a media server without what opens it: its address can be a secret beyond the host.
type serverLine struct {
	Host  string `json:"host"`
	Token bool   `json:"token"`
}

func printServer(c *console, t endpoint.Endpoint) error {
	if t.URL == "" {
		return c.print(serverLine{}, "There is no media server.\n")
	}
	token := "none"
	if t.Token != "" {
		token = "sealed in the vault"
	}
	return c.print(serverLine{t.Host(), t.Token != ""}, table("Media server", t.Host(), "Token", token))
}

type broadcastShowCmd struct{ vaultFlags }

func (b broadcastShowCmd) Run(ctx context.Context, c *console) error {
	return b.with(ctx, c, func(d *docket.Desk) error {
		t, err := d.MediaServer(ctx)
		if err != nil {
			return err
		}
		return printServer(c, t)
	})
}

type broadcastUseCmd struct {
	vaultFlags
	Address   string `arg:"" help:"Of the server's WHIP endpoint (RFC 9725), by https." placeholder:"URL"`
	TokenFile string `help:"A file with the token that the server asks for. Delete it afterwards." type:"path" placeholder:"FILE"`
}

func (b broadcastUseCmd) Run(ctx context.Context, c *console) error {
	t := endpoint.Endpoint{URL: b.Address}
	if b.TokenFile != "" {
		token, err := os.ReadFile(b.TokenFile)
		if err != nil {
			return err
		}
		if t.Token = strings.TrimSpace(string(token)); t.Token == "" {
			return fmt.Errorf("%w: the file with the token is empty", endpoint.Err)
		}
	}
	return b.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetMediaServer(ctx, t); err != nil {
			return err
		}
		return printServer(c, t)
	})
}

type broadcastOffCmd struct{ vaultFlags }

func (b broadcastOffCmd) Run(ctx context.Context, c *console) error {
	return b.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetMediaServer(ctx, endpoint.Endpoint{}); err != nil {
			return err
		}
		return printServer(c, endpoint.Endpoint{})
	})
}
