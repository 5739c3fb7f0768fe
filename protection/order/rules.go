package order

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
)

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

	RuleJudgesClear      = "whoever decides on the evidence sees and hears the witness clear"
	RuleInterpreterHears = "the interpreter hears the witness"
	RuleCounselFollows   = "counsel for each side follow the testimony"
	RuleCounselSees      = "what counsel for the defence does not see or hear is full anonymity"
	RuleConditions       = "full anonymity is granted only when all its conditions are found to be met"
	RuleOneSession       = "a testimony is private or closed, not both"
	RuleAnonymousName    = "whose identity is withheld bears a pseudonym"
	RuleParameter        = "a measure is told only what it needs"
	RuleNeeds            = "a measure is told what it needs"
	RuleRange            = "a parameter keeps within its range"
	RuleKnownValue       = "a parameter's value is one of the list"
)

// Limits of what is written in a measure. Lengths in characters.
const (
	MaxTopics  = 20
	MaxTopic   = 200
	MaxExhibit = 80
	MaxList    = 40 // audiences, passages
	MaxNamed   = 40
)

// together refuses what no order may hold side by side.
func (o Order) together() []error {
	var breaches []error
	at := func(k MeasureKind) int {
		return slices.IndexFunc(o.Measures, func(m Measure) bool { return m.Kind == k })
	}
	if i := at(ClosedSession); i >= 0 && at(PrivateSession) >= 0 {
		breaches = append(breaches, &RuleError{RuleOneSession, fmt.Sprintf("measures[%d]", i), "the order asks for a private session as well"})
	}
	if i := at(FullAnonymity); i >= 0 && at(Pseudonym) < 0 {
		breaches = append(breaches, &RuleError{RuleAnonymousName, fmt.Sprintf("measures[%d]", i), "the order gives no pseudonym"})
	}
	return breaches
}

// check returns every breach of one measure. Anonymous says that the order withholds the identity from the defence.
func (m Measure) check(path string, o Order, anonymous bool) []error {
	e, ok := Find(m.Kind)
	if !ok {
		return []error{&RuleError{RuleKnownMeasure, path + ".kind", fmt.Sprintf("%q is not in the catalogue", m.Kind)}}
	}
	breaches := m.checkAudiences(path, e, o.Party, anonymous)
	if m.Named != "" {
		if err := line(path+".named", string(m.Named), MaxNamed); err != nil {
			breaches = append(breaches, err)
		}
	}
	for _, p := range slices.Sorted(slices.Values(m.sets())) {
		if !slices.Contains(e.Takes, p) {
			breaches = append(breaches, &RuleError{RuleParameter, path + "." + string(p), fmt.Sprintf("%s does not take it", m.Kind)})
		}
	}
	for _, p := range e.Takes {
		if err := m.checkParameter(p, o.From); err != nil {
			err.Path = path + "." + err.Path
			breaches = append(breaches, err)
		}
	}
	return breaches
}

func (m Measure) checkAudiences(path string, e Entry, party protection.PartyID, anonymous bool) []error {
	var breaches []error
	if len(m.Audiences) > MaxList {
		return []error{&RuleError{RuleRange, path + ".audiences", fmt.Sprintf("more than %d audiences", MaxList)}}
	}
	for i, a := range m.Audiences {
		at := fmt.Sprintf("%s.audiences[%d]", path, i)
		switch forbidden := e.forbids(a, anonymous); {
		case a == protection.OtherWitness(party):
			breaches = append(breaches, &RuleError{RuleNotItself, at, "the protected party is named as its own audience"})
		case !a.Known():
			breaches = append(breaches, &RuleError{RuleKnownAudience, at, fmt.Sprintf("%q is not an audience", a)})
		case !e.MayExtend && a != protection.Bench && a != protection.MasterRecord:
			breaches = append(breaches, &RuleError{RuleExtension, at, fmt.Sprintf("%s takes no further audiences", m.Kind)})
		case forbidden != nil && (!slices.Contains(e.Default, a) || a == protection.Bench || a == protection.MasterRecord):
			forbidden.Path = at
			breaches = append(breaches, forbidden)
		}
	}
	return breaches
}

// checkParameter refuses a parameter that is missing or out of its range. The path in the error is the parameter's own.
func (m Measure) checkParameter(p Parameter, from time.Time) *RuleError {
	switch p {
	case TakesRelease:
		return m.checkRelease()
	case TakesTopics:
		return m.checkTopics()
	case TakesConditions:
		return m.checkConditions()
	case TakesWeight:
		if m.Weight != WeightUnsaid {
			return known("weight", []Weight{m.Weight}, Weights)
		}
	case TakesCounterbalances:
		return known("counterbalances", m.Counterbalances, Counterbalances)
	case TakesReview:
		if m.ReviewBy.IsZero() {
			return &RuleError{RuleNeeds, "review_by", "a day of review is missing"}
		}
		if !m.ReviewBy.After(from) {
			return &RuleError{RuleRange, "review_by", "the review would come before the order begins"}
		}
	case TakesExhibit:
		if strings.TrimSpace(m.Exhibit) == "" {
			return &RuleError{RuleNeeds, "exhibit", "the number of the exhibit is missing"}
		}
		return line("exhibit", m.Exhibit, MaxExhibit)
	case TakesPassages:
		return m.checkPassages()
	case TakesStages:
		if len(m.Stages) == 0 {
			return &RuleError{RuleNeeds, "stages", "it is not said which part of the questioning is recorded"}
		}
		return known("stages", m.Stages, Stages)
	}
	return nil
}

func (m Measure) checkRelease() *RuleError {
	switch m.Release {
	case protection.Delayed:
		if m.Delay < MinDelay || m.Delay > MaxDelay {
			return &RuleError{RuleRange, "delay", fmt.Sprintf("a delay lasts from %s to %s", time.Duration(MinDelay), time.Duration(MaxDelay))}
		}
	case protection.AfterTestimony, protection.AfterReview:
		if m.Delay != 0 {
			return &RuleError{RuleParameter, "delay", "only a delayed release has a delay"}
		}
	case protection.Never:
		return &RuleError{RuleNeeds, "release", "it is not said when the public receives: delayed, after_testimony or after_review"}
	default:
		return &RuleError{RuleRange, "release", "a delayed broadcast is not live"}
	}
	return nil
}

func (m Measure) checkTopics() *RuleError {
	if len(m.Topics) == 0 {
		return &RuleError{RuleNeeds, "topics", "no topic is barred"}
	}
	if len(m.Topics) > MaxTopics {
		return &RuleError{RuleRange, "topics", fmt.Sprintf("more than %d topics", MaxTopics)}
	}
	for i, t := range m.Topics {
		if err := line(fmt.Sprintf("topics[%d]", i), t, MaxTopic); err != nil {
			return err
		}
	}
	return nil
}

func (m Measure) checkConditions() *RuleError {
	if err := known("conditions", m.Conditions, slices.Concat(AnonymityConditions...)); err != nil {
		return err
	}
	for _, set := range AnonymityConditions {
		if !slices.ContainsFunc(set, func(c Condition) bool { return !slices.Contains(m.Conditions, c) }) {
			return nil
		}
	}
	return &RuleError{RuleConditions, "conditions", "neither of the sets of conditions is declared whole"}
}

func (m Measure) checkPassages() *RuleError {
	if len(m.Passages) == 0 {
		return &RuleError{RuleNeeds, "passages", "no passage is named"}
	}
	if len(m.Passages) > MaxList {
		return &RuleError{RuleRange, "passages", fmt.Sprintf("more than %d passages", MaxList)}
	}
	for i, p := range m.Passages {
		at := fmt.Sprintf("passages[%d]", i)
		switch {
		case p.From.IsZero():
			return &RuleError{RuleNeeds, at, "the passage has no beginning"}
		case !p.To.After(p.From):
			return &RuleError{RuleRange, at, "the passage would end before it begins"}
		case p.To.Sub(p.From) > MaxPassage:
			return &RuleError{RuleRange, at, fmt.Sprintf("the passage is longer than %s", MaxPassage)}
		}
	}
	return nil
}

// known refuses a value that is not in the list, and one that stands twice.
func known[T ~string](path string, values, list []T) *RuleError {
	for i, v := range values {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !slices.Contains(list, v) {
			return &RuleError{RuleKnownValue, at, fmt.Sprintf("%q is not in the list", v)}
		}
		if slices.Contains(values[:i], v) {
			return &RuleError{RuleOneEach, at, fmt.Sprintf("%s stands twice", v)}
		}
	}
	return nil
}

// line refuses an empty text beside what [text] refuses.
func line(path, s string, most int) *RuleError {
	if strings.TrimSpace(s) == "" {
		return &RuleError{RuleText, path, "the text is empty"}
	}
	if breach, ok := errors.AsType[*RuleError](text(path, s, most, false)); ok {
		return breach
	}
	return nil
}

// CheckLine refuses a line of text that is empty, too long, or holds signs that do not show; its error is a [*RuleError]. Most is in characters.
func CheckLine(path, s string, most int) error {
	if breach := line(path, s, most); breach != nil {
		return breach
	}
	return nil
}

// CheckScript refuses letters of more than one script in a text that could pass for another one; its error is a [*RuleError].
func CheckScript(path, s string) error { return oneScript(path, s) }
