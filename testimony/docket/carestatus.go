package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

var (
	screenings  = careRecord[care.Interview]{"screening"}
	heard       = careRecord[care.Words]{"own_words"} // apart from what was noted of them
	needs       = careRecord[care.NeedDecision]{"cooperation"}
	reflections = careRecord[care.Reflection]{"reflection"}
	consents    = careRecord[care.Consents]{"consent"}
)

// statusRecord are the decisions on a party's status. The court acts upon them, and so they stand in the docket.
type statusRecord struct {
	Party     protection.PartyID `json:"party"`
	Decisions care.History       `json:"decisions"`
}

var statuses = store.NewCollection[statusRecord]("status_decisions")

// The open facts of status and consent.
const (
	FactNeed       FactKind = "cooperation" // needed, not_needed
	FactReflection FactKind = "reflection"  // running, ended; due at its end
	factConsent             = "consent_"    // and the purpose: given, refused, withdrawn, acted_on
)

// FactConsent is the open fact of a purpose that a person was asked about.
func FactConsent(p care.Purpose) FactKind { return FactKind(factConsent + string(p)) }

// CareFacts lists the kinds of facts of this file and FactWords their words, for whoever has texts for them.
var (
	CareFacts = func() []FactKind {
		list := []FactKind{FactFile, FactNeed, FactReflection}
		for _, p := range care.Purposes {
			list = append(list, FactConsent(p))
		}
		return list
	}()
	FactWords = []string{string(care.Given), string(care.NotGiven), string(care.Withdrawn), WordActedOn, string(care.Needed), string(care.NotNeeded), wordRunning, wordEnded}
)

const wordRunning = "running" // of a time to reflect

// WordActedOn is the word of a withdrawal that was acted upon.
const WordActedOn = "acted_on"

// Screening is the newest screening interview of a party with the person's own words.
type Screening struct {
	CareVersion[care.Interview]
	Words care.Words
}

// Screening reads the newest interview.
func (d *Desk) Screening(ctx context.Context, p protection.PartyID) (Screening, error) {
	i, err := screenings.latest(ctx, d, p)
	if err != nil {
		return Screening{}, err
	}
	w, err := heard.latest(ctx, d, p)
	return Screening{i, w.Value}, err
}

// Screenings are all versions of the interview, the newest first, without words.
func (d *Desk) Screenings(ctx context.Context, p protection.PartyID) ([]CareVersion[care.Interview], error) {
	return screenings.history(ctx, d, p)
}

// SaveScreening keeps an interview and the words, each for itself, both or neither. Seen is the version that the user had before them.
func (d *Desk) SaveScreening(ctx context.Context, p protection.PartyID, seen int, i care.Interview, w care.Words) error {
	if err := i.Check(w, d.Now()); err != nil {
		return err
	}
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		_, _, err := screenings.changeIn(tx, d, part, p, func(now CareVersion[care.Interview]) (care.Interview, []Fact, error) {
			if now.N != seen {
				return i, nil, &ChangedError{Theirs: strconv.Itoa(now.N), Seen: strconv.Itoa(seen)}
			}
			return i, nil, nil
		})
		if err != nil {
			return nil, err
		}
		_, _, err = heard.changeIn(tx, d, part, p, func(CareVersion[care.Words]) (care.Words, []Fact, error) { return w, nil, nil })
		return nil, err
	})
}

// StatusHistory are the decisions on a party's status, the oldest first.
func (d *Desk) StatusHistory(ctx context.Context, p protection.PartyID) (care.History, error) {
	r, err := find(ctx, d, statuses, string(p))
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return r.Decisions, err
}

// DecideStatus enters what an authority decided of a party's status. Seen is how many decisions the user had before them.
func (d *Desk) DecideStatus(ctx context.Context, p protection.PartyID, seen int, x care.Decision) error {
	if !d.May(testimony.ActDecideStatus) {
		return ErrNotAllowed
	}
	x.Noted, x.At = string(d.Me().ID), d.Now().UTC()
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		who, part, err := locate(tx, parties, string(p))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		r, err := statuses.Get(tx, part, string(p))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if len(r.Decisions) != seen {
			return &ChangedError{Theirs: strconv.Itoa(len(r.Decisions)), Seen: strconv.Itoa(seen)}
		}
		r.Party = p
		if r.Decisions, err = r.Decisions.Decide(x); err != nil {
			return err
		}
		who.Status = x.Status
		tx.Log("care.status", map[string]string{"party": string(p), "version": strconv.Itoa(len(r.Decisions))})
		return errors.Join(statuses.Put(tx, part, string(p), r), parties.Put(tx, part, string(p), who))
	})
}

// Cooperation is who decided whether a person's testimony is needed; N is 0 where nobody has.
func (d *Desk) Cooperation(ctx context.Context, p protection.PartyID) (CareVersion[care.NeedDecision], error) {
	return needs.latest(ctx, d, p)
}

// DecideCooperation enters who decided on it.
func (d *Desk) DecideCooperation(ctx context.Context, p protection.PartyID, seen int, n care.NeedDecision) error {
	if err := n.Check(d.Now()); err != nil {
		return err
	}
	_, err := needs.put(ctx, d, p, seen, n, Fact{Kind: FactNeed, Word: string(n.Need), On: n.On})
	return err
}

// Reflection is a person's time to recover and reflect; N is 0 where it was never begun.
func (d *Desk) Reflection(ctx context.Context, p protection.PartyID) (CareVersion[care.Reflection], error) {
	return reflections.latest(ctx, d, p)
}

// BeginReflection starts the clock. A time that is over can be followed by another; one that is running is extended instead.
func (d *Desk) BeginReflection(ctx context.Context, p protection.PartyID, start time.Time, days int, basis string) error {
	return d.stepReflection(ctx, p, func(now care.Reflection) (care.Reflection, error) {
		if now.Running(d.Now()) {
			return now, &care.EntryError{Field: "start", Why: care.Twice}
		}
		return care.Begin(start, days, basis, d.Now())
	})
}

// ExtendReflection makes a running time longer.
func (d *Desk) ExtendReflection(ctx context.Context, p protection.PartyID, e care.Extension) error {
	return d.stepReflection(ctx, p, func(now care.Reflection) (care.Reflection, error) { return now.Extend(e, d.Now()) })
}

// EndReflection ends a running time before it is over.
func (d *Desk) EndReflection(ctx context.Context, p protection.PartyID, e care.Extension) error {
	return d.stepReflection(ctx, p, func(now care.Reflection) (care.Reflection, error) { return now.End(e, d.Now()) })
}

func (d *Desk) stepReflection(ctx context.Context, p protection.PartyID, step func(care.Reflection) (care.Reflection, error)) error {
	_, err := reflections.change(ctx, d, p, func(now CareVersion[care.Reflection]) (care.Reflection, []Fact, error) {
		next, err := step(now.Value)
		word := wordRunning
		if next.Ended != nil {
			word = wordEnded
		}
		return next, []Fact{{Kind: FactReflection, Word: word, On: next.Start, Due: next.Until()}}, err
	})
	return err
}

// Consents are a person's answers; N is 0 where they were never asked.
func (d *Desk) Consents(ctx context.Context, p protection.PartyID) (CareVersion[care.Consents], error) {
	return consents.latest(ctx, d, p)
}

// RecordConsent adds a person's answer. What they withdraw is withdrawn from this moment on, for everyone who reads the open fact of the purpose.
func (d *Desk) RecordConsent(ctx context.Context, p protection.PartyID, x care.Consent) error {
	x.By = string(d.Me().ID)
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		said, _, err := consents.changeIn(tx, d, part, p, func(now CareVersion[care.Consents]) (care.Consents, []Fact, error) {
			next, err := now.Value.Record(x, d.Now().UTC())
			return next, nil, err
		})
		if err != nil {
			return nil, err
		}
		stopped, err := d.stopReturnIn(tx, part, p, said.Value)
		return append(stopped, Fact{Kind: FactConsent(x.Purpose), Word: string(said.Value.Overall(x.Purpose))}), err
	})
}

// ConsentGiven says whether a person's consent to a purpose stands, as everyone who sees the party may know. Who was never asked has not given it.
func (d *Desk) ConsentGiven(ctx context.Context, p protection.PartyID, purpose care.Purpose) (bool, error) {
	f, ok, err := d.FactOf(ctx, p, FactConsent(purpose))
	return ok && f.Word == string(care.Given), err
}

// acting are the offices that have to act when a consent is withdrawn.
var acting = map[care.Purpose][]string{
	care.ForRecording: {testimony.Judge, testimony.Clerk}, care.ForMeasures: {testimony.Judge}, care.ForSharing: {testimony.Advocate},
	care.ForStatistics: {testimony.Registrar}, care.ForResearch: {testimony.Registrar}, care.ForReturn: {testimony.Advocate}, care.ForTravel: {testimony.Advocate},
}

// ActOnWithdrawal says that what a withdrawal asks for is done: by an office that it is for. The consent stays withdrawn.
func (d *Desk) ActOnWithdrawal(ctx context.Context, p protection.PartyID, purpose care.Purpose) error {
	if !slices.Contains(acting[purpose], string(d.Me().Role)) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		f, part, err := locate(tx, factsOf, factID(p, FactConsent(purpose)))
		if err != nil {
			return notFound(err)
		}
		if f.Word != string(care.Withdrawn) {
			return ErrNotFound
		}
		tx.Log("care.withdrawal_met", map[string]string{"party": string(p), "kind": string(purpose)})
		f.Word, f.On = WordActedOn, d.Now().UTC()
		return d.putFact(tx, part, f)
	})
}

// careItems are the withdrawals that wait for this user's office, and what the files of the parties are waiting for.
func (d *Desk) careItems(ctx context.Context, people []protection.Party, now time.Time) ([]Item, error) {
	facts, err := all(ctx, d, factsOf)
	if err != nil {
		return nil, err
	}
	in := map[protection.PartyID]protection.CaseID{}
	for _, p := range people {
		if len(p.Appearances) > 0 {
			in[p.ID] = p.Appearances[0].Case
		}
	}
	var items []Item
	if d.May(testimony.ActKeepCare) {
		list, err := d.Erasures(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.State() == identity.Granted && slices.ContainsFunc(facts, func(f Fact) bool { return f.Kind == FactFile && f.Party == e.Party }) {
				items = append(items, Item{Kind: CareToErase, Case: e.Case, Party: e.Party, Request: e.ID, When: e.Asked})
			}
		}
	}
	for _, f := range facts {
		item := Item{Case: in[f.Party], Party: f.Party, When: f.On}
		for purpose, offices := range acting {
			if f.Kind == FactConsent(purpose) && f.Word == string(care.Withdrawn) && slices.Contains(offices, string(d.Me().Role)) {
				item.Kind, item.Why = ConsentWithdrawn, string(purpose)
				items = append(items, item)
			}
		}
		if f.Kind == FactReflection && f.Word == wordRunning && d.May(testimony.ActKeepCare) && now.Before(f.Due) && f.Due.Before(now.Add(Soon)) {
			item.Kind, item.When = ReflectionEnds, f.Due
			items = append(items, item)
		}
	}
	return items, nil
}

// WithdrawalsOf are the purposes whose withdrawal this user's office has to act upon; none where the facts can't be read.
func (d *Desk) WithdrawalsOf(ctx context.Context, p protection.PartyID) []care.Purpose {
	var list []care.Purpose
	for _, purpose := range care.Purposes {
		f, ok, err := d.FactOf(ctx, p, FactConsent(purpose))
		if err == nil && ok && f.Word == string(care.Withdrawn) && slices.Contains(acting[purpose], string(d.Me().Role)) {
			list = append(list, purpose)
		}
	}
	return list
}
