package join_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/testimony/join"
)

// The sentences of a language, by the page's own files.
func sentences(t *testing.T, lang string) map[string]string {
	t.Helper()
	var c map[string]string
	text, err := os.ReadFile(filepath.Join("page", "languages", lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// awaitWords waits until both sides have the same verification words on the screen.
func awaitWords(t *testing.T, p *tab, guest *desk) []string {
	t.Helper()
	limit := time.After(20 * time.Second)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		shown := ask[[]string](p, "[...document.querySelectorAll('#words li')].map(e => e.textContent)")
		if w := guest.Words(); slices.Equal(shown, w[:]) {
			return shown
		}
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("the page shows %q, the court has %q", shown, guest.Words())
		}
	}
}

// A witness goes from the link into the hearing in each language, on a phone: everything is in that language, written in its
// direction, nothing is cut off, and every control is large enough to hit.
func TestWitnessIsReceivedInEveryLanguage(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	for _, lang := range []string{"en", "fr", "es", "ar", "uk", "vi", "am", "ne"} {
		t.Run(lang, func(t *testing.T) {
			says := sentences(t, lang)
			link, seat := court.invite("witness", "B")
			p := openTab(t, lang, chromedp.EmulateViewport(360, 740))
			p.run(chromedp.Navigate(link))
			guest := seat.next(t)
			if guest.Lang() != lang {
				t.Errorf("the page says that it is read in %q", guest.Lang())
			}
			if d := ask[string](p, "getComputedStyle(document.body).direction"); d != says["language.direction"] {
				t.Errorf("the page is written %s", d)
			}
			fits := func(screen string) {
				t.Helper()
				p.until(screen, "!document.getElementById('"+screen+"').hidden")
				if wide := ask[int](p, "document.documentElement.scrollWidth"); wide > 360 {
					t.Errorf("%s is %d wide", screen, wide)
				}
				bad := ask[[]string](p, `[...document.querySelectorAll('button, select, summary')].filter(e => e.offsetParent)
					.filter(e => !(e.getAttribute('aria-label') || e.textContent).trim() || e.getBoundingClientRect().height < 48
						|| e.scrollWidth > e.clientWidth + 1).map(e => e.id || e.outerHTML)`)
				if len(bad) > 0 {
					t.Errorf("%s: controls without a name, cut off or too small: %v", screen, bad)
				}
				// A sentence that is missing would stand there by its key.
				if left := ask[[]string](p, `[...document.body.innerText.matchAll(/\b[a-z]+\.[a-z_.]+[a-z]\b/g)].map(m => m[0])`); len(left) > 0 {
					t.Errorf("%s shows %q", screen, left)
				}
				p.shot(fmt.Sprintf("in-%s-%s", lang, screen))
			}
			fits("before")
			p.press(says["before.read"])
			fits("devices")
			p.press(says["devices.allow"])
			p.until("the check", "!document.getElementById('checking').hidden")
			p.press(says["check.tone"])
			fits("checking")
			p.press(says["check.yes"])
			p.until("the lobby", "!document.getElementById('lobby').hidden")
			awaitWords(t, p, guest)
			fits("lobby")
			if err := guest.Send(testifying()); err != nil {
				t.Fatal(err)
			}
			fits("hearing")
			what := p.text("#what")
			if n := strings.Count(what, "\n"); n < 3 || strings.Contains(what, "{") {
				t.Errorf("the page says of who receives what: %q", what)
			}
			p.onlyHost(court.server.Base())
			guest.Close(join.Bye{})
			fits("ended")
		})
	}
}

// A browser whose language the page does not speak gets English, and the witness chooses: the page, the words and what the bench
// is told of the language change together.
func TestWitnessChoosesTheLanguage(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "B")
	p := openTab(t, "sw", chromedp.EmulateViewport(360, 740))
	p.run(chromedp.Navigate(link))
	guest := seat.next(t)
	if names := ask[[]string](p, "[...document.querySelectorAll('#language option')].map(e => e.textContent)"); !slices.Equal(names,
		[]string{"English", "Français", "Español", "العربية", "Українська", "Tiếng Việt", "አማርኛ", "नेपाली"}) {
		t.Errorf("the languages offered are %q", names)
	}
	p.press("I have read this")
	p.press("Allow camera and microphone")
	p.press("Play a sound")
	p.press("Yes, I heard it")
	p.until("the lobby", "!document.getElementById('lobby').hidden")
	english := awaitWords(t, p, guest)
	choose := func(lang string) {
		t.Helper()
		ask[bool](p, "{ const s = document.getElementById('language'); s.value = '"+lang+"'; s.dispatchEvent(new Event('change')) }")
		var told join.Speaks
		guest.await(t, join.TypeLanguage, &told)
		if told.Code != lang {
			t.Fatalf("the page says that it is read in %q", told.Code)
		}
		guest.Speaks(lang)
	}
	choose("am")
	numbers := awaitWords(t, p, guest)
	for _, n := range numbers {
		if len(n) != 3 || strings.Trim(n, "0123456789") != "" {
			t.Errorf("%q is not a number of three figures", n)
		}
	}
	if title := p.text("#words-title"); title != sentences(t, "am")["words.numbers"] {
		t.Errorf("over the numbers stands %q", title)
	}
	choose("en")
	if again := awaitWords(t, p, guest); !slices.Equal(again, english) {
		t.Errorf("the English words are %q, then %q", english, again)
	}
	// After a reload the page is still in the language that was chosen.
	choose("ne")
	p.run(chromedp.Reload())
	if back := seat.next(t); back.Lang() != "ne" {
		t.Errorf("after a reload the page is read in %q", back.Lang())
	}
	p.until("Nepali", "document.documentElement.lang === 'ne'")
}
