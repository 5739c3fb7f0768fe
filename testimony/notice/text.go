package notice

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// Noto Sans, under the SIL Open Font License (fonts/OFL.txt). Both cuts have the same letters.
var (
	//go:embed fonts/NotoSans-Regular.ttf
	regularFont []byte
	//go:embed fonts/NotoSans-Bold.ttf
	boldFont []byte
)

// drawn tells for each character of the basic plane whether the fonts draw it as it is written: what has to be joined, stacked or set from
// right to left needs more than a font.
var drawn = sync.OnceValue(func() *[1 << 16]bool {
	var has [1 << 16]bool
	regular, err := sfnt.Parse(regularFont)
	if err != nil {
		return &has
	}
	bold, err := sfnt.Parse(boldFont)
	if err != nil {
		return &has
	}
	var b sfnt.Buffer
	for r := rune(0x20); r < 1<<16; r++ {
		if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited) || unicode.In(r, unicode.C) {
			continue
		}
		one, _ := regular.GlyphIndex(&b, r)
		two, _ := bold.GlyphIndex(&b, r)
		has[r] = one != 0 && two != 0
	}
	return &has
})

// script names what a paper cannot print: a script of the Unicode standard, or none.
type script string

const noScript script = ""

// named are the scripts that have a name in the papers' words.
var named = []string{"Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao",
	"Khmer", "Myanmar", "Ethiopic", "Armenian", "Georgian", "Han", "Hiragana", "Katakana", "Hangul", "Syriac", "Thaana", "Tibetan", "Tifinagh", "Nko"}

func scriptOf(r rune) script {
	for _, name := range named {
		if unicode.Is(unicode.Scripts[name], r) {
			return script(name)
		}
	}
	return noScript
}

// printable makes text ready for the page. A passage that the fonts cannot print is replaced by what missing says of its script; never by
// empty boxes, and never by nothing.
func printable(text string, missing func(script) string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	has := drawn()
	var out strings.Builder
	out.Grow(len(text))
	var held strings.Builder // blanks inside a passage that is not printed
	left, lost := noScript, false
	end := func() {
		if lost {
			out.WriteString(missing(left))
		}
		out.WriteString(held.String())
		held.Reset()
		left, lost = noScript, false
	}
	for _, r := range norm.NFC.String(text) {
		switch {
		case r == '\r' || r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf):
			// Of no width; those that turn the direction of writing could make a line read otherwise than it was written.
		case r == '\n':
			end()
			out.WriteRune(r)
		case r == '\t' || unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			if lost {
				held.WriteByte(' ')
			} else {
				out.WriteByte(' ')
			}
		case r == '\u202f':
			out.WriteRune('\u00a0')
		case r < 1<<16 && has[r]:
			end()
			out.WriteRune(r)
		default:
			held.Reset()
			if s := scriptOf(r); lost && s != left && s != noScript && left != noScript {
				end()
			}
			if s := scriptOf(r); s != noScript {
				left = s
			}
			lost = true
		}
	}
	end()
	return out.String()
}

// frenchSpace keeps the signs that French sets after a space on the line of their word.
var frenchSpace = strings.NewReplacer(" ;", "\u00a0;", " :", "\u00a0:", " !", "\u00a0!", " ?", "\u00a0?", " »", "\u00a0»", "« ", "«\u00a0", " %", "\u00a0%")

// wrap breaks text into lines of at most a width, at spaces; a word that is longer than a line is broken with a hyphen. It ends no line in
// the middle of a character and loses none.
func wrap(text string, width float64, measure func(string) float64) []string {
	var lines []string
	space, hyphen := measure(" "), measure("-")
	for paragraph := range strings.SplitSeq(text, "\n") {
		var line strings.Builder
		used := 0.0
		flush := func() {
			lines = append(lines, line.String())
			line.Reset()
			used = 0
		}
		for word := range strings.FieldsFuncSeq(paragraph, func(r rune) bool { return r == ' ' }) {
			w := measure(word)
			if line.Len() > 0 && used+space+w > width {
				flush()
			}
			if line.Len() > 0 {
				line.WriteByte(' ')
				used += space
			}
			if w <= width {
				line.WriteString(word)
				used += w
				continue
			}
			for _, r := range word {
				one := measure(string(r))
				if used+one+hyphen > width && line.Len() > 0 && !unicode.Is(unicode.M, r) {
					line.WriteByte('-')
					flush()
				}
				line.WriteRune(r)
				used += one
			}
		}
		flush()
	}
	return lines
}
