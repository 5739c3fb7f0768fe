package docket

import (
	"context"
)

// ShareHolders are all who have a share of any sealed identity.
func ShareHolders(ctx context.Context, d *Desk) map[string]bool {
	list, err := all(ctx, d, identities)
	if err != nil {
		panic(err)
	}
	holders := map[string]bool{}
	for _, s := range list {
		for _, x := range s.Shares {
			holders[x.Holder] = true
		}
	}
	return holders
}
