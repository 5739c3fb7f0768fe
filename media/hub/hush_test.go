package hub

import (
	"encoding/binary"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"paravent/media"
)

// A voice that yields is not sent while the router is hushed, nor in the packet that follows, which can repeat the last that was held back; one that
// does not yield goes on.
func TestVoicesYieldToAHush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := New()
		defer r.Close()
		r.SetAccess(func(_, subscriber string) Grant {
			return Grant{Picture: Clear, Voice: Clear, Yields: subscriber == "gallery"}
		})
		p := r.Publish("counsel")
		gallery, judge, seen := newWire(1), newWire(2), newWire(3)
		var mic microphone
		var cam camera
		mic.seq = 100
		bindTo(t, find(r.Subscribe("gallery"), "counsel", media.KindAudio), gallery)
		bindTo(t, find(r.Subscribe("judge"), "counsel", media.KindAudio), judge)
		bindTo(t, find(r.subscribers["gallery"], "counsel", media.KindVideo), seen)
		say := func(n int) {
			for range n {
				p.WriteClear(media.KindAudio, mic.packet())
				p.WriteClear(media.KindVideo, cam.frame(true))
				synctest.Wait()
				time.Sleep(20 * time.Millisecond)
			}
		}
		say(3) // 100 is kept back
		r.Hush(time.Second)
		r.Hush(time.Millisecond) // shortens nothing
		say(10)                  // 103 to 112
		r.Hush(100 * time.Millisecond)
		r.SetAccess(r.access) // changes nothing
		time.Sleep(time.Second)
		say(4) // 113 can repeat 112

		heard := func(w *wire) (numbers []uint32) {
			for _, packet := range w.received() {
				numbers = append(numbers, binary.BigEndian.Uint32(packet.Payload[len("CLEAR-VOICE "):]))
			}
			return numbers
		}
		if got := heard(gallery); !slices.Equal(got, []uint32{101, 102, 114, 115, 116}) {
			t.Errorf("the gallery heard %d", got)
		}
		if got := heard(judge); len(got) != 16 {
			t.Errorf("the judge heard %d", got)
		}
		if got := seen.received(); len(got) != 17 {
			t.Errorf("the gallery saw %d pictures", len(got))
		}
		for i, packet := range gallery.received() {
			if first := gallery.received()[0].SequenceNumber; packet.SequenceNumber != first+uint16(i) {
				t.Errorf("packet %d has number %d after %d: what was held back would be asked for again", i, packet.SequenceNumber, first)
			}
		}
	})
}

// Whoever comes to yield in the middle of a hush hears nothing more of it, whatever waits to be sent.
func TestAGrantBeginsToYieldDuringAHush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := New()
		defer r.Close()
		grant := Grant{Voice: Clear}
		r.SetAccess(everyone(grant))
		p := r.Publish("counsel")
		w := newWire(1)
		var mic microphone
		track := find(r.Subscribe("gallery"), "counsel", media.KindAudio)
		bindVoice(t, track, w, p, &mic)
		r.Hush(time.Hour)
		p.WriteClear(media.KindAudio, mic.packet())
		synctest.Wait()
		grant.Yields = true
		r.SetAccess(everyone(grant))
		if find(r.subscribers["gallery"], "counsel", media.KindAudio) != track {
			t.Error("the track was replaced")
		}
		for range 5 {
			p.WriteClear(media.KindAudio, mic.packet())
		}
		synctest.Wait()
		if got := w.received(); len(got) != 1 {
			t.Errorf("%d packets were sent", len(got))
		}
	})
}

// A voice that is paused keeps its track, and goes on at once and without a gap in its numbers.
func TestAPausedVoiceKeepsItsTrack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := New()
		defer r.Close()
		r.SetAccess(everyone(Grant{Voice: Clear}))
		p := r.Publish("interpreter")
		w := newWire(1)
		var mic microphone
		s := r.Subscribe("counsel")
		track := find(s, "interpreter", media.KindAudio)
		bindVoice(t, track, w, p, &mic)
		for _, paused := range []bool{false, true, false, true, false} {
			r.SetAccess(everyone(Grant{Voice: Clear, Paused: paused}))
			for range 5 {
				p.WriteClear(media.KindAudio, mic.packet())
				synctest.Wait()
			}
		}
		if find(s, "interpreter", media.KindAudio) != track {
			t.Error("the track was replaced")
		}
		var heard []uint32
		for i, packet := range w.received() {
			heard = append(heard, binary.BigEndian.Uint32(packet.Payload[len("CLEAR-VOICE "):]))
			if packet.SequenceNumber != w.received()[0].SequenceNumber+uint16(i) {
				t.Errorf("packet %d has number %d", i, packet.SequenceNumber)
			}
		}
		if want := []uint32{1, 2, 3, 4, 5, 12, 13, 14, 15, 22, 23, 24, 25}; !slices.Equal(heard, want) {
			t.Errorf("heard %d", heard)
		}
	})
}
