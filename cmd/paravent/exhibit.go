package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"paravent/protection"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

type exhibitCmds struct {
	Add      exhibitAddCmd      `cmd:"" help:"Receive a file as an exhibit of a case: PDF, PNG, JPEG, MP4, MOV, WebM or WAV, kept sealed exactly as it is. Its name is not kept."`
	List     exhibitListCmd     `cmd:"" help:"List the exhibits of a case, or of all cases."`
	Show     exhibitShowCmd     `cmd:"" help:"What is known of an exhibit, who may open it and be shown it, who can open it now, and for readers of the log who did."`
	Open     exhibitOpenCmd     `cmd:"" help:"Write an exhibit as it was received to a new file, or into a folder under a neutral name. A sealed one takes an approved opening."`
	Withdraw exhibitWithdrawCmd `cmd:"" help:"Withdraw an exhibit: it is neither opened nor shown any more."`
	Opening  openingCmds        `cmd:"" help:"Requests to open sealed exhibits, which takes two people of two colleges."`
	Custody  exhibitCustodyCmd  `cmd:"" help:"Every act on an exhibit that the audit log has, and what its file is found to be now."`
}

type exhibitAddCmd struct {
	vaultFlags
	File   string `arg:"" help:"The file to receive. It stays where it is." placeholder:"FILE"`
	Case   string `required:"" help:"The case: its number or id." placeholder:"CASE"`
	Number string `required:"" help:"The court's number of the exhibit, once in the case." placeholder:"NUMBER"`
	Title  string `required:"" help:"What it is, in words that name nobody." placeholder:"TEXT"`
	Class  string `help:"How closely it is kept: open, confidential or sealed." enum:"open,confidential,sealed" default:"sealed"`
}

func (x exhibitAddCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		in, err := d.FindCase(ctx, x.Case)
		if err != nil {
			return err
		}
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		about, err := f.Stat()
		if err != nil {
			return err
		}
		if !about.Mode().IsRegular() {
			return usageError{"An exhibit is received from a file."}
		}
		e, err := d.ReceiveExhibit(ctx, exhibit.Exhibit{Case: in, Number: x.Number, Title: x.Title, Class: exhibit.Class(x.Class)}, f, about.Size(), c.bytesOf("Sealing"))
		if err != nil {
			return err
		}
		return c.print(e, fmt.Sprintf("Received and sealed: %s, number %s, %s (%s), %d bytes, %s.\nSHA-256 %s\nThe file that you handed over is still where it was: see to it.\n",
			e.ID, e.Number, e.Kind(), e.Format, e.Size, e.Class, hex.EncodeToString(e.SHA256)))
	})
}

type exhibitListCmd struct {
	vaultFlags
	Case string `help:"Only of this case." placeholder:"CASE"`
}

func (x exhibitListCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		var only protection.CaseID
		if x.Case != "" {
			var err error
			if only, err = d.FindCase(ctx, x.Case); err != nil {
				return err
			}
		}
		list, err := d.Exhibits(ctx, only)
		if err != nil {
			return err
		}
		pairs := []any{}
		for _, e := range list {
			state := ""
			if !e.Withdrawn.IsZero() {
				state = "  withdrawn " + e.Withdrawn.UTC().Format(dayLayout)
			}
			if !e.Erased.IsZero() {
				state = "  erased " + e.Erased.UTC().Format(dayLayout)
			}
			pairs = append(pairs, e.ID, fmt.Sprintf("%s  %s  %s (%s)  %s%s", e.Number, e.Title, e.Kind(), e.Format, e.Class, state))
		}
		words := table(pairs...)
		if len(list) == 0 {
			words, list = "There are no exhibits.\n", []exhibit.Exhibit{}
		}
		return c.print(list, words)
	})
}

type exhibitFlags struct {
	vaultFlags
	Exhibit string `arg:"" help:"The exhibit's id."`
}

func (x exhibitFlags) id() exhibit.ID { return exhibit.ID(x.Exhibit) }

// noExhibit names the exhibit that is not there.
func noExhibit(typed string, err error) error {
	if errors.Is(err, docket.ErrNotFound) {
		return fmt.Errorf("there is no exhibit %q: %w", typed, err)
	}
	return err
}

type exhibitShowCmd struct{ exhibitFlags }

func (x exhibitShowCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		e, err := d.Exhibit(ctx, x.id())
		if err != nil {
			return noExhibit(x.Exhibit, err)
		}
		access, err := d.ExhibitAccess(ctx, e)
		if err != nil {
			return err
		}
		shown := []string{"bench"}
		for _, r := range exhibit.Audiences(e.Class) {
			shown = append(shown, string(r))
		}
		opens := strings.Join(access.Offices, ", ")
		if e.Class == exhibit.Sealed {
			opens += ", when the other college approves"
		}
		now := []string{}
		for _, u := range access.Now {
			now = append(now, u.Name)
		}
		pairs := []any{"Number", e.Number, "Title", e.Title, "Kind", fmt.Sprintf("%s (%s)", e.Kind(), e.Format), "Class", e.Class, "Bytes", e.Size, "SHA-256", hex.EncodeToString(e.SHA256),
			"Received", e.Received.UTC().Format(time.RFC3339), "Opens to", opens, "Can open it now", cmp.Or(strings.Join(now, ", "), "nobody"), "Can be shown to", strings.Join(shown, ", ")}
		if !e.Withdrawn.IsZero() {
			pairs = append(pairs, "Withdrawn", e.Withdrawn.UTC().Format(time.RFC3339)+": "+e.Why)
		}
		if !e.Erased.IsZero() {
			pairs = append(pairs, "Erased", e.Erased.UTC().Format(time.RFC3339)+", by a judge's decision")
		}
		for _, k := range access.Opened {
			pairs = append(pairs, "Opened", fmt.Sprintf("%s  %s (%s)  %s", k.At.UTC().Format(time.RFC3339), k.By.Name, k.By.Office, k.Purpose))
		}
		return c.print(struct {
			exhibit.Exhibit
			Access docket.ExhibitAccess `json:"access"`
		}{e, access}, table(pairs...))
	})
}

type exhibitOpenCmd struct {
	exhibitFlags
	To string `arg:"" help:"The file to write, or a folder. An existing file is never replaced." placeholder:"FILE-OR-FOLDER"`
}

func (x exhibitOpenCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		e, place, err := d.CopyExhibit(ctx, x.id(), x.To, c.bytesOf("Writing"))
		if err != nil {
			return noExhibit(x.Exhibit, err)
		}
		return c.print(map[string]any{"file": place, "sha256": hex.EncodeToString(e.SHA256)}, fmt.Sprintf("Wrote %s, in clear, as it was received: SHA-256 %s.\n", place, hex.EncodeToString(e.SHA256)))
	})
}

type exhibitWithdrawCmd struct {
	exhibitFlags
	Reason string `required:"" help:"Why." placeholder:"TEXT"`
}

func (x exhibitWithdrawCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		e, err := d.WithdrawExhibit(ctx, x.id(), x.Reason)
		if err != nil {
			return noExhibit(x.Exhibit, err)
		}
		return c.print(e, fmt.Sprintf("Exhibit %s is withdrawn. What was received stays sealed, and its custody stays readable.\n", e.Number))
	})
}

type exhibitCustodyCmd struct{ exhibitFlags }

func (x exhibitCustodyCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		report, err := d.ExhibitCustody(ctx, x.id())
		if err != nil {
			return noExhibit(x.Exhibit, err)
		}
		var words strings.Builder
		fmt.Fprintf(&words, "Exhibit %s: %s. SHA-256 as received: %s.\n", report.Exhibit.Number, report.Found, hex.EncodeToString(report.Exhibit.SHA256))
		for _, k := range report.Chain {
			fmt.Fprintf(&words, "%d  %s  %s  %s (%s)  %s\n", k.Entry, k.At.UTC().Format(time.RFC3339), k.Act, k.By.Name, k.By.Office, k.Purpose)
		}
		return c.print(report, words.String())
	})
}
