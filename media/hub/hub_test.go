package hub

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"paravent/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsNotGrantedHasNoTrack(t *testing.T) {
	t.Parallel()
	for name, access := range map[string]Access{
		"no access at all": nil,
		"the zero grant":   everyone(Grant{}),
		"an unknown form":  everyone(Grant{Picture: 7, Voice: 200}),
		"a panic":          func(string, string) Grant { panic("a fault in the rules") },
		"another pair": func(publisher, subscriber string) Grant {
			if publisher == "witness" && subscriber == "judge" {
				return Grant{Picture: Clear, Voice: Clear}
			}
			return Grant{}
		},
	} {
		r := New()
		defer r.Close()
		r.SetAccess(access)
		s := r.Subscribe("gallery")
		r.Publish("witness")
		if tracks := s.Tracks(); len(tracks) != 0 {
			t.Errorf("%s: %d tracks", name, len(tracks))
		}
	}
}

func TestBeforeAnyAccessNothingIsGranted(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.Publish("witness")
	if tracks := r.Subscribe("gallery").Tracks(); len(tracks) != 0 {
		t.Errorf("%d tracks", len(tracks))
	}
}

func TestNobodyReceivesThemselves(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear, Voice: Clear}))
	r.Publish("judge")
	if tracks := r.Subscribe("judge").Tracks(); len(tracks) != 0 {
		t.Errorf("%d tracks", len(tracks))
	}
}

func TestClearPacketsCarryNoNumberOfTheirPublisher(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear}))
	p := r.Publish("witness")
	one, two := newWire(1001), newWire(1002)
	bindTo(t, find(r.Subscribe("judge"), "witness", media.KindVideo), one)
	bindTo(t, find(r.Subscribe("defence"), "witness", media.KindVideo), two)

	cam := camera{ssrc: cameraSSRC, seq: 65530, timestamp: 1 << 31}
	const n = 20
	for i := range n {
		p.WriteClear(media.KindVideo, cam.frame(i == 0))
	}
	a, b := one.await(t, n), two.await(t, n)
	if a[0].SequenceNumber == b[0].SequenceNumber && a[0].Timestamp == b[0].Timestamp {
		t.Error("two subscribers were given the same numbers")
	}
	for i := range n {
		for w, got := range map[*wire]rtp.Packet{one: a[i], two: b[i]} {
			if got.SSRC != w.ssrc || got.PayloadType != 96 {
				t.Fatalf("packet %d: SSRC %d, type %d", i, got.SSRC, got.PayloadType)
			}
			if got.Extension || len(got.Extensions) > 0 || len(got.CSRC) > 0 {
				t.Fatalf("packet %d: something of the publisher's header went through: %v", i, got.Header)
			}
			if !got.Marker || !bytes.Contains(got.Payload, []byte("CLEAR-PICTURE")) {
				t.Fatalf("packet %d: %v %q", i, got.Header, got.Payload)
			}
		}
		if i > 0 && (a[i].SequenceNumber != a[i-1].SequenceNumber+1 || a[i].Timestamp != a[i-1].Timestamp+3600) {
			t.Fatalf("packet %d: %v after %v", i, a[i].Header, a[i-1].Header)
		}
	}
}

func TestPictureBeginsWithAKeyFrame(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear}))
	p := r.Publish("witness")
	w := newWire(1)
	bindTo(t, find(r.Subscribe("judge"), "witness", media.KindVideo), w)
	cam := camera{ssrc: cameraSSRC}
	for i := range 10 {
		p.WriteClear(media.KindVideo, cam.frame(i == 6))
	}
	got := w.await(t, 4)
	if len(got) != 4 || got[0].Payload[1]&1 != 0 {
		t.Errorf("%d packets, the first %x", len(got), got[0].Payload)
	}
}

func TestDuplicatesPassOnceAndDisorderKeepsItsNumbers(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	w := newWire(1)
	mic := microphone{seq: 65533}
	bindVoice(t, find(r.Subscribe("judge"), "witness", media.KindAudio), w, p, &mic)
	var packets []*rtp.Packet
	for range 6 {
		packets = append(packets, mic.packet())
	}
	order := []int{0, 1, 1, 3, 2, 3, 0, 5, 4}
	for _, i := range order {
		p.WriteClear(media.KindAudio, packets[i])
	}
	got := w.await(t, 6)
	if len(got) != 6 {
		t.Fatalf("%d packets, want 6", len(got))
	}
	for i, want := range []uint16{0, 1, 3, 2, 5, 4} {
		if distance := got[i].SequenceNumber - got[0].SequenceNumber; distance != want {
			t.Errorf("packet %d is %d after the first, want %d", i, distance, want)
		}
	}
}

// Opus repeats in a packet what was said in the one before it. Nobody may read there what was said before they were let in.
func TestTheFirstSoundAfterAGrantIsKeptBack(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	p := r.Publish("witness")
	mic := microphone{seq: 100}
	said := func(n uint16) *rtp.Packet {
		mic.seq = n
		return mic.packet()
	}
	p.WriteClear(media.KindAudio, said(100)) // in private
	r.SetAccess(everyone(Grant{Voice: Clear}))
	w := newWire(1)
	bindTo(t, find(r.Subscribe("gallery"), "witness", media.KindAudio), w)
	for _, n := range []uint16{102, 101, 103, 104} { // 102 repeats 101, which was on its way
		p.WriteClear(media.KindAudio, said(n))
	}
	got := w.await(t, 2)
	for i, want := range []uint32{103, 104} {
		if len(got) != 2 || !bytes.Equal(got[i].Payload, binary.BigEndian.AppendUint32([]byte("CLEAR-VOICE "), want)) {
			t.Fatalf("%d packets, the %d. %q", len(got), i+1, got[i].Payload)
		}
	}
}

func TestARestartedStreamContinuesTheSubscribersNumbers(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear}))
	p := r.Publish("witness")
	w := newWire(1)
	bindTo(t, find(r.Subscribe("judge"), "witness", media.KindVideo), w)
	before := camera{ssrc: cameraSSRC, seq: 40000, timestamp: 123456}
	p.WriteClear(media.KindVideo, before.frame(true))
	p.WriteClear(media.KindVideo, before.frame(false))
	after := camera{ssrc: cameraSSRC + 1, seq: 7, timestamp: 4_000_000_000}
	p.WriteClear(media.KindVideo, after.frame(false)) // nothing to decode it with
	p.WriteClear(media.KindVideo, after.frame(true))
	got := w.await(t, 3)
	if len(got) != 3 {
		t.Fatalf("%d packets, want 3", len(got))
	}
	if got[2].SequenceNumber != got[1].SequenceNumber+1 {
		t.Errorf("sequence numbers %d and %d", got[1].SequenceNumber, got[2].SequenceNumber)
	}
	if step := got[2].Timestamp - got[1].Timestamp; step > 90000 {
		t.Errorf("the timestamp jumped by %d", step)
	}
}

func TestLostPacketsAreSentAgainWhileAccessLasts(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	w := newWire(1)
	track := find(r.Subscribe("gallery"), "witness", media.KindAudio)
	mic := microphone{}
	bindVoice(t, track, w, p, &mic)
	for range 5 {
		p.WriteClear(media.KindAudio, mic.packet())
	}
	got := w.await(t, 5)
	lost := got[2]
	for range 10 {
		track.Resend([]uint16{lost.SequenceNumber, lost.SequenceNumber + 1000})
	}
	again := w.received()
	if len(again) != 5+maxResends {
		t.Fatalf("%d packets, want %d", len(again), 5+maxResends)
	}
	if r := again[5]; r.SequenceNumber != lost.SequenceNumber || !bytes.Equal(r.Payload, lost.Payload) {
		t.Errorf("sent again: %v %q", r.Header, r.Payload)
	}

	r.SetAccess(nil)
	track.Resend([]uint16{got[0].SequenceNumber, got[1].SequenceNumber})
	if late := w.received(); len(late) != 5+maxResends {
		t.Error("a packet was sent again after its access had ended")
	}
	if track.SenderReport(time.Now()) != nil {
		t.Error("a track whose access has ended is still reported on")
	}
}

func TestAFormChangeIsAnotherTrack(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear, Voice: Clear}))
	r.Publish("witness")
	s := r.Subscribe("gallery")
	clearTrack := find(s, "witness", media.KindVideo)
	voice := find(s, "witness", media.KindAudio)
	awaitChange(t, s)
	r.SetAccess(everyone(Grant{Picture: Concealed, Voice: Clear}))
	awaitChange(t, s)
	concealed := find(s, "witness", media.KindVideo)
	if concealed == clearTrack || concealed.Form != Concealed {
		t.Errorf("after the change: %+v", concealed)
	}
	if concealed.TrackLocal.ID() == clearTrack.TrackLocal.ID() ||
		concealed.TrackLocal.StreamID() == clearTrack.TrackLocal.StreamID() {
		t.Error("the concealed track can be told to belong to the clear one")
	}
	if find(s, "witness", media.KindAudio) != voice {
		t.Error("the voice, whose form stayed, lost its track")
	}
}

func awaitChange(t *testing.T, s *Subscriber) {
	t.Helper()
	select {
	case <-s.Changed():
	case <-time.After(10 * time.Second):
		t.Fatal("the subscriber was not told of the change")
	}
}

func TestBindingAnEndedTrackSendsNothing(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	track := find(r.Subscribe("gallery"), "witness", media.KindAudio)
	r.SetAccess(nil)
	w := newWire(1)
	bindTo(t, track, w)
	mic := microphone{}
	p.WriteClear(media.KindAudio, mic.packet())
	r.Close()
	if got := w.received(); len(got) != 0 {
		t.Errorf("%d packets", len(got))
	}
}

func TestRejoiningReplacesTheOldConnection(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	if r.Publish("witness") != p {
		t.Error("a publisher did not last across connections")
	}
	old := r.Subscribe("judge")
	oldWire := newWire(1)
	bindTo(t, find(old, "witness", media.KindAudio), oldWire)
	fresh := r.Subscribe("judge")
	freshWire := newWire(2)
	bindTo(t, find(fresh, "witness", media.KindAudio), freshWire)
	old.Close() // the old connection ends after the new one has begun
	mic := microphone{}
	p.WriteClear(media.KindAudio, mic.packet()) // kept back
	p.WriteClear(media.KindAudio, mic.packet())
	freshWire.await(t, 1)
	if len(oldWire.received()) != 0 || len(old.Tracks()) != 0 {
		t.Error("the replaced connection still receives")
	}
	r.Unsubscribe("judge")
	r.Unpublish("witness")
	p.WriteClear(media.KindAudio, mic.packet())
	if len(freshWire.received()) != 1 || len(fresh.Tracks()) != 0 {
		t.Error("an ended connection still receives")
	}
}

func TestTapsSeeEachPacketOnceAndEndWhenCancelled(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	p := r.Publish("witness")
	var got []*rtp.Packet
	cancel := p.TapClear(func(kind media.Kind, packet *rtp.Packet) {
		if kind == media.KindVideo {
			got = append(got, packet)
		}
	})
	cam := camera{ssrc: cameraSSRC, seq: 9, timestamp: 77}
	first := cam.frame(true)
	p.WriteClear(media.KindVideo, first)
	p.WriteClear(media.KindVideo, first)
	p.WriteClear(media.KindVideo, cam.frame(false))
	cancel()
	p.WriteClear(media.KindVideo, cam.frame(false))
	if len(got) != 2 {
		t.Fatalf("%d packets, want 2", len(got))
	}
	if got[0].SequenceNumber != 9 || got[0].Timestamp != 77 || got[0].SSRC != cameraSSRC || got[0].Extension {
		t.Errorf("the tap saw %v", got[0].Header)
	}
}

func TestKeyFrameRequestsAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		defer r.Close()
		p := r.Publish("witness")
		var asked atomic.Int32
		p.OnKeyFrameRequest(func() { asked.Add(1) })
		synctest.Wait()
		if asked.Load() != 1 {
			t.Fatalf("asked %d times on connecting, want once", asked.Load())
		}
		for range 50 {
			p.RequestKeyFrame()
		}
		time.Sleep(KeyFrameInterval - time.Millisecond)
		synctest.Wait()
		if asked.Load() != 1 {
			t.Errorf("asked %d times within the interval", asked.Load())
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if asked.Load() != 2 {
			t.Errorf("asked %d times after the interval, want 2: whoever came within it still waits", asked.Load())
		}

		p.RequestKeyFrame()
		cam := camera{ssrc: cameraSSRC}
		p.WriteClear(media.KindVideo, cam.frame(true))
		time.Sleep(2 * KeyFrameInterval)
		synctest.Wait()
		if asked.Load() != 2 {
			t.Errorf("asked %d times: a key frame had come meanwhile", asked.Load())
		}
	})
}

func TestAnOldConnectionDoesNotTakeAwayTheNewOnesKeyFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New()
		defer r.Close()
		p := r.Publish("witness")
		var oldAsked, asked atomic.Int32
		removeOld := p.OnKeyFrameRequest(func() { oldAsked.Add(1) })
		synctest.Wait()
		p.OnKeyFrameRequest(func() { asked.Add(1) })
		removeOld()
		synctest.Wait()
		p.RequestKeyFrame()
		time.Sleep(KeyFrameInterval)
		synctest.Wait()
		if oldAsked.Load() != 1 || asked.Load() != 2 {
			t.Errorf("the old connection was asked %d times, the new one %d, want 1 and 2", oldAsked.Load(), asked.Load())
		}
	})
}
