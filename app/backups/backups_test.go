package backups

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/store/backup"
	"paravent/testimony/docket"
)

// said are the words of objects.
func said(objects ...fyne.CanvasObject) (out []string) {
	for _, o := range objects {
		switch o := o.(type) {
		case *canvas.Text:
			out = append(out, o.Text)
		case *widget.Label:
			out = append(out, o.Text)
		case *fyne.Container:
			out = append(out, said(o.Objects...)...)
		case *container.Scroll:
			out = append(out, said(o.Content)...)
		case fyne.Widget:
			out = append(out, said(test.WidgetRenderer(o).Objects()...)...)
		}
	}
	return out
}

func listed(state backup.State, day int, err error) backup.Listed {
	at := time.Date(2026, 11, day, 20, 0, 0, 0, time.UTC)
	return backup.Listed{Path: "/b/court-" + at.Format("20060102") + ".paravent", State: state, Err: err,
		Manifest: backup.Manifest{At: at, Size: 2 << 20, Entries: 41, SHA256: at.Format(time.RFC3339)}}
}

// Each backup of the list says how it stands; one that a check found damaged doesn't look whole again because its size is right.
func TestTheListSaysHowEachBackupStands(t *testing.T) {
	test.NewTempApp(t)
	if err := i18n.Use("en"); err != nil {
		t.Fatal(err)
	}
	list := []backup.Listed{listed(backup.Complete, 24, nil), listed(backup.Complete, 23, nil), listed(backup.Complete, 22, nil),
		listed(backup.Incomplete, 21, backup.ErrMissing), listed(backup.Foreign, 20, backup.ErrForeign)}
	v := &view{checks: map[string]docket.Checking{
		list[1].Manifest.SHA256: {At: list[0].At(), Entries: 57, Head: "HEADHEADHEADHEAD", Sound: true},
		list[2].Manifest.SHA256: {At: list[0].At(), Entries: 57, Head: "HEADHEADHEADHEAD"},
	}}
	rows := v.rows(list, nil)
	for i, want := range [][]string{
		{"Complete", "Checked when it was made", "2097 kB"},
		{"Checked", "against a log of 57 entries, head HEADHEADHEAD"},
		{"Incomplete", "Found damaged on"},
		{"Incomplete", "a recording is missing"},
		{"Not of this vault", "another vault"},
	} {
		words := said(rows[i])
		for _, w := range want {
			if !slices.ContainsFunc(words, func(s string) bool { return strings.Contains(s, w) }) {
				t.Errorf("row %d doesn't say %q: %q", i, w, words)
			}
		}
	}
	if v.newest.Path != list[0].Path {
		t.Errorf("the keys would act on %s", v.newest.Path)
	}
	if words := said(v.rows(nil, errors.New("gone"))...); !strings.Contains(strings.Join(words, " "), "gone") {
		t.Errorf("a folder that can't be read: %q", words)
	}
}
