package store_test

import (
	"bytes"
	"os"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

// openCopy opens the file of a copy for reading.
func openCopy(t *testing.T, path string) *bolt.Backend {
	t.Helper()
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

// copyOf writes a copy of an open vault file.
func copyOf(t *testing.T, b *bolt.Backend) (path string, text []byte) {
	t.Helper()
	var buffer bytes.Buffer
	_, err := b.Copy(t.Context(), &buffer)
	must(t, err)
	path = newFile(t)
	must(t, os.WriteFile(path, buffer.Bytes(), 0o600))
	return path, buffer.Bytes()
}

func TestACopyIsCheckedRecordByRecord(t *testing.T) {
	t.Parallel()
	b, err := bolt.Open(newFile(t), bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", Role: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
	must(t, err)
	t.Cleanup(func() { v.Close() })
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("compartment.create", nil)
		return tx.CreateCompartment(docket, []store.UserID{v.Me().ID})
	}))
	put(t, v, "a", note{"first", 1})
	path, text := copyOf(t, b)
	put(t, v, "b", note{"after the copy", 2})

	report, err := v.VerifyCopy(t.Context(), openCopy(t, path), nil)
	must(t, err)
	if !report.Sound() || report.Records == 0 {
		t.Errorf("a good copy: %+v", report)
	}
	// The vault goes on as before.
	put(t, v, "c", note{"later", 3})

	other, err := bolt.Open(newFile(t), bolt.Options{Create: true})
	must(t, err)
	w, err := store.Create(t.Context(), other, store.NewUser{Login: "clerk", Role: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
	must(t, err)
	t.Cleanup(func() { w.Close() })
	stranger, _ := copyOf(t, other)
	_, err = v.VerifyCopy(t.Context(), openCopy(t, stranger), nil)
	wantErr(t, err, store.ErrDamaged)

	// One byte changed anywhere in a sealed record is noticed: each page of the copy is tried.
	unnoticed := 0
	for at := 4 * os.Getpagesize(); at < len(text); at += 509 {
		changed := bytes.Clone(text)
		changed[at] ^= 1
		bad := newFile(t)
		must(t, os.WriteFile(bad, changed, 0o600))
		c, err := bolt.Open(bad, bolt.Options{ReadOnly: true})
		if err != nil {
			continue
		}
		report, err := v.VerifyCopy(t.Context(), c, nil)
		if err == nil && report.Sound() && !sameRecords(t, text, changed, path, bad) {
			unnoticed++
		}
		must(t, c.Close())
	}
	if unnoticed > 0 {
		t.Errorf("%d changed copies passed", unnoticed)
	}
}

// sameRecords reports whether a change hit only bytes that the check is not about: free pages, the space between records, and the login
// records, which need a passphrase. A backup compares the bytes of the file as well.
func sameRecords(t *testing.T, a, b []byte, pathA, pathB string) bool {
	t.Helper()
	dump := func(path string) (out []byte) {
		f := openCopy(t, path)
		must(t, f.View(t.Context(), func(r store.Reader) error {
			for _, bucket := range []string{"vault", "grant", "manifest", "record", "log"} {
				err := r.Range([]byte(bucket), nil, func(k, v []byte) error {
					out = append(append(out, k...), v...)
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}))
		return out
	}
	return bytes.Equal(dump(pathA), dump(pathB)) && len(a) == len(b)
}
