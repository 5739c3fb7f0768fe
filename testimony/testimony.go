// Package testimony holds the hearing of a protected witness: the case, the hearing with its two clocks, who takes part,
// and the session as it runs, from the lobby to the minutes.
//
// Everything here is pure: no clock, no randomness, no disk and no network. The session that speaks to browsers is
// testimony/live, and it only does what [Session] and [Reception] allow. The type to start from is [Hearing].
package testimony

import (
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"paravent/protection"
)

// Offence is the family of offences a case belongs to. The two are never merged in statistics (A/CONF.213/7 §54 e).
type Offence string

// The offence families.
const (
	Trafficking Offence = "trafficking"
	Smuggling   Offence = "smuggling"
	Mixed       Offence = "mixed"
)

// Offences lists the families in the order in which a form offers them.
var Offences = []Offence{Trafficking, Smuggling, Mixed}

// Case is a criminal case in which protected parties appear.
type Case struct {
	ID        protection.CaseID `json:"id"`
	Reference string            `json:"reference"` // the court's case number
	Court     string            `json:"court"`
	Offence   Offence           `json:"offence"`
	Opened    time.Time         `json:"opened"`
}

// HearingID names a hearing in the vault. It is random.
type HearingID string

// ParticipantID names one seat in a hearing. It is random and says nothing about who sits there.
type ParticipantID string

// BenchID is the participant that the court's own desk is in every hearing.
const BenchID ParticipantID = "bench"

// Role is what a participant is in the hearing.
type Role string

// The roles.
const (
	RoleBench       Role = "bench" // the court's own desk
	RoleJudge       Role = "judge" // a judge who joins from elsewhere: part of the bench
	RoleAssessor    Role = "assessor"
	RoleWitness     Role = "witness"
	RoleInterpreter Role = "interpreter"
	RoleProsecution Role = "prosecution"
	RoleDefence     Role = "defence"
	RoleAccused     Role = "accused"
	RoleSupport     Role = "support"
	RoleCoordinator Role = "coordinator"
	RoleGallery     Role = "gallery"
	RolePress       Role = "press"
)

// Roles lists the roles that can be invited, in the order in which a form offers them.
var Roles = []Role{RoleWitness, RoleInterpreter, RoleProsecution, RoleDefence, RoleAccused, RoleSupport, RoleCoordinator, RoleGallery, RoleJudge, RoleAssessor, RolePress}

// MostSeats is how many seats of one role can be planned at once where a hearing has several of them.
const MostSeats = 9

// Several reports whether a hearing commonly has more than one seat of this role, each with a label of its own.
func (r Role) Several() bool {
	switch r {
	case RoleInterpreter, RoleProsecution, RoleDefence, RoleAccused, RoleJudge, RoleAssessor, RolePress:
		return true
	}
	return false
}

// Valid reports whether r can be invited to a hearing.
func (r Role) Valid() bool {
	for _, known := range Roles {
		if r == known {
			return true
		}
	}
	return false
}

// OnBench reports whether this role belongs to the bench, which always receives everything clear.
func (r Role) OnBench() bool { return r == RoleBench || r == RoleJudge }

// Listens reports whether this role follows without a part in the hearing: gallery and press. They send nothing and are told nothing but what they follow.
func (r Role) Listens() bool { return r == RoleGallery || r == RolePress }

// Publishes reports whether a participant in this role sends picture and sound. Gallery and press only receive.
func (r Role) Publishes() bool { return !r.Listens() && r != "" }

// Participant is one seat in a hearing.
type Participant struct {
	ID    ParticipantID      `json:"id"`
	Role  Role               `json:"role"`
	Label string             `json:"label"` // a function such as "Counsel for the defence", or the witness's pseudonym
	Party protection.PartyID `json:"party,omitempty"`
}

// Audience returns the participant's column in the audience matrix.
func (p Participant) Audience() protection.Audience {
	switch p.Role {
	case RoleBench, RoleJudge:
		return protection.Bench
	case RoleAssessor:
		return protection.Assessors
	case RoleWitness:
		if p.Party == "" {
			return protection.Unknown
		}
		return protection.OtherWitness(p.Party)
	case RoleInterpreter:
		return protection.Interpreter
	case RoleProsecution:
		return protection.Prosecution
	case RoleDefence:
		return protection.DefenceCounsel
	case RoleAccused:
		return protection.Accused
	case RoleSupport:
		return protection.Support
	case RoleCoordinator:
		return protection.Coordinator
	case RoleGallery:
		return protection.Gallery
	case RolePress:
		return protection.Press
	}
	return protection.Unknown
}

// Hearing is one planned or held hearing of one protected witness.
type Hearing struct {
	ID           HearingID              `json:"id"`
	Case         protection.CaseID      `json:"case"`
	Party        protection.PartyID     `json:"party"` // the witness who testifies
	Start        time.Time              `json:"start"`
	Duration     time.Duration          `json:"duration"`
	CourtZone    string                 `json:"court_zone"`   // IANA name
	WitnessZone  string                 `json:"witness_zone"` // IANA name
	Room         string                 `json:"room"`
	Mode         protection.SessionMode `json:"mode"` // the mode in which testimony begins
	Participants []Participant          `json:"participants"`
	Held         time.Time              `json:"held"`               // zero until the session has been closed
	Retained     []Retainer             `json:"retained,omitempty"` // which counsel acts for whom

	Before     time.Duration `json:"before,omitempty"`      // from the witness's arrival to Start: test and advocate
	After      time.Duration `json:"after,omitempty"`       // from the end until the witness leaves: debriefing
	BreakEvery time.Duration `json:"break_every,omitempty"` // of testimony; 0: no break is planned
	Uses       []ResourceID  `json:"uses,omitempty"`        // rooms, people and things
	Accepted   []Acceptance  `json:"accepted,omitempty"`    // what stood against it when it was planned
	Cancelled  time.Time     `json:"cancelled,omitzero"`
	Why        string        `json:"why,omitempty"`      // it was cancelled
	Sequence   int           `json:"sequence,omitempty"` // how often it was changed since it was planned
}

// ResourceID names a room, a person or a thing that hearings take. It is random; what it is stands in testimony/schedule.
type ResourceID string

// Acceptance is somebody's decision to plan a hearing although something stands against it.
type Acceptance struct {
	Key    string    `json:"key"` // of the conflict
	Reason string    `json:"reason"`
	By     string    `json:"by"` // user id
	At     time.Time `json:"at"`
}

// Planned reports whether the hearing is still to be held.
func (h Hearing) Planned() bool { return h.Held.IsZero() && h.Cancelled.IsZero() }

// Witness returns the seat of the witness who testifies.
func (h Hearing) Witness() (Participant, bool) {
	for _, p := range h.Participants {
		if p.Role == RoleWitness && p.Party == h.Party {
			return p, true
		}
	}
	return Participant{}, false
}

// Participant returns a seat by its id.
func (h Hearing) Participant(id ParticipantID) (Participant, bool) {
	if id == BenchID {
		return Participant{ID: BenchID, Role: RoleBench}, true
	}
	for _, p := range h.Participants {
		if p.ID == id {
			return p, true
		}
	}
	return Participant{}, false
}

// Distinguish numbers seats that bear the same label, so that two accused can be told apart: the first keeps it, the second becomes "Accused 2". It changes nothing where
// every label stands once. Witnesses are left alone, whose labels are pseudonyms.
func Distinguish(seats []Participant) {
	taken := map[string]bool{}
	for _, p := range seats {
		taken[p.Label] = true
	}
	seen := map[string]bool{}
	for i, p := range seats {
		if p.Role == RoleWitness {
			continue
		}
		if !seen[p.Label] {
			seen[p.Label] = true
			continue
		}
		for n := 2; ; n++ {
			if label := fmt.Sprintf("%s %d", p.Label, n); !taken[label] {
				seats[i].Label, taken[label], seen[label] = label, true, true
				break
			}
		}
	}
}

// Clocks returns one moment as the court's clock and the witness's clock show it.
func (h Hearing) Clocks(at time.Time) (court, witness time.Time, err error) {
	cz, err := location(h.CourtZone)
	if err != nil || h.CourtZone == "" {
		return at, at, fmt.Errorf("court time zone %q is unknown", h.CourtZone)
	}
	wz, err := location(h.WitnessZone)
	if err != nil || h.WitnessZone == "" {
		return at, at, fmt.Errorf("witness time zone %q is unknown", h.WitnessZone)
	}
	return at.In(cz), at.In(wz), nil
}

// locations are the zones that were asked for: each is read from the system's files once, and not for every line of a list. There are as many as IANA names.
var locations sync.Map

func location(name string) (*time.Location, error) {
	if known, ok := locations.Load(name); ok {
		return known.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		locations.Store(name, zone)
	}
	return zone, err
}

// Longest is the longest hearing that can be planned: a longer one is a mistake in the dates.
const Longest = 12 * time.Hour

// LongestSlot is the longest time before or after a hearing that can be planned, and the longest stretch of testimony.
const LongestSlot = 4 * time.Hour

// LongestRoom is the longest name of a room, in characters.
const LongestRoom = 200

// Check reports everything that is wrong with a hearing, joined; each error begins with the path of the field.
func (h Hearing) Check() error {
	var wrong []error
	add := func(path, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
	}
	if h.Case == "" {
		add("case", "no case is named")
	}
	if h.Party == "" {
		add("party", "no protected party is named")
	}
	if h.Start.IsZero() {
		add("start", "the hearing has no start")
	}
	if h.Duration <= 0 || h.Duration > Longest {
		add("duration", "must be more than zero and at most %s", Longest)
	}
	for i, slot := range []time.Duration{h.Before, h.After, h.BreakEvery} {
		if slot < 0 || slot > LongestSlot {
			add([]string{"before", "after", "break_every"}[i], "must be from zero to %s", LongestSlot)
		}
	}
	if _, err := time.LoadLocation(h.CourtZone); err != nil || h.CourtZone == "" {
		add("court_zone", "%q is not a time zone", h.CourtZone)
	}
	if _, err := time.LoadLocation(h.WitnessZone); err != nil || h.WitnessZone == "" {
		add("witness_zone", "%q is not a time zone", h.WitnessZone)
	}
	if n := utf8.RuneCountInString(h.Room); n > LongestRoom || !utf8.ValidString(h.Room) {
		add("room", "its name has more than %d characters, or is not text", LongestRoom)
	}
	if h.Mode.String() == "" {
		add("mode", "must be public, private or closed")
	}
	seen := map[ParticipantID]bool{BenchID: true}
	witnesses := 0
	for i, p := range h.Participants {
		path := fmt.Sprintf("participants[%d]", i)
		if !p.Role.Valid() {
			add(path+".role", "%q is not a role", p.Role)
		}
		if p.ID == "" || seen[p.ID] {
			add(path+".id", "every seat needs an id of its own")
		}
		seen[p.ID] = true
		if p.Role == RoleWitness && p.Party == h.Party {
			witnesses++
		}
		if p.Role != RoleWitness && p.Party != "" {
			add(path+".party", "only a witness is a protected party")
		}
	}
	for i := range h.Retained {
		if err := h.checkRetained(i); err != nil {
			add(fmt.Sprintf("retained[%d]", i), "%v", err)
		}
	}
	if witnesses != 1 {
		add("participants", "the hearing needs exactly one seat for the witness who testifies; it has %d", witnesses)
	}
	return errors.Join(wrong...)
}
