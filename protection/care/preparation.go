package care

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Topic is a kind of thing that a person is made familiar with. It is never an answer: nobody rehearses what a witness is going to say.
type Topic string

// The topics.
const (
	TopicRooms      Topic = "rooms"     // the rooms, the ways in and out
	TopicSeats      Topic = "seats"     // who sits where and who does what
	TopicOath       Topic = "oath"      // the oath or affirmation, and that it can be refused
	TopicTechnique  Topic = "technique" // camera, microphone, what the page shows
	TopicPicture    Topic = "altered_picture"
	TopicVoice      Topic = "altered_voice" // they have heard their own altered voice
	TopicBreaks     Topic = "breaks"        // how to ask for a break, and how to say that something was not understood
	TopicQuestions  Topic = "questions"     // who asks, in which order, and what may not be asked
	TopicLater      Topic = "later_disclosure"
	TopicWhatIf     Topic = "what_if" // what happens if the line fails, somebody comes in, or they recognise somebody
	TopicAlteration Topic = "limits"  // that those who know them may still know them
	TopicAfter      Topic = "after"   // what comes after the testimony, and whom they can call
)

// Topics lists them in the order in which a form offers them.
var Topics = []Topic{TopicRooms, TopicSeats, TopicOath, TopicTechnique, TopicPicture, TopicVoice, TopicAlteration, TopicBreaks, TopicQuestions, TopicWhatIf, TopicLater, TopicAfter}

// required are the topics without which nobody is prepared. The warning that testimony and identity may be disclosed later in another case is among them
// (ICTY rule 75(C)).
var required = []Topic{TopicRooms, TopicSeats, TopicTechnique, TopicAlteration, TopicBreaks, TopicWhatIf, TopicLater}

// Familiarisation is one meeting in which topics were gone through. It has no field for what was said: what a person tells of the facts belongs to the hearing, and a
// log of it could be asked for by either side.
type Familiarisation struct {
	On          time.Time `json:"on"`
	Topics      []Topic   `json:"topics"`
	Language    string    `json:"language"` // a tag, as "yo"
	Interpreter Company   `json:"interpreter"`
	Support     Company   `json:"support"` // a support person
	By          string    `json:"by"`      // id of the user who held it
	At          time.Time `json:"at"`      // when it was entered
}

// Preparation is the log of a person's familiarisation.
type Preparation struct {
	Meetings  []Familiarisation `json:"meetings"`
	Completed time.Time         `json:"completed,omitzero"`
	By        string            `json:"by,omitempty"` // id of the user who said that it is complete
}

// LacksError says which topics a preparation lacks.
type LacksError struct{ Topics []Topic }

func (e *LacksError) Error() string {
	var words []string
	for _, t := range e.Topics {
		words = append(words, string(t))
	}
	return fmt.Sprintf("the preparation lacks: %s", strings.Join(words, ", "))
}

// Unwrap makes it an [ErrEntry].
func (e *LacksError) Unwrap() error { return ErrEntry }

// ErrComplete refuses to complete a preparation twice.
var ErrComplete = fmt.Errorf("%w: the preparation is complete already", ErrEntry)

// Hold adds a meeting.
func (p Preparation) Hold(m Familiarisation, now time.Time) (Preparation, error) {
	if err := past("on", m.On, now); err != nil {
		return p, err
	}
	if len(m.Topics) == 0 {
		return p, refuse("topics", Missing)
	}
	for i, t := range m.Topics {
		if !slices.Contains(Topics, t) {
			return p, refuse("topics", Facts) // a word of their own is where facts would get in
		}
		if slices.Contains(m.Topics[:i], t) {
			return p, refuse("topics", Twice)
		}
	}
	if err := languageTag("language", m.Language); err != nil {
		return p, err
	}
	if err := one("interpreter", Companies, m.Interpreter); err != nil {
		return p, err
	}
	if err := one("support", Companies, m.Support); err != nil {
		return p, err
	}
	if m.By == "" {
		return p, refuse("by", Missing)
	}
	if len(p.Meetings) >= maxList {
		return p, refuse("topics", Number)
	}
	p.Meetings = append(slices.Clone(p.Meetings), m)
	return p, nil
}

// Done says whether a topic was gone through.
func (p Preparation) Done(t Topic) bool {
	return slices.ContainsFunc(p.Meetings, func(m Familiarisation) bool { return slices.Contains(m.Topics, t) })
}

// Warned says whether the person was told that testimony and identity may be disclosed later in another case.
func (p Preparation) Warned() bool { return p.Done(TopicLater) }

// Lacks are the topics that are still needed; altered says that an order alters the person's voice for somebody, so that they have to have heard it.
func (p Preparation) Lacks(altered bool) []Topic {
	var lacking []Topic
	for _, t := range Topics {
		if (slices.Contains(required, t) || altered && t == TopicVoice) && !p.Done(t) {
			lacking = append(lacking, t)
		}
	}
	return lacking
}

// Complete says that a person is prepared. Where something lacks it fails with a [*LacksError] that names it.
func (p Preparation) Complete(by string, altered bool, now time.Time) (Preparation, error) {
	switch lacking := p.Lacks(altered); {
	case len(lacking) > 0:
		return p, &LacksError{lacking}
	case !p.Completed.IsZero():
		return p, ErrComplete
	case by == "":
		return p, refuse("by", Missing)
	}
	p.Completed, p.By = now, by
	return p, nil
}

// Reopen takes the completion back, as when an order has changed what the person has to know.
func (p Preparation) Reopen() (Preparation, error) {
	if p.Completed.IsZero() {
		return p, refuse("on", NotOpen)
	}
	p.Completed, p.By = time.Time{}, ""
	return p, nil
}
