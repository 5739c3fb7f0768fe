package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/store"
	"paravent/testimony"
)

// RiskPhrases are the words that would tell who a person is, as a reminder for whoever runs the hearing. They stand sealed with the person's record in the part of
// the case and in no document: neither on paper, nor in what is carried out of the vault, nor in the audit log.
type RiskPhrases struct {
	Party   protection.PartyID `json:"party"`
	N       int                `json:"n"` // from 1; 0 says that none were ever kept
	Phrases care.Phrases       `json:"phrases"`
	By      store.UserID       `json:"by"`
	On      time.Time          `json:"on"`
}

var riskPhrases = store.NewCollection[RiskPhrases]("risk_phrases")

// KeepRiskPhrases keeps the risk phrases of a person in the place of those before. Seen is the number of the version that the user had before them; another one in
// the meantime gives a [*ChangedError]. The log says how many there are, never which.
func (d *Desk) KeepRiskPhrases(ctx context.Context, p protection.PartyID, seen int, list care.Phrases) error {
	if !d.May(testimony.ActRiskPhrases) {
		return ErrNotAllowed
	}
	list = list.Tidy()
	if err := list.Check(); err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, parties, string(p))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		now, err := riskPhrases.Get(tx, part, string(p))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if now.N != seen {
			return &ChangedError{Theirs: strconv.Itoa(now.N), Seen: strconv.Itoa(seen)}
		}
		tx.Log("phrases.kept", map[string]string{"party": string(p), "count": strconv.Itoa(len(list))})
		return riskPhrases.Put(tx, part, string(p), RiskPhrases{p, seen + 1, list, d.Me().ID, d.Now().UTC()})
	})
}

// ReadRiskPhrases shows the risk phrases of a person. That somebody looked is in the audit log before anything is shown; purpose is a word and names nobody.
func (d *Desk) ReadRiskPhrases(ctx context.Context, p protection.PartyID, purpose string) (RiskPhrases, error) {
	if !d.May(testimony.ActRiskPhrases) {
		return RiskPhrases{}, ErrNotAllowed
	}
	if err := d.Note(ctx, "phrases.read", map[string]string{"party": string(p), "for": purpose}); err != nil {
		return RiskPhrases{}, err
	}
	return d.riskPhrasesOf(ctx, p)
}

// CountRiskPhrases tells how many risk phrases a person has, and shows none of them.
func (d *Desk) CountRiskPhrases(ctx context.Context, p protection.PartyID) (int, error) {
	r, err := d.riskPhrasesOf(ctx, p)
	return len(r.Phrases), err
}

func (d *Desk) riskPhrasesOf(ctx context.Context, p protection.PartyID) (RiskPhrases, error) {
	r, err := find(ctx, d, riskPhrases, string(p))
	if errors.Is(err, ErrNotFound) {
		return RiskPhrases{Party: p}, nil
	}
	return r, err
}
