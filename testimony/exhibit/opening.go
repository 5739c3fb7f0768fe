package exhibit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
)

// The longest time for which a sealed exhibit can be opened, and the longest reason in bytes.
const (
	LongestOpening = 24 * time.Hour
	longestText    = 500
)

// OpeningTerms are what the opening of a sealed exhibit is asked for: by whom, of what file, why, until when. They never change: whoever approves signs every word of
// them.
type OpeningTerms struct {
	ID        identity.RequestID `json:"id"`
	Exhibit   ID                 `json:"exhibit"`
	Case      protection.CaseID  `json:"case"`
	Root      []byte             `json:"root"`      // of the sealed file
	Requester string             `json:"requester"` // opaque id; nobody else opens it by this
	Reason    string             `json:"reason"`
	Asked     time.Time          `json:"asked"`
	Until     time.Time          `json:"until"`
}

// Statement is what the one who approves signs. The reason stands in it as its SHA-256: it stays in the vault.
func (t OpeningTerms) Statement() []byte {
	t.Reason = identity.Digest(t.Reason)
	return identity.StatementOf("open a sealed exhibit", t)
}

// What a caller decides by. Steps by the wrong person fail with the errors of the two-college ceremony as well: [identity.ErrOwn], [identity.ErrNotCollege],
// [identity.ErrConflict], [identity.ErrNotPending].
var (
	ErrOpening   = errors.New("this opening can't be asked for")
	ErrNotSealed = errors.New("only a sealed exhibit takes a request to be opened")
	ErrAsked     = errors.New("this user has asked already that this exhibit be opened")
	ErrCollege   = errors.New("somebody of the other college than whoever asked approves an opening")
	ErrTwo       = errors.New("a sealed exhibit is opened by one who asked, once somebody of the other college has approved")
)

// Check refuses terms that can't be asked for. at is the time of asking.
func (t OpeningTerms) Check(at time.Time) error {
	refuse := func(why string) error { return fmt.Errorf("%w: %s", ErrOpening, why) }
	switch {
	case t.Exhibit == "" || t.Case == "" || t.Requester == "" || len(t.Root) == 0:
		return refuse("the exhibit and its case must be named")
	case strings.TrimSpace(t.Reason) == "" || len(t.Reason) > longestText:
		return refuse("the reason is missing or too long")
	case !t.Until.After(at):
		return refuse("it would end before it begins")
	case t.Until.After(at.Add(LongestOpening)):
		return refuse(fmt.Sprintf("it can last %d hours at most", int(LongestOpening.Hours())))
	}
	return nil
}

// Opening is the request to open a sealed exhibit, with everything that has become of it.
type Opening struct {
	OpeningTerms
	Consents  []identity.Consent `json:"consents,omitempty"` // one, of the other college
	Half      *identity.Half     `json:"half,omitempty"`     // of the exhibit's key, theirs, for the one who asked; gone when the opening has ended
	Refused   *identity.Decision `json:"refused,omitempty"`
	Withdrawn *identity.Decision `json:"withdrawn,omitempty"`
}

// State returns where the opening stands at a moment: once granted, whoever asked may open until its end.
func (o Opening) State(at time.Time) identity.RequestState {
	switch {
	case o.Withdrawn != nil:
		return identity.Withdrawn
	case o.Refused != nil:
		return identity.Refused
	case !at.Before(o.Until):
		return identity.Expired
	case len(o.Consents) > 0:
		return identity.Granted
	}
	return identity.Pending
}

// Stands reports whether the opening waits or is granted.
func (o Opening) Stands(at time.Time) bool {
	state := o.State(at)
	return state == identity.Pending || state == identity.Granted
}

// MayApprove refuses whoever may not approve: whoever asked, anyone of their college or of none, and anyone with a conflict of interest in the case. A conflict of whoever
// asked bars everyone.
func (o Opening) MayApprove(who, requester identity.Official, at time.Time, conflicts []identity.Conflict) error {
	switch {
	case o.State(at) != identity.Pending:
		return identity.ErrNotPending
	case who.ID == o.Requester:
		return identity.ErrOwn
	case who.College != identity.Court && who.College != identity.Bench:
		return identity.ErrNotCollege
	case who.College == requester.College:
		return ErrCollege
	case identity.Barred(who, o.Case, conflicts), identity.Barred(requester, o.Case, conflicts):
		return identity.ErrConflict
	}
	return nil
}

// MayEnd refuses whoever may not refuse an opening, or take it back once it is granted: anyone of no college. Whoever asked withdraws.
func (o Opening) MayEnd(who identity.Official, at time.Time) error {
	switch {
	case !o.Stands(at):
		return identity.ErrNotPending
	case who.ID != o.Requester && who.College != identity.Court && who.College != identity.Bench:
		return identity.ErrNotCollege
	}
	return nil
}

// Opens refuses to open an exhibit by this request for anyone but the one who asked, before one of the other college has approved, after its end, of another file than the
// one that was approved, and where a conflict of interest is noted for one of the two.
func (o Opening) Opens(e Exhibit, who identity.Official, approver func(id string) identity.Official, at time.Time, conflicts []identity.Conflict) error {
	switch {
	case o.Exhibit != e.ID || !slices.Equal(o.Root, e.Root) || o.Requester != who.ID || o.State(at) != identity.Granted:
		return ErrTwo
	case identity.Barred(who, o.Case, conflicts):
		return identity.ErrConflict
	}
	for _, c := range o.Consents {
		if by := approver(c.By); by.ID == who.ID || by.College == "" || by.College == who.College {
			return ErrTwo
		} else if identity.Barred(by, o.Case, conflicts) {
			return identity.ErrConflict
		}
	}
	return nil
}
