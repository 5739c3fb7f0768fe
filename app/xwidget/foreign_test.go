package xwidget

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"
)

// Whatever somebody types from outside, the window goes on: letters that no word has, too.
func TestNoTextFromOutsideEndsTheProgram(t *testing.T) {
	test.NewTempApp(t)
	show := func(s string) {
		for _, bold := range []bool{false, true} {
			w := test.NewTempWindow(t, Foreign(s, bold))
			w.Resize(fyne.NewSize(280, 200))
			w.Canvas().Capture()
		}
	}
	for _, s := range []string{"Je n’entends pas", "لا أسمع", "አይሰማኝም", "Я не чую", "म सुन्दिनँ", "कििि", "\u0901\u093f\u093f\u093f", "\u0941\u0901\u093f\u093f", "न्दि\u093f\u0901", strings.Repeat("कि", 140), strings.Repeat("\u093f", 280)} {
		show(s)
	}
	if got := tried("कि", func() { panic("out of range") }); got != "□□" { // which fonts set these letters, and end on them, differs by machine
		t.Errorf("what cannot be set is shown as %q", got)
	}
	if plain("कि") || !plain("لا أسمع 2") {
		t.Error("the writings are taken for others")
	}
	letters := []*rapid.Generator[rune]{rapid.RuneFrom([]rune("कनदमसिुँ्ंःीाे़ \u200c\u200d")), rapid.Rune()}
	rapid.Check(t, func(t *rapid.T) {
		show(rapid.StringOfN(rapid.OneOf(letters...), 1, 40, -1).Draw(t, "typed"))
	})
}
