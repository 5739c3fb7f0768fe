package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
)

type evidenceRequestEditCmd struct {
	vaultFlags
	Recording   string   `arg:"" help:"The recording's id."`
	Cut         []string `help:"A passage whose picture, voice and time go. May be repeated." sep:"none" placeholder:"FROM-UNTIL=REASON"`
	Mask        []string `help:"A passage whose picture and voice go; its time stays. May be repeated." sep:"none" placeholder:"FROM-UNTIL=REASON"`
	MaskPicture []string `help:"A passage whose picture goes. May be repeated." sep:"none" placeholder:"FROM-UNTIL=REASON"`
	MaskVoice   []string `help:"A passage whose voice goes. May be repeated." sep:"none" placeholder:"FROM-UNTIL=REASON"`
	Joint       bool     `help:"Every party asks for it, or agrees."`
	Opposed     string   `help:"What the other party holds against it, or that it was not asked." placeholder:"TEXT"`
}

func (e evidenceRequestEditCmd) Run(ctx context.Context, c *console) error {
	r := edit.Request{Recording: testimony.RecordingID(e.Recording), Opposes: e.Opposed}
	switch {
	case e.Joint && e.Opposed != "":
		return usageError{"a request is --joint or --opposed, not both"}
	case e.Joint:
		r.Stance = edit.Joint
	case e.Opposed != "":
		r.Stance = edit.Opposed
	}
	for _, of := range []struct {
		kind     edit.Kind
		channels edit.Channels
		typed    []string
	}{{edit.Cut, edit.Both, e.Cut}, {edit.Mask, edit.Both, e.Mask}, {edit.Mask, edit.Picture, e.MaskPicture}, {edit.Mask, edit.Voice, e.MaskVoice}} {
		for _, typed := range of.typed {
			x, err := parseItem(typed)
			if err != nil {
				return err
			}
			x.Kind, x.Channels = of.kind, of.channels
			r.Items = append(r.Items, x)
		}
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.AskEdit(ctx, r)
		if err != nil {
			return noRecording(e.Recording, err)
		}
		return c.print(r, fmt.Sprintf("Asked for as %s: %d passages. Nothing changes before a judge decides.\n", r.ID, len(r.Items)))
	})
}

// parseItem reads FROM-UNTIL=REASON.
func parseItem(typed string) (edit.Item, error) {
	span, reason, ok := strings.Cut(typed, "=")
	from, until, ranged := strings.Cut(span, "-")
	if !ok || !ranged {
		return edit.Item{}, usageError{fmt.Sprintf("%q is no passage; write it as 00:01:02.345-00:01:05.000=REASON", typed)}
	}
	x := edit.Item{Reason: reason}
	var err error
	if x.From, err = edit.ParseClock(from); err != nil {
		return x, err
	}
	x.Until, err = edit.ParseClock(until)
	return x, err
}

type evidenceEditsCmd struct {
	vaultFlags
	Recording string `arg:"" optional:"" help:"The recording's id; all where left out."`
}

// editReport is a request as a script reads it.
type editReport struct {
	edit.Request
	Signing edit.Signing `json:"signing"`
}

func (e evidenceEditsCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		if !d.May(testimony.ActAskEdit) {
			return docket.ErrNotAllowed
		}
		list, err := d.EditRequests(ctx, testimony.RecordingID(e.Recording))
		if err != nil {
			return err
		}
		reports := []editReport{}
		var words strings.Builder
		for _, r := range list {
			reports = append(reports, editReport{r, r.Signing})
			words.WriteString(requestWords(r))
		}
		if len(list) == 0 {
			words.WriteString("No edits were asked for.\n")
		}
		return c.print(reports, words.String())
	})
}

func requestWords(r edit.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %s, %s, asked %s by the %s\n", r.ID, r.Recording, r.Stance, r.At.UTC().Format(time.RFC3339), r.Office)
	if r.Signing == edit.FalselySigned {
		b.WriteString("  A signature is false or missing: nothing can be decided or made.\n")
	}
	for _, x := range r.Items {
		fmt.Fprintf(&b, "  %d  %s %s  %s to %s  %s: %s\n", x.Number, x.Kind, channelWords(string(x.Channels)), edit.Clock(x.From), edit.Clock(x.Until), x.State, x.Reason)
		for _, h := range x.History {
			fmt.Fprintf(&b, "     %s %s by the %s", h.At.UTC().Format(time.RFC3339), h.Step, h.Office)
			if x.Channels != edit.Voice && h.Step == edit.Approve {
				fmt.Fprintf(&b, ", the picture back at %s", edit.Clock(h.PictureUntil))
			}
			if h.Reasons != "" {
				b.WriteString(": " + h.Reasons)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// editFlags name passages of a request.
type editFlags struct {
	vaultFlags
	Request string `arg:"" help:"The request's id." placeholder:"REQUEST"`
	Items   []int  `arg:"" optional:"" name:"item" help:"Numbers of passages; all that can be decided so where left out."`
	Reasons string `help:"Why, in general words." placeholder:"TEXT"`
}

// take takes a step on each passage, in order, and stops at the first that is refused.
func (f editFlags) take(ctx context.Context, c *console, step edit.Step, done string) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.EditRequest(ctx, edit.RequestID(f.Request))
		if err != nil {
			return fmt.Errorf("there is no request %q: %w", f.Request, err)
		}
		numbers := f.Items
		if len(numbers) == 0 {
			for _, x := range r.Items {
				for _, s := range x.Steps() {
					if s == step {
						numbers = append(numbers, x.Number)
					}
				}
			}
		}
		if len(numbers) == 0 {
			return fmt.Errorf("%w: no passage of it can be decided so", edit.ErrStep)
		}
		for _, n := range numbers {
			if r, err = d.DecideEdit(ctx, r.ID, n, step, f.Reasons); err != nil {
				return err
			}
		}
		if step == edit.Approve {
			defer stampSealed(ctx, c, d) // the first approval seals the recording to its blocks
		}
		return c.print(editReport{r, r.Signing}, done+"\n"+requestWords(r))
	})
}

type evidenceApproveCmd struct {
	editFlags
	Preview bool `help:"Say what would be missing, and change nothing."`
}

func (e evidenceApproveCmd) Run(ctx context.Context, c *console) error {
	if !e.Preview {
		return e.take(ctx, c, edit.Approve, "Approved and signed. 'paravent evidence derive' makes a version without these passages.")
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.EditRequest(ctx, edit.RequestID(e.Request))
		if err != nil {
			return fmt.Errorf("there is no request %q: %w", e.Request, err)
		}
		items := []versionItem{}
		var words strings.Builder
		for _, x := range r.Items {
			p, err := d.ForeseeEdit(ctx, r.ID, x.Number)
			if err != nil {
				return err
			}
			o := edit.Ordered{Request: r.ID, Item: x.Number, Passage: p}
			items = append(items, describeItem(o))
			fmt.Fprintln(&words, itemWords(items[len(items)-1]))
		}
		return c.print(items, words.String())
	})
}

type evidenceRefuseCmd struct{ editFlags }

func (e evidenceRefuseCmd) Run(ctx context.Context, c *console) error {
	return e.take(ctx, c, edit.Refuse, "Refused and signed.")
}

type evidenceWithdrawCmd struct{ editFlags }

func (e evidenceWithdrawCmd) Run(ctx context.Context, c *console) error {
	return e.take(ctx, c, edit.Withdraw, "Taken back.")
}

type evidenceLiftCmd struct{ editFlags }

func (e evidenceLiftCmd) Run(ctx context.Context, c *console) error {
	return e.take(ctx, c, edit.Lift, "Lifted and signed. Versions that were made before stay as they are.")
}

type evidenceDeriveCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
}

func (e evidenceDeriveCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		r, err := evidence.Derive(ctx, d, testimony.RecordingID(e.Recording), c.bytesOf("Making"))
		if err != nil {
			return noRecording(e.Recording, err)
		}
		defer stampSealed(ctx, c, d)
		return c.print(r, fmt.Sprintf("Made and sealed the version %s: %s, by list %d of edits. 'paravent evidence export' writes it to a file.\n", r.ID, r.Duration.Round(time.Second), r.Edits))
	})
}

type evidenceCheckCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
}

func (e evidenceCheckCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		found, err := evidence.Check(ctx, d, testimony.RecordingID(e.Recording), c.bytesOf("Looking through"))
		if err != nil {
			return noRecording(e.Recording, err)
		}
		defer stampSealed(ctx, c, d)
		if err := c.print(found, evidence.CheckWords(found)); err != nil || len(found.Findings) == 0 {
			return err
		}
		return fmt.Errorf("%w: %d", errFindings, len(found.Findings))
	})
}

type evidenceCustodyCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id, or that of a version of it."`
	To        string `help:"The file to write, .pdf or .json; printed where left out." placeholder:"FILE"`
	Language  string `help:"Of the PDF: en or fr." enum:"en,fr" default:"en"`
}

func (e evidenceCustodyCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		id := testimony.RecordingID(e.Recording)
		if e.To != "" {
			report, err := d.WriteCustody(ctx, id, e.To, policy.Language(e.Language))
			if err != nil {
				return noRecording(e.Recording, err)
			}
			return c.print(map[string]any{"file": e.To, "entries": len(report.Chain)}, fmt.Sprintf("Wrote %s: %d entries of the audit log.\n", e.To, len(report.Chain)))
		}
		report, err := d.Custody(ctx, id)
		if err != nil {
			return noRecording(e.Recording, err)
		}
		var words strings.Builder
		fmt.Fprintf(&words, "%s: %s, %s, %s. List of edits in force: %d.\n", report.Recording, versionWord(report.Version), report.Found, timestampWords(report.Stamped), report.Edits)
		for _, x := range report.Copies {
			fmt.Fprintf(&words, "Version %s, made %s by list %d: %s.\n", x.ID, x.Made.UTC().Format(time.RFC3339), x.Edits, x.Found)
		}
		for _, x := range report.Given {
			fmt.Fprintf(&words, "Copy %d of %s for %s (%s), until %s: %s.\n", x.Number, x.Of, x.Label, x.Role, x.Until.UTC().Format(dayLayout), x.State)
		}
		for _, k := range report.Chain {
			if k.Given != "" {
				k.Item = "copy " + k.Given
			}
			fmt.Fprintf(&words, "%d  %s  %s  %s (%s)  %s%s%s\n", k.Entry, k.At.UTC().Format(time.RFC3339), k.Act, k.By.Name, k.By.Office, k.Purpose, k.Item, k.Found)
		}
		return c.print(report, words.String())
	})
}
