package bench

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"paravent/app/i18n"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/render"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
)

func paint(s *xwidget.Screen, f *media.Frame) {
	s.Paint(f.Width, f.Height, func(img *image.RGBA) { render.ToRGBA(f, img) })
}

// insetShows reports whether the inset is to show pictures of this kind now. It is asked from decoders' goroutines.
func (b *Bench) insetShows(p protection.Picture) bool { return b.session.State().Gallery.Picture == p }

// staged is what the picture's surroundings show.
type staged struct {
	Live     bool // the witness's picture is taken in
	Phase    testimony.Phase
	Presence live.Presence
	Gallery  protection.Access
	Held     bool   // the witness's side has stopped it
	Played   string // the label of the witness whose recorded testimony is open; empty for none
	Public   bool   // and the public receives its public version
}

func (b *Bench) showStage(st live.State) {
	witness, _ := st.Hearing.Witness()
	person, _ := personOf(st, witness.ID)
	now := staged{Phase: st.Session.Phase, Presence: person.Presence, Gallery: st.Gallery, Held: st.Held.Why != ""}
	now.Live = !now.Held && person.Presence == live.Admitted && (st.Session.Phase == testimony.IdentityCheck || st.Session.Phase == testimony.Oath || st.Session.Phase == testimony.Testimony)
	if p := st.Playing; p != nil && st.Session.Phase == testimony.Playback {
		now.Played, now.Public = p.Witness, p.Public
	}
	if !now.Live && now.Played == "" {
		b.stage.Clear()
	}
	if b.insetIs != st.Gallery.Picture || !now.Live && !now.Public {
		b.insetIs = st.Gallery.Picture
		b.inset.Clear()
	}
	b.parts.stage.show(now, func() fyne.CanvasObject { return b.drawStage(now, witness.Label) })
	who := speaking(st)
	b.parts.speaking.show(who, func() fyne.CanvasObject {
		if who == "" {
			return xwidget.Gap(0, 0)
		}
		return container.NewVBox(xwidget.IconChip(xwidget.IconSpeaks, i18n.T("stage.speaking", map[string]any{"Who": who}), xwidget.Neutral))
	})
}

func speaking(st live.State) string {
	var who []string
	for _, p := range st.People {
		if p.Speaking {
			who = append(who, p.Label)
		}
	}
	return strings.Join(who, " · ")
}

func (b *Bench) drawStage(now staged, label string) fyne.CanvasObject {
	ground := canvas.NewRectangle(color.NRGBA{R: 0x2B, G: 0x31, B: 0x42, A: 0xFF})
	ground.CornerRadius = theme.Radius
	layers := []fyne.CanvasObject{ground}
	if now.Live || now.Played != "" {
		layers = append(layers, b.stage.Image)
	} else {
		word := canvas.NewText(slateWord(now), color.NRGBA{R: 0xE4, G: 0xE9, B: 0xF4, A: 0xFF})
		word.TextSize, word.Alignment = 17, fyne.TextAlignCenter
		layers = append(layers, container.NewCenter(word))
	}
	top := xwidget.Chip(i18n.T("stage.clear", map[string]any{"Who": label}), xwidget.Clear)
	if now.Played != "" {
		top = xwidget.Chip(i18n.T("stage.played", map[string]any{"Who": now.Played}), xwidget.Clear)
	}
	speaks := container.NewVBox(layout.NewSpacer(), b.parts.speaking.box)
	over := container.NewBorder(container.NewBorder(nil, nil, top, nil), container.NewBorder(nil, nil, speaks, b.drawInset(now)), nil, nil)
	return container.NewStack(append(layers, xwidget.Inset(over, 12, 12))...)
}

func slateWord(now staged) string {
	switch {
	case now.Phase == testimony.Playback:
		return i18n.T("stage.playback")
	case now.Presence != live.Admitted:
		return i18n.T("stage." + string(now.Presence))
	case now.Held:
		return i18n.T("phase.held")
	case now.Phase == testimony.Lobby:
		return i18n.T("stage.waiting")
	}
	return i18n.T("stage.paused")
}

// drawInset shows what the gallery gets now, from what leaves the machine.
func (b *Bench) drawInset(now staged) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Colour(theme.Card))
	ground.CornerRadius = 8
	dark := canvas.NewRectangle(color.NRGBA{R: 0x20, G: 0x26, B: 0x36, A: 0xFF})
	dark.CornerRadius = 6
	dark.SetMinSize(fyne.NewSize(196, 110))
	picture := []fyne.CanvasObject{dark}
	if now.Gallery.Picture != protection.NoPicture || now.Public {
		picture = append(picture, b.inset.Image)
	} else {
		word := canvas.NewText(i18n.T("inset.nothing"), color.NRGBA{R: 0xE4, G: 0xE9, B: 0xF4, A: 0xFF})
		word.TextSize = theme.SizeSecondary
		picture = append(picture, container.NewCenter(word))
	}
	return container.NewStack(ground, xwidget.Inset(xwidget.Column(2, container.NewStack(picture...), xwidget.Small(i18n.T("inset.title"))), 4, 4))
}
