package docket

import (
	"context"
	"errors"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/relay"
)

// ErrNoReach says that there is no relay over which a courtroom could be opened.
var ErrNoReach = errors.New("there is no relay")

var reaches = store.NewCollection[relay.Reach]("reach")

// Reach returns how guests from elsewhere reach this court's courtrooms; the zero value where nothing was decided.
func (d *Desk) Reach(ctx context.Context) (relay.Reach, error) {
	r, err := read(ctx, d, reaches, docketPart, "reach")
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return r, err
}

// SetReach decides how guests from elsewhere reach this court's courtrooms. The zero value ends it.
func (d *Desk) SetReach(ctx context.Context, r relay.Reach) error {
	if !d.May(testimony.ActSetReach) {
		return ErrNotAllowed
	}
	off := r.IsZero()
	if !off {
		if err := r.Check(); err != nil {
			return err
		}
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if off {
			tx.Log("reach.ended", nil)
			return ignoreMissing(reaches.Delete(tx, docketPart, "reach"))
		}
		tx.Log("reach.set", nil)
		return reaches.Put(tx, docketPart, "reach", r)
	})
}

// ReachForUse returns the reach for whoever holds hearings or decides on it; [ErrNoReach] where there is none.
func (d *Desk) ReachForUse(ctx context.Context) (relay.Reach, error) {
	if !d.May(testimony.ActHoldHearing) && !d.May(testimony.ActSetReach) {
		return relay.Reach{}, ErrNotAllowed
	}
	r, err := d.Reach(ctx)
	if err == nil && r.IsZero() {
		err = ErrNoReach
	}
	return r, err
}
