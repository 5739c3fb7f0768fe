package store

import (
	"context"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Options adjust a vault. The zero value is right outside of tests.
type Options struct {
	Clock func() time.Time // time of audit entries and enrolments; nil: time.Now
	Rand  io.Reader        // nonces, ids and keys, except what HPKE draws itself; nil: crypto/rand
	// KDF is what Create hardens passphrases with; zero: measured on this machine, see CalibrateKDF. Create takes any
	// parameters below CeilingKDF; less than FloorKDF is for tests.
	KDF KDFParams
	// Anchor remembers the vault's newest head outside of it; nil: nothing does, and an older copy that is put back is not noticed.
	Anchor Anchor
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

// Sealed is a vault that nobody has unlocked.
type Sealed struct {
	backend Backend
	header  header
	opts    Options
}

// Vault is a vault that one user has unlocked. It is safe for concurrent use.
type Vault struct {
	backend Backend
	header  header
	opts    Options
	me      User
	secrets *secrets
	hpke    hpke.PrivateKey
	signing ed25519.PrivateKey

	mu      sync.Mutex
	root    *compartmentKey // the directory's
	locked  bool
	running sync.WaitGroup // transactions under way
	keys    map[tag]*compartmentKey
	tags    map[Compartment]tag // names on disk, which stay the same whatever the keys

	failed int // tries before this unlock, see FailedTries

	line    line
	writing sync.Mutex // one transaction at a time: each continues the session's chain
	session *session   // under writing
	trusted []byte     // under writing: the note of the newest head that was checked or made

	memory    memory
	ledger    ledger // of a reader of the audit log
	anchorage anchorage
}

// Open reads a vault's header. It fails with [ErrNotVault], [ErrNewerFormat], [ErrOlderFormat] or [ErrDamaged]. The backend stays the
// caller's to close until [Sealed.Unlock] succeeds.
func Open(ctx context.Context, b Backend, opts Options) (*Sealed, error) {
	s := &Sealed{backend: b, opts: opts.withDefaults()}
	err := b.View(ctx, func(r Reader) error {
		raw, err := r.Get(bucketVault, keyHeader)
		if err != nil {
			return err
		}
		s.header, err = parseHeader(raw)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return s, nil
}

// ID is the vault's name: 32 hexadecimal digits that tell nothing.
func (s *Sealed) ID() string { return s.header.id() }

// KDF is what the vault's creator chose to harden passphrases with.
func (s *Sealed) KDF() KDFParams { return s.header.kdf }

// Unlock lets a user in. An unknown login takes as long as a wrong passphrase and gives the same [ErrWrongPassphrase].
// After three wrong passphrases in a row each further try has to wait, 5 seconds at first and 15 minutes at most, and fails with a
// [*WaitError] before that. The Vault owns the backend from here on.
//
// An unlock writes the count of tries, and an audit entry only when some of them failed; a caller that keeps a record of logins does so
// with a transaction of its own.
func (s *Sealed) Unlock(ctx context.Context, login string, passphrase []byte) (*Vault, error) {
	secrets, try, err := s.secretsOf(ctx, login, passphrase)
	if err != nil {
		return nil, fmt.Errorf("unlock vault: %w", err)
	}
	v, err := newVault(s.backend, s.header, s.opts, secrets)
	if err != nil {
		return nil, fmt.Errorf("unlock vault: %w", err)
	}
	if err := v.enter(ctx); err != nil {
		v.Lock()
		return nil, fmt.Errorf("unlock vault: %w", err)
	}
	v.settle(ctx, try)
	return v, nil
}

// secretsOf counts a try and checks the passphrase. What was counted is the caller's to settle once it was right.
func (s *Sealed) secretsOf(ctx context.Context, name string, passphrase []byte) (*secrets, attempt, error) {
	name, err := normalLogin(name)
	if err != nil {
		return nil, attempt{}, ErrWrongPassphrase
	}
	if passphrase, err = normalPassphrase(passphrase); err != nil {
		return nil, attempt{}, ErrWrongPassphrase
	}
	key := s.header.loginKey(name)
	try, err := s.claim(ctx, key)
	if err != nil {
		return nil, attempt{}, err
	}
	known, err := s.open(ctx, key, passphrase)
	if errors.Is(err, ErrWrongPassphrase) {
		err = try.wrong(s.opts.Clock())
	}
	return known, try, err
}

func (s *Sealed) open(ctx context.Context, key, passphrase []byte) (*secrets, error) {
	var raw []byte
	err := s.backend.View(ctx, func(r Reader) error {
		found, err := r.Get(bucketLogin, key)
		raw = append([]byte(nil), found...)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(raw) == 0:
		clear(s.header.kdf.derive(passphrase, s.header.loginSalt[:kdfSaltSize]))
		return nil, ErrWrongPassphrase
	}
	l, err := parseLogin(raw, s.header.kdf)
	if err != nil {
		return nil, err
	}
	return l.open(s.header, key, passphrase)
}

func newVault(b Backend, h header, opts Options, s *secrets) (*Vault, error) {
	key, err := s.hpkeKey()
	if err != nil {
		return nil, fmt.Errorf("user's key: %w", err)
	}
	return &Vault{
		backend: b, header: h, opts: opts, secrets: s, hpke: key, signing: s.signingKey(),
		keys: make(map[tag]*compartmentKey), tags: make(map[Compartment]tag),
	}, nil
}

// enter reads the directory's key and the user's own entry.
func (v *Vault) enter(ctx context.Context) error {
	err := v.View(ctx, func(tx *ReadTx) error {
		me, err := tx.user(v.secrets.id())
		if errors.Is(err, ErrNotFound) {
			return damaged("a user is missing from the directory")
		}
		v.me = me
		return err
	})
	if err != nil {
		return err
	}
	return v.hold(ctx)
}

// ID is the vault's name: 32 hexadecimal digits that tell nothing.
func (v *Vault) ID() string { return v.header.id() }

// Me is the user who unlocked the vault.
func (v *Vault) Me() User { return v.me }

// View calls fn with one consistent state of the vault.
func (v *Vault) View(ctx context.Context, fn func(*ReadTx) error) error {
	if err := v.begin(); err != nil {
		return err
	}
	defer v.running.Done()
	var tx *ReadTx
	err := v.backend.View(ctx, func(r Reader) error {
		var err error
		if tx, err = newReadTx(v, r); err != nil {
			return err
		}
		return fn(tx)
	})
	if err == nil {
		v.learn(tx)
	}
	return err
}

// Update calls fn with a transaction and keeps what it wrote, with its audit entries, all or nothing. A transaction that
// wrote without [Tx.Log] fails with [ErrNotAudited], and every one of a vault that is behind its anchor with a [*RolledBackError]. fn may be called again,
// so it must have no effects of its own. It must not call Update.
func (v *Vault) Update(ctx context.Context, fn func(*Tx) error) error {
	return v.update(ctx, func(tx *Tx) error {
		if err := tx.here(); err != nil {
			return err
		}
		return fn(tx)
	})
}

// update is Update of a vault that may have been moved.
func (v *Vault) update(ctx context.Context, fn func(*Tx) error) error {
	return v.change(ctx, false, fn)
}

// OpenSealed opens what [SealTo] sealed to this user's key: all boxes of one call, in their order. What is not for this
// user, or for another place, gives [ErrNoAccess].
func (v *Vault) OpenSealed(enc, info []byte, boxes [][]byte) ([][]byte, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.running.Done()
	return openSealed(v.hpke, enc, info, boxes)
}

// Lock waits for transactions under way and forgets the keys; later calls fail with [ErrLocked]. It must not be called
// from within a transaction. The backend stays open: [Open] and unlock again, or [Vault.Close].
func (v *Vault) Lock() {
	v.mu.Lock()
	v.locked = true
	v.mu.Unlock()
	v.running.Wait()
	v.anchorage.letGo()

	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets.wipe()
	clear(v.signing)
	for _, k := range v.keys {
		k.wipe()
	}
	if v.root != nil {
		v.root.wipe()
	}
	// hpke and the ciphers keep copies that only the collector can take back once nothing refers to them.
	v.keys, v.tags, v.root, v.hpke, v.signing, v.session = nil, nil, nil, nil, nil, nil
	v.ledger.forget()
	v.memory.forget()
}

// Close locks the vault and closes its backend.
func (v *Vault) Close() error {
	v.Lock()
	return v.backend.Close()
}

// begin keeps Lock waiting until the matching running.Done.
func (v *Vault) begin() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.locked {
		return ErrLocked
	}
	v.running.Add(1)
	return nil
}

// learn keeps the keys that a finished transaction found. Of a compartment that another desk gave another key, the newer stays.
func (v *Vault) learn(tx *ReadTx) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.root == nil || tx.root.newest().epoch >= v.root.newest().epoch {
		v.root = tx.root
	}
	for t, k := range tx.learned {
		if known := v.keys[t]; known == nil || k.newest().epoch >= known.newest().epoch {
			v.keys[t] = k
		}
	}
}

func (v *Vault) known(t tag) *compartmentKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys[t]
}

func (v *Vault) knownRoot() *compartmentKey {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.root
}
