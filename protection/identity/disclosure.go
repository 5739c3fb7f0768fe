package identity

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/store"
)

// RequestID names a disclosure request. It is random.
type RequestID string

// The longest time for which an identity can be disclosed, by an order and in an emergency.
const (
	LongestWindow    = 30 * 24 * time.Hour
	EmergencyWindow  = 24 * time.Hour
	longestStatement = 2000 // bytes of a basis, an order's number or a reason
)

// Terms are what a disclosure is asked for: who sees which fields of whom, on what basis, until when. They never change: the halves
// that are approved are bound to every word of them.
type Terms struct {
	ID        RequestID          `json:"id"`
	Party     protection.PartyID `json:"party"`
	Case      protection.CaseID  `json:"case"`
	Requester string             `json:"requester"` // who asks
	Grantee   string             `json:"grantee"`   // who is to see it, on their own login only
	Fields    []Field            `json:"fields"`
	// Sources are the sealed records that the fields stand in, as they are at the time of asking.
	Sources   map[Field]string `json:"sources"`
	Basis     string           `json:"basis"` // the rule that allows it
	Order     string           `json:"order"` // the court's number of the order
	Asked     time.Time        `json:"asked"`
	Until     time.Time        `json:"until"`
	Emergency bool             `json:"emergency,omitempty"`
}

// Approval is one college's half of every key, sealed again to the grantee alone.
type Approval struct {
	College  College   `json:"college"`
	Approver string    `json:"approver"`
	At       time.Time `json:"at"`
	Enc      []byte    `json:"enc,omitempty"`
	Halves   [][]byte  `json:"halves,omitempty"` // in the order of Terms.Fields; gone when the request has ended
}

// Decision is a step that somebody took, with the reason.
type Decision struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Request is a disclosure request with everything that has become of it.
type Request struct {
	Terms
	Approvals []Approval `json:"approvals,omitempty"`
	Refused   *Decision  `json:"refused,omitempty"`
	Withdrawn *Decision  `json:"withdrawn,omitempty"`
	Reviewed  *Decision  `json:"reviewed,omitempty"` // of an emergency, afterwards
}

// RequestState is where a request stands.
type RequestState string

// The states.
const (
	Pending   RequestState = "pending"
	Granted   RequestState = "granted"
	Refused   RequestState = "refused"
	Withdrawn RequestState = "withdrawn"
	Expired   RequestState = "expired"
)

// State returns where the request stands at a moment.
func (r Request) State(at time.Time) RequestState {
	switch {
	case r.Withdrawn != nil:
		return Withdrawn
	case r.Refused != nil:
		return Refused
	case !at.Before(r.Until):
		return Expired
	case r.approvedBy(Court) && r.approvedBy(Bench):
		return Granted
	}
	return Pending
}

func (r Request) approvedBy(c College) bool {
	return slices.ContainsFunc(r.Approvals, func(a Approval) bool { return a.College == c })
}

// NeedsReview reports whether an emergency was granted and nobody has looked into it since.
func (r Request) NeedsReview() bool {
	return r.Emergency && r.Reviewed == nil && r.approvedBy(Court) && r.approvedBy(Bench)
}

// Errors of the ceremony.
var (
	ErrTerms       = errors.New("this disclosure cannot be asked for")
	ErrNotPending  = errors.New("the request is no longer open")
	ErrNotGranted  = errors.New("the disclosure is not granted, or has ended")
	ErrOwn         = errors.New("nobody approves or reviews a disclosure that they asked for or are to receive")
	ErrSameCollege = errors.New("this college has approved already; the other one must")
	ErrNotCollege  = errors.New("only a member of the court or of the bench approves a disclosure")
	ErrConflict    = errors.New("a conflict of interest is noted in this case")
	ErrNotGrantee  = errors.New("a disclosure is shown to the one to whom it was granted, and to nobody else")
	ErrReason      = errors.New("a reason is needed")
)

// Check refuses terms that cannot be asked for. at is the time of asking.
func (t Terms) Check(at time.Time) error {
	refuse := func(why string) error { return fmt.Errorf("%w: %s", ErrTerms, why) }
	longest := LongestWindow
	if t.Emergency {
		longest = EmergencyWindow
	}
	switch {
	case t.Party == "" || t.Case == "" || t.Requester == "" || t.Grantee == "":
		return refuse("the party, the case and the receiver must be named")
	case len(t.Fields) == 0:
		return refuse("no field is named")
	case strings.TrimSpace(t.Basis) == "" || len(t.Basis) > longestStatement:
		return refuse("the legal basis is missing or too long")
	case !t.Emergency && strings.TrimSpace(t.Order) == "" || len(t.Order) > longestStatement:
		return refuse("the number of the order is missing or too long")
	case !t.Until.After(at):
		return refuse("it would end before it begins")
	case t.Until.After(at.Add(longest)):
		return refuse(fmt.Sprintf("it can last %d hours at most", int(longest.Hours())))
	}
	for i, f := range t.Fields {
		if !slices.Contains(AllFields, f) || slices.Contains(t.Fields[:i], f) {
			return refuse(fmt.Sprintf("%q is not a field, or is named twice", f))
		}
		if t.Sources[f] == "" {
			return refuse(fmt.Sprintf("nothing is sealed under %q", f))
		}
	}
	return nil
}

// Conflict is a conflict of interest of a person, or of everybody of an agency, in one case (A/CONF.213/7 §13 and §20: officials
// can be part of the crime).
type Conflict struct {
	ID      string            `json:"id"`
	Case    protection.CaseID `json:"case"`
	Person  string            `json:"person,omitempty"` // a user's id
	Agency  string            `json:"agency,omitempty"`
	Reason  string            `json:"reason"`
	Flagged string            `json:"flagged"` // by whom
	At      time.Time         `json:"at"`
}

// Official is a user as the ceremony knows them.
type Official struct {
	ID      string
	College College // empty for those who sit in none
	Agency  string
}

// Barred reports whether a conflict of interest is noted for an official in a case.
func Barred(o Official, c protection.CaseID, conflicts []Conflict) bool {
	return slices.ContainsFunc(conflicts, func(x Conflict) bool {
		return x.Case == c && (x.Person == o.ID && o.ID != "" || x.Agency != "" && strings.EqualFold(strings.TrimSpace(x.Agency), strings.TrimSpace(o.Agency)))
	})
}

// MayApprove refuses an official who may not approve: whoever asked, whoever receives, a second one of the same college, anyone of
// no college, and anyone with a conflict of interest. The same conflicts bar whoever asked and whoever receives.
func (r Request) MayApprove(who, requester, grantee Official, at time.Time, conflicts []Conflict) error {
	switch {
	case r.State(at) != Pending:
		return ErrNotPending
	case who.ID == r.Requester || who.ID == r.Grantee:
		return ErrOwn
	case who.College != Court && who.College != Bench:
		return ErrNotCollege
	case r.approvedBy(who.College):
		return ErrSameCollege
	case slices.ContainsFunc(r.Approvals, func(a Approval) bool { return a.Approver == who.ID }):
		return ErrSameCollege
	}
	for _, o := range []Official{who, requester, grantee} {
		if Barred(o, r.Case, conflicts) {
			return ErrConflict
		}
	}
	return nil
}

// MayReview refuses a review of an emergency by those who took part in it.
func (r Request) MayReview(who Official) error {
	switch {
	case !r.NeedsReview():
		return ErrNotPending
	case who.ID == r.Requester || who.ID == r.Grantee:
		return ErrOwn
	case who.College != Court && who.College != Bench:
		return ErrNotCollege
	case slices.ContainsFunc(r.Approvals, func(a Approval) bool { return a.Approver == who.ID }):
		return ErrOwn
	}
	return nil
}

// MayView refuses everyone but the grantee of a granted disclosure, while it lasts.
func (r Request) MayView(who Official, at time.Time, conflicts []Conflict) error {
	switch {
	case who.ID != r.Grantee:
		return ErrNotGrantee
	case r.State(at) != Granted:
		return ErrNotGranted
	case Barred(who, r.Case, conflicts):
		return ErrConflict
	}
	return nil
}

// EndsWith reports whether a request ends because somebody's access was taken away: what they asked for or were to be shown, and what
// they approved while the other college has not. What both colleges granted to somebody else stands.
func (r Request) EndsWith(user string, at time.Time) bool {
	switch r.State(at) {
	case Pending:
		return r.Requester == user || r.Grantee == user ||
			slices.ContainsFunc(r.Approvals, func(a Approval) bool { return a.Approver == user })
	case Granted:
		return r.Grantee == user
	}
	return false
}

// Opener opens what was sealed to the user who is unlocked, as [store.Vault.OpenSealed] does.
type Opener func(enc, info []byte, boxes [][]byte) ([][]byte, error)

// Approve takes one college's halves of the fields asked for out of the sealed records, by an approver's own key, and seals them again to
// the grantee's public key, bound to the terms. records are the sources by their ids. Whether the approver may, is asked of
// [Request.MayApprove] first.
func (r Request) Approve(who Official, at time.Time, records map[string]Sealed, open Opener, grantee []byte) (Request, error) {
	var halves [][]byte
	defer func() {
		for _, h := range halves {
			clear(h)
		}
	}()
	for _, f := range r.Fields {
		half, err := takeHalf(records[r.Sources[f]], f, who, open)
		if err != nil {
			return r, err
		}
		halves = append(halves, half)
	}
	enc, boxes, err := store.SealTo(grantee, r.grantInfo(who.College), halves...)
	if err != nil {
		return r, fmt.Errorf("seal to the receiver: %w", err)
	}
	r.Approvals = append(slices.Clone(r.Approvals), Approval{College: who.College, Approver: who.ID, At: at, Enc: enc, Halves: boxes})
	return r, nil
}

// takeHalf opens a member's share of a record and returns the half of one field's key.
func takeHalf(s Sealed, f Field, who Official, open Opener) ([]byte, error) {
	box := slices.IndexFunc(s.Boxes, func(b Box) bool { return b.Field == f })
	share := slices.IndexFunc(s.Shares, func(x Share) bool { return x.Holder == who.ID && x.College == who.College })
	if box < 0 || share < 0 {
		return nil, fmt.Errorf("%s: %w", f, store.ErrNoAccess)
	}
	all, err := open(s.Shares[share].Enc, ShareInfo(s.Party, who.College, who.ID), s.Shares[share].Halves)
	if err != nil {
		return nil, err
	}
	if len(all) != len(s.Boxes) {
		return nil, fmt.Errorf("%s: %w", f, store.ErrDamaged)
	}
	half := all[box]
	for i, h := range all {
		if i != box {
			clear(h)
		}
	}
	return half, nil
}

// grantInfo binds an approval to the terms and to its college: with one word of the terms changed, it opens nothing.
func (r Request) grantInfo(c College) []byte {
	text, err := json.Marshal(r.Terms)
	if err != nil {
		panic("terms are always written: " + err.Error()) // strings, times and a map of strings
	}
	sum := sha256.Sum256(text)
	return append([]byte(context+"/grant\x00"+string(c)+"\x00"), sum[:]...)
}

// View joins both colleges' halves by the grantee's own key and opens the fields. Whether the user may, is asked of [Request.MayView]
// first. The caller keeps the fields no longer than they are shown.
func (r Request) View(records map[string]Sealed, open Opener) (Fields, error) {
	halves := map[College][][]byte{}
	for _, a := range r.Approvals {
		opened, err := open(a.Enc, r.grantInfo(a.College), a.Halves)
		if err != nil {
			return nil, err
		}
		if len(opened) != len(r.Fields) {
			return nil, store.ErrDamaged
		}
		halves[a.College] = opened
	}
	defer func() {
		for _, list := range halves {
			for _, h := range list {
				clear(h)
			}
		}
	}()
	if len(halves[Court]) == 0 || len(halves[Bench]) == 0 {
		return nil, ErrNotGranted
	}
	fields := Fields{}
	for i, f := range r.Fields {
		s := records[r.Sources[f]]
		box := slices.IndexFunc(s.Boxes, func(b Box) bool { return b.Field == f })
		if box < 0 {
			return nil, fmt.Errorf("%s: %w", f, store.ErrDamaged)
		}
		text, err := Open(s.Party, s.Boxes[box], halves[Court][i], halves[Bench][i])
		if err != nil {
			return nil, err
		}
		fields[f] = text
	}
	return fields, nil
}

// Forget returns the request without the halves: what has ended can no longer be opened, by anyone.
func (r Request) Forget() Request {
	r.Approvals = slices.Clone(r.Approvals)
	for i := range r.Approvals {
		r.Approvals[i].Enc, r.Approvals[i].Halves = nil, nil
	}
	return r
}

// Holds reports whether the request still has halves that could be opened.
func (r Request) Holds() bool {
	return slices.ContainsFunc(r.Approvals, func(a Approval) bool { return len(a.Halves) > 0 })
}

// Extend seals a member's halves of a record to a new member of the same college, so that an identity that was sealed before they came
// can still be disclosed when the others are gone.
func Extend(s Sealed, member Official, newcomer Recipient, open Opener) (Sealed, error) {
	i := slices.IndexFunc(s.Shares, func(x Share) bool { return x.Holder == member.ID && x.College == member.College })
	if i < 0 {
		return s, store.ErrNoAccess
	}
	halves, err := open(s.Shares[i].Enc, ShareInfo(s.Party, member.College, member.ID), s.Shares[i].Halves)
	if err != nil {
		return s, err
	}
	defer func() {
		for _, h := range halves {
			clear(h)
		}
	}()
	enc, boxes, err := store.SealTo(newcomer.Public, ShareInfo(s.Party, member.College, newcomer.ID), halves...)
	if err != nil {
		return s, fmt.Errorf("seal a half to a new member: %w", err)
	}
	s.Shares = append(slices.Clone(s.Shares), Share{member.College, newcomer.ID, enc, boxes})
	return s, nil
}
