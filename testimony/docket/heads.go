package docket

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/redaction"
)

// RecordingHead commits to every block of a recording, as it was when it was sealed, under the signature of whoever sealed it.
type RecordingHead struct {
	redaction.Head
	By   string         `json:"by"` // opaque id of the user
	Mark redaction.Mark `json:"mark"`
}

// recordingSeed is what the salts of a recording's hashes are made of; it lives where the recording's key does.
type recordingSeed struct {
	Seed []byte `json:"seed"`
}

var (
	recordingHeads = store.NewCollection[RecordingHead]("recording_heads")
	recordingSeeds = store.NewCollection[recordingSeed]("recording_seeds")
)

// ErrNotCommitted says that a recording was not sealed to its blocks yet.
var ErrNotCommitted = errors.New("this recording's blocks are not sealed yet: check it first, as a user who can open it")

// ErrVersion says that a version that was made of a recording is not edited itself: the recording is.
var ErrVersion = errors.New("this is a version of a recording: ask for edits of the recording itself")

// ErrNotIntact says that nothing is made of a recording that is not what was sealed.
var ErrNotIntact = errors.New("the recording is not intact")

// CommitRecording reads a recording through and keeps the signed hashes by which its versions are checked later, once: where there are some
// already, it returns them. It is for those who hold hearings or make versions, and can open the recording. Of a recording that its program could not end, it
// commits to what there is.
func (d *Desk) CommitRecording(ctx context.Context, id testimony.RecordingID) (RecordingHead, error) {
	if head, err := d.RecordingHead(ctx, id); !errors.Is(err, ErrNotCommitted) {
		return head, err
	}
	if !d.May(testimony.ActHoldHearing) && !d.May(testimony.ActMakeVersion) {
		return RecordingHead{}, ErrNotAllowed
	}
	r, report, err := d.verified(ctx, id)
	switch {
	case err != nil:
		return RecordingHead{}, err
	case r.Derived():
		return RecordingHead{}, ErrVersion
	case d.running.has(id):
		return RecordingHead{}, ErrRecordingRuns
	case report.FirstBad >= 0 || r.Sealed && !report.Intact:
		return RecordingHead{}, ErrNotIntact
	}
	var seed redaction.Seed
	if _, err := io.ReadFull(d.opts.Rand, seed[:]); err != nil {
		return RecordingHead{}, fmt.Errorf("read random bytes: %w", err)
	}
	defer clear(seed[:])
	reader, err := d.openSealed(ctx, r, "commit")
	if err != nil {
		return RecordingHead{}, err
	}
	head, err := redaction.Commit(reader, reader.Size(), seed, id, report.Root[:], d.Now())
	if err := errors.Join(err, reader.Close()); err != nil {
		return RecordingHead{}, err
	}
	return d.keepHead(ctx, head, seed)
}

func (d *Desk) keepHead(ctx context.Context, head redaction.Head, seed redaction.Seed) (RecordingHead, error) {
	signature, err := d.vault.Sign(head.Statement())
	if err != nil {
		return RecordingHead{}, err
	}
	kept := RecordingHead{head, string(d.Me().ID), redaction.Mark{Public: d.Me().SigningPublic, Signature: signature}}
	id := string(head.Recording)
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, recordings, id)
		if err != nil {
			return notFound(err)
		}
		if earlier, err := recordingHeads.Get(tx, part, id); !errors.Is(err, store.ErrNotFound) {
			kept = earlier // another desk was faster; there is one head for ever
			return err
		}
		tx.Log("recording.committed", map[string]string{"recording": id, "root": hex.EncodeToString(head.Root)})
		if err := recordingSeeds.Put(tx, recordingPart(r.Hearing, r.Version), id, recordingSeed{append([]byte(nil), seed[:]...)}); err != nil {
			return err
		}
		return recordingHeads.Put(tx, part, id, kept)
	})
	return kept, err
}

// RecordingHead returns the head of a recording, or fails with [ErrNotCommitted].
func (d *Desk) RecordingHead(ctx context.Context, id testimony.RecordingID) (RecordingHead, error) {
	if _, err := d.Recording(ctx, id); err != nil {
		return RecordingHead{}, err
	}
	head, err := find(ctx, d, recordingHeads, string(id))
	if errors.Is(err, ErrNotFound) {
		err = ErrNotCommitted
	}
	return head, err
}

// seedOf is for those to whom the recording is sealed.
func (d *Desk) seedOf(ctx context.Context, r Recording) (redaction.Seed, error) {
	if !r.Erased.IsZero() {
		return redaction.Seed{}, ErrErased
	}
	kept, err := read(ctx, d, recordingSeeds, recordingPart(r.Hearing, r.Version), string(r.ID))
	if errors.Is(err, ErrNotFound) || errors.Is(err, store.ErrNotFound) {
		err = ErrNotCommitted
	}
	var seed redaction.Seed
	if err == nil && copy(seed[:], kept.Seed) != len(seed) {
		err = fmt.Errorf("the recording's seed is damaged: %w", store.ErrDamaged)
	}
	return seed, err
}

// openSealed opens a recording's file for the court's own work on it, which is in the audit log first. It needs the recording's key, and no leave to
// carry a copy out.
func (d *Desk) openSealed(ctx context.Context, r Recording, purpose string) (*blob.Reader, error) {
	key, err := d.recordingKey(ctx, r)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	if err := d.Note(ctx, "recording.opened", map[string]string{"recording": string(r.ID), "for": purpose}); err != nil {
		return nil, err
	}
	return blob.Open(d.blobPath(r.ID), key, string(r.ID))
}
