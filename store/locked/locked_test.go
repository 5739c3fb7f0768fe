package locked

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestASecretIsWipedAndItsPlaceUsedAgain(t *testing.T) {
	s := New(32)
	copy(s.Bytes(), bytes.Repeat([]byte{7}, 32))
	was := s.Bytes()
	s.Wipe()
	s.Wipe()
	if s.Bytes() != nil || !bytes.Equal(was, make([]byte, 32)) {
		t.Error("it is still there")
	}
	next := New(64)
	defer next.Wipe()
	if &next.Bytes()[0] != &was[0] || len(next.Bytes()) != 64 || !bytes.Equal(next.Bytes(), make([]byte, 64)) {
		t.Error("the place is not used again, or not empty")
	}
	var none *Bytes
	none.Wipe()
	if none.Bytes() != nil || none.Pinned() {
		t.Error("nothing holds something")
	}
}

func TestSecretsShareNoByte(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 200 {
				a, b := New(64), New(1)
				copy(a.Bytes(), bytes.Repeat([]byte{byte(i)}, 64))
				b.Bytes()[0] = 0xff
				if !bytes.Equal(a.Bytes(), bytes.Repeat([]byte{byte(i)}, 64)) {
					t.Error("another secret wrote here")
				}
				a.Wipe()
				b.Wipe()
			}
		})
	}
	all.Wait()
	big := New(slot + 1)
	if len(big.Bytes()) != slot+1 || big.Pinned() {
		t.Error("a long one")
	}
	big.Wipe()
}

// TestThePageIsLockedAndNotDumped asks the kernel.
func TestThePageIsLockedAndNotDumped(t *testing.T) {
	s := New(32)
	defer s.Wipe()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux says so")
	}
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("%p", &s.Bytes()[0])
	at = strings.TrimPrefix(at, "0x")
	at = at[:len(at)-3] // its page
	for _, part := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(part, at) {
			rest := string(text)[strings.Index(string(text), part):]
			flags := rest[strings.Index(rest, "VmFlags:"):]
			flags, _, _ = strings.Cut(flags, "\n")
			if !strings.Contains(flags, " dd") || s.Pinned() && !strings.Contains(flags, " lo") {
				t.Errorf("the kernel says %q", flags)
			}
			return
		}
	}
	t.Skip("the page stands within a larger mapping")
}

func TestScrubbingGivesTheProcessorsBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for range 4 {
		all.Go(Scrub)
	}
	all.Wait()
	if now := runtime.GOMAXPROCS(0); now != before {
		t.Errorf("%d processors, %d before", now, before)
	}
}

func BenchmarkScrub(b *testing.B) {
	for b.Loop() {
		Scrub()
	}
}
