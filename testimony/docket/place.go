package docket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"paravent/store"
	"paravent/store/bolt"
	"paravent/store/etcd"
)

// A vault's place is the path of a file, or the URL of an etcd cluster (see [etcd.ParseURL]). Recordings and backups of a vault on a
// cluster stay in a folder of the desk that made them.

// ErrPlaceTaken is returned for a new vault under a name of a cluster that holds one.
var ErrPlaceTaken = errors.New("there is a vault under this name on the server already")

// OnServer reports whether a place is on a cluster.
func OnServer(place string) bool { return etcd.IsURL(place) }

// Exists reports whether there is a file at a place. Of a cluster only opening can tell; it is taken to be there.
func Exists(place string) bool {
	if OnServer(place) {
		return true
	}
	_, err := os.Stat(place)
	return err == nil
}

// MakeFolder makes the folder of a vault file that is to be created.
func MakeFolder(place string) error {
	if OnServer(place) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return fmt.Errorf("create the vault's folder: %w", err)
	}
	return nil
}

// DataFolder is where this user's vaults are when nobody says otherwise, and what a desk keeps of a vault on a cluster.
func DataFolder() (string, error) {
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the home folder: %w", err)
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "paravent"), nil
}

// openPlace opens a vault's backend. The caller closes it.
func openPlace(ctx context.Context, place string, create bool) (store.Backend, error) {
	if OnServer(place) {
		config, err := etcd.ParseURL(place)
		if err != nil {
			return nil, err
		}
		return etcd.Open(ctx, config)
	}
	switch exists := Exists(place); {
	case create && exists:
		return nil, fmt.Errorf("create vault: %w", os.ErrExist)
	case !create && !exists:
		return nil, fmt.Errorf("open vault: %w", os.ErrNotExist)
	}
	return bolt.Open(place, bolt.Options{Create: create})
}

// discard takes back a vault that was made a moment ago and could not be completed, and closes its backend.
func discard(ctx context.Context, place string, b store.Backend) error {
	if cluster, ok := b.(*etcd.Backend); ok {
		return errors.Join(cluster.Discard(ctx), b.Close())
	}
	return errors.Join(b.Close(), os.Remove(place))
}

// beside is the path from which the names of what a desk keeps beside the vault are made: the vault file's own, or one in
// [DataFolder] that is called after the vault's id.
func (d *Desk) beside() string { return besides(d.path, d.vault.ID()) }

// copyTo writes the vault as it stands into a new file, and returns its length in bytes.
func (d *Desk) copyTo(ctx context.Context, path string, w io.Writer) (int64, error) {
	if file, ok := d.backend.(*bolt.Backend); ok {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return 0, err
		}
		n, err := file.Copy(ctx, io.MultiWriter(f, w))
		return n, errors.Join(err, f.Sync(), f.Close())
	}
	file, err := bolt.Open(path, bolt.Options{Create: true})
	if err != nil {
		return 0, err
	}
	if err := errors.Join(store.Transfer(ctx, d.backend, file), file.Close()); err != nil {
		return 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return io.Copy(w, f)
}

// called is a name for copies of the vault.
func (d *Desk) called() string {
	if !OnServer(d.path) {
		return strings.TrimSuffix(filepath.Base(d.path), ".paravent")
	}
	where, _, _ := strings.Cut(d.path, "?")
	return filepath.Base(where)
}

// Watch tells of changes to the vault by this desk and others, and of a server that can't be reached. It ends with ctx or when the desk is closed.
func (d *Desk) Watch(ctx context.Context) <-chan store.Event { return d.vault.Watch(ctx) }
