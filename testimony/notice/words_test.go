package notice

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/readiness"
)

// No word is missing in a language, and what one has under a name the other has, too.
func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	var walk func(path string, a, b reflect.Value)
	walk = func(path string, a, b reflect.Value) {
		switch a.Kind() {
		case reflect.String:
			for _, v := range []reflect.Value{a, b} {
				if v.String() == "" {
					t.Errorf("%s is empty", path)
				}
			}
			if x, y := strings.Count(a.String(), "%"), strings.Count(b.String(), "%"); x != y {
				t.Errorf("%s takes %d and %d values", path, x, y)
			}
		case reflect.Struct:
			for i := range a.NumField() {
				walk(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
			}
		case reflect.Slice:
			if a.Len() != b.Len() || a.Len() == 0 {
				t.Errorf("%s has %d and %d entries", path, a.Len(), b.Len())
				return
			}
			for i := range a.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i))
			}
		case reflect.Map:
			if path == ".care.one" {
				return // a matter of the language's grammar
			}
			if a.Len() != b.Len() || a.Len() == 0 {
				t.Errorf("%s has %d and %d entries", path, a.Len(), b.Len())
			}
			for _, k := range a.MapKeys() {
				if !b.MapIndex(k).IsValid() {
					t.Errorf("%s has no %v in French", path, k)
					continue
				}
				walk(fmt.Sprintf("%s[%v]", path, k), a.MapIndex(k), b.MapIndex(k))
			}
		}
	}
	walk("", reflect.ValueOf(english), reflect.ValueOf(french))
}

// Every term of the domain that a paper prints has a word.
func TestEveryTermHasAWord(t *testing.T) {
	t.Parallel()
	for _, w := range languages {
		for _, s := range order.States {
			if w.order.states[s] == "" {
				t.Errorf("%s: the state %q has no word", w.tag, s)
			}
		}
		for _, r := range append([]testimony.Role{testimony.RoleBench}, testimony.Roles...) {
			if w.roles[r] == "" {
				t.Errorf("%s: the role %q has no word", w.tag, r)
			}
		}
		for _, p := range testimony.Phases {
			if w.minutes.phases[p] == "" {
				t.Errorf("%s: the phase %q has no word", w.tag, p)
			}
		}
		for _, o := range testimony.Offices {
			if w.offices[o] == "" {
				t.Errorf("%s: the office %q has no word", w.tag, o)
			}
		}
		for _, e := range order.Catalogue {
			if w.ready.checks[e.Kind] == "" {
				t.Errorf("%s: the measure %q has no check", w.tag, e.Kind)
			}
		}
		for _, i := range []readiness.Item{readiness.OrderStands, readiness.Leave, readiness.Conditions, readiness.Point, readiness.Prepared, readiness.Planned, readiness.Technique, readiness.Voices, readiness.Tried} {
			if w.board.items[i] == "" {
				t.Errorf("%s: the item %q has no word", w.tag, i)
			}
		}
		for _, r := range readiness.Reasons {
			if w.board.reasons[r] == "" {
				t.Errorf("%s: the reason %q has no word", w.tag, r)
			}
		}
		for _, f := range readiness.Faults {
			if w.board.faults[f] == "" {
				t.Errorf("%s: the fault %q has no word", w.tag, f)
			}
		}
		for _, a := range Told {
			if w.who[a] == "" {
				t.Errorf("%s: the audience %q has no word", w.tag, a)
			}
		}
		for _, m := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
			if w.modes[m] == "" || w.notice.mode[m] == "" {
				t.Errorf("%s: the mode %s has no word", w.tag, m)
			}
		}
		if len(w.months) != 12 {
			t.Errorf("%s has %d months", w.tag, len(w.months))
		}
	}
}

// Breaking lines loses no word, whatever the width is.
func TestWrapKeepsEveryWord(t *testing.T) {
	t.Parallel()
	text := "One two  three anticonstitutionnellement\nfour é\u0301\u0302\u0303"
	for width := 1.0; width < 60; width++ {
		lines := wrap(text, width, func(s string) float64 { return float64(len([]rune(s))) })
		got := strings.NewReplacer("-", "", " ", "").Replace(strings.Join(lines, ""))
		if want := strings.NewReplacer(" ", "", "\n", "").Replace(text); got != want {
			t.Fatalf("at width %.0f: %q", width, got)
		}
		for _, line := range lines {
			if n := len([]rune(line)); width >= 6 && n > int(width) {
				t.Errorf("at width %.0f the line %q has %d", width, line, n)
			}
		}
	}
}
