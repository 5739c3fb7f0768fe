package transcript

import (
	"errors"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrFile says that a file is no transcript that can be kept; the error says in which line.
var ErrFile = errors.New("this file is no transcript that can be kept")

// Bounds of a transcript's file.
const (
	MaxFile     = 8 << 20 // bytes
	MaxPassages = 20000
)

// Reading says how a file's passages are to be understood.
type Reading struct {
	Labels   Labels
	Language string // of passages that name none
}

// mark is how a withheld passage is written where no word for it is given.
func (w Withheld) mark() string { return "[" + string(w) + "]" }

func withheldBy(text string) Withheld {
	for _, w := range []Withheld{Expunged, NotPublic} {
		if text == w.mark() {
			return w
		}
	}
	return ""
}

// block is some lines of a file between empty ones.
type block struct {
	line  int // number of the first, from 1
	lines []string
}

func blocks(text []byte) ([]block, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrFile, MaxFile)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: it is not text in UTF-8", ErrFile)
	}
	whole := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(text), "\uFEFF"))
	var out []block
	var b block
	for i, line := range append(strings.Split(whole, "\n"), "") {
		switch {
		case strings.Trim(line, " \t") != "":
			if len(b.lines) == 0 {
				b.line = i + 1
			}
			b.lines = append(b.lines, line)
		case len(b.lines) > 0:
			out = append(out, b)
			b = block{}
		}
	}
	return out, nil
}

func (b block) refuse(at int, why any) error {
	if err, ok := why.(error); ok {
		return fmt.Errorf("%w: line %d: %w", ErrFile, b.line+at, err)
	}
	return fmt.Errorf("%w: line %d: %v", ErrFile, b.line+at, why)
}

// timing reads the line of a cue with its times; a cue can have one line before it.
func (b block) timing(point string) (from, until time.Duration, text int, err error) {
	at := slices.IndexFunc(b.lines, func(l string) bool { return strings.Contains(l, "-->") })
	if at < 0 || at > 1 {
		return 0, 0, 0, b.refuse(0, "it has no times")
	}
	left, right, _ := strings.Cut(b.lines[at], "-->")
	fields := strings.Fields(right) // what follows the time is where it is shown
	var ok [2]bool
	from, ok[0] = clock(strings.TrimSpace(left), point)
	if len(fields) > 0 {
		until, ok[1] = clock(fields[0], point)
	}
	if !ok[0] || !ok[1] || until <= from {
		return 0, 0, 0, b.refuse(at, "its times are not understood")
	}
	return from, until, at + 1, nil
}

// clock reads hours, minutes, seconds and milliseconds; a file can leave out the hours.
func clock(text, points string) (time.Duration, bool) {
	at := strings.LastIndexAny(text, points)
	if at < 0 || len(text)-at-1 != 3 {
		return 0, false
	}
	parts := strings.Split(text[:at], ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	total := 0
	for i, p := range append(parts, text[at+1:]) {
		n, err := strconv.Atoi(p)
		last := i == len(parts)
		switch {
		case err != nil || strings.Trim(p, "0123456789") != "" || len(p) < 2 || len(p) > 4:
			return 0, false
		case !last && i > len(parts)-3 && (len(p) != 2 || n > 59):
			return 0, false
		case last:
			total = total*1000 + n
		default:
			total = total*60 + n
		}
	}
	d := time.Duration(total) * time.Millisecond
	return d, d <= Longest
}

// said is a part of a cue, as its tags say.
type said struct {
	label    string // of a voice tag
	language string
	withheld Withheld
	text     strings.Builder
}

// passages makes passages of a part of a cue. A label at the beginning of a line begins another.
func (s *said) passages(from, until time.Duration, r Reading) ([]Passage, error) {
	lang, err := ParseLanguage(s.language)
	if err != nil {
		return nil, err
	}
	if lang == "" {
		lang = r.Language
	}
	if s.withheld != "" {
		return []Passage{{Start: from, End: until, Withheld: s.withheld}}, nil
	}
	now := Passage{Start: from, End: until, Language: lang}
	if s.label != "" {
		if now.Speaker, err = r.Labels.speaker(s.label); err != nil {
			return nil, err
		}
	}
	var out []Passage
	var lines []string
	end := func() error {
		p := now
		p.Text, lines = Clean(strings.Join(lines, "\n")), nil
		if p.Text == "" {
			return nil
		}
		if why := withheldBy(p.Text); why != "" {
			p = Passage{Start: from, End: until, Withheld: why}
		}
		out = append(out, p)
		return p.Check()
	}
	for line := range strings.SplitSeq(Clean(s.text.String()), "\n") {
		label, rest := cutLabel(line)
		if label == "" {
			lines = append(lines, line)
			continue
		}
		speaker, err := r.Labels.speaker(label)
		if err != nil {
			return nil, err
		}
		if err := end(); err != nil {
			return nil, err
		}
		now.Speaker, lines = speaker, []string{rest}
	}
	if err := end(); err != nil {
		return nil, err
	}
	return out, nil
}

// collect reads cues until the file ends.
func collect(list []block, point string, r Reading, parts func(b block, text int) ([]*said, error)) ([]Passage, error) {
	if l, err := ParseLanguage(r.Language); err != nil || l != r.Language {
		return nil, ErrLanguage
	}
	out := []Passage{}
	for _, b := range list {
		from, until, text, err := b.timing(point)
		if err != nil {
			return nil, err
		}
		cue, err := parts(b, text)
		if err != nil {
			return nil, b.refuse(text, err)
		}
		for _, s := range cue {
			found, err := s.passages(from, until, r)
			if err != nil {
				return nil, b.refuse(text, err)
			}
			out = append(out, found...)
		}
		if len(out) > MaxPassages {
			return nil, fmt.Errorf("%w: it has more than %d passages", ErrFile, MaxPassages)
		}
	}
	Sort(out)
	return out, nil
}

// ParseVTT reads WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format"). Times, voices, languages and text are kept; notes, styles, names of cues and
// where they are shown are not. A voice or a label that stands for no role is refused.
func ParseVTT(text []byte, r Reading) ([]Passage, error) {
	list, err := blocks(text)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].line != 1 || !headed(list[0].lines[0]) {
		return nil, fmt.Errorf("%w: it does not begin with WEBVTT", ErrFile)
	}
	cues := slices.DeleteFunc(list[1:], func(b block) bool {
		first, _, _ := strings.Cut(strings.ReplaceAll(b.lines[0], "\t", " "), " ")
		return slices.Contains([]string{"NOTE", "STYLE", "REGION"}, first) && !strings.Contains(b.lines[0], "-->")
	})
	return collect(cues, ".", r, func(b block, text int) ([]*said, error) { return tagged(strings.Join(b.lines[text:], "\n")) })
}

func headed(line string) bool {
	rest, ok := strings.CutPrefix(line, "WEBVTT")
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// tagged takes a cue's text apart by its voices, languages and withheld parts. Other tags are of its looks.
func tagged(text string) ([]*said, error) {
	now := &said{}
	parts := []*said{now}
	next := func() {
		now = &said{label: now.label, language: now.language, withheld: now.withheld}
		parts = append(parts, now)
	}
	for text != "" {
		plain, rest, more := strings.Cut(text, "<")
		now.text.WriteString(html.UnescapeString(plain))
		if !more {
			break
		}
		tag, after, closed := strings.Cut(rest, ">")
		if !closed {
			return nil, errors.New("a tag has no end")
		}
		text = after
		name, annotation, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(tag, "\n", " "), "\t", " "), " ")
		name, classes, _ := strings.Cut(name, ".")
		annotation = strings.TrimSpace(html.UnescapeString(annotation))
		switch name {
		case "v":
			next()
			now.label = annotation
		case "/v":
			next()
			now.label = ""
		case "lang":
			next()
			now.language = annotation
		case "/lang":
			next()
			now.language = ""
		case "c":
			for _, w := range []Withheld{Expunged, NotPublic} {
				if slices.Contains(strings.Split(classes, "."), string(w)) {
					next()
					now.withheld = w
				}
			}
		case "/c":
			if now.withheld != "" {
				next()
				now.withheld = ""
			}
		}
	}
	return slices.DeleteFunc(parts, func(s *said) bool { return Clean(s.text.String()) == "" }), nil
}

// ParseSRT reads SubRip. It names speakers by a label before the text alone, and no language.
func ParseSRT(text []byte, r Reading) ([]Passage, error) {
	list, err := blocks(text)
	if err != nil {
		return nil, err
	}
	return collect(list, ",.", r, func(b block, text int) ([]*said, error) {
		s := &said{}
		s.text.WriteString(srtPlain.Replace(srtLooks.Replace(strings.Join(b.lines[text:], "\n"))))
		return []*said{s}, nil
	})
}

var (
	srtLooks  = strings.NewReplacer("<i>", "", "</i>", "", "<b>", "", "</b>", "", "<u>", "", "</u>", "")
	srtPlain  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	srtEscape = strings.NewReplacer("&lt;", "&amp;lt;", "&gt;", "&amp;gt;", "&amp;", "&amp;amp;", "<", "&lt;", ">", "&gt;")
	vttEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// WriteVTT writes passages as WebVTT. word says in a reader's language why a passage is withheld. [ParseVTT] reads the same passages again.
func WriteVTT(w io.Writer, list []Passage, word func(Withheld) string) error {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for _, p := range list {
		fmt.Fprintf(&b, "\n%s --> %s\n", stamp(p.Start, "."), stamp(p.End, "."))
		if p.Withheld != "" {
			fmt.Fprintf(&b, "<c.%s>%s</c>\n", p.Withheld, vttEscape.Replace(Clean(word(p.Withheld))))
			continue
		}
		if p.Speaker != (Speaker{}) {
			fmt.Fprintf(&b, "<v %s>", p.Speaker)
		}
		if p.Language != "" {
			fmt.Fprintf(&b, "<lang %s>", p.Language)
		}
		b.WriteString(vttEscape.Replace(p.Text))
		if p.Language != "" {
			b.WriteString("</lang>")
		}
		b.WriteString("\n")
	}
	return written(w, b.String())
}

// WriteSRT writes passages as SubRip, each behind its speaker. Languages are not written: a file is of one, see [In].
func WriteSRT(w io.Writer, list []Passage) error {
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%d\n%s --> %s\n", i+1, stamp(p.Start, ","), stamp(p.End, ","))
		switch {
		case p.Withheld != "":
			b.WriteString(p.Withheld.mark())
		case p.Speaker != (Speaker{}):
			b.WriteString(p.Speaker.String() + ": ")
		}
		b.WriteString(srtEscape.Replace(p.Text) + "\n")
	}
	return written(w, b.String())
}

func written(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write a transcript: %w", err)
	}
	return nil
}

func stamp(d time.Duration, point string) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3600000, ms/60000%60, ms/1000%60, point, ms%1000)
}
