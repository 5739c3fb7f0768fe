// Package evidence treats sealed recordings as evidence: what there is, whether it is intact, a copy that
// plays, and versions with passages cut or masked.
//
// It reads recordings and never changes one. The type to start from is [Verdict], what a check of a recording found.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"paravent/media/record"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
	"paravent/testimony/redaction"
)

// Verdict is what the check of one recording found.
type Verdict struct {
	Recording docket.Recording `json:"recording"`
	Intact    bool             `json:"intact"`    // every chunk opens and the end is there
	Torn      bool             `json:"torn"`      // the recording stops without an end: the program or the machine stopped
	FirstBad  int              `json:"first_bad"` // number of the first chunk that was altered, counted from 0; -1 for none
	Chunks    int              `json:"chunks"`
	Bytes     int64            `json:"bytes"`
	Length    time.Duration    `json:"length"` // what can be played

	// Of a version that was made of a recording, and that this user can open: what its manifest shows, and the number of the newest list of edits.
	Version *redaction.Report `json:"version,omitempty"`
	Newest  int               `json:"newest_edits,omitempty"`
}

// Stale reports whether edits were decided after a version was made.
func (v Verdict) Stale() bool { return v.Version != nil && v.Recording.Edits < v.Newest }

// Cut reports whether the file ends too early although the recording was closed in good order: nobody's accident.
func (v Verdict) Cut() bool { return v.Torn && v.Recording.Sealed }

// Sound reports whether nothing in the recording was altered: a torn recording is sound up to where it stops.
func (v Verdict) Sound() bool {
	return v.FirstBad < 0 && (v.Intact || v.Torn) && !v.Cut() && (v.Version == nil || v.Version.Sound())
}

// Words says the verdict in one sentence.
func (v Verdict) Words() string {
	switch {
	case v.FirstBad >= 0:
		return fmt.Sprintf("Not intact: chunk %d of %d is the first that was altered or is unreadable.", v.FirstBad+1, max(v.Recording.Chunks, v.FirstBad+1))
	case v.Version != nil && v.Version.Fault != nil:
		return fmt.Sprintf("Not what was ordered: %s.", v.Version.Fault)
	case v.Stale():
		return fmt.Sprintf("Intact, and older than the edits in force: it carries out list %d of %d.", v.Recording.Edits, v.Newest)
	case v.Version != nil:
		return fmt.Sprintf("Intact: %s, the sealed recording less what list %d orders.", v.Length.Round(time.Second), v.Recording.Edits)
	case v.Intact:
		return fmt.Sprintf("Intact: %d chunks, %s.", v.Chunks, v.Length.Round(time.Second))
	case v.Cut():
		return fmt.Sprintf("Not intact: the file ends after chunk %d of %d, though the recording was sealed whole.", v.Chunks, v.Recording.Chunks)
	case v.Torn:
		return fmt.Sprintf("Torn: the recording stops after %s without an end; its %d chunks up to there are intact.", v.Length.Round(100*time.Millisecond), v.Chunks)
	}
	return "Not intact."
}

// Verify checks every chunk of a recording and measures what can be played. What it found is in the audit log, and so in the chain of custody, before
// it answers; a check that could not be made (no access, erased, stopped half-way) leaves no entry, since it found nothing.
func Verify(ctx context.Context, d *docket.Desk, id testimony.RecordingID, progress func(done, total int64)) (Verdict, error) {
	v, err := verify(ctx, d, id, progress)
	found, made := v.found(err)
	if !made {
		return v, err
	}
	return v, errors.Join(err, d.KeepFound(ctx, id, found))
}

// found says what a check that ended with err found, and false for one that was not made to its end.
func (v Verdict) found(err error) (notice.Found, bool) {
	found, made := docket.FoundBy(v.Recording, blob.Report{Intact: v.Intact, Torn: v.Torn, FirstBad: v.FirstBad}, err)
	if made && v.Version != nil && !v.Version.Sound() {
		found = notice.Altered
	}
	return found, made
}

func verify(ctx context.Context, d *docket.Desk, id testimony.RecordingID, progress func(done, total int64)) (Verdict, error) {
	r, report, err := d.VerifyRecording(ctx, id, progress)
	v := Verdict{Recording: r, Intact: report.Intact, Torn: report.Torn, FirstBad: report.FirstBad, Chunks: report.Chunks, Bytes: report.Size, Length: r.Duration}
	if err != nil || v.FirstBad >= 0 {
		return v, err
	}
	_, reader, err := d.OpenRecording(ctx, id, "check")
	if errors.Is(err, docket.ErrNotAllowed) {
		return v, nil // the chunks were checked; the length is for those who may open it
	}
	if err != nil {
		return v, err
	}
	stats, err := record.Inspect(reader, reader.Size())
	if err == nil && stats.Duration > 0 {
		v.Length = stats.Duration
	}
	if err == nil && r.Derived() && !v.Torn {
		err = verifyVersion(ctx, d, &v, reader)
	}
	if err != nil && v.Torn {
		err = nil // torn before the first picture: nothing to play
	}
	return v, errors.Join(err, reader.Close())
}

// Export writes a copy that can be searched and played by any player that knows WebM. The act is in the audit log first.
// Of a torn recording it writes what is whole.
func Export(ctx context.Context, d *docket.Desk, id testimony.RecordingID, dst io.WriteSeeker) (record.Stats, error) {
	r, reader, err := d.OpenRecording(ctx, id, "export")
	if err != nil {
		return record.Stats{}, err
	}
	if r.Derived() {
		stats, err := record.Inspect(reader, reader.Size())
		return stats, errors.Join(err, exportVersion(dst, reader), reader.Close())
	}
	stats, err := record.Export(dst, reader, reader.Size())
	return stats, errors.Join(err, reader.Close())
}

var _ io.ReaderAt = (*blob.Reader)(nil)
