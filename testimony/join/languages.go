package join

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Language is a language that the page speaks: every sentence of it, in one data file. The zero Language is none.
type Language struct {
	Code      string `json:"code"`      // BCP 47, e.g. "am"
	Name      string `json:"name"`      // as those who speak it call it
	Direction string `json:"direction"` // ltr or rtl
	text      []byte // the file, as it is served
}

// ErrLanguage reports a language file that the page cannot use. The error names the file's fault and repeats none of its text.
var ErrLanguage = errors.New("this language file cannot be used")

// Limits of a language file. A sentence may be longer than the English one, as many are, but not a text of its own.
const (
	maxLanguageFile = 64 << 10 // bytes
	maxLanguages    = 64
	longer          = 4  // times the English sentence, in characters
	shortest        = 80 // characters that every sentence may have
	longestName     = 40 // characters of a language's own name
)

// builtIn are the languages that come with the program, in the order in which a page offers them.
var builtIn = []string{"en", "fr", "es", "ar", "uk", "vi", "am", "ne"}

// maybeEmpty are sentences that a language may do without: it has no word for both sides' counsel together.
var maybeEmpty = map[string]bool{"who.lawyers": true}

const (
	keyOfName      = "language.name"
	keyOfDirection = "language.direction"
)

// Languages returns the languages that come with the program and those of a court's own folder, one file for each language,
// named after it: so.json is Somali. A file of the court's takes the place of the one that comes with the program. A file that
// misses a sentence or that holds anything but sentences is left out as a whole, which the log says; folder may be nil, and a
// folder that is not there is empty.
func Languages(folder fs.FS, log *slog.Logger) ([]Language, error) {
	reference, err := builtInFile("en")
	if err != nil {
		return nil, err
	}
	sentences, err := readSentences(reference)
	if err != nil {
		return nil, fmt.Errorf("read the page's English: %w", err)
	}
	var all []Language
	for _, code := range builtIn {
		text, err := builtInFile(code)
		if err != nil {
			return nil, err
		}
		language, err := parseLanguage(code, text, sentences)
		if err != nil {
			return nil, fmt.Errorf("read the page's language %s: %w", code, err)
		}
		all = append(all, language)
	}
	return withOwn(all, folder, sentences, log), nil
}

func builtInFile(code string) ([]byte, error) {
	text, err := pageFiles.ReadFile("page/languages/" + code + ".json")
	if err != nil {
		return nil, fmt.Errorf("read the page's language %s: %w", code, err)
	}
	return text, nil
}

// withOwn adds a court's own files to the languages.
func withOwn(all []Language, folder fs.FS, sentences map[string]string, log *slog.Logger) []Language {
	if folder == nil {
		return all
	}
	files, err := fs.ReadDir(folder, ".")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("the folder of the court's own languages cannot be read; the page speaks those that come with the program")
		return all
	}
	for _, file := range files { // in the order of their names
		code, isLanguage := strings.CutSuffix(file.Name(), ".json")
		if !isLanguage || file.IsDir() {
			continue
		}
		language, err := readOwn(folder, file.Name(), code, sentences)
		at := slices.IndexFunc(all, func(l Language) bool { return l.Code == language.Code })
		switch {
		case err == nil && at < 0 && len(all) >= maxLanguages:
			err = fmt.Errorf("%w: there are %d languages already", ErrLanguage, maxLanguages)
			fallthrough
		case err != nil:
			log.Warn("a language file of the court's was left out; the page goes on without it", "file", path.Base(file.Name()), "why", err)
		case at >= 0:
			all[at] = language
		default:
			all = append(all, language)
		}
	}
	return all
}

func readOwn(folder fs.FS, name, code string, sentences map[string]string) (Language, error) {
	file, err := folder.Open(name)
	if err != nil {
		return Language{}, fmt.Errorf("%w: it cannot be opened", ErrLanguage)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxLanguageFile+1))
	if err != nil {
		return Language{}, fmt.Errorf("%w: it cannot be read", ErrLanguage)
	}
	return parseLanguage(code, text, sentences)
}

var (
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)
	place        = regexp.MustCompile(`\{[^{}]*\}`)
)

// parseLanguage reads a language file: a JSON object of sentences, with exactly the keys of the English one.
func parseLanguage(code string, text []byte, sentences map[string]string) (Language, error) {
	if !languageCode.MatchString(code) {
		return Language{}, fmt.Errorf("%w: its name is not that of a language", ErrLanguage)
	}
	own, err := readSentences(text)
	if err != nil {
		return Language{}, err
	}
	for _, key := range slices.Sorted(maps.Keys(sentences)) {
		if _, ok := own[key]; !ok {
			return Language{}, fmt.Errorf("%w: %q is missing", ErrLanguage, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(own)) {
		english, ok := sentences[key]
		if !ok {
			return Language{}, fmt.Errorf("%w: the page has no sentence %q", ErrLanguage, clip(key))
		}
		if fault := faultOf(key, own[key], english); fault != "" {
			return Language{}, fmt.Errorf("%w: %q %s", ErrLanguage, key, fault)
		}
	}
	l := Language{Code: code, Name: own[keyOfName], Direction: own[keyOfDirection], text: text}
	if l.Direction != "ltr" && l.Direction != "rtl" {
		return Language{}, fmt.Errorf("%w: %q must be ltr or rtl", ErrLanguage, keyOfDirection)
	}
	if utf8.RuneCountInString(l.Name) > longestName {
		return Language{}, fmt.Errorf("%w: %q is too long", ErrLanguage, keyOfName)
	}
	return l, nil
}

// readSentences reads a JSON object of texts in which no key stands twice.
func readSentences(text []byte) (map[string]string, error) {
	if len(text) > maxLanguageFile {
		return nil, fmt.Errorf("%w: it is larger than %d KiB", ErrLanguage, maxLanguageFile>>10)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: it is not UTF-8", ErrLanguage)
	}
	notObject := fmt.Errorf("%w: it is not a JSON object of texts", ErrLanguage)
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, notObject
	}
	sentences := map[string]string{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, notObject
		}
		var sentence *string
		if err := decoder.Decode(&sentence); err != nil || sentence == nil {
			return nil, notObject
		}
		if _, twice := sentences[key.(string)]; twice {
			return nil, fmt.Errorf("%w: %q stands in it twice", ErrLanguage, clip(key.(string)))
		}
		sentences[key.(string)] = *sentence
	}
	if _, err := decoder.Token(); err != nil {
		return nil, notObject
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, notObject
	}
	return sentences, nil
}

// faultOf says what is wrong with a sentence, or nothing.
func faultOf(key, sentence, english string) string {
	if strings.TrimSpace(sentence) == "" {
		if maybeEmpty[key] && sentence == "" {
			return ""
		}
		return "says nothing"
	}
	if utf8.RuneCountInString(sentence) > max(shortest, longer*utf8.RuneCountInString(english)) {
		return "is too long"
	}
	if strings.ContainsAny(sentence, "<>\\") || strings.Contains(sentence, "://") || strings.Contains(sentence, "&#") {
		return "has markup or an address in it"
	}
	if strings.ContainsFunc(sentence, unseen) {
		return "has a character in it that cannot be seen"
	}
	if a, b := placesOf(sentence), placesOf(english); !slices.Equal(a, b) {
		return "does not have the places that the page fills in"
	}
	return ""
}

// unseen tells characters that have no place in a sentence: controls, and those that turn the direction of what follows. The
// joiners that several scripts are written with are none of them.
func unseen(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d':
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return true
	}
	return false
}

// placesOf are the {names} in a sentence that the page fills in.
func placesOf(sentence string) []string {
	places := place.FindAllString(sentence, -1)
	slices.Sort(places)
	return places
}

// clip keeps a key that anybody may have written short enough for a line of the log.
func clip(key string) string {
	if len(key) > 40 {
		return strings.ToValidUTF8(key[:40], "") + "…"
	}
	return key
}
