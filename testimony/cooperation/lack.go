package cooperation

import (
	"slices"
	"time"

	"paravent/testimony"
	"paravent/testimony/schedule"
)

// Want is what a hearing lacks of a State's permission.
type Want string

// The wants, the one that says most first.
const (
	WantsPlace     Want = "place"     // nobody has said from which country the witness testifies
	WantsRecording Want = "recording" // it is given, and forbids to record; a session is always recorded
	WantsTime      Want = "time"      // it is given for other days
	WantsPoint     Want = "point"     // it is given for another remote point
	WantsConsent   Want = "consent"   // it was refused
	WantsAnswer    Want = "answer"    // it was asked for and not given yet
	WantsRequest   Want = "request"   // nobody has asked that State, for this hearing
)

// Wants lists them.
var Wants = []Want{WantsPlace, WantsRecording, WantsTime, WantsPoint, WantsConsent, WantsAnswer, WantsRequest}

// Lack is one permission that a hearing lacks.
type Lack struct {
	Country string               `json:"country,omitempty"`
	Point   testimony.ResourceID `json:"point,omitempty"`
	Want    Want                 `json:"want"`
	Request ID                   `json:"request,omitempty"` // the one that comes nearest
}

// same reports whether two lacks are of one kind at one place: a decision about one is about the other.
func (l Lack) same(o Lack) bool {
	return l.Country == o.Country && l.Point == o.Point && l.Want == o.Want
}

// aheadOfTime is how long before its beginning a courtroom is opened for the hearing itself. One that is opened earlier needs the permission at that moment.
const aheadOfTime = 12 * time.Hour

// Lacks says what a hearing lacks of other States' permissions when its courtroom is opened at a moment: nothing where the witness is in the court's country, or
// every State on whose territory the witness is has agreed, for that time and without forbidding that it is recorded. The index is of the docket as it is, and the
// requests are those of the vault.
func Lacks(x *schedule.Index, h testimony.Hearing, requests []Request, now time.Time) []Lack {
	b := schedule.Of(h)
	from, to := b.Start, b.End()
	if now.After(to) {
		to = now
	}
	if now.Before(from.Add(-aheadOfTime)) {
		from = now
	}
	var list []Lack
	for _, at := range x.Abroad(b) {
		if l, lacks := lackAt(b, at, requests, from, to); lacks {
			list = append(list, l)
		}
	}
	return list
}

// lackAt looks for a permission that covers a hearing at a place, and says what the nearest one lacks.
func lackAt(b schedule.Booking, at schedule.Place, requests []Request, from, to time.Time) (Lack, bool) {
	l := Lack{Country: at.Country, Point: at.Point, Want: WantsRequest}
	if at.Country == "" {
		l.Want = WantsPlace
		return l, true
	}
	for _, r := range requests {
		p, stands := r.Permit()
		if !stands || r.Party != b.Party || r.Country != at.Country || r.Case != b.Case || (r.Hearing != "" && r.Hearing != b.Hearing) {
			continue
		}
		want := WantsAnswer
		a, answered := r.Last()
		switch {
		case p.Covers(b, at, from, to):
			if a.Conditions.Recording != MayNotRecord {
				return Lack{}, false
			}
			want = WantsRecording
		case p.Granted && p.Point != "" && p.Point != at.Point:
			want = WantsPoint
		case p.Granted:
			want = WantsTime
		case answered && a.Verdict == Refused:
			want = WantsConsent
		}
		if slices.Index(Wants, want) < slices.Index(Wants, l.Want) {
			l.Want, l.Request = want, r.ID
		}
	}
	return l, true
}

// Decision is a judge's decision to hear a witness although a State's permission is lacking. It is about what was lacking then, on the day for which the hearing was
// planned then: what is lacking otherwise, or another day, takes another decision.
type Decision struct {
	Hearing testimony.HearingID `json:"hearing"`
	Start   time.Time           `json:"start"` // for which the hearing was planned
	Lacks   []Lack              `json:"lacks"`
	Reason  string              `json:"reason"`
	By      string              `json:"by"` // user id, of a judge
	At      time.Time           `json:"at"`
}

// Check reports what is wrong with a decision.
func (d Decision) Check() error { return line("reason", d.Reason, maxText, true) }

// Covers reports whether the decision is about all that a hearing lacks.
func (d Decision) Covers(h testimony.Hearing, lacks []Lack) bool {
	if d.Hearing != h.ID || !d.Start.Equal(h.Start) {
		return false
	}
	return !slices.ContainsFunc(lacks, func(l Lack) bool { return !slices.ContainsFunc(d.Lacks, l.same) })
}

// InForce are the conditions of the permissions by which a hearing is held, one for each place abroad that has one.
func InForce(x *schedule.Index, h testimony.Hearing, requests []Request) []Request {
	b := schedule.Of(h)
	var list []Request
	for _, at := range x.Abroad(b) {
		for _, r := range requests {
			if p, stands := r.Permit(); stands && r.Party == h.Party && p.Covers(b, at, b.Start, b.End()) {
				list = append(list, r)
				break
			}
		}
	}
	return list
}
