// Package retention holds the rules by which recordings and exhibits are kept and erased: how long each kind is kept, what stands against erasing one, and who decides.
//
// Falling due erases nothing: a clerk or a registrar proposes, and a judge who did not propose approves, one by one. Everything here is pure: time comes in as an
// argument. The type to start from is [Rule].
package retention

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/exhibit"
)

// Class is a kind of recording, or the exhibits, that has a rule of its own.
type Class string

// The classes. A version is one that was made of another recording; exhibits have one rule, however closely they are kept.
const (
	Master   Class = "master"
	Public   Class = "public"
	Version  Class = "version"
	HandedIn Class = "exhibit"
)

// Classes lists them.
var Classes = []Class{Master, Public, Version, HandedIn}

// Thing is what is kept and erased: a recording or an exhibit. The zero Thing is neither.
type Thing struct {
	Recording testimony.RecordingID `json:"recording,omitempty"`
	Exhibit   exhibit.ID            `json:"exhibit,omitempty"`
}

// What a caller decides by.
var (
	ErrRule   = errors.New("a rule names a kind of recording or exhibits, a basis, and either a date or a time after the final judgment")
	ErrNeeded = errors.New("this is still needed")
	ErrOwn    = errors.New("whoever proposed an erasure does not decide it")
	ErrStep   = errors.New("this erasure was decided already")
	ErrReason = errors.New("a reason is needed")
)

// Rule says how long what is of a class is kept: until a date, or for a time after the final judgment.
type Rule struct {
	Case   protection.CaseID `json:"case,omitempty"` // empty: of every case that has no rule of its own
	Class  Class             `json:"class"`
	Until  time.Time         `json:"until,omitzero"`
	Years  int               `json:"years,omitempty"` // after the final judgment
	Months int               `json:"months,omitempty"`
	Basis  string            `json:"basis"` // the law or the order that says so
	By     string            `json:"by"`    // opaque id of the user
	Set    time.Time         `json:"set"`
}

const maxText = 500

// Check refuses a rule that says too little or too much.
func (r Rule) Check() error {
	period := r.Years != 0 || r.Months != 0
	switch {
	case !slices.Contains(Classes, r.Class), strings.TrimSpace(r.Basis) == "", len(r.Basis) > maxText, period == !r.Until.IsZero():
		return ErrRule
	case r.Years < 0, r.Months < 0, r.Years > 200, r.Months > 2400:
		return ErrRule
	}
	return nil
}

// Due is when a rule's time is over, and whether that can be said: one that runs from the final judgment says nothing before there is one.
func (r Rule) Due(judgment time.Time) (due time.Time, known bool) {
	if !r.Until.IsZero() {
		return r.Until, true
	}
	if judgment.IsZero() {
		return time.Time{}, false
	}
	return judgment.AddDate(r.Years, r.Months, 0), true
}

// For finds the rule of a class in a case: the case's own before that of every case.
func For(rules []Rule, c protection.CaseID, class Class) (Rule, bool) {
	for _, of := range []protection.CaseID{c, ""} {
		if i := slices.IndexFunc(rules, func(r Rule) bool { return r.Case == of && r.Class == class }); i >= 0 {
			return rules[i], true
		}
	}
	return Rule{}, false
}

// Judgment is the day of the final judgment of a case: no ordinary appeal is open any more.
type Judgment struct {
	Case protection.CaseID `json:"case"`
	Day  time.Time         `json:"day"`
	By   string            `json:"by"` // opaque id of the user
	Set  time.Time         `json:"set"`
}

// Ground is why a hold was placed.
type Ground string

// The grounds of a hold.
const (
	Appeal  Ground = "appeal"
	Ordered Ground = "order"   // a judge ordered that it be preserved
	Request Ground = "request" // of a party or of another State, not answered yet
)

// Grounds lists them.
var Grounds = []Ground{Appeal, Ordered, Request}

// Hold keeps all recordings and exhibits of a case, or one of them, for as long as it is not lifted.
type Hold struct {
	ID       string            `json:"id"`
	Case     protection.CaseID `json:"case"`
	Thing                      // none: all of the case
	Ground   Ground            `json:"ground"`
	Reason   string            `json:"reason"`
	By       string            `json:"by"` // opaque id of the user
	Placed   time.Time         `json:"placed"`
	LiftedBy string            `json:"lifted_by,omitempty"` // a judge
	Lifted   time.Time         `json:"lifted,omitzero"`
	Why      string            `json:"why,omitempty"` // it was lifted
}

// Check refuses a hold without a ground or a reason.
func (h Hold) Check() error {
	if !slices.Contains(Grounds, h.Ground) || strings.TrimSpace(h.Reason) == "" || len(h.Reason) > maxText {
		return ErrReason
	}
	return nil
}

// Holds reports whether a hold keeps something of a case.
func (h Hold) Holds(c protection.CaseID, t Thing) bool {
	return h.Lifted.IsZero() && h.Case == c && (h.Thing == Thing{} || h.Thing == t)
}

// Obstacle is something that stands against an erasure.
type Obstacle string

// The obstacles.
const (
	NoRule         Obstacle = "no_rule"
	NotJudged      Obstacle = "not_judged" // the rule runs from the final judgment, which nobody has entered
	NotDue         Obstacle = "not_due"
	HearingOpen    Obstacle = "hearing_open"    // the hearing is not closed, or the recording still runs; of an exhibit: a hearing of the case is not
	OrderUndecided Obstacle = "order_undecided" // an application, an objection or a doubt waits for a judge
	OrderNeeds     Obstacle = "order_needs"     // an order in force makes the recording the testimony
	OrderSeals     Obstacle = "order_seals"     // an order in force says who may open exhibits of the case
	HeldByAppeal   Obstacle = "held_appeal"
	HeldByOrder    Obstacle = "held_order"
	HeldByRequest  Obstacle = "held_request"
	EditAsked      Obstacle = "edit_asked"  // somebody asked for an edit and nobody has decided
	EditUnmade     Obstacle = "edit_unmade" // edits are in force that no version carries out
	OpeningStands  Obstacle = "opening"     // somebody has asked to open it, or may
)

// Obstacles lists them.
var Obstacles = []Obstacle{NoRule, NotJudged, NotDue, HearingOpen, OrderUndecided, OrderNeeds, OrderSeals, HeldByAppeal, HeldByOrder, HeldByRequest, EditAsked, EditUnmade, OpeningStands}

// Facts are what decides whether a recording or an exhibit may be erased.
type Facts struct {
	Thing
	Case       protection.CaseID
	Rule       Rule
	Ruled      bool      // there is a rule
	Judgment   time.Time // zero: none
	Open       bool      // the hearing is not closed, or the recording runs
	Orders     []order.Order
	Holds      []Hold
	EditAsked  bool
	EditUnmade bool
	Opening    bool // of an exhibit
}

// Against lists what stands against erasing something at a moment, in the order of [Obstacles]; nothing, when it may be proposed.
func Against(f Facts, at time.Time) []Obstacle {
	var found []Obstacle
	add := func(stands bool, o Obstacle) {
		if stands {
			found = append(found, o)
		}
	}
	due, known := f.Rule.Due(f.Judgment)
	add(!f.Ruled, NoRule)
	add(f.Ruled && !known, NotJudged)
	add(f.Ruled && known && at.Before(due), NotDue)
	add(f.Open, HearingOpen)
	add(slices.ContainsFunc(f.Orders, func(o order.Order) bool { return o.Case == f.Case && undecided(o, at) }), OrderUndecided)
	add(slices.ContainsFunc(f.Orders, func(o order.Order) bool {
		return o.Case == f.Case && f.Recording != "" && orders(o, order.PreRecorded, at)
	}), OrderNeeds)
	add(slices.ContainsFunc(f.Orders, func(o order.Order) bool {
		return o.Case == f.Case && f.Exhibit != "" && orders(o, order.SealedExhibit, at)
	}), OrderSeals)
	for ground, o := range map[Ground]Obstacle{Appeal: HeldByAppeal, Ordered: HeldByOrder, Request: HeldByRequest} {
		add(slices.ContainsFunc(f.Holds, func(h Hold) bool { return h.Ground == ground && h.Holds(f.Case, f.Thing) }), o)
	}
	add(f.EditAsked, EditAsked)
	add(f.EditUnmade, EditUnmade)
	add(f.Opening, OpeningStands)
	slices.SortFunc(found, func(a, b Obstacle) int { return slices.Index(Obstacles, a) - slices.Index(Obstacles, b) })
	return found
}

// undecided reports whether an order waits for a judge: what it will say may need the recording.
func undecided(o order.Order, at time.Time) bool {
	if o.State == order.Filed || o.State == order.Served || o.State == order.Opposed {
		return true
	}
	effective, doubt := o.Effect(at)
	return effective && doubt != order.NoDoubt || o.Signing == order.FalselySigned
}

// orders reports whether an order has a measure that needs what is kept: one that makes recordings the testimony itself, one that says who may open exhibits.
func orders(o order.Order, kind order.MeasureKind, at time.Time) bool {
	effective, _ := o.Effect(at)
	return effective && slices.ContainsFunc(o.Measures, func(m order.Measure) bool { return m.Kind == kind })
}

// NeededError says what stands against an erasure.
type NeededError struct{ Against []Obstacle }

func (e *NeededError) Error() string { return fmt.Sprintf("%s: %v", ErrNeeded, e.Against) }

// Unwrap is [ErrNeeded].
func (e *NeededError) Unwrap() error { return ErrNeeded }

// State is where an erasure stands.
type State string

// The states. What is erased cannot be opened by anybody; cleared, nothing of it is left in free pages of the vault's file either.
const (
	Proposed State = "proposed"
	Refused  State = "refused"
	Erased   State = "erased"
	Cleared  State = "cleared"
)

// Erasure is the proposal to erase one recording or exhibit, and what came of it.
type Erasure struct {
	ID string `json:"id"`
	Thing
	Case      protection.CaseID `json:"case"`
	FileRoot  []byte            `json:"file_root,omitempty"` // of the sealed file: what stays of it
	Root      []byte            `json:"root,omitempty"`      // of the head, where a recording's blocks were sealed; the SHA-256 of an exhibit as it was received
	Rule      Rule              `json:"rule"`
	Due       time.Time         `json:"due"`
	Reason    string            `json:"reason"`
	By        string            `json:"by"` // opaque id of the user
	Proposed  time.Time         `json:"proposed"`
	Approved  bool              `json:"approved"`
	DecidedBy string            `json:"decided_by,omitempty"`
	Decided   time.Time         `json:"decided,omitzero"`
	Why       string            `json:"why,omitempty"` // of the decision
	Signature []byte            `json:"signature,omitempty"`
	Cleared   time.Time         `json:"cleared,omitzero"`
}

// State says where it stands.
func (e Erasure) State() State {
	switch {
	case e.Decided.IsZero():
		return Proposed
	case !e.Approved:
		return Refused
	case e.Cleared.IsZero():
		return Erased
	}
	return Cleared
}

// MayDecide refuses a decision by anybody but a judge who did not propose it, and a second one.
func (e Erasure) MayDecide(by, office string) error {
	switch {
	case !testimony.May(office, testimony.ActDecideErasure):
		return order.ErrJudgeOnly
	case by == e.By:
		return ErrOwn
	case e.State() != Proposed:
		return ErrStep
	}
	return nil
}

// Statement is what a judge signs who decides: which recording or exhibit, by its hashes, by which rule, and what was decided. The reasons stay in the vault.
func (e Erasure) Statement() []byte {
	word := "refused"
	if e.Approved {
		word = "approved"
	}
	what, id := "recording", string(e.Recording)
	if e.Exhibit != "" {
		what, id = "exhibit", string(e.Exhibit)
	}
	return fmt.Appendf(nil, "paravent %s erasure 1\nerasure %s\n%s %s\nsealed %x\nroot %x\ndue %s\nproposed %s %s\n%s %s %s\n", what, e.ID, what, id, e.FileRoot, e.Root,
		e.Due.UTC().Format(time.RFC3339), e.By, e.Proposed.UTC().Format(time.RFC3339), word, e.DecidedBy, e.Decided.UTC().Format(time.RFC3339))
}
