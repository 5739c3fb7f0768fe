// Package exhibit says what a sealed exhibit is: its number, its kind and its class, who may open it, to which seats of a hearing it may be
// shown, and what a file that is to become one has to be.
//
// It reads no disk and keeps nothing. [Recognise] looks at a file's bytes and never at its name. The type to start from is [Exhibit].
package exhibit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paravent/protection"
	"paravent/testimony"
)

// ID names an exhibit in the vault. It is random.
type ID string

// Kind is what an exhibit is to those who look at it.
type Kind string

// The kinds.
const (
	Document  Kind = "document"
	Picture   Kind = "picture"
	Recording Kind = "recording"
)

// Kinds lists the kinds in the order in which a form offers them.
var Kinds = []Kind{Document, Picture, Recording}

// Class is how closely an exhibit is kept.
type Class string

// The classes, from the most open to the strictest.
const (
	Open         Class = "open"
	Confidential Class = "confidential"
	Sealed       Class = "sealed"
)

// Classes lists the classes, the strictest first, which is the one that is taken where nobody chose.
var Classes = []Class{Sealed, Confidential, Open}

// Limits of what is entered.
const (
	MaxNumber = 20 // characters of a number
	MaxTitle  = 80 // characters of a title
)

// Exhibit is one thing that was received in a case, as the docket keeps it. What it holds stands in a sealed file of its own. The name of the file that was
// received is not kept: such names tell who people are.
type Exhibit struct {
	ID       ID                `json:"id"`
	Case     protection.CaseID `json:"case"`
	Number   string            `json:"number"` // the court's; unique in the case
	Title    string            `json:"title"`  // neutral: it names nobody
	Class    Class             `json:"class"`
	Format   Format            `json:"format"`
	Size     int64             `json:"size"`   // bytes, as received
	SHA256   []byte            `json:"sha256"` // of the bytes as received
	Received time.Time         `json:"received"`
	By       string            `json:"by"`     // opaque id of the user who received it
	Root     []byte            `json:"root"`   // Merkle root of the sealed file's chunks
	Chunks   int               `json:"chunks"` // of the sealed file

	Withdrawn   time.Time `json:"withdrawn,omitzero"`
	WithdrawnBy string    `json:"withdrawn_by,omitempty"`
	Why         string    `json:"why,omitempty"` // it was withdrawn

	Erased time.Time `json:"erased,omitzero"` // its key and its file are gone, by a judge's decision
}

// Kind is what the exhibit is, by its format.
func (e Exhibit) Kind() Kind { return e.Format.Kind() }

// FileName is the neutral name under which a copy is written.
func (e Exhibit) FileName() string {
	number := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, e.Number)
	return "exhibit-" + number + "." + string(e.Format)
}

// What a caller decides by.
var (
	ErrNumber    = errors.New("an exhibit's number is one line of at most 20 letters, digits, spaces, points, dashes and strokes")
	ErrTitle     = errors.New("an exhibit's title is one line of at most 80 characters, and no file's name")
	ErrClass     = errors.New("an exhibit is open, confidential or sealed")
	ErrWhy       = errors.New("to withdraw an exhibit takes a reason")
	ErrWithdrawn = errors.New("this exhibit was withdrawn")
	ErrErased    = errors.New("this exhibit was erased")
)

// Check reports what is wrong with what somebody entered: number, title and class.
func (e Exhibit) Check() error {
	if !fits(e.Number, MaxNumber) || strings.ContainsFunc(e.Number, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .-/", r)
	}) {
		return ErrNumber
	}
	if !fits(e.Title, MaxTitle) || namesFile(e.Title) {
		return ErrTitle
	}
	if !slices.Contains(Classes, e.Class) {
		return ErrClass
	}
	return nil
}

func fits(text string, most int) bool {
	n := utf8.RuneCountInString(text)
	return utf8.ValidString(text) && n > 0 && n <= most && strings.TrimSpace(text) == text && !strings.ContainsFunc(text, unicode.IsControl)
}

// namesFile reports whether a title was taken over from a file's name.
func namesFile(title string) bool {
	lower := strings.ToLower(title)
	return strings.ContainsAny(title, `/\`) || slices.ContainsFunc(append([]string{"jpg", "mpg", "doc", "docx", "heic", "mkv"}, formatNames()...), func(f string) bool {
		return strings.HasSuffix(lower, "."+f)
	})
}

// openers is which act opens a class. Nothing opens a class that is not there.
var openers = map[Class]testimony.Act{Open: testimony.ActOpenExhibit, Confidential: testimony.ActOpenConfidential, Sealed: testimony.ActOpenSealed}

// MayOpen reports whether an office may open exhibits of a class.
func MayOpen(office string, c Class) bool { return testimony.May(office, openers[c]) }

// audiences is to whom a class can be shown in a hearing, where the bench names them. The bench sees every exhibit.
var audiences = map[Class][]testimony.Role{
	Sealed: {testimony.RoleAssessor, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleInterpreter, testimony.RoleWitness},
	Confidential: {testimony.RoleAssessor, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleInterpreter, testimony.RoleWitness,
		testimony.RoleAccused, testimony.RoleSupport, testimony.RoleCoordinator},
	Open: {testimony.RoleAssessor, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleInterpreter, testimony.RoleWitness,
		testimony.RoleAccused, testimony.RoleSupport, testimony.RoleCoordinator, testimony.RoleGallery, testimony.RolePress},
}

// Audiences lists those to whom an exhibit of a class can be shown beside the bench, in the order in which a form offers them.
func Audiences(c Class) []testimony.Role { return slices.Clone(audiences[c]) }

// ErrAudience says that a class keeps an exhibit from somebody.
var ErrAudience = errors.New("an exhibit of this class is not shown to this audience")

// Showing is an exhibit that is shown in a hearing, and to whom.
type Showing struct {
	Exhibit   ID
	Class     Class
	Audiences []testimony.Role // beside the bench
}

// Check reports an audience that the class keeps the exhibit from.
func (s Showing) Check() error {
	for _, r := range s.Audiences {
		if !slices.Contains(audiences[s.Class], r) {
			return fmt.Errorf("%w: %s, %s", ErrAudience, s.Class, r)
		}
	}
	return nil
}

// Reaches reports whether a seat of the hearing of a witness receives the exhibit: the bench always; of the others those whose audience was named and for
// whom the class allows it, and of witnesses the one alone who testifies. Whoever it does not reach is told nothing about it.
func (s Showing) Reaches(p testimony.Participant, testifies protection.PartyID) bool {
	if s.Exhibit == "" {
		return false
	}
	if p.Role.OnBench() {
		return true
	}
	if p.Role == testimony.RoleWitness && (p.Party == "" || p.Party != testifies) {
		return false
	}
	return slices.Contains(s.Audiences, p.Role) && slices.Contains(audiences[s.Class], p.Role)
}
