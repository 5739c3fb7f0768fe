package peer

import (
	"testing"

	"github.com/pion/webrtc/v4"

	"paravent/media/hub"
)

// A second offer that overtakes the start of the guest's ICE agent is taken there for an ICE restart, after which neither side finds the other.
// So what changes before the connection stands is offered when it does, and not before.
func TestNoSecondOfferBeforeTheConnectionStands(t *testing.T) {
	clear := everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear})
	c := newCourtroom(t, clear)
	_, judge := c.admit(t, "the judge")
	judge.receives(0, 1, true)

	g := newGuest(t, false)
	offers, candidates := make(chan Message, 8), make(chan webrtc.ICECandidateInit, 16)
	found := make(chan webrtc.ICECandidateInit, 16)
	g.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			found <- c.ToJSON()
		}
	})
	p, err := New(Config{API: newTestAPI(t), Subscriber: c.router.Subscribe("counsel"), Send: func(m Message) {
		switch {
		case m.Type == Offer:
			offers <- m
		case m.Candidate != nil:
			candidates <- *m.Candidate
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.leave()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	// Neither side is told yet where the other is.
	if err := g.take(p, <-offers); err != nil {
		t.Fatal(err)
	}
	c.router.SetAccess(nil)
	c.router.SetAccess(clear)
	for range 100 { // the Peer takes what has changed and what it is told in no order; by now it has taken both
		if err := p.Handle(Message{Type: Candidate}); err != nil {
			t.Fatal(err)
		}
	}
	if len(offers) > 0 {
		t.Fatal("a second offer went out before the connection stood")
	}
	if err := g.pc.AddICECandidate(<-candidates); err != nil {
		t.Fatal(err)
	}
	candidate := <-found
	if err := p.Handle(Message{Type: Candidate, Candidate: &candidate}); err != nil {
		t.Fatal(err)
	}
	if err := g.take(p, <-offers); err != nil {
		t.Fatal(err)
	}
	g.receives(0, 3, true)
}
