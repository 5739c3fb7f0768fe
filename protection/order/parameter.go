package order

import (
	"fmt"
	"slices"
	"time"

	"paravent/protection"
)

// Parameter names something that a measure needs to be told beyond its audiences.
type Parameter string

// The parameters, by the names of their fields in JSON.
const (
	TakesRelease         Parameter = "release" // with delay
	TakesTopics          Parameter = "topics"
	TakesConditions      Parameter = "conditions"
	TakesDisguise        Parameter = "disguise"
	TakesWeight          Parameter = "weight"
	TakesCounterbalances Parameter = "counterbalances"
	TakesReview          Parameter = "review_by"
	TakesExhibit         Parameter = "exhibit"
	TakesPassages        Parameter = "passages"
	TakesStages          Parameter = "stages"
)

// Parameters are what a measure is told. The zero value of each is unset and is read as the strictest.
type Parameters struct {
	// Release is when the public receives: delayed, after_testimony or after_review. Delay goes with delayed alone.
	Release protection.Release `json:"release,omitzero"`
	Delay   Delay              `json:"delay,omitzero"`
	// Topics are what counsel may not ask about. They stand on the bench's panel, so they say no more than that.
	Topics []string `json:"topics,omitempty"`
	// Conditions are those that the court finds to be met.
	Conditions []Condition `json:"conditions,omitempty"`
	// Disguise lets the defence hear a disguised voice instead of the interpreter's alone.
	Disguise        bool             `json:"disguise,omitempty"`
	Weight          Weight           `json:"weight,omitempty"`
	Counterbalances []Counterbalance `json:"counterbalances,omitempty"`
	ReviewBy        time.Time        `json:"review_by,omitzero"`
	// Exhibit is the court's own number of what is sealed.
	Exhibit  string    `json:"exhibit,omitempty"`
	Passages []Passage `json:"passages,omitempty"`
	Stages   []Stage   `json:"stages,omitempty"`
}

// Delay is how much later than the hearing a broadcast goes out. In JSON it is written as "30m0s".
type Delay time.Duration

// The shortest and the longest delay. A mark blanks from 20 s before it to 10 s after; a minute leaves time to make it. What is
// held longer than a day is released after the testimony, or after a review.
const (
	MinDelay = Delay(time.Minute)
	MaxDelay = Delay(24 * time.Hour)
)

// MarshalText writes the delay as 30m0s.
func (d Delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a delay such as 30m or 90s.
func (d *Delay) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a delay: write it as 30m", text)
	}
	*d = Delay(parsed)
	return nil
}

// Weight is how much of the case rests on the evidence that a measure narrows.
type Weight string

// The weights. While nobody has said, the panel of fairness warns as if the evidence were decisive.
const (
	WeightUnsaid   Weight = ""
	NotDecisive    Weight = "not_decisive"
	SoleOrDecisive Weight = "sole_or_decisive"
)

// Weights lists what can be said of the evidence.
var Weights = []Weight{NotDecisive, SoleOrDecisive}

// Counterbalance is what makes up to the defence for a measure that narrows it (ECtHR Schatschaschwili v. Germany).
type Counterbalance string

// The counterbalances.
const (
	CounselStillSees   Counterbalance = "counsel_sees"        // counsel for the defence sees and hears clear
	JudgeKnowsIdentity Counterbalance = "judge_knows"         // the court has examined who the witness is, and why they may be believed
	QuestionsAnswered  Counterbalance = "questions_put"       // the defence has every question put, if need be by the judge
	EarlierQuestioning Counterbalance = "earlier_questioning" // the defence could question the witness earlier
	OtherEvidence      Counterbalance = "other_evidence"      // other evidence supports the testimony
	CredibilityShown   Counterbalance = "credibility_shown"   // what speaks against the witness's word was disclosed
	CautionGiven       Counterbalance = "caution_given"       // whoever decides is told to weigh the testimony with caution
	VideoShown         Counterbalance = "video_shown"         // how the witness bore the questioning can be watched again
)

// Counterbalances lists the counterbalances in the order in which a form offers them.
var Counterbalances = []Counterbalance{CounselStillSees, QuestionsAnswered, JudgeKnowsIdentity, EarlierQuestioning, OtherEvidence,
	CredibilityShown, CautionGiven, VideoShown}

// Condition is a legal condition that the court finds to be met before it grants a measure.
type Condition string

// The conditions of full anonymity: A, B and C of the Coroners and Justice Act 2009 section 88, and those of CPP 706-58.
const (
	Necessity        Condition = "necessity"
	FairTrial        Condition = "fair_trial"
	WouldNotTestify  Condition = "would_not_testify"
	OffenceThreshold Condition = "offence_three_years"
	GraveDanger      Condition = "grave_danger"
	SeparateFile     Condition = "separate_file"
)

// AnonymityConditions are the sets of conditions of which full anonymity needs one whole.
var AnonymityConditions = [][]Condition{
	{Necessity, FairTrial, WouldNotTestify},
	{OffenceThreshold, GraveDanger, SeparateFile},
}

// Passage is a stretch of the record that the public never gets, from its first moment to before its last one.
type Passage struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// MaxPassage is the longest passage that one line of an order takes out: a longer one is a whole day in private session.
const MaxPassage = 12 * time.Hour

// Stage is a part of the questioning.
type Stage string

// The stages.
const (
	InChief       Stage = "chief"
	CrossExamined Stage = "cross"
	ReExamined    Stage = "re_examination"
)

// Stages lists the stages in their order.
var Stages = []Stage{InChief, CrossExamined, ReExamined}

// sets lists the parameters that are set.
func (p Parameters) sets() []Parameter {
	var list []Parameter
	for name, set := range map[Parameter]bool{
		TakesRelease: p.Release != protection.Never || p.Delay != 0, TakesTopics: len(p.Topics) > 0, TakesConditions: len(p.Conditions) > 0,
		TakesDisguise: p.Disguise, TakesWeight: p.Weight != WeightUnsaid, TakesCounterbalances: len(p.Counterbalances) > 0,
		TakesReview: !p.ReviewBy.IsZero(), TakesExhibit: p.Exhibit != "", TakesPassages: len(p.Passages) > 0, TakesStages: len(p.Stages) > 0,
	} {
		if set {
			list = append(list, name)
		}
	}
	return list
}

// Needs lists the parameters without which the measure is refused.
func (e Entry) Needs() []Parameter {
	return slices.DeleteFunc(slices.Clone(e.Takes), func(p Parameter) bool { return p == TakesDisguise || p == TakesWeight || p == TakesCounterbalances })
}

// When reads when the public receives. What no order could be filed with, is never.
func (p Parameters) When() (protection.Release, time.Duration) {
	switch p.Release {
	case protection.Delayed:
		if p.Delay >= MinDelay {
			return protection.Delayed, time.Duration(p.Delay)
		}
	case protection.AfterTestimony, protection.AfterReview:
		return p.Release, 0
	}
	return protection.Never, 0
}

// Keeps reports whether a measure orders all that an earlier one of its kind did: no audience, topic, passage, condition or counterbalance is lost, and
// nothing is released sooner or to more ears.
func (m Measure) Keeps(was Measure) bool {
	return m.Kind == was.Kind && within(was.Audiences, m.Audiences) && m.Parameters.keep(was.Parameters)
}

func (p Parameters) keep(was Parameters) bool {
	release, delay := p.When()
	wasRelease, wasDelay := was.When()
	sooner := release > wasRelease || release == wasRelease && delay < wasDelay
	later := !was.ReviewBy.IsZero() && (p.ReviewBy.IsZero() || p.ReviewBy.After(was.ReviewBy))
	return !sooner && !later && (was.Disguise || !p.Disguise) && p.Exhibit == was.Exhibit && within(was.Topics, p.Topics) &&
		within(was.Conditions, p.Conditions) && within(was.Counterbalances, p.Counterbalances) && within(was.Stages, p.Stages) &&
		!slices.ContainsFunc(was.Passages, func(w Passage) bool {
			return !slices.ContainsFunc(p.Passages, func(n Passage) bool { return !n.From.After(w.From) && !n.To.Before(w.To) })
		})
}

// within reports whether every part is in the whole.
func within[T comparable](parts, whole []T) bool {
	return !slices.ContainsFunc(parts, func(t T) bool { return !slices.Contains(whole, t) })
}
