// Package copies holds the rules by which somebody is given a copy of a recording to take away: who may have one, who approves it, until when, and what
// became of it.
//
// Everything here is pure: time comes in as an argument. The type to start from is [Copy].
package copies

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/testimony"
)

// The longest time for which a copy can be given, and the longest purpose and note in bytes.
const (
	LongestWindow = 366 * 24 * time.Hour
	longestText   = 500
)

// LastSecond is the end of a day until which a copy is given.
func LastSecond(day time.Time) time.Time { return day.AddDate(0, 0, 1).Add(-time.Second) }

// Recipient is who gets a copy: a seat of the hearing or an official of the court, by what they are and never by what a protected person is called.
type Recipient struct {
	Seat  testimony.ParticipantID `json:"seat,omitempty"`
	User  string                  `json:"user,omitempty"` // opaque id of an official
	Role  string                  `json:"role"`           // of the seat, or the official's office
	Label string                  `json:"label"`          // as the roster or the directory has it
}

// Check refuses who is given no copy at all, whatever the orders say.
func (r Recipient) Check() error {
	role := testimony.Role(r.Role)
	switch {
	case (r.Seat == "") == (r.User == ""):
		return refuse("it is for one seat of the hearing or for one official")
	case r.Seat != "" && (role == testimony.RoleWitness || role.Listens() || !role.Valid()):
		return refuse("witnesses, the gallery and the press are given no copy")
	case r.User != "" && r.Role == testimony.Auditor:
		return refuse("an auditor is given no copy")
	}
	return nil
}

func refuse(why string) error { return fmt.Errorf("%w: %s", ErrTerms, why) }

// Terms are what is asked for. They never change: those who approve sign every word of them.
type Terms struct {
	ID        identity.RequestID    `json:"id"`
	Recording testimony.RecordingID `json:"recording"` // or a version that was made of it
	Of        testimony.RecordingID `json:"of"`        // the recording itself, whose copies are numbered together
	Hearing   testimony.HearingID   `json:"hearing"`
	Case      protection.CaseID     `json:"case"`
	Number    int                   `json:"number"`    // from 1, as it stands on the picture
	FileRoot  []byte                `json:"file_root"` // of the sealed file that is copied
	Held      protection.Access     `json:"held"`      // the most that it holds of the witness
	Requester string                `json:"requester"` // opaque id
	To        Recipient             `json:"to"`
	Purpose   string                `json:"purpose"`
	Asked     time.Time             `json:"asked"`
	Until     time.Time             `json:"until"` // the last second of the last day
}

// Clear reports whether the copy shows the witness as they are, so that one college alone can't give it.
func (t Terms) Clear() bool { return t.Held.Picture == protection.ClearPicture }

// Statement is what those who approve sign. The purpose stands in it as its SHA-256: people write names into purposes, and a statement leaves the vault.
func (t Terms) Statement() []byte {
	t.Purpose = identity.Digest(t.Purpose)
	return identity.StatementOf("copy of a recording", t)
}

// What a caller decides by. Steps by the wrong person fail with the errors of the two-college ceremony: [identity.ErrOwn], [identity.ErrNotCollege],
// [identity.ErrSameCollege], [identity.ErrConflict], [identity.ErrNotPending].
var (
	ErrTerms   = errors.New("this copy can't be asked for")
	ErrMatrix  = errors.New("an order in force gives this person less than the copy would show")
	ErrJudge   = errors.New("only a judge approves this copy")
	ErrNotOpen = errors.New("this copy is not approved, has expired, or was made already")
	ErrNotOut  = errors.New("this copy is not out")
)

// Check refuses terms that can't be asked for. at is the time of asking and allowed is what the orders in force give the recipient.
func (t Terms) Check(at time.Time, allowed protection.Access) error {
	if err := t.To.Check(); err != nil {
		return err
	}
	switch {
	case t.Recording == "" || t.Of == "" || t.Hearing == "" || t.Case == "" || t.Requester == "" || t.Number < 1 || len(t.FileRoot) == 0:
		return refuse("the recording, its hearing and its case must be named")
	case strings.TrimSpace(t.Purpose) == "" || len(t.Purpose) > longestText:
		return refuse("the purpose is missing or too long")
	case !t.Until.After(at):
		return refuse("it would end before it begins")
	case t.Until.After(at.Add(LongestWindow)):
		return refuse(fmt.Sprintf("it can be given for %d days at most", int(LongestWindow.Hours()/24)))
	}
	return t.Within(allowed)
}

// Within refuses a copy that holds more than its recipient may have.
func (t Terms) Within(allowed protection.Access) error {
	if !allowed.Connected || allowed.Release <= protection.AfterReview || t.Held.Picture > allowed.Picture || t.Held.Voice > allowed.Voice {
		return ErrMatrix
	}
	return nil
}

// Made is how a copy was made.
type Made struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	SHA256 []byte    `json:"sha256"` // of the file
	Bytes  int64     `json:"bytes"`
}

// End is what became of a copy that was out.
type End struct {
	Kind Ending    `json:"kind"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note"` // how it is known
}

// Ending is a kind of end.
type Ending string

// The endings. A copy that is destroyed somewhere else is as good as what its recipient declared.
const (
	Returned  Ending = "returned"
	Destroyed Ending = "destroyed"
)

// Endings lists them.
var Endings = []Ending{Returned, Destroyed}

// Copy is a copy of a recording, from the asking to its end.
type Copy struct {
	Terms
	Consents  []identity.Consent `json:"consents,omitempty"`
	Refused   *identity.Decision `json:"refused,omitempty"`
	Withdrawn *identity.Decision `json:"withdrawn,omitempty"`
	Begun     time.Time          `json:"begun,omitzero"` // somebody began to write it
	Made      *Made              `json:"made,omitempty"`
	Ended     *End               `json:"ended,omitempty"`
}

// State is where a copy stands.
type State string

// The states.
const (
	Asked     State = "asked"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Expired   State = "expired" // before it was made
	Out       State = "out"
	Overdue   State = "overdue" // out after its date
	Over      State = "over"    // returned or destroyed
)

// States lists them.
var States = []State{Asked, Approved, Refused, Withdrawn, Expired, Out, Overdue, Over}

// State returns where the copy stands at a moment.
func (c Copy) State(at time.Time) State {
	switch {
	case c.Ended != nil:
		return Over
	case c.Made != nil && at.After(c.Until):
		return Overdue
	case c.Made != nil:
		return Out
	case c.Withdrawn != nil:
		return Withdrawn
	case c.Refused != nil:
		return Refused
	case at.After(c.Until):
		return Expired
	case c.approved():
		return Approved
	}
	return Asked
}

// IsOut reports whether the copy is with its recipient, whether its date is over or not.
func (c Copy) IsOut(at time.Time) bool {
	state := c.State(at)
	return state == Out || state == Overdue
}

// Step is something that somebody can do about a copy that was asked for.
type Step string

// The steps.
const (
	Approve  Step = "approve"
	Refuse   Step = "refuse"
	Withdraw Step = "withdraw"
	Make     Step = "make"
	NoteEnd  Step = "end" // it came back or was destroyed
)

// Steps lists them.
var Steps = []Step{Approve, Refuse, Withdraw, Make, NoteEnd}

// Takes are the colleges whose approval the copy takes: the bench, and for a clear picture the court's as well.
func (c Copy) Takes() []identity.College {
	if c.Clear() {
		return []identity.College{identity.Court, identity.Bench}
	}
	return []identity.College{identity.Bench}
}

// approved reports whether all have approved whose approval it takes.
func (c Copy) approved() bool {
	return !slices.ContainsFunc(c.Takes(), func(x identity.College) bool { return !c.consented(x) })
}

func (c Copy) consented(college identity.College) bool {
	return slices.ContainsFunc(c.Consents, func(x identity.Consent) bool { return x.College == college })
}

// MayApprove refuses an official who may not approve: whoever asked or is to have it, a second one of a college, anyone of none, the court's college where the judge
// decides alone, and anyone with a conflict of interest in the case. A conflict of whoever asked or is to have it bars everyone.
func (c Copy) MayApprove(who, requester, recipient identity.Official, at time.Time, conflicts []identity.Conflict) error {
	switch {
	case c.State(at) != Asked:
		return identity.ErrNotPending
	case who.ID == c.Requester || who.ID == c.To.User:
		return identity.ErrOwn
	case who.College != identity.Court && who.College != identity.Bench:
		return identity.ErrNotCollege
	case !c.Clear() && who.College != identity.Bench:
		return ErrJudge
	case c.consented(who.College):
		return identity.ErrSameCollege
	}
	for _, o := range []identity.Official{who, requester, recipient} {
		if identity.Barred(o, c.Case, conflicts) {
			return identity.ErrConflict
		}
	}
	return nil
}

// MayRefuse refuses whoever may not refuse a copy that is not made yet: anyone of no college. Whoever asked withdraws.
func (c Copy) MayRefuse(who identity.Official, at time.Time) error {
	switch state := c.State(at); {
	case state != Asked && state != Approved:
		return identity.ErrNotPending
	case who.ID != c.Requester && who.College != identity.Court && who.College != identity.Bench:
		return identity.ErrNotCollege
	}
	return nil
}

// MayMake refuses to make a copy that is not approved, whose date is over or that was made, one that holds more than its recipient may have by now, and anyone with a
// conflict of interest.
func (c Copy) MayMake(who identity.Official, at time.Time, allowed protection.Access, conflicts []identity.Conflict) error {
	switch {
	case c.State(at) != Approved:
		return ErrNotOpen
	case identity.Barred(who, c.Case, conflicts):
		return identity.ErrConflict
	}
	return c.Within(allowed)
}

// End notes what became of a copy that is out.
func (c Copy) End(e End) (Copy, error) {
	e.Note = strings.TrimSpace(e.Note)
	switch {
	case !c.IsOut(e.At):
		return c, ErrNotOut
	case !slices.Contains(Endings, e.Kind) || e.Note == "" || len(e.Note) > longestText:
		return c, identity.ErrReason
	}
	c.Ended = &e
	return c, nil
}
