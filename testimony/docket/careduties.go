package docket

import (
	"context"
	"errors"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
)

// SupportFacts lists the kinds of facts of risk, preparation, protection and return, and SupportWords their words, for whoever has texts for them.
var (
	SupportFacts = []FactKind{FactRisk, FactInterpreter, FactBreaks, FactIntermediary, FactPreparation, FactWarned, FactPlan, FactIncident, FactContact, FactSupport, FactReturn}
	SupportWords = func() []string {
		list := []string{wordAssessed, wordBegun, wordComplete, wordGiven, wordInForce, wordEnded, wordUnanswered, wordAnswered, wordSet, wordNamed, wordNone, wordVoluntary}
		for _, n := range care.BreakSteps {
			list = append(list, WordBreaks(n))
		}
		for _, s := range care.Sexes {
			list = append(list, string(s))
		}
		for _, h := range care.Helps {
			list = append(list, string(h))
		}
		for _, s := range care.Stages {
			list = append(list, string(s))
		}
		return list
	}()
)

// supportItems are what the care of persons asks of this user today. What the open facts tell is for the judge as well; the rest is read in the care files, and is for
// those who keep them.
func (d *Desk) supportItems(ctx context.Context, people []protection.Party, planned []testimony.Hearing, now time.Time) ([]Item, error) {
	keeps := d.May(testimony.ActKeepCare)
	if !keeps && !d.May(testimony.ActDecideOrder) {
		return nil, nil
	}
	facts, err := all(ctx, d, factsOf)
	if err != nil {
		return nil, err
	}
	known := map[protection.PartyID]map[FactKind]Fact{}
	for _, f := range facts {
		if known[f.Party] == nil {
			known[f.Party] = map[FactKind]Fact{}
		}
		known[f.Party][f.Kind] = f
	}
	items := unwarned(planned, known, keeps, now)
	if !keeps {
		return items, nil
	}
	happened, err := d.occasions(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		of := known[p.ID]
		if len(of) == 0 {
			continue
		}
		mine, err := d.supportOf(ctx, p.ID, of, happened[p.ID], now)
		if errors.Is(err, ErrCareShut) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, i := range mine {
			i.Party = p.ID
			if len(p.Appearances) > 0 {
				i.Case = p.Appearances[0].Case
			}
			items = append(items, i)
		}
	}
	return items, nil
}

// unwarned are the hearings of the next days whose witness was not told that what they say may be disclosed later, or is not prepared in another way.
func unwarned(planned []testimony.Hearing, known map[protection.PartyID]map[FactKind]Fact, keeps bool, now time.Time) []Item {
	var items []Item
	for _, h := range planned {
		if !h.Planned() || h.Start.Add(h.Duration).Before(now) || h.Start.After(now.Add(Soon)) {
			continue
		}
		item := Item{Case: h.Case, Party: h.Party, Hearing: h.ID, When: h.Start}
		switch of := known[h.Party]; {
		case of[FactWarned].Word != wordGiven:
			item.Kind = WarningNotGiven
		case keeps && of[FactPreparation].Word != wordComplete:
			item.Kind = PreparationOpen
		default:
			continue
		}
		items = append(items, item)
	}
	return items
}

// supportOf reads the care file of one person as far as its facts say that there is something in it.
func (d *Desk) supportOf(ctx context.Context, p protection.PartyID, of map[FactKind]Fact, happened []care.Occasion, now time.Time) ([]Item, error) {
	var items []Item
	if _, ok := of[FactRisk]; ok {
		v, err := risks.latest(ctx, d, p)
		if err != nil {
			return nil, err
		}
		r, err := d.risk(ctx, v, p, happened)
		if err != nil {
			return nil, err
		}
		if len(r.Due) > 0 {
			items = append(items, Item{Kind: RiskReview, When: r.Due[0].At, Why: string(r.Due[0].Trigger)})
		}
	}
	if f := of[FactIncident]; f.Word == wordUnanswered {
		items = append(items, Item{Kind: IncidentOpen, When: f.On})
	}
	if f := of[FactPlan]; f.Word == wordInForce {
		v, err := plans.latest(ctx, d, p)
		if err != nil {
			return nil, err
		}
		if !now.Before(f.Due) {
			items = append(items, Item{Kind: PlanReview, When: f.Due})
		}
		if until := v.Value.TeamUntil; v.Value.InForce() && !until.IsZero() && now.Add(Soon).After(until) {
			items = append(items, Item{Kind: PlanTeamEnds, When: until})
		}
	}
	if of[FactSupport].Word == wordNamed {
		c, err := d.Companions(ctx, p)
		if err != nil {
			return nil, err
		}
		if len(c.Barred) > 0 {
			items = append(items, Item{Kind: CompanionBarred, When: c.At})
		}
	}
	if of[FactReturn].Word == string(care.Arrived) {
		r, err := d.Return(ctx, p)
		if err != nil {
			return nil, err
		}
		if due := r.Value.Due(now); len(due) > 0 && r.Contact { // who did not agree to be contacted isn't
			items = append(items, Item{Kind: FollowUpDue, When: r.Value.DueOn(slices.Max(due)), Count: slices.Max(due)})
		}
	}
	return items, nil
}

// missingSupport is what the open facts say to be missing of risk, needs, contact and, where the person is to be heard, preparation.
func (d *Desk) missingSupport(ctx context.Context, p protection.PartyID, heard bool, lacks func(MissingKind, ...string)) error {
	facts, err := d.Facts(ctx, p)
	if err != nil {
		return err
	}
	word := map[FactKind]string{}
	for _, f := range facts {
		word[f.Kind] = f.Word
	}
	for _, need := range []struct {
		what MissingKind
		done bool
	}{{MissingRisk, word[FactRisk] != ""}, {MissingNeeds, word[FactBreaks] != ""}, {MissingContact, word[FactContact] != ""}, {MissingPrepared, !heard || word[FactPreparation] == wordComplete}} {
		if !need.done {
			lacks(need.what, testimony.Advocate)
		}
	}
	return nil
}
