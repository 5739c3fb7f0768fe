package main

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2/test"

	"paravent/app/evidence"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Who may not open a master gets no window of it.
func TestPlayAloneRefusesWhoMayNotOpen(t *testing.T) {
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	id := testimony.RecordingID(captured(t, s))
	d, err := docket.Unlock(t.Context(), s.path("v"), "clerk", []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for id, want := range map[testimony.RecordingID]error{id: docket.ErrNotAllowed, "nothing": docket.ErrNotFound} {
		if w, err := evidence.Alone(t.Context(), test.NewTempApp(t), d, id); !errors.Is(err, want) || w != nil {
			t.Errorf("%s: %v, %v, want %v", id, w, err, want)
		}
	}
}
