package ledger

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/audit"
	"paravent/testimony/docket"
)

// showHead shows the newest head in words, to be compared or written down, and lets it be saved as text to print.
func showHead(h room.Host, s docket.AuditState) {
	words := docket.HeadWords(s.Vault, s.Head.Size, s.Head.Root.String(), i18n.Language())
	const inARow = 4
	var rows [][]fyne.CanvasObject
	for i := 0; i < len(words); i += inARow {
		var cells []fyne.CanvasObject
		for _, w := range words[i : i+inARow] {
			cells = append(cells, xwidget.Strong(w))
		}
		rows = append(rows, cells)
	}
	body := xwidget.Column(10, xwidget.Paragraph(i18n.T("audit.head.text", map[string]any{"Size": s.Head.Size})), xwidget.Grid([]float32{1, 1, 1, 1}, nil, rows...),
		xwidget.WrappedSmall(string(s.Head.Note)))
	var sheet *xwidget.Sheet
	save := xwidget.NewPrimary(i18n.T("audit.head.save"), "", func() {
		sheet.Close()
		saveHead(h, s)
	})
	sheet = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("audit.take_head"), 620, body, xwidget.NewButton(i18n.T("action.close"), "Esc", func() { sheet.Close() }), save)
	h.Window().Canvas().Focus(save)
}

func saveHead(h room.Host, s docket.AuditState) {
	to := pathInput(fmt.Sprintf("audit-head-%d.txt", s.Head.Size))
	room.Form(h, i18n.T("audit.head.save"), i18n.T("action.save"), xwidget.Field(i18n.T("record.file"), to), to, func() error {
		_, err := h.Desk().SaveHead(room.Ctx(), to.Text, i18n.Language(), func(head audit.Head, words []string) string {
			return i18n.T("audit.head.print", map[string]any{"Size": head.Size, "Words": strings.Join(words, " "), "Time": h.Desk().Now().Local().Format("2006-01-02 15:04")})
		})
		return err
	})
}

// pathInput is a line for the path of a new file, with one in the home folder offered.
func pathInput(name string) *xwidget.Input {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	in := xwidget.NewInput("")
	in.SetText(filepath.Join(home, name))
	return in
}

// export writes the whole log to a file.
func export(h room.Host) {
	to := pathInput("audit-" + h.Desk().Now().Local().Format("2006-01-02") + ".jsonl")
	room.Form(h, i18n.T("audit.export"), i18n.T("audit.export"), xwidget.Column(10, xwidget.Paragraph(i18n.T("audit.export.text")), xwidget.Field(i18n.T("record.file"), to)), to, func() error {
		if err := free(to.Text); err != nil {
			return err
		}
		var head audit.Head
		var file string
		room.Working(h, i18n.T("audit.exporting"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			file, head, err = h.Desk().ExportAudit(ctx, to.Text, func(done, total int) { progress(int64(done), int64(total)) })
			return err
		}, func(err error) {
			h.Refresh()
			if err != nil {
				room.Failed(h, err)
				return
			}
			room.Tell(h.Window(), i18n.T("audit.export"), i18n.T("audit.exported", map[string]any{"File": file, "Entries": head.Size}))
		})
		return nil
	})
}

// free says early, while the form can still be changed, that a file is there already or has no folder.
func free(path string) error {
	stat, err := os.Stat(path)
	switch {
	case err == nil && !stat.IsDir():
		return os.ErrExist
	case err == nil:
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	_, err = os.Stat(filepath.Dir(path))
	return err
}

// proveTo writes the proof that an entry is in the log.
func proveTo(h room.Host, index int64) {
	to := pathInput(fmt.Sprintf("audit-proof-%d.json", index))
	against := xwidget.NewInput(i18n.T("audit.kept.hint"))
	words := xwidget.NewTick(i18n.T("audit.prove.words"), false, nil)
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("audit.prove.text", map[string]any{"Entry": number(index)})), xwidget.Field(i18n.T("record.file"), to),
		xwidget.Field(i18n.T("audit.kept"), against), words)
	room.Form(h, i18n.T("audit.prove"), i18n.T("audit.prove"), fields, to, func() error {
		kept, err := keptIn(against.Text)
		if err == nil {
			_, err = h.Desk().Prove(room.Ctx(), index, kept, words.Checked, to.Text)
		}
		if err != nil {
			return err
		}
		fyne.Do(func() {
			room.Tell(h.Window(), i18n.T("audit.prove"), i18n.T("audit.proved", map[string]any{"File": to.Text}))
		})
		return nil
	})
}

// keptIn is the head that a file holds; none where no file is named.
func keptIn(path string) ([]byte, error) {
	if path = strings.TrimSpace(path); path == "" {
		return nil, nil
	}
	return docket.KeptHead(path)
}

// checkFile checks a proof, an export, or whether this log continues a head that was kept.
func checkFile(h room.Host) {
	file, against := xwidget.NewInput(i18n.T("audit.file.hint")), xwidget.NewInput(i18n.T("audit.kept.hint"))
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("audit.file.text")), xwidget.Field(i18n.T("audit.file"), file), xwidget.Field(i18n.T("audit.kept"), against))
	room.Form(h, i18n.T("audit.check_file"), i18n.T("audit.check_file"), fields, file, func() error {
		kept, err := keptIn(against.Text)
		if err != nil {
			return err
		}
		if strings.TrimSpace(file.Text) == "" {
			if kept == nil {
				return os.ErrNotExist
			}
			checkAgainst(h, kept)
			return nil
		}
		if _, err := os.Stat(file.Text); err != nil {
			return err
		}
		var found docket.AuditFile
		room.Working(h, i18n.T("audit.checking_file"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			found, err = docket.CheckAuditFile(ctx, file.Text, kept, progress)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			tellFile(h, found)
		})
		return nil
	})
}

// tellFile shows what a proof or an export shows, and what it is worth.
func tellFile(h room.Host, f docket.AuditFile) {
	mine := ""
	if f.Vault == h.Desk().VaultID() {
		mine = i18n.T("audit.file.mine")
	}
	rows := [][]fyne.CanvasObject{
		{xwidget.Small(i18n.T("audit.file.vault")), xwidget.WrappedSmall(strings.TrimSpace(f.Vault + " " + mine))},
		{xwidget.Small(i18n.T("audit.file.founder")), xwidget.WrappedSmall(base64.StdEncoding.EncodeToString(f.Founder))},
		{xwidget.Small(i18n.T("audit.file.log")), xwidget.WrappedSmall(i18n.T("audit.file.entries", map[string]any{"Entries": f.Head.Size,
			"Words": strings.Join(docket.HeadWords(f.Vault, f.Head.Size, f.Head.Root.String(), i18n.Language()), " ")}))},
	}
	add := func(name, text string) {
		rows = append(rows, []fyne.CanvasObject{xwidget.Small(name), xwidget.WrappedSmall(text)})
	}
	if f.Index >= 0 {
		by := f.By
		if by == "" {
			by = i18n.T("audit.file.nobody")
		}
		add(i18n.T("audit.entry"), number(f.Index))
		add(i18n.T("audit.file.by"), by)
	}
	if f.Entry != nil {
		add(i18n.T("audit.act"), act(*f.Entry)+" · "+when(*f.Entry)+" · "+about(*f.Entry, nil))
	}
	if f.Export {
		add(i18n.T("audit.file.opened"), fmt.Sprint(f.Entries))
	}
	verdict, tone := i18n.T("audit.file.sound"), xwidget.Public
	switch {
	case f.Unread > 0:
		verdict, tone = i18n.T("audit.file.unread", map[string]any{"N": f.Unread}), xwidget.Fault
	case f.Unnamed > 0:
		verdict, tone = i18n.T("audit.file.unnamed", map[string]any{"N": f.Unnamed}), xwidget.Private
	}
	worth := i18n.T("audit.file.compare")
	if f.Kept {
		worth = i18n.T("audit.file.kept")
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("audit.check_file"), 620,
		xwidget.Column(10, xwidget.Note(verdict, tone), xwidget.Grid([]float32{1, 3}, nil, rows...), xwidget.WrappedSmall(worth)), done)
	h.Window().Canvas().Focus(done)
}
