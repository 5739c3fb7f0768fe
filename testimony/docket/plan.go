package docket

import (
	"context"
	"errors"
	"strconv"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/store"
)

var (
	plans        = careRecord[care.Plan]{"plan"}
	incidents    = careRecord[care.Incidents]{"incidents"}
	contactRules = careRecord[care.ContactRules]{"contact_rules"}
	contactLog   = careRecord[care.Contacts]{"contacts"}
	companions   = careRecord[care.Companions]{"companions"}
)

// The open facts of protection. None of them tells what is done, what has happened or how the person is reached.
const (
	FactPlan     FactKind = "plan"          // in_force, ended; due at its review
	FactIncident FactKind = "incident"      // unanswered, answered
	FactContact  FactKind = "contact_rules" // set: nobody contacts the person but by way of their advocate
	FactSupport  FactKind = "companions"    // named, none
)

// The words of those facts.
const (
	wordInForce    = "in_force"
	wordEnded      = "ended"
	wordUnanswered = "unanswered"
	wordAnswered   = "answered"
	wordSet        = "set"
	wordNamed      = "named"
	wordNone       = "none"
)

// ProtectionPlan is a person's protection plan; N is 0 where there is none.
func (d *Desk) ProtectionPlan(ctx context.Context, p protection.PartyID) (CareVersion[care.Plan], error) {
	return plans.latest(ctx, d, p)
}

// ProtectionPlans are all versions of the plan, the newest first.
func (d *Desk) ProtectionPlans(ctx context.Context, p protection.PartyID) ([]CareVersion[care.Plan], error) {
	return plans.history(ctx, d, p)
}

// SaveProtectionPlan keeps a plan. A team that carries it has to be one that the user is in.
func (d *Desk) SaveProtectionPlan(ctx context.Context, p protection.PartyID, seen int, plan care.Plan) error {
	if err := plan.Check(d.Now()); err != nil {
		return err
	}
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		if err := mayUse(tx, TeamID(plan.Team)); err != nil {
			return nil, err
		}
		_, _, err := plans.changeIn(tx, d, part, p, func(now CareVersion[care.Plan]) (care.Plan, []Fact, error) {
			if now.N != seen {
				return plan, nil, &ChangedError{Theirs: strconv.Itoa(now.N), Seen: strconv.Itoa(seen)}
			}
			return plan, nil, nil
		})
		return []Fact{planFact(plan)}, err
	})
}

// EndProtectionPlan ends a plan, with the reason.
func (d *Desk) EndProtectionPlan(ctx context.Context, p protection.PartyID, why string) error {
	_, err := plans.change(ctx, d, p, func(now CareVersion[care.Plan]) (care.Plan, []Fact, error) {
		next, err := now.Value.End(why, d.Now().UTC())
		return next, []Fact{planFact(next)}, err
	})
	return err
}

func planFact(p care.Plan) Fact {
	if p.InForce() {
		return Fact{Kind: FactPlan, Word: wordInForce, On: p.On, Due: p.Review}
	}
	return Fact{Kind: FactPlan, Word: wordEnded}
}

// Incidents is the log of threats and incidents.
func (d *Desk) Incidents(ctx context.Context, p protection.PartyID) (CareVersion[care.Incidents], error) {
	return incidents.latest(ctx, d, p)
}

// ReportIncident adds an incident. It calls for a review of the person's danger.
func (d *Desk) ReportIncident(ctx context.Context, p protection.PartyID, i care.Incident) (string, error) {
	id, err := d.newID()
	if err != nil {
		return "", err
	}
	i.ID, i.By, i.At = id, string(d.Me().ID), d.Now().UTC()
	return id, d.stepIncidents(ctx, p, func(now care.Incidents) (care.Incidents, error) { return now.Report(i, d.Now()) })
}

// RespondIncident adds what was done about an incident.
func (d *Desk) RespondIncident(ctx context.Context, p protection.PartyID, id string, r care.Response) error {
	r.By, r.At = string(d.Me().ID), d.Now().UTC()
	return d.stepIncidents(ctx, p, func(now care.Incidents) (care.Incidents, error) { return now.Respond(id, r, d.Now()) })
}

func (d *Desk) stepIncidents(ctx context.Context, p protection.PartyID, step func(care.Incidents) (care.Incidents, error)) error {
	_, err := incidents.change(ctx, d, p, func(now CareVersion[care.Incidents]) (care.Incidents, []Fact, error) {
		next, err := step(now.Value)
		word := wordAnswered
		if len(next.Unanswered()) > 0 {
			word = wordUnanswered
		}
		return next, []Fact{{Kind: FactIncident, Word: word}}, err
	})
	return err
}

// ContactRules are how a person may be contacted, for those who keep them; N is 0 where there are none and nobody may contact the person. Who is about to contact the person
// calls [Desk.ShowContactRules].
func (d *Desk) ContactRules(ctx context.Context, p protection.PartyID) (CareVersion[care.ContactRules], error) {
	return contactRules.latest(ctx, d, p)
}

// SaveContactRules keeps the rules. Whoever had looked at those before has to look again.
func (d *Desk) SaveContactRules(ctx context.Context, p protection.PartyID, seen int, r care.ContactRules) error {
	if err := r.Check(d.Now()); err != nil {
		return err
	}
	_, err := contactRules.put(ctx, d, p, seen, r, Fact{Kind: FactContact, Word: wordSet})
	return err
}

// ShowContactRules shows the rules to somebody who is about to contact the person, and notes that they have looked. It is in the audit log before it returns.
func (d *Desk) ShowContactRules(ctx context.Context, p protection.PartyID) (CareVersion[care.ContactRules], error) {
	var rules CareVersion[care.ContactRules]
	err := d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) (_ []Fact, err error) {
		if rules, err = contactRules.get(tx, carePart(part), contactRules.id(p)); err != nil {
			return nil, notFound(err)
		}
		tx.Log("care.contact_shown", map[string]string{"party": string(p), "version": strconv.Itoa(rules.N)})
		_, _, err = contactLog.changeIn(tx, d, part, p, func(now CareVersion[care.Contacts]) (care.Contacts, []Fact, error) {
			return now.Value.Show(care.Shown{Version: rules.N, By: string(d.Me().ID), At: d.Now().UTC()}), nil, nil
		})
		return nil, err
	})
	return rules, err
}

// Contacts is the log of a person's contacts.
func (d *Desk) Contacts(ctx context.Context, p protection.PartyID) (CareVersion[care.Contacts], error) {
	return contactLog.latest(ctx, d, p)
}

// NoteContact notes a contact. The way has to be safe, and the user has to have looked at the rules in use before.
func (d *Desk) NoteContact(ctx context.Context, p protection.PartyID, way care.Way, reached bool) error {
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		_, err := d.contactIn(tx, part, p, way, reached)
		return nil, err
	})
}

// contactIn notes a contact inside a transaction, and returns the rules by which it was made.
func (d *Desk) contactIn(tx *store.Tx, part store.Compartment, p protection.PartyID, way care.Way, reached bool) (care.ContactRules, error) {
	rules, err := contactRules.get(tx, carePart(part), contactRules.id(p))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return rules.Value, err
	}
	_, _, err = contactLog.changeIn(tx, d, part, p, func(now CareVersion[care.Contacts]) (care.Contacts, []Fact, error) {
		next, err := now.Value.Make(care.Contact{Way: way, Reached: reached}, string(d.Me().ID), rules.Value, rules.N, d.Now().UTC())
		return next, nil, err
	})
	return rules.Value, err
}

// Companions are those who stand by a person, and who of them is barred by what is known now.
type Companions struct {
	CareVersion[care.Companions]
	Barred []care.Companion
}

// Companions reads who stands by a person.
func (d *Desk) Companions(ctx context.Context, p protection.PartyID) (Companions, error) {
	v, err := companions.latest(ctx, d, p)
	if err != nil {
		return Companions{}, err
	}
	party, err := d.Party(ctx, p)
	if err != nil {
		return Companions{}, err
	}
	noted, err := d.Conflicts(ctx)
	return Companions{v, v.Value.Barred(caseIDs(party), noted, d.Now())}, err
}

// AddCompanion lets somebody stand by a person. Whoever has a conflict of interest in one of the person's cases can't.
func (d *Desk) AddCompanion(ctx context.Context, p protection.PartyID, c care.Companion) error {
	id, err := d.newID()
	if err != nil {
		return err
	}
	c.ID, c.By = id, string(d.Me().ID)
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		party, err := parties.Get(tx, part, string(p))
		if err != nil {
			return nil, err
		}
		flags, err := everywhere(tx, conflictsOf)
		if err != nil {
			return nil, err
		}
		var noted []identity.Conflict
		for _, e := range flags {
			noted = append(noted, e.Value)
		}
		return d.stepCompanions(tx, part, p, func(now care.Companions) (care.Companions, error) {
			return now.Add(c, caseIDs(party), noted, d.Now())
		})
	})
}

// LeaveCompanion ends somebody's time with a person.
func (d *Desk) LeaveCompanion(ctx context.Context, p protection.PartyID, id string) error {
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		return d.stepCompanions(tx, part, p, func(now care.Companions) (care.Companions, error) { return now.Leave(id, d.Now().UTC()) })
	})
}

// FlagCompanion notes a sign of corruption of somebody who stands by a person. They are barred from then on.
func (d *Desk) FlagCompanion(ctx context.Context, p protection.PartyID, id string) error {
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		return d.stepCompanions(tx, part, p, func(now care.Companions) (care.Companions, error) { return now.Flag(id) })
	})
}

func (d *Desk) stepCompanions(tx *store.Tx, part store.Compartment, p protection.PartyID, step func(care.Companions) (care.Companions, error)) ([]Fact, error) {
	word := wordNone
	_, _, err := companions.changeIn(tx, d, part, p, func(now CareVersion[care.Companions]) (care.Companions, []Fact, error) {
		next, err := step(now.Value)
		for _, c := range next {
			if c.Stands(d.Now()) {
				word = wordNamed
			}
		}
		return next, nil, err
	})
	return []Fact{{Kind: FactSupport, Word: word}}, err
}
