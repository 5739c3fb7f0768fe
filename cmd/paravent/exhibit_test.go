package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"paravent/protection/identity"
	"paravent/testimony/exhibit"
)

// An exhibit is received under any name, listed, opened as it was received, withdrawn, and its custody told.
func TestExhibitsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	const ledger = "%PDF-1.7\na ledger\n%%EOF\n"
	s.write("Jane-Roe.txt", ledger)
	s.write("torn.pdf", ledger[:12])
	s.write("program.pdf", "MZ")
	s.write("empty.pdf", "")
	add := " --case TC~12/2026 --number P-1 --title Ledger"
	for line, code := range map[string]int{
		"exhibit add @torn.pdf" + add:                                          exitRefused,
		"exhibit add @program.pdf" + add:                                       exitRefused,
		"exhibit add @empty.pdf" + add:                                         exitRefused,
		"exhibit add @nothing.pdf" + add:                                       exitNotFound,
		"exhibit add @Jane-Roe.txt --case X --number 1 --title T":              exitNotFound,
		"exhibit add @Jane-Roe.txt --case TC~12/2026 --number 1 --title a.pdf": exitUsage,
		"exhibit add @Jane-Roe.txt --class secret" + add:                       exitUsage,
		"exhibit show x": exitNotFound, "exhibit open x @o.pdf": exitNotFound, "exhibit withdraw x --reason R": exitNotFound, "exhibit custody x": exitNotFound,
	} {
		s.run(code, line+asJudge)
	}
	s.run(exitNotAllowed, "exhibit add @Jane-Roe.txt"+add+asClerk) // sealed where no class is given
	out, _ := s.run(exitOK, "exhibit add @Jane-Roe.txt --json"+add+asJudge)
	var e exhibit.Exhibit
	if err := json.Unmarshal([]byte(out), &e); err != nil || e.Class != exhibit.Sealed || e.Format != exhibit.PDF {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitExists, "exhibit add @Jane-Roe.txt"+add+asJudge)
	id := string(e.ID)
	s.run(exitNotAllowed, "exhibit open "+id+" @o.pdf"+asClerk)
	s.run(exitNotAllowed, "exhibit open "+id+" @o.pdf"+asJudge) // alone
	s.run(exitRefused, "exhibit opening request "+id+" --reason R --hours 25"+asJudge)
	s.run(exitNotAllowed, "exhibit opening request "+id+" --reason R"+asClerk)
	s.run(exitNotFound, "exhibit opening request x --reason R"+asJudge)
	out, _ = s.run(exitOK, "exhibit opening request "+id+" --reason R --json"+asJudge)
	var asked openingLine
	if err := json.Unmarshal([]byte(out), &asked); err != nil || asked.State != identity.Pending || asked.Number != "P-1" {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitExists, "exhibit opening request "+id+" --reason R"+asJudge)
	s.run(exitNotAllowed, "exhibit opening approve "+string(asked.ID)+asJudge)
	s.run(exitNotFound, "exhibit opening approve x"+asClerk)
	if out, _ := s.run(exitOK, "exhibit opening"+asClerk); !strings.Contains(out, "waits for the other college") {
		t.Error(out)
	}
	s.run(exitOK, "exhibit opening approve "+string(asked.ID)+asClerk)
	s.run(exitNotAllowed, "exhibit open "+id+" @o.pdf"+asClerk)
	s.run(exitOK, "exhibit open "+id+" @o.pdf"+asJudge)
	if out, _ := s.run(exitOK, "exhibit show "+id+asJudge); !strings.Contains(out, "Opened") || !strings.Contains(out, "copy") {
		t.Errorf("who opened is not told: %s", out)
	}
	s.run(exitExists, "exhibit open "+id+" @o.pdf"+asJudge)
	if text, err := os.ReadFile(s.path("o.pdf")); err != nil || string(text) != ledger {
		t.Errorf("%v: %q", err, text)
	}
	s.run(exitOK, "exhibit opening refuse "+string(asked.ID)+" --reason R"+asClerk)
	s.run(exitNotAllowed, "exhibit open "+id+" @again.pdf"+asJudge)
	const retained = "evidence retention "
	s.run(exitRefused, retained+"propose "+id+" --reason R"+asClerk) // no rule, an order, a hearing to come
	if _, errs := s.run(exitRefused, retained+"propose "+id+" --reason R"+asClerk); !strings.Contains(errs, "no rule is set") || !strings.Contains(errs, "a hearing that needs it is not closed") {
		t.Errorf("why it is not proposed: %s", errs)
	}
	s.run(exitNotFound, retained+"propose x --reason R"+asClerk)
	s.run(exitOK, retained+"set --kind exhibit --years 1 --basis B"+asJudge)
	s.run(exitOK, retained+"hold --case TC~12/2026 --exhibit "+id+" --ground order --reason R"+asClerk)
	s.run(exitNotFound, retained+"hold --case TC~12/2026 --exhibit x --ground order --reason R"+asClerk)
	if out, _ := s.run(exitOK, retained+"list"+asClerk); !strings.Contains(out, id) || !strings.Contains(out, "held by an order") || strings.Contains(out, "no rule is set") {
		t.Errorf("how long it is kept: %s", out)
	}
	if out, _ := s.run(exitOK, retained+"rules"+asClerk); !strings.Contains(out, "exhibits of every case") {
		t.Errorf("the rules: %s", out)
	}
	s.run(exitOK, "exhibit withdraw "+id+" --reason R"+asJudge)
	s.run(exitRefused, "exhibit open "+id+" @again.pdf"+asJudge)
	for line, want := range map[string]string{"exhibit list": "withdrawn", "exhibit list --case TC~31/2026": "There are no exhibits", "exhibit show " + id: "registrar", "exhibit custody " + id: "exhibit.withdrawn"} {
		if out, _ := s.run(exitOK, line+asJudge); !strings.Contains(out, want) || strings.Contains(out, "Jane") {
			t.Errorf("%s: %s", line, out)
		}
	}
}
