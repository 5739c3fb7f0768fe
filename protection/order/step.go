package order

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Step is something done to an order in its life.
type Step string

// The steps.
const (
	File         Step = "file"
	Serve        Step = "serve"   // on the other side
	Oppose       Step = "oppose"  // by the other side
	GrantInterim Step = "interim" // for the time until the decision
	Grant        Step = "grant"
	GrantInPart  Step = "grant_in_part" // with measures struck
	Refuse       Step = "refuse"
	Contest      Step = "contest" // an order in force; it keeps its effect
	Uphold       Step = "uphold"  // a contested order
	Vary         Step = "vary"
	Augment      Step = "augment" // vary so that nothing is lifted
	Suspend      Step = "suspend"
	Resume       Step = "resume"
	Rescind      Step = "rescind"
	ConfirmEnd   Step = "confirm_end" // of an order past its end
	// Record is a decision entered from another register by a judge, who signs that it stands there. It is no step that an order can take.
	Record Step = "record"
)

// rule says what a step needs.
type rule struct {
	from    []State
	to      State
	judge   bool
	reasons bool
	change  bool // changed circumstances since the last decision (YJCEA s20(2), CJA 2009 s91)
	heard   bool // the other side was, or its absence has a reason
	will    bool // the person's will is on record, or why not (DOMAIN: ICC rule 87(1); on discharge CrimPR 18.21)
}

var applied = []State{Filed, Served, Opposed}

var rules = map[Step]rule{
	File:         {from: []State{Draft}, to: Filed},
	Serve:        {from: []State{Filed}, to: Served},
	Oppose:       {from: []State{Filed, Served}, to: Opposed, reasons: true},
	GrantInterim: {from: applied, to: Interim, judge: true, reasons: true, heard: true},
	Grant:        {from: append(slices.Clone(applied), Interim), to: InForce, judge: true, reasons: true, heard: true, will: true},
	GrantInPart:  {from: append(slices.Clone(applied), Interim), to: InForce, judge: true, reasons: true, heard: true, will: true},
	Refuse:       {from: append(slices.Clone(applied), Interim), to: Refused, judge: true, reasons: true},
	Contest:      {from: []State{Interim, InForce}, to: Contested, reasons: true},
	Uphold:       {from: []State{Contested}, to: InForce, judge: true, reasons: true},
	Vary:         {from: []State{InForce, Contested}, to: InForce, judge: true, reasons: true, change: true, will: true},
	Augment:      {from: []State{InForce, Contested}, to: InForce, judge: true, reasons: true},
	Suspend:      {from: []State{InForce, Contested}, to: Suspended, judge: true, reasons: true, change: true, will: true},
	Resume:       {from: []State{Suspended}, to: InForce, judge: true, reasons: true},
	Rescind:      {from: []State{Interim, InForce, Contested, Suspended}, to: Rescinded, judge: true, reasons: true, change: true, will: true},
	ConfirmEnd:   {from: []State{InForce, Suspended}, to: Spent, judge: true, reasons: true},
}

// Steps lists the steps in the order in which an order's life can take them.
var Steps = []Step{File, Serve, Oppose, GrantInterim, Grant, GrantInPart, Refuse, Contest, Uphold, Vary, Augment, Suspend, Resume, Rescind, ConfirmEnd}

// JudgeTakes reports whether only a judge takes a step. Nobody else takes a step that does not exist.
func JudgeTakes(s Step) bool { return rules[s].judge || rules[s].to == "" }

// NeedsChange reports whether a step needs changed circumstances.
func NeedsChange(s Step) bool { return rules[s].change }

// NeedsReasons reports whether a step needs reasons.
func NeedsReasons(s Step) bool { return rules[s].reasons }

// NeedsWill reports whether a step needs the protected person's will, or the reason for deciding without it.
func NeedsWill(s Step) bool { return rules[s].will }

// NeedsHearing reports whether a step needs that the other side was heard, or why not.
func NeedsHearing(s Step) bool { return rules[s].heard }

// Open lists the steps that the order's state allows. Each of them may need more: see [Order.Take].
func (o Order) Open() []Step {
	return slices.DeleteFunc(slices.Clone(Steps), func(s Step) bool { return !slices.Contains(rules[s].from, o.State) })
}

// Act is a step with all that has to be said for it.
type Act struct {
	Step    Step
	By      string // the user's id
	Office  string
	Judge   bool // whether the office decides orders
	At      time.Time
	Reasons string
	Change  string
	Service Service
	ExParte string
	Consent Consent
	Strike  []MeasureKind // of a GrantInPart
	Terms   *Terms        // of a Vary or an Augment
}

// The names of the rules by which a step is refused. Those of an order's content stand beside [RuleError].
const (
	RuleReasons     = "a decision and an opposition have reasons"
	RuleChange      = "an order is varied or lifted only when circumstances have changed"
	RuleHeard       = "the other side is served and heard, unless there is a reason to decide without it"
	RuleExParte     = "an application without the other side is not served on it"
	RuleService     = "service has a day, a way and a time to respond"
	RuleTime        = "a step does not come before the one that it follows"
	RuleWill        = "the protected person is asked; against their will, or without asking, a decision needs its reason"
	RuleStrike      = "to grant in part is to strike some of the measures that were asked for, and to leave some"
	RuleVaries      = "a variation changes something"
	RuleAugments    = "an augmentation lifts nothing"
	RuleEnded       = "an end is confirmed when it has come"
	RuleNameStays   = "what protects a name does not run out"
	RuleRenewal     = "a refused application is renewed only when something has changed"
	RuleReplaceable = "an order replaces others of the same person that stand"
	RuleApplicant   = "an application comes from somebody who can make one"
)

// Take takes a step and keeps the version that it leaves. An order that cannot take it is returned as it was, with [ErrStep], [ErrJudgeOnly], or a
// [*RuleError] that names the rule. The given order is never changed.
func (o Order) Take(a Act) (Order, error) {
	r, ok := rules[a.Step]
	if !ok || !slices.Contains(r.from, o.State) {
		return o, fmt.Errorf("%w: %q, and the order is %s", ErrStep, a.Step, o.State)
	}
	if r.judge && !a.Judge {
		return o, ErrJudgeOnly
	}
	a.Reasons, a.Change, a.ExParte, a.Consent.Reasons = strings.TrimSpace(a.Reasons), strings.TrimSpace(a.Change), strings.TrimSpace(a.ExParte), strings.TrimSpace(a.Consent.Reasons)
	if err := o.needs(a, r); err != nil {
		return o, err
	}
	next, err := o.with(a)
	if err != nil {
		return o, err
	}
	if r.judge {
		next.Decided = a.At
	}
	next.State = r.to
	next.History = append(slices.Clone(o.History), Version{Step: a.Step, By: a.By, Office: a.Office, At: a.At, Was: o.State, Is: r.to, Reasons: a.Reasons, Change: a.Change,
		Service: a.Service, ExParte: a.ExParte, Consent: a.Consent, Terms: next.Terms()})
	check := next.Check
	if !o.asksAgain(next) {
		check = func() error { return errors.Join(next.checkWords()...) }
	}
	if err := check(); err != nil {
		return o, err
	}
	return next, nil
}

// asksAgain reports whether a step has to find the terms lawful: where they change, and where they are asked for or granted. An order that was decided under
// older rules can still be challenged, suspended, upheld and ended.
func (o Order) asksAgain(next Order) bool {
	if !reflect.DeepEqual(o.Terms(), next.Terms()) {
		return true
	}
	switch next.State {
	case Filed, Interim:
		return true
	case InForce:
		return o.State != Contested && o.State != Suspended
	}
	return false
}

// needs refuses a step whose preconditions are not there.
func (o Order) needs(a Act, r rule) error {
	will := a.Consent
	if will.Will == "" {
		will = o.Consent
	}
	switch last := len(o.History) - 1; {
	case a.At.IsZero() || last >= 0 && a.At.Before(o.History[last].At):
		return &RuleError{RuleTime, "at", "the step is dated before the last one"}
	case r.reasons && a.Reasons == "":
		return &RuleError{RuleReasons, "reasons", "no reasons are given"}
	case r.change && a.Change == "":
		return &RuleError{RuleChange, "change", "it is not said what has changed since the last decision"}
	case r.heard && !o.heard(a):
		return &RuleError{RuleHeard, "service", "the other side was not served, or its time to respond runs, and no reason is given to decide without it"}
	case a.Consent.Will != "" && !slices.Contains(Wills, a.Consent.Will):
		return &RuleError{RuleWill, "consent", fmt.Sprintf("%q is not a will", a.Consent.Will)}
	case r.will && (rules[a.Step].change && a.Consent.Will == "" || will.Will == ""):
		return &RuleError{RuleWill, "consent", "the person's will is not on record"}
	case r.will && will.Will != Consents && will.Reasons == "":
		return &RuleError{RuleWill, "consent", "no reason is given to decide against the person's will, or without asking"}
	}
	return nil
}

// heard reports whether an order can be decided with a view to the other side. An interim order does not wait for the time to respond.
func (o Order) heard(a Act) bool {
	switch {
	case a.ExParte != "" || o.ExParte != "" || o.State == Opposed || o.State == Interim:
		return true
	case o.State != Served:
		return false
	}
	return a.Step == GrantInterim || !a.At.Before(o.Service.RespondBy)
}

// with is the order with what an act changes of its content.
func (o Order) with(a Act) (Order, error) {
	if a.Consent.Will != "" {
		o.Consent = a.Consent
	}
	if a.ExParte != "" {
		o.ExParte = a.ExParte
	}
	if a.Reasons != "" && a.Step != Oppose && a.Step != Contest {
		o.Reasons = a.Reasons
	}
	switch a.Step {
	case Serve:
		return o.served(a)
	case GrantInPart:
		return o.struck(a.Strike)
	case Vary, Augment:
		return o.varied(a)
	case ConfirmEnd:
		return o, o.mayEnd(a.At)
	}
	return o, nil
}

func (o Order) served(a Act) (Order, error) {
	s := a.Service
	s.How = strings.TrimSpace(s.How)
	filed := o.From
	if len(o.History) > 0 {
		filed = o.History[0].At
	}
	switch {
	case o.ExParte != "":
		return o, &RuleError{RuleExParte, "service", "the application was made without the other side"}
	case s.How == "" || s.At.IsZero() || s.RespondBy.IsZero():
		return o, &RuleError{RuleService, "service", "the day, the way or the time to respond is missing"}
	case s.At.After(a.At):
		return o, &RuleError{RuleService, "service.at", "service is still to come"}
	case len(o.History) > 0 && s.At.Before(filed.Truncate(24*time.Hour)):
		return o, &RuleError{RuleService, "service.at", "service would come before the application"}
	case !s.RespondBy.After(s.At):
		return o, &RuleError{RuleService, "service.respond_by", "the time to respond would end before it begins"}
	}
	o.Service = s
	return o, nil
}

func (o Order) struck(kinds []MeasureKind) (Order, error) {
	var left []Measure
	for _, m := range o.Measures {
		if !slices.Contains(kinds, m.Kind) {
			left = append(left, m)
		}
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(o.Measures, func(m Measure) bool { return m.Kind == k }) {
			return o, &RuleError{RuleStrike, "strike", fmt.Sprintf("%q was not asked for", k)}
		}
	}
	if len(left) == 0 || len(left) == len(o.Measures) {
		return o, &RuleError{RuleStrike, "strike", "either nothing or everything would be struck"}
	}
	o.Measures = left
	return o, nil
}

func (o Order) varied(a Act) (Order, error) {
	switch {
	case a.Terms == nil || sameTerms(*a.Terms, o.Terms()):
		return o, &RuleError{RuleVaries, "terms", "nothing would change"}
	case a.Step == Augment && !adds(o.Terms(), *a.Terms):
		return o, &RuleError{RuleAugments, "terms", "a measure, an audience, some time or a part of what a measure says would be lost"}
	case !a.Terms.Until.IsZero() && !a.Terms.Until.After(a.At):
		return o, &RuleError{RulePeriod, "until", "the varied order would have ended already"}
	}
	was := o
	o.Measures, o.From, o.Until, o.Replaces = a.Terms.Measures, a.Terms.From, a.Terms.Until, a.Terms.Replaces
	o.Measures = o.Terms().Measures // its own copy
	if slices.Contains(o.Replaces, o.ID) || !slices.Equal(was.Replaces, o.Replaces) {
		return was, &RuleError{RuleReplaceable, "replaces", "what an order replaces is said when it is applied for"}
	}
	return o, nil
}

// mayEnd refuses to let an order go that has not run out, or that keeps a name: that one is varied to the pseudonym alone, or rescinded.
func (o Order) mayEnd(at time.Time) error {
	switch {
	case o.Until.IsZero() || at.Before(o.Until):
		return &RuleError{RuleEnded, "until", "the order has not come to its end"}
	case slices.ContainsFunc(o.Measures, func(m Measure) bool { return m.Kind == Pseudonym }):
		return &RuleError{RuleNameStays, "measures", "the order gives a pseudonym; vary it to the pseudonym alone and without end, or rescind it"}
	}
	return nil
}

// adds reports whether new terms keep all that the old ones order.
func adds(old, new Terms) bool {
	if new.From.After(old.From) || !new.Until.IsZero() && (old.Until.IsZero() || new.Until.Before(old.Until)) {
		return false
	}
	for _, m := range old.Measures {
		if !slices.ContainsFunc(new.Measures, func(n Measure) bool { return n.Keeps(m) }) {
			return false
		}
	}
	return true
}

// Apply checks an application against the other orders of the person, which the caller has read: the renewal bar, and what it is to replace.
func (o Order) Apply(others []Order) error {
	if o.Applicant != "" && !slices.Contains(Applicants, o.Applicant) {
		return &RuleError{RuleApplicant, "applicant", fmt.Sprintf("%q is not an applicant", o.Applicant)}
	}
	change := strings.TrimSpace(o.Change) != ""
	for _, other := range others {
		if other.State != Refused || other.Party != o.Party || other.Case != o.Case || change {
			continue
		}
		for i, m := range o.Measures {
			if slices.ContainsFunc(other.Measures, func(r Measure) bool { return r.Kind == m.Kind }) {
				return &RuleError{RuleRenewal, fmt.Sprintf("measures[%d]", i), fmt.Sprintf("%s was refused before, and it is not said what has changed", m.Kind)}
			}
		}
	}
	for i, id := range o.Replaces {
		path := fmt.Sprintf("replaces[%d]", i)
		at := slices.IndexFunc(others, func(k Order) bool { return k.ID == id && k.Party == o.Party })
		switch {
		case at < 0:
			return &RuleError{RuleReplaceable, path, "there is no such order of this person"}
		case slices.Index(o.Replaces, id) < i:
			return &RuleError{RuleReplaceable, path, "the order is named twice"}
		case !others[at].Replaceable():
			return &RuleError{RuleReplaceable, path, "that order has ended"}
		case !change:
			return &RuleError{RuleChange, "change", "it is not said what has changed since the order that is to be replaced"}
		}
	}
	return nil
}

// Replaceable reports whether the order stands, so that another one can be asked for in its place. One that cannot be trusted always does.
func (o Order) Replaceable() bool {
	return o.Signing == FalselySigned || !slices.Contains([]State{Draft, Refused, Rescinded, Spent}, o.State)
}
