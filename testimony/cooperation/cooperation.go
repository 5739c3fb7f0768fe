// Package cooperation is the ledger of what other States are asked: whether a court may hear a witness on their territory, what they answered, under which
// conditions and until when.
//
// It is pure: it knows no clock and no disk. A [Request] is one question to one State with its answers; [Request.Permit] is what the schedule reads of it, and
// [Lacks] says what a hearing lacks when its courtroom is to be opened. What was answered is never changed: another answer follows it.
package cooperation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// ID names a request. It is random.
type ID string

// Instrument is what a request rests on.
type Instrument string

// The instruments. Which article it is, the reference says.
const (
	UNTOC       Instrument = "untoc"       // UN Convention against Transnational Organized Crime, art. 18(18)
	EIO         Instrument = "eio"         // European Investigation Order, art. 24
	ETS182      Instrument = "ets182"      // Second Additional Protocol to the European Convention on Mutual Assistance, art. 9
	Bilateral   Instrument = "bilateral"   // a treaty between the two States
	Reciprocity Instrument = "reciprocity" // a letter rogatory without a treaty
	Consular    Instrument = "consular"    // before a consul of the court's State
	OtherBasis  Instrument = "other"
)

// Instruments lists them in the order in which a form offers them.
var Instruments = []Instrument{UNTOC, EIO, ETS182, Bilateral, Reciprocity, Consular, OtherBasis}

// Request is one question to one State: may this witness be heard on your territory. It names no person: authorities are named by their office.
type Request struct {
	ID         ID                   `json:"id"`
	Case       protection.CaseID    `json:"case"`
	Party      protection.PartyID   `json:"party"`
	Hearing    testimony.HearingID  `json:"hearing,omitempty"` // empty: any hearing of the witness in the case
	Point      testimony.ResourceID `json:"point,omitempty"`   // empty: any remote point of the country
	Country    string               `json:"country"`           // ISO 3166-1 alpha-2
	Instrument Instrument           `json:"instrument"`
	Reference  string               `json:"reference,omitempty"` // the court's number of the request, and the article
	Authority  string               `json:"authority"`           // asked
	Asked      schedule.Date        `json:"asked"`
	Due        schedule.Date        `json:"due,omitempty"` // when the answer is needed
	By         string               `json:"by"`            // user id
	At         time.Time            `json:"at"`            // entered
	Answers    []Answer             `json:"answers,omitempty"`
	Withdrawn  time.Time            `json:"withdrawn,omitzero"`
	Why        string               `json:"why,omitempty"` // it was withdrawn
}

// Verdict is what a State answered.
type Verdict string

// The verdicts.
const (
	Granted    Verdict = "granted"
	Refused    Verdict = "refused"
	MoreWanted Verdict = "more" // it asks for more before it decides
)

// Verdicts lists them in the order in which a form offers them.
var Verdicts = []Verdict{Granted, Refused, MoreWanted}

// Answer is what a State answered, as the court entered it.
type Answer struct {
	Verdict    Verdict       `json:"verdict"`
	On         schedule.Date `json:"on"` // the day of the letter
	Reference  string        `json:"reference,omitempty"`
	From       schedule.Date `json:"from,omitempty"`  // of a permission: its first day
	Until      schedule.Date `json:"until,omitempty"` // and its last; empty: none is said
	Conditions Conditions    `json:"conditions,omitzero"`
	By         string        `json:"by"` // user id
	At         time.Time     `json:"at"`
}

// Conditions are what a State makes its permission depend on.
type Conditions struct {
	Present   []Attendant `json:"present,omitempty"` // who has to sit in the room
	Oath      Oath        `json:"oath,omitempty"`
	Recording Recording   `json:"recording,omitempty"`
	Other     string      `json:"other,omitempty"` // never a name
}

// Attendant is somebody who has to sit in the room with the witness.
type Attendant string

// The attendants.
const (
	JudgeThere       Attendant = "judge"       // of that State
	ProsecutorThere  Attendant = "prosecutor"  // of that State
	AuthorityOfficer Attendant = "official"    // of the executing authority
	ConsularOfficer  Attendant = "consul"      // of the court's State
	LawyerThere      Attendant = "lawyer"      // the witness's, admitted there
	SwornInterpreter Attendant = "interpreter" // sworn there
)

// Attendants lists them in the order in which a form offers them.
var Attendants = []Attendant{JudgeThere, ProsecutorThere, AuthorityOfficer, ConsularOfficer, LawyerThere, SwornInterpreter}

// Oath is which oath the witness takes.
type Oath string

// The oaths. An empty one: the State has said nothing of it.
const (
	OathOfCourt Oath = "court" // by the law of the court
	OathOfHost  Oath = "host"  // by the law of the State where the witness is
	OathOfBoth  Oath = "both"
	NoOath      Oath = "none"
)

// Oaths lists them, first that nothing was said.
var Oaths = []Oath{"", OathOfCourt, OathOfHost, OathOfBoth, NoOath}

// Recording is whether the State lets the session be recorded.
type Recording string

// What a State says of the recording. An empty one: nothing.
const (
	MayRecord    Recording = "allowed"
	MayNotRecord Recording = "forbidden"
)

// Recordings lists them, first that nothing was said.
var Recordings = []Recording{"", MayRecord, MayNotRecord}

// ErrEntry is wrapped by every refusal of what was entered.
var ErrEntry = errors.New("this entry cannot be kept")

// EntryError says which field is refused and why, as words that a window has texts for.
type EntryError struct{ Field, Why string }

// Why an entry is refused.
const (
	Missing = "missing"
	Unknown = "unknown"
	TooLong = "too_long"
	NoDay   = "no_day"
	Future  = "future"
	Early   = "early"    // it ends before it begins, or was answered before it was asked
	NotOpen = "not_open" // the request was withdrawn
)

// Reasons lists them, and Fields the fields that can be refused, for whoever has texts for them.
var (
	Reasons = []string{Missing, Unknown, TooLong, NoDay, Future, Early, NotOpen}
	Fields  = []string{"authority", "case", "conditions", "country", "due", "from", "instrument", "oath", "on", "other", "party", "present", "reason", "recording", "reference", "request", "until", "verdict", "why", "asked"}
)

func (e *EntryError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Why) }

func (e *EntryError) Unwrap() error { return ErrEntry }

func refuse(field, why string) error { return &EntryError{field, why} }

// Longest texts, in bytes.
const (
	maxLine = 200
	maxText = 2000
)

func line(field, s string, most int, needed bool) error {
	switch {
	case needed && strings.TrimSpace(s) == "":
		return refuse(field, Missing)
	case len(s) > most:
		return refuse(field, TooLong)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		return refuse(field, Unknown)
	}
	return nil
}

func day(field string, d schedule.Date, needed bool) error {
	switch {
	case d == "" && needed:
		return refuse(field, Missing)
	case d != "" && !d.Valid():
		return refuse(field, NoDay)
	}
	return nil
}

// past checks a day that cannot be after today, whatever the clock shows where it was written.
func past(field string, d schedule.Date, now time.Time) error {
	if err := day(field, d, true); err != nil {
		return err
	}
	if d > schedule.Date(now.UTC().AddDate(0, 0, 1).Format(time.DateOnly)) {
		return refuse(field, Future)
	}
	return nil
}

// ValidCountry reports whether a code has the shape of ISO 3166-1 alpha-2.
func ValidCountry(code string) bool {
	return len(code) == 2 && !strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'Z' })
}

// Check reports the first thing that is wrong with a new request.
func (r Request) Check(now time.Time) error {
	switch {
	case r.Case == "":
		return refuse("case", Missing)
	case r.Party == "":
		return refuse("party", Missing)
	case !ValidCountry(r.Country):
		return refuse("country", Unknown)
	case !slices.Contains(Instruments, r.Instrument):
		return refuse("instrument", Unknown)
	case r.Due != "" && r.Due.Valid() && r.Due < r.Asked:
		return refuse("due", Early)
	}
	return errors.Join(line("authority", r.Authority, maxLine, true), line("reference", r.Reference, maxLine, false), past("asked", r.Asked, now), day("due", r.Due, false))
}

// check reports the first thing that is wrong with an answer to the request.
func (r Request) check(a Answer, now time.Time) error {
	c := a.Conditions
	unknown := func(x Attendant) bool { return !slices.Contains(Attendants, x) }
	switch {
	case !slices.Contains(Verdicts, a.Verdict):
		return refuse("verdict", Unknown)
	case a.Verdict != Granted && (a.From != "" || a.Until != "" || len(c.Present) > 0 || c.Oath != "" || c.Recording != "" || c.Other != ""):
		return refuse("conditions", Unknown) // only a permission has them
	case slices.ContainsFunc(c.Present, unknown):
		return refuse("present", Unknown)
	case !slices.Contains(Oaths, c.Oath):
		return refuse("oath", Unknown)
	case !slices.Contains(Recordings, c.Recording):
		return refuse("recording", Unknown)
	}
	if err := errors.Join(past("on", a.On, now), day("from", a.From, false), day("until", a.Until, false), line("other", c.Other, maxText, false), line("reference", a.Reference, maxLine, false)); err != nil {
		return err
	}
	switch {
	case a.On < r.Asked:
		return refuse("on", Early)
	case a.From != "" && a.Until != "" && a.Until < a.From:
		return refuse("until", Early)
	}
	return nil
}

// Answered returns the request with one more answer. A withdrawn request takes none.
func (r Request) Answered(a Answer, now time.Time) (Request, error) {
	if !r.Withdrawn.IsZero() {
		return r, refuse("request", NotOpen)
	}
	if err := r.check(a, now); err != nil {
		return r, err
	}
	r.Answers = append(slices.Clone(r.Answers), a)
	return r, nil
}

// Withdraw returns the request withdrawn, for a reason: it allows nothing any more.
func (r Request) Withdraw(why string, now time.Time) (Request, error) {
	if !r.Withdrawn.IsZero() {
		return r, refuse("request", NotOpen)
	}
	if err := line("why", why, maxText, true); err != nil {
		return r, err
	}
	r.Withdrawn, r.Why = now, strings.TrimSpace(why)
	return r, nil
}

// Last is the answer that counts: the newest one.
func (r Request) Last() (Answer, bool) {
	if len(r.Answers) == 0 {
		return Answer{}, false
	}
	return r.Answers[len(r.Answers)-1], true
}

// Permit is what the schedule reads of a request; ok is false for a withdrawn one.
func (r Request) Permit() (p schedule.Permit, ok bool) {
	a, answered := r.Last()
	p = schedule.Permit{Country: r.Country, Case: r.Case, Hearing: r.Hearing, Point: r.Point}
	if answered && a.Verdict == Granted {
		p.Granted, p.From, p.Until = true, a.From, a.Until
	}
	return p, r.Withdrawn.IsZero()
}

// State is where a request stands.
type State string

// The states.
const (
	Waiting    State = "waiting" // for an answer
	Overdue    State = "overdue" // and the day on which it was needed is past
	AsksMore   State = "more"
	Given      State = "given"
	NotYet     State = "not_yet" // given from a later day on
	Ended      State = "ended"
	Declined   State = "declined"
	CalledBack State = "withdrawn"
)

// States lists them.
var States = []State{Waiting, Overdue, AsksMore, Given, NotYet, Ended, Declined, CalledBack}

// State says where a request stands on a day.
func (r Request) State(today schedule.Date) State {
	a, answered := r.Last()
	late := r.Due != "" && today > r.Due
	switch {
	case !r.Withdrawn.IsZero():
		return CalledBack
	case answered && a.Verdict == Refused:
		return Declined
	case answered && a.Verdict == Granted && a.Until != "" && today > a.Until:
		return Ended
	case answered && a.Verdict == Granted && a.From != "" && today < a.From:
		return NotYet
	case answered && a.Verdict == Granted:
		return Given
	case late:
		return Overdue
	case answered:
		return AsksMore
	}
	return Waiting
}
