// Package bolt keeps a vault's records in one bbolt file on this machine. It is the [store.Backend] for one desk.
//
// It seals nothing: what it is handed is ciphertext already. It turns what goes wrong with the file (held by another
// process, not a vault, damaged, disk full, read-only) into the errors of package store, page faults of the mapped file
// included. Start from [Open].
package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"paravent/store"
)

// Options say how a vault file is opened.
type Options struct {
	Create   bool // make a new file; an existing one is left alone and Open fails with [fs.ErrExist]
	ReadOnly bool // share the file with other readers and write nothing
}

// Backend is an open vault file. It is safe for concurrent use. Readers see one consistent state each; writers wait for
// one another.
type Backend struct {
	path string
	opts Options

	mu     sync.RWMutex // held for reading by each transaction; for writing while the file is closed or opened again
	db     *bbolt.DB
	file   *os.File
	events store.Broadcast
	astray error       // of a file for reading only: where its pages lead wrong; nothing but Check may follow them
	broken atomic.Bool // bbolt panicked while it began or ended a transaction: its locks can't be trusted any more
}

// lockWait is shorter than bbolt's own pause between two tries, so that a file in use is reported after the first.
const lockWait = time.Nanosecond

// Open opens the vault file at path.
//
// It fails at once with [store.ErrInUse] when another process holds the file, with [store.ErrNotVault] when the file is
// something else, [store.ErrDamaged] when it is torn, [store.ErrReadOnly] when writing isn't permitted, and with
// [fs.ErrNotExist] when there is none.
func Open(path string, opts Options) (*Backend, error) {
	if opts.Create && opts.ReadOnly {
		return nil, fmt.Errorf("create vault file: %w", store.ErrReadOnly)
	}
	b := &Backend{path: path, opts: opts}
	if err := b.open(opts.Create); err != nil {
		return nil, err
	}
	if !opts.Create && !opts.ReadOnly {
		_ = removeCompact(path + compactSuffix) // of a compaction that was cut short; it does no harm where it can't be removed
	}
	if opts.Create {
		if err := syncDirectory(filepath.Dir(path)); err != nil {
			return nil, errors.Join(mapError(err), b.Close(), os.Remove(path))
		}
	}
	return b, nil
}

// View implements [store.Backend].
func (b *Backend) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(); err != nil {
		return err
	}
	return guard(func() error {
		tx, err := b.beginTx(false)
		if err != nil {
			return err
		}
		defer b.engine(tx.Rollback)
		return fn(&transaction{tx: tx})
	})
}

// Update implements [store.Backend]. When the disk fails in the middle of a commit the file is opened again and read
// back, so that a nil error always means kept, and an error means not kept unless it is [store.ErrUncertain].
func (b *Backend) Update(ctx context.Context, fn func(store.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	id, wrote, err := b.update(fn)
	resync := errors.Is(err, errCommit)
	if resync {
		err = b.settle(id, err)
	}
	if err == nil && wrote {
		b.events.Publish(store.Event{Revision: uint64(id), Resync: resync})
	}
	return err
}

// Watch tells of what this program has written: no other one can write as long as the file is open.
func (b *Backend) Watch(ctx context.Context) <-chan store.Event { return b.events.Watch(ctx) }

// Limits are none: a transaction may be as large as memory and disk allow.
func (b *Backend) Limits() store.Limits { return store.Limits{} }

// Copy writes the file as it stands in one consistent state, while others go on reading and writing. It returns the number of bytes.
// What goes wrong with w comes back as w gave it, a full disk as [store.ErrDiskFull].
func (b *Backend) Copy(ctx context.Context, w io.Writer) (n int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(); err != nil {
		return 0, err
	}
	err = guard(func() error {
		tx, err := b.beginTx(false)
		if err != nil {
			return err
		}
		defer b.engine(tx.Rollback)
		n, err = tx.WriteTo(w)
		return mapError(err)
	})
	return n, err
}

// errCommit marks an error of the commit itself, after which the file may hold the transaction or not.
var errCommit = errors.New("commit")

func (b *Backend) update(fn func(store.Writer) error) (id int, wrote bool, err error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if err := b.usable(); err != nil {
		return 0, false, err
	}
	if b.opts.ReadOnly {
		return 0, false, store.ErrReadOnly
	}
	err = guard(func() error {
		tx, err := b.beginTx(true)
		if err != nil {
			return err
		}
		id = tx.ID()
		defer b.engine(tx.Rollback) // after a commit it does nothing
		t := &transaction{tx: tx}
		if err := fn(t); err != nil {
			return err
		}
		wrote = t.wrote
		if err := b.engine(tx.Commit); err != nil {
			return fmt.Errorf("%w: %w", errCommit, err)
		}
		return nil
	})
	return id, wrote, err
}

func (b *Backend) beginTx(write bool) (tx *bbolt.Tx, err error) {
	err = b.engine(func() error {
		tx, err = b.db.Begin(write)
		return err
	})
	return tx, err
}

// engine runs one of bbolt's own steps. A panic there, which is how it meets a file that makes no sense, leaves its locks
// as they were; from then on the backend refuses everything.
func (b *Backend) engine(step func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			b.broken.Store(true)
			err = fmt.Errorf("%w: %v", store.ErrDamaged, fault)
		}
	}()
	return mapError(step())
}

// settle finds out what became of a transaction whose commit failed.
func (b *Backend) settle(id int, cause error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.db == nil {
		return store.ErrClosed
	}
	if b.broken.Load() {
		return cause
	}
	_ = b.close()
	if err := b.open(false); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUncertain, err)
	}
	kept := false
	err := b.engine(func() error {
		return b.db.View(func(tx *bbolt.Tx) error {
			kept = tx.ID() == id
			return nil
		})
	})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", store.ErrUncertain, err)
	case kept:
		slog.Warn("The disk reported an error while the vault was written; the change was read back and is kept.")
		return nil
	}
	return cause
}

// Close gives the file up. Later calls fail with [store.ErrClosed]; a second Close does nothing.
func (b *Backend) Close() error {
	b.events.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.close()
}

func (b *Backend) close() error {
	db, file := b.db, b.file
	b.db, b.file, b.astray = nil, nil, nil
	if db == nil {
		return nil
	}
	if b.broken.Load() {
		// bbolt's own Close could wait for ever for a lock that its panic left behind. The mapping goes with the process.
		return release(file)
	}
	return b.engine(db.Close)
}

// release frees the file for others. Closing alone would not: a mapping that bbolt's panic left behind keeps the lock.
func release(file *os.File) error { return errors.Join(unlock(file), file.Close()) }

func (b *Backend) usable() error {
	if b.db == nil {
		return store.ErrClosed
	}
	if b.broken.Load() {
		return store.ErrDamaged
	}
	return b.astray
}

func (b *Backend) open(create bool) error {
	if err := checkFile(b.path, create); err != nil {
		return fmt.Errorf("open vault file: %w", err)
	}
	var file *os.File
	options := &bbolt.Options{
		Timeout:      lockWait,
		ReadOnly:     b.opts.ReadOnly,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			flag &^= os.O_CREATE
			if create {
				flag |= os.O_CREATE | os.O_EXCL
			}
			f, err = os.OpenFile(name, flag, mode)
			file = f
			return f, err
		},
	}
	err := guard(func() error {
		return b.engine(func() (err error) {
			if b.db, err = bbolt.Open(b.path, 0o600, options); err != nil {
				b.db = nil
				return err
			}
			b.file = file
			if err := b.checkLength(); err != nil {
				return err
			}
			return b.checkPages()
		})
	})
	if err != nil {
		if b.db == nil && file != nil {
			_ = release(file) // a panic on the way leaves it open, with its lock
		}
		_ = b.close()
		if create && file != nil {
			_ = os.Remove(b.path) // made here a moment ago, and no vault
		}
		return fmt.Errorf("open vault file: %w", err)
	}
	return nil
}

// checkLength sees whether the pages that the file claims to have are there; otherwise reading them would fault.
func (b *Backend) checkLength() error {
	stat, err := b.file.Stat()
	if err != nil {
		return err
	}
	return b.db.View(func(tx *bbolt.Tx) error {
		if tx.Size() > stat.Size() {
			return fmt.Errorf("%w: the file ends too early", store.ErrDamaged)
		}
		return nil
	})
}

// checkPages sees that bbolt can go wherever the file's pages lead. A file that is open for reading only stays open for [Backend.Check] if not.
func (b *Backend) checkPages() error {
	stat, err := b.file.Stat()
	if err != nil {
		return err
	}
	if err = walkBriefly(b.file, stat.Size(), b.db.Info().PageSize); err != nil {
		err = fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	if b.opts.ReadOnly {
		b.astray, err = err, nil
	}
	return err
}

// checkFile refuses what bbolt would turn into an empty vault, or trip over.
func checkFile(path string, create bool) error {
	stat, err := os.Stat(path)
	switch {
	case create && errors.Is(err, fs.ErrNotExist):
		return nil
	case create && err == nil:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	case err != nil:
		return err
	case !stat.Mode().IsRegular():
		return store.ErrNotVault
	case stat.Size() < smallest:
		return classifyStump(path)
	}
	return nil
}

// smallest is the size in bytes of a bbolt file without records, for the smallest pages there are.
const smallest = 4 * 4096

// classifyStump tells the beginning of a vault file from a small file of another kind.
func classifyStump(path string) error {
	head := make([]byte, 20)
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	// The magic of a bbolt file stands behind the head of its first page, in the machine's byte order.
	if _, err := io.ReadFull(file, head); err != nil || order.Uint32(head[16:]) != metaMagic {
		return store.ErrNotVault
	}
	return fmt.Errorf("%w: the file ends too early", store.ErrDamaged)
}

// mapError says bbolt's and the system's errors in the store's words.
func mapError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return store.ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch):
		return store.ErrNotVault
	case errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	case errors.Is(err, bolterrors.ErrDatabaseReadOnly), isReadOnly(err):
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return store.ErrClosed
	case isDiskFull(err):
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}
