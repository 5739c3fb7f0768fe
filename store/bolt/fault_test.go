package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

var ctx = context.Background()

const faultyWrites = 6

// TestFailingSync lets each fdatasync of a run fail in turn, in another process under strace. A write that reported
// success must be in the file, one that reported failure must not: also when the disk fails at the very last step, after
// which bbolt reports an error for a transaction that it kept.
func TestFailingSync(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	for n := 1; n <= 2*faultyWrites; n++ {
		b, path := create(t)
		b.Close()
		trace := filepath.Join(t.TempDir(), "trace")
		out := child(t, "faulty", path, strace, "-f", "-o", trace, "-e", "trace=fdatasync",
			"-e", fmt.Sprintf("inject=fdatasync:error=EIO:when=%d", n))
		if log, err := os.ReadFile(trace); err != nil || strings.Count(string(log), "INJECTED") != 1 {
			t.Fatalf("fdatasync %d: the fault did not fire (%v)", n, err)
		}
		b, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Fields(out)
		if len(lines) != faultyWrites {
			t.Fatalf("fdatasync %d: %s", n, out)
		}
		for i, outcome := range lines {
			v, err := get(t, b, fmt.Sprint(i))
			if err != nil || (v != "") != (outcome == "kept") {
				t.Errorf("fdatasync %d: write %d was said to be %s and reads %q, %v", n, i, outcome, v, err)
			}
		}
		b.Close()
	}
}

// writeThroughFaults writes a few transactions and prints for each whether it was kept.
func writeThroughFaults(path string) {
	runtime.LockOSThread() // strace counts the calls of each thread by itself
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		panic(err)
	}
	for i := range faultyWrites {
		err := b.Update(ctx, func(w store.Writer) error {
			return w.Put(bucket, fmt.Append(nil, i), []byte("written"))
		})
		switch {
		case err == nil:
			fmt.Println("kept")
		case errors.Is(err, store.ErrUncertain):
			fmt.Println("uncertain")
		default:
			fmt.Println("lost")
		}
	}
	if err := b.Close(); err != nil {
		panic(err)
	}
}
