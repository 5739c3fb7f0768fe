package care

import (
	_ "embed"
	"encoding/json"
	"slices"
	"time"
)

// Set is one of the two sets of questions. They are never merged: trafficking and smuggling are two offences.
type Set string

// The sets.
const (
	Trafficking Set = "trafficking"
	Smuggling   Set = "smuggling"
)

// Sets lists them.
var Sets = []Set{Trafficking, Smuggling}

// QuestionID is a question's letter and number: T3, S1.
type QuestionID string

// Question is a question of A/CONF.213/7 §35, with what an answer can indicate.
type Question struct {
	ID  QuestionID `json:"id"`
	Set Set        `json:"set"`
	EN  string     `json:"en"`
	FR  string     `json:"fr"`

	IndicatorEN string `json:"indicator_en"`
	IndicatorFR string `json:"indicator_fr"`
}

// Text is the question in a language, "fr" or else English.
func (q Question) Text(language string) string {
	if language == "fr" {
		return q.FR
	}
	return q.EN
}

// Indicator is what an answer to it can indicate, in a language.
func (q Question) Indicator(language string) string {
	if language == "fr" {
		return q.IndicatorFR
	}
	return q.IndicatorEN
}

//go:embed questions.json
var questionsFile []byte

// Questions are those of both sets, in the paper's order.
var Questions = func() (list []Question) {
	if err := json.Unmarshal(questionsFile, &list); err != nil {
		panic("the questions are part of the program: " + err.Error())
	}
	return list
}()

// Of are the questions of a set.
func Of(s Set) []Question {
	return slices.DeleteFunc(slices.Clone(Questions), func(q Question) bool { return q.Set != s })
}

// Reply is what became of a question. The zero value is that it was not asked.
type Reply string

// The replies.
const (
	NotAsked Reply = ""
	Refused  Reply = "refused"
	Answered Reply = "answered"
)

// Replies lists them.
var Replies = []Reply{NotAsked, Refused, Answered}

// Answer is what became of one question, without the words.
type Answer struct {
	Reply Reply `json:"reply,omitempty"`
	// Indicates is set by the interviewer, who heard the person: nothing derives it from words.
	Indicates bool `json:"indicates,omitempty"`
}

// Company is how an interview was interpreted, or whether somebody supported the person in it.
type Company string

// The kinds of company. The zero value is that it was not noted.
const (
	NotNoted   Company = ""
	InRoom     Company = "in_room"
	ByTelecom  Company = "remote"
	NotPresent Company = "not_present" // it was not there, whatever the reason
	Declined   Company = "declined"    // it was offered and the person did not want it
)

// Companies lists them.
var Companies = []Company{NotNoted, InRoom, ByTelecom, Declined, NotPresent}

// Interview is a screening interview. The person's own words stand in [Words], apart from it. It has neither a verdict nor a score,
// and nothing here makes one: what was indicated is for a professional to look into.
type Interview struct {
	On          time.Time             `json:"on"`
	Language    string                `json:"language"`
	Dialect     string                `json:"dialect,omitempty"`
	Interpreter Company               `json:"interpreter"`
	Support     Company               `json:"support"` // a support person
	Answers     map[QuestionID]Answer `json:"answers"`
}

// Words are the person's own words, by question.
type Words map[QuestionID]string

// Check refuses an interview that cannot be kept, with its words.
func (i Interview) Check(w Words, now time.Time) error {
	switch {
	case i.On.IsZero():
		return refuse("on", Missing)
	case i.On.After(now):
		return refuse("on", Future)
	case !slices.Contains(Companies, i.Interpreter):
		return refuse("interpreter", Unknown)
	case !slices.Contains(Companies, i.Support):
		return refuse("support", Unknown)
	case i.Support == NotNoted: // nobody alone: whether somebody was there is always noted
		return refuse("support", Missing)
	case i.Interpreter == NotNoted:
		return refuse("interpreter", Missing)
	}
	if err := text("language", i.Language, true); err != nil {
		return err
	}
	if err := text("dialect", i.Dialect, false); err != nil {
		return err
	}
	for id, a := range i.Answers {
		switch {
		case !known(id):
			return refuse(string(id), Unknown)
		case !slices.Contains(Replies, a.Reply):
			return refuse(string(id), Unknown)
		case a.Reply != Answered && a.Indicates:
			return refuse(string(id), Amiss)
		}
	}
	for id, said := range w {
		if !known(id) {
			return refuse(string(id), Unknown)
		}
		if said != "" && i.Answers[id].Reply != Answered {
			return refuse(string(id), Amiss)
		}
		if err := text(string(id), said, false); err != nil {
			return err
		}
	}
	return nil
}

func known(id QuestionID) bool {
	return slices.ContainsFunc(Questions, func(q Question) bool { return q.ID == id })
}

// Indicated are the questions of a set whose answers were noted to indicate something, in the paper's order. Each is its own reason.
func (i Interview) Indicated(s Set) []Question {
	return slices.DeleteFunc(Of(s), func(q Question) bool {
		a := i.Answers[q.ID]
		return a.Reply != Answered || !a.Indicates
	})
}

// Open are the questions of a set that were not asked.
func (i Interview) Open(s Set) []Question {
	return slices.DeleteFunc(Of(s), func(q Question) bool { return i.Answers[q.ID].Reply != NotAsked })
}
