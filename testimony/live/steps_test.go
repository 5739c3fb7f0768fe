package live_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/media/hub"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

var light = store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}

// attending is a guest that takes everything it is sent.
type attending struct {
	*guest.Session
	device *invite.DeviceKey
	last   chan string // the last message's type, once the connection has ended
}

// attend opens a link and waits until the bench sees the guest in the lobby, or back on the seat.
func attend(t *testing.T, s *live.Session, role testimony.Role, link string, device *invite.DeviceKey) attending {
	t.Helper()
	var err error
	if device == nil {
		device, err = invite.NewDeviceKey(rand.Reader)
		must(t, err)
	}
	g, err := guest.Dial(t.Context(), link, guest.Options{Device: device})
	must(t, err)
	a := attending{g, device, make(chan string, 1)}
	go func() {
		last := ""
		for m := range g.Messages() {
			last = m.Type
		}
		a.last <- last
	}()
	t.Cleanup(g.Close)
	await(t, s, string(role)+" at the court", func(live.State) bool {
		p := seat(s, role).Presence
		return p == live.InLobby || p == live.Admitted
	})
	return a
}

// ended waits for the end of the guest's connection and returns the last that it was told.
func (a attending) ended(t *testing.T) string {
	t.Helper()
	select {
	case last := <-a.last:
		return last
	case <-time.After(time.Minute):
		t.Fatal("the connection did not end")
		return ""
	}
}

// admitted lets a guest in from the lobby.
func admitted(t *testing.T, s *live.Session, roles ...testimony.Role) map[testimony.Role]attending {
	t.Helper()
	all := map[testimony.Role]attending{}
	for _, role := range roles {
		all[role] = attend(t, s, role, seat(s, role).Link, nil)
		must(t, s.Admit(seat(s, role).ID))
	}
	return all
}

func call(t *testing.T, s *live.Session, phases ...testimony.Phase) {
	t.Helper()
	for i, p := range phases {
		if p == testimony.Oath && s.State().Conceals && !s.State().Trial.Opens() {
			must(t, s.GoOnUntried("a test"))
		}
		if err := s.Enter(p); err != nil {
			t.Fatalf("enter %s: %v", p, err)
		}
		if p == testimony.Oath && slices.Contains(phases[i:], testimony.Testimony) {
			must(t, s.OathTaken())
		}
	}
}

func hasAlarm(s *live.Session, kind string) bool {
	return slices.ContainsFunc(s.State().Alarms, func(a live.Alarm) bool { return a.Kind == kind })
}

func events(s *live.Session, kind testimony.EventKind) []testimony.Event {
	return slices.DeleteFunc(slices.Clone(s.State().Events), func(e testimony.Event) bool { return e.Kind != kind })
}

// granted says what can be written to a seat: of whom, in which form.
func granted(s *live.Session, to *hub.Subscriber) string {
	names := map[string]string{string(testimony.BenchID): "bench"}
	for _, p := range s.State().People {
		names[string(p.ID)] = string(p.Role)
	}
	var all []string
	for _, track := range to.Tracks() {
		all = append(all, fmt.Sprintf("%s %s %s", names[track.Publisher], track.Kind, track.Form))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Every step has taken effect when it returns: nothing that it took away can be written any more, and nothing that it did
// not give.
func TestStepsHaveTakenEffectWhenTheyReturn(t *testing.T) {
	t.Parallel()
	s, c, _ := openHearing(t, oneHearing)
	c.advance(2 * time.Hour) // the order that alters the face is in force
	admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleGallery)
	receivers := map[testimony.Role]*hub.Subscriber{}
	for _, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleAccused, testimony.RoleGallery} {
		receivers[role] = s.Receiver(seat(s, role).ID)
	}
	const (
		bench   = "bench audio clear, bench video clear"
		accused = "accused audio clear, accused video clear, " + bench
		open    = accused + ", witness audio clear, witness video concealed"
		counsel = bench + ", witness audio clear, witness video clear"
	)
	witness := seat(s, testimony.RoleWitness).ID
	for _, x := range []struct {
		name                     string
		take                     func() error
		witness, accused, public string
	}{
		{"lobby", func() error { return nil }, "", "", ""},
		{"identity", func() error { return s.Enter(testimony.IdentityCheck) }, bench, "", ""},
		{"oath", func() error { return errors.Join(s.GoOnUntried("a test"), s.Enter(testimony.Oath)) }, accused, counsel, open},
		{"testimony", func() error { return errors.Join(s.OathTaken(), s.Enter(testimony.Testimony)) }, accused, counsel, open},
		{"private", func() error { return s.SetMode(protection.PrivateMode, "Family.") }, accused, counsel, ""},
		{"public", func() error { return s.SetMode(protection.PublicMode, "") }, accused, counsel, open},
		{"closed", func() error { return s.SetMode(protection.ClosedMode, "Safety.") }, accused, counsel, ""},
		{"public again", func() error { return s.SetMode(protection.PublicMode, "") }, accused, counsel, open},
		{"break", func() error { return s.Break("The witness asked.") }, "", "", ""},
		{"interruption", func() error { return s.Interrupt("The line.") }, "", "", ""},
		{"resumed", s.Resume, accused, counsel, open},
		{"muted", func() error { return s.Mute(witness, true) }, accused, strings.Replace(counsel, "witness audio clear, ", "", 1), strings.Replace(open, "witness audio clear, ", "", 1)},
		{"unmuted", func() error { return s.Mute(witness, false) }, accused, counsel, open},
		{"accused removed", func() error { return s.Remove(seat(s, testimony.RoleAccused).ID, "Disturbance.") }, bench, "",
			bench + ", witness audio clear, witness video concealed"},
	} {
		if err := x.take(); err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		// The gallery gets another connection once the one that it had is down, whenever that is, and with it takes the seat from the receiver: one that has nothing takes it back. What it
		// is sent too much is found all the same, and where the session gives nothing it stays nothing.
		for end := time.Now().Add(time.Minute); x.public != "" && granted(s, receivers[testimony.RoleGallery]) == "" && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
			receivers[testimony.RoleGallery] = s.Receiver(seat(s, testimony.RoleGallery).ID)
		}
		for role, want := range map[testimony.Role]string{testimony.RoleWitness: x.witness, testimony.RoleAccused: x.accused, testimony.RoleGallery: x.public} {
			if got := granted(s, receivers[role]); got != want {
				t.Errorf("%s: the %s can be sent\n\t%s\nwant\n\t%s", x.name, role, got, want)
			}
		}
	}
	minutes, err := s.Close(t.Context())
	must(t, err)
	for role, r := range receivers {
		if got := granted(s, r); got != "" {
			t.Errorf("closed, and the %s can be sent %s", role, got)
		}
	}
	var modes []protection.SessionMode
	for _, e := range minutes.Events {
		if e.Kind == testimony.ModeChanged {
			modes = append(modes, e.Mode)
		}
	}
	if !slices.Equal(modes, []protection.SessionMode{protection.PrivateMode, protection.PublicMode, protection.ClosedMode, protection.PublicMode}) {
		t.Errorf("in the minutes the modes go %v", modes)
	}
}

// When nothing can be written down, what tightens takes effect all the same, with an alarm, and what widens does not.
func TestWhatCannotBeWrittenDownOnlyTightens(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, oneHearing)
	admitted(t, s, testimony.RoleWitness)
	attend(t, s, testimony.RoleGallery, seat(s, testimony.RoleGallery).Link, nil)
	call(t, s, testimony.IdentityCheck)
	s.LockDesk()
	if err := s.SetMode(protection.PrivateMode, "Family."); err == nil || s.State().Session.Mode != protection.PrivateMode || !hasAlarm(s, "audit_failed") {
		t.Errorf("private: %v, and the session is %s", err, s.State().Session.Mode)
	}
	if err := s.SetMode(protection.PublicMode, ""); err == nil || s.State().Session.Mode != protection.PrivateMode {
		t.Errorf("public: %v, and the session is %s", err, s.State().Session.Mode)
	}
	if err := s.Enter(testimony.Oath); err == nil || s.State().Session.Phase != testimony.IdentityCheck {
		t.Errorf("oath: %v, and the session is in %s", err, s.State().Session.Phase)
	}
	if err := s.Admit(seat(s, testimony.RoleGallery).ID); err == nil || seat(s, testimony.RoleGallery).Presence != live.InLobby {
		t.Errorf("admitted: %v, and the gallery is %s", err, seat(s, testimony.RoleGallery).Presence)
	}
	if err := s.Break(""); err == nil || s.State().Session.Phase != testimony.Break {
		t.Errorf("break: %v, and the session is in %s", err, s.State().Session.Phase)
	}
	if err := s.Resume(); err == nil || s.State().Session.Phase != testimony.Break {
		t.Errorf("resumed: %v, and the session is in %s", err, s.State().Session.Phase)
	}
}

func TestOnlyThoseInTheLobbyAreAdmitted(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	accused := seat(s, testimony.RoleAccused).ID
	for name, id := range map[string]testimony.ParticipantID{"absent": accused, "unknown": "nobody", "bench": testimony.BenchID} {
		if err := s.Admit(id); !errors.Is(err, live.ErrPresent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	admitted(t, s, testimony.RoleAccused)
	if err := s.Admit(accused); !errors.Is(err, live.ErrPresent) {
		t.Errorf("admitted already: %v", err)
	}
	if n := len(events(s, testimony.Admitted)); n != 1 {
		t.Errorf("%d admissions stand in the record", n)
	}
}

// Without the witness there is neither identity check nor oath, and the session is closed with Close alone.
func TestPhasesThatAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	if err := s.Enter(testimony.IdentityCheck); !errors.Is(err, live.ErrWitness) {
		t.Errorf("identity check of nobody: %v", err)
	}
	attend(t, s, testimony.RoleWitness, seat(s, testimony.RoleWitness).Link, nil)
	if err := s.Enter(testimony.IdentityCheck); !errors.Is(err, live.ErrWitness) {
		t.Errorf("identity check of a witness in the lobby: %v", err)
	}
	for _, p := range []testimony.Phase{testimony.Oath, testimony.Testimony, testimony.Break} {
		if err := s.Enter(p); !errors.Is(err, testimony.ErrPhase) {
			t.Errorf("%s from the lobby: %v", p, err)
		}
	}
	if err := s.Enter(testimony.Closed); err == nil || s.State().Session.Phase != testimony.Lobby {
		t.Errorf("closed by its name: %v", err)
	}
	for name, act := range map[string]func() error{"identity verified": s.IdentityVerified, "oath taken": s.OathTaken} {
		if err := act(); !errors.Is(err, testimony.ErrPhase) {
			t.Errorf("%s in the lobby: %v", name, err)
		}
	}
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	call(t, s, testimony.IdentityCheck)
	must(t, s.IdentityVerified())
	if found := events(s, testimony.IdentityFound); len(found) != 1 || found[0].Participant != seat(s, testimony.RoleWitness).ID {
		t.Errorf("in the record stands %+v", found)
	}
	if err := s.SetMode(protection.ClosedMode, ""); !errors.Is(err, testimony.ErrReason) {
		t.Errorf("closed session without a reason: %v", err)
	}
}

// The oath begins the record: where there is no recording there is no oath, until there is one.
func TestNoOathWithoutARecording(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, oneHearing)
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck)
	if s.State().Recording != live.NotRecording {
		t.Errorf("the identity check is recorded: %s", s.State().Recording)
	}
	folder := d.Path() + ".d"
	must(t, os.WriteFile(folder, nil, 0o600)) // where the folder of the recordings should be
	if err := s.Enter(testimony.Oath); err == nil {
		t.Error("the oath was taken without a recording")
	}
	if st := s.State(); st.Session.Phase != testimony.IdentityCheck || st.Recording != live.RecordingFailed || !hasAlarm(s, "recorder_failed") {
		t.Errorf("the session is in %s, the recording %s, alarms %+v", st.Session.Phase, st.Recording, st.Alarms)
	}
	must(t, os.Remove(folder))
	call(t, s, testimony.Oath)
	if got := s.State().Recording; got != live.RecordingRunning {
		t.Errorf("with the folder back the recording is %s", got)
	}
}

func TestMark(t *testing.T) {
	t.Parallel()
	s, c := open(t)
	c.advance(time.Minute)
	must(t, s.Mark())
	marks := events(s, testimony.Marked)
	if len(marks) != 1 || s.State().Marks != 1 || !marks[0].From.Equal(c.now().Add(-20*time.Second)) || !marks[0].To.Equal(c.now().Add(10*time.Second)) {
		t.Errorf("marked %+v at %s", marks, c.now())
	}
}

// Closing keeps the minutes, seals both recordings, tells everyone, and leaves a session that takes no step any more.
func TestClose(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, oneHearing)
	guests := admitted(t, s, testimony.RoleWitness, testimony.RoleGallery)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	c.advance(10 * time.Minute)
	minutes, err := s.Close(t.Context())
	must(t, err)
	for role, g := range guests {
		if last := g.ended(t); last != join.TypeBye {
			t.Errorf("the last that the %s was told is %q", role, last)
		}
	}
	select {
	case <-s.Done():
	default:
		t.Error("the session has not ended")
	}
	kept, err := d.Minutes(t.Context(), minutes.Hearing)
	must(t, err)
	if kept.Version != "sealed" || len(kept.Events) != len(minutes.Events) || kept.Totals[0].Seconds != 600 || len(kept.Recording) != 2 {
		t.Errorf("kept are the minutes %+v", kept)
	}
	recordings, err := d.Recordings(t.Context())
	must(t, err)
	if len(recordings) != 2 || !recordings[0].Sealed || !recordings[1].Sealed {
		t.Errorf("the recordings are %+v", recordings)
	}
	witness := seat(s, testimony.RoleWitness).ID
	for name, step := range map[string]func() error{
		"enter": func() error { return s.Enter(testimony.Testimony) }, "mode": func() error { return s.SetMode(protection.PrivateMode, "x") },
		"break": func() error { return s.Break("") }, "interrupt": func() error { return s.Interrupt("") }, "resume": s.Resume, "mark": s.Mark,
		"admit": func() error { return s.Admit(witness) }, "remove": func() error { return s.Remove(witness, "") },
		"mute": func() error { return s.Mute(witness, true) }, "answer": func() error { return s.Answer(witness, "") },
		"identity": s.IdentityVerified, "oath": s.OathTaken,
		"reinvite": func() error { return s.Reinvite(t.Context(), witness) }, "reload": func() error { return s.Reload(t.Context()) },
		"close": func() error { _, err := s.Close(t.Context()); return err },
	} {
		if err := step(); !errors.Is(err, live.ErrEnded) {
			t.Errorf("%s after the close: %v", name, err)
		}
	}
	if _, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: minutes.Hearing}); !errors.Is(err, live.ErrHeld) {
		t.Errorf("the held hearing was opened again: %v", err)
	}
}

// A second device with a used link is refused, the bench is alarmed, and who sits there stays.
func TestReusedInvitationRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	link := seat(s, testimony.RoleWitness).Link
	admitted(t, s, testimony.RoleWitness)
	if shown := seat(s, testimony.RoleWitness).Link; shown != "" {
		t.Error("a used link is still shown")
	}
	if _, err := guest.Dial(t.Context(), link, guest.Options{}); !errors.Is(err, invite.Used) {
		t.Errorf("on a second device: %v", err)
	}
	await(t, s, "the alarm", func(live.State) bool {
		return hasAlarm(s, "invitation_reused") && len(events(s, testimony.Refusal)) == 1
	})
	if e := events(s, testimony.Refusal)[0]; e.Participant != seat(s, testimony.RoleWitness).ID || e.Reason != string(invite.Used) {
		t.Errorf("in the record stands %+v", e)
	}
	if p := seat(s, testimony.RoleWitness); p.Presence != live.Admitted {
		t.Errorf("the witness is %s", p.Presence)
	}
}

// Who was taken out is told, and cannot come back on the same device; with a new invitation they wait in the lobby.
func TestRemoved(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	link := seat(s, testimony.RoleAccused).Link
	accused := admitted(t, s, testimony.RoleAccused)[testimony.RoleAccused]
	id := seat(s, testimony.RoleAccused).ID
	must(t, s.Remove(id, "Disturbance."))
	if last := accused.ended(t); last != join.TypeRemoved {
		t.Errorf("the last that the accused was told is %q", last)
	}
	if p := seat(s, testimony.RoleAccused); p.Presence != live.Absent || p.Link != "" {
		t.Errorf("the seat is %s, its link %q", p.Presence, p.Link)
	}
	if removed := events(s, testimony.Removed); len(removed) != 1 || removed[0].Participant != id || removed[0].Reason != "Disturbance." {
		t.Errorf("in the record stands %+v", removed)
	}
	if _, err := guest.Dial(t.Context(), link, guest.Options{Device: accused.device}); !errors.Is(err, invite.Revoked) {
		t.Errorf("the accused comes back: %v", err)
	}
	must(t, s.Reinvite(t.Context(), id))
	attend(t, s, testimony.RoleAccused, seat(s, testimony.RoleAccused).Link, accused.device)
	if p := seat(s, testimony.RoleAccused); p.Presence != live.InLobby {
		t.Errorf("newly invited the accused is %s", p.Presence)
	}
	for name, id := range map[string]testimony.ParticipantID{"bench": testimony.BenchID, "unknown": "nobody"} {
		if err := s.Remove(id, ""); !errors.Is(err, live.ErrNobody) {
			t.Errorf("removed %s: %v", name, err)
		}
	}
}

// A lost connection's seat is held: its device comes back to it without being admitted again, muted if it was. After the
// minute it is not held any more.
func TestLostSeatIsHeldForAMinute(t *testing.T) {
	t.Parallel()
	s, c := open(t)
	link := seat(s, testimony.RoleAccused).Link
	accused := admitted(t, s, testimony.RoleAccused)[testimony.RoleAccused]
	id := seat(s, testimony.RoleAccused).ID
	must(t, s.Mute(id, true))
	lose := func(a attending) {
		t.Helper()
		a.Break()
		await(t, s, "the loss", func(live.State) bool { return seat(s, testimony.RoleAccused).Presence == live.Lost })
	}
	lose(accused)
	if !hasAlarm(s, "connection_lost") {
		t.Error("the bench was not alarmed")
	}
	c.advance(live.HoldFor)
	again := attend(t, s, testimony.RoleAccused, link, accused.device)
	if p := seat(s, testimony.RoleAccused); p.Presence != live.Admitted || !p.Muted {
		t.Errorf("back on the seat the accused is %s, muted %v", p.Presence, p.Muted)
	}
	lose(again)
	c.advance(live.HoldFor + time.Second)
	await(t, s, "the seat to be given up", func(live.State) bool { return seat(s, testimony.RoleAccused).Presence == live.Absent })
	attend(t, s, testimony.RoleAccused, link, accused.device)
	if p := seat(s, testimony.RoleAccused); p.Presence != live.InLobby {
		t.Errorf("a minute later the accused is %s", p.Presence)
	}
}

// What an order has raised is what stands in the record, whatever was asked for; an order that comes into force or out of it in
// the middle leaves an event.
func TestRecordTellsTheModeInForce(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, strings.Replace(oneHearing, `"face_alteration"`, `"private_session"`, 1))
	if got := s.State().Effective; got != protection.PublicMode {
		t.Fatalf("before the order the session is %s", got)
	}
	h := s.State().Hearing
	o, err := d.FileOrder(t.Context(), order.Order{Case: h.Case, Party: h.Party, Reference: "8/2026", Measures: []order.Measure{{Kind: order.PrivateSession}}})
	must(t, err)
	_, err = d.StepOrder(t.Context(), o.ID, nil, order.Act{Step: order.Grant, Reasons: "Danger.", ExParte: "Urgent.", Consent: order.Consent{Will: order.Consents}})
	must(t, err)
	must(t, s.Reload(t.Context()))
	if got := s.State().Effective; got != protection.PrivateMode {
		t.Errorf("under the order the session is %s", got)
	}
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck)
	_, err = d.StepOrder(t.Context(), o.ID, nil, order.Act{Step: order.Rescind, Reasons: "No danger.", Change: "The accused is dead.", Consent: order.Consent{Will: order.Consents}})
	must(t, err)
	must(t, s.Reload(t.Context()))
	var got []string
	for _, e := range s.State().Events {
		if e.Kind == testimony.ModeChanged || e.Kind == testimony.PhaseChanged {
			got = append(got, fmt.Sprintf("%s %s %s %s", e.Kind, e.Phase, e.Mode, e.Reason))
		}
	}
	want := []string{"mode lobby private order 8/2026, private session", "phase identity private order 8/2026, private session", "mode identity public "}
	if !slices.Equal(got, want) {
		t.Errorf("in the record stands\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// A courtroom that was left without being closed can be opened again; its record goes on, and both openings' recordings are
// in the minutes.
func TestAbandonedHearingGoesOn(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, oneHearing)
	witness := admitted(t, s, testimony.RoleWitness)[testimony.RoleWitness]
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	c.advance(10 * time.Minute)
	must(t, s.Mark())
	s.Abandon()
	witness.ended(t)
	before := len(s.State().Events)
	c.advance(3 * time.Hour)
	s = enter(t, d)
	if st := s.State(); st.Session.Phase != testimony.Lobby || len(st.Events) != before+1 || seat(s, testimony.RoleWitness).Presence != live.Absent {
		t.Errorf("opened again the session is in %s with %d events after %d", st.Session.Phase, len(st.Events), before)
	}
	must(t, s.Reinvite(t.Context(), seat(s, testimony.RoleWitness).ID))
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	c.advance(5 * time.Minute)
	minutes, err := s.Close(t.Context())
	must(t, err)
	if len(minutes.Recording) != 4 || minutes.Totals[0].Seconds != 15*60 {
		t.Errorf("the minutes have %d recordings and %.0f s of testimony", len(minutes.Recording), minutes.Totals[0].Seconds)
	}
}

// What was closed to others when the courtroom was left, by a loss of power too, is closed when it is opened again.
func TestHearingLeftInClosedSessionIsReopenedClosed(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, oneHearing)
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	must(t, s.SetMode(protection.ClosedMode, "safety of others"))
	s.Abandon()
	s = enter(t, d)
	if st := s.State(); st.Session.Mode != protection.ClosedMode || st.Session.Reason != "safety of others" {
		t.Fatalf("opened again it is %s for %q", st.Session.Mode, st.Session.Reason)
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	s.Abandon()
	if st := enter(t, d).State(); st.Session.Mode != protection.PublicMode {
		t.Errorf("the bench opened it, and opened again it is %s", st.Session.Mode)
	}
}

func TestCourtroomOpensForWhoeverMayHoldIt(t *testing.T) {
	t.Parallel()
	d, err := docket.CreateTraining(t.Context(), t.TempDir()+"/v", docket.Options{KDF: light})
	must(t, err)
	defer func() { must(t, d.Close()) }()
	if _, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: "none"}); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a hearing that does not exist: %v", err)
	}
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	for _, office := range []string{testimony.Advocate, testimony.Registrar, testimony.Auditor} {
		must(t, d.Close())
		d, err = docket.Unlock(t.Context(), d.Path(), office, []byte(docket.TrainingPassphrase), docket.Options{KDF: light})
		must(t, err)
		if _, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID}); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("for the %s: %v", office, err)
		}
	}
}
