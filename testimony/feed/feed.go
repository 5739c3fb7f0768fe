// Package feed serves calendars by secret addresses, read only: what a person's calendar program asks for every quarter of an hour.
//
// A [Server] listens on this machine unless it is told otherwise. It knows no vault: a [Source] gives it the calendar of an address, for as long as somebody is
// logged in where the calendars are. An address is the whole credential, so the server answers nothing that tells a wrong one from one that was withdrawn, makes
// whoever guesses wait longer and longer, and answers only requests that name it by a host it has: a page on the web can't reach it through a name of its own (DNS
// rebinding). It writes no log of who asked for what. Start from [Listen].
package feed

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// ErrUnknown is what a [Source] says of an address that it has not, or no longer.
var ErrUnknown = errors.New("there is no calendar at this address")

// Errors of [Listen].
var (
	ErrListen = errors.New("the address to listen on must be host:port")
	// ErrPlain refuses to serve calendars in the clear where others listen.
	ErrPlain = errors.New("calendars are served without encryption only on this machine itself; give a certificate, or a loopback address such as 127.0.0.1")
)

// Calendar is what is served at an address.
type Calendar struct {
	Text     []byte    // iCalendar; the server does not keep or change it
	Version  string    // the same for the same hearings, whenever they are asked for
	Modified time.Time // since when it is this one; zero: not known
}

// Source has the calendars. Its methods are called from many goroutines.
type Source interface {
	// Calendar returns the calendar of a secret; [ErrUnknown] where there is none. seen reports whether the asker has the version already and gets no text. Any other error is answered with
	// "later", so that calendar programs keep what they have.
	Calendar(ctx context.Context, secret string, seen func(version string) bool) (Calendar, error)
	// Guessed tells that somebody asks for addresses that there are none of, once for each time that the wait grows.
	Guessed(ctx context.Context, wait time.Duration)
}

// Config says where to serve and from what.
type Config struct {
	Listen      string           // host:port; empty: [DefaultListen]
	Hosts       []string         // names by which it is asked for besides its own address
	Certificate *tls.Certificate // needed on an address that others can reach
	Source      Source
	Clock       func() time.Time // nil: time.Now
}

// DefaultListen is this machine alone. The port is always the same, or no calendar program would find it again.
const DefaultListen = "127.0.0.1:8795"

// Server serves calendars from [Listen] to [Server.Close].
type Server struct {
	config Config
	hosts  map[string]bool
	base   string
	http   *http.Server
	served chan struct{}
	wait   *waits
}

// Listen starts a server.
func Listen(ctx context.Context, config Config) (*Server, error) {
	if config.Listen == "" {
		config.Listen = DefaultListen
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	host, port, err := net.SplitHostPort(config.Listen)
	if err != nil || port == "" || strings.ContainsAny(config.Listen, "/?#@ ") {
		return nil, ErrListen
	}
	if !loopback(host) && config.Certificate == nil {
		return nil, ErrPlain
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", config.Listen, err)
	}
	_, port, _ = net.SplitHostPort(listener.Addr().String()) // the one that was chosen
	s := &Server{config: config, hosts: map[string]bool{}, served: make(chan struct{}), wait: newWaits(config.Clock)}
	names := append([]string{host}, config.Hosts...)
	if loopback(host) {
		names = append(names, "localhost", "127.0.0.1", "::1")
	}
	for _, n := range names {
		s.hosts[strings.ToLower(net.JoinHostPort(strings.Trim(n, "[]"), port))] = true
		if _, _, err := net.SplitHostPort(n); err == nil {
			s.hosts[strings.ToLower(n)] = true
		}
	}
	s.base = "http://" + net.JoinHostPort(host, port)
	if config.Certificate != nil {
		s.base = "https://" + net.JoinHostPort(host, port)
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*config.Certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10,
		ErrorLog: log.New(io.Discard, "", 0)} // net/http writes addresses
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

// loopback reports whether only this machine reaches a host.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Base is where the server is: scheme, host and port.
func (s *Server) Base() string { return s.base }

// Address is where the calendar of a secret is, behind a base.
func Address(base, secret string) string {
	return strings.TrimSuffix(base, "/") + prefix + secret + suffix
}

const (
	prefix = "/calendar/"
	suffix = ".ics"
	// secretLength is that of 32 bytes in base64url. Nothing of another length is looked up.
	secretLength = 43
)

// Done is closed when the server has stopped, by itself or by [Server.Close].
func (s *Server) Done() <-chan struct{} { return s.served }

// Close stops serving. Who is being answered is cut off.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served
	return err
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "private, no-cache")
	switch {
	case !s.hosts[strings.ToLower(r.Host)]:
		head.Set("Connection", "close")
		refuse(w, http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		head.Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
	default:
		s.calendar(w, r)
	}
}

// refuse answers with a status and no word that tells more.
func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }

func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	secret, ok := strings.CutPrefix(r.URL.Path, prefix)
	if ok {
		secret, ok = strings.CutSuffix(secret, suffix)
	}
	from := origin(r.RemoteAddr)
	if left := s.wait.left(from, secret); left > 0 {
		later(w, http.StatusTooManyRequests, left)
		return
	}
	unknown := func() {
		if wait, grew := s.wait.wrong(from); grew {
			s.config.Source.Guessed(r.Context(), wait)
		}
		refuse(w, http.StatusNotFound)
	}
	if !ok || len(secret) != secretLength || r.URL.RawQuery != "" {
		unknown()
		return
	}
	asked := r.Header.Get("If-None-Match")
	c, err := s.config.Source.Calendar(r.Context(), secret, func(version string) bool { return matches(asked, tag(version)) })
	switch {
	case errors.Is(err, ErrUnknown):
		s.wait.forget(secret)
		unknown()
		return
	case err != nil: // a program that gets an empty calendar or an error for good takes the hearings away
		later(w, http.StatusServiceUnavailable, time.Minute)
		return
	}
	s.wait.right(secret)
	head := w.Header()
	head.Set("ETag", tag(c.Version))
	if !c.Modified.IsZero() {
		head.Set("Last-Modified", c.Modified.UTC().Format(http.TimeFormat))
	}
	if matches(asked, tag(c.Version)) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	head.Set("Content-Type", "text/calendar; charset=utf-8")
	head.Set("Content-Disposition", `inline; filename="hearings.ics"`)
	head.Set("Content-Length", strconv.Itoa(len(c.Text)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(c.Text) // who went away asks again
	}
}

// later answers that the asker should come again.
func later(w http.ResponseWriter, status int, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	refuse(w, status)
}

func tag(version string) string { return `"` + version + `"` }

// matches reads If-None-Match (RFC 9110 §13.1.2), which compares weakly.
func matches(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
