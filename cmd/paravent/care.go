package main

import (
	"context"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/testimony/docket"
)

type careCmds struct {
	Facts       careFactsCmd    `cmd:"" help:"What the court may know of a person's care: the open facts."`
	Missing     careMissingCmd  `cmd:"" help:"What a person's protection and care still lack, as far as your office may know."`
	Form        careFormCmd     `cmd:"" help:"Print an empty form to fill in, with the words that its fields take."`
	Interview   interviewCmds   `cmd:"" help:"The screening interview."`
	Status      statusCmds      `cmd:"" help:"The decisions on a person's status."`
	Cooperation cooperationCmds `cmd:"" help:"Whether a person's testimony is needed at all."`
	Reflection  reflectionCmds  `cmd:"" help:"The time to recover and to reflect."`
	Consent     consentCmds     `cmd:"" help:"What a person agreed to, each purpose for itself."`
	Risk        riskCmds        `cmd:"" help:"How a person's danger is seen, and what calls for a review."`
	Needs       needsCmds       `cmd:"" help:"What a person needs so that they can testify."`
	Phrases     phrasesCmds     `cmd:"" help:"Words that would tell who a person is: a reminder for whoever runs the hearing."`
	Preparation preparationCmds `cmd:"" help:"How a person was made familiar with the hearing."`
	Plan        planCmds        `cmd:"" help:"The protection plan."`
	Incident    incidentCmds    `cmd:"" help:"Threats and incidents."`
	Contact     contactCmds     `cmd:"" help:"How a person may be contacted."`
	Companion   companionCmds   `cmd:"" help:"Support persons, advocates and intermediaries."`
	Return      returnCmds      `cmd:"" help:"A person's voluntary return, and what comes after it."`
	Destroy     careDestroyCmd  `cmd:"" help:"Destroy the care file of a person whose erasure both colleges have signed."`
}

// personFlags name a person in a case.
type personFlags struct {
	vaultFlags
	Case  string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party string `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
}

func (f personFlags) of(ctx context.Context, c *console, fn func(*docket.Desk, protection.PartyID) error) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		in, err := d.FindCase(ctx, f.Case)
		if err != nil {
			return err
		}
		p, err := d.FindParty(ctx, in, f.Party)
		if err != nil {
			return err
		}
		return fn(d, p.ID)
	})
}

type factLine struct {
	Kind docket.FactKind `json:"kind"`
	Word string          `json:"word,omitempty"`
	On   time.Time       `json:"on"`
	Due  time.Time       `json:"due,omitzero"`
}

type careFactsCmd struct{ personFlags }

func (f careFactsCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		facts, err := d.Facts(ctx, p)
		if err != nil {
			return err
		}
		lines, pairs := []factLine{}, []any{}
		for _, x := range facts {
			lines = append(lines, factLine{x.Kind, x.Word, x.On, x.Due})
			words := strings.TrimSpace(x.Word + " " + dayOf(x.On))
			if !x.Due.IsZero() {
				words += ", until " + dayOf(x.Due)
			}
			pairs = append(pairs, x.Kind, words)
		}
		speech, known, err := d.SpeechOf(ctx, p)
		if err != nil {
			return err
		}
		if known {
			said := strings.TrimSpace(speech.Language + " " + speech.Dialect)
			lines, pairs = append(lines, factLine{Kind: "speech", Word: said, On: speech.On}), append(pairs, "speech", said+" "+speech.On.Local().Format(time.DateOnly))
		}
		words := table(pairs...)
		if words == "" {
			words = "Nothing is recorded of this person's care.\n"
		}
		return c.print(lines, words)
	})
}

type careMissingCmd struct{ personFlags }

func (f careMissingCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		list, err := d.MissingOf(ctx, p, d.Now())
		if err != nil {
			return err
		}
		type line struct {
			What docket.MissingKind `json:"what"`
			By   time.Time          `json:"by,omitzero"`
			Who  []string           `json:"who"`
		}
		lines, pairs := []line{}, []any{}
		for _, m := range list {
			lines = append(lines, line{m.What, m.By, m.Who})
			words := strings.Join(m.Who, " or ")
			if !m.By.IsZero() {
				words += ", by " + dayOf(m.By)
			}
			pairs = append(pairs, m.What, words)
		}
		words := table(pairs...)
		if words == "" {
			words = "Nothing is missing.\n"
		}
		return c.print(lines, words)
	})
}

type careDestroyCmd struct {
	vaultFlags
	Request string `arg:"" help:"The erasure's id, as 'paravent erasure list' shows it."`
}

func (f careDestroyCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		if err := d.DestroyCare(ctx, identity.RequestID(f.Request)); err != nil {
			return err
		}
		return c.done("The care file is destroyed. The erasure can be carried out now.")
	})
}

// done says that something was done, where there is nothing else to tell.
func (c *console) done(words string) error {
	return c.print(map[string]bool{"done": true}, words+"\n")
}
