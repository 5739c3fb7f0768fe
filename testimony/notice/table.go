package notice

import "slices"

// piece is a part of a table's cell: text in a style, boxes to be ticked, or a line to write on.
type piece struct {
	text  string
	style style
	boxes []string
	blank bool
}

func plain(text string) []piece  { return []piece{{text: text, style: bodyStyle}} }
func strong(text string) []piece { return []piece{{text: text, style: strongStyle}} }
func small(text string) []piece  { return []piece{{text: text, style: smallStyle}} }
func ticks(words ...string) []piece {
	return []piece{{boxes: words, style: smallStyle}}
}
func blank() []piece { return []piece{{blank: true, style: bodyStyle}} }

// cellLine is one line of a cell as it stands on the page.
type cellLine struct {
	text  string
	style style
	boxes []string
	blank bool
}

func (l cellLine) height() float64 {
	if l.blank {
		return 9
	}
	return l.style.height()
}

const (
	cellPad = 2.0
	cellGap = 3.0
)

// table sets rows under a head that stands again on every page. A row stays whole on a page, unless it is longer than one.
func (s *sheet) table(weights []float64, head []string, rows ...[][]piece) {
	if len(rows) == 0 {
		return
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	widths := make([]float64, len(weights))
	for i, w := range weights {
		widths[i] = w / sum * width
	}
	var top [][]cellLine
	for i, word := range head {
		top = append(top, s.cell([]piece{{text: word, style: labelStyle}}, widths[i]-cellGap))
	}
	headed := func() {
		if len(top) > 0 {
			s.row(top, widths)
			s.rule(margin, s.y, width, 0.4, 0)
		}
	}
	for i, row := range rows {
		var cells [][]cellLine
		for c, pieces := range row {
			cells = append(cells, s.cell(pieces, widths[c]-cellGap))
		}
		height := rowHeight(cells)
		if i == 0 {
			s.need(min(rowHeight(top)+height, bottom-pageTop))
			headed()
		} else if s.y+height > bottom && height <= bottom-pageTop-rowHeight(top) {
			s.newPage()
			headed()
		}
		s.longRow(cells, widths, headed)
		s.rule(margin, s.y, width, 0.15, 170)
	}
	s.space(3)
}

// longRow sets a row, and goes on with it on the next pages where it is longer than what is left.
func (s *sheet) longRow(cells [][]cellLine, widths []float64, headed func()) {
	for rowHeight(cells) > bottom-s.y+0.01 {
		part := make([][]cellLine, len(cells))
		for c := range cells {
			n := fitting(cells[c], bottom-s.y-2*cellPad)
			part[c], cells[c] = cells[c][:n], cells[c][n:]
		}
		if !slices.ContainsFunc(part, func(lines []cellLine) bool { return len(lines) > 0 }) && s.y == pageTop {
			break // a line higher than a page: set it as it is
		}
		s.row(part, widths)
		s.newPage()
		headed()
	}
	s.row(cells, widths)
}

func fitting(lines []cellLine, height float64) int {
	n := 0
	for _, l := range lines {
		if height -= l.height(); height < 0 {
			break
		}
		n++
	}
	return n
}

func (s *sheet) cell(pieces []piece, within float64) []cellLine {
	var out []cellLine
	for _, p := range pieces {
		switch {
		case p.blank:
			out = append(out, cellLine{blank: true, style: p.style})
		case len(p.boxes) > 0:
			ready := make([]string, len(p.boxes))
			for i, b := range p.boxes {
				ready[i] = s.say(b)
			}
			out = append(out, cellLine{boxes: ready, style: p.style})
		default:
			for _, line := range s.lines(s.say(p.text), within, p.style) {
				out = append(out, cellLine{text: line, style: p.style})
			}
		}
	}
	return out
}

func rowHeight(cells [][]cellLine) float64 {
	most := 0.0
	for _, lines := range cells {
		h := 0.0
		for _, l := range lines {
			h += l.height()
		}
		most = max(most, h)
	}
	return most + 2*cellPad
}

func (s *sheet) row(cells [][]cellLine, widths []float64) {
	x := margin
	for c, lines := range cells {
		y := s.y + cellPad
		for _, l := range lines {
			s.cellLine(x, y, widths[c]-cellGap, l)
			y += l.height()
		}
		x += widths[c]
	}
	s.y += rowHeight(cells)
}

func (s *sheet) cellLine(x, y, within float64, l cellLine) {
	switch {
	case l.blank:
		s.rule(x, y+7.2, within, 0.15, 90)
	case len(l.boxes) > 0:
		for _, word := range l.boxes {
			s.pdf.SetLineWidth(0.25)
			s.pdf.SetDrawColor(0, 0, 0)
			s.pdf.Rect(x, y+0.3, square, square, "D")
			s.put(x+square+1.4, y, word, l.style)
			s.use(l.style)
			x += square + 1.4 + s.pdf.GetStringWidth(word) + 3.5
		}
	default:
		s.put(x, y, l.text, l.style)
	}
}
