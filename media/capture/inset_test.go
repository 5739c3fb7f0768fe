package capture_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
)

// plain gives pictures of one brightness, and then an end.
type plain struct {
	luma          byte
	width, height int
	left          int
	closed        bool
}

func (p *plain) Read(ctx context.Context) (*media.Frame, error) {
	if p.left == 0 {
		return nil, io.EOF
	}
	p.left--
	f := media.NewFrame(p.width, p.height)
	for i := range f.Y {
		f.Y[i] = p.luma
	}
	return f, ctx.Err()
}

func (p *plain) Close() error { p.closed = true; return nil }

// The second picture stands in the upper right quarter of each side, whatever its size, and nothing of the first is covered elsewhere; where it has ended there is
// a dark field. Both cameras are given back.
func TestASecondCameraStandsInTheCorner(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 480}, {322, 242}, {80, 60}, {41, 31}} {
		main, other := &plain{luma: 200, width: 320, height: 240, left: 100}, &plain{luma: 90, width: size[0], height: size[1], left: 1}
		i := capture.NewInset(main, slow{other})
		var seen bool
		for range 90 {
			f, err := i.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			corner, edge, rest := f.Y[30*f.StrideY+320-40], f.Y[59*f.StrideY+240], f.Y[61*f.StrideY+320-81]
			if rest != 200 || f.Y[0] != 200 || f.Y[61*f.StrideY+300] != 200 {
				t.Fatalf("of %v: the first picture has %d outside of the corner", size, rest)
			}
			if corner == 90 && edge == 90 {
				seen = true
			} else if corner != 16 {
				t.Fatalf("of %v: the corner has %d", size, corner)
			}
			time.Sleep(time.Millisecond)
		}
		if !seen {
			t.Errorf("of %v: the second picture was never there", size)
		}
		if err := i.Close(); err != nil || !main.closed || !other.closed {
			t.Errorf("closed with %v: %v, %v", err, main.closed, other.closed)
		}
	}
	ended := capture.NewInset(&plain{}, &plain{})
	if _, err := ended.Read(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("the end of the first: %v", err)
	}
	if err := ended.Close(); err != nil {
		t.Error(err)
	}
}

// slow holds its end back for a while, so that the picture before it can be seen.
type slow struct{ *plain }

func (s slow) Read(ctx context.Context) (*media.Frame, error) {
	if s.left == 0 {
		select {
		case <-time.After(30 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return s.plain.Read(ctx)
}
