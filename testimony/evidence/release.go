package evidence

import (
	"context"
	"slices"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/release"
)

// Release lets a reviewed public version out, as a judge: what the review asked to have taken out is approved, the version without it is made, and that version is released.
// Whatever fails on the way, nothing has gone out.
func Release(ctx context.Context, d *docket.Desk, id testimony.RecordingID, progress func(done, total int64)) (release.Review, error) {
	if !d.May(testimony.ActDecideRelease) {
		return release.Review{}, docket.ErrNotAllowed
	}
	r, err := d.ReviewOf(ctx, id)
	if err != nil {
		return r, err
	}
	if !r.Reviewed.Taken() {
		return r, release.ErrState
	}
	if r.Request != "" {
		if err := approveAll(ctx, d, r.Request); err != nil {
			return r, err
		}
	}
	version, err := versionInForce(ctx, d, id, progress)
	if err != nil {
		return r, err
	}
	return d.ReleaseVersion(ctx, id, version)
}

// approveAll approves what of a request nobody has decided.
func approveAll(ctx context.Context, d *docket.Desk, id edit.RequestID) error {
	asked, err := d.EditRequest(ctx, id)
	if err != nil {
		return err
	}
	for _, x := range asked.Items {
		if x.State == edit.Asked {
			if _, err := d.DecideEdit(ctx, id, x.Number, edit.Approve, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// versionInForce is the version of a recording that carries out the edits in force, made now where there is none; the recording itself where no edit is.
func versionInForce(ctx context.Context, d *docket.Desk, id testimony.RecordingID, progress func(done, total int64)) (testimony.RecordingID, error) {
	list, _, err := d.EditList(ctx, id)
	if err != nil || list.Number == 0 {
		return id, err
	}
	all, err := d.Recordings(ctx)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(x docket.Recording) bool { return x.Source == id && x.Sealed && x.Edits == list.Number }); i >= 0 {
		return all[i].ID, nil
	}
	made, err := Derive(ctx, d, id, progress)
	return made.ID, err
}
