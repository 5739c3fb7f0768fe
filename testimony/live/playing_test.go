package live_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/codec/opus"
	"paravent/media/hub"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
)

// Witness B testified in "r", which is recorded, and is not there when the case is tried in "h", where Witness C is.
const twoHearings = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking","opened":"2026-01-05T00:00:00Z"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c","pseudonym":"Witness B"}]},{"key":"x","status":"witness","appearances":[{"case":"c","pseudonym":"Witness C"}]}],
 "orders":[{"key":"o","case":"c","party":"w","reference":"7/2026","state":"in_force","from":"2026-03-01T10:00:00Z",
  "measures":[{"kind":"face_alteration","audiences":["gallery","accused","public_record"]},{"kind":"voice_disguised","audiences":["gallery","accused","public_record"]}]}],
 "hearings":[{"key":"r","case":"c","party":"w","start":"2026-03-02T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"d","role":"defence"}]},
  {"key":"h","case":"c","party":"x","start":"2026-03-02T11:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"x","role":"witness","party":"x"},{"key":"s","role":"support"},{"key":"p","role":"prosecution"},{"key":"a","role":"accused"},{"key":"g","role":"gallery"},{"key":"j","role":"judge"}]}]}`

// record holds the hearing "r" for so long, in public and then in other modes, with the bench's microphone alone to be heard, and closes it.
func record(t *testing.T, d *docket.Desk, length time.Duration, modes ...protection.SessionMode) testimony.HearingID {
	t.Helper()
	h, err := d.FindHearing(t.Context(), "r")
	must(t, err)
	_, err = d.DecideWithoutPermission(t.Context(), h.ID, "a consul of the court's State hears the witness")
	must(t, err)
	s, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID, Microphone: capture.NewTestSpeech(4)})
	must(t, err)
	t.Cleanup(s.Abandon)
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	await(t, s, "a recording", func(st live.State) bool { return st.Recorded > length })
	for _, mode := range modes {
		must(t, s.SetMode(mode, "A name."))
	}
	_, err = s.Close(context.WithoutCancel(t.Context()))
	must(t, err)
	return h.ID
}

// seated takes a seat's place at the hub once it is admitted.
func seated(t *testing.T, s *live.Session, role testimony.Role) (*hub.Subscriber, *socket) {
	t.Helper()
	decoder, err := opus.NewDecoder()
	must(t, err)
	t.Cleanup(decoder.Close)
	return s.Receiver(seat(s, role).ID), &socket{decoder: decoder, packets: map[media.Kind]int{}}
}

func ofScreen(to *hub.Subscriber) string {
	var all []string
	for _, track := range to.Tracks() {
		if track.Publisher == string(live.Screen) {
			all = append(all, track.Kind.String()+" "+track.Form.String())
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Each audience receives the version that was made for it while it runs, and those who sit with a witness none of it; all of it stands in the record.
func TestARecordedTestimonyIsPlayedInTheHearing(t *testing.T) {
	t.Parallel()
	d, c := deskWith(t, twoHearings)
	recorded := record(t, d, 6*time.Second)
	c.advance(2 * time.Hour)
	s := enter(t, d)
	roles := []testimony.Role{testimony.RoleWitness, testimony.RoleSupport, testimony.RoleProsecution, testimony.RoleAccused, testimony.RoleGallery, testimony.RoleJudge}
	admitted(t, s, roles...)
	to, heard := map[testimony.Role]*hub.Subscriber{}, map[testimony.Role]*socket{}
	for _, role := range roles {
		to[role], heard[role] = seated(t, s, role)
	}

	list, err := s.Recorded(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Hearing != recorded || list[0].Form != evidence.FormMaster || list[0].Witness != "Witness B" || list[0].Length < 5*time.Second {
		t.Fatalf("the testimonies that can be played are %+v", list)
	}
	if err := s.OpenTestimony(t.Context(), recorded); !errors.Is(err, testimony.ErrPhase) {
		t.Fatalf("opened in the lobby: %v", err)
	}
	must(t, s.Enter(testimony.Playback))
	if err := s.PlayTestimony(); !errors.Is(err, live.ErrNotPlaying) {
		t.Fatalf("nothing is open, and it plays: %v", err)
	}
	must(t, s.OpenTestimony(t.Context(), recorded))
	if err := s.OpenTestimony(t.Context(), recorded); !errors.Is(err, live.ErrPlaying) {
		t.Errorf("opened twice: %v", err)
	}
	const clear, public = "audio clear, video clear", "audio released, video released"
	want := map[testimony.Role]string{testimony.RoleWitness: "", testimony.RoleSupport: "", testimony.RoleProsecution: clear, testimony.RoleAccused: public,
		testimony.RoleGallery: public, testimony.RoleJudge: clear}
	for role, form := range want {
		if got := ofScreen(to[role]); got != form {
			t.Errorf("the %s can be sent %q of the recording, want %q", role, got, form)
		}
	}
	if opened := events(s, testimony.PlaybackOpened); len(opened) != 1 || opened[0].Reason != "prosecution, accused, gallery, judge" || opened[0].Recording == "" {
		t.Errorf("the record has %+v", opened)
	}

	await(t, s, "the public to be told of", func(st live.State) bool { return st.Playing.Public })
	for role := range want {
		heard[role].attach(t, to[role])
	}
	sound := make(chan struct{}, 1)
	stop := s.Sound(func(pcm []int16) {
		if peak(pcm) > 1000 {
			select {
			case sound <- struct{}{}:
			default:
			}
		}
	})
	t.Cleanup(stop)
	must(t, s.PlayTestimony())
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleAccused, testimony.RoleGallery, testimony.RoleJudge} {
		until(t, "the recording to be heard by the "+string(role), func() bool { _, loud, _ := heard[role].count(); return loud > 20 })
	}
	select {
	case <-sound:
	case <-time.After(time.Minute):
		t.Fatal("this desk does not hear it")
	}
	must(t, s.SetMode(protection.PrivateMode, "Family."))
	if got := ofScreen(to[testimony.RoleGallery]); got != "" {
		t.Errorf("in private the gallery can be sent %q of the recording", got)
	}
	if got := ofScreen(to[testimony.RoleProsecution]); got != clear {
		t.Errorf("in private the prosecution can be sent %q of the recording", got)
	}
	await(t, s, "some of it", func(st live.State) bool { return st.Playing.At > 1500*time.Millisecond })
	must(t, s.MoveTestimony(time.Second))
	must(t, s.PauseTestimony())
	if st := s.State().Playing; st == nil || st.Running || st.At > 2*time.Second {
		t.Errorf("it stands at %+v", st)
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	must(t, s.PlayTestimony())
	await(t, s, "the end of the recording", func(st live.State) bool { return st.Playing.Ended && !st.Playing.Running })
	if stops := events(s, testimony.PlaybackPaused); len(stops) != 2 || stops[1].Reason != testimony.PlaybackAtEnd || stops[1].Place < 5*time.Second {
		t.Errorf("the record has %+v", stops)
	}
	if moved := events(s, testimony.PlaybackMoved); len(moved) != 1 || moved[0].Place != time.Second || moved[0].Was == 0 {
		t.Errorf("the record has %+v", moved)
	}
	must(t, s.PlayTestimony()) // from its beginning
	must(t, s.Break("Lunch."))
	if st := s.State().Playing; st == nil || st.Running {
		t.Errorf("in a break: %+v", st)
	}
	if err := s.PlayTestimony(); !errors.Is(err, testimony.ErrPhase) {
		t.Errorf("played in a break: %v", err)
	}
	for role, sub := range to {
		if got := ofScreen(sub); got != "" {
			t.Errorf("in a break the %s can be sent %q of the recording", role, got)
		}
	}
	must(t, s.Resume())
	must(t, s.PlayTestimony())
	must(t, s.Enter(testimony.Lobby))
	if s.State().Playing != nil || len(events(s, testimony.PlaybackClosed)) != 1 {
		t.Errorf("back in the lobby: %+v, %+v", s.State().Playing, events(s, testimony.PlaybackClosed))
	}
	if sound, _, pictures := heard[testimony.RoleSupport].count(); pictures > 0 || sound > 0 {
		t.Errorf("%d packets of sound and %d of pictures were sent to the witness's room", sound, pictures)
	}
}

// What cannot be played in this session is refused, and nothing of it is opened.
func TestWhatCannotBePlayedIsNotOpened(t *testing.T) {
	t.Parallel()
	d, c := deskWith(t, strings.Replace(twoHearings, `{"kind":"voice_disguised"`, `{"kind":"closed_session"},{"kind":"voice_disguised"`, 1))
	recorded := record(t, d, 2*time.Second)
	c.advance(2 * time.Hour)
	s := enter(t, d)
	must(t, s.Enter(testimony.Playback))
	if err := s.OpenTestimony(t.Context(), recorded); !errors.Is(err, live.ErrStricterMode) {
		t.Errorf("a testimony that is heard in closed session was opened in public: %v", err)
	}
	must(t, s.SetMode(protection.ClosedMode, "As ordered."))
	must(t, s.OpenTestimony(t.Context(), recorded))
	must(t, s.CloseTestimony())
	if err := s.OpenTestimony(t.Context(), s.State().Hearing.ID); !errors.Is(err, live.ErrNoTestimony) {
		t.Errorf("the hearing's own testimony was opened: %v", err)
	}
}

// Without any order everyone may have the witness in the clear, in public. The master holds what was said in private and in closed session too, so that the public is never played
// it, nor whoever was kept out then; the same holds of a second witness of that hearing.
func TestAMasterIsPlayedToNobodyWhoWasKeptFromAPartOfIt(t *testing.T) {
	t.Parallel()
	unordered := strings.Replace(twoHearings, twoHearings[strings.Index(twoHearings, ` "orders":`):strings.Index(twoHearings, ` "hearings":`)], "", 1)
	second := strings.Replace(twoHearings, `{"key":"d","role":"defence"}`, `{"key":"d","role":"defence"},{"key":"v","role":"witness","party":"v"}`, 1)
	second = strings.Replace(second, `"parties":[`, `"parties":[{"key":"v","status":"witness","appearances":[{"case":"c","pseudonym":"Witness V"}]},`, 1)
	second = strings.Replace(second, `"orders":[`, `"orders":[{"key":"ov","case":"c","party":"v","reference":"8/2026","state":"in_force","from":"2026-03-01T10:00:00Z","measures":[{"kind":"face_alteration","audiences":["accused"]}]},`, 1)
	second = strings.ReplaceAll(second, `"audiences":["gallery","accused","public_record"]`, `"audiences":["gallery","public_record"]`)
	for name, c := range map[string]struct {
		docket string
		modes  []protection.SessionMode
		want   map[testimony.Role]string
	}{
		"in public alone":     {unordered, nil, map[testimony.Role]string{testimony.RoleGallery: "audio released, video released", testimony.RoleAccused: "audio clear, video clear", testimony.RoleJudge: "audio clear, video clear"}},
		"in private too":      {unordered, []protection.SessionMode{protection.PrivateMode}, map[testimony.Role]string{testimony.RoleGallery: "audio released, video released", testimony.RoleJudge: "audio clear, video clear"}},
		"with another's face": {second, nil, map[testimony.Role]string{testimony.RoleAccused: "audio released, video released", testimony.RoleProsecution: "audio clear, video clear", testimony.RoleJudge: "audio clear, video clear"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, clock := deskWith(t, c.docket)
			recorded := record(t, d, 2*time.Second, c.modes...)
			clock.advance(2 * time.Hour)
			s := enter(t, d)
			to := map[testimony.Role]*hub.Subscriber{}
			for role := range c.want {
				admitted(t, s, role)
				to[role] = s.Receiver(seat(s, role).ID)
			}
			must(t, s.Enter(testimony.Playback))
			must(t, s.OpenTestimony(t.Context(), recorded))
			for role, want := range c.want {
				if got := ofScreen(to[role]); got != want {
					t.Errorf("the %s can be sent %q of the recording, want %q", role, got, want)
				}
				told := strings.Contains(events(s, testimony.PlaybackOpened)[0].Reason, string(role))
				if told != (want != "") {
					t.Errorf("the record has it opened for %q, and the %s can be sent %q", events(s, testimony.PlaybackOpened)[0].Reason, role, want)
				}
			}
		})
	}
}

// An order that begins while a recorded testimony is open takes it from whoever it makes wait.
func TestAnOrderThatBeginsTakesARecordedTestimonyAway(t *testing.T) {
	t.Parallel()
	d, c := deskWith(t, strings.Replace(twoHearings, `"orders":[`, `"orders":[{"key":"od","case":"c","party":"w","reference":"9/2026","state":"in_force","from":"2026-03-02T12:00:00Z",
  "measures":[{"kind":"delayed_broadcast","audiences":["gallery"],"release":"delayed","delay":"1m0s"}]},`, 1))
	recorded := record(t, d, 2*time.Second)
	c.advance(2 * time.Hour)
	s := enter(t, d)
	admitted(t, s, testimony.RoleGallery)
	gallery := s.Receiver(seat(s, testimony.RoleGallery).ID)
	must(t, s.Enter(testimony.Playback))
	must(t, s.OpenTestimony(t.Context(), recorded))
	if got := ofScreen(gallery); got != "audio released, video released" {
		t.Fatalf("before the order the gallery can be sent %q", got)
	}
	c.advance(2 * time.Hour)
	until(t, "the order to take effect", func() bool { return ofScreen(gallery) == "" })
}

// The last words of a recording come back from loudspeakers elsewhere after it was closed: until they have, microphones are held back as while it ran.
func TestAClosedRecordingFadesBeforeMicrophonesOpen(t *testing.T) {
	t.Parallel()
	d, c := deskWith(t, twoHearings)
	recorded := record(t, d, 2*time.Second)
	c.advance(2 * time.Hour)
	s := enter(t, d)
	admitted(t, s, testimony.RoleGallery, testimony.RoleProsecution)
	held := func() bool { return s.Yields(seat(s, testimony.RoleProsecution).ID, seat(s, testimony.RoleGallery).ID) }
	must(t, s.Enter(testimony.Playback))
	if held() {
		t.Fatal("a microphone is held back while nothing is open")
	}
	must(t, s.OpenTestimony(t.Context(), recorded))
	must(t, s.PlayTestimony())
	must(t, s.CloseTestimony())
	if !held() {
		t.Error("the prosecution's microphone is open to the gallery at once")
	}
	until(t, "the microphone to be open again", func() bool { return !held() })
}
