package hub

import (
	"bytes"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"paravent/media"
	"paravent/media/conceal"
)

// grants is an access as data.
type grants map[[2]string]Grant

func (g grants) access(publisher, subscriber string) Grant {
	return g[[2]string{publisher, subscriber}]
}

// A connection takes its tracks as they come and checks every packet, at the moment of writing, against what may
// be written then: what the access before a change or the one after it grants while the change is going on, and
// what the one after it grants once SetAccess has returned.
type connection struct {
	t       *rapid.T
	id      string
	allowed *atomic.Pointer[[]grants]
	fault   *atomic.Pointer[string]
	written *atomic.Int64
	sub     *Subscriber
	bound   map[*Outgoing]bool
}

func (c *connection) bindNew() {
	for _, track := range c.sub.Tracks() {
		if c.bound[track] {
			continue
		}
		c.bound[track] = true
		w := newWire(uint32(len(c.bound)))
		w.check = func(_ *rtp.Header, payload []byte) { c.checkWrite(track, payload) }
		if _, err := track.TrackLocal.Bind(w); err != nil {
			c.fail(err.Error())
		}
	}
}

func (c *connection) checkWrite(track *Outgoing, payload []byte) {
	c.written.Add(1)
	clearMedia, privateMedia := bytes.Contains(payload, []byte("CLEAR-")), bytes.Contains(payload, []byte("PRIVATE-"))
	if clearMedia != (track.Form == Clear) || privateMedia != (track.Form == Private) {
		c.fail(fmt.Sprintf("a %v track to %s carried %q", track.Form, c.id, payload))
	}
	for _, g := range *c.allowed.Load() {
		if g.access(track.Publisher, c.id).form(track.Kind) == track.Form {
			return
		}
	}
	c.fail(fmt.Sprintf("%s received %v of %s %v, which nothing grants", c.id, track.Kind, track.Publisher, track.Form))
}

func (c *connection) fail(what string) { c.fault.CompareAndSwap(nil, &what) }

func TestAfterSetAccessNothingForbiddenIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		publishers := []string{"witness", "second witness"}
		audiences := []string{"judge", "gallery", "accused"}
		r := New()
		defer r.Close()
		allowed := &atomic.Pointer[[]grants]{}
		allowed.Store(&[]grants{})
		fault, written := &atomic.Pointer[string]{}, &atomic.Int64{}

		stop := make(chan struct{})
		var load sync.WaitGroup
		defer load.Wait()
		defer close(stop)
		for i, id := range publishers {
			p := r.Publish(id)
			cam := camera{ssrc: uint32(cameraSSRC + i)}
			load.Go(func() { sendUntil(stop, p, &cam) })
		}
		var connections []*connection
		for _, id := range audiences {
			connections = append(connections, &connection{
				t: rt, id: id, allowed: allowed, fault: fault, written: written,
				sub: r.Subscribe(id), bound: map[*Outgoing]bool{},
			})
		}

		before := grants{}
		for range rapid.IntRange(1, 8).Draw(rt, "changes") {
			after := drawGrants(rt, publishers, audiences)
			allowed.Store(&[]grants{before, after})
			r.SetAccess(after.access)
			allowed.Store(&[]grants{after})
			for _, c := range connections {
				if rapid.IntRange(0, 5).Draw(rt, "rejoins") == 0 {
					c.sub.Close()
					c.sub = r.Subscribe(c.id)
				}
				c.bindNew()
			}
			awaitMore(written, rapid.IntRange(0, 40).Draw(rt, "packets"))
			before = after
		}
		allowed.Store(&[]grants{before, {}})
		r.SetAccess(nil)
		allowed.Store(&[]grants{{}})
		awaitMore(written, 5)
		if what := fault.Load(); what != nil {
			rt.Fatal(*what)
		}
	})
}

// sendUntil sends both kinds in both forms, and a private voice, as fast as it can.
func sendUntil(stop <-chan struct{}, p *Publisher, cam *camera) {
	silhouette := conceal.NewSilhouette(64, 48)
	mic, aside := microphone{}, microphone{private: true}
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		p.WriteClear(media.KindVideo, cam.frame(i%5 == 0))
		p.WriteClear(media.KindAudio, mic.packet())
		p.WritePrivate(aside.packet())
		if i%10 == 0 {
			_ = p.WritePicture(silhouette.Draw(i%20 == 0, 0))
			_ = p.WriteVoice(conceal.Silence(960))
		}
		runtime.Gosched()
	}
}

func drawGrants(rt *rapid.T, publishers, audiences []string) grants {
	form := rapid.SampledFrom([]Form{Nothing, Clear, Concealed, Private})
	g := grants{}
	for _, p := range publishers {
		for _, a := range audiences {
			g[[2]string{p, a}] = Grant{Picture: form.Draw(rt, "picture"), Voice: form.Draw(rt, "voice")}
		}
	}
	return g
}

// awaitMore lets n more packets be written, or none where none is granted.
func awaitMore(written *atomic.Int64, n int) {
	target := written.Load() + int64(n)
	for range 200 * n {
		if written.Load() >= target {
			return
		}
		runtime.Gosched()
	}
}

func TestAConcealedQueueTakesNoClearPacket(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]string{
		"./testdata/clear_to_concealed": "cannot use clear (variable of struct type clearform.Packet) as concealedform.Packet value",
		"./testdata/make_concealed":     "unexported field payload in struct literal",
		"./testdata/convert":            "cannot convert clear (variable of struct type clearform.Packet) to type concealedform.Packet",
		"./testdata/private_to_clear":   "cannot convert private (variable of struct type privateform.Packet) to type clearform.Packet",
	} {
		out, err := exec.CommandContext(t.Context(), "go", "vet", folder).CombinedOutput()
		if err == nil {
			t.Errorf("%s compiles", folder)
		}
		if !strings.Contains(string(out), want) {
			t.Errorf("%s fails for another reason:\n%s", folder, out)
		}
	}
}

func TestASlowSubscriberHoldsUpNobody(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear, Voice: Clear}))
	p := r.Publish("witness")
	slow, quick := r.Subscribe("slow"), r.Subscribe("quick")

	release, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	slowWire, quickWire := newWire(1), newWire(2)
	slowWire.check = func(*rtp.Header, []byte) {
		once.Do(func() { close(stuck) })
		<-release
	}
	slowTrack := find(slow, "witness", media.KindVideo)
	bindTo(t, slowTrack, slowWire)
	bindTo(t, find(quick, "witness", media.KindVideo), quickWire)

	cam := camera{ssrc: cameraSSRC}
	p.WriteClear(media.KindVideo, cam.frame(true))
	<-stuck
	const n = 3 * videoQueue
	for i := range n {
		p.WriteClear(media.KindVideo, cam.frame(false))
		quickWire.await(t, i+2)
	}
	if slowTrack.Dropped() < videoQueue {
		t.Errorf("only %d packets were dropped for the slow one", slowTrack.Dropped())
	}
	close(release)
	slowWire.await(t, 1)
	p.WriteClear(media.KindVideo, cam.frame(false))
	p.WriteClear(media.KindVideo, cam.frame(true))
	got := slowWire.await(t, 2)
	last := got[len(got)-1]
	if last.Payload[1]&1 != 0 {
		t.Errorf("after dropping it went on with %q, which is no key frame", last.Payload)
	}
	if last.SequenceNumber != got[len(got)-2].SequenceNumber+1 {
		t.Error("what was dropped on purpose looks like a loss")
	}
}

func TestSlowSoundLosesItsOldest(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	release, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w := newWire(1)
	w.check = func(*rtp.Header, []byte) {
		once.Do(func() { close(stuck) })
		<-release
	}
	mic := microphone{}
	bindVoice(t, find(r.Subscribe("slow"), "witness", media.KindAudio), w, p, &mic)
	p.WriteClear(media.KindAudio, mic.packet())
	<-stuck
	for range 2 * audioQueue {
		p.WriteClear(media.KindAudio, mic.packet())
	}
	close(release)
	got := w.await(t, 1+audioQueue)
	newest := got[len(got)-1]
	if want := got[0].SequenceNumber + 2*audioQueue; newest.SequenceNumber != want {
		t.Errorf("the newest is %d, want %d", newest.SequenceNumber, want)
	}
	if oldest := got[1]; oldest.SequenceNumber != got[0].SequenceNumber+audioQueue+1 {
		t.Errorf("the oldest kept is %d after the first", oldest.SequenceNumber-got[0].SequenceNumber)
	}
}

func TestSetAccessWaitsForAWriteUnderWayButStopsTheRestFirst(t *testing.T) {
	t.Parallel()
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Voice: Clear}))
	p := r.Publish("witness")
	release, stuck := make(chan struct{}), make(chan struct{})
	var once sync.Once
	slow, other := newWire(1), newWire(2)
	slow.check = func(*rtp.Header, []byte) {
		once.Do(func() { close(stuck) })
		<-release
	}
	bindTo(t, find(r.Subscribe("slow"), "witness", media.KindAudio), slow)
	otherSub := r.Subscribe("other")
	mic := microphone{}
	bindVoice(t, find(otherSub, "witness", media.KindAudio), other, p, &mic)
	p.WriteClear(media.KindAudio, mic.packet())
	<-stuck
	other.await(t, 1)

	returned := make(chan struct{})
	go func() {
		r.SetAccess(nil)
		close(returned)
	}()
	for len(otherSub.Tracks()) > 0 {
		runtime.Gosched()
	}
	p.WriteClear(media.KindAudio, mic.packet())
	select {
	case <-returned:
		t.Error("SetAccess returned with a write under way")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	<-returned
	if len(other.received()) != 1 || len(slow.received()) != 1 {
		t.Errorf("after the change %d and %d packets were written, want 1 and 1",
			len(other.received()), len(slow.received()))
	}
}
