package store

import (
	"errors"
	"fmt"
)

// What a caller decides by. Each is one sentence fit for the window.
var (
	ErrNotVault        = errors.New("this file is not a Paravent vault")
	ErrNewerFormat     = errors.New("this vault was made by a newer Paravent")
	ErrOlderFormat     = errors.New("this vault has an older format: it has to be upgraded first")
	ErrDamaged         = errors.New("the vault is damaged")
	ErrInUse           = errors.New("the vault is open in another program")
	ErrReadOnly        = errors.New("the vault can only be read here")
	ErrDiskFull        = errors.New("the disk is full: nothing was written")
	ErrUncertain       = errors.New("the disk failed while the vault was written: open it again to see whether the last change was kept")
	ErrClosed          = errors.New("the vault is closed")
	ErrLocked          = errors.New("the vault is locked")
	ErrWrongPassphrase = errors.New("the login or the passphrase is wrong")
	ErrWeakKDF         = errors.New("the passphrase derivation asked for is out of bounds")
	ErrNotAudited      = errors.New("a change must be logged in the same transaction")
	ErrNotFound        = errors.New("not found")
	ErrRevoked         = errors.New("this user's access was taken away")
	ErrNoAccess        = errors.New("this user has no access to it")
	ErrExists          = errors.New("it exists already")
	ErrTooLarge        = errors.New("the record is too large")
	ErrConflict        = errors.New("others changed the same at the same moment: try again")
	ErrCutOff          = errors.New("the vault's server can't be reached: what is here can be read, and nothing can be kept until it is back")
	ErrRefused         = errors.New("the vault's server refuses this desk")
	ErrInvalid         = errors.New("the name or passphrase is empty or too long")
)

// ErrUnanswered is an [ErrUncertain] of a vault that is on a server.
var ErrUnanswered error = unanswered{}

type unanswered struct{}

func (unanswered) Error() string {
	return "the vault's server fell silent while this was written: look whether it was kept when the server is back"
}

func (unanswered) Unwrap() error { return ErrUncertain }

// ErrNoCompartment is an [ErrNotFound] that concerns the compartment as a whole.
var ErrNoCompartment = fmt.Errorf("compartment %w", ErrNotFound)

// damaged is an ErrDamaged that says where.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}
