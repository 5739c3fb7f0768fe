package store

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"paravent/store/audit"
)

// Revocation is the end of a user's access.
type Revocation struct {
	User UserID
	By   UserID // who signed it
	At   time.Time
	// Entries is how many entries the audit log had: what the user signed is believed up to there.
	Entries   int64
	Signature []byte
}

var revocationEntries = NewCollection[Revocation]("revocation")

// Revoke ends a user's access: their login and their copy at a recovery kit are gone, their signature counts no longer in the audit log, and the directory
// has another key. It doesn't log: the caller knows why. After it, [Vault.Rotate] gives the compartments that they were a member of another key, and
// [Vault.Reseal] seals what they could read anew. The user stays in the directory for what they did before.
//
// [ErrInvalid] for oneself, [ErrNotFound] for who is no user, [ErrRevoked] for who was revoked before.
func (tx *Tx) Revoke(id UserID) error {
	if err := tx.revoke(id); err != nil {
		return fmt.Errorf("revoke user: %w", err)
	}
	return nil
}

func (tx *Tx) revoke(id UserID) error {
	u, err := tx.user(id)
	if err != nil {
		return err
	}
	if err := tx.grantable(id); err != nil {
		return err
	}
	if err := tx.revokeSigner(id); err != nil {
		return err
	}
	r := Revocation{User: id, By: tx.v.me.ID, At: tx.v.opts.Clock().UTC().Truncate(time.Second), Entries: tx.head.Size}
	r.Signature = ed25519.Sign(tx.v.signing, r.signed(tx.v.header.vault))
	if err := revocationEntries.Put(tx, directory, string(id), r); err != nil {
		return err
	}
	if err := tx.w.Delete(bucketLogin, tx.v.header.loginKey(u.Login)); err != nil {
		return err
	}
	if err := tx.dropEscrow(id); err != nil {
		return err
	}
	e, err := tx.entryOf(tag{})
	if err != nil {
		return err
	}
	return tx.rotate(tx.root, e.Members, e.Until)
}

// Revocations returns who was revoked, with signatures checked.
func (v *Vault) Revocations(ctx context.Context) (map[UserID]Revocation, error) {
	var revoked map[UserID]Revocation
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		revoked, err = tx.revocations()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("revoked users: %w", err)
	}
	return revoked, nil
}

func (tx *ReadTx) revocations() (map[UserID]Revocation, error) {
	entries, err := revocationEntries.All(tx, directory)
	if err != nil {
		return nil, err
	}
	revoked := make(map[UserID]Revocation, len(entries))
	for _, e := range entries {
		if err := tx.checkRevocation(UserID(e.ID), e.Value); err != nil {
			return nil, err
		}
		revoked[e.Value.User] = e.Value
	}
	return revoked, nil
}

func (tx *ReadTx) checkRevocation(id UserID, r Revocation) error {
	by, err := tx.user(r.By)
	if err != nil {
		return err
	}
	if r.User != id || !verify(by.SigningPublic, r.signed(tx.v.header.vault), r.Signature) {
		return damaged("a user's revocation is not signed")
	}
	return nil
}

// Revoked says whether a user's access was taken away.
func (tx *ReadTx) Revoked(id UserID) (bool, error) {
	err := tx.grantable(id)
	if errors.Is(err, ErrRevoked) {
		return true, nil
	}
	return false, err
}

// grantable fails with [ErrRevoked] for a user to whom nothing is to be granted any more.
func (tx *ReadTx) grantable(id UserID) error {
	r, err := revocationEntries.Get(tx, directory, string(id))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	if err := tx.checkRevocation(id, r); err != nil {
		return err
	}
	return ErrRevoked
}

// revokedInClear says whether those who may sign know a user as revoked, for the user who can't read the directory any more.
func (tx *ReadTx) revokedInClear(user [16]byte) (bool, error) {
	raw, err := tx.r.Get(bucketSigner, audit.RevocationKey(user))
	return raw != nil, err
}

// signed is what the revoker signs.
func (r Revocation) signed(vault [16]byte) []byte {
	b := append([]byte("paravent/revocation/1\x00"), vault[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.Unix()))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Entries))
	for _, id := range []UserID{r.User, r.By} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(id)))
		b = append(b, id...)
	}
	return b
}
