package docket

import (
	"context"
	"errors"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/edit"
	"paravent/testimony/exhibit"
)

// ShareHolders are all who have a share of a party's sealed identity, or of anybody's when the party is empty.
func ShareHolders(ctx context.Context, d *Desk, of protection.PartyID) map[string]bool {
	list, err := all(ctx, d, identities)
	if err != nil {
		panic(err)
	}
	holders := map[string]bool{}
	for _, s := range list {
		if of != "" && s.Party != of {
			continue
		}
		for _, x := range s.Shares {
			holders[x.Holder] = true
		}
	}
	return holders
}

var noted = careRecord[string]{"note"}

// PutNote writes a version of a care record that tests have for themselves.
func PutNote(ctx context.Context, d *Desk, p protection.PartyID, seen int, text string, facts ...Fact) error {
	_, err := noted.put(ctx, d, p, seen, text, facts...)
	return err
}

// Notes are the versions of it, the newest first.
func Notes(ctx context.Context, d *Desk, p protection.PartyID) ([]string, error) {
	list, err := noted.history(ctx, d, p)
	var texts []string
	for _, v := range list {
		texts = append(texts, v.Value)
	}
	return texts, err
}

// ReadCareByForce reads the care compartment of a part without asking what the office may do, as a program that keeps no rules would.
func ReadCareByForce(ctx context.Context, d *Desk, team TeamID) (n int, err error) {
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := careLines.All(tx, carePart(partOf(team)))
		n = len(entries)
		return err
	})
	return n, err
}

// CareMembers are who can read the care compartment of a part.
func CareMembers(ctx context.Context, d *Desk, team TeamID) (n int, err error) {
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		m, err := tx.Members(carePart(partOf(team)))
		n = len(m)
		return err
	})
	return n, err
}

// UpgradeWith is Upgrade with steps that the program doesn't know.
var UpgradeWith = upgrade

// Grounds is a step with all that it can need, by the state to which it leads from a state that has one such step.
func Grounds(to order.State) order.Act {
	step := map[order.State]order.Step{order.Served: order.Serve, order.Opposed: order.Oppose, order.Interim: order.GrantInterim, order.InForce: order.Grant, order.Contested: order.Contest,
		order.Refused: order.Refuse, order.Suspended: order.Suspend, order.Rescinded: order.Rescind, order.Spent: order.ConfirmEnd}[to]
	return Ground(step)
}

// Ground is a step with all that it can need, but for the terms of a variation.
func Ground(step order.Step) order.Act {
	a := order.Act{Step: step, Reasons: "The reasons of a test.", Change: "The trial has ended.", Consent: order.Consent{Will: order.Consents}}
	switch {
	case step == order.Serve:
		a.Service = order.Service{At: Noon.Add(-time.Hour), How: "handed to counsel", RespondBy: Noon.Add(14 * 24 * time.Hour)}
	case order.NeedsHearing(step):
		a.ExParte = "To hear the accused first would tell them whom to look for."
	}
	return a
}

// Noon is the moment of the tests.
var Noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// Forge writes an order as somebody would who has the docket's key and a program of their own.
func Forge(ctx context.Context, d *Desk, id protection.OrderID, change func(*order.Order)) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		o, part, err := locate(tx, orders, string(id))
		if err != nil {
			return err
		}
		change(&o)
		tx.Log("test.forged", nil)
		return orders.Put(tx, part, string(id), o)
	})
}

// ForgeEdit writes a request for an edit as somebody would who has the docket's key and a program of their own.
func ForgeEdit(ctx context.Context, d *Desk, id edit.RequestID, change func(*edit.Request)) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, editRequests, string(id))
		if err != nil {
			return err
		}
		change(&r)
		tx.Log("test.forged", nil)
		return editRequests.Put(tx, part, string(id), r)
	})
}

// ForgeCopy writes what a program of somebody's own would write into a copy that was asked for.
func ForgeCopy(ctx context.Context, d *Desk, id identity.RequestID, change func(*copies.Copy)) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		c, part, err := locate(tx, givenCopies, string(id))
		if err != nil {
			return err
		}
		change(&c)
		tx.Log("test.forged", nil)
		return givenCopies.Put(tx, part, string(id), c)
	})
}

// ForgeList does so with a list of edits; one that change empties is deleted.
func ForgeList(ctx context.Context, d *Desk, of testimony.RecordingID, number int, change func(*edit.List)) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		l, part, err := locate(tx, editLists, listID(of, number))
		if err != nil {
			return err
		}
		tx.Log("test.forged", nil)
		if change(&l); l.Number == 0 {
			return editLists.Delete(tx, part, listID(of, number))
		}
		return editLists.Put(tx, part, listID(of, number), l)
	})
}

// TranscriptVersions are all versions of a recording's transcript, oldest first.
func TranscriptVersions(ctx context.Context, d *Desk, r Recording) (list []TranscriptVersion) {
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		for n := 1; ; n++ {
			v, err := transcripts.Get(tx, recordingPart(r.Hearing, r.Version), transcriptID(r.ID, n))
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			list = append(list, v)
		}
	})
	if err != nil {
		panic(err)
	}
	return list
}

// DropTranscript takes a version away, as a program of an insider's own could.
func DropTranscript(ctx context.Context, d *Desk, r Recording, number int) {
	if err := d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("transcript.struck", nil)
		return transcripts.Delete(tx, recordingPart(r.Hearing, r.Version), transcriptID(r.ID, number))
	}); err != nil {
		panic(err)
	}
}

// HasExhibitKey reports whether a desk's user can read the key of an exhibit.
func HasExhibitKey(ctx context.Context, d *Desk, e exhibit.Exhibit) bool {
	_, err := d.exhibitKey(ctx, e)
	return err == nil
}

// ForgeOpening writes a consent under an opening that nobody gave, as a program that keeps no rules would.
func ForgeOpening(ctx context.Context, d *Desk, id identity.RequestID, x identity.Consent) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		o, part, err := locate(tx, exhibitOpenings, string(id))
		if err != nil {
			return err
		}
		tx.Log("exhibit.opening_approved", openingDetails(o))
		o.Consents = append(o.Consents, x)
		return exhibitOpenings.Put(tx, part, string(id), o)
	})
}

// CollegesOpened are the colleges of whose halves of a sealed exhibit's key this user can open one by whatever is in the vault, as a program that keeps no rules would.
func CollegesOpened(ctx context.Context, d *Desk, e exhibit.Exhibit) map[identity.College]bool {
	opened := map[identity.College]bool{}
	try := func(c identity.College, enc, info []byte, boxes [][]byte) {
		if _, err := d.vault.OpenSealed(enc, info, boxes); err == nil {
			opened[c] = true
		}
	}
	lock, err := find(ctx, d, exhibitLocks, string(e.ID))
	if err != nil {
		return opened
	}
	for _, s := range lock.Shares {
		try(s.College, s.Enc, identity.ShareInfo(lock.Party, s.College, string(d.Me().ID)), s.Halves)
	}
	asked, err := all(ctx, d, exhibitOpenings)
	if err != nil {
		panic(err)
	}
	for _, o := range asked {
		if o.Exhibit == e.ID && o.Half != nil {
			try(o.Half.College, o.Half.Enc, identity.HalfInfo(o.Half.College, o.Statement()), o.Half.Boxes)
		}
	}
	return opened
}

// LockHolders are all who have a half of a sealed exhibit's key.
func LockHolders(ctx context.Context, d *Desk, id exhibit.ID) map[string]bool {
	lock, err := find(ctx, d, exhibitLocks, string(id))
	if err != nil {
		panic(err)
	}
	holders := map[string]bool{}
	for _, s := range lock.Shares {
		holders[s.Holder] = true
	}
	return holders
}
