package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrDeparted is wrapped by every [*DepartedError].
var ErrDeparted = errors.New("this vault was moved to another machine")

// DepartedError says that a vault went on elsewhere, so that nothing more is written to what stayed behind.
type DepartedError struct{ Departure }

func (e *DepartedError) Error() string { return ErrDeparted.Error() }

func (e *DepartedError) Unwrap() error { return ErrDeparted }

// Departure is the mark that a vault was moved. It stands in the directory, in the vault that stayed behind and in the copies that were made of it since,
// until somebody ends it in the one that goes on.
type Departure struct {
	Ticket  string    // 32 hexadecimal digits that tell nothing, the same in the log of both
	At      time.Time // on the clock of the desk that was left
	By      UserID
	Entries int64 // of the audit log before it
}

// departures has one record with the empty id.
var departures = NewCollection[Departure]("departure")

// Depart marks the vault as moved and logs it. From then on every [Vault.Update] of it and of its copies fails with a [*DepartedError], at all
// desks. Departing again from a vault that is marked already renews nothing and returns the mark.
func (v *Vault) Depart(ctx context.Context) (Departure, error) {
	ticket := make([]byte, 16)
	if _, err := io.ReadFull(v.opts.Rand, ticket); err != nil {
		return Departure{}, fmt.Errorf("move vault: read randomness: %w", err)
	}
	var d Departure
	err := v.update(ctx, func(tx *Tx) (err error) {
		if d, err = departures.Get(tx, directory, ""); !errors.Is(err, ErrNotFound) {
			return err
		}
		d = Departure{Ticket: hex.EncodeToString(ticket), At: v.opts.Clock().UTC().Truncate(time.Second), By: v.me.ID, Entries: tx.head.Size}
		tx.AnchorAtOnce() // an older copy without the mark must not take its place
		tx.Log("vault.moved", map[string]string{"ticket": d.Ticket})
		return departures.Put(tx, directory, "", d)
	})
	if err != nil {
		return Departure{}, fmt.Errorf("move vault: %w", err)
	}
	return d, nil
}

// EndDeparture takes the mark away in the vault that goes on, with an entry of the action in its log: the copy that arrived, or the vault that was to be left and
// stays. It fails with [ErrNotFound] where there is no mark.
func (v *Vault) EndDeparture(ctx context.Context, action string) error {
	err := v.update(ctx, func(tx *Tx) error {
		d, err := departures.Get(tx, directory, "")
		if err != nil {
			return err
		}
		tx.Log(action, map[string]string{"ticket": d.Ticket})
		return departures.Delete(tx, directory, "")
	})
	if err != nil {
		return fmt.Errorf("go on with vault: %w", err)
	}
	return nil
}

// Departed returns the mark, or [ErrNotFound] in a vault that is in use.
func (v *Vault) Departed(ctx context.Context) (Departure, error) {
	var d Departure
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		d, err = departures.Get(tx, directory, "")
		return err
	})
	return d, err
}

// here refuses to write where the vault is no longer.
func (tx *Tx) here() error {
	d, err := departures.Get(tx, directory, "")
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return &DepartedError{d}
}
