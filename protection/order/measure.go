package order

import (
	"slices"

	"paravent/protection"
)

// MeasureKind is a protective measure of the catalogue.
type MeasureKind string

// The measures that the compiler knows. Their names stand in stored orders.
const (
	Pseudonym            MeasureKind = "pseudonym"
	NonDisclosure        MeasureKind = "non_disclosure" // of name and whereabouts, to the public
	Expunge              MeasureKind = "expunge"        // passages, from whatever of the record the public gets
	FaceAlteration       MeasureKind = "face_alteration"
	VoiceDisguised       MeasureKind = "voice_disguised"
	InterpreterOnly      MeasureKind = "interpreter_only"
	ScreenAccused        MeasureKind = "screen_accused" // the witness is not shown the accused
	ScreenWitness        MeasureKind = "screen_witness" // the accused is not shown the witness
	PrivateSession       MeasureKind = "private_session"
	ClosedSession        MeasureKind = "closed_session"
	LiveLink             MeasureKind = "live_link"
	PreRecorded          MeasureKind = "pre_recorded"
	IntermediaryHelp     MeasureKind = "intermediary"
	SupportPerson        MeasureKind = "support_person"
	Questioning          MeasureKind = "control_of_questioning"
	DelayedBroadcast     MeasureKind = "delayed_broadcast"
	FullAnonymity        MeasureKind = "full_anonymity" // the identity is withheld from the defence
	AddressSubstitution  MeasureKind = "address_substitution"
	SealedExhibit        MeasureKind = "sealed_exhibit"
	ReportingRestriction MeasureKind = "reporting_restriction"
	NonPunishment        MeasureKind = "non_punishment_note"
	PhysicalProtection   MeasureKind = "physical_protection" // the plan itself is kept apart; here it is only said to be in force
)

// Medium is what a measure acts on.
type Medium string

// The media of a measure.
const (
	OnName     Medium = "name"
	OnPicture  Medium = "picture"
	OnVoice    Medium = "voice"
	OnIdentity Medium = "identity" // picture, voice and name together
	OnAccused  Medium = "accused"
	OnSession  Medium = "session"
	OnPlace    Medium = "place"
	OnRelease  Medium = "release" // when the public receives
	OnRecord   Medium = "record"
	OnHelp     Medium = "help" // who sits with the witness
	OnQuestion Medium = "questions"
	OnExhibit  Medium = "exhibit"
	OnPress    Medium = "press"
	OnCharge   Medium = "charge"
	OnSafety   Medium = "safety"
)

// Entry is what the program itself fixes of a measure. A court's own catalogue (protection/catalogue) names the measure, its
// legal bases and its conditions; it can change nothing of this.
type Entry struct {
	Kind      MeasureKind
	Medium    Medium
	Default   []protection.Audience // audiences the measure always covers
	MayExtend bool                  // whether an order may name further audiences; which ones, says [Entry.MayCover]
	Takes     []Parameter           // the parameters that the measure has
}

var (
	public  = []protection.Audience{protection.Gallery, protection.Press, protection.PublicRecord}
	defence = []protection.Audience{protection.DefenceCounsel, protection.Accused}
	record  = []protection.Audience{protection.PublicRecord}
	// fairness are the parameters of what narrows the defence: how much rests on the evidence, and what makes up for it.
	fairness = []Parameter{TakesWeight, TakesCounterbalances}
)

// Catalogue lists the measures in the order in which an order form offers them.
var Catalogue = []Entry{
	{Kind: Pseudonym, Medium: OnName, Default: protection.Audiences},
	{Kind: NonDisclosure, Medium: OnName, Default: public},
	{Kind: FaceAlteration, Medium: OnPicture, Default: public, MayExtend: true, Takes: fairness},
	{Kind: InterpreterOnly, Medium: OnVoice, Default: public, MayExtend: true, Takes: fairness},
	{Kind: VoiceDisguised, Medium: OnVoice, Default: public, MayExtend: true, Takes: fairness},
	{Kind: ScreenAccused, Medium: OnAccused},
	{Kind: ScreenWitness, Medium: OnPicture, Default: []protection.Audience{protection.Accused}, Takes: fairness},
	{Kind: PrivateSession, Medium: OnSession, MayExtend: true, Takes: fairness},
	{Kind: ClosedSession, Medium: OnSession, MayExtend: true, Takes: fairness},
	{Kind: LiveLink, Medium: OnPlace},
	{Kind: PreRecorded, Medium: OnPlace, Takes: []Parameter{TakesStages, TakesWeight, TakesCounterbalances}},
	{Kind: IntermediaryHelp, Medium: OnHelp},
	{Kind: SupportPerson, Medium: OnHelp},
	{Kind: Questioning, Medium: OnQuestion, Takes: []Parameter{TakesTopics}},
	{Kind: DelayedBroadcast, Medium: OnRelease, Default: []protection.Audience{protection.Press, protection.PublicRecord}, MayExtend: true,
		Takes: []Parameter{TakesRelease}},
	{Kind: Expunge, Medium: OnRecord, Default: record, Takes: []Parameter{TakesPassages}},
	{Kind: FullAnonymity, Medium: OnIdentity, Default: slices.Concat(defence, public), MayExtend: true,
		Takes: []Parameter{TakesConditions, TakesDisguise, TakesWeight, TakesCounterbalances}},
	{Kind: AddressSubstitution, Medium: OnName},
	{Kind: SealedExhibit, Medium: OnExhibit, Default: public, Takes: []Parameter{TakesExhibit}},
	{Kind: ReportingRestriction, Medium: OnPress, Default: []protection.Audience{protection.Press}},
	{Kind: NonPunishment, Medium: OnCharge},
	{Kind: PhysicalProtection, Medium: OnSafety, Takes: []Parameter{TakesReview}},
}

var entries = func() map[MeasureKind]Entry {
	byKind := make(map[MeasureKind]Entry, len(Catalogue))
	for _, e := range Catalogue {
		byKind[e.Kind] = e
	}
	return byKind
}()

// Find returns the catalogue's entry for a kind.
func Find(kind MeasureKind) (Entry, bool) {
	e, ok := entries[kind]
	return e, ok
}

// Conceals reports whether the measure can keep the witness's picture, voice or identity from whom it covers.
func (e Entry) Conceals() bool {
	switch e.Medium {
	case OnPicture, OnVoice, OnIdentity:
		return true
	}
	return false
}

// MayCover reports whether an order may direct the measure at an audience besides the ones that it always covers. Beside full
// anonymity the others may cover counsel for the defence too; a form asks with that known.
func (e Entry) MayCover(a protection.Audience, anonymous bool) bool {
	return e.MayExtend && a.Known() && e.forbids(a, anonymous) == nil
}

// forbids names the rule that keeps a measure from an audience, or returns nil.
func (e Entry) forbids(a protection.Audience, anonymous bool) *RuleError {
	session := e.Medium == OnSession
	switch {
	case a == protection.Bench:
		return &RuleError{Rule: RuleBenchClear, Why: "no measure can be directed at the bench"}
	case a == protection.MasterRecord:
		return &RuleError{Rule: RuleMasterClear, Why: "no measure can be directed at the master record"}
	case !e.Conceals() && !session:
		return nil
	case a == protection.Assessors:
		return &RuleError{Rule: RuleJudgesClear, Why: "the assessors decide on the evidence"}
	case a == protection.Interpreter && (session || e.Medium != OnPicture):
		return &RuleError{Rule: RuleInterpreterHears, Why: "the interpreter would not hear the witness"}
	case a == protection.Prosecution, a == protection.DefenceCounsel && session:
		return &RuleError{Rule: RuleCounselFollows, Why: "one side would have no counsel who follows the testimony"}
	case a == protection.DefenceCounsel && !anonymous:
		return &RuleError{Rule: RuleCounselSees, Why: "what is hidden from counsel for the defence needs full anonymity and its conditions"}
	}
	return nil
}

// Measure is one protective measure of an order. Which of the parameters a kind has, its [Entry] says.
type Measure struct {
	Kind MeasureKind `json:"kind"`
	// Audiences are covered in addition to the catalogue's default ones; for a private or closed session they are
	// the audiences that must leave although the mode alone would let them stay.
	Audiences []protection.Audience `json:"audiences,omitempty"`
	// Named is the court's own measure under which this one was ordered, for the reader. Nothing is compiled from it.
	Named MeasureKind `json:"named,omitempty"`
	Parameters
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
