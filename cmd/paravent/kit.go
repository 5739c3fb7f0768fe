package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony/docket"
	"paravent/testimony/sheets"
)

type kitCmds struct {
	Make    kitMakeCmd    `cmd:"" help:"Make the recovery kit of your college, and write its sheets."`
	List    kitListCmd    `cmd:"" help:"Show the recovery kits and whose keys are not sealed to one."`
	Confirm kitConfirmCmd `cmd:"" help:"Put a kit in force, once you have seen its sheets handed out."`
	Discard kitDiscardCmd `cmd:"" help:"Throw a kit away that is not in force yet."`
	Check   kitCheckCmd   `cmd:"" help:"Look whether sheets are of your college's kit. It opens nothing."`
}

type kitMakeCmd struct {
	vaultFlags
	Needed   int      `help:"How many sheets bring a user back, at least two." short:"k" required:""`
	Holder   []string `help:"The login of a user who keeps a sheet; once for each." sep:"none" placeholder:"LOGIN"`
	Outside  []string `help:"Somebody else who keeps a sheet, by name; once for each." sep:"none" placeholder:"NAME"`
	PDF      string   `help:"Write the sheets to this new PDF, a page for each." name:"pdf" type:"path" placeholder:"FILE.pdf"`
	Text     string   `help:"Write each sheet to a text file in this folder." type:"path" placeholder:"DIR"`
	Language string   `help:"The language of the sheets: ${enum}." enum:"en,fr" default:"en"`
}

func (k kitMakeCmd) Run(ctx context.Context, c *console) error {
	if k.PDF == "" && k.Text == "" {
		return usageError{"The sheets are written once: name a file with --pdf, or a folder with --text."}
	}
	return k.with(ctx, c, func(d *docket.Desk) error {
		var holders []store.Holder
		for _, login := range k.Holder {
			u, err := userByLogin(ctx, d, login)
			if err != nil {
				return err
			}
			holders = append(holders, store.Holder{User: u.ID})
		}
		for _, name := range k.Outside {
			holders = append(holders, store.Holder{Name: name})
		}
		made, list, err := d.MakeKit(ctx, k.Needed, holders)
		if err != nil {
			return err
		}
		defer wipeSheets(list)
		files, err := k.write(ctx, d, made, list)
		if err != nil {
			for _, f := range files {
				err = errors.Join(err, os.Remove(f))
			}
			return errors.Join(err, d.DiscardKit(ctx, made.ID))
		}
		words := fmt.Sprintf("Made the kit %s of the %s: %d of %d sheets bring a user back.\n", made.ID, made.Name, made.Needed, made.Sheets)
		for _, f := range files {
			words += "Wrote " + f + "\n"
		}
		words += "Print them, hand them out, and destroy the files. The sheets are shown this once.\nThe kit is in force when " +
			"'paravent kit confirm " + made.ID + "' was run by another member of your college, if it has one.\n"
		return c.print(map[string]any{"kit": made.ID, "college": made.Name, "needed": made.Needed, "sheets": made.Sheets, "files": files}, words)
	})
}

// write writes the sheets. It returns the files that it has made.
func (k kitMakeCmd) write(ctx context.Context, d *docket.Desk, made store.Kit, list []kit.Sheet) (files []string, err error) {
	vault, _, err := d.Status(ctx)
	if err != nil {
		return nil, err
	}
	if k.PDF != "" {
		if err := sheets.Write(k.PDF, made, list, vault, k.Language); err != nil {
			return files, err
		}
		files = append(files, k.PDF)
	}
	if k.Text == "" {
		return files, nil
	}
	if err := os.MkdirAll(k.Text, 0o700); err != nil {
		return files, err
	}
	for _, s := range list {
		path := filepath.Join(k.Text, fmt.Sprintf("%s-%s-sheet-%d.txt", made.Name, made.ID, s.Index))
		if err := sheets.WriteFile(path, []byte(sheets.Text(made, s, vault, k.Language))); err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
}

func wipeSheets(list []kit.Sheet) {
	for i := range list {
		list[i].Wipe()
	}
}

type kitListCmd struct{ vaultFlags }

// kitLine is a college's kit as a script reads it.
type kitLine struct {
	College    string   `json:"college"`
	Kit        string   `json:"kit,omitempty"` // in force
	Made       string   `json:"made,omitempty"`
	Needed     int      `json:"needed,omitempty"`
	Sheets     int      `json:"sheets,omitempty"`
	Waiting    string   `json:"waiting,omitempty"` // made, to be confirmed
	Distrusted bool     `json:"distrusted"`
	Left       []int    `json:"left"`    // sheets with users whose access was taken away
	Missing    []string `json:"missing"` // logins whose keys are not sealed to it yet
}

func (k kitListCmd) Run(ctx context.Context, c *console) error {
	return k.with(ctx, c, func(d *docket.Desk) error {
		states, err := d.Kits(ctx)
		if err != nil {
			return err
		}
		var lines []kitLine
		words := ""
		for _, s := range states {
			l := kitLine{College: string(s.College), Distrusted: s.Distrusted, Missing: []string{}, Left: append([]int{}, s.Left...)}
			said := "none in force"
			if s.InForce != nil {
				l.Kit, l.Made, l.Needed, l.Sheets = s.InForce.ID, s.InForce.Made.Format(time.RFC3339), s.InForce.Needed, s.InForce.Sheets
				said = fmt.Sprintf("%s, %d of %d sheets, made %s", l.Kit, l.Needed, l.Sheets, s.InForce.Made.Local().Format("2006-01-02"))
			}
			if s.Distrusted {
				said += "; it was not made and confirmed by the college, so no keys are sealed to it: make another"
			}
			if len(s.Left) > 0 {
				said += fmt.Sprintf("; sheets %v lie with users whose access was taken away: make another", s.Left)
			}
			for _, u := range s.Missing {
				l.Missing = append(l.Missing, u.Login)
			}
			if len(l.Missing) > 0 {
				said += "; not sealed yet, until they next open the vault: " + strings.Join(l.Missing, ", ")
			}
			if s.Waiting != nil {
				l.Waiting = s.Waiting.ID
				said += "; waits to be confirmed: " + l.Waiting
			}
			lines = append(lines, l)
			words += fmt.Sprintf("%s: %s\n", s.College, said)
		}
		return c.print(lines, words)
	})
}

type kitConfirmCmd struct {
	vaultFlags
	Kit string `arg:"" help:"The kit's id."`
}

func (k kitConfirmCmd) Run(ctx context.Context, c *console) error {
	return k.with(ctx, c, func(d *docket.Desk) error {
		made, err := d.ConfirmKit(ctx, k.Kit)
		if err != nil {
			return err
		}
		return c.print(map[string]string{"kit": made.ID, "college": made.Name, "state": "in_force"},
			"The kit is in force. Each user's desk seals their keys to it when they next open the vault.\nThe sheets of an earlier kit are useless from now on, but for copies of the vault from before: have them destroyed.\n")
	})
}

type kitDiscardCmd struct {
	vaultFlags
	Kit string `arg:"" help:"The kit's id."`
}

func (k kitDiscardCmd) Run(ctx context.Context, c *console) error {
	return k.with(ctx, c, func(d *docket.Desk) error {
		if err := d.DiscardKit(ctx, k.Kit); err != nil {
			return err
		}
		return c.print(map[string]string{"kit": k.Kit, "state": "discarded"}, "The kit is gone. Its sheets open nothing.\n")
	})
}

type kitCheckCmd struct {
	vaultFlags
	Sheet []string `arg:"" help:"A file with a sheet; several at once." type:"path" placeholder:"FILE"`
}

func (k kitCheckCmd) Run(ctx context.Context, c *console) error {
	return k.with(ctx, c, func(d *docket.Desk) error {
		lines, words := []map[string]any{}, ""
		for _, file := range k.Sheet {
			s, err := sheetIn(file)
			if err != nil {
				return err
			}
			of, err := d.CheckSheet(ctx, s)
			s.Wipe()
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			state := "in_force"
			if !of.InForce() {
				state = "waiting"
			}
			lines = append(lines, map[string]any{"kit": of.ID, "college": of.Name, "sheet": s.Index, "state": state})
			words += fmt.Sprintf("%s: sheet %d of the kit %s of the %s (%s), of which any %d of %d are needed.\n", file, s.Index, of.ID, of.Name, state, of.Needed, of.Sheets)
		}
		return c.print(lines, words)
	})
}

// sheetIn reads the sheet in a file.
func sheetIn(file string) (kit.Sheet, error) {
	raw, err := passphraseIn(file) // which is as short, and is not left in memory either
	if err != nil {
		return kit.Sheet{}, err
	}
	defer clear(raw)
	s, err := kit.Parse(string(raw))
	if err != nil {
		return kit.Sheet{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

type userRecoverCmd struct {
	Of string `arg:"" help:"The login whose passphrase is forgotten." placeholder:"LOGIN"`
	placeFlags
	Sheet             []string `help:"A file with a sheet; once for each. Left out: they are typed." type:"path" sep:"none" placeholder:"FILE"`
	NewPassphraseFile string   `help:"Read the new passphrase from this file." type:"path" placeholder:"FILE"`
}

func (u userRecoverCmd) Run(ctx context.Context, c *console) error {
	path, err := u.existing()
	if err != nil {
		return err
	}
	known, err := docket.SheetsNeeded(ctx, path, u.Of, docket.Standard())
	if err != nil {
		return err
	}
	list, err := u.sheets(c, known)
	defer wipeSheets(list)
	if err != nil {
		return err
	}
	if _, err := checkedSheets(known, list); err != nil {
		return err
	}
	passphrase, err := newPassphrase(c, u.NewPassphraseFile)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	d, r, err := docket.Recover(ctx, path, u.Of, list, passphrase, docket.Standard())
	if err != nil {
		return err
	}
	login := d.Me().Login
	if err := d.Close(); err != nil {
		return err
	}
	return c.print(map[string]any{"login": login, "recovery": r.ID, "sheets": r.Sheets},
		fmt.Sprintf("%s is back under the new passphrase. It is in the audit log, and somebody of the other college has to review it (%s).\nReturn the sheets to where they were kept.\n", login, r.ID))
}

// checkedSheets refuses sheets before a passphrase is asked for.
func checkedSheets(known kit.Kit, list []kit.Sheet) ([]kit.Sheet, error) {
	seed, err := kit.Join(known, list)
	clear(seed)
	return list, err
}

// sheets reads the sheets from files, or has them typed at a terminal.
func (u userRecoverCmd) sheets(c *console, known kit.Kit) (list []kit.Sheet, err error) {
	for _, file := range u.Sheet {
		s, err := sheetIn(file)
		if err != nil {
			return list, err
		}
		list = append(list, s)
	}
	if len(u.Sheet) > 0 {
		return list, nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil, usageError{"The sheets are needed: name a file for each with --sheet, or run this in a terminal."}
	}
	in := bufio.NewScanner(c.in)
	for len(list) < known.Needed {
		s, err := typedSheet(c, in, len(list)+1, known)
		if err != nil {
			return list, err
		}
		list = append(list, s)
	}
	return list, nil
}

// typedSheet asks for a sheet until it is typed without a mistake and is one of the kit's.
func typedSheet(c *console, in *bufio.Scanner, number int, known kit.Kit) (kit.Sheet, error) {
	for {
		fmt.Fprintf(c.errors, "Sheet %d of the %d needed, four lines; an empty line ends it:\n", number, known.Needed)
		var lines []string
		for in.Scan() && strings.TrimSpace(in.Text()) != "" {
			lines = append(lines, in.Text())
		}
		if len(lines) == 0 {
			return kit.Sheet{}, usageError{"No sheet was typed. Nothing was changed."}
		}
		s, err := kit.Parse(strings.Join(lines, "\n"))
		if err == nil {
			err = known.Check(s)
		}
		if err == nil {
			return s, nil
		}
		text, _ := tell(err)
		fmt.Fprintln(c.errors, text)
	}
}

type userRecoveriesCmd struct{ vaultFlags }

func (u userRecoveriesCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Recoveries(ctx)
		if err != nil {
			return err
		}
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		logins := map[store.UserID]string{}
		for _, x := range users {
			logins[x.ID] = x.Login
		}
		lines, words := []map[string]any{}, ""
		for _, r := range list {
			l := map[string]any{"recovery": r.ID, "login": logins[r.User], "kit": r.Kit, "sheets": r.Sheets, "at": r.At.Format(time.RFC3339), "reviewed": r.Reviewed != nil}
			said := "waits for a review by the other college"
			if r.Reviewed != nil {
				l["finding"], l["by"] = r.Reviewed.Reason, logins[r.Reviewed.By]
				said = fmt.Sprintf("reviewed by %s: %s", logins[r.Reviewed.By], r.Reviewed.Reason)
			}
			lines = append(lines, l)
			words += fmt.Sprintf("%s %s came back on %s with the sheets %v; %s\n", r.ID, logins[r.User], r.At.Local().Format("2006-01-02 15:04"), r.Sheets, said)
		}
		if len(list) == 0 {
			words = "Nobody was let in by a recovery kit.\n"
		}
		return c.print(lines, words)
	})
}

type userReviewCmd struct {
	vaultFlags
	Recovery string `arg:"" help:"The recovery's id."`
	Finding  string `help:"What you found." required:""`
}

func (u userReviewCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.ReviewRecovery(ctx, u.Recovery, u.Finding)
		if err != nil {
			return err
		}
		return c.print(map[string]string{"recovery": r.ID, "state": "reviewed"}, "The review is noted.\n")
	})
}
