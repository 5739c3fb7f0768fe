package readiness

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"paravent/testimony"
	"paravent/testimony/schedule"
)

// Question is one of the checklist of a remote point.
type Question string

// The questions.
const (
	PrivateRoom      Question = "private_room"      // nobody hears or looks in
	SeparateEntrance Question = "separate_entrance" // nobody of the other side meets the witness
	Lighting         Question = "lighting"
	CameraSweep      Question = "camera_sweep" // the whole room was shown by the camera, and nobody else is in it
	Power            Question = "power"        // goes on when the mains fail
	Uplink           Question = "uplink"       // carries picture and sound
	IdentityPlan     Question = "identity_plan"
)

// Checklist lists the questions in the order in which a form asks them.
var Checklist = []Question{PrivateRoom, SeparateEntrance, Lighting, CameraSweep, Power, Uplink, IdentityPlan}

// Visit is a coordinator's report on a remote point, as it was found at an hour. Reports are added and never changed.
type Visit struct {
	Point   testimony.ResourceID `json:"point"`
	At      time.Time            `json:"at"`  // of the visit
	Who     string               `json:"who"` // reports: the id of a coordinator, or an office
	Good    []Question           `json:"good"`
	Present []string             `json:"present,omitempty"` // functions of those who were there, never names
	Note    string               `json:"note,omitempty"`    // never a name
	By      string               `json:"by"`                // user id, who entered it
	Entered time.Time            `json:"entered"`
}

// ErrEntry is wrapped by every [*EntryError].
var ErrEntry = errors.New("this entry cannot be kept")

// EntryError says why an entry is refused, as a word that a window has a text for.
type EntryError struct{ Why string }

// Why an entry is refused.
const (
	NotPast    = "not_past"  // a visit is reported once it was made
	Nobody     = "nobody"    // nobody of the docket or of the offices reports, set it up or looked
	Long       = "long"      // a text is too long
	NoQuestion = "question"  // it is not on the checklist
	NoStage    = "stage"     // there is no such stage
	NoItem     = "item"      // this is nothing that is checked for the hearing
	TooEarly   = "too_early" // the check of the day counts from 36 hours before, the last one from 2 hours before
	Over       = "over"      // the hearing is over
)

// Whys lists them.
var Whys = []string{NotPast, Nobody, Long, NoQuestion, NoStage, NoItem, TooEarly, Over}

var sentences = map[string]string{NotPast: "a visit is reported once it was made", Nobody: "name an office, or one of those whom the hearing takes; a coordinator or an office reports on a remote point",
	Long: "a text is too long", NoQuestion: "there is a question that is not on the checklist", NoStage: "there is no such stage: use set_up, day or half", NoItem: "this is nothing that is checked for this hearing",
	TooEarly: "it is too early for this: the check of the day counts from 36 hours before, the last one from 2 hours before", Over: "the hearing is over"}

func (e *EntryError) Error() string { return ErrEntry.Error() + ": " + sentences[e.Why] }

func (e *EntryError) Unwrap() error { return ErrEntry }

// Refuse is the refusal of an entry.
func Refuse(why string) error { return &EntryError{why} }

const maxNote = 1000

// Check reports what is wrong with a report.
func (v Visit) Check(now time.Time) error {
	switch {
	case v.At.IsZero() || v.At.After(now):
		return Refuse(NotPast)
	case strings.TrimSpace(v.Who) == "":
		return Refuse(Nobody)
	case len(v.Note) > maxNote || len(v.Present) > 20:
		return Refuse(Long)
	}
	for _, q := range v.Good {
		if !slices.Contains(Checklist, q) {
			return Refuse(NoQuestion)
		}
	}
	for _, p := range v.Present {
		if len(p) > 80 {
			return Refuse(Long)
		}
	}
	return nil
}

// Lacks are the questions that were not found in order.
func (v Visit) Lacks() []Question {
	return slices.DeleteFunc(slices.Clone(Checklist), func(q Question) bool { return slices.Contains(v.Good, q) })
}

// Link is what the schedule reads of a report.
func (v Visit) Link() schedule.LinkReport {
	return schedule.LinkReport{Tested: v.At, Good: slices.Contains(v.Good, Uplink)}
}

// report says how a remote point stands by its newest report.
func (f Facts) report(point testimony.ResourceID) (Light, Reason) {
	var last *Visit
	for _, v := range f.Visits {
		if v.Point == point && v.At.Before(f.Hearing.Start) && (last == nil || newer(v, *last)) {
			last = &v
		}
	}
	switch {
	case last == nil:
		return Red, NoReport
	case f.Hearing.Start.Sub(last.At) > visitsBefore:
		return Red, OldReport
	case len(last.Lacks()) > 0:
		return Red, BadReport
	case !f.atTheHour(point):
		return Amber, OtherHour
	}
	return Green, InPlace
}

// newer reports whether of two reports the first one counts: the later visit, what was entered later of one, and of two at one moment the worse.
func newer(a, b Visit) bool {
	return cmp.Or(a.At.Compare(b.At), a.Entered.Compare(b.Entered), len(a.Lacks())-len(b.Lacks())) > 0
}

// atTheHour reports whether the line was found good on some visit that counts, on the clock of the witness within an hour of that of the hearing.
func (f Facts) atTheHour(point testimony.ResourceID) bool {
	zone, err := time.LoadLocation(f.Hearing.WitnessZone)
	if err != nil {
		return false
	}
	clock := func(t time.Time) time.Duration {
		hour, minute, _ := t.In(zone).Clock()
		return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	}
	return slices.ContainsFunc(f.Visits, func(v Visit) bool {
		apart := (clock(v.At) - clock(f.Hearing.Start)).Abs()
		return v.Point == point && v.At.Before(f.Hearing.Start) && f.Hearing.Start.Sub(v.At) <= visitsBefore && slices.Contains(v.Good, Uplink) && min(apart, 24*time.Hour-apart) <= sameHour
	})
}

// Check reports what is wrong with an entry about an item of a board.
func (c Check) Check(h testimony.Hearing, lines []Line, now time.Time) error {
	switch {
	case !slices.Contains(Stages, c.Stage):
		return Refuse(NoStage)
	case !slices.ContainsFunc(lines, func(l Line) bool { return l.Item == c.Item && l.Checked() }):
		return Refuse(NoItem)
	case strings.TrimSpace(c.Who) == "" || len(c.Who) > 80:
		return Refuse(Nobody)
	case len(c.Note) > maxNote:
		return Refuse(Long)
	case !c.Counts(h):
		return Refuse(TooEarly)
	case now.After(h.Start.Add(h.Duration)):
		return Refuse(Over)
	}
	return nil
}

// Checked reports whether a line is one that people set up and check.
func (l Line) Checked() bool {
	switch l.Item {
	case OrderStands, Leave, Point, Prepared, Planned, Tried:
		return false
	}
	return true
}
