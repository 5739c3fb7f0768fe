package hub

import (
	"errors"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/media/hub/internal/concealedform"
)

func draw(t testing.TB, p *Publisher) {
	t.Helper()
	if err := p.WritePicture(conceal.NewSilhouette(160, 120).Draw(true, 0)); err != nil {
		t.Fatal(err)
	}
}

// awaitFrame waits for the wire's last packet to end a frame.
func awaitFrame(t testing.TB, w *wire, from int) []rtp.Packet {
	t.Helper()
	for n := from + 1; ; n++ {
		if got := w.await(t, n); got[len(got)-1].Marker {
			return got[from:]
		}
	}
}

func frameOf(t testing.TB, packets []rtp.Packet) []byte {
	t.Helper()
	var frame []byte
	for _, p := range packets {
		var vp8 codecs.VP8Packet
		part, err := vp8.Unmarshal(p.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if vp8.I != 0 || vp8.L != 0 {
			t.Error("the payload counts pictures")
		}
		frame = append(frame, part...)
	}
	return frame
}

func TestTheConcealedPictureCanBeDecodedFromItsFirstFrame(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Concealed}))
	p := r.Publish("witness")
	first, second := newWire(1), newWire(2)
	bindTo(t, find(r.Subscribe("gallery"), "witness", media.KindVideo), first)
	draw(t, p)
	awaitFrame(t, first, 0)
	draw(t, p)
	bindTo(t, find(r.Subscribe("press"), "witness", media.KindVideo), second)
	draw(t, p) // a later subscriber makes the encoder begin anew

	decoder, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	frame, err := decoder.Decode(frameOf(t, awaitFrame(t, second, 0)))
	if err != nil || frame == nil {
		t.Fatalf("decode: %v", err)
	}
	if frame.Width != 160 || frame.Height != 120 {
		t.Errorf("decoded %dx%d", frame.Width, frame.Height)
	}
	a, b := first.received()[0], second.received()[0]
	if a.SSRC == b.SSRC || (a.SequenceNumber == b.SequenceNumber && a.Timestamp == b.Timestamp) {
		t.Error("two subscribers were given the same numbers")
	}
}

func TestAPictureLossReportForcesAKeyFrame(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Concealed}))
	p := r.Publish("witness")
	w := newWire(1)
	track := find(r.Subscribe("gallery"), "witness", media.KindVideo)
	bindTo(t, track, w)
	isKey := func() bool {
		from := len(w.received())
		draw(t, p)
		return frameOf(t, awaitFrame(t, w, from))[0]&1 == 0
	}
	if !isKey() || isKey() {
		t.Fatal("the first frame alone should be a key frame")
	}
	track.RequestKeyFrame()
	if !isKey() || isKey() {
		t.Error("the report was not answered by one key frame")
	}
}

func TestNothingIsEncodedForNobody(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	p := r.Publish("witness")
	if p.ConcealedWanted(media.KindVideo) || p.ConcealedWanted(media.KindAudio) {
		t.Error("wanted by nobody")
	}
	// An empty picture and a broken voice would be errors if anybody encoded them.
	if err := errors.Join(p.WritePicture(conceal.Picture{}), p.WriteVoice(conceal.Silence(1))); err != nil {
		t.Error(err)
	}
	r.SetAccess(everyone(Grant{Picture: Concealed, Voice: Concealed}))
	r.Subscribe("gallery")
	if !p.ConcealedWanted(media.KindVideo) || !p.ConcealedWanted(media.KindAudio) {
		t.Error("not wanted by a subscriber")
	}
	if err := p.WritePicture(conceal.Picture{}); err == nil {
		t.Error("an empty picture was encoded")
	}
	if err := p.WriteVoice(conceal.Silence(1)); !errors.Is(err, concealedform.ErrVoiceLength) {
		t.Errorf("a voice of one sample: %v", err)
	}
	r.Unpublish("witness")
	if err := p.WriteVoice(conceal.Silence(960)); !errors.Is(err, ErrUnpublished) {
		t.Errorf("after the end: %v", err)
	}
}

func TestConcealedTapsBeginWithAKeyFrameAndEndWhenCancelled(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	p := r.Publish("witness")
	type tapped struct {
		kind    media.Kind
		key     bool
		pts     time.Duration
		payload []byte
	}
	var got []tapped
	tap := func(kind media.Kind, key bool, pts time.Duration, payload []byte) {
		got = append(got, tapped{kind, key, pts, payload})
	}
	cancelOther := p.TapConcealedFrames(func(media.Kind, bool, time.Duration, []byte) {})
	defer cancelOther()
	draw(t, p)
	draw(t, p)
	cancel := p.TapConcealedFrames(tap)
	draw(t, p)
	draw(t, p)
	if err := p.WriteVoice(conceal.Silence(2 * 960)); err != nil {
		t.Fatal(err)
	}
	cancel()
	draw(t, p)
	if len(got) != 4 || !got[0].key || got[1].key || got[2].kind != media.KindAudio {
		t.Fatalf("%+v", got)
	}
	if got[1].pts <= got[0].pts || got[3].pts-got[2].pts != 20*time.Millisecond {
		t.Errorf("times %v %v %v %v", got[0].pts, got[1].pts, got[2].pts, got[3].pts)
	}
	decoder, err := opus.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	pcm, err := decoder.Decode(got[2].payload)
	if err != nil || len(pcm) != concealedform.VoiceFrame {
		t.Errorf("decode: %d samples, %v", len(pcm), err)
	}
}

func TestTheVoiceKeepsTimeBySamplesAndFollowsTheClockAfterAPause(t *testing.T) {
	t.Parallel()
	l := &voiceLine{}
	l.samples = 48000
	l.followClock(time.Second + 100*time.Millisecond)
	if l.samples != 48000 {
		t.Errorf("jitter moved the clock to %d", l.samples)
	}
	l.followClock(500 * time.Millisecond)
	if l.samples != 48000 {
		t.Errorf("the clock ran back to %d", l.samples)
	}
	l.followClock(3 * time.Second)
	if l.samples != 3*48000 {
		t.Errorf("after a pause the clock stands at %d", l.samples)
	}
}
