package peer

import (
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media/hub"
)

// The other side's goodbye closes the connection beneath the Peer, which may be about to put tracks up. Close ends all the same.
func TestCloseEndsWhenTheOtherSideLeftDuringAChange(t *testing.T) {
	clear := everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear})
	c := newCourtroom(t, clear)
	for range 12 { // whether the Peer learns of the change or of the goodbye first is chance
		connected, goOn := make(chan struct{}), make(chan struct{})
		p, g := join(t, Config{Subscriber: c.router.Subscribe("counsel"), OnState: func(state webrtc.PeerConnectionState) {
			if state == webrtc.PeerConnectionStateConnected {
				close(connected)
				<-goOn
			}
		}})
		select {
		case <-connected:
		case <-time.After(patience):
			close(goOn)
			t.Fatal("no connection came about")
		}
		c.router.SetAccess(nil)
		c.router.SetAccess(clear)
		left := make(chan struct{})
		go func() { // it may be waiting for the Peer to take an answer, and the Peer takes none now
			defer close(left)
			g.leave()
		}()
		<-g.stop
		if err := p.pc.Close(); err != nil { // as the goodbye does when it comes
			t.Fatal(err)
		}
		close(goOn)
		select {
		case <-p.Done():
		case <-time.After(20 * time.Second):
			t.Fatal("the connection did not end")
		}
		<-left
	}
}

// What pion receives on after the other side's goodbye is closed by nobody. The readers end all the same, here with the connection open.
func TestReadersEndThoughTheirTracksDoNot(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	_, judge := c.admit(t, "the judge")
	judge.receives(0, 3, true) // so both of the witness's tracks are read
	ended := make(chan struct{})
	go func() {
		c.peer.readers.end()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("a reader goes on")
	}
}
