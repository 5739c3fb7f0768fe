package bolt_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

// checkedFile is a file with inline buckets, branches and a page that runs over into others.
func checkedFile(t *testing.T) (path string, raw []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "v")
	b, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Check(t.Context()); !errors.Is(err, store.ErrInUse) {
		t.Errorf("of a file open for writing: %v", err)
	}
	for n := range 3 {
		err = b.Update(t.Context(), func(w store.Writer) error {
			for i := range 300 {
				if err := w.Put([]byte("record"), fmt.Appendf(nil, "%05d", i*7), []byte(strings.Repeat("x", 200+n))); err != nil {
					return err
				}
			}
			if err := w.Put([]byte("log"), []byte("long"), make([]byte, 20_000)); err != nil {
				return err
			}
			return w.Put([]byte("vault"), []byte("header"), []byte("small"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return path, raw
}

func TestCheckFindsNothingInASoundFile(t *testing.T) {
	t.Parallel()
	path, _ := checkedFile(t)
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if findings, err := b.Check(t.Context()); err != nil || len(findings) != 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

// TestCheckSurvivesDamage changes bytes everywhere: whatever bbolt makes of a page that leads out of the file or round in circles, the process goes
// on, and damage to a page's own words is found.
func TestCheckSurvivesDamage(t *testing.T) {
	t.Parallel()
	_, raw := checkedFile(t)
	path := filepath.Join(t.TempDir(), "v")
	found, heads := 0, 0
	for at := 0; at < len(raw); at += 61 {
		inHead := at%4096 < 16
		if !inHead && at%4096 > 120 && at%(61*7) != 0 {
			continue
		}
		for _, to := range []byte{raw[at] ^ 1, raw[at] ^ 0x80, 0xff} {
			spoiled := append([]byte(nil), raw...)
			spoiled[at] = to
			if err := os.WriteFile(path, spoiled, 0o600); err != nil {
				t.Fatal(err)
			}
			b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
			if err != nil {
				continue
			}
			findings, err := b.Check(t.Context())
			if inHead {
				heads++
			}
			if err != nil || len(findings) > 0 {
				found++
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found < 30 || heads == 0 {
		t.Errorf("found %d, in heads of pages %d", found, heads)
	}
}

// TestCheckFindsALostTransaction changes the newest meta page, of which bbolt says nothing: it opens the state before.
func TestCheckFindsALostTransaction(t *testing.T) {
	t.Parallel()
	path, raw := checkedFile(t)
	for meta := range 2 {
		spoiled := append([]byte(nil), raw...)
		spoiled[meta*4096+16+50] ^= 1
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		findings, err := b.Check(t.Context())
		if err != nil || len(findings) != 1 || !strings.Contains(findings[0], "meta") {
			t.Errorf("meta page %d: %v, %v", meta, findings, err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
