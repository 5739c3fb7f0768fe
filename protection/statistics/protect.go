package statistics

import (
	"cmp"
	"slices"
)

// mostTries bounds how many hidden cells are tried to be shown again after all.
const mostTries = 40

// Protect decides which cells of a table are hidden, so that no small group can be derived from it together with earlier releases. It hides small counts,
// and counts that changed by few since an earlier release; then, again and again, what the attack of [Audit] still needs, the smallest first; and at last
// shows again what it can. It fails with [ErrExposed] where hiding the whole table would not be enough.
func Protect(t Table, threshold int, earlier []Release) (Release, error) {
	r := Release{Threshold: threshold, Table: t, Hidden: make([]bool, len(t.Counts))}
	if err := checkThreshold(threshold); err != nil {
		return r, err
	}
	if err := t.Check(); err != nil {
		return r, err
	}
	before := relevant(earlier, t.Family)
	for _, e := range before {
		if sameTable(e.Table, t) && e.Threshold == threshold { // the same again says nothing more
			r.Hidden = slices.Clone(e.Hidden)
			return r, nil
		}
	}
	first := r.hideSmall(before)
	all := append(slices.Clone(before), r)
	r.fillLines()
	for solve := false; ; {
		exposed, err := auditor{solve: solve}.audit(all)
		if err != nil {
			return r, err
		}
		if len(exposed) == 0 {
			break
		}
		if !solve && r.shield(exposed, all) {
			continue
		}
		if !solve { // the moves are at their end; perhaps the equations know better
			solve = true
			continue
		}
		next, ok := r.next(exposed[0], all)
		if !ok {
			return r, ErrExposed
		}
		r.Hidden[next] = true
		r.fillLines()
	}
	return r, r.showAgain(all, first)
}

// shield hides what gives exposed cells of this release a move that protects them, and reports whether it hid anything.
func (r Release) shield(exposed []Exposure, all []Release) bool {
	hid := false
	moves := mover{releases: []Release{r}, how: [][]relation{{}}}
	for _, x := range exposed {
		if x.Release != len(all)-1 || x.Since >= 0 || moves.far(0, x.Cell, Interval(r.Threshold), false) { // an earlier one has helped it
			continue
		}
		for _, i := range r.cheapest(x.Cell, Interval(r.Threshold)) {
			r.Hidden[i], hid = true, true
		}
	}
	if hid {
		r.fillLines()
	}
	return hid
}

// relevant are the earlier releases of a family, each table once.
func relevant(earlier []Release, f Family) []Release {
	var list []Release
	for _, e := range earlier {
		if e.Table.Family == f && !slices.ContainsFunc(list, func(k Release) bool {
			return sameTable(k.Table, e.Table) && slices.Equal(k.Hidden, e.Hidden) && k.Threshold == e.Threshold
		}) {
			list = append(list, e)
		}
	}
	return list
}

// hideSmall hides what is small itself, and returns it.
func (r Release) hideSmall(before []Release) []bool {
	for i, n := range r.Table.Counts {
		r.Hidden[i] = small(n, r.Threshold)
	}
	for _, e := range before {
		threshold := max(e.Threshold, r.Threshold)
		for _, pair := range common(e.Table, r.Table, false) {
			if pair[1] < 0 {
				continue
			}
			n := r.Table.Counts[pair[1]]
			if d := n - at(e.Table, pair[0]); n > 0 && small(max(d, -d), threshold) {
				r.Hidden[pair[1]] = true
			}
		}
	}
	return slices.Clone(r.Hidden)
}

// fillLines sees that no sum has one hidden cell alone, which the others would tell: the smallest of the others that is not empty is hidden with it.
func (r Release) fillLines() {
	for changed := true; changed; {
		changed = false
		for i := range r.Hidden {
			if !r.Hidden[i] {
				continue
			}
			for _, line := range r.Table.lines(i) {
				hidden := 0
				for _, j := range line {
					if r.Hidden[j] {
						hidden++
					}
				}
				if hidden > 1 {
					continue
				}
				if j := r.smallest(line); j >= 0 {
					r.Hidden[j], changed = true, true
				}
			}
		}
	}
}

// smallest is the shown cell of some with the least count above nought; a total only where nothing else is left. It is -1 where there is none.
func (r Release) smallest(cells []int) int {
	best := -1
	rank := func(i int) (totals, n int) {
		for d, v := range r.Table.coordinates(i) {
			if v == len(r.Table.Values[d]) {
				totals++
			}
		}
		return totals, r.Table.Counts[i]
	}
	for _, i := range cells {
		if r.Hidden[i] || r.Table.Counts[i] == 0 {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		a, m := rank(i)
		b, n := rank(best)
		if cmp.Or(cmp.Compare(a, b), cmp.Compare(m, n)) < 0 {
			best = i
		}
	}
	return best
}

// next is a cell to hide because of an exposure: one in a sum with it, else one in a sum with a part of it, else any.
func (r Release) next(x Exposure, all []Release) (int, bool) {
	near := map[int]bool{}
	cells := []int{x.Cell}
	if x.Release != len(all)-1 || x.Since >= 0 { // what this release has in common with the others of it
		other := all[x.Release].Table
		cells = nil
		for _, pair := range common(other, r.Table, false) {
			if pair[1] >= 0 && pair[0] == x.Cell {
				cells = append(cells, pair[1])
			}
		}
	}
	for _, c := range cells {
		near[c] = true
		for _, line := range r.Table.lines(c) {
			for _, j := range line {
				near[j] = true
			}
		}
	}
	if j := r.smallest(keys(near)); j >= 0 {
		return j, true
	}
	for _, c := range cells {
		for _, p := range r.Table.parts(c) {
			if !r.Hidden[p] {
				continue
			}
			for _, line := range r.Table.lines(p) {
				for _, j := range line {
					near[j] = true
				}
			}
		}
	}
	if j := r.smallest(keys(near)); j >= 0 {
		return j, true
	}
	every := make([]int, len(r.Hidden))
	for i := range every {
		every[i] = i
	}
	j := r.smallest(every)
	return j, j >= 0
}

func keys(m map[int]bool) []int {
	var list []int
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// showAgain shows hidden cells that need not be, the largest first.
func (r Release) showAgain(all []Release, first []bool) error {
	var second []int
	for i, hidden := range r.Hidden {
		if hidden && !first[i] {
			second = append(second, i)
		}
	}
	slices.SortStableFunc(second, func(a, b int) int { return cmp.Compare(r.Table.Counts[b], r.Table.Counts[a]) })
	if len(second) > mostTries {
		second = second[:mostTries]
	}
	for again := true; again; {
		again = false
		for _, i := range second {
			if !r.Hidden[i] {
				continue
			}
			r.Hidden[i] = false
			exposed, err := auditor{solve: true, most: 1}.audit(all)
			if err != nil {
				return err
			}
			r.Hidden[i] = len(exposed) > 0
			again = again || !r.Hidden[i]
		}
	}
	return nil
}
