package statistics

import (
	"errors"
	"fmt"
	"slices"
)

// MostDimensions bounds the dimensions of one table.
const MostDimensions = 3

// Errors of a table that was asked for.
var (
	ErrDimensions = errors.New("a table has one to three different dimensions")
	ErrFamily     = errors.New("a table is of trafficking or of smuggling, never of both")
)

// Table is an exact cross-table with all its totals. It is not to be shown to the public: [Protect] makes what is.
type Table struct {
	Family     Family      `json:"family"`
	Dimensions []Dimension `json:"dimensions"`
	Values     [][]Value   `json:"values"` // of each dimension
	// Counts has a cell for each combination of a category of every dimension, or the total of it, which comes after the categories. The last dimension
	// changes fastest.
	Counts []int `json:"counts"`
}

// Count makes the table of a family over dimensions. Records of the other family are left out.
func Count(records []Record, f Family, dims []Dimension) (Table, error) {
	t := Table{Family: f, Dimensions: slices.Clone(dims)}
	if !slices.Contains(Families, f) {
		return t, ErrFamily
	}
	if len(dims) == 0 || len(dims) > MostDimensions {
		return t, ErrDimensions
	}
	for i, d := range dims {
		if !slices.Contains(Dimensions, d) || slices.Contains(dims[:i], d) {
			return t, ErrDimensions
		}
		t.Values = append(t.Values, valuesIn(records, f, d))
	}
	index := make([]map[Value]int, len(dims))
	size := 1
	for i, list := range t.Values {
		index[i] = map[Value]int{}
		for j, v := range list {
			index[i][v] = j
		}
		size *= len(list) + 1
	}
	inner := make([]int, size)
	at := make([]int, len(dims))
	for _, r := range records {
		if r.Family != f {
			continue
		}
		for i, d := range dims {
			j, ok := index[i][r.in(d)]
			if !ok {
				j = index[i][Unknown]
			}
			at[i] = j
		}
		inner[t.flat(at)]++
	}
	t.Counts = inner
	t.total()
	return t, nil
}

func valuesIn(records []Record, f Family, d Dimension) []Value {
	if d != Year {
		return Values(f, d)
	}
	found := map[Value]bool{}
	for _, r := range records {
		if r.Family == f {
			found[r.in(Year)] = true
		}
	}
	delete(found, Unknown)
	list := make([]Value, 0, len(found)+1)
	for v := range found {
		list = append(list, v)
	}
	slices.Sort(list)
	return append(list, Unknown)
}

// total adds up the totals, a dimension at a time.
func (t *Table) total() {
	for d := range t.Dimensions {
		for i := range t.Counts {
			at := t.coordinates(i)
			if at[d] != len(t.Values[d]) {
				continue
			}
			sum := 0
			for v := range t.Values[d] {
				at[d] = v
				sum += t.Counts[t.flat(at)]
			}
			t.Counts[i] = sum
		}
	}
}

// flat is the place of a cell; a coordinate of len(Values) is a total.
func (t Table) flat(at []int) int {
	i := 0
	for d, v := range at {
		i = i*(len(t.Values[d])+1) + v
	}
	return i
}

func (t Table) coordinates(i int) []int {
	at := make([]int, len(t.Values))
	for d := len(t.Values) - 1; d >= 0; d-- {
		n := len(t.Values[d]) + 1
		at[d], i = i%n, i/n
	}
	return at
}

// Key names a cell's category in each dimension; the empty value is the total.
func (t Table) Key(i int) []Value {
	key := make([]Value, len(t.Values))
	for d, v := range t.coordinates(i) {
		if v < len(t.Values[d]) {
			key[d] = t.Values[d][v]
		}
	}
	return key
}

// cell finds a cell by its category in each of some dimensions, the others being totals. A category that the table does not have has no cell.
func (t Table) cell(of map[Dimension]Value) (int, bool) {
	at := make([]int, len(t.Dimensions))
	for d, name := range t.Dimensions {
		v := of[name]
		if at[d] = len(t.Values[d]); v == "" {
			continue
		}
		if at[d] = slices.Index(t.Values[d], v); at[d] < 0 {
			return 0, false
		}
	}
	return t.flat(at), true
}

// inner reports whether a cell is no total in any dimension.
func (t Table) inner(at []int) bool {
	for d, v := range at {
		if v == len(t.Values[d]) {
			return false
		}
	}
	return true
}

// parts lists the inner cells that a cell is the sum of.
func (t Table) parts(i int) []int {
	found := []int{0}
	for d, v := range t.coordinates(i) {
		from, to := v, v+1
		if v == len(t.Values[d]) {
			from, to = 0, len(t.Values[d])
		}
		next := make([]int, 0, len(found)*(to-from))
		for _, f := range found {
			for v := from; v < to; v++ {
				next = append(next, f*(len(t.Values[d])+1)+v)
			}
		}
		found = next
	}
	return found
}

// lines are the sums that a cell stands in: along each dimension, the categories with their total.
func (t Table) lines(i int) [][]int {
	var found [][]int
	for d := range t.Values {
		at := t.coordinates(i)
		line := make([]int, 0, len(t.Values[d])+1)
		for v := range len(t.Values[d]) + 1 {
			at[d] = v
			line = append(line, t.flat(at))
		}
		found = append(found, line)
	}
	return found
}

// Total is how many records the table counts.
func (t Table) Total() int { return t.Counts[len(t.Counts)-1] }

// Check refuses a table that is not one: read back from a store, it could be anything.
func (t Table) Check() error {
	size := 1
	if len(t.Values) != len(t.Dimensions) || len(t.Dimensions) == 0 || len(t.Dimensions) > MostDimensions {
		return ErrDimensions
	}
	for _, v := range t.Values {
		size *= len(v) + 1
	}
	if size != len(t.Counts) {
		return fmt.Errorf("%w: %d cells, %d counts", ErrDimensions, size, len(t.Counts))
	}
	return nil
}
