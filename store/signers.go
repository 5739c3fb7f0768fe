package store

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"

	"paravent/store/audit"
)

// Who may sign the audit log's heads stands in the clear, so that somebody without any key can check it: opaque ids and public
// keys, each vouched for by the user who enrolled it, up to the founder, whose key the header names. What a transaction enters there, its
// last leaf binds into the log. A user's revocation stands beside their key.

var bucketSigner = []byte("signer")

// attestBatch is how many users one transaction vouches for, within the limits of every backend.
const attestBatch = 32

// attest vouches for a user who is being enrolled by this one. In a vault where nobody has vouched for this one yet, the user
// waits for [Vault.AttestSigners] as they do.
func (tx *Tx) attest(u User) error {
	id, err := u.ID.bytes()
	if err != nil {
		return err
	}
	mine := tx.v.secrets.user
	known, err := tx.attested(mine)
	if err != nil {
		return err
	}
	founder := id == mine && tx.v.header.founder.Equal(ed25519.PublicKey(u.SigningPublic))
	if !known && !founder {
		return nil
	}
	a := audit.Attest(tx.v.header.vault, id, tx.head.Size, u.SigningPublic, mine, tx.v.signing)
	return tx.enterSigner(a.Key(), a.Encode())
}

func (tx *Tx) enterSigner(key, value []byte) error {
	if tx.signers == nil {
		tx.signers = make(map[string][]byte)
	}
	tx.signers[string(key)] = value
	tx.wrote = true
	return tx.w.Put(bucketSigner, key, value)
}

// enteredSigners adds to a transaction's states what it entered of signers.
func (tx *Tx) enteredSigners(states []audit.State) []audit.State {
	if len(tx.signers) == 0 {
		return states
	}
	return append(states, audit.SignersState(tx.signers))
}

func (tx *ReadTx) attested(user [16]byte) (bool, error) {
	raw, err := tx.r.Get(bucketSigner, user[:])
	return raw != nil, err
}

// revokeSigner ends a user's right to sign heads with the log as it stands before this transaction. It does nothing for one who was
// revoked before, or whom nobody has vouched for: a vault of an earlier format doesn't know them in the clear. [ErrInvalid] for
// this user themself: their own transaction could not be signed.
func (tx *Tx) revokeSigner(id UserID) error {
	user, err := id.bytes()
	if err != nil {
		return err
	}
	mine := tx.v.secrets.user
	if user == mine {
		return fmt.Errorf("revoke oneself: %w", ErrInvalid)
	}
	for _, needed := range [][16]byte{user, mine} {
		known, err := tx.attested(needed)
		if err != nil || !known {
			return err
		}
	}
	r := audit.Revoke(tx.v.header.vault, user, tx.head.Size, mine, tx.v.signing)
	before, err := tx.r.Get(bucketSigner, r.Key())
	if err != nil || before != nil {
		return err
	}
	return tx.enterSigner(r.Key(), r.Encode())
}

// AttestSigners vouches in the clear for those whom this user enrolled, and for the founder themself, where nobody has yet: in vaults
// that were made before there was a place for it. It writes, with an entry in the audit log, only where something is missing
// that this user can add. A backend that can't be written gives its error; the vault is as usable as before.
func (v *Vault) AttestSigners(ctx context.Context) error {
	for {
		more, err := v.attestSome(ctx)
		if err != nil {
			return fmt.Errorf("attest signers: %w", err)
		}
		if !more {
			return nil
		}
	}
}

func (v *Vault) attestSome(ctx context.Context) (more bool, err error) {
	var missing []User
	if err := v.View(ctx, func(tx *ReadTx) (err error) {
		missing, err = tx.unattested()
		return err
	}); err != nil || len(missing) == 0 {
		return false, err
	}
	err = v.Update(ctx, func(tx *Tx) error {
		// Another desk may have done it meanwhile.
		missing, err := tx.unattested()
		if err != nil || len(missing) == 0 {
			return err
		}
		more = true
		missing = missing[:min(len(missing), attestBatch)]
		tx.Log("user.vouched", map[string]string{"users": fmt.Sprint(len(missing))})
		for _, u := range missing {
			if err := tx.attest(u); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// unattested are the users for whom this one can vouch and has not: the founder first, before those whom they enrolled.
func (tx *ReadTx) unattested() ([]User, error) {
	mine := tx.v.secrets.user
	known, err := tx.attested(mine)
	if err != nil {
		return nil, err
	}
	if !known {
		if !tx.v.header.founder.Equal(tx.v.signing.Public()) {
			return nil, nil
		}
		me, err := tx.user(tx.v.secrets.id())
		return []User{me}, err // the others in the next transaction, when they have whom to follow
	}
	entries, err := userEntries.All(tx, directory)
	if err != nil {
		return nil, err
	}
	var missing []User
	for _, e := range entries {
		if e.Value.EnrolledBy != tx.v.secrets.id() {
			continue
		}
		id, err := UserID(e.ID).bytes()
		if err != nil {
			return nil, err
		}
		if known, err := tx.attested(id); err != nil {
			return nil, err
		} else if !known {
			missing = append(missing, e.Value.User)
		}
	}
	return missing, nil
}

// readRoster reads who may sign heads and follows every signature.
func readRoster(r Reader, h header) (*audit.Roster, error) {
	roster, err := audit.NewRoster(h.id(), h.founder)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	err = r.Range(bucketSigner, nil, func(key, value []byte) error { return roster.Add(key, value) })
	if err == nil {
		err = roster.Check()
	}
	if errors.Is(err, audit.ErrBroken) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return roster, err
}

// checkSigners holds who may sign in the clear against the directory.
func (tx *ReadTx) checkSigners() error {
	roster, err := readRoster(tx.r, tx.v.header)
	if err != nil {
		return err
	}
	entries, err := userEntries.All(tx, directory)
	if err != nil {
		return err
	}
	users := make(map[UserID]directoryEntry, len(entries))
	for _, e := range entries {
		users[UserID(e.ID)] = e.Value
	}
	for _, a := range roster.Attestations() {
		e, ok := users[UserID(hex.EncodeToString(a.User[:]))]
		if !ok || !a.Public.Equal(ed25519.PublicKey(e.User.SigningPublic)) || hex.EncodeToString(a.By[:]) != string(e.EnrolledBy) {
			return damaged("who may sign the audit log is not who is in the directory")
		}
		delete(users, UserID(e.User.ID))
	}
	if roster.Born() && len(users) > 0 {
		return damaged("somebody in the directory is not among those who may sign the audit log")
	}
	return tx.checkRevokedSigners(roster)
}

// checkRevokedSigners holds who was revoked in the clear against the directory.
func (tx *ReadTx) checkRevokedSigners(roster *audit.Roster) error {
	revoked, err := tx.revocations()
	if err != nil {
		return err
	}
	for _, a := range roster.Attestations() {
		id := hex.EncodeToString(a.User[:])
		r, inside := revoked[UserID(id)]
		_, until := roster.Term(id)
		// Who revoked somebody before they were vouched for themselves could not say it in the clear.
		unsaid := inside && until == 0 && !roster.Born()
		if inside != (until > 0) && !unsaid || until > 0 && r.Entries != until {
			return damaged("who was revoked in the audit log is not who was in the directory")
		}
	}
	return nil
}

// directorySigners takes the users' keys from the directory, and from the roster when they may sign and what the log says of that.
type directorySigners struct {
	*audit.Roster
	keys map[string]ed25519.PublicKey
}

func (s directorySigners) Signer(user string) (audit.Signer, bool) {
	key, ok := s.keys[user]
	since, until := s.Term(user)
	return audit.Signer{Public: key, Since: since, Until: until}, ok
}

func (tx *ReadTx) directorySigners() (directorySigners, error) {
	users, err := tx.users()
	if err != nil {
		return directorySigners{}, err
	}
	s := directorySigners{keys: make(map[string]ed25519.PublicKey, len(users))}
	for _, u := range users {
		s.keys[string(u.ID)] = u.SigningPublic
	}
	s.Roster, err = readRoster(tx.r, tx.v.header)
	return s, err
}
