// Package turn is a TURN server (RFC 8656) that connects its own clients with each other and with nobody else.
//
// A relayed address here is a place in memory: what one client of a tenant sends to another's is handed over inside, and no
// packet goes to any other address. So the server can't be made to reach into the network it stands in, needs no ports but
// those it listens on, and every relayed candidate names the same address, which tells nothing of anybody. What it hands
// over is what the two sides encrypted (DTLS-SRTP, RFC 5764). It writes nothing down. Start from [Serve], and from
// [Credential] at the side that lets clients in.
package turn

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as TURN's REST credentials are made
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// RelayIP is the address that every relayed candidate names: one that stands for none (RFC 5737).
var RelayIP = net.IPv4(192, 0, 2, 1)

// Realm is the server's (RFC 8489 §9.2).
const Realm = "paravent"

// Credential is a user name that is good until a time, and its password, as coturn's use-auth-secret has them
// (draft-uberti-behave-turn-rest-00). name tells clients apart that a quota counts; it must not name a person.
func Credential(secret, name string, until time.Time) (username, password string) {
	username = strconv.FormatInt(until.Unix(), 10) + ":" + name
	return username, passwordOf(secret, username)
}

func passwordOf(secret, username string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(username))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Limits bound what the server gives. Zero values stand for those of [DefaultLimits].
type Limits struct {
	Allocations int // at a time
	OfOne       int // of them for one name of a credential: a browser asks for one on each way, and keeps the old ones when it comes anew
	PerSecond   int // bytes a second, for one name in each direction; what is more is dropped, as on any narrow path
	Burst       int // bytes at once before that
	Connections int // TCP and TLS connections at a time
	Idle        time.Duration
}

// DefaultLimits suit one hearing with its gallery: 1 MiB/s is twice what six clear feeds at 600 kbit/s take.
var DefaultLimits = Limits{Allocations: 4096, OfOne: 24, PerSecond: 1 << 20, Burst: 4 << 20, Connections: 4096, Idle: 5 * time.Minute}

func (l Limits) filled() Limits {
	pick := func(n *int, or int) {
		if *n == 0 {
			*n = or
		}
	}
	pick(&l.Allocations, DefaultLimits.Allocations)
	pick(&l.OfOne, DefaultLimits.OfOne)
	pick(&l.PerSecond, DefaultLimits.PerSecond)
	pick(&l.Burst, DefaultLimits.Burst)
	pick(&l.Connections, DefaultLimits.Connections)
	if l.Idle == 0 {
		l.Idle = DefaultLimits.Idle
	}
	return l
}

// Config says for whom a server works and where.
type Config struct {
	// Tenants are the secrets that credentials are made with. Clients of different tenants never reach each other.
	Tenants map[string]string
	Packets []net.PacketConn // UDP. The server closes them.
	Streams []net.Listener   // TCP, and TLS already unwrapped. The server closes them.
	Limits  Limits
	Clock   func() time.Time // nil for time.Now
}

// Server is a running TURN server.
type Server struct {
	config  Config
	limits  Limits
	server  *turn.Server
	inside  *exchange
	streams []*bounded

	mu    sync.Mutex
	users map[string]int // allocations, by tenant and name
	count int
}

// ErrNowhere reports a server with nothing to listen on.
var ErrNowhere = errors.New("the TURN server has nothing to listen on")

// Serve starts a server on what it is given.
func Serve(config Config) (*Server, error) {
	if len(config.Packets)+len(config.Streams) == 0 {
		return nil, ErrNowhere
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	s := &Server{config: config, limits: config.Limits.filled(), users: map[string]int{}}
	s.inside = newExchange(s.limits, config.Clock)
	settings := turn.ServerConfig{Realm: Realm, LoggerFactory: silent, AuthHandler: s.authenticate, QuotaHandler: s.mayAllocate,
		StrictAddressFamily: true,
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(_, _ net.Addr, _, user, _ string, _ net.Addr, _ int) { s.counted(user, 1) },
			OnAllocationDeleted: func(_, _ net.Addr, _, user, _ string) { s.counted(user, -1) },
		}}
	slots := make(chan struct{}, s.limits.Connections)
	for _, p := range config.Packets {
		settings.PacketConnConfigs = append(settings.PacketConnConfigs,
			turn.PacketConnConfig{PacketConn: p, RelayAddressGenerator: s.inside, PermissionHandler: inside})
	}
	for _, l := range config.Streams {
		b := &bounded{Listener: l, slots: slots, idle: s.limits.Idle, open: map[net.Conn]bool{}}
		s.streams = append(s.streams, b)
		settings.ListenerConfigs = append(settings.ListenerConfigs,
			turn.ListenerConfig{Listener: b, RelayAddressGenerator: s.inside, PermissionHandler: inside})
	}
	var err error
	if s.server, err = turn.NewServer(settings); err != nil {
		return nil, fmt.Errorf("start the TURN server: %w", err)
	}
	return s, nil
}

// inside permits the relayed addresses of this server and nothing else.
func inside(_ net.Addr, peer net.IP) bool { return peer.Equal(RelayIP) }

// authenticate follows the credential of a tenant: "<unix time>:<tenant>/<name>".
func (s *Server) authenticate(r *turn.RequestAttributes) (user string, key []byte, ok bool) {
	until, name, found := strings.Cut(r.Username, ":")
	tenant, _, named := strings.Cut(name, "/")
	seconds, err := strconv.ParseInt(until, 10, 64)
	secret, known := s.config.Tenants[tenant]
	if !found || !named || err != nil || !known || len(r.Username) > maxUsername || s.config.Clock().Unix() > seconds {
		return "", nil, false
	}
	return name, turn.GenerateAuthKey(r.Username, r.Realm, passwordOf(secret, r.Username)), true
}

const maxUsername = 128

func (s *Server) mayAllocate(user, _ string, _ net.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count < s.limits.Allocations && s.users[user] < s.limits.OfOne
}

func (s *Server) counted(user string, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count += by
	if s.users[user] += by; s.users[user] <= 0 {
		delete(s.users, user)
	}
}

// Allocations counts what is allocated at this moment.
func (s *Server) Allocations() int { return s.server.AllocationCount() }

// Close ends every allocation and connection.
func (s *Server) Close() error {
	err := s.server.Close()
	for _, l := range s.streams {
		l.closeAll()
	}
	s.inside.close()
	return err
}

// bounded is a listener with so many connections at a time, each of which must not be idle for long.
type bounded struct {
	net.Listener
	slots chan struct{}
	idle  time.Duration

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]bool
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case b.slots <- struct{}{}:
		default:
			_ = conn.Close()
			continue
		}
		c := &lively{Conn: conn, b: b}
		b.mu.Lock()
		closed := b.closed
		b.open[c] = true
		b.mu.Unlock()
		if closed {
			_ = c.Close()
			continue
		}
		return c, nil
	}
}

func (b *bounded) closeAll() {
	b.mu.Lock()
	b.closed = true
	var all []net.Conn
	for c := range b.open {
		all = append(all, c)
	}
	b.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

// lively is a connection that is closed when nothing comes, or nothing can be written, for too long.
type lively struct {
	net.Conn
	b    *bounded
	once sync.Once
}

func (c *lively) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.b.idle)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// writeFor is how long a client may take to take one packet. A slower one would hold up whoever sends to it.
const writeFor = 2 * time.Second

func (c *lively) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeFor)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		_ = c.Close() // half a packet is on the stream: nothing after it could be read
	}
	return n, err
}

func (c *lively) Close() error {
	err := net.ErrClosed
	c.once.Do(func() {
		err = c.Conn.Close()
		c.b.mu.Lock()
		delete(c.b.open, c)
		c.b.mu.Unlock()
		<-c.b.slots
	})
	return err
}

// silent is a logger of nothing: pion logs addresses.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
