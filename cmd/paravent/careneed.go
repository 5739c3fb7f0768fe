package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type riskCmds struct {
	Show     riskShowCmd     `cmd:"" default:"withargs" help:"The newest assessment, and what calls for a review."`
	Save     riskSaveCmd     `cmd:"" help:"Keep an assessment."`
	TrialEnd riskTrialEndCmd `cmd:"" help:"Say that the trial is over, which calls for a review."`
}

type riskShowCmd struct{ personFlags }

func (f riskShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		r, err := d.Risk(ctx, p)
		if err != nil {
			return err
		}
		if r.N == 0 {
			return fmt.Errorf("nobody has assessed this person's danger: %w", docket.ErrNotFound)
		}
		due := []care.Trigger{}
		r.Value.Known = care.Keys(r.Happened) // who saves what is printed here has seen it
		pairs := []any{"Assessed", dayOf(r.Value.On), "Review", dayOf(r.Value.Review)}
		for _, o := range r.Due {
			due = append(due, o.Trigger)
			pairs = append(pairs, "Due because of", o.Trigger)
		}
		for _, a := range care.RiskAreas {
			pairs = append(pairs, a, string(r.Value.Findings[a].Level)+": "+r.Value.Findings[a].Reason)
		}
		return c.print(struct {
			careFile[care.Assessment]
			Due []care.Trigger `json:"due"`
		}{fileOf(r.CareVersion), due}, table(pairs...))
	})
}

type riskSaveCmd struct {
	personFlags
	LookedAtAll bool   `help:"You have looked at everything that has happened until now. Without it, only what 'care risk show --json' had printed into the file is taken for seen."`
	File        string `arg:"" help:"The file with the assessment, as 'care form risk' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f riskSaveCmd) Run(ctx context.Context, c *console) error {
	file, err := readCare[care.Assessment](c, f.File)
	if err != nil {
		return err
	}
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		now, err := d.Risk(ctx, p)
		if err != nil {
			return err
		}
		if f.LookedAtAll {
			file.Record.Known = care.Keys(now.Happened)
		}
		if err := d.SaveRisk(ctx, p, file.seen(now.N), file.Record); err != nil {
			return err
		}
		words := "The assessment is kept. It is looked at again on " + dayOf(file.Record.Review) + " at the latest."
		if due := file.Record.Due(now.Happened, d.Now()); len(due) > 0 {
			words += " A review is due already: something has happened that it has not seen. See 'care risk show'."
		}
		return c.done(words)
	})
}

type riskTrialEndCmd struct{ personFlags }

func (f riskTrialEndCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		if err := d.NoteTrialEnd(ctx, p); err != nil {
			return err
		}
		return c.done("It is noted. The person's danger has to be looked at again.")
	})
}

type needsCmds struct {
	Show needsShowCmd `cmd:"" default:"withargs" help:"What the person needs."`
	Save needsSaveCmd `cmd:"" help:"Keep what the person needs."`
}

type needsShowCmd struct{ personFlags }

func (f needsShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Needs(ctx, p)
		if err != nil {
			return err
		}
		if v.N == 0 {
			return fmt.Errorf("the person was not asked what they need: %w", docket.ErrNotFound)
		}
		n := v.Value
		pairs := []any{"Language", n.Language + ", dialect: " + n.Dialect, "Reads", n.Literacy, "Interpreter", n.Interpreter, "Breaks", "every " + strconv.Itoa(n.Breaks) + " minutes", "Intermediary", n.Intermediary}
		for _, x := range []struct{ name, text string }{{"Health", n.Health}, {"Childcare", n.Childcare}, {"Faith", strings.Join(n.Faith, ", ")}} {
			if x.text != "" {
				pairs = append(pairs, x.name, x.text)
			}
		}
		return c.print(fileOf(v), table(pairs...))
	})
}

type needsSaveCmd struct {
	personFlags
	File string `arg:"" help:"The file with the needs, as 'care form needs' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f needsSaveCmd) Run(ctx context.Context, c *console) error {
	return saveCare(ctx, c, f.personFlags, f.File, (*docket.Desk).Needs, (*docket.Desk).SaveNeeds,
		"The needs are kept. The court reads the interpreter's language, dialect and sex, the breaks and the intermediary, and nothing else of them.")
}

type preparationCmds struct {
	Show     preparationShowCmd     `cmd:"" default:"withargs" help:"What was gone through, and what is still needed."`
	Hold     preparationHoldCmd     `cmd:"" help:"Add a meeting: the kinds of topics, never what was said."`
	Complete preparationCompleteCmd `cmd:"" help:"Say that the person is prepared. What is still needed is named."`
	Reopen   preparationReopenCmd   `cmd:"" help:"Take the completion back."`
}

type preparationShowCmd struct{ personFlags }

func (f preparationShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Preparation(ctx, p)
		if err != nil {
			return err
		}
		var pairs []any
		for _, m := range v.Value.Meetings {
			pairs = append(pairs, "Meeting", fmt.Sprintf("%s, in %s, interpreter: %s, support person: %s: %s", dayOf(m.On), m.Language, m.Interpreter, m.Support, inWords(m.Topics)))
		}
		for _, t := range v.Lacks {
			pairs = append(pairs, "Needed", t)
		}
		done := "no"
		if !v.Value.Completed.IsZero() {
			done = "since " + dayOf(v.Value.Completed)
		}
		return c.print(struct {
			careFile[care.Preparation]
			Lacks []care.Topic `json:"lacks"`
		}{fileOf(v.CareVersion), append([]care.Topic{}, v.Lacks...)}, table(append(pairs, "Complete", done)...))
	})
}

type preparationHoldCmd struct {
	personFlags
	On          string       `help:"The day of the meeting, as 2026-11-25. Today where left out." placeholder:"DAY"`
	Topic       []care.Topic `help:"A topic that was gone through, once for each: rooms, seats, oath, technique, altered_picture, altered_voice, limits, breaks, questions, what_if, later_disclosure or after." required:"" placeholder:"TOPIC"`
	Language    string       `help:"The language, as yo." required:"" placeholder:"LANG"`
	Interpreter care.Company `help:"Whether an interpreter was there: in_room, remote, declined or not_present." required:"" placeholder:"WORD"`
	Support     care.Company `help:"Whether a support person was there: in_room, remote, declined or not_present." required:"" placeholder:"WORD"`
}

func (f preparationHoldCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		if err := d.HoldFamiliarisation(ctx, p, care.Familiarisation{On: on, Topics: f.Topic, Language: f.Language, Interpreter: f.Interpreter, Support: f.Support}); err != nil {
			return err
		}
		return c.done("The meeting is in the log.")
	})
}

type preparationCompleteCmd struct{ personFlags }

func (f preparationCompleteCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, (*docket.Desk).CompletePreparation, "The preparation is complete.")
}

type preparationReopenCmd struct{ personFlags }

func (f preparationReopenCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, (*docket.Desk).ReopenPreparation, "The preparation goes on.")
}

// step does something of a person that takes nothing else.
func (f personFlags) step(ctx context.Context, c *console, do func(*docket.Desk, context.Context, protection.PartyID) error, words string) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		if err := do(d, ctx, p); err != nil {
			return err
		}
		return c.done(words)
	})
}
