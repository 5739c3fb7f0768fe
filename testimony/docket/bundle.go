package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/copies"
	"paravent/testimony/edit"
	"paravent/testimony/exhibit"
	"paravent/testimony/groundrules"
	"paravent/testimony/readiness"
	"paravent/testimony/release"
	"paravent/testimony/reminder"
	"paravent/testimony/retention"
)

type recordingVersion = protection.Audience

// ErrRecordingShut refuses to move a case with a recording that the user can't open: they could not take its key from those who stay behind.
var ErrRecordingShut = errors.New("there is a recording of this case that you can't open; somebody who can has to move it")

// bundle is a case with everything that belongs to it, and so the cases that share a protected party with it.
type bundle struct {
	cases    map[protection.CaseID]bool
	parties  map[protection.PartyID]bool
	hearings map[testimony.HearingID]bool
	orders   map[protection.OrderID]bool
	seats    map[string]bool

	recordings map[testimony.RecordingID]bool
}

// bundleOf gathers what belongs together with a case in its part.
func bundleOf(tx store.Reading, part store.Compartment, c protection.CaseID) (bundle, error) {
	b := bundle{map[protection.CaseID]bool{c: true}, map[protection.PartyID]bool{}, map[testimony.HearingID]bool{}, map[protection.OrderID]bool{}, map[string]bool{}, map[testimony.RecordingID]bool{}}
	people, err := parties.All(tx, part)
	if err != nil {
		return b, err
	}
	for grown := true; grown; {
		grown = false
		for _, e := range people {
			p := e.Value
			if b.parties[p.ID] || !slices.ContainsFunc(p.Appearances, func(a protection.Appearance) bool { return b.cases[a.Case] }) {
				continue
			}
			b.parties[p.ID], grown = true, true
			for _, a := range p.Appearances {
				b.cases[a.Case] = true
			}
		}
	}
	planned, err := hearings.All(tx, part)
	if err != nil {
		return b, err
	}
	for _, e := range planned {
		if b.cases[e.Value.Case] {
			b.hearings[e.Value.ID] = true
			for _, p := range e.Value.Participants {
				b.seats[string(p.ID)] = true
			}
		}
	}
	recorded, err := recordings.All(tx, part)
	if err != nil {
		return b, err
	}
	for _, e := range recorded {
		if b.hearings[e.Value.Hearing] {
			b.recordings[e.Value.ID] = true
		}
	}
	ordered, err := orders.All(tx, part)
	for _, e := range ordered {
		if b.cases[e.Value.Case] {
			b.orders[e.Value.ID] = true
		}
	}
	return b, err
}

func (b bundle) named(a alias) bool {
	return b.cases[protection.CaseID(a.ID)] || b.parties[protection.PartyID(a.ID)] || b.hearings[testimony.HearingID(a.ID)] || b.orders[protection.OrderID(a.ID)] || b.seats[a.ID]
}

// LinkedCases lists the cases that move together with a case, itself among them: those that share a protected party, directly or by others.
func (d *Desk) LinkedCases(ctx context.Context, c protection.CaseID) ([]testimony.Case, error) {
	var linked []testimony.Case
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		linked = nil
		_, part, err := locate(tx, cases, string(c))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		b, err := bundleOf(tx, part, c)
		if err != nil {
			return err
		}
		entries, err := cases.All(tx, part)
		for _, e := range entries {
			if b.cases[e.Value.ID] {
				linked = append(linked, e.Value)
			}
		}
		return err
	})
	slices.SortFunc(linked, func(a, b testimony.Case) int { return strings.Compare(a.Reference, b.Reference) })
	return linked, err
}

// MoveCase keeps a case and those linked to it for a team that the user is in, or for the docket again when the team is empty: all of it or nothing. Who is not in
// the team reads nothing of them any more, holds no half of their identities, and opens none of their recordings. What somebody copied before stays with them, and pages of the
// file that are not used any more can hold the old records, sealed to the docket, until it is compacted.
func (d *Desk) MoveCase(ctx context.Context, c protection.CaseID, team TeamID) error {
	if !d.May(testimony.ActKeepTeam) {
		return ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if err := mayUse(tx, team); err != nil {
			return err
		}
		_, from, err := locate(tx, cases, string(c))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		to := partOf(team)
		if from == to {
			return nil
		}
		b, err := bundleOf(tx, from, c)
		if err != nil {
			return err
		}
		if err := d.careFollows(tx, from, to, b, users); err != nil {
			return err
		}
		tx.AnchorAtOnce()
		for id := range b.cases {
			tx.Log("case.moved", map[string]string{"case": string(id), "team": string(team)})
		}
		if err := errors.Join(d.moveRecordingKeys(tx, from, to, b, users), d.moveExhibitKeys(tx, from, to, b, users)); err != nil {
			return err
		}
		members, err := d.standingIn(&tx.ReadTx, to, users)
		if err != nil {
			return err
		}
		if err := moveIdentities(tx, from, to, b, members); err != nil {
			return err
		}
		return b.move(tx, from, to)
	})
}

// move moves the records, of whatever collection belongs to a case. A collection that is added belongs here, or stays in the docket for all to see.
func (b bundle) move(tx *store.Tx, from, to store.Compartment) error {
	ofHearing := func(id string) bool { return b.hearings[testimony.HearingID(id)] }
	return errors.Join(
		moveSome(tx, cases, from, to, func(_ string, c testimony.Case) bool { return b.cases[c.ID] }),
		moveSome(tx, parties, from, to, func(_ string, p protection.Party) bool { return b.parties[p.ID] }),
		moveSome(tx, orders, from, to, func(_ string, o order.Order) bool { return b.orders[o.ID] }),
		moveSome(tx, hearings, from, to, func(_ string, h testimony.Hearing) bool { return b.hearings[h.ID] }),
		moveSome(tx, invitations, from, to, func(_ string, i invitationRecord) bool { return ofHearing(i.Hearing) }),
		moveSome(tx, disclosures, from, to, func(_ string, r identity.Request) bool { return b.cases[r.Case] }),
		moveSome(tx, statuses, from, to, func(_ string, r statusRecord) bool { return b.parties[r.Party] }),
		moveSome(tx, factsOf, from, to, func(_ string, f Fact) bool { return b.parties[f.Party] }),
		moveSome(tx, speeches, from, to, func(_ string, s Speech) bool { return b.parties[s.Party] }),
		moveSome(tx, riskPhrases, from, to, func(_ string, r RiskPhrases) bool { return b.parties[r.Party] }),
		moveSome(tx, erasures, from, to, func(_ string, e identity.Erasure) bool { return b.parties[e.Party] }),
		moveSome(tx, conflictsOf, from, to, func(_ string, x identity.Conflict) bool { return b.cases[x.Case] }),
		moveSome(tx, recordings, from, to, func(_ string, r Recording) bool { return b.hearings[r.Hearing] }),
		moveSome(tx, recordingHeads, from, to, func(id string, _ RecordingHead) bool { return b.recordings[testimony.RecordingID(id)] }),
		moveSome(tx, recordingStamps, from, to, func(_ string, s RecordingStamp) bool { return b.recordings[s.Recording] }),
		moveSome(tx, verifications, from, to, func(_ string, v Verification) bool { return b.recordings[v.Recording] }),
		moveSome(tx, recordingChecks, from, to, func(id string, _ RecordingCheck) bool { return b.recordings[testimony.RecordingID(id)] }),
		moveSome(tx, editRequests, from, to, func(_ string, r edit.Request) bool { return ofHearing(string(r.Hearing)) }),
		moveSome(tx, editLists, from, to, func(_ string, l edit.List) bool { return b.recordings[l.Recording] }),
		moveSome(tx, publicReleases, from, to, func(_ string, r release.Review) bool { return b.recordings[r.Recording] }),
		moveSome(tx, retentionRules, from, to, func(_ string, r retention.Rule) bool { return b.cases[r.Case] }),
		moveSome(tx, judgments, from, to, func(_ string, j retention.Judgment) bool { return b.cases[j.Case] }),
		moveSome(tx, retentionHolds, from, to, func(_ string, h retention.Hold) bool { return b.cases[h.Case] }),
		moveSome(tx, recordingErasures, from, to, func(_ string, e retention.Erasure) bool { return b.cases[e.Case] }),
		moveSome(tx, givenCopies, from, to, func(_ string, c copies.Copy) bool { return b.cases[c.Case] }),
		moveSome(tx, exhibits, from, to, func(_ string, e exhibit.Exhibit) bool { return b.cases[e.Case] }),
		moveSome(tx, remoteRecords, from, to, func(_ string, r RemoteRecord) bool { return b.hearings[r.Hearing] }),
		moveSome(tx, exhibitOpenings, from, to, func(_ string, o exhibit.Opening) bool { return b.cases[o.Case] }),
		moveSome(tx, minutesOf, from, to, func(id string, _ testimony.Minutes) bool { return ofHearing(id) }),
		moveSome(tx, journal, from, to, func(id string, _ testimony.Event) bool {
			h, _, _ := strings.Cut(id, "/")
			return ofHearing(h)
		}),
		moveSome(tx, cooperations, from, to, func(_ string, r cooperation.Request) bool { return b.parties[r.Party] }),
		moveSome(tx, lineTests, from, to, func(_ string, t readiness.LineTest) bool { return b.hearings[t.Hearing] }),
		moveSome(tx, rulesOf, from, to, func(_ string, r groundrules.Rules) bool { return b.hearings[r.Hearing] }),
		moveSome(tx, reminded, from, to, func(_ string, r reminder.Done) bool { return b.hearings[r.Hearing] }),
		moveSome(tx, readinessChecks, from, to, func(_ string, c readiness.Check) bool { return b.hearings[c.Hearing] }),
		moveSome(tx, goAheads, from, to, func(_ string, x cooperation.Decision) bool { return b.hearings[x.Hearing] }),
		moveSome(tx, profiles, from, to, func(id string, _ statistics.Profile) bool { return b.parties[protection.PartyID(id)] }),
		moveSome(tx, aliases, from, to, func(_ string, a alias) bool { return b.named(a) }),
	)
}

func moveSome[T any](tx *store.Tx, c store.Collection[T], from, to store.Compartment, belongs func(id string, v T) bool) error {
	entries, err := c.All(tx, from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !belongs(e.ID, e.Value) {
			continue
		}
		if err := errors.Join(c.Put(tx, to, e.ID, e.Value), c.Delete(tx, from, e.ID)); err != nil {
			return err
		}
	}
	return nil
}

// moveIdentities moves sealed identities, and the split keys of sealed exhibits, without the halves of those who are not among the members of where they go.
func moveIdentities(tx *store.Tx, from, to store.Compartment, b bundle, members []store.Membership) error {
	received, err := exhibits.All(tx, from)
	if err != nil {
		return err
	}
	ours := map[string]bool{}
	for _, e := range received {
		ours[e.ID] = b.cases[e.Value.Case]
	}
	return errors.Join(
		moveShared(tx, identities, from, to, members, func(e store.Entry[identity.Sealed]) bool { return b.parties[e.Value.Party] }),
		moveShared(tx, exhibitLocks, from, to, members, func(e store.Entry[identity.Sealed]) bool { return ours[e.ID] }))
}

func moveShared(tx *store.Tx, kept store.Collection[identity.Sealed], from, to store.Compartment, members []store.Membership, belongs func(store.Entry[identity.Sealed]) bool) error {
	entries, err := kept.All(tx, from)
	if err != nil {
		return err
	}
	gone := func(holder string) bool {
		return !slices.ContainsFunc(members, func(m store.Membership) bool { return string(m.User) == holder })
	}
	for _, e := range entries {
		if !belongs(e) {
			continue
		}
		s, _ := e.Value.WithoutShares(gone)
		if err := errors.Join(kept.Put(tx, to, e.ID, s), kept.Delete(tx, from, e.ID)); err != nil {
			return err
		}
	}
	return nil
}

// moveRecordingKeys gives the keys of recordings to those of where a case goes, and takes them from the others.
func (d *Desk) moveRecordingKeys(tx *store.Tx, from, to store.Compartment, b bundle, users []store.User) error {
	return d.eachRecordingPart(tx, from, b.hearings, func(rp store.Compartment, version recordingVersion) error {
		return d.changeMembers(tx, rp, to, users, func(u store.User) bool { return opensRecording(u, version) })
	})
}

// changeMembers gives a compartment to those of a part who may open it, until their terms there end, and takes it from whoever is not in that part.
func (d *Desk) changeMembers(tx *store.Tx, p, to store.Compartment, users []store.User, opens func(store.User) bool) error {
	there, err := d.standingIn(&tx.ReadTx, to, users)
	if err != nil {
		return err
	}
	now, err := tx.Members(p)
	if err != nil {
		return err
	}
	out := slices.DeleteFunc(now, func(id store.UserID) bool {
		return slices.ContainsFunc(there, func(m store.Membership) bool { return m.User == id })
	})
	if err := tx.RemoveMembers(p, out); err != nil {
		return err
	}
	for _, m := range there {
		at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == m.User })
		if opens(users[at]) {
			if err := tx.AddMembersUntil(p, []store.UserID{m.User}, m.Until); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachRecordingPart calls fn with the compartments of the recordings of hearings in a part; of all of them when among is nil.
func (d *Desk) eachRecordingPart(tx *store.Tx, part store.Compartment, among map[testimony.HearingID]bool, fn func(store.Compartment, recordingVersion) error) error {
	planned, err := hearings.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range planned {
		if among != nil && !among[e.Value.ID] {
			continue
		}
		for _, version := range []recordingVersion{protection.MasterRecord, protection.PublicRecord} {
			rp := recordingPart(e.Value.ID, version)
			if _, err := tx.Members(rp); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
			if !tx.HasCompartment(rp) {
				return ErrRecordingShut
			}
			if err := fn(rp, version); err != nil {
				return err
			}
		}
	}
	return nil
}
