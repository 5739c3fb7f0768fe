// Package schedule says whether a protected hearing can be held as it is planned, and finds when it can: who and what it takes is free and open, at both
// ends; the witness is not questioned at night; and nobody who must be kept apart meets at a door.
//
// It knows resources, bookings and the circumstances of a witness, and nothing of vaults, clocks or screens. Build an [Index] of the docket with [NewIndex],
// then ask [Index.Check] about a booking, or [Index.Propose] for the best times of one.
package schedule

import (
	"time"

	"paravent/protection"
	"paravent/testimony"
)

// ResourceID names a resource in the vault. It is random.
type ResourceID = testimony.ResourceID

// Kind is what a resource is to a hearing.
type Kind string

// The kinds.
const (
	Courtroom    Kind = "courtroom"
	RemotePoint  Kind = "remote_point"
	Judge        Kind = "judge"
	Prosecution  Kind = "prosecution"
	Defence      Kind = "defence"
	Accused      Kind = "accused"
	Interpreter  Kind = "interpreter"
	Intermediary Kind = "intermediary"
	Support      Kind = "support"
	Coordinator  Kind = "coordinator"
	Equipment    Kind = "equipment"
)

// Kinds lists the kinds in the order in which a form offers them.
var Kinds = []Kind{Courtroom, RemotePoint, Judge, Prosecution, Defence, Accused, Interpreter, Intermediary, Support, Coordinator, Equipment}

// person reports whether a resource of this kind is somebody who goes from place to place.
func (k Kind) person() bool { return k != Courtroom && k != RemotePoint && k != Equipment }

// Resource is a room, a person or a thing that a hearing takes. No protected party is one: a witness is named by [Booking.Party].
type Resource struct {
	ID       ResourceID  `json:"id,omitempty"`
	Kind     Kind        `json:"kind"`
	Name     string      `json:"name"`               // of a room or an office; never of a protected person
	Zone     string      `json:"zone,omitempty"`     // IANA name of the zone in which Open and Closed are meant; empty: the court's
	Country  string      `json:"country,omitempty"`  // ISO 3166-1 alpha-2
	Building string      `json:"building,omitempty"` // resources of one building are reached by the same doors
	Open     []Hours     `json:"open,omitempty"`     // empty: always
	Closed   []Date      `json:"closed,omitempty"`   // public holidays and leave
	Turn     Minutes     `json:"turn,omitempty"`     // needed free between two bookings
	Number   int         `json:"number,omitempty"`   // of equipment: how many there are; 0 means 1
	Speech   []Speech    `json:"speech,omitempty"`   // of an interpreter
	Sex      Sex         `json:"sex,omitempty"`      // of an interpreter
	Barred   []Bar       `json:"barred,omitempty"`   // conflicts of interest
	Link     *LinkReport `json:"link,omitempty"`     // of a remote point: its last test
}

// Minutes is a length of time in minutes.
type Minutes int

// Duration returns m as a duration.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// Speech is a language that an interpreter is qualified for.
type Speech struct {
	Language string `json:"language"`          // BCP 47
	Dialect  string `json:"dialect,omitempty"` // as the court names it; empty: the standard language only
}

// Sex of an interpreter, where a witness has a need in it.
type Sex string

// The sexes that a need can name.
const (
	Female Sex = "female"
	Male   Sex = "male"
)

// Bar keeps a person from a case or from a protected party: a conflict of interest.
type Bar struct {
	Case  protection.CaseID  `json:"case,omitempty"`
	Party protection.PartyID `json:"party,omitempty"`
}

// LinkReport is the last test of a remote point's line, at the hour of a hearing.
type LinkReport struct {
	Tested time.Time `json:"tested"`
	Good   bool      `json:"good"`
}

// Booking is a hearing with all that it takes, from the arrival of the witness to the end of the debriefing.
type Booking struct {
	Hearing     testimony.HearingID
	Case        protection.CaseID
	Party       protection.PartyID // the witness
	Start       time.Time          // of the testimony
	Duration    time.Duration
	Before      time.Duration // arrival, test and advocate, before Start
	After       time.Duration // debriefing
	BreakEvery  time.Duration // of testimony; 0: no break is planned
	CourtZone   string        // IANA names
	WitnessZone string
	Uses        []ResourceID
}

// End is when the testimony ends.
func (b Booking) End() time.Time { return b.Start.Add(b.Duration) }

// From is when the witness arrives.
func (b Booking) From() time.Time { return b.Start.Add(-b.Before) }

// To is when the witness leaves.
func (b Booking) To() time.Time { return b.End().Add(b.After) }

// Of returns the booking of a planned hearing.
func Of(h testimony.Hearing) Booking {
	return Booking{Hearing: h.ID, Case: h.Case, Party: h.Party, Start: h.Start, Duration: h.Duration, Before: h.Before, After: h.After, BreakEvery: h.BreakEvery,
		CourtZone: h.CourtZone, WitnessZone: h.WitnessZone, Uses: h.Uses}
}

// Circumstances are what has been decided and found out about the witnesses.
type Circumstances struct {
	Parties map[protection.PartyID]Standing
	// Apart are pairs of witnesses who are protected from each other, each pair once in either order.
	Apart [][2]protection.PartyID
}

// Standing is what matters of one witness for a date.
type Standing struct {
	Language  string        // BCP 47; empty: nobody has asked
	Dialect   string        // empty: none is named
	Sex       Sex           // the interpreter's, where the witness asks for it
	Longest   time.Duration // of testimony without a break; 0: no limit is known
	Applied   bool          // for protection, granted or not
	Orders    []Period      // the times in which an order is in force
	Waits     bool          // the familiarisation is known not to be complete
	Withdrawn bool          // the consent to testify by this means is withdrawn, and nobody has acted upon it
	Permits   []Permit      // asked for of other States, given or not

	Intermediary bool // the witness needs one
	Unrecorded   bool // the witness does not agree to be recorded
}

// Period is a time from and until; a zero end is no end.
type Period struct{ From, Until time.Time }

func (p Period) covers(from, to time.Time) bool {
	return !from.Before(p.From) && (p.Until.IsZero() || !to.After(p.Until))
}

// Rules are a court's own measures of distance and time. The zero value stands for [House].
type Rules struct {
	Travel  time.Duration // between two buildings
	Apart   time.Duration // between two witnesses who are kept apart, in one building
	Doors   time.Duration // between the witness and the accused, coming and going
	DayFrom Clock         // testimony before or after is at night, where the witness is
	DayTo   Clock
	Grid    time.Duration // between the starts that a search tries
}

// House are the rules where a court has none of its own.
var House = Rules{Travel: time.Hour, Apart: time.Hour, Doors: 30 * time.Minute, DayFrom: 7 * 60, DayTo: 21 * 60, Grid: 15 * time.Minute}
