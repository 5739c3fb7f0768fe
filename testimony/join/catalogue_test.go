package join

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	text, err := builtInFile(lang)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readSentences(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// That each language has every sentence and nothing but sentences is what every file is checked for; these are manners.
func TestLanguagesSpeakPlainly(t *testing.T) {
	t.Parallel()
	for _, lang := range builtIn {
		texts := map[string][]string{}
		for key, text := range catalogue(t, lang) {
			if strings.ContainsAny(text, "!¡") {
				t.Errorf("%s: %s exclaims", lang, key)
			}
			if text != strings.TrimSpace(text) && key != "list.comma" {
				t.Errorf("%s: %s has space around it", lang, key)
			}
			if strings.HasPrefix(key, "ask.") {
				texts[text] = append(texts[text], key)
			}
		}
		for text, keys := range texts {
			if len(keys) > 1 {
				t.Errorf("%s: %v are the same words, %q", lang, keys, text)
			}
		}
	}
}

// Keys are written out or begin with what stands before ${ in the page's scripts.
var (
	keyInPage = regexp.MustCompile(`data-(?:text|label)="([\w.]+)"`)
	keyInCode = regexp.MustCompile("[\"`]((?:[a-z_]+\\.)+[\\w.]*)(\\$\\{)?")
)

func TestEverySentenceIsInTheCatalogueAndUsed(t *testing.T) {
	t.Parallel()
	known := catalogue(t, "en")
	used := map[string]bool{}
	err := fs.WalkDir(pageFiles, "page", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := pageFiles.ReadFile(name)
		if err != nil {
			return err
		}
		switch path.Ext(name) {
		case ".html":
			for _, m := range keyInPage.FindAllStringSubmatch(string(text), -1) {
				if _, ok := known[m[1]]; !ok {
					t.Errorf("%s asks for %q", name, m[1])
				}
				used[m[1]] = true
			}
		case ".js":
			for _, m := range keyInCode.FindAllStringSubmatch(string(text), -1) {
				for key := range known {
					if key == m[1] || m[2] != "" && strings.HasPrefix(key, m[1]) {
						used[key] = true
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range known {
		if !used[key] && key != keyOfName && key != keyOfDirection {
			t.Errorf("nothing shows %q", key)
		}
	}
}

// The page calls no other host, writes no log and makes no markup out of text.
func TestPageScriptsKeepToThemselves(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`console\.|https?://|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|localStorage|sessionStorage|document\.cookie|sendBeacon|XMLHttpRequest`)
	err := fs.WalkDir(pageFiles, "page", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".js" {
			return err
		}
		text, err := pageFiles.ReadFile(name)
		if found := forbidden.FindString(string(text)); found != "" {
			t.Errorf("%s has %s", name, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
