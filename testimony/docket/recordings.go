package docket

import (
	"context"
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

// Recording is one sealed recording of a hearing: the master, or the public version.
type Recording struct {
	ID       testimony.RecordingID `json:"id"`
	Hearing  testimony.HearingID   `json:"hearing"`
	Version  protection.Audience   `json:"version"` // MasterRecord or PublicRecord
	Started  time.Time             `json:"started"`
	Duration time.Duration         `json:"duration"` // zero until sealed
	Size     int64                 `json:"size"`     // bytes of plaintext; zero until sealed
	Chunks   int                   `json:"chunks"`
	Root     []byte                `json:"root,omitempty"` // Merkle root of the chunks
	Sealed   bool                  `json:"sealed"`         // closed in good order, root noted
}

// recordingKey is the key of one recording's file; it lives in the recording's own compartment.
type recordingKey struct {
	Key []byte `json:"key"`
}

var (
	recordings    = store.NewCollection[Recording]("recordings")
	recordingKeys = store.NewCollection[recordingKey]("recording_keys")
	minutesOf     = store.NewCollection[testimony.Minutes]("minutes")
)

func recordingPart(h testimony.HearingID, v protection.Audience) store.Compartment {
	return store.Compartment("recording/" + string(h) + "/" + string(v))
}

// blobDir is the folder beside the vault file that holds the sealed files.
func (d *Desk) blobDir() string { return d.beside() + ".d" }

func (d *Desk) blobPath(id testimony.RecordingID) string {
	return filepath.Join(d.blobDir(), string(id)+".blob")
}

// BeginRecording notes a recording, seals its key to those who may open it, and creates its file, in this order: nothing is
// written that the vault does not know of. The master opens to judges, registrars and whoever holds the hearing; the
// public version to everyone of the docket.
func (d *Desk) BeginRecording(ctx context.Context, h testimony.HearingID, version protection.Audience) (Recording, *blob.Writer, error) {
	if !d.May(testimony.ActHoldHearing) {
		return Recording{}, nil, ErrNotAllowed
	}
	if version != protection.MasterRecord && version != protection.PublicRecord {
		return Recording{}, nil, fmt.Errorf("%w: a recording is the master or the public version", ErrInvalid)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return Recording{}, nil, err
	}
	id, err := d.newID()
	if err != nil {
		return Recording{}, nil, err
	}
	var key blob.Key
	if _, err := io.ReadFull(d.opts.Rand, key[:]); err != nil {
		return Recording{}, nil, fmt.Errorf("read random bytes: %w", err)
	}
	defer clear(key[:])
	r := Recording{ID: testimony.RecordingID(id), Hearing: h, Version: version, Started: d.Now()}
	part := recordingPart(h, version)
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("recording.begun", map[string]string{"recording": id, "hearing": string(h), "version": string(version)})
		if !tx.HasCompartment(part) {
			if err := tx.CreateCompartment(part, recordingMembers(users, d.Me(), version)); err != nil {
				return err
			}
		}
		if err := recordingKeys.Put(tx, part, id, recordingKey{slices.Clone(key[:])}); err != nil {
			return err
		}
		return recordings.Put(tx, docketPart, id, r)
	})
	if err != nil {
		return Recording{}, nil, err
	}
	if err := os.MkdirAll(d.blobDir(), 0o700); err != nil {
		return Recording{}, nil, fmt.Errorf("create the folder for recordings: %w", err)
	}
	w, err := blob.Create(d.blobPath(r.ID), key, id)
	if err == nil {
		d.running.begin(r.ID)
	}
	return r, w, err
}

func recordingMembers(users []store.User, me store.User, version protection.Audience) []store.UserID {
	members := []store.UserID{me.ID}
	for _, u := range users {
		entitled := testimony.May(string(u.Role), testimony.ActExportMaster)
		if version == protection.PublicRecord {
			entitled = u.Role != testimony.Auditor
		}
		if entitled && u.Standing() && u.ID != me.ID {
			members = append(members, u.ID)
		}
	}
	return members
}

// SealRecording notes the length, the size and the root of a recording whose file has been closed.
func (d *Desk) SealRecording(ctx context.Context, id testimony.RecordingID, s blob.Summary, length time.Duration) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	defer d.running.end(id)
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		r, err := recordings.Get(tx, docketPart, string(id))
		if err != nil {
			return notFound(err)
		}
		r.Size, r.Chunks, r.Root, r.Sealed, r.Duration = s.Size, s.Chunks, s.Root[:], s.Final, length
		tx.Log("recording.sealed", map[string]string{"recording": string(id), "chunks": strconv.Itoa(s.Chunks), "bytes": strconv.FormatInt(s.Size, 10)})
		return recordings.Put(tx, docketPart, string(id), r)
	})
}

// Recordings lists the recordings, oldest first.
func (d *Desk) Recordings(ctx context.Context) ([]Recording, error) {
	list, err := all(ctx, d, recordings)
	slices.SortFunc(list, func(a, b Recording) int { return a.Started.Compare(b.Started) })
	return list, err
}

// Recording returns one recording.
func (d *Desk) Recording(ctx context.Context, id testimony.RecordingID) (Recording, error) {
	return read(ctx, d, recordings, docketPart, string(id))
}

func (d *Desk) recordingKey(ctx context.Context, r Recording) (blob.Key, error) {
	k, err := read(ctx, d, recordingKeys, recordingPart(r.Hearing, r.Version), string(r.ID))
	var key blob.Key
	if err == nil && copy(key[:], k.Key) != len(key) {
		err = fmt.Errorf("the recording's key is damaged: %w", store.ErrDamaged)
	}
	return key, err
}

// OpenRecording opens a recording's file for reading. The act is in the audit log before anything is read.
func (d *Desk) OpenRecording(ctx context.Context, id testimony.RecordingID, purpose string) (Recording, *blob.Reader, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return r, nil, err
	}
	act := testimony.ActExportPublic
	if r.Version == protection.MasterRecord {
		act = testimony.ActExportMaster
	}
	if !d.May(act) {
		return r, nil, errors.Join(ErrNotAllowed, d.Note(ctx, "recording.refused", map[string]string{"recording": string(id)}))
	}
	key, err := d.recordingKey(ctx, r)
	if err != nil {
		return r, nil, err
	}
	defer clear(key[:])
	if err := d.Note(ctx, "recording.opened", map[string]string{"recording": string(id), "for": purpose}); err != nil {
		return r, nil, err
	}
	reader, err := blob.Open(d.blobPath(id), key, string(id))
	return r, reader, err
}

// ErrRootDiffers is returned when a recording's file is whole, but not the one that was sealed.
var ErrRootDiffers = errors.New("the recording's file is not the one that was sealed")

// VerifyRecording checks every chunk of a recording's file, and that it is the file that was sealed.
func (d *Desk) VerifyRecording(ctx context.Context, id testimony.RecordingID, progress func(done, total int64)) (Recording, blob.Report, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return r, blob.Report{}, err
	}
	key, err := d.recordingKey(ctx, r)
	if err != nil {
		return r, blob.Report{}, err
	}
	defer clear(key[:])
	report, err := blob.Verify(ctx, d.blobPath(id), key, string(id), progress)
	if err == nil && r.Sealed && report.Intact && string(report.Root[:]) != string(r.Root) {
		err = ErrRootDiffers
	}
	return r, report, err
}

// KeepMinutes stores the sealed minutes of a held hearing, with the head of the audit log as it stands before them, and notes that it was held.
func (d *Desk) KeepMinutes(ctx context.Context, m testimony.Minutes) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		h, err := hearings.Get(tx, docketPart, string(m.Hearing))
		if err != nil {
			return notFound(err)
		}
		h.Held = m.Court.End
		head, err := tx.AuditHead()
		if err != nil {
			return err
		}
		m.Log = &testimony.LogHead{Vault: d.vault.ID(), Entries: head.Size, Hash: head.Root.String(), Note: string(head.Note)}
		tx.Log("minutes.kept", map[string]string{"hearing": string(m.Hearing), "events": strconv.Itoa(len(m.Events))})
		if err := minutesOf.Put(tx, docketPart, string(m.Hearing), m); err != nil {
			return err
		}
		return hearings.Put(tx, docketPart, string(m.Hearing), h)
	})
}
