package policy

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"paravent/protection"
	"paravent/protection/order"
)

// Change is what becomes different for one audience in one session mode, in words. An empty audience is what the witness is shown. A change with a
// measure is outside the cells: it has neither audience nor mode.
type Change struct {
	Mode     protection.SessionMode `json:"mode,omitzero"`
	Audience protection.Audience    `json:"audience,omitempty"`
	Measure  order.MeasureKind      `json:"measure,omitempty"`
	Before   string                 `json:"before"`
	After    string                 `json:"after"`
	Lifts    bool                   `json:"lifts"` // something is granted that was not
}

// Compare tells what is different between two matrices of one party that were compiled for the same mode, cell by cell.
func Compare(before, after Matrix, mode protection.SessionMode, l Language) []Change {
	var changes []Change
	for _, c := range after.Cells {
		if was := before.Cell(c.Audience); was.Access != c.Access {
			changes = append(changes, Change{Mode: mode, Audience: c.Audience, Before: was.inFull(l), After: c.inFull(l), Lifts: !c.AtMost(was.Access)})
		}
	}
	if before.ShowsAccused != after.ShowsAccused {
		last := func(m Matrix) string { lines := m.Explain(m.Mode, l); return lines[len(lines)-1] }
		changes = append(changes, Change{Mode: mode, Before: last(before), After: last(after), Lifts: after.ShowsAccused})
	}
	return changes
}

// inFull is the summary with when the audience may receive it, where that is not at once.
func (c Cell) inFull(l Language) string {
	s := c.Summary(l)
	if c.Connected && (c.Release == protection.AfterReview || c.Release == protection.Delayed) {
		s += " " + map[Language]map[protection.Release]string{
			"en": {protection.AfterReview: "Only after review.", protection.Delayed: "With a delay of " + c.Delay.String() + "."},
			"fr": {protection.AfterReview: "Seulement après relecture.", protection.Delayed: "Avec un différé de " + c.Delay.String() + "."},
		}[l][c.Release]
	}
	return s
}

var nothingWords = map[Language]string{English: "Nothing.", French: "Rien."}

// otherwise is said where the sentence of an effect does not tell all of it.
var otherwise = map[Language]string{
	English: "Its details become different.",
	French:  "Ses modalités deviennent autres.",
}

// CompareEffects tells what is different in what the measures of two matrices ask for outside the cells, by measure.
func CompareEffects(before, after Matrix, l Language) []Change {
	var kinds []order.MeasureKind
	for _, e := range slices.Concat(before.Effects, after.Effects) {
		if !slices.Contains(kinds, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds)
	var changes []Change
	for _, k := range kinds {
		was, is := before.effectsOf(k), after.effectsOf(k)
		if slices.EqualFunc(was, is, func(a, b Effect) bool { return reflect.DeepEqual(a.Measure, b.Measure) }) {
			continue
		}
		lifts := slices.ContainsFunc(was, func(w Effect) bool {
			return !slices.ContainsFunc(is, func(i Effect) bool { return i.Keeps(w.Measure) })
		})
		change := Change{Measure: k, Before: summaries(was, l), After: summaries(is, l), Lifts: lifts}
		if change.Before == change.After {
			change.After += " " + otherwise[l]
		}
		changes = append(changes, change)
	}
	return changes
}

func (m Matrix) effectsOf(k order.MeasureKind) []Effect {
	return slices.DeleteFunc(slices.Clone(m.Effects), func(e Effect) bool { return e.Kind != k })
}

// summaries are the sentences of effects, each once.
func summaries(list []Effect, l Language) string {
	var said []string
	for _, e := range list {
		if s := e.Summary(l); !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return cmp.Or(strings.Join(said, " "), nothingWords[l], nothingWords[English])
}
