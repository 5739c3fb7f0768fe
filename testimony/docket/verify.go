package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony/notice"
)

// Report is what [Desk.Verify] found. Faults of recordings stand among the others, with the place "recording".
type Report struct {
	store.Report
	Recordings       int // whose every chunk was opened
	RecordingsSealed int // to others: their chunks are those that were sealed, and were not opened
}

// Places of faults beside the vault's own.
const (
	recordingPlace = "recording"
	exhibitPlace   = "exhibit"
)

// Verify checks every record, every manifest, the audit log, every recording and every exhibit, as far as this user can read them. progress, if not
// nil, is told how many of how many records, entries and chunks are done. What is wrong stands in the report; the error is for a
// check that couldn't run to its end.
func (d *Desk) Verify(ctx context.Context, progress func(done, total int)) (Report, error) {
	var r Report
	list, err := d.Recordings(ctx)
	if err != nil && !errors.Is(err, store.ErrNoAccess) && !errors.Is(err, store.ErrDamaged) {
		return r, err
	}
	handed, err := all(ctx, d, exhibits)
	if err != nil && !errors.Is(err, store.ErrNoAccess) && !errors.Is(err, store.ErrDamaged) {
		return r, err
	}
	chunks, base := 0, 0
	for _, x := range list {
		chunks += x.Chunks
	}
	for _, x := range handed {
		chunks += x.Chunks
	}
	r.Report, err = d.vault.Verify(ctx, func(done, total int) {
		base = total
		if progress != nil {
			progress(done, total+chunks)
		}
	})
	if err != nil {
		return r, err
	}
	if r.Sound() {
		if err := d.vault.VerifyAudit(ctx); err != nil && ctx.Err() != nil {
			return r, err
		} else if err != nil {
			r.Faults = append(r.Faults, store.Fault{Place: "audit", Problem: err.Error()})
		}
	}
	done := base
	for _, x := range list {
		err := d.verifyFile(ctx, x, &r, func(chunk int) {
			if progress != nil {
				progress(min(done+chunk, base+chunks), base+chunks)
			}
		})
		if err != nil {
			return r, err
		}
		done += x.Chunks
	}
	for _, x := range handed {
		found, err := d.exhibitFound(ctx, x, nil)
		if err != nil {
			return r, err
		}
		if found != notice.Intact && found != notice.Erased {
			r.Faults = append(r.Faults, store.Fault{Place: exhibitPlace, Problem: string(x.ID) + ": its file is missing, or is not the one that was sealed"})
		}
		if done += x.Chunks; progress != nil {
			progress(min(done, base+chunks), base+chunks)
		}
	}
	if progress != nil {
		progress(base+chunks, base+chunks)
	}
	return r, nil
}

// verifyFile checks one recording and counts it. Of one that is sealed to others, everything but its plaintext can be checked: its chunks
// are those whose root was noted.
func (d *Desk) verifyFile(ctx context.Context, x Recording, r *Report, progress func(chunk int)) error {
	if !x.Erased.IsZero() {
		return nil
	}
	share := func(done, total int64) { progress(int(int64(x.Chunks) * done / max(total, 1))) }
	_, report, err := d.VerifyRecording(ctx, x.ID, share)
	sealed := errors.Is(err, store.ErrNoAccess)
	if sealed {
		report, err = d.verifySealed(ctx, x, share)
	}
	if found, made := FoundBy(x, report, err); made && (x.Sealed || !sealed) {
		r.keep(d.KeepFound(ctx, x.ID, found), x)
	}
	switch {
	case err == nil && x.Sealed && report.Torn:
		err = errors.New("its end is missing")
	case err == nil && (x.Sealed && !report.Intact || report.FirstBad >= 0):
		err = fmt.Errorf("chunk %d was changed", report.FirstBad)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil && sealed:
		r.RecordingsSealed++
	case err == nil:
		r.Recordings++
	case errors.Is(err, fs.ErrNotExist):
		r.Faults = append(r.Faults, store.Fault{Place: recordingPlace, Problem: string(x.ID) + ": its file is missing"})
	default:
		r.Faults = append(r.Faults, store.Fault{Place: recordingPlace, Problem: string(x.ID) + ": " + err.Error()})
	}
	return nil
}

// verifySealed checks what can be without a recording's key: that its chunks are those whose root was noted, or, where it was not closed, that it is there.
func (d *Desk) verifySealed(ctx context.Context, x Recording, progress func(done, total int64)) (blob.Report, error) {
	same := blob.Report{Intact: true, FirstBad: -1}
	if !x.Sealed {
		_, err := os.Stat(d.blobPath(x.ID))
		return same, err
	}
	sum, err := blob.Root(ctx, d.blobPath(x.ID), progress)
	if err == nil && string(sum.Root[:]) != string(x.Root) {
		err = ErrRootDiffers
	}
	return same, err
}

// keep takes in how keeping a finding went. A vault that can only be read here, such as a copy, keeps none.
func (r *Report) keep(err error, x Recording) {
	onlyRead := errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrRolledBack) || errors.Is(err, store.ErrDeparted)
	if err != nil && !onlyRead {
		r.Faults = append(r.Faults, store.Fault{Place: recordingPlace, Problem: string(x.ID) + ": what was found of it could not be written: " + err.Error()})
	}
}

func fileSize(path string) int64 {
	stat, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return stat.Size()
}
