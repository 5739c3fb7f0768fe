package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

type orderListCmd struct{ vaultFlags }

func (l orderListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Orders(ctx)
		if err != nil {
			return err
		}
		var reports []orderReport
		var words strings.Builder
		for _, o := range list {
			r := reportOrder(o)
			reports = append(reports, r)
			fmt.Fprintf(&words, "%s\t%s\t%s\t%s\n", r.ID, r.Reference, r.State, r.Measures)
		}
		return c.print(reports, words.String())
	})
}

// orderReport is an order as a script reads it.
type orderReport struct {
	order.Order
	Signing  order.Signing `json:"signing"`
	Measures string        `json:"measures_in_words"`
}

func reportOrder(o order.Order) orderReport {
	return orderReport{o, o.Signing, measureWords(o.Measures)}
}

func measureWords(list []order.Measure) string {
	var words []string
	for _, m := range list {
		words = append(words, policy.MeasureWord(m.Kind, "en"))
	}
	return strings.Join(words, ", ")
}

type orderShowCmd struct {
	vaultFlags
	orderFlag
}

// orderFlag names an order.
type orderFlag struct {
	Order string `arg:"" help:"The order: the court's number, its id or its key in the docket file." placeholder:"O"`
}

func (f orderFlag) find(ctx context.Context, d *docket.Desk) (order.Order, error) {
	return d.FindOrder(ctx, "", f.Order)
}

func (s orderShowCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		o, err := s.find(ctx, d)
		if err != nil {
			return err
		}
		var words strings.Builder
		fmt.Fprintf(&words, "Order %s (%s): %s. %s.\n", o.Reference, o.ID, o.State, measureWords(o.Measures))
		fmt.Fprintf(&words, "Signature: %s\n", map[order.Signing]string{order.Unsigned: "none in this vault", order.Signed: "a judge's", order.FalselySigned: "false or missing; every measure that it ever had stands"}[o.Signing])
		for _, v := range o.History {
			fmt.Fprintf(&words, "%s  %s by the %s: %s", v.At.UTC().Format(time.RFC3339), v.Step, v.Office, measureWords(v.Terms.Measures))
			for _, why := range []string{v.Reasons, v.Change, v.ExParte, v.Consent.Reasons} {
				if why != "" {
					fmt.Fprintf(&words, " | %s", why)
				}
			}
			words.WriteString("\n")
		}
		return c.print(reportOrder(o), words.String())
	})
}

// termFlags say what an order orders.
type termFlags struct {
	Measure []string `help:"A measure, with further audiences after a colon: face_alteration:accused,defence. May be repeated." placeholder:"M"`
	// A file says what the flag can't: what a measure is told.
	Measures string `help:"A JSON file with a list of measures, with what each is told: the delay, topics, conditions, passages. See docs/orders.md." placeholder:"FILE.json"`
	Until    string `help:"The last day, as 2027-06-30; without end where left out." placeholder:"DAY"`
}

func (t termFlags) read() (list []order.Measure, until time.Time, err error) {
	for _, m := range t.Measure {
		kind, also, _ := strings.Cut(m, ":")
		measure := order.Measure{Kind: order.MeasureKind(kind)}
		for _, a := range strings.Split(also, ",") {
			if a != "" {
				measure.Audiences = append(measure.Audiences, protection.Audience(a))
			}
		}
		list = append(list, measure)
	}
	if t.Measures != "" {
		more, err := readMeasures(t.Measures)
		if err != nil {
			return nil, until, err
		}
		list = append(list, more...)
	}
	if until, err = day(t.Until); err == nil && !until.IsZero() {
		until = until.AddDate(0, 0, 1)
	}
	return list, until, err
}

// readMeasures reads a file of measures. A field that no measure has is a mistake, and not passed over.
func readMeasures(path string) ([]order.Measure, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the measures: %w", err)
	}
	defer f.Close()
	var list []order.Measure
	dec := json.NewDecoder(io.LimitReader(f, maxEntry))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%w: this is no list of measures: %w", docket.ErrInvalid, err)
	}
	return list, nil
}

// day reads a day; nothing is no day.
func day(typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return at, usageError{fmt.Sprintf("%q is not a day; write it as 2027-06-30", typed)}
	}
	return at, nil
}

// willFlags say what the protected person wants.
type willFlags struct {
	Will    string `help:"The protected person's will: consents, objects or not_sought." placeholder:"W"`
	Against string `help:"The reason to decide against it, or without asking." placeholder:"TEXT"`
	Warned  bool   `help:"The person was warned that what they say may be disclosed later, in another case."`
}

func (w willFlags) consent() order.Consent {
	return order.Consent{Will: order.Will(w.Will), Reasons: w.Against, Warned: w.Warned}
}

type orderFileCmd struct {
	vaultFlags
	termFlags
	willFlags
	Case      string   `help:"The case." required:"" placeholder:"C"`
	Party     string   `help:"The protected party." required:"" placeholder:"P"`
	Reference string   `help:"The court's number of the order." required:"" placeholder:"N"`
	Applicant string   `help:"Who applies: witness, prosecution, defence, witness_unit or court." required:"" placeholder:"A"`
	Reasons   string   `help:"Why it is asked for, in general words." placeholder:"TEXT"`
	ExParte   string   `help:"Why the other side is not to be served." placeholder:"TEXT"`
	Replaces  []string `help:"An order that this one is to replace. May be repeated." placeholder:"O"`
	Change    string   `help:"What has changed since that order, or since a refusal." placeholder:"TEXT"`
}

func (f orderFileCmd) Run(ctx context.Context, c *console) error {
	measures, until, err := f.read()
	if err != nil {
		return err
	}
	return f.with(ctx, c, func(d *docket.Desk) error {
		caseID, err := d.FindCase(ctx, f.Case)
		if err != nil {
			return err
		}
		p, err := d.FindParty(ctx, caseID, f.Party)
		if err != nil {
			return err
		}
		if measures, err = d.Choose(ctx, measures, nil); err != nil {
			return err
		}
		o := order.Order{Case: caseID, Party: p.ID, Reference: f.Reference, Applicant: order.Applicant(f.Applicant), Reasons: f.Reasons, ExParte: f.ExParte, Change: f.Change,
			Consent: f.consent(), From: d.Now(), Until: until, Measures: measures}
		for _, typed := range f.Replaces {
			old, err := d.FindOrder(ctx, "", typed)
			if err != nil {
				return err
			}
			o.Replaces = append(o.Replaces, old.ID)
		}
		if o, err = d.FileOrder(ctx, o); err != nil {
			return err
		}
		return c.print(reportOrder(o), fmt.Sprintf("Filed order %s as %s.\n", o.Reference, o.ID))
	})
}

// stepFlags are what every step takes.
type stepFlags struct {
	vaultFlags
	orderFlag
	Preview bool `help:"Say what would change for whom, and change nothing."`
}

// take takes a step, or says what it would change.
func (f stepFlags) take(ctx context.Context, c *console, act func(order.Order) order.Act) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		o, err := f.find(ctx, d)
		if err != nil {
			return err
		}
		a := act(o)
		if a.Terms != nil {
			if a.Terms.Measures, err = d.Choose(ctx, a.Terms.Measures, o.Measures); err != nil {
				return err
			}
		}
		changes, err := d.CompareOrder(ctx, o.ID, a, "en")
		if err != nil {
			return err
		}
		var words strings.Builder
		for _, ch := range changes {
			where := "Outside the matrix"
			if ch.Measure == "" {
				where = ch.Mode.String() + " session"
			}
			fmt.Fprintf(&words, "%s: %s (was: %s)\n", where, ch.After, ch.Before)
		}
		if len(changes) == 0 {
			words.WriteString("Nothing becomes different for anyone.\n")
		}
		if f.Preview {
			return c.print(map[string]any{"order": o.ID, "state": o.State, "changes": changes}, words.String())
		}
		if o, err = d.StepOrder(ctx, o.ID, &o, a); err != nil {
			return err
		}
		return c.print(map[string]any{"order": o.ID, "state": o.State, "changes": changes}, fmt.Sprintf("Order %s is %s.\n", o.Reference, o.State)+words.String())
	})
}

type orderServeCmd struct {
	stepFlags
	How       string `help:"How it was served." required:"" placeholder:"TEXT"`
	On        string `help:"The day of service, as 2027-06-30; today where left out." placeholder:"DAY"`
	RespondBy string `help:"The last day to respond." required:"" placeholder:"DAY"`
}

func (s orderServeCmd) Run(ctx context.Context, c *console) error {
	at, err := day(s.On)
	if err != nil {
		return err
	}
	respond, err := day(s.RespondBy)
	if err != nil {
		return err
	}
	return s.take(ctx, c, func(o order.Order) order.Act {
		if at.IsZero() {
			at = o.History[len(o.History)-1].At
		}
		return order.Act{Step: order.Serve, Service: order.Service{At: at, How: s.How, RespondBy: respond.AddDate(0, 0, 1)}}
	})
}

// reasonFlag is the reasons of a step that has no more to say.
type reasonFlag struct {
	Reasons string `help:"The reasons, in general words." required:"" placeholder:"TEXT"`
}

func (r reasonFlag) act(s order.Step) order.Act { return order.Act{Step: s, Reasons: r.Reasons} }

type grantFlags struct {
	reasonFlag
	willFlags
	ExParte string `help:"Why it is decided without the other side." placeholder:"TEXT"`
}

func (g grantFlags) act(s order.Step) order.Act {
	return order.Act{Step: s, Reasons: g.Reasons, ExParte: g.ExParte, Consent: g.consent()}
}

type changeFlags struct {
	reasonFlag
	willFlags
	Change string `help:"What has changed since the last decision." placeholder:"TEXT"`
}

func (g changeFlags) act(s order.Step) order.Act {
	return order.Act{Step: s, Reasons: g.Reasons, Change: g.Change, Consent: g.consent()}
}

type orderGrantInPartCmd struct {
	stepFlags
	grantFlags
	Strike []string `help:"A measure that is not ordered. May be repeated." required:"" placeholder:"M"`
}

func (g orderGrantInPartCmd) Run(ctx context.Context, c *console) error {
	a := g.act(order.GrantInPart)
	for _, k := range g.Strike {
		a.Strike = append(a.Strike, order.MeasureKind(k))
	}
	return g.take(ctx, c, func(order.Order) order.Act { return a })
}

type orderVaryCmd struct {
	stepFlags
	termFlags
	changeFlags
	Augment bool `help:"Only add: nothing may be lifted, and no change of circumstances is needed."`
	NoEnd   bool `help:"Let the order have no end."`
}

func (v orderVaryCmd) Run(ctx context.Context, c *console) error {
	measures, until, err := v.read()
	if err != nil {
		return err
	}
	a := v.act(order.Vary)
	if v.Augment {
		a.Step = order.Augment
	}
	return v.take(ctx, c, func(o order.Order) order.Act {
		t := o.Terms() // what is not named stays
		if len(measures) > 0 {
			t.Measures = slices.Clone(measures)
		}
		if !until.IsZero() || v.NoEnd {
			t.Until = until
		}
		a.Terms = &t
		return a
	})
}

type orderOpposeCmd struct {
	stepFlags
	reasonFlag
}

func (s orderOpposeCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Oppose) })
}

type orderInterimCmd struct {
	stepFlags
	grantFlags
}

func (s orderInterimCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.GrantInterim) })
}

type orderGrantCmd struct {
	stepFlags
	grantFlags
}

func (s orderGrantCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Grant) })
}

type orderRefuseCmd struct {
	stepFlags
	reasonFlag
}

func (s orderRefuseCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Refuse) })
}

type orderContestCmd struct {
	stepFlags
	reasonFlag
}

func (s orderContestCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Contest) })
}

type orderUpholdCmd struct {
	stepFlags
	reasonFlag
}

func (s orderUpholdCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Uphold) })
}

type orderSuspendCmd struct {
	stepFlags
	changeFlags
}

func (s orderSuspendCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Suspend) })
}

type orderResumeCmd struct {
	stepFlags
	reasonFlag
}

func (s orderResumeCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Resume) })
}

type orderRescindCmd struct {
	stepFlags
	changeFlags
}

func (s orderRescindCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.Rescind) })
}

type orderConfirmEndCmd struct {
	stepFlags
	reasonFlag
}

func (s orderConfirmEndCmd) Run(ctx context.Context, c *console) error {
	return s.take(ctx, c, func(order.Order) order.Act { return s.act(order.ConfirmEnd) })
}
