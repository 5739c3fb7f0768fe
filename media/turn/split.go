package turn

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"hash/maphash"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Splitting bounds what has not yet shown what it is.
type Splitting struct {
	TLS     *tls.Config   // nil for none
	Opening time.Duration // for the TLS handshake and the first byte; 10 s where it is zero
	Open    int           // connections at a time, of both kinds; 8192 where it is zero
	FromOne int           // of them from one address, an IPv6 /64 being one; 256 where it is zero
}

// Split takes the connections of one port apart: those that begin as STUN does (RFC 8489 §5: the first byte is 0 or 1) go to
// one listener and all others, a web server's, to the other. So both are reached at port 443, the last that a strict
// network lets through. A TLS client is told "http/1.1" where it asks (RFC 7301); one that asks for nothing is either.
// Closing either ends both.
func Split(listener net.Listener, config Splitting) (web, stun net.Listener) {
	if config.Opening == 0 {
		config.Opening = 10 * time.Second
	}
	if config.Open == 0 {
		config.Open = 8192
	}
	if config.FromOne == 0 {
		config.FromOne = 256
	}
	s := &splitter{Listener: listener, config: config, seed: maphash.MakeSeed(), from: map[uint64]int{}}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	w, t := &half{s: s, conns: make(chan net.Conn)}, &half{s: s, conns: make(chan net.Conn)}
	go s.run(w, t)
	return w, t
}

type splitter struct {
	net.Listener
	config Splitting
	ctx    context.Context
	cancel context.CancelCauseFunc
	seed   maphash.Seed

	mu   sync.Mutex
	open int
	from map[uint64]int
}

func (s *splitter) run(web, stun *half) {
	defer s.Listener.Close()
	for {
		conn, err := s.Listener.Accept()
		if err != nil {
			if temporary(err) && s.ctx.Err() == nil {
				select {
				case <-time.After(50 * time.Millisecond): // out of files: some are closed in a moment
				case <-s.ctx.Done():
				}
				continue
			}
			s.cancel(err)
			return
		}
		origin := s.originOf(conn)
		if !s.enter(origin) {
			_ = conn.Close()
			continue
		}
		counted := &counted{Conn: conn, leave: func() { s.leave(origin) }}
		go s.sort(counted, web, stun)
	}
}

func temporary(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && !errors.Is(err, net.ErrClosed)
}

// originOf hashes an address with a seed of this process.
func (s *splitter) originOf(conn net.Conn) uint64 {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return 0
	}
	bits := 32
	if at.Addr().Unmap().Is6() {
		bits = 64
	}
	prefix, err := at.Addr().Unmap().WithZone("").Prefix(bits)
	if err != nil {
		return 0
	}
	return maphash.Comparable(s.seed, prefix)
}

func (s *splitter) enter(origin uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= s.config.Open || s.from[origin] >= s.config.FromOne {
		return false
	}
	s.open++
	s.from[origin]++
	return true
}

func (s *splitter) leave(origin uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.from[origin]--; s.from[origin] == 0 {
		delete(s.from, origin)
	}
}

// sort waits for the first byte and hands the connection on.
func (s *splitter) sort(conn net.Conn, web, stun *half) {
	stop := context.AfterFunc(s.ctx, func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(s.config.Opening)) // a connection that can't be bounded fails at once below
	talking := conn
	if s.config.TLS != nil {
		secure := tls.Server(conn, s.config.TLS)
		if err := secure.HandshakeContext(s.ctx); err != nil {
			stop()
			_ = conn.Close()
			return
		}
		talking = secure
	}
	reader := bufio.NewReaderSize(talking, 4096)
	first, err := reader.Peek(1)
	if err != nil || !stop() || conn.SetDeadline(time.Time{}) != nil {
		_ = talking.Close()
		return
	}
	to := web
	if first[0] <= 1 {
		to = stun
	}
	select {
	case to.conns <- &peeked{talking, reader}:
	case <-s.ctx.Done():
		_ = talking.Close()
	}
}

// half is one of the two listeners.
type half struct {
	s     *splitter
	conns chan net.Conn
}

func (h *half) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.s.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (h *half) Close() error {
	h.s.cancel(net.ErrClosed)
	if err := h.s.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (h *half) Addr() net.Addr { return h.s.Listener.Addr() }

type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peeked) Read(into []byte) (int, error) { return p.reader.Read(into) }

// counted leaves its origin's count when it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.leave)
	return err
}
