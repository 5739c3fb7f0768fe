package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
)

// Limits bound what the relay gives. Zero values stand for those of [DefaultLimits].
type Limits struct {
	Guests    int // connections of guests at a time
	FromOne   int // of them from one origin
	Lines     int // lines of desks at a time, for each court
	IDs       int // invitations, for each line
	Calls     int // guests of one line at a time
	Frame     int // bytes of the largest frame
	PerSecond int // bytes a second that pass, for each guest and direction; more has to wait
	Burst     int // bytes that pass at once before that
	Total     int // bytes of one guest's connection, both directions; then it is ended
	Opening   time.Duration
	Answer    time.Duration // for the desk to fetch a call
	Silence   time.Duration // without a sign of life
}

// DefaultLimits suit one court and its gallery.
var DefaultLimits = Limits{
	Guests: 1024, FromOne: 128, Lines: 16, IDs: 512, Calls: 512,
	Frame: invite.MaxMessage + invite.Overhead, PerSecond: 64 << 10, Burst: 1 << 20, Total: 256 << 20,
	Opening: 15 * time.Second, Answer: 10 * time.Second, Silence: 20 * time.Second,
}

func (l Limits) filled() Limits {
	pick := func(n *int, or int) {
		if *n == 0 {
			*n = or
		}
	}
	wait := func(d *time.Duration, or time.Duration) {
		if *d == 0 {
			*d = or
		}
	}
	d := DefaultLimits
	pick(&l.Guests, d.Guests)
	pick(&l.FromOne, d.FromOne)
	pick(&l.Lines, d.Lines)
	pick(&l.IDs, d.IDs)
	pick(&l.Calls, d.Calls)
	pick(&l.Frame, d.Frame)
	pick(&l.PerSecond, d.PerSecond)
	pick(&l.Burst, d.Burst)
	pick(&l.Total, d.Total)
	wait(&l.Opening, d.Opening)
	wait(&l.Answer, d.Answer)
	wait(&l.Silence, d.Silence)
	return l
}

// Config says for whom a relay works.
type Config struct {
	Courts map[string]Key // by a name of the relay's own, for its configuration
	Page   http.Handler   // the join page, served for everything that is not the rendezvous
	Limits Limits
	Clock  func() time.Time // nil for time.Now
	Rand   io.Reader        // nil for crypto/rand
	// Logger, which may be nil, is told counts and faults: never addresses, ids or names.
	Logger *slog.Logger
}

// Server is the rendezvous. It is an http.Handler; Close ends what it carries.
type Server struct {
	config  Config
	limits  Limits
	origins *origins
	mux     *http.ServeMux
	ctx     context.Context
	cancel  context.CancelFunc

	mu      sync.Mutex
	closed  bool
	guests  int
	lines   map[string]int
	rooms   map[invite.ID]*room
	waiting map[string]*call
	running sync.WaitGroup
}

// room is one desk's line and what it answers to.
type room struct {
	court string
	ids   []invite.ID
	calls int
	say   chan message
	ended <-chan struct{}
}

// call is a guest who waits to be fetched by the desk.
type call struct {
	room  *room
	fetch chan *websocket.Conn // takes the desk's end
	over  chan struct{}        // closed when the relay has done with it
}

// NewServer makes a rendezvous.
func NewServer(config Config) (*Server, error) {
	if config.Page == nil {
		return nil, errors.New("make a relay: there is no page to serve")
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Rand == nil {
		config.Rand = rand.Reader
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	o, err := newOrigins(config.Rand)
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, limits: config.Limits.filled(), origins: o, mux: http.NewServeMux(),
		lines: map[string]int{}, rooms: map[invite.ID]*room{}, waiting: map[string]*call{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.mux.Handle("/", config.Page)
	s.mux.HandleFunc("GET /s", s.guest)
	s.mux.HandleFunc("GET /d", s.line)
	s.mux.HandleFunc("GET /d/{call}", s.fetch)
	return s, nil
}

// ServeHTTP answers guests and desks.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close ends every connection and waits until nothing of the relay runs any more.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.running.Wait()
}

// Load is how much a relay carries at this moment.
type Load struct {
	Guests int
	Lines  int
	IDs    int
}

// Load counts what the relay carries.
func (s *Server) Load() Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := Load{Guests: s.guests, IDs: len(s.rooms)}
	for _, n := range s.lines {
		l.Lines += n
	}
	return l
}

// guest serves one guest from the first frame to the end.
func (s *Server) guest(w http.ResponseWriter, r *http.Request) {
	from := s.origins.of(r.RemoteAddr)
	if !s.enter(from) {
		http.Error(w, "The court cannot take more connections now.", http.StatusServiceUnavailable)
		return
	}
	defer s.exit(from)
	ws, err := websocket.Accept(w, r, nil) // compares the Origin, where a browser sends one, with the Host
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	opening, why := s.opening(ws, from)
	if why != "" {
		ctx, cancel := context.WithTimeout(s.ctx, s.limits.Opening)
		defer cancel()
		if ws.Write(ctx, websocket.MessageText, invite.Refuse(why)) == nil {
			_ = ws.Close(websocket.StatusNormalClosure, "")
		}
		return
	}
	if opening == nil {
		return
	}
	id, _ := invite.ReadOpening(opening) // it has been read before
	desk, done := s.call(id.ID, from)
	if desk == nil {
		s.origins.failed(from, s.config.Clock())
		ctx, cancel := context.WithTimeout(s.ctx, s.limits.Opening)
		defer cancel()
		// Whether the invitation exists is the court's to say. Not reached now is all that the relay knows.
		if ws.Write(ctx, websocket.MessageText, invite.Refuse(invite.Busy)) == nil {
			_ = ws.Close(websocket.StatusNormalClosure, "")
		}
		return
	}
	defer done()
	s.join(ws, desk, opening)
}

// opening reads the guest's first frame. It returns nothing where the guest is to be cut off, and a refusal where it has to
// wait.
func (s *Server) opening(ws *websocket.Conn, from origin) ([]byte, invite.Refusal) {
	ctx, cancel := context.WithTimeout(s.ctx, s.limits.Opening)
	defer cancel()
	ws.SetReadLimit(invite.MaxHandshakeFrame)
	kind, frame, err := ws.Read(ctx)
	if err != nil || kind != websocket.MessageText {
		return nil, ""
	}
	if _, err := invite.ReadOpening(frame); err != nil {
		s.origins.failed(from, s.config.Clock())
		return nil, ""
	}
	if s.origins.waits(from, s.config.Clock()) {
		return nil, invite.Busy
	}
	return frame, ""
}

func (s *Server) enter(from origin) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.guests >= s.limits.Guests || !s.origins.enter(from, s.limits.FromOne) {
		return false
	}
	s.guests++
	s.running.Add(1)
	return true
}

func (s *Server) exit(from origin) {
	s.origins.leave(from)
	s.mu.Lock()
	s.guests--
	s.mu.Unlock()
	s.running.Done()
}

// call tells the desk of a guest and waits until it has fetched it. done must be called at the end.
func (s *Server) call(id invite.ID, from origin) (desk *websocket.Conn, done func()) {
	raw := make([]byte, callSize)
	if _, err := io.ReadFull(s.config.Rand, raw); err != nil {
		s.config.Logger.Error("no randomness")
		return nil, nil
	}
	name := b64.EncodeToString(raw)
	s.mu.Lock()
	r := s.rooms[id]
	if r == nil || r.calls >= s.limits.Calls {
		s.mu.Unlock()
		return nil, nil
	}
	r.calls++
	c := &call{room: r, fetch: make(chan *websocket.Conn), over: make(chan struct{})}
	s.waiting[name] = c
	s.mu.Unlock()
	done = func() {
		s.mu.Lock()
		delete(s.waiting, name)
		r.calls--
		s.mu.Unlock()
		close(c.over)
	}
	timeout := time.NewTimer(s.limits.Answer)
	defer timeout.Stop()
	select {
	case r.say <- message{Type: typeCall, Call: name, From: b64.EncodeToString(from[:])}:
	case <-timeout.C:
		done()
		return nil, nil
	case <-r.ended:
		done()
		return nil, nil
	}
	select {
	case desk = <-c.fetch:
		return desk, done
	case <-timeout.C:
	case <-r.ended:
	}
	done()
	return nil, nil
}
