package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"paravent/testimony/docket"
	"paravent/testimony/relay"
)

type relayCmds struct {
	Show relayShowCmd `cmd:"" help:"Over which relay guests come, without its key."`
	Use  relayUseCmd  `cmd:"" help:"Let guests come over the relay of a file that 'paravent-relay court' or its administrator made."`
	Try  relayTryCmd  `cmd:"" help:"See whether the relay answers this desk."`
	Off  relayOffCmd  `cmd:"" help:"Let no guest come over a relay any more."`
}

// relayLine is a reach without what opens it.
type relayLine struct {
	URL         string   `json:"url"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	TURN        []string `json:"turn"`
}

func lineOfReach(r relay.Reach) (relayLine, string) {
	l := relayLine{URL: r.Relay.URL, Fingerprint: r.Relay.Fingerprint, TURN: r.Servers()}
	if r.IsZero() {
		return relayLine{TURN: []string{}}, "Guests come over no relay.\n"
	}
	return l, table("Relay", l.URL, "Fingerprint", l.Fingerprint, "TURN", strings.Join(l.TURN, ", "))
}

type relayShowCmd struct{ vaultFlags }

func (r relayShowCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		reach, err := d.Reach(ctx)
		if err != nil {
			return err
		}
		line, words := lineOfReach(reach)
		return c.print(line, words)
	})
}

type relayUseCmd struct {
	vaultFlags
	File string `arg:"" help:"The relay's file. It holds a key: delete it afterwards." type:"path"`
}

func (r relayUseCmd) Run(ctx context.Context, c *console) error {
	f, err := os.Open(r.File)
	if err != nil {
		return err
	}
	defer f.Close()
	reach, err := relay.ReadReach(f)
	if err != nil {
		return err
	}
	return r.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetReach(ctx, reach); err != nil {
			return err
		}
		line, words := lineOfReach(reach)
		return c.print(line, words+"The key is sealed in the vault. Delete the file.\n")
	})
}

type relayOffCmd struct{ vaultFlags }

func (r relayOffCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetReach(ctx, relay.Reach{}); err != nil {
			return err
		}
		line, words := lineOfReach(relay.Reach{})
		return c.print(line, words)
	})
}

type relayTryCmd struct{ vaultFlags }

// tryFor is how long a relay is waited for.
const tryFor = 15 * time.Second

func (r relayTryCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		reach, err := d.ReachForUse(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, tryFor)
		defer cancel()
		began := time.Now()
		if err := relay.Try(ctx, reach.Relay); err != nil {
			return err
		}
		took := time.Since(began).Milliseconds()
		return c.print(map[string]any{"answers": true, "milliseconds": took}, fmt.Sprintf("The relay answers this desk, in %d ms.\n", took))
	})
}
