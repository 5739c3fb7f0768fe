package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

// childVar makes the test binary play a second process instead of running tests.
const childVar = "PARAVENT_STORE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVar); path != "" {
		writeForEver(path)
	}
	os.Exit(m.Run())
}

func TestKilledWriterLeavesASoundVault(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	must(t, createVault(t, path).Close())
	acked := 0
	for round := range 6 {
		acked = killWriter(t, path, 3+7*round)
		v := unlock(t, path, "clerk.canary", passphrase)
		report, err := v.Verify(t.Context(), nil)
		must(t, err)
		if !report.Sound() {
			t.Fatalf("round %d: %v", round, report.Faults)
		}
		var all []store.Entry[note]
		must(t, v.View(t.Context(), func(tx *store.ReadTx) (err error) {
			all, err = notes.All(tx, docket)
			return err
		}))
		// One transaction may have been kept without its writer living to say so.
		if len(all) < 3*acked || len(all) > 3*(acked+1) || len(all)%3 != 0 {
			t.Errorf("round %d: %d records after %d transactions", round, len(all), acked)
		}
		must(t, v.Close())
	}
}

// killWriter lets a child write at least n transactions, kills it, and returns how many of all rounds it reported.
func killWriter(t *testing.T, path string, n int) (acked int) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVar+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	for range n {
		if _, err := fmt.Fscan(out, &acked); err != nil {
			t.Fatal(err)
		}
	}
	must(t, c.Process.Kill())
	for { // what it said until it died
		var more int
		if _, err := fmt.Fscan(out, &more); err != nil {
			break
		}
		acked = more
	}
	_ = c.Wait() // killed
	return acked
}

// writeForEver writes three records a transaction until it is killed, and prints how many transactions there are.
func writeForEver(path string) {
	ctx := context.Background()
	v, err := tryUnlock(ctx, path, "clerk.canary", passphrase)
	if err != nil {
		panic(err)
	}
	for {
		count := 0
		err := v.Update(ctx, func(tx *store.Tx) error {
			all, err := notes.All(tx, docket)
			if err != nil {
				return err
			}
			count = len(all) / 3
			tx.Log("put", nil)
			for i := range 3 {
				err = errors.Join(err, notes.Put(tx, docket, strconv.Itoa(3*count+i), note{"x", i}))
			}
			return err
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(count + 1)
	}
}

func TestNothingReadableOnDisk(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "record-canary-id", note{"plaintext-canary-value", 1})
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("action-canary", map[string]string{"detail-canary": "value-canary"})
		return notes.Delete(tx, docket, "record-canary-id")
	}))
	must(t, v.Close())
	raw, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Contains(raw, []byte("paravent vault")) {
		t.Fatal("the search finds nothing at all")
	}
	for _, canary := range []string{"anary", "CANARY", "clerk", "Clerk", "horse", "docket", "notes-", "20" + "26-", `"t":`} {
		if bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%q is in the file", canary)
		}
	}
}

// TestFlippedBitsOfTheFile flips bits anywhere in the file: never a wrong value, never the end of the process.
func TestFlippedBitsOfTheFile(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	for i := range 20 {
		put(t, v, strconv.Itoa(i), note{strconv.Itoa(i), i})
	}
	must(t, v.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	rnd := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	for range 300 {
		spoiled := bytes.Clone(whole)
		spoiled[rnd.IntN(len(spoiled))] ^= 1 << rnd.IntN(8)
		file := filepath.Join(t.TempDir(), "spoiled")
		must(t, os.WriteFile(file, spoiled, 0o600))
		if err := readSpoiled(t, file); err != nil {
			noticed++
		}
	}
	if noticed < 20 {
		t.Errorf("only %d flips were noticed", noticed)
	}
}

func readSpoiled(t *testing.T, path string) error {
	v, err := tryUnlock(t.Context(), path, "clerk.canary", passphrase)
	if err != nil {
		return err
	}
	defer v.Close()
	err = v.View(t.Context(), func(tx *store.ReadTx) error {
		return notes.Each(tx, docket, func(e store.Entry[note]) error {
			if e.ID != e.Value.Text || e.ID != strconv.Itoa(e.Value.Count) {
				t.Errorf("wrong value %v", e)
			}
			return nil
		})
	})
	report, verifyErr := v.Verify(t.Context(), nil)
	if err == nil && verifyErr == nil && !report.Sound() {
		err = store.ErrDamaged
	}
	return errors.Join(err, verifyErr)
}

func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "a", note{"first", 1})
	must(t, v.Close())
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	defer b.Close()
	s, err := store.Open(t.Context(), b, store.Options{})
	must(t, err)
	v, err = s.Unlock(t.Context(), "clerk.canary", []byte(passphrase))
	must(t, err)
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Error(report.Faults)
	}
	err = v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("x", nil); return nil })
	wantErr(t, err, store.ErrReadOnly)
}

func TestEmptyBoltFileIsNoVault(t *testing.T) {
	t.Parallel()
	b, err := bolt.Open(newFile(t), bolt.Options{Create: true})
	must(t, err)
	defer b.Close()
	_, err = store.Open(t.Context(), b, store.Options{})
	wantErr(t, err, store.ErrNotVault)
}
