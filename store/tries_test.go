package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/bolt"
)

// watch is a clock that tests set.
type watch struct{ at atomic.Int64 }

func newWatch() *watch {
	w := new(watch)
	w.at.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixNano())
	return w
}

func (w *watch) now() time.Time         { return time.Unix(0, w.at.Load()) }
func (w *watch) pass(d time.Duration)   { w.at.Add(int64(d)) }
func (w *watch) options() store.Options { return store.Options{Clock: w.now} }

// try unlocks and returns the vault, or how long the refusal says to wait; -1 for a wrong passphrase.
func (w *watch) try(t testing.TB, b store.Backend, login, passphrase string) (*store.Vault, time.Duration) {
	t.Helper()
	s, err := store.Open(t.Context(), b, w.options())
	must(t, err)
	v, err := s.Unlock(t.Context(), login, []byte(passphrase))
	var early *store.WaitError
	switch {
	case errors.Is(err, store.ErrWrongPassphrase):
		return nil, -1
	case errors.As(err, &early):
		wantErr(t, err, store.ErrWait)
		return nil, early.Remaining
	}
	must(t, err)
	return v, 0
}

func (w *watch) wantWait(t testing.TB, b store.Backend, login, passphrase string, want time.Duration) {
	t.Helper()
	if _, got := w.try(t, b, login, passphrase); got != want {
		t.Fatalf("%s: waits %v, want %v", login, got, want)
	}
}

func TestWaitGrowsAlikeForKnownAndUnknownLogins(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"clerk", "nobody at all"} {
		m, _ := sample(t)
		w := newWatch()
		for range 3 {
			w.wantWait(t, m, login, "wrong", -1)
		}
		for _, wait := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 900, 900} {
			wait *= time.Second
			w.wantWait(t, m, login, "wrong", wait)
			w.wantWait(t, m, login, passphrase, wait) // the right one as well, and asking makes it no longer
			w.pass(wait - time.Second)
			w.wantWait(t, m, login, "wrong", time.Second)
			w.pass(time.Second)
			w.wantWait(t, m, login, "wrong", -1)
		}
		w.pass(24 * time.Hour)
		for range 3 {
			w.wantWait(t, m, login, "wrong", -1)
		}
	}
}

func TestAWrongPassphraseSaysWhenTheNextIsTaken(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	for i, want := range []time.Duration{0, 0, 5 * time.Second, 10 * time.Second} {
		s, err := store.Open(t.Context(), m, w.options())
		must(t, err)
		_, err = s.Unlock(t.Context(), "clerk", []byte("wrong"))
		wantErr(t, err, store.ErrWrongPassphrase)
		var next *store.WaitError
		if got := errors.As(err, &next); got != (want > 0) || got && next.Remaining != want {
			t.Errorf("try %d: %v", i+1, err)
		}
		w.pass(want)
	}
}

func TestUnlockAfterFailedTriesIsToldAndClearsThem(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	for range 4 {
		w.wantWait(t, m, "clerk", "wrong", -1)
		w.pass(5 * time.Second)
	}
	w.pass(10 * time.Second)
	v, _ := w.try(t, m, "clerk", passphrase)
	if v.FailedTries() != 4 {
		t.Errorf("told of %d", v.FailedTries())
	}
	entries, err := v.Audit(t.Context())
	must(t, err)
	if last := entries[len(entries)-1]; last.Action != "login.failed_tries" || last.Details["count"] != "4" || last.User != string(v.Me().ID) {
		t.Errorf("the log has %+v", last)
	}
	if left := m.keys("tries", ""); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	must(t, v.VerifyAudit(t.Context()))
	for range 3 {
		w.wantWait(t, m, "clerk", "wrong", -1)
	}
	w.pass(time.Hour)
	v, _ = w.try(t, m, "clerk", passphrase)
	if v.FailedTries() != 3 {
		t.Errorf("told of %d", v.FailedTries())
	}
	v, _ = w.try(t, m, "clerk", passphrase)
	again, err := v.Audit(t.Context())
	must(t, err)
	if v.FailedTries() != 0 || len(again) != len(entries)+1 {
		t.Errorf("told of %d, %d entries", v.FailedTries(), len(again)-len(entries))
	}
}

func TestTriesOutliveTheProcess(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	must(t, createVault(t, path).Close())
	w := newWatch()
	for i := range 5 {
		b, err := bolt.Open(path, bolt.Options{})
		must(t, err)
		want := time.Duration(-1)
		if i >= 3 {
			want = 5 * time.Second
		}
		w.wantWait(t, b, "clerk.canary", "wrong", want)
		must(t, b.Close())
	}
}

// TestTriesSideBySide lets many try at once, from several desks of one backend.
func TestTriesSideBySide(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	var looked, refused atomic.Int32
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			s, err := store.Open(t.Context(), m, w.options())
			if err != nil {
				t.Error(err)
				return
			}
			_, err = s.Unlock(t.Context(), "clerk", []byte("wrong"))
			switch {
			case errors.Is(err, store.ErrWrongPassphrase):
				looked.Add(1)
			case errors.Is(err, store.ErrWait):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if looked.Load() != 3 || refused.Load() != 21 {
		t.Errorf("%d were looked at, %d refused", looked.Load(), refused.Load())
	}
}

// TestColleaguesUnlockAtOnce: nobody is told of tries that failed when none did.
func TestColleaguesUnlockAtOnce(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	for range 20 {
		v, _ := w.try(t, m, "clerk", passphrase)
		if v == nil || v.FailedTries() != 0 {
			t.Fatal("refused, or told of tries that failed")
		}
	}
	if left := m.keys("tries", ""); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestClockSetBackIsStricterAndBounded(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	for range 6 {
		w.wantWait(t, m, "clerk", "wrong", -1)
		w.pass(time.Minute)
	}
	w.pass(-time.Minute)
	w.wantWait(t, m, "clerk", "wrong", 40*time.Second)
	w.pass(-365 * 24 * time.Hour)
	w.wantWait(t, m, "clerk", passphrase, 40*time.Second)
	w.pass(10 * time.Second)
	w.wantWait(t, m, "clerk", passphrase, 30*time.Second)
	w.pass(30 * time.Second)
	if v, _ := w.try(t, m, "clerk", passphrase); v == nil || v.FailedTries() != 6 {
		t.Error("the wait did not end, or the count was lost")
	}
}

// TestManyUnknownLoginsFillNothing guesses logins; what it leaves in the backend has a bound.
func TestManyUnknownLoginsFillNothing(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	for i := range 3000 {
		w.try(t, m, fmt.Sprintf("login %d", i), "wrong")
		w.pass(time.Second)
	}
	size := 0
	for _, k := range m.keys("tries", "") {
		size += len(k) + len(m.records["tries\x00"+k])
	}
	if n := len(m.keys("tries", "")); n > 512 || size > 16<<10 {
		t.Errorf("%d records of %d bytes", n, size)
	}
	w.pass(15 * time.Minute)
	must(t, examine(t, m))
}

// TestAColleagueInTheSameSlotIsGivenNoTries: an unlock takes its own user's tries out of a slot and nobody else's.
func TestAColleagueInTheSameSlotIsGivenNoTries(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	w := newWatch()
	slotOf := func(login string) string {
		probe := m.copy()
		w.try(t, probe, login, "wrong")
		for _, k := range probe.keys("tries", "slot") {
			return k
		}
		t.Fatal("no slot")
		return ""
	}
	victim := slotOf("clerk")
	other := ""
	for i := 0; other == ""; i++ {
		if login := fmt.Sprintf("other %d", i); slotOf(login) == victim {
			other = login
		}
	}
	_, err := clerk.AddUser(t.Context(), store.NewUser{Login: other, Passphrase: []byte("other's words")})
	must(t, err)
	for range 2 {
		w.wantWait(t, m, "clerk", "wrong", -1)
	}
	w.wantWait(t, m, other, "wrong", -1)
	w.pass(5 * time.Second)
	if v, _ := w.try(t, m, other, "other's words"); v == nil || v.FailedTries() != 1 {
		t.Error("the colleague is refused, or told of another's tries")
	}
	w.wantWait(t, m, "clerk", "wrong", -1) // the third of the clerk's
	w.wantWait(t, m, "clerk", "wrong", 5*time.Second)
}

func TestChangingAPassphraseCountsAsATry(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	v, _ := w.try(t, m, "clerk", passphrase)
	for range 3 {
		wantErr(t, v.ChangePassphrase(t.Context(), []byte("wrong"), []byte("new")), store.ErrWrongPassphrase)
	}
	wantErr(t, v.ChangePassphrase(t.Context(), []byte(passphrase), []byte("new")), store.ErrWait)
	w.wantWait(t, m, "clerk", passphrase, 5*time.Second)
	w.pass(5 * time.Second)
	must(t, v.ChangePassphrase(t.Context(), []byte(passphrase), []byte("new")))
	entries, err := v.Audit(t.Context())
	must(t, err)
	if last := entries[len(entries)-1]; last.Action != "login.failed_tries" || last.Details["count"] != "3" {
		t.Errorf("the log has %+v", last)
	}
	if v, _ := w.try(t, m, "clerk", "new"); v == nil || v.FailedTries() != 0 {
		t.Error("the count was kept")
	}
}

// TestRecoveryEndsTheWait: who comes back by the sheets has tried in vain before, and need not wait for it.
func TestRecoveryEndsTheWait(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	k, sheets := kitOf(t, clerk, "court")
	must(t, clerk.Escrow(t.Context(), k))
	w := newWatch()
	for range 3 {
		w.wantWait(t, m, "clerk", "forgotten", -1)
	}
	w.wantWait(t, m, "clerk", "forgotten", 5*time.Second)
	back, _, err := recoverUser(t, m, "clerk", "words after", sheets[2], sheets[0])
	must(t, err)
	if back.FailedTries() != 3 {
		t.Errorf("told of %d", back.FailedTries())
	}
	entries, err := back.Audit(t.Context())
	must(t, err)
	if last := entries[len(entries)-1]; last.Action != "login.failed_tries" || last.Details["count"] != "3" {
		t.Errorf("the log has %+v", last)
	}
	if left := m.keys("tries", ""); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
	w.wantWait(t, m, "clerk", "words after", 0)
}

func TestTriesAtAVaultThatCanOnlyBeRead(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	must(t, createVault(t, path).Close())
	w := newWatch()
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	defer b.Close()
	for range 3 {
		w.wantWait(t, b, "clerk.canary", "wrong", -1)
	}
	w.wantWait(t, b, "clerk.canary", passphrase, 5*time.Second)
	w.pass(5 * time.Second)
	if v, _ := w.try(t, b, "clerk.canary", passphrase); v == nil {
		t.Fatal("the wait did not end")
	}
	w.wantWait(t, b, "clerk.canary", "wrong", -1)
}

// TestSpoiledTriesCostAWaitAndNothingElse spoils the counts in every way. They are outside of the manifests and the log: a change to
// them can't make the vault say what is false, so it need not be noticed, and it must not keep anybody out for good.
func TestSpoiledTriesCostAWaitAndNothingElse(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	w := newWatch()
	w.wantWait(t, m, "clerk", "wrong", -1)
	keys := m.keys("tries", "")
	if len(keys) != 2 {
		t.Fatalf("%d records", len(keys))
	}
	spoil := map[string]func(b []byte) []byte{
		"gone": func([]byte) []byte { return nil }, "empty": func([]byte) []byte { return []byte{} },
		"long": func(b []byte) []byte { return append(b, make([]byte, 1<<10)...) }, "cut": func(b []byte) []byte { return b[:len(b)-1] },
	}
	for at := range m.records["tries\x00"+keys[0]] {
		for bit := range 8 {
			spoil[fmt.Sprintf("bit %d of byte %d", bit, at)] = func(b []byte) []byte { b[at] ^= 1 << bit; return b }
		}
	}
	for _, key := range keys {
		for name, fn := range spoil {
			s := m.copy()
			if b := fn(s.records["tries\x00"+key]); b == nil {
				delete(s.records, "tries\x00"+key)
			} else {
				s.records["tries\x00"+key] = b
			}
			at := newWatch()
			if _, wait := at.try(t, s, "clerk", passphrase); wait > 15*time.Minute {
				t.Errorf("%x, %s: waits %v", key, name, wait)
			} else if wait > 0 {
				at.pass(wait)
				if v, _ := at.try(t, s, "clerk", passphrase); v == nil {
					t.Errorf("%x, %s: kept out", key, name)
				}
			}
			must(t, examine(t, s))
		}
	}
	swapped := m.copy()
	swap(swapped.records, "tries\x00"+keys[0], "tries\x00"+keys[1])
	w.wantWait(t, swapped, "clerk", passphrase, 15*time.Minute)
	w.pass(15 * time.Minute)
	w.try(t, swapped, "clerk", passphrase)
	must(t, examine(t, swapped))
}
