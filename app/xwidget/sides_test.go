package xwidget

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestNineSidesStandInOneRow(t *testing.T) {
	test.NewTempApp(t)
	const page = 1120 - 196 - 2*24 // the smallest window without the rail and the margins
	for language, words := range map[string][]string{
		"en": {"Overview", "Status", "Measures", "Risk and needs", "Preparation", "Protection", "Return", "Cases", "Identity"},
		"fr": {"Aperçu", "Statut", "Mesures", "Risques et besoins", "Préparation", "Protection", "Retour", "Affaires", "Identité"},
	} {
		row := Sides(words, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, 0, func(int) {})
		if w := row.MinSize().Width; w > page {
			t.Errorf("%s: the sides take %v of %v", language, w, page)
		} else {
			t.Logf("%s: %v of %v", language, w, page)
		}
	}
}

func TestASideIsTurnedToByTheKeyboard(t *testing.T) {
	test.NewTempApp(t)
	turned := -1
	row := Sides([]string{"One", "Two"}, []string{"1", "2"}, 0, func(i int) { turned = i })
	for _, f := range focusables(row)[1:] {
		f.TypedRune(' ')
	}
	if turned != 1 {
		t.Fatalf("the space bar turned to %d", turned)
	}
}
