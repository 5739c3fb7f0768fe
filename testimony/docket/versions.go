package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/redaction"
)

// Making is a version that is about to be made: its source to read, its sealed file to write, and what its manifest says.
type Making struct {
	Recording Recording // the version's own
	From      *blob.Reader
	To        *blob.Writer
	Plan      redaction.Plan // but for the cover
	desk      *Desk
}

// BeginVersion opens a recording and begins a version of it with the edits in force, which is sealed to those to whom the recording is. The caller writes
// it and calls [Making.Keep] or [Making.Abandon].
func (d *Desk) BeginVersion(ctx context.Context, of testimony.RecordingID) (*Making, error) {
	if !d.May(testimony.ActMakeVersion) {
		return nil, errors.Join(ErrNotAllowed, d.Note(ctx, "recording.refused", map[string]string{"recording": string(of)}))
	}
	head, err := d.CommitRecording(ctx, of)
	if err != nil {
		return nil, err
	}
	source, err := d.Recording(ctx, of)
	if err != nil {
		return nil, err
	}
	list, mark, err := d.EditList(ctx, of)
	if err != nil {
		return nil, err
	}
	m := &Making{desk: d, Plan: redaction.Plan{Vault: d.vault.ID(), Head: head.Head, Sealed: head.Mark, Ordered: mark, At: d.Now(), Sign: d.sign}}
	if list.Number > 0 {
		m.Plan.List = &list
	}
	if m.Plan.Seed, err = d.seedOf(ctx, source); err != nil {
		return nil, err
	}
	if m.From, err = d.openSealed(ctx, source, "make a version"); err != nil {
		return nil, err
	}
	m.Recording, m.To, err = d.beginRecording(ctx, Recording{Hearing: source.Hearing, Version: source.Version, Started: source.Started, Source: of, Edits: list.Number, Made: m.Plan.At}, func(tx *store.Tx, r Recording) (store.Compartment, error) {
		_, part, err := locate(tx, recordings, string(of))
		tx.Log("version.begun", map[string]string{"recording": string(of), "version": string(r.ID), "list": strconv.Itoa(list.Number)})
		return part, err
	})
	if err != nil {
		return nil, errors.Join(err, m.From.Close())
	}
	m.Plan.Version = m.Recording.ID
	return m, nil
}

// sign signs a statement with this user's key.
func (d *Desk) sign(statement []byte) (redaction.Mark, error) {
	signature, err := d.vault.Sign(statement)
	return redaction.Mark{Public: d.Me().SigningPublic, Signature: signature}, err
}

// Keep seals a version that was written in full.
func (m *Making) Keep(ctx context.Context, length time.Duration) (Recording, error) {
	clear(m.Plan.Seed[:])
	sum, err := m.To.Close()
	if err := errors.Join(err, m.From.Close()); err != nil {
		return m.Recording, errors.Join(err, m.drop(ctx))
	}
	if err := m.desk.sealRecording(ctx, m.Recording.ID, sum, length, nil); err != nil {
		return m.Recording, err
	}
	return m.desk.Recording(ctx, m.Recording.ID)
}

// Abandon takes back a version that could not be written.
func (m *Making) Abandon(ctx context.Context) error {
	clear(m.Plan.Seed[:])
	_, err := m.To.Close()
	return errors.Join(err, m.From.Close(), m.drop(ctx))
}

// drop forgets a version that was never whole, with its key.
func (m *Making) drop(ctx context.Context) error {
	d, id := m.desk, string(m.Recording.ID)
	defer d.running.end(m.Recording.ID)
	err := d.vault.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		r, part, err := locate(tx, recordings, id)
		if err != nil {
			return notFound(err)
		}
		if r.Sealed || !r.Derived() {
			return fmt.Errorf("%w: only a version that was not finished is taken back", ErrInvalid)
		}
		tx.Log("version.abandoned", map[string]string{"recording": string(r.Source), "version": id})
		return errors.Join(recordings.Delete(tx, part, id), recordingKeys.Delete(tx, recordingPart(r.Hearing, r.Version), id))
	})
	if err == nil {
		err = os.Remove(d.blobPath(m.Recording.ID))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
