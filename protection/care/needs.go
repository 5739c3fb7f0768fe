package care

import (
	"slices"
	"time"
)

// Literacy is how a person reads.
type Literacy string

// Literacies lists the answers in the order in which a form offers them.
var Literacies = []Literacy{"reads", "reads_a_little", "does_not_read"}

// Sex is that of the interpreter whom a person asks for.
type Sex string

// The answers.
const (
	AnySex Sex = "any"
	Woman  Sex = "woman"
	Man    Sex = "man"
)

// Sexes lists them.
var Sexes = []Sex{AnySex, Woman, Man}

// Help is whether a person needs an intermediary. The zero value is that nobody has looked.
type Help string

// The answers.
const (
	HelpNeeded    Help = "needed"
	HelpNotNeeded Help = "not_needed"
)

// Helps lists them.
var Helps = []Help{HelpNeeded, HelpNotNeeded}

// BreakSteps are the minutes of testimony after which a person can ask to have a break. The court reads which.
var BreakSteps = []int{15, 20, 30, 45, 60, 90}

// NoDialect stands for a language that is spoken without a dialect that an interpreter has to know.
const NoDialect = "none"

// CheckSpeech refuses what is no language, by its tag, or no name of a dialect.
func CheckSpeech(language, spoken string) error {
	if err := languageTag("language", language); err != nil {
		return err
	}
	return dialect("dialect", spoken)
}

// Needs is what a person needs so that they can testify.
type Needs struct {
	Language     string   `json:"language"` // a tag, as "yo"
	Dialect      string   `json:"dialect"`  // as the person calls it; [NoDialect] where there is none to tell
	Literacy     Literacy `json:"literacy"`
	Interpreter  Sex      `json:"interpreter"`
	Breaks       int      `json:"breaks"` // minutes of testimony between two breaks: one of [BreakSteps]
	Intermediary Help     `json:"intermediary"`
	Health       string   `json:"health,omitempty"`
	Childcare    string   `json:"childcare,omitempty"`
	Faith        []string `json:"faith,omitempty"` // times of the day that are kept free, as "12:30", on the person's clock
}

// maxFaith is how many times of a day can be kept free.
const maxFaith = 8

// Check refuses needs that were not asked for in full. A language without its dialect is not enough to find an interpreter.
func (n Needs) Check() error {
	if err := CheckSpeech(n.Language, n.Dialect); err != nil {
		return err
	}
	if err := one("literacy", Literacies, n.Literacy); err != nil {
		return err
	}
	if err := one("interpreter", Sexes, n.Interpreter); err != nil {
		return err
	}
	if !slices.Contains(BreakSteps, n.Breaks) {
		return refuse("breaks", Number)
	}
	if err := one("intermediary", Helps, n.Intermediary); err != nil {
		return err
	}
	if err := text("health", n.Health, false); err != nil {
		return err
	}
	if err := text("childcare", n.Childcare, false); err != nil {
		return err
	}
	if len(n.Faith) > maxFaith {
		return refuse("faith", Number)
	}
	for i, at := range n.Faith {
		if !clock(at) {
			return refuse("faith", Unknown)
		}
		if slices.Contains(n.Faith[:i], at) {
			return refuse("faith", Twice)
		}
	}
	return nil
}

// clock says whether s is a time of the day, as "07:30".
func clock(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == len("15:04")
}
