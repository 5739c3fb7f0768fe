package watermark

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// noise is the length under which a part of a spectrum is the rounding of the transform and tells nothing.
const noise = 1e-6

// A pattern of signs holds all it tells in the frequencies up to half a turn a cell: what lies above repeats them and would let two marks look
// alike. So only those up to lowest turns a tile are compared, at places·places places half a cell apart.
const (
	lowest = side/2 - 1
	places = 2 * side
)

// band takes the low frequencies out of a square spectrum of n rows and gives each the length 1, so that strong shapes of a picture do not
// outweigh the mark; the mean is left out. What comes of it has places rows.
func band(spectrum []complex128, n int) []complex128 {
	low := make([]complex128, places*places)
	for v := -lowest; v <= lowest; v++ {
		for u := -lowest; u <= lowest; u++ {
			c := spectrum[(v+n)%n*n+(u+n)%n]
			if size := cmplx.Abs(c); size > noise && (u != 0 || v != 0) {
				low[(v+places)%places*places+(u+places)%places] = c / complex(size, 0)
			}
		}
	}
	return low
}

// transform2D is the discrete Fourier transform of n rows of n values in place, by rows and then by columns, or its inverse but for the factor.
func transform2D(values []complex128, n int, inverse bool) {
	for y := range n {
		transform(values[y*n:(y+1)*n], inverse)
	}
	column := make([]complex128, n)
	for x := range n {
		for y := range n {
			column[y] = values[y*n+x]
		}
		transform(column, inverse)
		for y := range n {
			values[y*n+x] = column[y]
		}
	}
}

// transform is the radix-2 transform of Cooley and Tukey in place; the length is a power of two up to tile.
func transform(values []complex128, inverse bool) {
	n := len(values)
	shift := 64 - bits.Len(uint(n-1))
	for i := range values {
		if j := int(bits.Reverse64(uint64(i)) >> shift); j > i {
			values[i], values[j] = values[j], values[i]
		}
	}
	for size := 2; size <= n; size *= 2 {
		for start := 0; start < n; start += size {
			for k := range size / 2 {
				turn := turns[k*(tile/size)]
				if inverse {
					turn = cmplx.Conj(turn)
				}
				a, b := values[start+k], values[start+k+size/2]*turn
				values[start+k], values[start+k+size/2] = a+b, a-b
			}
		}
	}
}

// turns are the roots of unity that the transform multiplies by.
var turns = func() (t [tile / 2]complex128) {
	for k := range t {
		t[k] = cmplx.Rect(1, -2*math.Pi*float64(k)/tile)
	}
	return t
}()
