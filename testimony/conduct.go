package testimony

import (
	"errors"
	"slices"
	"strings"
	"time"

	"paravent/protection"
)

// Errors of conducting the hearing.
var (
	ErrForm      = errors.New("there is no such form of oath")
	ErrUnsworn   = errors.New("the witness has not been sworn, and no judge has decided to hear them without")
	ErrWhy       = errors.New("to hear a witness without an oath takes a reason")
	ErrSworn     = errors.New("the witness is sworn already")
	ErrStage     = errors.New("there is no such stage of the examination")
	ErrGround    = errors.New("there is no such ground of objection")
	ErrRuling    = errors.New("there is no such ruling")
	ErrObjection = errors.New("an objection waits for a ruling")
	ErrNoObject  = errors.New("no objection waits for a ruling")
	ErrBack      = errors.New("the time at which it is expected to go on has to lie ahead, within a day")
	ErrGoingOn   = errors.New("nobody waits: the session is public, and is not interrupted")
)

// OathForm is how a witness binds themselves to the truth. None names a faith, which could tell who the witness is.
type OathForm string

// The forms.
const (
	Sworn    OathForm = "oath"        // by what is sacred to the witness
	Affirmed OathForm = "affirmation" // on honour and conscience
	Promised OathForm = "promise"     // a child's, or of whoever may not be sworn
)

// OathForms lists the forms in the order in which a form offers them.
var OathForms = []OathForm{Sworn, Affirmed, Promised}

// Swearing is how the oath stands. The zero value is that of a witness whom nobody has asked yet.
type Swearing struct {
	Form    OathForm  `json:"form,omitempty"` // whose text the witness was shown last
	Taken   time.Time `json:"taken,omitzero"`
	Refused time.Time `json:"refused,omitzero"`
	Unsworn bool      `json:"unsworn,omitempty"` // a judge decided to hear the witness without
	Why     string    `json:"why,omitempty"`     // that decision's reason
}

// Opens reports whether testimony may begin.
func (s Swearing) Opens() bool { return !s.Taken.IsZero() || s.Unsworn }

// SwearingOf is how the oath stands by the record. A courtroom that is opened again begins anew.
func SwearingOf(events []Event) Swearing {
	var s Swearing
	for _, e := range events {
		switch e.Kind {
		case PhaseChanged:
			if e.Phase == Lobby {
				s = Swearing{}
			}
		case OathShown:
			s.Form = OathForm(e.Reason)
		case OathTaken:
			s.Taken, s.Refused = e.At, time.Time{}
		case OathRefused:
			s.Refused = e.At
		case Unsworn:
			s.Unsworn, s.Why = true, e.Reason
		}
	}
	return s
}

// Stage is whose questions the witness answers.
type Stage string

// The stages, in their usual order.
const (
	Chief     Stage = "chief"
	Cross     Stage = "cross"
	Reexamine Stage = "reexamination"
	FromBench Stage = "bench"
)

// Stages lists the stages in their usual order.
var Stages = []Stage{Chief, Cross, Reexamine, FromBench}

// Examination is for how long one party has put questions in one stage. Breaks and interruptions do not count.
type Examination struct {
	Stage   Stage         `json:"stage"`
	By      ParticipantID `json:"by,omitempty"`
	Seconds float64       `json:"seconds"`
}

// Length is for how long the questions were put.
func (e Examination) Length() time.Duration { return time.Duration(e.Seconds * float64(time.Second)) }

// Examinations adds up the stages of a record up to a moment, in the order in which they were first called. current is the index of the one
// called last, or -1.
func Examinations(events []Event, until time.Time) (all []Examination, current int) {
	var since time.Time // zero while the time does not count
	current = -1
	stop := func(at time.Time) {
		if current >= 0 && !since.IsZero() {
			all[current].Seconds += max(0, at.Sub(since).Seconds())
		}
		since = time.Time{}
	}
	testifies := false
	for _, e := range events {
		switch e.Kind {
		case PhaseChanged:
			stop(e.At)
			if testifies = e.Phase == Testimony; e.Phase == Lobby {
				current = -1
			}
		case StageBegun:
			stop(e.At)
			called := func(x Examination) bool { return x.Stage == Stage(e.Reason) && x.By == e.Participant }
			if current = slices.IndexFunc(all, called); current < 0 {
				all = append(all, Examination{Stage: Stage(e.Reason), By: e.Participant})
				current = len(all) - 1
			}
		default:
			continue
		}
		if testifies {
			since = e.At
		}
	}
	stop(until)
	return all, current
}

// Ground is why a question is objected to.
type Ground string

// Grounds lists the grounds in the order in which a form offers them. The first one is of the witness's safety.
var Grounds = []Ground{"identifying", "barred", "leading", "relevance", "repetition", "intimidating", "speculation", "hearsay", "form", "other"}

// Ruling is how an objection was decided.
type Ruling string

// Rulings lists the rulings in the order in which a form offers them.
var Rulings = []Ruling{"sustained", "overruled", "rephrase", "withdrawn", "reserved"}

// Objection is an objection to a question, and how it was decided.
type Objection struct {
	At     time.Time              `json:"at"`
	By     ParticipantID          `json:"by"`
	Ground Ground                 `json:"ground"`
	Mode   protection.SessionMode `json:"mode"` // in which it was raised
	Ruling Ruling                 `json:"ruling,omitempty"`
	Ruled  time.Time              `json:"ruled,omitzero"`
}

// Open reports whether it waits for a ruling.
func (o Objection) Open() bool { return o.Ruling == "" }

// Objections lists the objections of a record in their order. A ruling decides the one that waits.
func Objections(events []Event) []Objection {
	var all []Objection
	for _, e := range events {
		switch e.Kind {
		case Objected:
			all = append(all, Objection{At: e.At, By: e.Participant, Ground: Ground(e.Reason), Mode: e.Mode})
		case Ruled:
			if n := len(all); n > 0 && all[n-1].Open() {
				all[n-1].Ruling, all[n-1].Ruled = Ruling(e.Reason), e.At
			}
		}
	}
	return all
}

// Waiting returns the objection that waits for a ruling.
func Waiting(events []Event) (Objection, bool) {
	all := Objections(events)
	if n := len(all); n > 0 && all[n-1].Open() {
		return all[n-1], true
	}
	return Objection{}, false
}

// Stretch is for how long the witness has been questioned since the last break, up to a moment. The oath counts; an interruption does
// not, and is no rest either.
func Stretch(events []Event, until time.Time) time.Duration {
	var (
		sum   time.Duration
		since time.Time
	)
	for _, e := range events {
		if e.Kind != PhaseChanged {
			continue
		}
		if !since.IsZero() {
			sum += max(0, e.At.Sub(since))
		}
		since = time.Time{}
		switch e.Phase {
		case Oath, Testimony:
			since = e.At
		case Break, Lobby, IdentityCheck:
			sum = 0
		}
	}
	if !since.IsZero() {
		sum += max(0, until.Sub(since))
	}
	return sum
}

// BreakDue is how long until the break that the hearing plans is due: negative once it is. Nothing is due where no breaks are planned or nobody testifies.
func (h Hearing) BreakDue(events []Event, at time.Time) (left time.Duration, due bool) {
	stretch := Stretch(events, at)
	if h.BreakEvery <= 0 || stretch <= 0 {
		return 0, false
	}
	return h.BreakEvery - stretch, true
}

// Back is when it is expected to go on, as the bench last said since the session was interrupted or the public was kept out; zero where it has not.
func Back(events []Event) time.Time {
	var back time.Time
	for _, e := range events {
		switch e.Kind {
		case PhaseChanged, ModeChanged:
			back = time.Time{}
		case Expected:
			back = e.To
		}
	}
	return back
}

// waited reports whether anybody waits for the session to go on: those at a break, or the public while it is kept out.
func (s Session) waited() bool {
	switch s.Phase {
	case Break, Interruption, IdentityCheck:
		return true
	}
	return s.Phase != Closed && s.Mode != protection.PublicMode
}

// The steps of conducting the hearing. Each returns the event that goes into the record, or why the step cannot be taken now.

// ShowOath shows the witness the text of a form.
func (s Session) ShowOath(form OathForm, witness ParticipantID, at time.Time) (Event, error) {
	switch {
	case !slices.Contains(OathForms, form):
		return Event{}, ErrForm
	case s.Phase != Oath:
		return Event{}, ErrPhase
	}
	return s.of(OathShown, witness, string(form), at), nil
}

// TakeOath notes that the witness bound themselves to the truth, in the form that they were shown.
func (s Session) TakeOath(record []Event, witness ParticipantID, at time.Time) (Event, error) {
	switch now := SwearingOf(record); {
	case s.Phase != Oath:
		return Event{}, ErrPhase
	case !now.Taken.IsZero():
		return Event{}, ErrSworn
	default:
		return s.of(OathTaken, witness, string(now.Form), at), nil
	}
}

// RefuseOath notes that the witness refused. What follows is for the judge to decide.
func (s Session) RefuseOath(record []Event, witness ParticipantID, at time.Time) (Event, error) {
	switch now := SwearingOf(record); {
	case s.Phase != Oath:
		return Event{}, ErrPhase
	case !now.Taken.IsZero():
		return Event{}, ErrSworn
	default:
		return s.of(OathRefused, witness, string(now.Form), at), nil
	}
}

// HearUnsworn is a judge's decision to hear the witness without an oath.
func (s Session) HearUnsworn(record []Event, witness ParticipantID, reason string, at time.Time) (Event, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case s.Phase != Oath:
		return Event{}, ErrPhase
	case SwearingOf(record).Opens():
		return Event{}, ErrSworn
	case reason == "":
		return Event{}, ErrWhy
	}
	return s.of(Unsworn, witness, reason, at), nil
}

// CallStage says whose questions follow.
func (s Session) CallStage(record []Event, stage Stage, by ParticipantID, at time.Time) (Event, error) {
	switch {
	case !slices.Contains(Stages, stage):
		return Event{}, ErrStage
	case s.Phase != Testimony:
		return Event{}, ErrPhase
	}
	if all, current := Examinations(record, at); current >= 0 && all[current].Stage == stage && all[current].By == by {
		return Event{}, ErrSame
	}
	return s.of(StageBegun, by, string(stage), at), nil
}

// Object raises an objection. One is decided before the next is raised.
func (s Session) Object(record []Event, by ParticipantID, ground Ground, at time.Time) (Event, error) {
	switch _, waits := Waiting(record); {
	case !slices.Contains(Grounds, ground):
		return Event{}, ErrGround
	case s.Phase != Testimony:
		return Event{}, ErrPhase
	case waits:
		return Event{}, ErrObjection
	}
	return s.of(Objected, by, string(ground), at), nil
}

// Rule decides the objection that waits. That can be after a break, in which the court deliberates.
func (s Session) Rule(record []Event, ruling Ruling, at time.Time) (Event, error) {
	o, waits := Waiting(record)
	switch {
	case !slices.Contains(Rulings, ruling):
		return Event{}, ErrRuling
	case s.Phase == Closed:
		return Event{}, ErrEnded
	case !waits:
		return Event{}, ErrNoObject
	}
	return s.of(Ruled, o.By, string(ruling), at), nil
}

// ExpectBack says to those who wait when it is expected to go on.
func (s Session) ExpectBack(back, at time.Time) (Event, error) {
	switch left := back.Sub(at); {
	case s.Phase == Closed:
		return Event{}, ErrEnded
	case !s.waited():
		return Event{}, ErrGoingOn
	case left <= 0 || left > 24*time.Hour:
		return Event{}, ErrBack
	}
	e := s.of(Expected, "", "", at)
	e.To = back.Truncate(time.Minute)
	return e, nil
}

// ShowExhibit shows an exhibit to the bench and to roles, while the witness testifies.
func (s Session) ShowExhibit(id, number string, to []Role, at time.Time) (Event, error) {
	if s.Phase != Testimony {
		return Event{}, ErrPhase
	}
	names := make([]string, len(to))
	for i, r := range to {
		names[i] = string(r)
	}
	e := s.of(ExhibitShown, "", strings.Join(names, ", "), at)
	e.Exhibit, e.Number = id, number
	return e, nil
}

// TakeDown notes that an exhibit is no longer shown.
func (s Session) TakeDown(id, number string, at time.Time) Event {
	e := s.of(ExhibitTakenDown, "", "", at)
	e.Exhibit, e.Number = id, number
	return e
}

func (s Session) of(kind EventKind, id ParticipantID, reason string, at time.Time) Event {
	return Event{At: at, Kind: kind, Phase: s.Phase, Mode: s.Mode, Participant: id, Reason: reason}
}
