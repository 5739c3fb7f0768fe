package groundrules_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony"
	"paravent/testimony/groundrules"
)

var (
	defence = testimony.Participant{ID: "d", Role: testimony.RoleDefence}
	gallery = testimony.Participant{ID: "g", Role: testimony.RoleGallery}
)

func must(t *testing.T) func(groundrules.Rules, error) groundrules.Rules {
	return func(r groundrules.Rules, err error) groundrules.Rules {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func TestRulesAreSettledOnceEveryQuestionIsDecided(t *testing.T) {
	t.Parallel()
	ok, at := must(t), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var r groundrules.Rules
	r = ok(r.AddTopic("the journey", false))
	r = ok(r.AddTopic("the family", true))
	r = ok(r.Advise("one short question at a time"))
	r = ok(r.Ask(defence, "Where did you wait?"))
	r = ok(r.Ask(defence, "You lied, did you not?"))
	r = ok(r.Ask(defence, "Who opened the door?"))
	if _, err := r.Settle("j", at); !errors.Is(err, groundrules.ErrUndecided) {
		t.Fatalf("settled with questions that wait: %v", err)
	}
	r = ok(r.Approve(1, ""))
	r = ok(r.Approve(2, "What did you tell the officer?"))
	if _, err := r.Refuse(3, " "); !errors.Is(err, groundrules.ErrReason) {
		t.Fatalf("refused without a reason: %v", err)
	}
	r = ok(r.Refuse(3, "it was answered"))
	if _, err := r.Approve(3, ""); !errors.Is(err, groundrules.ErrDecided) {
		t.Fatalf("decided twice: %v", err)
	}
	r = ok(r.Settle("j", at))
	may := r.May(defence.ID)
	if len(may) != 2 || may[0].Text != "Where did you wait?" || may[1].Text != "What did you tell the officer?" || may[1].Was != "You lied, did you not?" {
		t.Errorf("the defence may ask %+v", may)
	}
	if _, err := r.AddTopic("more", false); !errors.Is(err, groundrules.ErrSettled) {
		t.Errorf("changed once settled: %v", err)
	}
	r = ok(r.Reopen())
	r = ok(r.DropTopic(1))
	r = ok(r.DropAdvice(1))
	if len(r.Topics) != 1 || !r.Topics[0].Barred || len(r.Advice) != 0 {
		t.Errorf("there are left %+v, %+v", r.Topics, r.Advice)
	}
}

func TestWhatIsNoRuleIsRefused(t *testing.T) {
	t.Parallel()
	var r groundrules.Rules
	for name, text := range map[string]string{"nothing": " ", "two lines": "a\nb", "too long": strings.Repeat("é", 501), "no text": "\xff"} {
		if _, err := r.Ask(defence, text); !errors.Is(err, groundrules.ErrText) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Ask(gallery, "Why?"); !errors.Is(err, groundrules.ErrAsker) {
		t.Errorf("the gallery asks: %v", err)
	}
	if _, err := r.DropTopic(0); !errors.Is(err, groundrules.ErrNone) {
		t.Errorf("topic 0: %v", err)
	}
	if _, err := r.Reopen(); !errors.Is(err, groundrules.ErrOpen) {
		t.Errorf("reopened what is open: %v", err)
	}
}

// Whatever is done in whatever order: a step leaves the rules before it as they were, one that is refused changes nothing, and no question may be put that was not approved.
func TestAStepLeavesTheRulesBeforeItAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r groundrules.Rules
		said := func(r groundrules.Rules) string {
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			n, text := rapid.IntRange(0, 5).Draw(t, "n"), rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "text")
			before := said(r)
			var next groundrules.Rules
			var err error
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				next, err = r.AddTopic(text, n > 2)
			case 1:
				next, err = r.DropTopic(n)
			case 2:
				next, err = r.Advise(text)
			case 3:
				next, err = r.DropAdvice(n)
			case 4:
				next, err = r.Ask(defence, text)
			case 5:
				next, err = r.Approve(n, text)
			case 6:
				next, err = r.Refuse(n, text)
			case 7:
				next, err = r.Withdraw(n)
			case 8:
				next, err = r.Settle("j", time.Unix(1, 0))
			case 9:
				next, err = r.Reopen()
			}
			if said(r) != before {
				t.Fatalf("a step changed the rules before it: %s to %s", before, said(r))
			}
			if err != nil && said(next) != before {
				t.Fatalf("a refused step (%v) changed %s to %s", err, before, said(next))
			}
			r = next
			if !r.Settled.IsZero() && r.Waiting() > 0 {
				t.Fatalf("settled with a question that waits: %s", said(r))
			}
			for _, q := range r.May(defence.ID) {
				if q.Standing == groundrules.Asked || q.Standing == groundrules.Refused || q.Standing == groundrules.Withdrawn {
					t.Fatalf("may be put: %+v", q)
				}
			}
		}
	})
}
