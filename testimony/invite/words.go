package invite

import (
	_ "embed"
	"slices"
	"strings"
)

// Languages lists the languages that verification words exist in.
var Languages = []string{"en", "fr"}

//go:embed words.en.txt
var wordsEN string

//go:embed words.fr.txt
var wordsFR string

var wordLists = map[string][]string{"en": strings.Fields(wordsEN), "fr": strings.Fields(wordsFR)}

// WordList returns the 256 words of a language, by the byte that each stands for. Any language but "fr" is English. The
// slice is the caller's.
func WordList(lang string) []string { return slices.Clone(wordLists[known(lang)]) }

func known(lang string) string {
	if slices.Contains(Languages, lang) {
		return lang
	}
	return Languages[0]
}

func wordsOf(value [4]byte, lang string) [4]string {
	list := wordLists[known(lang)]
	var words [4]string
	for i, b := range value {
		words[i] = list[b]
	}
	return words
}
