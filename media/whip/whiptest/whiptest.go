// Package whiptest is a media server for tests: it takes one broadcast as RFC 9725 says, and counts and decodes what arrives.
package whiptest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/rtpio"
)

// Server is the media server.
type Server struct {
	URL   string // of the endpoint
	Token string // that it asks for; empty for none

	api *webrtc.API

	mu       sync.Mutex
	status   int // that it answers with, 0: it takes the broadcast
	sessions map[string]*webrtc.PeerConnection
	taken    int
	deleted  int
	got      Got
}

// Got is what has arrived.
type Got struct {
	Sound    int // packets
	Loud     int // packets that are no silence
	Pictures int // decoded
	Broken   int // pictures that could not be decoded
	Last     *media.Frame
	Jumps    int // sequence numbers that do not follow
	Back     int // times that do not follow
	LastAt   time.Time
}

// Start starts a server, until the test ends.
func Start(t testing.TB, api *webrtc.API) *Server {
	t.Helper()
	s := &Server{api: api, sessions: map[string]*webrtc.PeerConnection{}}
	s.Token = "a-secret-of-the-court"
	h := httptest.NewServer(s)
	s.URL = h.URL + "/whip/room"
	t.Cleanup(func() {
		h.Close()
		s.Drop()
	})
	return s
}

// Answer makes it answer with a status from now on; 0 lets it take broadcasts again.
func (s *Server) Answer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

// Drop ends what it has taken, as a server that is restarted.
func (s *Server) Drop() {
	s.mu.Lock()
	all := s.sessions
	s.sessions = map[string]*webrtc.PeerConnection{}
	s.mu.Unlock()
	for _, pc := range all {
		_ = pc.Close()
	}
}

// Got is what has arrived so far, and how many broadcasts were taken and ended.
func (s *Server) Got() (got Got, taken, deleted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got, s.taken, s.deleted
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	status := s.status
	s.mu.Unlock()
	switch {
	case s.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.Token:
		w.WriteHeader(http.StatusUnauthorized)
	case status == http.StatusTemporaryRedirect && r.URL.Path == "/whip/room":
		w.Header().Set("Location", "/whip/moved")
		w.WriteHeader(status)
	case status != 0 && status != http.StatusTemporaryRedirect:
		w.WriteHeader(status)
	case r.Method == http.MethodPost && r.Header.Get("Content-Type") == "application/sdp":
		s.take(w, r)
	case r.Method == http.MethodDelete:
		s.mu.Lock()
		pc := s.sessions[r.URL.Path]
		delete(s.sessions, r.URL.Path)
		if pc != nil {
			s.deleted++
		}
		s.mu.Unlock()
		if pc != nil {
			_ = pc.Close()
		}
	default:
		w.WriteHeader(http.StatusBadRequest)
	}
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	offer, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	pc, err := s.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if track.Kind() == webrtc.RTPCodecTypeAudio {
			s.hear(track)
		} else {
			s.see(track)
		}
	})
	answer, err := s.answer(pc, string(offer))
	if err != nil {
		_ = pc.Close()
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.taken++
	at := "/whip/session/" + string(rune('a'+s.taken))
	s.sessions[at] = pc
	s.mu.Unlock()
	w.Header().Set("Location", at)
	w.Header().Set("Content-Type", "application/sdp")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

func (s *Server) answer(pc *webrtc.PeerConnection, offer string) (string, error) {
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-gathered
	return pc.LocalDescription().SDP, nil
}

// order notes whether a packet follows the one before.
func (s *Server) order(before, p *rtp.Packet) {
	if before == nil {
		return
	}
	if p.SequenceNumber != before.SequenceNumber+1 {
		s.got.Jumps++
	}
	if int32(p.Timestamp-before.Timestamp) < 0 {
		s.got.Back++
	}
}

func (s *Server) hear(track *webrtc.TrackRemote) {
	decoder, err := opus.NewDecoder()
	if err != nil {
		return
	}
	defer decoder.Close()
	var before *rtp.Packet
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if len(p.Payload) == 0 {
			continue
		}
		pcm, err := decoder.Decode(p.Payload)
		s.mu.Lock()
		s.order(before, p)
		before = p
		s.got.Sound++
		s.got.LastAt = time.Now()
		for _, v := range pcm {
			if err == nil && (v > 1000 || v < -1000) {
				s.got.Loud++
				break
			}
		}
		s.mu.Unlock()
	}
}

func (s *Server) see(track *webrtc.TrackRemote) {
	decoder, err := vpx.NewDecoder()
	if err != nil {
		return
	}
	defer decoder.Close()
	var frames rtpio.VP8Depacketizer
	var before *rtp.Packet
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if len(p.Payload) == 0 { // padding, with which a sender looks how much the line bears
			continue
		}
		s.mu.Lock()
		s.order(before, p)
		s.mu.Unlock()
		before = p
		frame, _, _, ok := frames.Push(p)
		if !ok {
			continue
		}
		picture, err := decoder.Decode(frame)
		s.mu.Lock()
		switch {
		case err != nil:
			s.got.Broken++
		case picture != nil:
			s.got.Pictures++
			s.got.Last = picture
		}
		s.mu.Unlock()
	}
}
