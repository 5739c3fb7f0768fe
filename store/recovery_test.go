package store_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"paravent/store"
	"paravent/store/kit"
)

var three = []store.Holder{{Name: "Holder Canary"}, {Name: "another"}, {Name: "a third"}}

// kitOf makes a kit of two of three sheets, in force.
func kitOf(t *testing.T, v *store.Vault, name string) (store.Kit, []kit.Sheet) {
	t.Helper()
	k, sheets, err := v.MakeKit(t.Context(), name, 2, three)
	must(t, err)
	k, err = v.ConfirmKit(t.Context(), name, k.ID)
	must(t, err)
	return k, sheets
}

func recoverUser(t *testing.T, m *memory, login, words string, sheets ...kit.Sheet) (*store.Vault, store.Recovery, error) {
	t.Helper()
	s, err := store.Open(t.Context(), m, at(asked))
	must(t, err)
	return s.Recover(t.Context(), login, sheets, []byte(words))
}

func TestEnoughSheetsLetAUserInWithANewPassphrase(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	k, sheets := kitOf(t, clerk, "court")
	must(t, clerk.Escrow(t.Context(), k))
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	must(t, examine(t, m))
	for at, value := range m.records {
		if bytes.Contains(value, []byte("Canary")) || bytes.Contains(value, sheets[0].Share[:]) {
			t.Errorf("a holder or a sheet stands in the clear at %q", at)
		}
	}

	back, r, err := recoverUser(t, m, " CLERK", "words after", sheets[2], sheets[0])
	must(t, err)
	if back.Me().ID != clerk.Me().ID || r.Name != "court" || r.Kit != k.ID || !slices.Equal(r.Sheets, []int{3, 1}) || !r.At.Equal(asked) {
		t.Errorf("%+v", r)
	}
	must(t, back.View(t.Context(), func(tx *store.ReadTx) error {
		got, err := notes.Get(tx, docket, "a")
		if got != (note{"a", 0}) {
			t.Errorf("reads %v", got)
		}
		return err
	}))
	_, err = unlockMemory(t.Context(), m, "clerk", passphrase)
	wantErr(t, err, store.ErrWrongPassphrase)
	again, err := unlockMemory(t.Context(), m, "clerk", "words after")
	must(t, err)
	must(t, again.VerifyAudit(t.Context()))
	report, err := again.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Errorf("%+v", report.Faults)
	}
	entries, err := again.Audit(t.Context())
	must(t, err)
	if told := entries[len(entries)-1]; told.Action != "login.failed_tries" || told.Details["count"] != "1" {
		t.Errorf("the try with the old passphrase: %+v", told)
	}
	last := entries[len(entries)-2]
	if last.Action != "user.recovered" || last.User != string(clerk.Me().ID) || last.Details["sheets"] != "3,1" || last.Details["kit"] != k.ID {
		t.Errorf("%+v", last)
	}

	list, err := judge.Recoveries(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Reviewed != nil {
		t.Fatalf("%+v", list)
	}
	reviewed, err := judge.ReviewRecovery(t.Context(), r.ID, "seen in person")
	must(t, err)
	if reviewed.Reviewed.By != judge.Me().ID {
		t.Errorf("%+v", reviewed.Reviewed)
	}
	_, err = again.ReviewRecovery(t.Context(), r.ID, "once more")
	wantErr(t, err, store.ErrReviewed)
	if list, err := again.Recoveries(t.Context()); err != nil || list[0].Reviewed.Reason != "seen in person" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhatDoesNotRecover(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	k, sheets := kitOf(t, clerk, "court")
	_, foreign := kitOf(t, clerk, "bench")
	must(t, clerk.Escrow(t.Context(), k))
	other, elsewhere := sample(t)
	_, strange := kitOf(t, elsewhere, "court")
	before := m.copy()
	for name, c := range map[string]struct {
		login  string
		sheets []kit.Sheet
		want   error
	}{
		"too few":              {"clerk", sheets[:1], kit.ErrFew},
		"none":                 {"clerk", nil, kit.ErrFew},
		"one twice":            {"clerk", []kit.Sheet{sheets[0], sheets[0]}, kit.ErrTwice},
		"of the other kit":     {"clerk", []kit.Sheet{sheets[0], foreign[1]}, kit.ErrKit},
		"of another vault":     {"clerk", strange, kit.ErrVault},
		"no escrow":            {"judge", sheets, store.ErrNoEscrow},
		"nobody of that login": {"nobody", sheets, store.ErrNoEscrow},
		"no login":             {"", sheets, store.ErrNoEscrow},
	} {
		if _, _, err := recoverUser(t, m, c.login, "new words", c.sheets...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := recoverUser(t, m, "clerk", "", sheets...)
	wantErr(t, err, store.ErrInvalid)
	_, _, err = recoverUser(t, other, "clerk", "new words", strange...)
	wantErr(t, err, store.ErrNoEscrow)
	for at, value := range m.records {
		if !bytes.Equal(value, before.records[at]) {
			t.Errorf("a recovery that failed changed %q", at)
		}
	}
}

func TestANewKitTakesTheOldOnesPlace(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	first, old := kitOf(t, clerk, "court")
	must(t, clerk.Escrow(t.Context(), first))
	copyBefore := m.copy()
	pending, _, err := clerk.MakeKit(t.Context(), "court", 2, three)
	must(t, err)
	wantErr(t, clerk.Escrow(t.Context(), pending), store.ErrNoKit)
	if _, _, err := recoverUser(t, &memory{records: m.copy().records}, "clerk", "new words", old...); err != nil {
		t.Errorf("a kit that waits replaces the one in force: %v", err)
	}
	_, err = clerk.ConfirmKit(t.Context(), "court", first.ID)
	wantErr(t, err, store.ErrNoKit)
	second, err := clerk.ConfirmKit(t.Context(), "court", pending.ID)
	must(t, err)
	to, err := clerk.Escrows(t.Context())
	must(t, err)
	if len(to) != 0 {
		t.Errorf("escrows to the old kit are left: %v", to)
	}
	_, _, err = recoverUser(t, m, "clerk", "new words", old...)
	wantErr(t, err, store.ErrNoEscrow)
	wantErr(t, clerk.Escrow(t.Context(), first), store.ErrNoKit)
	must(t, clerk.Escrow(t.Context(), second))
	_, _, err = recoverUser(t, m, "clerk", "new words", old...)
	wantErr(t, err, kit.ErrKit)
	must(t, examine(t, m))
	// As the documents say: a copy of the file from before still opens with the old sheets.
	if _, _, err := recoverUser(t, copyBefore, "clerk", "new words", old...); err != nil {
		t.Errorf("the copy from before: %v", err)
	}

	third, _, err := clerk.MakeKit(t.Context(), "court", 2, three)
	must(t, err)
	must(t, clerk.DiscardKit(t.Context(), "court", third.ID))
	_, err = clerk.ConfirmKit(t.Context(), "court", third.ID)
	wantErr(t, err, store.ErrNoKit)
	if list, err := clerk.Kits(t.Context()); err != nil || len(list) != 1 || !list[0].InForce() {
		t.Errorf("%+v, %v", list, err)
	}
}

// Each byte of what stands in the clear for recovering is held against the directory.
func TestEveryByteOfAKitAndAnEscrowIsNoticed(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	k, sheets := kitOf(t, clerk, "court")
	must(t, clerk.Escrow(t.Context(), k))
	for _, bucket := range []string{"kit", "escrow"} {
		key := place([]byte(bucket), []byte(m.keys(bucket, "")[0]))
		whole := m.records[key]
		if len(whole) == 0 {
			t.Fatal("nothing in " + bucket)
		}
		for i := 0; i < len(whole); i += 3 {
			m.records[key] = bytes.Clone(whole)
			m.records[key][i] ^= 1 << (i % 8)
			if _, _, err := recoverUser(t, m, "clerk", "new words", sheets...); !errors.Is(err, store.ErrDamaged) {
				t.Fatalf("%s byte %d: recovered, or %v", bucket, i, err)
			}
			if i%60 == 0 && examine(t, m) == nil {
				t.Fatalf("%s byte %d changed unnoticed", bucket, i)
			}
		}
		delete(m.records, key)
		if examine(t, m) == nil {
			t.Errorf("a missing %s is not noticed", bucket)
		}
		m.records[key] = whole
	}
	must(t, examine(t, m))
}

func TestNamesAndBoundsOfAKit(t *testing.T) {
	t.Parallel()
	_, clerk := sample(t)
	for _, name := range []string{"", "a/b", "pending/court", string(make([]byte, 40))} {
		_, _, err := clerk.MakeKit(t.Context(), name, 2, three)
		wantErr(t, err, store.ErrInvalid)
	}
	_, _, err := clerk.MakeKit(t.Context(), "court", 1, three)
	wantErr(t, err, kit.ErrBounds)
	_, _, err = clerk.MakeKit(t.Context(), "court", 4, three)
	wantErr(t, err, kit.ErrBounds)
}

// A sheet can be looked at without bringing anybody back: which kit it is of, or why of none.
func TestASheetIsKnownAsOneOfItsKit(t *testing.T) {
	t.Parallel()
	_, clerk := sample(t)
	k, sheets := kitOf(t, clerk, "court")
	_, elsewhere := sample(t)
	_, strange := kitOf(t, elsewhere, "court")
	for i, s := range sheets {
		seen, err := clerk.CheckSheet(t.Context(), s)
		must(t, err)
		if seen.ID != k.ID || !seen.InForce() {
			t.Errorf("sheet %d is of %+v", i+1, seen)
		}
	}
	old := sheets[0]
	kitOf(t, clerk, "court") // a new one takes its place
	for name, c := range map[string]struct {
		sheet kit.Sheet
		want  error
	}{"of another vault": {strange[0], kit.ErrVault}, "of the kit before": {old, kit.ErrKit}} {
		if _, err := clerk.CheckSheet(t.Context(), c.sheet); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, sheets = kitOf(t, clerk, "bench")
	forged, renumbered := sheets[0], sheets[0]
	forged.Share[5] ^= 1
	renumbered.Index = 2
	for _, s := range []kit.Sheet{forged, renumbered} {
		_, err := clerk.CheckSheet(t.Context(), s)
		wantErr(t, err, kit.ErrFalse)
	}
	entries, err := clerk.Audit(t.Context())
	must(t, err)
	seen := 0
	for _, e := range entries {
		if e.Action == "kit.sheet_seen" {
			seen++
		}
	}
	if seen != 3 {
		t.Errorf("%d sheets are logged as seen", seen)
	}
}
