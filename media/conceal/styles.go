package conceal

import (
	"math"

	"paravent/media"
)

// body is the outline of head, neck and shoulders in a pose.
func (s *Silhouette) body(p pose) func(x, y float64) float64 {
	u := s.unit
	seat := s.cx + p.lean*u
	hx, hy := s.cx+p.headX*u, s.y(0.42+p.headY)
	top := s.y(0.69 - p.breath)
	head := turned(seat, top, p.tilt, ellipse(hx, hy, 0.158*p.head*u, 0.190*p.head*u))
	neck := capsule(hx, hy+0.10*u, seat, top+0.08*u, 0.086*p.head*u)
	shoulders := dome(seat, top, s.y(1.07), 0.40*p.shoulders*u)
	return merged(0.05*u, head, merged(0.13*u, neck, shoulders))
}

// fades lets the figure sink into the ground towards the lower edge.
func (s *Silhouette) fades(from, to float64) func(y float64) float64 {
	return func(y float64) float64 { return from + (to-from)*ease((y-s.y(0.66))/(0.36*s.unit)) }
}

// bust draws the figure in one soft tone, with a little light on one side.
func (s *Silhouette) bust(f *media.Frame, p pose) {
	figure := s.body(p)
	fill(f, whole(f), inkFigure, s.fades(1, 0.72), figure)
	u := s.unit
	shade := func(x, y float64) float64 { return math.Max(figure(x, y), -figure(x+0.022*u, y+0.004*u)) }
	fill(f, whole(f), inkShade, s.fades(0.55, 0.3), shade)
}

// contour draws the outline of the figure with a pen.
func (s *Silhouette) contour(f *media.Frame, p pose) {
	figure := s.body(p)
	fill(f, whole(f), inkGlass, nil, figure)
	fill(f, whole(f), mixed(inkFigure, inkLight, 0.5), s.fades(1, 0.5), line(0.014*s.unit, figure))
}

// folded draws the figure as if it were folded of paper: planes that catch the light differently.
func (s *Silhouette) folded(f *media.Frame, p pose) {
	u := s.unit
	seat, top := s.cx+p.lean*u, s.y(0.69-p.breath)
	at := func(x, y float64) [2]float64 { return [2]float64{seat + x*p.shoulders*u, top + y*u} }
	round := 0.006 * u
	left := polygon(round, at(0, -0.16), at(0, 0.5), at(-0.40, 0.5), at(-0.375, 0.19), at(-0.29, 0.085), at(-0.10, 0), at(-0.08, -0.16))
	right := polygon(round, at(0, -0.16), at(0.08, -0.16), at(0.10, 0), at(0.29, 0.085), at(0.375, 0.19), at(0.40, 0.5), at(0, 0.5))
	fill(f, whole(f), inkFigure, s.fades(1, 0.75), left)
	fill(f, whole(f), inkShade, s.fades(1, 0.75), right)

	hx, hy := s.cx+p.headX*u, s.y(0.42+p.headY)
	of := func(x, y float64) [2]float64 { return [2]float64{hx + x*p.head*u, hy + y*p.head*u} }
	part := func(ink colour, corners ...[2]float64) {
		fill(f, whole(f), ink, nil, turned(seat, top, p.tilt, polygon(round, corners...)))
	}
	part(mixed(inkFigure, inkLight, 0.4), of(0, -0.20), of(0, 0.20), of(-0.065, 0.18), of(-0.135, 0.08), of(-0.155, -0.04), of(-0.11, -0.15))
	part(mixed(inkFigure, inkLight, 0.05), of(0, -0.20), of(0.11, -0.15), of(0.155, -0.04), of(0.135, 0.08), of(0.065, 0.18), of(0, 0.20))
}

// rings draw nobody: a disc that breathes, with rings that open around it while the person speaks.
func (s *Silhouette) rings(f *media.Frame, p pose) {
	u := s.unit
	cx, cy := s.cx+p.headX*u, s.y(0.5+p.headY)
	disc := 0.135 + 0.6*p.breath + 0.012*p.risen
	for i := 3; i >= 1; i-- {
		n := float64(i)
		radius := (disc + n*(0.030+0.050*p.risen) + 0.4*n*p.breath) * u
		ring := line((0.010+0.004*p.risen)*u, ellipse(cx, cy, radius, radius))
		fill(f, rect{cx - radius - u*0.02, cy - radius - u*0.02, cx + radius + u*0.02, cy + radius + u*0.02}, mixed(inkPanel, inkFigure, p.risen),
			func(float64) float64 { return 1.1 - 0.25*n }, ring)
	}
	radius := disc * u
	fill(f, rect{cx - radius - 1, cy - radius - 1, cx + radius + 1, cy + radius + 1}, mixed(inkFigure, inkLight, 0.6*p.risen), nil, ellipse(cx, cy, radius, radius))
}
