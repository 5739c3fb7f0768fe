package order

import (
	"fmt"
	"slices"

	"paravent/protection"
)

// MeasureKind is a protective measure of the catalogue.
type MeasureKind string

// The measures that the compiler knows.
const (
	Pseudonym       MeasureKind = "pseudonym"
	FaceAlteration  MeasureKind = "face_alteration"
	VoiceDisguised  MeasureKind = "voice_disguised"
	InterpreterOnly MeasureKind = "interpreter_only"
	ScreenAccused   MeasureKind = "screen_accused" // the witness is not shown the accused
	ScreenWitness   MeasureKind = "screen_witness" // the accused is not shown the witness
	PrivateSession  MeasureKind = "private_session"
	ClosedSession   MeasureKind = "closed_session"
	LiveLink        MeasureKind = "live_link"
)

// Medium is what a measure acts on.
type Medium string

// The media of a measure.
const (
	OnName    Medium = "name"
	OnPicture Medium = "picture"
	OnVoice   Medium = "voice"
	OnAccused Medium = "accused"
	OnSession Medium = "session"
	OnPlace   Medium = "place"
)

// Entry is one line of the catalogue of measures: the catalogue is data, which each court edits for its own law.
type Entry struct {
	Kind      MeasureKind
	Medium    Medium
	Default   []protection.Audience // audiences the measure always covers
	MayExtend bool                  // whether an order may name further audiences
	Basis     []LegalBasis
}

// LegalBasis is a rule that a measure can rest on. Unless Seen, it is shown as "to be checked by counsel".
type LegalBasis struct {
	Rule string
	Seen bool
}

var public = []protection.Audience{protection.Gallery, protection.Press, protection.PublicRecord}

// Catalogue lists the measures in the order in which an order form offers them.
var Catalogue = []Entry{
	{Kind: Pseudonym, Medium: OnName, Default: protection.Audiences,
		Basis: []LegalBasis{{"ICTY rule 75(B)(i)(d)", true}, {"ICC rule 87(3)(d)", false}, {"CPP 706-62-1", true}}},
	{Kind: FaceAlteration, Medium: OnPicture, Default: public, MayExtend: true,
		Basis: []LegalBasis{{"ICTY rule 75(B)(i)(c)", true}, {"ICC rule 87(3)(c)", false}, {"CPP 706-61", true}}},
	{Kind: InterpreterOnly, Medium: OnVoice, Default: public, MayExtend: true,
		Basis: []LegalBasis{{"ICC rule 87(3)(c)", false}, {"A/CONF.213/7 §30", true}}},
	{Kind: VoiceDisguised, Medium: OnVoice, Default: public, MayExtend: true,
		Basis: []LegalBasis{{"ICTY rule 75(B)(i)(c)", true}, {"CJA 2009 s86(2)(e)", true}}},
	{Kind: ScreenAccused, Medium: OnAccused,
		Basis: []LegalBasis{{"YJCEA s23", true}, {"A/CONF.213/7 §30", true}}},
	{Kind: ScreenWitness, Medium: OnPicture, Default: []protection.Audience{protection.Accused},
		Basis: []LegalBasis{{"YJCEA s23", true}, {"A/CONF.213/7 §30", true}}},
	{Kind: PrivateSession, Medium: OnSession, MayExtend: true,
		Basis: []LegalBasis{{"ICTY rule 79", true}, {"ICC article 68(2)", false}}},
	{Kind: ClosedSession, Medium: OnSession, MayExtend: true,
		Basis: []LegalBasis{{"ICTY rule 79", true}, {"YJCEA s25", true}, {"CPP 306", false}}},
	{Kind: LiveLink, Medium: OnPlace,
		Basis: []LegalBasis{{"UNTOC article 18(18)", false}, {"YJCEA s24", true}, {"A/CONF.213/7 §30", true}}},
}

// Find returns the catalogue's entry for a kind.
func Find(kind MeasureKind) (Entry, bool) {
	for _, e := range Catalogue {
		if e.Kind == kind {
			return e, true
		}
	}
	return Entry{}, false
}

// Measure is one protective measure of an order.
type Measure struct {
	Kind MeasureKind `json:"kind"`
	// Audiences are covered in addition to the catalogue's default ones; for a private or closed session they are
	// the audiences that must leave although the mode alone would let them stay.
	Audiences []protection.Audience `json:"audiences,omitempty"`
}

// Covers reports whether the measure reaches an audience. Another witness stands with the public: nobody vouches for
// what a person heard before testifying.
func (m Measure) Covers(a protection.Audience) bool {
	e, ok := Find(m.Kind)
	if !ok {
		return true // an unknown measure is read as covering everyone
	}
	if slices.Contains(e.Default, a) || slices.Contains(m.Audiences, a) {
		return true
	}
	_, other := a.OtherParty()
	return other && slices.Contains(e.Default, protection.Gallery)
}

// RuleError is a measure that the law of the house refuses, with the rule's name.
type RuleError struct {
	Rule string
	Path string // where in the order: measures[1].audiences[0]
	Why  string
}

func (e *RuleError) Error() string { return fmt.Sprintf("%s: %s (rule: %s)", e.Path, e.Why, e.Rule) }

// The names of the rules by which an order is refused when it is filed.
const (
	RuleBenchClear    = "the bench always sees and hears the witness clear"
	RuleMasterClear   = "the sealed master record keeps the evidence as given"
	RuleKnownMeasure  = "a measure comes from the catalogue"
	RuleKnownAudience = "an audience is one the matrix knows"
	RuleExtension     = "this measure has fixed audiences"
	RuleNotEmpty      = "an order holds at least one measure"
	RulePeriod        = "an order ends after it begins"
	RuleOneEach       = "a measure is ordered once"
	RuleNotItself     = "a witness is not an audience of their own testimony"
)

func (m Measure) check(path string, party protection.PartyID) error {
	e, ok := Find(m.Kind)
	if !ok {
		return &RuleError{RuleKnownMeasure, path + ".kind", fmt.Sprintf("%q is not in the catalogue", m.Kind)}
	}
	for i, a := range m.Audiences {
		at := fmt.Sprintf("%s.audiences[%d]", path, i)
		switch {
		case a == protection.Bench:
			return &RuleError{RuleBenchClear, at, "no measure can be directed at the bench"}
		case a == protection.MasterRecord:
			return &RuleError{RuleMasterClear, at, "no measure can be directed at the master record"}
		case a == protection.OtherWitness(party):
			return &RuleError{RuleNotItself, at, "the protected party is named as its own audience"}
		case !a.Known():
			return &RuleError{RuleKnownAudience, at, fmt.Sprintf("%q is not an audience", a)}
		case !e.MayExtend:
			return &RuleError{RuleExtension, at, fmt.Sprintf("%s takes no further audiences", m.Kind)}
		}
	}
	return nil
}
