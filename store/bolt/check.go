package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"paravent/store"
)

// maxFindings bounds how many findings of a check are kept.
const maxFindings = 100

// Check walks every page of a file that was opened for reading only, first by itself and then with bbolt's own check, and returns what is wrong, at
// most a hundred findings. It needs no key. For a file that is open for writing it fails with [store.ErrInUse].
func (b *Backend) Check(ctx context.Context) (findings []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(); err != nil && b.astray == nil {
		return nil, err
	}
	if !b.opts.ReadOnly {
		return nil, store.ErrInUse
	}
	stat, err := b.file.Stat()
	if err != nil {
		return nil, err
	}
	if err := walkPages(b.file, stat.Size(), b.db.Info().PageSize); err != nil {
		return []string{err.Error()}, nil // where bbolt would follow it, nobody knows
	}
	err = guard(func() error {
		tx, err := b.beginTx(false)
		if err != nil {
			return err
		}
		defer b.engine(tx.Rollback)
		// Every finding is received, or bbolt's own goroutine would wait for ever.
		for finding := range tx.Check(bbolt.WithKVStringer(hidden{})) {
			if len(findings) < maxFindings {
				findings = append(findings, fmt.Sprint(finding))
			}
		}
		return ctx.Err()
	})
	return findings, err
}

// hidden keeps keys and values out of findings.
type hidden struct{}

func (hidden) KeyToString([]byte) string   { return "a key" }
func (hidden) ValueToString([]byte) string { return "a value" }
