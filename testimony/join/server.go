// Package join is the web side of a hearing: the page that guests open, and the sealed signalling behind it.
//
// A [Server] serves the embedded page, follows the handshake of paravent/testimony/invite over a WebSocket and hands each
// guest that is let in to the [Court] as a [Session]. It decides neither who may come in nor what anyone receives, and it
// carries no media. Start from [Listen].
package join

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"paravent/testimony/invite"
)

// Court is what the server asks and tells. Its methods are called from many goroutines.
type Court interface {
	// Secret returns an invitation's secret. Whoever asks has shown nothing yet, so only [invite.Unknown] and
	// [invite.Busy] should be refused here; any error that is no invite.Refusal refuses as busy.
	Secret(ctx context.Context, id invite.ID) (invite.Secret, error)
	// Admit decides whether a device that has signed this handshake comes in, and stores the decision before it returns
	// ([invite.Invitation.Admit]). A refusal is an invite.Refusal; any other error refuses as busy.
	Admit(ctx context.Context, id invite.ID, device invite.Thumbprint, lang string) (Guest, error)
	// Altered is told that somebody who knows an invitation's id, and not its secret, spoke for a guest: signalling was
	// changed, repeated, left out or made up on its way. It must return soon.
	Altered(id invite.ID)
	// Connected takes over a guest, who has been welcomed. It must return soon; the session goes on without it.
	Connected(*Session)
}

// Config says where and for whom to serve.
type Config struct {
	// Listen is host:port, with or without a scheme. Without one it is plain HTTP on a loopback address and HTTPS on any
	// other. http:// on an address that others can reach is refused: ErrPlain.
	Listen string
	// Host is the name or address under which guests reach the court, with or without a port, when it is not the one
	// listened on. Links are built with it, and requests for it are answered.
	Host  string
	Court Court
	// Languages is the folder of the court's own languages for the page; nil for none. See [Languages].
	Languages fs.FS
	// Certificate serves HTTPS; nil makes one.
	Certificate *tls.Certificate
	// Patience is how long nothing may arrive from a guest; 36 s where it is zero. A page is asked for a sign of life three
	// times in between.
	Patience time.Duration
	Clock    func() time.Time // nil for time.Now
	Rand     io.Reader        // nil for crypto/rand
	// Logger, which may be nil, is told of faults of the court's own. It is never told addresses, ids or names.
	Logger *slog.Logger
}

// Errors of Listen.
var (
	ErrPlain  = errors.New("the join page can only be served without encryption on this machine itself; use https, or a loopback address such as 127.0.0.1")
	ErrListen = errors.New("the address to listen on must be host:port")
)

// Limits of the server.
const (
	maxGuests    = 512 // connections at a time, handshakes included
	handshakeFor = 15 * time.Second
	courtFor     = 10 * time.Second // for the court's decision
)

// Server serves the join page. It runs from Listen to Close.
type Server struct {
	court       Court
	languages   []Language
	patience    time.Duration
	clock       func() time.Time
	random      io.Reader
	log         *slog.Logger
	address     address
	fingerprint string

	http     *http.Server
	failures *failures
	slots    chan struct{}

	ctx    context.Context
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	guests sync.WaitGroup
	served chan struct{}
}

// Listen starts a server.
func Listen(ctx context.Context, config Config) (*Server, error) {
	if config.Court == nil {
		return nil, errors.New("serve the join page: there is no court to ask")
	}
	a, err := parseAddress(config.Listen, config.Host)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", a.listen, err)
	}
	s, err := newServer(config, a.bound(listener.Addr()))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if s.address.secure {
		listener, err = s.secure(listener, config.Certificate)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
	}
	go func() {
		defer close(s.served)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the join page is no longer served")
		}
	}()
	return s, nil
}

func newServer(config Config, a address) (*Server, error) {
	s := &Server{
		court: config.Court, patience: config.Patience, clock: config.Clock, random: config.Rand, log: config.Logger, address: a,
		slots: make(chan struct{}, maxGuests), served: make(chan struct{}),
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.failures, err = newFailures(s.random); err != nil {
		return nil, err
	}
	if s.languages, err = Languages(config.Languages, s.log); err != nil {
		return nil, err
	}
	handler, err := s.routes()
	if err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // net/http writes addresses
	}
	return s, nil
}

func (s *Server) secure(listener net.Listener, given *tls.Certificate) (net.Listener, error) {
	if given == nil {
		made, err := NewCertificate(s.random, s.clock(), s.address.names())
		if err != nil {
			return listener, err
		}
		given = &made
	}
	if len(given.Certificate) == 0 {
		return listener, errors.New("serve the join page: the certificate is empty")
	}
	s.fingerprint = Fingerprint(given.Certificate[0])
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{*given},
		MinVersion:   tls.VersionTLS13,
		NextProtos:   []string{"http/1.1"}, // a WebSocket is an upgrade of HTTP/1.1
	}), nil
}

// Base is where guests reach the court: scheme, host and port.
func (s *Server) Base() string { return s.address.base() }

// Languages lists the codes (BCP 47) of the languages of the page, in the order in which it offers them.
func (s *Server) Languages() []string {
	var codes []string
	for _, l := range s.languages {
		codes = append(codes, l.Code)
	}
	return codes
}

// Link is the invitation with this secret as the guest receives it.
func (s *Server) Link(secret invite.Secret) invite.Link {
	return invite.Link{Base: s.Base(), Secret: secret}
}

// Fingerprint is the SHA-256 fingerprint of the certificate, as browsers show it; empty over plain HTTP.
func (s *Server) Fingerprint() string { return s.fingerprint }

// Close stops serving, ends every session and waits until nothing of the server runs any more, or until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	err := s.http.Close()
	ended := make(chan struct{})
	go func() {
		s.guests.Wait()
		<-s.served
		close(ended)
	}()
	select {
	case <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter counts a guest in, or reports that there is no room or that the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	select {
	case s.slots <- struct{}{}:
		s.guests.Add(1)
		return true
	default:
		return false
	}
}

func (s *Server) exit() {
	<-s.slots
	s.guests.Done()
}
