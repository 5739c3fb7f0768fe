package policy

import "paravent/protection"

// Change is what becomes different for one audience in one session mode, in words. An empty audience is what the witness is shown.
type Change struct {
	Mode     protection.SessionMode `json:"mode"`
	Audience protection.Audience    `json:"audience"`
	Before   string                 `json:"before"`
	After    string                 `json:"after"`
	Lifts    bool                   `json:"lifts"` // something is granted that was not
}

// Compare tells what is different between two matrices of one party that were compiled for the same mode, cell by cell.
func Compare(before, after Matrix, mode protection.SessionMode, l Language) []Change {
	var changes []Change
	for _, c := range after.Cells {
		if was := before.Cell(c.Audience); was.Access != c.Access {
			changes = append(changes, Change{mode, c.Audience, was.inFull(l), c.inFull(l), !c.AtMost(was.Access)})
		}
	}
	if before.ShowsAccused != after.ShowsAccused {
		last := func(m Matrix) string { lines := m.Explain(m.Mode, l); return lines[len(lines)-1] }
		changes = append(changes, Change{mode, "", last(before), last(after), after.ShowsAccused})
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
