package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"paravent/media/record"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/redaction"
	"paravent/testimony/stamp"
)

// The files beside an exported one.
const (
	TimestampEnding = ".tsr"     // the timestamp as the authority sent it (RFC 3161 §3.2)
	StampedEnding   = ".stamped" // the text that it is of; a version has it in itself
)

// Exported is what was written.
type Exported struct {
	record.Stats
	Timestamp string `json:"timestamp,omitempty"` // path of the timestamp beside it, where there is one that fits
	Stamped   string `json:"stamped,omitempty"`   // path of the text that the timestamp is of
}

// ErrFileMissing says that the sealed file of a recording is not there.
var ErrFileMissing = errors.New("the recording's file is missing")

// ExportTo is Export to a new file, with the recording's timestamp beside it. It replaces no file, and leaves none behind where it fails.
func ExportTo(ctx context.Context, d *docket.Desk, id testimony.RecordingID, path string) (made Exported, err error) {
	kept, err := d.RecordingStamp(ctx, id)
	var fault stamp.Fault
	stamped := err == nil
	if err != nil && !errors.Is(err, docket.ErrNotStamped) && !errors.Is(err, docket.ErrNotCommitted) && !errors.As(err, &fault) {
		return made, err
	}
	var begun []string
	defer func() {
		if err != nil {
			for _, name := range begun {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	write := func(name string, fill func(f *os.File) error) error {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		begun = append(begun, name)
		return errors.Join(fill(f), f.Sync(), f.Close())
	}
	if stamped { // first: they are what is most likely to stand in the way
		made.Timestamp = path + TimestampEnding
		if err := write(made.Timestamp, func(f *os.File) error { return written(f.Write(kept.Response)) }); err != nil {
			return made, err
		}
		if kept.Recording == id {
			head, err := d.RecordingHead(ctx, id)
			if err != nil {
				return made, err
			}
			made.Stamped = path + StampedEnding
			if err := write(made.Stamped, func(f *os.File) error { return written(f.Write(head.Stamped())) }); err != nil {
				return made, err
			}
		}
	}
	return made, write(path, func(f *os.File) (err error) {
		made.Stats, err = Export(ctx, d, id, f)
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrFileMissing
		}
		return err
	})
}

// written is the error of a write.
func written(_ int, err error) error { return err }

// ErrNoTimestamp says that a file has no timestamp beside it.
var ErrNoTimestamp = errors.New("there is no timestamp beside the file")

// FileTimestamp checks the timestamp in a file against what a version's manifest says was sealed, and the root certificates in PEM. What is wrong with it is a
// [stamp.Fault]; where there is none, it fails with [ErrNoTimestamp].
func FileTimestamp(m redaction.Manifest, path string, roots []byte) (stamp.Stamp, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return stamp.Stamp{}, ErrNoTimestamp
	}
	if err != nil {
		return stamp.Stamp{}, err
	}
	defer f.Close()
	response, err := io.ReadAll(io.LimitReader(f, stamp.MaxResponse+1))
	if err != nil {
		return stamp.Stamp{}, fmt.Errorf("read a timestamp: %w", err)
	}
	return stamp.Check(response, sha256.Sum256(m.Head.Stamped(m.Sealed)), roots)
}
