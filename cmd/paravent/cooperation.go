package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

type leaveCmds struct {
	Ask      leaveAskCmd      `cmd:"" help:"Enter that another State was asked whether a witness may be heard there."`
	Answer   leaveAnswerCmd   `cmd:"" help:"Enter what it answered, its conditions and until when."`
	Withdraw leaveWithdrawCmd `cmd:"" help:"Take a request back: it allows nothing any more."`
	List     leaveListCmd     `cmd:"" help:"List what other States were asked."`
	Show     leaveShowCmd     `cmd:"" help:"Show one request with its answers."`
	Hearing  leaveHearingCmd  `cmd:"" help:"Say whether a hearing may go live, and what is lacking."`
	Decide   leaveDecideCmd   `cmd:"" help:"A judge's decision to hear a witness although another State's permission is lacking."`
}

// leaveLine is a request as a script reads it.
type leaveLine struct {
	ID         cooperation.ID         `json:"id"`
	Case       string                 `json:"case"`
	Witness    protection.Pseudonym   `json:"witness"`
	Hearing    testimony.HearingID    `json:"hearing,omitempty"`
	Point      string                 `json:"point,omitempty"`
	Country    string                 `json:"country"`
	Instrument cooperation.Instrument `json:"instrument"`
	Reference  string                 `json:"reference,omitempty"`
	Authority  string                 `json:"authority"`
	Asked      schedule.Date          `json:"asked"`
	Due        schedule.Date          `json:"due,omitempty"`
	State      cooperation.State      `json:"state"`
	Answers    []cooperation.Answer   `json:"answers"`
	Why        string                 `json:"why,omitempty"`
}

func leaveLineOf(ctx context.Context, d *docket.Desk, r cooperation.Request) (leaveLine, error) {
	c, err := d.Case(ctx, r.Case)
	if err != nil {
		return leaveLine{}, err
	}
	p, err := d.Party(ctx, r.Party)
	if err != nil {
		return leaveLine{}, err
	}
	line := leaveLine{ID: r.ID, Case: c.Reference, Witness: p.PseudonymIn(r.Case), Hearing: r.Hearing, Country: r.Country, Instrument: r.Instrument, Reference: r.Reference, Authority: r.Authority,
		Asked: r.Asked, Due: r.Due, State: r.State(schedule.Date(d.Now().UTC().Format(time.DateOnly))), Answers: r.Answers, Why: r.Why}
	if line.Answers == nil {
		line.Answers = []cooperation.Answer{}
	}
	if r.Point != "" {
		list, err := d.Resources(ctx)
		if err != nil {
			return line, err
		}
		line.Point = string(r.Point)
		for _, x := range list {
			if x.ID == r.Point {
				line.Point = x.Name
			}
		}
	}
	return line, nil
}

func (l leaveLine) words() string {
	return fmt.Sprintf("%s  %s  %-9s  asked %s  %s  %s  %s\n", l.ID, l.Country, l.State, l.Asked, l.Case, l.Witness, l.Authority)
}

func (l leaveLine) all() string {
	pairs := []any{"Request", l.ID, "State", l.State, "Country", l.Country, "Authority", l.Authority, "Instrument", l.Instrument, "Reference", l.Reference, "Case", l.Case, "Witness", l.Witness,
		"Asked", l.Asked, "Answer needed by", l.Due, "Hearing", l.Hearing, "Remote point", l.Point, "Withdrawn because", l.Why}
	kept := []any{}
	for i := 0; i < len(pairs); i += 2 {
		if fmt.Sprint(pairs[i+1]) != "" {
			kept = append(kept, pairs[i], pairs[i+1])
		}
	}
	words := table(kept...)
	for _, a := range l.Answers {
		words += fmt.Sprintf("%s  %s", a.On, a.Verdict)
		for _, x := range []struct{ name, text string }{{"from", string(a.From)}, {"until", string(a.Until)}, {"oath", string(a.Conditions.Oath)}, {"recording", string(a.Conditions.Recording)},
			{"in the room", joinTerms(a.Conditions.Present)}, {"also", a.Conditions.Other}, {"letter", a.Reference}} {
			if x.text != "" {
				words += "; " + x.name + ": " + x.text
			}
		}
		words += "\n"
	}
	return words
}

func joinTerms[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = string(t)
	}
	return strings.Join(words, ", ")
}

func printCooperation(ctx context.Context, c *console, d *docket.Desk, r cooperation.Request) error {
	line, err := leaveLineOf(ctx, d, r)
	if err != nil {
		return err
	}
	return c.print(line, line.all())
}

type leaveAskCmd struct {
	personFlags
	Country    string `help:"The State that is asked: two letters of ISO 3166." required:"" placeholder:"NG"`
	Authority  string `help:"The authority that is asked, by its office. Never a name." required:"" placeholder:"OFFICE"`
	Instrument string `help:"What the request rests on: ${enum}." enum:"untoc,eio,ets182,bilateral,reciprocity,consular,other" required:""`
	Asked      string `help:"The day on which it was asked; today where left out." placeholder:"DAY"`
	Due        string `help:"The day on which the answer is needed." placeholder:"DAY"`
	Reference  string `help:"The request's number at the court, and the article." placeholder:"TEXT"`
	Hearing    string `help:"The one hearing that it is for: its id or its key in the docket file; any of the witness's in the case where left out." placeholder:"H"`
	Point      string `help:"The one remote point that it is for, by name or id; any in the country where left out." placeholder:"NAME"`
}

func (a leaveAskCmd) Run(ctx context.Context, c *console) error {
	return a.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		in, err := d.FindCase(ctx, a.Case)
		if err != nil {
			return err
		}
		r := cooperation.Request{Case: in, Party: p, Country: strings.ToUpper(a.Country), Instrument: cooperation.Instrument(a.Instrument), Reference: a.Reference, Authority: a.Authority,
			Asked: schedule.Date(a.Asked), Due: schedule.Date(a.Due)}
		if r.Asked == "" {
			r.Asked = schedule.Date(d.Now().Local().Format(time.DateOnly))
		}
		if a.Hearing != "" {
			h, err := d.FindHearing(ctx, a.Hearing)
			if err != nil {
				return err
			}
			r.Hearing = h.ID
		}
		if a.Point != "" {
			if r.Point, err = findResource(ctx, d, a.Point); err != nil {
				return err
			}
		}
		if r, err = d.AskCooperation(ctx, r); err != nil {
			return err
		}
		return printCooperation(ctx, c, d, r)
	})
}

type leaveAnswerCmd struct {
	vaultFlags
	Request   string   `arg:"" help:"The request's id."`
	Granted   bool     `help:"It agrees." xor:"verdict" required:""`
	Refused   bool     `help:"It does not." xor:"verdict" required:""`
	More      bool     `help:"It asks for more before it decides." xor:"verdict" required:""`
	On        string   `help:"The day of its letter; today where left out." placeholder:"DAY"`
	From      string   `help:"The permission's first day." placeholder:"DAY"`
	Until     string   `help:"The permission's last day." placeholder:"DAY"`
	Present   []string `help:"Who has to sit in the room: judge, prosecutor, official, consul, lawyer, interpreter; may be repeated." placeholder:"WHO"`
	Oath      string   `help:"The oath that it asks for: ${enum}." enum:",court,host,both,none" default:""`
	Recording string   `help:"Whether it lets the session be recorded: ${enum}." enum:",allowed,forbidden" default:""`
	Other     string   `help:"Other conditions. Never a name." placeholder:"TEXT"`
	Reference string   `help:"The letter's number." placeholder:"TEXT"`
}

func (a leaveAnswerCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(d *docket.Desk) error {
		seen, err := d.CooperationOf(ctx, cooperation.ID(a.Request))
		if err != nil {
			return fmt.Errorf("the request: %w", err)
		}
		answer := cooperation.Answer{Verdict: cooperation.Granted, On: schedule.Date(a.On), From: schedule.Date(a.From), Until: schedule.Date(a.Until), Reference: a.Reference,
			Conditions: cooperation.Conditions{Oath: cooperation.Oath(a.Oath), Recording: cooperation.Recording(a.Recording), Other: a.Other}}
		switch {
		case a.Refused:
			answer.Verdict = cooperation.Refused
		case a.More:
			answer.Verdict = cooperation.MoreWanted
		}
		if answer.On == "" {
			answer.On = schedule.Date(d.Now().Local().Format(time.DateOnly))
		}
		for _, who := range a.Present {
			answer.Conditions.Present = append(answer.Conditions.Present, cooperation.Attendant(who))
		}
		r, err := d.AnswerCooperation(ctx, seen.ID, len(seen.Answers), answer)
		if err != nil {
			return err
		}
		return printCooperation(ctx, c, d, r)
	})
}

type leaveWithdrawCmd struct {
	vaultFlags
	Request string `arg:"" help:"The request's id."`
	Why     string `help:"The reason. Never a name." required:"" placeholder:"REASON"`
}

func (w leaveWithdrawCmd) Run(ctx context.Context, c *console) error {
	return w.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.WithdrawCooperation(ctx, cooperation.ID(w.Request), w.Why)
		if err != nil {
			return err
		}
		return printCooperation(ctx, c, d, r)
	})
}

type leaveListCmd struct {
	vaultFlags
	Case string `help:"Of one case only: its reference, its id or its key in the docket file." placeholder:"C"`
}

func (l leaveListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		var only protection.CaseID
		if l.Case != "" {
			var err error
			if only, err = d.FindCase(ctx, l.Case); err != nil {
				return err
			}
		}
		list, err := d.Cooperations(ctx)
		if err != nil {
			return err
		}
		lines, words := []leaveLine{}, ""
		for _, r := range list {
			if only != "" && r.Case != only {
				continue
			}
			line, err := leaveLineOf(ctx, d, r)
			if err != nil {
				return err
			}
			lines, words = append(lines, line), words+line.words()
		}
		if words == "" {
			words = "No other State was asked.\n"
		}
		return c.print(lines, words)
	})
}

type leaveShowCmd struct {
	vaultFlags
	Request string `arg:"" help:"The request's id."`
}

func (s leaveShowCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.CooperationOf(ctx, cooperation.ID(s.Request))
		if err != nil {
			return fmt.Errorf("the request: %w", err)
		}
		return printCooperation(ctx, c, d, r)
	})
}

// wantWords say what a hearing lacks of another State's permission.
var wantWords = map[cooperation.Want]string{
	cooperation.WantsPlace:     "nobody has said from which country the witness testifies: give the hearing its remote point, and the remote point its country",
	cooperation.WantsRecording: "the permission forbids to record, and a session is always recorded",
	cooperation.WantsTime:      "the permission is for other days",
	cooperation.WantsPoint:     "the permission is for another remote point",
	cooperation.WantsConsent:   "the State has refused",
	cooperation.WantsAnswer:    "the State has not answered yet",
	cooperation.WantsRequest:   "nobody has asked that State",
}

type permissionLine struct {
	Hearing  testimony.HearingID    `json:"hearing"`
	MayOpen  bool                   `json:"may_open"`
	Lacks    []cooperation.Lack     `json:"lacks"`
	InForce  []cooperation.ID       `json:"in_force"`
	Decision *cooperation.Decision  `json:"decision,omitempty"`
	Earlier  []cooperation.Decision `json:"decisions"`
}

func printPermission(ctx context.Context, c *console, d *docket.Desk, id testimony.HearingID) error {
	p, err := d.Permission(ctx, id)
	if err != nil {
		return err
	}
	line := permissionLine{Hearing: id, MayOpen: p.MayOpen(), Lacks: append([]cooperation.Lack{}, p.Lacks...), InForce: []cooperation.ID{}, Decision: p.Decision, Earlier: append([]cooperation.Decision{}, p.Earlier...)}
	words := "The hearing may go live.\n"
	if !p.MayOpen() {
		words = "The hearing may not go live: a judge decides, with 'paravent cooperation decide'.\n"
	}
	for _, l := range p.Lacks {
		words += "  " + strings.TrimSpace(l.Country+" "+wantWords[l.Want]) + "\n"
	}
	if p.Decision != nil {
		words += "  decided by a judge on " + p.Decision.At.Local().Format(time.DateOnly) + ": " + p.Decision.Reason + "\n"
	}
	for _, r := range p.InForce {
		line.InForce = append(line.InForce, r.ID)
		a, _ := r.Last()
		words += fmt.Sprintf("  %s has agreed, request %s", r.Country, r.ID)
		if a.Until != "" {
			words += ", until " + string(a.Until)
		}
		words += "\n"
	}
	return c.print(line, words)
}

type leaveHearingCmd struct {
	vaultFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
}

func (h leaveHearingCmd) Run(ctx context.Context, c *console) error {
	return h.with(ctx, c, func(d *docket.Desk) error {
		x, err := d.FindHearing(ctx, h.Hearing)
		if err != nil {
			return err
		}
		return printPermission(ctx, c, d, x.ID)
	})
}

type leaveDecideCmd struct {
	vaultFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
	Reason  string `help:"The reason. Never a name." required:"" placeholder:"REASON"`
}

func (x leaveDecideCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, x.Hearing)
		if err != nil {
			return err
		}
		if _, err := d.DecideWithoutPermission(ctx, h.ID, x.Reason); err != nil {
			return err
		}
		return printPermission(ctx, c, d, h.ID)
	})
}
