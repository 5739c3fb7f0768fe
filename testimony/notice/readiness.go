package notice

import (
	"fmt"
	"io"
	"strings"
	"time"

	"paravent/protection/order"
	"paravent/protection/policy"
)

// Readiness is the sheet of a hearing's readiness: how the board stood when it was made, and below that the boxes in which the registry writes by hand, one
// day and half an hour before the hearing, whether every protection is in place and who set it up.
type Readiness struct {
	Heading
	Sitting
	There    time.Time // the beginning on the witness's clock; the paper tells no place
	Expected []Expected
	// Board is how everything stood at BoardAt, a moment on the court's clock; none leaves that part out.
	Board   []Standing
	BoardAt time.Time
}

// Expected is a protection that has to be in place.
type Expected struct {
	Kind   order.MeasureKind
	Name   string   // in the paper's language
	Orders []string // the court's numbers of the orders that have it
}

// PDF writes the sheet.
func (r Readiness) PDF(out io.Writer, l policy.Language) error {
	return draw(out, l, r.Heading, ReadinessList, func(w words) string { return w.ready.title }, func(s *sheet) {
		w := s.w.ready
		s.head(w.sub)
		s.facts(fact{s.w.court, r.Court}, fact{s.w.caseNumber, r.Case}, fact{s.w.witness, s.w.pseudonym(r.Pseudonym)}, fact{w.when, s.w.moment(r.Start)},
			fact{w.there, s.w.date(r.There) + ", " + s.w.hour(r.There)}, fact{w.room, r.Room}, fact{w.mode, s.w.modes[r.Mode]})
		r.board(s)
		s.section(w.protections)
		var rows [][][]piece
		for _, e := range r.Expected {
			check := w.checks[e.Kind]
			if check == "" {
				check = w.otherCheck
			}
			name := []piece{{text: capital(e.Name), style: strongStyle}, {text: check, style: smallStyle}}
			if len(e.Orders) > 0 {
				name = append(name, piece{text: fmt.Sprintf(w.ofOrder, strings.Join(e.Orders, ", ")), style: smallStyle})
			}
			rows = append(rows, r.row(s.w, name))
		}
		rows = append(rows, r.row(s.w, []piece{{text: s.w.modes[r.Mode], style: strongStyle}, {text: w.modeCheck, style: smallStyle}}))
		columns, heads := []float64{7, 3.4, 2.8, 2.8}, []string{w.protection, w.setUp, w.day, w.half}
		s.table(columns, heads, rows...)
		s.section(w.technique)
		rows = nil
		for _, text := range w.general {
			rows = append(rows, r.row(s.w, plain(text)))
		}
		s.table(columns, []string{"", w.setUp, w.day, w.half}, rows...)
		s.section(w.contacts)
		rows = nil
		for _, desk := range w.desks {
			rows = append(rows, [][]piece{append([]piece{{text: desk, style: strongStyle}}, piece{style: smallStyle}), blank(), blank()})
		}
		s.table([]float64{5, 6, 5}, []string{w.office, w.name, w.phone}, rows...)
		s.box("", w.rule)
		s.signatures(w.decides, w.signed)
	})
}

func (r Readiness) row(w words, name []piece) [][]piece {
	return [][]piece{name, blank(), ticks(w.yes, w.no), ticks(w.yes, w.no)}
}
