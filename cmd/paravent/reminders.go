package main

import (
	"context"
	"fmt"
	"slices"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/reminder"
)

type remindersCmds struct {
	List  remindersListCmd  `cmd:"" help:"Who has to be told what of which hearing, and by when."`
	Told  remindersToldCmd  `cmd:"" help:"Enter that somebody was told."`
	Paper remindersPaperCmd `cmd:"" help:"Write the list as a PDF."`
}

type remindersListCmd struct {
	vaultFlags
	All bool `help:"With those who were told already."`
}

// reminderLine is one reminder as a script reads it.
type reminderLine struct {
	Hearing  testimony.HearingID  `json:"hearing"`
	Case     string               `json:"case"`
	Witness  protection.Pseudonym `json:"witness"`
	Court    string               `json:"court"` // when the hearing begins, on the court's clock
	Occasion reminder.Occasion    `json:"occasion"`
	Who      string               `json:"who"` // an office, a role, or the name of a resource
	ID       string               `json:"id"`  // of the one who is told, for 'reminders told'
	Due      string               `json:"due"` // on the court's clock
	State    reminder.State       `json:"state"`
	How      reminder.How         `json:"how,omitempty"`
}

func (l remindersListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Reminders(ctx)
		if err != nil {
			return err
		}
		x, err := d.Plan(ctx)
		if err != nil {
			return err
		}
		lines, words := []reminderLine{}, ""
		for _, of := range list {
			h, err := lineOf(ctx, d, of.Hearing)
			if err != nil {
				return err
			}
			for _, r := range of.Reminders {
				if r.Done != nil && !l.All {
					continue
				}
				court, _, err := of.Hearing.Clocks(r.Due)
				if err != nil {
					return err
				}
				line := reminderLine{Hearing: h.Hearing, Case: h.Case, Witness: h.Witness, Court: h.Court, Occasion: r.Occasion, Who: whoWord(x, r.Who), ID: r.Who,
					Due: court.Format("2006-01-02 15:04"), State: r.At(d.Now())}
				if r.Done != nil {
					line.How = r.Done.How
				}
				lines = append(lines, line)
			}
		}
		slices.SortStableFunc(lines, func(a, b reminderLine) int {
			return slices.Index(reminder.States, a.State) - slices.Index(reminder.States, b.State)
		})
		for _, r := range lines {
			words += fmt.Sprintf("%-7s  by %s  %-8s  %-24s  %s  court %s  %s  %s\n", r.State, r.Due, r.Occasion, r.Who, r.Hearing, r.Court, r.Case, r.Witness)
		}
		if words == "" {
			words = "Nobody has to be told anything.\n"
		}
		return c.print(lines, words)
	})
}

type remindersToldCmd struct {
	vaultFlags
	Hearing  string `arg:"" help:"The hearing's id or its key in the docket file."`
	Occasion string `help:"What they were told: ${enum}." enum:"confirm,prepare,try,hour,debrief" required:""`
	Who      string `help:"Who was told: advocate, the role of a seat, or the name or id of one whom the hearing takes." required:"" placeholder:"WHO"`
	How      string `help:"How: ${enum}." enum:"telephone,person,letter,mail" required:""`
}

func (t remindersToldCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, t.Hearing)
		if err != nil {
			return err
		}
		who := t.Who
		if !slices.Contains(testimony.Roles, testimony.Role(who)) {
			if who, err = whoOf(ctx, d, t.Who); err != nil {
				return err
			}
		}
		if err := d.Remind(ctx, h.ID, reminder.Occasion(t.Occasion), who, reminder.How(t.How)); err != nil {
			return err
		}
		return c.print(line{"told": who, "occasion": t.Occasion}, "Entered.\n")
	})
}

type remindersPaperCmd struct {
	vaultFlags
	To       string `help:"The file to write." required:"" type:"path" placeholder:"FILE.pdf"`
	Language string `help:"The paper's language: ${enum}." enum:"en,fr" default:"en"`
	Replace  bool   `help:"Replace a file that is there."`
}

func (p remindersPaperCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(d *docket.Desk) error {
		if err := d.WriteReminders(ctx, p.To, policy.Language(p.Language), p.Replace); err != nil {
			return err
		}
		return c.print(line{"written": p.To}, "Written.\n")
	})
}
