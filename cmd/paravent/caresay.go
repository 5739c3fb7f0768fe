package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type interviewCmds struct {
	Questions interviewQuestionsCmd `cmd:"" help:"The questions of both sets, with what an answer can indicate. No vault is needed."`
	Show      interviewShowCmd      `cmd:"" help:"The newest interview, without the person's own words."`
	Save      interviewSaveCmd      `cmd:"" help:"Keep an interview, and the person's own words apart from it."`
}

type interviewQuestionsCmd struct {
	Language string `help:"The language: ${enum}." enum:"en,fr" default:"en"`
}

func (q interviewQuestionsCmd) Run(c *console) error {
	type line struct {
		ID        care.QuestionID `json:"id"`
		Set       care.Set        `json:"set"`
		Text      string          `json:"text"`
		Indicates string          `json:"can_indicate"`
	}
	var lines []line
	var words strings.Builder
	for _, x := range care.Questions {
		l := line{x.ID, x.Set, x.Text(q.Language), x.Indicator(q.Language)}
		lines = append(lines, l)
		fmt.Fprintf(&words, "%-4s %s\n     %s\n", l.ID, l.Text, l.Indicates)
	}
	return c.print(lines, words.String())
}

// interviewFile is an interview with the words. Where the words are left out, those that are kept stay as they are.
type interviewFile struct {
	care.Interview
	Words *care.Words `json:"words,omitempty"`
}

type interviewShowCmd struct {
	personFlags
	Words bool `help:"The person's own words as well. Whoever stands behind you can read them."`
}

func (f interviewShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Screening(ctx, p)
		if err != nil {
			return err
		}
		if v.N == 0 {
			return fmt.Errorf("no interview of this person was kept: %w", docket.ErrNotFound)
		}
		out := careFile[interviewFile]{Version: &v.N, Record: interviewFile{Interview: v.Value}}
		pairs := []any{"Held", dayOf(v.Value.On), "Language", strings.TrimSpace(v.Value.Language + " " + v.Value.Dialect), "Interpreter", v.Value.Interpreter, "Support person", v.Value.Support}
		for _, q := range care.Questions {
			a := v.Value.Answers[q.ID]
			said := "not asked"
			if a.Reply != care.NotAsked {
				said = string(a.Reply)
			}
			if a.Indicates {
				said += ", noted to indicate something"
			}
			if f.Words && v.Words[q.ID] != "" {
				said += ": " + v.Words[q.ID]
			}
			pairs = append(pairs, q.ID, said)
		}
		if f.Words {
			out.Record.Words = &v.Words
		}
		return c.print(out, table(pairs...))
	})
}

type interviewSaveCmd struct {
	personFlags
	File string `arg:"" help:"The file with the interview, as 'care form interview' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f interviewSaveCmd) Run(ctx context.Context, c *console) error {
	file, err := readCare[interviewFile](c, f.File)
	if err != nil {
		return err
	}
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		now, err := d.Screening(ctx, p)
		if err != nil {
			return err
		}
		words := now.Words
		if file.Record.Words != nil {
			words = *file.Record.Words
		}
		if err := d.SaveScreening(ctx, p, file.seen(now.N), file.Record.Interview, words); err != nil {
			return err
		}
		return c.done("The interview is kept. The person's own words stand apart from it.")
	})
}

type statusCmds struct {
	Show   statusShowCmd   `cmd:"" default:"withargs" help:"The decisions on a person's status, the oldest first."`
	Decide statusDecideCmd `cmd:"" help:"Enter what an authority decided. No decision is ever taken away."`
}

type statusShowCmd struct{ personFlags }

func (f statusShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		list, err := d.StatusHistory(ctx, p)
		if err != nil {
			return err
		}
		who, err := d.Party(ctx, p)
		if err != nil {
			return err
		}
		lines, pairs := []docket.DecisionLine{}, []any{"Status", who.Status}
		for _, x := range list {
			lines = append(lines, docket.DecisionLine{Status: x.Status, By: x.By, On: x.On, Basis: x.Basis})
			pairs = append(pairs, dayOf(x.On), fmt.Sprintf("%s, by the %s: %s", x.Status, authorityWord(x.By), x.Basis))
		}
		if len(list) == 0 {
			pairs = append(pairs, "Decided", "by nobody yet")
		}
		return c.print(map[string]any{"status": who.Status, "decisions": lines}, table(pairs...))
	})
}

func authorityWord(a care.Authority) string {
	if a == care.Identification {
		return "identification authority"
	}
	return string(a)
}

// decidedFlags say by whom, when and on what basis something was decided.
type decidedFlags struct {
	By    care.Authority `help:"Which authority decided: court, prosecutor, identification or investigator." required:"" placeholder:"AUTHORITY"`
	On    string         `help:"The day of the decision, as 2026-11-25. Today where left out." placeholder:"DAY"`
	Basis string         `help:"The provision and the number of the decision. Nothing of the person." required:"" placeholder:"TEXT"`
}

type statusDecideCmd struct {
	personFlags
	decidedFlags
	Status protection.Status `help:"The status: victim_witness, victim, witness, possible_victim or person_at_risk." required:"" placeholder:"STATUS"`
}

func (f statusDecideCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		before, err := d.StatusHistory(ctx, p)
		if err != nil {
			return err
		}
		if err := d.DecideStatus(ctx, p, len(before), care.Decision{Status: f.Status, By: f.By, On: on, Basis: f.Basis}); err != nil {
			return err
		}
		return c.done("The decision is entered.")
	})
}

type cooperationCmds struct {
	Show   cooperationShowCmd   `cmd:"" default:"withargs" help:"Who decided whether the person's testimony is needed."`
	Decide cooperationDecideCmd `cmd:"" help:"Enter whether the person's testimony is needed."`
}

type cooperationShowCmd struct{ personFlags }

func (f cooperationShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Cooperation(ctx, p)
		if err != nil {
			return err
		}
		if v.N == 0 {
			return fmt.Errorf("nobody has decided whether this person's testimony is needed: %w", docket.ErrNotFound)
		}
		return c.print(fileOf(v), table("Testimony", v.Value.Need, "Decided by", authorityWord(v.Value.By), "On", dayOf(v.Value.On), "Basis", v.Value.Basis))
	})
}

type cooperationDecideCmd struct {
	personFlags
	decidedFlags
	Need care.Need `help:"Whether it is: needed or not_needed." required:"" placeholder:"WORD"`
}

func (f cooperationDecideCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		now, err := d.Cooperation(ctx, p)
		if err != nil {
			return err
		}
		if err := d.DecideCooperation(ctx, p, now.N, care.NeedDecision{Need: f.Need, By: f.By, On: on, Basis: f.Basis}); err != nil {
			return err
		}
		return c.done("The decision is entered.")
	})
}

type reflectionCmds struct {
	Show   reflectionShowCmd   `cmd:"" default:"withargs" help:"Until when nothing is to be asked of the person."`
	Begin  reflectionBeginCmd  `cmd:"" help:"Begin the time, as the law gives it."`
	Extend reflectionExtendCmd `cmd:"" help:"Make a running time longer."`
	End    reflectionEndCmd    `cmd:"" help:"End a running time before it is over."`
}

type reflectionShowCmd struct{ personFlags }

func (f reflectionShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Reflection(ctx, p)
		if err != nil {
			return err
		}
		if v.N == 0 {
			return fmt.Errorf("no time to reflect has begun for this person: %w", docket.ErrNotFound)
		}
		r := v.Value
		pairs := []any{"From", dayOf(r.Start), "Until", dayOf(r.Until()), "Running", yesNo(r.Running(d.Now())), "Basis", r.Basis}
		if r.Short() {
			pairs = append(pairs, "Note", fmt.Sprintf("shorter than the %d days of the Council of Europe Convention, art. 13", care.LeastDays))
		}
		for _, e := range r.Extensions {
			pairs = append(pairs, "Extended", fmt.Sprintf("%s by %d days, by the %s: %s", dayOf(e.On), e.Days, authorityWord(e.By), e.Basis))
		}
		if r.Ended != nil {
			pairs = append(pairs, "Ended", fmt.Sprintf("%s by the %s: %s", dayOf(r.Ended.On), authorityWord(r.Ended.By), r.Ended.Basis))
		}
		return c.print(map[string]any{"record": r, "until": r.Until(), "running": r.Running(d.Now())}, table(pairs...))
	})
}

type reflectionBeginCmd struct {
	personFlags
	On    string `help:"The first day, as 2026-11-25. Today where left out." placeholder:"DAY"`
	Days  int    `help:"How many days the law gives." required:""`
	Basis string `help:"The provision." required:"" placeholder:"TEXT"`
}

func (f reflectionBeginCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		start, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		if err := d.BeginReflection(ctx, p, start, f.Days, f.Basis); err != nil {
			return err
		}
		return c.done("The time to reflect has begun.")
	})
}

type reflectionExtendCmd struct {
	personFlags
	decidedFlags
	Days int `help:"By how many days." required:""`
}

func (f reflectionExtendCmd) Run(ctx context.Context, c *console) error {
	return f.decided(ctx, c, f.decidedFlags, f.Days, (*docket.Desk).ExtendReflection, "The time to reflect is longer now.")
}

type reflectionEndCmd struct {
	personFlags
	decidedFlags
}

func (f reflectionEndCmd) Run(ctx context.Context, c *console) error {
	return f.decided(ctx, c, f.decidedFlags, 0, (*docket.Desk).EndReflection, "The time to reflect is over.")
}

func (f personFlags) decided(ctx context.Context, c *console, by decidedFlags, days int, step func(*docket.Desk, context.Context, protection.PartyID, care.Extension) error, words string) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(by.On, d.Now())
		if err != nil {
			return err
		}
		if err := step(d, ctx, p, care.Extension{Days: days, By: by.By, On: on, Basis: by.Basis}); err != nil {
			return err
		}
		return c.done(words)
	})
}

type consentCmds struct {
	Show   consentShowCmd   `cmd:"" default:"withargs" help:"What stands for each purpose."`
	Record consentRecordCmd `cmd:"" help:"Record an answer. A withdrawal needs nothing but its purpose."`
	Met    consentMetCmd    `cmd:"" help:"Say that what a withdrawal asks for is done. The consent stays withdrawn."`
}

type consentLine struct {
	Purpose  care.Purpose `json:"purpose"`
	With     string       `json:"with,omitempty"`
	Will     care.Will    `json:"will"`
	Language string       `json:"language,omitempty"`
	Reading  care.Reading `json:"reading,omitempty"`
	Route    string       `json:"route,omitempty"`
	At       time.Time    `json:"at"`
}

type consentShowCmd struct{ personFlags }

func (f consentShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Consents(ctx, p)
		if err != nil {
			return err
		}
		lines, pairs := []consentLine{}, []any{}
		for _, x := range v.Value.Standing() {
			lines = append(lines, consentLine{x.Purpose, x.With, x.Will, x.Language, x.Reading, x.Route, x.At})
			words := string(x.Will) + " " + dayOf(x.At)
			if x.With != "" {
				words += ", with " + x.With
			}
			if x.Will == care.Given {
				words += "; to withdraw: " + x.Route
			}
			pairs = append(pairs, x.Purpose, words)
		}
		words := table(pairs...)
		if words == "" {
			words = "The person was not asked yet.\n"
		}
		return c.print(lines, words)
	})
}

type consentRecordCmd struct {
	personFlags
	Purpose  care.Purpose `help:"For what: recording, measures, sharing, statistics, research, return or travel." required:"" placeholder:"PURPOSE"`
	Will     care.Will    `help:"What the person said: given, refused or withdrawn." required:"" placeholder:"WORD"`
	With     string       `help:"The agency, for sharing." placeholder:"AGENCY"`
	Language string       `help:"The language in which they were asked." placeholder:"LANG"`
	Reading  care.Reading `help:"How they took it in: alone, aloud, interpreter or pictures." placeholder:"WORD"`
	Route    string       `help:"How they were told to withdraw it: whom they tell, and how." placeholder:"TEXT"`
}

func (f consentRecordCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		if err := d.RecordConsent(ctx, p, care.Consent{Purpose: f.Purpose, With: f.With, Will: f.Will, Language: f.Language, Reading: f.Reading, Route: f.Route}); err != nil {
			return err
		}
		return c.done("The answer is recorded.")
	})
}

type consentMetCmd struct {
	personFlags
	Purpose care.Purpose `help:"The purpose whose withdrawal was acted upon." required:"" placeholder:"PURPOSE"`
}

func (f consentMetCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		if err := d.ActOnWithdrawal(ctx, p, f.Purpose); err != nil {
			return err
		}
		return c.done("It is noted that this was done.")
	})
}
