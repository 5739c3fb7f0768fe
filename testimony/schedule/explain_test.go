package schedule_test

import (
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony/schedule"
)

// TestEveryConflictAndReasonIsSaid in both languages, in a sentence that names whom and when.
func TestEveryConflictAndReasonIsSaid(t *testing.T) {
	t.Parallel()
	x := schedule.NewIndex(court(), nil, schedule.Circumstances{}, schedule.Rules{})
	zone := load(t, "Europe/Paris")
	for _, l := range []policy.Language{policy.English, policy.French} {
		said := map[string]bool{}
		for _, r := range schedule.RuleList {
			text := x.Say(schedule.Conflict{Rule: r, Resource: "room1", From: day(3, 10, 10), To: day(3, 10, 11), Length: 90 * time.Minute}, l, zone)
			if said[text] || len(text) < 15 || strings.Contains(text, "%") || strings.Contains(text, string(r)) || !strings.HasSuffix(text, ".") {
				t.Errorf("%s in %s: %q", r, l, text)
			}
			said[text] = true
		}
		for _, w := range []schedule.Why{schedule.FirstPossible, schedule.NothingSoft, schedule.GoodHour, schedule.SamePeople, schedule.ClocksMove, schedule.Taken} {
			if text := x.SayWhy(schedule.Reason{Why: w, Resource: "room1", At: day(3, 10, 10), Length: -time.Hour}, l, zone); len(text) < 5 || strings.Contains(text, "%") {
				t.Errorf("%s in %s: %q", w, l, text)
			}
		}
		for _, k := range schedule.Kinds {
			if schedule.KindWord(k, l) == "" {
				t.Errorf("%s has no word in %s", k, l)
			}
		}
	}
	if got := x.Say(schedule.Conflict{Rule: schedule.TooFar, Resource: "judge", From: day(3, 10, 10), To: day(3, 11, 11), Length: 30 * time.Minute}, policy.English, zone); got !=
		"Presiding judge: in another building, 2027-03-10 10:00 to 2027-03-11 11:00; only 30 min remain for the way." {
		t.Error(got)
	}
}

// TestNeedsAreSaid in both languages, and nothing of a witness who is not known.
func TestNeedsAreSaid(t *testing.T) {
	t.Parallel()
	x := schedule.NewIndex(nil, nil, schedule.Circumstances{Parties: map[protection.PartyID]schedule.Standing{
		"all":  {Language: "yo", Dialect: "Ekiti", Sex: schedule.Female, Longest: 30 * time.Minute, Intermediary: true},
		"some": {Language: "vi", Sex: schedule.Male}}}, schedule.Rules{})
	for _, c := range []struct {
		party protection.PartyID
		in    policy.Language
		want  string
	}{
		{"all", policy.English, "Interpreter: Yoruba, Ekiti. A woman as interpreter. A break after 30 min of testimony. An intermediary."},
		{"all", policy.French, "Interprète : yoruba, Ekiti. Une femme comme interprète. Une pause après 30 min de déposition. Un intermédiaire."},
		{"some", policy.English, "Interpreter: Vietnamese. A man as interpreter."},
		{"nobody", policy.French, ""},
	} {
		if got := strings.Join(x.SayNeeds(c.party, c.in), " "); got != c.want {
			t.Errorf("%s: %q", c.party, got)
		}
	}
}

// TestHardAndSoft keeps the list in order: the hard rules stand before the soft ones.
func TestHardAndSoft(t *testing.T) {
	t.Parallel()
	soft := false
	for _, r := range schedule.RuleList {
		if soft && r.Hard() {
			t.Errorf("%s is hard and stands among the soft ones", r)
		}
		soft = soft || !r.Hard()
	}
	if !schedule.Rule("something new").Hard() {
		t.Error("an unknown rule is soft")
	}
}
