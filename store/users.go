package store

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Role is a word of the caller's that means nothing to the vault.
type Role string

// User is one entry of the vault's directory, which every user can read.
type User struct {
	ID            UserID
	Login         string
	DisplayName   string
	Role          Role
	HPKEPublic    []byte // MLKEM768-X25519, 1216 bytes: see SealTo
	SigningPublic []byte // Ed25519, 32 bytes
	Created       time.Time
	Revoked       time.Time `json:"-"` // zero: they have access. Only [Vault.Users] says it
}

// Standing says that the user was not revoked.
func (u User) Standing() bool { return u.Revoked.IsZero() }

// NewUser is what a user is enrolled with. The vault keeps no hold of Passphrase; the caller clears it.
type NewUser struct {
	Login       string
	DisplayName string
	Role        Role
	Passphrase  []byte
}

// directoryEntry is a user as stored, signed by the user who enrolled them. The founder signed their own.
type directoryEntry struct {
	User       User
	EnrolledBy UserID
	Signature  []byte
}

var (
	userEntries        = NewCollection[directoryEntry]("user")
	compartmentEntries = NewCollection[compartmentEntry]("compartment")
)

// Admission is a new user, ready to be written with [Tx.Admit]: what takes long is done.
type Admission struct {
	user     User
	loginKey []byte
	login    []byte
	entry    directoryEntry
	asked    bool // by themselves: see Enrolment
}

// User is the user as they will stand in the directory.
func (a Admission) User() User { return a.user }

func (a *Admission) sign(v *Vault) {
	a.entry = directoryEntry{User: a.user, EnrolledBy: v.secrets.id()}
	a.entry.Signature = ed25519.Sign(v.signing, a.entry.signed(v.header.vault))
}

const maxUserText = 256 // bytes of a display name or role

// Users returns the vault's users, ordered by login, with signatures checked. Those who were revoked are among them.
func (v *Vault) Users(ctx context.Context) ([]User, error) {
	var users []User
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		if users, err = tx.users(); err != nil {
			return err
		}
		revoked, err := tx.revocations()
		for i, u := range users {
			users[i].Revoked = revoked[u.ID].At
		}
		return err
	})
	slices.SortFunc(users, func(a, b User) int { return strings.Compare(a.Login, b.Login) })
	return users, err
}

// Enrollers says for each user who signed their entry in the directory. The founder signed their own.
func (v *Vault) Enrollers(ctx context.Context) (map[UserID]UserID, error) {
	by := map[UserID]UserID{}
	err := v.View(ctx, func(tx *ReadTx) error {
		entries, err := userEntries.All(tx, directory)
		for _, e := range entries {
			by[UserID(e.ID)] = e.Value.EnrolledBy
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("enrollers: %w", err)
	}
	return by, nil
}

// AddUser enrols a user and logs it. Who may do so is the caller's matter. A login in use gives [ErrExists].
func (v *Vault) AddUser(ctx context.Context, u NewUser) (User, error) {
	a, err := v.Admission(u)
	if err != nil {
		return User{}, fmt.Errorf("add user: %w", err)
	}
	err = v.Update(ctx, func(tx *Tx) error {
		tx.Log("user.add", map[string]string{"user": string(a.user.ID)})
		return tx.Admit(a)
	})
	if err != nil {
		return User{}, fmt.Errorf("add user: %w", err)
	}
	return a.user, nil
}

// Admission makes keys for a user whose passphrase is typed at this desk. [Vault.AdmissionOf] is for users who made their own, and
// better. It takes about a second.
func (v *Vault) Admission(u NewUser) (Admission, error) {
	if err := v.begin(); err != nil {
		return Admission{}, err
	}
	defer v.running.Done()
	s, err := newSecrets(v.opts.Rand)
	if err != nil {
		return Admission{}, err
	}
	defer s.wipe()
	return v.enrol(u, s)
}

// Admit writes a new user: the login, the entry of the directory, and the directory's key. The caller logs it and decides what
// else they are granted. [ErrExists] when the login is in use, [ErrEnrolmentUsed] when their request was taken in before.
func (tx *Tx) Admit(a Admission) error {
	if err := tx.admit(a); err != nil {
		return err
	}
	e, err := tx.entryOf(tag{})
	if err != nil {
		return err
	}
	return tx.describe(tx.root, append(e.Members, a.user.ID), e.Until)
}

// ChangePassphrase puts the user's own keys under another passphrase. The old one is asked for again, so that a desk left open is
// not enough; a wrong one gives [ErrWrongPassphrase] and counts as at [Sealed.Unlock]. The vault keeps no hold of either; the caller clears them.
//
// The keys stay the same. Pages that the file no longer uses can still hold them under the old passphrase until it is compacted.
func (v *Vault) ChangePassphrase(ctx context.Context, old, new []byte) error {
	if err := v.begin(); err != nil {
		return err
	}
	defer v.running.Done()
	newText, err := normalPassphrase(new)
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	known, try, err := (&Sealed{backend: v.backend, header: v.header, opts: v.opts}).secretsOf(ctx, v.me.Login, old)
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	known.wipe()
	key := v.header.loginKey(v.me.Login)
	sealed, err := sealLogin(v.opts.Rand, v.header, key, newText, v.secrets)
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	err = v.Update(ctx, func(tx *Tx) error {
		tx.Log("user.passphrase", map[string]string{"user": string(v.me.ID)})
		tx.wrote = true
		if err := tx.reportTries(try); err != nil {
			return err
		}
		return tx.w.Put(bucketLogin, key, sealed)
	})
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	return nil
}

// enrol prepares a user outside of any transaction, because hardening a passphrase takes about a second.
func (v *Vault) enrol(u NewUser, s *secrets) (Admission, error) {
	login, err := normalLogin(u.Login)
	if err != nil {
		return Admission{}, err
	}
	if len(u.DisplayName) > maxUserText || len(u.Role) > maxUserText {
		return Admission{}, fmt.Errorf("user: %w", ErrInvalid)
	}
	passphrase, err := normalPassphrase(u.Passphrase)
	if err != nil {
		return Admission{}, err
	}
	key, err := s.hpkeKey()
	if err != nil {
		return Admission{}, err
	}
	e := Admission{
		user: User{
			ID: s.id(), Login: login, DisplayName: u.DisplayName, Role: u.Role,
			HPKEPublic:    key.PublicKey().Bytes(),
			SigningPublic: s.signingKey().Public().(ed25519.PublicKey),
			Created:       v.opts.Clock().UTC().Truncate(time.Second),
		},
		loginKey: v.header.loginKey(login),
	}
	e.sign(v)
	e.login, err = sealLogin(v.opts.Rand, v.header, e.loginKey, passphrase, s)
	return e, err
}

// admit writes an enrolled user. A request of theirs that waits in the vault has served.
func (tx *Tx) admit(e Admission) error {
	if e.asked {
		if _, err := userEntries.Get(tx, directory, string(e.user.ID)); err == nil {
			return ErrEnrolmentUsed
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	taken, err := tx.loginTaken(e)
	if err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("login: %w", ErrExists)
	}
	tx.wrote = true
	if err := tx.w.Delete(bucketWaiting, e.loginKey); err != nil {
		return err
	}
	if err := tx.w.Put(bucketLogin, e.loginKey, e.login); err != nil {
		return err
	}
	if err := userEntries.Put(tx, directory, string(e.user.ID), e.entry); err != nil {
		return err
	}
	if err := tx.attest(e.user); err != nil {
		return err
	}
	return tx.putGrant(tx.root, e.user)
}

// loginTaken says whether a login is in use, or was that of somebody who was revoked: their name in the audit log must not become another's.
func (tx *Tx) loginTaken(e Admission) (bool, error) {
	there, err := tx.w.Get(bucketLogin, e.loginKey)
	if err != nil || there != nil {
		return there != nil, err
	}
	revoked, err := revocationEntries.All(tx, directory)
	for _, r := range revoked {
		if u, err := userEntries.Get(tx, directory, r.ID); err != nil {
			return false, err
		} else if u.User.Login == e.user.Login {
			return true, nil
		}
	}
	return false, err
}

// users reads the whole directory.
func (tx *ReadTx) users() ([]User, error) {
	entries, err := userEntries.All(tx, directory)
	if err != nil {
		return nil, err
	}
	byID := make(map[UserID]directoryEntry, len(entries))
	for _, e := range entries {
		byID[UserID(e.ID)] = e.Value
	}
	users := make([]User, 0, len(entries))
	for _, e := range entries {
		if err := checkEnrolment(tx.v.header, byID, UserID(e.ID)); err != nil {
			return nil, err
		}
		users = append(users, e.Value.User)
	}
	return users, nil
}

// user reads one entry of the directory.
func (tx *ReadTx) user(id UserID) (User, error) {
	known := make(map[UserID]directoryEntry)
	for at := id; ; {
		if _, seen := known[at]; seen {
			break
		}
		e, err := userEntries.Get(tx, directory, string(at))
		if err != nil {
			return User{}, fmt.Errorf("user: %w", err)
		}
		known[at] = e
		at = e.EnrolledBy
	}
	return known[id].User, checkEnrolment(tx.v.header, known, id)
}

var errEnrolment = errors.New("a user was not enrolled by another")

// checkEnrolment follows the signatures from a user to the founder.
func checkEnrolment(h header, known map[UserID]directoryEntry, id UserID) error {
	for range len(known) {
		e, ok := known[id]
		if !ok || e.User.ID != id {
			break
		}
		by, ok := known[e.EnrolledBy]
		if !ok || !verify(by.User.SigningPublic, e.signed(h.vault), e.Signature) {
			break
		}
		if e.EnrolledBy == id {
			if !h.founder.Equal(ed25519.PublicKey(e.User.SigningPublic)) {
				break
			}
			return nil
		}
		id = e.EnrolledBy
	}
	return fmt.Errorf("%w: %w", ErrDamaged, errEnrolment)
}

// signed is what the enroller signs.
func (e directoryEntry) signed(vault [16]byte) []byte {
	b := append([]byte("paravent/user/1\x00"), vault[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.User.Created.Unix()))
	for _, field := range [][]byte{
		[]byte(e.User.ID), []byte(e.User.Login), []byte(e.User.DisplayName), []byte(e.User.Role),
		e.User.HPKEPublic, e.User.SigningPublic, []byte(e.EnrolledBy),
	} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return b
}

func verify(public, message, signature []byte) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, message, signature)
}
