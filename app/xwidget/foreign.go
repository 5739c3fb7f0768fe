package xwidget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"paravent/app/theme"
)

// plainWriting are the writings whose letters are set one after the other, or joined to the next, and not put into another order.
var plainWriting = []*unicode.RangeTable{unicode.Common, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian,
	unicode.Hebrew, unicode.Arabic, unicode.Ethiopic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul}

// longestPiece bounds a word that is set whole, in characters.
const longestPiece = 24

// Foreign shows text that somebody else has typed, in whatever writing. The setting of Indian writings puts letters into another order, and it ends the program on
// some that no word has (seen in typesetting 0.2.1): whoever types from outside must not be able to do that. Every piece is therefore set once on trial before it is shown, and shown as it
// was tried; what cannot be set is shown as boxes.
func Foreign(s string, bold bool) fyne.CanvasObject {
	if plain(s) {
		if s = settable(s, bold); bold {
			return WrappedStrong(s)
		}
		return Paragraph(s)
	}
	var pieces []fyne.CanvasObject
	for _, word := range strings.Fields(s) {
		for runes := []rune(word); len(runes) > 0; {
			n := min(len(runes), longestPiece)
			pieces = append(pieces, Text(settable(string(runes[:n]), bold), theme.Ink, theme.SizeText, bold))
			runes = runes[n:]
		}
	}
	return Wrap(4, pieces...)
}

func plain(s string) bool {
	for _, r := range s {
		if !unicode.In(r, plainWriting...) {
			return false
		}
	}
	return true
}

// settable is s, or as many boxes where it cannot be set.
func settable(s string, bold bool) string {
	return tried(s, func() { fyne.MeasureText(s, theme.SizeText, fyne.TextStyle{Bold: bold}) })
}

func tried(s string, set func()) (out string) {
	defer func() {
		if recover() != nil {
			out = strings.Repeat("□", len([]rune(s)))
		}
	}()
	set()
	return s
}
