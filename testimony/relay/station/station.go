// Package station is a whole relay as it stands in a court's outer network: the join page, the rendezvous and the TURN server,
// on as few ports as there can be.
//
// At the secure port the three share one listener, so that whoever reaches a web server reaches everything. The station keeps
// nothing on disk and logs no address, no id and no name. Start from [Start].
package station

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"paravent/media/turn"
	"paravent/testimony/join"
	"paravent/testimony/relay"
)

// Config says where a station listens and for whom.
type Config struct {
	Listen string // host:port of the page, the rendezvous and TURN over TLS; port 443 by custom
	// TLS serves Listen; nil for none, which is only allowed on a loopback address.
	TLS    *tls.Config
	UDP    string // host:port of TURN over UDP; 3478 by custom, empty for none
	TCP    string // host:port of TURN over TCP, likewise
	Courts map[string]relay.Key
	Limits relay.Limits
	TURN   turn.Limits
	// Languages is the folder of the courts' own languages for the page; nil for none.
	Languages fs.FS
	FromOne   int // connections at a time from one address; 256 where it is zero
	Logger    *slog.Logger
}

// ErrPlain reports a station that others would reach without encryption.
var ErrPlain = errors.New("without a certificate the relay can only listen on this machine itself, such as 127.0.0.1:8080")

// ErrNoCourt reports a station that would work for nobody.
var ErrNoCourt = errors.New("no court is in the relay's configuration")

// Station is a running relay.
type Station struct {
	meeting *relay.Server
	turn    *turn.Server
	http    *http.Server
	web     net.Listener
	udp     net.PacketConn
	tcp     net.Listener
	log     *slog.Logger
	served  sync.WaitGroup
}

// Start opens the listeners and serves until Close.
func Start(ctx context.Context, config Config) (s *Station, err error) {
	if len(config.Courts) == 0 {
		return nil, ErrNoCourt
	}
	if config.TLS == nil && !loopback(config.Listen) {
		return nil, ErrPlain
	}
	s = &Station{log: config.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	languages, err := join.Languages(config.Languages, s.log)
	if err != nil {
		return nil, err
	}
	page, err := join.Page(languages)
	if err != nil {
		return nil, err
	}
	if s.meeting, err = relay.NewServer(relay.Config{Courts: config.Courts, Page: page, Limits: config.Limits, Logger: s.log}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := s.listen(ctx, config); err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler: s.meeting, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // net/http writes addresses
	}
	s.served.Go(func() {
		if err := s.http.Serve(s.web); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.log.Error("the page is no longer served")
		}
	})
	return s, nil
}

// listen opens what the station listens on, and starts the TURN server.
func (s *Station) listen(ctx context.Context, config Config) error {
	var l net.ListenConfig
	main, err := l.Listen(ctx, "tcp", config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", config.Listen, err)
	}
	var streams []net.Listener
	var secure net.Listener
	s.web, secure = turn.Split(main, turn.Splitting{TLS: config.TLS, FromOne: config.FromOne})
	streams = append(streams, secure)
	if config.TCP != "" {
		if s.tcp, err = l.Listen(ctx, "tcp", config.TCP); err != nil {
			return fmt.Errorf("listen on %s: %w", config.TCP, err)
		}
		// Nobody else speaks here: what does not begin as STUN does is let go.
		other, plain := turn.Split(s.tcp, turn.Splitting{FromOne: config.FromOne})
		s.served.Go(func() { discard(other) })
		streams = append(streams, plain)
	}
	var packets []net.PacketConn
	if config.UDP != "" {
		if s.udp, err = l.ListenPacket(ctx, "udp", config.UDP); err != nil {
			return fmt.Errorf("listen on %s: %w", config.UDP, err)
		}
		packets = append(packets, s.udp)
	}
	tenants := map[string]string{}
	for _, key := range config.Courts {
		tenants[key.Tenant()] = key.TURN()
	}
	s.turn, err = turn.Serve(turn.Config{Tenants: tenants, Packets: packets, Streams: streams, Limits: config.TURN})
	return err
}

func discard(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_ = conn.Close()
	}
}

func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Address is where the page, the rendezvous and TURN over TLS are.
func (s *Station) Address() net.Addr { return s.web.Addr() }

// UDP is where TURN over UDP is, or nil.
func (s *Station) UDP() net.Addr {
	if s.udp == nil {
		return nil
	}
	return s.udp.LocalAddr()
}

// TCP is where TURN over TCP is, or nil.
func (s *Station) TCP() net.Addr {
	if s.tcp == nil {
		return nil
	}
	return s.tcp.Addr()
}

// Load is how much the rendezvous carries.
func (s *Station) Load() relay.Load { return s.meeting.Load() }

// Allocations counts what is allocated at the TURN server.
func (s *Station) Allocations() int { return s.turn.Allocations() }

// Close ends everything at once and waits until nothing of the station runs any more.
func (s *Station) Close() {
	if s.http != nil {
		_ = s.http.Close() // what fails here is closed below
	}
	if s.turn != nil {
		_ = s.turn.Close()
	}
	if s.web != nil {
		_ = s.web.Close()
	}
	if s.tcp != nil {
		_ = s.tcp.Close()
	}
	if s.udp != nil {
		_ = s.udp.Close()
	}
	s.meeting.Close()
	s.served.Wait()
}
