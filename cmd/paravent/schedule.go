package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

type scheduleCmds struct {
	List    scheduleListCmd    `cmd:"" help:"List the hearings to come, by both clocks."`
	Check   scheduleCheckCmd   `cmd:"" help:"Say what stands against one hearing, or against all to come."`
	Propose scheduleProposeCmd `cmd:"" help:"Find the best times of a hearing that has none."`
	Plan    schedulePlanCmd    `cmd:"" help:"Plan a hearing."`
	Move    scheduleMoveCmd    `cmd:"" help:"Move a hearing to another time."`
	Counsel scheduleCounselCmd `cmd:"" help:"Say which counsel acts for whom: they can talk in private."`
	Cancel  scheduleCancelCmd  `cmd:"" help:"Take a hearing off the docket."`
}

// wantFlags say what a hearing takes.
type wantFlags struct {
	Case        string   `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party       string   `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Minutes     int      `help:"How long the testimony takes." default:"90"`
	Before      int      `help:"Minutes before it, from the witness's arrival." default:"0"`
	After       int      `help:"Minutes after it, until the witness leaves." default:"0"`
	BreakEvery  int      `help:"Minutes of testimony between breaks; 0: none is planned." default:"0"`
	CourtZone   string   `help:"The court's time zone." required:"" placeholder:"Europe/Paris"`
	WitnessZone string   `help:"The witness's time zone." required:"" placeholder:"Africa/Lagos"`
	Use         []string `help:"A room, person or thing that it takes, by name or id; may be repeated." placeholder:"NAME" sep:"none"`
}

func (w wantFlags) hearing(ctx context.Context, d *docket.Desk) (testimony.Hearing, error) {
	h := testimony.Hearing{Duration: time.Duration(w.Minutes) * time.Minute, Before: time.Duration(w.Before) * time.Minute, After: time.Duration(w.After) * time.Minute,
		BreakEvery: time.Duration(w.BreakEvery) * time.Minute, CourtZone: w.CourtZone, WitnessZone: w.WitnessZone, Mode: protection.PublicMode}
	var err error
	if h.Case, err = d.FindCase(ctx, w.Case); err != nil {
		return h, err
	}
	party, err := d.FindParty(ctx, h.Case, w.Party)
	if err != nil {
		return h, err
	}
	h.Party = party.ID
	for _, name := range w.Use {
		id, err := findResource(ctx, d, name)
		if err != nil {
			return h, err
		}
		h.Uses = append(h.Uses, id)
	}
	return h, nil
}

// onClock reads a day, or a day with an hour, on a clock.
func onClock(typed, zone string) (time.Time, error) {
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		return time.Time{}, usageError{fmt.Sprintf("%q is not a time zone; write Europe/Paris", zone)}
	}
	if day, err := time.ParseInLocation(time.DateOnly, typed, place); err == nil {
		return day, nil
	}
	at, err := schedule.OnClock(typed, place)
	switch {
	case err == nil:
		return at, nil
	case errors.Is(err, schedule.ErrNoSuchHour):
		return time.Time{}, usageError{fmt.Sprintf("%q does not exist in %s: the clocks are put forward over this hour; choose another", typed, zone)}
	}
	return time.Time{}, usageError{fmt.Sprintf("%q is not a time; write 2027-03-10T10:00 by the court's clock", typed)}
}

// conflictLine is a conflict as a script reads it.
type conflictLine struct {
	Rule     schedule.Rule        `json:"rule"`
	Hard     bool                 `json:"hard"`
	Resource testimony.ResourceID `json:"resource,omitempty"`
	Hearing  testimony.HearingID  `json:"hearing,omitempty"`
	From     time.Time            `json:"from,omitzero"`
	To       time.Time            `json:"to,omitzero"`
	Says     string               `json:"says"`
	Accepted string               `json:"accepted,omitempty"` // the reason
}

func conflictLines(x *schedule.Index, list []schedule.Conflict, h testimony.Hearing, l policy.Language) []conflictLine {
	zone, err := time.LoadLocation(h.CourtZone)
	if err != nil {
		zone = time.UTC
	}
	lines := []conflictLine{}
	for _, c := range list {
		line := conflictLine{c.Rule, c.Rule.Hard(), c.Resource, c.Hearing, c.From, c.To, x.Say(c, l, zone), ""}
		for _, a := range h.Accepted {
			if a.Key == c.Key() {
				line.Accepted = a.Reason
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (c conflictLine) words() string {
	switch {
	case c.Hard:
		return "  cannot be   " + c.Says + "\n"
	case c.Accepted != "":
		return "  accepted    " + c.Says + " " + c.Accepted + "\n"
	}
	return "  " + fmt.Sprintf("%-12s", c.Rule) + " " + c.Says + "\n"
}

type langFlag struct {
	Lang string `help:"The language of the explanation: ${enum}." enum:"en,fr" default:"en"`
}

func (l langFlag) language() policy.Language { return policy.Language(l.Lang) }

type hearingLine struct {
	Hearing   testimony.HearingID  `json:"hearing"`
	Case      string               `json:"case"`
	Witness   protection.Pseudonym `json:"witness"`
	Court     string               `json:"court"` // clocks
	Remote    string               `json:"remote"`
	Minutes   int                  `json:"minutes"`
	Cancelled bool                 `json:"cancelled,omitempty"`
	Needs     []string             `json:"needs,omitempty"` // of the witness, in sentences
	Conflicts []conflictLine       `json:"conflicts,omitempty"`
}

func (s hearingLine) words() string {
	gone := ""
	if s.Cancelled {
		gone = "  cancelled"
	}
	return fmt.Sprintf("%s  court %s  witness %s  %3d min  %s  %s%s\n", s.Hearing, s.Court, s.Remote, s.Minutes, s.Case, s.Witness, gone)
}

func lineOf(ctx context.Context, d *docket.Desk, h testimony.Hearing) (hearingLine, error) {
	c, err := d.Case(ctx, h.Case)
	if err != nil {
		return hearingLine{}, err
	}
	p, err := d.Party(ctx, h.Party)
	if err != nil {
		return hearingLine{}, err
	}
	court, witness, err := h.Clocks(h.Start)
	const clock = "2006-01-02 15:04"
	return hearingLine{Hearing: h.ID, Case: c.Reference, Witness: p.PseudonymIn(h.Case), Court: court.Format(clock), Remote: witness.Format(clock),
		Minutes: int(h.Duration / time.Minute), Cancelled: !h.Cancelled.IsZero()}, err
}

func printHearing(ctx context.Context, c *console, d *docket.Desk, h testimony.Hearing) error {
	line, err := lineOf(ctx, d, h)
	if err != nil {
		return err
	}
	return c.print(line, line.words())
}

type scheduleListCmd struct {
	vaultFlags
	Days int `help:"How many days to look ahead." default:"31"`
}

func (s scheduleListCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		list, err := toCome(ctx, d, s.Days)
		if err != nil {
			return err
		}
		lines, words := []hearingLine{}, ""
		for _, h := range list {
			line, err := lineOf(ctx, d, h)
			if err != nil {
				return err
			}
			lines, words = append(lines, line), words+line.words()
		}
		return c.print(lines, cmp.Or(words, "No hearing is planned in that time.\n"))
	})
}

// toCome are the hearings of the next days that were not held, the cancelled ones among them.
func toCome(ctx context.Context, d *docket.Desk, days int) ([]testimony.Hearing, error) {
	list, err := d.Hearings(ctx)
	now := d.Now()
	return slices.DeleteFunc(list, func(h testimony.Hearing) bool {
		return !h.Held.IsZero() || h.Start.Add(h.Duration).Before(now) || h.Start.After(now.AddDate(0, 0, days))
	}), err
}

type scheduleCheckCmd struct {
	vaultFlags
	langFlag
	Hearing string `arg:"" optional:"" help:"The hearing's id or its key in the docket file; all to come where left out."`
	Days    int    `help:"How many days to look ahead." default:"31"`
}

var errAgainst = errors.New("something stands against a hearing; see the list")

func (s scheduleCheckCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		x, err := d.Plan(ctx)
		if err != nil {
			return err
		}
		var list []testimony.Hearing
		if s.Hearing != "" {
			h, err := d.FindHearing(ctx, s.Hearing)
			if err != nil {
				return err
			}
			list = append(list, h)
		} else if list, err = toCome(ctx, d, s.Days); err != nil {
			return err
		}
		lines, words, open := []hearingLine{}, "", false
		for _, h := range list {
			if !h.Planned() {
				continue
			}
			line, err := lineOf(ctx, d, h)
			if err != nil {
				return err
			}
			line.Conflicts = conflictLines(x, x.Check(schedule.Of(h)), h, s.language())
			line.Needs = x.SayNeeds(h.Party, s.language())
			words += line.words()
			for _, n := range line.Needs {
				words += "  needs        " + n + "\n"
			}
			for _, f := range line.Conflicts {
				words += f.words()
				open = open || f.Accepted == ""
			}
			lines = append(lines, line)
		}
		if err := c.print(lines, cmp.Or(words, "No hearing is planned in that time.\n")); err != nil || !open {
			return err
		}
		return errAgainst
	})
}

type scheduleProposeCmd struct {
	vaultFlags
	langFlag
	wantFlags
	Any      []string `help:"Any one of this kind that is free: ${kinds}; may be repeated." placeholder:"KIND"`
	From     string   `help:"The first day, by the court's clock; today where left out." placeholder:"DAY"`
	Until    string   `help:"The last day; a year later where left out." placeholder:"DAY"`
	Sittings int      `help:"How many sittings, each on a day of its own." default:"1"`
	Keep     bool     `help:"The same people in every sitting."`
	Best     int      `help:"How many proposals." default:"3"`
}

type proposalLine struct {
	Sittings []sittingLine `json:"sittings"`
	Reasons  []string      `json:"reasons"`
}

type sittingLine struct {
	Court     string         `json:"court"`
	Remote    string         `json:"remote"`
	Start     time.Time      `json:"start"`
	Uses      []string       `json:"uses"`
	Conflicts []conflictLine `json:"conflicts,omitempty"`
}

func (s scheduleProposeCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		h, err := s.hearing(ctx, d)
		if err != nil {
			return err
		}
		w := schedule.Want{Booking: schedule.Of(h), Sittings: s.Sittings, Keep: s.Keep, Earliest: d.Now()}
		if s.From != "" {
			if w.Earliest, err = onClock(s.From, s.CourtZone); err != nil {
				return err
			}
		}
		w.Latest = w.Earliest.AddDate(1, 0, 0)
		if s.Until != "" {
			if w.Latest, err = onClock(s.Until, s.CourtZone); err != nil {
				return err
			}
			w.Latest = w.Latest.AddDate(0, 0, 1) // the last day is one of them
		}
		list, err := d.Resources(ctx)
		if err != nil {
			return err
		}
		for _, kind := range s.Any {
			if !slices.Contains(schedule.Kinds, schedule.Kind(kind)) {
				return usageError{fmt.Sprintf("%q is not a kind of resource; the kinds are %s", kind, joinKinds())}
			}
			var choice []testimony.ResourceID
			for _, r := range list {
				if string(r.Kind) == kind {
					choice = append(choice, r.ID)
				}
			}
			w.Any = append(w.Any, choice)
		}
		x, err := d.Plan(ctx)
		if err != nil {
			return err
		}
		lines, words := s.lines(x, h, x.Propose(w, s.Best))
		if len(lines) == 0 {
			words = "There is no such time. Give it more days, other people or a shorter hearing.\n"
		}
		return c.print(lines, words)
	})
}

func (s scheduleProposeCmd) lines(x *schedule.Index, h testimony.Hearing, found []schedule.Proposal) ([]proposalLine, string) {
	lines, words := []proposalLine{}, ""
	for i, p := range found {
		line := proposalLine{Reasons: []string{}}
		zone, _ := time.LoadLocation(h.CourtZone) // a proposal has known zones
		for _, sitting := range p.Sittings {
			h.Start = sitting.Start
			court, witness, _ := h.Clocks(h.Start)
			out := sittingLine{Court: court.Format("Mon 2006-01-02 15:04"), Remote: witness.Format("Mon 15:04"), Start: sitting.Start,
				Conflicts: conflictLines(x, sitting.Soft, h, s.language())}
			for _, id := range sitting.Uses {
				r, _ := x.Resource(id)
				out.Uses = append(out.Uses, r.Name)
			}
			words += fmt.Sprintf("%d.  %s, witness %s  %s\n", i+1, out.Court, out.Remote, strings.Join(out.Uses, ", "))
			for _, f := range out.Conflicts {
				words += "  " + f.words()
			}
			line.Sittings = append(line.Sittings, out)
		}
		for _, r := range p.Reasons {
			line.Reasons = append(line.Reasons, x.SayWhy(r, s.language(), zone))
		}
		words += "    " + strings.Join(line.Reasons, "; ") + "\n"
		lines = append(lines, line)
	}
	return lines, words
}

func joinKinds() string {
	var list []string
	for _, k := range schedule.Kinds {
		list = append(list, string(k))
	}
	return strings.Join(list, ", ")
}

// acceptFlags are reasons for what stands against a hearing.
type acceptFlags struct {
	Accept map[string]string `help:"Plan it although a rule is broken, for a reason: no_turn=\"the judge agrees\"; may be repeated." placeholder:"RULE=REASON"`
}

// accept gives the reasons to what is against the hearing.
func (a acceptFlags) accept(ctx context.Context, d *docket.Desk, h *testimony.Hearing) error {
	for rule := range a.Accept {
		if !slices.Contains(schedule.RuleList, schedule.Rule(rule)) {
			return usageError{fmt.Sprintf("%q is not a rule", rule)}
		}
	}
	against, err := d.Against(ctx, *h)
	if err != nil {
		return err
	}
	for _, c := range against {
		if reason, given := a.Accept[string(c.Rule)]; given {
			h.Accepted = append(h.Accepted, testimony.Acceptance{Key: c.Key(), Reason: reason})
		}
	}
	return nil
}

// refusal prints what stands against a hearing that was not planned.
func refusal(ctx context.Context, c *console, d *docket.Desk, h testimony.Hearing, l policy.Language, err error) error {
	var conflict *docket.ConflictError
	if !errors.As(err, &conflict) {
		return err
	}
	x, planErr := d.Plan(ctx)
	if planErr != nil {
		return planErr
	}
	words := ""
	lines := conflictLines(x, conflict.Conflicts, h, l)
	for _, f := range lines {
		words += f.words()
	}
	if err := c.print(lines, words); err != nil {
		return err
	}
	return docket.ErrConflict
}

type schedulePlanCmd struct {
	vaultFlags
	langFlag
	wantFlags
	acceptFlags
	Start string   `help:"When it begins, by the court's clock." required:"" placeholder:"2027-03-10T10:00"`
	Room  string   `help:"The courtroom, as notices name it." placeholder:"NAME"`
	Mode  string   `help:"The session mode in which it begins: ${enum}." enum:"public,private,closed" default:"public"`
	Seat  []string `help:"Who takes part besides the witness; may be repeated." default:"prosecution,defence,interpreter,accused,gallery" placeholder:"ROLE"`
}

func (s schedulePlanCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		h, err := s.hearing(ctx, d)
		if err != nil {
			return err
		}
		if h.Start, err = onClock(s.Start, s.CourtZone); err != nil {
			return err
		}
		if h.Mode, err = protection.ParseMode(s.Mode); err != nil {
			return usageError{err.Error()}
		}
		h.Room = s.Room
		h.Participants = []testimony.Participant{{Role: testimony.RoleWitness, Party: h.Party}}
		for _, role := range s.Seat {
			h.Participants = append(h.Participants, testimony.Participant{Role: testimony.Role(role)})
		}
		if err := s.accept(ctx, d, &h); err != nil {
			return err
		}
		done, err := d.Schedule(ctx, h)
		if err != nil {
			return refusal(ctx, c, d, h, s.language(), err)
		}
		return printHearing(ctx, c, d, done)
	})
}

type scheduleMoveCmd struct {
	vaultFlags
	langFlag
	acceptFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
	Start   string `help:"When it begins, by the court's clock." required:"" placeholder:"2027-03-10T10:00"`
}

func (s scheduleMoveCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		seen, err := d.FindHearing(ctx, s.Hearing)
		if err != nil {
			return err
		}
		h := seen
		if h.Start, err = onClock(s.Start, h.CourtZone); err != nil {
			return err
		}
		if err := s.accept(ctx, d, &h); err != nil {
			return err
		}
		done, err := d.Reschedule(ctx, seen, h)
		if err != nil {
			return refusal(ctx, c, d, h, s.language(), err)
		}
		return printHearing(ctx, c, d, done)
	})
}

type scheduleCancelCmd struct {
	vaultFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
	Why     string `help:"The reason. Never a name." required:"" placeholder:"REASON"`
}

func (s scheduleCancelCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, s.Hearing)
		if err != nil {
			return err
		}
		done, err := d.Cancel(ctx, h.ID, s.Why)
		if err != nil {
			return err
		}
		return printHearing(ctx, c, d, done)
	})
}
