package join

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestPageComesWithEightLanguages(t *testing.T) {
	t.Parallel()
	all, err := Languages(nil, quiet())
	if err != nil {
		t.Fatal(err)
	}
	directions := map[string]string{"en": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl", "uk": "ltr", "vi": "ltr", "am": "ltr", "ne": "ltr"}
	if len(all) != len(directions) {
		t.Errorf("there are %d languages, want %d", len(all), len(directions))
	}
	names := map[string]bool{}
	for _, l := range all {
		if l.Direction != directions[l.Code] {
			t.Errorf("%s is written %q", l.Code, l.Direction)
		}
		names[l.Name] = true
	}
	if len(names) != len(all) {
		t.Error("two languages have one name")
	}
}

// file is the English file with changes, as a court might have written it.
func file(t *testing.T, change func(map[string]string)) []byte {
	t.Helper()
	sentences := maps.Clone(catalogue(t, "en"))
	sentences[keyOfName] = "Soomaali"
	change(sentences)
	text, err := json.Marshal(sentences)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func set(key, text string) func(map[string]string) {
	return func(c map[string]string) { c[key] = text }
}

func TestCourtAddsALanguageAndReplacesOne(t *testing.T) {
	t.Parallel()
	own := file(t, set("lobby.title", "Fadlan sug"))
	all, err := Languages(fstest.MapFS{
		"so.json": {Data: own}, "am.json": {Data: file(t, set("lobby.title", "Please wait here"))},
		"README.txt": {Data: []byte("not a language")}, "old/fr.json": {Data: []byte("{}")},
	}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(builtIn)+1 || all[len(all)-1].Code != "so" || string(all[len(all)-1].text) != string(own) {
		t.Errorf("Somali was not added: %d languages", len(all))
	}
	for _, l := range all {
		if l.Code == "am" && !strings.Contains(string(l.text), "Please wait here") {
			t.Error("the court's Amharic did not take the place of the program's")
		}
	}
	parts, err := pageParts(all)
	if err != nil || parts["in.so.json"] == nil {
		t.Errorf("Somali is not served: %v", err)
	}
}

func TestBrokenLanguageFilesAreLeftOutAndNamedInTheLog(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 200)
	for name, c := range map[string]struct {
		file string
		text []byte
		why  string
	}{
		"a sentence is missing":       {"so.json", file(t, func(c map[string]string) { delete(c, "ask.break") }), `"ask.break" is missing`},
		"a sentence too many":         {"so.json", file(t, set("ask.escape", "Run")), `no sentence "ask.escape"`},
		"markup":                      {"so.json", file(t, set("lobby.title", "<b>Wait</b>")), "markup"},
		"an entity":                   {"so.json", file(t, set("lobby.title", "Wait &#60;")), "markup"},
		"an address":                  {"so.json", file(t, set("lobby.title", "See http://example.org")), "address"},
		"too long":                    {"so.json", file(t, set("lobby.title", long)), "too long"},
		"empty":                       {"so.json", file(t, set("lobby.title", " ")), "says nothing"},
		"a place is missing":          {"so.json", file(t, set("banner.reason", "Reason")), "places"},
		"another place":               {"so.json", file(t, set("lobby.title", "Wait {time}")), "places"},
		"a character that turns text": {"so.json", file(t, set("lobby.title", "Wait \u202eereh")), "cannot be seen"},
		"a control character":         {"so.json", file(t, set("lobby.title", "Wait\x07")), "cannot be seen"},
		"no direction":                {"so.json", file(t, set(keyOfDirection, "up")), "ltr or rtl"},
		"a long name":                 {"so.json", file(t, set(keyOfName, strings.Repeat("x", 60))), "too long"},
		"a bad code":                  {"Somali language.json", file(t, func(map[string]string) {}), "name is not that of a language"},
		"no JSON":                     {"so.json", []byte("hello"), "not a JSON object"},
		"a list":                      {"so.json", []byte(`["a"]`), "not a JSON object"},
		"a number":                    {"so.json", []byte(`{"language": 3}`), "not a JSON object"},
		"nothing for a text":          {"so.json", []byte(`{"language": null}`), "not a JSON object"},
		"more after it":               {"so.json", append(file(t, func(map[string]string) {}), "{}"...), "not a JSON object"},
		"twice":                       {"so.json", []byte(`{"language": "a", "language": "b"}`), "twice"},
		"not UTF-8":                   {"so.json", []byte("{\"language\": \"\xff\"}"), "not UTF-8"},
		"large":                       {"so.json", []byte(strings.Repeat(" ", maxLanguageFile+1)), "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said strings.Builder
			all, err := Languages(fstest.MapFS{c.file: {Data: c.text}}, slog.New(slog.NewTextHandler(&said, nil)))
			if err != nil || len(all) != len(builtIn) {
				t.Errorf("there are %d languages and %v", len(all), err)
			}
			logged := strings.ReplaceAll(said.String(), `\"`, `"`)
			if !strings.Contains(logged, "was left out") || !strings.Contains(logged, c.why) {
				t.Errorf("the log says %s, want %q", logged, c.why)
			}
		})
	}
}

func TestBrokenFileOfALanguageLeavesTheOneThatComesWithTheProgram(t *testing.T) {
	t.Parallel()
	all, err := Languages(fstest.MapFS{"ar.json": {Data: []byte("{}")}}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Code == "ar" && l.Direction == "rtl" {
			return
		}
	}
	t.Error("Arabic is gone")
}

func FuzzParseLanguage(f *testing.F) {
	reference, err := builtInFile("en")
	if err != nil {
		f.Fatal(err)
	}
	sentences, err := readSentences(reference)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("so", reference)
	f.Add("so", []byte(`{"language":"<b>"}`))
	f.Fuzz(func(t *testing.T, code string, text []byte) {
		l, err := parseLanguage(code, text, sentences)
		if err != nil {
			if !errors.Is(err, ErrLanguage) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		own, err := readSentences(l.text)
		if err != nil || len(own) != len(sentences) {
			t.Fatalf("a file was taken that cannot be read: %v", err)
		}
		for key, sentence := range own {
			if strings.ContainsAny(sentence, "<>") {
				t.Fatalf("%s has markup", key)
			}
		}
	})
}
