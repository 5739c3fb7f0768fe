package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/tsa"
)

type timestampsCmds struct {
	Show timestampsShowCmd `cmd:"" help:"Which authority stamps what is sealed."`
	Use  timestampsUseCmd  `cmd:"" help:"Name the authority, and the root certificates that its stamps have to lead to."`
	Off  timestampsOffCmd  `cmd:"" help:"Ask no authority any more. Timestamps that were given stay."`
}

// authorityLine is an authority as a script reads it.
type authorityLine struct {
	Address string `json:"address"`
	Policy  string `json:"policy,omitempty"`
}

func printAuthority(c *console, a stamp.Authority) error {
	if a.IsZero() {
		return c.print(authorityLine{}, "No authority is asked for timestamps.\n")
	}
	policy := a.Policy
	if policy == "" {
		policy = "any"
	}
	return c.print(authorityLine{a.Address, a.Policy}, table("Authority", a.Address, "Policy", policy))
}

type timestampsShowCmd struct{ vaultFlags }

func (t timestampsShowCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		a, err := d.TimestampAuthority(ctx)
		if err != nil {
			return err
		}
		return printAuthority(c, a)
	})
}

type timestampsUseCmd struct {
	vaultFlags
	Address string `arg:"" help:"Of the authority's service, by https or http." placeholder:"URL"`
	Roots   string `arg:"" help:"A file with its root certificates, in PEM." type:"path" placeholder:"ROOTS.pem"`
	Policy  string `help:"The policy that stamps have to be made under, as 1.2.3; any where left out." placeholder:"OID"`
}

func (t timestampsUseCmd) Run(ctx context.Context, c *console) error {
	stat, err := os.Stat(t.Roots)
	if err != nil {
		return err
	}
	if stat.Size() > stamp.MaxRoots {
		return fmt.Errorf("%w: its file of root certificates is too large", stamp.ErrAuthority)
	}
	roots, err := os.ReadFile(t.Roots)
	if err != nil {
		return err
	}
	a := stamp.Authority{Address: t.Address, Roots: roots, Policy: t.Policy}
	return t.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetTimestampAuthority(ctx, a); err != nil {
			return err
		}
		return printAuthority(c, a)
	})
}

type timestampsOffCmd struct{ vaultFlags }

func (t timestampsOffCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		if err := d.SetTimestampAuthority(ctx, stamp.Authority{}); err != nil {
			return err
		}
		return printAuthority(c, stamp.Authority{})
	})
}

type evidenceTimestampCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
}

func (e evidenceTimestampCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		s, err := d.StampRecording(ctx, testimony.RecordingID(e.Recording), tsa.Ask)
		if err := noRecording(e.Recording, err); err != nil {
			return err
		}
		return c.print(s, fmt.Sprintf("Stamped at %s by %s: the recording was sealed by then.\n", s.At.UTC().Format(time.RFC3339), s.Authority))
	})
}
