package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/testimony/docket"
)

type measureCmds struct {
	List     measureListCmd     `cmd:"" help:"List the court's catalogue of measures, and the changes that wait."`
	Show     measureShowCmd     `cmd:"" help:"Show a measure: its bases, conditions, what it does, and its versions."`
	Add      measureAddCmd      `cmd:"" help:"Propose a measure of the court's own, made of the program's."`
	Change   measureChangeCmd   `cmd:"" help:"Propose other texts of a measure. What the file does not say stays."`
	Retire   measureRetireCmd   `cmd:"" help:"Propose that a measure is not ordered anew. Orders that hold it stay as they are."`
	Approve  measureApproveCmd  `cmd:"" help:"Put a proposed change in force. A judge does, who did not propose it."`
	Decline  measureDeclineCmd  `cmd:"" help:"Decline a proposed change."`
	Withdraw measureWithdrawCmd `cmd:"" help:"Take back your own proposal."`
}

type measureListCmd struct{ vaultFlags }

func (l measureListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		court, err := d.Catalogue(ctx)
		if err != nil {
			return err
		}
		versions, err := d.MeasureVersions(ctx)
		if err != nil {
			return err
		}
		var words strings.Builder
		for _, e := range court.Measures {
			fmt.Fprintf(&words, "%-24s %-44s %s\n", e.Kind, e.Name.EN, standing(versions, e))
		}
		waiting := []catalogue.Version{}
		for _, v := range versions {
			if v.State == catalogue.Proposed {
				waiting = append(waiting, v)
				fmt.Fprintf(&words, "Proposed: %s as %s, by the %s: %s\n", v.Entry.Kind, v.ID, v.Office, v.Reasons)
			}
		}
		return c.print(map[string]any{"measures": court.Measures, "proposed": waiting}, words.String())
	})
}

// standing says in a word what the court has made of a measure.
func standing(versions []catalogue.Version, e catalogue.Entry) string {
	n := docket.MeasureVersion(versions, e.Kind)
	word := "shipped"
	switch {
	case e.Own():
		word = fmt.Sprintf("the court's own, version %d", n)
	case n > 0:
		word = fmt.Sprintf("changed, version %d", n)
	}
	if e.Retired {
		word += ", retired"
	}
	return word
}

// measureFlag names a measure of the catalogue.
type measureFlag struct {
	Measure string `arg:"" help:"The measure's id, as 'paravent measure list' shows it." placeholder:"ID"`
}

// find reads the measure with the version that is in force.
func (f measureFlag) find(ctx context.Context, d *docket.Desk) (court catalogue.Catalogue, e catalogue.Entry, versions []catalogue.Version, err error) {
	if versions, err = d.MeasureVersions(ctx); err != nil {
		return court, e, versions, err
	}
	court = catalogue.Court(versions, d.Now())
	e, ok := court.Find(order.MeasureKind(f.Measure))
	if !ok {
		err = fmt.Errorf("there is no measure %q: %w", f.Measure, docket.ErrNotFound)
	}
	return court, e, versions, err
}

type measureShowCmd struct {
	vaultFlags
	measureFlag
}

func (s measureShowCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		court, e, versions, err := s.find(ctx, d)
		if err != nil {
			return err
		}
		var words strings.Builder
		fmt.Fprintf(&words, "%s: %s / %s (%s)\nIt does: %s\nIt ends: %s\n", e.Kind, e.Name.EN, e.Name.FR, standing(versions, e), court.Does(e).EN, e.End)
		for _, b := range e.Bases {
			check := " (to be checked by counsel)"
			if b.Seen {
				check = ""
			}
			fmt.Fprintf(&words, "Basis: %s, %s%s\n", b.Law, b.Rule, check)
		}
		for _, cond := range e.Conditions {
			fmt.Fprintf(&words, "Condition: %s\n", cond.EN)
		}
		mine := []catalogue.Version{}
		for _, v := range versions {
			if v.Entry.Kind == e.Kind {
				mine = append(mine, v)
				fmt.Fprintf(&words, "%s  version %d %s, proposed by the %s as %s: %s\n", v.At.UTC().Format(time.RFC3339), v.N, v.State, v.Office, v.ID, v.Reasons)
			}
		}
		return c.print(map[string]any{"measure": e, "does": court.Does(e), "versions": mine}, words.String())
	})
}

// proposalFlags are what every proposal takes.
type proposalFlags struct {
	vaultFlags
	Reasons string `help:"Why the catalogue is to be changed." required:"" placeholder:"TEXT"`
}

// propose proposes an entry and says under which number it waits.
func (f proposalFlags) propose(ctx context.Context, c *console, d *docket.Desk, e catalogue.Entry, seen int) error {
	v, err := d.ProposeMeasure(ctx, e, seen, f.Reasons)
	if err != nil {
		return err
	}
	return c.print(v, fmt.Sprintf("Proposed as %s. It is in force when a judge, who is somebody else, approves it.\n", v.ID))
}

// entryFlag is a file of an entry.
type entryFlag struct {
	File string `arg:"" help:"A JSON file with the entry, as 'paravent measure show --json' prints it; - reads standard input." placeholder:"FILE.json"`
}

// maxEntry is the greatest length in bytes of a file of one measure.
const maxEntry = 256 << 10

// read reads the file over an entry: what it does not say stays.
func (f entryFlag) read(c *console, into *catalogue.Entry) error {
	in := c.in
	if f.File != "-" {
		file, err := os.Open(f.File)
		if err != nil {
			return fmt.Errorf("open the measure: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxEntry+1))
	if err != nil {
		return fmt.Errorf("read the measure: %w", err)
	}
	if len(text) > maxEntry {
		return fmt.Errorf("%w: a file of one measure has at most %d bytes", docket.ErrInvalid, maxEntry)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	// Lists are taken as they stand in the file, and not joined to what was there.
	fresh := *into
	var said map[string]json.RawMessage
	if err := json.Unmarshal(text, &said); err != nil {
		return fmt.Errorf("%w: this is no measure: %w", docket.ErrInvalid, err)
	}
	for key, list := range map[string]func(){"bases": func() { fresh.Bases = nil }, "conditions": func() { fresh.Conditions = nil }, "parts": func() { fresh.Parts = nil },
		"applicants": func() { fresh.Applicants = nil }, "audiences": func() { fresh.Audiences = nil }} {
		if _, ok := said[key]; ok {
			list()
		}
	}
	if err := dec.Decode(&fresh); err != nil {
		return fmt.Errorf("%w: this is no measure: %w", docket.ErrInvalid, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows the measure", docket.ErrInvalid)
	}
	*into = fresh
	return nil
}

type measureAddCmd struct {
	proposalFlags
	entryFlag
}

func (a measureAddCmd) Run(ctx context.Context, c *console) error {
	var e catalogue.Entry
	if err := a.read(c, &e); err != nil {
		return err
	}
	return a.with(ctx, c, func(d *docket.Desk) error { return a.propose(ctx, c, d, e, -1) })
}

type measureChangeCmd struct {
	proposalFlags
	measureFlag
	entryFlag
}

func (ch measureChangeCmd) Run(ctx context.Context, c *console) error {
	return ch.with(ctx, c, func(d *docket.Desk) error {
		_, e, versions, err := ch.find(ctx, d)
		if err != nil {
			return err
		}
		kind := e.Kind
		if err := ch.read(c, &e); err != nil {
			return err
		}
		if e.Kind != kind {
			return usageError{"A measure keeps its id. To add another one, use 'paravent measure add'."}
		}
		return ch.propose(ctx, c, d, e, docket.MeasureVersion(versions, kind))
	})
}

type measureRetireCmd struct {
	proposalFlags
	measureFlag
}

func (r measureRetireCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		_, e, versions, err := r.find(ctx, d)
		if err != nil {
			return err
		}
		e.Retired = true
		return r.propose(ctx, c, d, e, docket.MeasureVersion(versions, e.Kind))
	})
}

// proposedFlag names a proposal.
type proposedFlag struct {
	vaultFlags
	Proposal string `arg:"" help:"The proposal, by the id that 'paravent measure list' shows." placeholder:"ID"`
}

// decide takes a decision on the proposal and says what it became.
func (f proposedFlag) decide(ctx context.Context, c *console, decide func(*docket.Desk) (catalogue.Version, error)) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		v, err := decide(d)
		if err != nil {
			return err
		}
		return c.print(v, map[catalogue.State]string{catalogue.InForce: "The change is in force. Orders that were filed before stay as they are.\n",
			catalogue.Declined: "The change is declined. The catalogue is as it was.\n", catalogue.Withdrawn: "The change is withdrawn. The catalogue is as it was.\n"}[v.State])
	})
}

type measureApproveCmd struct{ proposedFlag }

func (a measureApproveCmd) Run(ctx context.Context, c *console) error {
	return a.decide(ctx, c, func(d *docket.Desk) (catalogue.Version, error) { return d.ApproveMeasure(ctx, a.Proposal) })
}

type measureDeclineCmd struct {
	proposedFlag
	Why string `help:"The reason." required:"" placeholder:"TEXT"`
}

func (x measureDeclineCmd) Run(ctx context.Context, c *console) error {
	return x.decide(ctx, c, func(d *docket.Desk) (catalogue.Version, error) { return d.DeclineMeasure(ctx, x.Proposal, x.Why) })
}

type measureWithdrawCmd struct{ proposedFlag }

func (w measureWithdrawCmd) Run(ctx context.Context, c *console) error {
	return w.decide(ctx, c, func(d *docket.Desk) (catalogue.Version, error) { return d.WithdrawMeasure(ctx, w.Proposal) })
}
