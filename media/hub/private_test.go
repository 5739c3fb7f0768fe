package hub

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"

	"paravent/media"
)

// What is said in private reaches the one who is granted that form, in numbers of its own, and no clear, concealed or released subscription, and no tap; and
// nothing that comes by another way reaches who is granted the private form.
func TestPrivateReachesTheOneWhoIsGrantedItAndNoTap(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	forms := map[string]Form{"client": Private, "bench": Clear, "gallery": Concealed, "press": Released, "nobody": Nothing}
	r.SetAccess(func(_, to string) Grant { return Grant{Picture: forms[to], Voice: forms[to]} })
	p := r.Publish("counsel")
	tapped := make(chan []byte, 64)
	defer p.TapClear(func(_ media.Kind, packet *rtp.Packet) { tapped <- packet.Payload })()
	defer p.TapConcealedFrames(func(_ media.Kind, _ bool, _ time.Duration, frame []byte) { tapped <- frame })()
	wires := map[string]*wire{}
	for to := range forms {
		wires[to] = newWire(uint32(100 + len(wires)))
		for _, track := range r.Subscribe(to).Tracks() {
			if track.Form == Private && track.Kind != media.KindAudio {
				t.Error("a talk has a picture")
			}
			bindTo(t, track, wires[to])
		}
	}
	aside, mic := microphone{private: true, seq: 40000, timestamp: 7}, microphone{}
	const n = 20
	for range n + 1 { // the first is kept back
		p.WritePrivate(aside.packet())
	}
	got := wires["client"].await(t, n)
	for i, packet := range got {
		if packet.SSRC != wires["client"].ssrc || packet.PayloadType != 111 || !bytes.Contains(packet.Payload, []byte("PRIVATE-")) || packet.Extension || len(packet.CSRC) > 0 {
			t.Fatalf("packet %d: %v %q", i, packet.Header, packet.Payload)
		}
		if i > 0 && (packet.SequenceNumber != got[i-1].SequenceNumber+1 || packet.Timestamp != got[i-1].Timestamp+960) {
			t.Fatalf("packet %d: %v after %v", i, packet.Header, got[i-1].Header)
		}
	}
	for to, w := range wires {
		if k := len(w.received()); to != "client" && k != 0 {
			t.Errorf("%s was sent %d packets", to, k)
		}
	}
	if len(tapped) != 0 {
		t.Errorf("a sink of this machine was handed %q", <-tapped)
	}

	for range 3 {
		p.WriteClear(media.KindAudio, mic.packet())
	}
	draw(t, p)
	if err := p.WriteReleased(media.KindAudio, 0, true, []byte("released")); err != nil {
		t.Fatal(err)
	}
	wires["bench"].await(t, 2)
	for _, packet := range wires["client"].received() {
		if !bytes.Contains(packet.Payload, []byte("PRIVATE-")) {
			t.Errorf("%q came by another way", packet.Payload)
		}
	}
}

// The talk is over when SetAccess has returned: what is said after it goes to nobody, and the voice that is clear again has another track.
func TestAfterATalkNothingPrivateIsWritten(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Private}))
	p, s := r.Publish("counsel"), r.Subscribe("client")
	w, open := newWire(1), newWire(2)
	private := find(s, "counsel", media.KindAudio)
	bindTo(t, private, w)
	aside, mic := microphone{private: true}, microphone{}
	for range 5 {
		p.WritePrivate(aside.packet())
	}
	w.await(t, 4)
	r.SetAccess(everyone(Grant{Voice: Clear}))
	after := find(s, "counsel", media.KindAudio)
	if after == private || after.TrackLocal.ID() == private.TrackLocal.ID() || after.TrackLocal.StreamID() == private.TrackLocal.StreamID() {
		t.Error("the clear voice goes on under the track of the private one")
	}
	bindVoice(t, after, open, p, &mic)
	for range 5 {
		p.WritePrivate(aside.packet())
		p.WriteClear(media.KindAudio, mic.packet())
	}
	private.Resend([]uint16{w.received()[0].SequenceNumber})
	for _, packet := range open.await(t, 5) {
		if !bytes.Contains(packet.Payload, []byte("CLEAR-")) {
			t.Errorf("%q was sent as clear", packet.Payload)
		}
	}
	if n := len(w.received()); n != 4 {
		t.Errorf("%d packets of the talk were written, 4 of them while it went on", n)
	}
	r.Unpublish("counsel")
	p.WritePrivate(aside.packet())
}
