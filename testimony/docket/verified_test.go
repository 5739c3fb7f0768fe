package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

func blobOf(d *docket.Desk, r docket.Recording) string {
	return filepath.Join(d.Path()+".d", string(r.ID)+".blob")
}

// Whoever checks a recording's file, and whatever for, leaves what was found, with the time and in the chain of custody: when it is sealed to its blocks, for a report of
// custody, and when all of the vault is verified, by those who cannot open it as well. A check that could not be made leaves nothing.
func TestEveryCheckOfARecordingIsKept(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := capture(t, b.as(testimony.Judge))
	last := func() docket.RecordingState {
		t.Helper()
		list := must(b.desk.RecordingStates(t.Context()))(t)
		if len(list) != 1 {
			t.Fatalf("%d recordings", len(list))
		}
		return list[0]
	}
	if v := last().Verified; v != nil {
		t.Fatalf("checked before anybody did: %+v", v)
	}
	if _, err := b.desk.VerificationOf(t.Context(), r.ID); !errors.Is(err, docket.ErrNotFound) {
		t.Error(err)
	}
	by := map[string]func() error{
		"commit":  func() error { return second(b.desk.CommitRecording(t.Context(), r.ID)) },
		"custody": func() error { return second(b.desk.Custody(t.Context(), r.ID)) },
		"verify":  func() error { return second(b.desk.Verify(t.Context(), nil)) },
	}
	step := func(login, name string, want notice.Found) {
		t.Helper()
		b.now = b.now.Add(time.Hour)
		b.as(login)
		err := by[name]()
		if err != nil && want == notice.Intact {
			t.Errorf("%s: %v", name, err)
		}
		s := last()
		if v := s.Verified; v == nil || v.Found != want || !v.At.Equal(b.now) || v.By != string(b.desk.Me().ID) {
			t.Errorf("%s as %s leaves %+v, want %s at %s", name, login, v, want, b.now)
		}
		if asks := s.Need == docket.NeedsInquiry; asks != (want == notice.Altered) {
			t.Errorf("%s as %s: it needs %q", name, login, s.Need)
		}
	}
	whole := must(os.ReadFile(blobOf(b.desk, r)))(t)
	step(testimony.Judge, "commit", notice.Intact)
	step(testimony.Registrar, "custody", notice.Intact)
	step(testimony.Judge, "verify", notice.Intact)
	step(testimony.Clerk, "verify", notice.Intact) // the master is sealed to others: its chunks are those that were sealed
	changed := slices.Clone(whole)
	changed[len(changed)/2] ^= 1
	if err := os.WriteFile(blobOf(b.desk, r), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	step(testimony.Clerk, "verify", notice.Altered)
	step(testimony.Judge, "verify", notice.Altered)
	step(testimony.Registrar, "custody", notice.Altered)
	if err := os.Remove(blobOf(b.desk, r)); err != nil {
		t.Fatal(err)
	}
	step(testimony.Judge, "verify", notice.Altered)
	if err := os.WriteFile(blobOf(b.desk, r), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	step(testimony.Judge, "verify", notice.Intact)

	before := last().Verified.At
	b.now = b.now.Add(time.Hour)
	if _, _, err := b.as(testimony.Clerk).VerifyRecording(t.Context(), r.ID, nil); !errors.Is(err, store.ErrNoAccess) {
		t.Fatalf("a clerk opens the master: %v", err)
	}
	if v := last().Verified; !v.At.Equal(before) {
		t.Errorf("a check that was not made left %+v", v)
	}
	var found []notice.Found
	for _, k := range must(b.as(testimony.Judge).Custody(t.Context(), r.ID))(t).Chain {
		if (k.Act == "recording.verified") != (k.Found != "") {
			t.Errorf("the chain says that %s found %q", k.Act, k.Found)
		}
		if k.Found != "" {
			found = append(found, k.Found)
		}
	}
	want := []notice.Found{notice.Intact, notice.Intact, notice.Intact, notice.Intact, notice.Altered, notice.Altered, notice.Altered, notice.Altered, notice.Intact, notice.Intact}
	if !slices.Equal(found, want) {
		t.Errorf("the chain says %v, want %v", found, want)
	}
}

// A recording that is still being written is not found to be torn, and a check that somebody else makes of the vault meanwhile says nothing of it.
func TestARecordingThatRunsIsNotFoundTorn(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	r, file, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	if err != nil {
		t.Fatal(err)
	}
	if report := must(d.Verify(t.Context(), nil))(t); !report.Sound() {
		t.Errorf("%+v", report)
	}
	if _, err := d.VerificationOf(t.Context(), r.ID); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("something was found of it: %v", err)
	}
	if _, err := file.Close(); err != nil {
		t.Fatal(err)
	}
	d = b.as(testimony.Judge) // as after a fall of the program
	if report := must(d.Verify(t.Context(), nil))(t); !report.Sound() {
		t.Errorf("%+v", report)
	}
	if v := must(d.VerificationOf(t.Context(), r.ID))(t); v.Found == notice.Altered {
		t.Errorf("found %s", v.Found)
	}
}
