// Package groundrules is what is settled before a witness is questioned: the topics that may be asked about and those that are barred, how questions are to be put, and the questions that a
// party asked to have approved.
//
// It decides by its arguments alone. A question can tell who the witness is, and no word of one belongs into a log. The type to start from is [Rules].
package groundrules

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"paravent/testimony"
)

// Errors of a step that cannot be taken.
var (
	ErrText      = errors.New("a topic, a piece of advice and a question are one to 500 characters on one line")
	ErrMany      = errors.New("there are too many of them")
	ErrNone      = errors.New("there is no such topic or question")
	ErrAsker     = errors.New("this seat puts no questions")
	ErrDecided   = errors.New("this question was decided")
	ErrReason    = errors.New("a refusal takes a reason")
	ErrSettled   = errors.New("the ground rules are settled; a judge opens them again")
	ErrOpen      = errors.New("the ground rules are not settled")
	ErrUndecided = errors.New("a question waits for its decision")
)

// Limits of one hearing's rules.
const (
	longest = 500 // characters
	most    = 300 // of topics, of pieces of advice, and of questions each
)

// Standing is what was decided of a question.
type Standing string

// The standings of a question.
const (
	Asked     Standing = "asked"
	Approved  Standing = "approved" // as it was asked for
	Reworded  Standing = "reworded" // in the judge's words, which are in Text
	Refused   Standing = "refused"
	Withdrawn Standing = "withdrawn"
)

// Standings lists them.
var Standings = []Standing{Asked, Approved, Reworded, Refused, Withdrawn}

// Topic is something that may be asked about, or is barred.
type Topic struct {
	Text   string `json:"text"`
	Barred bool   `json:"barred,omitempty"`
}

// Question is one that a party asked to have approved.
type Question struct {
	By       testimony.ParticipantID `json:"by"` // seat
	Text     string                  `json:"text"`
	Was      string                  `json:"was,omitempty"` // as it was asked for, where the judge changed it
	Standing Standing                `json:"standing"`
	Reason   string                  `json:"reason,omitempty"` // of a refusal
}

// Rules are those of one hearing. It is a value; every step returns the next one and leaves the one before as it was.
type Rules struct {
	Hearing   testimony.HearingID `json:"hearing"`
	Topics    []Topic             `json:"topics,omitempty"`
	Advice    []string            `json:"advice,omitempty"`    // how to put questions: of the intermediary, or the court's own
	Questions []Question          `json:"questions,omitempty"` // numbered from 1 in this order
	Settled   time.Time           `json:"settled,omitzero"`
	By        string              `json:"by,omitempty"` // the user who settled them
}

// line is a text that is kept.
func line(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > longest || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		return "", ErrText
	}
	return text, nil
}

func (r Rules) open() error {
	if !r.Settled.IsZero() {
		return ErrSettled
	}
	return nil
}

// add is a list with one more, unless the rules are settled or the list is full.
func add[T any](r Rules, list []T, x T) ([]T, error) {
	switch {
	case r.open() != nil:
		return list, ErrSettled
	case len(list) >= most:
		return list, ErrMany
	}
	return append(list[:len(list):len(list)], x), nil
}

// drop is a list without one of its members, counted from 1, unless the rules are settled.
func drop[T any](r Rules, list []T, n int) ([]T, error) {
	switch {
	case r.open() != nil:
		return list, ErrSettled
	case n < 1 || n > len(list):
		return list, ErrNone
	}
	return append(list[:n-1:n-1], list[n:]...), nil
}

// AddTopic adds a topic.
func (r Rules) AddTopic(text string, barred bool) (Rules, error) {
	text, err := line(text)
	if err == nil {
		r.Topics, err = add(r, r.Topics, Topic{text, barred})
	}
	return r, err
}

// DropTopic takes a topic away, counted from 1.
func (r Rules) DropTopic(n int) (_ Rules, err error) {
	r.Topics, err = drop(r, r.Topics, n)
	return r, err
}

// Advise adds how questions are to be put.
func (r Rules) Advise(text string) (Rules, error) {
	text, err := line(text)
	if err == nil {
		r.Advice, err = add(r, r.Advice, text)
	}
	return r, err
}

// DropAdvice takes a piece of advice away, counted from 1.
func (r Rules) DropAdvice(n int) (_ Rules, err error) {
	r.Advice, err = drop(r, r.Advice, n)
	return r, err
}

// Asks reports whether a seat's questions can be approved: those of the parties, of the accused, and of the bench.
func Asks(role testimony.Role) bool {
	switch role {
	case testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused, testimony.RoleJudge, testimony.RoleBench, testimony.RoleAssessor:
		return true
	}
	return false
}

// Ask adds a question of a seat.
func (r Rules) Ask(by testimony.Participant, text string) (Rules, error) {
	if !Asks(by.Role) {
		return r, ErrAsker
	}
	text, err := line(text)
	if err == nil {
		r.Questions, err = add(r, r.Questions, Question{By: by.ID, Text: text, Standing: Asked})
	}
	return r, err
}

// decide changes a question that waits, counted from 1.
func (r Rules) decide(n int, change func(*Question) error) (Rules, error) {
	switch {
	case r.open() != nil:
		return r, ErrSettled
	case n < 1 || n > len(r.Questions):
		return r, ErrNone
	case r.Questions[n-1].Standing != Asked:
		return r, ErrDecided
	}
	q := r.Questions[n-1]
	if err := change(&q); err != nil {
		return r, err
	}
	r.Questions = append([]Question{}, r.Questions...)
	r.Questions[n-1] = q
	return r, nil
}

// Approve approves a question, in the judge's own words where any are given.
func (r Rules) Approve(n int, words string) (Rules, error) {
	return r.decide(n, func(q *Question) error {
		if words = strings.TrimSpace(words); words == "" || words == q.Text {
			q.Standing = Approved
			return nil
		}
		text, err := line(words)
		if err == nil {
			q.Was, q.Text, q.Standing = q.Text, text, Reworded
		}
		return err
	})
}

// Refuse refuses a question.
func (r Rules) Refuse(n int, reason string) (Rules, error) {
	return r.decide(n, func(q *Question) (err error) {
		if strings.TrimSpace(reason) == "" {
			return ErrReason
		}
		if q.Reason, err = line(reason); err == nil {
			q.Standing = Refused
		}
		return err
	})
}

// Withdraw takes a question back.
func (r Rules) Withdraw(n int) (Rules, error) {
	return r.decide(n, func(q *Question) error {
		q.Standing = Withdrawn
		return nil
	})
}

// Settle settles the rules. No question may wait.
func (r Rules) Settle(by string, at time.Time) (Rules, error) {
	if err := r.open(); err != nil {
		return r, err
	}
	for _, q := range r.Questions {
		if q.Standing == Asked {
			return r, ErrUndecided
		}
	}
	r.Settled, r.By = at, by
	return r, nil
}

// Reopen lets them be changed again.
func (r Rules) Reopen() (Rules, error) {
	if r.open() == nil {
		return r, ErrOpen
	}
	r.Settled, r.By = time.Time{}, ""
	return r, nil
}

// May are the questions of a seat that may be put, in their order.
func (r Rules) May(by testimony.ParticipantID) []Question {
	var list []Question
	for _, q := range r.Questions {
		if q.By == by && (q.Standing == Approved || q.Standing == Reworded) {
			list = append(list, q)
		}
	}
	return list
}

// Waiting counts the questions that wait for a judge.
func (r Rules) Waiting() (n int) {
	for _, q := range r.Questions {
		if q.Standing == Asked {
			n++
		}
	}
	return n
}
