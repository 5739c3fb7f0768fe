package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

type calendarCmds struct {
	Feed   feedCmds          `cmd:"" help:"Calendars that a person's calendar program asks for by a secret address, read only."`
	Export calendarExportCmd `cmd:"" help:"Write the hearings to come as a calendar file: pseudonyms, case numbers and courtrooms only."`
}

type calendarExportCmd struct {
	vaultFlags
	langFlag
	For   string        `help:"Only what this room or person takes part in, by name or id." placeholder:"NAME"`
	Every time.Duration `help:"Write it anew so often, until interrupted: for calendar programs that follow a file." placeholder:"5m"`
	File  string        `arg:"" help:"Where to write. An existing file is replaced with --replace only." placeholder:"FILE.ics"`

	Replace bool `help:"Replace the file."`
}

func (e calendarExportCmd) Run(ctx context.Context, c *console) error {
	if e.Every != 0 && e.Every < time.Minute {
		return usageError{"A calendar is written anew once a minute at most."}
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		var of testimony.ResourceID
		name := map[policy.Language]string{policy.English: "Hearings", policy.French: "Audiences"}[e.language()]
		if e.For != "" {
			id, err := findResource(ctx, d, e.For)
			if err != nil {
				return err
			}
			of = id
		}
		if !e.Replace {
			if _, err := os.Lstat(e.File); err == nil {
				return fmt.Errorf("write calendar: %w", os.ErrExist)
			}
		}
		write := func() error {
			text, err := d.Calendar(ctx, of, name, e.language())
			if err != nil {
				return err
			}
			return replaceFile(e.File, text)
		}
		if err := write(); err != nil {
			return err
		}
		if err := c.print(map[string]string{"file": e.File}, fmt.Sprintf("Wrote the calendar to %s.\n", e.File)); err != nil || e.Every == 0 {
			return err
		}
		tick := time.NewTicker(e.Every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := write(); err != nil {
					return err
				}
			}
		}
	})
}

// replaceFile writes a file whole or not at all, readable by its owner only.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".calendar-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is none
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
