package join

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// How many handshakes may fail from one address: some at once, then one after a wait that doubles each time, up to a bound
// that a witness behind the same address as a guesser can bear. Handshakes that succeed are not counted, so a whole gallery
// behind one address comes in.
const (
	failuresAllowed = 10
	firstWait       = 6 * time.Second
	longestWait     = 2 * time.Minute
	forgivenAfter   = time.Minute // one failure for each, once the wait is over
	maxRemembered   = 4096
)

// failures counts failed handshakes by origin. It keeps no address: origins are hashed with a key that lives as long as
// the server and is written nowhere.
type failures struct {
	key [32]byte

	mu     sync.Mutex
	counts map[origin]count
}

type origin [sha256.Size]byte

type count struct {
	failed int
	until  time.Time // the origin waits until then
}

func newFailures(random io.Reader) (*failures, error) {
	f := &failures{counts: map[origin]count{}}
	if _, err := io.ReadFull(random, f.key[:]); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return f, nil
}

// origin hashes where a request comes from: an IPv4 address, or the /64 that an IPv6 host chooses its addresses in.
func (f *failures) origin(r *http.Request) origin {
	mac := hmac.New(sha256.New, f.key[:])
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		bits := 32
		if at.Addr().Unmap().Is6() {
			bits = 64
		}
		if prefix, err := at.Addr().Unmap().Prefix(bits); err == nil {
			text, _ := prefix.MarshalBinary()
			mac.Write(text)
		}
	}
	return origin(mac.Sum(nil))
}

// told hashes what a relay says of where a guest comes from. It never meets the origin of a guest that came directly.
func (f *failures) told(from []byte) origin {
	mac := hmac.New(sha256.New, f.key[:])
	mac.Write([]byte("relay"))
	mac.Write(from)
	return origin(mac.Sum(nil))
}

// tooMany reports whether an origin has to wait.
func (f *failures) tooMany(o origin, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.counts[o].until)
}

// add counts a failure.
func (f *failures) add(o origin, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.counts) >= maxRemembered {
		f.forget(now)
	}
	c := count{f.counts[o].left(now) + 1, now}
	if over := c.failed - failuresAllowed; over >= 0 {
		c.until = now.Add(min(longestWait, firstWait<<min(over, 10)))
	}
	f.counts[o] = c
}

// forget drops what has been forgiven, and when nothing has, everything: memory is bounded before fairness.
func (f *failures) forget(now time.Time) {
	for o, c := range f.counts {
		if c.left(now) == 0 {
			delete(f.counts, o)
		}
	}
	if len(f.counts) >= maxRemembered {
		clear(f.counts)
	}
}

func (c count) left(now time.Time) int {
	return max(0, c.failed-int(max(0, now.Sub(c.until))/forgivenAfter))
}
