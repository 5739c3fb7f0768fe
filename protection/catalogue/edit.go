package catalogue

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"paravent/protection"
	"paravent/protection/order"
)

// Limits of what a court writes into its catalogue. Lengths in characters.
const (
	MaxName      = 80
	MaxRule      = 160
	MaxCondition = 400
	MaxLines     = 20 // bases, and conditions
	MaxParts     = 8
	MaxOwn       = 200 // measures of the court's own
)

// The names of the rules by which an edit of the catalogue is refused. Its errors are [order.RuleError]: the words for them are the same everywhere.
const (
	RuleID        = "a measure's id is 2 to 40 of the letters a to z, digits and _, and begins with a letter"
	RuleNew       = "a measure is added once, and its id is never given again"
	RuleNameAlone = "no two measures of the catalogue have one name"
	RuleLatin     = "an English or French name is written in Latin letters"
	RuleBasis     = "a measure rests on at least one rule of law"
	RuleList      = "an entry's value is one of the list, and stands once"
	RuleMany      = "an entry has an end"
	RuleEffect    = "what a measure does is compiled by the program; no edit of the catalogue changes it"
	RuleDeclared  = "the conditions that an order has to declare stay in the catalogue"
	RuleStricter  = "a court adds audiences that a measure may cover, and takes none away that it always covers"
	RuleOwnParts  = "a measure of the court's own is made of the program's measures, each once"
)

// Ends lists when a measure can end, in the order in which a form offers it.
var Ends = []End{EndsSurvives, EndsTrial, EndsOrder, EndsSwitch, EndsLifetime, EndsReviewed, EndsNever, EndsRelease, EndsNone}

// ApplicantsOf lists who can apply for a measure, in the order in which a form offers them.
var ApplicantsOf = []Applicant{ByWitness, ByProsecution, ByDefence, ByUnit, ByCourt}

// LawsOf lists the bodies of law that a basis can be of.
var LawsOf = append(slices.Clone(Laws), National)

var idShape = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// Tidy trims the texts of an entry.
func (e Entry) Tidy() Entry {
	trim := func(w Words) Words { return Words{strings.TrimSpace(w.EN), strings.TrimSpace(w.FR)} }
	e.Kind, e.Name, e.Effect = order.MeasureKind(strings.TrimSpace(string(e.Kind))), trim(e.Name), trim(e.Effect)
	e.Bases, e.Conditions = slices.Clone(e.Bases), slices.Clone(e.Conditions)
	for i := range e.Bases {
		e.Bases[i].Rule = strings.TrimSpace(e.Bases[i].Rule)
	}
	for i := range e.Conditions {
		e.Conditions[i].Words = trim(e.Conditions[i].Words)
	}
	return e
}

// Check refuses an entry that may not stand in the catalogue, naming the rule and the place. It returns every breach, joined; each one is an
// [*order.RuleError]. The catalogue is the one in force, in which the entry is to take its place.
func (c Catalogue) Check(e Entry) error {
	var breaches []error
	add := func(rule, path, format string, args ...any) {
		breaches = append(breaches, &order.RuleError{Rule: rule, Path: path, Why: fmt.Sprintf(format, args...)})
	}
	if !idShape.MatchString(string(e.Kind)) {
		add(RuleID, "id", "%q is no id", clip(string(e.Kind)))
	}
	breaches = append(breaches, c.checkNames(e)...)
	breaches = append(breaches, e.checkBases()...)
	breaches = append(breaches, e.checkConditions()...)
	breaches = append(breaches, values("applicants", e.Applicants, ApplicantsOf)...)
	if !slices.Contains(Ends, e.End) {
		add(RuleList, "end", "%q is no end of a measure", clip(string(e.End)))
	}
	if len(e.Applicants) == 0 {
		add(RuleList, "applicants", "nobody may apply for it")
	}
	if _, known := order.Find(e.Kind); known {
		breaches = append(breaches, e.checkShipped()...)
	} else {
		breaches = append(breaches, c.checkOwn(e)...)
	}
	return errors.Join(breaches...)
}

// clip shortens what is told of a wrong text.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func (c Catalogue) checkNames(e Entry) (breaches []error) {
	for _, n := range []struct {
		path, text string
		of         func(Entry) string
	}{{"name.en", e.Name.EN, func(o Entry) string { return o.Name.EN }}, {"name.fr", e.Name.FR, func(o Entry) string { return o.Name.FR }}} {
		if err := order.CheckLine(n.path, n.text, MaxName); err != nil {
			breaches = append(breaches, err)
			continue
		}
		if strings.ContainsFunc(n.text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) {
			breaches = append(breaches, &order.RuleError{Rule: RuleLatin, Path: n.path, Why: "it has a letter of another script"})
		}
		for _, o := range c.Measures {
			if o.Kind != e.Kind && strings.EqualFold(n.of(o), n.text) {
				breaches = append(breaches, &order.RuleError{Rule: RuleNameAlone, Path: n.path, Why: fmt.Sprintf("%s is called so", o.Kind)})
			}
		}
	}
	return breaches
}

func (e Entry) checkBases() (breaches []error) {
	if len(e.Bases) == 0 {
		breaches = append(breaches, &order.RuleError{Rule: RuleBasis, Path: "bases", Why: "no rule is named"})
	}
	if len(e.Bases) > MaxLines {
		return append(breaches, &order.RuleError{Rule: RuleMany, Path: "bases", Why: fmt.Sprintf("more than %d bases", MaxLines)})
	}
	for i, b := range e.Bases {
		at := fmt.Sprintf("bases[%d]", i)
		if !slices.Contains(LawsOf, b.Law) {
			breaches = append(breaches, &order.RuleError{Rule: RuleList, Path: at + ".law", Why: fmt.Sprintf("%q is no body of law", clip(string(b.Law)))})
		}
		if err := errors.Join(order.CheckLine(at+".rule", b.Rule, MaxRule), order.CheckScript(at+".rule", b.Rule)); err != nil {
			breaches = append(breaches, err)
		}
		if slices.ContainsFunc(e.Bases[:i], func(o Basis) bool { return o.Law == b.Law && o.Rule == b.Rule }) {
			breaches = append(breaches, &order.RuleError{Rule: RuleList, Path: at, Why: "the rule stands twice"})
		}
	}
	return breaches
}

func (e Entry) checkConditions() (breaches []error) {
	if len(e.Conditions) > MaxLines {
		return []error{&order.RuleError{Rule: RuleMany, Path: "conditions", Why: fmt.Sprintf("more than %d conditions", MaxLines)}}
	}
	for i, cond := range e.Conditions {
		at := fmt.Sprintf("conditions[%d]", i)
		for _, err := range []error{order.CheckLine(at+".en", cond.EN, MaxCondition), order.CheckLine(at+".fr", cond.FR, MaxCondition)} {
			if err != nil {
				breaches = append(breaches, err)
			}
		}
		if cond.Law != "" && !slices.Contains(LawsOf, cond.Law) {
			breaches = append(breaches, &order.RuleError{Rule: RuleList, Path: at + ".law", Why: fmt.Sprintf("%q is no body of law", clip(string(cond.Law)))})
		}
		if cond.Declare != "" && !slices.Contains(slices.Concat(order.AnonymityConditions...), cond.Declare) {
			breaches = append(breaches, &order.RuleError{Rule: RuleList, Path: at + ".declare", Why: fmt.Sprintf("%q is no condition that an order declares", clip(string(cond.Declare)))})
		}
	}
	return breaches
}

func values[T ~string](path string, list, known []T) (breaches []error) {
	if len(list) > MaxLines {
		return []error{&order.RuleError{Rule: RuleMany, Path: path, Why: fmt.Sprintf("more than %d", MaxLines)}}
	}
	for i, v := range list {
		if !slices.Contains(known, v) || slices.Contains(list[:i], v) {
			breaches = append(breaches, &order.RuleError{Rule: RuleList, Path: fmt.Sprintf("%s[%d]", path, i), Why: fmt.Sprintf("%q is not in the list, or stands twice", clip(string(v)))})
		}
	}
	return breaches
}

// checkShipped refuses to change what the program fixes of a measure.
func (e Entry) checkShipped() (breaches []error) {
	shipped, _ := Shipped().Find(e.Kind)
	if e.Effect != shipped.Effect {
		breaches = append(breaches, &order.RuleError{Rule: RuleEffect, Path: "effect", Why: "it says something else than what is compiled"})
	}
	if len(e.Parts) > 0 {
		breaches = append(breaches, &order.RuleError{Rule: RuleEffect, Path: "parts", Why: "a shipped measure has no parts"})
	}
	for _, s := range shipped.Conditions {
		if s.Declare != "" && !slices.ContainsFunc(e.Conditions, func(c Condition) bool { return c.Declare == s.Declare }) {
			breaches = append(breaches, &order.RuleError{Rule: RuleDeclared, Path: "conditions", Why: fmt.Sprintf("%s is missing", s.Declare)})
		}
	}
	known, _ := order.Find(e.Kind)
	for i, a := range e.Audiences {
		if err := court(a, fmt.Sprintf("audiences[%d]", i), e.Audiences[:i]); err != nil {
			breaches = append(breaches, err)
		} else if !known.MayCover(a, e.Kind == order.FullAnonymity) {
			breaches = append(breaches, &order.RuleError{Rule: RuleStricter, Path: fmt.Sprintf("audiences[%d]", i), Why: fmt.Sprintf("%s can't be directed at %q", e.Kind, clip(string(a)))})
		}
	}
	return breaches
}

// court refuses an audience that is one of a case, and one that stands twice.
func court(a protection.Audience, path string, before []protection.Audience) error {
	if _, other := a.OtherParty(); other {
		return &order.RuleError{Rule: RuleStricter, Path: path, Why: "a witness is an audience of an order, and of no catalogue"}
	}
	if slices.Contains(before, a) {
		return &order.RuleError{Rule: RuleList, Path: path, Why: "the audience stands twice"}
	}
	return nil
}

// checkOwn refuses a measure of the court's own that no order could hold.
func (c Catalogue) checkOwn(e Entry) (breaches []error) {
	add := func(rule, path, why string) {
		breaches = append(breaches, &order.RuleError{Rule: rule, Path: path, Why: why})
	}
	if e.Effect != (Words{}) {
		add(RuleEffect, "effect", "its parts say what it does")
	}
	if len(e.Audiences) > 0 {
		add(RuleOwnParts, "audiences", "audiences are those of its parts")
	}
	if len(e.Parts) == 0 || len(e.Parts) > MaxParts {
		add(RuleOwnParts, "parts", fmt.Sprintf("it has %d parts; 1 to %d are allowed", len(e.Parts), MaxParts))
		return breaches
	}
	own := 0
	for _, o := range c.Measures {
		if o.Own() && o.Kind != e.Kind {
			own++
		}
	}
	if own >= MaxOwn {
		add(RuleMany, "parts", fmt.Sprintf("the court has %d measures of its own", own))
	}
	for i, p := range e.Parts {
		if p.Named != "" {
			add(RuleOwnParts, fmt.Sprintf("parts[%d].named", i), "a part is one of the program's measures")
		}
		for j, a := range p.Audiences {
			if err := court(a, fmt.Sprintf("parts[%d].audiences[%d]", i, j), p.Audiences[:j]); err != nil {
				breaches = append(breaches, err)
			}
		}
	}
	// What an order with this measure alone would be refused for, but for what the order itself has to say and for a pseudonym, which stands beside it.
	sample := order.Order{Party: "p", Measures: slices.Clone(e.Parts), From: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, err := range joined(sample.Check()) {
		var breach *order.RuleError
		if !errors.As(err, &breach) {
			continue
		}
		open := breach.Rule == order.RuleNeeds || breach.Rule == order.RuleAnonymousName
		for i, p := range e.Parts {
			at := fmt.Sprintf("measures[%d].", i)
			open = open || strings.HasPrefix(breach.Path, at+"conditions") && len(p.Conditions) == 0
		}
		if !open {
			breach.Path = strings.Replace(breach.Path, "measures[", "parts[", 1)
			breaches = append(breaches, breach)
		}
	}
	return breaches
}

// joined are the errors of an [errors.Join].
func joined(err error) []error {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return list.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

func place(i int) string { return fmt.Sprintf("measures[%d]", i) }

// Same reports whether two entries say the same.
func (e Entry) Same(o Entry) bool {
	a, err := json.Marshal(e)
	b, err2 := json.Marshal(o)
	return err == nil && err2 == nil && string(a) == string(b)
}
