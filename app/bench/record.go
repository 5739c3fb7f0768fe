package bench

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// recorded is what the record's panel shows.
type recorded struct {
	Events int
	Phase  testimony.Phase
	Next   string
	Wait   string
	Remote live.RemoteStage
}

// shownEvents bounds the lines of the record that the bench shows; all of them stand in the minutes.
const shownEvents = 60

func (b *Bench) showRecord(st live.State) {
	s := b.nextStep(st)
	b.parts.record.show(recorded{len(st.Events), st.Session.Phase, s.word, s.wait, st.Remote}, func() fyne.CanvasObject {
		head := xwidget.Row(10, xwidget.Middle(xwidget.Heading(i18n.T("bench.record"))), xwidget.Chip(i18n.T("phase."+string(st.Session.Phase)), xwidget.Clear))
		if st.Remote != "" {
			tone := xwidget.Neutral
			if st.Remote == live.RemoteFailed {
				tone = xwidget.Fault
			}
			head.Add(xwidget.Middle(xwidget.Chip(i18n.T("bench.remote."+string(st.Remote)), tone)))
		}
		var right []fyne.CanvasObject
		if s.word != "" {
			next := benchButton(s.word, "F9", b.next)
			next.Kind = xwidget.Primary
			right = append(right, next)
		} else if s.wait != "" {
			right = append(right, xwidget.Middle(xwidget.Small(s.wait)))
		}
		end := benchButton(i18n.T("bench.close"), "F10", b.close)
		right = append(right, end)
		names := labels(st)
		zone := st.Now.Location()
		if court, _, err := st.Hearing.Clocks(st.Now); err == nil {
			zone = court.Location()
		}
		var lines [][]fyne.CanvasObject
		for i := len(st.Events) - 1; i >= 0 && len(lines) < shownEvents; i-- {
			e := st.Events[i]
			lines = append(lines, []fyne.CanvasObject{xwidget.Small(e.At.In(zone).Format("15:04:05")), xwidget.WrappedSmall(room.EventWords(e, names, zone))})
		}
		var body fyne.CanvasObject = xwidget.WrappedSmall(i18n.T("bench.no_events"))
		if len(lines) > 0 {
			body = xwidget.Scroll(xwidget.Grid([]float32{1, 8}, nil, lines...))
		}
		return xwidget.Panel(container.NewBorder(container.NewBorder(nil, nil, head, xwidget.Row(8, right...)), nil, nil, nil, body))
	})
}
