// Package protection holds the words in which protective measures are spoken: the protected party, its pseudonym, the
// audiences of testimony and what each of them can receive.
//
// Protection is a relation: protected person, audience, medium, direction. It is never a flag on a hearing. The package
// holds no rule of its own; orders live in protection/order and the rules that compile them in protection/policy.
// The type to start from is [Access], one cell of the audience matrix.
//
// The zero value of every type here is the strictest setting, so that what nobody has filled in conceals.
package protection

import (
	"fmt"
	"strings"
	"time"
)

// PartyID names a protected party. It is random and says nothing about the person.
type PartyID string

// CaseID names a case in the vault. It is random; the court's own case number is [testimony.Case.Reference].
type CaseID string

// OrderID names a protective order in the vault. It is random; the court's own number is [order.Order.Reference].
type OrderID string

// Pseudonym is the only name under which a protected person appears anywhere outside the sealed identity: "Witness B".
type Pseudonym string

// Status is the decision taken on a person's position in the proceedings (A/CONF.213/7 §36 and §48).
type Status string

// The statuses. A trafficked person becomes a victim; a smuggled migrant a witness or, of another offence, a possible victim.
const (
	Victim         Status = "victim"
	Witness        Status = "witness"
	VictimWitness  Status = "victim_witness"
	PossibleVictim Status = "possible_victim"
	PersonAtRisk   Status = "person_at_risk" // gets measures without testifying
)

// Statuses lists every status in the order in which a form offers them.
var Statuses = []Status{VictimWitness, Victim, Witness, PossibleVictim, PersonAtRisk}

// Valid reports whether s is one of the known statuses.
func (s Status) Valid() bool {
	for _, known := range Statuses {
		if s == known {
			return true
		}
	}
	return false
}

// Party is a protected party as the working store knows it: an opaque id, a status and a pseudonym for each case.
// It never holds a name, a birth date or an address.
type Party struct {
	ID          PartyID      `json:"id"`
	Status      Status       `json:"status"`
	Language    string       `json:"language"` // BCP 47 tag of the language the person speaks
	Appearances []Appearance `json:"appearances"`
}

// Appearance is the pseudonym that a party bears in one case. Pseudonyms are unique inside a case and never reused.
type Appearance struct {
	Case      CaseID    `json:"case"`
	Pseudonym Pseudonym `json:"pseudonym"`
}

// PseudonymIn returns the party's pseudonym in a case, or "" when the party does not appear in it.
func (p Party) PseudonymIn(c CaseID) Pseudonym {
	for _, a := range p.Appearances {
		if a.Case == c {
			return a.Pseudonym
		}
	}
	return ""
}

// NextPseudonym allots the next free pseudonym of a case: Witness A … Witness Z, Witness AA and so on.
// It is a function of the pseudonyms already given, used ones included, and of nothing about the person.
func NextPseudonym(given []Pseudonym) Pseudonym {
	used := make(map[Pseudonym]bool, len(given))
	for _, g := range given {
		used[Pseudonym(strings.ToUpper(string(g)))] = true
	}
	for n := 0; ; n++ {
		candidate := Pseudonym("Witness " + letters(n))
		if !used[Pseudonym(strings.ToUpper(string(candidate)))] {
			return candidate
		}
	}
}

func letters(n int) string {
	s := ""
	for n >= 0 {
		s = string(rune('A'+n%26)) + s
		n = n/26 - 1
	}
	return s
}

// Audience is one receiver in the matrix. An audience that is none of the known ones receives nothing.
type Audience string

// The audiences. [OtherWitness] makes one more for each protected party.
const (
	Bench          Audience = "bench"
	Assessors      Audience = "assessors"
	Prosecution    Audience = "prosecution"
	DefenceCounsel Audience = "defence"
	Accused        Audience = "accused"
	Interpreter    Audience = "interpreter"
	Intermediary   Audience = "intermediary"
	Support        Audience = "support"
	Coordinator    Audience = "coordinator"
	Gallery        Audience = "gallery"
	Press          Audience = "press"
	MasterRecord   Audience = "master_record"
	PublicRecord   Audience = "public_record"
	Unknown        Audience = ""
)

// Audiences lists the fixed audiences from the innermost outwards, the order in which a matrix is shown.
var Audiences = []Audience{
	Bench, Assessors, Prosecution, DefenceCounsel, Accused, Interpreter, Intermediary, Support, Coordinator,
	Gallery, Press, MasterRecord, PublicRecord,
}

const otherWitness = "witness/"

// OtherWitness is the audience of another protected party: two protected witnesses may be protected from each other.
func OtherWitness(p PartyID) Audience { return Audience(otherWitness + string(p)) }

// OtherParty returns the party of an [OtherWitness] audience.
func (a Audience) OtherParty() (PartyID, bool) {
	p, ok := strings.CutPrefix(string(a), otherWitness)
	return PartyID(p), ok && p != ""
}

// Known reports whether a is a fixed audience or another witness.
func (a Audience) Known() bool {
	if _, ok := a.OtherParty(); ok {
		return true
	}
	for _, known := range Audiences {
		if a == known {
			return true
		}
	}
	return false
}

// Public reports whether the audience belongs to the public: whoever sits there is not vouched for by anyone.
func (a Audience) Public() bool {
	if _, ok := a.OtherParty(); ok {
		return true
	}
	return a == Gallery || a == Press || a == PublicRecord
}

// SessionMode is who may follow the session. A larger value admits fewer people; the zero value is invalid.
type SessionMode int

// The session modes: open session, private session (the public is excluded), closed session (the room is cleared).
const (
	PublicMode SessionMode = iota + 1
	PrivateMode
	ClosedMode
)

var modeNames = map[SessionMode]string{PublicMode: "public", PrivateMode: "private", ClosedMode: "closed"}

func (m SessionMode) String() string { return modeNames[m] }

// ParseMode reads public, private or closed.
func ParseMode(s string) (SessionMode, error) {
	for m, name := range modeNames {
		if s == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("%q is not a session mode: use public, private or closed", s)
}

// MarshalText writes the mode's name.
func (m SessionMode) MarshalText() ([]byte, error) {
	if name := modeNames[m]; name != "" {
		return []byte(name), nil
	}
	return nil, fmt.Errorf("session mode %d does not exist", int(m))
}

// UnmarshalText reads the mode's name.
func (m *SessionMode) UnmarshalText(text []byte) error {
	parsed, err := ParseMode(string(text))
	*m = parsed
	return err
}

// Picture is what an audience sees of the protected person. A smaller value is stricter.
type Picture int

// The pictures, strictest first.
const (
	NoPicture Picture = iota
	Silhouette
	ClearPicture
)

func (p Picture) String() string { return [...]string{"nothing", "silhouette", "clear"}[p] }

// MarshalText writes nothing, silhouette or clear.
func (p Picture) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the picture's name.
func (p *Picture) UnmarshalText(text []byte) error {
	for known := NoPicture; known <= ClearPicture; known++ {
		if known.String() == string(text) {
			*p = known
			return nil
		}
	}
	return fmt.Errorf("%q is not a picture", text)
}

// Voice is what an audience hears of the protected person. A smaller value is stricter.
type Voice int

// The voices, strictest first. With InterpreterOnly the audience hears the interpreter and never the person's own voice.
const (
	NoVoice Voice = iota
	InterpreterOnly
	Disguised
	ClearVoice
)

func (v Voice) String() string {
	return [...]string{"nothing", "interpreter_only", "disguised", "clear"}[v]
}

// MarshalText writes nothing, interpreter_only, disguised or clear.
func (v Voice) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the voice's name.
func (v *Voice) UnmarshalText(text []byte) error {
	for known := NoVoice; known <= ClearVoice; known++ {
		if known.String() == string(text) {
			*v = known
			return nil
		}
	}
	return fmt.Errorf("%q is not a voice", text)
}

// Release is when an audience may receive what its cell grants. A smaller value is stricter.
type Release int

// The releases, strictest first. Delayed takes its delay from [Access.Delay].
const (
	Never Release = iota
	AfterReview
	AfterTestimony
	Delayed
	Live
)

func (r Release) String() string {
	return [...]string{"never", "after_review", "after_testimony", "delayed", "live"}[r]
}

// MarshalText writes the release's name.
func (r Release) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the release's name.
func (r *Release) UnmarshalText(text []byte) error {
	for known := Never; known <= Live; known++ {
		if known.String() == string(text) {
			*r = known
			return nil
		}
	}
	return fmt.Errorf("%q is not a release: use never, after_review, after_testimony, delayed or live", text)
}

// Access is one cell of the matrix: what one audience receives of one protected person, in one session mode.
// The zero value grants nothing and holds no connection.
type Access struct {
	Picture   Picture       `json:"picture"`
	Voice     Voice         `json:"voice"`
	Release   Release       `json:"release"`
	Delay     time.Duration `json:"delay,omitempty"`
	Connected bool          `json:"connected"` // false: the audience's connection is taken down, not merely muted
}

// LaterThan reports whether a is received later than b. What comes after the testimony comes later than any delay.
func (a Access) LaterThan(b Access) bool {
	return a.Release < b.Release || a.Release == b.Release && a.Delay > b.Delay
}

// Stricter returns the cell that grants, field by field, the less of the two; when it is received is one field.
func (a Access) Stricter(b Access) Access {
	when := a
	if b.LaterThan(a) {
		when = b
	}
	return Access{
		Picture:   min(a.Picture, b.Picture),
		Voice:     min(a.Voice, b.Voice),
		Release:   when.Release,
		Delay:     when.Delay,
		Connected: a.Connected && b.Connected,
	}
}

// AtMost reports whether a grants nothing that b does not grant.
func (a Access) AtMost(b Access) bool {
	return a.Picture <= b.Picture && a.Voice <= b.Voice && !b.LaterThan(a) && (!a.Connected || b.Connected)
}

// Full is the cell of the bench: everything, clear and at once.
func Full() Access {
	return Access{Picture: ClearPicture, Voice: ClearVoice, Release: Live, Connected: true}
}
