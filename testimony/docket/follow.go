package docket

import (
	"context"
	"fmt"

	"paravent/protection"
	"paravent/store/blob"
	"paravent/testimony"
)

// Follower reads a public version while it is being written: the sealed file is what a delayed broadcast waits in. It holds the file's key until Close.
type Follower struct {
	Recording Recording
	path      string
	key       blob.Key
}

// FollowRecording lets whoever holds the hearing broadcast its public version after its delay. The act is in the audit log before anything is read.
func (d *Desk) FollowRecording(ctx context.Context, id testimony.RecordingID) (*Follower, error) {
	if !d.May(testimony.ActHoldHearing) {
		return nil, ErrNotAllowed
	}
	r, err := d.Recording(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Version != protection.PublicRecord {
		return nil, fmt.Errorf("%w: only a public version is broadcast", ErrInvalid)
	}
	key, err := d.recordingKey(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := d.Note(ctx, "recording.broadcast", map[string]string{"recording": string(id)}); err != nil {
		clear(key[:])
		return nil, err
	}
	return &Follower{r, d.blobPath(id), key}, nil
}

// Open opens the file as far as it is written by now. The caller closes it.
func (f *Follower) Open() (*blob.Reader, error) {
	return blob.Open(f.path, f.key, string(f.Recording.ID))
}

// Close forgets the key.
func (f *Follower) Close() { clear(f.key[:]) }
