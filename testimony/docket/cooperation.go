package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/schedule"
)

var (
	cooperations = store.NewCollection[cooperation.Request]("cooperation")
	// goAheads are judges' decisions to hear a witness without a State's permission, by the hearing and a number.
	goAheads = store.NewCollection[cooperation.Decision]("cooperation_decisions")
)

// ErrNoPermission is wrapped by every [*PermissionError].
var ErrNoPermission = errors.New("another State's permission is lacking, and no judge has decided to hear the witness without it")

// PermissionError refuses to open a courtroom, and says which permissions are lacking. The refusal is in the audit log.
type PermissionError struct{ Lacks []cooperation.Lack }

func (e *PermissionError) Error() string {
	var words []string
	for _, l := range e.Lacks {
		words = append(words, string(l.Want)) // not the country: it says where the witness is
	}
	return ErrNoPermission.Error() + ": " + strings.Join(words, ", ")
}

func (e *PermissionError) Unwrap() error { return ErrNoPermission }

// ErrNothingLacks refuses a decision where nothing is lacking.
var ErrNothingLacks = errors.New("no State's permission is lacking for this hearing")

// Cooperations lists what other States were asked, the newest first.
func (d *Desk) Cooperations(ctx context.Context) ([]cooperation.Request, error) {
	list, err := all(ctx, d, cooperations)
	slices.SortFunc(list, func(a, b cooperation.Request) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), b.At.Compare(a.At), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// CooperationOf returns one request.
func (d *Desk) CooperationOf(ctx context.Context, id cooperation.ID) (cooperation.Request, error) {
	return find(ctx, d, cooperations, string(id))
}

// AskCooperation enters that a State was asked for its permission. It allots the id. A hearing or a remote point that the request names has to be the case's and
// the country's.
func (d *Desk) AskCooperation(ctx context.Context, r cooperation.Request) (cooperation.Request, error) {
	if !d.May(testimony.ActKeepCooperation) {
		return r, ErrNotAllowed
	}
	id, err := d.newID()
	if err != nil {
		return r, err
	}
	r.ID, r.By, r.At = cooperation.ID(id), string(d.Me().ID), d.Now().UTC()
	r.Authority, r.Reference = strings.TrimSpace(r.Authority), strings.TrimSpace(r.Reference)
	r.Answers, r.Withdrawn, r.Why = nil, time.Time{}, ""
	if err := r.Check(d.Now()); err != nil {
		return r, err
	}
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		party, part, err := locate(tx, parties, string(r.Party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		if party.PseudonymIn(r.Case) == "" {
			return fmt.Errorf("%w: the party does not appear in this case", ErrInvalid)
		}
		if r.Hearing != "" {
			h, err := hearings.Get(tx, part, string(r.Hearing))
			if err != nil {
				return fmt.Errorf("the hearing: %w", notFound(err))
			}
			if h.Case != r.Case || h.Party != r.Party {
				return fmt.Errorf("%w: the hearing is of another witness or case", ErrInvalid)
			}
		}
		if r.Point != "" {
			point, err := resources.Get(tx, docketPart, string(r.Point))
			if err != nil {
				return fmt.Errorf("the remote point: %w", notFound(err))
			}
			if point.Kind != schedule.RemotePoint || point.Country != r.Country {
				return fmt.Errorf("%w: this is no remote point in that country", ErrInvalid)
			}
		}
		tx.Log("cooperation.asked", requestDetails(r))
		return cooperations.Put(tx, part, id, r)
	})
}

// requestDetails tell neither the country nor the authority: both say where a witness is.
func requestDetails(r cooperation.Request) map[string]string {
	return map[string]string{"request": string(r.ID), "case": string(r.Case), "party": string(r.Party), "instrument": string(r.Instrument)}
}

// AnswerCooperation enters what a State answered. Seen is how many answers the user had before them; when somebody has entered another one meanwhile it fails with a
// [*ChangedError].
func (d *Desk) AnswerCooperation(ctx context.Context, id cooperation.ID, seen int, a cooperation.Answer) (cooperation.Request, error) {
	a.By, a.At = string(d.Me().ID), d.Now().UTC()
	a.Reference, a.Conditions.Other = strings.TrimSpace(a.Reference), strings.TrimSpace(a.Conditions.Other)
	return d.stepCooperation(ctx, id, "cooperation.answered", func(r cooperation.Request) (cooperation.Request, map[string]string, error) {
		if len(r.Answers) != seen {
			return r, nil, &ChangedError{Theirs: strconv.Itoa(len(r.Answers)), Seen: strconv.Itoa(seen)}
		}
		next, err := r.Answered(a, d.Now())
		return next, map[string]string{"verdict": string(a.Verdict)}, err
	})
}

// WithdrawCooperation takes a request back, for a reason. What it allowed it allows no more.
func (d *Desk) WithdrawCooperation(ctx context.Context, id cooperation.ID, why string) (cooperation.Request, error) {
	return d.stepCooperation(ctx, id, "cooperation.withdrawn", func(r cooperation.Request) (cooperation.Request, map[string]string, error) {
		next, err := r.Withdraw(why, d.Now().UTC())
		return next, nil, err
	})
}

func (d *Desk) stepCooperation(ctx context.Context, id cooperation.ID, action string, step func(cooperation.Request) (cooperation.Request, map[string]string, error)) (cooperation.Request, error) {
	if !d.May(testimony.ActKeepCooperation) {
		return cooperation.Request{}, ErrNotAllowed
	}
	var r cooperation.Request
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		there, part, err := locate(tx, cooperations, string(id))
		if err != nil {
			return notFound(err)
		}
		next, more, err := step(there)
		if err != nil {
			return err
		}
		r = next
		details := requestDetails(r)
		for k, v := range more {
			details[k] = v
		}
		tx.Log(action, details)
		return cooperations.Put(tx, part, string(id), r)
	})
	return r, err
}

// Permission is how a hearing stands with other States.
type Permission struct {
	Lacks    []cooperation.Lack     // nothing: it may be opened
	Decision *cooperation.Decision  // a judge's, where it covers all that is lacking
	InForce  []cooperation.Request  // the permissions by which it is held
	Earlier  []cooperation.Decision // all that judges have decided about it
}

// MayOpen reports whether the courtroom may be opened.
func (p Permission) MayOpen() bool { return len(p.Lacks) == 0 || p.Decision != nil }

// Permission says how a hearing stands with other States now.
func (d *Desk) Permission(ctx context.Context, id testimony.HearingID) (Permission, error) {
	var p Permission
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		p, _, _, err = d.permissionIn(tx, id)
		return err
	})
	return p, err
}

// Permissions says how hearings stand with other States now, by their ids.
func (d *Desk) Permissions(ctx context.Context, list []testimony.Hearing) (map[testimony.HearingID]Permission, error) {
	var found map[testimony.HearingID]Permission
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		found, err = d.permissionsIn(tx, list)
		return err
	})
	return found, err
}

func (d *Desk) permissionIn(tx reading, id testimony.HearingID) (Permission, testimony.Hearing, store.Compartment, error) {
	h, part, err := locate(tx, hearings, string(id))
	if err != nil {
		return Permission{}, h, part, fmt.Errorf("the hearing: %w", notFound(err))
	}
	found, err := d.permissionsIn(tx, []testimony.Hearing{h})
	return found[id], h, part, err
}

func (d *Desk) permissionsIn(tx reading, list []testimony.Hearing) (map[testimony.HearingID]Permission, error) {
	things, err := resourcesIn(tx)
	if err != nil {
		return nil, err
	}
	c, err := circumstances(tx)
	if err != nil {
		return nil, err
	}
	x := schedule.NewIndex(things, nil, c, schedule.Rules{}) // where a witness is does not depend on other hearings
	entries, err := everywhere(tx, cooperations)
	if err != nil {
		return nil, err
	}
	asked := map[protection.PartyID][]cooperation.Request{}
	for _, e := range entries {
		asked[e.Value.Party] = append(asked[e.Value.Party], e.Value)
	}
	decided, err := everywhere(tx, goAheads)
	if err != nil {
		return nil, err
	}
	found := map[testimony.HearingID]Permission{}
	for _, h := range list {
		p := Permission{Lacks: cooperation.Lacks(x, h, asked[h.Party], d.Now()), InForce: cooperation.InForce(x, h, asked[h.Party])}
		for _, e := range decided {
			if e.Value.Hearing != h.ID {
				continue
			}
			p.Earlier = append(p.Earlier, e.Value)
			if len(p.Lacks) > 0 && e.Value.Covers(h, p.Lacks) {
				p.Decision = &e.Value
			}
		}
		found[h.ID] = p
	}
	return found, nil
}

// DecideWithoutPermission is a judge's decision to hear a witness although another State's permission is lacking, with the reason. It is about what is lacking now.
func (d *Desk) DecideWithoutPermission(ctx context.Context, id testimony.HearingID, reason string) (cooperation.Decision, error) {
	if !d.May(testimony.ActDecideOrder) {
		return cooperation.Decision{}, ErrNotAllowed
	}
	decision := cooperation.Decision{Hearing: id, Reason: strings.TrimSpace(reason), By: string(d.Me().ID), At: d.Now().UTC()}
	if err := decision.Check(); err != nil {
		return decision, err
	}
	return decision, d.vault.Update(ctx, func(tx *store.Tx) error {
		p, h, part, err := d.permissionIn(tx, id)
		if err != nil {
			return err
		}
		if len(p.Lacks) == 0 {
			return ErrNothingLacks
		}
		decision.Start, decision.Lacks = h.Start.UTC(), p.Lacks
		tx.Log("cooperation.decided", map[string]string{"hearing": string(id), "case": string(h.Case), "lacks": wantsOf(p.Lacks)})
		return goAheads.Put(tx, part, fmt.Sprintf("%s/%06d", id, len(p.Earlier)+1), decision)
	})
}

func wantsOf(list []cooperation.Lack) string {
	var words []string
	for _, l := range list {
		words = append(words, string(l.Want))
	}
	return strings.Join(words, ",")
}

// MayGoLive fails with a [*PermissionError] where another State's permission is lacking and no judge has decided to hear the witness without it. The refusal, and
// that a courtroom is opened by such a decision, stand in the audit log.
func (d *Desk) MayGoLive(ctx context.Context, id testimony.HearingID) error {
	p, err := d.Permission(ctx, id)
	if err != nil || len(p.Lacks) == 0 {
		return err
	}
	details := map[string]string{"hearing": string(id), "lacks": wantsOf(p.Lacks)}
	if p.Decision != nil {
		return d.Note(ctx, "cooperation.opened_without", details)
	}
	if err := d.Note(ctx, "cooperation.refused", details); err != nil {
		return err
	}
	return &PermissionError{p.Lacks}
}

// permitsOf are what the schedule reads of the ledger, by the witness.
func permitsOf(tx reading) (map[protection.PartyID][]schedule.Permit, error) {
	entries, err := everywhere(tx, cooperations)
	found := map[protection.PartyID][]schedule.Permit{}
	for _, e := range entries {
		if p, stands := e.Value.Permit(); stands {
			found[e.Value.Party] = append(found[e.Value.Party], p)
		}
	}
	return found, err
}

// forgetCooperation deletes what other States were asked about a person: it says where they were. What judges decided stays, without its words.
func forgetCooperation(tx *store.Tx, part store.Compartment, p protection.PartyID) error {
	entries, err := cooperations.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Value.Party == p {
			if err := cooperations.Delete(tx, part, e.ID); err != nil {
				return err
			}
		}
	}
	decided, err := goAheads.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range decided {
		h, err := hearings.Get(tx, part, string(e.Value.Hearing))
		if err != nil || h.Party != p {
			continue
		}
		v := e.Value
		v.Reason, v.Lacks = "", nil
		if err := goAheads.Put(tx, part, e.ID, v); err != nil {
			return err
		}
	}
	return nil
}
