package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"paravent/store/audit"
	"paravent/store/backup"
	"paravent/testimony"
)

// ErrRecordingRuns says that a recording is still written to.
var ErrRecordingRuns = errors.New("a recording is still running: end the hearing first")

// running are the recordings that a desk writes to. The zero value is none.
type running struct {
	mu  sync.Mutex
	ids map[testimony.RecordingID]bool
}

func (r *running) begin(id testimony.RecordingID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids == nil {
		r.ids = make(map[testimony.RecordingID]bool)
	}
	r.ids[id] = true
}

func (r *running) end(id testimony.RecordingID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ids, id)
}

func (r *running) has(id testimony.RecordingID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids[id]
}

func (r *running) any() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids) > 0
}

// Moved is a vault that was packed for another machine, or taken from there.
type Moved struct {
	Path       string    `json:"path"` // of the packed file; of a vault that was taken, of the new vault file
	At         time.Time `json:"at"`
	Entries    int64     `json:"audit_entries"`
	Head       string    `json:"audit_head"` // root of the audit log as packed, in base64: the same is said at both machines
	Recordings int       `json:"recordings"`
	Bytes      int64     `json:"bytes"` // of all that is in it
}

func movedBy(path string, m backup.Manifest) (Moved, error) {
	head, err := audit.ParseHead(m.Vault, []byte(m.Head))
	return Moved{Path: path, At: m.At, Entries: m.Entries, Head: head.Root.String(), Recordings: len(m.Files), Bytes: m.Bytes()}, err
}

// Move packs the vault with all its recordings into one new file for another machine, checks it record by record, and marks the vault as moved: nothing is
// written to it any more, and nobody is let in, until [Stay]. The mark comes first, so that nothing is written that the packed vault doesn't
// have; where the packing fails it is taken away again. A recording that was never closed goes along as it is.
//
// A program that was killed meanwhile leaves the mark, and no packed file: moving again, after [Stay], makes one.
func (d *Desk) Move(ctx context.Context, to string, progress func(done, total int64)) (Moved, error) {
	if !d.May(testimony.ActBackUp) {
		return Moved{}, ErrNotAllowed
	}
	if d.running.any() {
		return Moved{}, ErrRecordingRuns
	}
	files, err := d.recordingFiles(ctx)
	if err != nil {
		return Moved{}, err
	}
	handed, err := d.exhibitFiles(ctx)
	if err != nil {
		return Moved{}, err
	}
	files = append(files, handed...)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return Moved{}, fmt.Errorf("move vault: %w", errors.Join(err, fs.ErrExist))
	}
	if _, err := d.vault.Depart(ctx); err != nil {
		return Moved{}, err
	}
	src := backup.Source{Name: d.called(), Copy: d.copyTo, Size: fileSize(d.path), Files: files}
	src.Check = func(ctx context.Context, copied string, progress func(done, total int)) error {
		_, err := d.checkCopy(ctx, copied, progress)
		return err
	}
	m, err := backup.Pack(ctx, to, d.Now(), src, progress)
	if err != nil {
		return Moved{}, errors.Join(diskFull(err), d.vault.EndDeparture(context.WithoutCancel(ctx), "vault.stayed"))
	}
	return movedBy(to, m)
}

// recordingFiles are the files of all recordings. That of one which was closed has to be there.
func (d *Desk) recordingFiles(ctx context.Context) ([]string, error) {
	list, err := d.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, r := range list {
		switch _, err := os.Stat(d.blobPath(r.ID)); {
		case !r.Erased.IsZero(): // a file that could not be removed stays behind
		case err == nil:
			files = append(files, d.blobPath(r.ID))
		case r.Sealed || !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("a recording: %w", err)
		}
	}
	return files, nil
}

// Take puts a packed vault into a new vault file, opens every record and recording of it with a user's keys, and ends the mark of its move, all before
// the file has its name: what goes wrong leaves nothing behind. The user's office has to allow it.
func Take(ctx context.Context, pack, to string, by Keyholder, opts Options, progress func(done, total int64)) (Moved, error) {
	opts.Anchor = nil // what has no name yet and may never get one is nothing to remember
	r, err := backup.Unpack(ctx, pack, to, backup.RestoreOptions{Check: func(ctx context.Context, copied string, progress func(done, total int)) error {
		return arrive(ctx, copied, by, opts, "vault.taken", func(d *Desk) error { return d.sound(ctx, progress) })
	}}, progress)
	if err != nil {
		return Moved{}, diskFull(err)
	}
	return movedBy(to, r.Manifest)
}

// Stay goes on with a vault that was marked as moved and did not arrive anywhere. Nobody can tell whether it did: where it was taken in, there are two vaults from
// then on that know nothing of each other.
func Stay(ctx context.Context, place string, by Keyholder, opts Options) error {
	return arrive(ctx, place, by, opts, "vault.stayed", func(*Desk) error { return nil })
}

// arrive opens a vault that was marked as moved, has it looked at, and ends the mark.
func arrive(ctx context.Context, place string, by Keyholder, opts Options, action string, look func(*Desk) error) (err error) {
	opts = opts.filled()
	d, err := open(ctx, place, by.Login, by.Passphrase, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if !d.May(testimony.ActBackUp) {
		return ErrNotAllowed
	}
	if err := look(d); err != nil {
		return err
	}
	return d.vault.EndDeparture(ctx, action)
}
