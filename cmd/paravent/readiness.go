package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/readiness"
	"paravent/testimony/schedule"
)

type readinessCmds struct {
	Week  readinessWeekCmd  `cmd:"" help:"How the hearings of the next days stand, and who has to act."`
	Show  readinessShowCmd  `cmd:"" help:"Each protection of a hearing: who set it up, how it was found, who has to act."`
	Check readinessCheckCmd `cmd:"" help:"Enter that a protection was set up, or how it was found."`
	Visit readinessVisitCmd `cmd:"" help:"Enter a coordinator's report on a remote point."`
}

// boardLine is one line of a board as a script reads it.
type boardLine struct {
	Item     readiness.Item      `json:"item"`
	Light    readiness.Light     `json:"light"`
	Reason   readiness.Reason    `json:"reason"`
	Actor    string              `json:"actor,omitempty"` // has to act: an office, or the name of a resource
	Set      *readiness.Check    `json:"set_up,omitempty"`
	Day      *readiness.Check    `json:"day,omitempty"`
	Half     *readiness.Check    `json:"half,omitempty"`
	LineTest *readiness.LineTest `json:"test,omitempty"` // from the join page
	Faults   []readiness.Fault   `json:"faults,omitempty"`
}

type boardOf struct {
	Hearing testimony.HearingID  `json:"hearing"`
	Case    string               `json:"case"`
	Witness protection.Pseudonym `json:"witness"`
	Court   string               `json:"court"`
	Light   readiness.Light      `json:"light"`
	Lines   []boardLine          `json:"lines"`
}

func boardFor(ctx context.Context, d *docket.Desk, x *schedule.Index, b docket.Board) (boardOf, error) {
	h, err := lineOf(ctx, d, b.Hearing)
	if err != nil {
		return boardOf{}, err
	}
	out := boardOf{h.Hearing, h.Case, h.Witness, h.Court, b.Light, []boardLine{}}
	for _, l := range b.Lines {
		line := boardLine{Item: l.Item, Light: l.Light, Reason: l.Reason, Actor: whoWord(x, l.Actor), Set: l.Set, Day: l.Day, Half: l.Half, LineTest: l.LineTest}
		if l.LineTest != nil {
			line.Faults = l.LineTest.Faults()
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

// whoWord is an office, or the name of a resource.
func whoWord(x *schedule.Index, who string) string {
	if r, known := x.Resource(testimony.ResourceID(who)); known {
		return r.Name
	}
	return who
}

func (b boardOf) head() string {
	return fmt.Sprintf("%-5s  %s  court %s  %s  %s\n", b.Light, b.Hearing, b.Court, b.Case, b.Witness)
}

// words are the lines; of those that are in place none where only the others are asked for.
func (b boardOf) words(all bool) string {
	words := b.head()
	for _, l := range b.Lines {
		if !all && l.Light != readiness.Red {
			continue
		}
		name := string(l.Item)
		if k, measure := l.Item.Measure(); measure {
			name = policy.MeasureWord(k, policy.English)
		}
		words += fmt.Sprintf("  %-5s  %-34s  %-13s", l.Light, name, l.Reason)
		for _, f := range l.Faults {
			words += " " + strings.ReplaceAll(string(f), "_", " ")
		}
		if l.Actor != "" {
			words += "  to act: " + l.Actor
		}
		words += "\n"
	}
	return words
}

type readinessWeekCmd struct {
	vaultFlags
	Days int `help:"How many days to look ahead." default:"7"`
}

func (w readinessWeekCmd) Run(ctx context.Context, c *console) error {
	return w.with(ctx, c, func(d *docket.Desk) error {
		boards, err := d.ReadinessUntil(ctx, d.Now().AddDate(0, 0, w.Days))
		if err != nil {
			return err
		}
		x, err := d.Plan(ctx)
		if err != nil {
			return err
		}
		lines, words := []boardOf{}, ""
		for _, b := range boards {
			line, err := boardFor(ctx, d, x, b)
			if err != nil {
				return err
			}
			lines, words = append(lines, line), words+line.words(false)
		}
		if words == "" {
			words = "No hearing is planned in that time.\n"
		}
		return c.print(lines, words)
	})
}

type readinessShowCmd struct {
	vaultFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
}

func (s readinessShowCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, s.Hearing)
		if err != nil {
			return err
		}
		b, err := d.Readiness(ctx, h.ID)
		if err != nil {
			return err
		}
		return printBoard(ctx, c, d, b)
	})
}

func printBoard(ctx context.Context, c *console, d *docket.Desk, b docket.Board) error {
	x, err := d.Plan(ctx)
	if err != nil {
		return err
	}
	line, err := boardFor(ctx, d, x, b)
	if err != nil {
		return err
	}
	return c.print(line, line.words(true))
}

type readinessCheckCmd struct {
	vaultFlags
	Hearing string `arg:"" help:"The hearing's id or its key in the docket file."`
	Item    string `help:"The protection, as 'readiness show --json' names it: measure/face_alteration, technique, interpreter, conditions." required:"" placeholder:"ITEM"`
	Stage   string `help:"What was done: ${enum}." enum:"set_up,day,half" required:""`
	Who     string `help:"Who set it up or looked: an office, or the name or id of one whom the hearing takes." required:"" placeholder:"WHO"`
	Bad     bool   `help:"It was found not in place."`
	Note    string `help:"A note. Never a name." placeholder:"TEXT"`
}

func (x readinessCheckCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, x.Hearing)
		if err != nil {
			return err
		}
		who, err := whoOf(ctx, d, x.Who)
		if err != nil {
			return err
		}
		b, err := d.EnterCheck(ctx, h.ID, readiness.Check{Item: readiness.Item(x.Item), Stage: readiness.Stage(x.Stage), Good: !x.Bad, Who: who, Note: x.Note})
		if err != nil {
			return err
		}
		return printBoard(ctx, c, d, b)
	})
}

// whoOf is an office as it was typed, or the id of a resource.
func whoOf(ctx context.Context, d *docket.Desk, typed string) (string, error) {
	if slices.Contains(testimony.Offices, typed) {
		return typed, nil
	}
	id, err := findResource(ctx, d, typed)
	return string(id), err
}

type readinessVisitCmd struct {
	vaultFlags
	Point   string   `arg:"" help:"The remote point, by name or id."`
	At      string   `help:"When it was visited, by the clock there." required:"" placeholder:"2027-03-10T10:00"`
	Who     string   `help:"Who reports: a coordinator by name or id, or an office." required:"" placeholder:"WHO"`
	Good    []string `help:"What was found in order: private_room, separate_entrance, lighting, camera_sweep, power, uplink, identity_plan, or all; may be repeated." placeholder:"QUESTION"`
	Present []string `help:"A function of somebody who was there. Never a name; may be repeated." placeholder:"FUNCTION"`
	Note    string   `help:"A note. Never a name." placeholder:"TEXT"`
}

func (v readinessVisitCmd) Run(ctx context.Context, c *console) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		id, err := findResource(ctx, d, v.Point)
		if err != nil {
			return err
		}
		list, err := d.Resources(ctx)
		if err != nil {
			return err
		}
		zone := "UTC"
		for _, r := range list {
			if r.ID == id && r.Zone != "" {
				zone = r.Zone
			}
		}
		report := readiness.Visit{Point: id, Present: v.Present, Note: v.Note}
		if report.At, err = onClock(v.At, zone); err != nil {
			return err
		}
		if report.Who, err = whoOf(ctx, d, v.Who); err != nil {
			return err
		}
		for _, q := range v.Good {
			if q == "all" {
				report.Good = readiness.Checklist
				break
			}
			report.Good = append(report.Good, readiness.Question(q))
		}
		if report, err = d.ReportVisit(ctx, report); err != nil {
			return err
		}
		var lacks []string
		for _, q := range report.Lacks() {
			lacks = append(lacks, string(q))
		}
		words := "Everything was found in order, " + report.At.Format(time.RFC3339) + ".\n"
		if len(lacks) > 0 {
			words = "Not in order: " + strings.Join(lacks, ", ") + ".\n"
		}
		return c.print(report, words)
	})
}
