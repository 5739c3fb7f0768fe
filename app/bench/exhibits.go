package bench

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/exhibit"
	"paravent/testimony/live"
)

// stillHeight is the room that the exhibit that is shown takes in the right column.
const stillHeight = 170

// showing is what the side with the exhibits shows.
type showing struct {
	Phase  testimony.Phase
	Number string // of the exhibit that is shown; empty for none
	ID     exhibit.ID
	To     []testimony.Role
	List   []live.Showable
}

// exhibits is the side from which exhibits are shown and taken down.
func (b *Bench) exhibits(st live.State) (any, func() fyne.CanvasObject) {
	now := showing{Phase: st.Session.Phase, List: b.handedIn}
	if st.Exhibit != nil {
		now.Number, now.ID, now.To = st.Exhibit.Number, st.Exhibit.ID, st.Exhibit.Audiences
	}
	return now, func() fyne.CanvasObject {
		rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("bench.exhibits.text"))}
		if st.Exhibit != nil {
			rows = append(rows, b.shownExhibit(st.Exhibit))
		}
		return xwidget.Card(i18n.T("exhibit.list"), append(rows, b.showable(now)...)...)
	}
}

// shownExhibit is what is shown now, and to whom.
func (b *Bench) shownExhibit(x *live.Exhibit) fyne.CanvasObject {
	down := benchButton(i18n.T("bench.exhibits.down"), "D", b.takeDown)
	down.Kind = xwidget.Primary
	return xwidget.Panel(xwidget.Column(8, xwidget.Spread(xwidget.Strong(i18n.T("exhibit.numbered", map[string]any{"Number": x.Number})), xwidget.Chip(i18n.T("bench.exhibits.shown"), xwidget.Public)),
		stillOf(x.Still), xwidget.WrappedSmall(i18n.T("bench.exhibits.to", map[string]any{"To": audienceWords(x.Audiences)})), xwidget.Wrap(8, down)))
}

// audienceWords names the bench, which sees every exhibit, and those roles.
func audienceWords(to []testimony.Role) string {
	return strings.Join(room.Words("role.", append([]testimony.Role{testimony.RoleBench}, to...)), ", ")
}

// stillOf is the picture as those receive it to whom it is shown.
func stillOf(file []byte) fyne.CanvasObject {
	read, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return xwidget.WrappedSmall(i18n.T("error.exhibit_picture"))
	}
	pixels := image.NewRGBA(read.Bounds())
	draw.Draw(pixels, pixels.Bounds(), read, read.Bounds().Min, draw.Src)
	img := canvas.NewImageFromImage(pixels)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(stillHeight, stillHeight))
	return img
}

// showable lists what can be shown, and says of the rest why it can't.
func (b *Bench) showable(now showing) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if now.Phase != testimony.Testimony {
		rows = append(rows, xwidget.Note(i18n.T("bench.exhibits.when"), xwidget.Private))
	}
	switch {
	case now.List == nil:
		rows = append(rows, xwidget.Small(i18n.T("bench.exhibits.looking")))
	case len(now.List) == 0:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("bench.exhibits.none")))
	}
	for _, x := range now.List {
		if x.ID == now.ID {
			continue
		}
		detail := x.Title + " · " + i18n.T("exhibit.class."+string(x.Class))
		var right []fyne.CanvasObject
		if x.Refused != nil {
			detail += "\n" + room.Say(x.Refused)
		} else {
			show := benchButton(i18n.T("bench.exhibits.show"), "", func() { b.show(x) })
			if now.Phase != testimony.Testimony {
				show.Disable()
			}
			right = append(right, show)
		}
		rows = append(rows, xwidget.Entry(x.Number, detail, right...))
	}
	return rows
}

// show asks to whom an exhibit is shown beside the bench. Nobody is chosen beforehand.
func (b *Bench) show(x live.Showable) {
	ticks := make([]*xwidget.Tick, len(x.Audiences))
	var boxes []fyne.CanvasObject
	for i, r := range x.Audiences {
		ticks[i] = xwidget.NewTick(i18n.T("role."+string(r)), false, nil)
		boxes = append(boxes, ticks[i])
	}
	var first fyne.Focusable
	if len(ticks) > 0 {
		first = ticks[0]
	}
	title := i18n.T("bench.exhibits.show.title", map[string]any{"Number": x.Number})
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("bench.exhibits.show.text", map[string]any{"Class": i18n.T("exhibit.class." + string(x.Class))})), xwidget.Field(i18n.T("bench.exhibits.beside"), xwidget.Wrap(6, boxes...)))
	room.SlowForm(b.host, title, i18n.T("bench.exhibits.show"), fields, first, func() (func() error, error) {
		var to []testimony.Role
		for i, r := range x.Audiences {
			if ticks[i].Checked {
				to = append(to, r)
			}
		}
		return func() error { return b.session.ShowExhibit(x.ID, to) }, nil
	})
}

// takeDown takes what is shown from everyone, at once.
func (b *Bench) takeDown() {
	if b.session.State().Exhibit != nil {
		b.act(b.session.TakeDown)
	}
}

// lookForExhibits lists anew what can be shown.
func (b *Bench) lookForExhibits() {
	lookFor(b, b.session.Exhibits, &b.handedIn)
}
