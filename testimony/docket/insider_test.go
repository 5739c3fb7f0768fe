package docket

import (
	"context"
	"path/filepath"
	"testing"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

// With the vault's file, the source code and one user's passphrase, or those of any two of one college, no field of an identity can be
// opened: every half that they can open is tried with every other. One of each college can, which shows that the attack is a real one.
func TestNoOneAndNoPairOfOneCollegeCanOpenAnIdentity(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.paravent")
	d, err := CreateTraining(t.Context(), path, Options{KDF: store.FloorKDF})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddUser(t.Context(), store.NewUser{Login: "judge2", Role: testimony.Judge, Passphrase: []byte(TrainingPassphrase)}); err != nil {
		t.Fatal(err)
	}
	sealed, err := all(t.Context(), d, identities)
	if err != nil || len(sealed) == 0 {
		t.Fatalf("%d identities, %v", len(sealed), err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	held := map[string][][][][]byte{} // login, identity, share: the halves that can be opened
	logins := []string{testimony.Clerk, testimony.Registrar, testimony.Judge, "judge2", testimony.Advocate, testimony.Auditor}
	for _, login := range logins {
		held[login] = halvesOf(t, path, login, sealed)
	}
	for i, a := range logins {
		for _, b := range logins[i:] {
			opened := canOpen(sealed, held[a], held[b])
			if want := crosses(a, b); opened != want {
				t.Errorf("%s with %s opens an identity: %v", a, b, opened)
			}
		}
	}
}

func crosses(a, b string) bool {
	court := func(login string) bool { return login == testimony.Clerk || login == testimony.Registrar }
	bench := func(login string) bool { return login == testimony.Judge || login == "judge2" }
	return court(a) && bench(b) || court(b) && bench(a)
}

// halvesOf opens every share that a user's key opens, whoever it says it is for.
func halvesOf(t *testing.T, path, login string, sealed []identity.Sealed) [][][][]byte {
	t.Helper()
	d, err := Unlock(context.Background(), path, login, []byte(TrainingPassphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return halvesHeld(d, sealed)
}

// halvesHeld opens every share that a desk's key opens.
func halvesHeld(d *Desk, sealed []identity.Sealed) [][][][]byte {
	out := make([][][][]byte, len(sealed))
	for i, s := range sealed {
		for _, x := range s.Shares {
			if halves, err := d.vault.OpenSealed(x.Enc, identity.ShareInfo(s.Party, x.College, x.Holder), x.Halves); err == nil {
				out[i] = append(out[i], halves)
			}
		}
	}
	return out
}

func canOpen(sealed []identity.Sealed, a, b [][][][]byte) bool {
	for i, s := range sealed {
		shares := append(append([][][]byte{}, a[i]...), b[i]...)
		for _, x := range shares {
			for _, y := range shares {
				for n, box := range s.Boxes {
					if _, err := identity.Open(s.Party, box, x[n], y[n]); err == nil {
						return true
					}
				}
			}
		}
	}
	return false
}
