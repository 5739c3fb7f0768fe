package bench

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/live"
)

// standing is how a state of the session is said: by colour, shape and word.
func standing(st live.State) (xwidget.Tone, xwidget.Icon, string) {
	switch st.Session.Phase {
	case testimony.Oath, testimony.Testimony, testimony.Playback:
		return room.ModeTone(st.Effective), room.ModeIcon(st.Effective), i18n.T("banner." + st.Effective.String())
	case testimony.IdentityCheck:
		return xwidget.Private, xwidget.IconPrivate, i18n.T("banner.identity")
	case testimony.Lobby:
		return xwidget.Break, xwidget.IconLobby, i18n.T("banner.lobby")
	}
	if st.Session.Phase == testimony.Closed {
		return xwidget.Break, xwidget.IconBreak, i18n.T("banner.ended")
	}
	return xwidget.Break, xwidget.IconBreak, i18n.T("banner." + string(st.Session.Phase))
}

// banner is the state of the session over the whole width. It is what a judge under stress reads in one glance.
func banner(st live.State) fyne.CanvasObject {
	tone, icon, word := standing(st)
	colour, _ := tone.Colours()
	ground := canvas.NewRectangle(theme.Colour(colour))
	white := func(s string, size float32, bold bool) *canvas.Text {
		return xwidget.Text(s, theme.OnColour, size, bold)
	}
	left := xwidget.Row(18, xwidget.Middle(xwidget.Glyph(icon, theme.OnColour, 30)),
		xwidget.Middle(xwidget.Column(0, white(word, theme.SizeBanner, true), white(saying(st), theme.SizeSecondary, false))))

	court, witness, err := st.Hearing.Clocks(st.Now)
	clocks := xwidget.Column(0)
	if err == nil {
		here := white(court.Format("15:04:05"), 20, true)
		here.Alignment = fyne.TextAlignTrailing
		there := white(i18n.T("clock.there", map[string]any{"Time": witness.Format("15:04")}), theme.SizeSecondary, false)
		there.Alignment = fyne.TextAlignTrailing
		clocks = xwidget.Column(0, here, there)
	}
	spent := testified(st)
	var totals string
	for i, m := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
		if i > 0 {
			totals += " · "
		}
		totals += fmt.Sprintf("%s %s", room.ModeWord(m), hearing.Length(spent[m]))
	}
	right := xwidget.Column(2, white(totals, theme.SizeSecondary, false), recordingLine(st))
	rule := canvas.NewRectangle(theme.Colour(theme.OnColour))
	rule.SetMinSize(fyne.NewSize(1, 38))
	return container.NewStack(ground, xwidget.Inset(container.NewBorder(nil, nil, left,
		xwidget.Row(16, xwidget.Middle(clocks), xwidget.Middle(rule), xwidget.Middle(right))), 22, 9))
}

// saying is what the public gets now, and why the session is as it is.
func saying(st live.State) string {
	switch st.Session.Phase {
	case testimony.Oath, testimony.Testimony:
		if st.Effective != protection.PublicMode {
			if st.Effective != st.Session.Mode {
				return st.ModeCause.Because(i18n.Policy())
			}
			return i18n.T("saying."+st.Effective.String(), map[string]any{"Reason": st.Session.Reason})
		}
		if st.Broadcast.Delay > 0 {
			return later(st.Broadcast)
		}
		return i18n.T("saying.public", map[string]any{"Picture": policy.PictureWord(st.Gallery.Picture, i18n.Policy()), "Voice": policy.VoiceWord(st.Gallery.Voice, i18n.Policy())})
	}
	switch st.Session.Phase {
	case testimony.Closed:
		return i18n.T("saying.ended")
	case testimony.Playback:
		return playingWords(st)
	}
	return i18n.T("saying." + string(st.Session.Phase))
}

// later says when those receive it who have to wait.
func later(b live.Broadcast) string {
	if b.Behind == 0 {
		return i18n.T("saying.later", map[string]any{"Delay": hearing.Length(b.Delay)})
	}
	return i18n.T("saying.on_air", map[string]any{"Delay": hearing.Length(b.Delay), "Behind": hearing.Length(b.Behind)})
}

func recordingLine(st live.State) fyne.CanvasObject {
	text := i18n.T("recording."+string(st.Recording), map[string]any{"Length": hearing.Length(st.Recorded)})
	line := []fyne.CanvasObject{}
	switch st.Recording {
	case live.RecordingRunning:
		line = append(line, xwidget.Middle(xwidget.Glyph(xwidget.IconRecord, theme.OnColour, 11)))
	case live.RecordingFailed:
		return xwidget.IconChip(xwidget.IconAlert, text, xwidget.Fault)
	}
	return xwidget.Row(6, append(line, xwidget.Text(text, theme.OnColour, theme.SizeSecondary, false))...)
}
