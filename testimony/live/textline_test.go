package live_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

// texts takes a guest's messages until one of the text line is the wanted one, and returns the text lines' on the way.
func texts(t *testing.T, g *guest.Session, until func(join.Text) bool) []join.Text {
	t.Helper()
	var all []join.Text
	for {
		select {
		case m, more := <-g.Messages():
			if !more {
				t.Fatal("the connection has ended")
			}
			if m.Type != join.TypeText {
				continue
			}
			var x join.Text
			must(t, m.Decode(&x))
			all = append(all, x)
			if until(x) {
				return all
			}
		case <-time.After(time.Minute):
			t.Fatal("the message does not come")
		}
	}
}

// What a seat and the clerk write reaches these two alone. Afterwards the vault's log knows counts, and no file and no minutes a word of it.
func TestATextLineIsBetweenOneSeatAndTheClerk(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, full)
	witness := come(t, s, testimony.RoleWitness) // waits in the lobby, which is enough
	others := map[testimony.Role]*guest.Session{}
	for _, role := range []testimony.Role{testimony.RoleAccused, testimony.RoleDefence, testimony.RoleInterpreter} {
		others[role] = come(t, s, role)
		must(t, s.Admit(seat(s, role).ID))
	}
	id := seat(s, testimony.RoleWitness).ID
	must(t, witness.Send(join.Text{Words: "quite unmistakable question"}))
	must(t, witness.Send(join.Text{Phrase: "hear"}))
	await(t, s, "both messages", func(live.State) bool { return seat(s, testimony.RoleWitness).Text.Unread == 2 })
	must(t, s.Say(id, "quite unmistakable answer", ""))
	must(t, s.Say(id, "", "wait"))
	got := texts(t, witness, func(x join.Text) bool { return x.Phrase == "wait" })
	want := []join.Text{{Words: "quite unmistakable question"}, {Phrase: "hear"}, {Clerk: true, Words: "quite unmistakable answer"}, {Clerk: true, Phrase: "wait"}}
	if len(got) != len(want) {
		t.Fatalf("the witness reads %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("message %d is %+v", i, got[i])
		}
	}
	if p := seat(s, testimony.RoleWitness); p.Text.Unread != 0 || p.Text.In != 2 || p.Text.Out != 2 {
		t.Errorf("the bench has %+v", p.Text)
	}
	for role, g := range others {
		must(t, s.Say(seat(s, role).ID, "for "+string(role), ""))
		for _, x := range texts(t, g, func(x join.Text) bool { return x.Clerk }) {
			if x.Words != "for "+string(role) {
				t.Errorf("the %s reads %+v", role, x)
			}
		}
	}
	hearing := s.State().Hearing.ID
	minutes, err := s.Close(t.Context())
	must(t, err)
	for _, p := range s.State().People {
		if p.Text.Used() || len(p.Text.Texts) > 0 {
			t.Errorf("after the end the %s still has %+v", p.Role, p.Text)
		}
	}
	kept, err := json.Marshal([]any{minutes, minutes.Public()})
	must(t, err)
	entries, err := d.Audit(t.Context())
	must(t, err)
	used := 0
	for _, e := range entries {
		if e.Action == "textline.used" && e.Details["seat"] == string(id) {
			used++
			if e.Details["in"] != "2" || e.Details["out"] != "2" || e.Details["hearing"] != string(hearing) {
				t.Errorf("logged: %v", e.Details)
			}
		}
	}
	log, err := json.Marshal(entries)
	must(t, err)
	if used != 1 || bytes.Contains(append(kept, log...), []byte("unmistakable")) {
		t.Errorf("%d entries; the words are kept", used)
	}
	must(t, filepath.WalkDir(filepath.Dir(d.Path()), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte("unmistakable")) {
			t.Errorf("%s has the words", path)
		}
		return err
	}))
}

// A seat that writes too fast is told so and the bench reads no more of it; the gallery has no line; nobody is spoken to who is not there.
func TestATextLineIsSlowAndRefuses(t *testing.T) {
	t.Parallel()
	s, c, _ := openHearing(t, full)
	all := admitted(t, s, testimony.RoleAccused, testimony.RoleGallery)
	accused := seat(s, testimony.RoleAccused).ID
	for range testimony.TextsAMinute + 3 {
		must(t, all[testimony.RoleAccused].Send(join.Text{Phrase: "hear"}))
	}
	must(t, all[testimony.RoleAccused].Send(join.Request{Kind: join.AskHand}))
	await(t, s, "everything before the hand", func(st live.State) bool { return len(st.Requests) == 1 })
	if n := seat(s, testimony.RoleAccused).Text.Unread; n != testimony.TextsAMinute {
		t.Errorf("%d messages were taken in", n)
	}
	c.advance(time.Minute)
	must(t, all[testimony.RoleAccused].Send(join.Text{Words: "later"}))
	await(t, s, "one more", func(live.State) bool { return seat(s, testimony.RoleAccused).Text.Unread == testimony.TextsAMinute+1 })
	must(t, s.ReadText(accused))
	if n := seat(s, testimony.RoleAccused).Text.Unread; n != 0 {
		t.Errorf("read, %d are unread", n)
	}
	must(t, all[testimony.RoleGallery].Send(join.Text{Phrase: "hear"}))
	await(t, s, "the refusal", func(live.State) bool { return hasAlarm(s, "request_refused") })
	for want, err := range map[error]error{
		testimony.ErrTextSeat:   s.Say(seat(s, testimony.RoleGallery).ID, "x", ""),
		live.ErrAway:            s.Say(seat(s, testimony.RoleDefence).ID, "x", ""),
		live.ErrNobody:          s.Say("nobody", "x", ""),
		testimony.ErrTextLength: s.Say(accused, strings.Repeat("x", testimony.LongestText+1), ""),
		testimony.ErrTextPhrase: s.Say(accused, "", "hear"),
	} {
		if !errors.Is(err, want) {
			t.Errorf("%v is answered with %v", want, err)
		}
	}
	if got := seat(s, testimony.RoleAccused).Text.Out; got != 0 {
		t.Errorf("%d answers went out", got)
	}
	must(t, all[testimony.RoleAccused].Send(join.Text{Words: "two\nlines"})) // no page says that
	all[testimony.RoleAccused].ended(t)
}
