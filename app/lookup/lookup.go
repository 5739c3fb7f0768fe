// Package lookup finds lines by any part of their words, among a hundred thousand of them, between two strokes of a key. It knows nothing of what the
// lines are. Start from [New].
package lookup

import (
	"slices"
	"strings"
	"unicode"
)

// Index is the text of some lines, made to be searched. It never changes.
type Index struct {
	text string // of all lines in lower case, each with end after it
	ends []int  // where each line's end stands in text
}

// end stands after each line. No line of words has it.
const end = "\x00"

// New makes an index. Letter case is of no account.
func New(lines []string) *Index {
	x := &Index{ends: make([]int, 0, len(lines))}
	size := 0
	for _, l := range lines {
		size += len(l) + len(end)
	}
	var text strings.Builder
	text.Grow(size)
	for _, l := range lines {
		for _, r := range l { // strings.ToLower takes four times as long where a line is not all ASCII
			if r == 0 {
				r = ' '
			}
			text.WriteRune(unicode.ToLower(r))
		}
		x.ends = append(x.ends, text.Len())
		text.WriteString(end)
	}
	x.text = text.String()
	return x
}

// Find returns the numbers of the lines that hold every word typed, anywhere in them: those first that begin with the first word, each in the order of
// the lines. Where nothing is typed it returns all.
func (x *Index) Find(typed string) []int {
	words := strings.Fields(strings.ReplaceAll(strings.ToLower(typed), end, " "))
	if len(words) == 0 {
		all := make([]int, len(x.ends))
		for i := range all {
			all[i] = i
		}
		return all
	}
	rarest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) }) // most likely
	var first, rest []int
	for at, line := 0, 0; ; {
		hit := strings.Index(x.text[at:], rarest)
		if hit < 0 {
			return append(first, rest...)
		}
		line += after(x.ends[line:], at+hit)
		if text := x.line(line); holds(text, words) {
			if strings.HasPrefix(text, words[0]) {
				first = append(first, line)
			} else {
				rest = append(rest, line)
			}
		}
		at = x.ends[line] + len(end)
		line++
	}
}

func (x *Index) line(i int) string {
	start := 0
	if i > 0 {
		start = x.ends[i-1] + len(end)
	}
	return x.text[start:x.ends[i]]
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// after is how many of the ends are not after a place. The next ones are looked at first, since hits are often close.
func after(ends []int, at int) int {
	reach := 1
	for reach < len(ends) && ends[reach-1] <= at {
		reach *= 2
	}
	n, _ := slices.BinarySearch(ends[:min(reach, len(ends))], at+1)
	return n
}
