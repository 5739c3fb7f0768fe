package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const ownMeasureText = `{"kind":"full_screen","name":{"en":"full screen","fr":"paravent intégral"},"end":"trial_end","applicants":["court","witness"],
 "bases":[{"law":"national","rule":"Practice direction 7"}],"parts":[{"kind":"screen_accused"},{"kind":"screen_witness"},{"kind":"face_alteration","audiences":["accused"]}]}`

// A measure of the court's own is proposed, approved by somebody else, ordered, changed and retired from the command line.
func TestTheCatalogueOnTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	s.write("m.json", ownMeasureText)
	as := func(office string) string { return " --vault @v --passphrase-file @p --login " + office }
	id := func(line string) string {
		out, _ := s.run(exitOK, line+" --json"+as("registrar"))
		var v struct{ ID string }
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.ID == "" {
			t.Fatalf("%s: %s, %v", line, out, err)
		}
		return v.ID
	}
	s.run(exitNotAllowed, "measure add @m.json --reasons R"+as("clerk"))
	first := id("measure add @m.json --reasons Usage~of~this~court.")
	s.run(exitRefused, "measure add @m.json --reasons Again."+as("judge"))
	s.run(exitNotAllowed, "measure approve "+first+as("registrar"))
	s.run(exitRefused, "order file --case TC~12/2026 --party Witness~B --reference 2026/9 --applicant witness --measure full_screen"+as("clerk"))
	s.run(exitOK, "measure approve "+first+as("judge"))
	s.run(exitRefused, "measure approve "+first+as("judge"))
	out, _ := s.run(exitOK, "order file --json --case TC~12/2026 --party Witness~B --reference 2026/9 --applicant witness --measure full_screen"+as("clerk"))
	if !strings.Contains(out, `"named": "full_screen"`) || !strings.Contains(out, `"screen_witness"`) {
		t.Errorf("the order is %s", out)
	}
	s.write("bench.json", `{"parts":[{"kind":"face_alteration","audiences":["bench"]}]}`)
	if _, errs := s.run(exitRefused, "measure change full_screen @bench.json --reasons R"+as("registrar")); !strings.Contains(errs, "the bench always sees") {
		t.Errorf("toward the bench: %s", errs)
	}
	s.write("effect.json", `{"effect":{"en":"The press learns the name."}}`)
	if _, errs := s.run(exitRefused, "measure change pseudonym @effect.json --reasons R"+as("registrar")); !strings.Contains(errs, "compiled by the program") {
		t.Errorf("another effect: %s", errs)
	}
	s.write("unknown.json", `{"power":"more"}`)
	s.run(exitRefused, "measure change pseudonym @unknown.json --reasons R"+as("registrar"))
	s.write("other.json", `{"kind":"else"}`)
	s.run(exitUsage, "measure change pseudonym @other.json --reasons R"+as("registrar"))
	s.run(exitNotFound, "measure show nothing"+as("judge"))
	s.write("names.json", `{"name":{"en":"number","fr":"numéro"},"bases":[{"law":"national","rule":"CPP 706-62-1","seen":true}]}`)
	s.run(exitOK, "measure approve "+id("measure change pseudonym @names.json --reasons Local~use.")+as("judge"))
	if out, _ := s.run(exitOK, "measure show pseudonym"+as("advocate")); !strings.Contains(out, "number / numéro (changed, version 1)") || strings.Count(out, "Basis:") != 1 {
		t.Errorf("after the change: %s", out)
	}
	s.run(exitOK, "measure approve "+id("measure retire full_screen --reasons Not~used.")+as("judge"))
	if _, errs := s.run(exitRefused, "order file --case TC~12/2026 --party Witness~B --reference 2026/10 --applicant witness --measure full_screen"+as("clerk")); !strings.Contains(errs, "retired") {
		t.Errorf("a retired measure: %s", errs)
	}
	s.write("told.json", `[{"kind":"delayed_broadcast","release":"delayed","delay":"30m"},{"kind":"control_of_questioning","topics":["where she lives"]}]`)
	out, _ = s.run(exitOK, "order file --json --case TC~12/2026 --party Witness~B --reference 2026/11 --applicant witness --measures @told.json"+as("clerk"))
	if !strings.Contains(out, `"delay": "30m0s"`) || !strings.Contains(out, "where she lives") {
		t.Errorf("what measures are told: %s", out)
	}
	s.write("short.json", `[{"kind":"delayed_broadcast","release":"delayed","delay":"1s"}]`)
	s.run(exitRefused, "order file --case TC~12/2026 --party Witness~B --reference 2026/12 --applicant witness --measures @short.json"+as("clerk"))
	s.write("wrong.json", `[{"kind":"live_link","where":"home"}]`)
	s.run(exitRefused, "order file --case TC~12/2026 --party Witness~B --reference 2026/12 --applicant witness --measures @wrong.json"+as("clerk"))
	s.write("m2.json", `{"end":"lifetime"}`)
	declined := id("measure change pseudonym @m2.json --reasons R")
	s.run(exitRefused, "measure decline "+declined+" --why ~"+as("judge"))
	s.run(exitOK, "measure decline "+declined+" --why No~need."+as("judge"))
	withdrawn := id("measure retire live_link --reasons R")
	s.run(exitNotAllowed, "measure withdraw "+withdrawn+as("judge"))
	s.run(exitOK, "measure withdraw "+withdrawn+as("registrar"))
}
