package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/release"
)

// ForPlaying is the purpose of [Desk.OpenRecording] by which somebody listens at the desk. It makes no copy.
const ForPlaying = "play"

var publicReleases = store.NewCollection[release.Review]("public_releases")

// ErrNoReview says that nobody has begun to review a public version.
var ErrNoReview = errors.New("the review of this public version was not begun")

// Kept is a public version that an order or a late mark keeps until it was reviewed, or that was.
type Kept struct {
	Recording Recording      `json:"recording"`
	Review    release.Review `json:"review"` // the zero one where none was begun
}

// Reviewable lists the public versions that are kept until a review, and those whose review was begun, oldest first.
func (d *Desk) Reviewable(ctx context.Context) ([]Kept, error) {
	if !d.May(testimony.ActReviewRelease) && !d.May(testimony.ActDecideRelease) {
		return nil, ErrNotAllowed
	}
	recorded, err := d.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	reviews, err := all(ctx, d, publicReleases)
	if err != nil {
		return nil, err
	}
	var list []Kept
	for _, r := range recorded {
		if r.Version != protection.PublicRecord || r.Derived() || !r.Erased.IsZero() || !r.Sealed {
			continue
		}
		k := Kept{Recording: r}
		if i := slices.IndexFunc(reviews, func(x release.Review) bool { return x.Recording == r.ID }); i >= 0 {
			k.Review = reviews[i]
		} else if kept, err := d.keptBack(ctx, r); err != nil {
			return nil, err
		} else if !kept {
			continue
		}
		list = append(list, k)
	}
	return list, nil
}

// ReviewOf returns the review of a public version, or fails with [ErrNoReview].
func (d *Desk) ReviewOf(ctx context.Context, id testimony.RecordingID) (release.Review, error) {
	r, err := find(ctx, d, publicReleases, string(id))
	if errors.Is(err, ErrNotFound) {
		err = ErrNoReview
	}
	return r, err
}

// BeginReview begins the review of a public version with every mark of its hearing. From then on those who review can listen to it at their desk.
func (d *Desk) BeginReview(ctx context.Context, id testimony.RecordingID) (release.Review, error) {
	var r release.Review
	if !d.May(testimony.ActReviewRelease) {
		return r, ErrNotAllowed
	}
	rec, err := d.Recording(ctx, id)
	switch {
	case err != nil:
		return r, err
	case rec.Derived() || rec.Version != protection.PublicRecord:
		return r, fmt.Errorf("%w: only the public version of a hearing is reviewed", ErrInvalid)
	case !rec.Erased.IsZero():
		return r, ErrErased
	case !rec.Sealed:
		return r, fmt.Errorf("%w: the recording was not closed in good order", ErrInvalid)
	}
	if r, err = d.beginning(ctx, rec); err != nil {
		return r, err
	}
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(id))
		if err != nil {
			return notFound(err)
		}
		if _, err := publicReleases.Get(tx, part, string(id)); !errors.Is(err, store.ErrNotFound) {
			return cmp.Or(err, error(release.ErrState))
		}
		tx.Log("release.begun", releaseDetails(r))
		return publicReleases.Put(tx, part, string(id), r)
	})
}

// beginning is the review of a public version as it would begin now: with every mark, and every passage that an order expunges, then or now.
func (d *Desk) beginning(ctx context.Context, rec Recording) (release.Review, error) {
	events, h, people, list, err := d.around(ctx, rec)
	if err != nil {
		return release.Review{}, err
	}
	var ordered []order.Passage
	for _, p := range people {
		for _, at := range []time.Time{rec.Started, d.Now()} {
			for _, o := range order.Applying(list, h.Case, p, at) {
				for _, m := range o.Measures {
					for _, x := range m.Passages {
						if !slices.Contains(ordered, x) {
							ordered = append(ordered, x)
						}
					}
				}
			}
		}
	}
	return release.Begin(rec.ID, rec.Hearing, rec.Started, rec.Duration, events, ordered, d.tookStep()), nil
}

// around is what a public version is kept back by: the events of its hearing, and the orders that concern the protected parties of its case. A question put to one of them can name another.
func (d *Desk) around(ctx context.Context, r Recording) (events []testimony.Event, h testimony.Hearing, people []protection.PartyID, list []order.Order, err error) {
	if h, err = find(ctx, d, hearings, string(r.Hearing)); err != nil {
		return
	}
	if events, err = d.Events(ctx, r.Hearing); err != nil {
		return
	}
	if people, err = d.othersIn(ctx, h.Case, h.Party); err != nil {
		return
	}
	people = append(people, h.Party)
	list, err = d.Orders(ctx)
	return
}

// keptBack reports whether a late mark or an order keeps a public version until it was reviewed, as it stood when the recording was begun or as it stands now.
func (d *Desk) keptBack(ctx context.Context, r Recording) (bool, error) {
	events, h, people, list, err := d.around(ctx, r)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(events, testimony.Event.Late) {
		return true, nil // the passage is in the file: whoever marked it late could not take it out
	}
	for _, p := range people {
		for _, at := range []time.Time{r.Started, d.Now()} {
			if _, kept := policy.Review(policy.Input{Party: p, Case: h.Case, Orders: list, At: at}); kept {
				return true, nil
			}
		}
	}
	return false, nil
}

func (d *Desk) tookStep() release.Act {
	return release.Act{By: string(d.Me().ID), At: d.Now().UTC().Truncate(time.Second)}
}

func releaseDetails(r release.Review, pairs ...string) map[string]string {
	details := map[string]string{"recording": string(r.Recording), "hearing": string(r.Hearing)}
	for i := 0; i+1 < len(pairs); i += 2 {
		details[pairs[i]] = pairs[i+1]
	}
	return details
}

// changeReview takes a step of a review and logs it in the same transaction.
func (d *Desk) changeReview(ctx context.Context, id testimony.RecordingID, act testimony.Act, action string, step func(release.Review) (release.Review, []string, error)) (release.Review, error) {
	var next release.Review
	if !d.May(act) {
		return next, ErrNotAllowed
	}
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		now, part, err := locate(tx, publicReleases, string(id))
		if errors.Is(err, store.ErrNotFound) {
			return ErrNoReview
		}
		if err != nil {
			return err
		}
		var details []string
		if next, details, err = step(now); err != nil {
			return err
		}
		tx.Log(action, releaseDetails(next, details...))
		return publicReleases.Put(tx, part, string(id), next)
	})
	return next, err
}

// AddPassage adds a passage that is to be kept from the public.
func (d *Desk) AddPassage(ctx context.Context, id testimony.RecordingID, from, until time.Duration) (release.Review, error) {
	return d.changeReview(ctx, id, testimony.ActReviewRelease, "release.marked", func(r release.Review) (release.Review, []string, error) {
		r, err := r.Add(from, until)
		return r, []string{"item", strconv.Itoa(len(r.Passages))}, err
	})
}

// WidenPassage makes a passage larger; it has to be confirmed again.
func (d *Desk) WidenPassage(ctx context.Context, id testimony.RecordingID, number int, from, until time.Duration) (release.Review, error) {
	return d.changeReview(ctx, id, testimony.ActReviewRelease, "release.widened", func(r release.Review) (release.Review, []string, error) {
		r, err := r.Widen(number, from, until)
		return r, []string{"item", strconv.Itoa(number)}, err
	})
}

// ConfirmPassage says that a passage is right as it stands.
func (d *Desk) ConfirmPassage(ctx context.Context, id testimony.RecordingID, number int) (release.Review, error) {
	return d.changeReview(ctx, id, testimony.ActReviewRelease, "release.confirmed", func(r release.Review) (release.Review, []string, error) {
		r, err := r.Confirm(number, d.tookStep())
		return r, []string{"item", strconv.Itoa(number)}, err
	})
}

// FinishReview ends a review of which every passage is confirmed. What is in the public version and has to go is asked for as an edit, which the judge decides with
// the release.
func (d *Desk) FinishReview(ctx context.Context, id testimony.RecordingID) (release.Review, error) {
	if !d.May(testimony.ActReviewRelease) {
		return release.Review{}, ErrNotAllowed
	}
	before, err := d.ReviewOf(ctx, id)
	if err != nil {
		return before, err
	}
	if _, err := before.Finish("to be asked", d.tookStep()); err != nil {
		return before, err
	}
	var request edit.RequestID
	if toCut := before.ToCut(); len(toCut) > 0 {
		asked := edit.Request{Recording: id, Stance: edit.Opposed, Opposes: "The parties were not asked: it is for the review before the release."}
		for _, p := range toCut {
			asked.Items = append(asked.Items, edit.Item{Reason: "Kept from the public by the review.",
				Passage: edit.Passage{Kind: edit.Mask, Channels: edit.Both, From: p.From, Until: p.Until}})
		}
		if asked, err = d.AskEdit(ctx, asked); err != nil {
			return before, err
		}
		request = asked.ID
	}
	return d.changeReview(ctx, id, testimony.ActReviewRelease, "release.reviewed", func(r release.Review) (release.Review, []string, error) {
		if !slices.Equal(r.Passages, before.Passages) {
			return r, nil, ErrChanged // what was asked for is not what is confirmed now
		}
		r, err := r.Finish(request, d.tookStep())
		return r, []string{"items", strconv.Itoa(len(r.Passages))}, err
	})
}

// RefuseRelease sends a review back, with reasons. Only a judge does.
func (d *Desk) RefuseRelease(ctx context.Context, id testimony.RecordingID, reasons string) (release.Review, error) {
	return d.changeReview(ctx, id, testimony.ActDecideRelease, "release.refused", func(r release.Review) (release.Review, []string, error) {
		r, err := r.Refuse(reasons, d.tookStep())
		return r, nil, err
	})
}

// ReleaseVersion lets a public version out: the recording itself, where no edit of it is in force, or the version that carries out all those that are. Only a
// judge does, who did not review. Everybody who may have a public version can open it from then on.
func (d *Desk) ReleaseVersion(ctx context.Context, id, version testimony.RecordingID) (release.Review, error) {
	v, err := d.Recording(ctx, version)
	if err != nil {
		return release.Review{}, err
	}
	list, _, err := d.EditList(ctx, id)
	if err != nil {
		return release.Review{}, err
	}
	rec, err := d.Recording(ctx, id)
	if err != nil {
		return release.Review{}, err
	}
	again, err := d.beginning(ctx, rec)
	if err != nil {
		return again, err
	}
	events, _, _, orders, err := d.around(ctx, rec)
	if err != nil {
		return again, err
	}
	itself := version == id && list.Number == 0
	if !v.Sealed || !itself && (v.Source != id || v.Edits != list.Number) {
		return release.Review{}, release.ErrUncut
	}
	return d.changeReview(ctx, id, testimony.ActDecideRelease, "release.released", func(r release.Review) (release.Review, []string, error) {
		r, err := r.Release(version, edit.Take(list.Items), again, release.Look(orders, events), d.tookStep())
		return r, []string{"version", string(version)}, err
	})
}

// letOut reports whether a judge has released this very version, and no order that was made or changed afterwards keeps it.
func (d *Desk) letOut(ctx context.Context, r Recording) (bool, error) {
	of := r.ID
	if r.Derived() {
		of = r.Source
	}
	review, err := d.ReviewOf(ctx, of)
	if errors.Is(err, ErrNoReview) {
		return false, nil
	}
	if err != nil || review.Outcome != release.Released || review.Version != r.ID {
		return false, err
	}
	events, h, people, list, err := d.around(ctx, r)
	if err != nil || release.Look(list, events).Late != review.Before.Late {
		return false, err
	}
	later := review.Before.Changed(list)
	for _, p := range people {
		if _, kept := policy.Review(policy.Input{Party: p, Case: h.Case, Orders: later, At: d.Now()}); kept {
			return false, nil
		}
	}
	return true, nil
}

// mayListen reports whether a public version that is kept back can be listened to at this desk: whoever reviews has to hear it.
func (d *Desk) mayListen(ctx context.Context, r Recording, purpose string) (bool, error) {
	if purpose != ForPlaying || r.Version != protection.PublicRecord || r.Derived() || !d.May(testimony.ActReviewRelease) {
		return false, nil
	}
	review, err := d.ReviewOf(ctx, r.ID)
	if errors.Is(err, ErrNoReview) {
		return false, nil
	}
	return err == nil && !review.Reviewed.Taken() && review.Outcome != release.Released, err
}
