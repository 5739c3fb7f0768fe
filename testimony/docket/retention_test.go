package docket_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
	"paravent/testimony/retention"
	"paravent/testimony/transcript"
)

// finished is a bureau with a master whose hearing is closed, whose case was judged a year ago, and which is kept for a year.
func finished(t *testing.T) (*bureau, docket.Recording) {
	t.Helper()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	r := capture(t, d)
	if _, err := d.CommitRecording(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.KeepMinutes(t.Context(), testimony.Minutes{Hearing: r.Hearing, Court: testimony.Clock{Zone: "UTC", Begin: noon, End: noon}}); err != nil {
		t.Fatal(err)
	}
	h := must(d.Hearing(t.Context(), r.Hearing))(t)
	must(d.SetRetention(t.Context(), retention.Rule{Class: retention.Master, Years: 1, Basis: "art. 12"}))(t)
	b.now = b.now.AddDate(1, 0, 1)
	d = b.as(testimony.Judge)
	if err := d.EnterJudgment(t.Context(), h.Case, b.now.AddDate(-1, 0, -1)); err != nil {
		t.Fatal(err)
	}
	return b, r
}

// quiet ends what stands in the training case against an erasure: orders that wait or whose time is over.
func (b *bureau) quiet() {
	b.t.Helper()
	d := b.as(testimony.Judge)
	for _, o := range must(d.Orders(b.t.Context()))(b.t) {
		for _, s := range []order.Step{order.Grant, order.Uphold, order.Rescind} {
			if now := must(d.Order(b.t.Context(), o.ID))(b.t); slices.Contains(d.MayStep(now), s) {
				must(d.StepOrder(b.t.Context(), o.ID, nil, order.Act{Step: s, Reasons: "the case is over", Change: "there is a judgment", ExParte: "nobody is left to serve", Consent: order.Consent{Will: order.Consents}}))(b.t)
			}
		}
	}
}

func keepingOf(t *testing.T, d *docket.Desk, id testimony.RecordingID) docket.Keeping {
	t.Helper()
	for _, k := range must(d.Retention(t.Context()))(t) {
		if k.Recording.ID == id {
			return k
		}
	}
	t.Fatalf("nothing is said of %s", id)
	return docket.Keeping{}
}

// From what falls due to what is gone: proposed by a clerk, approved by a judge, and then nobody opens it, while its hashes, its custody and the log stay.
func TestAnErasedRecordingIsGoneForEveryone(t *testing.T) {
	t.Parallel()
	b, r := finished(t)
	b.quiet()
	if n := b.listed(testimony.Clerk, docket.RecordingDue); n != 1 {
		t.Fatalf("%d recordings are due: %v", n, keepingOf(t, b.desk, r.ID).Against)
	}
	file := filepath.Join(b.path+".d", string(r.ID)+".blob")
	before := mustRead(t, file)
	must(b.as(testimony.Judge).ImportTranscript(t.Context(), r.ID, "t.vtt", []byte("WEBVTT\n\n00:00.100 --> 00:00.200\n<v witness>Said.\n"), transcript.Reading{Language: "en"}, false))(t)
	e := must(b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "its time is over"))(t)
	if b.listed(testimony.Clerk, docket.RecordingDue) != 0 || b.listed(testimony.Judge, docket.RecordingErasure) != 1 {
		t.Error("the proposal does not stand on the judge's list alone")
	}
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	sealed := stored(t, b.path)
	d := b.as(testimony.Judge)
	e = must(d.DecideRecordingErasure(t.Context(), e.ID, true, "nothing needs it"))(t)
	if e.State() != retention.Cleared || !store.CheckStatement(must1(d.Status(t.Context())), d.Me().SigningPublic, e.Statement(), e.Signature) {
		t.Fatalf("%+v", e)
	}
	b.audited("retention.ruled", "retention.judged", "retention.proposed", "retention.approved", "recording.erased", "recording.cleared")
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file: %v", err)
	}
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	raw, after, gone := mustRead(t, b.path), stored(t, b.path), 0
	for key, value := range sealed {
		if _, there := after[key]; there {
			continue
		}
		gone++
		if bytes.Contains(raw, value[:32]) {
			t.Error("what was deleted is still in the file")
		}
	}
	if gone < 3 { // the key, the seed and the transcript
		t.Errorf("%d records are gone", gone)
	}
	if err := os.WriteFile(file, before, 0o600); err != nil { // a copy of the sealed file from somewhere else opens to nobody
		t.Fatal(err)
	}
	for _, login := range []string{testimony.Judge, testimony.Registrar, testimony.Clerk} {
		if _, _, err := b.as(login).OpenRecording(t.Context(), r.ID, "play"); err == nil {
			t.Errorf("%s opens it", login)
		}
	}
	d = b.as(testimony.Judge)
	if _, _, err := d.VerifyRecording(t.Context(), r.ID, nil); !errors.Is(err, docket.ErrErased) {
		t.Errorf("verifying it: %v", err)
	}
	if _, err := d.BeginVersion(t.Context(), r.ID); !errors.Is(err, docket.ErrErased) {
		t.Errorf("a version of it: %v", err)
	}
	named(t, d)
	if list := must(d.Unstamped(t.Context()))(t); len(list) != 0 {
		t.Errorf("a timestamp of it is asked for: %+v", list)
	}
	if report := must(d.Verify(t.Context(), nil))(t); !report.Sound() {
		t.Errorf("the vault: %v", report.Faults)
	}
	c := must(d.Custody(t.Context(), r.ID))(t)
	if c.Found != notice.Erased || !bytes.Equal(c.FileRoot, r.Root) || len(c.Root) == 0 || !slices.ContainsFunc(c.Chain, func(l notice.Link) bool { return l.Act == "recording.erased" }) {
		t.Errorf("its custody: %+v", c)
	}
	if _, err := b.as(testimony.Judge).Backup(t.Context(), t.TempDir(), nil); err != nil {
		t.Errorf("a backup of the vault: %v", err)
	}
	if _, err := b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "again"); !errors.Is(err, docket.ErrErased) {
		t.Errorf("again: %v", err)
	}
}

func must1(id string, _ any, err error) string {
	if err != nil {
		panic(err)
	}
	return id
}

// Neither alone, nor the wrong office, nor before its time.
func TestNobodyErasesARecordingAlone(t *testing.T) {
	t.Parallel()
	b, r := finished(t)
	b.quiet()
	for _, login := range []string{testimony.Judge, testimony.Advocate, testimony.Auditor} {
		if _, err := b.as(login).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "why"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("%s proposes: %v", login, err)
		}
	}
	e := must(b.as(testimony.Registrar).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "why"))(t)
	for _, login := range []string{testimony.Registrar, testimony.Clerk, testimony.Advocate} {
		if _, err := b.as(login).DecideRecordingErasure(t.Context(), e.ID, true, "why"); !errors.Is(err, order.ErrJudgeOnly) {
			t.Errorf("%s approves: %v", login, err)
		}
	}
	b.audited("retention.denied")
	if _, err := b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "why"); !errors.Is(err, retention.ErrStep) {
		t.Errorf("a second proposal: %v", err)
	}
	if _, err := b.as(testimony.Judge).DecideRecordingErasure(t.Context(), e.ID, true, " "); !errors.Is(err, retention.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if e = must(b.desk.DecideRecordingErasure(t.Context(), e.ID, false, "not yet"))(t); e.State() != retention.Refused {
		t.Errorf("%+v", e)
	}
	if _, err := b.desk.DecideRecordingErasure(t.Context(), e.ID, true, "after all"); !errors.Is(err, retention.ErrStep) {
		t.Errorf("approved after it was refused: %v", err)
	}
	if _, _, err := b.desk.VerifyRecording(t.Context(), r.ID, nil); err != nil {
		t.Errorf("the recording: %v", err)
	}
}

// What came between the proposal and the decision is seen: an appeal, an edit asked for, an application, a longer rule.
func TestAnErasureIsRefusedWhileSomethingNeedsTheRecording(t *testing.T) {
	t.Parallel()
	b, r := finished(t)
	b.quiet()
	h := must(b.desk.Hearing(t.Context(), r.Hearing))(t)
	e := must(b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "its time is over"))(t)
	refused := func(want retention.Obstacle) {
		t.Helper()
		_, err := b.as(testimony.Judge).DecideRecordingErasure(t.Context(), e.ID, true, "nothing needs it")
		var needed *retention.NeededError
		if !errors.As(err, &needed) || !slices.Contains(needed.Against, want) {
			t.Errorf("with %s: %v", want, err)
		}
		if _, _, err := b.desk.VerifyRecording(t.Context(), r.ID, nil); err != nil {
			t.Fatalf("with %s, the recording: %v", want, err)
		}
	}
	hold := must(b.as(testimony.Clerk).PlaceHold(t.Context(), retention.Hold{Case: h.Case, Ground: retention.Appeal, Reason: "an appeal was lodged"}))(t)
	refused(retention.HeldByAppeal)
	if _, err := b.as(testimony.Clerk).LiftHold(t.Context(), hold.ID, "over"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk lifts a hold: %v", err)
	}
	must(b.as(testimony.Judge).LiftHold(t.Context(), hold.ID, "the appeal was withdrawn"))(t)
	q := askEdit(t, b.desk, r.ID, voiceMask(time.Second, 2*time.Second))
	refused(retention.EditAsked)
	decideEdit(t, b.as(testimony.Judge), q, 1, edit.Refuse)
	must(b.as(testimony.Registrar).SetRetention(t.Context(), retention.Rule{Case: h.Case, Class: retention.Master, Years: 30, Basis: "an order"}))(t)
	refused(retention.NotDue)
	must(b.desk.SetRetention(t.Context(), retention.Rule{Case: h.Case, Class: retention.Master, Until: b.now, Basis: "an order"}))(t)
	if e = must(b.as(testimony.Judge).DecideRecordingErasure(t.Context(), e.ID, true, "nothing needs it"))(t); e.State() != retention.Cleared {
		t.Errorf("at last: %+v", e)
	}
}

// An erasure whose file could not be removed is brought to its end later, by a clerk as well.
func TestARecordingErasureThatWasCutShortIsEnded(t *testing.T) {
	t.Parallel()
	b, r := finished(t)
	b.quiet()
	e := must(b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "its time is over"))(t)
	file := filepath.Join(b.path+".d", string(r.ID)+".blob")
	if err := errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "in the way"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Judge).DecideRecordingErasure(t.Context(), e.ID, true, "nothing needs it"); !errors.Is(err, docket.ErrNotCleared) {
		t.Fatalf("with its file in the way: %v", err)
	}
	if n := b.listed(testimony.Clerk, docket.RecordingUncleared); n != 1 {
		t.Errorf("%d stand on the clerk's list", n)
	}
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	if e = must(b.as(testimony.Clerk).ClearRecordingErasure(t.Context(), e.ID, nil))(t); e.State() != retention.Cleared {
		t.Errorf("%+v", e)
	}
}
