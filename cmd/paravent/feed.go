package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/feed"
)

type feedCmds struct {
	Serve  feedServeCmd  `cmd:"" default:"withargs" help:"Serve the calendars on this machine until interrupted, with this login."`
	Make   feedMakeCmd   `cmd:"" help:"Make a feed for a room or a person, and print its secret address: this once."`
	List   feedListCmd   `cmd:"" help:"List the feeds."`
	Revoke feedRevokeCmd `cmd:"" help:"End a feed: its address is answered like one that never was."`
}

type feedServeCmd struct {
	vaultFlags
	Listen      string   `help:"Where to listen. Other machines reach it only with a certificate." default:"127.0.0.1:8795" placeholder:"ADDR"`
	Host        []string `help:"A name by which programs ask for it besides its own address; may be repeated." placeholder:"NAME"`
	Certificate string   `help:"A certificate in PEM, with its chain." type:"path" placeholder:"FILE"`
	Key         string   `help:"Its key in PEM." type:"path" placeholder:"FILE"`
}

func (f feedServeCmd) Run(ctx context.Context, c *console) error {
	config := feed.Config{Listen: f.Listen, Hosts: f.Host}
	if (f.Certificate == "") != (f.Key == "") {
		return usageError{"A certificate needs its key, and a key its certificate."}
	}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return fmt.Errorf("read the certificate: %w", err)
		}
		config.Certificate = &pair
	}
	return f.with(ctx, c, func(d *docket.Desk) error {
		source, err := d.ServeFeeds(ctx)
		if err != nil {
			return err
		}
		config.Source, config.Clock = source, d.Now
		s, err := feed.Listen(ctx, config)
		if err != nil {
			return err
		}
		defer s.Close()
		if err := c.print(map[string]string{"base": s.Base()}, fmt.Sprintf("Calendars are served at %s until this is stopped.\n", s.Base())); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Done():
			return fmt.Errorf("the calendars are no longer served at %s", s.Base())
		}
	})
}

// feedLine is a feed as a script reads it.
type feedLine struct {
	Feed     docket.FeedID        `json:"feed"`
	Of       testimony.ResourceID `json:"of"`
	Name     string               `json:"name"`
	Language string               `json:"language"`
	Made     time.Time            `json:"made"`
	Revoked  time.Time            `json:"revoked,omitzero"`
	Address  string               `json:"address,omitempty"`
}

type feedMakeCmd struct {
	vaultFlags
	langFlag
	For  string `help:"The room or person whose hearings it has, by name or id." required:"" placeholder:"NAME"`
	Base string `help:"Where the calendars are served." default:"http://127.0.0.1:8795" placeholder:"URL"`
}

func (f feedMakeCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		of, err := findResource(ctx, d, f.For)
		if err != nil {
			return err
		}
		made, secret, err := d.MakeFeed(ctx, of, f.language())
		if err != nil {
			return err
		}
		line := feedLine{Feed: made.ID, Of: of, Name: f.For, Language: f.Lang, Made: made.Made, Address: feed.Address(f.Base, secret)}
		return c.print(line, fmt.Sprintf("%s\n\nWhoever has this address reads the calendar. It is shown this once; the feed is %s.\n", line.Address, made.ID))
	})
}

type feedListCmd struct{ vaultFlags }

func (f feedListCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Feeds(ctx)
		if err != nil {
			return err
		}
		known, err := d.Resources(ctx)
		if err != nil {
			return err
		}
		names := map[testimony.ResourceID]string{}
		for _, r := range known {
			names[r.ID] = r.Name
		}
		lines, words := []feedLine{}, strings.Builder{}
		for _, x := range list {
			line := feedLine{Feed: x.ID, Of: x.Of, Name: names[x.Of], Language: string(x.Language), Made: x.Made, Revoked: x.Revoked}
			state := "since " + x.Made.Local().Format(time.DateOnly)
			if !x.Revoked.IsZero() {
				state = "revoked on " + x.Revoked.Local().Format(time.DateOnly)
			} else if line.Name == "" {
				state = "ended: what it was for is no longer in the docket"
			}
			lines = append(lines, line)
			fmt.Fprintf(&words, "%s  %-24s %s\n", x.ID, line.Name, state)
		}
		if len(list) == 0 {
			words.WriteString("There are none yet. Make one with 'paravent calendar feed make'.\n")
		}
		return c.print(lines, words.String())
	})
}

type feedRevokeCmd struct {
	vaultFlags
	Feed string `arg:"" help:"The feed's id."`
}

func (f feedRevokeCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		if err := d.RevokeFeed(ctx, docket.FeedID(f.Feed)); err != nil {
			return err
		}
		return c.print(map[string]string{"revoked": f.Feed}, "Revoked. Its address is answered like one that never was.\n")
	})
}
