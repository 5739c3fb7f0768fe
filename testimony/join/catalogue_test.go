package join

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	text, err := pageFiles.ReadFile("page/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]string
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func TestCataloguesSayTheSameThings(t *testing.T) {
	t.Parallel()
	en, fr := catalogue(t, "en"), catalogue(t, "fr")
	if a, b := slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(fr)); !slices.Equal(a, b) {
		t.Fatalf("the catalogues have other keys: %v", slices.DeleteFunc(append(a, b...), func(k string) bool {
			return slices.Contains(a, k) && slices.Contains(b, k)
		}))
	}
	for key, text := range en {
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(fr[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if key != "list.and" && !slices.Equal(a, b) {
			t.Errorf("%s has the places %v and %v", key, a, b)
		}
		if strings.Contains(text+fr[key], "!") {
			t.Errorf("%s exclaims", key)
		}
		if key != "who.lawyers" && (text == "" || fr[key] == "") {
			t.Errorf("%s says nothing", key)
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
		if !used[key] {
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
