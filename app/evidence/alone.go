package evidence

import (
	"context"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// windowTitle is all that the frame says: what is shown is nobody's business who passes the display.
const windowTitle = "Paravent"

// Alone opens a recording, as the room does, and makes a window of an application, in its language and look, with nothing but its player. Closing the window ends the player and closes the file. It runs
// on Fyne's goroutine, or before the application runs; the desk has to outlive the window.
func Alone(ctx context.Context, a fyne.App, d *docket.Desk, id testimony.RecordingID) (fyne.Window, error) {
	if err := room.LookOf(a.Preferences()).Use(a); err != nil {
		return nil, err
	}
	rec, err := d.Recording(ctx, id)
	if err != nil {
		return nil, err
	}
	x, err := d.Hearing(ctx, rec.Hearing)
	if err != nil {
		return nil, err
	}
	f, err := read(ctx, d, rec)
	if err != nil {
		return nil, err
	}
	open, err := f.show(rec, x)
	if err != nil {
		return nil, err
	}
	w := a.NewWindow(windowTitle)
	w.SetMaster()
	w.SetPadded(false)
	w.SetContent(xwidget.Panel(open.player.Object()))
	w.Resize(fyne.NewSize(1100, 760))
	w.CenterOnScreen()
	keys := open.player.Keys()
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if act := keys[k.Name]; act != nil {
			act()
		}
	})
	w.SetOnClosed(open.close)
	return w, nil
}
