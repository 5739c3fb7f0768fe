package invite

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

// Languages lists the languages that verification words exist in. Numbers is the list for all others: it can be read aloud
// in every language, and whoever interprets says it in the court's.
var Languages = []string{"en", "fr", Numbers}

// Numbers names the list of numbers, 100 to 355: all of three figures, so that none sounds like the beginning of another.
const Numbers = "numbers"

//go:embed words.en.txt
var wordsEN string

//go:embed words.fr.txt
var wordsFR string

var wordLists = map[string][]string{"en": strings.Fields(wordsEN), "fr": strings.Fields(wordsFR), Numbers: numbers()}

func numbers() []string {
	list := make([]string, 256)
	for i := range list {
		list[i] = strconv.Itoa(100 + i)
	}
	return list
}

// WordList returns the 256 words of a language, by the byte that each stands for. The slice is the caller's.
func WordList(lang string) []string { return slices.Clone(wordLists[ListOf(lang)]) }

// ListOf names the list that a language's verification words come from: its own, or numbers. No language at all is English.
func ListOf(lang string) string {
	own, _, _ := strings.Cut(lang, "-")
	switch {
	case own == "":
		return Languages[0]
	case slices.Contains(Languages, own):
		return own
	}
	return Numbers
}

func wordsOf(value [4]byte, lang string) [4]string {
	list := wordLists[ListOf(lang)]
	var words [4]string
	for i, b := range value {
		words[i] = list[b]
	}
	return words
}
