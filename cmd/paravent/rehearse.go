package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/testimony/rehearsal"
)

type rehearseCmd struct {
	Out     string `help:"Keep the training vault, the recordings and the report in this folder." type:"path" placeholder:"DIR"`
	Seconds int    `help:"Length of the public testimony." default:"6" placeholder:"N"`
}

func (r rehearseCmd) Run(ctx context.Context, c *console) error {
	dir, keep := r.Out, r.Out != ""
	if keep {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("create the folder: %w", err)
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
	if keep {
		text, encoded := json.MarshalIndent(report, "", "  ")
		if encoded == nil {
			encoded = os.WriteFile(filepath.Join(dir, "report.json"), append(text, '\n'), 0o600)
		}
		if encoded != nil {
			return encoded
		}
	}
	if err := c.print(report, reportWords(report, keep, dir)); err != nil {
		return err
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: the rehearsal stopped: %w", errLawBroken, err)
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
	if r.Held() {
		b.WriteString("\nEvery protection held on this machine.\n")
	}
	return b.String()
}
