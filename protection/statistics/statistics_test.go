package statistics

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func people(t *rapid.T, from, to int) []Record {
	n := rapid.IntRange(from, to).Draw(t, "n")
	var list []Record
	for i := range n {
		list = append(list, Record{Family: Trafficking,
			Sex:     rapid.SampledFrom([]Value{"female", "female", "female", "male"}).Draw(t, fmt.Sprint("sex", i)),
			Status:  rapid.SampledFrom([]Value{"victim", "victim", "witness"}).Draw(t, fmt.Sprint("status", i)),
			Outcome: rapid.SampledFrom([]Value{"testified", "no_hearing", "no_hearing"}).Draw(t, fmt.Sprint("outcome", i)),
		})
	}
	return list
}

// derive is an attacker of another make: it goes through every assignment of whole numbers, up to some more than the largest, to the hidden inner cells of releases of the
// same people, and keeps the values of a cell for which every published sum comes out. It reports false where that would take too long.
func derive(releases []Release, more, release, cell int) (low, high int, ok bool) {
	type slot struct{ release, cell int }
	var slots []slot
	counts := make([][]int, len(releases))
	for k, r := range releases {
		counts[k] = slices.Clone(r.Table.Counts)
		for i := range r.Hidden {
			if r.Hidden[i] && r.Table.inner(r.Table.coordinates(i)) {
				slots = append(slots, slot{k, i})
			}
		}
	}
	most := 0
	for _, s := range slots {
		most = max(most, counts[s.release][s.cell]+more)
	}
	worldsTried := 1
	for range slots {
		worldsTried *= most
	}
	if len(slots) > 5 || worldsTried > 60_000 {
		return 0, 0, false
	}
	low = -1
	agree := func() bool {
		for k, r := range releases {
			tb := r.Table
			tb.Counts = counts[k]
			tb.total()
			for i := range counts[k] {
				if !r.Hidden[i] && counts[k][i] != r.Table.Counts[i] || r.Hidden[i] && counts[k][i] == 0 {
					return false
				}
			}
		}
		for b := range releases {
			for a := range b {
				for _, p := range common(releases[a].Table, releases[b].Table, true) {
					if counts[a][p[0]] != counts[b][p[1]] {
						return false
					}
				}
			}
		}
		return true
	}
	var try func(n int)
	try = func(n int) {
		if n == len(slots) {
			if agree() {
				v := counts[release][cell]
				if low < 0 {
					low, high = v, v
				}
				low, high = min(low, v), max(high, v)
			}
			return
		}
		for v := 1; v <= most; v++ {
			counts[slots[n].release][slots[n].cell] = v
			try(n + 1)
		}
	}
	try(0)
	return low, high, true
}

func table(t *rapid.T, list []Record, dims ...Dimension) Table {
	tb, err := Count(list, Trafficking, dims)
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

// No small cell of any release can be bounded by somebody who tries everything.
func TestNobodyDerivesASmallCell(t *testing.T) {
	t.Parallel()
	tried := 0
	rapid.Check(t, func(t *rapid.T) {
		list := people(t, 8, 40)
		var out []Release
		for _, dims := range [][]Dimension{{Sex, Status}, {Status, Outcome}} {
			r, err := Protect(table(t, list, dims...), 4, out)
			if errors.Is(err, ErrExposed) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		for k, r := range out {
			for i, n := range r.Table.Counts {
				if !small(n, r.Threshold) {
					continue
				}
				if low, high, ok := derive(out, 4, k, i); ok {
					tried++
					if low < 0 || high-low < Interval(r.Threshold) {
						t.Fatalf("%v of release %d is between %d and %d, and is %d", r.Table.Key(i), k, low, high, n)
					}
				}
			}
		}
	})
	if tried == 0 {
		t.Error("nothing was attacked")
	}
}

// What the equations say is what somebody finds who tries everything.
func TestTheEquationsFindWhatTryingFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Release{Threshold: 5, Table: table(t, people(t, 5, 25), Sex, Status)}
		r.Hidden = make([]bool, len(r.Table.Counts))
		for i, n := range r.Table.Counts {
			r.Hidden[i] = n > 0 && rapid.Bool().Draw(t, fmt.Sprint("hide", i))
		}
		total := len(r.Hidden) - 1
		r.Hidden[total] = false
		for i := range r.Hidden {
			if !r.Hidden[i] {
				continue
			}
			low, high, ok := derive([]Release{r}, 25, 0, i)
			if !ok {
				return
			}
			w, err := newWorlds([]Release{r}, [][]relation{{}})
			if err != nil {
				t.Fatal(err)
			}
			gotLow, gotHigh, err := w.spread(w.sum(0, i), 1000)
			if err != nil || gotLow != low || gotHigh != high {
				t.Fatalf("%v: %d to %d, by trying %d to %d, %v\n%v %v", r.Table.Key(i), gotLow, gotHigh, low, high, err, r.Table.Counts, r.Hidden)
			}
			if (mover{releases: []Release{r}, how: [][]relation{{}}}).far(0, i, high-low+1, false) {
				t.Fatal("a move reaches what is not possible")
			}
		}
	})
}

// A count that grew by few is not published beside the old one.
func TestFewNewcomersAreNotDerived(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := people(t, 60, 120)
		var out []Release
		for round := range 3 {
			r, err := Protect(table(t, list, Sex, Status), 5, out)
			if err != nil && !errors.Is(err, ErrExposed) {
				t.Fatal(err)
			}
			if err == nil {
				for _, e := range out {
					for _, p := range common(e.Table, r.Table, false) {
						d := r.Table.Counts[p[1]] - e.Table.Counts[p[0]]
						if small(d, 5) && !e.Hidden[p[0]] && !r.Hidden[p[1]] {
							t.Fatalf("round %d tells that %d came to %v", round, d, r.Table.Key(p[1]))
						}
					}
				}
				out = append(out, r)
				if x, err := Audit(out); err != nil || len(x) > 0 {
					t.Fatal(x, err)
				}
			}
			list = append(list, people(t, 0, 12)...)
		}
	})
}

// Where nothing is small nothing is hidden, nought is always shown, and of what is hidden besides nothing can be shown again.
func TestNoMoreIsHiddenThanNeeded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tb := table(t, people(t, 0, 200), Sex, Status, Outcome)
		r, err := Protect(tb, 5, nil)
		if err != nil {
			t.Fatal(err)
		}
		few := 0
		for i, n := range tb.Counts {
			if small(n, 5) {
				few++
			}
			if small(n, 5) && !r.Hidden[i] || n == 0 && r.Hidden[i] {
				t.Fatalf("%v is %d, hidden: %v", tb.Key(i), n, r.Hidden[i])
			}
		}
		if few == 0 && r.Published().HiddenCells() > 0 {
			t.Fatal("something is hidden for nobody")
		}
		for i, n := range tb.Counts {
			if !r.Hidden[i] || small(n, 5) {
				continue
			}
			r.Hidden[i] = false
			if x, err := Audit([]Release{r}); err != nil || len(x) == 0 {
				t.Fatalf("%v is hidden for nobody: %v", tb.Key(i), err)
			}
			r.Hidden[i] = true
		}
	})
}

// The same table again hides the same, and a ring of tables is audited as a whole.
func TestTheSameAgainSaysNothingMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := people(t, 30, 90)
		var out []Release
		for _, dims := range [][]Dimension{{Sex, Status}, {Status, Outcome}, {Sex, Outcome}, {Sex, Status}} {
			r, err := Protect(table(t, list, dims...), 5, out)
			if errors.Is(err, ErrExposed) || errors.Is(err, ErrTooLarge) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(out) > 0 && sameTable(out[0].Table, r.Table) && !slices.Equal(out[0].Hidden, r.Hidden) {
				t.Fatal("the same table hides otherwise")
			}
			out = append(out, r)
			if x, err := Audit(relevant(out, Trafficking)); err != nil || len(x) > 0 {
				t.Fatalf("%d releases: %v %v", len(out), x, err)
			}
		}
	})
}

func TestAProfileTakesOnlyWhatStandsInTheLists(t *testing.T) {
	t.Parallel()
	for _, p := range []Profile{{Sex: "Jane Doe"}, {AgeBand: "1990-01-01"}, {Region: "Benin City"}, {Consent: "yes"}, {Exploited: "by_sea"}, {Smuggled: "forced_labour"}} {
		if err := p.Check(); !errors.Is(err, ErrProfile) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := (Profile{Consent: Given, Exploited: "forced_labour", Sex: "female", AgeBand: "18_24", Region: "africa_west"}).Check(); err != nil {
		t.Error(err)
	}
}

// The families are never in one table, and what was not recorded is counted as such.
func TestATableIsOfOneFamily(t *testing.T) {
	t.Parallel()
	list := []Record{{Family: Trafficking, Form: "forced_labour"}, {Family: Trafficking}, {Family: Smuggling, Form: "by_sea"}}
	tb, err := Count(list, Trafficking, []Dimension{Form})
	if err != nil || tb.Total() != 2 {
		t.Fatalf("%d, %v", tb.Total(), err)
	}
	if i, _ := tb.cell(map[Dimension]Value{Form: Unknown}); tb.Counts[i] != 1 {
		t.Error(tb.Counts)
	}
	for _, bad := range [][]Dimension{nil, {Sex, Sex}, {"name"}, {Form, Sex, AgeBand, Region}} {
		if _, err := Count(list, Trafficking, bad); !errors.Is(err, ErrDimensions) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := Count(list, "mixed", []Dimension{Sex}); !errors.Is(err, ErrFamily) {
		t.Error(err)
	}
}
