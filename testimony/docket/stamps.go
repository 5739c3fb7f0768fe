package docket

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"paravent/store"
	"paravent/testimony"
	rfc3161 "paravent/testimony/stamp"
)

// RecordingStamp is the timestamp of a recording's head: an authority outside the court signed when its signature was there at the latest.
type RecordingStamp struct {
	Recording testimony.RecordingID `json:"recording"`
	Response  []byte                `json:"response"` // as the authority sent it, in DER
	Roots     []byte                `json:"roots"`    // of the authority when it was asked, in PEM: it can be another one since
	rfc3161.Stamp
	By string `json:"by"` // opaque id of the user who asked
}

var (
	stampAuthorities = store.NewCollection[rfc3161.Authority]("timestamp_authority")
	recordingStamps  = store.NewCollection[RecordingStamp]("recording_stamps")
)

// ErrNoAuthority says that the court has named no timestamp authority.
var ErrNoAuthority = errors.New("there is no timestamp authority")

// ErrNotStamped says that a recording has no timestamp.
var ErrNotStamped = errors.New("the recording has no timestamp")

// TimestampAuthority returns the authority whose timestamps this court asks for; the zero value where none was named.
func (d *Desk) TimestampAuthority(ctx context.Context) (rfc3161.Authority, error) {
	a, err := read(ctx, d, stampAuthorities, docketPart, "authority")
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return a, err
}

// SetTimestampAuthority names the authority. The zero value ends it; stamps that were given stay.
func (d *Desk) SetTimestampAuthority(ctx context.Context, a rfc3161.Authority) error {
	if !d.May(testimony.ActSetTimestamps) {
		return ErrNotAllowed
	}
	if !a.IsZero() {
		if err := a.Check(); err != nil {
			return err
		}
	}
	d.asked.forget()
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if a.IsZero() {
			tx.Log("timestamps.ended", nil)
			return ignoreMissing(stampAuthorities.Delete(tx, docketPart, "authority"))
		}
		tx.Log("timestamps.set", nil)
		return stampAuthorities.Put(tx, docketPart, "authority", a)
	})
}

// Stamped is the text whose hash is stamped.
func (h RecordingHead) Stamped() []byte { return h.Head.Stamped(h.Mark) }

// AskAuthority sends a request to a timestamp authority and returns what it answers; see testimony/stamp/tsa.
type AskAuthority func(ctx context.Context, address string, request []byte) ([]byte, error)

// StampRecording asks the authority for the timestamp of a recording's head and keeps it, once: a stamp that fits is returned as it is. Of a version, it is the
// recording's. What fails is in the audit log, and leaves the recording as sealed as it was.
func (d *Desk) StampRecording(ctx context.Context, id testimony.RecordingID, ask AskAuthority) (RecordingStamp, error) {
	if !d.MayStamp() {
		return RecordingStamp{}, ErrNotAllowed
	}
	head, err := d.headOf(ctx, id)
	if err != nil {
		return RecordingStamp{}, err
	}
	if kept, err := d.RecordingStamp(ctx, head.Recording); err == nil || !errors.Is(err, ErrNotStamped) && !isStampFault(err) {
		return kept, err
	}
	a, err := d.TimestampAuthority(ctx)
	if err != nil {
		return RecordingStamp{}, err
	}
	if a.IsZero() {
		return RecordingStamp{}, ErrNoAuthority
	}
	kept := RecordingStamp{Recording: head.Recording, Roots: a.Roots, By: string(d.Me().ID)}
	kept.Response, kept.Stamp, err = d.askStamp(ctx, a, head.Stamped(), ask)
	if err != nil {
		return RecordingStamp{}, errors.Join(err, d.Note(context.WithoutCancel(ctx), "recording.unstamped", map[string]string{"recording": string(head.Recording), "why": whyUnstamped(err)}))
	}
	return kept, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(head.Recording))
		if err != nil {
			return notFound(err)
		}
		if earlier, err := recordingStamps.Get(tx, part, string(head.Recording)); err == nil && earlier.Response != nil {
			if earlier.Stamp, err = d.checkStamp(earlier, head); err == nil {
				kept = earlier // another desk was faster
				return nil
			}
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		tx.Log("recording.stamped", map[string]string{"recording": string(head.Recording)})
		return recordingStamps.Put(tx, part, string(head.Recording), kept)
	})
}

func (d *Desk) askStamp(ctx context.Context, a rfc3161.Authority, text []byte, ask AskAuthority) ([]byte, rfc3161.Stamp, error) {
	q := rfc3161.Question{Digest: sha256.Sum256(text), Policy: a.Policy}
	if _, err := io.ReadFull(d.opts.Rand, q.Nonce[:]); err != nil {
		return nil, rfc3161.Stamp{}, fmt.Errorf("read random bytes: %w", err)
	}
	request, err := q.Request()
	if err != nil {
		return nil, rfc3161.Stamp{}, err
	}
	response, err := ask(ctx, a.Address, request)
	if err != nil {
		return nil, rfc3161.Stamp{}, err
	}
	s, err := a.Answer(response, q)
	return response, s, err
}

// whyUnstamped is why a timestamp was not obtained, for the log: a fault of it, or no answer that could be looked at.
func whyUnstamped(err error) string {
	var fault rfc3161.Fault
	if errors.As(err, &fault) {
		return string(fault)
	}
	return "no_answer"
}

func isStampFault(err error) bool {
	var fault rfc3161.Fault
	return errors.As(err, &fault)
}

// headOf is the head of a recording, or of the one that a version was made of.
func (d *Desk) headOf(ctx context.Context, id testimony.RecordingID) (RecordingHead, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return RecordingHead{}, err
	}
	if r.Derived() {
		id = r.Source
	}
	return d.RecordingHead(ctx, id)
}

// RecordingStamp returns the timestamp of a recording, or of the one that a version was made of, after checking it anew. It fails with [ErrNotStamped], and with
// a [rfc3161.Fault] where the stamp that is kept does not fit.
func (d *Desk) RecordingStamp(ctx context.Context, id testimony.RecordingID) (RecordingStamp, error) {
	head, err := d.headOf(ctx, id)
	if err != nil {
		return RecordingStamp{}, err
	}
	kept, err := find(ctx, d, recordingStamps, string(head.Recording))
	if errors.Is(err, ErrNotFound) {
		err = ErrNotStamped
	}
	if err != nil {
		return RecordingStamp{}, err
	}
	kept.Stamp, err = d.checkStamp(kept, head)
	return kept, err
}
