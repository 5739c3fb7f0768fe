package conceal

import (
	"math"
	"math/cmplx"
)

// transform is a discrete Fourier transform of a fixed power-of-two length.
type transform struct {
	turns    []complex128
	reversed []int
}

func newTransform(n int) *transform {
	t := &transform{turns: make([]complex128, n/2), reversed: make([]int, n)}
	for i := range t.turns {
		t.turns[i] = cmplx.Rect(1, -2*math.Pi*float64(i)/float64(n))
	}
	for i := range t.reversed {
		t.reversed[i] = t.reversed[i/2] / 2
		if i%2 == 1 {
			t.reversed[i] += n / 2
		}
	}
	return t
}

// forward replaces x by its transform, unscaled.
func (t *transform) forward(x []complex128) {
	for i, j := range t.reversed {
		if i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < len(x); half *= 2 {
		step := len(x) / (2 * half)
		for begin := 0; begin < len(x); begin += 2 * half {
			low, high := x[begin:begin+half], x[begin+half:begin+2*half]
			for k := range low {
				turned := high[k] * t.turns[k*step]
				low[k], high[k] = low[k]+turned, low[k]-turned
			}
		}
	}
}

// inverse undoes forward.
func (t *transform) inverse(x []complex128) {
	for i := range x {
		x[i] = cmplx.Conj(x[i])
	}
	t.forward(x)
	scale := 1 / float64(len(x))
	for i := range x {
		x[i] = complex(real(x[i])*scale, -imag(x[i])*scale)
	}
}
