package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"paravent/store"
)

// compactSuffix ends the name of the file that a compaction writes. One that was cut short leaves it; the next
// [Open] for writing takes it away.
const compactSuffix = ".compact"

// compactBatch is how many bytes of records one transaction of a compaction holds.
const compactBatch = 1 << 20

// Compact writes everything to a new file that takes the old one's place, so that nothing which was deleted or replaced is in the
// file any more: bbolt alone leaves such bytes where they were. Others wait meanwhile; the backend is used as before
// afterwards. progress, if not nil, is told how many of how many records have been copied and compared.
//
// At every moment the file of this name holds the whole vault, and an error means that it is still the old one, unless it
// is [store.ErrUncertain]: then the backend is closed, and the file is to be opened again. Copies of the file, other names that it was linked to,
// and the disk's own blocks keep what they had.
func (b *Backend) Compact(ctx context.Context, progress func(done, total int)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.usable(); err != nil {
		return err
	}
	if b.opts.ReadOnly {
		return store.ErrReadOnly
	}
	if err := b.compact(ctx, progress); err != nil {
		return fmt.Errorf("compact vault file: %w", err)
	}
	return nil
}

func (b *Backend) compact(ctx context.Context, progress func(done, total int)) error {
	path, err := filepath.EvalSymlinks(b.path)
	if err != nil {
		return err
	}
	db, file, err := b.createCompact(path + compactSuffix)
	if err != nil {
		return mapError(err)
	}
	c := compaction{ctx: ctx, from: b.db, to: db, progress: progress}
	err = guard(func() error { return b.engine(c.run) })
	if err == nil {
		err = mapError(os.Rename(path+compactSuffix, path))
	}
	if err != nil {
		return errors.Join(err, db.Close(), os.Remove(path+compactSuffix))
	}
	// The new file was locked when it was made, so nobody came between. From here on it is the vault.
	old := b.db
	b.db, b.file = db, file
	closed := b.engine(old.Close)
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		// A loss of power could still bring the old file back, without what would be written from now on.
		return fmt.Errorf("%w: %w", store.ErrUncertain, errors.Join(err, closed, b.close()))
	}
	return nil
}

// createCompact makes the new file, empty. What an earlier compaction left under its name is nobody else's: the vault file is locked.
func (b *Backend) createCompact(path string) (db *bbolt.DB, file *os.File, err error) {
	stat, err := b.file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if err := removeCompact(path); err != nil {
		return nil, nil, err
	}
	db, err = bbolt.Open(path, stat.Mode().Perm(), &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		NoSync:       true, // one sync at the end
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			f, err = os.OpenFile(name, flag|os.O_EXCL, mode)
			file = f
			return f, err
		},
	})
	if err != nil && file != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return db, file, err
}

func removeCompact(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// compaction copies one file to another.
type compaction struct {
	ctx         context.Context
	from, to    *bbolt.DB
	progress    func(done, total int)
	done, total int
}

func (c *compaction) run() error {
	return c.from.View(func(from *bbolt.Tx) error {
		err := from.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			c.total += 2 * b.Stats().KeyN
			return nil
		})
		if err != nil {
			return err
		}
		if err := from.ForEach(c.copyBucket); err != nil {
			return err
		}
		if err := c.to.Sync(); err != nil {
			return err
		}
		c.to.NoSync = false
		return c.to.View(func(to *bbolt.Tx) error {
			return from.ForEach(func(name []byte, b *bbolt.Bucket) error { return c.compare(b, to.Bucket(name)) })
		})
	})
}

func (c *compaction) copyBucket(name []byte, from *bbolt.Bucket) error {
	cursor := from.Cursor()
	key, value := cursor.First()
	for begun := false; key != nil || !begun; begun = true {
		err := c.to.Update(func(tx *bbolt.Tx) error {
			to, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			to.FillPercent = 0.9 // keys come in order; some room is left for what is changed later
			for size := 0; key != nil && size < compactBatch; key, value = cursor.Next() {
				if err := c.step(); err != nil {
					return err
				}
				if err := to.Put(key, value); err != nil {
					return err
				}
				size += len(key) + len(value)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compare sees that nothing was lost or changed on the way: the old file is about to go.
func (c *compaction) compare(from, to *bbolt.Bucket) error {
	if to == nil {
		return fmt.Errorf("%w: a bucket was lost", store.ErrDamaged)
	}
	cursor := to.Cursor()
	foundKey, foundValue := cursor.First()
	err := from.ForEach(func(key, value []byte) error {
		if !bytes.Equal(key, foundKey) || !bytes.Equal(value, foundValue) {
			return fmt.Errorf("%w: the new file differs from the old one", store.ErrDamaged)
		}
		foundKey, foundValue = cursor.Next()
		return c.step()
	})
	if err == nil && foundKey != nil {
		err = fmt.Errorf("%w: the new file differs from the old one", store.ErrDamaged)
	}
	return err
}

func (c *compaction) step() error {
	c.done++
	if c.progress != nil && c.done%256 == 0 || c.progress != nil && c.done == c.total {
		c.progress(c.done, c.total)
	}
	return c.ctx.Err()
}
