package store_test

import (
	"errors"
	"testing"

	"paravent/store"
)

// A vault that was moved takes nothing more in, says since when, and goes on only after an act that is in its log.
func TestADepartedVaultIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "a", note{"before", 1})
	d, err := v.Depart(t.Context())
	must(t, err)
	if len(d.Ticket) != 32 || d.By != v.Me().ID || d.Entries == 0 {
		t.Errorf("%+v", d)
	}
	write := func(v *store.Vault) error {
		return v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("note.put", nil); return nil })
	}
	err = write(v)
	var departed *store.DepartedError
	if !errors.As(err, &departed) || !errors.Is(err, store.ErrDeparted) || departed.Ticket != d.Ticket {
		t.Errorf("a write: %v", err)
	}
	wantErr(t, v.ChangePassphrase(t.Context(), []byte("correct horse"), []byte("another passphrase")), store.ErrDeparted)
	must(t, v.Close())

	v = unlock(t, path, "Clerk.Canary", "correct horse")
	wantErr(t, write(v), store.ErrDeparted)
	again, err := v.Depart(t.Context())
	must(t, err)
	if again != d {
		t.Errorf("departed again: %+v", again)
	}
	if found, err := v.Departed(t.Context()); err != nil || found != d {
		t.Errorf("%+v, %v", found, err)
	}
	must(t, v.EndDeparture(t.Context(), "vault.stayed"))
	must(t, write(v))
	wantErr(t, v.EndDeparture(t.Context(), "vault.stayed"), store.ErrNotFound)
	must(t, v.VerifyAudit(t.Context()))
	entries, err := v.Audit(t.Context())
	must(t, err)
	var acts []string
	for _, e := range entries {
		if e.Details["ticket"] == d.Ticket {
			acts = append(acts, e.Action)
		}
	}
	if len(acts) != 2 || acts[0] != "vault.moved" || acts[1] != "vault.stayed" {
		t.Errorf("the log has %v of the ticket", acts)
	}
}
