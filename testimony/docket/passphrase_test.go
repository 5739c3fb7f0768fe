package docket_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// TestAWeakPassphraseIsRefusedWhereverOneIsChosen goes through every door by which a passphrase comes into a vault.
func TestAWeakPassphraseIsRefusedWhereverOneIsChosen(t *testing.T) {
	t.Parallel()
	const weak, training = "judge and witness", docket.TrainingPassphrase
	dir := t.TempDir()
	path := filepath.Join(dir, "v.paravent")
	someone := func(passphrase string) store.NewUser {
		return store.NewUser{Login: "someone", DisplayName: "Some One", Role: testimony.Judge, Passphrase: []byte(passphrase)}
	}
	d := fresh(t, testimony.Judge, still)
	refused := func(where, p string, err error) {
		t.Helper()
		var why *strength.WeakError
		if !errors.Is(err, strength.ErrWeak) || !errors.As(err, &why) || len(why.Verdict.Reasons) == 0 || strings.Contains(err.Error(), p) {
			t.Errorf("%s took %q: %v", where, p, err)
		}
	}
	for _, p := range []string{weak, training} {
		_, err := docket.Create(t.Context(), path, someone(p), light)
		refused("creation", p, err)
		if docket.Exists(path) {
			t.Fatal("the refused vault was made")
		}
		_, err = d.AddUser(t.Context(), someone(p))
		refused("enrolment at the desk", p, err)
		refused("change", p, d.ChangePassphrase(t.Context(), []byte(passphrase), []byte(p)))
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	in := must(docket.InvitationOf(t.Context(), d.Path(), light))(t)
	for _, p := range []string{weak, training} {
		_, err := docket.AskByFile(t.Context(), in, someone(p), "en", filepath.Join(dir, "asked"), light)
		refused("a request by file", p, err)
		_, err = docket.Ask(t.Context(), d.Path(), someone(p), "en", light)
		refused("a request", p, err)
		_, _, err = docket.Recover(t.Context(), d.Path(), "judge", nil, []byte(p), light)
		refused("recovery", p, err)
	}
}

func TestTheTrainingVaultTakesItsOwnPassphraseAndNoOtherWeakOne(t *testing.T) {
	t.Parallel()
	d := must(docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "t.paravent"), light))(t)
	defer d.Close()
	own := []byte(docket.TrainingPassphrase)
	if err := d.ChangePassphrase(t.Context(), own, []byte("training")); !errors.Is(err, strength.ErrWeak) {
		t.Errorf("another weak one: %v", err)
	}
	if err := d.ChangePassphrase(t.Context(), own, own); err != nil {
		t.Error(err)
	}
}

func TestCasesAndPseudonymsAreNoSecretWords(t *testing.T) {
	t.Parallel()
	d := must(docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "t.paravent"), light))(t)
	defer d.Close()
	known := d.Surroundings(t.Context(), "clerk", "Clara Kent")
	for _, want := range []string{"clerk", "Clara Kent", "t.paravent", "TC 12/2026", "Witness B"} {
		if !bytes.Contains([]byte(strings.Join(known, "\n")), []byte(want)) {
			t.Errorf("%q is not among %q", want, known)
		}
	}
	if v := strength.Judge([]byte("Clara Kent TC 12/2026"), known); v.Enough() {
		t.Errorf("a name and a case are taken: %.2g", v.Guesses)
	}
}

func TestSuggestedWordsAreTakenInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fr"} {
		for range 200 {
			words := must(docket.SuggestPassphrase(docket.Options{}, language))(t)
			if err := strength.Check([]byte(words), nil); err != nil {
				t.Errorf("%q: %v", words, err)
			}
		}
	}
}
