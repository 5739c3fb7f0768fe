package docket

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/notice"
)

// Verification is what the last check of a recording's file found. A later one takes its place; the log has them all. Whether anything is wrong with the picture and
// the sound is another question, see [RecordingCheck].
type Verification struct {
	Recording testimony.RecordingID `json:"recording"`
	At        time.Time             `json:"at"`
	By        string                `json:"by"` // opaque id of the user
	Found     notice.Found          `json:"found"`
}

var verifications = store.NewCollection[Verification]("recording_verifications")

// FoundBy says what a check found that [Desk.VerifyRecording] made, and false for one that was not made to its end: no access, erased, stopped half-way, a disk that
// can't be read. A file that is not there, or is another one, is found to be altered.
func FoundBy(r Recording, report blob.Report, err error) (found notice.Found, made bool) {
	for _, wrong := range []error{fs.ErrNotExist, ErrRootDiffers, blob.ErrDamaged, blob.ErrNotBlob, blob.ErrWrongKey} {
		if errors.Is(err, wrong) {
			return notice.Altered, true
		}
	}
	switch {
	case err != nil:
		return "", false
	case report.FirstBad >= 0, r.Sealed && report.Torn:
		return notice.Altered, true
	case report.Torn:
		return notice.Torn, true
	case !report.Intact:
		return notice.Altered, true
	}
	return notice.Intact, true
}

// KeepFound keeps what the check of a recording found, in the log as well, and so in the chain of custody. Every check ends here. Of a recording that is still being
// written nothing is kept: its end cannot be there.
func (d *Desk) KeepFound(ctx context.Context, id testimony.RecordingID, found notice.Found) error {
	if d.running.has(id) {
		return nil
	}
	v := Verification{Recording: id, At: d.Now().UTC(), By: string(d.Me().ID), Found: found}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(id))
		if err != nil {
			return notFound(err)
		}
		tx.Log("recording.verified", map[string]string{"recording": string(id), "found": string(found)})
		return verifications.Put(tx, part, string(id), v)
	})
}

// verified is VerifyRecording, and keeps what it found before it answers.
func (d *Desk) verified(ctx context.Context, id testimony.RecordingID) (Recording, blob.Report, error) {
	r, report, err := d.VerifyRecording(ctx, id, nil)
	if found, made := FoundBy(r, report, err); made {
		err = errors.Join(err, d.KeepFound(ctx, id, found))
	}
	return r, report, err
}

// VerificationOf returns what the last check of a recording's file found, or fails with [ErrNotFound].
func (d *Desk) VerificationOf(ctx context.Context, id testimony.RecordingID) (Verification, error) {
	return find(ctx, d, verifications, string(id))
}
