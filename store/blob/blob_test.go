package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var testKey = Key{1, 2, 3}

const (
	testID   = "recording/7/master"
	childVar = "PARAVENT_BLOB_CHILD"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childVar); path != "" {
		recordForEver(path)
	}
	os.Exit(m.Run())
}

func testBytes(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	r.Read(b)
	return b
}

// write makes a closed file of one chunk for each part.
func write(t testing.TB, parts ...[]byte) (path string, sum Summary) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "blob")
	w, err := Create(path, testKey, testID)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if n, err := w.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if sum, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, sum
}

func verifyFile(t testing.TB, path string) Report {
	t.Helper()
	report, err := Verify(context.Background(), path, testKey, testID, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestSizesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, ChunkSize - 1, ChunkSize, ChunkSize + 1, 3*ChunkSize + 17} {
		want := testBytes(n)
		path, sum := write(t, want)
		r, err := Open(path, testKey, testID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		if err != nil || !bytes.Equal(got, want) || r.Torn() || r.Summary() != sum || !sum.Final || sum.Size != int64(n) {
			t.Errorf("%d bytes: read %d, %v, %+v, %+v", n, len(got), err, sum, r.Summary())
		}
		if k, err := r.ReadAt(make([]byte, 1), int64(n)); k != 0 || err != io.EOF {
			t.Errorf("%d bytes: past the end %d, %v", n, k, err)
		}
		r.Close()
		report := verifyFile(t, path)
		if !report.Intact || report.Torn || report.FirstBad != -1 || report.Root != sum.Root || report.Chunks != sum.Chunks {
			t.Errorf("%d bytes: %+v", n, report)
		}
		onDisk, err := os.ReadFile(path)
		if err != nil || n > 100 && bytes.Contains(onDisk, want[:32]) || bytes.Contains(onDisk, []byte(testID)) {
			t.Errorf("%d bytes: plaintext or id on disk (%v)", n, err)
		}
	}
}

func TestReadAtAnyPlace(t *testing.T) {
	t.Parallel()
	parts := [][]byte{testBytes(10), testBytes(ChunkSize), testBytes(1), testBytes(5000), testBytes(ChunkSize)}
	want := bytes.Join(parts, nil)
	path, _ := write(t, parts...)
	r, err := Open(path, testKey, testID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var group sync.WaitGroup
	for seed := range uint64(4) {
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(seed, 1))
			for range 200 {
				off := rnd.IntN(len(want))
				p := make([]byte, rnd.IntN(len(want)-off))
				if n, err := r.ReadAt(p, int64(off)); n != len(p) || err != nil || !bytes.Equal(p, want[off:off+n]) {
					t.Errorf("%d bytes at %d: %d, %v", len(p), off, n, err)
				}
			}
		})
	}
	group.Wait()
}

func TestOtherKeyOrName(t *testing.T) {
	t.Parallel()
	path, _ := write(t, testBytes(100))
	if _, err := Open(path, Key{9}, testID); !errors.Is(err, ErrWrongKey) {
		t.Errorf("other key: %v", err)
	}
	if _, err := Open(path, testKey, "recording/8/master"); !errors.Is(err, ErrWrongKey) {
		t.Errorf("other id: %v", err)
	}
	if _, err := Create(path, testKey, testID); !errors.Is(err, fs.ErrExist) {
		t.Errorf("create over a file: %v", err)
	}
	for name, content := range map[string][]byte{"empty": nil, "text": bytes.Repeat([]byte("hello "), 100)} {
		other := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(other, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(other, testKey, testID); !errors.Is(err, ErrNotBlob) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// chunks takes a stored file apart: header, chunks, trailer.
func chunks(t testing.TB, path string) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s, err := readSeal(file, testKey, testID)
	if err != nil {
		t.Fatal(err)
	}
	l, err := readLayout(file, s)
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]byte{raw[:headerSize]}
	for _, c := range l.index {
		parts = append(parts, raw[c.at:c.at+int64(c.size+overhead)])
	}
	return append(parts, raw[len(raw)-trailerSize:])
}

func TestTamperedFile(t *testing.T) {
	t.Parallel()
	path, _ := write(t, testBytes(100), testBytes(100), testBytes(200), testBytes(50))
	other, _ := write(t, testBytes(100), testBytes(100), testBytes(200), testBytes(50))
	foreign := chunks(t, other)
	for name, c := range map[string]struct {
		spoil    func(p [][]byte) [][]byte
		firstBad int
		torn     bool
	}{
		"exchanged":        {func(p [][]byte) [][]byte { p[1], p[2] = p[2], p[1]; return p }, 0, false},
		"dropped":          {func(p [][]byte) [][]byte { return append(p[:2:2], p[3:]...) }, 1, false},
		"repeated":         {func(p [][]byte) [][]byte { return append(p[:3:3], p[2:]...) }, 2, false},
		"last dropped":     {func(p [][]byte) [][]byte { return append(p[:4:4], p[5]) }, 3, false},
		"from elsewhere":   {func(p [][]byte) [][]byte { p[2] = foreign[2]; return p }, 1, false},
		"bit flipped":      {func(p [][]byte) [][]byte { p[3][40] ^= 4; return p }, 2, false},
		"length changed":   {func(p [][]byte) [][]byte { p[3][3] ^= 1; return p }, 2, false},
		"something behind": {func(p [][]byte) [][]byte { return append(p, make([]byte, 30)) }, 4, false},
		"trailer lost":     {func(p [][]byte) [][]byte { return p[:5] }, -1, true},
		"other trailer":    {func(p [][]byte) [][]byte { p[5] = foreign[5]; return p }, -1, true},
		"tail torn":        {func(p [][]byte) [][]byte { p[4] = p[4][:30]; return p[:5] }, -1, true},
		"tail of zeros":    {func(p [][]byte) [][]byte { clear(p[4][4:]); return p[:5] }, -1, true},
	} {
		spoiled := filepath.Join(t.TempDir(), "spoiled")
		if err := os.WriteFile(spoiled, bytes.Join(c.spoil(chunks(t, path)), nil), 0o600); err != nil {
			t.Fatal(err)
		}
		report := verifyFile(t, spoiled)
		if report.Intact || report.Torn != c.torn || !c.torn && report.FirstBad != c.firstBad {
			t.Errorf("%s: %+v", name, report)
		}
		readTampered(t, name, spoiled)
	}
}

// readTampered sees that no byte that was not written comes out of a file.
func readTampered(t *testing.T, name, path string) {
	t.Helper()
	r, err := Open(path, testKey, testID)
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: open gives %v", name, err)
		}
		return
	}
	defer r.Close()
	want := bytes.Join([][]byte{testBytes(100), testBytes(100), testBytes(200), testBytes(50)}, nil)
	for off := range r.Size() {
		var b [1]byte
		if _, err := r.ReadAt(b[:], off); err == nil && b[0] != want[off] {
			t.Fatalf("%s: wrong plaintext at %d", name, off)
		} else if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// TestEveryCutIsTorn cuts a file at each length: it opens up to the last whole chunk and never claims to be intact.
func TestEveryCutIsTorn(t *testing.T) {
	t.Parallel()
	parts := [][]byte{testBytes(30), testBytes(40), testBytes(50)}
	path, _ := write(t, parts...)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Join(parts, nil)
	for n := headerSize; n < len(raw); n++ {
		cut := filepath.Join(t.TempDir(), "cut")
		if err := os.WriteFile(cut, raw[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(cut, testKey, testID)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		whole := 0
		for end, i := headerSize, 0; i < len(parts) && end+len(parts[i])+overhead <= n; i++ {
			end += len(parts[i]) + overhead
			whole += len(parts[i])
		}
		if err != nil || !r.Torn() || !bytes.Equal(got, want[:whole]) {
			t.Errorf("%d bytes: read %d, want %d, torn %v, %v", n, len(got), whole, r.Torn(), err)
		}
		r.Close()
		if report := verifyFile(t, cut); report.Intact || !report.Torn || report.FirstBad != -1 || report.Size != int64(whole) {
			t.Errorf("%d bytes: %+v", n, report)
		}
	}
}

func TestKilledWriterLosesNothingSynced(t *testing.T) {
	t.Parallel()
	for round := range 4 {
		path := filepath.Join(t.TempDir(), "blob")
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childVar+"="+path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		synced := 0
		for range 5 + 20*round {
			if _, err := fmt.Fscan(out, &synced); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for { // what it said until it died
			if _, err := fmt.Fscan(out, &synced); err != nil {
				break
			}
		}
		_ = c.Wait() // killed
		r, err := Open(path, testKey, testID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		if err != nil || !r.Torn() || len(got) < synced {
			t.Errorf("%d of %d synced bytes, torn %v, %v", len(got), synced, r.Torn(), err)
		}
		for i, b := range got {
			if b != byte(i) {
				t.Fatalf("byte %d is %d", i, b)
			}
		}
		r.Close()
		if report := verifyFile(t, path); report.Intact || !report.Torn || report.FirstBad != -1 || report.Size < int64(synced) {
			t.Errorf("%+v", report)
		}
	}
}

// recordForEver writes until it is killed and prints how much is on the disk.
func recordForEver(path string) {
	w, err := Create(path, testKey, testID)
	if err != nil {
		panic(err)
	}
	n := 0
	for {
		piece := make([]byte, 3001)
		for i := range piece {
			piece[i] = byte(n + i)
		}
		if _, err := w.Write(piece); err != nil {
			panic(err)
		}
		n += len(piece)
		if err := w.Sync(); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

func TestWriterAfterClose(t *testing.T) {
	t.Parallel()
	w, err := Create(filepath.Join(t.TempDir(), "blob"), testKey, testID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestVerifyCanBeStopped(t *testing.T) {
	t.Parallel()
	path, _ := write(t, testBytes(10))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, path, testKey, testID, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	path, _ := write(f, testBytes(50), testBytes(60))
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	want := append(testBytes(50), testBytes(60)...)
	f.Add(raw)
	f.Add(raw[:len(raw)-20])
	f.Fuzz(func(t *testing.T, b []byte) {
		// The header's salt and commitment stay, or nothing behind it would ever be reached.
		copy(b, raw[:headerSize])
		file := filepath.Join(t.TempDir(), "blob")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(file, testKey, testID)
		if err != nil {
			return
		}
		defer r.Close()
		got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		if !bytes.HasPrefix(want, got) {
			t.Errorf("read %x, %v", got, err)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	piece := testBytes(ChunkSize)
	w, err := Create(filepath.Join(b.TempDir(), "blob"), testKey, testID)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(ChunkSize)
	for b.Loop() {
		if _, err := w.Write(piece); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	path, sum := write(b, testBytes(64<<20))
	b.SetBytes(sum.Size)
	for b.Loop() {
		if !verifyFile(b, path).Intact {
			b.Fatal("not intact")
		}
	}
}

func TestFullDiskEndsTheWriter(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	path := filepath.Join(t.TempDir(), "blob")
	w, err := Create(path, testKey, testID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("before")); err != nil {
		t.Fatal(err)
	}
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	disk := w.file
	w.file = full
	defer disk.Close()
	if _, err := w.Write(make([]byte, ChunkSize)); !errors.Is(err, ErrDiskFull) {
		t.Errorf("write gives %v", err)
	}
	w.file = disk // room again: but the chunk's number is spent
	if err := w.Sync(); !errors.Is(err, ErrDiskFull) {
		t.Errorf("sync gives %v", err)
	}
	if _, err := w.Close(); !errors.Is(err, ErrDiskFull) {
		t.Errorf("close gives %v", err)
	}
	if report := verifyFile(t, path); !report.Torn || report.Size != 6 || report.FirstBad != -1 {
		t.Errorf("%+v", report)
	}
}
