package main

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"paravent/app/evidence"
	"paravent/app/shell"
	"paravent/testimony"
	"paravent/testimony/docket"
)

type evidencePlayCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The recording's id."`
}

func (e evidencePlayCmd) Run(ctx context.Context, c *console) error {
	if !hasDisplay() {
		return errNoDisplay
	}
	return e.with(ctx, c, func(d *docket.Desk) error {
		a := app.NewWithID(shell.AppID)
		w, err := evidence.Alone(ctx, a, d, testimony.RecordingID(e.Recording))
		if err != nil {
			return noRecording(e.Recording, err)
		}
		stop := context.AfterFunc(ctx, func() { fyne.Do(w.Close) })
		defer stop()
		w.ShowAndRun()
		return nil
	})
}
