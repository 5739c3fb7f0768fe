// Package policy compiles protective orders into the audience matrix: who receives which picture, which voice and which
// name of a protected party, in which session mode.
//
// The matrix is the only thing that the hub, the recorder and the screens read. Compile is a pure function, and its laws
// (docs/policy.md) are property tests beside it: the bench is always clear; an unknown audience gets nothing; adding a
// measure never weakens a cell; on doubt the stricter setting stands. The type to start from is [Matrix].
package policy

import (
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/order"
)

// Input is all that the compiler looks at.
type Input struct {
	Party  protection.PartyID
	Case   protection.CaseID
	Orders []order.Order // of any case; Compile picks those that govern the party
	Mode   protection.SessionMode
	At     time.Time
	Others []protection.PartyID // other protected parties of the hearing, each an audience of its own
}

// Cause is why a cell, or one field of it, is as it is: an order's measure, or a rule of the house.
type Cause struct {
	Rule        Rule
	Order       protection.OrderID
	Reference   string // the court's number of the order
	Measure     order.MeasureKind
	Doubt       order.Doubt
	CarriedFrom protection.CaseID // set when the order was made in another case
}

// Rule names a rule of the house that decided a cell where no order did, or before any order.
type Rule string

// The rules.
const (
	ByMeasure    Rule = "measure"
	BenchClear   Rule = "bench_clear"
	MasterClear  Rule = "master_clear"
	OpenCourt    Rule = "open_court"    // no order in force speaks of this audience
	PartOfCourt  Rule = "part_of_court" // counsel, accused, interpreter and support follow the evidence
	OtherWitness Rule = "other_witness" // stands with the public
	UnknownParty Rule = "unknown"
	PrivateMode  Rule = "private_mode"
	ClosedMode   Rule = "closed_mode"
)

// Cell is one audience's access with the cause of each field.
type Cell struct {
	Audience protection.Audience
	protection.Access
	PictureCause, VoiceCause, ReleaseCause, ConnectedCause Cause
}

// Matrix is the compiled audience matrix of one party in one session mode. The zero Matrix grants nothing to anyone but
// the bench.
type Matrix struct {
	Party protection.PartyID
	Case  protection.CaseID
	// Mode is the mode in force: the one asked for, or the stricter one that an order demands.
	Mode      protection.SessionMode
	ModeCause Cause
	At        time.Time
	Cells     []Cell

	// ShowsAccused reports whether the witness may be shown the accused.
	ShowsAccused      bool
	ShowsAccusedCause Cause
	// Effects are what the measures do outside the cells, in the orders' order.
	Effects []Effect
	// Orders are the orders that were compiled, with the doubts that keep some of them standing.
	Orders []order.Order
}

// Access returns the cell's access for an audience. The bench is always clear; an audience that the matrix does not hold
// gets nothing.
func (m Matrix) Access(a protection.Audience) protection.Access { return m.Cell(a).Access }

// Cell returns the cell for an audience, with its causes.
func (m Matrix) Cell(a protection.Audience) Cell {
	if a == protection.Bench {
		return benchCell()
	}
	for _, c := range m.Cells {
		if c.Audience == a {
			return c
		}
	}
	return unknownCell(a)
}

// Compile builds the matrix. It never fails: what it does not understand, it reads as the stricter setting.
func Compile(in Input) Matrix {
	applying := order.Applying(in.Orders, in.Case, in.Party, in.At)
	m := Matrix{Party: in.Party, Case: in.Case, At: in.At, ShowsAccused: true, Orders: applying,
		ShowsAccusedCause: Cause{Rule: PartOfCourt}}
	measures := measuresOf(applying, in)
	m.Mode, m.ModeCause = modeOf(in.Mode, measures)

	audiences := slices.Clone(protection.Audiences)
	for _, p := range in.Others {
		if p != in.Party {
			audiences = append(audiences, protection.OtherWitness(p))
		}
	}
	bounds := make([]bound, 0, len(measures))
	for i := range measures {
		bounds = boundsOf(bounds, &measures[i], m.Mode)
		m.heed(measures[i])
	}
	m.Cells = make([]Cell, 0, len(audiences))
	for _, a := range audiences {
		m.Cells = append(m.Cells, compileCell(a, m.Mode, bounds))
	}
	return m
}

// heed takes from a measure what it does outside the cells.
func (m *Matrix) heed(one measure) {
	e, known := order.Find(one.Kind)
	if m.ShowsAccused && (!known || e.Medium == order.OnAccused) {
		m.ShowsAccused, m.ShowsAccusedCause = false, one.cause
	}
	if known && outside(one.Kind) {
		m.Effects = append(m.Effects, Effect{one.Measure, one.cause})
	}
}

// HidesAccusedFrom reports whether the accused is kept from an audience for the witness's sake: who sits with the witness shows
// them what they see themselves.
func (m Matrix) HidesAccusedFrom(a protection.Audience) bool {
	switch a {
	case protection.Support, protection.Coordinator, protection.Intermediary:
		return !m.ShowsAccused
	}
	return false
}

// measure is an ordered measure with the cause to cite for it.
type measure struct {
	order.Measure
	cause Cause
}

func measuresOf(orders []order.Order, in Input) []measure {
	n := 0
	for i := range orders {
		n += len(orders[i].Measures)
	}
	out := make([]measure, 0, n)
	for _, o := range orders {
		_, doubt := o.Effect(in.At)
		for _, m := range o.Measures {
			c := Cause{Rule: ByMeasure, Order: o.ID, Reference: o.Reference, Measure: m.Kind, Doubt: doubt}
			if o.Case != in.Case {
				c.CarriedFrom = o.Case
			}
			out = append(out, measure{m, c})
		}
	}
	return out
}

// modeOf raises the mode asked for to the one that an order demands for this party's testimony. An invalid mode is read
// as closed.
func modeOf(asked protection.SessionMode, measures []measure) (protection.SessionMode, Cause) {
	mode, cause := asked, Cause{}
	if asked < protection.PublicMode || asked > protection.ClosedMode {
		mode, cause = protection.ClosedMode, Cause{Rule: UnknownParty}
	}
	for _, m := range measures {
		floor := protection.SessionMode(0)
		switch m.Kind {
		case order.PrivateSession:
			floor = protection.PrivateMode
		case order.ClosedSession:
			floor = protection.ClosedMode
		}
		if floor > mode {
			mode, cause = floor, m.cause
		}
	}
	return mode, cause
}

func benchCell() Cell {
	c := Cause{Rule: BenchClear}
	return Cell{protection.Bench, protection.Full(), c, c, c, c}
}

func unknownCell(a protection.Audience) Cell {
	c := Cause{Rule: UnknownParty}
	return Cell{Audience: a, PictureCause: c, VoiceCause: c, ReleaseCause: c, ConnectedCause: c}
}

// base is what an audience receives where no order speaks: an open court.
func base(a protection.Audience) Cell {
	full := func(r Rule, release protection.Release) Cell {
		c := Cause{Rule: r}
		access := protection.Full()
		access.Release = release
		return Cell{a, access, c, c, c, c}
	}
	switch a {
	case protection.MasterRecord:
		return full(MasterClear, protection.Never) // sealed: released by a separate decision only
	case protection.Assessors, protection.Prosecution, protection.DefenceCounsel, protection.Accused,
		protection.Interpreter, protection.Intermediary, protection.Support, protection.Coordinator:
		return full(PartOfCourt, protection.Live)
	case protection.Gallery, protection.Press:
		return full(OpenCourt, protection.Live)
	case protection.PublicRecord:
		return full(OpenCourt, protection.AfterTestimony)
	}
	if _, ok := a.OtherParty(); ok {
		return full(OtherWitness, protection.Live)
	}
	return unknownCell(a)
}

func compileCell(a protection.Audience, mode protection.SessionMode, bounds []bound) Cell {
	if a == protection.Bench {
		return benchCell()
	}
	cell := base(a)
	if a == protection.MasterRecord {
		return cell
	}
	at := seatOf(a)
	for i := range bounds {
		if bounds[i].reaches(at, a) {
			cell.limit(bounds[i].to, &bounds[i].of.cause)
		}
	}
	applyMode(&cell, mode)
	return cell
}

// limit lowers the cell's fields to the given ones and notes the cause of each field that became stricter.
func (c *Cell) limit(to protection.Access, cause *Cause) {
	if c.Access.AtMost(to) {
		return
	}
	if to.Picture < c.Picture {
		c.PictureCause = *cause
	}
	if to.Voice < c.Voice {
		c.VoiceCause = *cause
	}
	if to.LaterThan(c.Access) {
		c.ReleaseCause = *cause
	}
	if c.Connected && !to.Connected {
		c.ConnectedCause = *cause
	}
	c.Access = c.Access.Stricter(to)
}

func applyMode(c *Cell, mode protection.SessionMode) {
	if !c.Audience.Public() {
		return
	}
	switch mode {
	case protection.PublicMode:
	case protection.PrivateMode:
		c.limit(protection.Access{Connected: true}, &Cause{Rule: PrivateMode})
	default:
		c.limit(protection.Access{}, &Cause{Rule: ClosedMode})
	}
}
