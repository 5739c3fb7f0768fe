// Package release holds the rules by which a public version that was kept back is reviewed and let out.
//
// It is pure: it knows times and states, and no file, clock or key. A clerk or a registrar goes through the passages that are to be kept from the public and
// confirms each; a judge who is somebody else then releases the whole or refuses. A passage grows and never shrinks. Start from [Begin].
package release

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/edit"
)

// Origin is where a passage comes from.
type Origin string

// The origins.
const (
	AtOnce  Origin = "at_once" // marked in time: the public version is blank there already
	Late    Origin = "late"    // marked when it was in the public version already
	Ordered Origin = "ordered" // an order in force expunges it
	Added   Origin = "added"   // by the review
)

// Act says who took a step, and when. The zero value is a step that was not taken.
type Act struct {
	By string    `json:"by,omitempty"` // opaque id of the user
	At time.Time `json:"at,omitzero"`
}

// Taken reports whether the step was taken.
func (a Act) Taken() bool { return !a.At.IsZero() }

// Passage is a part of the public version that is to be kept from the public. Times count from the start of the recording, in whole milliseconds.
type Passage struct {
	Number    int           `json:"number"` // from 1
	From      time.Duration `json:"from"`
	Until     time.Duration `json:"until"`
	Origin    Origin        `json:"origin"`
	Widened   bool          `json:"widened"` // by the review
	Confirmed Act           `json:"confirmed,omitzero"`
}

// ToCut reports whether the passage, or some of it, is in the public version and has to be taken out.
func (p Passage) ToCut() bool { return p.Origin != AtOnce || p.Widened }

// Outcome is what a judge decided.
type Outcome string

// The outcomes; the empty one is that nobody has.
const (
	Released Outcome = "released"
	Refused  Outcome = "refused"
)

// Review is the review of one public version.
type Review struct {
	Recording testimony.RecordingID `json:"recording"`
	Hearing   testimony.HearingID   `json:"hearing"`
	Length    time.Duration         `json:"length"`
	Begun     Act                   `json:"begun"`
	Passages  []Passage             `json:"passages"`
	Reviewed  Act                   `json:"reviewed,omitzero"`
	Request   edit.RequestID        `json:"request,omitempty"` // by which the passages are taken out; empty where the file needs none
	Decided   Act                   `json:"decided,omitzero"`
	Outcome   Outcome               `json:"outcome,omitempty"`
	Version   testimony.RecordingID `json:"version,omitempty"` // that was released
	Reasons   string                `json:"reasons,omitempty"` // of a refusal
	Before    Before                `json:"before,omitzero"`   // the judge who released
}

// Before is what a judge had before them who released: whatever came afterwards keeps the version again.
type Before struct {
	Orders map[protection.OrderID]int `json:"orders,omitempty"` // how many steps each order had taken
	Late   int                        `json:"late"`             // marks of the hearing that were set late
}

// Look is what there is of orders and of the events of a hearing.
func Look(orders []order.Order, events []testimony.Event) Before {
	b := Before{Orders: map[protection.OrderID]int{}}
	for _, o := range orders {
		b.Orders[o.ID] = len(o.History)
	}
	for _, e := range events {
		if e.Late() {
			b.Late++
		}
	}
	return b
}

// Changed lists the orders that are new or have taken a step since.
func (b Before) Changed(orders []order.Order) []order.Order {
	return slices.DeleteFunc(slices.Clone(orders), func(o order.Order) bool {
		steps, known := b.Orders[o.ID]
		return known && steps == len(o.History)
	})
}

// What a caller decides by. Their words are for the user.
var (
	ErrState       = errors.New("this step does not follow from the state of the review")
	ErrPassage     = errors.New("this is no passage of the public version")
	ErrNarrower    = errors.New("a passage grows and never shrinks")
	ErrUnconfirmed = errors.New("not every passage is confirmed")
	ErrSamePerson  = errors.New("whoever reviewed does not decide on the release")
	ErrReasons     = errors.New("a refusal needs its reasons")
	ErrUncut       = errors.New("the version still has a passage that is to be kept from the public")
)

// maxReasons bounds the reasons of a refusal, in characters, and maxPassages the passages, so that all of them fit one request for an edit.
const (
	maxReasons  = 1000
	maxPassages = 60
)

// Slack is by how much the clocks of a hearing's events and orders and that of its recording may stand apart: by so much more is taken out on each side.
const Slack = time.Second

// Begin begins the review of a public version that started at a moment and is so long, with every mark of its hearing and every passage that an order expunges.
func Begin(of testimony.RecordingID, h testimony.HearingID, started time.Time, length time.Duration, events []testimony.Event, ordered []order.Passage, by Act) Review {
	r := Review{Recording: of, Hearing: h, Length: length.Truncate(time.Millisecond), Begun: by}
	add := func(from, until time.Time, origin Origin) {
		p := Passage{From: from.Sub(started), Until: until.Sub(started), Origin: origin}
		if p.ToCut() {
			p.From, p.Until = p.From-Slack, p.Until+Slack
		}
		p.From, p.Until = max(p.From, 0).Truncate(time.Millisecond), min(p.Until, r.Length).Truncate(time.Millisecond)
		if p.From < p.Until {
			r.Passages = append(r.Passages, p)
		}
	}
	for _, e := range events {
		switch {
		case e.Late():
			add(e.From, e.To, Late)
		case e.Kind == testimony.Marked:
			add(e.From, e.To, AtOnce)
		}
	}
	for _, p := range ordered {
		add(p.From, p.To, Ordered)
	}
	slices.SortStableFunc(r.Passages, func(a, b Passage) int { return int((a.From - b.From) / time.Millisecond) })
	for i := range r.Passages {
		r.Passages[i].Number = i + 1
	}
	return r
}

// open refuses to change what was reviewed or decided.
func (r Review) open() error {
	if r.Reviewed.Taken() || r.Outcome == Released {
		return ErrState
	}
	return nil
}

func (r Review) span(from, until time.Duration) error {
	switch {
	case from < 0 || until <= from || until > r.Length:
		return fmt.Errorf("%w: it lies between 0 and %s", ErrPassage, edit.Clock(r.Length))
	case from%time.Millisecond != 0 || until%time.Millisecond != 0:
		return fmt.Errorf("%w: a time is finer than a millisecond", ErrPassage)
	}
	return nil
}

// Add adds a passage.
func (r Review) Add(from, until time.Duration) (Review, error) {
	if err := errors.Join(r.open(), r.span(from, until)); err != nil {
		return r, err
	}
	if len(r.Passages) >= maxPassages {
		return r, fmt.Errorf("%w: there are %d already", ErrPassage, maxPassages)
	}
	r.Passages = append(slices.Clone(r.Passages), Passage{Number: len(r.Passages) + 1, From: from, Until: until, Origin: Added})
	return r, nil
}

// Widen makes a passage larger. It has to be confirmed again.
func (r Review) Widen(number int, from, until time.Duration) (Review, error) {
	if err := errors.Join(r.open(), r.span(from, until)); err != nil {
		return r, err
	}
	if number < 1 || number > len(r.Passages) {
		return r, fmt.Errorf("%w: there is no passage %d", ErrPassage, number)
	}
	p := r.Passages[number-1]
	if from > p.From || until < p.Until || from == p.From && until == p.Until {
		return r, ErrNarrower
	}
	p.From, p.Until, p.Widened, p.Confirmed = from, until, true, Act{}
	r.Passages = slices.Clone(r.Passages)
	r.Passages[number-1] = p
	return r, nil
}

// Confirm says that a passage is right as it stands.
func (r Review) Confirm(number int, by Act) (Review, error) {
	if err := r.open(); err != nil {
		return r, err
	}
	if number < 1 || number > len(r.Passages) {
		return r, fmt.Errorf("%w: there is no passage %d", ErrPassage, number)
	}
	r.Passages = slices.Clone(r.Passages)
	r.Passages[number-1].Confirmed = by
	return r, nil
}

// Confirmed reports whether every passage is.
func (r Review) Confirmed() bool {
	return !slices.ContainsFunc(r.Passages, func(p Passage) bool { return !p.Confirmed.Taken() })
}

// ToCut lists what has to be taken out of the public version.
func (r Review) ToCut() []Passage {
	return slices.DeleteFunc(slices.Clone(r.Passages), func(p Passage) bool { return !p.ToCut() })
}

// Finish ends the review: every passage is confirmed, and what has to be taken out was asked for.
func (r Review) Finish(request edit.RequestID, by Act) (Review, error) {
	if err := r.open(); err != nil {
		return r, err
	}
	if !r.Confirmed() {
		return r, ErrUnconfirmed
	}
	if len(r.ToCut()) > 0 && request == "" {
		return r, ErrUncut
	}
	r.Reviewed, r.Request, r.Decided, r.Outcome, r.Reasons = by, request, Act{}, "", ""
	return r, nil
}

// Refuse ends a judge's look at it without a release; the review is open again.
func (r Review) Refuse(reasons string, by Act) (Review, error) {
	reasons = strings.TrimSpace(reasons)
	switch {
	case !r.Reviewed.Taken() || r.Outcome == Released:
		return r, ErrState
	case reasons == "":
		return r, ErrReasons
	case len([]rune(reasons)) > maxReasons:
		return r, fmt.Errorf("%w: they are longer than %d characters", ErrReasons, maxReasons)
	}
	r.Reviewed, r.Request, r.Decided, r.Outcome, r.Reasons = Act{}, "", by, Refused, reasons
	return r, nil
}

// Release lets a version out, in which so much is missing of the recording. Begun anew now, the review would hold the passages of again: what was marked or ordered
// meanwhile has to be gone as well. By is a judge who did not review.
func (r Review) Release(version testimony.RecordingID, missing edit.Missing, again Review, before Before, by Act) (Review, error) {
	switch {
	case !r.Reviewed.Taken() || r.Outcome == Released:
		return r, ErrState
	case !r.Confirmed():
		return r, ErrUnconfirmed
	case by.By == r.Reviewed.By || slices.ContainsFunc(r.Passages, func(p Passage) bool { return p.Confirmed.By == by.By }):
		return r, ErrSamePerson
	}
	for _, p := range append(r.ToCut(), again.ToCut()...) {
		s := edit.Span{From: p.From, Until: p.Until}
		if !missing.Picture.Covers(s) || !missing.Voice.Covers(s) {
			return r, fmt.Errorf("%w: %s to %s", ErrUncut, edit.Clock(p.From), edit.Clock(p.Until))
		}
	}
	r.Decided, r.Outcome, r.Version, r.Before = by, Released, version, before
	return r, nil
}

// Stretch is a time that was not in public session, on the recording's clock. The public version is blank there.
type Stretch struct {
	From  time.Duration          `json:"from"`
	Until time.Duration          `json:"until"`
	Mode  protection.SessionMode `json:"mode"`
}

// Stretches lists what of a recording was in private or closed session.
func Stretches(started time.Time, length time.Duration, events []testimony.Event) []Stretch {
	var list []Stretch
	mode, since := protection.PublicMode, time.Duration(0)
	until := func(at time.Duration) {
		if mode != protection.PublicMode && max(since, 0) < min(at, length) {
			list = append(list, Stretch{max(since, 0), min(at, length), mode})
		}
	}
	for _, e := range events {
		if e.Mode == mode {
			continue
		}
		at := e.At.Sub(started)
		until(at)
		mode, since = e.Mode, at
	}
	until(length)
	return list
}
