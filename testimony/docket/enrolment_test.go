package docket_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const ownWords = "plum harbour violin 41"

func applicant(login, office string) store.NewUser {
	return store.NewUser{Login: login, DisplayName: "Applicant " + login, Role: store.Role(office), Passphrase: []byte(ownWords)}
}

// ask leaves a request while nobody has the vault open, and opens it again as somebody.
func ask(t *testing.T, d *docket.Desk, nu store.NewUser, then string) (*docket.Desk, docket.Applicant) {
	t.Helper()
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	asked, err := docket.Ask(t.Context(), path, nu, "fr", light)
	if err != nil {
		t.Fatal(err)
	}
	again, err := docket.Unlock(t.Context(), path, then, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	return again, asked
}

func TestWhoeverAsksIsAdmittedByTheWordsTheyRead(t *testing.T) {
	t.Parallel()
	d, asked := ask(t, training(t), applicant("second judge", testimony.Judge), testimony.Judge)
	list, err := d.Applicants(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d requests, %v", len(list), err)
	}
	a := list[0]
	if !slices.Equal(a.Words, asked.Words) || len(a.Words) != 9 || a.Name != "Applicant second judge" || a.Language != "fr" {
		t.Errorf("they read %v, the desk shows %v of %q", asked.Words, a.Words, a.Name)
	}
	if shown := a.Shown(); shown[0] != "…" || shown[8] != "…" || shown[4] != a.Words[4] {
		t.Errorf("shown: %v", shown)
	}
	if _, err := d.AdmitApplicant(t.Context(), a, a.Words[1], a.Words[8]); !errors.Is(err, docket.ErrWords) {
		t.Errorf("admitted by a wrong word: %v", err)
	}
	user, err := d.AdmitApplicant(t.Context(), a, " "+strings.ToUpper(asked.Words[0]), asked.Words[8])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AdmitApplicant(t.Context(), a, a.Words[0], a.Words[8]); !errors.Is(err, store.ErrEnrolmentUsed) {
		t.Errorf("admitted twice: %v", err)
	}
	wantActions(t, d, "user.ask_denied", "user.admitted")

	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	theirs, err := docket.Unlock(t.Context(), path, "second judge", []byte(ownWords), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = theirs.Close() })
	if theirs.Me().ID != user.ID || string(theirs.Me().Role) != testimony.Judge {
		t.Errorf("%+v", theirs.Me())
	}
	approveAnother(t, theirs)
}

// approveAnother has a new judge use their half of an identity that was sealed before they came.
func approveAnother(t *testing.T, d *docket.Desk) {
	t.Helper()
	cases, err := d.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parties, err := d.Parties(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	users, err := d.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grantee := users[slices.IndexFunc(users, func(u store.User) bool { return u.Login == testimony.Judge })].ID
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	clerk, err := docket.Unlock(t.Context(), path, testimony.Clerk, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	var r identity.Request
	for _, p := range parties {
		if sealed, _ := clerk.SealedFields(t.Context(), p.ID); len(sealed) > 0 {
			r, err = clerk.AskDisclosure(t.Context(), docket.Asking{Party: p.ID, Case: p.Appearances[0].Case, Grantee: grantee, Fields: sealed[:1],
				Basis: "§ 1", Order: "1/2026", Until: noon.Add(time.Hour)})
			break
		}
	}
	if err := errors.Join(err, clerk.Close()); err != nil || r.ID == "" || len(cases) == 0 {
		t.Fatalf("ask: %v", err)
	}
	theirs, err := docket.Unlock(t.Context(), path, "second judge", []byte(ownWords), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = theirs.Close() })
	if _, err := theirs.ApproveDisclosure(t.Context(), r.ID); err != nil {
		t.Errorf("the new judge holds no half: %v", err)
	}
}

func wantActions(t *testing.T, d *docket.Desk, actions ...string) {
	t.Helper()
	entries, err := d.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Action)
		for k, v := range e.Details {
			if strings.Contains(v, "Applicant") || strings.Contains(v, "second judge") {
				t.Errorf("%s: the audit log has a name: %s=%s", e.Action, k, v)
			}
		}
	}
	for _, a := range actions {
		if !slices.Contains(got, a) {
			t.Errorf("no %s in the audit log", a)
		}
	}
}

func TestOnlyTheRightOfficeAdmitsAndRefuses(t *testing.T) {
	t.Parallel()
	d, _ := ask(t, training(t), applicant("second judge", testimony.Judge), testimony.Clerk)
	a := theOne(t, d)
	if _, err := d.AdmitApplicant(t.Context(), a, a.Words[0], a.Words[8]); !errors.Is(err, docket.ErrEnrol) {
		t.Errorf("a clerk admits a judge: %v", err)
	}
	d = as(t, d, testimony.Advocate)
	if _, err := d.AdmitApplicant(t.Context(), theOne(t, d), a.Words[0], a.Words[8]); !errors.Is(err, docket.ErrEnrol) {
		t.Errorf("an advocate admits a judge: %v", err)
	}
	if err := d.RefuseApplicant(t.Context(), a.Handle); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate refuses: %v", err)
	}
	d = as(t, d, testimony.Auditor)
	if _, err := d.Applicants(t.Context()); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor reads who asks: %v", err)
	}
	d = as(t, d, testimony.Registrar)
	if err := d.RefuseApplicant(t.Context(), a.Handle); err != nil {
		t.Error(err)
	}
	if err := d.RefuseApplicant(t.Context(), a.Handle); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("refused twice: %v", err)
	}
	wantActions(t, d, "user.ask_refused")
	if _, err := docket.Unlock(t.Context(), d.Path(), "second judge", []byte(ownWords), light); err == nil {
		t.Error("somebody who was refused has opened the vault")
	}
}

func theOne(t *testing.T, d *docket.Desk) docket.Applicant {
	t.Helper()
	list, err := d.Applicants(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d requests, %v", len(list), err)
	}
	return list[0]
}

func TestARequestThatIsTooOldIsTakenOut(t *testing.T) {
	t.Parallel()
	d, _ := ask(t, training(t), applicant("late", testimony.Clerk), testimony.Clerk)
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	later := light
	later.Clock = func() time.Time { return noon.Add(store.EnrolmentLife + time.Minute) }
	d, err := docket.Unlock(t.Context(), path, testimony.Registrar, []byte(docket.TrainingPassphrase), later)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for range 2 {
		if list, err := d.Applicants(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("%d requests, %v", len(list), err)
		}
	}
	wantActions(t, d, "user.ask_expired")
}

func TestARequestIsCarriedOnAStick(t *testing.T) {
	t.Parallel()
	d := training(t)
	dir := t.TempDir()
	invitation, file := filepath.Join(dir, "court.invitation"), filepath.Join(dir, "new.enrolment")
	if err := d.WriteInvitation(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteInvitation(t.Context(), invitation); !errors.Is(err, os.ErrExist) {
		t.Errorf("an invitation is replaced: %v", err)
	}
	in, err := docket.ReadInvitation(invitation)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := docket.AskByFile(t.Context(), in, applicant("second clerk", testimony.Clerk), "en", file, light)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || bytes.Contains(raw, []byte("second clerk")) {
		t.Errorf("the file names somebody, or %v", err)
	}
	d = as(t, d, testimony.Clerk)
	a, err := d.ReadApplicant(t.Context(), file)
	if err != nil || !slices.Equal(a.Words, asked.Words) {
		t.Fatalf("%v, %v", a.Words, err)
	}
	if _, err := d.AdmitApplicant(t.Context(), a, asked.Words[0], asked.Words[8]); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReadApplicant(t.Context(), invitation); !errors.Is(err, store.ErrEnrolment) {
		t.Errorf("an invitation is read as a request: %v", err)
	}
	huge := filepath.Join(dir, "huge")
	if err := os.WriteFile(huge, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := docket.ReadInvitation(huge); !errors.Is(err, store.ErrInvitation) {
		t.Error(err)
	}
}

func TestAskingIsHeldToTheSameParticularsAsAdding(t *testing.T) {
	t.Parallel()
	d := training(t)
	path := d.Path()
	if _, err := docket.Ask(t.Context(), path, applicant("new", testimony.Clerk), "en", light); !errors.Is(err, store.ErrInUse) {
		t.Errorf("asked of a vault in use: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	short := applicant("new", testimony.Clerk)
	short.Passphrase = []byte("short")
	for _, nu := range []store.NewUser{applicant("", testimony.Clerk), applicant("new", "king"), short} {
		if _, err := docket.Ask(t.Context(), path, nu, "en", light); !errors.Is(err, docket.ErrUser) && !errors.Is(err, strength.ErrWeak) {
			t.Errorf("%q as %q: %v", nu.Login, nu.Role, err)
		}
	}
	if _, err := docket.Ask(t.Context(), path, applicant("clerk", testimony.Clerk), "en", light); !errors.Is(err, store.ErrExists) {
		t.Errorf("a login in use: %v", err)
	}
	if _, err := docket.Ask(t.Context(), filepath.Join(t.TempDir(), "none"), applicant("new", testimony.Clerk), "en", light); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Somebody between the applicant and the desk who puts a request of their own in the place of the other's, under the same name and login, has
// other words; one who changes a byte has no request.
func TestAnExchangedRequestIsNotAdmittedByTheOthersWords(t *testing.T) {
	t.Parallel()
	d := training(t)
	dir := t.TempDir()
	invitation := filepath.Join(dir, "court.invitation")
	if err := d.WriteInvitation(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	in, err := docket.ReadInvitation(invitation)
	if err != nil {
		t.Fatal(err)
	}
	asks := func(name string) docket.Applicant {
		a, err := docket.AskByFile(t.Context(), in, applicant("mnkomo", testimony.Clerk), "en", filepath.Join(dir, name), light)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	theirs := asks("theirs.enrolment")
	asks("exchanged.enrolment")
	d = as(t, d, testimony.Clerk)
	shown, err := d.ReadApplicant(t.Context(), filepath.Join(dir, "exchanged.enrolment"))
	if err != nil || slices.Equal(shown.Words, theirs.Words) {
		t.Fatalf("two requests have the same words, or %v", err)
	}
	if _, err := d.AdmitApplicant(t.Context(), shown, theirs.Words[0], theirs.Words[8]); !errors.Is(err, docket.ErrWords) {
		t.Errorf("admitted by the words that the other read: %v", err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "theirs.enrolment"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(raw); i += 11 {
		bent := bytes.Clone(raw)
		bent[i] ^= 1
		path := filepath.Join(dir, "bent.enrolment")
		if err := os.WriteFile(path, bent, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := d.ReadApplicant(t.Context(), path)
		if err == nil && slices.Equal(a.Words, theirs.Words) {
			t.Errorf("byte %d changed and the words are the same", i)
		}
	}
	users, err := d.Users(t.Context())
	if err != nil || len(users) != len(testimony.Offices) {
		t.Errorf("%d users, %v", len(users), err)
	}
	wantActions(t, as(t, d, testimony.Judge), "user.ask_denied")
}
