package xwidget

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestAFormGivesItsValuesAndTakesThemBack(t *testing.T) {
	test.NewTempApp(t)
	form := func() (*Input, *Choice, *Tick, *Input) {
		return NewInput(""), NewChoice([]string{"a", "b"}, 0, nil), NewTick("x", false, nil), NewSecret("")
	}
	in, choice, tick, secret := form()
	whole := Column(4, Field("1", in), Field("2", choice), tick, Field("3", secret))
	changes := 0
	OnValues(whole, func() { changes++ })
	in.SetText("typed")
	choice.SetSelectedIndex(1)
	tick.SetChecked(true)
	secret.SetText("never kept")
	if changes != 4 {
		t.Errorf("%d changes were told", changes)
	}
	values := Values(whole)
	if !slices.Equal(values, []string{"typed", "1", "true", ""}) {
		t.Fatalf("it gives %q", values)
	}
	in2, choice2, tick2, secret2 := form()
	if !SetValues(Column(4, in2, choice2, tick2, secret2), values) || in2.Text != "typed" || choice2.Selected != "b" || !tick2.Checked || secret2.Text != "" {
		t.Errorf("it took %q %q %v %q", in2.Text, choice2.Selected, tick2.Checked, secret2.Text)
	}
	if other, _, _, _ := form(); SetValues(Column(4, other), values) || other.Text != "" {
		t.Error("another form took them")
	}
}
