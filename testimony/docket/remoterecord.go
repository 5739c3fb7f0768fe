package docket

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
)

// RemoteRecord is the second record of a testimony: made where the witness is, from their camera and microphone, before the line can spoil it. Its file is sealed with a key
// that this vault drew; the machine there has it in memory alone, and only as long as the hearing lasts. While it is made the machine tells the court the hash of what there is, so that a file which is handed over
// later can be held against it.
type RemoteRecord struct {
	ID      testimony.RecordingID   `json:"id"`
	Hearing testimony.HearingID     `json:"hearing"`
	Seat    testimony.ParticipantID `json:"seat"`
	Begun   time.Time               `json:"begun"` // the zero of its times, by the court's clock

	Told     RemoteTold `json:"told"`
	Received time.Time  `json:"received,omitzero"` // it is a [Recording] since then

	Forgotten time.Time `json:"forgotten,omitzero"` // its key went with the last master of its hearing, before it was handed over
}

// Untold is how many chunks of the recording that came in the court was not told of while it was made: of them nobody can say that they are what was recorded.
func (r RemoteRecord) Untold(in Recording) int { return max(in.Chunks-r.Told.Chunks, 0) }

// RemoteTold is what the machine at the remote point has told of its file so far. The zero value is nothing.
type RemoteTold struct {
	At     time.Time     `json:"at,omitzero"`
	Chunks int           `json:"chunks"` // sealed
	Size   int64         `json:"size"`   // bytes of plaintext in them
	Root   []byte        `json:"root,omitempty"`
	Length time.Duration `json:"length"`
	Closed bool          `json:"closed"` // nothing comes after it
	Failed bool          `json:"failed"` // the machine could not go on, as for a full disk
}

var remoteRecords = store.NewCollection[RemoteRecord]("remote_records")

// Errors of taking a remote record in.
var (
	ErrNotRemote      = errors.New("this file is not a record that was kept at a remote point of this vault's hearings")
	ErrRemoteReceived = errors.New("this record was taken in already")
	ErrRemoteDiffers  = errors.New("this file is not the one that the remote point told the court of while it was made")
)

// BeginRemoteRecord notes that a record begins at the remote point, and draws its key, which is sealed to those who may open the master. The key is the caller's to
// hand over and to clear.
func (d *Desk) BeginRemoteRecord(ctx context.Context, h testimony.HearingID, seat testimony.ParticipantID) (RemoteRecord, blob.Key, error) {
	if !d.May(testimony.ActHoldHearing) {
		return RemoteRecord{}, blob.Key{}, ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return RemoteRecord{}, blob.Key{}, err
	}
	id, key, err := d.newRecording()
	if err != nil {
		return RemoteRecord{}, blob.Key{}, err
	}
	r := RemoteRecord{ID: testimony.RecordingID(id), Hearing: h, Seat: seat, Begun: d.Now()}
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("recording.remote_begun", map[string]string{"recording": id, "hearing": string(h)})
		of, err := d.recordingPartFor(tx, h, protection.MasterRecord, users)
		if err != nil {
			return err
		}
		if err := recordingKeys.Put(tx, recordingPart(h, protection.MasterRecord), id, recordingKey{slices.Clone(key[:])}); err != nil {
			return err
		}
		return remoteRecords.Put(tx, of, id, r)
	})
	if err != nil {
		clear(key[:])
	}
	return r, key, err
}

// TellRemoteRecord keeps what the remote point tells of its file. What was told before is never taken back: a later word about fewer chunks, or after the last one, fails
// with [ErrInvalid].
func (d *Desk) TellRemoteRecord(ctx context.Context, id testimony.RecordingID, told RemoteTold) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	told.At = d.Now()
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, remoteRecords, string(id))
		if err != nil {
			return notFound(err)
		}
		switch {
		case r.Told.Closed:
			return fmt.Errorf("%w: a remote record that is closed does not change", ErrInvalid)
		case told.Failed:
			r.Told.Failed, r.Told.At = true, told.At // what was told before stands
			tx.Log("recording.remote_failed", map[string]string{"recording": string(id)})
			return remoteRecords.Put(tx, part, string(id), r)
		case told.Chunks < r.Told.Chunks || told.Size < r.Told.Size || len(told.Root) != len(blob.Summary{}.Root):
			return fmt.Errorf("%w: what is told of a remote record only grows", ErrInvalid)
		}
		r.Told = told
		act := "recording.remote_told"
		if told.Closed {
			act = "recording.remote_closed"
		}
		tx.Log(act, map[string]string{"recording": string(id), "chunks": strconv.Itoa(told.Chunks), "root": hex.EncodeToString(told.Root)})
		return remoteRecords.Put(tx, part, string(id), r)
	})
}

// RemoteRecords lists the records that were made at remote points, oldest first, those that were not handed over among them.
func (d *Desk) RemoteRecords(ctx context.Context) ([]RemoteRecord, error) {
	list, err := all(ctx, d, remoteRecords)
	slices.SortFunc(list, func(a, b RemoteRecord) int { return a.Begun.Compare(b.Begun) })
	return list, err
}

// RemoteRecord returns one of them.
func (d *Desk) RemoteRecord(ctx context.Context, id testimony.RecordingID) (RemoteRecord, error) {
	return find(ctx, d, remoteRecords, string(id))
}

// ReceiveRemoteRecord takes in the file that was kept at a remote point, as a recording of its hearing. The file is copied, opened to its last chunk, and held against what the
// remote point told while it was made; where it is not that, nothing is kept. One whose machine was stopped is taken in as far as it goes. measure tells the length of what is in it.
// The file that was handed over stays as it is. progress is told of bytes.
func (d *Desk) ReceiveRemoteRecord(ctx context.Context, path string, measure func(*blob.Reader) (time.Duration, error), progress func(done, total int64)) (Recording, error) {
	if !d.May(testimony.ActHoldHearing) && !d.May(testimony.ActMakeVersion) {
		return Recording{}, ErrNotAllowed
	}
	remote, key, err := d.remoteRecordOf(ctx, path)
	if err != nil {
		return Recording{}, err
	}
	defer clear(key[:])
	id := remote.ID
	r := Recording{ID: id, Hearing: remote.Hearing, Version: protection.MasterRecord, Started: remote.Begun, Remote: true}
	copied := d.blobPath(id) + ".part"
	if err := copyInto(ctx, copied, path); err != nil {
		return r, err
	}
	err = d.sameAsTold(ctx, &r, remote.Told, copied, key, measure, progress)
	if err == nil {
		err = os.Rename(copied, d.blobPath(id))
	}
	if err != nil {
		return r, errors.Join(err, os.Remove(copied))
	}
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, hearings, string(r.Hearing))
		if err != nil {
			return notFound(err)
		}
		now, of, err := locate(tx, remoteRecords, string(id))
		if err != nil {
			return notFound(err)
		}
		if !now.Received.IsZero() {
			return ErrRemoteReceived
		}
		now.Received = d.Now()
		tx.Log("recording.remote_received", map[string]string{"recording": string(id), "hearing": string(r.Hearing), "chunks": strconv.Itoa(r.Chunks), "bytes": strconv.FormatInt(r.Size, 10)})
		return errors.Join(remoteRecords.Put(tx, of, string(id), now), recordings.Put(tx, part, string(id), r))
	})
	if err != nil && !errors.Is(err, ErrRemoteReceived) {
		err = errors.Join(err, os.Remove(d.blobPath(id)))
	}
	return r, err
}

// forgetRemote destroys the keys of the second records of a hearing that were not handed over, once no master of it is kept any more: what a judge has erased does not come back from
// somebody else's disk.
func (d *Desk) forgetRemote(tx *store.Tx, part store.Compartment, h testimony.HearingID) error {
	kept, err := recordings.All(tx, part)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(kept, func(e store.Entry[Recording]) bool {
		r := e.Value
		return r.Hearing == h && r.Own() && r.Version == protection.MasterRecord && r.Erased.IsZero()
	}) {
		return nil
	}
	list, err := remoteRecords.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range list {
		r := e.Value
		if r.Hearing != h || !r.Received.IsZero() || !r.Forgotten.IsZero() {
			continue
		}
		r.Forgotten = d.Now()
		tx.Log("recording.remote_forgotten", map[string]string{"recording": string(r.ID), "hearing": string(h)})
		if err := errors.Join(ignoreMissing(recordingKeys.Delete(tx, recordingPart(h, protection.MasterRecord), e.ID)), remoteRecords.Put(tx, part, e.ID, r)); err != nil {
			return err
		}
	}
	return nil
}

// remoteRecordOf finds the record whose key opens a file: its name may have been changed on the way.
func (d *Desk) remoteRecordOf(ctx context.Context, path string) (RemoteRecord, blob.Key, error) {
	if stat, err := os.Stat(path); err != nil {
		return RemoteRecord{}, blob.Key{}, err
	} else if !stat.Mode().IsRegular() {
		return RemoteRecord{}, blob.Key{}, ErrNotRemote
	}
	list, err := d.RemoteRecords(ctx)
	if err != nil {
		return RemoteRecord{}, blob.Key{}, err
	}
	shut := error(nil)
	for _, r := range list {
		key, err := d.recordingKey(ctx, Recording{ID: r.ID, Hearing: r.Hearing, Version: protection.MasterRecord})
		if err != nil { // it is not sealed to this user, or was erased
			shut = err
			continue
		}
		reader, err := blob.Open(path, key, string(r.ID))
		switch {
		case err == nil && !r.Received.IsZero():
			clear(key[:])
			return r, key, errors.Join(ErrRemoteReceived, reader.Close())
		case err == nil:
			return r, key, reader.Close()
		case errors.Is(err, blob.ErrDamaged):
			clear(key[:])
			return r, key, ErrRemoteDiffers
		}
		clear(key[:])
		switch {
		case errors.Is(err, blob.ErrNotBlob):
			return r, key, ErrNotRemote
		case !errors.Is(err, blob.ErrWrongKey):
			return r, key, err
		}
	}
	if shut != nil {
		return RemoteRecord{}, blob.Key{}, errors.Join(ErrNotRemote, shut)
	}
	return RemoteRecord{}, blob.Key{}, ErrNotRemote
}

// sameAsTold opens a file to its last chunk and holds it against what was told of it.
func (d *Desk) sameAsTold(ctx context.Context, r *Recording, told RemoteTold, path string, key blob.Key, measure func(*blob.Reader) (time.Duration, error), progress func(done, total int64)) error {
	found, err := blob.VerifyFrom(ctx, path, key, string(r.ID), told.Chunks, progress)
	switch {
	case err != nil:
		return err
	case found.FirstBad >= 0, told.Closed && !found.Intact, told.Closed && found.Chunks != told.Chunks, told.Chunks > 0 && !bytes.Equal(found.Before[:], told.Root):
		return ErrRemoteDiffers
	}
	reader, err := blob.Open(path, key, string(r.ID))
	if err != nil {
		return err
	}
	length, err := measure(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		return err
	}
	r.Size, r.Chunks, r.Root, r.Sealed, r.Duration = found.Size, found.Chunks, slices.Clone(found.Root[:]), found.Intact, length
	return nil
}

// copyInto copies a file to a new one beside the vault, and waits until the disk has it.
func copyInto(ctx context.Context, to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("create the folder for recordings: %w", err)
	}
	_ = os.Remove(to) // of an attempt that was killed
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	_, err = io.Copy(out, in)
	return errors.Join(err, ctx.Err(), out.Sync(), out.Close())
}
