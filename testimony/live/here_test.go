package live_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/hub"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

// brief is a camera that fails after some pictures.
type brief struct {
	capture.VideoSource
	left int
}

func (b *brief) Read(ctx context.Context) (*media.Frame, error) {
	if b.left--; b.left < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return b.VideoSource.Read(ctx)
}

func here(t *testing.T, d *docket.Desk, camera capture.VideoSource) *live.Session {
	t.Helper()
	return enterWith(t, live.Config{Desk: d, Microphone: capture.NewTestSpeech(4), Camera: capture.NewTestPicture(3, 320, 240, 10, nil),
		Here: &live.Here{Camera: camera, Microphone: capture.NewTestSpeech(1)}})
}

var atDesk = strings.Replace(strings.Replace(oneHearing, "2026-03-02T10:00:00Z", "2026-03-01T10:00:00Z", 1), `{"key":"g","role":"gallery"}`, `{"key":"p","role":"prosecution"},{"key":"g","role":"gallery"}`, 1)

// A witness who sits in the court's own room is recorded as one who comes over a link: both voices are heard, and the check finds nothing. Nobody who may not have their
// face gets a picture of that room, from whatever camera, nor the sound of it from any microphone while that is altered.
func TestAWitnessIsRecordedAtTheCourtsOwnDesk(t *testing.T) {
	t.Parallel()
	d, _ := deskWith(t, atDesk)
	inset := capture.NewInset(capture.NewTestPicture(1, 640, 480, 15, nil), capture.NewTestPicture(2, 640, 480, 5, nil))
	s := here(t, d, inset)
	witness := seat(s, testimony.RoleWitness)
	if witness.Presence != live.Admitted || witness.Link != "" || s.State().Here != witness.ID {
		t.Fatalf("the witness's seat is %+v", witness)
	}
	admitted(t, s, testimony.RoleProsecution, testimony.RoleGallery)
	to := map[testimony.Role]*hub.Subscriber{}
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleGallery} {
		to[role] = s.Receiver(seat(s, role).ID)
	}
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	if got := granted(s, to[testimony.RoleProsecution]); !strings.Contains(got, "witness audio clear") || !strings.Contains(got, "witness video clear") || !strings.Contains(got, "bench video clear") {
		t.Errorf("the prosecution can be sent %s", got)
	}
	if got := granted(s, to[testimony.RoleGallery]); strings.Contains(got, "witness video clear") || strings.Contains(got, "bench video") {
		t.Errorf("the gallery can be sent %s", got)
	}
	await(t, s, "a recording with both voices", func(st live.State) bool { return st.Recorded > 8*time.Second })
	_, err := s.Close(context.WithoutCancel(t.Context()))
	must(t, err)
	list, err := d.Recordings(t.Context())
	must(t, err)
	checked := 0
	for _, r := range list {
		if r.Version != protection.MasterRecord {
			continue
		}
		checked++
		c, err := evidence.Check(t.Context(), d, r.ID, nil)
		must(t, err)
		if len(c.Findings) > 0 || r.Heard[witness.ID] < 2*time.Second {
			t.Errorf("the check of the master finds %s; the witness was heard for %s", evidence.CheckWords(c), r.Heard[witness.ID])
		}
	}
	if checked != 1 {
		t.Errorf("%d masters", checked)
	}
}

// The seat of a witness who is here is nobody else's: a link that was handed out before leads to none. A device that fails is an alarm.
func TestTheSeatOfAWitnessWhoIsHereIsTaken(t *testing.T) {
	t.Parallel()
	d, _ := deskWith(t, atDesk)
	s := enter(t, d)
	link := seat(s, testimony.RoleWitness).Link
	if err := s.AnswerHere(true); !errors.Is(err, live.ErrNotHere) {
		t.Errorf("an answer of nobody: %v", err)
	}
	s.Abandon()
	s = here(t, d, &brief{capture.NewTestPicture(1, 320, 240, 10, nil), 5})
	link = s.State().Address + link[strings.LastIndex(link, "/"):]
	if g, err := guest.Dial(t.Context(), link, guest.Options{}); err == nil {
		for range g.Messages() { // until the court ends it
		}
		g.Close()
	}
	if p := seat(s, testimony.RoleWitness); p.Presence != live.Admitted || p.Lang != "" {
		t.Errorf("a guest took the seat: %+v", p)
	}
	await(t, s, "an alarm for the camera", func(live.State) bool { return hasAlarm(s, "device_failed") })
}
