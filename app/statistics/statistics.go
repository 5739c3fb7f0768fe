// Package statistics is the room of disaggregated tables: one as it would be released now, with what would be suppressed, and those that were
// released.
//
// It shows what was published or would be, and nothing that is hidden: no count that a release keeps back is ever read here. Start from [Room].
package statistics

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/figures"
)

// Room is the room with the table that was asked for, kept so that a redraw does not forget it. The zero Room is ready.
type Room struct {
	family    statistics.Family
	dims      []statistics.Dimension // none yet: the room's own choice
	threshold int
	releases  bool // the releases are shown and not the table
	chart     chartChoice
	asked     int // counts the tables that were asked for, so that a late one is not shown
}

// thresholds are those that the form offers.
var thresholds = []int{3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, statistics.MostThreshold}

// Screen draws the release that was asked for, the releases, or the table as it would be released now.
func (r *Room) Screen(h room.Host) (room.Screen, error) {
	if r.family == "" {
		r.family, r.threshold = statistics.Trafficking, statistics.DefaultThreshold
	}
	if len(r.dims) == 0 {
		r.dims = []statistics.Dimension{statistics.Form, statistics.Sex}
	}
	list, err := h.Desk().StatisticsReleases(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	if i := slices.IndexFunc(list, func(x statistics.Release) bool { return x.ID == h.Selected() }); i >= 0 {
		return r.released(h, list[i].Published()), nil
	}
	s := room.Screen{Keys: map[fyne.KeyName]func(){}}
	turn := func(i int) {
		r.releases = i == 1
		h.Refresh()
	}
	s.Keys[fyne.Key1], s.Keys[fyne.Key2] = func() { turn(0) }, func() { turn(1) }
	side := 0
	content, actions := fyne.CanvasObject(nil), []fyne.CanvasObject(nil)
	if r.releases {
		side, content = 1, r.list(h, list)
	} else {
		content, actions = r.table(h, len(list), &s)
	}
	sides := xwidget.Sides([]string{i18n.T("statistics.side.table"), i18n.T("statistics.side.releases")}, []string{"1", "2"}, side, turn)
	s.Content = xwidget.SidedPage(i18n.T("room.statistics"), nil, xwidget.Gap(0, 0), actions, sides, content)
	return s, nil
}

// table is the form for a table, over the table itself.
func (r *Room) table(h room.Host, before int, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject) {
	body := container.NewStack()
	show := func() { r.count(h, before, body) }
	top := r.form(show)
	show()
	var actions []fyne.CanvasObject
	if h.Desk().May(testimony.ActReleaseStatistics) {
		s.Keys[fyne.KeyR] = func() { r.release(h, before) }
		actions = append(actions, xwidget.NewPrimary(i18n.T("statistics.release"), "R", s.Keys[fyne.KeyR]))
	}
	return container.NewBorder(xwidget.Column(0, top, xwidget.Gap(0, 10)), nil, nil, nil, body), actions
}

// form are the choices of which a table is made. show counts again.
func (r *Room) form(show func()) fyne.CanvasObject {
	families := make([]string, len(statistics.Families))
	for i, f := range statistics.Families {
		families[i] = figures.FamilyWord(i18n.Language(), f)
	}
	family := xwidget.NewChoice(families, slices.Index(statistics.Families, r.family), nil)
	family.OnChanged = func(string) {
		r.family = statistics.Families[max(family.SelectedIndex(), 0)]
		show()
	}
	words := make([]string, len(thresholds))
	for i, n := range thresholds {
		words[i] = strconv.Itoa(n)
	}
	threshold := xwidget.NewChoice(words, slices.Index(thresholds, r.threshold), nil)
	threshold.OnChanged = func(string) {
		r.threshold = thresholds[max(threshold.SelectedIndex(), 0)]
		show()
	}
	cells := []fyne.CanvasObject{xwidget.Width(214, xwidget.Field(i18n.T("statistics.family"), family))}
	chosen := make([]statistics.Dimension, statistics.MostDimensions)
	copy(chosen, r.dims)
	for i := range chosen {
		key := "statistics.by"
		offered := []statistics.Dimension(nil)
		if i > 0 { // only the first is needed
			key, offered = "statistics.and_by", []statistics.Dimension{""}
		}
		offered = append(offered, statistics.Dimensions...)
		by := xwidget.NewChoice(dimensionWords(offered), slices.Index(offered, chosen[i]), nil)
		by.OnChanged = func(string) {
			chosen[i] = offered[max(by.SelectedIndex(), 0)]
			r.dims = slices.DeleteFunc(slices.Clone(chosen), func(d statistics.Dimension) bool { return d == "" })
			r.chart = chartChoice{}
			show()
		}
		cells = append(cells, xwidget.Width(178, xwidget.Field(i18n.T(key), by)))
	}
	return xwidget.Wrap(10, append(cells, xwidget.Width(96, xwidget.Field(i18n.T("statistics.threshold"), threshold)))...)
}

// dimensionWords names dimensions; the empty one is none.
func dimensionWords(dims []statistics.Dimension) []string {
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = figures.DimensionWord(i18n.Language(), d)
		if d == "" {
			words[i] = i18n.T("statistics.none")
		}
	}
	return words
}

// inSentence lists dimensions inside a sentence.
func inSentence(dims []statistics.Dimension) string {
	words := dimensionWords(dims)
	for i, w := range words {
		words[i] = lower(w)
	}
	return joined(words)
}

// count counts off Fyne's goroutine: a large docket, or many earlier releases, take their time.
func (r *Room) count(h room.Host, before int, body *fyne.Container) {
	r.asked++
	asked, d := r.asked, h.Desk()
	family, dims, threshold := r.family, slices.Clone(r.dims), r.threshold
	xwidget.Replace(body, xwidget.Panel(xwidget.WrappedSmall(i18n.T("statistics.counting"))))
	var p statistics.Published
	var counted docket.Counted
	room.Later(func() error {
		made, of, err := d.StatisticsTable(room.Ctx(), family, dims, threshold)
		if err == nil {
			p, counted = made.Published(), of
		}
		return err
	}, func(err error) {
		if asked != r.asked {
			return
		}
		switch {
		case err != nil:
			xwidget.Replace(body, xwidget.Scroll(xwidget.Column(12, xwidget.Note(room.Say(err), xwidget.Fault), xwidget.WrappedSmall(checked(before)))))
		case counted.In == 0:
			xwidget.Replace(body, xwidget.Scroll(xwidget.Column(12, xwidget.Empty(i18n.T("statistics.nobody")), xwidget.WrappedSmall(forTheDesk(counted)))))
		default:
			xwidget.Replace(body, r.figures(p, forTheDesk(counted)+" "+checked(before)))
		}
	})
}

// forTheDesk says who was counted and who was not, which is no part of a release.
func forTheDesk(c docket.Counted) string {
	return i18n.T("statistics.counted", map[string]any{"In": i18n.Number(c.In), "NoConsent": i18n.Number(c.NoConsent), "NoForm": i18n.Number(c.NoForm)})
}

// checked says what a release would be audited with.
func checked(before int) string {
	if before == 0 {
		return i18n.T("statistics.checked_none")
	}
	return i18n.T("statistics.checked", map[string]any{"N": i18n.Number(before)})
}

// release asks for a second act that names its effect: a release cannot be taken back.
func (r *Room) release(h room.Host, before int) {
	effect := i18n.T("statistics.release.text", map[string]any{"Family": figures.FamilyWord(i18n.Language(), r.family), "By": inSentence(r.dims), "Threshold": r.threshold})
	room.Confirm(h, i18n.T("statistics.release.title"), effect+"\n\n"+checked(before), i18n.T("statistics.release.yes"), func() {
		var made statistics.Release
		d := h.Desk()
		family, dims, threshold := r.family, slices.Clone(r.dims), r.threshold
		room.Later(func() (err error) {
			made, err = d.ReleaseStatistics(room.Ctx(), family, dims, threshold)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			h.Go(room.Statistics, made.ID)
		})
	})
}
