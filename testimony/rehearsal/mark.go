package rehearsal

import (
	"context"
	"math"

	"paravent/media"
	"paravent/media/capture"
)

// Mark is a sign that a simulated person carries, in the picture as a grid of light and dark squares and in the sound as
// a faint pure tone, so that one can tell from what a participant received whether the person's own picture or voice was in it.
type Mark struct {
	Bits  uint64  // the squares, row by row
	Tone  float64 // Hz
	Level float64 // amplitude of the tone, in sample values
}

// grid is the number of squares in a row and in a column.
const grid = 8

// The witness's mark and the interpreter's.
var (
	WitnessMark     = Mark{Bits: 0x9A3C_57E1_C80F_B265, Tone: 3370, Level: 2200}
	InterpreterMark = Mark{Bits: 0x36D1_0F8E_A5C2_794B, Tone: 2930, Level: 2200}
)

// Draw lays the mark over the middle of a picture, half its height wide.
func (m Mark) Draw(f *media.Frame) {
	m.each(f, func(x0, y0, x1, y1 int, bit bool) {
		v := byte(40)
		if bit {
			v = 215
		}
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				f.Y[y*f.StrideY+x] = v
			}
		}
	})
}

// Seen reports whether a picture carries the mark: nine squares of ten are as they should be, with a clear contrast.
func (m Mark) Seen(f *media.Frame) bool {
	var light, dark, nLight, nDark float64
	var values [grid * grid]float64
	i := 0
	m.each(f, func(x0, y0, x1, y1 int, bit bool) {
		v := mean(f, x0, y0, x1, y1)
		values[i] = v
		i++
		if bit {
			light, nLight = light+v, nLight+1
		} else {
			dark, nDark = dark+v, nDark+1
		}
	})
	light, dark = light/nLight, dark/nDark
	if light-dark < 25 {
		return false
	}
	right := 0
	for i, v := range values {
		if (v > (light+dark)/2) == (m.Bits>>i&1 == 1) {
			right++
		}
	}
	return right*10 >= grid*grid*9
}

func (m Mark) each(f *media.Frame, visit func(x0, y0, x1, y1 int, bit bool)) {
	side := f.Height / 2
	left, top := (f.Width-side)/2, (f.Height-side)/2
	for i := range grid * grid {
		row, column := i/grid, i%grid
		visit(left+column*side/grid, top+row*side/grid, left+(column+1)*side/grid, top+(row+1)*side/grid, m.Bits>>i&1 == 1)
	}
}

func mean(f *media.Frame, x0, y0, x1, y1 int) float64 {
	// The middle of a square: its edges are the codec's.
	w, h := (x1-x0)/4, (y1-y0)/4
	sum, n := 0.0, 0.0
	for y := y0 + h; y < y1-h; y++ {
		for x := x0 + w; x < x1-w; x++ {
			sum += float64(f.Y[y*f.StrideY+x])
			n++
		}
	}
	return sum / math.Max(n, 1)
}

// toneSource adds the mark's tone to a voice.
type toneSource struct {
	capture.AudioSource
	mark Mark
	n    int64
}

// Sound adds the mark's tone to a voice.
func (m Mark) Sound(voice capture.AudioSource) capture.AudioSource {
	return &toneSource{AudioSource: voice, mark: m}
}

func (t *toneSource) Read(ctx context.Context) (media.AudioFrame, error) {
	f, err := t.AudioSource.Read(ctx)
	for i := range f.PCM {
		v := float64(f.PCM[i])*0.5 + t.mark.Level*math.Sin(2*math.Pi*t.mark.Tone*float64(t.n)/media.SampleRate)
		f.PCM[i] = int16(math.Max(math.MinInt16, math.Min(math.MaxInt16, v)))
		t.n++
	}
	return f, err
}

// Listener looks for a mark's tone in sound, in windows of 100 ms.
type Listener struct {
	Mark    Mark
	window  []int16
	Windows int // whole windows listened to
	Heard   int // windows in which the tone stood out
}

const listenWindow = media.SampleRate / 10

// Push takes the next samples.
func (l *Listener) Push(pcm []int16) {
	l.window = append(l.window, pcm...)
	for len(l.window) >= listenWindow {
		l.Windows++
		if l.Mark.heard(l.window[:listenWindow]) {
			l.Heard++
		}
		l.window = append(l.window[:0], l.window[listenWindow:]...)
	}
}

// heard reports whether the tone is there at a tenth of its strength or more, and stands out of its surroundings.
func (m Mark) heard(pcm []int16) bool {
	at := goertzel(pcm, m.Tone)
	around := (goertzel(pcm, m.Tone-70) + goertzel(pcm, m.Tone+70) + goertzel(pcm, m.Tone-110) + goertzel(pcm, m.Tone+110)) / 4
	return at > m.Level/10 && at > 5*around
}

// goertzel is the amplitude of one frequency in a stretch of sound, Hann-weighted against leakage.
func goertzel(pcm []int16, hertz float64) float64 {
	w := 2 * math.Pi * hertz / media.SampleRate
	c := 2 * math.Cos(w)
	var s1, s2 float64
	n := float64(len(pcm))
	for i, v := range pcm {
		hann := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/n)
		s := float64(v)*hann + c*s1 - s2
		s1, s2 = s, s1
	}
	power := s1*s1 + s2*s2 - c*s1*s2
	return 4 * math.Sqrt(math.Max(power, 0)) / n
}
