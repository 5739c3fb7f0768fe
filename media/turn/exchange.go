package turn

import (
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pion/turn/v5"
)

// Errors of an exchange.
var (
	errNotHere  = errors.New("only UDP over IPv4 is relayed here")
	errNoPlaces = errors.New("no relayed address is free")
)

// The relayed addresses' ports, as RFC 8656 §7.2 suggests them.
const (
	firstPlace = 49152
	lastPlace  = 65535
	unread     = 256 // packets that wait for a slow client; further ones are dropped
)

// exchange hands packets from one relayed address to another inside the process.
type exchange struct {
	limits Limits
	clock  func() time.Time

	mu     sync.RWMutex
	closed bool
	next   int
	places map[int]*place
	meters map[string]*meter
}

func newExchange(limits Limits, clock func() time.Time) *exchange {
	return &exchange{limits: limits, clock: clock, next: firstPlace, places: map[int]*place{}, meters: map[string]*meter{}}
}

// Validate is of turn.RelayAddressGenerator.
func (x *exchange) Validate() error { return nil }

// AllocateListener refuses TURN over TCP to the peer (RFC 6062).
func (x *exchange) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNotHere
}

// AllocateConn refuses TURN over TCP to the peer (RFC 6062).
func (x *exchange) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNotHere }

// AllocatePacketConn gives a place.
func (x *exchange) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if c.Network != "udp4" || c.UserID == "" || c.RequestedPort != 0 {
		return nil, nil, errNotHere
	}
	tenant, _, _ := strings.Cut(c.UserID, "/")
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || len(x.places) > lastPlace-firstPlace {
		return nil, nil, errNoPlaces
	}
	for x.places[x.next] != nil {
		x.advance()
	}
	m := x.meters[c.UserID]
	if m == nil {
		m = &meter{fill: float64(x.limits.PerSecond), room: float64(x.limits.Burst)}
		x.meters[c.UserID] = m
	}
	m.places++
	at := &net.UDPAddr{IP: RelayIP, Port: x.next}
	p := &place{x: x, tenant: tenant, user: c.UserID, meter: m, at: at, in: make(chan packet, unread), done: make(chan struct{})}
	x.places[x.next] = p
	x.advance()
	return p, at, nil
}

// advance does not give a place again that was given up just now: packets for its former holder are still on their way.
func (x *exchange) advance() {
	if x.next++; x.next > lastPlace {
		x.next = firstPlace
	}
}

func (x *exchange) close() {
	x.mu.Lock()
	x.closed = true
	var all []*place
	for _, p := range x.places {
		all = append(all, p)
	}
	x.mu.Unlock()
	for _, p := range all {
		_ = p.Close()
	}
}

type packet struct {
	data []byte
	from *net.UDPAddr
}

// place is one relayed address. It is a net.PacketConn for the TURN server.
type place struct {
	x      *exchange
	tenant string
	user   string
	meter  *meter
	at     *net.UDPAddr
	in     chan packet
	done   chan struct{}
	once   sync.Once
}

// WriteTo hands a packet to another place of the same tenant. One that can't be delivered is lost, as on any network.
func (p *place) WriteTo(data []byte, to net.Addr) (int, error) {
	at, ok := to.(*net.UDPAddr)
	if !ok || !at.IP.Equal(RelayIP) || !p.meter.take(len(data), p.x.clock()) {
		return len(data), nil
	}
	p.x.mu.RLock()
	other := p.x.places[at.Port]
	p.x.mu.RUnlock()
	if other == nil || other.tenant != p.tenant {
		return len(data), nil
	}
	select {
	case other.in <- packet{append([]byte(nil), data...), p.at}:
	default:
	}
	return len(data), nil
}

func (p *place) ReadFrom(into []byte) (int, net.Addr, error) {
	select {
	case got := <-p.in:
		return copy(into, got.data), got.from, nil
	case <-p.done:
		return 0, nil, net.ErrClosed
	}
}

func (p *place) Close() error {
	p.once.Do(func() {
		close(p.done)
		p.x.mu.Lock()
		defer p.x.mu.Unlock()
		delete(p.x.places, p.at.Port)
		if p.meter.places--; p.meter.places == 0 {
			delete(p.x.meters, p.user)
		}
	})
	return nil
}

func (p *place) LocalAddr() net.Addr { return p.at }

// Deadlines are not used by the TURN server.
func (p *place) SetDeadline(time.Time) error      { return nil }
func (p *place) SetReadDeadline(time.Time) error  { return nil }
func (p *place) SetWriteDeadline(time.Time) error { return nil }

// meter bounds what one client sends: room at once, fill a second.
type meter struct {
	places     int // the exchange's
	fill, room float64

	mu   sync.Mutex
	used float64
	at   time.Time
}

func (m *meter) take(n int, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.at.IsZero() {
		m.used = max(0, m.used-max(0, now.Sub(m.at).Seconds())*m.fill)
	}
	m.at = now
	if m.used+float64(n) > m.room {
		return false
	}
	m.used += float64(n)
	return true
}
