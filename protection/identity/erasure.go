package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
)

// ErasureTerms are what is asked to be erased, and why: the whole sealed identity of one person. They never change; those who approve sign every word of them.
type ErasureTerms struct {
	ID        RequestID          `json:"id"`
	Party     protection.PartyID `json:"party"`
	Case      protection.CaseID  `json:"case"` // the conflicts of interest of which count
	Pseudonym string             `json:"pseudonym"`
	Requester string             `json:"requester"`
	Records   []string           `json:"records"` // ids of the sealed records
	Fields    []Field            `json:"fields"`  // that are sealed in them
	Basis     string             `json:"basis"`   // the rule or the order that asks for it
	Reason    string             `json:"reason"`
	Asked     time.Time          `json:"asked"`
}

// Statement is what those who approve sign. The reason stands in it as its SHA-256: people write names into reasons, and a statement leaves the vault.
func (t ErasureTerms) Statement() []byte {
	t.Reason = Digest(t.Reason)
	return StatementOf("erase an identity", t)
}

// Consent is one college's signature under an erasure.
type Consent struct {
	College   College   `json:"college"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Signature []byte    `json:"signature"`
}

// Erasure is the destruction of one person's sealed identity, from the asking to what it left.
type Erasure struct {
	ErasureTerms
	Consents  []Consent `json:"consents,omitempty"`
	Refused   *Decision `json:"refused,omitempty"`
	Withdrawn *Decision `json:"withdrawn,omitempty"`
	Erased    time.Time `json:"erased,omitzero"` // the records are deleted
	By        string    `json:"by,omitempty"`    // who carried it out
	Cleared   time.Time `json:"cleared,omitzero"`
}

// The states of an erasure, besides [Pending], [Granted], [Refused] and [Withdrawn].
const (
	Deleted RequestState = "deleted" // the records are gone; what they were may still be in free pages of the file
	Erased  RequestState = "erased"  // they are not in the file any more
)

// ErrErasure is wrapped by every refusal of terms.
var ErrErasure = errors.New("this erasure cannot be asked for")

// State returns where the erasure stands.
func (e Erasure) State() RequestState {
	switch {
	case !e.Cleared.IsZero():
		return Erased
	case !e.Erased.IsZero():
		return Deleted
	case e.Withdrawn != nil:
		return Withdrawn
	case e.Refused != nil:
		return Refused
	case e.consented(Court) && e.consented(Bench):
		return Granted
	}
	return Pending
}

func (e Erasure) consented(c College) bool {
	return slices.ContainsFunc(e.Consents, func(x Consent) bool { return x.College == c })
}

// Check refuses terms that cannot be asked for.
func (t ErasureTerms) Check() error {
	refuse := func(why string) error { return fmt.Errorf("%w: %s", ErrErasure, why) }
	switch {
	case t.Party == "" || t.Case == "" || t.Requester == "":
		return refuse("the party and the case must be named")
	case len(t.Records) == 0:
		return refuse("nothing is sealed")
	case strings.TrimSpace(t.Basis) == "" || len(t.Basis) > longestStatement:
		return refuse("the legal basis is missing or too long")
	case strings.TrimSpace(t.Reason) == "" || len(t.Reason) > longestStatement:
		return refuse("the reason is missing or too long")
	}
	return nil
}

// MayConsent refuses an official who may not sign: whoever asked, a second one of a college, anyone of none, and anyone with a conflict of interest in
// the case. A conflict of whoever asked bars everyone.
func (e Erasure) MayConsent(who, requester Official, conflicts []Conflict) error {
	switch {
	case e.State() != Pending:
		return ErrNotPending
	case who.ID == e.Requester:
		return ErrOwn
	case who.College != Court && who.College != Bench:
		return ErrNotCollege
	case e.consented(who.College):
		return ErrSameCollege
	case Barred(who, e.Case, conflicts), Barred(requester, e.Case, conflicts):
		return ErrConflict
	}
	return nil
}

// MayCarryOut refuses whoever may not destroy what both colleges agreed to: anyone of no college, and anyone with a conflict of interest. What was begun may be
// brought to its end.
func (e Erasure) MayCarryOut(who Official, conflicts []Conflict) error {
	switch {
	case e.State() != Granted && e.State() != Deleted:
		return ErrNotGranted
	case who.College != Court && who.College != Bench:
		return ErrNotCollege
	case Barred(who, e.Case, conflicts):
		return ErrConflict
	}
	return nil
}
