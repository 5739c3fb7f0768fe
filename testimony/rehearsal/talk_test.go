package rehearsal_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"paravent/media"
	"paravent/media/capture"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// whisper is somebody's microphone: it bears the mark while they talk in private, and is silent before and after.
type whisper struct {
	capture.AudioSource
	on atomic.Bool
}

func (s *whisper) Read(ctx context.Context) (media.AudioFrame, error) {
	f, err := s.AudioSource.Read(ctx)
	if !s.on.Load() {
		clear(f.PCM)
	}
	return f, err
}

func whispering(seed uint64) *whisper {
	return &whisper{AudioSource: rehearsal.WitnessMark.Sound(capture.NewTestSpeech(seed))}
}

// confidential is a hearing whose accused has counsel and whose witness has counsel of their own, with everybody admitted.
type confidential struct {
	*testing.T
	s      *live.Session
	d      *docket.Desk
	people map[string]*rehearsal.Participant // by the labels of their seats
}

// openConfidential lets everybody in but the one who comes with a browser.
func openConfidential(t *testing.T, sounds map[string]*whisper, browses string) confidential {
	t.Helper()
	d, err := docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "v.paravent"), docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	must(t, err)
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	seats := h
	seats.Participants = append(seats.Participants, testimony.Participant{Role: testimony.RoleProsecution, Label: "Counsel for the victim"},
		testimony.Participant{Role: testimony.RoleSupport, Label: "Support"}, testimony.Participant{Role: testimony.RoleJudge, Label: "Second judge"}, testimony.Participant{Role: testimony.RolePress, Label: "Press"})
	var against *docket.ConflictError
	if _, err = d.Reschedule(t.Context(), h, seats); errors.As(err, &against) {
		for _, x := range against.Conflicts {
			seats.Accepted = append(seats.Accepted, testimony.Acceptance{Key: x.Key(), Reason: "a test"})
		}
		h, err = d.Reschedule(t.Context(), h, seats)
	}
	must(t, err)
	var victims testimony.ParticipantID
	for _, p := range h.Participants {
		if p.Label == "Counsel for the victim" {
			victims = p.ID
		}
	}
	w, _ := h.Witness()
	_, err = d.Retain(t.Context(), h, append(h.Retained, testimony.Retainer{Counsel: victims, Client: w.ID}))
	must(t, err)
	s, err := live.Open(context.Background(), live.Config{Desk: d, Hearing: h.ID, Microphone: capture.NewTestSpeech(9)})
	must(t, err)
	t.Cleanup(func() {
		s.Abandon()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	c := confidential{t, s, d, map[string]*rehearsal.Participant{}}
	for _, p := range s.State().People {
		if p.Label == browses {
			continue
		}
		props := rehearsal.Props{}
		if p.Role.Publishes() {
			props = rehearsal.Props{Picture: capture.NewTestPicture(1, 160, 120, 10, nil), Sound: capture.NewTestSpeech(3)}
		}
		if own := sounds[p.Label]; own != nil {
			props.Sound = own
		}
		guest, err := rehearsal.Join(t.Context(), p.Link, props)
		must(t, err)
		t.Cleanup(guest.Leave)
		c.people[p.Label] = guest
		c.until("somebody in the lobby", func(st live.State) bool { return c.of(st, p.Label).Presence == live.InLobby })
		must(t, s.Admit(p.ID))
	}
	return c
}

func (c confidential) of(st live.State, label string) live.Person {
	for _, p := range st.People {
		if p.Label == label {
			return p
		}
	}
	c.Fatalf("nobody is %q", label)
	return live.Person{}
}

func (c confidential) id(label string) string { return string(c.of(c.s.State(), label).ID) }

func (c confidential) until(what string, holds func(live.State) bool) {
	c.Helper()
	awaitState(c, c.s, what, holds)
}

// from is what somebody received of another, in one form or in any.
func (c confidential) from(to, of, form string) (f rehearsal.Flow) {
	for key, flow := range c.people[to].Flows() {
		if key.Publisher == c.id(of) && (form == "" || key.Form == form) && key.Kind == "audio" {
			f.Packets, f.Marked = f.Packets+flow.Packets, f.Marked+flow.Marked
		}
	}
	return f
}

// agree has two ask each other, and waits until they talk.
func (c confidential) agree(a, b string) {
	c.Helper()
	must(c, c.people[a].Talk(join.TalkAsk, c.id(b)))
	must(c, c.people[b].Talk(join.TalkAsk, c.id(a)))
	c.until("a private talk", func(st live.State) bool { return c.of(st, a).TalksWith == c.of(st, b).ID && len(st.Talks) == 1 })
}

// nobodyElse fails where anyone but the two received a packet of what they said: counted at every receiver, whatever it was told that the packet was, by the
// mark that the two bear while they talk and at no other time.
func (c confidential) nobodyElse(a, b string) {
	c.Helper()
	for label, p := range c.people {
		for key, flow := range p.Flows() {
			ofTalk := key.Publisher == c.id(a) && label == b || key.Publisher == c.id(b) && label == a
			if key.Form == "private" && !ofTalk {
				c.Errorf("%s was sent %d private packets", label, flow.Packets)
			}
			if flow.Marked > 0 && (!ofTalk || key.Form != "private") {
				c.Errorf("%s heard the talk in %d tenths of a second, as %+v", label, flow.Marked, key)
			}
		}
	}
}

// unrecorded closes the hearing and fails where a recording has any of it.
func (c confidential) unrecorded() {
	c.Helper()
	_, err := c.s.Close(c.Context())
	must(c, err)
	recordings, err := c.d.Recordings(c.Context())
	must(c, err)
	if len(recordings) == 0 {
		c.Fatal("nothing was recorded")
	}
	for _, r := range recordings {
		file, err := os.Create(filepath.Join(c.TempDir(), "r.webm"))
		must(c, err)
		_, err = evidence.Export(c.Context(), c.d, r.ID, file)
		must(c, err)
		marked, err := rehearsal.MarkedSound(file)
		must(c, errors.Join(err, file.Close()))
		if marked > 0 {
			c.Errorf("the %s has the talk in %d tenths of a second", r.Version, marked)
		}
	}
}

// Counsel and the accused talk in private in the middle of the testimony, which goes on: each hears the other and nobody else. No packet of it reaches anybody else, the bench's
// loudspeaker or a recording, while it goes on, when it ends in the middle of a sentence, and after; and what is said to the court afterwards goes where it went before.
func TestNobodyElseReceivesAPrivateTalk(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	const counsel, accused = "Counsel for the defence", "Accused"
	sounds := map[string]*whisper{counsel: whispering(11), accused: whispering(12)}
	c := openConfidential(t, sounds, "")
	listener := rehearsal.Listener{Mark: rehearsal.WitnessMark}
	var loudest atomic.Int64
	defer c.s.Sound(func(pcm []int16) {
		listener.Push(pcm)
		loudest.Store(int64(listener.Heard))
	})()
	must(t, c.s.Enter(testimony.IdentityCheck))
	must(t, c.s.GoOnUntried("a test"))
	toTestimony(t, c.s)
	eventually(t, "counsel to be received", func() bool { return c.from("Second judge", counsel, "clear").Packets > 20 })

	c.agree(accused, counsel)
	if told := c.people[counsel].State().Talk; told == nil {
		t.Fatal("counsel's page is told nothing of the talk")
	}
	for _, own := range sounds {
		own.on.Store(true)
	}
	eventually(t, "the two to hear each other", func() bool {
		return c.from(accused, counsel, "private").Marked > 30 && c.from(counsel, accused, "private").Marked > 30
	})
	st := c.s.State()
	if p := c.of(st, counsel); p.Speaking || !p.Camera && p.Presence != live.Admitted {
		t.Errorf("the bench is shown that counsel speaks: %+v", p)
	}
	c.nobodyElse(counsel, accused)
	before, court := c.from("Second judge", counsel, ""), c.from(accused, "Prosecution", "clear")
	if court.Packets == 0 {
		t.Error("the accused never heard the prosecution, so that it could not stop")
	}
	eventually(t, "the talk to go on", func() bool { return c.from(accused, counsel, "private").Marked > 50 })
	if after := c.from("Second judge", counsel, ""); after.Packets != before.Packets {
		t.Errorf("a judge was sent %d packets of counsel's microphone during the talk", after.Packets-before.Packets)
	}
	if after := c.from(accused, "Prosecution", "clear"); after.Packets != court.Packets {
		t.Errorf("during the talk the accused was sent %d packets of the prosecution's microphone", after.Packets-court.Packets)
	}

	// The accused hangs up while both are speaking, and they go on speaking.
	must(t, c.people[accused].Talk(join.TalkEnd, ""))
	c.until("the end of the talk", func(st live.State) bool {
		return len(st.Talks) == 0 && c.of(st, counsel).Away && c.of(st, accused).Away
	})
	eventually(t, "the accused to hear the court again", func() bool { return c.from(accused, "Prosecution", "clear").Packets > court.Packets+50 })
	c.nobodyElse(counsel, accused)
	for _, own := range sounds {
		own.on.Store(false)
	}
	must(t, c.people[counsel].Talk(join.TalkBack, ""))
	eventually(t, "the court to hear counsel again", func() bool { return c.from("Second judge", counsel, "clear").Packets > before.Packets+50 })
	if !c.of(c.s.State(), accused).Away {
		t.Error("counsel came back, and the accused was brought with them")
	}
	c.nobodyElse(counsel, accused)
	if loudest.Load() > 0 {
		t.Errorf("the bench's loudspeaker played the talk in %d tenths of a second", loudest.Load())
	}
	if got := kinds(c.s.State()); got != 2 {
		t.Errorf("the record has %d lines on the talk", got)
	}
	c.unrecorded()
}

func kinds(st live.State) (n int) {
	for _, e := range st.Events {
		if e.Kind == testimony.TalkBegan || e.Kind == testimony.TalkEnded {
			n++
		}
	}
	return n
}

// A witness and their counsel talk in a break. The support person's microphone, which stands in the same room, is shut from the beginning of it until the witness is back, though the bench
// has gone on meanwhile and the witness speaks on; and nothing of it is anywhere else.
func TestAWitnessTalksWithCounselInABreakAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	const counsel, witness, beside = "Counsel for the victim", "Witness B", "Support"
	// The support person's microphone hears what the witness says.
	sounds := map[string]*whisper{counsel: whispering(11), witness: whispering(12), beside: whispering(12)}
	c := openConfidential(t, sounds, "")
	must(t, c.s.Enter(testimony.IdentityCheck))
	must(t, c.s.GoOnUntried("a test"))
	toTestimony(t, c.s)
	eventually(t, "the support person to be received", func() bool { return c.from(counsel, beside, "clear").Packets > 20 })

	must(t, c.people[witness].Talk(join.TalkAsk, c.id(counsel)))
	must(t, c.people[counsel].Talk(join.TalkAsk, c.id(witness)))
	must(t, c.people[witness].Talk(join.TalkAsk, c.id("Accused")))
	eventually(t, "the first refusal", func() bool { return c.people[counsel].State().Talk != nil })
	if st := c.s.State(); len(st.Talks) > 0 || len(c.people[witness].State().Talk.Can) > 0 {
		t.Fatal("a witness is led aside while they are questioned")
	}
	must(t, c.s.Break("The witness asked."))
	eventually(t, "the talk to be offered", func() bool { return len(c.people[witness].State().Talk.Can) == 1 })
	c.agree(witness, counsel)
	for _, own := range sounds {
		own.on.Store(true)
	}
	eventually(t, "the two to hear each other", func() bool {
		return c.from(witness, counsel, "private").Marked > 30 && c.from(counsel, witness, "private").Marked > 30
	})
	c.nobodyElse(counsel, witness)

	must(t, c.s.Resume())
	if st := c.s.State(); len(st.Talks) > 0 || !c.of(st, witness).Away {
		t.Fatal("the bench went on, and the witness is still led aside")
	}
	heard := c.from(counsel, "Prosecution", "clear").Packets
	eventually(t, "the hearing to go on", func() bool { return c.from(counsel, "Prosecution", "clear").Packets > heard+50 })
	c.nobodyElse(counsel, witness)
	for _, own := range sounds {
		own.on.Store(false)
	}
	before := c.from("Second judge", beside, "clear").Packets
	must(t, c.people[witness].Talk(join.TalkBack, ""))
	eventually(t, "the witness's room to be heard again", func() bool { return c.from("Second judge", beside, "clear").Packets > before+20 })
	c.nobodyElse(counsel, witness)
	if recordings, err := c.d.Recordings(t.Context()); err != nil || len(recordings) != 2 || recordings[0].Version == protection.Unknown {
		t.Errorf("the recordings are %+v, %v", recordings, err)
	}
	c.unrecorded()
}

// The accused's page, in a real browser: it asks for the talk, says beyond doubt that nobody else hears, sends what is said on the private line alone and plays what counsel says, and
// after the talk sends nothing until the accused says that they are back.
func TestChromiumTalksInPrivate(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	const counsel, accused = "Counsel for the defence", "Accused"
	sounds := map[string]*whisper{counsel: whispering(11)}
	c := openConfidential(t, sounds, accused)
	page := openBrowser(t, fakeCamera(t)...)
	page.run(chromedp.Navigate(c.of(c.s.State(), accused).Link))
	page.press("Allow camera and microphone")
	awaitPresence(t, c.s, testimony.RoleAccused, live.InLobby)
	must(t, c.s.Admit(testimony.ParticipantID(c.id(accused))))
	must(t, c.s.Enter(testimony.IdentityCheck))
	must(t, c.s.GoOnUntried("a test"))
	toTestimony(t, c.s)
	eventually(t, "the accused to be received", func() bool { return c.from("Second judge", accused, "clear").Packets > 20 })

	must(t, c.people[counsel].Talk(join.TalkAsk, c.id(accused)))
	page.press("Talk in private with Counsel for the defence")
	c.until("a private talk", func(st live.State) bool { return len(st.Talks) == 1 })
	page.run(chromedp.WaitVisible(chromedp.CSS("#talk-end")))
	if banner, card := page.text("#banner"), page.text("#talk"); !strings.Contains(banner, "Private talk") || !strings.Contains(card, "You are talking in private") || !strings.Contains(card, counsel) {
		t.Errorf("the page says %q and %q", banner, card)
	}
	eventually(t, "counsel to hear the accused", func() bool { return c.from(counsel, accused, "private").Marked > 20 })
	others := func() map[string]int {
		sent := map[string]int{}
		for label, p := range c.people {
			for key, flow := range p.Flows() {
				if key.Publisher == c.id(accused) && key.Form != "private" {
					sent[label] += flow.Packets
				}
			}
		}
		return sent
	}
	before, tones := others(), page.found().Tones
	sounds[counsel].on.Store(true)
	page.until("the accused to hear counsel", func(f found) bool { return f.Tones > tones+10 })
	eventually(t, "the talk to go on", func() bool { return c.from(counsel, accused, "private").Marked > 60 })
	if after := others(); !maps.Equal(after, before) {
		t.Errorf("during the talk others were sent so many packets of the accused: %v, before it: %v", after, before)
	}

	page.press("End the private talk")
	c.until("the end of the talk", func(st live.State) bool { return len(st.Talks) == 0 && c.of(st, accused).Away })
	private := c.from(counsel, accused, "private").Packets
	page.run(chromedp.WaitVisible(chromedp.CSS("#talk-back")))
	if text := page.text("#talk"); !strings.Contains(text, "does not see or hear you yet") {
		t.Errorf("after the talk the page says %q", text)
	}
	heard := c.from("Second judge", "Prosecution", "clear").Packets
	eventually(t, "the hearing to go on", func() bool { return c.from("Second judge", "Prosecution", "clear").Packets > heard+50 })
	if after := others(); !maps.Equal(after, before) || c.from(counsel, accused, "private").Packets > private+5 {
		t.Errorf("the accused has not come back, and others were sent so many packets: %v, before: %v", after, before)
	}
	page.press("I am back: let the court see and hear me")
	eventually(t, "the court to hear the accused again", func() bool { return others()["Second judge"] > before["Second judge"]+50 })
}
