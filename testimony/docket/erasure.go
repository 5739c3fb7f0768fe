package docket

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
	"paravent/testimony"
)

var erasures = store.NewCollection[identity.Erasure]("erasures")

// ErrNewRecord says that something was sealed of a person after the colleges were asked to erase what there was.
var ErrNewRecord = errors.New("more was sealed of this person since the erasure was asked for: ask again")

// ErrSignerLeft says that the access of somebody who signed what two colleges decide was taken away before it was carried out.
var ErrSignerLeft = errors.New("the access of somebody who signed this was taken away meanwhile: ask again")

// AskErasure asks that all of a person's sealed identity be destroyed. What is sealed at this moment is what will be.
func (d *Desk) AskErasure(ctx context.Context, c protection.CaseID, party protection.PartyID, basis, reason string) (identity.Erasure, error) {
	if !d.May(testimony.ActAskErasure) {
		return identity.Erasure{}, ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return identity.Erasure{}, err
	}
	id, err := d.newID()
	if err != nil {
		return identity.Erasure{}, err
	}
	var e identity.Erasure
	return e, d.vault.Update(ctx, func(tx *store.Tx) error {
		p, part, err := locate(tx, parties, string(party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		e = identity.Erasure{ErasureTerms: identity.ErasureTerms{ID: identity.RequestID(id), Party: party, Case: c, Pseudonym: string(p.PseudonymIn(c)), Requester: string(d.Me().ID),
			Basis: strings.TrimSpace(basis), Reason: strings.TrimSpace(reason), Asked: d.Now().UTC().Truncate(time.Second)}}
		if e.Pseudonym == "" {
			return fmt.Errorf("%w: the party does not appear in this case", ErrInvalid)
		}
		if e.Records, e.Fields, err = sealedOf(tx, part, party); err != nil {
			return err
		}
		if err := e.Check(); err != nil {
			return err
		}
		rules, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		if rules.barred(c, e.Requester) {
			return identity.ErrConflict
		}
		tx.Log("erasure.asked", erasureDetails(e))
		return erasures.Put(tx, part, id, e)
	})
}

// sealedOf finds the sealed records of a person and what fields stand in them.
func sealedOf(tx store.Reading, part store.Compartment, party protection.PartyID) (ids []string, fields []identity.Field, err error) {
	entries, err := identities.All(tx, part)
	if err != nil {
		return nil, nil, err
	}
	found := map[identity.Field]bool{}
	for _, e := range entries {
		if e.Value.Party != party {
			continue
		}
		ids = append(ids, e.ID)
		for _, b := range e.Value.Boxes {
			found[b.Field] = true
		}
	}
	for _, f := range identity.AllFields {
		if found[f] {
			fields = append(fields, f)
		}
	}
	slices.Sort(ids)
	return ids, fields, nil
}

func erasureDetails(e identity.Erasure) map[string]string {
	return map[string]string{"erasure": string(e.ID), "party": string(e.Party), "case": string(e.Case), "records": strconv.Itoa(len(e.Records))}
}

var erasureMatter = matter[identity.Erasure]{erasures, "erasure.denied", erasureDetails}

func (d *Desk) stepErasure(ctx context.Context, id identity.RequestID, action string, step func(*store.Tx, store.Compartment, identity.Erasure, ceremony) (identity.Erasure, error)) (identity.Erasure, error) {
	return stepMatter(ctx, d, erasureMatter, id, action, step)
}

// ConsentToErasure signs an erasure for the user's college.
func (d *Desk) ConsentToErasure(ctx context.Context, id identity.RequestID) (identity.Erasure, error) {
	return d.stepErasure(ctx, id, "erasure.approved", func(_ *store.Tx, _ store.Compartment, e identity.Erasure, c ceremony) (identity.Erasure, error) {
		me := c.official(string(d.Me().ID))
		if err := e.MayConsent(me, c.official(e.Requester), c.conflicts); err != nil {
			return e, err
		}
		var err error
		e.Consents, err = d.consented(e.Consents, c, e.Statement())
		return e, err
	})
}

// RefuseErasure ends an erasure that was not carried out: by any member of a college, and by whoever asked.
func (d *Desk) RefuseErasure(ctx context.Context, id identity.RequestID, reason string) (identity.Erasure, error) {
	return d.stepErasure(ctx, id, "erasure.refused", func(_ *store.Tx, _ store.Compartment, e identity.Erasure, c ceremony) (identity.Erasure, error) {
		me := c.official(string(d.Me().ID))
		switch {
		case strings.TrimSpace(reason) == "":
			return e, identity.ErrReason
		case e.State() != identity.Pending && e.State() != identity.Granted:
			return e, identity.ErrNotPending
		case me.College == "" && me.ID != e.Requester:
			return e, identity.ErrNotCollege
		}
		e.Withdrawn, e.Refused = d.ended(e.Requester, reason)
		return e, nil
	})
}

// CarryOutErasure destroys what both colleges agreed to destroy: the sealed records with every half of their keys, and the halves that disclosures
// gave to their receivers. It is in the audit log before it happens. Then the vault's file is written anew, so that nothing of them stays in its free
// pages; where that fails, calling it again brings it to its end. progress is told of records.
func (d *Desk) CarryOutErasure(ctx context.Context, id identity.RequestID, progress func(done, total int)) (identity.Erasure, error) {
	e, err := d.stepErasure(ctx, id, "erasure.begun", func(tx *store.Tx, part store.Compartment, e identity.Erasure, c ceremony) (identity.Erasure, error) {
		if err := e.MayCarryOut(c.official(string(d.Me().ID)), c.conflicts); err != nil || e.State() == identity.Deleted {
			return e, err
		}
		now, _, err := sealedOf(tx, part, e.Party)
		if err == nil && !slices.Equal(now, e.Records) {
			err = ErrNewRecord
		}
		if err == nil {
			err = careGone(tx, part, e.Party)
		}
		if err == nil {
			err = d.signed(e.Statement(), e.Consents, c)
		}
		return e, err
	})
	if err != nil {
		return e, err
	}
	if e.State() == identity.Granted {
		if e, err = d.stepErasure(ctx, id, "identity.erased", d.destroy); err != nil {
			return e, err
		}
	}
	file, ok := d.backend.(*bolt.Backend)
	if !ok {
		return e, ErrNotCleared
	}
	if err := file.Compact(ctx, progress); err != nil {
		return e, fmt.Errorf("%w: %w", ErrNotCleared, diskFull(err))
	}
	return d.stepErasure(ctx, id, "erasure.cleared", func(_ *store.Tx, _ store.Compartment, e identity.Erasure, _ ceremony) (identity.Erasure, error) {
		e.Cleared = d.Now().UTC().Truncate(time.Second)
		return e, nil
	})
}

// ErrNotCleared says that records are deleted, and that the file was not written anew.
var ErrNotCleared = errors.New("the identity is deleted, but what it was may still be in free pages of the vault's file")

// destroy deletes the records, and every half that was given of their keys.
func (d *Desk) destroy(tx *store.Tx, part store.Compartment, e identity.Erasure, _ ceremony) (identity.Erasure, error) {
	if err := careGone(tx, part, e.Party); err != nil { // one that was begun meanwhile
		return e, err
	}
	for _, record := range e.Records {
		if err := identities.Delete(tx, part, record); err != nil {
			return e, err
		}
	}
	asked, err := disclosures.All(tx, part)
	if err != nil {
		return e, err
	}
	for _, x := range asked {
		r := x.Value
		if r.Party != e.Party {
			continue
		}
		if state := r.State(d.Now()); state == identity.Pending || state == identity.Granted {
			r.Withdrawn = &identity.Decision{By: string(d.Me().ID), At: d.Now(), Reason: string(e.ID)}
		}
		if err := disclosures.Put(tx, part, x.ID, r.Forget()); err != nil {
			return e, err
		}
	}
	if err := profiles.Delete(tx, part, string(e.Party)); err != nil && !errors.Is(err, store.ErrNotFound) {
		return e, err
	}
	if err := errors.Join(forgetCooperation(tx, part, e.Party), forgetReadiness(tx, part, e.Party)); err != nil {
		return e, err
	}
	e.Erased, e.By = d.Now().UTC().Truncate(time.Second), string(d.Me().ID)
	return e, nil
}

// Erasures lists the erasures, newest first.
func (d *Desk) Erasures(ctx context.Context) ([]identity.Erasure, error) {
	list, err := all(ctx, d, erasures)
	slices.SortFunc(list, func(a, b identity.Erasure) int { return b.Asked.Compare(a.Asked) })
	return list, err
}

// Certificate says what was erased, who decided it, and what remains. It names the person by the pseudonym and the records by ids.
type Certificate struct {
	Version   int              `json:"paravent_erasure"` // 1
	Vault     string           `json:"vault"`
	Erasure   identity.Erasure `json:"erasure"`
	Signers   []CertifiedBy    `json:"signers"` // of the consents
	Statement []byte           `json:"statement"`
	Issued    time.Time        `json:"issued"`
	Entries   int64            `json:"audit_entries"`
	Head      string           `json:"audit_head"` // signed note; the log up to it has the erasure
	Backups   Remains          `json:"backups"`
}

// CertifiedBy is an official who signed, with the key by which the signature can be checked.
type CertifiedBy struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"` // of the official
	Office string           `json:"office"`
	Of     identity.College `json:"college"`
	Public []byte           `json:"public_key"` // Ed25519
}

// Remains are the backups that were made before an erasure and still hold what was erased.
type Remains struct {
	Known  bool      `json:"known"` // the folder could be read
	Count  int       `json:"count"`
	Newest time.Time `json:"newest,omitzero"`
	// Until is when the last of them is deleted at the latest, while backups go on being made by the policy. Zero: nothing deletes them by itself.
	Until time.Time `json:"until,omitzero"`
}

// CertifyErasure makes the certificate of an erasure that was carried out to its end.
func (d *Desk) CertifyErasure(ctx context.Context, id identity.RequestID) (Certificate, error) {
	e, err := find(ctx, d, erasures, string(id))
	if err != nil {
		return Certificate{}, err
	}
	if e.State() != identity.Erased {
		return Certificate{}, ErrNotCleared
	}
	users, err := d.Users(ctx)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{Version: 1, Vault: d.vault.ID(), Erasure: e, Statement: e.Statement(), Issued: d.Now().UTC().Truncate(time.Second)}
	for _, x := range e.Consents {
		i := slices.IndexFunc(users, func(u store.User) bool { return string(u.ID) == x.By })
		if i < 0 {
			return Certificate{}, fmt.Errorf("%w: a signer is missing from the directory", store.ErrDamaged)
		}
		u := users[i]
		c.Signers = append(c.Signers, CertifiedBy{ID: x.By, Name: u.DisplayName, Office: string(u.Role), Of: x.College, Public: u.SigningPublic})
	}
	c.Erasure.Reason = "" // free text stays in the vault
	c.Backups = d.remains(ctx, e)
	if err := d.Note(ctx, "erasure.certified", erasureDetails(e)); err != nil {
		return Certificate{}, err
	}
	head, err := d.vault.AuditHead(ctx)
	c.Entries, c.Head = head.Size, string(head.Note)
	return c, err
}

// remains looks for backups from before an erasure in the folder of the policy, or of the last backup.
func (d *Desk) remains(ctx context.Context, e identity.Erasure) Remains {
	var r Remains
	p, err := d.BackupPolicy(ctx)
	scheduled := err == nil
	folder := p.Folder
	if !scheduled {
		last, err := d.LastBackup(ctx)
		if err != nil {
			return r
		}
		folder = filepath.Dir(last.Path)
	}
	list, err := d.Backups(ctx, folder)
	if err != nil {
		return r
	}
	r.Known = true
	for _, l := range list {
		if l.State == backup.Foreign || l.At().After(e.Cleared) {
			continue
		}
		r.Count++
		if l.At().After(r.Newest) {
			r.Newest = l.At()
		}
	}
	if r.Count > 0 && scheduled {
		r.Until = p.GoneBy(r.Newest)
	}
	return r
}

// erasureItems are the erasures that wait for this user, and whose identities are erased: nobody is asked to take them anew.
func (d *Desk) erasureItems(ctx context.Context) (items []Item, erased map[protection.PartyID]bool, err error) {
	list, err := d.Erasures(ctx)
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	erased = map[protection.PartyID]bool{}
	err = d.byRules(ctx, func(_ reading, c ceremony) error {
		me := c.official(string(d.Me().ID))
		for _, e := range list {
			item := Item{Case: e.Case, Party: e.Party, When: e.Asked}
			erased[e.Party] = erased[e.Party] || !e.Erased.IsZero()
			switch {
			case e.MayConsent(me, c.official(e.Requester), c.conflicts) == nil:
				item.Kind = ErasureAsked
			case e.MayCarryOut(me, c.conflicts) == nil:
				item.Kind = ErasureOpen
			default:
				continue
			}
			items = append(items, item)
		}
		return nil
	})
	return items, erased, err
}
