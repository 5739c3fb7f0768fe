package order

import (
	"slices"
	"strings"
	"time"
)

// Alert is that the prosecutor was told of a non-punishment note: a person who was made to commit an offence is not to be charged with it before that was looked at
// (Council of Europe Convention on Action against Trafficking in Human Beings, art. 26).
type Alert struct {
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"` // the user's id
	Office string    `json:"office,omitempty"`
	How    string    `json:"how"`
}

// The names of the rules of an alert.
const (
	RuleAlertNote = "an alert is of an order in force with a non-punishment note, once"
	RuleAlertDay  = "an alert is not dated ahead, and not before its order"
)

// Notes reports whether the order has effect at a moment and holds a non-punishment note.
func (o Order) Notes(at time.Time) bool {
	effective, _ := o.Effect(at)
	return effective && slices.ContainsFunc(o.Measures, func(m Measure) bool { return m.Kind == NonPunishment })
}

// Alert notes that the prosecutor was told. Its error is a [*RuleError], and the order is returned as it was.
func (o Order) Alert(a Alert, now time.Time) (Order, error) {
	a.How = strings.TrimSpace(a.How)
	if !o.Notes(now) || !o.Alerted.At.IsZero() {
		return o, &RuleError{RuleAlertNote, "alerted", "there is no such note in force, or the prosecutor was told already"}
	}
	if a.At.Before(o.From.AddDate(0, 0, -1)) { // a day, and not a moment, is noted
		return o, &RuleError{RuleAlertDay, "alerted.at", "the order did not stand yet"}
	}
	if err := a.Check(now); err != nil {
		return o, err
	}
	o.Alerted = a
	return o, nil
}

// Check refuses an alert that is dated ahead or does not say how the prosecutor was told.
func (a Alert) Check(now time.Time) error {
	if a.At.IsZero() || a.At.After(now) {
		return &RuleError{RuleAlertDay, "alerted.at", "it has no day, or one that is to come"}
	}
	return CheckLine("alerted.how", a.How, MaxTopic)
}
