package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"paravent/store"
)

var asked = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// at is a clock that stands.
func at(t time.Time) store.Options { return store.Options{Clock: func() time.Time { return t }} }

func newcomer(login string) store.NewUser {
	return store.NewUser{Login: login, DisplayName: "Newcomer Canary", Role: "registrar", Passphrase: []byte("the newcomer's own words")}
}

// outside opens the vault as somebody without a key sees it.
func outside(t *testing.T, m *memory) (*store.Sealed, store.Invitation) {
	t.Helper()
	s, err := store.Open(t.Context(), m, at(asked))
	must(t, err)
	in, err := s.Invitation(t.Context())
	must(t, err)
	return s, in
}

func reception(t *testing.T) (*memory, *store.Vault) {
	t.Helper()
	m, v := sample(t)
	must(t, v.OpenReception(t.Context(), false))
	return m, v
}

func admit(t *testing.T, v *store.Vault, e store.Enrolment) error {
	t.Helper()
	a, err := v.AdmissionOf(e)
	if err != nil {
		return err
	}
	return v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("user.admitted", nil)
		return tx.Admit(a)
	})
}

// unlockAt opens the vault with a clock.
func unlockAt(t *testing.T, m *memory, login, passphrase string, when time.Time) *store.Vault {
	t.Helper()
	s, err := store.Open(t.Context(), m, at(when))
	must(t, err)
	v, err := s.Unlock(t.Context(), login, []byte(passphrase))
	must(t, err)
	return v
}

func TestAnEnrolmentIsAskedForWithoutAKeyAndTakenInByAUser(t *testing.T) {
	t.Parallel()
	m, _ := reception(t)
	s, in := outside(t, m)
	e, err := in.Prepare(newcomer("new"), "fr", at(asked))
	must(t, err)
	must(t, s.Leave(t.Context(), e))
	for place, value := range m.records {
		for _, canary := range []string{"Newcomer", "Canary", "registrar"} {
			if strings.Contains(place, canary) || bytes.Contains(value, []byte(canary)) {
				t.Errorf("%q stands in the clear at %q", canary, place)
			}
		}
	}

	clerk := unlockAt(t, m, "clerk", passphrase, asked.Add(time.Hour))
	waiting, err := clerk.Waiting(t.Context())
	must(t, err)
	if len(waiting) != 1 || waiting[0].Fault != nil {
		t.Fatalf("waiting: %+v", waiting)
	}
	w := waiting[0]
	if w.Fingerprint() != e.Fingerprint() || w.DisplayName != "Newcomer Canary" || w.Login != "new" || w.Role != "registrar" || w.Language != "fr" || !w.Asked.Equal(asked) {
		t.Errorf("%+v", w)
	}
	must(t, admit(t, clerk, w.Enrolment))
	if left, _ := clerk.Waiting(t.Context()); len(left) != 0 {
		t.Errorf("%d requests still wait", len(left))
	}
	wantErr(t, admit(t, clerk, w.Enrolment), store.ErrEnrolmentUsed)

	fresh := unlockAt(t, m, "NEW", "the newcomer's own words", asked.Add(2*time.Hour))
	if fresh.Me().ID != e.ID || fresh.Me().DisplayName != "Newcomer Canary" {
		t.Errorf("%+v", fresh.Me())
	}
	must(t, fresh.Update(t.Context(), func(tx *store.Tx) error { tx.Log("login", nil); return nil }))
	must(t, fresh.VerifyAudit(t.Context()))
	must(t, examine(t, m))
}

func TestAnEnrolmentIsCarriedAsAFile(t *testing.T) {
	t.Parallel()
	m, v := reception(t)
	_, in := outside(t, m)
	carried, err := store.ParseInvitation(in.Encode())
	must(t, err)
	if carried.VaultID() != v.ID() {
		t.Error("another vault")
	}
	e, err := carried.Prepare(newcomer("new"), "en", at(asked))
	must(t, err)
	file, err := carried.File(e)
	must(t, err)
	if len(file) > store.MaxEnrolmentFile || bytes.Contains(file, []byte("Canary")) {
		t.Errorf("%d bytes, or a name in the clear", len(file))
	}
	got, err := v.OpenEnrolment(t.Context(), file)
	must(t, err)
	if got.Fingerprint() != e.Fingerprint() {
		t.Error("other words")
	}
	for i := range file {
		bent := bytes.Clone(file)
		bent[i] ^= 1 << (i % 8)
		if _, err := v.OpenEnrolment(t.Context(), bent); !errors.Is(err, store.ErrEnrolment) {
			t.Fatalf("byte %d of the file: %v", i, err)
		}
	}
	invitation := in.Encode()
	for i := range invitation {
		bent := bytes.Clone(invitation)
		bent[i] ^= 1 << (i % 8)
		if _, err := store.ParseInvitation(bent); err == nil {
			t.Fatalf("byte %d of the invitation changed unnoticed", i)
		}
	}
}

func TestARequestIsForOneVaultAndForFourteenDays(t *testing.T) {
	t.Parallel()
	m, _ := reception(t)
	_, in := outside(t, m)
	e, err := in.Prepare(newcomer("new"), "en", at(asked))
	must(t, err)
	file, err := in.File(e)
	must(t, err)

	other, _ := reception(t)
	stranger := unlockAt(t, other, "clerk", passphrase, asked)
	_, err = stranger.OpenEnrolment(t.Context(), file)
	wantErr(t, err, store.ErrEnrolmentVault)
	_, err = stranger.AdmissionOf(e)
	wantErr(t, err, store.ErrEnrolmentVault)
	wantErr(t, func() error { s, _ := outside(t, other); return s.Leave(t.Context(), e) }(), store.ErrEnrolmentVault)

	wantErr(t, admit(t, unlockAt(t, m, "clerk", passphrase, e.Expires().Add(time.Second)), e), store.ErrEnrolmentExpired)
	wantErr(t, admit(t, unlockAt(t, m, "clerk", passphrase, asked.Add(-15*24*time.Hour)), e), store.ErrEnrolmentExpired)
	must(t, admit(t, unlockAt(t, m, "clerk", passphrase, e.Expires()), e))
}

func TestALoginIsAskedForOnceAndOnlyWhileItIsFree(t *testing.T) {
	t.Parallel()
	m, v := reception(t)
	s, in := outside(t, m)
	prepare := func(login string) store.Enrolment {
		e, err := in.Prepare(newcomer(login), "en", at(asked))
		must(t, err)
		return e
	}
	wantErr(t, s.Leave(t.Context(), prepare("Judge")), store.ErrExists)
	must(t, s.Leave(t.Context(), prepare("new")))
	wantErr(t, s.Leave(t.Context(), prepare("NEW")), store.ErrExists)
	wantErr(t, admit(t, unlockAt(t, m, "clerk", passphrase, asked), prepare("judge")), store.ErrExists)

	for i := 1; i < store.MaxWaiting; i++ {
		must(t, s.Leave(t.Context(), prepare(fmt.Sprint("new", i))))
	}
	wantErr(t, s.Leave(t.Context(), prepare("one too many")), store.ErrWaitingFull)
	waiting, err := v.Waiting(t.Context())
	must(t, err)
	must(t, v.DropWaiting(t.Context(), "user.refused", waiting[0].Handle, waiting[1].Handle))
	wantErr(t, v.DropWaiting(t.Context(), "user.refused", waiting[0].Handle), store.ErrNotFound)
	must(t, s.Leave(t.Context(), prepare("one too many")))
}

// Whoever can write into the vault's file can spoil what waits there, and is noticed.
func TestWhatWaitsIsReadWholeOrCalledUnreadable(t *testing.T) {
	t.Parallel()
	m, v := reception(t)
	s, in := outside(t, m)
	e, err := in.Prepare(newcomer("new"), "en", at(asked))
	must(t, err)
	must(t, s.Leave(t.Context(), e))
	at := place([]byte("waiting"), []byte(m.keys("waiting", "")[0]))
	whole := m.records[at]
	if len(whole) == 0 {
		t.Fatal("nothing waits")
	}
	spoiled := func(value []byte) {
		t.Helper()
		m.records[at] = value
		list, err := v.Waiting(t.Context())
		must(t, err)
		if len(list) != 1 || list[0].Fault == nil || list[0].Login != "" {
			t.Fatalf("%d bytes: %d requests, read as %q", len(value), len(list), list[0].Login)
		}
	}
	for i := 0; i < len(whole); i += 7 {
		bent := bytes.Clone(whole)
		bent[i] ^= 0x10
		spoiled(bent)
	}
	spoiled(nil)
	spoiled(whole[:len(whole)-1])
	spoiled(bytes.Repeat([]byte{7}, 1<<20))
	other, err := in.Prepare(newcomer("somebody else"), "en", store.Options{})
	must(t, err)
	must(t, s.Leave(t.Context(), other))
	for _, key := range m.keys("waiting", "") {
		if its := place([]byte("waiting"), []byte(key)); its != at {
			m.records[at] = m.records[its]
			delete(m.records, its)
		}
	}
	list, err := v.Waiting(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Fault == nil {
		t.Errorf("a request in another's place: %+v", list)
	}
	must(t, v.DropWaiting(t.Context(), "user.refused", list[0].Handle))
}

func TestAForeignReceptionIsNoticedAndPutRight(t *testing.T) {
	t.Parallel()
	m, v := reception(t)
	other, _ := reception(t)
	at := place([]byte("vault"), []byte("reception"))
	m.records[at] = other.records[at]
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if report.Sound() || report.Faults[0].Place != "reception" {
		t.Errorf("%+v", report.Faults)
	}
	must(t, v.OpenReception(t.Context(), false))
	must(t, examine(t, m))

	// After a renewal, what was on its way can still be read, and new requests are sealed to the new key.
	_, in := outside(t, m)
	e, err := in.Prepare(newcomer("new"), "en", store.Options{})
	must(t, err)
	file, err := in.File(e)
	must(t, err)
	must(t, v.OpenReception(t.Context(), true))
	if _, err := v.OpenEnrolment(t.Context(), file); err != nil {
		t.Error(err)
	}
	_, renewed := outside(t, m)
	if bytes.Equal(renewed.Encode(), in.Encode()) {
		t.Error("the reception was not renewed")
	}
	must(t, examine(t, m))
}

func TestNamesWithUnseenSignsAreRefused(t *testing.T) {
	t.Parallel()
	m, _ := reception(t)
	_, in := outside(t, m)
	for _, name := range []string{"", "  ", "line\nbreak", "turn \u202e around", "zero\u200bwidth", "bad \xff", strings.Repeat("x", 300)} {
		u := newcomer("new")
		u.DisplayName = name
		if _, err := in.Prepare(u, "en", store.Options{}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	u := newcomer("new")
	if _, err := in.Prepare(u, "a long language", store.Options{}); !errors.Is(err, store.ErrInvalid) {
		t.Error(err)
	}
}

func TestAVaultWithoutAReceptionTakesNoRequests(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	s, err := store.Open(t.Context(), m, store.Options{})
	must(t, err)
	_, err = s.Invitation(t.Context())
	wantErr(t, err, store.ErrNoReception)
	_, err = v.Invitation(t.Context())
	wantErr(t, err, store.ErrNoReception)
}
