package attend

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
)

// windowIn makes a window that joins nothing, in a language.
func windowIn(t *testing.T, lang string) *Window {
	t.Helper()
	a := test.NewTempApp(t)
	a.Preferences().SetString("language", lang)
	w, err := New(a, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.own = attend.OpenOwn(nil, nil, nil, nil)
	t.Cleanup(w.own.Close)
	return w
}

// says is every word on the screen.
func says(o fyne.CanvasObject) string {
	var all []string
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch x := o.(type) {
		case *canvas.Text:
			all = append(all, x.Text)
		case *widget.Label:
			all = append(all, x.Text)
		case *fyne.Container:
			for _, c := range x.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(x).Objects() {
				walk(c)
			}
		}
	}
	walk(o)
	return strings.Join(all, "\n")
}

// Every state of a hearing fits a small window in both languages, and says its banner.
func TestEveryStateFitsTheWindow(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		w := windowIn(t, lang)
		cell := join.Reception{Picture: "silhouette", Voice: "interpreter_only"}
		said := []join.Text{{Phrase: "hear"}, {Clerk: true, Phrase: "wait"}, {Clerk: true, Words: "from the clerk"}}
		for _, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleSupport, testimony.RoleCoordinator, testimony.RoleProsecution, testimony.RoleInterpreter} {
			for _, banner := range []string{"public", "private", "closed", "break", "interruption", "identity", "lobby", "held"} {
				for _, held := range []string{"", join.AskPause} {
					v := attend.View{Welcome: join.Welcome{Role: string(role)}, Words: [4]string{"kettle", "raisin", "vanilla", "mirror"}, Held: held, Said: said, Audio: true, Video: true,
						State: join.State{Admitted: true, Phase: "testimony", Mode: "public", Banner: banner, Reason: "Protection of private life.", Publish: join.Publish{Audio: true, Video: true},
							What:   map[string]join.Reception{"bench": {Picture: "clear", Voice: "clear"}, "gallery": cell, string(role): cell},
							Clock:  join.Clock{Court: "Europe/Paris", Witness: "Asia/Kathmandu"},
							People: []join.Person{{ID: "bench", Role: "bench"}, {ID: "p", Label: "Prosecution", Role: "prosecution"}}}}
					w.seen["bench"] = true
					w.showHearing(v)
					content := w.window.Content()
					if m := content.MinSize(); m.Width > 1180 || m.Height > 740 {
						t.Errorf("%s, %s, %s: it needs %v", lang, role, banner, m)
					}
					want := w.words.Say("banner." + banner)
					if held != "" {
						want = w.words.Say("banner.held")
					}
					if now := says(content); !strings.Contains(now, "from the clerk") || !strings.Contains(now, w.words.Say("clerk.answer.wait")) || !strings.Contains(now, w.words.Say("clerk.say.hear")) {
						t.Errorf("%s, %s, %s: what was written to and by the clerk is not on the screen", lang, role, banner)
					}
					if !strings.Contains(says(content), want) {
						t.Errorf("%s, %s, %s: %q is not on the screen", lang, role, banner, want)
					}
				}
			}
		}
	}
}

// After "someone came in" nothing on the screen and in the title tells what this is for.
func TestNothingTellsWhoHasComeIn(t *testing.T) {
	w := windowIn(t, "en")
	w.write()
	v := attend.View{Welcome: join.Welcome{Role: "witness", Label: "Witness B"}, Said: []join.Text{{Clerk: true, Words: "The judge asks"}}, Held: join.AskSomeone, Words: [4]string{"kettle", "raisin", "vanilla", "mirror"},
		State: join.State{Admitted: true, Phase: "testimony", Mode: "closed", Held: join.AskSomeone, Clock: join.Clock{Court: "Europe/Paris"}, People: []join.Person{{ID: "bench", Label: "The judge", Role: "bench"}}}}
	w.showHearing(v)
	shown := w.window.Title() + "\n" + says(w.window.Content())
	if xwidget.HasSheet(w.window.Canvas()) {
		t.Error("what was being written to the clerk is on the screen")
	}
	for _, tells := range []string{"udge", "ourt", "itness", "ession", "earing", "kettle", "public", "stopped"} {
		if strings.Contains(shown, tells) {
			t.Errorf("%q is on the screen:\n%s", tells, shown)
		}
	}
	if !strings.Contains(shown, w.words.Say("held.ready")) {
		t.Error("there is no way back")
	}
	if !w.hushed.Load() {
		t.Error("the court is still heard in the room")
	}
	v.Ready = true
	w.showHearing(v)
	if w.hushed.Load() {
		t.Error("the court is not heard again")
	}
}

func TestWhatWentWrongIsSaidPlainly(t *testing.T) {
	w := windowIn(t, "en")
	said := map[string]bool{}
	for _, err := range []error{invite.ErrLink, guest.ErrCertificate, invite.Busy, errors.New("dial tcp 198.51.100.7:443: connect: refused")} {
		text := w.saying(err)
		if text == "" || said[text] || strings.Contains(text, "198.") {
			t.Errorf("%v is said as %q", err, text)
		}
		said[text] = true
	}
	w.askLink(invite.ErrLink)
	if !strings.Contains(says(w.window.Content()), w.words.Say("refused.incomplete")) {
		t.Error("a link that is cut short is not said to be")
	}
}

// The stop has the strongest colour on the screen, and a key of its own for everyone who sits with the witness, and for nobody else.
func TestWhoCanStop(t *testing.T) {
	w := windowIn(t, "en")
	for _, role := range testimony.Roles {
		if !role.Publishes() {
			continue
		}
		w.showHearing(attend.View{Welcome: join.Welcome{Role: string(role)}, State: join.State{Admitted: true, Phase: "testimony", Mode: "public"}})
		if _, ok := w.keys[fyne.KeyP]; ok != role.MayAsk(testimony.AskPause) {
			t.Errorf("the %s has the key for a stop: %v", role, ok)
		}
	}
}

// Three presses of Escape call for help, two do not, and neither do three slow ones.
func TestEscapeThreeTimes(t *testing.T) {
	w := windowIn(t, "en")
	press := func(n int, apart time.Duration) (called bool) {
		w.escapes = nil
		at := time.Unix(1e9, 0)
		for range n {
			called = w.escapeAt(at)
			at = at.Add(apart)
		}
		return called
	}
	for _, x := range []struct {
		n     int
		apart time.Duration
		want  bool
	}{{2, 100 * time.Millisecond, false}, {3, 300 * time.Millisecond, true}, {3, 1500 * time.Millisecond, false}} {
		if got := press(x.n, x.apart); got != x.want {
			t.Errorf("%d times, %s apart: %v", x.n, x.apart, got)
		}
	}
}
