package store

import "context"

// buckets are all that a vault writes.
var buckets = [][]byte{bucketVault, bucketLogin, bucketGrant, bucketManifest, bucketRecord, bucketLog, bucketWaiting, bucketKit, bucketEscrow, bucketSigner, bucketTries}

// Transfer writes a vault as it stands in one state into an empty backend, in one transaction, without opening any of it: the copy
// is sealed to the same users. It fails with [ErrExists] when the other backend holds a vault, and with a [*LimitError] when that takes less at once.
func Transfer(ctx context.Context, from, to Backend) error {
	return from.View(ctx, func(r Reader) error {
		return to.Update(ctx, func(w Writer) error {
			if err := isEmpty(w); err != nil {
				return err
			}
			for _, bucket := range buckets {
				if err := r.Range(bucket, nil, func(key, value []byte) error { return w.Put(bucket, key, value) }); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	})
}
