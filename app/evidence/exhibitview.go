package evidence

import (
	"image"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/still"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

// The sheet of a picture, and how often it is asked whether it may still be seen.
const (
	viewWidth  = 920
	viewHeight = 480
	askedEvery = time.Second
)

// viewExhibit opens a picture and shows it in the window alone, under the name of who looks: the log has the opening first, and nothing of it reaches the disk. It is taken away
// by Escape, with the desk, and once it may not be opened any more.
func viewExhibit(h room.Host, e exhibit.Exhibit) {
	d := h.Desk()
	var picture *image.RGBA
	room.Later(func() (err error) {
		picture, err = readPicture(d, e.ID)
		return err
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		if h.Desk() != d || h.Selected() != ExhibitID(e.ID) { // somebody has gone elsewhere meanwhile
			clear(picture.Pix)
			return
		}
		showPicture(h, e, picture)
	})
}

func readPicture(d *docket.Desk, id exhibit.ID) (*image.RGBA, error) {
	e, r, err := d.OpenExhibit(room.Ctx(), id, docket.ExhibitToView)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	return still.Picture(io.NewSectionReader(r, 0, e.Size), still.Longest)
}

func showPicture(h room.Host, e exhibit.Exhibit, picture *image.RGBA) {
	d := h.Desk()
	at := d.Now().Local()
	mark := i18n.T("view.mark", map[string]any{"Who": d.Me().DisplayName, "Day": room.Day(at), "Time": at.Format("15:04:05")})
	img := canvas.NewImageFromImage(picture)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(viewWidth, viewHeight))
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	body := xwidget.Column(8, container.NewStack(img, container.NewClip(xwidget.Watermark(mark))), xwidget.WrappedSmall(i18n.T("exhibit.view.text")))
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("exhibit.numbered", map[string]any{"Number": e.Number}), viewWidth, body, done)
	h.Window().Canvas().Focus(done)
	away := make(chan struct{})
	s.OnClosed(func() {
		close(away)
		clear(picture.Pix)
		img.Image = nil
		img.Refresh()
	})
	go func() {
		tick := time.NewTicker(askedEvery)
		defer tick.Stop()
		for {
			select {
			case <-away:
				return
			case <-tick.C:
			}
			now, err := d.Exhibit(room.Ctx(), e.ID)
			if err == nil {
				err = d.MayOpenExhibit(room.Ctx(), now)
			}
			if err != nil {
				fyne.Do(func() { s.Close() })
				return
			}
		}
	}()
}
