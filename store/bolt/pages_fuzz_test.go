package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"paravent/store"
)

// smallPages make a file of several levels that is short enough to be changed all over.
const smallPages = 1024

func smallFile(f *testing.F, records int) []byte {
	f.Helper()
	path := filepath.Join(f.TempDir(), "v")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: smallPages})
	if err != nil {
		f.Fatal(err)
	}
	for n := range 2 {
		err := db.Update(func(tx *bbolt.Tx) error {
			for _, name := range []string{"record", "log", "vault"} {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				if err != nil {
					return err
				}
				for i := range records {
					if err := b.Put(fmt.Appendf(nil, "key %d", i*i+n), make([]byte, 50+i*n)); err != nil {
						return err
					}
				}
				records = min(records, 3) // the others are small
			}
			return nil
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return raw
}

// FuzzPages holds the walks over a file's pages against files of all kinds, with the sums of their first two pages put right: they come to an end, and
// whatever the brief one lets pass can be opened, checked, read to the last byte and written to.
func FuzzPages(f *testing.F) {
	f.Add(smallFile(f, 40))
	f.Add(smallFile(f, 3))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < smallest || len(raw) > 1<<20 {
			return
		}
		raw = bytes.Clone(raw)
		for id := range 2 {
			meta := raw[id*smallPages+pageHead:][:metaSize]
			sum := fnv.New64a()
			sum.Write(meta[:metaSize-8])
			order.PutUint64(meta[metaSize-8:], sum.Sum64())
		}
		if err := walkBriefly(bytes.NewReader(raw), int64(len(raw)), smallPages); err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "v")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		within := time.AfterFunc(20*time.Second, func() { panic("no end") })
		defer within.Stop()
		b, err := Open(path, Options{ReadOnly: true})
		if err != nil {
			return
		}
		defer b.Close()
		if _, err := b.Check(t.Context()); err != nil {
			t.Logf("check: %v", err)
		}
		readThrough(t, b)
		if w, err := openToWrite(t, raw); err == nil {
			readThrough(t, w)
			_ = w.Update(t.Context(), func(w store.Writer) error {
				return errors.Join(w.Put([]byte("record"), []byte("key 1"), make([]byte, 3000)), w.Delete([]byte("log"), []byte("key 2")))
			})
			_ = w.Close()
		}
	})
}

func openToWrite(t *testing.T, raw []byte) (*Backend, error) {
	path := filepath.Join(t.TempDir(), "w")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(path, Options{})
}

func readThrough(t *testing.T, b *Backend) {
	for _, name := range []string{"record", "log", "vault"} {
		_ = b.View(t.Context(), func(r store.Reader) error {
			return r.Range([]byte(name), nil, func(_, value []byte) error {
				_ = bytes.Clone(value)
				return nil
			})
		})
	}
}
