package bench

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// interpreting is, on an interpreter's seat, into which language they interpret and what this desk hears of it. The first is set by a button, since it stands
// in the record.
func (b *Bench) interpreting(p live.Person, st live.State, done func()) []fyne.CanvasObject {
	tongues := append([]string{""}, b.session.Tongues()...)
	if !slices.Contains(tongues, p.Into) {
		tongues = append(tongues, p.Into)
	}
	var words []string
	for _, tag := range tongues {
		words = append(words, i18n.T("interpret.into.everyone"))
		if tag != "" {
			words[len(words)-1] = i18n.T("interpret.into.language", map[string]any{"Language": room.LanguageName(tag)})
		}
	}
	into := xwidget.NewChoice(words, slices.Index(tongues, p.Into), nil)
	set := xwidget.NewButton(i18n.T("interpret.set"), "", func() {
		done()
		b.act(func() error { return b.session.Interpret(p.ID, tongues[into.SelectedIndex()]) })
	})
	rows := []fyne.CanvasObject{xwidget.Field(i18n.T("interpret.into"), container.NewBorder(nil, nil, nil, xwidget.Row(8, xwidget.Gap(4, 0), set), into)), xwidget.WrappedSmall(i18n.T("interpret.text"))}
	if len(st.Channels) == 0 {
		return rows
	}
	channels := append([]string{"", string(testimony.FloorOnly)}, st.Channels...)
	desk := b.oneOf(channels, string(st.Channel), func(channel string) string {
		switch channel {
		case "":
			return i18n.T("interpret.desk.default")
		case string(testimony.FloorOnly):
			return i18n.T("interpret.desk.floor")
		}
		return room.LanguageName(channel)
	}, func(channel string) error { return b.session.Listen(testimony.Channel(channel)) })
	return append(rows, xwidget.Field(i18n.T("interpret.desk"), desk))
}

// oneOf is a choice that acts at once.
func (b *Bench) oneOf(values []string, now string, word func(string) string, act func(string) error) *xwidget.Choice {
	var words []string
	for _, v := range values {
		words = append(words, word(v))
	}
	choice := xwidget.NewChoice(words, max(slices.Index(values, now), 0), func(chosen string) {
		if i := slices.Index(words, chosen); i >= 0 {
			b.act(func() error { return act(values[i]) })
		}
	})
	choice.SpacePasses = true
	return choice
}
