// Package whip sends one picture and one sound to a media server, as RFC 9725 (WebRTC-HTTP ingestion) says, which hands them on to as many people as it likes; they play them by WHEP or by
// whatever else that server speaks.
//
// It sends packets that somebody else has made, and receives nothing. Start from [Publish].
package whip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media/whip/endpoint"
)

// Errors of a server. Other errors are those of the network, and [endpoint.Err] of an address.
var (
	ErrRefused = errors.New("the media server does not take the broadcast")
	ErrAnswer  = errors.New("the media server does not answer as WHIP asks (RFC 9725)")
)

const (
	answersIn = 15 * time.Second
	maxAnswer = 64 << 10 // bytes
	redirects = 5
)

// Session is a broadcast that the server has taken. Its methods can be called from any goroutine.
type Session struct {
	target   endpoint.Endpoint
	client   *http.Client
	resource string // the session's own address; empty where the server gave none
	pc       *webrtc.PeerConnection
	up       chan struct{}
	down     chan struct{}
	raised   sync.Once
	fallen   sync.Once
	ended    sync.Once
}

// Publish offers tracks to a media server, at most one of sound and one of pictures, and returns once it has answered; media flow a moment later. client may be nil. The tracks stay the
// caller's. ctx bounds the negotiation alone.
func Publish(ctx context.Context, api *webrtc.API, target endpoint.Endpoint, client *http.Client, tracks ...webrtc.TrackLocal) (*Session, error) {
	if err := target.Check(); err != nil {
		return nil, err
	}
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ctx, cancel := context.WithTimeout(ctx, answersIn)
	defer cancel()
	pc, err := api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	if err != nil {
		return nil, err
	}
	s := &Session{target: target, client: &own, pc: pc, up: make(chan struct{}), down: make(chan struct{})}
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateConnected:
			s.raised.Do(func() { close(s.up) })
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			s.fallen.Do(func() { close(s.down) })
		}
	})
	if err := s.negotiate(ctx, tracks); err != nil {
		s.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// negotiate offers with every candidate at once (RFC 9725 §4.3), so that the server needs no more than one answer.
func (s *Session) negotiate(ctx context.Context, tracks []webrtc.TrackLocal) error {
	for _, track := range tracks {
		t, err := s.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			return err
		}
		go drain(t.Sender())
	}
	offer, err := s.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return ctx.Err()
	}
	answer, err := s.post(ctx, s.target.URL, s.pc.LocalDescription().SDP)
	if err != nil {
		return err
	}
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return ErrAnswer // what pion says could quote the answer
	}
	return nil
}

// drain takes the server's reports; pictures that can be decoded alone come by themselves.
func drain(sender *webrtc.RTPSender) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(buffer); err != nil {
			return
		}
	}
}

// post sends the offer where it belongs, and returns the answer.
func (s *Session) post(ctx context.Context, to, offer string) (string, error) {
	for range redirects {
		r, err := s.send(ctx, http.MethodPost, to, "application/sdp", offer)
		if err != nil {
			return "", err
		}
		switch {
		case r.StatusCode == http.StatusTemporaryRedirect || r.StatusCode == http.StatusPermanentRedirect: // RFC 9725 §4.6
			next, err := r.Location()
			_ = r.Body.Close()
			if err != nil {
				return "", ErrAnswer
			}
			if !s.leadsOn(next) {
				return "", endpoint.Err
			}
			to = next.String()
			continue
		case r.StatusCode != http.StatusCreated:
			_ = r.Body.Close()
			return "", fmt.Errorf("%w: HTTP status %d", ErrRefused, r.StatusCode)
		}
		answer, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
		_ = r.Body.Close()
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/sdp" || len(answer) > maxAnswer {
			return "", ErrAnswer
		}
		if at, err := r.Location(); err == nil && s.leadsOn(at) {
			s.resource = at.String()
		}
		return string(answer), nil
	}
	return "", ErrAnswer
}

// leadsOn reports whether a server may send on to an address: one to which anything may be sent, and never out of TLS.
func (s *Session) leadsOn(next *url.URL) bool {
	return (endpoint.Endpoint{URL: next.String()}).Check() == nil && (next.Scheme == "https" || !strings.HasPrefix(s.target.URL, "https:"))
}

// send makes one request. Errors say nothing of where it went.
func (s *Session) send(ctx context.Context, method, to, kind, body string) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, endpoint.Err
	}
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	if s.target.Token != "" && s.target.SameOrigin(q.URL) { // it is for the server that it was given for
		q.Header.Set("Authorization", "Bearer "+s.target.Token)
	}
	r, err := s.client.Do(q)
	var told *url.Error
	if errors.As(err, &told) {
		err = told.Err
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		err = errors.New("the media server's name leads nowhere")
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		err = fmt.Errorf("the media server is not reached: %w", dial.Err)
	}
	return r, err
}

// Up is closed once media can flow.
func (s *Session) Up() <-chan struct{} { return s.up }

// Down is closed once nothing flows any more, for whatever reason.
func (s *Session) Down() <-chan struct{} { return s.down }

// Close ends the broadcast and tells the server (RFC 9725 §4.2).
func (s *Session) Close(ctx context.Context) {
	s.ended.Do(func() {
		if s.resource != "" {
			ctx, cancel := context.WithTimeout(ctx, answersIn/3)
			defer cancel()
			if r, err := s.send(ctx, http.MethodDelete, s.resource, "", ""); err == nil {
				_ = r.Body.Close()
			} // a server that does not hear it notices that nothing comes
		}
		_ = s.pc.Close() // it always ends
	})
}
