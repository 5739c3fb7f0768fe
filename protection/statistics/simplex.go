package statistics

import (
	"errors"
	"math"
	"math/bits"
)

// frac is an exact rational number with a positive denominator, in lowest terms.
type frac struct{ n, d int64 }

var (
	zero = frac{0, 1}
	one  = frac{1, 1}
)

// errInexact says that a number grew out of 64 bits. The cell that was looked at then counts as not protected.
var errInexact = errors.New("the numbers are too large for an exact audit")

func whole(n int) frac { return frac{int64(n), 1} }

func reduced(n, d int64) frac {
	if n == 0 {
		return zero
	}
	if d < 0 {
		n, d = -n, -d
	}
	a, b := n, d
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	return frac{n / a, d / a}
}

func times(a, b int64) int64 {
	if a > -1<<31 && a < 1<<31 && b > -1<<31 && b < 1<<31 {
		return a * b
	}
	ua, ub := uint64(max(a, -a)), uint64(max(b, -b))
	hi, lo := bits.Mul64(ua, ub)
	if a == math.MinInt64 || b == math.MinInt64 || hi != 0 || lo > math.MaxInt64 {
		panic(errInexact)
	}
	if (a < 0) != (b < 0) {
		return -int64(lo)
	}
	return int64(lo)
}

func plus(a, b int64) int64 {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		panic(errInexact)
	}
	return s
}

func (a frac) mul(b frac) frac {
	if a.d == 1 && b.d == 1 {
		return frac{times(a.n, b.n), 1}
	}
	return reduced(times(a.n, b.n), times(a.d, b.d))
}

func (a frac) sub(b frac) frac {
	if a.d == 1 && b.d == 1 {
		return frac{plus(a.n, -b.n), 1}
	}
	return reduced(plus(times(a.n, b.d), -times(b.n, a.d)), times(a.d, b.d))
}

func (a frac) div(b frac) frac { return a.mul(reduced(b.d, b.n)) }

func (a frac) less(b frac) bool { return times(a.n, b.d) < times(b.n, a.d) }

// simplex holds { x >= 0 : A x = b } in the form of a basis: exact, so that a bound that is reached is one.
type simplex struct {
	rows  [][]frac // coefficients, then the right side
	basis []int    // of each row
	n     int
}

// newSimplex finds a first basis. It reports false where nothing satisfies the equations.
func newSimplex(n int, equations [][]frac) (*simplex, bool) {
	s := &simplex{n: n}
	width := n + len(equations) // with an artificial unknown for each equation
	for i, e := range equations {
		row := make([]frac, width+1)
		for j := range row {
			row[j] = zero
		}
		negative := e[n].n < 0
		for j, v := range e {
			if j == n {
				j = width
			}
			if row[j] = v; negative {
				row[j].n = -v.n
			}
		}
		row[n+i] = one
		s.rows, s.basis = append(s.rows, row), append(s.basis, n+i)
	}
	s.n = width
	cost := make([]frac, width)
	for j := range cost {
		if cost[j] = zero; j >= n {
			cost[j] = frac{-1, 1}
		}
	}
	s.maximise(cost, nil)
	for i := 0; i < len(s.rows); i++ {
		if s.basis[i] < n {
			continue
		}
		if s.rows[i][width].n != 0 {
			return nil, false
		}
		enters := -1
		for j := range n {
			if s.rows[i][j].n != 0 {
				enters = j
				break
			}
		}
		if enters >= 0 {
			s.pivot(i, enters)
			continue
		}
		s.rows = append(s.rows[:i], s.rows[i+1:]...) // it says nothing that the others don't
		s.basis = append(s.basis[:i], s.basis[i+1:]...)
		i--
	}
	for i, row := range s.rows {
		s.rows[i] = append(row[:n:n], row[width])
	}
	s.n = n
	return s, true
}

func (s *simplex) pivot(r, c int) {
	row := s.rows[r]
	if p := row[c]; p != one {
		for j := range row {
			if row[j].n != 0 {
				row[j] = row[j].div(p)
			}
		}
	}
	var at []int
	for j := range row {
		if row[j].n != 0 {
			at = append(at, j)
		}
	}
	for i, other := range s.rows {
		if f := other[c]; i != r && f.n != 0 {
			for _, j := range at {
				other[j] = other[j].sub(f.mul(row[j]))
			}
		}
	}
	s.basis[r] = c
}

// maximise goes from basis to basis towards the largest value of a cost. visit, where given, sees each and can stop it. It reports false where there is
// no largest.
func (s *simplex) maximise(cost []frac, visit func() bool) bool {
	gain := make([]frac, s.n)
	copy(gain, cost)
	for i, b := range s.basis {
		if f := cost[b]; f.n != 0 {
			for j := range s.n {
				if s.rows[i][j].n != 0 {
					gain[j] = gain[j].sub(f.mul(s.rows[i][j]))
				}
			}
		}
	}
	for step := 0; ; step++ {
		if visit != nil && visit() {
			return true
		}
		c := -1
		for j := range gain { // the steepest first, and later the first of all, which never goes in a circle
			if gain[j].n > 0 && (c < 0 || step < 4*len(s.rows) && gain[c].less(gain[j])) {
				c = j
			}
		}
		if c < 0 {
			return true
		}
		r := -1
		var least frac
		for i, row := range s.rows {
			if row[c].n <= 0 {
				continue
			}
			if t := row[s.n].div(row[c]); r < 0 || t.less(least) || t == least && s.basis[i] < s.basis[r] {
				r, least = i, t
			}
		}
		if r < 0 {
			return false
		}
		s.pivot(r, c)
		f := gain[c]
		for j := range s.n {
			if s.rows[r][j].n != 0 {
				gain[j] = gain[j].sub(f.mul(s.rows[r][j]))
			}
		}
	}
}

// value is a cost's value at the basis, and whether every unknown is a whole number there.
func (s *simplex) value(cost []frac) (v int, integral bool) {
	sum := zero
	for i, b := range s.basis {
		x := s.rows[i][s.n]
		if x.d != 1 {
			return 0, false
		}
		if cost[b].n != 0 && x.n != 0 {
			sum = sum.sub(frac{-1, 1}.mul(cost[b]).mul(x))
		}
	}
	return int(sum.n), sum.d == 1
}
