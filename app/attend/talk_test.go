package attend

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// A private talk is offered, agreed to and taken back; while it goes on the window says so in place of every picture, and after it how to come back. Each fits a small window.
func TestAPrivateTalkIsPlainToSee(t *testing.T) {
	counsel := join.Person{ID: "d", Label: "Counsel for the defence", Role: "defence"}
	can := []join.Person{counsel}
	for _, lang := range []string{"en", "fr"} {
		w := windowIn(t, lang)
		say := func(key string) string { return w.words.Say(key, "who", counsel.Label) }
		for name, c := range map[string]struct {
			talk       join.TalkState
			held       string
			want, none []string
		}{
			"offered":  {join.TalkState{Can: can}, "", []string{say("talk.ask")}, []string{say("talk.title"), say("talk.decline")}},
			"asked":    {join.TalkState{Can: can, Asked: "d"}, "", []string{say("talk.asked"), say("talk.takeback")}, []string{say("talk.title")}},
			"asked by": {join.TalkState{Can: can, AskedBy: []string{"d"}}, "", []string{say("talk.asks"), say("talk.ask"), say("talk.decline")}, []string{say("talk.title")}},
			"going":    {join.TalkState{Can: can, With: "d"}, "", []string{say("talk.title"), say("talk.text"), say("talk.end"), say("banner.talk")}, []string{say("what.none"), say("banner.public")}},
			"over":     {join.TalkState{Can: can, Over: true}, "", []string{say("talk.over"), say("talk.back"), say("what.none")}, []string{say("talk.title"), say("banner.talk")}},
			"stopped":  {join.TalkState{Can: can, With: "d"}, join.AskPause, []string{say("held.title")}, []string{say("talk.title"), say("talk.end"), say("banner.talk")}},
		} {
			w.showHearing(attend.View{Welcome: join.Welcome{Role: "accused"}, Words: [4]string{"kettle", "raisin", "vanilla", "mirror"}, Held: c.held,
				State: join.State{Admitted: true, Phase: "testimony", Mode: "public", Clock: join.Clock{Court: "Europe/Paris"}, Talk: &c.talk,
					Publish: join.Publish{Audio: c.talk.With == "" && !c.talk.Over}, People: []join.Person{{ID: "bench", Role: "bench"}}}})
			content := w.window.Content()
			shown := says(content)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%s, %s: %q is not on the screen", lang, name, want)
				}
			}
			for _, none := range c.none {
				if strings.Contains(shown, none) {
					t.Errorf("%s, %s: %q is on the screen", lang, name, none)
				}
			}
			if m := content.MinSize(); m.Width > 1180 || m.Height > 740 {
				t.Errorf("%s, %s: it needs %v", lang, name, m)
			}
			if _, key := w.keys[fyne.KeyT]; key != (c.held == "") {
				t.Errorf("%s, %s: T does something: %v", lang, name, key)
			}
		}
	}
}
