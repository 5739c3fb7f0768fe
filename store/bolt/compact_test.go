package bolt_test

import (
	"bytes"
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

const compactRecords = 400

// fillAndDelete writes records, half of which it deletes again.
func fillAndDelete(t testing.TB, b *bolt.Backend) {
	t.Helper()
	err := b.Update(t.Context(), func(w store.Writer) error {
		for i := range compactRecords {
			if err := w.Put(bucket, fmt.Appendf(nil, "key %03d", i), fmt.Appendf(nil, "secret %03d %s", i, strings.Repeat("x", 500))); err != nil {
				return err
			}
		}
		return w.Put([]byte("other"), []byte("k"), []byte("v"))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(t.Context(), func(w store.Writer) error {
		for i := 0; i < compactRecords; i += 2 {
			if err := w.Delete(bucket, fmt.Appendf(nil, "key %03d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// whatIsLeft fails unless exactly the records that were not deleted are there.
func whatIsLeft(t testing.TB, b *bolt.Backend) {
	t.Helper()
	n := 0
	err := b.View(context.Background(), func(r store.Reader) error {
		return r.Range(bucket, []byte("key "), func(k, v []byte) error {
			if want := fmt.Sprintf("secret %s ", k[4:]); !strings.HasPrefix(string(v), want) {
				return fmt.Errorf("%s reads %.12s", k, v)
			}
			n++
			return nil
		})
	})
	if err != nil || n != compactRecords/2 {
		t.Fatalf("%d records are left: %v", n, err)
	}
}

// deletedIn counts the deleted values that can still be found in the raw file.
func deletedIn(t testing.TB, path string) (n int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < compactRecords; i += 2 {
		if bytes.Contains(raw, fmt.Appendf(nil, "secret %03d ", i)) {
			n++
		}
	}
	return n
}

func TestCompactingErasesWhatWasDeleted(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fillAndDelete(t, b)
	if deletedIn(t, path) == 0 {
		t.Fatal("deleting alone erased the values, so this test shows nothing")
	}
	var done, total int
	if err := b.Compact(t.Context(), func(d, n int) { done, total = d, n }); err != nil {
		t.Fatal(err)
	}
	if n := deletedIn(t, path); n != 0 {
		t.Errorf("%d deleted values are still in the file", n)
	}
	if done == 0 || done != total {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	whatIsLeft(t, b)
	set(t, b, "later", "1") // the backend goes on, on the new file, and keeps others out
	if got := child(t, "open", path); got != "true\n" {
		t.Errorf("another process got %s", got)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	whatIsLeft(t, again)
	if v, err := get(t, again, "later"); v != "1" || err != nil {
		t.Errorf("what was written after compacting reads %q, %v", v, err)
	}
}

func TestCompactingThatIsStoppedChangesNothing(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fillAndDelete(t, b)
	stopped, cancel := context.WithCancel(t.Context())
	err := b.Compact(stopped, func(done, total int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	whatIsLeft(t, b)
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	set(t, b, "later", "1")
}

func TestOnlyAnOpenVaultThatMayBeWrittenIsCompacted(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fillAndDelete(t, b)
	b.Close()
	if err := b.Compact(t.Context(), nil); !errors.Is(err, store.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	readonly, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer readonly.Close()
	if err := readonly.Compact(t.Context(), nil); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("read only: %v", err)
	}
}

// TestCompactingThroughFaults lets each system call by which a compaction touches the disk fail in turn, or end the process
// there. Afterwards the file holds every record, and what the compaction left beside it goes when it is opened.
func TestCompactingThroughFaults(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	fired := 0
	for call, faults := range map[string][]string{
		"fdatasync": {"signal=KILL", "error=EIO"}, "fsync": {"signal=KILL", "error=EIO"}, "/^rename": {"signal=KILL", "error=EIO"},
		"pwrite64": {"signal=KILL", "error=ENOSPC"}, "ftruncate": {"signal=KILL", "error=ENOSPC"}, "openat": {"signal=KILL"},
	} {
		for _, fault := range faults {
			for n := 1; n <= 6; n++ {
				b, path := create(t)
				fillAndDelete(t, b)
				b.Close()
				trace := filepath.Join(t.TempDir(), "trace")
				c := exec.Command(strace, "-f", "-o", trace, "-P", path, "-P", path+".compact", "-P", filepath.Dir(path),
					"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:%s:when=%d", call, fault, n), os.Args[0], path)
				c.Env = append(os.Environ(), childVar+"=compact")
				out, _ := c.CombinedOutput() // a killed child fails; what counts is the file
				log, err := os.ReadFile(trace)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(log), "INJECTED") && !strings.Contains(string(log), "SIGKILL") {
					break // there are fewer such calls
				}
				fired++
				b, err = bolt.Open(path, bolt.Options{})
				if err != nil {
					t.Fatalf("%s %s %d: %v\n%s", call, fault, n, err, out)
				}
				whatIsLeft(t, b)
				set(t, b, "later", "1")
				if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
					t.Errorf("%s %s %d left %v", call, fault, n, left)
				}
				if strings.Contains(string(out), "compacted") && deletedIn(t, path) != 0 {
					t.Errorf("%s %s %d: said to be compacted, and deleted values are there", call, fault, n)
				}
				b.Close()
			}
		}
	}
	t.Logf("%d faults fired", fired)
	if fired < 12 {
		t.Errorf("only %d faults fired", fired)
	}
}

// compactThroughFaults plays the process that compacts.
func compactThroughFaults(path string) {
	runtime.LockOSThread() // strace counts the calls of each thread by itself
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		fmt.Println("open:", err)
		return
	}
	if err := b.Compact(context.Background(), nil); err != nil {
		fmt.Println("failed:", err)
		err = b.Update(context.Background(), func(w store.Writer) error { return w.Put(bucket, []byte("after"), []byte("1")) })
		fmt.Println("then:", err)
		return
	}
	fmt.Println("compacted")
}
