package store

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// compartmentEntry is a compartment in the directory: what everyone may know of it. Its id there is its tag, in
// hexadecimal; the logical name is nowhere.
type compartmentEntry struct {
	Epoch      uint32
	Commitment []byte
	Members    []UserID             // ordered
	Until      map[UserID]time.Time `json:",omitempty"` // when a member's term ends
	LogReader  []byte               `json:",omitempty"` // HPKE public key of the audit compartment's members
	Older      []olderKey           `json:",omitempty"` // what is still sealed with earlier keys; newest first
	By         UserID               // who signed the entry as it is
	Signature  []byte
}

// Membership is one member of a compartment.
type Membership struct {
	User  UserID
	Until time.Time // zero: without an end
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
	key, err := newCompartmentKey(tx.v.opts.Rand, tx.tagOf(c))
	if err != nil {
		return err
	}
	if err := tx.grantTo(key, members); err != nil {
		return err
	}
	tx.manifests[key.tag] = manifest{}
	tx.dirty[key.tag] = key
	tx.created[key.tag] = key
	if slices.Contains(members, tx.v.me.ID) {
		tx.learned[key.tag] = key
	}
	return tx.describe(key, members, nil)
}

// AddMembers grants a compartment to more users. Only who can read it can; others get [ErrNoAccess], and a user who was revoked
// gives [ErrRevoked]. Users who are members already stay so, and lose the end of their term if they had one.
func (tx *Tx) AddMembers(c Compartment, members []UserID) error {
	return tx.AddMembersUntil(c, members, time.Time{})
}

// AddMembersUntil grants a compartment to users for a term, a temporary team's for instance. From its end on the vault reads and writes
// nothing there for them, and the next member to call [Vault.Rotate] gives the compartment another key. Of those who are members already
// it changes the term; a shorter one takes another key at once, because desks keep the terms that they know. A term that is over is [ErrInvalid].
func (tx *Tx) AddMembersUntil(c Compartment, members []UserID, until time.Time) error {
	if err := tx.addMembers(c, sortedMembers(members), until.UTC().Truncate(time.Second)); err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	return nil
}

func (tx *Tx) addMembers(c Compartment, members []UserID, until time.Time) error {
	if !until.IsZero() && !tx.v.opts.Clock().Before(until) {
		return fmt.Errorf("a term that is over: %w", ErrInvalid)
	}
	key, err := tx.compartment(c)
	if err != nil {
		return err
	}
	e, err := tx.entryOf(key.tag)
	if err != nil {
		return err
	}
	terms := maps.Clone(e.Until)
	if terms == nil {
		terms = make(map[UserID]time.Time)
	}
	var fresh []UserID
	shorter := false
	for _, id := range members {
		if before, member := terms[id], slices.Contains(e.Members, id); !member {
			fresh = append(fresh, id)
		} else if !until.IsZero() && (before.IsZero() || until.Before(before)) {
			shorter = true
		}
		if terms[id] = until; until.IsZero() {
			delete(terms, id)
		}
	}
	if len(fresh) == 0 && maps.EqualFunc(terms, e.Until, time.Time.Equal) {
		return nil
	}
	all := append(slices.Clone(e.Members), fresh...)
	if shorter {
		for _, id := range fresh {
			if err := tx.grantable(id); err != nil {
				return err
			}
		}
		return tx.rotate(key, all, terms)
	}
	if err := tx.grantTo(key, fresh); err != nil {
		return err
	}
	if end, mine := terms[tx.v.me.ID]; mine {
		key.until = end
	}
	return tx.describe(key, all, terms)
}

// RemoveMembers takes a compartment away from users: it gets another key, which only the others are granted, and what is written from
// now on is closed to those who left. What they could read before they may have copied; [Vault.Reseal] closes the vault's own copy.
// It fails with [ErrInvalid] when nobody would be left. Users who are no members don't matter.
func (tx *Tx) RemoveMembers(c Compartment, members []UserID) error {
	key, err := tx.compartment(c)
	if err != nil {
		return fmt.Errorf("remove members: %w", err)
	}
	e, err := tx.entryOf(key.tag)
	if err != nil {
		return fmt.Errorf("remove members: %w", err)
	}
	left := slices.DeleteFunc(slices.Clone(e.Members), func(id UserID) bool { return slices.Contains(members, id) })
	if len(left) == len(e.Members) {
		return nil
	}
	if err := tx.rotate(key, left, e.Until); err != nil {
		return fmt.Errorf("remove members: %w", err)
	}
	return nil
}

// Members returns the users who can read a compartment, in order of their ids. Every user may ask.
func (tx *ReadTx) Members(c Compartment) ([]UserID, error) {
	e, err := tx.entry(c)
	if err != nil {
		return nil, fmt.Errorf("members of compartment: %w", err)
	}
	return e.Members, nil
}

// Memberships is [ReadTx.Members] with the members' terms.
func (tx *ReadTx) Memberships(c Compartment) ([]Membership, error) {
	e, err := tx.entry(c)
	if err != nil {
		return nil, fmt.Errorf("members of compartment: %w", err)
	}
	members := make([]Membership, len(e.Members))
	for i, id := range e.Members {
		members[i] = Membership{User: id, Until: e.Until[id]}
	}
	return members, nil
}

func sortedMembers(members []UserID) []UserID {
	members = slices.Clone(members)
	slices.Sort(members)
	return slices.Compact(members)
}

func (tx *Tx) grantTo(key *compartmentKey, members []UserID) error {
	for _, id := range members {
		if err := tx.grantable(id); err != nil {
			return err
		}
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
	return tx.w.Put(bucketGrant, grantKey(key.tag, key.newest().epoch, user), raw)
}

// describe writes a compartment's entry in the directory.
func (tx *Tx) describe(key *compartmentKey, members []UserID, until map[UserID]time.Time) error {
	older, err := key.sealOlder(tx.v)
	if err != nil {
		return err
	}
	e := compartmentEntry{
		Epoch: key.newest().epoch, Commitment: key.commitment(), Members: sortedMembers(members), Until: until, Older: older, By: tx.v.me.ID,
	}
	if key.tag == tx.tagOf(AuditCompartment) {
		reader, err := key.newest().reader()
		if err != nil {
			return err
		}
		e.LogReader = reader.PublicKey().Bytes()
	}
	e.Signature = ed25519.Sign(tx.v.signing, e.signed(tx.v.header.vault, key.tag))
	return compartmentEntries.Put(tx, directory, entryID(key.tag), e)
}

// compartment finds a compartment's key: one that this transaction made, one known before, or by this user's grant. For a user whose
// term is over there is none.
func (tx *ReadTx) compartment(c Compartment) (*compartmentKey, error) {
	if c == directory {
		return tx.root, nil
	}
	return tx.keyOf(tx.tagOf(c))
}

func (tx *ReadTx) keyOf(t tag) (*compartmentKey, error) {
	now := tx.v.opts.Clock()
	for _, k := range []*compartmentKey{tx.created[t], tx.learned[t]} {
		if k != nil && !k.over(now) {
			return k, nil
		}
	}
	if k := tx.v.known(t); k != nil && !k.over(now) {
		current, err := tx.current(k)
		if err != nil {
			return nil, err
		}
		if current {
			tx.learned[t] = k
			return k, nil
		}
	}
	k, err := tx.openCompartment(t)
	if err != nil {
		return nil, err
	}
	if k.over(now) {
		k.wipe()
		return nil, ErrNoAccess
	}
	tx.learned[t] = k
	return k, nil
}

// tagOf is a compartment's name on disk.
func (tx *ReadTx) tagOf(c Compartment) tag { return tx.v.tagOf(c, tx.root) }

func (v *Vault) tagOf(c Compartment, root *compartmentKey) tag {
	v.mu.Lock()
	defer v.mu.Unlock()
	t, known := v.tags[c]
	if !known {
		t = root.tagOf(c)
		v.tags[c] = t
	}
	return t
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
	return k, k.complete(tx.v, e)
}

// openDirectory finds the directory's key by this user's grant of the highest epoch. What it says of itself is sealed with that key, too,
// so the keys before it are there before any signature can be checked.
func (tx *ReadTx) openDirectory() error {
	k, err := tx.newestGrant(tag{})
	if err != nil {
		return err
	}
	tx.root = k
	e, err := compartmentEntries.Get(tx, directory, entryID(tag{}))
	if err != nil {
		return err
	}
	if err := k.complete(tx.v, e); err != nil {
		return err
	}
	_, err = tx.entryOf(tag{})
	return err
}

// entry reads what the directory says of a compartment.
func (tx *ReadTx) entry(c Compartment) (compartmentEntry, error) {
	return tx.entryOf(tx.tagOf(c))
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
func (tx *ReadTx) newestGrant(t tag) (*compartmentKey, error) {
	var newest []byte
	var epoch uint32
	err := tx.r.Range(bucketGrant, t[:], func(key, value []byte) error {
		if len(key) == len(t)+4+16 && [16]byte(key[len(t)+4:]) == tx.v.secrets.user {
			newest, epoch = value, binary.BigEndian.Uint32(key[len(t):])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if newest == nil {
		if revoked, err := tx.revokedInClear(tx.v.secrets.user); err != nil || revoked {
			return nil, errors.Join(err, ErrRevoked)
		}
		return nil, damaged("a grant is missing")
	}
	return openGrant(tx.v.hpke, tx.v.header.vault, t, epoch, tx.v.secrets.user, newest)
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
	if len(e.Older) > 0 || len(e.Until) > 0 {
		return e.signedWhole(vault, t)
	}
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

// signedWhole is signed for an entry that has more to say than those of vaults in which nothing was ever taken from anybody.
func (e compartmentEntry) signedWhole(vault [16]byte, t tag) []byte {
	b := append([]byte("paravent/compartment/2\x00"), vault[:]...)
	b = append(b, t[:]...)
	b = binary.BigEndian.AppendUint32(b, e.Epoch)
	field := func(text []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	count := func(n int) { b = binary.BigEndian.AppendUint32(b, uint32(n)) }
	field(e.Commitment)
	field([]byte(e.By))
	field(e.LogReader)
	count(len(e.Members))
	for _, m := range e.Members {
		field([]byte(m))
	}
	count(len(e.Until))
	for _, m := range slices.Sorted(maps.Keys(e.Until)) {
		field([]byte(m))
		b = binary.BigEndian.AppendUint64(b, uint64(e.Until[m].Unix()))
	}
	count(len(e.Older))
	for _, older := range e.Older {
		b = binary.BigEndian.AppendUint32(b, older.Epoch)
		field(older.Box)
	}
	return b
}
