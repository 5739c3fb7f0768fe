package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/store"
	"paravent/store/bolt"
)

// Upgrading says how a vault file is upgraded.
type Upgrading struct {
	Migrations store.Migrations
	// Run brings a copy to the newest format and checks it as a whole. What it fails with is what the upgrade fails with.
	Run func(ctx context.Context, copy *bolt.Backend, progress func(done, total int)) error
}

// Upgraded is a vault file that was upgraded.
type Upgraded struct {
	Kept string // the copy of the vault as it was, with its manifest: see [Upgrade]
	From int    // its format
}

// upgradeExtension is behind a vault's name in that of the folder in which it is upgraded.
const upgradeExtension = ".upgrading"

// Upgrade brings a vault file to the newest format. A copy of it is made and read back first, NAME.formatN-TIME.paravent beside it with a manifest, and
// stays; the vault's sealed files are not touched and not copied. Then another copy is changed and checked, and takes the vault's name in one step: a program that is killed
// leaves either the old vault or the new one, and what else it left is taken away by the next upgrade. An error means that the vault is as it was, unless
// it is [store.ErrUncertain].
func Upgrade(ctx context.Context, path string, at time.Time, u Upgrading, progress func(done, total int64)) (Upgraded, error) {
	done, err := upgrade(ctx, path, at, u, progress)
	if err != nil {
		return Upgraded{}, fmt.Errorf("upgrade vault: %w", err)
	}
	return done, nil
}

func upgrade(ctx context.Context, path string, at time.Time, u Upgrading, progress func(done, total int64)) (done Upgraded, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return done, err
	}
	// Nobody else has the vault open until the new one has its name.
	file, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if done.From, err = store.Format(ctx, file); err != nil {
		return done, err
	}
	if _, err := u.Migrations.Plan(done.From); err != nil {
		return done, err
	}
	work := path + upgradeExtension
	if err := errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	done.Kept = fmt.Sprintf("%s.format%d-%s%s", strings.TrimSuffix(path, extension), done.From, at.UTC().Format("20060102-150405"), extension)
	m := making{ctx: ctx, path: done.Kept, partial: filepath.Join(work, "kept"), src: Source{Size: sizeOf(path), Copy: copyOf(file)}}
	m.made.Manifest = Manifest{Version: manifestVersion, At: at.UTC().Truncate(time.Second)}
	m.bar = bar{tell: progress, total: 3 * sizeOf(path)}
	if err := m.keep(); err != nil {
		return done, err
	}
	if err := m.migrate(filepath.Join(work, "new"), path, u); err != nil {
		if !errors.Is(err, store.ErrUncertain) {
			err = errors.Join(err, os.Remove(done.Kept+manifestExtension), os.Remove(done.Kept))
		}
		return done, err
	}
	return done, nil
}

func copyOf(file *bolt.Backend) func(ctx context.Context, path string, w io.Writer) (int64, error) {
	return func(ctx context.Context, path string, w io.Writer) (int64, error) {
		out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return 0, err
		}
		n, err := file.Copy(ctx, io.MultiWriter(out, w))
		return n, errors.Join(err, out.Sync(), out.Close())
	}
}

// keep makes the copy that stays.
func (m *making) keep() error {
	for _, p := range []string{m.path, m.path + manifestExtension} {
		if err := absent(p); err != nil {
			return err
		}
	}
	if err := m.vault(); err != nil {
		return err
	}
	if err := os.Link(m.partial, m.path); err != nil {
		if err := os.Rename(m.partial, m.path); err != nil {
			return err
		}
	}
	if err := m.made.Manifest.write(m.path + manifestExtension); err != nil {
		return errors.Join(err, os.Remove(m.path))
	}
	return nil
}

// migrate changes another copy and lets it take the vault's name.
func (m *making) migrate(work, path string, u Upgrading) error {
	if _, err := copyFile(m.ctx, m.path, work, &m.bar); err != nil {
		return err
	}
	file, err := bolt.Open(work, bolt.Options{})
	if err != nil {
		return err
	}
	if err := errors.Join(u.Run(m.ctx, file, m.bar.share(sizeOf(work))), file.Close()); err != nil {
		return err
	}
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := errors.Join(m.ctx.Err(), os.Chmod(work, stat.Mode().Perm())); err != nil {
		return err
	}
	if err := os.Rename(work, path); err != nil {
		return err
	}
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUncertain, err)
	}
	m.bar.add(max(m.bar.total-m.bar.done, 0)) // copies are smaller than a file that has free pages
	return nil
}
