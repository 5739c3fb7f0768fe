// Package docket keeps what a court's desk works with in the vault: cases, protected parties, orders, hearings,
// invitations, sealed identities, recordings and minutes.
//
// It is where the rules meet the disk. What may be done is said in protection and testimony; docket checks it, writes it
// with its audit entry in one transaction, and reads it back. It draws nothing and speaks to no network.
// The type to start from is [Desk]: one unlocked vault, seen by one user.
package docket

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/anchor"
	"paravent/store/audit"
	"paravent/testimony"
)

// Errors that a caller decides by.
var (
	ErrNotAllowed = errors.New("your office does not allow this")
	ErrNotFound   = errors.New("not found")
)

// ErrChanged is wrapped by every [*ChangedError].
var ErrChanged = errors.New("somebody else has changed this meanwhile")

// ChangedError says that what a person had before them when they decided was changed by somebody else meanwhile. Nothing
// was written; to decide again with what is there now before them is theirs.
type ChangedError struct {
	Theirs string // what is there now
	Seen   string // what was there when the person decided
}

func (e *ChangedError) Error() string { return ErrChanged.Error() }

func (e *ChangedError) Unwrap() error { return ErrChanged }

// Options are what a desk takes from outside. The zero value is the real clock and the real source of randomness.
type Options struct {
	Clock func() time.Time
	Rand  io.Reader
	KDF   store.KDFParams // zero: calibrated to this machine
	// Anchor remembers the newest state of the vault outside of it; nil: nothing does. See [Standard].
	Anchor store.Anchor
}

// AnchorVariable names, in the environment, the folder that remembers the newest state of each vault. It has to be there: a medium that is not
// connected is not taken for one that remembers nothing.
const AnchorVariable = "PARAVENT_ANCHOR"

// Standard is what a program for people takes: the anchor is in the folder that [AnchorVariable] names, or in the user's own state folder.
func Standard() Options {
	if dir := os.Getenv(AnchorVariable); dir != "" {
		return Options{Anchor: anchor.Folder{Path: dir, Existing: true}}
	}
	base := os.Getenv("XDG_STATE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return Options{} // an account without a home has no place that outlives it
		}
		base = filepath.Join(home, ".local", "state")
	}
	return Options{Anchor: anchor.Folder{Path: filepath.Join(base, "paravent", "anchors")}}
}

func (o Options) filled() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

func (o Options) store() store.Options {
	return store.Options{Clock: o.Clock, Rand: o.Rand, KDF: o.KDF, Anchor: o.Anchor}
}

// Desk is one unlocked vault, seen by one user. It can be used from several goroutines.
type Desk struct {
	vault   *store.Vault
	backend store.Backend // of the vault, which owns it
	path    string        // of the file, or the cluster's URL
	opts    Options
	running running // recordings that this desk writes to
	genuine genuineStatements
	stamps  genuineStamps
	asked   stampsAsked
}

// docketPart is the compartment of everything that those who arrange and hold hearings share, but for what is kept for a team.
const docketPart store.Compartment = "docket"

// vaultTraits is what the vault as a whole is for.
type vaultTraits struct {
	Training bool `json:"training"`
}

var traits = store.NewCollection[vaultTraits]("traits")

// Create makes a new vault with its first user in a file, or on a cluster. It never replaces an existing one.
func Create(ctx context.Context, path string, first store.NewUser, opts Options) (*Desk, error) {
	return create(ctx, path, first, opts, vaultTraits{})
}

func create(ctx context.Context, path string, first store.NewUser, opts Options, t vaultTraits) (*Desk, error) {
	opts = opts.filled()
	if err := checkUser(first); err != nil {
		return nil, err
	}
	if err := checkPassphrase(first.Passphrase, t.Training, Surroundings(path, first.Login, first.DisplayName)); err != nil {
		return nil, err
	}
	backend, err := openPlace(ctx, path, true)
	if err != nil {
		return nil, err
	}
	vault, err := store.Create(ctx, backend, first, opts.store())
	switch {
	case errors.Is(err, store.ErrExists):
		return nil, errors.Join(ErrPlaceTaken, backend.Close())
	case err != nil && OnServer(path): // nothing was kept, or another's vault is being made there
		return nil, errors.Join(err, backend.Close())
	case err != nil:
		return nil, errors.Join(err, discard(ctx, path, backend))
	}
	d := &Desk{vault: vault, backend: backend, path: path, opts: opts}
	me := []store.UserID{vault.Me().ID}
	err = vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("vault.created", nil)
		if err := tx.CreateCompartment(docketPart, me); err != nil {
			return err
		}
		if err := d.admitCare(tx, docketPart, vault.Me()); err != nil {
			return err
		}
		return traits.Put(tx, docketPart, "vault", t)
	})
	if err != nil {
		d.Lock()
		return nil, errors.Join(err, discard(ctx, path, backend))
	}
	d.openReception(ctx)
	return d, nil
}

// Unlock opens a vault for one user. The errors of store and its backends pass through unchanged; a vault that was moved to another machine
// gives a [*store.DepartedError].
func Unlock(ctx context.Context, path, login string, passphrase []byte, opts Options) (*Desk, error) {
	d, err := open(ctx, path, login, passphrase, opts.filled())
	if err != nil {
		return nil, err
	}
	switch gone, err := d.vault.Departed(ctx); {
	case err == nil:
		return nil, errors.Join(&store.DepartedError{Departure: gone}, d.Close())
	case !errors.Is(err, store.ErrNotFound):
		return nil, errors.Join(err, d.Close())
	}
	d.openReception(ctx)
	_ = d.keepEscrow(ctx)          // what fails is tried again at the next opening, and shows as missing meanwhile
	_ = d.vault.AttestSigners(ctx) // where it can't be written, the next opening tries again
	_, _ = d.vault.Rotate(ctx)     // likewise
	_ = d.TendCare(ctx)            // likewise
	_ = d.tidyDrafts(ctx)          // likewise
	return d, nil
}

// open opens a vault for one user and writes nothing to it.
func open(ctx context.Context, path, login string, passphrase []byte, opts Options) (*Desk, error) {
	backend, err := openPlace(ctx, path, false)
	if err != nil {
		return nil, err
	}
	sealed, err := store.Open(ctx, backend, opts.store())
	if err != nil {
		return nil, errors.Join(err, backend.Close())
	}
	vault, err := sealed.Unlock(ctx, login, passphrase)
	if err != nil {
		return nil, errors.Join(err, backend.Close())
	}
	return &Desk{vault: vault, backend: backend, path: path, opts: opts}, nil
}

// Me returns the user who unlocked the vault.
func (d *Desk) Me() store.User { return d.vault.Me() }

// FailedTries is how many tries at this user's passphrase failed since they were last here.
func (d *Desk) FailedTries() int { return d.vault.FailedTries() }

// Path returns where the vault is: the path of its file, or the URL of its cluster.
func (d *Desk) Path() string { return d.path }

// Now returns the desk's clock.
func (d *Desk) Now() time.Time { return d.opts.Clock() }

// May reports whether the user's office allows an act.
func (d *Desk) May(act testimony.Act) bool { return testimony.May(string(d.Me().Role), act) }

// Training reports whether the vault holds the fictitious training case.
func (d *Desk) Training() bool {
	t, err := read(context.Background(), d, traits, docketPart, "vault")
	return err == nil && t.Training
}

// Lock wipes the keys from memory. Every later call returns store.ErrLocked.
func (d *Desk) Lock() { d.vault.Lock() }

// Close locks the vault and lets go of the file.
func (d *Desk) Close() error { return d.vault.Close() }

// Status returns the vault's id and how its audit log stands, for an overview.
func (d *Desk) Status(ctx context.Context) (id string, head audit.Head, err error) {
	head, err = d.vault.AuditHead(ctx)
	return d.vault.ID(), head, err
}

// Note writes an act into the audit log that changes no record: a refusal, a join, a disclosure shown.
// Details hold opaque ids and counts only.
func (d *Desk) Note(ctx context.Context, action string, details map[string]string) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log(action, details)
		return nil
	})
}

// Users lists the vault's users, those who were revoked among them.
func (d *Desk) Users(ctx context.Context) ([]store.User, error) { return d.vault.Users(ctx) }

// ErrEnrol is returned for a user whom this user may not enrol.
var ErrEnrol = errors.New("a member of a college is enrolled by a member of the same college")

// AddUser enrols a user whose passphrase was typed at this desk; [Desk.AdmitApplicant] is for users who made their own keys, and
// better. A member of one of the two colleges is enrolled by a member of that college, or by anyone of the desk while it has none
// yet: nobody can give themselves the other college's half.
func (d *Desk) AddUser(ctx context.Context, nu store.NewUser) (store.User, error) {
	if err := checkUser(nu); err != nil {
		return store.User{}, err
	}
	if err := checkPassphrase(nu.Passphrase, d.Training(), d.Surroundings(ctx, nu.Login, nu.DisplayName)); err != nil {
		return store.User{}, err
	}
	if err := d.checkEnrol(ctx, nu.Role); err != nil {
		return store.User{}, err
	}
	a, err := d.vault.Admission(nu)
	if err != nil {
		return store.User{}, err
	}
	return d.admit(ctx, "user.add", a)
}

func mayEnrol(mine, theirs string, users []store.User) bool {
	for _, college := range [][]string{testimony.CourtCollege, testimony.BenchCollege} {
		if !slices.Contains(college, theirs) {
			continue
		}
		empty := !slices.ContainsFunc(users, func(u store.User) bool { return u.Standing() && slices.Contains(college, string(u.Role)) })
		return empty && mine != testimony.Auditor || slices.Contains(college, mine)
	}
	return slices.Contains(testimony.CourtCollege, mine) || slices.Contains(testimony.BenchCollege, mine)
}

// ErrUser is wrapped by every refusal of a user's particulars.
var ErrUser = errors.New("the user cannot be added")

func checkUser(u store.NewUser) error {
	switch {
	case strings.TrimSpace(u.Login) == "" || len(u.Login) > 64:
		return fmt.Errorf("%w: a login of 1 to 64 characters is needed", ErrUser)
	case !slices.Contains(testimony.Offices, string(u.Role)):
		return fmt.Errorf("%w: %q is not an office; use clerk, advocate, judge, registrar or auditor", ErrUser, u.Role)
	}
	return nil
}

// ChangePassphrase puts the user's keys under another passphrase. The old one is asked for again.
func (d *Desk) ChangePassphrase(ctx context.Context, old, new []byte) error {
	if err := checkPassphrase(new, d.Training(), d.Surroundings(ctx, d.Me().Login, d.Me().DisplayName)); err != nil {
		return err
	}
	return d.vault.ChangePassphrase(ctx, old, new)
}

// newID makes a random name of 80 bits that says nothing.
func (d *Desk) newID() (string, error) {
	b := make([]byte, 10)
	if _, err := io.ReadFull(d.opts.Rand, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}

// recipients returns the members of a college, without those who were revoked, with their public keys.
func recipients(users []store.User, college []string) []identity.Recipient {
	var out []identity.Recipient
	for _, u := range users {
		if u.Standing() && slices.Contains(college, string(u.Role)) {
			out = append(out, identity.Recipient{ID: string(u.ID), Public: u.HPKEPublic})
		}
	}
	return out
}

// read gets one record in a transaction of its own.
func read[T any](ctx context.Context, d *Desk, c store.Collection[T], part store.Compartment, id string) (T, error) {
	var v T
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		v, err = c.Get(tx, part, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	return v, err
}
