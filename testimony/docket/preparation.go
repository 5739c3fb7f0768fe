package docket

import (
	"context"

	"paravent/protection"
	"paravent/protection/care"
)

var preparations = careRecord[care.Preparation]{"preparation"}

// The open facts of preparation.
const (
	FactPreparation FactKind = "preparation"      // begun, complete
	FactWarned      FactKind = "later_disclosure" // given: the person knows that testimony and identity may be disclosed later in another case (ICTY rule 75(C))
)

// The words of those facts.
const (
	wordBegun    = "begun"
	wordComplete = "complete"
	wordGiven    = "given"
)

// Preparation is the log of a person's familiarisation with what is still needed as the orders are now.
type Preparation struct {
	CareVersion[care.Preparation]
	Altered bool // an order disguises the person's voice for somebody
	Lacks   []care.Topic
}

// Preparation reads the log.
func (d *Desk) Preparation(ctx context.Context, p protection.PartyID) (Preparation, error) {
	v, err := preparations.latest(ctx, d, p)
	if err != nil {
		return Preparation{}, err
	}
	altered, err := d.voiceAltered(ctx, p)
	return Preparation{v, altered, v.Value.Lacks(altered)}, err
}

// voiceAltered says whether somebody hears the person's voice disguised, by the orders that apply now in any of their cases.
func (d *Desk) voiceAltered(ctx context.Context, p protection.PartyID) (bool, error) {
	party, err := d.Party(ctx, p)
	if err != nil {
		return false, err
	}
	for _, c := range caseIDs(party) {
		m, err := d.Matrix(ctx, c, p, protection.PublicMode, d.Now())
		if err != nil {
			return false, err
		}
		for _, cell := range m.Cells {
			if cell.Connected && cell.Voice == protection.Disguised {
				return true, nil
			}
		}
	}
	return false, nil
}

// HoldFamiliarisation adds a meeting to the log.
func (d *Desk) HoldFamiliarisation(ctx context.Context, p protection.PartyID, m care.Familiarisation) error {
	m.By, m.At = string(d.Me().ID), d.Now().UTC()
	return d.stepPreparation(ctx, p, func(now care.Preparation) (care.Preparation, error) { return now.Hold(m, d.Now()) })
}

// CompletePreparation says that a person is prepared. It fails with a [*care.LacksError] where a topic is still needed.
func (d *Desk) CompletePreparation(ctx context.Context, p protection.PartyID) error {
	if _, err := preparations.latest(ctx, d, p); err != nil {
		return err
	}
	altered, err := d.voiceAltered(ctx, p)
	if err != nil {
		return err
	}
	return d.stepPreparation(ctx, p, func(now care.Preparation) (care.Preparation, error) {
		return now.Complete(string(d.Me().ID), altered, d.Now().UTC())
	})
}

// ReopenPreparation takes the completion back.
func (d *Desk) ReopenPreparation(ctx context.Context, p protection.PartyID) error {
	return d.stepPreparation(ctx, p, care.Preparation.Reopen)
}

func (d *Desk) stepPreparation(ctx context.Context, p protection.PartyID, step func(care.Preparation) (care.Preparation, error)) error {
	_, err := preparations.change(ctx, d, p, func(now CareVersion[care.Preparation]) (care.Preparation, []Fact, error) {
		next, err := step(now.Value)
		facts := []Fact{{Kind: FactPreparation, Word: wordBegun}}
		if !next.Completed.IsZero() {
			facts[0].Word = wordComplete
		}
		if next.Warned() {
			facts = append(facts, Fact{Kind: FactWarned, Word: wordGiven})
		}
		return next, facts, err
	})
	return err
}
