package shell

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/stamptest"
	"paravent/testimony/stamp/tsa"
)

// A window asks the authority by itself, when it opens and when a courtroom has closed. What a silent one did not give stands on the list of the day, and in the room of the
// recordings with what was found when they were sealed; once it has answered, it is gone from there.
func TestAWindowAsksForTimestampsByItself(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	s.keeper.stop() // the keepers of this test ask another
	s.keeper = nil
	r := filmed(t, s.desk)
	if _, err := s.desk.CommitRecording(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	a := stamptest.New(t)
	address := a.Serve(t)
	if err := s.desk.SetTimestampAuthority(t.Context(), stamp.Authority{Address: address, Roots: a.Roots}); err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 8)
	s.ask = func(context.Context, string, []byte) ([]byte, error) {
		asked <- struct{}{}
		return nil, tsa.ErrNoAnswer
	}
	k := s.keep(s.desk, time.Hour)
	<-asked // at the start
	k.wake()
	k.wake()
	k.stop()
	if len(asked) != 0 {
		t.Error("an authority that was silent is asked again in the same opening")
	}
	s.Go(room.Today, "")
	if !says(s, "Recordings not timestamped yet: 1") {
		t.Errorf("the day says %q", words(s))
	}
	s.Go(room.Settings, "")
	if !says(s, address) || !says(s, "Recordings not timestamped yet: 1") {
		t.Errorf("the settings say %q", words(s))
	}
	shot(t, s, "settings-authority")
	s.Go(room.Evidence, "")
	if !says(s, "Intact · ") || !says(s, "None") {
		t.Errorf("the list says %q", words(s))
	}
	if err := s.desk.SetTimestampAuthority(t.Context(), stamp.Authority{Address: address, Roots: a.Roots}); err != nil {
		t.Fatal(err)
	}
	s.ask = tsa.Ask
	k = s.keep(s.desk, time.Hour)
	until(t, func() bool { return !says(s, "None") })
	k.stop()
	shot(t, s, "evidence-stamped")
	s.Go(room.Today, "")
	if says(s, "not timestamped yet") {
		t.Errorf("the day says %q", words(s))
	}
	s.Go(room.Evidence, string(r.ID))
	s.typed(&fyne.KeyEvent{Name: fyne.KeyD})
	if !says(s, "says "+stamptest.Name) {
		t.Errorf("the details say %q", words(s))
	}
	shot(t, s, "evidence-details")
}

// The authority is named, seen and ended in the window by those whose duty it is. Whoever seals recordings sees it, and others nothing of it.
func TestTheAuthorityIsNamedInTheWindow(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.Go(room.Settings, "")
	if !says(s, "Timestamps of recordings") || says(s, "Name an authority") {
		t.Errorf("to a clerk the settings say %q", words(s))
	}
	s.as(t, testimony.Advocate)
	s.Go(room.Settings, "")
	if says(s, "Timestamps of recordings") {
		t.Errorf("to an advocate the settings say %q", words(s))
	}
	s.as(t, testimony.Registrar)
	s.Go(room.Settings, "")
	press(t, s, "Name an authority")
	if !says(s, "File of its root certificates") {
		t.Errorf("the form says %q", words(s))
	}
	xwidget.CloseSheets(s.window.Canvas())
	a := stamptest.New(t)
	if err := s.desk.SetTimestampAuthority(t.Context(), stamp.Authority{Address: "https://time.example", Roots: a.Roots}); err != nil {
		t.Fatal(err)
	}
	s.Refresh()
	press(t, s, "Turn off")
	if !says(s, "Timestamps that were given stay.") {
		t.Errorf("before it is ended: %q", words(s))
	}
	press(t, s, "Turn off")
	if a, err := s.desk.TimestampAuthority(t.Context()); err != nil || !a.IsZero() {
		t.Errorf("it stays: %+v, %v", a, err)
	}
}
