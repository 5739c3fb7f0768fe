package statistics

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Thresholds: a count below the threshold, but for nought, is not published.
const (
	DefaultThreshold = 5
	LeastThreshold   = 3
	MostThreshold    = 50
)

// ErrThreshold refuses a threshold that would protect nobody, or publish nothing.
var ErrThreshold = fmt.Errorf("the threshold is between %d and %d", LeastThreshold, MostThreshold)

// Release is a table with what of it is hidden. The exact counts stay in it, for the audit of later releases: what goes out is [Release.Published].
type Release struct {
	ID        string    `json:"id"`
	Number    int       `json:"number"` // among all releases, from 1
	By        string    `json:"by"`     // the user, by id
	At        time.Time `json:"at"`
	Threshold int       `json:"threshold"`
	Table     Table     `json:"table"`
	Hidden    []bool    `json:"hidden"` // of each cell of the table
}

// Interval is how far apart the bounds have to be that anybody can find for a small count: with a threshold of 5 there are at least five counts that it
// could be, of which one is no small one.
func Interval(threshold int) int { return threshold - 1 }

// Published is a release as everybody may have it. It says of a hidden cell that it is hidden, and not why: a cell can be hidden to protect another.
type Published struct {
	ID         string      `json:"id,omitempty"`
	Number     int         `json:"number,omitempty"`
	Released   time.Time   `json:"released,omitzero"`
	Family     Family      `json:"family"`
	Threshold  int         `json:"threshold"`
	Dimensions []Dimension `json:"dimensions"`
	Cells      []Cell      `json:"cells"`
	values     [][]Value
}

// Cell is one published cell.
type Cell struct {
	Key    []Value // in each dimension; empty is the total
	Count  int     // 0 where hidden
	Hidden bool
}

// MarshalJSON writes a hidden cell's count as null.
func (c Cell) MarshalJSON() ([]byte, error) {
	line := struct {
		Key    []Value `json:"key"`
		Count  *int    `json:"count"`
		Hidden bool    `json:"suppressed"`
	}{Key: c.Key, Hidden: c.Hidden}
	if !c.Hidden {
		line.Count = &c.Count
	}
	return json.Marshal(line)
}

// Published is the release without what is hidden.
func (r Release) Published() Published {
	p := Published{ID: r.ID, Number: r.Number, Released: r.At, Family: r.Table.Family, Threshold: r.Threshold, Dimensions: slices.Clone(r.Table.Dimensions), values: r.Table.Values}
	for i, n := range r.Table.Counts {
		c := Cell{Key: r.Table.Key(i), Count: n}
		if r.Hidden[i] {
			c.Count, c.Hidden = 0, true
		}
		p.Cells = append(p.Cells, c)
	}
	return p
}

// Values lists the categories of a dimension of the table by its place.
func (p Published) Values(dimension int) []Value { return p.values[dimension] }

// At is the cell of a category in each dimension; an empty value is the total.
func (p Published) At(key ...Value) Cell {
	i := 0
	for d, v := range key {
		at := len(p.values[d])
		if v != "" {
			if at = slices.Index(p.values[d], v); at < 0 {
				return Cell{Key: key}
			}
		}
		i = i*(len(p.values[d])+1) + at
	}
	return p.Cells[i]
}

// HiddenCells counts the cells that are hidden.
func (p Published) HiddenCells() int {
	n := 0
	for _, c := range p.Cells {
		if c.Hidden {
			n++
		}
	}
	return n
}

// Check refuses a release that is not one.
func (r Release) Check() error {
	if err := r.Table.Check(); err != nil {
		return err
	}
	if len(r.Hidden) != len(r.Table.Counts) {
		return errors.New("the release does not say of each cell whether it is hidden")
	}
	return checkThreshold(r.Threshold)
}

func checkThreshold(n int) error {
	if n < LeastThreshold || n > MostThreshold {
		return ErrThreshold
	}
	return nil
}

// small reports whether a count is of a group that has to be protected.
func small(n, threshold int) bool { return n > 0 && n < threshold }

// sameTable reports whether two tables count the same in the same cells.
func sameTable(a, b Table) bool {
	return a.Family == b.Family && slices.Equal(a.Dimensions, b.Dimensions) && slices.Equal(a.Counts, b.Counts) &&
		slices.EqualFunc(a.Values, b.Values, slices.Equal)
}
