package evidence

import (
	"context"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Form is in which form an audience gets a recording that is played to it.
type Form string

// The forms. One that is not known is nothing.
const (
	FormMaster  Form = "master"   // the sealed master, or the version of it that the edits in force ask for
	FormPublic  Form = "public"   // what the public received, or the version of that which the edits in force ask for
	FormNothing Form = "nothing"  // the matrix gives nothing
	FormUnmade  Form = "unmade"   // edits are in force, and no version that carries them out was made
	FormMissing Form = "missing"  // there is no version that holds no more than the audience may have
	FormReview  Form = "reviewed" // a judge has to review it first
)

// Forms lists the forms.
var Forms = []Form{FormMaster, FormPublic, FormNothing, FormUnmade, FormMissing, FormReview}

// Share is what one audience gets of the recordings of a hearing.
type Share struct {
	Audience protection.Audience   `json:"audience"`
	Form     Form                  `json:"form"`
	Version  testimony.RecordingID `json:"version,omitempty"` // set for FormMaster and FormPublic alone
}

// Kept is what is kept of a hearing, for [Choose].
type Kept struct {
	Recordings []docket.RecordingState  // of this hearing
	Held       protection.Access        // the most that the public version can hold of the witness
	Late       bool                     // a passage was marked when it was in the public version already
	Modes      []protection.SessionMode // of the hearing: the master holds what was said in all of them
}

// Choose says what an audience gets that has an access now, and may have of the whole hearing, its private and closed passages too, what whole says. It gives a version that
// was made for such an audience and never a filter on another one: whoever takes part and may have all of it, picture and voice in the clear, gets the master; everybody else
// the public version, if that holds no more than they may have; in both cases with the edits in force carried out. The public never gets the master: marks are in it, and what
// was said in private. On every doubt it gives nothing.
func Choose(a protection.Audience, access, whole protection.Access, k Kept) Share {
	nothing := func(f Form) Share { return Share{Audience: a, Form: f} }
	switch {
	case access.Picture == protection.NoPicture && access.Voice == protection.NoVoice, access.Release == protection.Never, !access.Connected:
		return nothing(FormNothing)
	case !a.Public() && all(access) && all(whole):
		return newest(a, FormMaster, protection.MasterRecord, k)
	case k.Late || access.Release == protection.AfterReview:
		return nothing(FormReview)
	case k.Held.Picture > access.Picture || k.Held.Voice > access.Voice:
		return nothing(FormMissing)
	}
	return newest(a, FormPublic, protection.PublicRecord, k)
}

// all reports whether an access is to picture and voice in the clear, as they are given.
func all(a protection.Access) bool {
	return a.Picture == protection.ClearPicture && a.Voice == protection.ClearVoice && a.Release == protection.Live && a.Connected
}

// newest is the version of a record with the edits in force: the record itself where there are none.
func newest(a protection.Audience, f Form, of protection.Audience, k Kept) Share {
	i := slices.IndexFunc(k.Recordings, func(s docket.RecordingState) bool { return s.Version == of && s.Own() })
	if i < 0 || !k.Recordings[i].Sealed {
		return Share{Audience: a, Form: FormMissing}
	}
	if slices.ContainsFunc(k.Recordings[i+1:], func(s docket.RecordingState) bool { return s.Version == of && s.Own() }) {
		return Share{Audience: a, Form: FormMissing} // the hearing went on in a second recording: which of them is asked for is not known here
	}
	r := k.Recordings[i]
	if r.List == 0 {
		return Share{a, f, r.ID}
	}
	for _, s := range k.Recordings {
		if s.Source == r.ID && s.Sealed && s.Edits == r.List {
			return Share{a, f, s.ID}
		}
	}
	return Share{Audience: a, Form: FormUnmade}
}

// audiences are those that a recording can be played to, in the order in which they are told.
var audiences = []protection.Audience{protection.Bench, protection.Assessors, protection.Prosecution, protection.DefenceCounsel, protection.Accused, protection.Interpreter,
	protection.Intermediary, protection.Support, protection.Coordinator, protection.Gallery, protection.Press}

// Shares says what each audience gets of the recordings of a hearing now, in a public session.
func Shares(ctx context.Context, d *docket.Desk, h testimony.Hearing, all []docket.RecordingState) ([]Share, error) {
	k, err := KeptOf(ctx, d, h, all)
	if err != nil {
		return nil, err
	}
	list, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	return SharesBy(h, list, d.Now(), protection.PublicMode, k), nil
}

// SharesBy says what each audience gets of the recordings of a hearing under orders and in a mode, in the order in which they are told.
func SharesBy(h testimony.Hearing, list []order.Order, at time.Time, mode protection.SessionMode, k Kept) []Share {
	shares := make([]Share, 0, len(audiences))
	whole := append(slices.Clone(k.Modes), mode)
	for _, a := range audiences {
		shares = append(shares, Choose(a, docket.Entitled(h, list, at, a, mode), docket.Entitled(h, list, at, a, whole...), k))
	}
	return shares
}

// KeptOf gathers what is kept of a hearing.
func KeptOf(ctx context.Context, d *docket.Desk, h testimony.Hearing, all []docket.RecordingState) (Kept, error) {
	var k Kept
	for _, s := range all {
		if s.Hearing == h.ID && s.Erased.IsZero() {
			k.Recordings = append(k.Recordings, s)
		}
	}
	events, err := d.Events(ctx, h.ID)
	if err != nil {
		return k, err
	}
	k.Late, k.Modes = slices.ContainsFunc(events, testimony.Event.Late), docket.ModesOf(h, events)
	list, err := d.Orders(ctx)
	if err != nil {
		return k, err
	}
	var public []docket.Recording
	for _, s := range k.Recordings {
		if s.Version == protection.PublicRecord && !s.Derived() {
			public = append(public, s.Recording)
		}
	}
	k.Held = docket.HeldBy(h, list, public...)
	return k, nil
}
