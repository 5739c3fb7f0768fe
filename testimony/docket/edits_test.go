package docket_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"paravent/media"
	webm "paravent/media/record"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/redaction"
)

// capture keeps a master of ten seconds of sound with a hearing of the training case.
func capture(t *testing.T, d *docket.Desk) docket.Recording {
	t.Helper()
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	r, file, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	if err != nil {
		t.Fatal(err)
	}
	out := must(webm.NewWriter(file, []webm.Track{{Number: 1, Kind: media.KindAudio, Codec: webm.CodecOpus}}, r.Started))(t)
	for n := range 500 {
		if err := out.Audio(time.Duration(n)*20*time.Millisecond, bytes.Repeat([]byte{byte(n)}, 60)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.SealRecording(t.Context(), r.ID, must(file.Close())(t), 10*time.Second); err != nil {
		t.Fatal(err)
	}
	return must(d.Recording(t.Context(), r.ID))(t)
}

func voiceMask(from, until time.Duration) edit.Item {
	return edit.Item{Passage: edit.Passage{Kind: edit.Mask, Channels: edit.Voice, From: from, Until: until}, Reason: "a name is said"}
}

func askEdit(t *testing.T, d *docket.Desk, of testimony.RecordingID, items ...edit.Item) edit.Request {
	t.Helper()
	return must(d.AskEdit(t.Context(), edit.Request{Recording: of, Stance: edit.Opposed, Opposes: "the defence was not asked", Items: items}))(t)
}

func decideEdit(t *testing.T, d *docket.Desk, r edit.Request, number int, s edit.Step) edit.Request {
	t.Helper()
	return must(d.DecideEdit(t.Context(), r.ID, number, s, "why"))(t)
}

// version makes one and says what came of it.
func version(t *testing.T, d *docket.Desk, of testimony.RecordingID) error {
	t.Helper()
	m, err := d.BeginVersion(t.Context(), of)
	if err != nil {
		return err
	}
	m.Plan.Cover = func(int, int) ([]byte, []byte, error) { return []byte{1}, []byte{0xf8}, nil }
	made, err := redaction.Derive(m.To, m.From, m.From.Size(), m.Plan)
	if err != nil {
		return errors.Join(err, m.Abandon(t.Context()))
	}
	_, err = m.Keep(t.Context(), made.Duration)
	return err
}

// Whatever somebody with a program of their own changes in what was asked and decided: no further decision, no version.
func TestForgedEdits(t *testing.T) {
	t.Parallel()
	type forgery func(ctx context.Context, d *docket.Desk, r edit.Request) error
	request := func(change func(*edit.Request)) forgery {
		return func(ctx context.Context, d *docket.Desk, r edit.Request) error {
			return docket.ForgeEdit(ctx, d, r.ID, change)
		}
	}
	list := func(number int, change func(*edit.List)) forgery {
		return func(ctx context.Context, d *docket.Desk, r edit.Request) error {
			return docket.ForgeList(ctx, d, r.Recording, number, change)
		}
	}
	for name, forge := range map[string]forgery{
		"an item longer":          request(func(r *edit.Request) { r.Items[0].Until += time.Second }),
		"an item never approved":  request(func(r *edit.Request) { r.Items[2].State = edit.Approved }),
		"a refused item approved": request(func(r *edit.Request) { r.Items[1].State = edit.Approved }),
		"an approval taken out": request(func(r *edit.Request) {
			r.Items[0].State, r.Items[0].History, r.Items[0].PictureUntil = edit.Asked, nil, 0
		}),
		"an item less in the list":  list(1, func(l *edit.List) { l.Items = nil }),
		"an item longer in it":      list(1, func(l *edit.List) { l.Items[0].Until += time.Second }),
		"the list of another judge": list(1, func(l *edit.List) { l.By = "somebody" }),
		"the list taken away":       list(1, func(l *edit.List) { l.Number = 0 }),
		"another root":              list(1, func(l *edit.List) { l.Root = []byte{1} }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t)
			master := capture(t, b.as(testimony.Judge))
			r := askEdit(t, b.desk, master.ID, voiceMask(time.Second, 2*time.Second), voiceMask(3*time.Second, 4*time.Second), voiceMask(5*time.Second, 6*time.Second))
			decideEdit(t, b.desk, decideEdit(t, b.desk, r, 1, edit.Approve), 2, edit.Refuse)
			if err := version(t, b.desk, master.ID); err != nil {
				t.Fatalf("before anything is forged: %v", err)
			}
			if err := forge(t.Context(), b.as(testimony.Clerk), r); err != nil {
				t.Fatal(err)
			}
			if err := version(t, b.as(testimony.Judge), master.ID); !errors.Is(err, docket.ErrForgedEdit) {
				t.Errorf("a version: %v", err)
			}
		})
	}
}

// A judge does not sign again what somebody forged.
func TestNoDecisionOverAForgedOne(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	forged := decideEdit(t, b.desk, askEdit(t, b.desk, master.ID, voiceMask(time.Second, 2*time.Second)), 1, edit.Approve)
	fresh := askEdit(t, b.desk, master.ID, voiceMask(3*time.Second, 4*time.Second))
	if err := docket.ForgeEdit(t.Context(), b.desk, forged.ID, func(r *edit.Request) { r.Items[0].Until += time.Second }); err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.DecideEdit(t.Context(), fresh.ID, 1, edit.Approve, ""); !errors.Is(err, docket.ErrForgedEdit) {
		t.Errorf("beside a forged request: %v", err)
	}
	again := must(b.desk.EditRequest(t.Context(), forged.ID))(t)
	if again.Signing != edit.FalselySigned || b.desk.MayEdit(again, 1) != nil {
		t.Errorf("the forged request is %q, and offers %v", again.Signing, b.desk.MayEdit(again, 1))
	}
	if _, err := b.desk.DecideEdit(t.Context(), forged.ID, 1, edit.Lift, "why"); !errors.Is(err, docket.ErrForgedEdit) {
		t.Errorf("of the forged request: %v", err)
	}
}

// Edits go with their case to a team: its members see and carry them out, others don't.
func TestEditsMoveWithTheirCase(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	master := capture(t, c.as(testimony.Judge))
	r := decideEdit(t, c.desk, askEdit(t, c.desk, master.ID, voiceMask(time.Second, 2*time.Second)), 1, edit.Approve)
	c.move()
	if err := version(t, c.as(testimony.Judge), master.ID); err != nil {
		t.Errorf("a judge of the team: %v", err)
	}
	if got := must(c.as(testimony.Clerk).EditRequests(t.Context(), master.ID))(t); len(got) != 1 || got[0].Signing != edit.Signed {
		t.Errorf("a clerk of the team sees %+v", got)
	}
	for _, outside := range []string{"judge2", "clerk2"} {
		d := c.as(outside)
		if got := must(d.EditRequests(t.Context(), ""))(t); len(got) != 0 {
			t.Errorf("%s sees %d requests", outside, len(got))
		}
		if _, err := d.DecideEdit(t.Context(), r.ID, 1, edit.Lift, "why"); !errors.Is(err, docket.ErrNotFound) {
			t.Errorf("%s decides: %v", outside, err)
		}
	}
}

// A backup and a moved vault hold the versions as they hold the recordings, and the check of the vault opens them.
func TestVersionsAreCheckedWithTheVault(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	if err := version(t, b.desk, master.ID); err != nil {
		t.Fatal(err)
	}
	report := must(b.desk.Verify(t.Context(), nil))(t)
	if !report.Sound() || report.Recordings != 2 {
		t.Errorf("%d recordings were checked: %+v", report.Recordings, report.Faults)
	}
	copied := must(b.desk.Backup(t.Context(), t.TempDir(), nil))(t)
	if copied.Recordings != 2 {
		t.Errorf("a backup has %d recordings", copied.Recordings)
	}
}
