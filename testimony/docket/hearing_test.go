package docket_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/store/audit"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
)

// hand is a clock that a test sets.
type hand struct{ at time.Time }

func (h *hand) now() time.Time { return h.at }

// invited is a vault with one hearing, its clock and the seat of its witness.
func invited(t *testing.T) (*docket.Desk, *hand, testimony.Hearing, testimony.ParticipantID) {
	t.Helper()
	clock := &hand{noon}
	d := fresh(t, testimony.Judge, clock.now)
	c := must(d.AddCase(t.Context(), testimony.Case{Reference: "TC 1/2026", Offence: testimony.Trafficking}))(t)
	p := must(d.AddParty(t.Context(), c.ID, protection.Witness, "vi"))(t)
	h := must(d.Schedule(t.Context(), planned(c.ID, p.ID, noon)))(t)
	w, _ := h.Witness()
	return d, clock, h, w.ID
}

// acts are the actions in the audit log since a length.
func acts(t *testing.T, d *docket.Desk, since int) []audit.Entry {
	t.Helper()
	return must(d.Audit(t.Context()))(t)[since:]
}

func why(t *testing.T, d *docket.Desk) string {
	t.Helper()
	entries := acts(t, d, 0)
	last := entries[len(entries)-1]
	if last.Action != "invitation.refused" {
		t.Errorf("the last act is %s", last.Action)
	}
	return last.Details["why"]
}

func invitationOf(t *testing.T, d *docket.Desk, h testimony.Hearing, seat testimony.ParticipantID, fresh bool) (invite.Secret, invite.Invitation) {
	t.Helper()
	secret, invitation, err := d.Invite(t.Context(), h, seat, fresh)
	if err != nil {
		t.Fatal(err)
	}
	return secret, invitation
}

// A seat has one invitation until it expires or a new one is wanted, and a new one withdraws it.
func TestInvite(t *testing.T) {
	t.Parallel()
	d, clock, h, seat := invited(t)
	first, invitation := invitationOf(t, d, h, seat, false)
	if invitation.ID != first.ID() || invitation.Role != "witness" || !invitation.Expires.Equal(noon.Add(docket.InviteFor)) || invitation.Used {
		t.Errorf("the invitation is %+v", invitation)
	}
	if again, _ := invitationOf(t, d, h, seat, false); again != first {
		t.Error("asked again, the seat has another invitation")
	}
	if other, _ := invitationOf(t, d, h, h.Participants[1].ID, false); other == first {
		t.Error("two seats have one invitation")
	}
	renewed, _ := invitationOf(t, d, h, seat, true)
	if renewed == first {
		t.Error("a new invitation is the old one")
	}
	if _, err := d.UseInvitation(t.Context(), first.ID(), "device"); !errors.Is(err, invite.Revoked) {
		t.Errorf("the old invitation: %v", err)
	}
	if _, err := d.UseInvitation(t.Context(), renewed.ID(), "device"); err != nil {
		t.Errorf("the new invitation: %v", err)
	}
	// Used, it stays the seat's: its device may come back.
	if kept, invitation := invitationOf(t, d, h, seat, false); kept != renewed || !invitation.Used {
		t.Error("the used invitation is not the seat's any more")
	}
	for _, nobody := range []testimony.ParticipantID{"", "nobody", testimony.BenchID} {
		if _, _, err := d.Invite(t.Context(), h, nobody, false); !errors.Is(err, docket.ErrNotFound) {
			t.Errorf("an invitation for %q: %v", nobody, err)
		}
	}
	clock.at = noon.Add(docket.InviteFor)
	counsel := h.Participants[1].ID
	old, _ := invitationOf(t, d, h, counsel, true)
	clock.at = clock.at.Add(docket.InviteFor)
	if renewed, _ := invitationOf(t, d, h, counsel, false); renewed == old {
		t.Error("an expired invitation is shown again")
	}
}

// One use, bound to the device that used it; every attempt is in the audit log with why it was refused.
func TestUseInvitation(t *testing.T) {
	t.Parallel()
	d, clock, h, seat := invited(t)
	secret, _ := invitationOf(t, d, h, seat, false)
	used := must(d.UseInvitation(t.Context(), secret.ID(), "device"))(t)
	if used.Returns || used.Alarm || !used.Next.Used || used.Next.Participant != string(seat) {
		t.Errorf("the first use: %+v", used)
	}
	if back := must(d.UseInvitation(t.Context(), secret.ID(), "device"))(t); !back.Returns || back.Alarm {
		t.Errorf("coming back: %+v", back)
	}
	before := len(acts(t, d, 0))
	decision, err := d.UseInvitation(t.Context(), secret.ID(), "another")
	if !errors.Is(err, invite.Used) || !decision.Alarm {
		t.Errorf("on another device: %+v, %v", decision, err)
	}
	if got := acts(t, d, before); len(got) != 1 || got[0].Action != "invitation.refused" || got[0].Details["why"] != "used" || got[0].Details["seat"] != string(seat) {
		t.Errorf("in the audit log stands %+v", got)
	}
	if _, err := d.UseInvitation(t.Context(), "AAAAAAAAAAAAAAAAAAAAAA", "device"); !errors.Is(err, invite.Unknown) || why(t, d) != "unknown" {
		t.Errorf("an unknown invitation: %v", err)
	}
	late, _ := invitationOf(t, d, h, h.Participants[1].ID, false)
	clock.at = noon.Add(docket.InviteFor)
	if _, err := d.UseInvitation(t.Context(), late.ID(), "device"); !errors.Is(err, invite.Expired) || why(t, d) != "expired" {
		t.Errorf("an expired invitation: %v", err)
	}
	if back, err := d.UseInvitation(t.Context(), secret.ID(), "device"); err != nil || !back.Returns {
		t.Errorf("the witness comes back after the invitation's day: %+v, %v", back, err)
	}
	clock.at = clock.at.Add(invite.ReturnFor)
	if _, err := d.UseInvitation(t.Context(), secret.ID(), "device"); !errors.Is(err, invite.Expired) {
		t.Errorf("the witness comes back a day late: %v", err)
	}
}

// Who is sent away cannot come back, not even on the device that was let in.
func TestRevoke(t *testing.T) {
	t.Parallel()
	d, _, h, seat := invited(t)
	secret, _ := invitationOf(t, d, h, seat, false)
	other, _ := invitationOf(t, d, h, h.Participants[1].ID, false)
	must(d.UseInvitation(t.Context(), secret.ID(), "device"))(t)
	if err := d.Revoke(t.Context(), h.ID, seat); err != nil {
		t.Fatal(err)
	}
	if _, err := d.UseInvitation(t.Context(), secret.ID(), "device"); !errors.Is(err, invite.Revoked) || why(t, d) != "revoked" {
		t.Errorf("after the removal: %v", err)
	}
	if _, err := d.UseInvitation(t.Context(), other.ID(), "device"); err != nil {
		t.Errorf("another seat's invitation: %v", err)
	}
	if renewed, _ := invitationOf(t, d, h, seat, false); renewed == secret {
		t.Error("the withdrawn invitation is the seat's again")
	}
}

// The handshake finds the secrets of its own hearing only.
func TestSecretsAreOfOneHearing(t *testing.T) {
	t.Parallel()
	d, _, h, seat := invited(t)
	secret, _ := invitationOf(t, d, h, seat, false)
	if got, err := d.InvitationSecret(t.Context(), h.ID, secret.ID()); err != nil || got != secret {
		t.Errorf("in its own hearing: %v", err)
	}
	if got, err := d.InvitationSecret(t.Context(), "another", secret.ID()); !errors.Is(err, invite.Unknown) || !got.IsZero() {
		t.Errorf("in another hearing: %v", err)
	}
	if _, err := d.InvitationSecret(t.Context(), h.ID, "AAAAAAAAAAAAAAAAAAAAAA"); !errors.Is(err, invite.Unknown) {
		t.Errorf("an unknown one: %v", err)
	}
}

// record makes a sealed recording that says something.
func record(t *testing.T, d *docket.Desk, h testimony.HearingID, version protection.Audience, says string) docket.Recording {
	t.Helper()
	r, w, err := d.BeginRecording(t.Context(), h, version)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(says)); err != nil {
		t.Fatal(err)
	}
	if err := d.SealRecording(t.Context(), r.ID, must(w.Close())(t), time.Minute); err != nil {
		t.Fatal(err)
	}
	return must(d.Recording(t.Context(), r.ID))(t)
}

// The master opens to judge and registrar, the public version to the clerk as well; every opening and every refusal is in
// the audit log, and whoever may not open it has not got the key either.
func TestRecordingsOpenToThoseEntitled(t *testing.T) {
	t.Parallel()
	d := training(t)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	master := record(t, d, h.ID, protection.MasterRecord, "said for the master_record")
	public := record(t, d, h.ID, protection.PublicRecord, "said for the public_record")
	both := []string{"master_record", "public_record"}
	opens := map[string][]string{testimony.Judge: both, testimony.Registrar: both, testimony.Clerk: both[1:], testimony.Advocate: nil}
	for office, want := range opens {
		d = as(t, d, office)
		var got []string
		for _, r := range []docket.Recording{master, public} {
			name := string(r.Version)
			_, reader, err := d.OpenRecording(t.Context(), r.ID, "the test")
			if err != nil {
				if !errors.Is(err, docket.ErrNotAllowed) {
					t.Errorf("the %s and the %s: %v", office, name, err)
				}
				continue
			}
			text, err := io.ReadAll(io.NewSectionReader(reader, 0, reader.Size()))
			if err := errors.Join(err, reader.Close()); err != nil || string(text) != "said for the "+name {
				t.Errorf("the %s reads %q of the %s: %v", office, text, name, err)
			}
			got = append(got, name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the %s opens %q, want %q", office, got, want)
		}
		_, _, err := d.VerifyRecording(t.Context(), master.ID, nil)
		if keyed := office == testimony.Judge || office == testimony.Registrar; keyed != (err == nil) || !keyed && !errors.Is(err, store.ErrNoAccess) {
			t.Errorf("the %s checks the master: %v", office, err)
		}
		if _, report, err := d.VerifyRecording(t.Context(), public.ID, nil); err != nil || !report.Intact {
			t.Errorf("the %s checks the public version: %v", office, err)
		}
	}
	d = as(t, d, testimony.Auditor)
	if _, _, err := d.OpenRecording(t.Context(), public.ID, "the test"); err == nil {
		t.Error("the auditor opens a recording")
	}
	opened, refused := 0, 0
	for _, e := range acts(t, d, 0) {
		switch e.Action {
		case "recording.opened":
			opened++
		case "recording.refused":
			refused++
		}
	}
	if opened != 5 || refused != 3 {
		t.Errorf("in the audit log stand %d openings and %d refusals, want 5 and 3", opened, refused)
	}
}

// While an order asks for a review, or its passages have to stay out, the public version is for a judge to hand out; others are refused, in the audit log.
// A measure that withholds nothing from the public record keeps nobody from it, and neither does an order that a judge has rescinded.
func TestPublicVersionWaitsForItsReview(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		measure order.Measure
		kept    bool
	}{
		"non-disclosure":       {order.Measure{Kind: order.NonDisclosure}, true},
		"expunged":             {order.Measure{Kind: order.Expunge, Parameters: order.Parameters{Passages: []order.Passage{{From: noon, To: noon.Add(time.Minute)}}}}, true},
		"released on review":   {order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.AfterReview}}, true},
		"released afterwards":  {order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.AfterTestimony}}, false},
		"in private session":   {order.Measure{Kind: order.PrivateSession}, false},
		"with another picture": {order.Measure{Kind: order.FaceAlteration}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := training(t)
			h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
			for _, o := range must(d.Orders(t.Context()))(t) {
				if slices.Contains(d.MayStep(o), order.Rescind) {
					step(t, d, o, order.Rescind)
				}
			}
			o := must(d.FileOrder(t.Context(), order.Order{Case: h.Case, Party: h.Party, Reference: "2026/961", From: noon.Add(-time.Hour), Measures: []order.Measure{c.measure}}))(t)
			step(t, d, o, order.Grant)
			public := record(t, d, h.ID, protection.PublicRecord, "said")
			opens := func() error {
				_, reader, err := d.OpenRecording(t.Context(), public.ID, "the test")
				if err == nil {
					err = reader.Close()
				}
				return err
			}
			if err := opens(); err != nil {
				t.Errorf("the judge: %v", err)
			}
			d = as(t, d, testimony.Clerk)
			if err := opens(); errors.Is(err, docket.ErrAfterReview) != c.kept || !c.kept && err != nil {
				t.Errorf("the clerk: %v", err)
			}
			d = as(t, d, testimony.Judge)
			if logged := slices.ContainsFunc(acts(t, d, 0), func(e audit.Entry) bool { return e.Action == "recording.refused" }); logged != c.kept {
				t.Errorf("a refusal is in the audit log: %t", logged)
			}
			step(t, d, must(d.Order(t.Context(), o.ID))(t), order.Rescind)
			d = as(t, d, testimony.Clerk)
			if err := opens(); err != nil {
				t.Errorf("the clerk, once the order was rescinded: %v", err)
			}
		})
	}
}

func TestRecordingsAreBegunByWhoeverHoldsTheHearing(t *testing.T) {
	t.Parallel()
	d := training(t)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	for _, version := range []protection.Audience{protection.Gallery, "", "master"} {
		if _, _, err := d.BeginRecording(t.Context(), h.ID, version); !errors.Is(err, docket.ErrInvalid) {
			t.Errorf("a recording for %q: %v", version, err)
		}
	}
	for _, office := range []string{testimony.Registrar, testimony.Advocate} {
		d = as(t, d, office)
		if _, _, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("the %s records: %v", office, err)
		}
	}
	if n := len(must(d.Recordings(t.Context()))(t)); n != 0 {
		t.Errorf("%d recordings were noted", n)
	}
	d = as(t, d, testimony.Clerk)
	r := record(t, d, h.ID, protection.MasterRecord, "x")
	if _, _, err := d.OpenRecording(t.Context(), r.ID, "the test"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk who recorded opens the master: %v", err)
	}
	d = as(t, d, testimony.Judge)
	if _, reader, err := d.OpenRecording(t.Context(), r.ID, "the test"); err != nil || reader.Close() != nil {
		t.Errorf("the judge opens what the clerk recorded: %v", err)
	}
}

func TestSealedRecordingIsTold(t *testing.T) {
	t.Parallel()
	d := training(t)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	r := record(t, d, h.ID, protection.MasterRecord, "said")
	want := docket.Recording{Hearing: h.ID, Version: protection.MasterRecord, Started: noon, Duration: time.Minute, Size: 4, Chunks: 1, Sealed: true}
	if diff := cmp.Diff(want, r, cmpopts.IgnoreFields(docket.Recording{}, "ID", "Root")); diff != "" || len(r.Root) != 32 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := d.SealRecording(t.Context(), "none", blob.Summary{}, 0); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a recording that does not exist was sealed: %v", err)
	}
	if _, _, err := d.OpenRecording(t.Context(), "none", "the test"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a recording that does not exist was opened: %v", err)
	}
}

// A file that is whole in itself and not the one that was sealed is found out.
func TestAnotherFileIsFoundOut(t *testing.T) {
	t.Parallel()
	d := training(t)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	r, w, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	if err != nil {
		t.Fatal(err)
	}
	must(w.Write([]byte("said")))(t)
	summary := must(w.Close())(t)
	summary.Root[0] ^= 1
	if err := d.SealRecording(t.Context(), r.ID, summary, time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.VerifyRecording(t.Context(), r.ID, nil); !errors.Is(err, docket.ErrRootDiffers) {
		t.Errorf("a file with another root: %v", err)
	}
}

func event(minute int, kind testimony.EventKind, phase testimony.Phase) testimony.Event {
	return testimony.Event{At: noon.Add(time.Duration(minute) * time.Minute), Kind: kind, Phase: phase, Mode: protection.PublicMode}
}

// Events come back in their order however many there are, and those of one hearing only.
func TestJournal(t *testing.T) {
	t.Parallel()
	d, _, h, seat := invited(t)
	const many = 12 // more than nine, so that their numbers do not sort as words
	for n := range many {
		e := event(n, testimony.Requested, testimony.Testimony)
		e.Participant, e.Reason = seat, fmt.Sprint("reason ", n)
		if err := d.KeepEvent(t.Context(), h.ID, n, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.KeepEvent(t.Context(), h.ID+"x", 0, event(0, testimony.Marked, testimony.Testimony)); err != nil {
		t.Fatal(err)
	}
	events := must(d.Events(t.Context(), h.ID))(t)
	if len(events) != many {
		t.Fatalf("%d events came back", len(events))
	}
	for n, e := range events {
		if e.Reason != fmt.Sprint("reason ", n) || !e.At.Equal(noon.Add(time.Duration(n)*time.Minute)) {
			t.Errorf("event %d is %+v", n, e)
		}
	}
	for _, e := range acts(t, d, 0) {
		for _, value := range e.Details {
			if strings.Contains(value, "reason") {
				t.Errorf("the audit log tells a reason: %v", e.Details)
			}
		}
	}
}

// A session that was never closed has the minutes that its events tell; one that was closed, those that were kept.
func TestMinutesAreRecovered(t *testing.T) {
	t.Parallel()
	d, _, h, _ := invited(t)
	if _, err := d.Minutes(t.Context(), h.ID); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("the minutes of a hearing that was not held: %v", err)
	}
	r := record(t, d, h.ID, protection.MasterRecord, "x")
	steps := []testimony.Event{event(0, testimony.PhaseChanged, testimony.IdentityCheck), event(2, testimony.PhaseChanged, testimony.Oath),
		event(3, testimony.PhaseChanged, testimony.Testimony), event(13, testimony.Marked, testimony.Testimony)}
	for n, e := range steps {
		if err := d.KeepEvent(t.Context(), h.ID, n, e); err != nil {
			t.Fatal(err)
		}
	}
	m := must(d.Minutes(t.Context(), h.ID))(t)
	if m.Version != "recovered" || len(m.Events) != 4 || m.Totals[0].Seconds != 600 || m.Case != "TC 1/2026" || m.Witness != "Witness A" ||
		!slices.Equal(m.Recording, []testimony.RecordingID{r.ID}) || !m.Court.End.Equal(noon.Add(13*time.Minute)) {
		t.Errorf("recovered were %+v", m)
	}
	if kept := must(d.Hearing(t.Context(), h.ID))(t); !kept.Held.IsZero() {
		t.Error("recovering the minutes noted the hearing as held")
	}
	whole := testimony.BuildMinutes(h, "TC 1/2026", noon, noon.Add(20*time.Minute), steps, nil)
	if err := d.KeepMinutes(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	if got := must(d.Minutes(t.Context(), h.ID))(t); got.Version != "sealed" || !got.Court.End.Equal(noon.Add(20*time.Minute)) {
		t.Errorf("kept were %+v", got)
	}
	if kept := must(d.Hearing(t.Context(), h.ID))(t); !kept.Held.Equal(noon.Add(20 * time.Minute)) {
		t.Errorf("the hearing was held until %s", kept.Held)
	}
	whole.Hearing = "none"
	if err := d.KeepMinutes(t.Context(), whole); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("minutes of a hearing that does not exist: %v", err)
	}
}

// kinds are the kinds of the day's items.
func kinds(t *testing.T, d *docket.Desk, now time.Time) []docket.ItemKind {
	t.Helper()
	var list []docket.ItemKind
	for _, item := range must(d.Today(t.Context(), now))(t) {
		list = append(list, item.Kind)
	}
	return list
}

// A planned hearing comes onto the list a week ahead, is under way from an hour before until its end, and leaves it then.
func TestHearingOnTheListOfTheDay(t *testing.T) {
	t.Parallel()
	d, _, h, _ := invited(t)
	for _, c := range []struct {
		before time.Duration // of the start
		want   []docket.ItemKind
	}{
		{docket.Soon + time.Second, nil},
		{docket.Soon, []docket.ItemKind{docket.NoOrder, docket.WarningNotGiven, docket.HearingSoon}},
		{time.Hour + time.Second, []docket.ItemKind{docket.NoOrder, docket.WarningNotGiven, docket.HearingSoon}},
		{time.Hour, []docket.ItemKind{docket.HearingNow, docket.NoOrder, docket.WarningNotGiven}},
		{0, []docket.ItemKind{docket.HearingNow, docket.NoOrder, docket.WarningNotGiven}},
		{-h.Duration, []docket.ItemKind{docket.HearingNow, docket.NoOrder, docket.WarningNotGiven}},
		{-h.Duration - time.Second, nil},
	} {
		got := slices.DeleteFunc(kinds(t, d, h.Start.Add(-c.before)), func(k docket.ItemKind) bool {
			return k == docket.NoCollege || k == docket.IdentityNotTaken || k == docket.BackupDue || k == docket.NoKit || k == docket.NoPermission || k == docket.NotReady || k == docket.RemindersDue
		})
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s before the start (-want +got):\n%s", c.before, diff)
		}
	}
}

// Everything that keeps an order from being the last word stands on the list, with the moment that matters.
func TestOrdersOnTheListOfTheDay(t *testing.T) {
	t.Parallel()
	d, _, h, _ := invited(t)
	past := noon.Add(-time.Hour)
	for _, c := range []struct {
		steps []order.State
		until time.Time
		want  docket.ItemKind
		when  time.Time
	}{
		{nil, time.Time{}, docket.OrderUnserved, past.Add(-time.Hour)},
		{[]order.State{order.Served}, time.Time{}, docket.OrderUndecided, past.Add(-time.Hour)},
		{[]order.State{order.Opposed}, time.Time{}, docket.OrderOpposed, past.Add(-time.Hour)},
		{[]order.State{order.Interim}, time.Time{}, docket.OrderInterim, past.Add(-time.Hour)},
		{[]order.State{order.InForce}, time.Time{}, "", time.Time{}},
		{[]order.State{order.InForce}, past, docket.OrderExpired, past},
		{[]order.State{order.InForce, order.Contested}, time.Time{}, docket.OrderContested, past.Add(-time.Hour)},
		{[]order.State{order.InForce, order.Rescinded}, time.Time{}, "", time.Time{}},
		{[]order.State{order.Refused}, time.Time{}, "", time.Time{}},
		{[]order.State{order.InForce, order.Spent}, past, "", time.Time{}},
	} {
		o := must(d.FileOrder(t.Context(), order.Order{Case: h.Case, Party: h.Party, Reference: "2026/1", From: past.Add(-time.Hour), Until: c.until, Change: "Each follows another.",
			Measures: []order.Measure{{Kind: order.FaceAlteration}}}))(t)
		for _, s := range c.steps {
			o = must(d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(s)))(t)
		}
		var got docket.Item
		for _, item := range must(d.Today(t.Context(), noon))(t) {
			if item.Order == o.ID {
				got = item
			}
		}
		if got.Kind != c.want || !got.When.Equal(c.when) {
			t.Errorf("after %v, until %s: %q at %s, want %q at %s", c.steps, c.until, got.Kind, got.When, c.want, c.when)
		}
	}
}

// What the vault lacks stands on the list until it is there.
func TestNewVaultOnTheListOfTheDay(t *testing.T) {
	t.Parallel()
	d := fresh(t, testimony.Judge, still)
	want := func(list ...docket.ItemKind) {
		t.Helper()
		if diff := cmp.Diff(list, kinds(t, d, noon)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	want(docket.NoCase, docket.NoCollege, docket.NoKit)
	c := must(d.AddCase(t.Context(), testimony.Case{Reference: "TC 1/2026", Offence: testimony.Smuggling}))(t)
	want(docket.BackupDue, docket.NoCollege, docket.NoKit)
	p := must(d.AddParty(t.Context(), c.ID, protection.Witness, "vi"))(t)
	want(docket.BackupDue, docket.NoCollege, docket.NoKit, docket.IdentityNotTaken)
	must(d.AddUser(t.Context(), user(testimony.Clerk)))(t)
	want(docket.BackupDue, docket.NoKit, docket.IdentityNotTaken)
	if err := d.SealIdentity(t.Context(), p.ID, identity.Fields{identity.Name: "invented"}); err != nil {
		t.Fatal(err)
	}
	want(docket.BackupDue, docket.NoKit)
	must(d.Backup(t.Context(), t.TempDir(), nil))(t)
	want(docket.NoKit)
	k, _, err := d.MakeKit(t.Context(), 2, slices.Clone(outsiders))
	if err != nil {
		t.Fatal(err)
	}
	want(docket.KitWaits)
	must(d.ConfirmKit(t.Context(), k.ID))(t)
	want()
}

// A recording without an end comes first, until the hearing has been held.
func TestUnclosedHearingComesFirst(t *testing.T) {
	t.Parallel()
	d, _, h, _ := invited(t)
	r, w, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	if err != nil {
		t.Fatal(err)
	}
	if first := kinds(t, d, noon)[0]; first != docket.HearingUnclosed {
		t.Errorf("the list begins with %s", first)
	}
	if err := d.SealRecording(t.Context(), r.ID, must(w.Close())(t), time.Minute); err != nil {
		t.Fatal(err)
	}
	if first := kinds(t, d, noon)[0]; first != docket.HearingNow {
		t.Errorf("sealed, the list begins with %s", first)
	}
	if err := d.KeepMinutes(t.Context(), testimony.BuildMinutes(h, "", noon, noon.Add(time.Minute), nil, nil)); err != nil {
		t.Fatal(err)
	}
	if list := kinds(t, d, noon); slices.Contains(list, docket.HearingNow) || slices.Contains(list, docket.NoOrder) {
		t.Errorf("held, the hearing stands on the list: %v", list)
	}
}

// Every kind has its place, once.
func TestKindsAreOrdered(t *testing.T) {
	t.Parallel()
	if sorted := slices.Sorted(slices.Values(docket.Kinds)); len(slices.Compact(sorted)) != len(docket.Kinds) {
		t.Errorf("a kind stands twice: %v", docket.Kinds)
	}
}
