package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"paravent/store/audit"
)

// OpenCopy opens a copy of this vault with this user's own keys. The copy's backend stays the caller's to close, after the copy is locked. A
// file that is not a copy of this vault gives [ErrDamaged].
func (v *Vault) OpenCopy(ctx context.Context, b Backend) (*Vault, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.running.Done()
	other, err := Open(ctx, b, v.opts)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(other.header.identity(), v.header.identity()) {
		return nil, damaged("this is not a copy of the vault")
	}
	own := v.secrets.encode()
	defer clear(own)
	s, err := parseSecrets(own)
	if err != nil {
		return nil, err
	}
	opts := v.opts
	opts.Anchor = nil // a copy is older than what the anchor remembers, as it should be
	c, err := newVault(b, other.header, opts, s)
	if err != nil {
		return nil, err
	}
	if err := c.enter(ctx); err != nil {
		c.Lock()
		return nil, fmt.Errorf("open a copy: %w", err)
	}
	return c, nil
}

// VerifyCopy checks every record, every manifest and the audit log of a copy, which is opened as by [Vault.OpenCopy]. Nothing is
// written to it.
func (v *Vault) VerifyCopy(ctx context.Context, b Backend, progress func(done, total int)) (Report, error) {
	c, err := v.OpenCopy(ctx, b)
	if err != nil {
		return Report{}, err
	}
	defer c.Lock()
	report, err := c.Verify(ctx, progress)
	return report, errors.Join(err, c.VerifyAudit(ctx))
}

// Imprint is what a vault shows of itself without a key.
type Imprint struct {
	ID     string     // 32 hexadecimal digits that tell nothing
	Format int        // of the vault
	Head   audit.Head // the newest; its signature isn't checked
}

// ReadImprint reads what a vault shows of itself, of an older format too. Otherwise it fails as [Open] does.
func ReadImprint(ctx context.Context, b Backend) (Imprint, error) {
	var i Imprint
	err := b.View(ctx, func(r Reader) error {
		raw, err := r.Get(bucketVault, keyHeader)
		if err != nil {
			return err
		}
		h, err := parseHeader(raw)
		if errors.Is(err, ErrOlderFormat) {
			h, err = parseLayout(raw)
		}
		if err != nil {
			return err
		}
		i.ID, i.Format = h.id(), int(binary.BigEndian.Uint16(raw[len(headerMagic):]))
		if raw, err = r.Get(bucketVault, keyHead); err != nil {
			return err
		}
		if i.Head, err = audit.ParseHead(i.ID, raw); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return nil
	})
	if err != nil {
		return Imprint{}, fmt.Errorf("read vault: %w", err)
	}
	return i, nil
}
