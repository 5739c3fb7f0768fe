package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"time"
)

// origin is where connections come from: a keyed hash of an IPv4 address, or of the /64 that an IPv6 host chooses its
// addresses in. The key lives as long as the relay and is written nowhere.
type origin [sha256.Size]byte

// origins counts connections and vain attempts by origin. Its memory is bounded.
type origins struct {
	key [32]byte

	mu   sync.Mutex
	open map[origin]int
	vain map[origin]vain
}

type vain struct {
	count int
	at    time.Time // of the last
}

// After vainAllowed attempts that found nobody an origin waits, longer each time; what is past is forgiven step by step.
const (
	vainAllowed   = 20
	firstWait     = time.Second
	longestWait   = 30 * time.Second
	forgivenAfter = 2 * time.Minute
	maxRemembered = 8192
)

func newOrigins(random io.Reader) (*origins, error) {
	o := &origins{open: map[origin]int{}, vain: map[origin]vain{}}
	if _, err := io.ReadFull(random, o.key[:]); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return o, nil
}

func (o *origins) of(remote string) origin {
	mac := hmac.New(sha256.New, o.key[:])
	if at, err := netip.ParseAddrPort(remote); err == nil {
		bits := 32
		if at.Addr().Unmap().Is6() {
			bits = 64
		}
		if prefix, err := at.Addr().Unmap().WithZone("").Prefix(bits); err == nil {
			text, _ := prefix.MarshalBinary()
			mac.Write(text)
		}
	}
	return origin(mac.Sum(nil))
}

// enter counts a connection in, or reports that its origin has as many as it may.
func (o *origins) enter(from origin, most int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[from] >= most {
		return false
	}
	o.open[from]++
	return true
}

func (o *origins) leave(from origin) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[from]--; o.open[from] <= 0 {
		delete(o.open, from)
	}
}

// waits reports whether an origin has to wait after attempts that found nobody.
func (o *origins) waits(from origin, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	v := o.vain[from]
	return now.Before(v.at.Add(v.wait(now)))
}

// failed counts an attempt that found nobody.
func (o *origins) failed(from origin, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.vain[from]; !known && len(o.vain) >= maxRemembered {
		o.forget(now)
	}
	o.vain[from] = vain{o.vain[from].left(now) + 1, now}
}

// forget drops what has been forgiven, and when nothing has, everything: memory is bounded before fairness.
func (o *origins) forget(now time.Time) {
	for from, v := range o.vain {
		if v.left(now) == 0 {
			delete(o.vain, from)
		}
	}
	if len(o.vain) >= maxRemembered {
		clear(o.vain)
	}
}

func (v vain) left(now time.Time) int {
	return max(0, v.count-int(max(0, now.Sub(v.at))/forgivenAfter))
}

func (v vain) wait(now time.Time) time.Duration {
	over := v.left(now) - vainAllowed
	if over < 0 {
		return 0
	}
	return min(longestWait, firstWait<<min(over, 10))
}
