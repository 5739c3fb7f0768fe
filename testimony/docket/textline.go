package docket

import (
	"context"
	"fmt"
	"strconv"

	"paravent/store"
	"paravent/testimony"
)

// KeepTextLineUsed writes into the audit log that a seat's text line to the clerk was used, and how many messages went each way. Of what they said nothing is kept
// anywhere, and the hearing's record and minutes say nothing of it.
func (d *Desk) KeepTextLineUsed(ctx context.Context, id testimony.HearingID, seat testimony.ParticipantID, l testimony.TextLine) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		h, _, err := locate(tx, hearings, string(id))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		if _, ok := h.Participant(seat); !ok {
			return fmt.Errorf("%w: the seat is not of this hearing", ErrInvalid)
		}
		tx.Log("textline.used", map[string]string{"hearing": string(id), "case": string(h.Case), "seat": string(seat), "in": strconv.Itoa(l.In), "out": strconv.Itoa(l.Out)})
		return nil
	})
}
