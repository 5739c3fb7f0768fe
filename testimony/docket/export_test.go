package docket

import (
	"context"

	"paravent/protection"
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

// UpgradeWith is Upgrade with steps that the program doesn't know.
var UpgradeWith = upgrade
