package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const asTraining = " --vault @v --passphrase-file @t --login "

// training makes a training vault.
func (s *terminal) training() {
	s.t.Helper()
	s.write("t", "training paravent")
	s.run(exitOK, "vault create --training --vault @v")
}

func TestADisclosureFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.training()
	ask := "disclosure ask --case TC~12/2026 --party Witness~B --to advocate --field name --basis ICC~rule~87 --order 2026/9"
	out, _ := s.run(exitOK, ask+" --json"+asTraining+"advocate")
	var asked requestLine
	if err := json.Unmarshal([]byte(out), &asked); err != nil || asked.State != "pending" {
		t.Fatalf("%v: %s", err, out)
	}
	id := string(asked.ID)
	s.run(exitNotAllowed, "disclosure approve "+id+asTraining+"advocate")
	s.run(exitOK, "disclosure approve "+id+asTraining+"clerk")
	_, errs := s.run(exitNotAllowed, "disclosure approve "+id+asTraining+"registrar")
	if !strings.Contains(errs, "the other one must") {
		t.Errorf("a second one of the court is told %q", errs)
	}
	out, _ = s.run(exitOK, "disclosure approve "+id+asTraining+"judge")
	if !strings.Contains(out, "granted") {
		t.Errorf("granted says %q", out)
	}
	out, _ = s.run(exitOK, "disclosure list"+asTraining+"clerk")
	for _, word := range []string{id, "granted", "Witness B, TC 12/2026", "to advocate", "name"} {
		if !strings.Contains(out, word) {
			t.Errorf("the list lacks %q: %s", word, out)
		}
	}
	if strings.Contains(out, "Invented") {
		t.Error("the list tells what is in a field")
	}
	s.run(exitOK, "disclosure withdraw "+id+asTraining+"judge")
	s.run(exitRefused, "disclosure withdraw "+id+asTraining+"judge")
	s.run(exitNotFound, "disclosure approve nothing"+asTraining+"judge")
	s.run(exitRefused, strings.ReplaceAll(ask, "--field name", "--field shoe_size")+asTraining+"advocate")
	s.run(exitUsage, ask+" --hours 721"+asTraining+"advocate")
	s.run(exitNotFound, strings.ReplaceAll(ask, "--to advocate", "--to nobody")+asTraining+"advocate")
}

func TestConflictsOfInterestFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.training()
	s.run(exitNotAllowed, "conflict flag --case TC~12/2026 --user judge --reason x"+asTraining+"clerk")
	s.run(exitOK, "conflict flag --case TC~12/2026 --user advocate --reason related"+asTraining+"registrar")
	s.run(exitNotAllowed, "disclosure ask --case TC~12/2026 --party Witness~B --to advocate --field name --basis b --order o"+asTraining+"judge")
	s.run(exitNotAllowed, "user agency judge Elsewhere"+asTraining+"judge")
	s.run(exitOK, "user agency clerk Border~Unit"+asTraining+"judge")
	s.run(exitOK, "conflict flag --case TC~31/2026 --agency border~unit --reason inquiry"+asTraining+"registrar")
	s.run(exitNotAllowed, "disclosure ask --case TC~31/2026 --party Witness~A --to clerk --field name --basis b --order o"+asTraining+"judge")
	out, _ := s.run(exitOK, "conflict list --json"+asTraining+"judge")
	var list []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitOK, "conflict lift "+list[0].ID+" --reason checked"+asTraining+"judge")
	s.run(exitOK, "disclosure ask --case TC~12/2026 --party Witness~B --to advocate --field name --basis b --order o"+asTraining+"judge")
	s.run(exitRefused, "conflict flag --case TC~12/2026 --reason x"+asTraining+"judge")
}
