package docket

import (
	"cmp"
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

	// Heard is for how long each seat was heard to speak; nil where nobody noted it.
	Heard map[testimony.ParticipantID]time.Duration `json:"heard,omitempty"`

	// Of a version that was made of another recording: that one, and the number of the list of edits that it carries out; 0 for none.
	Source testimony.RecordingID `json:"source,omitempty"`
	Edits  int                   `json:"edits,omitempty"`
	Made   time.Time             `json:"made,omitzero"` // Started is the recording's own

	// Remote says that it was recorded where the witness was, and handed over later: see [RemoteRecord]. The hearing's own master is another one.
	Remote bool `json:"remote,omitempty"`

	Erased time.Time `json:"erased,omitzero"` // its key and its file are gone, by a judge's decision
}

// Derived reports whether a recording was made of another one, after the hearing.
func (r Recording) Derived() bool { return r.Source != "" }

// Own reports whether a recording is one of the two that the courtroom itself made.
func (r Recording) Own() bool { return !r.Derived() && !r.Remote }

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
	return d.beginRecording(ctx, Recording{Hearing: h, Version: version}, func(tx *store.Tx, r Recording) (store.Compartment, error) {
		tx.Log("recording.begun", map[string]string{"recording": string(r.ID), "hearing": string(h), "version": string(version)})
		return d.recordingPartFor(tx, h, version, users)
	})
}

// recordingPartFor sees to it that a version of a hearing's record has its compartment, and says in which part the hearing is.
func (d *Desk) recordingPartFor(tx *store.Tx, h testimony.HearingID, version protection.Audience, users []store.User) (store.Compartment, error) {
	_, of, err := locate(tx, hearings, string(h))
	if err != nil {
		return "", fmt.Errorf("the hearing: %w", notFound(err))
	}
	part := recordingPart(h, version)
	if tx.HasCompartment(part) {
		return of, nil
	}
	members, err := tx.Members(of)
	if err != nil {
		return "", err
	}
	if err := tx.CreateCompartment(part, recordingMembers(users, members, d.Me(), version)); err != nil {
		return "", err
	}
	return of, sameTerms(tx, of, part)
}

// beginRecording allots an id and a key to a recording, notes both, and creates its file. prepare logs the act, sees to the recording's compartment,
// and says in which part the recording is noted.
func (d *Desk) beginRecording(ctx context.Context, r Recording, prepare func(*store.Tx, Recording) (store.Compartment, error)) (Recording, *blob.Writer, error) {
	id, key, err := d.newRecording()
	if err != nil {
		return Recording{}, nil, err
	}
	defer clear(key[:])
	r.ID = testimony.RecordingID(id)
	if r.Started.IsZero() {
		r.Started = d.Now()
	}
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		of, err := prepare(tx, r)
		if err != nil {
			return err
		}
		if err := recordingKeys.Put(tx, recordingPart(r.Hearing, r.Version), id, recordingKey{slices.Clone(key[:])}); err != nil {
			return err
		}
		return recordings.Put(tx, of, id, r)
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

// newRecording draws an id and a key.
func (d *Desk) newRecording() (id string, key blob.Key, err error) {
	if id, err = d.newID(); err != nil {
		return "", key, err
	}
	if _, err := io.ReadFull(d.opts.Rand, key[:]); err != nil {
		return "", key, fmt.Errorf("read random bytes: %w", err)
	}
	return id, key, nil
}

// sameTerms ends memberships of a recording's compartment when those of its hearing's part end.
func sameTerms(tx *store.Tx, of, part store.Compartment) error {
	terms, err := tx.Memberships(of)
	if err != nil {
		return err
	}
	members, err := tx.Members(part)
	if err != nil {
		return err
	}
	for _, m := range terms {
		if !m.Until.IsZero() && slices.Contains(members, m.User) {
			if err := tx.AddMembersUntil(part, []store.UserID{m.User}, m.Until); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordingMembers are those of a hearing's part who may open a recording of it, and whoever records.
func recordingMembers(users []store.User, among []store.UserID, me store.User, version protection.Audience) []store.UserID {
	members := []store.UserID{me.ID}
	for _, u := range users {
		if u.ID != me.ID && u.Standing() && slices.Contains(among, u.ID) && opensRecording(u, version) {
			members = append(members, u.ID)
		}
	}
	return members
}

func opensRecording(u store.User, version protection.Audience) bool {
	if version == protection.PublicRecord {
		return u.Role != testimony.Auditor
	}
	return testimony.May(string(u.Role), testimony.ActExportMaster)
}

// SealRecording notes the length, the size and the root of a recording whose file has been closed.
func (d *Desk) SealRecording(ctx context.Context, id testimony.RecordingID, s blob.Summary, length time.Duration) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.sealRecording(ctx, id, s, length, nil)
}

func (d *Desk) sealRecording(ctx context.Context, id testimony.RecordingID, s blob.Summary, length time.Duration, heard map[testimony.ParticipantID]time.Duration) error {
	defer d.running.end(id)
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, recordings, string(id))
		if err != nil {
			return notFound(err)
		}
		r.Size, r.Chunks, r.Root, r.Sealed, r.Duration, r.Heard = s.Size, s.Chunks, s.Root[:], s.Final, length, heard
		tx.Log("recording.sealed", map[string]string{"recording": string(id), "chunks": strconv.Itoa(s.Chunks), "bytes": strconv.FormatInt(s.Size, 10)})
		return recordings.Put(tx, part, string(id), r)
	})
}

// Recordings lists the recordings, oldest first, each before the versions that were made of it.
func (d *Desk) Recordings(ctx context.Context) ([]Recording, error) {
	list, err := all(ctx, d, recordings)
	slices.SortFunc(list, func(a, b Recording) int { return cmp.Or(a.Started.Compare(b.Started), a.Made.Compare(b.Made)) })
	return list, err
}

// Recording returns one recording.
func (d *Desk) Recording(ctx context.Context, id testimony.RecordingID) (Recording, error) {
	return find(ctx, d, recordings, string(id))
}

func (d *Desk) recordingKey(ctx context.Context, r Recording) (blob.Key, error) {
	if !r.Erased.IsZero() {
		return blob.Key{}, ErrErased
	}
	k, err := read(ctx, d, recordingKeys, recordingPart(r.Hearing, r.Version), string(r.ID))
	var key blob.Key
	if err == nil && copy(key[:], k.Key) != len(key) {
		err = fmt.Errorf("the recording's key is damaged: %w", store.ErrDamaged)
	}
	return key, err
}

// ErrAfterReview says that an order in force keeps a public version from everyone until a judge has reviewed it.
var ErrAfterReview = fmt.Errorf("%w: an order keeps this recording until a judge has reviewed it", ErrNotAllowed)

// released refuses a public version that a late mark or an order keeps, unless a judge has released it after its review.
func (d *Desk) released(ctx context.Context, r Recording) error {
	if r.Version != protection.PublicRecord || d.May(testimony.ActDecideOrder) {
		return nil
	}
	kept, err := d.keptBack(ctx, r)
	if err != nil || !kept {
		return err
	}
	out, err := d.letOut(ctx, r)
	if err == nil && !out {
		err = ErrAfterReview
	}
	return err
}

// OpenRecording opens a recording's file for reading. The act is in the audit log before anything is read. A public version that an order keeps until it
// was reviewed opens to judges alone, and [ForPlaying] to those who review it; to others it fails with [ErrAfterReview].
func (d *Desk) OpenRecording(ctx context.Context, id testimony.RecordingID, purpose string) (Recording, *blob.Reader, error) {
	r, err := d.Recording(ctx, id)
	if err != nil {
		return r, nil, err
	}
	listens, err := d.mayListen(ctx, r, purpose)
	if err != nil {
		return r, nil, err
	}
	if !listens {
		if err := d.mayOpen(ctx, r); err != nil {
			return r, nil, err
		}
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
		h, part, err := locate(tx, hearings, string(m.Hearing))
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
		if err := minutesOf.Put(tx, part, string(m.Hearing), m); err != nil {
			return err
		}
		return hearings.Put(tx, part, string(m.Hearing), h)
	})
}
