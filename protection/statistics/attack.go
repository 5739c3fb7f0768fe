package statistics

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// The attacker that a release has to withstand has every release, knows the method and the threshold, and so knows that a hidden cell is not empty. Of
// two releases they are taken to know how the people counted changed in between, as far as that can be said at all: that they are the same, or that some
// came and nobody left or was recorded otherwise. Tables of one moment with dimensions in common agree in what they have in common; where the dimensions of
// the releases do not form a ring, any tables that agree so are tables of some people, and the bounds found here are those of an attacker who thinks of
// everything. A ring is closed by a table over all of its dimensions, of which nothing is published.

// Errors of an audit.
var (
	// ErrExposed refuses a release from which a small group could be derived, or bounded too closely.
	ErrExposed = errors.New("a small group could be derived from this release and those before it")
	// ErrTooLarge refuses a release that can't be audited exactly.
	ErrTooLarge = errors.New("this release, with those before it, is too large for an exact audit")
)

// Unknowns that are solved at once: where nothing but the equations helps, and where there are moves as well, which hide somewhat more but are quick.
const (
	mostUnknowns  = 400
	mostWithMoves = 120
)

// Exposure is a small count, or a small difference between two releases, that an attacker bounds too closely.
type Exposure struct {
	Release int // the newest release that it is of, by its place; the last is the one that is audited
	Since   int // for a difference: the other release; else -1
	Cell    int // of the table of Release
	// Low and High are the closest bounds that leave a choice, as far as the audit followed them.
	Low, High int
	other     int // the cell of the other release
}

// form is a sum of unknowns with a constant.
type form struct {
	of       map[int]int
	constant int
}

func (f *form) add(g form, times int) {
	f.constant += times * g.constant
	for v, n := range g.of {
		f.of[v] += times * n
		if f.of[v] == 0 {
			delete(f.of, v)
		}
	}
}

func newForm() form { return form{of: map[int]int{}} }

// worlds are all tables that agree with what was published.
type worlds struct {
	releases  []Release
	unknown   []map[int]int // of each release: inner cell to unknown
	n         int
	equations []form // each is 0
	part      []int  // union-find over unknowns
	solved    map[int]*component
	most      int // unknowns of a component
}

// component is what hangs together of the worlds.
type component struct {
	index   map[int]int // unknown to column
	simplex *simplex
}

// relation is how the people of two releases relate.
type relation int

const (
	unrelated relation = iota
	grown
	same
)

// relate compares what two releases count in common.
func relate(older, newer Release) relation {
	all := same
	for _, pair := range common(older.Table, newer.Table, true) {
		switch d := at(newer.Table, pair[1]) - at(older.Table, pair[0]); {
		case d < 0:
			return unrelated
		case d > 0:
			all = grown
		}
	}
	return all
}

func at(t Table, i int) int {
	if i < 0 {
		return 0
	}
	return t.Counts[i]
}

// common pairs the cells of two tables over the dimensions that both have; -1 is a cell that a table has no category for. Totals are among them unless
// only the innermost are asked for.
func common(a, b Table, innermost bool) [][2]int {
	keys := []map[Dimension]Value{{}}
	for d, name := range a.Dimensions {
		e := slices.Index(b.Dimensions, name)
		if e < 0 {
			continue
		}
		list := slices.Clone(a.Values[d])
		for _, v := range b.Values[e] {
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
		if !innermost {
			list = append(list, "")
		}
		var next []map[Dimension]Value
		for _, k := range keys {
			for _, v := range list {
				longer := maps.Clone(k)
				longer[name] = v
				next = append(next, longer)
			}
		}
		keys = next
	}
	pairs := make([][2]int, 0, len(keys))
	for _, k := range keys {
		pair := [2]int{-1, -1}
		if i, ok := a.cell(k); ok {
			pair[0] = i
		}
		if i, ok := b.cell(k); ok {
			pair[1] = i
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// newWorlds writes down what an attacker knows of releases of one family.
func newWorlds(releases []Release, linked [][]relation) (*worlds, error) {
	w := &worlds{releases: releases, solved: map[int]*component{}, most: mostWithMoves}
	for _, r := range releases {
		unknown := map[int]int{}
		for i := range r.Table.Counts {
			if r.Hidden[i] && r.Table.inner(r.Table.coordinates(i)) {
				unknown[i] = w.n
				w.n++
			}
		}
		w.unknown = append(w.unknown, unknown)
	}
	for k, r := range releases {
		for i, n := range r.Table.Counts {
			if r.Hidden[i] || r.Table.inner(r.Table.coordinates(i)) {
				continue
			}
			f := w.sum(k, i)
			f.constant -= n
			w.equate(f)
		}
	}
	for b := range releases {
		for a := range b {
			w.link(a, b, linked[b][a])
		}
	}
	if err := w.closeRing(linked); err != nil {
		return nil, err
	}
	w.part = make([]int, w.n)
	for i := range w.part {
		w.part[i] = i
	}
	for _, e := range w.equations {
		first := -1
		for v := range e.of {
			if first < 0 {
				first = v
			}
			w.part[w.root(v)] = w.root(first)
		}
	}
	return w, nil
}

func (w *worlds) root(v int) int {
	for w.part[v] != v {
		w.part[v] = w.part[w.part[v]]
		v = w.part[v]
	}
	return v
}

func (w *worlds) equate(f form) {
	if len(f.of) > 0 {
		w.equations = append(w.equations, f)
	}
}

// sum is a cell of a release as the sum of what is known of its inner cells. A hidden inner cell is 1 and what is unknown.
func (w *worlds) sum(release, cell int) form {
	f := newForm()
	if cell < 0 {
		return f
	}
	t := w.releases[release].Table
	for _, i := range t.parts(cell) {
		if v, ok := w.unknown[release][i]; ok {
			f.of[v]++
			f.constant++
		} else {
			f.constant += t.Counts[i]
		}
	}
	return f
}

// link adds what is known of the cells that two releases have in common.
func (w *worlds) link(a, b int, how relation) {
	if how == unrelated {
		return
	}
	for _, pair := range common(w.releases[a].Table, w.releases[b].Table, true) {
		f := w.sum(b, pair[1])
		f.add(w.sum(a, pair[0]), -1)
		if len(f.of) == 0 {
			continue
		}
		if how == grown {
			f.of[w.n] = -1 // how many came
			w.n++
		}
		w.equate(f)
	}
}

// closeRing adds a table over all dimensions of releases whose dimensions form a ring.
func (w *worlds) closeRing(linked [][]relation) error {
	core := ring(dimensionsOf(w.releases))
	if len(core) == 0 {
		return nil
	}
	w.most = mostUnknowns
	whole := Table{}
	size := 1
	for _, k := range core {
		t := w.releases[k].Table
		whole.Family = t.Family
		for d, name := range t.Dimensions {
			e := slices.Index(whole.Dimensions, name)
			if e < 0 {
				whole.Dimensions, whole.Values = append(whole.Dimensions, name), append(whole.Values, nil)
				e = len(whole.Dimensions) - 1
			}
			for _, v := range t.Values[d] {
				if !slices.Contains(whole.Values[e], v) {
					whole.Values[e] = append(whole.Values[e], v)
				}
			}
		}
	}
	for _, v := range whole.Values {
		if size *= len(v); size > mostUnknowns {
			return fmt.Errorf("%w: their dimensions form a ring", ErrTooLarge)
		}
	}
	for i, k := range core {
		for _, j := range core[:i] {
			if linked[max(k, j)][min(k, j)] != same {
				return fmt.Errorf("%w: their dimensions form a ring, and the people changed in between", ErrTooLarge)
			}
		}
	}
	first := w.n
	w.n += size
	for _, k := range core {
		t := w.releases[k].Table
		sums := map[int]form{}
		for i := range size {
			rest, key := i, map[Dimension]Value{}
			for e := len(whole.Dimensions) - 1; e >= 0; e-- {
				key[whole.Dimensions[e]] = whole.Values[e][rest%len(whole.Values[e])]
				rest /= len(whole.Values[e])
			}
			cell, ok := t.cell(pick(key, t.Dimensions))
			if !ok {
				cell = -1 - i // there is nobody of it
			}
			if _, ok := sums[cell]; !ok {
				sums[cell] = newForm()
			}
			sums[cell].of[first+i] = 1
		}
		for _, cell := range slices.Sorted(maps.Keys(sums)) {
			f := sums[cell]
			if cell >= 0 {
				f.add(w.sum(k, cell), -1)
			}
			w.equate(f)
		}
	}
	return nil
}

func dimensionsOf(releases []Release) [][]Dimension {
	var sets [][]Dimension
	for _, r := range releases {
		sets = append(sets, r.Table.Dimensions)
	}
	return sets
}

func pick(key map[Dimension]Value, dims []Dimension) map[Dimension]Value {
	out := map[Dimension]Value{}
	for _, d := range dims {
		out[d] = key[d]
	}
	return out
}

// ring returns the places of those sets of dimensions that form a ring: what is left when dimensions of one set only, and sets within others, are taken
// away again and again (Graham, Yu and Özsoyoğlu). Nothing is left of a tree.
func ring(sets [][]Dimension) []int {
	left := map[int][]Dimension{}
	for i, s := range sets {
		left[i] = slices.Clone(s)
	}
	for changed := true; changed; {
		changed = false
		uses := map[Dimension]int{}
		for _, s := range left {
			for _, d := range s {
				uses[d]++
			}
		}
		for _, i := range slices.Sorted(maps.Keys(left)) {
			if s := slices.DeleteFunc(left[i], func(d Dimension) bool { return uses[d] == 1 }); len(s) != len(left[i]) {
				left[i], changed = s, true
			}
		}
		for _, i := range slices.Sorted(maps.Keys(left)) {
			for j, other := range left {
				if i != j && !slices.ContainsFunc(left[i], func(d Dimension) bool { return !slices.Contains(other, d) }) {
					delete(left, i)
					changed = true
					break
				}
			}
		}
		if len(left) == 1 {
			return nil
		}
	}
	return slices.Sorted(maps.Keys(left))
}

// solve gives a component a first basis.
func (w *worlds) solve(root int) (*component, error) {
	if c := w.solved[root]; c != nil {
		return c, nil
	}
	c := &component{index: map[int]int{}}
	for v := range w.n {
		if w.root(v) == root {
			c.index[v] = len(c.index)
		}
	}
	if len(c.index) > w.most {
		return nil, ErrTooLarge
	}
	var rows [][]frac
	for _, e := range w.equations {
		row := make([]frac, len(c.index)+1)
		for j := range row {
			row[j] = zero
		}
		within := false
		for v, n := range e.of {
			if j, ok := c.index[v]; ok {
				row[j], within = whole(n), true
			}
		}
		if within {
			row[len(c.index)] = whole(-e.constant)
			rows = append(rows, row)
		}
	}
	ok := false
	if c.simplex, ok = newSimplex(len(c.index), rows); !ok {
		return nil, errors.New("what was published does not agree with itself")
	}
	w.solved[root] = c
	return c, nil
}

// spread bounds a form by tables of whole numbers that agree with everything published: it returns two values of it that are possible, as far apart as
// needed, or as far as it finds. What it finds is possible for certain, so that it errs to the strict side only.
func (w *worlds) spread(f form, needed int) (low, high int, err error) {
	defer func() {
		if r := recover(); r != nil {
			if r != errInexact { //nolint:errorlint // it is the value itself that was thrown
				panic(r)
			}
			err = errInexact
		}
	}()
	low, high = f.constant, f.constant
	pieces := map[int]map[int]int{}
	for v, n := range f.of {
		if r := w.root(v); pieces[r] == nil {
			pieces[r] = map[int]int{v: n}
		} else {
			pieces[r][v] = n
		}
	}
	for _, r := range slices.Sorted(maps.Keys(pieces)) {
		c, err := w.solve(r)
		if err != nil {
			return low, high, err
		}
		cost, against := make([]frac, len(c.index)), make([]frac, len(c.index))
		for j := range cost {
			cost[j], against[j] = zero, zero
		}
		for v, n := range pieces[r] {
			cost[c.index[v]], against[c.index[v]] = whole(n), whole(-n)
		}
		seen, least, most := false, 0, 0
		look := func() bool {
			if v, integral := c.simplex.value(cost); integral {
				if !seen {
					seen, least, most = true, v, v
				}
				least, most = min(least, v), max(most, v)
			}
			return seen && high-low+most-least >= needed
		}
		for _, k := range [][]frac{cost, against} {
			if !c.simplex.maximise(k, look) {
				return low, low + needed, nil // there is no bound at all
			}
		}
		if !seen {
			return low, low, errInexact
		}
		low, high = low+least, high+most
	}
	return low, high, nil
}

// Audit attacks the last of some releases of one family with all of them. It returns every small group that is bounded more closely than it may be.
func Audit(releases []Release) ([]Exposure, error) {
	return auditor{solve: true}.audit(releases)
}

// auditor looks for exposures.
type auditor struct {
	solve bool // what moves don't protect is tried by the equations
	most  int  // exposures after which it stops; 0: never
}

func (a auditor) audit(releases []Release) ([]Exposure, error) {
	moves := mover{releases: releases, how: make([][]relation, len(releases))}
	for b := range releases {
		moves.how[b] = make([]relation, len(releases))
		for a := range b {
			moves.how[b][a] = relate(releases[a], releases[b])
		}
	}
	moves.solveOnly = len(ring(dimensionsOf(releases))) > 0
	var found []Exposure
	var w *worlds
	look := func(x Exposure, threshold int) (err error) {
		if moves.far(x.Release, x.Cell, Interval(threshold), x.Since >= 0) {
			return nil
		}
		x.Low, x.High = 0, 0
		if a.solve {
			if w == nil {
				if w, err = newWorlds(releases, moves.how); err != nil {
					return err
				}
			}
			f := w.sum(x.Release, x.Cell)
			if x.Since >= 0 {
				f.add(w.sum(x.Since, x.other), -1)
			}
			x.Low, x.High, err = w.spread(f, Interval(threshold))
			if err == nil && x.High-x.Low >= Interval(threshold) {
				return nil
			}
			if err != nil && !errors.Is(err, errInexact) && !errors.Is(err, ErrTooLarge) {
				return err
			}
		}
		found = append(found, x) // what can't be shown to be protected is not
		return nil
	}
	enough := func() bool { return a.most > 0 && len(found) >= a.most }
	last := len(releases) - 1
	for k := last; k >= 0 && !enough(); k-- {
		for i, n := range releases[k].Table.Counts {
			if !small(n, releases[k].Threshold) || enough() {
				continue
			}
			if err := look(Exposure{Release: k, Since: -1, Cell: i}, releases[k].Threshold); err != nil {
				return found, err
			}
		}
	}
	for b := last; b > 0; b-- {
		for a := range b {
			older, newer := releases[a].Table, releases[b].Table
			threshold := max(releases[a].Threshold, releases[b].Threshold)
			for _, pair := range common(older, newer, false) {
				if d := at(newer, pair[1]) - at(older, pair[0]); !small(max(d, -d), threshold) || pair[1] < 0 || enough() {
					continue
				}
				if err := look(Exposure{Release: b, Since: a, Cell: pair[1], other: pair[0]}, threshold); err != nil {
					return found, err
				}
			}
		}
	}
	return found, nil
}
