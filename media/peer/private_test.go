package peer

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"

	"paravent/media"
	"paravent/media/hub"
)

var asideMark = bytes.Repeat([]byte("PRIVATE-VOICE "), 4)

// whisper sends on the private line until stopped.
func (g *guest) whisper(stop <-chan struct{}) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-tick.C:
			_ = g.aside.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i) * 960}, Payload: asideMark})
		}
	}
}

func marked(all []arrival, mark []byte) (n int) {
	for _, a := range all {
		if bytes.Contains(a.packet.Payload, mark) {
			n++
		}
	}
	return n
}

// What comes on the private line reaches the one who is granted the private form; a judge who is granted everything clear, a gallery, and the sinks of this
// machine get none of it, though the guest sends on both lines at once. When the talk is over nobody has it.
func TestWhatIsSaidInPrivateReachesOnePeerAlone(t *testing.T) {
	router := hub.New()
	t.Cleanup(router.Close)
	talk := func(_, subscriber string) hub.Grant {
		switch subscriber {
		case "the client":
			return hub.Grant{Voice: hub.Private}
		case "the judge":
			return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
		}
		return hub.Grant{Picture: hub.Concealed, Voice: hub.Concealed}
	}
	router.SetAccess(talk)
	publisher := router.Publish("counsel")
	tapped := make(chan struct{}, 1)
	defer publisher.TapClear(func(_ media.Kind, p *rtp.Packet) {
		if bytes.Contains(p.Payload, asideMark) {
			select {
			case tapped <- struct{}{}:
			default:
			}
		}
	})()
	_, counsel := join(t, Config{Publisher: publisher, Audio: true, Video: true, Private: true})
	_, client := join(t, Config{Subscriber: router.Subscribe("the client")})
	_, judge := join(t, Config{Subscriber: router.Subscribe("the judge")})
	_, gallery := join(t, Config{Subscriber: router.Subscribe("the gallery")})
	counsel.await("a private line", func() bool { return counsel.aside != nil })
	if m := counsel.lastOffer(); m.Private != "2" {
		t.Errorf("the offer tells the private line %q", m.Private)
	}
	stop := make(chan struct{})
	defer close(stop)
	counsel.wg.Go(func() { counsel.speak(stop) })
	counsel.wg.Go(func() { counsel.whisper(stop) })

	client.await("what counsel says in private", func() bool { return marked(client.received, asideMark) >= 30 })
	judge.receives(0, 30, true)
	if told := client.lastOffer().Tracks; len(told) != 1 || told[0].Form != "private" || told[0].Kind != "audio" {
		t.Errorf("the client is told of %+v", told)
	}
	for name, g := range map[string]*guest{"the judge": judge, "the gallery": gallery} {
		if n := marked(g.arrivals(), asideMark); n != 0 {
			t.Errorf("%s received %d packets of the talk", name, n)
		}
	}
	if n := marked(client.arrivals(), voiceMark); n != 0 {
		t.Errorf("the client received %d packets of what counsel says to the court", n)
	}

	router.SetAccess(everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	client.awaitTracks("audio clear", "video clear")
	from := len(client.arrivals())
	client.receives(from, 20, true)
	for _, g := range []*guest{client, judge, gallery} {
		g.receives(len(g.arrivals()), 20, true)
	}
	for _, a := range client.arrivals()[from:] {
		if bytes.Contains(a.packet.Payload, asideMark) {
			t.Fatal("after the talk the client receives what counsel says in private")
		}
	}
	if marked(judge.arrivals(), asideMark)+marked(gallery.arrivals(), asideMark) != 0 {
		t.Error("after the talk somebody else receives what counsel says in private")
	}
	select {
	case <-tapped:
		t.Error("a sink of this machine was handed what is said in private")
	default:
	}
}
