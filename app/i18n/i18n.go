// Package i18n is every word that the window shows, in English and in French.
//
// The catalogues are en.json and fr.json; no other file of app holds a sentence. What the domain says in words (the matrix, an
// order's measures) comes from the domain in the same language. Start from [T]; [Use] changes the language at run time.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"paravent/protection/policy"
)

//go:embed en.json fr.json
var files embed.FS

// Languages lists the languages that there are catalogues for.
var Languages = []string{"en", "fr"}

var current atomic.Value // string

// plain are the words without values that were asked for in the language in use: a list of the audit log asks a hundred thousand times.
var plain atomic.Pointer[sync.Map]

// Language is the language in use.
func Language() string {
	if l, ok := current.Load().(string); ok {
		return l
	}
	return Languages[0]
}

// Policy is the language in use, as the domain names it.
func Policy() policy.Language { return policy.Language(Language()) }

// System is the catalogue nearest to the system's language.
func System() string {
	tag, _, _ := strings.Cut(strings.ToLower(lang.SystemLocale().LanguageString()), "-")
	if slices.Contains(Languages, tag) {
		return tag
	}
	return Languages[0]
}

// Use changes the language. Screens built afterwards speak it. Fyne chooses its catalogue by the system's locale, so the
// chosen words are given to it under that locale.
func Use(language string) error {
	if !slices.Contains(Languages, language) {
		return fmt.Errorf("there is no catalogue for %q", language)
	}
	text, err := files.ReadFile(language + ".json")
	if err != nil {
		return err
	}
	for _, locale := range []fyne.Locale{lang.SystemLocale(), "en"} {
		if err := lang.AddTranslationsForLocale(text, locale); err != nil {
			return fmt.Errorf("load the catalogue %s: %w", language, err)
		}
	}
	current.Store(language)
	plain.Store(&sync.Map{})
	return nil
}

// T returns the words for a key, with the values put in for {{.Name}}.
func T(key string, values ...map[string]any) string {
	if len(values) > 0 {
		return lang.LocalizeKey(key, key, values[0])
	}
	known := plain.Load()
	if known == nil {
		return lang.LocalizeKey(key, key)
	}
	if words, ok := known.Load(key); ok {
		return words.(string)
	}
	words := lang.LocalizeKey(key, key)
	known.Store(key, words)
	return words
}

// Catalogue returns one language's words by key.
func Catalogue(language string) (map[string]string, error) {
	text, err := files.ReadFile(language + ".json")
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	return words, json.Unmarshal(text, &words)
}
