package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"paravent/store"
)

func TestWrongPassphraseAndUnknownLoginLookAlike(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	for _, c := range [][2]string{{"clerk", "wrong"}, {"nobody", passphrase}, {"", passphrase}, {"clerk", ""}} {
		_, err := unlockMemory(t.Context(), m, c[0], c[1])
		if err == nil || !errors.Is(err, store.ErrWrongPassphrase) || err.Error() != "unlock vault: "+store.ErrWrongPassphrase.Error() {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestSpellingsOfOnePassphrase(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	_, err := v.AddUser(t.Context(), store.NewUser{Login: "Zoé", Passphrase: []byte("événement")})
	must(t, err)
	_, err = unlockMemory(t.Context(), m, "ZOE\u0301", "e\u0301ve\u0301nement")
	must(t, err)
}

func TestSecondUser(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	clerk := createVault(t, path)
	put(t, clerk, "a", note{"first", 1})
	added, err := clerk.AddUser(t.Context(), store.NewUser{
		Login: "judge", DisplayName: "Presiding Judge", Role: "judge", Passphrase: []byte("judge's words"),
	})
	must(t, err)
	_, err = clerk.AddUser(t.Context(), store.NewUser{Login: "JUDGE", Passphrase: []byte("x")})
	wantErr(t, err, store.ErrExists)
	must(t, clerk.Close())

	judge := unlock(t, path, "judge", "judge's words")
	me := judge.Me()
	if me.ID != added.ID || me.DisplayName != "Presiding Judge" || me.Role != "judge" || !bytes.Equal(me.HPKEPublic, added.HPKEPublic) {
		t.Errorf("got %+v", me)
	}
	users, err := judge.Users(t.Context())
	must(t, err)
	if len(users) != 2 || users[0].Login != "clerk.canary" || users[1].Login != "judge" {
		t.Errorf("got %+v", users)
	}
	must(t, judge.View(t.Context(), func(tx *store.ReadTx) error {
		if tx.HasCompartment(docket) {
			t.Error("has a compartment without being a member")
		}
		_, err := notes.Get(tx, docket, "a")
		wantErr(t, err, store.ErrNoAccess)
		_, err = notes.All(tx, docket)
		wantErr(t, err, store.ErrNoAccess)
		_, err = notes.All(tx, "nowhere")
		wantErr(t, err, store.ErrNoCompartment)
		return nil
	}))
	for name, fn := range map[string]func(tx *store.Tx) error{
		"put":    func(tx *store.Tx) error { return notes.Put(tx, docket, "a", note{}) },
		"delete": func(tx *store.Tx) error { return notes.Delete(tx, docket, "a") },
		"admit":  func(tx *store.Tx) error { return tx.AddMembers(docket, []store.UserID{me.ID}) },
	} {
		if err := judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("try", nil); return fn(tx) }); !errors.Is(err, store.ErrNoAccess) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = judge.Audit(t.Context())
	wantErr(t, err, store.ErrNoAccess)
	must(t, judge.VerifyAudit(t.Context()))
	head, err := judge.AuditHead(t.Context())
	must(t, err)
	if head.Size == 0 {
		t.Error("empty log")
	}
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("login", nil); return nil }))
	report, err := judge.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() || report.Sealed != 1 || report.Users != 2 {
		t.Errorf("%+v", report)
	}
	must(t, judge.Close())

	clerk = unlock(t, path, "clerk.canary", passphrase)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("members.add", nil)
		return errors.Join(
			tx.AddMembers(docket, []store.UserID{me.ID, me.ID}),
			tx.AddMembers(store.AuditCompartment, []store.UserID{me.ID}))
	}))
	must(t, clerk.Close())

	judge = unlock(t, path, "judge", "judge's words")
	must(t, judge.View(t.Context(), func(tx *store.ReadTx) error {
		got, err := notes.Get(tx, docket, "a")
		if got != (note{"first", 1}) {
			t.Errorf("got %v", got)
		}
		members, _ := tx.Members(docket)
		if len(members) != 2 {
			t.Errorf("members %v", members)
		}
		return err
	}))
	entries, err := judge.Audit(t.Context())
	must(t, err)
	if e := entries[len(entries)-2]; e.Action != "login" || e.User != string(me.ID) || time.Since(e.Time) > time.Hour {
		t.Errorf("got %+v", e)
	}
}

func TestCompartmentRules(t *testing.T) {
	t.Parallel()
	_, v := sample(t)
	me := []store.UserID{v.Me().ID}
	for name, c := range map[string]struct {
		fn   func(tx *store.Tx) error
		want error
	}{
		"twice":         {func(tx *store.Tx) error { return tx.CreateCompartment(docket, me) }, store.ErrExists},
		"audit":         {func(tx *store.Tx) error { return tx.CreateCompartment(store.AuditCompartment, me) }, store.ErrExists},
		"no members":    {func(tx *store.Tx) error { return tx.CreateCompartment("x", nil) }, store.ErrInvalid},
		"no name":       {func(tx *store.Tx) error { return tx.CreateCompartment("", me) }, store.ErrInvalid},
		"unknown user":  {func(tx *store.Tx) error { return tx.CreateCompartment("x", []store.UserID{"nobody"}) }, store.ErrNotFound},
		"add to none":   {func(tx *store.Tx) error { return tx.AddMembers("x", me) }, store.ErrNoCompartment},
		"delete absent": {func(tx *store.Tx) error { return notes.Delete(tx, docket, "zz") }, store.ErrNotFound},
		"too large":     {func(tx *store.Tx) error { return blobs.Put(tx, docket, "b", make([]byte, store.MaxRecord)) }, store.ErrTooLarge},
	} {
		if err := v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("try", nil); return c.fn(tx) }); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, v.VerifyAudit(t.Context()))
}

// TestCompartmentForOthers lets a user make one for somebody else, fill it, and never read it again.
func TestCompartmentForOthers(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	users, err := clerk.Users(t.Context())
	must(t, err)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("deposit", nil)
		return errors.Join(tx.CreateCompartment("theirs", []store.UserID{users[1].ID}), notes.Put(tx, "theirs", "x", note{"for you", 1}))
	}))
	must(t, clerk.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.Get(tx, "theirs", "x")
		wantErr(t, err, store.ErrNoAccess)
		return nil
	}))
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	must(t, judge.View(t.Context(), func(tx *store.ReadTx) error {
		got, err := notes.Get(tx, "theirs", "x")
		if got.Text != "for you" {
			t.Errorf("got %v", got)
		}
		return err
	}))
}

func TestChangeWithoutLogIsNotWritten(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	before := m.copy()
	for name, fn := range map[string]func(tx *store.Tx) error{
		"put":         func(tx *store.Tx) error { return notes.Put(tx, docket, "a", note{"x", 9}) },
		"delete":      func(tx *store.Tx) error { return notes.Delete(tx, docket, "a") },
		"compartment": func(tx *store.Tx) error { return tx.CreateCompartment("x", []store.UserID{v.Me().ID}) },
	} {
		if err := v.Update(t.Context(), fn); !errors.Is(err, store.ErrNotAudited) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, v.Update(t.Context(), func(*store.Tx) error { return nil })) // nothing written, nothing to log
	for k, value := range m.records {
		if !bytes.Equal(before.records[k], value) {
			t.Errorf("%q was written", k)
		}
	}
	if len(m.records) != len(before.records) {
		t.Error("something was written")
	}
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		if tx.HasCompartment("x") {
			t.Error("a compartment outlived its transaction")
		}
		return nil
	}))
}

func TestLockedVault(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	v.Lock()
	v.Lock()
	_, usersErr := v.Users(t.Context())
	_, auditErr := v.Audit(t.Context())
	_, addErr := v.AddUser(t.Context(), store.NewUser{Login: "x", Passphrase: []byte("x")})
	_, openErr := v.OpenSealed(nil, nil, nil)
	for _, err := range []error{
		v.View(t.Context(), func(*store.ReadTx) error { return nil }),
		v.Update(t.Context(), func(*store.Tx) error { return nil }), usersErr, auditErr, addErr, openErr,
	} {
		wantErr(t, err, store.ErrLocked)
	}
	must(t, examine(t, m))
}

func TestSealTo(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	info := []byte("identity field 1")
	enc, boxes, err := store.SealTo(judge.Me().HPKEPublic, info, []byte("one"), nil, []byte("three"))
	must(t, err)
	got, err := judge.OpenSealed(enc, info, boxes)
	must(t, err)
	if len(enc) != store.EncapsulatedSize || len(got) != 3 || string(got[0]) != "one" || len(got[1]) != 0 || string(got[2]) != "three" {
		t.Errorf("got %q", got)
	}
	boxes[0], boxes[2] = boxes[2], boxes[0]
	_, orderErr := judge.OpenSealed(enc, info, boxes)
	boxes[0], boxes[2] = boxes[2], boxes[0]
	_, infoErr := judge.OpenSealed(enc, []byte("identity field 2"), boxes)
	_, userErr := clerk.OpenSealed(enc, info, boxes)
	_, shortErr := judge.OpenSealed(enc[1:], info, boxes)
	for _, err := range []error{orderErr, infoErr, userErr, shortErr} {
		wantErr(t, err, store.ErrNoAccess)
	}
	if _, _, err := store.SealTo([]byte("no key"), info, []byte("x")); err == nil {
		t.Error("sealed to no key")
	}
}

func TestKDFBounds(t *testing.T) {
	t.Parallel()
	first := store.NewUser{Login: "clerk", Passphrase: []byte("x")}
	for _, p := range []store.KDFParams{
		{Time: 1 << 31, MemoryKiB: 64, Threads: 1}, {Time: 1, MemoryKiB: 1 << 31, Threads: 1},
		{Time: 1, MemoryKiB: 64}, {MemoryKiB: 64, Threads: 1}, {Time: 1, MemoryKiB: 7, Threads: 1}, {Time: 1, MemoryKiB: 1 << 20, Threads: 255},
	} {
		m := newMemory()
		_, err := store.Create(t.Context(), m, first, store.Options{KDF: p})
		wantErr(t, err, store.ErrWeakKDF)
		if len(m.records) > 0 {
			t.Errorf("%+v: something was written", p)
		}
	}
	if p := store.CalibrateKDF(); p.Time < store.FloorKDF.Time || p.MemoryKiB < store.FloorKDF.MemoryKiB || p.Threads < 1 {
		t.Errorf("calibrated to %+v", p)
	}
}

func TestCreateOverAVault(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	_, err := store.Create(t.Context(), m, store.NewUser{Login: "x", Passphrase: []byte("x")}, store.Options{KDF: lightKDF})
	wantErr(t, err, store.ErrExists)
	must(t, examine(t, m))
	_, err = store.Open(t.Context(), newMemory(), store.Options{})
	wantErr(t, err, store.ErrNotVault)
}

// firstPassphrase is what createVault's user is enrolled with.
const firstPassphrase = "correct horse"

func TestAChangedPassphraseOpensTheSameKeys(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "a", note{"kept", 1})
	wantErr(t, v.ChangePassphrase(t.Context(), []byte("not it"), []byte("another passphrase")), store.ErrWrongPassphrase)
	wantErr(t, v.ChangePassphrase(t.Context(), []byte(firstPassphrase), nil), store.ErrInvalid)
	must(t, v.ChangePassphrase(t.Context(), []byte(firstPassphrase), []byte("another passphrase")))
	before := v.Me()
	put(t, v, "b", note{"written after", 2})
	must(t, v.Close())

	wantErr(t, v.ChangePassphrase(t.Context(), []byte("another passphrase"), []byte("third")), store.ErrLocked)
	again := unlock(t, path, "clerk.canary", "another passphrase")
	if after := again.Me(); after.ID != before.ID || !bytes.Equal(after.HPKEPublic, before.HPKEPublic) {
		t.Errorf("the keys changed: %+v", after)
	}
	must(t, again.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.Get(tx, docket, "a")
		return err
	}))
	must(t, again.VerifyAudit(t.Context()))
	must(t, again.Close())
	_, err := tryUnlock(t.Context(), path, "clerk.canary", firstPassphrase)
	wantErr(t, err, store.ErrWrongPassphrase)
}
