package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// caring is a terminal with a training vault and the words of one witness's commands.
type caring struct {
	*terminal
	who string
}

func newCaring(t *testing.T) caring {
	t.Helper()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	return caring{s, " --case TC~12/2026 --party Witness~B --vault @v --passphrase-file @p --login "}
}

func (c caring) as(office string, want int, line string) string {
	c.t.Helper()
	out, errs := c.run(want, line+c.who+office)
	return out + errs
}

const canary = "the canary of a care file"

// What the window does with a care file, the command line does as well; none of it takes a word of the person from an argument.
func TestACareFileIsKeptFromTheCommandLine(t *testing.T) {
	t.Parallel()
	c := newCaring(t)
	day := func(ahead int) string { return time.Now().AddDate(0, 0, ahead).Format(time.DateOnly) }
	today := day(0)
	findings := map[string]any{}
	for _, a := range []string{"threat", "accused_knows", "family", "corruption", "corruption_remote", "health", "self_harm"} {
		findings[a] = map[string]string{"level": "not_known", "reason": canary}
	}
	for name, record := range map[string]any{
		"interview": map[string]any{"on": today, "language": "yo", "interpreter": "in_room", "support": "in_room", "answers": map[string]any{"T2": map[string]any{"reply": "answered", "indicates": true}}, "words": map[string]string{"T2": canary}},
		"risk":      map[string]any{"on": today, "review": day(30), "findings": findings},
		"needs":     map[string]any{"language": "yo", "dialect": "Ekiti", "literacy": "reads", "interpreter": "woman", "breaks": 45, "intermediary": "not_needed", "health": canary},
		"plan":      map[string]any{"on": today, "review": day(30), "measures": []any{map[string]any{"kind": "escort", "for": []string{"person"}, "agency": "House", "detail": canary}}},
		"contact":   map[string]any{"on": today, "safe": []string{"office"}, "never": []string{"call"}, "note": canary},
		"companion": map[string]any{"role": "support", "name": canary, "witness": "no", "linked": "no", "corrupt": "no", "wanted": "yes", "from": today},
		"return":    map[string]any{"asked": today, "by": "person", "to": "NG", "citizenship": "confirmed", "stateless": "no", "persecution": "no", "funding": "fund", "receiving": "House"},
	} {
		text, err := json.Marshal(map[string]any{"record": record})
		if err != nil {
			t.Fatal(err)
		}
		c.write(name+".json", string(text))
	}
	c.write("why", canary)
	c.write("phrases", "the old mill\n\n"+canary+"\n")
	for _, x := range []struct {
		line  string
		want  int
		tells string
	}{
		{"care missing", exitOK, "screening"},
		{"care interview show", exitNotFound, "no interview"},
		{"care interview save @interview.json", exitOK, "apart"},
		{"care interview show", exitOK, "noted to indicate"},
		{"care status", exitOK, "by nobody yet"},
		{"care status decide --status victim --by the-minister --basis B", exitRefused, "by: unknown"},
		{"care status decide --status victim --by court --basis Law~3 --on 2999-01-01", exitRefused, "on: future"},
		{"care status decide --status victim --by court --basis Law~3", exitOK, "entered"},
		{"care status show", exitOK, "by the court: Law 3"},
		{"care cooperation", exitNotFound, "nobody has decided"},
		{"care cooperation decide --need not_needed --by prosecutor --basis Note~4", exitOK, "entered"},
		{"care cooperation show", exitOK, "not_needed"},
		{"care reflection", exitNotFound, "no time"},
		{"care reflection begin --days 0 --basis B", exitRefused, "days"},
		{"care reflection begin --days 20 --basis Law~3", exitOK, "begun"},
		{"care reflection extend --days 10 --by court --basis Decision~1", exitOK, "longer"},
		{"care reflection show", exitOK, "shorter than the 30 days"},
		{"care reflection end --by court --basis Decision~2", exitOK, "over"},
		{"care consent", exitOK, "not asked yet"},
		{"care consent record --purpose recording --will withdrawn", exitRefused, "not_given"},
		{"care consent record --purpose recording --will given", exitRefused, "missing"},
		{"care consent record --purpose travel --will given --language yo --reading aloud --route Tell~any~advocate", exitOK, "recorded"},
		{"care consent record --purpose return --will given --language yo --reading aloud --route Tell~any~advocate", exitOK, "recorded"},
		{"care consent show", exitOK, "to withdraw: Tell any advocate"},
		{"care risk", exitNotFound, "nobody has assessed"},
		{"care risk save @risk.json", exitOK, "due already"},
		{"care risk save --looked-at-all @risk.json", exitOK, "kept"},
		{"care risk", exitOK, "not_known: " + canary},
		{"care risk trial-end", exitOK, "looked at again"},
		{"care risk show", exitOK, "trial_end"},
		{"care needs", exitNotFound, "not asked"},
		{"care needs save @needs.json", exitOK, "nothing else"},
		{"care needs", exitOK, "every 45 minutes"},
		{"care phrases", exitOK, "No risk phrases"},
		{"care phrases save @phrases", exitOK, "2 risk phrases"},
		{"care phrases show", exitOK, "the old mill\n" + canary},
		{"care phrases save @phrases", exitRefused, ""},
		{"care phrases save --seen 1 @phrases", exitOK, "2 risk phrases"},
		{"care preparation complete", exitRefused, "rooms"},
		{"care preparation hold --topic what_he_did --language yo --interpreter in_room --support in_room", exitRefused, "topics: facts"},
		{"care preparation hold --topic rooms --topic seats --topic technique --topic limits --topic breaks --topic what_if --topic later_disclosure --topic altered_voice --language yo --interpreter in_room --support in_room", exitOK, "log"},
		{"care preparation complete", exitOK, "complete"},
		{"care preparation", exitOK, "since " + today},
		{"care preparation reopen", exitOK, "goes on"},
		{"care plan", exitNotFound, "no protection plan"},
		{"care plan save @plan.json", exitOK, "kept"},
		{"care plan show", exitOK, "for person, by House: " + canary},
		{"care plan end --why @why", exitOK, "ended"},
		{"care contact save @contact.json", exitOK, "kept"},
		{"care contact note --way office", exitRefused, "not_shown"},
		{"care contact", exitOK, "Never"},
		{"care contact note --way call", exitRefused, "not_safe"},
		{"care contact note --way office --reached", exitOK, "noted"},
		{"care companion add @companion.json", exitOK, "entered"},
		{"care companion", exitOK, canary},
		{"care return plan @return.json", exitOK, "kept"},
		{"care return depart", exitRefused, "voluntary: no_consent"},
		{"care return declare", exitOK, "voluntary"},
		{"care return", exitOK, "preparing"},
		{"care return depart", exitOK, "set out"},
		{"care return arrive", exitOK, "arrived"},
		{"care return follow-up --month 1 --way office --found well", exitRefused, "early"},
		{"care return stop --why @why", exitRefused, "stage"},
		{"care consent record --purpose travel --will withdrawn", exitOK, "recorded"},
		{"care consent met --purpose travel", exitOK, "done"},
		{"care destroy x", exitNotFound, ""},
	} {
		line := x.line
		if strings.HasPrefix(line, "care destroy") {
			c.run(x.want, line+" --vault @v --passphrase-file @p --login advocate")
			continue
		}
		if out := c.as("advocate", x.want, line); !strings.Contains(out, x.tells) {
			t.Errorf("%s tells\n%swant %q", line, out, x.tells)
		}
	}
	if out := c.as("advocate", exitOK, "care interview show"); strings.Contains(out, canary) {
		t.Errorf("the person's words are told unasked: %s", out)
	}
	if out := c.as("advocate", exitOK, "care interview show --words"); !strings.Contains(out, canary) {
		t.Errorf("the person's words are not told: %s", out)
	}
	id := struct{ ID string }{}
	if err := json.Unmarshal([]byte(c.as("advocate", exitOK, "--json care incident report --kind threat --what @why")), &id); err != nil || id.ID == "" {
		t.Fatal(err)
	}
	c.as("advocate", exitOK, "care incident respond "+id.ID+" --what @why")
	if out := c.as("advocate", exitOK, "care incident list"); !strings.Contains(out, "done: "+canary) {
		t.Errorf("%s", out)
	}
	var people []struct{ ID string }
	if err := json.Unmarshal([]byte(c.as("advocate", exitOK, "--json care companion")), &people); err != nil || len(people) != 1 {
		t.Fatal(people, err)
	}
	c.as("advocate", exitOK, "care companion flag "+people[0].ID)
	if out := c.as("advocate", exitOK, "care companion"); !strings.Contains(out, "BARRED") {
		t.Errorf("%s", out)
	}
	c.as("advocate", exitOK, "care companion leave "+people[0].ID)
	// Whoever judges, prosecutes or keeps the calendar reads none of it.
	for _, office := range []string{"judge", "clerk"} {
		for _, line := range []string{"care interview show --words", "care cooperation", "care consent", "care needs save @needs.json", "care preparation", "care plan", "care incident list", "care companion"} {
			if out := c.as(office, exitNotAllowed, line); strings.Contains(out, canary) {
				t.Errorf("%s: %s tells %s", office, line, out)
			}
		}
		c.as(office, exitOK, "care status")
		c.as(office, exitOK, "care missing")
	}
}

// What is printed can be changed and saved again; from a version that somebody has gone on from meanwhile nothing is saved.
func TestARecordThatWasPrintedIsSavedAgain(t *testing.T) {
	t.Parallel()
	c := newCaring(t)
	c.write("needs.json", `{"language":"yo","dialect":"none","literacy":"reads","interpreter":"any","breaks":60,"intermediary":"needed"}`)
	c.as("advocate", exitOK, "care needs save @needs.json")
	printed := c.as("advocate", exitOK, "--json care needs")
	c.write("again.json", strings.Replace(printed, `"any"`, `"man"`, 1))
	c.as("advocate", exitOK, "care needs save @again.json")
	if out := c.as("advocate", exitOK, "care needs"); !strings.Contains(out, "man") {
		t.Errorf("%s", out)
	}
	if out := c.as("advocate", exitRefused, "care needs save @again.json"); !strings.Contains(out, "meanwhile") {
		t.Errorf("a version that was gone on from: %s", out)
	}
	if out := c.as("advocate", exitOK, "care facts"); !strings.Contains(out, "man") {
		t.Errorf("%s", out)
	}
	// Words that are left out of an interview stay.
	c.write("interview.json", `{"on":"`+time.Now().Format(time.DateOnly)+`","language":"yo","interpreter":"remote","support":"declined","answers":{"T1":{"reply":"answered"}},"words":{"T1":"`+canary+`"}}`)
	c.as("advocate", exitOK, "care interview save @interview.json")
	c.write("shown.json", c.as("advocate", exitOK, "--json care interview show"))
	c.as("advocate", exitOK, "care interview save @shown.json")
	if out := c.as("advocate", exitOK, "care interview show --words"); !strings.Contains(out, canary) {
		t.Errorf("the words are gone: %s", out)
	}
}

// A file that is no record is refused with the reason, before the vault is touched, and says nothing of what stands in it.
func TestAFileThatIsNoRecordIsRefused(t *testing.T) {
	t.Parallel()
	c := newCaring(t)
	for i, text := range []string{"", "{", "[]", "null", "7", `"` + canary + `"`, `{"record":7}`, `{"record":{"language":5}}`, `{"record":{"story":"` + canary + `"}}`, `{"version":-1,"record":{}}`, `{"version":"1","record":{}}`,
		`{"version":1.5,"record":{}}`, `{"record":{}} {"record":{}}`, `{"record":{}}`, strings.Repeat(" ", 1<<20) + "{}", "\xff\xfe"} {
		name := fmt.Sprintf("f%d.json", i)
		c.write(name, text)
		out := c.as("advocate", exitRefused, "care needs save @"+name)
		if strings.Contains(out, "canary") {
			t.Errorf("%q: %s", text, out)
		}
	}
	c.as("advocate", exitNotFound, "care needs save @nothing.json")
	if out := c.as("advocate", exitNotFound, "care needs"); !strings.Contains(out, "not asked") {
		t.Errorf("something was saved: %s", out)
	}
}

// Each form is filled in and saved by the command that it is for: its fields are those of the record.
func TestAFormIsTheRecordThatIsSaved(t *testing.T) {
	t.Parallel()
	c := newCaring(t)
	for kind, save := range map[string]string{"interview": "interview save", "risk": "risk save", "needs": "needs save", "plan": "plan save", "contact": "contact save", "companion": "companion add", "return": "return plan"} {
		out, _ := c.run(exitOK, "care form "+kind)
		c.write(kind, out)
		// An empty form is refused for what it lacks, by the rules of the record, and never for its shape.
		if out := c.as("advocate", exitRefused, "care "+save+" @"+kind); strings.Contains(out, "the file") {
			t.Errorf("%s: %s", kind, out)
		}
	}
	c.run(exitUsage, "care form verdict")
	if out, _ := c.run(exitOK, "care interview questions --language fr"); strings.Count(out, "\n") != 32 {
		t.Errorf("%s", out)
	}
}
