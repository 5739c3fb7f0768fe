package docket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/invite"
)

// invitationRecord is an invitation with its secret, as it is sealed in the vault.
type invitationRecord struct {
	invite.Invitation
	Secret invite.Secret `json:"secret"`
}

var invitations = store.NewCollection[invitationRecord]("invitations")

// InviteFor is how long an invitation can first be used: the day of the hearing.
const InviteFor = 12 * time.Hour

// Invite returns the secret of a seat's invitation: the one that stands, used or not, or a new one where there is none or it has
// expired unused. If fresh is set the invitation is a new one in any case. A new one withdraws those before it.
func (d *Desk) Invite(ctx context.Context, h testimony.Hearing, seat testimony.ParticipantID, fresh bool) (invite.Secret, invite.Invitation, error) {
	if !d.May(testimony.ActHoldHearing) {
		return invite.Secret{}, invite.Invitation{}, ErrNotAllowed
	}
	p, ok := h.Participant(seat)
	if !ok || !p.Role.Valid() {
		return invite.Secret{}, invite.Invitation{}, fmt.Errorf("the seat: %w", ErrNotFound)
	}
	secret, err := invite.NewSecret(d.opts.Rand)
	if err != nil {
		return invite.Secret{}, invite.Invitation{}, err
	}
	var r invitationRecord
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, hearings, string(h.ID))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		list, err := seatInvitations(tx, part, h.ID, seat)
		if err != nil {
			return err
		}
		for _, old := range list {
			usable := !old.Revoked && (old.Used || d.Now().Before(old.Expires))
			if usable && !fresh {
				r = old
				tx.Log("invitation.shown", map[string]string{"hearing": string(h.ID), "seat": string(seat)})
				return nil
			}
		}
		if err := revoke(tx, part, list); err != nil {
			return err
		}
		r = invitationRecord{Secret: secret, Invitation: invite.Invitation{ID: secret.ID(), Hearing: string(h.ID), Participant: string(seat),
			Role: string(p.Role), Expires: d.Now().Add(InviteFor)}}
		tx.Log("invitation.made", map[string]string{"hearing": string(h.ID), "seat": string(seat)})
		return invitations.Put(tx, part, string(r.ID), r)
	})
	return r.Secret, r.Invitation, err
}

func seatInvitations(tx store.Reading, part store.Compartment, h testimony.HearingID, seat testimony.ParticipantID) ([]invitationRecord, error) {
	entries, err := invitations.All(tx, part)
	var list []invitationRecord
	for _, e := range entries {
		if e.Value.Hearing == string(h) && e.Value.Participant == string(seat) {
			list = append(list, e.Value)
		}
	}
	return list, err
}

func revoke(tx *store.Tx, part store.Compartment, list []invitationRecord) error {
	for _, r := range list {
		if !r.Revoked {
			r.Revoked = true
			if err := invitations.Put(tx, part, string(r.ID), r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Revoke withdraws a seat's invitations: its device cannot come back.
func (d *Desk) Revoke(ctx context.Context, h testimony.HearingID, seat testimony.ParticipantID) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, hearings, string(h))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		list, err := seatInvitations(tx, part, h, seat)
		if err != nil {
			return err
		}
		tx.Log("invitation.withdrawn", map[string]string{"hearing": string(h), "seat": string(seat)})
		return revoke(tx, part, list)
	})
}

// InvitationSecret returns the secret of an invitation to a hearing, for the handshake. The error is an [invite.Refusal] where
// there is no such invitation.
func (d *Desk) InvitationSecret(ctx context.Context, h testimony.HearingID, id invite.ID) (invite.Secret, error) {
	r, err := find(ctx, d, invitations, string(id))
	if errors.Is(err, ErrNotFound) || err == nil && r.Hearing != string(h) {
		return invite.Secret{}, invite.Unknown
	}
	return r.Secret, err
}

// UseInvitation lets a device in, or says why not. The use is written down before it is answered.
func (d *Desk) UseInvitation(ctx context.Context, id invite.ID, device invite.Thumbprint) (invite.Decision, error) {
	var decision invite.Decision
	var refused error
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, invitations, string(id))
		if errors.Is(err, store.ErrNotFound) {
			refused = invite.Unknown
			tx.Log("invitation.refused", map[string]string{"why": "unknown"})
			return nil
		}
		if err != nil {
			return err
		}
		details := map[string]string{"hearing": r.Hearing, "seat": r.Participant}
		if decision, refused = r.Admit(d.Now(), device); refused != nil {
			var why invite.Refusal
			errors.As(refused, &why)
			details["why"] = string(why)
			tx.Log("invitation.refused", details)
			return nil
		}
		action := "invitation.used"
		if decision.Returns {
			action = "invitation.returned"
		}
		tx.Log(action, details)
		r.Invitation = decision.Next
		return invitations.Put(tx, part, string(id), r)
	})
	if err != nil {
		return invite.Decision{}, err
	}
	return decision, refused
}
