// Package notice draws the papers of a protected hearing as PDF, in English and French: the order, the notices to the accused and to the
// press, the note for the witness, the readiness sheet and the two records of the session.
//
// A paper takes pseudonyms and open facts, and no type here can carry a true identity but [Disclosed], which only [SealedMinutes] has. The
// package reads no clock and no vault and makes no file: the same paper gives the same bytes. Start from [Order.PDF]; testimony/docket
// fills the papers and writes them.
package notice

import (
	"errors"
	"fmt"
	"io"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
)

// Kind is a kind of paper.
type Kind string

// The kinds.
const (
	OrderPaper    Kind = "order"
	ToAccused     Kind = "accused"
	ToPress       Kind = "press"
	ForWitness    Kind = "witness"
	ReadinessList Kind = "readiness"
	PublicRecord  Kind = "minutes"
	SealedRecord  Kind = "sealed-minutes"
	// CustodyReport is of a recording, and stands in no list of a hearing's papers.
	CustodyReport Kind = "custody"
	// ReminderList is of all hearings.
	ReminderList Kind = "reminders"
)

// Kinds lists the kinds in the order of a hearing's life.
var Kinds = []Kind{OrderPaper, ToAccused, ToPress, ForWitness, ReadinessList, PublicRecord, SealedRecord}

// Errors of a paper that cannot be made.
var (
	// ErrNoOrder says that no order protects the witness at the time of the hearing.
	ErrNoOrder = errors.New("no order in force protects this witness at the time of the hearing")
	// ErrLanguage says that there are no words for a paper in a language.
	ErrLanguage = errors.New("papers are made in English (en) and French (fr)")
)

// Heading is what every paper begins with.
type Heading struct {
	Court     string
	Case      string // the court's case number
	Pseudonym protection.Pseudonym
	Made      time.Time // stands in the file as the moment of its making
	Training  bool      // the case is invented, and every page says so
}

// A Paper can be drawn.
type Paper interface {
	// PDF writes the paper. The error is the writer's, or ErrLanguage.
	PDF(out io.Writer, l policy.Language) error
}

// draw makes a paper in two passes, because each page tells how many there are.
func draw(out io.Writer, l policy.Language, h Heading, kind Kind, title func(words) string, body func(*sheet)) error {
	w, ok := languages[l]
	if !ok {
		return fmt.Errorf("%w: %q", ErrLanguage, l)
	}
	pages := 0
	for {
		s := newSheet(w, h, kind, title(w), pages)
		body(s)
		s.finish()
		if n := s.pdf.PageNo(); n != pages {
			pages = n
			continue
		}
		if err := s.pdf.Output(out); err != nil {
			return fmt.Errorf("write a paper: %w", err)
		}
		return nil
	}
}
