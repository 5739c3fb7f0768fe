package edit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony/edit"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func request(items ...edit.Item) edit.Request {
	return edit.Request{ID: "r", Recording: "rec", Hearing: "h", By: "u", Office: "clerk", At: time.Date(2027, 3, 10, 9, 0, 0, 0, time.UTC), Stance: edit.Joint, Items: items}
}

func item(kind edit.Kind, channels edit.Channels, from, until int) edit.Item {
	return edit.Item{Passage: edit.Passage{Kind: kind, Channels: channels, From: ms(from), Until: ms(until)}, Reason: "a place is named"}
}

// What is asked for is checked by the rule before it is kept, and the refusal says which passage.
func TestCheck(t *testing.T) {
	t.Parallel()
	const length = time.Minute
	fine := item(edit.Mask, edit.Picture, 1000, 2000)
	if err := request(fine, item(edit.Cut, edit.Both, 0, 60000)).Check(length); err != nil {
		t.Fatal(err)
	}
	change := func(f func(*edit.Item)) edit.Request { x := fine; f(&x); return request(fine, x) }
	for says, r := range map[string]edit.Request{
		"no passage":                            request(),
		"joint or opposed":                      {Items: []edit.Item{fine}},
		"what the other party":                  {Stance: edit.Opposed, Opposes: " ", Items: []edit.Item{fine}},
		"passage 2 is neither a cut nor a mask": change(func(x *edit.Item) { x.Kind = "blur" }),
		"passage 2 takes neither":               change(func(x *edit.Item) { x.Channels = "" }),
		"passage 2 cuts time":                   change(func(x *edit.Item) { x.Kind = edit.Cut }),
		"passage 2 ends before it begins":       change(func(x *edit.Item) { x.Until = x.From }),
		"passage 2 ends after the recording":    change(func(x *edit.Item) { x.Until = length + ms(1) }),
		"finer than a millisecond":              change(func(x *edit.Item) { x.From += 1 }),
		"passage 2 has no reason":               change(func(x *edit.Item) { x.Reason = "\n" }),
		"longer than 1000":                      change(func(x *edit.Item) { x.Reason = strings.Repeat("é", 1001) }),
		"more than 60":                          request(slices.Repeat([]edit.Item{fine}, 61)...),
	} {
		if err := r.Check(length); !errors.Is(err, edit.ErrRequest) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

// Every step from every state: the table of what may follow what.
func TestSteps(t *testing.T) {
	t.Parallel()
	paths := map[edit.State][]edit.Step{edit.Asked: nil, edit.Approved: {edit.Approve}, edit.Refused: {edit.Refuse}, edit.Withdrawn: {edit.Withdraw}, edit.Lifted: {edit.Approve, edit.Lift}}
	allowed := map[edit.State]map[edit.Step]edit.State{
		edit.Asked:    {edit.Approve: edit.Approved, edit.Refuse: edit.Refused, edit.Withdraw: edit.Withdrawn},
		edit.Approved: {edit.Lift: edit.Lifted},
	}
	for state, path := range paths {
		r := request(item(edit.Mask, edit.Both, 100, 200)).Ask()
		for _, s := range path {
			var err error
			if r, err = r.Take(1, edit.Decision{Step: s, Reasons: "why"}); err != nil {
				t.Fatal(err)
			}
		}
		if r.Items[0].State != state || r.Open() != (state == edit.Asked) {
			t.Fatalf("%v leads to %s", path, r.Items[0].State)
		}
		for _, s := range []edit.Step{edit.Approve, edit.Refuse, edit.Withdraw, edit.Lift, "overwrite"} {
			next, err := r.Take(1, edit.Decision{Step: s, Reasons: "why"})
			to, may := allowed[state][s]
			switch {
			case may != (err == nil), may && next.Items[0].State != to, !may && !errors.Is(err, edit.ErrStep):
				t.Errorf("%s from %s: %v", s, state, err)
			case may && len(next.Items[0].History) != len(path)+1:
				t.Errorf("%s from %s leaves %d decisions", s, state, len(next.Items[0].History))
			case len(r.Items[0].History) != len(path) || r.Items[0].State != state:
				t.Fatalf("%s from %s changed the request itself", s, state)
			}
			if slices.Contains(r.Items[0].Steps(), s) != may {
				t.Errorf("%s is offered from %s: %v", s, state, !may)
			}
		}
	}
}

// To refuse and to lift need reasons; there is no passage beyond the last.
func TestReasonsAndNumbers(t *testing.T) {
	t.Parallel()
	r := request(item(edit.Mask, edit.Voice, 100, 200)).Ask()
	if _, err := r.Take(1, edit.Decision{Step: edit.Refuse, Reasons: " "}); !errors.Is(err, edit.ErrReasons) {
		t.Error(err)
	}
	for _, n := range []int{-1, 0, 2} {
		if _, err := r.Take(n, edit.Decision{Step: edit.Approve}); !errors.Is(err, edit.ErrStep) {
			t.Errorf("passage %d: %v", n, err)
		}
	}
	r, err := r.Take(1, edit.Decision{Step: edit.Approve, PictureUntil: ms(900)})
	if err != nil || r.Items[0].PictureUntil != ms(200) {
		t.Errorf("no picture goes, and it comes back at %s (%v)", r.Items[0].PictureUntil, err)
	}
}

// What the signatures say: whatever is changed of a decided request, they notice.
func TestSignatures(t *testing.T) {
	t.Parallel()
	sign := func(s []byte) []byte { return append([]byte("signed "), s...) }
	genuine := func(d edit.Decision, s []byte) bool { return string(d.Signature) == "signed "+string(s) }
	decide := func(r edit.Request, n int, step edit.Step) edit.Request {
		r, err := r.Take(n, edit.Decision{Step: step, By: "judge", Office: "judge", At: time.Date(2027, 3, 11, 9, 0, 0, 0, time.UTC), Reasons: "why", PictureUntil: ms(700)})
		if err != nil {
			t.Fatal(err)
		}
		if edit.JudgeTakes(step) {
			h := r.Items[n-1].History
			text, err := r.Statement(n, len(h)-1)
			if err != nil {
				t.Fatal(err)
			}
			h[len(h)-1].Signature = sign(text)
		}
		return r
	}
	fresh := func() edit.Request {
		r := request(item(edit.Mask, edit.Both, 100, 200), item(edit.Mask, edit.Voice, 300, 400), item(edit.Mask, edit.Voice, 500, 600)).Ask()
		return decide(decide(decide(r, 1, edit.Approve), 2, edit.Refuse), 3, edit.Withdraw)
	}
	if got := request(item(edit.Mask, edit.Both, 100, 200)).Ask().Verify(genuine); got != edit.Undecided {
		t.Errorf("undecided: %q", got)
	}
	if got := fresh().Verify(genuine); got != edit.Signed {
		t.Fatalf("decided: %q", got)
	}
	for name, change := range map[string]func(*edit.Request){
		"the passage longer":   func(r *edit.Request) { r.Items[0].Until = ms(250) },
		"the picture later":    func(r *edit.Request) { r.Items[0].PictureUntil = ms(800) },
		"the reason":           func(r *edit.Request) { r.Items[1].Reason = "another" },
		"refused to approved":  func(r *edit.Request) { r.Items[1].State = edit.Approved },
		"withdrawn to asked":   func(r *edit.Request) { r.Items[2].State = edit.Asked },
		"no history":           func(r *edit.Request) { r.Items[0].History = nil },
		"no signature":         func(r *edit.Request) { r.Items[0].History[0].Signature = nil },
		"another recording":    func(r *edit.Request) { r.Recording = "other" },
		"the stance":           func(r *edit.Request) { r.Stance = edit.Opposed },
		"the items swapped":    func(r *edit.Request) { r.Items[0], r.Items[1] = r.Items[1], r.Items[0] },
		"a decision of before": func(r *edit.Request) { r.Items[1].History = r.Items[0].History },
	} {
		r := fresh()
		change(&r)
		if got := r.Verify(genuine); got != edit.FalselySigned {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A list is written and read to the byte, and holds what was approved and nothing else, without a reason.
func TestList(t *testing.T) {
	t.Parallel()
	r := request(item(edit.Mask, edit.Both, 300, 400), item(edit.Cut, edit.Both, 100, 200), item(edit.Mask, edit.Voice, 500, 600)).Ask()
	for _, n := range []int{1, 2} {
		var err error
		if r, err = r.Take(n, edit.Decision{Step: edit.Approve, PictureUntil: ms(1000)}); err != nil {
			t.Fatal(err)
		}
	}
	l := edit.List{Recording: "rec", Root: []byte{1, 2}, Number: 3, At: r.At, Items: edit.InForce([]edit.Request{r})}
	if len(l.Items) != 2 || l.Items[0].From != ms(100) || l.Items[1].Name() != "r/1" {
		t.Errorf("in force: %+v", l.Items)
	}
	text := l.Statement()
	if strings.Contains(string(text), "place") {
		t.Error("the reason is in the list")
	}
	again, err := edit.ParseList(text)
	if err != nil || string(again.Statement()) != string(text) || !slices.Equal(again.Items, l.Items) {
		t.Errorf("%v: %+v", err, again)
	}
	for _, bad := range []string{"", "paravent edit list 1\n", string(text) + "\n", strings.Replace(string(text), "items 2", "items 3", 1), strings.Replace(string(text), "number 3", "number 03", 1),
		strings.Replace(string(text), "cut both", "cut voice", 1), strings.Replace(string(text), " 100 200", " 200 100", 1), strings.Replace(string(text), "root 0102", "root 0102 ", 1)} {
		if _, err := edit.ParseList([]byte(bad)); err == nil {
			t.Errorf("taken for a list: %q", bad)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte("paravent edit list 1\nrecording a\nroot 01\nnumber 1\nat 2027-03-10T09:00:00Z\nitems 1\nitem r/1 cut both 1 2 2\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if l, err := edit.ParseList(text); err == nil && string(l.Statement()) != string(text) {
			t.Error("a list has two forms")
		}
	})
}

var spans = rapid.Custom(func(t *rapid.T) edit.Spans {
	var list []edit.Span
	for range rapid.IntRange(0, 6).Draw(t, "n") {
		from := rapid.IntRange(0, 100).Draw(t, "from")
		list = append(list, edit.Span{From: ms(from), Until: ms(from + rapid.IntRange(0, 30).Draw(t, "length"))})
	}
	return edit.Union(list)
})

// Stretches of time are sets of instants.
func TestSpansAreSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans.Draw(t, "a"), spans.Draw(t, "b")
		less := a.Without(b)
		for at := range 140 {
			if less.Has(ms(at)) != (a.Has(ms(at)) && !b.Has(ms(at))) {
				t.Fatalf("%v without %v at %d: %v", a, b, at, less)
			}
		}
		for i := 1; i < len(a); i++ {
			if a[i].From <= a[i-1].Until {
				t.Fatalf("%v touch", a)
			}
		}
		x := edit.Span{From: ms(rapid.IntRange(0, 100).Draw(t, "from")), Until: ms(0)}
		x.Until = x.From + ms(rapid.IntRange(1, 20).Draw(t, "for"))
		all := true
		for at := x.From; at < x.Until; at += ms(1) {
			all = all && a.Has(at)
		}
		if a.Covers(x) != all {
			t.Fatalf("%v covers %v: %v", a, x, !all)
		}
	})
}

// A time of the version and the instant of the recording that stands there are one to one outside of cuts.
func TestVersionClock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := edit.Missing{Cut: spans.Draw(t, "cut")}
		before := ms(-1)
		for at := range 150 {
			if m.Cut.Has(ms(at)) {
				continue
			}
			shown := m.Shown(ms(at))
			if shown != before+ms(1) {
				t.Fatalf("%d stands at %s, after %s", at, shown, before)
			}
			if m.Original(shown) != ms(at) {
				t.Fatalf("%d stands at %s, where %s stands", at, shown, m.Original(shown))
			}
			before = shown
		}
	})
}

func TestClock(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]time.Duration{"0": 0, "12.5": ms(12500), "62:03.007": ms(3723007), "1:02:03.4": ms(3723400), " 00:00:00.001 ": ms(1)} {
		got, err := edit.ParseClock(typed)
		if err != nil || got != want {
			t.Errorf("%q is %s (%v)", typed, got, err)
		}
		if again, err := edit.ParseClock(edit.Clock(want)); err != nil || again != want {
			t.Errorf("%s is written %s and read %s", want, edit.Clock(want), again)
		}
	}
	for _, typed := range []string{"", "x", "1:2:3:4", "1:60", "1:5", "12.", "12.0001", "-1", "1:-1", ".5", "9999999", "１２"} {
		if got, err := edit.ParseClock(typed); err == nil {
			t.Errorf("%q is taken for %s", typed, got)
		}
	}
}
