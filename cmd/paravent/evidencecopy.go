package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

type copyCmds struct {
	List    copyListCmd    `cmd:"" default:"withargs" help:"List the copies and where they stand."`
	Request copyRequestCmd `cmd:"" help:"Ask that a seat of the hearing or an official be given a copy of a recording until a date."`
	Approve copyApproveCmd `cmd:"" help:"Approve a copy for your college. Of a clear picture both colleges have to; of an altered one a judge."`
	Refuse  copyRefuseCmd  `cmd:"" help:"Refuse a copy that was not made, or withdraw your own request, with a reason."`
	Make    copyMakeCmd    `cmd:"" help:"Write an approved copy to a new file, with its recipient on the picture and a hidden mark."`
	End     copyEndCmd     `cmd:"" help:"Note that a copy came back or was destroyed."`
	Trace   copyTraceCmd   `cmd:"" help:"Find out which copy films or pictures are of that were found somewhere."`
}

// copyLine is a copy as a script reads it.
type copyLine struct {
	ID        identity.RequestID    `json:"id"`
	Number    int                   `json:"number"`
	State     copies.State          `json:"state"`
	Recording testimony.RecordingID `json:"recording"`
	Clear     bool                  `json:"clear"`
	Role      string                `json:"role"`
	Label     string                `json:"label"`
	Purpose   string                `json:"purpose"`
	Requester string                `json:"requester"`
	Asked     time.Time             `json:"asked"`
	Until     time.Time             `json:"until"`
	Approved  []identity.College    `json:"approved"`
	Made      time.Time             `json:"made,omitzero"`
	SHA256    string                `json:"sha256,omitempty"`
	Ended     copies.Ending         `json:"ended,omitempty"`
}

func describeCopy(c copies.Copy, at time.Time) copyLine {
	l := copyLine{ID: c.ID, Number: c.Number, State: c.State(at), Recording: c.Recording, Clear: c.Clear(), Role: c.To.Role, Label: c.To.Label, Purpose: c.Purpose,
		Requester: c.Requester, Asked: c.Asked, Until: c.Until, Approved: []identity.College{}}
	for _, x := range c.Consents {
		l.Approved = append(l.Approved, x.College)
	}
	if c.Made != nil {
		l.Made, l.SHA256 = c.Made.At, hex.EncodeToString(c.Made.SHA256)
	}
	if c.Ended != nil {
		l.Ended = c.Ended.Kind
	}
	return l
}

// copyWaits says what a copy waits for.
func copyWaits(l copyLine) string {
	switch {
	case l.State == copies.Over:
		return string(l.Ended)
	case l.State != copies.Asked:
		return string(l.State)
	case !l.Clear:
		return "waits for a judge"
	case len(l.Approved) == 0:
		return "waits for both colleges"
	case l.Approved[0] == identity.Court:
		return "waits for the bench"
	}
	return "waits for the court's college"
}

type copyListCmd struct {
	vaultFlags
	Recording string `help:"Only of this recording and of its versions." placeholder:"ID"`
}

func (x copyListCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Copies(ctx, testimony.RecordingID(x.Recording))
		if err != nil {
			return err
		}
		lines := []copyLine{}
		var words strings.Builder
		w := tabwriter.NewWriter(&words, 0, 0, 2, ' ', 0)
		for _, g := range list {
			l := describeCopy(g, d.Now())
			lines = append(lines, l)
			fmt.Fprintf(w, "%s\tcopy %d of %s\tfor %s (%s)\tuntil %s\t%s\n", l.ID, l.Number, l.Recording, l.Label, l.Role, l.Until.Format(dayLayout), copyWaits(l))
		}
		_ = w.Flush()
		if len(lines) == 0 {
			words.WriteString("There is no copy.\n")
		}
		return c.print(lines, words.String())
	})
}

type copyRequestCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id, or that of a version of it."`
	Seat      string `help:"For a seat of the hearing: its id, its key in the docket file, or its role where only one has it." xor:"to" required:"" placeholder:"SEAT"`
	Official  string `help:"For an official: their login." xor:"to" required:"" placeholder:"LOGIN"`
	Until     string `help:"The last day." required:"" placeholder:"YYYY-MM-DD"`
	Purpose   string `help:"What for, in a few words. It stays in the vault." required:""`
}

func (x copyRequestCmd) Run(ctx context.Context, c *console) error {
	day, err := parseDay(x.Until)
	if err != nil {
		return err
	}
	return x.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.Recording(ctx, testimony.RecordingID(x.Recording))
		if err != nil {
			return noRecording(x.Recording, err)
		}
		a := docket.CopyAsking{Recording: r.ID, Purpose: x.Purpose, Until: copies.LastSecond(day)}
		if x.Official != "" {
			u, err := userByLogin(ctx, d, x.Official)
			if err != nil {
				return err
			}
			a.User = u.ID
		} else {
			h, err := d.Hearing(ctx, r.Hearing)
			if err != nil {
				return err
			}
			if a.Seat, err = findSeat(ctx, d, h, x.Seat); err != nil {
				return err
			}
		}
		g, err := d.AskCopy(ctx, a)
		if err != nil {
			return err
		}
		l := describeCopy(g, d.Now())
		return c.print(l, fmt.Sprintf("Asked for as %s: copy %d, for %s, until %s. It %s.\n", l.ID, l.Number, l.Label, x.Until, copyWaits(l)))
	})
}

// copyFlags name the copy that a step is about.
type copyFlags struct {
	vaultFlags
	ID string `arg:"" help:"The copy." placeholder:"ID"`
}

func (f copyFlags) step(ctx context.Context, c *console, words string, take func(*docket.Desk, identity.RequestID) (copies.Copy, error)) error {
	return stepMatter(ctx, c, f.vaultFlags, "copy", f.ID, take, func(d *docket.Desk, g copies.Copy) (any, string) {
		l := describeCopy(g, d.Now())
		return l, fmt.Sprintf("%s Copy %d: %s.\n", words, l.Number, copyWaits(l))
	})
}

type copyApproveCmd struct{ copyFlags }

func (x copyApproveCmd) Run(ctx context.Context, c *console) error {
	return x.step(ctx, c, "Approved and signed.", func(d *docket.Desk, id identity.RequestID) (copies.Copy, error) {
		return d.ApproveCopy(ctx, id)
	})
}

type copyRefuseCmd struct {
	copyFlags
	Reason string `help:"Why." required:""`
}

func (x copyRefuseCmd) Run(ctx context.Context, c *console) error {
	return x.step(ctx, c, "Nothing was made.", func(d *docket.Desk, id identity.RequestID) (copies.Copy, error) {
		return d.RefuseCopy(ctx, id, x.Reason)
	})
}

type copyEndCmd struct {
	copyFlags
	How  string `help:"What became of it: ${enum}." enum:"returned,destroyed" required:""`
	Note string `help:"How that is known." required:""`
}

func (x copyEndCmd) Run(ctx context.Context, c *console) error {
	return x.step(ctx, c, "Noted.", func(d *docket.Desk, id identity.RequestID) (copies.Copy, error) {
		return d.EndCopy(ctx, id, copies.Ending(x.How), x.Note)
	})
}

type copyMakeCmd struct {
	copyFlags
	File     string `arg:"" help:"The WebM file to write. An existing file is never replaced." type:"path" placeholder:"FILE.webm"`
	Language string `help:"Of the words on the picture: ${enum}." enum:"en,fr" default:"en"`
}

func (x copyMakeCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		g, err := evidence.MakeCopy(ctx, d, identity.RequestID(x.ID), x.File, policy.Language(x.Language), c.bytesOf("Making"))
		if err != nil {
			if errors.Is(err, docket.ErrNotFound) {
				return fmt.Errorf("there is no copy %q: %w", x.ID, err)
			}
			return err
		}
		words := fmt.Sprintf("Wrote %s: copy %d, for %s, until %s, %d pictures.\nSHA-256 %x\nIt is in the clear: hand it over, and see that no other copy of this file stays.\n",
			x.File, g.Copy.Number, g.Copy.To.Label, g.Copy.Until.Format(dayLayout), g.Pictures, g.Copy.Made.SHA256)
		if g.Lost > 0 {
			words += fmt.Sprintf("%d pictures of the recording can't be shown; the one before stays in their place.\n", g.Lost)
		}
		return c.print(g, words)
	})
}

type copyTraceCmd struct {
	vaultFlags
	Files []string `arg:"" help:"What was found: WebM films with VP8, PNG or JPEG pictures, all taken to be of one copy." type:"path" placeholder:"FILE"`
}

func (x copyTraceCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		t, err := evidence.TraceCopy(ctx, d, x.Files, c.progressOf("Comparing"))
		if err != nil {
			return err
		}
		return c.print(t, traceWords(t))
	})
}

func traceWords(t evidence.Trace) string {
	var b strings.Builder
	for _, f := range t.Found {
		how := fmt.Sprintf("its mark stands out by %.1f deviations, at %.0f %% of the copy's size", f.Score, f.Scale*100)
		if f.Same {
			how = "it is the very file"
		}
		fmt.Fprintf(&b, "%s: copy %d of %s, for %s (%s): %s.\n", f.Copy.ID, f.Copy.Number, f.Copy.Recording, f.Copy.To.Label, f.Copy.To.Role, how)
	}
	if len(t.Found) == 0 {
		b.WriteString("No copy's mark was found.\n")
	}
	fmt.Fprintf(&b, "Compared with %d copies. The comparison is in the audit log.\n", t.Compared)
	if t.Without > 0 {
		fmt.Fprintf(&b, "Not compared with %d copies of recordings that you can't open.\n", t.Without)
	}
	return b.String()
}
