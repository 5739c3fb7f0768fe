package evidence

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a picture that was found
	_ "image/png"  // likewise
	"io"
	"math"
	"os"
	"slices"
	"time"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/media/watermark"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
)

// ErrFound says that a file that was found can't be read.
var ErrFound = errors.New("this file is neither a WebM with pictures in VP8 nor a PNG or JPEG picture; make one of it first, such as with ffmpeg")

// Of a film so many pictures are looked at, spread over it, but no farther apart than that: a long film is not decoded to its end. No picture may be larger.
const (
	mostLooks  = 120
	farthest   = 5 * time.Second
	mostPixels = 1 << 25
)

// Traced is a copy that stands in what was found.
type Traced struct {
	Copy  copies.Copy `json:"copy"`
	Score float64     `json:"score"` // how far the mark stands out, in deviations; see [watermark.Threshold]
	Scale float64     `json:"scale"` // of what was found against the copy
	Same  bool        `json:"same"`  // it is the very file that was given, byte for byte
}

// Trace is what a comparison of something found with all copies came to.
type Trace struct {
	Found    []Traced `json:"found"` // the surest first
	Compared int      `json:"compared"`
	Without  int      `json:"without"` // copies of recordings that this user can't open, with which nothing was compared
}

// TraceCopy finds out which copy films or pictures are of that were found somewhere: all files together, which are taken to be of one copy. The comparison is in the
// audit log, with what was found. progress, if set, is told of the comparisons.
func TraceCopy(ctx context.Context, d *docket.Desk, paths []string, progress func(done, total int)) (Trace, error) {
	marks, without, err := d.CopyMarks(ctx)
	if err != nil {
		return Trace{}, err
	}
	t := Trace{Found: []Traced{}, Compared: len(marks), Without: without}
	looks := looking{}
	var sums [][]byte
	for _, path := range paths {
		sum, err := looks.read(ctx, path)
		if err != nil {
			return t, err
		}
		sums = append(sums, sum)
	}
	var candidates []*watermark.Mark
	for _, m := range marks {
		c, err := copyMark(m.Key, m.Copy.ID)
		if err != nil {
			return t, err
		}
		candidates = append(candidates, c)
	}
	best, err := looks.find(ctx, candidates, progress)
	if err != nil {
		return t, err
	}
	var named []copies.Copy
	for i, m := range marks {
		same := m.Copy.Made != nil && slices.ContainsFunc(sums, func(s []byte) bool { return bytes.Equal(s, m.Copy.Made.SHA256) })
		if best[i].Is() || same {
			t.Found = append(t.Found, Traced{m.Copy, math.Round(best[i].Score*10) / 10, best[i].Scale, same})
			named = append(named, m.Copy)
		}
	}
	slices.SortStableFunc(t.Found, func(a, b Traced) int { return cmp.Compare(b.Score, a.Score) })
	return t, d.NoteTrace(ctx, t.Compared, named)
}

// looking gathers pictures, those of one size together.
type looking map[image.Point]*watermark.Reader

func (l looking) add(f *media.Frame) error {
	size := image.Pt(f.Width, f.Height)
	if l[size] == nil {
		l[size] = &watermark.Reader{}
	}
	return l[size].Add(f)
}

// find is how surely each mark stands in what was gathered.
func (l looking) find(ctx context.Context, marks []*watermark.Mark, progress func(done, total int)) ([]watermark.Found, error) {
	best, scales, done := make([]watermark.Found, len(marks)), watermark.Scales(), 0
	for _, r := range l {
		for _, scale := range scales {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if done++; progress != nil {
				progress(done, len(scales)*len(l))
			}
			for i, f := range r.Find(marks, []float64{scale}) {
				if f.Score > best[i].Score {
					best[i] = f
				}
			}
		}
	}
	return best, nil
}

// read looks at a file, and returns its SHA-256.
func (l looking) read(ctx context.Context, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum, size, err := sumOf(f)
	if err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if head == [4]byte{0x1a, 0x45, 0xdf, 0xa3} { // EBML
		return sum, l.film(ctx, f, size)
	}
	return sum, l.picture(f)
}

func (l looking) picture(f io.ReadSeeker) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	config, _, err := image.DecodeConfig(f)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFound, err)
	}
	if config.Width*config.Height > mostPixels {
		return fmt.Errorf("%w: it is too large", ErrFound)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	picture, _, err := image.Decode(f)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFound, err)
	}
	return l.add(lumaOf(picture))
}

// lumaOf is the luma of a picture (ITU-R BT.601); its colour tells nothing of a mark.
func lumaOf(p image.Image) *media.Frame {
	b := p.Bounds()
	f := media.NewFrame(b.Dx(), b.Dy())
	for y := range f.Height {
		for x := range f.Width {
			r, g, bl, _ := p.At(b.Min.X+x, b.Min.Y+y).RGBA()
			f.Y[y*f.StrideY+x] = byte((299*r + 587*g + 114*bl) / 1000 >> 8)
		}
	}
	return f
}

func (l looking) film(ctx context.Context, f io.ReaderAt, size int64) error {
	p, err := record.NewPlayer(f, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFound, err)
	}
	length, err := p.Duration()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFound, err)
	}
	every := min(length/mostLooks, farthest)
	decoders := map[int]*vpx.Decoder{}
	defer func() {
		for _, d := range decoders {
			d.Close()
		}
	}()
	for _, t := range p.Tracks() {
		if t.Kind == media.KindVideo {
			if decoders[t.Number], err = vpx.NewDecoder(); err != nil {
				return err
			}
		}
	}
	next, looks := map[int]time.Duration{}, 0
	for looks < mostLooks {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		d := decoders[b.Track]
		if d == nil {
			continue
		}
		frame, err := d.Decode(b.Payload)
		if err != nil && !errors.Is(err, vpx.ErrCorrupted) {
			return err
		}
		if frame == nil || b.PTS < next[b.Track] {
			continue
		}
		if err := l.add(frame); err != nil {
			return err
		}
		next[b.Track] = b.PTS + every
		looks++
	}
	if looks == 0 {
		return ErrFound
	}
	return nil
}
