package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// An order is led through its life from the command line; a step that lacks something is refused by its rule, and a preview changes nothing.
func TestOrdersLifeOnTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	as := asJudge
	s.run(exitOK, "order file --case TC~1/2026 --party Witness~B --reference 2026/7 --applicant witness --measure face_alteration:accused --measure interpreter_only"+as)
	grant := "order grant 2026/7 --reasons Danger. --will consents"
	if _, errs := s.run(exitRefused, grant+as); !strings.Contains(errs, "served and heard") {
		t.Errorf("granted unheard: %s", errs)
	}
	if out, _ := s.run(exitOK, grant+" --ex-parte Urgent. --preview"+as); !strings.Contains(out, "session:") {
		t.Errorf("the preview says %q", out)
	}
	state := func() string {
		out, _ := s.run(exitOK, "--json order show 2026/7"+as)
		var r struct {
			State   string `json:"state"`
			Signing string `json:"signing"`
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		return r.State + " " + r.Signing
	}
	if got := state(); got != "filed " {
		t.Errorf("after the preview it is %q", got)
	}
	s.run(exitOK, "order serve 2026/7 --how by~hand --respond-by 2099-01-01"+as)
	s.run(exitRefused, grant+as)
	s.run(exitOK, "order oppose 2026/7 --reasons Unfair."+as)
	s.run(exitOK, "order grant-in-part 2026/7 --reasons Danger. --will consents --strike interpreter_only"+as)
	if got := state(); got != "in_force signed" {
		t.Errorf("it is %q", got)
	}
	s.run(exitRefused, "order rescind 2026/7 --reasons None. --will consents"+as)
	s.run(exitUsage, "order vary 2026/7 --reasons R --until tomorrow"+as)
	s.run(exitOK, "order vary 2026/7 --reasons More. --measure face_alteration:accused --measure live_link --augment"+as)
	s.run(exitOK, "order rescind 2026/7 --reasons None. --will consents --change Over."+as)
	if got := state(); got != "rescinded signed" {
		t.Errorf("it is %q", got)
	}
	if out, _ := s.run(exitOK, "order show 2026/7"+as); !strings.Contains(out, "grant_in_part by the judge: ") {
		t.Errorf("its life is told as %s", out)
	}
	s.run(exitNotFound, "order show none"+as)
}
