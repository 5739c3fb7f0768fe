package room

import (
	"encoding/json"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony/docket"
)

// draftPause is how long nobody types before what was typed is kept.
const draftPause = 1500 * time.Millisecond

// Drafting keeps what is typed into a long form as it is typed, sealed in the vault for this user, so that neither a crash nor a lock takes it. It belongs to
// Fyne's goroutine.
type Drafting struct {
	h     Host
	form  string
	party protection.PartyID
	typed func() any // what stands in the form now, for JSON
	pause *time.Timer
	dirty bool
	over  bool
}

// NewDrafting keeps a form under a name, for a party or for none.
func NewDrafting(h Host, form string, party protection.PartyID, typed func() any) *Drafting {
	return &Drafting{h: h, form: form, party: party, typed: typed}
}

// Restore reads what was typed and not saved into a value, and says when it was kept; ok is false where there is nothing, or what is there is of an older form.
func (d *Drafting) Restore(into any) (kept time.Time, ok bool) {
	f, ok, err := d.h.Desk().DraftOf(Ctx(), d.form, d.party)
	if err != nil || !ok || json.Unmarshal(f.Typed, into) != nil {
		return time.Time{}, false
	}
	return f.Kept, true
}

// Changed says that something was typed. It is kept after a pause.
func (d *Drafting) Changed() {
	d.dirty = true
	if d.pause != nil {
		d.pause.Stop()
	}
	d.pause = time.AfterFunc(draftPause, func() { fyne.Do(d.Keep) })
}

// Keep keeps what stands in the form now, unless nothing was typed since.
func (d *Drafting) Keep() {
	if d.over || !d.dirty {
		return
	}
	d.dirty = false
	raw, err := json.Marshal(d.typed())
	if err == nil {
		err = d.h.Desk().KeepDraft(Ctx(), docket.Draft{Form: d.form, Party: d.party, Typed: raw})
	}
	if err != nil && !errors.Is(err, store.ErrLocked) {
		Failed(d.h, err)
	}
}

// Leave keeps what was typed when the form is left without being saved.
func (d *Drafting) Leave() {
	if d.pause != nil {
		d.pause.Stop()
	}
	d.Keep()
	d.over = true
}

// Done forgets the draft: the form was saved, or what was typed is given up.
func (d *Drafting) Done() error {
	if d.pause != nil {
		d.pause.Stop()
	}
	d.dirty = false
	return d.h.Desk().DropDraft(Ctx(), d.form, d.party)
}

// KeptForm is a [Form] that keeps what is typed into its lines, choices and boxes, and offers it again when it was left without being saved. Name names the
// form; one whose fields have changed since takes nothing over.
func KeptForm(h Host, name string, party protection.PartyID, title, save string, fields fyne.CanvasObject, first fyne.Focusable, try func() error) *xwidget.Sheet {
	typed := func() any { return xwidget.Values(fields) }
	d := NewDrafting(h, name, party, typed)
	var before []string
	blank := xwidget.Values(fields)
	content := fields
	if kept, ok := d.Restore(&before); ok && xwidget.SetValues(fields, before) {
		again := xwidget.NewButton(i18n.T("draft.anew"), "", nil)
		note := xwidget.Column(6, xwidget.Note(i18n.T("draft.restored", map[string]any{"When": Day(kept.Local()) + ", " + Clock(kept.Local())}), xwidget.Private), xwidget.Wrap(0, again))
		again.OnTapped = func() {
			xwidget.SetValues(fields, blank)
			note.Hide()
			if first != nil {
				h.Window().Canvas().Focus(first)
			}
			Failed(h, d.Done())
		}
		content = container.NewVBox(note, fields)
	}
	xwidget.OnValues(fields, d.Changed)
	saved := false
	s := Form(h, title, save, content, first, func() error {
		if err := try(); err != nil {
			d.Changed()
			return err
		}
		saved = true
		return d.Done()
	})
	s.OnClosed(func() {
		if !saved {
			d.Leave()
		}
	})
	return s
}
