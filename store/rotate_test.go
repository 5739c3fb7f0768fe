package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"paravent/store"
)

// judgeOf returns the sample's judge as the clerk sees them.
func judgeOf(t testing.TB, v *store.Vault) store.User {
	t.Helper()
	users, err := v.Users(t.Context())
	must(t, err)
	for _, u := range users {
		if u.Login == "judge" {
			return u
		}
	}
	t.Fatal("there is no judge")
	return store.User{}
}

// revokeJudge makes the sample's judge a member of the docket and then revokes them.
func revokeJudge(t testing.TB, v *store.Vault) {
	t.Helper()
	judge := judgeOf(t, v)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("joined", nil)
		return errors.Join(tx.AddMembers(docket, []store.UserID{judge.ID}), tx.AddMembers(store.AuditCompartment, []store.UserID{judge.ID}))
	}))
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("revoked", nil)
		return tx.Revoke(judge.ID)
	}))
	n, err := v.Rotate(t.Context())
	must(t, err)
	if n != 3 {
		t.Fatalf("%d compartments took another key, want docket, second and audit", n)
	}
}

func sound(t testing.TB, v *store.Vault) {
	t.Helper()
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Fatalf("the vault is not sound: %v", report.Faults)
	}
}

// epochs counts the stored records by the epoch of their key.
func epochs(m *memory) map[uint32]int {
	counts := map[uint32]int{}
	for _, k := range m.keys("record", "") {
		counts[binary.BigEndian.Uint32(m.records["record\x00"+k][1:])]++
	}
	return counts
}

func TestRevokedUserIsOut(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	must(t, judge.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.Get(tx, "second", "a")
		return err
	}))
	revokeJudge(t, clerk)

	_, err = unlockMemory(t.Context(), m, "judge", "judge's words")
	wantErr(t, err, store.ErrWrongPassphrase)
	// The desk at which they still sit has the keys from before in its memory.
	err = judge.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.Get(tx, "second", "a")
		return err
	})
	wantErr(t, err, store.ErrRevoked)
	err = judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("late", nil); return nil })
	wantErr(t, err, store.ErrRevoked)

	err = clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("again", nil)
		return tx.AddMembers("second", []store.UserID{judge.Me().ID})
	})
	wantErr(t, err, store.ErrRevoked)
	err = clerk.Update(t.Context(), func(tx *store.Tx) error { tx.Log("again", nil); return tx.Revoke(judge.Me().ID) })
	wantErr(t, err, store.ErrRevoked)
	err = clerk.Update(t.Context(), func(tx *store.Tx) error { tx.Log("self", nil); return tx.Revoke(clerk.Me().ID) })
	wantErr(t, err, store.ErrInvalid)

	must(t, examine(t, m))
	sound(t, clerk)
	revoked, err := clerk.Revocations(t.Context())
	must(t, err)
	if r := revoked[judge.Me().ID]; len(revoked) != 1 || r.By != clerk.Me().ID || r.Entries == 0 {
		t.Errorf("got %+v", revoked)
	}
}

// TestKeysFromBeforeOpenNothingNew takes the judge's keys out of a vault as it was, as a thief of a backup with their passphrase would, and
// holds them against the vault after the revocation.
func TestKeysFromBeforeOpenNothingNew(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	stolen := m.copy()
	revokeJudge(t, clerk)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("new", nil)
		return notes.Put(tx, "second", "new", note{"after", 2})
	}))
	must(t, clerk.Reseal(t.Context(), nil))

	// The stolen vault with the new records in place of its own: everything but logins and grants.
	mixed := m.copy()
	for _, bucket := range []string{"login", "grant"} {
		for k := range mixed.records {
			if len(k) > len(bucket) && k[:len(bucket)+1] == bucket+"\x00" {
				delete(mixed.records, k)
			}
		}
		for k, value := range stolen.records {
			if len(k) > len(bucket) && k[:len(bucket)+1] == bucket+"\x00" {
				mixed.records[k] = value
			}
		}
	}
	if _, err := unlockMemory(t.Context(), mixed, "judge", "judge's words"); err == nil {
		t.Error("keys from before opened the vault as it is now")
	}
	for epoch, n := range epochs(m) {
		if epoch == 1 {
			t.Errorf("%d records are still sealed with a key that the judge had", n)
		}
	}
}

func TestResealEndsOldKeysAndKeepsRevisions(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	before := revisions(t, clerk)
	revokeJudge(t, clerk)
	due, err := clerk.Due(t.Context())
	must(t, err)
	if due.Rotations != 0 || due.Records == 0 {
		t.Errorf("due: %+v", due)
	}
	var told []int
	must(t, clerk.Reseal(t.Context(), func(done, total int) {
		told = append(told, done)
		if total != due.Records {
			t.Errorf("%d of %d, want of %d", done, total, due.Records)
		}
	}))
	if len(told) == 0 || told[len(told)-1] != due.Records {
		t.Errorf("progress %v", told)
	}
	if due, err = clerk.Due(t.Context()); err != nil || due != (store.Upkeep{}) {
		t.Errorf("still due: %+v, %v", due, err)
	}
	if got := revisions(t, clerk); !maps.Equal(got, before) {
		t.Errorf("revisions %v, want %v", got, before)
	}
	must(t, examine(t, m))
	entries := func() int64 {
		head, err := clerk.AuditHead(t.Context())
		must(t, err)
		return head.Size
	}
	size := entries()
	must(t, clerk.Reseal(t.Context(), nil))
	if entries() != size {
		t.Error("sealing anew what is sealed anew wrote something")
	}
}

func revisions(t testing.TB, v *store.Vault) map[string]uint64 {
	t.Helper()
	found := map[string]uint64{}
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		all, err := notes.All(tx, docket)
		for _, e := range all {
			found[e.ID] = e.Revision
		}
		return err
	}))
	return found
}

func TestResealIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	m.limits = store.Limits{Ops: 24}
	for i := range 60 {
		put(t, clerk, fmt.Sprint("r", i), note{"resealed", i})
	}
	revokeJudge(t, clerk)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := clerk.Reseal(ctx, func(done, total int) {
		if done >= total/2 {
			stop()
		}
	})
	wantErr(t, err, context.Canceled)
	due, err := clerk.Due(t.Context())
	must(t, err)
	if due.Records == 0 || due.Records > 60 {
		t.Fatalf("after half: %+v", due)
	}
	sound(t, clerk)

	again, err := unlockMemory(t.Context(), m, "clerk", passphrase)
	must(t, err)
	put(t, again, "r3", note{"changed between", 3})
	must(t, again.Reseal(t.Context(), nil))
	if due, err = clerk.Due(t.Context()); err != nil || due != (store.Upkeep{}) {
		t.Errorf("still due: %+v, %v", due, err)
	}
	sound(t, clerk)
	sound(t, again)
}

// TestDesksLearnOfAnotherKey lets two desks of one user write in turn while the other changes keys.
func TestDesksLearnOfAnotherKey(t *testing.T) {
	t.Parallel()
	m, one := sample(t)
	two, err := unlockMemory(t.Context(), m, "clerk", passphrase)
	must(t, err)
	put(t, two, "a", note{"from two", 1})
	revokeJudge(t, one)
	put(t, two, "b", note{"under the new key", 1})
	must(t, one.Reseal(t.Context(), nil))
	put(t, two, "c", note{"when the old one is gone", 1})
	for _, v := range []*store.Vault{one, two} {
		sound(t, v)
		if got := revisions(t, v); len(got) != 3 {
			t.Errorf("reads %v", got)
		}
	}
}

func TestTermEnds(t *testing.T) {
	t.Parallel()
	m := newMemory()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	opts := store.Options{KDF: lightKDF, Clock: func() time.Time { return now }}
	clerk, err := store.Create(t.Context(), m, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, opts)
	must(t, err)
	added, err := clerk.AddUser(t.Context(), store.NewUser{Login: "police", Passphrase: []byte("joint team")})
	must(t, err)
	end := now.Add(48 * time.Hour)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return errors.Join(
			tx.CreateCompartment(docket, []store.UserID{clerk.Me().ID}),
			tx.AddMembersUntil(docket, []store.UserID{added.ID}, end),
			notes.Put(tx, docket, "a", note{"of the team", 1}))
	}))
	sealed, err := store.Open(t.Context(), m, opts)
	must(t, err)
	police, err := sealed.Unlock(t.Context(), "police", []byte("joint team"))
	must(t, err)
	read := func() error {
		return police.View(t.Context(), func(tx *store.ReadTx) error {
			_, err := notes.Get(tx, docket, "a")
			return err
		})
	}
	must(t, read())
	must(t, clerk.View(t.Context(), func(tx *store.ReadTx) error {
		members, err := tx.Memberships(docket)
		for _, one := range members {
			if (one.User == added.ID) != one.Until.Equal(end) {
				t.Errorf("got %+v", members)
			}
		}
		return err
	}))
	if n, err := clerk.Rotate(t.Context()); n != 0 || err != nil {
		t.Errorf("rotated %d before the end, %v", n, err)
	}

	now = end.Add(-time.Second)
	must(t, read())
	now = end
	wantErr(t, read(), store.ErrNoAccess)
	err = police.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("late", nil)
		return notes.Put(tx, docket, "b", note{})
	})
	wantErr(t, err, store.ErrNoAccess)
	if n, err := police.Rotate(t.Context()); n != 0 || err != nil {
		t.Errorf("who is out made %d keys, %v", n, err)
	}
	if n, err := clerk.Rotate(t.Context()); n != 1 || err != nil {
		t.Errorf("rotated %d, %v", n, err)
	}
	now = now.Add(-24 * time.Hour) // a clock set back brings nothing back
	wantErr(t, read(), store.ErrNoAccess)
	sound(t, clerk)
	sound(t, police)
}

func TestShorterAndLongerTerms(t *testing.T) {
	t.Parallel()
	m := newMemory()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	opts := store.Options{KDF: lightKDF, Clock: func() time.Time { return now }}
	clerk, err := store.Create(t.Context(), m, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, opts)
	must(t, err)
	added, err := clerk.AddUser(t.Context(), store.NewUser{Login: "police", Passphrase: []byte("joint team")})
	must(t, err)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return errors.Join(
			tx.CreateCompartment(docket, []store.UserID{clerk.Me().ID, added.ID}),
			notes.Put(tx, docket, "a", note{"of the team", 1}))
	}))
	sealed, err := store.Open(t.Context(), m, opts)
	must(t, err)
	police, err := sealed.Unlock(t.Context(), "police", []byte("joint team"))
	must(t, err)
	read := func() error {
		return police.View(t.Context(), func(tx *store.ReadTx) error {
			_, err := notes.Get(tx, docket, "a")
			return err
		})
	}
	term := func(days int) error {
		return clerk.Update(t.Context(), func(tx *store.Tx) error {
			tx.Log("term", nil)
			return tx.AddMembersUntil(docket, []store.UserID{added.ID}, now.AddDate(0, 0, days))
		})
	}
	must(t, read())
	must(t, term(10))
	must(t, term(2)) // shorter
	must(t, read())
	now = now.AddDate(0, 0, 3)
	wantErr(t, read(), store.ErrNoAccess)
	must(t, term(5)) // longer again
	must(t, read())
	wantErr(t, term(-1), store.ErrInvalid)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("term", nil)
		return tx.AddMembers(docket, []store.UserID{added.ID})
	}))
	now = now.AddDate(1, 0, 0)
	must(t, read())
	sound(t, clerk)
}

func TestRemovedMemberReadsOn(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	remove := func(who ...store.UserID) error {
		return clerk.Update(t.Context(), func(tx *store.Tx) error {
			tx.Log("removed", nil)
			err := notes.Put(tx, "second", "before", note{"in the same transaction, before", 1})
			if err == nil {
				err = tx.RemoveMembers("second", who)
			}
			if err == nil {
				err = notes.Put(tx, "second", "after", note{"in the same transaction, after", 1})
			}
			return err
		})
	}
	wantErr(t, remove(clerk.Me().ID, judge.Me().ID), store.ErrInvalid)
	must(t, remove(judge.Me().ID))
	err = judge.View(t.Context(), func(tx *store.ReadTx) error {
		if _, err := tx.Members(docket); err != nil { // the directory is theirs still
			return err
		}
		_, err := notes.Get(tx, "second", "a")
		return err
	})
	wantErr(t, err, store.ErrNoAccess)
	must(t, clerk.View(t.Context(), func(tx *store.ReadTx) error {
		for _, id := range []string{"a", "before", "after"} {
			if _, err := notes.Get(tx, "second", id); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
		members, err := tx.Members("second")
		if len(members) != 1 {
			t.Errorf("members %v", members)
		}
		return err
	}))
	must(t, clerk.Reseal(t.Context(), nil))
	sound(t, clerk)
	sound(t, judge)
}

// TestNobodyMakesAKeyForWhatTheyMayNotRead leaves a compartment of the revoked user's to its other members.
func TestNobodyMakesAKeyForWhatTheyMayNotRead(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	judge := judgeOf(t, clerk)
	registrar, err := clerk.AddUser(t.Context(), store.NewUser{Login: "registrar", Passphrase: []byte("registrar's words")})
	must(t, err)
	const theirs store.Compartment = "theirs"
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("theirs", nil)
		return tx.CreateCompartment(theirs, []store.UserID{judge.ID, registrar.ID})
	}))
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error { tx.Log("revoked", nil); return tx.Revoke(judge.ID) }))
	_, err = clerk.Rotate(t.Context())
	must(t, err)
	members := func(v *store.Vault) (n int) {
		must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
			members, err := tx.Members(theirs)
			n = len(members)
			return err
		}))
		return n
	}
	if n := members(clerk); n != 2 {
		t.Fatalf("%d members, want both until one of them comes", n)
	}
	other, err := unlockMemory(t.Context(), m, "registrar", "registrar's words")
	must(t, err)
	due, err := other.Due(t.Context())
	must(t, err)
	if due.Rotations != 1 {
		t.Errorf("due: %+v", due)
	}
	n, err := other.Rotate(t.Context())
	must(t, err)
	if n != 1 || members(clerk) != 1 {
		t.Errorf("%d rotated, %d members left", n, members(clerk))
	}
	sound(t, other)
}

func TestAuditorWhoLeftReadsNoFurther(t *testing.T) {
	t.Parallel()
	m, clerk := sample(t)
	added, err := clerk.AddUser(t.Context(), store.NewUser{Login: "auditor", Passphrase: []byte("auditor's words")})
	must(t, err)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("joined", nil)
		return tx.AddMembers(store.AuditCompartment, []store.UserID{added.ID})
	}))
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("open before", nil); return nil }))
	auditor, err := unlockMemory(t.Context(), m, "auditor", "auditor's words")
	must(t, err)
	must(t, clerk.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("left", nil)
		return tx.RemoveMembers(store.AuditCompartment, []store.UserID{added.ID})
	}))
	// The judge's unlock goes on, but not with the key that the auditor can open.
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("open after", nil); return nil }))
	_, err = auditor.Audit(t.Context())
	wantErr(t, err, store.ErrNoAccess)
	must(t, clerk.Reseal(t.Context(), nil))
	entries, err := clerk.Audit(t.Context())
	must(t, err)
	sessions := map[string]string{}
	for _, e := range entries {
		sessions[e.Action] = e.Session
	}
	if sessions["open before"] == "" || sessions["open after"] == "" || sessions["open before"] == sessions["open after"] {
		t.Errorf("sessions %v", sessions)
	}
	sound(t, clerk)
	again, err := unlockMemory(t.Context(), m, "clerk", passphrase)
	must(t, err)
	if all, err := again.Audit(t.Context()); err != nil || len(all) != len(entries) {
		t.Errorf("%d entries after unlocking again, want %d: %v", len(all), len(entries), err)
	}
}

// TestRandomRotations runs two desks that write, change keys and seal anew in any order against a map.
func TestRandomRotations(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		m, one := sample(t)
		two, err := unlockMemory(t.Context(), m, "clerk", passphrase)
		must(t, err)
		judge := judgeOf(t, one).ID
		model := map[string]note{"a": {"a", 0}, "b": {"b", 1}, "c": {"c", 2}}
		rnd := rand.New(rand.NewPCG(seed, 1))
		for step := range 60 {
			v := []*store.Vault{one, two}[rnd.IntN(2)]
			choice, id, member := rnd.IntN(10), strconv.Itoa(rnd.IntN(12)), rnd.IntN(2) == 0
			switch choice {
			case 0:
				must(t, v.Reseal(t.Context(), nil))
				continue
			default:
			}
			err := v.Update(t.Context(), func(tx *store.Tx) error {
				tx.Log("step", nil)
				if choice < 4 && member {
					if err := tx.AddMembers(docket, []store.UserID{judge}); err != nil {
						return err
					}
				}
				if err := notes.Put(tx, docket, id, note{id, step}); err != nil {
					return err
				}
				if choice < 4 {
					return tx.RemoveMembers(docket, []store.UserID{judge})
				}
				return nil
			})
			if err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
			model[id] = note{id, step}
			for _, v := range []*store.Vault{one, two} {
				must(t, v.View(t.Context(), func(tx *store.ReadTx) error { return compare(tx, model) }))
			}
		}
		sound(t, one)
		sound(t, two)
	}
}
