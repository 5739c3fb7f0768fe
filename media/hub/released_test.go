package hub

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"paravent/media"
)

// Released media reach those alone who are granted that form, in their own numbers, a picture from a key frame on and whole.
func TestReleasedReachesThoseWhoAreGrantedIt(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	forms := map[string]Form{"later": Released, "live": Clear, "outside": Concealed, "nobody": Nothing}
	r.SetAccess(func(_, to string) Grant { return Grant{Picture: forms[to], Voice: forms[to]} })
	p := r.Publish("court")
	wires := map[string]*wire{}
	for to := range forms {
		wires[to] = newWire(7)
		s := r.Subscribe(to)
		for _, track := range s.Tracks() {
			bindTo(t, track, wires[to])
		}
	}
	delta := append([]byte{0x01}, bytes.Repeat([]byte("d"), 40)...)
	key := append([]byte{0x10, 0, 0, 0x9d, 0x01, 0x2a}, bytes.Repeat([]byte("k"), 4000)...)
	write := func(kind media.Kind, at time.Duration, key bool, frame []byte) {
		t.Helper()
		if err := p.WriteReleased(kind, at, key, frame); err != nil {
			t.Fatal(err)
		}
	}
	write(media.KindVideo, 0, false, delta) // builds on a picture that nobody has
	write(media.KindVideo, 40*time.Millisecond, true, key)
	first := awaitFrame(t, wires["later"], 0)
	if got := frameOf(t, first); !bytes.Equal(got, key) || len(first) != 4 {
		t.Errorf("the first picture is of %d bytes in %d packets", len(got), len(first))
	}
	write(media.KindVideo, 80*time.Millisecond, false, delta)
	second := awaitFrame(t, wires["later"], len(first))
	if got := second[0].Timestamp - first[0].Timestamp; got != 3600 {
		t.Errorf("40 ms later the clock says %d", got)
	}
	write(media.KindAudio, 60*time.Millisecond, true, []byte("kept back"))
	write(media.KindAudio, 80*time.Millisecond, true, []byte("sound"))
	if got := wires["later"].await(t, len(first)+2); string(got[len(got)-1].Payload) != "sound" {
		t.Errorf("the sound is %q", got[len(got)-1].Payload)
	}
	for _, to := range []string{"live", "outside", "nobody"} {
		if n := len(wires[to].received()); n != 0 {
			t.Errorf("%s was sent %d packets", to, n)
		}
	}

	// What comes in clear, or is drawn, is no released media.
	before := len(wires["later"].received())
	p.WriteClear(media.KindVideo, (&camera{ssrc: cameraSSRC}).frame(true))
	wires["live"].await(t, 1)
	draw(t, p)
	wires["outside"].await(t, 1)
	if n := len(wires["later"].received()); n != before {
		t.Errorf("%d packets came by another way", n-before)
	}

	r.SetAccess(everyone(Grant{}))
	write(media.KindVideo, 120*time.Millisecond, true, key)
	if n := len(wires["later"].received()); n != before {
		t.Errorf("%d packets came after the grant was taken", n-before)
	}
	r.Unpublish("court")
	if err := p.WriteReleased(media.KindVideo, 0, true, key); !errors.Is(err, ErrUnpublished) {
		t.Errorf("after the end: %v", err)
	}
}
