package whip

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/peer"
	"paravent/media/whip/endpoint"
)

// answers is a server that answers everything alike.
type answers struct {
	status               int
	kind, location, body string
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	h.Set("Content-Type", a.kind)
	h.Set("Location", a.location)
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// Whatever a server answers, it ends in a session or in an error that says nothing of where it was asked.
func FuzzAnswer(f *testing.F) {
	api, err := peer.NewAPI(nil)
	if err != nil {
		f.Fatal(err)
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		f.Fatal(err)
	}
	answer := offerOf(f, pc)
	f.Add(201, "application/sdp", "/whip/session", answer)
	f.Add(201, "application/sdp; charset=x", "https://other.example/s", answer[:len(answer)/2])
	f.Add(307, "", "http://127.0.0.1/elsewhere", "")
	f.Add(308, "", "//evil.example", "")
	f.Add(201, "text/html", "", "<html>")
	f.Add(401, "", "\x00", "")
	f.Fuzz(func(t *testing.T, status int, kind, location, body string) {
		line, err := NewLine(media.KindAudio, "b", []byte{0xf8, 0xff, 0xfe})
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: answers{status, kind, location, body}}
		s, err := Publish(t.Context(), api, endpoint.Endpoint{URL: "http://127.0.0.1/a-secret-room", Token: "a-secret"}, client, line.Track)
		if err != nil {
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%v", err)
			}
			return
		}
		if s.resource != "" && (endpoint.Endpoint{URL: s.resource}).Check() != nil {
			t.Errorf("the session is at %q", s.resource)
		}
		s.Close(t.Context())
	})
}

func offerOf(f *testing.F, pc *webrtc.PeerConnection) string {
	f.Helper()
	defer pc.Close()
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		f.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		f.Fatal(err)
	}
	return strings.Replace(offer.SDP, "a=setup:actpass", "a=setup:passive", 1)
}
