package capture

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"time"

	"paravent/media"
)

// TestPicture is a generated moving picture, like a person before a bright wall, that nobody can be recognised in.
type TestPicture struct {
	pace
	wall                    *media.Frame
	skin, hair, cloth, dark ink
	overlay                 func(*media.Frame)
}

// NewTestPicture makes a source of pictures of the given size in pixels and rate per second. The seed gives the person
// their colours; overlay, which may be nil, may draw on each picture: see [Overlay].
func NewTestPicture(seed uint64, width, height, fps int, overlay func(*media.Frame)) *TestPicture {
	r := rand.New(rand.NewPCG(seed, 1))
	shade := func(from, to int) float64 { return float64(from + r.IntN(to-from)) }
	light, brown := 0.45+0.5*r.Float64(), shade(30, 110)
	t := &TestPicture{
		pace:    pace{every: time.Second / time.Duration(fps), skips: true},
		skin:    inkOf(235*light, 185*light, 155*light),
		hair:    inkOf(brown, 0.82*brown, 0.75*brown),
		cloth:   inkOf(shade(40, 120), shade(60, 130), shade(70, 150)),
		dark:    inkOf(45, 34, 32),
		overlay: overlay,
	}
	t.wall = paintWall(width, height, inkOf(shade(165, 200), shade(180, 205), shade(185, 215)))
	return t
}

// Read returns the next picture. Pictures whose time has passed are left out.
func (t *TestPicture) Read(ctx context.Context) (*media.Frame, error) {
	pts, err := t.next(ctx)
	if err != nil {
		return nil, err
	}
	f := t.Draw(pts)
	if t.overlay != nil {
		t.overlay(f)
	}
	return f, nil
}

// Close ends the source.
func (t *TestPicture) Close() error { return nil }

// Draw makes the picture of a moment, without the overlay. The same moment gives the same picture, which belongs to the caller.
func (t *TestPicture) Draw(pts time.Duration) *media.Frame {
	f := &media.Frame{Width: t.wall.Width, Height: t.wall.Height, StrideY: t.wall.StrideY, StrideUV: t.wall.StrideUV, PTS: pts,
		Y: append([]byte(nil), t.wall.Y...), U: append([]byte(nil), t.wall.U...), V: append([]byte(nil), t.wall.V...)}
	h := float64(f.Height)
	wave := func(period float64) float64 { return math.Sin(2 * math.Pi * pts.Seconds() / period) }
	middle := float64(f.Width) / 2
	sway, nod := 0.035*h*wave(3.1), 0.012*h*wave(1.7)
	x, y := middle+sway, 0.40*h+nod

	woven := func(x int) int { return int(weave[(x-int(sway/3))&15]) } // moves with the body
	oval(f, middle+sway/3, 1.10*h, 0.42*h, 0.45*h, t.cloth, woven)
	oval(f, middle+sway*2/3, 0.62*h, 0.075*h, 0.12*h, t.skin.darker(), nil)
	oval(f, x, y-0.05*h, 0.185*h, 0.23*h, t.hair, nil)
	oval(f, x, y, 0.16*h, 0.21*h, t.skin, nil)
	lid := 0.014 * h
	if math.Mod(pts.Seconds(), 3.7) < 0.15 {
		lid = 0.003 * h // a blink
	}
	oval(f, x-0.06*h, y-0.03*h, 0.018*h, lid, t.dark, nil)
	oval(f, x+0.06*h, y-0.03*h, 0.018*h, lid, t.dark, nil)
	oval(f, x, y+0.10*h, 0.05*h, 0.010*h+0.016*h*math.Abs(wave(0.43)), t.dark, nil)
	return f
}

// ink is a colour in BT.601 limited range.
type ink struct{ y, u, v byte }

func inkOf(r, g, b float64) ink {
	return ink{
		y: byte(16 + 0.257*r + 0.504*g + 0.098*b),
		u: byte(128 - 0.148*r - 0.291*g + 0.439*b),
		v: byte(128 + 0.439*r - 0.368*g - 0.071*b),
	}
}

func (c ink) darker() ink { return ink{c.y - c.y/8, c.u, c.v} }

// paintWall makes a wall in soft light with a bright window.
func paintWall(width, height int, c ink) *media.Frame {
	f := media.NewFrame(width, height)
	left, right, top, bottom := width*66/100, width*92/100, height/10, height*63/100
	for y := range height {
		for x := range width {
			v := int(c.y) - 14 + 20*x/width
			if x >= left && x < right && y >= top && y < bottom {
				v = int(c.y) + 26
			}
			f.Y[y*f.StrideY+x] = byte(v)
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = c.u, c.v
	}
	return f
}

// weave is how a surface differs from its ink, by column: something for a codec to work on, and to see moving.
var weave = [16]int8{0, 2, 4, 5, 6, 5, 4, 2, 0, -2, -4, -5, -6, -5, -4, -2}

// oval fills an ellipse row by row, with soft ends. surface, where there is one, is what a column differs by.
func oval(f *media.Frame, cx, cy, rx, ry float64, c ink, surface func(x int) int) {
	for y := max(int(cy-ry), 0); y < min(int(cy+ry)+1, f.Height); y++ {
		dy := (float64(y) + 0.5 - cy) / ry
		if dy*dy >= 1 {
			continue
		}
		reach := rx * math.Sqrt(1-dy*dy)
		x0, x1 := math.Max(cx-reach, 0), math.Min(cx+reach, float64(f.Width))
		if x1 <= x0 {
			continue
		}
		span(f.Y[y*f.StrideY:y*f.StrideY+f.Width], x0, x1, c.y)
		if surface != nil {
			for x := int(x0) + 1; x < int(x1); x++ {
				f.Y[y*f.StrideY+x] = byte(int(c.y) + surface(x))
			}
		}
		if y%2 == 0 {
			row := y / 2 * f.StrideUV
			span(f.U[row:row+f.StrideUV], x0/2, x1/2, c.u)
			span(f.V[row:row+f.StrideUV], x0/2, x1/2, c.v)
		}
	}
}

// span fills a row from x0 to x1, the end pixels by the part of them that is covered.
func span(row []byte, x0, x1 float64, v byte) {
	first, last := int(x0), min(int(x1), len(row)-1)
	for x := first + 1; x < last; x++ {
		row[x] = v
	}
	mix := func(x int, part float64) { row[x] = byte(float64(row[x])*(1-part) + float64(v)*part) }
	if first >= last {
		mix(last, x1-x0)
		return
	}
	mix(first, float64(first+1)-x0)
	mix(last, math.Min(x1-float64(last), 1))
}

// Overlay returns a function that lays an image, such as a QR code, over pictures with its upper left corner at x, y in
// pixels. What reaches beyond a picture is left out. Each sample of the image becomes one pixel.
func Overlay(img image.Image, x, y int) func(*media.Frame) {
	b := img.Bounds()
	stamp := make([]ink, b.Dx()*b.Dy())
	for i := range stamp {
		red, green, blue, _ := img.At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()).RGBA()
		stamp[i] = inkOf(float64(red>>8), float64(green>>8), float64(blue>>8))
	}
	return func(f *media.Frame) {
		for i, c := range stamp {
			px, py := x+i%b.Dx(), y+i/b.Dx()
			if px < 0 || py < 0 || px >= f.Width || py >= f.Height {
				continue
			}
			f.Y[py*f.StrideY+px] = c.y
			at := py/2*f.StrideUV + px/2
			f.U[at], f.V[at] = c.u, c.v
		}
	}
}
