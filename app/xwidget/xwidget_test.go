package xwidget

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// window shows an object in a window of the test driver. Fyne allows one application at a time, so these tests run one by one.
func window(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	test.NewTempApp(t)
	w := test.NewTempWindow(t, o)
	w.Resize(fyne.NewSize(800, 600))
	return w
}

func TestAButtonIsPressedByMouseEnterAndSpace(t *testing.T) {
	pressed := 0
	b := NewButton("Break", "F8", func() { pressed++ })
	w := window(t, b)
	test.Tap(b)
	w.Canvas().Focus(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedRune(' ')
	if pressed != 3 {
		t.Errorf("pressed %d times", pressed)
	}
	b.Disable()
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 3 {
		t.Error("a disabled button was pressed")
	}
}

// On the bench the space bar marks, whatever has the focus.
func TestAButtonCanLeaveTheSpaceBarToTheScreen(t *testing.T) {
	pressed, marked := 0, 0
	b := NewButton("Break", "F8", func() { pressed++ })
	b.SpacePasses = true
	w := window(t, b)
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeySpace {
			marked++
		}
	})
	w.Canvas().Focus(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.TypedRune(' ')
	if pressed != 0 || marked != 1 {
		t.Errorf("pressed %d, marked %d", pressed, marked)
	}
}

func TestInputsPassTheScreensKeysOn(t *testing.T) {
	in, tick, choice, button := NewInput(""), NewTick("a", false, nil), NewChoice([]string{"a", "b"}, 0, nil), NewButton("x", "", nil)
	w := window(t, Column(4, in, tick, choice, button))
	var got []fyne.KeyName
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { got = append(got, k.Name) })
	shortcuts := 0
	w.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) { shortcuts++ })
	for _, o := range []interface {
		fyne.Focusable
		fyne.Shortcutable
	}{in, tick, choice, button} {
		w.Canvas().Focus(o)
		o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF7})
		o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		o.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl})
	}
	if len(got) != 8 || shortcuts != 4 {
		t.Errorf("the screen was told of %v and of %d shortcuts", got, shortcuts)
	}
	in.TypedKey(&fyne.KeyEvent{Name: fyne.KeyA})
	if len(got) != 8 {
		t.Error("a letter was taken from a line of text")
	}
}

func TestAWipedInputHoldsNothing(t *testing.T) {
	in := NewSecret("")
	window(t, in)
	test.Type(in, "a long passphrase")
	in.Wipe()
	if in.Text != "" {
		t.Errorf("the input still holds %d characters", len(in.Text))
	}
}

func TestEscapeStepsBackOneSheetAtATime(t *testing.T) {
	below := NewButton("below", "", nil)
	w := window(t, below)
	w.Canvas().Focus(below)
	closed := 0
	first := ShowSheet(w.Canvas(), "one", 300, Paragraph("text"))
	first.OnClosed(func() { closed++ })
	second := ShowSheet(w.Canvas(), "two", 300, Paragraph("text"))
	second.OnEscape(func() {})
	if !Escape(w.Canvas()) || !HasSheet(w.Canvas()) || len(w.Canvas().Overlays().List()) != 2 {
		t.Fatal("a sheet that stays was closed by Escape")
	}
	second.Close()
	if !Escape(w.Canvas()) || HasSheet(w.Canvas()) || closed != 1 {
		t.Fatal("Escape did not close the sheet")
	}
	if Escape(w.Canvas()) {
		t.Error("Escape closed a sheet that is not there")
	}
	if w.Canvas().Focused() != fyne.Focusable(below) {
		t.Error("the focus did not come back")
	}
}

func TestCloseSheetsTakesEveryoneAway(t *testing.T) {
	w := window(t, Gap(1, 1))
	closed := 0
	for range 3 {
		ShowSheet(w.Canvas(), "s", 200, Paragraph("x")).OnClosed(func() { closed++ })
	}
	CloseSheets(w.Canvas())
	if HasSheet(w.Canvas()) || closed != 3 || w.Canvas().Overlays().Top() != nil {
		t.Errorf("%d of 3 sheets were closed", closed)
	}
}

func TestARowIsCutShortToItsColumnAndKeepsItsWords(t *testing.T) {
	r := newRow([]float32{1, 1})
	window(t, r)
	long := strings.Repeat("long words ", 20)
	r.set(RowText{Cells: []string{long, "b"}, Chip: "chip"}, func() {})
	r.Resize(fyne.NewSize(500, rowHeight))
	if got := r.texts[0]; !strings.HasSuffix(got.Text, "…") || got.MinSize().Width > 250 {
		t.Errorf("%q is %v wide", got.Text, got.MinSize().Width)
	}
	r.Resize(fyne.NewSize(9000, rowHeight))
	if r.texts[0].Text != long {
		t.Error("a wider row did not get its words back")
	}
}

// A list of any length draws only what is seen.
func TestALongListIsDrawnInParts(t *testing.T) {
	asked := map[int]bool{}
	r := NewRows([]float32{1}, func() int { return 100_000 }, func(i int) RowText {
		asked[i] = true
		return RowText{Cells: []string{"row"}}
	}, nil)
	w := window(t, r)
	w.Resize(fyne.NewSize(600, 500))
	if len(asked) == 0 || len(asked) > 60 {
		t.Errorf("%d rows were drawn for a window of 500", len(asked))
	}
}

func TestEnterOpensTheRowThatTheArrowsReached(t *testing.T) {
	opened := -1
	r := NewRows([]float32{1}, func() int { return 5 }, func(i int) RowText { return RowText{Cells: []string{"row"}} }, func(i int) { opened = i })
	w := window(t, r)
	w.Canvas().Focus(r)
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if opened != 2 {
		t.Errorf("row %d was opened", opened)
	}
}

func TestAClearedScreenShowsNothing(t *testing.T) {
	s := NewScreen()
	window(t, s.Image)
	s.Paint(4, 4, func(i *image.RGBA) { i.Set(0, 0, color.White) })
	if s.Image.Image == nil {
		t.Fatal("no picture was shown")
	}
	s.Clear()
	if s.Image.Image != nil {
		t.Error("the picture still stands")
	}
}

func TestEveryIconCanBeDrawn(t *testing.T) {
	for name := range drawings {
		img := Drawing(name, color.NRGBA{R: 1, A: 255}, 20)
		window(t, img)
		if img.Resource == nil || !strings.HasPrefix(string(img.Resource.Content()), "<svg") {
			t.Errorf("%s is not drawn", name)
		}
	}
	if NoIcon.in(color.NRGBA{}) != nil {
		t.Error("no icon draws something")
	}
}

func TestWrapNeedsMoreLinesWhereItIsNarrow(t *testing.T) {
	var cells []fyne.CanvasObject
	for range 6 {
		cells = append(cells, canvas.NewText("some words", color.Black))
	}
	o := Wrap(4, cells...)
	window(t, o)
	o.Resize(fyne.NewSize(1000, 100))
	wide := o.MinSize().Height
	o.Resize(fyne.NewSize(120, 100))
	if narrow := o.MinSize().Height; narrow < 3*wide {
		t.Errorf("wide %v, narrow %v", wide, narrow)
	}
}

func TestAParagraphStandsFlush(t *testing.T) {
	p := Paragraph("words").(*fyne.Container)
	window(t, p)
	p.Resize(fyne.NewSize(300, 40))
	if at := p.Objects[0].(*widget.Label).Position(); at.X != -labelPad || at.Y != -labelPad {
		t.Errorf("the label stands at %v", at)
	}
}

// A list that is open keeps no key of the screen to itself: a session must be closed by one key whatever is shown.
func TestTheListOfAChoicePassesTheScreensKeysOn(t *testing.T) {
	choice := NewChoice([]string{"a", "b", "c"}, 1, nil)
	w := window(t, Column(4, choice))
	var got []fyne.KeyName
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { got = append(got, k.Name) })
	press := func(k fyne.KeyName) { w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k}) }
	w.Canvas().Focus(choice)
	press(fyne.KeyReturn)
	if !HasSheet(w.Canvas()) {
		t.Fatal("the list did not open")
	}
	press(fyne.KeyF7)
	press(fyne.KeyEscape)
	if len(got) != 2 || got[0] != fyne.KeyF7 {
		t.Fatalf("the screen was told of %v", got)
	}
	press(fyne.KeyDown)
	press(fyne.KeyReturn)
	if choice.Selected != "c" || HasSheet(w.Canvas()) || w.Canvas().Focused() != fyne.Focusable(choice) {
		t.Errorf("%q is chosen", choice.Selected)
	}
	press(fyne.KeyUp)
	if choice.Selected != "b" {
		t.Errorf("%q is chosen after the key up", choice.Selected)
	}
	press(fyne.KeyReturn)
	test.TapCanvas(w.Canvas(), fyne.NewPos(700, 500))
	if HasSheet(w.Canvas()) {
		t.Error("a tap beside the list left it open")
	}
}

// What is drawn anew keeps the focus where the same button is there again, and gives it up where it is not.
func TestAFocusIsNeverLeftOnWhatIsNotShown(t *testing.T) {
	old, next := NewButton("Oath", "F9", nil), NewButton("Testimony", "F9", nil)
	box := Column(0, old)
	w := window(t, box)
	w.Canvas().Focus(old)
	Replace(box, Column(0, NewButton("Close", "F10", nil), next))
	if w.Canvas().Focused() != fyne.Focusable(next) {
		t.Fatalf("%v has the focus", w.Canvas().Focused())
	}
	s := ShowSheet(w.Canvas(), "s", 200, Paragraph("x"))
	Replace(box, NewButton("Close", "F10", nil))
	s.Close()
	if w.Canvas().Focused() != nil {
		t.Error("a button that is gone has the focus after the sheet")
	}
}
