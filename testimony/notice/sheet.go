package notice

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"paravent/protection"
)

// Sizes on the page in millimetres, A4 upright. Text stands in one column of width between the margins.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 25.0
	width                 = pageWidth - 2*margin
	pageTop, bottom       = 30.0, pageHeight - 24.0
	headLine, footLine    = 22.0, pageHeight - 19.0
	square                = 3.4 // side of a box to be ticked
	ptToMM                = 25.4 / 72
)

// style is how a line is set: its size in points, its weight and its grey (0 black, 255 white).
type style struct {
	size float64
	bold bool
	grey int
}

// height of a line in millimetres.
func (t style) height() float64 { return t.size * ptToMM * 1.42 }

// The styles of a paper in the usual size. The witness's note has its own.
var (
	titleStyle   = style{size: 19, bold: true}
	headingStyle = style{size: 12, bold: true}
	bodyStyle    = style{size: 10.2}
	strongStyle  = style{size: 10.2, bold: true}
	smallStyle   = style{size: 8.6, grey: 70}
	labelStyle   = style{size: 8.6, bold: true, grey: 70}
	codeStyle    = style{size: 7.8, grey: 40}
)

// sheet is a paper while it is drawn: it knows where on the page it stands and begins a new one when what comes next does not fit.
type sheet struct {
	pdf       *fpdf.Fpdf
	w         words
	kind      Kind
	heading   Heading
	title     string
	pages     int // how many there will be; 0 while that is not known
	y         float64
	watermark string
	missing   map[script]int // passages that could not be printed
}

func newSheet(w words, h Heading, kind Kind, title string, pages int) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("noto", "", regularFont)
	pdf.AddUTF8FontFromBytes("noto", "B", boldFont)
	pdf.SetMargins(margin, pageTop, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(h.Made.UTC())
	pdf.SetModificationDate(h.Made.UTC())
	pdf.SetProducer("Paravent", true)
	pdf.SetTitle(title, true)
	pdf.SetLang(w.tag)
	return &sheet{pdf: pdf, w: w, kind: kind, heading: h, title: title, pages: pages, missing: map[script]int{}}
}

// say makes text ready for the page in the paper's language.
func (s *sheet) say(text string) string {
	text = printable(text, func(of script) string {
		s.missing[of]++
		return "[" + s.w.notPrinted(of) + "]"
	})
	if s.w.tag == "fr" {
		text = frenchSpace.Replace(text)
	}
	return text
}

func (s *sheet) use(t style) {
	weight := ""
	if t.bold {
		weight = "B"
	}
	s.pdf.SetFont("noto", weight, t.size)
	s.pdf.SetTextColor(t.grey, t.grey, t.grey)
}

// lines breaks text that is ready for the page.
func (s *sheet) lines(text string, within float64, t style) []string {
	s.use(t)
	return wrap(text, within, s.pdf.GetStringWidth)
}

// put sets one line with its upper edge at y.
func (s *sheet) put(x, y float64, line string, t style) {
	if line == "" {
		return
	}
	s.use(t)
	s.pdf.Text(x, y+t.height()*0.74, line)
}

func (s *sheet) putRight(right, y float64, line string, t style) {
	s.use(t)
	s.put(right-s.pdf.GetStringWidth(line), y, line, t)
}

// fit cuts a line to a width, with an ellipsis.
func (s *sheet) fit(line string, within float64, t style) string {
	s.use(t)
	if s.pdf.GetStringWidth(line) <= within {
		return line
	}
	runes := []rune(line)
	runes = runes[:min(len(runes), 400)] // no line of a page has more
	for len(runes) > 0 && s.pdf.GetStringWidth(string(runes)+"…") > within {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (s *sheet) rule(x, y, length float64, weight float64, grey int) {
	s.pdf.SetLineWidth(weight)
	s.pdf.SetDrawColor(grey, grey, grey)
	s.pdf.Line(x, y, x+length, y)
}

func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.y = pageTop
	if s.watermark != "" {
		s.stamp(s.watermark)
	}
	left := s.say(strings.Join(nonEmpty(s.heading.Court, s.heading.Case), " · "))
	right := s.say(s.w.pseudonym(s.heading.Pseudonym))
	if s.kind == ForWitness || s.kind == InvitationCard {
		left = "" // what lies on somebody's table tells no case and no court
	}
	s.put(margin, headLine-6, s.fit(left, width*0.66, smallStyle), smallStyle)
	s.putRight(margin+width, headLine-6, s.fit(right, width*0.32, labelStyle), labelStyle)
	s.rule(margin, headLine, width, 0.2, 120)
	s.rule(margin, footLine, width, 0.2, 120)
	foot := s.title
	if s.heading.Training {
		foot += " · " + s.w.training
	}
	s.put(margin, footLine+1.6, s.fit(s.say(foot), width*0.8, smallStyle), smallStyle)
	s.put(margin, footLine+6, s.fit(s.say(s.watermark), width, smallStyle), smallStyle)
	total := ""
	if s.pages > 0 {
		total = fmt.Sprintf("%d / %d", s.pdf.PageNo(), s.pages)
	}
	s.putRight(margin+width, footLine+1.6, total, smallStyle)
}

// stamp sets a text across the page, under everything else.
func (s *sheet) stamp(text string) {
	t := style{size: 13.5, bold: true, grey: 222}
	lines := s.lines(s.say(text), 130, t)
	s.pdf.TransformBegin()
	s.pdf.TransformRotate(52, pageWidth/2, pageHeight/2)
	for _, up := range []float64{-72, 0, 72} {
		for i, line := range lines {
			s.use(t)
			s.put(pageWidth/2-s.pdf.GetStringWidth(line)/2, pageHeight/2+up+float64(i)*t.height(), line, t)
		}
	}
	s.pdf.TransformEnd()
}

// need begins a new page where less than a height is left.
func (s *sheet) need(height float64) {
	if s.pdf.PageNo() == 0 || s.y+height > bottom+0.01 {
		s.newPage()
	}
}

func (s *sheet) space(height float64) { s.y += height }

// head sets the paper's title, and under it a line where there is one.
func (s *sheet) head(sub string) {
	s.need(0)
	for _, line := range s.lines(s.say(s.title), width, titleStyle) {
		s.put(margin, s.y, line, titleStyle)
		s.y += titleStyle.height()
	}
	if sub != "" {
		s.space(0.6)
		s.flow(s.say(sub), margin, width, style{size: 11, grey: 60})
	}
	s.space(5)
}

// section sets a heading, which never stands alone at the foot of a page.
func (s *sheet) section(text string) {
	s.space(2.9)
	lines := s.lines(s.say(text), width, headingStyle)
	s.need(float64(len(lines))*headingStyle.height() + 16)
	for _, line := range lines {
		s.put(margin, s.y, line, headingStyle)
		s.y += headingStyle.height()
	}
	s.space(1.4)
}

func (s *sheet) para(text string) {
	s.flow(s.say(text), margin, width, bodyStyle)
	s.space(1.8)
}

// flow sets text over as many pages as it needs, with no single line left behind or sent ahead.
func (s *sheet) flow(ready string, x, within float64, t style) {
	lines := s.lines(ready, within, t)
	for i, line := range lines {
		together := 1
		if i == 0 && len(lines) > 1 || i == len(lines)-2 {
			together = 2
		}
		if len(lines) == 3 && i == 0 {
			together = 3
		}
		s.need(float64(together) * t.height())
		s.put(x, s.y, line, t)
		s.y += t.height()
	}
}

// points sets short sentences one under the other, each behind a dash and whole on one page.
func (s *sheet) points(list ...string) {
	for _, text := range list {
		lines := s.lines(s.say(text), width-5, bodyStyle)
		s.need(min(float64(len(lines)), 12) * bodyStyle.height())
		for i, line := range lines {
			s.need(bodyStyle.height())
			if i == 0 {
				s.put(margin, s.y, "–", bodyStyle)
			}
			s.put(margin+5, s.y, line, bodyStyle)
			s.y += bodyStyle.height()
		}
		s.space(0.7)
	}
	s.space(0.8)
}

// fact is a label with what it names.
type fact struct{ label, value string }

// facts sets labels in one column and what they name in the next. Those without a value are left out.
func (s *sheet) facts(list ...fact) {
	const label = 42.0
	for _, f := range list {
		if strings.TrimSpace(f.value) == "" {
			continue
		}
		names := s.lines(s.say(f.label), label-4, labelStyle)
		lines := s.lines(s.say(f.value), width-label, bodyStyle)
		rows := max(len(names), len(lines))
		s.need(min(float64(rows), 40) * bodyStyle.height())
		for i := range rows {
			s.need(bodyStyle.height())
			if i < len(names) {
				s.put(margin, s.y+0.5, names[i], labelStyle)
			}
			if i < len(lines) {
				s.put(margin+label, s.y, lines[i], bodyStyle)
			}
			s.y += bodyStyle.height()
		}
		s.space(0.9)
	}
	s.space(0.6)
}

// box sets a passage that has to be seen, behind a strong bar; banner sets it white on black.
func (s *sheet) box(title, text string) { s.framed(title, text, false) }

func (s *sheet) banner(title, text string) { s.framed(title, text, true) }

func (s *sheet) framed(title, text string, reversed bool) {
	head, body := strongStyle, bodyStyle
	if reversed {
		head, body = style{size: 13, bold: true, grey: 255}, style{size: 10.6, grey: 255}
	}
	const inset, pad = 6.0, 3.6
	var names []string
	if title != "" {
		names = s.lines(s.say(title), width-2*inset, head)
	}
	lines := s.lines(s.say(text), width-2*inset, body)
	height := 2*pad + float64(len(names))*head.height() + float64(len(lines))*body.height()
	s.need(height)
	if reversed {
		s.pdf.SetFillColor(0, 0, 0)
		s.pdf.Rect(margin, s.y, width, height, "F")
	} else {
		s.pdf.SetFillColor(243, 243, 243)
		s.pdf.Rect(margin, s.y, width, height, "F")
		s.pdf.SetFillColor(60, 60, 60)
		s.pdf.Rect(margin, s.y, 1.2, height, "F")
	}
	s.y += pad
	for _, line := range names {
		s.put(margin+inset, s.y, line, head)
		s.y += head.height()
	}
	for _, line := range lines {
		s.put(margin+inset, s.y, line, body)
		s.y += body.height()
	}
	s.y += pad
	s.space(3)
}

// signatures sets places to sign side by side; they stay together.
func (s *sheet) signatures(labels ...string) {
	const gap = 10.0
	each := (width - gap*float64(len(labels)-1)) / float64(len(labels))
	s.need(28)
	s.space(2)
	s.put(margin, s.y, s.say(s.w.doneAt), bodyStyle)
	s.space(bodyStyle.height() + 14)
	deepest := s.y
	for i, label := range labels {
		x, y := margin+float64(i)*(each+gap), s.y
		s.rule(x, y, each, 0.25, 0)
		for _, line := range s.lines(s.say(label), each, smallStyle) {
			s.put(x, y+1, line, smallStyle)
			y += smallStyle.height()
		}
		deepest = max(deepest, y)
	}
	s.y = deepest + 3
}

// code sets what a program reads, in small type.
func (s *sheet) code(text string) {
	s.flow(s.say(text), margin, width, codeStyle)
}

// finish says what could not be printed.
func (s *sheet) finish() {
	if len(s.missing) == 0 {
		return
	}
	var each []string
	for _, of := range slices.SortedFunc(maps.Keys(s.missing), func(a, b script) int { return cmp.Compare(a, b) }) {
		each = append(each, fmt.Sprintf(s.w.left, s.missing[of], s.w.scriptName(of)))
	}
	s.space(3)
	s.framed(s.w.unprinted, s.w.unprintedText+"\n"+strings.Join(each, "\n"), false)
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(t string) bool { return strings.TrimSpace(t) == "" })
}

// pseudonym is the witness's pseudonym as the paper's language says it, where it is one that the program allotted.
func (w words) pseudonym(p protection.Pseudonym) string {
	if letters, ok := strings.CutPrefix(string(p), "Witness "); ok && w.witnessWord != "" && len(letters) <= 2 {
		return w.witnessWord + " " + letters
	}
	return string(p)
}
