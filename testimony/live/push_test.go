package live_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/media/peer"
	"paravent/media/whip/endpoint"
	"paravent/media/whip/whiptest"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
)

// What the public may have goes to a media server out of the public version, half a minute later: nothing before that, a slate and silence in private, nothing live at any time. A server
// that is lost is tried again, and the record has it.
func TestWhatThePublicHasGoesToAMediaServer(t *testing.T) {
	t.Parallel()
	api, err := peer.NewAPI(nil)
	must(t, err)
	server := whiptest.Start(t, api)
	s, c, d := openHearing(t, oneHearing)
	if err := s.Push(t.Context()); !errors.Is(err, docket.ErrNoMediaServer) {
		t.Errorf("without a server: %v", err)
	}
	s.Abandon()
	if err := d.SetMediaServer(t.Context(), endpoint.Endpoint{URL: "http://media.example/whip"}); !errors.Is(err, endpoint.Err) {
		t.Errorf("a server in the clear: %v", err)
	}
	must(t, d.SetMediaServer(t.Context(), endpoint.Endpoint{URL: server.URL, Token: server.Token}))
	h, err := d.FindHearing(t.Context(), "h")
	must(t, err)
	s, err = live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID, Microphone: capture.NewTestSpeech(4)})
	must(t, err)
	t.Cleanup(s.Abandon)
	admitted(t, s, testimony.RoleWitness, testimony.RoleGallery)
	gallery := s.Receiver(seat(s, testimony.RoleGallery).ID)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	live0 := granted(s, gallery)
	server.Answer(http.StatusServiceUnavailable)
	must(t, s.Push(t.Context()))
	if err := s.Push(t.Context()); !errors.Is(err, testimony.ErrSame) {
		t.Errorf("twice: %v", err)
	}
	await(t, s, "the alarm of a server that does not answer", func(st live.State) bool { return st.Push == live.PushLost && hasAlarm(s, "push_lost") })
	server.Answer(0)
	await(t, s, "the media server", func(st live.State) bool { return st.Push == live.PushUp })
	if got := granted(s, gallery); got != live0 || strings.Contains(got, "released") {
		t.Errorf("the gallery, which had %q, has %q", live0, got)
	}
	await(t, s, "half a minute of recording", func(st live.State) bool { return st.Recorded > 28*time.Second })
	got, taken, _ := server.Got()
	if got.Loud > 0 || taken != 1 {
		t.Fatalf("before half a minute was over the server had %+v of %d broadcasts", got, taken)
	}
	c.advance(testimony.PushedAfter + time.Minute)
	defer func() { got, _, _ := server.Got(); t.Logf("%+v %+v", got, s.State().Broadcast) }()
	until(t, "the bench to be heard there", func() bool { got, _, _ := server.Got(); return got.Loud > 30 && got.Pictures > 2 })

	must(t, s.SetMode(protection.PrivateMode, "Family."))
	time.Sleep(300 * time.Millisecond) // what is on its way
	before, _, _ := server.Got()
	until(t, "silence", func() bool { got, _, _ := server.Got(); return got.Sound > before.Sound+60 })
	if got, _, _ := server.Got(); got.Loud > before.Loud {
		t.Errorf("in private %d packets were loud", got.Loud-before.Loud)
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	until(t, "the broadcast to go on", func() bool { got, _, _ := server.Got(); return got.Loud > before.Loud+10 })

	server.Drop()
	await(t, s, "the loss", func(st live.State) bool { return st.Push == live.PushLost })
	await(t, s, "the server again", func(st live.State) bool { return st.Push == live.PushUp })
	must(t, s.EndPush())
	until(t, "the server to be told", func() bool { _, _, deleted := server.Got(); return deleted == 1 })
	after, _, _ := server.Got()
	time.Sleep(300 * time.Millisecond)
	if got, _, _ := server.Got(); got.Sound > after.Sound+2 {
		t.Errorf("%d packets came after the end", got.Sound-after.Sound)
	}
	if after.Broken > 0 {
		t.Errorf("%d pictures could not be decoded", after.Broken)
	}
	kinds := ""
	for _, e := range s.State().Events {
		if e.Kind == testimony.PushBegun || e.Kind == testimony.PushEnded || e.Kind == testimony.Fault {
			kinds += string(e.Kind) + " "
		}
	}
	if kinds != "push_begun fault push_ended " {
		t.Errorf("the record has %s", kinds)
	}
}

// The media server is no seat: the hub grants it nothing of anybody, and nothing at all while nobody sends to it.
func TestTheMediaServerIsNobodysSeat(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, oneHearing)
	admitted(t, s, testimony.RoleWitness, testimony.RoleGallery)
	server := s.Receiver("media server")
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	if got := granted(s, server); got != "" {
		t.Errorf("it is granted %s", got)
	}
}
