package store

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
)

// Create makes a vault in an empty backend and unlocks it for its first user, who is a member of [AuditCompartment].
// It fails with [ErrExists] when the backend holds a vault. The Vault owns the backend from here on.
func Create(ctx context.Context, b Backend, first NewUser, opts Options) (*Vault, error) {
	opts = opts.withDefaults()
	if opts.KDF == (KDFParams{}) {
		opts.KDF = CalibrateKDF()
	}
	v, err := create(ctx, b, first, opts)
	if err != nil {
		return nil, fmt.Errorf("create vault: %w", err)
	}
	return v, nil
}

func create(ctx context.Context, b Backend, first NewUser, opts Options) (*Vault, error) {
	if err := opts.KDF.bounded(); err != nil {
		return nil, err
	}
	if err := b.View(ctx, isEmpty); err != nil {
		return nil, err
	}
	s, err := newSecrets(opts.Rand)
	if err != nil {
		return nil, err
	}
	h := header{kdf: opts.KDF, founder: s.signingKey().Public().(ed25519.PublicKey)}
	if _, err := io.ReadFull(opts.Rand, h.vault[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	if _, err := io.ReadFull(opts.Rand, h.loginSalt[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	v, err := newVault(b, h, opts, s)
	if err != nil {
		return nil, err
	}
	if v.root, err = newCompartmentKey(opts.Rand, tag{}); err != nil {
		return nil, err
	}
	founder, err := v.enrol(first, s)
	if err != nil {
		return nil, err
	}
	v.me = founder.user
	if err := v.Update(ctx, func(tx *Tx) error { return tx.found(founder) }); err != nil {
		v.Lock()
		return nil, err
	}
	return v, v.hold(ctx)
}

func isEmpty(r Reader) error {
	present, err := r.Get(bucketVault, keyHeader)
	if err == nil && present != nil {
		err = fmt.Errorf("vault: %w", ErrExists)
	}
	return err
}

// found writes the first records of a vault.
func (tx *Tx) found(founder Admission) error {
	if err := isEmpty(tx.w); err != nil {
		return err
	}
	if err := tx.w.Put(bucketVault, keyHeader, tx.v.header.encode()); err != nil {
		return err
	}
	tx.manifests[tag{}] = manifest{}
	tx.dirty[tag{}] = tx.root
	err := errors.Join(
		tx.admit(founder),
		tx.describe(tx.root, []UserID{tx.v.me.ID}, nil),
		tx.createCompartment(AuditCompartment, []UserID{tx.v.me.ID}),
	)
	tx.Log("vault.create", nil)
	return err
}
