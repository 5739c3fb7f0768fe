package relay

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
)

// courtOf answers which court a desk's request is of.
func (s *Server) courtOf(r *http.Request) (court string, ok bool) {
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		return "", false
	}
	for name, key := range s.config.Courts {
		if subtle.ConstantTimeCompare([]byte(given), []byte(key.token())) == 1 {
			court, ok = name, true
		}
	}
	return court, ok
}

// admit lets a desk's request in, or has answered it.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (court string, ok bool) {
	from := s.origins.of(r.RemoteAddr)
	if s.origins.waits(from, s.config.Clock()) {
		http.Error(w, "Wait before the next try.", http.StatusTooManyRequests)
		return "", false
	}
	court, ok = s.courtOf(r)
	if !ok {
		s.origins.failed(from, s.config.Clock())
		http.Error(w, "This relay does not know the key.", http.StatusUnauthorized)
	}
	return court, ok
}

// enterLine counts a desk's line in, or reports that the court has as many as it may.
func (s *Server) enterLine(court string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.lines[court] >= s.limits.Lines {
		return false
	}
	s.lines[court]++
	s.running.Add(1)
	return true
}

func (s *Server) exitLine(court string) {
	s.mu.Lock()
	if s.lines[court]--; s.lines[court] == 0 {
		delete(s.lines, court)
	}
	s.mu.Unlock()
	s.running.Done()
}

// line serves a desk's line: the invitations that it answers to, and the guests that come for them.
func (s *Server) line(w http.ResponseWriter, r *http.Request) {
	court, ok := s.admit(w, r)
	if !ok {
		return
	}
	if !s.enterLine(court) {
		http.Error(w, "This court has too many lines.", http.StatusServiceUnavailable)
		return
	}
	defer s.exitLine(court)
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(maxLine)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	room := &room{court: court, say: make(chan message), ended: ctx.Done()}
	defer s.register(room, nil)
	told := make(chan message, 1)
	writing := make(chan struct{})
	go func() {
		defer close(writing)
		defer cancel()
		s.tell(ctx, ws, room.say, told)
	}()
	s.hear(ctx, ws, room, told)
	cancel()
	<-writing
}

// hear follows what the desk says. A desk that says something else is cut off.
func (s *Server) hear(ctx context.Context, ws *websocket.Conn, room *room, told chan<- message) {
	for {
		kind, text, err := ws.Read(ctx)
		if err != nil || kind != websocket.MessageText {
			return
		}
		m, err := readMessage(text)
		if err != nil || m.Type != typeServe {
			return
		}
		answer := message{Type: typeServing}
		if len(m.IDs) > s.limits.IDs {
			answer.Type = typeFull
		} else {
			s.register(room, m.IDs)
		}
		select {
		case told <- answer:
		case <-ctx.Done():
			return
		}
	}
}

// tell writes to the desk, and asks it for a sign of life.
func (s *Server) tell(ctx context.Context, ws *websocket.Conn, say, told <-chan message) {
	alive := time.NewTicker(s.limits.Silence / 2)
	defer alive.Stop()
	for {
		var m message
		select {
		case m = <-say:
		case m = <-told:
		case <-alive.C:
			if !s.breathes(ctx, ws) {
				return
			}
			continue
		case <-ctx.Done():
			return
		}
		text, err := json.Marshal(m)
		if err != nil || s.write(ctx, ws, websocket.MessageText, text) != nil {
			return
		}
	}
}

// register puts a line's invitations in place of those before. One that another line of the same court answered to is taken
// over: the desk has come back before its old line was missed. One of another court's is not.
func (s *Server) register(r *room, ids []invite.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range r.ids {
		if s.rooms[id] == r {
			delete(s.rooms, id)
		}
	}
	r.ids = nil
	for _, id := range ids {
		if held := s.rooms[id]; held != nil && held.court != r.court {
			continue
		}
		s.rooms[id] = r
		r.ids = append(r.ids, id)
	}
}

// fetch takes a desk's connection for one guest, and holds it until the guest is gone.
func (s *Server) fetch(w http.ResponseWriter, r *http.Request) {
	court, ok := s.admit(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	c := s.waiting[r.PathValue("call")]
	if c != nil && c.room.court != court {
		c = nil
	}
	s.mu.Unlock()
	if c == nil {
		http.Error(w, "The guest is gone.", http.StatusNotFound)
		return
	}
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	select {
	case c.fetch <- ws:
		<-c.over
	case <-c.over:
	}
}
