package docket

import (
	"context"
	"errors"
	"strconv"
	"time"

	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
)

// RecordingFinding is a fault of a recording with its time. Kind is one of media/fault.
type RecordingFinding struct {
	Kind  string        `json:"kind"`
	Track int           `json:"track,omitempty"`
	Voice string        `json:"voice,omitempty"` // of who is not heard: VoiceOfWitness or VoiceOfOthers
	From  time.Duration `json:"from"`
	Until time.Duration `json:"until"`
	By    time.Duration `json:"by,omitempty"`
}

// The voices that have to be heard in a recording of testimony.
const (
	VoiceOfWitness = "witness"
	VoiceOfOthers  = "others"
)

// RecordingCheck is what was found when a recording was looked and listened through. A later one takes its place; the log has them all.
type RecordingCheck struct {
	Recording testimony.RecordingID `json:"recording"`
	At        time.Time             `json:"at"`
	By        string                `json:"by"` // opaque id of the user
	Length    time.Duration         `json:"length"`
	Findings  []RecordingFinding    `json:"findings"`
	Face      float64               `json:"face,omitempty"` // of the witness in the master, from hair to chin, in parts of the picture's height; 0 where none was found
}

var recordingChecks = store.NewCollection[RecordingCheck]("recording_checks")

// OpenForCheck opens a recording for the court's own check of it, for those who hold hearings or make versions and to whom it is sealed.
func (d *Desk) OpenForCheck(ctx context.Context, id testimony.RecordingID) (Recording, *blob.Reader, error) {
	r, err := d.Recording(ctx, id)
	switch {
	case err != nil:
		return r, nil, err
	case !d.May(testimony.ActHoldHearing) && !d.May(testimony.ActMakeVersion):
		return r, nil, errors.Join(ErrNotAllowed, d.Note(ctx, "recording.refused", map[string]string{"recording": string(id)}))
	case d.running.has(id):
		return r, nil, ErrRecordingRuns
	}
	reader, err := d.openSealed(ctx, r, "integrity")
	return r, reader, err
}

// KeepCheck keeps what a check found.
func (d *Desk) KeepCheck(ctx context.Context, c RecordingCheck) (RecordingCheck, error) {
	c.At, c.By = d.Now().UTC(), string(d.Me().ID)
	return c, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(c.Recording))
		if err != nil {
			return notFound(err)
		}
		tx.Log("recording.checked", map[string]string{"recording": string(c.Recording), "findings": strconv.Itoa(len(c.Findings))})
		return recordingChecks.Put(tx, part, string(c.Recording), c)
	})
}

// RecordingCheckOf returns what the last check of a recording found, or fails with [ErrNotFound].
func (d *Desk) RecordingCheckOf(ctx context.Context, id testimony.RecordingID) (RecordingCheck, error) {
	return find(ctx, d, recordingChecks, string(id))
}

// SealMaster is SealRecording, and notes for how long each seat was heard to speak: in the recording itself their voices are one.
func (d *Desk) SealMaster(ctx context.Context, id testimony.RecordingID, s blob.Summary, length time.Duration, heard map[testimony.ParticipantID]time.Duration) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.sealRecording(ctx, id, s, length, heard)
}
