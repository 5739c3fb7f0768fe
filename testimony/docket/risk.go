package docket

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
)

var (
	risks        = careRecord[care.Assessment]{"risk"}
	requirements = careRecord[care.Needs]{"needs"}
	reviewCalls  = careRecord[[]care.Occasion]{"review_calls"}
)

// The open facts of risk and needs: what a court has to know so that it can arrange a hearing.
const (
	FactRisk         FactKind = "risk"            // assessed; due at its review
	FactInterpreter  FactKind = "interpreter_sex" // any, woman, man
	FactBreaks       FactKind = "breaks"          // every_15 … every_90, minutes of testimony
	FactIntermediary FactKind = "intermediary"    // needed, not_needed
)

const wordAssessed = "assessed"

// WordBreaks is the word of the fact that a person needs a break after some minutes of testimony.
func WordBreaks(minutes int) string { return "every_" + strconv.Itoa(minutes) }

// Risk is the newest assessment of a person's danger, what has happened, and what of it calls for another.
type Risk struct {
	CareVersion[care.Assessment]
	Happened []care.Occasion
	Due      []care.Occasion // none where there is no assessment yet
}

// Risk reads the newest assessment.
func (d *Desk) Risk(ctx context.Context, p protection.PartyID) (Risk, error) {
	v, err := risks.latest(ctx, d, p)
	if err != nil {
		return Risk{}, err
	}
	happened, err := d.occasions(ctx)
	if err != nil {
		return Risk{}, err
	}
	return d.risk(ctx, v, p, happened[p])
}

func (d *Desk) risk(ctx context.Context, v CareVersion[care.Assessment], p protection.PartyID, open []care.Occasion) (Risk, error) {
	sealed, err := d.sealedOccasions(ctx, p)
	r := Risk{CareVersion: v, Happened: slices.Concat(open, sealed)}
	if v.N > 0 {
		r.Due = v.Value.Due(r.Happened, d.Now())
	}
	return r, err
}

// Risks are all assessments of a person, the newest first.
func (d *Desk) Risks(ctx context.Context, p protection.PartyID) ([]CareVersion[care.Assessment], error) {
	return risks.history(ctx, d, p)
}

// SaveRisk keeps an assessment. Seen is the version that the user had before them, and the assessment's Known the keys of what had happened as they saw it: what they did not see
// goes on calling for a review. A key of nothing is not kept.
func (d *Desk) SaveRisk(ctx context.Context, p protection.PartyID, seen int, a care.Assessment) error {
	if err := a.Check(d.Now()); err != nil {
		return err
	}
	now, err := d.Risk(ctx, p)
	if err != nil {
		return err
	}
	keys := care.Keys(now.Happened)
	a.Known = slices.DeleteFunc(slices.Clone(a.Known), func(k string) bool { return !slices.Contains(keys, k) })
	_, err = risks.put(ctx, d, p, seen, a, Fact{Kind: FactRisk, Word: wordAssessed, On: a.On, Due: a.Review})
	return err
}

// NoteTrialEnd says that a person's trial is over, which calls for a review of their danger. The docket doesn't know it by itself.
func (d *Desk) NoteTrialEnd(ctx context.Context, p protection.PartyID) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	_, err = reviewCalls.change(ctx, d, p, func(now CareVersion[[]care.Occasion]) ([]care.Occasion, []Fact, error) {
		return append(slices.Clone(now.Value), care.Occasion{Trigger: care.TrialEnded, Key: "end/" + id, At: d.Now().UTC()}), nil, nil
	})
	return err
}

// occasions are what has happened in other rooms and calls for a review of a person's danger: each decision on their orders, each disclosure of their identity, each hearing at each
// of its times. They are found in the docket as it is, so that none can be forgotten by whoever caused it.
func (d *Desk) occasions(ctx context.Context) (map[protection.PartyID][]care.Occasion, error) {
	at := map[protection.PartyID][]care.Occasion{}
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		clear(at)
		ordered, err := everywhere(tx, orders)
		if err != nil {
			return err
		}
		for _, e := range ordered {
			if o, ok := decisionOn(e.Value); ok {
				at[e.Value.Party] = append(at[e.Value.Party], o)
			}
		}
		asked, err := everywhere(tx, disclosures)
		if err != nil {
			return err
		}
		for _, e := range asked {
			if o, ok := disclosureOf(e.Value); ok {
				at[e.Value.Party] = append(at[e.Value.Party], o)
			}
		}
		planned, err := everywhere(tx, hearings)
		for _, e := range planned {
			if h := e.Value; h.Cancelled.IsZero() {
				at[h.Party] = append(at[h.Party], care.Occasion{Trigger: care.HearingSet, Key: fmt.Sprintf("hearing/%s/%d", h.ID, h.Start.Unix()), At: h.Start})
			}
		}
		return err
	})
	return at, err
}

// decisionOn is the last decision on an order; ok is false where there is none.
func decisionOn(o order.Order) (care.Occasion, bool) {
	x := care.Occasion{Trigger: care.OrderDecided, At: o.Decided}
	n := 0
	for _, v := range o.History {
		if order.JudgeTakes(v.Step) {
			n, x.At = n+1, v.At
		}
	}
	x.Key = fmt.Sprintf("order/%s/%s/%d", o.ID, o.State, n)
	return x, n > 0 || !o.Decided.IsZero() || o.State == order.InForce
}

// disclosureOf is the moment from which both colleges had approved a disclosure.
func disclosureOf(r identity.Request) (care.Occasion, bool) {
	x := care.Occasion{Trigger: care.Disclosed, Key: "disclosure/" + string(r.ID)}
	approved := map[identity.College]bool{}
	for _, a := range r.Approvals {
		approved[a.College] = true
		if a.At.After(x.At) {
			x.At = a.At
		}
	}
	return x, approved[identity.Court] && approved[identity.Bench]
}

// sealedOccasions are those that stand in the care file itself.
func (d *Desk) sealedOccasions(ctx context.Context, p protection.PartyID) ([]care.Occasion, error) {
	calls, err := reviewCalls.latest(ctx, d, p)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(calls.Value)
	noted, err := incidents.latest(ctx, d, p)
	if err != nil {
		return nil, err
	}
	for _, i := range noted.Value {
		list = append(list, care.Occasion{Trigger: care.IncidentNoted, Key: "incident/" + i.ID, At: i.At})
	}
	back, err := returns.latest(ctx, d, p)
	if back.Value.Flag != "" {
		list = append(list, care.Occasion{Trigger: care.FlagRaised, Key: fmt.Sprintf("flag/%d", back.Value.Asked.Unix()), At: back.At})
	}
	for n, f := range back.Value.FollowUps {
		if f.Trafficked {
			list = append(list, care.Occasion{Trigger: care.FlagRaised, Key: fmt.Sprintf("flag/%d/%d", back.Value.Asked.Unix(), n), At: f.On})
		}
	}
	return list, err
}

// Needs are what a person needs; N is 0 where nobody has asked.
func (d *Desk) Needs(ctx context.Context, p protection.PartyID) (CareVersion[care.Needs], error) {
	return requirements.latest(ctx, d, p)
}

// SaveNeeds keeps what a person needs. The court learns of it the language and dialect of the interpreter and their sex, the breaks and whether an intermediary is needed, and nothing of the
// person's health, faith or family.
func (d *Desk) SaveNeeds(ctx context.Context, p protection.PartyID, seen int, n care.Needs) error {
	if err := n.Check(); err != nil {
		return err
	}
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		_, _, err := requirements.changeIn(tx, d, part, p, func(now CareVersion[care.Needs]) (care.Needs, []Fact, error) {
			if now.N != seen {
				return n, nil, &ChangedError{Theirs: strconv.Itoa(now.N), Seen: strconv.Itoa(seen)}
			}
			return n, nil, nil
		})
		if err != nil {
			return nil, err
		}
		return []Fact{{Kind: FactInterpreter, Word: string(n.Interpreter)}, {Kind: FactBreaks, Word: WordBreaks(n.Breaks)}, {Kind: FactIntermediary, Word: string(n.Intermediary)}},
			d.putSpeech(tx, part, p, n)
	})
}

// caseIDs are the cases that a party appears in.
func caseIDs(p protection.Party) []protection.CaseID {
	var list []protection.CaseID
	for _, a := range p.Appearances {
		list = append(list, a.Case)
	}
	return list
}
