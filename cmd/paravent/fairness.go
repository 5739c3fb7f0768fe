package main

import (
	"context"
	"fmt"
	"strings"

	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

type orderFairnessCmd struct {
	vaultFlags
	Case  string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party string `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Lang  string `help:"The language of the explanation: ${enum}." enum:"en,fr" default:"en"`
}

// fairnessReport is what the defence keeps as a script reads it.
type fairnessReport struct {
	Points          []fairLine             `json:"points"`
	Narrows         bool                   `json:"narrows"`
	Weight          order.Weight           `json:"weight"`
	Warns           bool                   `json:"warns"`
	Counterbalances []order.Counterbalance `json:"counterbalances"`
	Untrue          []order.Counterbalance `json:"untrue"`
	Contradictions  []order.Contradiction  `json:"contradictions"`
}

type fairLine struct {
	Of      policy.FairTerm `json:"of"`
	Kept    bool            `json:"kept"`
	Summary string          `json:"summary"`
}

func (f orderFairnessCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		caseID, err := d.FindCase(ctx, f.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, caseID, f.Party)
		if err != nil {
			return err
		}
		w, err := d.Weigh(ctx, caseID, party.ID)
		if err != nil {
			return err
		}
		l := policy.Language(f.Lang)
		r := fairnessReport{Narrows: w.Narrows, Weight: w.Weight, Warns: w.Warns, Counterbalances: append([]order.Counterbalance{}, w.Counterbalances...),
			Untrue: append([]order.Counterbalance{}, w.Untrue...), Contradictions: append([]order.Contradiction{}, w.Contradictions...)}
		var words strings.Builder
		for _, x := range w.Contradictions {
			fmt.Fprintln(&words, policy.Contradicted(x, l))
		}
		for _, p := range w.Points {
			r.Points = append(r.Points, fairLine{p.Of, p.Kept, p.Summary(l)})
			mark := "kept    "
			if !p.Kept {
				mark = "not kept"
			}
			fmt.Fprintf(&words, "%s  %s\n", mark, p.Summary(l))
		}
		switch {
		case w.Weight == order.SoleOrDecisive:
			words.WriteString("Warning: this is the sole or decisive evidence.\n")
		case w.Warns:
			words.WriteString("Warning: nobody has said how much of the case rests on this testimony; it is taken as decisive.\n")
		}
		for _, x := range w.Counterbalances {
			fmt.Fprintf(&words, "Counterbalance: %s\n", x)
		}
		for _, x := range w.Untrue {
			fmt.Fprintf(&words, "Warning: %s was chosen as a counterbalance, and is not so under these orders.\n", x)
		}
		return c.print(r, words.String())
	})
}

type orderAlertCmd struct {
	vaultFlags
	orderFlag
	How string `help:"How the prosecutor was told." required:"" placeholder:"TEXT"`
	On  string `help:"The day, as 2027-06-30; today where left out." placeholder:"DAY"`
}

func (a orderAlertCmd) Run(ctx context.Context, c *console) error {
	at, err := day(a.On)
	if err != nil {
		return err
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		o, err := a.find(ctx, d)
		if err != nil {
			return err
		}
		if at.IsZero() {
			at = d.Now()
		}
		if o, err = d.AlertProsecutor(ctx, o.ID, at, a.How); err != nil {
			return err
		}
		return c.print(reportOrder(o), fmt.Sprintf("Noted that the prosecutor was told of order %s.\n", o.Reference))
	})
}
