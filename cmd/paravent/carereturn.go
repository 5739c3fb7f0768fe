package main

import (
	"context"
	"fmt"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type returnCmds struct {
	Show     returnShowCmd     `cmd:"" default:"withargs" help:"Where a person's return stands, what it lacks and which follow-ups are due."`
	Plan     returnPlanCmd     `cmd:"" help:"Keep the terms of a return that is being prepared."`
	Declare  returnDeclareCmd  `cmd:"" help:"Record the return as voluntary, while the person's own consent to it stands."`
	Depart   returnDepartCmd   `cmd:"" help:"Record that the person has set out. What is lacking is named."`
	Arrive   returnArriveCmd   `cmd:"" help:"Record that the receiving organisation has met the person."`
	Stop     returnStopCmd     `cmd:"" help:"Stop a return that has not arrived, with the reason from a file or from standard input."`
	FollowUp returnFollowUpCmd `cmd:"" help:"Note a follow-up: by a safe way, after you have looked at the rules of contact."`
}

type returnLine struct {
	careFile[care.ReturnTerms]
	Stage     care.Stage `json:"stage"`
	Voluntary bool       `json:"voluntary"`
	Lacks     []string   `json:"lacks"`
	Due       []int      `json:"follow_ups_due"` // months after the arrival
}

type returnShowCmd struct{ personFlags }

func (f returnShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		r, err := d.Return(ctx, p)
		if err != nil {
			return err
		}
		if r.N == 0 {
			return fmt.Errorf("no return of this person is being prepared: %w", docket.ErrNotFound)
		}
		line := returnLine{careFile[care.ReturnTerms]{Record: r.Value.ReturnTerms}, r.Value.Stage, !r.Value.Voluntary.IsZero(), append([]string{}, r.Lacks...), append([]int{}, r.Value.Due(d.Now())...)}
		pairs := []any{"To", r.Value.To, "Stage", line.Stage, "Voluntary", yesNo(line.Voluntary)}
		for _, l := range line.Lacks {
			pairs = append(pairs, "Lacks", l)
		}
		for _, m := range line.Due {
			pairs = append(pairs, "Follow-up due", fmt.Sprintf("month %d", m))
		}
		if line.Stage == care.Stopped && r.Value.Why != "" {
			pairs = append(pairs, "Stopped because", r.Value.Why)
		}
		return c.print(line, table(pairs...))
	})
}

type returnPlanCmd struct {
	personFlags
	File string `arg:"" help:"The file with the terms, as 'care form return' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f returnPlanCmd) Run(ctx context.Context, c *console) error {
	file, err := readCare[care.ReturnTerms](c, f.File)
	if err != nil {
		return err
	}
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.PlanReturn(ctx, p, file.Record)
	}, "The terms are kept.")
}

type returnDeclareCmd struct{ personFlags }

func (f returnDeclareCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, (*docket.Desk).DeclareReturn, "The return is recorded as voluntary.")
}

type returnDepartCmd struct{ personFlags }

func (f returnDepartCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, (*docket.Desk).DepartReturn, "The person has set out.")
}

type returnArriveCmd struct{ personFlags }

func (f returnArriveCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, (*docket.Desk).ArriveReturn, "The person has arrived. Follow-ups are due after 1, 3, 6 and 12 months.")
}

type returnStopCmd struct {
	personFlags
	Why string `help:"The file with the reason, or - for standard input." required:"" placeholder:"FILE"`
}

func (f returnStopCmd) Run(ctx context.Context, c *console) error {
	why, err := c.readText(f.Why)
	if err != nil {
		return err
	}
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.StopReturn(ctx, p, why)
	}, "The return is stopped.")
}

type returnFollowUpCmd struct {
	personFlags
	Month      int            `help:"Which: 1, 3, 6 or 12 months after the arrival." required:""`
	Way        care.Way       `help:"How the person was contacted: office, third, message, call, letter or visit." required:"" placeholder:"WAY"`
	Found      care.Wellbeing `help:"What was found: well, in_need, in_danger, not_reached or no_further." required:"" placeholder:"WORD"`
	Trafficked bool           `help:"There are signs that the person is trafficked again."`
}

func (f returnFollowUpCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.NoteFollowUp(ctx, p, care.FollowUp{Month: f.Month, Way: f.Way, Found: f.Found, Trafficked: f.Trafficked})
	}, "The follow-up is noted.")
}
