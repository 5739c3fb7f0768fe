package welcome

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony/docket"
)

// hall is a window that shows what it is told to.
type hall struct {
	window fyne.Window
	screen room.Screen
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{window: test.NewTempWindow(t, nil)}
	if err := h.Apply(room.Look{Language: "en"}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hall) Window() fyne.Window     { return h.window }
func (h *hall) Look() room.Look         { return room.Look{Language: i18n.Language()} }
func (h *hall) Apply(l room.Look) error { return i18n.Use(l.Language) }
func (h *hall) Opened(*docket.Desk)     {}
func (h *hall) Show(screen room.Screen) {
	if h.screen.Gone != nil {
		h.screen.Gone()
	}
	h.screen = screen
	h.window.SetContent(screen.Content)
	if screen.First != nil {
		h.window.Canvas().Focus(screen.First)
	}
}

// shown are the texts and the buttons of the window.
func (h *hall) shown() (texts []string, buttons map[string]*xwidget.Button) {
	buttons = map[string]*xwidget.Button{}
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *widget.Label:
			texts = append(texts, o.Text)
		case *xwidget.Button:
			buttons[o.Text] = o
		case *fyne.Container:
			for _, inner := range o.Objects {
				visit(inner)
			}
		case *container.Scroll:
			visit(o.Content)
		}
	}
	visit(h.window.Content())
	return texts, buttons
}

func TestTheUnlockScreenWaitsCalmly(t *testing.T) {
	test.NewTempApp(t)
	h := newHall(t)
	for _, err := range []error{
		&store.WaitError{Remaining: 95 * time.Second},
		fmt.Errorf("%w; %w", store.ErrWrongPassphrase, &store.WaitError{Remaining: 95 * time.Second}),
	} {
		unlock(h, "/somewhere/court.paravent", "clerk", err)
		texts, buttons := h.shown()
		all := strings.Join(texts, "\n")
		if !strings.Contains(all, "1 min 35 s") || !strings.Contains(all, room.Say(err)) {
			t.Errorf("%v: the screen says %q", err, all)
		}
		if !buttons["Unlock"].Disabled() {
			t.Errorf("%v: the button can be pressed", err)
		}
		secret, ok := h.window.Canvas().Focused().(*xwidget.Input)
		if !ok || !secret.Password {
			t.Fatalf("%v: the passphrase has not the focus", err)
		}
		test.Type(secret, "meanwhile")
		before := h.screen
		secret.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // which would begin another try, and show another screen
		if secret.Text != "meanwhile" || h.screen.Content != before.Content {
			t.Errorf("%v: Enter tried", err)
		}
		Unlock(h, "/somewhere/court.paravent")
		if secret.Text != "" {
			t.Errorf("%v: the passphrase stayed behind", err)
		}
	}
	if _, buttons := h.shown(); buttons["Unlock"].Disabled() {
		t.Error("a fresh screen waits")
	}
}
