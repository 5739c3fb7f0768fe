package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paravent/store"
	"paravent/store/blob"
	"paravent/store/bolt"
	"paravent/store/etcd"
)

// KeylessReport is what [VerifyWithoutKeys] found.
type KeylessReport struct {
	store.KeylessReport
	Pages      []string // what is wrong with the file's pages
	Recordings int      // sealed recordings beside the vault that were closed in good order, as far as can be told without their keys
	Unclosed   []string // opaque ids of recordings that end without a trailer: still running, interrupted, or cut
}

// Sound says that nothing is wrong with what was checked. An unclosed recording may be in order.
func (r KeylessReport) Sound() bool { return r.KeylessReport.Sound() && len(r.Pages) == 0 }

// VerifyWithoutKeys checks a vault that nobody unlocks, as far as that goes: its file's pages, everything that
// [store.VerifyWithoutKeys] checks, and the recordings beside it. It needs no login, writes nothing and does with a file that can only be
// read. A vault that is open in another program gives [store.ErrInUse]. progress, if not nil, is told how many of how many things are done.
func VerifyWithoutKeys(ctx context.Context, place string, progress func(done, total int)) (KeylessReport, error) {
	var r KeylessReport
	backend, err := openReadOnly(ctx, place)
	if err != nil {
		return r, err
	}
	defer backend.Close()
	if file, ok := backend.(*bolt.Backend); ok {
		if r.Pages, err = file.Check(ctx); err != nil && !errors.Is(err, store.ErrDamaged) {
			return r, err
		} else if err != nil {
			r.Pages = append(r.Pages, err.Error())
		}
	}
	if r.KeylessReport, err = store.VerifyWithoutKeys(ctx, backend, progress); err != nil {
		return r, err
	}
	return r, r.recordings(ctx, besides(place, r.VaultID)+".d")
}

func openReadOnly(ctx context.Context, place string) (store.Backend, error) {
	if OnServer(place) {
		config, err := etcd.ParseURL(place)
		if err != nil {
			return nil, err
		}
		return etcd.Open(ctx, config)
	}
	if !Exists(place) {
		return nil, fmt.Errorf("open vault: %w", os.ErrNotExist)
	}
	return bolt.Open(place, bolt.Options{ReadOnly: true})
}

// besides is the path from which the names of what a desk keeps beside a vault are made.
func besides(place, id string) string {
	if !OnServer(place) {
		return place
	}
	folder, err := DataFolder()
	if err != nil {
		folder = os.TempDir() // no home: what is written there is sealed, and its owner's alone
	}
	return filepath.Join(folder, "server-"+id)
}

// recordings looks at the sealed files of a folder. Which of them the vault knows is sealed in it.
func (r *KeylessReport) recordings(ctx context.Context, dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		id, isBlob := strings.CutSuffix(f.Name(), ".blob")
		if !isBlob {
			continue
		}
		_, err := blob.Root(ctx, filepath.Join(dir, f.Name()), nil)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			r.Recordings++
		case errors.Is(err, blob.ErrDamaged):
			r.Unclosed = append(r.Unclosed, id)
		default:
			r.Faults = append(r.Faults, store.Fault{Place: recordingPlace, Problem: id + ": " + err.Error()})
		}
	}
	return nil
}
