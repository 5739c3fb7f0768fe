package bench

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/media/conceal"
	"paravent/testimony/live"
)

// concealing is what the side on the concealment shows.
type concealing struct{ Drawing conceal.Style }

// concealment is the side that says how the witness is concealed.
func (b *Bench) concealment(st live.State) (any, func() fyne.CanvasObject) {
	now := concealing{st.Drawing}
	return now, func() fyne.CanvasObject {
		return xwidget.Column(12, b.drawing(now.Drawing))
	}
}

// drawing lets the court choose how what stands for the witness is drawn.
func (b *Bench) drawing(now conceal.Style) fyne.CanvasObject {
	var words []string
	for _, s := range conceal.Styles {
		words = append(words, i18n.T("style."+string(s)))
	}
	choice := xwidget.NewChoice(words, max(slices.Index(conceal.Styles, now), 0), func(word string) {
		if i := slices.Index(words, word); i >= 0 {
			b.act(func() error { return b.session.DrawAs(conceal.Styles[i]) })
		}
	})
	choice.SpacePasses = true
	return xwidget.Card(i18n.T("conceal.drawing"), choice, xwidget.WrappedSmall(i18n.T("conceal.drawing.text")))
}
