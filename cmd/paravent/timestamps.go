package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
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
	f, err := os.Open(t.Roots)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := stamp.ReadAuthority(t.Address, f, t.Policy)
	if err != nil {
		return err
	}
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
	Recording string `arg:"" optional:"" help:"The recording's id; every one that has no timestamp yet where left out." placeholder:"ID"`
}

func (e evidenceTimestampCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		if e.Recording == "" {
			return e.all(ctx, c, d)
		}
		s, err := d.StampRecording(ctx, testimony.RecordingID(e.Recording), tsa.Ask)
		if err := noRecording(e.Recording, err); err != nil {
			return err
		}
		return c.print(s, fmt.Sprintf("Stamped at %s by %s: the recording was sealed by then.\n", s.At.UTC().Format(time.RFC3339), s.Authority))
	})
}

func (evidenceTimestampCmd) all(ctx context.Context, c *console, d *docket.Desk) error {
	switch a, err := d.TimestampAuthority(ctx); {
	case err != nil:
		return err
	case a.IsZero():
		return docket.ErrNoAuthority
	}
	list, err := d.StampSealed(ctx, tsa.Ask)
	given := append([]docket.RecordingStamp{}, list...)
	words := fmt.Sprintf("Timestamps obtained: %d.\n", len(given))
	for _, s := range given {
		words += fmt.Sprintf("%s  %s  %s\n", s.Recording, s.At.UTC().Format(time.RFC3339), s.Authority)
	}
	return errors.Join(c.print(given, words), err)
}

// stampSealed asks the authority, where there is one, for what timestamps are missing, once what was sealed has been told. What it does not give ends nothing: it is in the audit
// log, on the list of the day, and is asked for again.
func stampSealed(ctx context.Context, c *console, d *docket.Desk) []docket.RecordingStamp {
	if ctx.Err() != nil || !d.MayStamp() {
		return nil
	}
	given, err := d.StampSealed(ctx, tsa.Ask)
	if err != nil {
		c.log.Warn("not timestamped yet", "error", err)
	}
	return given
}

// timestampWords says what is known of a recording's timestamp.
func timestampWords(t *stamp.Checked) string {
	switch {
	case t == nil:
		return "not timestamped"
	case t.Fault != "":
		return t.Fault.Error()
	}
	return fmt.Sprintf("timestamp valid: sealed by %s at the latest, says %s", t.At.UTC().Format(time.RFC3339), t.Authority)
}

// asSentence makes words one.
func asSentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }
