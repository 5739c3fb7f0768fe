package bench

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/device"
)

// where asks where the witness is: elsewhere, over a link, or in this room, with which devices.
type where struct {
	object   fyne.CanvasObject
	place    *xwidget.Choice
	practice *xwidget.Tick // of a training vault; nil in any other
	camera   *xwidget.Choice
	second   *xwidget.Choice
	sound    *xwidget.Choice
	own      *xwidget.Choice
}

// newWhere asks it with one of the answers chosen; changed is told of the other.
func newWhere(h room.Host, inRoom bool, changed func(inRoom bool)) *where {
	w, chosen := &where{}, 0
	if inRoom {
		chosen = 1
	}
	w.place = xwidget.NewChoice([]string{i18n.T("where.link"), i18n.T("where.here")}, chosen, func(to string) {
		if now := to == i18n.T("where.here"); now != inRoom {
			changed(now)
		}
	})
	rows := []fyne.CanvasObject{xwidget.Field(i18n.T("where.title"), w.place)}
	if inRoom {
		rows = append(rows, w.devices(h))
	}
	w.object = xwidget.Column(10, rows...)
	return w
}

// devices asks which cameras and microphones are used. What is plugged in is looked for when the question is asked.
func (w *where) devices(h room.Host) fyne.CanvasObject {
	cameras, microphones := device.Cameras(), device.Microphones()
	none := []string{i18n.T("where.none")}
	w.camera = xwidget.NewChoice(named(cameras), 0, nil)
	w.second = xwidget.NewChoice(append(slices.Clone(none), cameras...), min(1, max(0, len(cameras)-1))*2, nil)
	w.sound = xwidget.NewChoice(named(microphones), 0, nil)
	w.own = xwidget.NewChoice(append(slices.Clone(none), microphones...), min(1, max(0, len(microphones)-1))*2, nil)
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("where.text"))}
	if h.Desk().Training() {
		w.practice = xwidget.NewTick(i18n.T("where.practice"), len(cameras) == 0 || len(microphones) == 0, nil)
		rows = append(rows, w.practice)
	}
	if len(cameras) > 0 && len(microphones) > 0 {
		rows = append(rows, xwidget.Halves(xwidget.Field(i18n.T("where.camera"), w.camera), xwidget.Field(i18n.T("where.room"), w.second)),
			xwidget.Halves(xwidget.Field(i18n.T("where.sound"), w.sound), xwidget.Field(i18n.T("where.own"), w.own)))
	} else if w.practice == nil {
		rows = append(rows, xwidget.Note(i18n.T("where.missing"), xwidget.Fault))
	}
	return xwidget.Column(10, rows...)
}

// named are the names of devices, or that there is none.
func named(names []string) []string {
	if len(names) == 0 {
		return []string{i18n.T("where.none")}
	}
	return names
}

// with adds what was chosen to how the courtroom is opened.
func (w *where) with(h room.Host, open func(Reach)) func(Reach) {
	return func(r Reach) {
		if w.place.SelectedIndex() == 1 {
			r.Here = &Devices{Camera: w.camera.SelectedIndex() + 1, Room: w.second.SelectedIndex(), Microphone: w.sound.SelectedIndex() + 1, Own: w.own.SelectedIndex()}
			r.Here.Practice = w.practice != nil && w.practice.Checked && h.Desk().Training()
		}
		open(r)
	}
}
