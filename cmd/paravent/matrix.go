package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

type orderCmds struct {
	List        orderListCmd        `cmd:"" help:"Say where every order stands."`
	Show        orderShowCmd        `cmd:"" help:"Show an order with its whole life."`
	File        orderFileCmd        `cmd:"" help:"File an application."`
	Serve       orderServeCmd       `cmd:"" help:"Note that an application was served on the other side."`
	Oppose      orderOpposeCmd      `cmd:"" help:"Note that the other side opposes an application."`
	Interim     orderInterimCmd     `cmd:"" help:"Grant an application until it is decided, as its judge."`
	Grant       orderGrantCmd       `cmd:"" help:"Grant an application, as its judge."`
	GrantInPart orderGrantInPartCmd `cmd:"" help:"Grant an application without some of its measures, as its judge."`
	Refuse      orderRefuseCmd      `cmd:"" help:"Refuse an application, as its judge."`
	Contest     orderContestCmd     `cmd:"" help:"Note that an order is challenged; it keeps its effect."`
	Uphold      orderUpholdCmd      `cmd:"" help:"Uphold a challenged order, as its judge."`
	Vary        orderVaryCmd        `cmd:"" help:"Vary an order, as its judge."`
	Suspend     orderSuspendCmd     `cmd:"" help:"Suspend an order, as its judge."`
	Resume      orderResumeCmd      `cmd:"" help:"Put a suspended order into force again, as its judge."`
	Rescind     orderRescindCmd     `cmd:"" help:"Rescind an order, as its judge."`
	ConfirmEnd  orderConfirmEndCmd  `cmd:"" help:"Confirm that an order has run out, as its judge."`
	Alert       orderAlertCmd       `cmd:"" help:"Note that the prosecutor was told of an order's non-punishment note."`
	Fairness    orderFairnessCmd    `cmd:"" help:"Say what the orders leave to the defence, and what they say against each other."`
	Matrix      orderMatrixCmd      `cmd:"" help:"Say who sees and hears a protected party, and why."`
}

type orderMatrixCmd struct {
	vaultFlags
	Case  string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party string `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Mode  string `help:"The session mode: ${enum}." enum:"public,private,closed" default:"public"`
	At    string `help:"The moment, as 2026-11-24T10:00:00Z; now where left out." placeholder:"TIME"`
	Lang  string `help:"The language of the explanation: ${enum}." enum:"en,fr" default:"en"`
}

// matrixLine is one cell of the matrix as a script reads it.
type matrixLine struct {
	Audience protection.Audience `json:"audience"`
	protection.Access
	Summary string   `json:"summary"`
	Because []string `json:"because"`
}

type matrixReport struct {
	Case         string                 `json:"case"`
	Party        string                 `json:"party"`
	At           time.Time              `json:"at"`
	Asked        protection.SessionMode `json:"asked"`
	Mode         protection.SessionMode `json:"mode"`
	ShowsAccused bool                   `json:"shows_accused"`
	Cells        []matrixLine           `json:"cells"`
	Explanation  []string               `json:"explanation"`
}

func (o orderMatrixCmd) Run(ctx context.Context, c *console) error {
	mode, err := protection.ParseMode(o.Mode)
	if err != nil {
		return usageError{err.Error()}
	}
	return o.with(ctx, c, func(d *docket.Desk) error {
		at := d.Now()
		if o.At != "" {
			if at, err = time.Parse(time.RFC3339, o.At); err != nil {
				return usageError{fmt.Sprintf("%q is not a time; write it as 2026-11-24T10:00:00Z", o.At)}
			}
		}
		caseID, err := d.FindCase(ctx, o.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, caseID, o.Party)
		if err != nil {
			return err
		}
		m, err := d.Matrix(ctx, caseID, party.ID, mode, at)
		if err != nil {
			return err
		}
		report := reportMatrix(m, mode, policy.Language(o.Lang))
		report.Case, report.Party = o.Case, string(party.PseudonymIn(caseID))
		return c.print(report, strings.Join(report.Explanation, "\n")+"\n")
	})
}

func reportMatrix(m policy.Matrix, asked protection.SessionMode, l policy.Language) matrixReport {
	r := matrixReport{At: m.At, Asked: asked, Mode: m.Mode, ShowsAccused: m.ShowsAccused, Explanation: m.Explain(asked, l)}
	for _, cell := range m.Cells {
		r.Cells = append(r.Cells, matrixLine{cell.Audience, cell.Access, cell.Summary(l), cell.Reasons(l)})
	}
	return r
}
