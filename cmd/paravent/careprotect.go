package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type planCmds struct {
	Show planShowCmd `cmd:"" default:"withargs" help:"What is done for the person and their family, and by whom."`
	Save planSaveCmd `cmd:"" help:"Keep a plan."`
	End  planEndCmd  `cmd:"" help:"End the plan, with the reason from a file or from standard input."`
}

type planShowCmd struct{ personFlags }

func (f planShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.ProtectionPlan(ctx, p)
		if err != nil {
			return err
		}
		if v.N == 0 {
			return fmt.Errorf("there is no protection plan for this person: %w", docket.ErrNotFound)
		}
		pairs := []any{"From", dayOf(v.Value.On), "In force", yesNo(v.Value.InForce())}
		if v.Value.InForce() {
			pairs = append(pairs, "Review", dayOf(v.Value.Review))
		} else {
			pairs = append(pairs, "Ended", dayOf(v.Value.Ended)+": "+v.Value.Why)
		}
		for _, m := range v.Value.Measures {
			pairs = append(pairs, m.Kind, fmt.Sprintf("for %s, by %s: %s", inWords(m.For), m.Agency, m.Detail))
		}
		return c.print(fileOf(v), table(pairs...))
	})
}

type planSaveCmd struct {
	personFlags
	File string `arg:"" help:"The file with the plan, as 'care form plan' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f planSaveCmd) Run(ctx context.Context, c *console) error {
	return saveCare(ctx, c, f.personFlags, f.File, (*docket.Desk).ProtectionPlan, (*docket.Desk).SaveProtectionPlan,
		"The plan is kept. Outside of the care file only that it is in force and the day of its review can be read.")
}

type planEndCmd struct {
	personFlags
	Why string `help:"The file with the reason, or - for standard input." required:"" placeholder:"FILE"`
}

func (f planEndCmd) Run(ctx context.Context, c *console) error {
	why, err := c.readText(f.Why)
	if err != nil {
		return err
	}
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.EndProtectionPlan(ctx, p, why)
	}, "The plan has ended.")
}

type incidentCmds struct {
	Report  incidentReportCmd  `cmd:"" default:"withargs" help:"Report a threat or an incident, with its text from a file or from standard input."`
	List    incidentListCmd    `cmd:"" help:"What has happened, and what was done about it."`
	Respond incidentRespondCmd `cmd:"" help:"Add what was done about an incident."`
}

type incidentReportCmd struct {
	personFlags
	Kind    care.IncidentKind `help:"What has happened: threat, approached, watched, violence, exposed, offered, self_harm or vanished." required:"" placeholder:"KIND"`
	Against care.Whom         `help:"Against whom: person, children, family_here, family_origin or helper." default:"person" placeholder:"WHOM"`
	On      string            `help:"The day, as 2026-11-25. Today where left out." placeholder:"DAY"`
	What    string            `help:"The file with what has happened, or - for standard input: never an argument, which other programs can read." required:"" placeholder:"FILE"`
}

func (f incidentReportCmd) Run(ctx context.Context, c *console) error {
	what, err := c.readText(f.What)
	if err != nil {
		return err
	}
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		id, err := d.ReportIncident(ctx, p, care.Incident{Kind: f.Kind, Against: f.Against, On: on, What: what})
		if err != nil {
			return err
		}
		return c.print(map[string]string{"id": id}, "Reported as "+id+". The person's danger has to be looked at again.\n")
	})
}

type responseLine struct {
	On   time.Time `json:"on"`
	What string    `json:"what"`
}

type incidentLine struct {
	ID        string            `json:"id"`
	Kind      care.IncidentKind `json:"kind"`
	Against   care.Whom         `json:"against"`
	On        time.Time         `json:"on"`
	What      string            `json:"what"`
	Responses []responseLine    `json:"responses"`
}

type incidentListCmd struct{ personFlags }

func (f incidentListCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Incidents(ctx, p)
		if err != nil {
			return err
		}
		lines, words := []incidentLine{}, ""
		for _, i := range v.Value {
			line := incidentLine{i.ID, i.Kind, i.Against, i.On, i.What, []responseLine{}}
			words += fmt.Sprintf("%s  %s  %s, against %s: %s\n", i.ID, dayOf(i.On), i.Kind, i.Against, i.What)
			for _, r := range i.Responses {
				line.Responses = append(line.Responses, responseLine{r.On, r.What})
				words += fmt.Sprintf("    %s  done: %s\n", dayOf(r.On), r.What)
			}
			if len(i.Responses) == 0 {
				words += "    nobody has responded yet\n"
			}
			lines = append(lines, line)
		}
		if words == "" {
			words = "Nothing was reported.\n"
		}
		return c.print(lines, words)
	})
}

type incidentRespondCmd struct {
	personFlags
	Incident string `arg:"" help:"The incident's id, as 'care incident list' shows it."`
	On       string `help:"The day, as 2026-11-25. Today where left out." placeholder:"DAY"`
	What     string `help:"The file with what was done, or - for standard input." required:"" placeholder:"FILE"`
}

func (f incidentRespondCmd) Run(ctx context.Context, c *console) error {
	what, err := c.readText(f.What)
	if err != nil {
		return err
	}
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on, err := dayFrom(f.On, d.Now())
		if err != nil {
			return err
		}
		if err := d.RespondIncident(ctx, p, f.Incident, care.Response{On: on, What: what}); err != nil {
			return err
		}
		return c.done("The response is noted.")
	})
}

type contactCmds struct {
	Show contactShowCmd `cmd:"" default:"withargs" help:"How a person may be contacted. It is noted that you have looked."`
	Save contactSaveCmd `cmd:"" help:"Keep how the person may be contacted, by their own word."`
	Note contactNoteCmd `cmd:"" help:"Note that the person was contacted: by a safe way, after you have looked."`
}

type contactShowCmd struct{ personFlags }

func (f contactShowCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.ShowContactRules(ctx, p)
		if errors.Is(err, docket.ErrNotFound) {
			return fmt.Errorf("nobody has asked how this person may be contacted, so nobody contacts them: %w", err)
		}
		if err != nil {
			return err
		}
		var pairs []any
		for _, w := range v.Value.Never {
			pairs = append(pairs, "Never", w)
		}
		for _, w := range v.Value.Safe {
			pairs = append(pairs, "Safe", w)
		}
		for _, x := range []struct{ name, text string }{{"Through", v.Value.Through}, {"Say first", v.Value.Sentence}, {"They answer", v.Value.Answer}, {"From", v.Value.From}, {"Until", v.Value.Until}, {"Note", v.Value.Note}} {
			if x.text != "" {
				pairs = append(pairs, x.name, x.text)
			}
		}
		return c.print(fileOf(v), table(pairs...))
	})
}

type contactSaveCmd struct {
	personFlags
	File string `arg:"" help:"The file with the rules, as 'care form contact' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f contactSaveCmd) Run(ctx context.Context, c *console) error {
	return saveCare(ctx, c, f.personFlags, f.File, (*docket.Desk).ContactRules, (*docket.Desk).SaveContactRules,
		"The rules are kept.")
}

type contactNoteCmd struct {
	personFlags
	Way     care.Way `help:"How: office, third, message, call, letter or visit." required:"" placeholder:"WAY"`
	Reached bool     `help:"The person was reached."`
}

func (f contactNoteCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.NoteContact(ctx, p, f.Way, f.Reached)
	}, "The contact is noted.")
}

type companionCmds struct {
	List  companionListCmd  `cmd:"" default:"withargs" help:"Who stands by the person, and who should not."`
	Add   companionAddCmd   `cmd:"" help:"Enter somebody. Whoever something stands against is refused."`
	Leave companionLeaveCmd `cmd:"" help:"End a companion's time."`
	Flag  companionFlagCmd  `cmd:"" help:"Note a sign of corruption of a companion, who is barred from then on."`
}

// companionFile is what is entered of a companion; the rest is the program's.
type companionFile struct {
	Role     care.CompanionRole `json:"role"`
	Name     string             `json:"name"`
	Agency   string             `json:"agency,omitempty"`
	Witness  care.YesNo         `json:"witness"`
	Linked   care.YesNo         `json:"linked"`
	Corrupt  care.YesNo         `json:"corrupt"`
	Declared time.Time          `json:"declared,omitzero"`
	Wanted   care.YesNo         `json:"wanted"`
	From     time.Time          `json:"from"`
	Until    time.Time          `json:"until,omitzero"`
}

type companionLine struct {
	ID string `json:"id"`
	companionFile
	Barred bool `json:"barred"`
}

type companionListCmd struct{ personFlags }

func (f companionListCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		v, err := d.Companions(ctx, p)
		if err != nil {
			return err
		}
		barred := map[string]bool{}
		for _, x := range v.Barred {
			barred[x.ID] = true
		}
		lines, words := []companionLine{}, ""
		for _, x := range v.Value {
			lines = append(lines, companionLine{x.ID, companionFile{x.Role, x.Name, x.Agency, x.Witness, x.Linked, x.Corrupt, x.Declared, x.Wanted, x.From, x.Until}, barred[x.ID]})
			words += fmt.Sprintf("%s  %s  %s", x.ID, x.Role, x.Name)
			if x.Agency != "" {
				words += ", " + x.Agency
			}
			if !x.Stands(d.Now()) {
				words += ", until " + dayOf(x.Until)
			}
			if barred[x.ID] {
				words += "  BARRED: something stands against them now"
			}
			words += "\n"
		}
		if words == "" {
			words = "Nobody is named yet.\n"
		}
		return c.print(lines, words)
	})
}

type companionAddCmd struct {
	personFlags
	File string `arg:"" help:"The file with the companion, as 'care form companion' prints it, or - for standard input." placeholder:"FILE.json"`
}

func (f companionAddCmd) Run(ctx context.Context, c *console) error {
	file, err := readCare[companionFile](c, f.File)
	if err != nil {
		return err
	}
	x := file.Record
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.AddCompanion(ctx, p, care.Companion{Role: x.Role, Name: x.Name, Agency: x.Agency, Witness: x.Witness, Linked: x.Linked, Corrupt: x.Corrupt, Declared: x.Declared, Wanted: x.Wanted, From: x.From, Until: x.Until})
	}, "The companion is entered.")
}

type companionLeaveCmd struct {
	personFlags
	Companion string `arg:"" help:"The companion's id, as 'care companion list' shows it."`
}

func (f companionLeaveCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.LeaveCompanion(ctx, p, f.Companion)
	}, "Their time is over.")
}

type companionFlagCmd struct {
	personFlags
	Companion string `arg:"" help:"The companion's id, as 'care companion list' shows it."`
}

func (f companionFlagCmd) Run(ctx context.Context, c *console) error {
	return f.step(ctx, c, func(d *docket.Desk, ctx context.Context, p protection.PartyID) error {
		return d.FlagCompanion(ctx, p, f.Companion)
	}, "They are barred from now on.")
}
