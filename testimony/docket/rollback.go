package docket

import (
	"context"
	"errors"
	"slices"
	"strings"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

// ErrTwoColleges refuses to go on with an older copy of the vault unless a member of the court and one of the bench sign.
var ErrTwoColleges = errors.New("a member of the court and one of the bench have to sign together")

// RolledBack says how the vault differs from what this desk's anchor remembers, or nil. Such a vault is only read.
func (d *Desk) RolledBack() *store.RolledBackError { return d.vault.RolledBack() }

// AnchorTrouble is why the anchor could not be brought up to date, or nil.
func (d *Desk) AnchorTrouble() error { return d.vault.AnchorTrouble() }

// AcceptRestore goes on with an older copy of the vault, by the signatures of this user and of one of the other college who gives login and passphrase at this
// desk. The caller clears the passphrase.
func (d *Desk) AcceptRestore(ctx context.Context, reason, login string, passphrase []byte) (store.Restore, error) {
	if strings.TrimSpace(reason) == "" {
		return store.Restore{}, identity.ErrReason
	}
	r, err := d.vault.AcceptRestore(ctx, strings.TrimSpace(reason), login, passphrase, maySignRestore)
	if errors.Is(err, store.ErrInvalid) { // the same person twice
		err = ErrTwoColleges
	}
	return r, err
}

// MaySignRestore reports whether this user can be one of the two who sign.
func (d *Desk) MaySignRestore() bool { return collegeOf(string(d.Me().Role)) != "" }

func maySignRestore(first, second store.User) error {
	colleges := []identity.College{collegeOf(string(first.Role)), collegeOf(string(second.Role))}
	if !slices.Contains(colleges, identity.Court) || !slices.Contains(colleges, identity.Bench) {
		return ErrTwoColleges
	}
	return nil
}

// Restores lists the decisions to go on with an older copy of the vault.
func (d *Desk) Restores(ctx context.Context) ([]store.Restore, error) { return d.vault.Restores(ctx) }

// anchorItems is what the list of the day says of the anchor.
func (d *Desk) anchorItems() []Item {
	if d.AnchorTrouble() == nil || !d.May(testimony.ActBackUp) {
		return nil
	}
	return []Item{{Kind: AnchorFailed}}
}
