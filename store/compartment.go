package store

import (
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// compartmentEntry is a compartment in the directory: what everyone may know of it. Its id there is its tag, in
// hexadecimal; the logical name is nowhere.
type compartmentEntry struct {
	Epoch      uint32
	Commitment []byte
	Members    []UserID // ordered
	LogReader  []byte   `json:",omitempty"` // HPKE public key of the audit compartment's members
	By         UserID   // who signed the entry as it is
	Signature  []byte
}

// HasCompartment says whether this user can read the compartment.
func (tx *ReadTx) HasCompartment(c Compartment) bool {
	_, err := tx.compartment(c)
	return err == nil
}

// CreateCompartment makes a compartment and grants it to its members. The creator is a member only when listed. It
// fails with [ErrExists] when the compartment exists, and with [ErrNotFound] when a member is no user.
func (tx *Tx) CreateCompartment(c Compartment, members []UserID) error {
	if err := tx.createCompartment(c, members); err != nil {
		return fmt.Errorf("create compartment: %w", err)
	}
	return nil
}

func (tx *Tx) createCompartment(c Compartment, members []UserID) error {
	members = sortedMembers(members)
	if c == "" || c == directory || len(members) == 0 {
		return ErrInvalid
	}
	if _, err := tx.entry(c); err == nil {
		return ErrExists
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	key, err := newCompartmentKey(tx.v.opts.Rand, tx.v.root.tagOf(c))
	if err != nil {
		return err
	}
	if err := tx.grantTo(key, members); err != nil {
		return err
	}
	tx.manifests[c] = manifest{}
	tx.dirty[c] = key
	tx.created[c] = key
	if slices.Contains(members, tx.v.me.ID) {
		tx.learned[c] = key
	}
	return tx.describe(key, members)
}

// AddMembers grants a compartment to more users. Only who can read it can; others get [ErrNoAccess]. Users who are
// members already stay so.
func (tx *Tx) AddMembers(c Compartment, members []UserID) error {
	key, err := tx.compartment(c)
	if err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	present, err := tx.describedMembers(key.tag)
	if err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	fresh := slices.DeleteFunc(sortedMembers(members), func(id UserID) bool { return slices.Contains(present, id) })
	if len(fresh) == 0 {
		return nil
	}
	if err := tx.grantTo(key, fresh); err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	return tx.describe(key, append(present, fresh...))
}

// Members returns the users who can read a compartment, in order of their ids. Every user may ask.
func (tx *ReadTx) Members(c Compartment) ([]UserID, error) {
	e, err := tx.entry(c)
	if err != nil {
		return nil, fmt.Errorf("members of compartment: %w", err)
	}
	return e.Members, nil
}

func sortedMembers(members []UserID) []UserID {
	members = slices.Clone(members)
	slices.Sort(members)
	return slices.Compact(members)
}

func (tx *Tx) grantTo(key *compartmentKey, members []UserID) error {
	for _, id := range members {
		u, err := tx.user(id)
		if err != nil {
			return err
		}
		if err := tx.putGrant(key, u); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) putGrant(key *compartmentKey, u User) error {
	user, err := u.ID.bytes()
	if err != nil {
		return err
	}
	raw, err := key.grant(tx.v.header.vault, user, u.HPKEPublic)
	if err != nil {
		return err
	}
	tx.wrote = true
	return tx.w.Put(bucketGrant, grantKey(key.tag, key.epoch, user), raw)
}

// describe writes a compartment's entry in the directory.
func (tx *Tx) describe(key *compartmentKey, members []UserID) error {
	e := compartmentEntry{Epoch: key.epoch, Commitment: key.commitment(), Members: sortedMembers(members), By: tx.v.me.ID}
	if key.tag == tx.v.root.tagOf(AuditCompartment) {
		reader, err := key.logReader()
		if err != nil {
			return err
		}
		e.LogReader = reader.PublicKey().Bytes()
	}
	e.Signature = ed25519.Sign(tx.v.signing, e.signed(tx.v.header.vault, key.tag))
	return compartmentEntries.Put(tx, directory, entryID(key.tag), e)
}

func (tx *ReadTx) describedMembers(t tag) ([]UserID, error) {
	e, err := tx.entryOf(t)
	return e.Members, err
}

// compartment finds a compartment's key: one that this transaction made, one known before, or by this user's grant.
func (tx *ReadTx) compartment(c Compartment) (*compartmentKey, error) {
	if c == directory {
		return tx.v.root, nil
	}
	for _, k := range []*compartmentKey{tx.created[c], tx.learned[c], tx.v.known(c)} {
		if k != nil {
			return k, nil
		}
	}
	k, err := tx.openCompartment(tx.v.root.tagOf(c))
	if err != nil {
		return nil, err
	}
	tx.learned[c] = k
	return k, nil
}

// openCompartment opens this user's grant of a compartment.
func (tx *ReadTx) openCompartment(t tag) (*compartmentKey, error) {
	e, err := tx.entryOf(t)
	if err != nil {
		return nil, err
	}
	raw, err := tx.r.Get(bucketGrant, grantKey(t, e.Epoch, tx.v.secrets.user))
	switch {
	case err != nil:
		return nil, err
	case raw == nil && slices.Contains(e.Members, tx.v.me.ID):
		return nil, damaged("a grant is missing")
	case raw == nil:
		return nil, ErrNoAccess
	}
	k, err := openGrant(tx.v.hpke, tx.v.header.vault, t, e.Epoch, tx.v.secrets.user, raw)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(k.commitment(), e.Commitment) != 1 {
		return nil, damaged("a grant holds another key than its compartment's")
	}
	return k, nil
}

// entry reads what the directory says of a compartment.
func (tx *ReadTx) entry(c Compartment) (compartmentEntry, error) {
	return tx.entryOf(tx.v.root.tagOf(c))
}

func (tx *ReadTx) entryOf(t tag) (compartmentEntry, error) {
	e, err := compartmentEntries.Get(tx, directory, entryID(t))
	if errors.Is(err, ErrNotFound) {
		return e, ErrNoCompartment
	}
	if err != nil {
		return e, err
	}
	by, err := tx.user(e.By)
	if err != nil {
		return e, err
	}
	if !verify(by.SigningPublic, e.signed(tx.v.header.vault, t), e.Signature) {
		return e, damaged("a compartment's entry is not signed")
	}
	return e, nil
}

// newestGrant opens this user's grant of the highest epoch. Only the directory's is found this way; the epochs of the
// others are in the directory.
func (v *Vault) newestGrant(r Reader, t tag) (*compartmentKey, error) {
	var newest []byte
	var epoch uint32
	err := r.Range(bucketGrant, t[:], func(key, value []byte) error {
		if len(key) == len(t)+4+16 && [16]byte(key[len(t)+4:]) == v.secrets.user {
			newest, epoch = value, binary.BigEndian.Uint32(key[len(t):])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if newest == nil {
		return nil, damaged("a grant is missing")
	}
	return openGrant(v.hpke, v.header.vault, t, epoch, v.secrets.user, newest)
}

func entryID(t tag) string { return hex.EncodeToString(t[:]) }

func parseEntryID(id string) (t tag, err error) {
	if len(id) != 2*len(t) {
		return t, damaged("a compartment has no tag")
	}
	if _, err := hex.Decode(t[:], []byte(id)); err != nil {
		return t, damaged("a compartment has no tag")
	}
	return t, nil
}

// signed is what the last user to change the entry signs.
func (e compartmentEntry) signed(vault [16]byte, t tag) []byte {
	b := append([]byte("paravent/compartment/1\x00"), vault[:]...)
	b = append(b, t[:]...)
	b = binary.BigEndian.AppendUint32(b, e.Epoch)
	b = append(b, e.Commitment...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Members)))
	for _, m := range e.Members {
		b = append(b, m...)
	}
	b = append(b, e.By...)
	return append(b, e.LogReader...)
}
