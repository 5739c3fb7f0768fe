package live_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/codec/opus"
	"paravent/media/hub"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
)

var delayed = strings.Replace(oneHearing, `"measures":[{"kind":"face_alteration"}]`,
	`"measures":[{"kind":"face_alteration"},{"kind":"delayed_broadcast","audiences":["gallery"],"release":"delayed","delay":"1m0s"}]`, 1)

// socket counts what is written to one seat, in place of its connection, and how loud it is.
type socket struct {
	mu      sync.Mutex
	decoder *opus.Decoder
	packets map[media.Kind]int
	loud    int // packets of sound that are no silence
}

func (s *socket) attach(t *testing.T, to *hub.Subscriber) {
	t.Helper()
	for _, track := range to.Tracks() {
		if _, err := track.TrackLocal.Bind(&wire{to: s, kind: track.Kind}); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *socket) count() (sound, loud, pictures int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.packets[media.KindAudio], s.loud, s.packets[media.KindVideo]
}

// wire is one track's transport.
type wire struct {
	to   *socket
	kind media.Kind
}

func (w *wire) WriteRTP(_ *rtp.Header, payload []byte) (int, error) {
	w.to.mu.Lock()
	defer w.to.mu.Unlock()
	w.to.packets[w.kind]++
	if w.kind == media.KindAudio {
		pcm, err := w.to.decoder.Decode(payload)
		if err == nil && peak(pcm) > 1000 {
			w.to.loud++
		}
	}
	return len(payload), nil
}

func peak(pcm []int16) int16 {
	var most int16
	for _, x := range pcm {
		most = max(most, x, -max(x, -32767))
	}
	return most
}

func (w *wire) Write([]byte) (int, error) { panic("the hub writes packets, not bytes") }
func (w *wire) CodecParameters() []webrtc.RTPCodecParameters {
	return []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, PayloadType: 111},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, PayloadType: 96},
	}
}
func (w *wire) HeaderExtensions() []webrtc.RTPHeaderExtensionParameter { return nil }
func (w *wire) SSRC() webrtc.SSRC                                      { return 7 }
func (w *wire) SSRCRetransmission() webrtc.SSRC                        { return 0 }
func (w *wire) SSRCForwardErrorCorrection() webrtc.SSRC                { return 0 }
func (w *wire) WriteStream() webrtc.TrackLocalWriter                   { return w }
func (w *wire) ID() string                                             { return "wire" }
func (w *wire) RTCPReader() interceptor.RTCPReader                     { return nil }

// A gallery that an order makes wait receives nothing live; what the public version holds comes when the delay is over, at the pace at which it was said, and
// not while the public is kept out. What was marked late is never sent, and a mark after the release is an alarm.
func TestDelayedBroadcast(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, delayed)
	s.Abandon()
	c.advance(2 * time.Hour)
	h, err := d.FindHearing(t.Context(), "h")
	must(t, err)
	s, err = live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID, Microphone: capture.NewTestSpeech(4)})
	must(t, err)
	t.Cleanup(s.Abandon)
	admitted(t, s, testimony.RoleWitness, testimony.RoleGallery)
	gallery := s.Receiver(seat(s, testimony.RoleGallery).ID)
	decoder, err := opus.NewDecoder()
	must(t, err)
	t.Cleanup(decoder.Close)
	heard := &socket{decoder: decoder, packets: map[media.Kind]int{}}

	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	if got := granted(s, gallery); strings.Contains(got, "clear") || strings.Contains(got, "concealed") {
		t.Fatalf("the gallery can be sent live: %s", got)
	}
	// The file is written 20 s after the words; then there are some seconds of it.
	await(t, s, "half a minute of recording", func(st live.State) bool { return st.Recorded > 29*time.Second })
	if sound, _, pictures := heard.count(); sound+pictures != 0 {
		t.Fatalf("%d packets before the delay was over", sound+pictures)
	}
	if b := s.State().Broadcast; b.Delay != time.Minute || b.Behind != 0 {
		t.Errorf("the bench is told %+v", b)
	}
	c.advance(time.Minute + 5*time.Second)
	until(t, "the broadcast to begin", func() bool { return len(gallery.Tracks()) == 2 })
	if got := granted(s, gallery); got != " audio released,  video released" {
		t.Fatalf("the gallery can be sent %s", got)
	}
	heard.attach(t, gallery)
	until(t, "the bench to be heard", func() bool { _, loud, _ := heard.count(); return loud > 20 })

	must(t, s.SetMode(protection.PrivateMode, "Family."))
	if got := granted(s, gallery); got != "" {
		t.Errorf("in private the gallery can be sent %s", got)
	}
	before, _, _ := heard.count()
	if b := s.State().Broadcast; !b.Held {
		t.Errorf("in private the bench is told %+v", b)
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	heard.attach(t, gallery)
	until(t, "the broadcast to go on", func() bool { sound, _, _ := heard.count(); return sound > before+20 })
	until(t, "all that is due", func() bool {
		was, _, _ := heard.count()
		time.Sleep(time.Second) // for the pace of the broadcast there is nothing else to wait for
		now, _, _ := heard.count()
		return was == now
	})
	if sound, _, _ := heard.count(); sound > 5*50+5 {
		t.Errorf("%d packets of 20 ms came of 5 s", sound)
	}

	// Of the rest, nothing is sent that is marked now.
	must(t, s.MarkBack(59*time.Second))
	if hasAlarm(s, "mark_after_release") {
		t.Error("an alarm for what was not sent yet")
	}
	before, _, _ = heard.count()
	c.advance(4 * time.Second)
	until(t, "the broadcast to pass over it", func() bool { return s.State().Broadcast.Behind < time.Minute+time.Second })
	if now, _, _ := heard.count(); now > before+50+5 { // up to a second lies before the mark
		t.Errorf("%d packets of a marked passage", now-before)
	}
	must(t, s.MarkBack(time.Hour))
	if !hasAlarm(s, "mark_after_release") {
		t.Error("a mark after the release raises no alarm")
	}
}

// until waits for something that the session does not tell.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("%s did not come about", what)
}
