package blob

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTheRootIsReadWithoutTheKey(t *testing.T) {
	t.Parallel()
	path, want := write(t, testBytes(10), testBytes(3*ChunkSize), testBytes(777))
	var done, total int64
	got, err := Root(t.Context(), path, func(d, n int64) { done, total = d, n })
	if err != nil || got != want || done != total || total != want.Size {
		t.Errorf("%+v, %v, progress %d of %d; want %+v", got, err, done, total, want)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Root(stopped, path, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := headerSize; at < len(raw)-trailerSize; at += 1 + len(raw)/97 {
		raw[at] ^= 4
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Root(t.Context(), path, nil); err == nil && got == want {
			t.Errorf("a changed byte at %d is not seen", at)
		}
		raw[at] ^= 4
	}
	for _, cut := range []int{0, headerSize, len(raw) / 2, len(raw) - trailerSize, len(raw) - 1} {
		if err := os.WriteFile(path, raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Root(t.Context(), path, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", cut, err)
		}
	}
}

func FuzzRoot(f *testing.F) {
	path, _ := write(f, testBytes(50), testBytes(60))
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)-20])
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(t.TempDir(), "blob")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		sum, err := Root(t.Context(), file, nil)
		if err == nil && (sum.Size > int64(len(raw)) || sum.Chunks*(lengthSize+1) > len(raw)) {
			t.Errorf("%d bytes are said to hold %+v", len(raw), sum)
		}
	})
}
