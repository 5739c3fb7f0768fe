package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"paravent/store"
)

func TestWrongPassphrasesMakeTheNextTryWait(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	const wrong = "vault status --vault @v --login judge --passphrase-file @wrong"
	s.run(exitPassphrase, wrong)
	s.run(exitPassphrase, wrong)
	s.run(exitPassphrase, wrong)
	both := fmt.Errorf("%w; %w", store.ErrWrongPassphrase, &store.WaitError{Remaining: 4500 * time.Millisecond})
	if text, code := tell(both); code != exitPassphrase || !strings.Contains(text, "The next try is taken in 5 seconds.") {
		t.Errorf("a wrong one with a wait is told as %d: %s", code, text)
	}
	// An unreadable count is as long a wait as there is, also for the right passphrase; it doesn't depend on this machine's speed.
	s.slot(func(b *bbolt.Bucket, k []byte) error { return b.Put(k, []byte("torn")) })
	_, errs := s.run(exitWait, "vault status"+asJudge)
	if !strings.Contains(errs, "was not looked at") || strings.Count(errs, "\n") != 1 {
		t.Errorf("it says %q", errs)
	}
	s.slot(func(b *bbolt.Bucket, k []byte) error { return b.Delete(k) }) // instead of waiting
	if _, errs := s.run(exitOK, "vault status"+asJudge); !strings.Contains(errs, "since you were last here: 3.") {
		t.Errorf("the user is told %q", errs)
	}
	if _, errs := s.run(exitOK, "vault verify"+asJudge); errs != "" && strings.Contains(errs, "since you were last") {
		t.Errorf("the user is told again: %q", errs)
	}
}

// slot alters the count that holds a login back.
func (s *terminal) slot(fn func(b *bbolt.Bucket, key []byte) error) {
	s.t.Helper()
	db, err := bbolt.Open(s.path("v"), 0o600, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("tries"))
		k, _ := b.Cursor().Seek([]byte("slot"))
		return fn(b, bytes.Clone(k))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		s.t.Fatal(err)
	}
}
