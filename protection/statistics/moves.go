package statistics

import (
	"math/bits"
	"slices"
)

// A move shifts people between the corners of a box: it adds to a cell, takes from its neighbour, and so on around, so that every sum over one of the
// box's own dimensions stays as it is. Whoever can be moved so without changing anything published can't be told from where they are: a move is a witness
// that a count could be another, found without solving anything. What no move protects is left to the equations.

// move is a box in a table: an inner cell of it, the dimensions in which it extends as bits, and for these the opposite coordinates.
type move struct {
	cell  []int
	dims  uint
	other []int
}

// corners calls fn with the corners of a move, the rest of the dimensions being totals where over has their bits. It stops when fn returns false.
func (m move) corners(t Table, over uint, fn func(cell int, up bool) bool) bool {
	at := make([]int, len(m.cell))
	for pick := uint(0); ; pick = (pick - m.dims) & m.dims {
		for d := range at {
			switch bit := uint(1) << d; {
			case over&bit != 0:
				at[d] = len(t.Values[d])
			case pick&bit != 0:
				at[d] = m.other[d]
			default:
				at[d] = m.cell[d]
			}
		}
		if !fn(t.flat(at), bits.OnesCount(pick)%2 == 0) {
			return false
		}
		if pick == m.dims {
			return true
		}
	}
}

// changed calls fn with every cell that a move changes: the corners, and the sums over dimensions in which it does not extend.
func (m move) changed(t Table, fn func(cell int, up bool) bool) bool {
	free := (uint(1)<<len(m.cell) - 1) &^ m.dims
	for over := uint(0); ; over = (over - free) & free {
		if !m.corners(t, over, fn) {
			return false
		}
		if over == free {
			return true
		}
	}
}

// room is how many people can go around a move in a release in its one direction and in the other. A hidden cell keeps at least one.
func (m move) room(r Release) (up, down int, ok bool) {
	up, down = unbounded, unbounded
	ok = m.changed(r.Table, func(cell int, plus bool) bool {
		switch {
		case !r.Hidden[cell]:
			return false
		case plus:
			down = min(down, r.Table.Counts[cell]-1)
		default:
			up = min(up, r.Table.Counts[cell]-1)
		}
		return true
	})
	return up, down, ok
}

const unbounded = 1 << 30

// boxes calls fn with the moves that change a cell of a table, until it returns false. start keeps those that begin in inner cells of interest.
func boxes(t Table, cell int, start func(int) bool, fn func(move) bool) {
	at := t.coordinates(cell)
	fixed := uint(0) // dimensions in which the cell is no total
	for d, v := range at {
		if v < len(t.Values[d]) {
			fixed |= 1 << d
		}
	}
	used := t.used()
	for _, p := range t.parts(cell) {
		if !start(p) {
			continue
		}
		m := move{cell: t.coordinates(p), other: make([]int, len(at))}
		for dims := uint(0); ; dims = (dims - fixed) & fixed {
			m.dims = dims
			if !m.opposite(used, 0, fn) {
				return
			}
			if dims == fixed {
				break
			}
		}
	}
}

// opposite goes through the opposite coordinates of a box.
func (m move) opposite(used [][]int, d int, fn func(move) bool) bool {
	if d == len(m.cell) {
		return fn(m)
	}
	if m.dims&(1<<d) == 0 {
		return m.opposite(used, d+1, fn)
	}
	for _, v := range used[d] {
		if m.other[d] = v; v != m.cell[d] && !m.opposite(used, d+1, fn) {
			return false
		}
	}
	return true
}

// used lists the categories of each dimension that anybody is in.
func (t Table) used() [][]int {
	list := make([][]int, len(t.Values))
	at := make([]int, len(t.Values))
	for d := range at {
		for e := range at {
			at[e] = len(t.Values[e])
		}
		for v := range t.Values[d] {
			if at[d] = v; t.Counts[t.flat(at)] > 0 {
				list[d] = append(list[d], v)
			}
		}
	}
	return list
}

// mover finds witnesses among releases that are linked.
type mover struct {
	releases []Release
	how      [][]relation // of an older release, second, to a newer, first
	// solveOnly says that the dimensions of the releases form a ring: tables that agree in pairs are then not always tables of some people, and no move is a
	// witness.
	solveOnly bool
}

func (w mover) relation(a, b int) relation { return w.how[max(a, b)][min(a, b)] }

// mirrored carries a move of one release over to every other one in which it would be seen, and returns the room that all leave it.
func (w mover) mirrored(k int, m move) (up, down int, ok bool) {
	t := w.releases[k].Table
	if up, down, ok = m.room(w.releases[k]); !ok {
		return 0, 0, false
	}
	fixed, moved := map[Dimension]Value{}, map[Dimension]Value{}
	for d, name := range t.Dimensions {
		if fixed[name] = t.Values[d][m.cell[d]]; m.dims&(1<<d) != 0 {
			moved[name] = t.Values[d][m.other[d]]
		}
	}
	for j, r := range w.releases {
		if j == k || w.relation(j, k) == unrelated {
			continue
		}
		sees := true
		for name := range moved {
			sees = sees && slices.Contains(r.Table.Dimensions, name)
		}
		if !sees {
			continue
		}
		u, d, ok := w.place(r, fixed, moved)
		if !ok {
			return 0, 0, false
		}
		up, down = min(up, u), min(down, d)
	}
	return up, down, true
}

// place finds where in another release the same people can be moved in the same way. What it decides of further dimensions it adds to fixed.
func (w mover) place(r Release, fixed, moved map[Dimension]Value) (up, down int, ok bool) {
	m := move{cell: make([]int, len(r.Table.Dimensions)), other: make([]int, len(r.Table.Dimensions))}
	var open []int
	for d, name := range r.Table.Dimensions {
		if v, known := fixed[name]; !known {
			open = append(open, d)
		} else if m.cell[d] = slices.Index(r.Table.Values[d], v); m.cell[d] < 0 {
			return 0, 0, false
		}
		if v, known := moved[name]; known {
			if m.other[d] = slices.Index(r.Table.Values[d], v); m.other[d] < 0 {
				return 0, 0, false
			}
			m.dims |= 1 << d
		}
	}
	best := -1
	var chosen []int
	var try func(n int)
	try = func(n int) {
		if n < len(open) {
			for v := range r.Table.Values[open[n]] {
				m.cell[open[n]] = v
				try(n + 1)
			}
			return
		}
		if u, d, fits := m.room(r); fits && min(u, unbounded/4)+min(d, unbounded/4) > best {
			best, up, down, ok = min(u, unbounded/4)+min(d, unbounded/4), u, d, true
			chosen = slices.Clone(m.cell)
		}
	}
	try(0)
	if ok {
		for _, d := range open {
			fixed[r.Table.Dimensions[d]] = r.Table.Values[d][chosen[d]]
		}
	}
	return up, down, ok
}

// alone moves people in one release and in no other, where that is possible: what others have in common with it stays, or they came in between.
func (w mover) alone(k int, m move) (up, down int, ok bool) {
	if up, down, ok = m.room(w.releases[k]); !ok {
		return 0, 0, false
	}
	t := w.releases[k].Table
	for j, r := range w.releases {
		if j == k || w.relation(j, k) == unrelated {
			continue
		}
		over, sees := uint(0), true
		for d, name := range t.Dimensions {
			if !slices.Contains(r.Table.Dimensions, name) {
				over |= 1 << d
				sees = sees && m.dims&(1<<d) == 0
			}
		}
		if !sees {
			continue
		}
		if w.relation(j, k) == same {
			return 0, 0, false
		}
		m.corners(t, over, func(cell int, plus bool) bool {
			of := map[Dimension]Value{}
			for d, v := range t.Key(cell) {
				of[t.Dimensions[d]] = v
			}
			there := -1
			if c, known := r.Table.cell(pick(of, r.Table.Dimensions)); known {
				there = c
			}
			came := t.Counts[cell] - at(r.Table, there)
			if j > k {
				came = -came
			}
			switch {
			case (j < k) == plus: // the newer one grows, or the older one shrinks, going up
				down = min(down, came)
			default:
				up = min(up, came)
			}
			return true
		})
	}
	return up, down, true
}

// far reports whether moves witness that a cell of a release could be so far from itself; differences asks that the older ones stay as they are.
func (w mover) far(k, cell, needed int, differences bool) bool {
	r := w.releases[k]
	if w.solveOnly {
		return false
	}
	up, down, tries := 0, 0, 0
	boxes(r.Table, cell, func(p int) bool { return r.Hidden[p] }, func(m move) bool {
		tries++
		if !differences {
			if u, d, ok := w.mirrored(k, m); ok {
				up, down = max(up, u), max(down, d)
			}
		}
		if u, d, ok := w.alone(k, m); ok {
			up, down = max(up, u), max(down, d)
		}
		return up+down < needed && tries < mostBoxes
	})
	return up+down >= needed
}

// mostBoxes bounds the moves that are looked at for one cell.
const mostBoxes = 4000

// cheapest is the move that protects a cell of a release by hiding the fewest people more; the cells to hide, or none where there is no such move.
func (r Release) cheapest(cell, needed int) []int {
	least := unbounded
	var best []int
	tries := 0
	boxes(r.Table, cell, func(p int) bool { return r.Table.Counts[p] > 0 }, func(m move) bool {
		tries++
		cost, up, down := 0, unbounded, unbounded
		var hide []int
		m.changed(r.Table, func(c int, plus bool) bool {
			n := r.Table.Counts[c]
			if plus {
				down = min(down, n-1)
			} else {
				up = min(up, n-1)
			}
			if !r.Hidden[c] {
				cost += n + 1
				hide = append(hide, c)
			}
			return n > 0 && cost < least && (up > 0 || plus)
		})
		if cost < least && min(up, needed)+min(down, needed) >= needed && len(hide) > 0 {
			least, best = cost, hide
		}
		return tries < mostBoxes
	})
	return best
}
