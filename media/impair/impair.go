// Package impair makes a network worse than it is: packets that are lost, late, out of order, cut off, or suddenly from another address. It is for
// tests and measurements of what the house does on such a line, and nothing that runs in a court imports it. Start from [Line].
package impair

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Quality is how bad a line is, in each direction.
type Quality struct {
	Loss   float64       // the share of packets that never arrive, 0 to 1, each by itself
	Delay  time.Duration // of every packet
	Jitter time.Duration // the most that is added to it, evenly spread: packets overtake each other
}

// Line is a line of some quality. Its methods may be called from any goroutine. Use [New].
type Line struct {
	mu      sync.Mutex
	quality Quality
	random  *rand.Rand
	cut     bool
	moved   map[netip.AddrPort]netip.AddrPort // the address that a sender has now, by its own
	own     map[netip.AddrPort]netip.AddrPort // and the other way round
	port    uint16
}

// New makes a line. The same seed loses the same packets, as far as they come in the same order.
func New(q Quality, seed uint64) *Line {
	return &Line{quality: q, random: rand.New(rand.NewPCG(seed, 0)), moved: map[netip.AddrPort]netip.AddrPort{}, own: map[netip.AddrPort]netip.AddrPort{}}
}

// Set changes the quality for the packets from now on.
func (l *Line) Set(q Quality) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quality = q
}

// Cut lets nothing through until it is called with false. What is under way is lost as well.
func (l *Line) Cut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}

// Move gives everyone whose packets come from now on another address, as a network address translator does that has lost its
// table: what is sent to the address before goes nowhere.
func (l *Line) Move() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.own)
	clear(l.moved)
	l.port += 1000
}

// seen is the address that a packet from another one seems to come from.
func (l *Line) seen(from netip.AddrPort) netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port == 0 {
		return from
	}
	to, ok := l.moved[from]
	if !ok {
		// In the range for documentation (RFC 5737), so that it is nobody's.
		to = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, 1}), l.port+uint16(len(l.moved)))
		l.moved[from], l.own[to] = to, from
	}
	return to
}

// real is where a packet to an address goes; ok is false where nobody has it any more.
func (l *Line) real(to netip.AddrPort) (netip.AddrPort, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.port == 0 {
		return to, true
	}
	own, ok := l.own[to]
	return own, ok
}

// fate draws what becomes of a packet.
func (l *Line) fate() (after time.Duration, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	after = l.quality.Delay
	if l.quality.Jitter > 0 {
		after += time.Duration(l.random.Int64N(int64(l.quality.Jitter)))
	}
	return after, l.random.Float64() < l.quality.Loss || l.cut
}

func (l *Line) isCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}

// waiting bounds the packets that have arrived and are not read; more are lost.
const waiting = 4096

// Conn is a connection whose packets go over the line, both ways. It owns the connection that it is given: Close closes it. Deadlines
// are of reading alone.
type Conn struct {
	net.PacketConn
	line *Line
	in   chan packet
	done chan struct{}
	once sync.Once

	mu       sync.Mutex
	deadline time.Time
	changed  chan struct{}
}

type packet struct {
	data []byte
	from net.Addr
}

// Conn puts a connection on the line.
func (l *Line) Conn(inner net.PacketConn) *Conn {
	c := &Conn{PacketConn: inner, line: l, in: make(chan packet, waiting), done: make(chan struct{}), changed: make(chan struct{})}
	go c.take()
	return c
}

// later hands a packet on when its time has come, unless the line loses it.
func (l *Line) later(hand func()) {
	after, lost := l.fate()
	switch {
	case lost:
	case after == 0:
		hand()
	default:
		time.AfterFunc(after, func() {
			if !l.isCut() {
				hand()
			}
		})
	}
}

func (c *Conn) take() {
	for {
		data := make([]byte, 1<<16)
		n, from, err := c.PacketConn.ReadFrom(data)
		if err != nil {
			_ = c.Close()
			return
		}
		if u, ok := from.(*net.UDPAddr); ok {
			from = net.UDPAddrFromAddrPort(c.line.seen(plain(u.AddrPort())))
		}
		p := packet{data[:n:n], from}
		c.line.later(func() {
			select {
			case c.in <- p:
			default:
			}
		})
	}
}

// plain is an address without the difference between IPv4 and IPv4 in IPv6.
func plain(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// ReadFrom takes the next packet that has arrived.
func (c *Conn) ReadFrom(into []byte) (int, net.Addr, error) {
	for {
		c.mu.Lock()
		deadline, changed := c.deadline, c.changed
		c.mu.Unlock()
		var expired <-chan time.Time
		if !deadline.IsZero() {
			t := time.NewTimer(time.Until(deadline))
			defer t.Stop()
			expired = t.C
		}
		select {
		case p := <-c.in:
			return copy(into, p.data), p.from, nil
		case <-c.done:
			return 0, nil, net.ErrClosed
		case <-expired:
			return 0, nil, errTimeout{}
		case <-changed:
		}
	}
}

// WriteTo sends a packet over the line. That it is lost is no error.
func (c *Conn) WriteTo(data []byte, to net.Addr) (int, error) {
	select {
	case <-c.done:
		return 0, net.ErrClosed
	default:
	}
	if u, ok := to.(*net.UDPAddr); ok {
		at, ok := c.line.real(plain(u.AddrPort()))
		if !ok {
			return len(data), nil
		}
		to = net.UDPAddrFromAddrPort(at)
	}
	kept := append([]byte(nil), data...)
	c.line.later(func() { _, _ = c.PacketConn.WriteTo(kept, to) }) // as lost as any
	return len(data), nil
}

// SetDeadline sets until when a packet is waited for.
func (c *Conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline sets until when a packet is waited for.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

// SetWriteDeadline has no effect: writing never waits.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

// Close ends the connection.
func (c *Conn) Close() error {
	err := net.ErrClosed
	c.once.Do(func() {
		close(c.done)
		err = c.PacketConn.Close()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

type errTimeout struct{}

func (errTimeout) Error() string   { return "no packet came in time" }
func (errTimeout) Timeout() bool   { return true }
func (errTimeout) Temporary() bool { return true }
