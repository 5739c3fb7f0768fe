package docket

import (
	"context"

	"paravent/protection"
	"paravent/store"
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
