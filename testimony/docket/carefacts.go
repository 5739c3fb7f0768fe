package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/store"
)

// FactKind names what an open fact is about.
type FactKind string

// FactFile says that there is a care file, and when it was last written.
const FactFile FactKind = "file"

// Fact is one thing of a care file that the court acts upon: that something was decided or is in force, by when, and until when. It has no place for a person's
// words: its word is one of a short list that the window has a text for. A fact takes the place of the one before of the same kind.
type Fact struct {
	Party protection.PartyID `json:"party"`
	Kind  FactKind           `json:"kind"`
	Word  string             `json:"word,omitempty"`
	On    time.Time          `json:"on"`
	By    store.UserID       `json:"by"`           // who recorded it
	Due   time.Time          `json:"due,omitzero"` // the next review, or the end
}

var factsOf = store.NewCollection[Fact]("care_facts")

func factID(p protection.PartyID, k FactKind) string { return string(p) + "/" + string(k) }

// maxFactWord bounds the words of facts, in bytes.
const maxFactWord = 40

// putFact writes a fact into the part of a party. A word that is not a plain token is refused, so that nobody's words get into the docket by this way.
func (d *Desk) putFact(tx *store.Tx, part store.Compartment, f Fact) error {
	token := func(s string) bool {
		return len(s) <= maxFactWord && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' && (r < '0' || r > '9') })
	}
	if f.Kind == "" || !token(string(f.Kind)) || !token(f.Word) {
		return fmt.Errorf("%w: a fact is told by a word of a list", ErrInvalid)
	}
	if f.On.IsZero() {
		f.On = d.Now().UTC()
	}
	f.By = d.Me().ID
	return factsOf.Put(tx, part, factID(f.Party, f.Kind), f)
}

// Facts are the open facts of a party, by kind. Everyone who sees the party may read them.
func (d *Desk) Facts(ctx context.Context, p protection.PartyID) ([]Fact, error) {
	list, err := all(ctx, d, factsOf)
	list = slices.DeleteFunc(list, func(f Fact) bool { return f.Party != p })
	slices.SortFunc(list, func(a, b Fact) int { return cmp.Compare(a.Kind, b.Kind) })
	return list, err
}

// FactOf finds one of a party's open facts; ok is false where there is none.
func (d *Desk) FactOf(ctx context.Context, p protection.PartyID, k FactKind) (f Fact, ok bool, err error) {
	f, err = find(ctx, d, factsOf, factID(p, k))
	if errors.Is(err, ErrNotFound) {
		return f, false, nil
	}
	return f, err == nil, err
}

func eraseFacts(tx *store.Tx, part store.Compartment, p protection.PartyID) error {
	if err := errors.Join(ignoreMissing(speeches.Delete(tx, part, string(p))), ignoreMissing(riskPhrases.Delete(tx, part, string(p)))); err != nil {
		return err
	}
	entries, err := factsOf.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Value.Party != p {
			continue
		}
		if err := factsOf.Delete(tx, part, e.ID); err != nil {
			return err
		}
	}
	return nil
}
