package docket

import (
	"cmp"
	"context"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/exhibit"
)

// ItemKind is why something needs attention.
type ItemKind string

// The kinds, most urgent first.
const (
	HearingUnclosed  ItemKind = "hearing_unclosed"  // a recording was not closed in good order
	DisclosureReview ItemKind = "disclosure_review" // an emergency was granted and nobody has looked into it
	DisclosureAsked  ItemKind = "disclosure_asked"  // waits for this user's approval
	DisclosureOpen   ItemKind = "disclosure_open"   // granted to this user
	OpeningAsked     ItemKind = "opening_asked"     // of a sealed exhibit; waits for this user's approval
	OpeningGranted   ItemKind = "opening_granted"   // to this user
	ErasureAsked     ItemKind = "erasure_asked"     // waits for this user's signature
	ErasureOpen      ItemKind = "erasure_open"      // both colleges signed, and it is not at its end
	AnchorFailed     ItemKind = "anchor_failed"     // what remembers the newest state of the vault can't be written
	BackupFailed     ItemKind = "backup_failed"     // one that was due by the policy; stays until one succeeds
	BackupDue        ItemKind = "backup_due"        // there is none, or it is old
	FailedTries      ItemKind = "failed_tries"      // somebody tried this user's passphrase in vain since they were last here
	NoCase           ItemKind = "no_case"           // a new vault
	RecoveryReview   ItemKind = "recovery_review"   // somebody came back in by a recovery kit and nobody of the other college has looked into it
	ApplicantWaits   ItemKind = "applicant_waits"   // somebody asks to be enrolled
	KitWaits         ItemKind = "kit_waits"         // a recovery kit waits for a second member of the college
	NoKit            ItemKind = "no_kit"            // the user's college has no recovery kit
	KitStale         ItemKind = "kit_stale"         // a sheet of the college's kit lies with a user who was revoked
	NoCollege        ItemKind = "no_college"        // one of the two colleges has no member, so no identity can be sealed
	HearingNow       ItemKind = "hearing_now"
	NoOrder          ItemKind = "no_order" // a hearing is planned and no order protects the witness
	OrderExpired     ItemKind = "order_expired"
	OrderForged      ItemKind = "order_forged" // a signature is false or missing
	OrderContested   ItemKind = "order_contested"
	OrderInterim     ItemKind = "order_interim"
	OrderOpposed     ItemKind = "order_opposed"
	OrderAnswerOver  ItemKind = "order_answer_over" // the time to respond is over
	OrderUnserved    ItemKind = "order_unserved"
	OrderUndecided   ItemKind = "order_undecided"
	OrderEndsSoon    ItemKind = "order_ends_soon"
	IdentityNotTaken ItemKind = "identity_not_taken"
	HearingSoon      ItemKind = "hearing_soon"
	ConsentWithdrawn ItemKind = "consent_withdrawn" // somebody of this user's office has to act upon it
	CareToErase      ItemKind = "care_to_erase"     // both colleges signed the erasure of a person whose care file is still there
	ReflectionEnds   ItemKind = "reflection_ends"   // a person's time to recover and reflect is over soon
	IncidentOpen     ItemKind = "incident_open"     // a threat or an incident that nobody has done anything about
	CompanionBarred  ItemKind = "companion_barred"  // somebody who stands by a person has a conflict of interest
	RiskReview       ItemKind = "risk_review"       // a person's danger has to be looked at again
	WarningNotGiven  ItemKind = "warning_not_given" // a hearing is near and the witness was not told that they may be disclosed later
	PreparationOpen  ItemKind = "preparation_open"  // a hearing is near and the witness is not prepared
	PlanReview       ItemKind = "plan_review"       // a protection plan has to be looked at again
	PlanTeamEnds     ItemKind = "plan_team_ends"    // the team that carries a protection plan ends soon
	OrdersContradict ItemKind = "orders_contradict" // two orders for one person say different things
	NonPunishment    ItemKind = "non_punishment"    // the prosecutor was not told of one that is in force
	MeasureWaits     ItemKind = "measure_waits"     // a change of the catalogue of measures waits for this user's approval
	FollowUpDue      ItemKind = "follow_up_due"     // nobody has asked yet how a person is after their return
	NoPermission     ItemKind = "no_permission"     // a hearing of a witness in another State, which has not agreed; no judge has decided to go live all the same
	NotReady         ItemKind = "not_ready"         // a hearing within a day has protections that are not in place
	RemindersDue     ItemKind = "reminders_due"     // somebody ought to have been told something of a hearing by now
	AnswerOverdue    ItemKind = "answer_overdue"    // another State has not answered by the day on which its answer was needed

	RecordingErasure   ItemKind = "recording_erasure"   // the erasure of a recording waits for this judge
	RecordingUncleared ItemKind = "recording_uncleared" // one was erased, and what it was may still be in free pages
	RecordingDue       ItemKind = "recording_due"       // its time is over and nothing stands against its erasure
	RecordingUnstamped ItemKind = "recording_unstamped" // the authority outside the court has not stamped it yet
	ExhibitErasure     ItemKind = "exhibit_erasure"     // the same of an exhibit
	ExhibitUncleared   ItemKind = "exhibit_uncleared"
	ExhibitDue         ItemKind = "exhibit_due"

	CopyAsked   ItemKind = "copy_asked"   // a copy of a recording waits for this user's approval
	CopyOpen    ItemKind = "copy_open"    // one is approved, and this user can make it
	CopyOverdue ItemKind = "copy_overdue" // one is out after its date
)

// Kinds lists the kinds, most urgent first.
var Kinds = []ItemKind{HearingUnclosed, HearingNow, IncidentOpen, ConsentWithdrawn, CompanionBarred, FailedTries, NoOrder, OrderForged, OrdersContradict, OrderExpired, OrderContested, OrderInterim, OrderOpposed, OrderAnswerOver,
	OrderUnserved, OrderUndecided, NonPunishment, OrderEndsSoon,
	NotReady, RemindersDue, NoPermission, AnswerOverdue,
	WarningNotGiven, RiskReview, RecoveryReview, DisclosureReview, MeasureWaits, DisclosureAsked, DisclosureOpen, OpeningAsked, OpeningGranted, CopyOverdue, CopyAsked, CopyOpen, ErasureAsked, ErasureOpen, CareToErase, RecordingErasure, RecordingUncleared, RecordingDue, ExhibitErasure, ExhibitUncleared, ExhibitDue, RecordingUnstamped, ApplicantWaits, KitWaits, AnchorFailed, BackupFailed, BackupDue, NoCase, NoCollege, NoKit, KitStale, IdentityNotTaken, PreparationOpen, PlanReview, PlanTeamEnds, FollowUpDue, ReflectionEnds, HearingSoon}

// Item is one thing that needs somebody today.
type Item struct {
	Kind    ItemKind
	Case    protection.CaseID
	Party   protection.PartyID
	Hearing testimony.HearingID
	Order   protection.OrderID
	Asked   cooperation.ID     // of an AnswerOverdue
	Request identity.RequestID // of a disclosure or a copy

	Recording testimony.RecordingID // of a RecordingErasure, a RecordingUncleared and a RecordingDue, and of a copy; of a RecordingUnstamped the first
	Exhibit   exhibit.ID            // of an OpeningAsked, an OpeningGranted, an ExhibitErasure, an ExhibitUncleared and an ExhibitDue
	Number    string                // the court's, of the exhibit

	When  time.Time
	Why   string // of a BackupFailed: one of Reasons; of a ConsentWithdrawn: the purpose; of a RiskReview: a trigger
	Count int    // of FailedTries; of a FollowUpDue: the month; of a NotReady: the protections; of RemindersDue: the reminders; of a RecordingUnstamped: the recordings
}

// Soon is how far ahead a hearing stands on the list of the day.
const Soon = 7 * 24 * time.Hour

// EndsSoon is how far ahead the end of an order stands on the list of the day: time to apply for a variation, and to serve it.
const EndsSoon = 14 * 24 * time.Hour

// Today lists what needs attention at a moment, most urgent first and then by time.
func (d *Desk) Today(ctx context.Context, now time.Time) ([]Item, error) {
	hearingList, err := d.Hearings(ctx)
	if err != nil {
		return nil, err
	}
	orderList, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	recordingList, err := d.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	partyList, err := d.Parties(ctx)
	if err != nil {
		return nil, err
	}
	deskItems, err := d.deskItems(ctx, now)
	if err != nil {
		return nil, err
	}
	asked, err := d.disclosureItems(ctx)
	if err != nil {
		return nil, err
	}
	opening, err := d.openingItems(ctx, now)
	if err != nil {
		return nil, err
	}
	people, err := d.peopleItems(ctx)
	if err != nil {
		return nil, err
	}
	erasing, erased, err := d.erasureItems(ctx)
	if err != nil {
		return nil, err
	}
	caring, err := d.careItems(ctx, partyList, now)
	if err != nil {
		return nil, err
	}
	supporting, err := d.supportItems(ctx, partyList, hearingList, now)
	if err != nil {
		return nil, err
	}
	abroad, err := d.cooperationItems(ctx, hearingList, now)
	if err != nil {
		return nil, err
	}
	proposed, err := d.measureItems(ctx)
	if err != nil {
		return nil, err
	}
	ending, err := d.retentionItems(ctx, now)
	if err != nil {
		return nil, err
	}
	given, err := d.copyItems(ctx)
	if err != nil {
		return nil, err
	}
	unstamped, err := d.stampItems(ctx, hearingList)
	if err != nil {
		return nil, err
	}
	unready, err := d.notReadyItems(ctx, now)
	if err != nil {
		return nil, err
	}
	toTell, err := d.reminderItems(ctx, now)
	if err != nil {
		return nil, err
	}
	items := slices.Concat(unready, toTell, abroad, proposed, supporting, caring, d.anchorItems(), hearingItems(hearingList, orderList, recordingList, now), orderItems(orderList, now), d.disputeItems(orderList, partyList, now), deskItems, asked, opening, given, erasing, ending, unstamped, people)
	taken, err := d.takenIdentities(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range partyList {
		if !taken[p.ID] && len(p.Appearances) > 0 && !erased[p.ID] {
			items = append(items, Item{Kind: IdentityNotTaken, Case: p.Appearances[0].Case, Party: p.ID})
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), a.When.Compare(b.When))
	})
	return items, nil
}

// disclosureItems are the requests that wait for this user, and those that were granted to them.
func (d *Desk) disclosureItems(ctx context.Context) ([]Item, error) {
	list, err := d.Disclosures(ctx)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, r := range list {
		item := Item{Case: r.Case, Party: r.Party, Request: r.ID, When: r.Until}
		switch {
		case r.NeedsReview():
			item.Kind = DisclosureReview
		case r.State(d.Now()) == identity.Granted && r.Grantee == string(d.Me().ID):
			item.Kind = DisclosureOpen
		case d.MayApprove(ctx, r) == nil:
			item.Kind = DisclosureAsked
		default:
			continue
		}
		items = append(items, item)
	}
	return items, nil
}

// deskItems is what the vault itself still needs.
func (d *Desk) deskItems(ctx context.Context, now time.Time) ([]Item, error) {
	var items []Item
	if n := d.FailedTries(); n > 0 {
		items = append(items, Item{Kind: FailedTries, Count: n})
	}
	caseList, err := d.Cases(ctx)
	if err != nil {
		return nil, err
	}
	if len(caseList) == 0 {
		items = append(items, Item{Kind: NoCase})
	}
	if len(caseList) > 0 && !d.Training() {
		asked, err := d.backupItems(ctx, now)
		if err != nil {
			return nil, err
		}
		items = append(items, asked...)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	if len(recipients(users, testimony.CourtCollege)) == 0 || len(recipients(users, testimony.BenchCollege)) == 0 {
		items = append(items, Item{Kind: NoCollege})
	}
	return items, nil
}

func hearingItems(list []testimony.Hearing, orders []order.Order, recorded []Recording, now time.Time) []Item {
	var items []Item
	for _, h := range list {
		item := Item{Case: h.Case, Party: h.Party, Hearing: h.ID, When: h.Start}
		if h.Planned() && slices.ContainsFunc(recorded, func(r Recording) bool { return r.Hearing == h.ID && !r.Sealed && r.Own() }) {
			item.Kind = HearingUnclosed
			items = append(items, item)
			continue
		}
		end := h.Start.Add(h.Duration)
		if !h.Planned() || end.Before(now) || h.Start.After(now.Add(Soon)) {
			continue
		}
		item.Kind = HearingSoon
		if !now.Before(h.Start.Add(-time.Hour)) {
			item.Kind = HearingNow
		}
		items = append(items, item)
		if len(order.Applying(orders, h.Case, h.Party, h.Start)) == 0 {
			item.Kind = NoOrder
			items = append(items, item)
		}
	}
	return items
}

func orderItems(list []order.Order, now time.Time) []Item {
	var items []Item
	for _, o := range list {
		item := Item{Case: o.Case, Party: o.Party, Order: o.ID, When: o.From}
		effective, doubt := o.Effect(now)
		switch {
		case o.Signing == order.FalselySigned:
			item.Kind = OrderForged
		case effective && doubt == order.HasExpired:
			item.Kind, item.When = OrderExpired, o.Until
		case effective && doubt == order.IsContested:
			item.Kind = OrderContested
		case effective && doubt == order.AwaitsDecision:
			item.Kind = OrderInterim
		case effective && !o.Until.IsZero() && o.Until.Before(now.Add(EndsSoon)):
			item.Kind, item.When = OrderEndsSoon, o.Until
		case o.State == order.Opposed:
			item.Kind = OrderOpposed
		case o.State == order.Served && !o.Service.RespondBy.IsZero() && !now.Before(o.Service.RespondBy):
			item.Kind, item.When = OrderAnswerOver, o.Service.RespondBy
		case o.State == order.Filed && o.ExParte == "":
			item.Kind = OrderUnserved
		case o.State == order.Filed || o.State == order.Served:
			item.Kind = OrderUndecided
		default:
			continue
		}
		items = append(items, item)
	}
	return items
}
