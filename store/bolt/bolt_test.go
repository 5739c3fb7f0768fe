package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

var bucket = []byte("record")

// childVar makes the test binary play a second process instead of running tests.
const childVar = "PARAVENT_BOLT_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childVar); role != "" {
		playChild(role, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

func playChild(role, path string) {
	switch role {
	case "open":
		_, err := bolt.Open(path, bolt.Options{})
		fmt.Println(errors.Is(err, store.ErrInUse))
	case "fill":
		fillUntilFull(path)
	case "create":
		createWhenFull(path)
	case "compact":
		compactThroughFaults(path)
	case "images":
		writeForImages(path)
	case "faulty":
		writeThroughFaults(path)
	}
}

func child(t *testing.T, role, path string, wrap ...string) string {
	t.Helper()
	args := append(wrap, os.Args[0], path)
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), childVar+"="+role)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", role, err, out, stderr.Bytes())
	}
	return string(out)
}

func create(t testing.TB) (*bolt.Backend, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vault")
	b, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b, path
}

func set(t testing.TB, b *bolt.Backend, key, value string) {
	t.Helper()
	err := b.Update(t.Context(), func(w store.Writer) error { return w.Put(bucket, []byte(key), []byte(value)) })
	if err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, b *bolt.Backend, key string) (value string, err error) {
	t.Helper()
	err = b.View(t.Context(), func(r store.Reader) error {
		v, err := r.Get(bucket, []byte(key))
		value = string(v)
		return err
	})
	return value, err
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b, _ := create(t)
	set(t, b, "a", "1")
	sentinel := errors.New("no")
	err := b.Update(t.Context(), func(w store.Writer) error {
		if err := w.Put(bucket, []byte("a"), []byte("2")); err != nil {
			return err
		}
		return sentinel
	})
	if err != sentinel {
		t.Fatalf("got %v", err)
	}
	if v, err := get(t, b, "a"); v != "1" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
}

func TestAbsentKeysAndBuckets(t *testing.T) {
	t.Parallel()
	b, _ := create(t)
	err := b.Update(t.Context(), func(w store.Writer) error {
		for _, bucket := range [][]byte{bucket, []byte("other")} {
			if v, err := w.Get(bucket, []byte("x")); v != nil || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
			if err := w.Delete(bucket, []byte("x")); err != nil {
				t.Error(err)
			}
			never := func(_, _ []byte) error { t.Error("called"); return nil }
			if err := w.Range(bucket, nil, never); err != nil {
				t.Error(err)
			}
		}
		return w.Put(bucket, []byte("y"), []byte("1"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRangeIsOrderedAndBounded(t *testing.T) {
	t.Parallel()
	b, _ := create(t)
	for _, k := range []string{"b2", "a9", "b1", "c0", "b"} {
		set(t, b, k, k)
	}
	var got []string
	err := b.View(t.Context(), func(r store.Reader) error {
		return r.Range(bucket, []byte("b"), func(k, v []byte) error {
			got = append(got, string(k)+"="+string(v))
			return nil
		})
	})
	if err != nil || strings.Join(got, " ") != "b=b b1=b1 b2=b2" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFileInUseIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, path := create(t)
	if got := child(t, "open", path); got != "true\n" {
		t.Errorf("another process got %s", got)
	}
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoVault(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	for name, content := range map[string]string{
		"empty": "", "short": "hello", "text": strings.Repeat("Dear Sir, ", 2000),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, store.ErrNotVault) {
			t.Errorf("%s: got %v", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != content {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := bolt.Open(dir, bolt.Options{}); !errors.Is(err, store.ErrNotVault) {
		t.Errorf("directory: got %v", err)
	}
	if _, err := bolt.Open(filepath.Join(dir, "none"), bolt.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("opening made a file")
	}
	if _, err := bolt.Open(text, bolt.Options{Create: true}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create over a file: got %v", err)
	}
}

func TestReadOnlySharesAndRefusesToWrite(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	set(t, b, "a", "1")
	b.Close()
	first, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if v, err := get(t, second, "a"); v != "1" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	err = first.Update(t.Context(), func(store.Writer) error { return nil })
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}

func TestClosedBackend(t *testing.T) {
	t.Parallel()
	b, _ := create(t)
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, b, "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func fill(t testing.TB, b *bolt.Backend, n int) {
	t.Helper()
	err := b.Update(t.Context(), func(w store.Writer) error {
		for i := range n {
			if err := w.Put(bucket, fmt.Appendf(nil, "%08d", i*7919%n), make([]byte, 700)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readAll(t testing.TB, b *bolt.Backend) (int, error) {
	n := 0
	err := b.View(t.Context(), func(r store.Reader) error {
		return r.Range(bucket, nil, func(_, v []byte) error {
			for _, c := range v {
				n += int(c) + 1
			}
			return nil
		})
	})
	return n, err
}

func TestTruncatedFileIsRefused(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fill(t, b, 2000)
	b.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, permille := range []int{1, 5, 10, 100, 300, 500} {
		torn := filepath.Join(t.TempDir(), "torn")
		if err := os.WriteFile(torn, whole[:len(whole)*permille/1000], 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := bolt.Open(torn, bolt.Options{}); err == nil {
			b.Close()
			t.Errorf("%d permille: opened", permille)
		} else if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNotVault) {
			t.Errorf("%d permille: got %v", permille, err)
		}
	}
}

func TestFileCutWhileOpenEndsNoProcess(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fill(t, b, 2000)
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, b); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestPanicOfACallerGoesOn(t *testing.T) {
	t.Parallel()
	b, _ := create(t)
	func() {
		defer func() {
			if recover() != "mine" {
				t.Error("the panic was swallowed")
			}
		}()
		b.Update(t.Context(), func(store.Writer) error { panic("mine") })
	}()
	set(t, b, "a", "1") // and the lock is free again
}

// TestGarbledPages overwrites each page in turn: every read ends with the right contents or an error.
func TestGarbledPages(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	fill(t, b, 300)
	b.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := 0
	for at := 0; at < len(whole) && at < 100*4096; at += 4096 {
		garbled := bytes.Clone(whole)
		for i := at; i < min(at+4096, len(garbled)); i++ {
			garbled[i] ^= byte(i*31 + 7)
		}
		file := filepath.Join(t.TempDir(), "garbled")
		if err := os.WriteFile(file, garbled, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := bolt.Open(file, bolt.Options{})
		if err == nil {
			_, err = readAll(t, b)
			_ = b.Update(t.Context(), func(w store.Writer) error { return w.Put(bucket, []byte("x"), []byte("y")) })
			_ = b.Close()
		}
		if errors.Is(err, store.ErrDamaged) {
			damaged++
		}
		again, err := bolt.Open(file, bolt.Options{})
		if errors.Is(err, store.ErrInUse) {
			t.Fatalf("page %d: the lock was left behind", at/4096)
		}
		if err == nil {
			_ = again.Close()
		}
	}
	if damaged < 50 {
		t.Errorf("only %d garbled pages were noticed", damaged)
	}
}

func TestNoStumpIsLeftOnAFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault")
	if out := strings.TrimSpace(child(t, "create", path)); out != "full" {
		t.Errorf("making a vault file on a full disk ends with %s", out)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a stump is left: %v", err)
	}
}

// createWhenFull makes a vault file where not even its first pages fit.
func createWhenFull(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		panic(err)
	}
	if _, err := bolt.Open(path, bolt.Options{Create: true}); errors.Is(err, store.ErrDiskFull) {
		fmt.Println("full")
	} else {
		fmt.Printf("%q\n", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	b.Close()
	var acked int
	var class string
	if _, err := fmt.Sscan(child(t, "fill", path), &acked, &class); err != nil {
		t.Fatal(err)
	}
	if class != "full" || acked == 0 {
		t.Errorf("%d writes, then %s", acked, class)
	}
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if v, err := get(t, b, "last"); v != strconv.Itoa(acked) || err != nil {
		t.Errorf("last is %q after %d writes, %v", v, acked, err)
	}
}

// fillUntilFull writes under a limit on the file's length, prints how many writes succeeded and how the next one failed,
// and reads once more.
func fillUntilFull(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := &syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, limit); err != nil {
		panic(err)
	}
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		panic(err)
	}
	n := 0
	for ; err == nil; n++ {
		err = b.Update(ctx, func(w store.Writer) error {
			return errors.Join(
				w.Put(bucket, fmt.Appendf(nil, "%08d", n), make([]byte, 5000)),
				w.Put(bucket, []byte("last"), fmt.Append(nil, n+1)))
		})
	}
	var last string
	readErr := b.View(ctx, func(r store.Reader) error {
		v, err := r.Get(bucket, []byte("last"))
		last = string(v)
		return err
	})
	switch {
	case !errors.Is(err, store.ErrDiskFull):
		fmt.Println(n-1, fmt.Sprintf("%q", err))
	case readErr != nil || last != strconv.Itoa(n-1):
		fmt.Println(n-1, "unreadable")
	default:
		fmt.Println(n-1, "full")
	}
}
