package witness

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/reference"
	"paravent/protection"
	"paravent/protection/identity"
)

// identityTab shows which fields are sealed, nothing of what is in them, and what the user can do.
func identitySide(h room.Host, c protection.CaseID, p protection.PartyID, acts []fyne.CanvasObject) (fyne.CanvasObject, error) {
	sealed, err := h.Desk().SealedFields(room.Ctx(), p)
	if err != nil {
		return nil, err
	}
	var rows [][]fyne.CanvasObject
	for _, f := range identity.AllFields {
		chip := xwidget.Chip(i18n.T("identity.not_entered"), xwidget.Break)
		if slices.Contains(sealed, f) {
			chip = xwidget.IconChip(xwidget.IconClosed, i18n.T("identity.sealed"), xwidget.Public)
		}
		rows = append(rows, []fyne.CanvasObject{xwidget.Strong(i18n.T("field." + string(f))), xwidget.Wrap(4, chip)})
	}
	left := xwidget.Card(i18n.T("identity.title"), xwidget.Grid([]float32{2, 3}, nil, rows...), xwidget.Wrap(8, acts...))
	erasure, err := erasureCard(h, c, p, len(sealed) > 0)
	if err != nil {
		return nil, err
	}
	right := xwidget.Column(16, xwidget.Card(i18n.T("identity.who"), xwidget.WrappedSmall(i18n.T("identity.who.text"))),
		xwidget.Card(i18n.T("identity.read"), xwidget.WrappedSmall(i18n.T("identity.read.text"))), erasure)
	return xwidget.Split(xwidget.Scroll(left), xwidget.Scroll(right), 360), nil
}

// enterIdentity asks for the fields of a true identity. They are sealed as they are saved, and the form forgets them whatever
// becomes of it.
func enterIdentity(h room.Host, p protection.PartyID) {
	inputs := map[identity.Field]*xwidget.Input{}
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("identity.enter.text"))}
	for _, f := range identity.AllFields {
		in := xwidget.NewInput("")
		switch f {
		case identity.Face:
			in = xwidget.NewInput(i18n.T("field.face.file"))
		case identity.Voice:
			in = xwidget.NewInput(i18n.T("field.voice.file"))
		case identity.Address, identity.Family, identity.Documents, identity.Note:
			in = xwidget.NewLines("", 2)
		}
		inputs[f] = in
		rows = append(rows, xwidget.Field(i18n.T("field."+string(f)), in))
	}
	s := room.Form(h, i18n.T("identity.enter"), i18n.T("identity.seal"), xwidget.Column(8, rows...), inputs[identity.Name], func() error {
		fields := identity.Fields{}
		for f, in := range inputs {
			if in.Text == "" {
				continue
			}
			fields[f] = in.Text
			if !f.Spoken() {
				made, err := referenceOf(f, strings.TrimSpace(in.Text))
				if err != nil {
					return err
				}
				fields[f] = made
			}
		}
		defer clear(fields)
		return h.Desk().SealIdentity(room.Ctx(), p, fields)
	})
	s.OnClosed(func() {
		for _, in := range inputs {
			in.Wipe()
		}
	})
}

// referenceOf makes a portrait or a voice of a file.
func referenceOf(f identity.Field, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, reference.MaxFile))
	if err != nil {
		return "", fmt.Errorf("read the file: %w", err)
	}
	defer clear(raw)
	if f == identity.Face {
		made, err := reference.Portrait(raw)
		return string(made), err
	}
	pcm, err := reference.Voice(raw)
	defer clear(pcm)
	return string(reference.Encode(pcm)), err
}
