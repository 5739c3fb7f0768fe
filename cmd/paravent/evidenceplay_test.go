package main

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2/test"

	"paravent/app/evidence"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// The window of a recording alone: the log has it first, and who may not play it gets no window.
func TestPlayARecordingAlone(t *testing.T) {
	a := test.NewTempApp(t)
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	id := testimony.RecordingID(captured(t, s))
	opened := func(login string, want error) {
		t.Helper()
		d, err := docket.Unlock(t.Context(), s.path("v"), login, []byte(docket.TrainingPassphrase), docket.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		w, err := evidence.Alone(t.Context(), a, d, id)
		if !errors.Is(err, want) || (err == nil) != (w != nil) {
			t.Fatalf("%s: %v, want %v", login, err, want)
		}
		if w == nil {
			return
		}
		defer w.Close()
		if w.Title() != "Paravent" {
			t.Errorf("the frame says %q", w.Title())
		}
		entries, err := d.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last := entries[len(entries)-1]
		if last.Action != "recording.opened" || last.Details["recording"] != string(id) || last.Details["for"] != docket.ForPlaying {
			t.Errorf("the log ends with %+v", last)
		}
	}
	opened("judge", nil)
	opened("clerk", docket.ErrNotAllowed)
}
