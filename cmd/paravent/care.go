package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

type careCmds struct {
	Facts    careFactsCmd    `cmd:"" help:"What the court may know of a person's care: the open facts."`
	Risk     careRiskCmd     `cmd:"" help:"How a person's danger is seen, and what calls for a review."`
	Contact  careContactCmd  `cmd:"" help:"How a person may be contacted. It is noted that you have looked."`
	Incident careIncidentCmd `cmd:"" help:"Report a threat or an incident, with its text from a file or from standard input."`
	Return   careReturnCmd   `cmd:"" help:"Where a person's return stands, what it lacks and which follow-ups are due."`
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
			words := strings.TrimSpace(x.Word + " " + x.On.Local().Format(time.DateOnly))
			if !x.Due.IsZero() {
				words += ", until " + x.Due.Local().Format(time.DateOnly)
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

type riskLine struct {
	On       time.Time                      `json:"on"`
	Review   time.Time                      `json:"review"`
	Findings map[care.RiskArea]care.Finding `json:"findings"`
	Due      []care.Trigger                 `json:"due"`
}

type careRiskCmd struct{ personFlags }

func (f careRiskCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		r, err := d.Risk(ctx, p)
		if err != nil {
			return err
		}
		if r.N == 0 {
			return fmt.Errorf("nobody has assessed this person's danger: %w", docket.ErrNotFound)
		}
		line := riskLine{r.Value.On, r.Value.Review, r.Value.Findings, []care.Trigger{}}
		pairs := []any{"Assessed", r.Value.On.Local().Format(time.DateOnly), "Review", r.Value.Review.Local().Format(time.DateOnly)}
		for _, o := range r.Due {
			line.Due = append(line.Due, o.Trigger)
			pairs = append(pairs, "Due because of", o.Trigger)
		}
		for _, a := range care.RiskAreas {
			pairs = append(pairs, a, string(r.Value.Findings[a].Level)+": "+r.Value.Findings[a].Reason)
		}
		return c.print(line, table(pairs...))
	})
}

type careContactCmd struct{ personFlags }

func (f careContactCmd) Run(ctx context.Context, c *console) error {
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
		return c.print(v.Value, table(pairs...))
	})
}

type careIncidentCmd struct {
	personFlags
	Kind    care.IncidentKind `help:"What has happened: threat, approached, watched, violence, exposed, offered, self_harm or vanished." required:"" placeholder:"KIND"`
	Against care.Whom         `help:"Against whom: person, children, family_here, family_origin or helper." default:"person" placeholder:"WHOM"`
	On      string            `help:"The day, as 2026-11-25. Today where left out." placeholder:"DAY"`
	What    string            `help:"The file with what has happened, or - for standard input: never an argument, which other programs can read." required:"" placeholder:"FILE"`
}

func (i careIncidentCmd) Run(ctx context.Context, c *console) error {
	what, err := i.text(c)
	if err != nil {
		return err
	}
	return i.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		on := d.Now()
		if i.On != "" {
			if on, err = time.ParseInLocation(time.DateOnly, i.On, time.Local); err != nil {
				return usageError{"The day is written as 2026-11-25."}
			}
		}
		id, err := d.ReportIncident(ctx, p, care.Incident{Kind: i.Kind, Against: i.Against, On: on, What: what})
		if err != nil {
			return err
		}
		return c.print(map[string]string{"id": id}, "Reported. The person's danger has to be looked at again.\n")
	})
}

// text reads what has happened, up to a little more than is kept, so that what is longer is refused and not cut.
func (i careIncidentCmd) text(c *console) (string, error) {
	in := c.in
	if i.What != "-" {
		f, err := os.Open(i.What)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, care.MaxText+1))
	return strings.TrimRight(string(raw), "\r\n"), err
}

type returnLine struct {
	Stage     care.Stage `json:"stage"`
	Voluntary bool       `json:"voluntary"`
	Lacks     []string   `json:"lacks"`
	Due       []int      `json:"follow_ups_due"` // months after the arrival
}

type careReturnCmd struct{ personFlags }

func (f careReturnCmd) Run(ctx context.Context, c *console) error {
	return f.of(ctx, c, func(d *docket.Desk, p protection.PartyID) error {
		r, err := d.Return(ctx, p)
		if err != nil {
			return err
		}
		if r.N == 0 {
			return fmt.Errorf("no return of this person is being prepared: %w", docket.ErrNotFound)
		}
		line := returnLine{r.Value.Stage, !r.Value.Voluntary.IsZero(), append([]string{}, r.Lacks...), append([]int{}, r.Value.Due(d.Now())...)}
		pairs := []any{"Stage", line.Stage, "Voluntary", map[bool]string{true: "yes", false: "no"}[line.Voluntary]}
		for _, l := range line.Lacks {
			pairs = append(pairs, "Lacks", l)
		}
		for _, m := range line.Due {
			pairs = append(pairs, "Follow-up due", fmt.Sprintf("month %d", m))
		}
		return c.print(line, table(pairs...))
	})
}
