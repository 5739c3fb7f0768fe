package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/testimony/rehearsal"
)

type rehearseCmd struct {
	Out     string `help:"Keep the training vault, the recordings and the report in this folder." type:"path" placeholder:"DIR"`
	Seconds int    `help:"Length of the public testimony, from 1 to 3600." default:"6" placeholder:"N"`
}

// errStopped tells a rehearsal that was stopped from one that found something.
var errStopped = errors.New("the rehearsal was stopped before its end and says nothing about this machine")

const longestRehearsal = 3600 // seconds

func (r rehearseCmd) Run(ctx context.Context, c *console) error {
	if r.Seconds < 1 || r.Seconds > longestRehearsal {
		return usageError{fmt.Sprintf("--seconds is from 1 to %d.", longestRehearsal)}
	}
	dir, keep := r.Out, r.Out != ""
	if keep {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("create the folder: %w", err)
		}
		if before, err := os.ReadDir(dir); err != nil || len(before) > 0 {
			return errors.Join(err, usageError{"The folder of --out has files in it already. Nothing was changed; name a new one."})
		}
	} else {
		temporary, err := os.MkdirTemp("", "paravent-rehearsal-")
		if err != nil {
			return fmt.Errorf("create a temporary folder: %w", err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	progress := func(text string) {
		if !c.json {
			fmt.Fprintln(c.out, "·", text)
		}
	}
	report, err := rehearsal.Run(ctx, rehearsal.Config{Dir: dir, Testify: time.Duration(r.Seconds) * time.Second, Progress: progress})
	if ctx.Err() != nil {
		return errStopped
	}
	if keep {
		text, encoded := json.MarshalIndent(report, "", "  ")
		if encoded == nil {
			encoded = os.WriteFile(filepath.Join(dir, "report.json"), append(text, '\n'), 0o600)
		}
		if encoded != nil {
			return encoded
		}
	}
	words := reportWords(report, keep, dir)
	if err == nil && report.Held() {
		words += "\nEvery protection held on this machine.\n"
	}
	if err := c.print(report, words); err != nil {
		return err
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: the rehearsal could not go on: %w", errLawBroken, err)
	case !report.Held():
		return errLawBroken
	}
	return nil
}

func reportWords(r rehearsal.Report, keep bool, dir string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nRehearsal of %s, %.0f s\n\n", r.Began.Format("2006-01-02 15:04"), r.Seconds)
	for _, f := range r.Findings {
		sign := "held   "
		if !f.Held {
			sign = "BROKEN "
		}
		fmt.Fprintf(&b, "  %s %s", sign, f.Name)
		if !f.Held && f.Detail != "" {
			fmt.Fprintf(&b, " (%s)", f.Detail)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	for _, rec := range r.Recordings {
		fmt.Fprintf(&b, "  %s: %s\n", versionWord(rec.Version), rec.Words)
	}
	for _, t := range r.Minutes.Totals {
		fmt.Fprintf(&b, "  testimony in %s session: %.0f s\n", t.Mode, t.Seconds)
	}
	if keep {
		fmt.Fprintf(&b, "\nKept in %s: the training vault, both recordings as WebM, report.json.\n", dir)
	}
	return b.String()
}
