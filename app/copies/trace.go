package copies

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/evidence"
)

// Trace asks for films or pictures that were found somewhere, and says which copy they are of.
func Trace(h room.Host) {
	files := xwidget.NewLines("", 3)
	var paths []string
	s := room.Form(h, i18n.T("copies.trace"), i18n.T("copies.trace.compare"), xwidget.Column(10, xwidget.Paragraph(i18n.T("copies.trace.text")), xwidget.Field(i18n.T("copies.trace.files"), files)), files, func() error {
		var typed []string
		for line := range strings.SplitSeq(files.Text, "\n") {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if !filepath.IsAbs(line) {
				return room.ErrFile
			}
			typed = append(typed, line)
		}
		if paths = typed; len(paths) == 0 {
			return room.ErrFile
		}
		return nil
	})
	s.OnClosed(func() {
		if len(paths) > 0 {
			fyne.Do(func() { compare(h, paths) }) // once the form is gone
		}
	})
}

func compare(h room.Host, paths []string) {
	d := h.Desk()
	if d == nil {
		return
	}
	var t evidence.Trace
	room.Working(h, i18n.T("copies.trace.comparing"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		t, err = evidence.TraceCopy(ctx, d, paths, func(done, total int) { progress(int64(done), int64(total)) })
		return err
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("copies.trace.result"), traceWords(t))
	})
}

func traceWords(t evidence.Trace) string {
	var lines []string
	for _, f := range t.Found {
		words := map[string]any{"N": f.Copy.Number, "Who": recipientWord(f.Copy.To), "Day": room.Day(f.Copy.Until)}
		if f.Same {
			lines = append(lines, i18n.T("copies.trace.same", words))
			continue
		}
		words["Score"], words["Scale"] = strconv.Itoa(int(f.Score)), strconv.Itoa(int(f.Scale*100+0.5))
		lines = append(lines, i18n.T("copies.trace.mark", words))
	}
	if len(t.Found) == 0 {
		lines = append(lines, i18n.T("copies.trace.nothing"))
	}
	lines = append(lines, i18n.T("copies.trace.compared", map[string]any{"N": t.Compared}))
	if t.Without > 0 {
		lines = append(lines, i18n.T("copies.trace.without", map[string]any{"N": t.Without}))
	}
	return strings.Join(lines, "\n\n")
}
