package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// VerifyCopy opens a copy of this vault with this user's own keys and checks every record, every manifest and the audit log of it. The
// copy's backend stays the caller's to close; nothing is written to it. A file that is not a copy of this vault gives [ErrDamaged].
func (v *Vault) VerifyCopy(ctx context.Context, b Backend, progress func(done, total int)) (Report, error) {
	if err := v.begin(); err != nil {
		return Report{}, err
	}
	defer v.running.Done()
	other, err := Open(ctx, b, v.opts)
	if err != nil {
		return Report{}, err
	}
	if !bytes.Equal(other.header.identity(), v.header.identity()) {
		return Report{}, damaged("this is not a copy of the vault")
	}
	own := v.secrets.encode()
	defer clear(own)
	s, err := parseSecrets(own)
	if err != nil {
		return Report{}, err
	}
	c, err := newVault(b, other.header, v.opts, s)
	if err != nil {
		return Report{}, err
	}
	defer c.Lock()
	if err := c.enter(ctx); err != nil {
		return Report{}, fmt.Errorf("verify a copy: %w", err)
	}
	report, err := c.Verify(ctx, progress)
	return report, errors.Join(err, c.VerifyAudit(ctx))
}
