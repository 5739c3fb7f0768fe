// Package locked keeps short secrets in memory that is not swapped to disk, not written into a core dump, and outside of the reach of
// Go's collector, which copies and leaves behind.
//
// It is for what lives long: a user's private keys. What a library derives from them, and what passes over a stack, lies in Go's own
// memory all the same; docs/keys.md says what that means. Start from [New].
package locked

import (
	"runtime"
	"sync"
)

// Bytes is a place for a secret. Its zero value holds nothing.
type Bytes struct {
	b      []byte
	pinned bool
	clean  runtime.Cleanup
}

// New makes a place of n zero bytes, to be freed with Wipe. Where the system gives no locked memory, it is ordinary memory; see Pinned.
func New(n int) *Bytes {
	b, pinned := take(n)
	s := &Bytes{b: b, pinned: pinned}
	s.clean = runtime.AddCleanup(s, wipe, b) // of what nobody wiped
	return s
}

// Bytes are the secret's bytes. They must not be kept beyond Wipe, after which they are none.
func (s *Bytes) Bytes() []byte {
	if s == nil {
		return nil
	}
	return s.b
}

// Pinned reports whether the system keeps the secret out of swap.
func (s *Bytes) Pinned() bool { return s != nil && s.pinned }

// Wipe overwrites the secret and gives its place back. Wiping again does nothing.
func (s *Bytes) Wipe() {
	if s == nil || s.b == nil {
		return
	}
	s.clean.Stop()
	wipe(s.b)
	s.b = nil
}

// slot is the size of a place. Secrets share pages, for a user may lock few of them.
const slot = 64

// arena hands out slots of pages that are locked for as long as the program runs.
var arena struct {
	sync.Mutex
	free   [][]byte
	pinned map[*byte]bool // by the first byte of a slot
}

func take(n int) ([]byte, bool) {
	if n > slot {
		return make([]byte, n), false
	}
	arena.Lock()
	defer arena.Unlock()
	if len(arena.free) == 0 {
		page, pinned := pages()
		if page == nil {
			return make([]byte, n), false
		}
		if arena.pinned == nil {
			arena.pinned = make(map[*byte]bool)
		}
		for at := 0; at+slot <= len(page); at += slot {
			s := page[at : at+slot : at+slot]
			arena.pinned[&s[0]] = pinned
			arena.free = append(arena.free, s)
		}
	}
	last := len(arena.free) - 1
	s := arena.free[last]
	arena.free = arena.free[:last]
	return s[:n], arena.pinned[&s[0]]
}

// wipe overwrites a place and keeps it for the next secret.
func wipe(b []byte) {
	if len(b) == 0 {
		return
	}
	clear(b)
	runtime.KeepAlive(&b[0])
	arena.Lock()
	defer arena.Unlock()
	if _, ours := arena.pinned[&b[0]]; ours {
		arena.free = append(arena.free, b[:slot:slot])
	}
}
