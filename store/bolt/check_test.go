package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
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

// TestCheckTakesWhateverBboltWrites holds the check against files of several levels through thousands of random changes: it finds nothing that
// bbolt itself has made.
func TestCheckTakesWhateverBboltWrites(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		b, path := create(t)
		for step := range 60 {
			err := b.Update(t.Context(), func(w store.Writer) error {
				for range 1 + rnd.IntN(600) {
					key := fmt.Appendf(nil, "%0*d", 4+20*rnd.IntN(2), rnd.IntN(3000))
					err := w.Delete(bucket, key)
					if step < 30 && rnd.IntN(4) > 0 || step >= 30 && rnd.IntN(4) == 0 {
						err = w.Put(bucket, key, make([]byte, rnd.IntN(900)))
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			copied := path + ".copy"
			writeCopy(t, b, copied)
			if findings := checkAt(t, copied); len(findings) > 0 {
				t.Fatalf("seed %d, step %d: %v", seed, step, findings)
			}
		}
	}
}

func writeCopy(t *testing.T, b *bolt.Backend, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := b.Copy(t.Context(), file); err != nil {
		t.Fatal(err)
	}
}

func checkAt(t *testing.T, path string) []string {
	t.Helper()
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	findings, err := b.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// TestCheckFindsAChangedReference lowers a key in a page that leads to others. Everything can still be read, and bbolt's own check finds nothing; the
// next write, though, would give away a page that is in use.
func TestCheckFindsAChangedReference(t *testing.T) {
	t.Parallel()
	path, raw := checkedFile(t)
	if findings := checkAt(t, path); len(findings) > 0 {
		t.Fatal(findings)
	}
	lowered := 0
	for page := 2; page < len(raw)/4096; page++ {
		head := raw[page*4096:]
		if binary.NativeEndian.Uint16(head[8:]) != 1 || binary.NativeEndian.Uint64(head) != uint64(page) { // a branch
			continue
		}
		for i := 1; i < int(binary.NativeEndian.Uint16(head[10:])); i++ {
			at := page*4096 + 16 + 16*i
			at += int(binary.NativeEndian.Uint32(raw[at:])) + int(binary.NativeEndian.Uint32(raw[at+4:])) - 1
			spoiled := append([]byte(nil), raw...)
			spoiled[at]-- // the last digit of the key
			if err := os.WriteFile(path, spoiled, 0o600); err != nil {
				t.Fatal(err)
			}
			if findings := checkAt(t, path); len(findings) > 0 && strings.Contains(findings[0], "order") {
				lowered++
			}
		}
	}
	if lowered < 5 {
		t.Errorf("only %d were found", lowered)
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

// TestCheckFindsAnOlderMetaPage puts a meta page of the past in the place of the newest one, whose checksum is in order.
func TestCheckFindsAnOlderMetaPage(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	set(t, b, "a", "1")
	var old bytes.Buffer
	if _, err := b.Copy(t.Context(), &old); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		set(t, b, "a", "2")
	}
	b.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for meta := range 2 {
		spoiled := append([]byte(nil), raw...)
		copy(spoiled[meta*4096:][:4096], old.Bytes()[meta*4096:])
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if findings := checkAt(t, path); len(findings) != 1 || !strings.Contains(findings[0], "follow") {
			t.Errorf("meta page %d: %v", meta, findings)
		}
	}
}
