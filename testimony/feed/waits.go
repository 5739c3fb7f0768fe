package feed

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// How many wrong addresses are answered at once, and how the wait after them grows.
const (
	freeGuesses   = 5
	firstWait     = time.Second
	longestWait   = 15 * time.Minute
	forgivenAfter = time.Hour
	maxRemembered = 4096 // origins, and addresses that were right
)

// waits makes whoever asks for addresses that there are none of wait, twice as long each time. An address that was right before is served all the same: on this
// machine everybody comes from one place, and who guesses must not keep others from their calendars.
type waits struct {
	now func() time.Time

	mu     sync.Mutex
	wrongs map[netip.Addr]guesses
	rights map[[sha256.Size]byte]bool
}

type guesses struct {
	count int
	last  time.Time
	until time.Time
}

func newWaits(now func() time.Time) *waits {
	return &waits{now: now, wrongs: map[netip.Addr]guesses{}, rights: map[[sha256.Size]byte]bool{}}
}

// origin is where a request comes from: an IPv4 address, or the /64 that an IPv6 host chooses its addresses in.
func origin(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return ip
}

// left is how long an origin has to wait before this address is looked at.
func (w *waits) left(from netip.Addr, secret string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rights[sha256.Sum256([]byte(secret))] {
		return 0
	}
	return max(0, w.wrongs[from].until.Sub(w.now()))
}

// wrong counts a wrong address. grew reports that the wait has become longer than it was.
func (w *waits) wrong(from netip.Addr) (wait time.Duration, grew bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	g := w.wrongs[from]
	if now.Sub(g.last) > forgivenAfter {
		g = guesses{}
	}
	g.count, g.last = g.count+1, now
	if over := g.count - freeGuesses; over >= 0 {
		wait = longestWait
		if over < 10 {
			wait = min(longestWait, firstWait<<over)
		}
		g.until, grew = now.Add(wait), true
	}
	if _, known := w.wrongs[from]; !known && len(w.wrongs) >= maxRemembered {
		clear(w.wrongs) // memory is bounded before fairness
	}
	w.wrongs[from] = g
	return wait, grew
}

func (w *waits) right(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rights) >= maxRemembered {
		clear(w.rights)
	}
	w.rights[sha256.Sum256([]byte(secret))] = true
}

// forget drops an address that is no longer right.
func (w *waits) forget(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.rights, sha256.Sum256([]byte(secret)))
}
