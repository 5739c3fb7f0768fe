// Package watermark hides a keyed mark in the luma of a picture and finds it again after the picture was encoded anew, scaled or cropped.
//
// A mark is some bytes and a key. From both comes one tile of signs, which is added to the luma in small blocks, side by side over the whole
// picture and alike in every frame (spread spectrum, after Cox et al. 1997). Whoever looks for marks needs the key and the marks that could be
// there: nothing is read out of a picture, candidates are compared with it. Start from [New], [Mark.Embed] and [Reader].
//
// It is evidence of where a picture came from and no protection of it: someone who has many copies can average them, and a picture that was
// turned, mirrored or stretched in one direction alone is not searched for.
package watermark

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"math"

	"paravent/media"
)

// The geometry of the pattern, in pixels of the picture that is marked.
const (
	cell = 8           // a side of the square that one sign covers, large enough to be kept by a codec at low rates
	side = 16          // cells on a side of the tile: 256 signs, one SHA-256
	tile = cell * side // a power of two, as the transform wants
)

// The strength in steps of luma: what is added or taken away in a flat cell, and what a busy cell, which hides more, takes on top.
const (
	flatStrength = 2
	busyStrength = 2
	busyActivity = 12 // mean deviation of luma in a cell from which on it is busy
)

// MinKey is the shortest key in bytes.
const MinKey = 16

// What a caller decides by.
var (
	ErrKey  = errors.New("the key of a mark is too short")
	ErrMark = errors.New("a mark needs at least one byte")
	ErrSize = errors.New("the picture changed its size")
)

// Mark is a pattern that can be put into pictures and looked for. It does not change and may be used by many goroutines.
type Mark struct {
	signs    [side * side]int8 // by rows, 1 or -1
	spectrum []complex128      // of the signs, conjugated, each with the length 1, as band lays it out
}

// New returns the mark of some bytes under a key. Equal bytes and keys give equal marks; without the key nothing is learnt about either. It
// fails with [ErrKey] and [ErrMark].
func New(key, mark []byte) (*Mark, error) {
	if len(key) < MinKey {
		return nil, ErrKey
	}
	if len(mark) == 0 {
		return nil, ErrMark
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("paravent watermark 1\x00"))
	mac.Write(mark)
	m := &Mark{}
	sum := mac.Sum(nil)
	for i := range m.signs {
		m.signs[i] = int8(sum[i/8]>>(i%8)&1)*2 - 1
	}
	signs := make([]complex128, side*side)
	for i, s := range m.signs {
		signs[i] = complex(float64(s), 0)
	}
	transform2D(signs, side, false)
	m.spectrum = band(signs, side)
	for i, c := range m.spectrum {
		m.spectrum[i] = complex(real(c), -imag(c))
	}
	return m, nil
}

// sign is that of the cell in which a pixel lies.
func (m *Mark) sign(x, y int) int8 { return m.signs[y/cell%side*side+x/cell%side] }

// Embed puts the mark into the luma of a frame, which the caller owns. No pixel changes by more than four steps; luma stays within 16 to 235
// where it was, and colour stays as it is.
func (m *Mark) Embed(f *media.Frame) {
	for y := 0; y < f.Height; y += cell {
		for x := 0; x < f.Width; x += cell {
			m.embedCell(f, x, y)
		}
	}
}

func (m *Mark) embedCell(f *media.Frame, x0, y0 int) {
	x1, y1 := min(x0+cell, f.Width), min(y0+cell, f.Height)
	step := int(m.sign(x0, y0)) * strength(f, x0, y0, x1, y1)
	for y := y0; y < y1; y++ {
		row := f.Y[y*f.StrideY:]
		for x := x0; x < x1; x++ {
			was := int(row[x])
			row[x] = byte(min(max(was+step, min(16, was)), max(235, was)))
		}
	}
}

// strength is how many steps a cell takes unseen: more where the picture is busy.
func strength(f *media.Frame, x0, y0, x1, y1 int) int {
	sum, n := 0, (x1-x0)*(y1-y0)
	for y := y0; y < y1; y++ {
		for _, v := range f.Y[y*f.StrideY+x0 : y*f.StrideY+x1] {
			sum += int(v)
		}
	}
	mean, deviation := sum/n, 0
	for y := y0; y < y1; y++ {
		for _, v := range f.Y[y*f.StrideY+x0 : y*f.StrideY+x1] {
			deviation += max(int(v)-mean, mean-int(v))
		}
	}
	return flatStrength + min(busyStrength, busyStrength*deviation/(n*busyActivity))
}

// Threshold is the score from which on a mark counts as found. A mark that is not there scores at each place about as the normal
// distribution with the deviation 1, which reaches 7 once in 10^12; a whole mark scores 2·lowest+1 = 15.
const Threshold = 7.0

// Reader gathers the frames of one picture and tells which marks stand in it. One goroutine uses it; the zero value is ready.
type Reader struct {
	width, height int
	sum           []float64 // what is left of each pixel without its surroundings, added up over the frames
}

// surroundings is how far the mean reaches of which a pixel is relieved, and outlier where an edge of the picture is cut off, which would
// otherwise outweigh the mark.
const (
	surroundings = 16
	outlier      = 6.0
)

// Add reads the luma of a frame and keeps nothing of it. More frames are surer, and frames far apart are better than neighbours. It fails with
// [ErrSize] when a frame is not as large as the first.
func (r *Reader) Add(f *media.Frame) error {
	if r.sum == nil {
		r.width, r.height, r.sum = f.Width, f.Height, make([]float64, f.Width*f.Height)
	}
	if f.Width != r.width || f.Height != r.height {
		return ErrSize
	}
	areas := areasOf(f)
	for y := range f.Height {
		top, bottom := max(y-surroundings, 0), min(y+surroundings+1, f.Height)
		for x := range f.Width {
			left, right := max(x-surroundings, 0), min(x+surroundings+1, f.Width)
			w := f.Width + 1
			around := areas[bottom*w+right] - areas[top*w+right] - areas[bottom*w+left] + areas[top*w+left]
			rest := float64(f.Y[y*f.StrideY+x]) - float64(around)/float64((right-left)*(bottom-top))
			r.sum[y*r.width+x] += min(max(rest, -outlier), outlier)
		}
	}
	return nil
}

// areasOf is the sum of luma left of and above each corner of pixels: (width+1)·(height+1) numbers.
func areasOf(f *media.Frame) []int {
	w := f.Width + 1
	areas := make([]int, w*(f.Height+1))
	for y := range f.Height {
		row := 0
		for x := range f.Width {
			row += int(f.Y[y*f.StrideY+x])
			areas[(y+1)*w+x+1] = areas[y*w+x+1] + row
		}
	}
	return areas
}

// Found is how surely a mark stands in a picture.
type Found struct {
	Score float64 // how far its best place stands out, in deviations of all places
	Scale float64 // of the picture against the marked one, where it stands out most
}

// Is says whether the mark counts as found.
func (f Found) Is() bool { return f.Score >= Threshold }

// Scales are those that [Reader.Find] is usually asked to look at: from half to one and a half, a hundredth apart, so that over a picture of
// 800 pixels a cell is never missed by more than half.
func Scales() []float64 {
	var all []float64
	for s := 50; s <= 150; s++ {
		all = append(all, float64(s)/100)
	}
	return all
}

// Find looks for each of the marks at each of the scales and at every place, and returns one answer a mark, in their order. Without a frame
// nothing is found.
func (r *Reader) Find(marks []*Mark, scales []float64) []Found {
	found := make([]Found, len(marks))
	if r.sum == nil {
		return found
	}
	place := make([]complex128, places*places)
	for _, scale := range scales {
		picture := r.fold(scale)
		transform2D(picture, tile, false)
		picture = band(picture, tile)
		for i, m := range marks {
			for k := range place {
				place[k] = picture[k] * m.spectrum[k]
			}
			transform2D(place, places, true)
			if score := peak(place); score > found[i].Score {
				found[i] = Found{Score: score, Scale: scale}
			}
		}
	}
	return found
}

// fold lays all tiles of the picture on one another, as large as they would be at scale 1.
func (r *Reader) fold(scale float64) []complex128 {
	folded, count := make([]complex128, tile*tile), make([]float64, tile*tile)
	width, height := int(float64(r.width)/scale), int(float64(r.height)/scale)
	for y := range height {
		from := min(int((float64(y)+0.5)*scale), r.height-1) * r.width
		for x := range width {
			at := y%tile*tile + x%tile
			folded[at] += complex(r.sum[from+min(int((float64(x)+0.5)*scale), r.width-1)], 0)
			count[at]++
		}
	}
	for i, n := range count {
		if n > 0 {
			folded[i] /= complex(n, 0)
		}
	}
	return folded
}

// peak is how far the highest value stands above the mean, in deviations.
func peak(values []complex128) float64 {
	highest, sum, squares := math.Inf(-1), 0.0, 0.0
	for _, c := range values {
		v := real(c)
		highest, sum, squares = max(highest, v), sum+v, squares+v*v
	}
	mean := sum / float64(len(values))
	deviation := math.Sqrt(max(squares/float64(len(values))-mean*mean, 0))
	if deviation == 0 {
		return 0
	}
	return (highest - mean) / deviation
}
