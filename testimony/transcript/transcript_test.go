package transcript_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func said(from, until int, who testimony.Role, text string) transcript.Passage {
	return transcript.Passage{Start: ms(from), End: ms(until), Speaker: transcript.Speaker{Role: who}, Language: "en", Text: text}
}

func word(w transcript.Withheld) string { return "withheld <" + string(w) + ">" }

// passages are such as can be kept.
var passages = rapid.Custom(func(t *rapid.T) []transcript.Passage {
	list := []transcript.Passage{}
	for range rapid.IntRange(0, 8).Draw(t, "n") {
		p := transcript.Passage{Start: ms(rapid.IntRange(0, 5_000_000).Draw(t, "start"))}
		p.End = p.Start + ms(rapid.IntRange(1, 90_000).Draw(t, "length"))
		if rapid.IntRange(0, 5).Draw(t, "withheld") == 0 {
			p.Withheld = rapid.SampledFrom([]transcript.Withheld{transcript.Expunged, transcript.NotPublic}).Draw(t, "why")
		} else {
			p.Speaker.Role = rapid.SampledFrom(append([]testimony.Role{"", testimony.RoleBench}, testimony.Roles...)).Draw(t, "role")
			if p.Speaker.Role != "" {
				p.Speaker.Number = rapid.SampledFrom([]int{0, 2, 99}).Draw(t, "number")
			}
			p.Language = rapid.SampledFrom([]string{"", "en", "fr", "yo", "zh-Hant", "pt-BR"}).Draw(t, "language")
			p.Text = transcript.Clean(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z<>&; \n:-]{1,40}`), rapid.SampledFrom([]string{"a --> b", "&amp;lt;", "<i>x</i>", "نعم، رأيته", "1\n2", "NOTE this"})).Draw(t, "text"))
		}
		if p.Check() == nil {
			list = append(list, p)
		}
	}
	transcript.Sort(list)
	return list
})

// What is written is read again, whatever was said.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := passages.Draw(t, "passages")
		var out bytes.Buffer
		if err := transcript.WriteVTT(&out, list, word); err != nil {
			t.Fatal(err)
		}
		again, err := transcript.ParseVTT(out.Bytes(), transcript.Reading{})
		if err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, out.String(), list, again)
		}
		for _, l := range append(transcript.Languages(list), "") {
			one := transcript.In(list, l)
			out.Reset()
			if err := transcript.WriteSRT(&out, one); err != nil {
				t.Fatal(err)
			}
			again, err := transcript.ParseSRT(out.Bytes(), transcript.Reading{Language: l})
			if err != nil || !slices.Equal(again, one) {
				t.Fatalf("%v\n%s\n%+v\n%+v", err, out.String(), one, again)
			}
		}
	})
}

// A file as others write it: names of cues, settings, notes and styles fall away, and voices that are no roles need to be explained.
func TestForeignVTT(t *testing.T) {
	t.Parallel()
	file := "\uFEFFWEBVTT - Amina Okafor's interview\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE typed by Jane Roe\r\n\r\nintro - Amina\r\n00:01.000 --> 00:03.500 align:start position:0%\r\n" +
		"<v.loud Counsel One>Did you <i>see</i> him?</v> <v Witness>Yes &amp; no.\r\n\r\n01:00:04.000 --> 01:00:05.000\r\n<lang fr><00:00:04.500>Le témoin : oui.</lang>\r\n"
	got, err := transcript.ParseVTT([]byte(file), transcript.Reading{Language: "en", Labels: transcript.Labels{"counsel one": {Role: testimony.RoleDefence, Number: 2}}})
	want := []transcript.Passage{
		{Start: ms(1000), End: ms(3500), Speaker: transcript.Speaker{Role: testimony.RoleDefence, Number: 2}, Language: "en", Text: "Did you see him?"},
		said(1000, 3500, testimony.RoleWitness, "Yes & no."),
		{Start: time.Hour + ms(4000), End: time.Hour + ms(5000), Speaker: transcript.Speaker{Role: testimony.RoleWitness}, Language: "fr", Text: "oui."},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestForeignSRT(t *testing.T) {
	t.Parallel()
	file := "1\n00:00:01,000 --> 00:00:03,000\n- JUDGE: Do you swear?\n- The Interpreter: I do.\n\n2\n0:00:04.000 --> 0:00:05.000 X1:1\n<i>He said: go at 10:30.</i>\n"
	got, err := transcript.ParseSRT([]byte(file), transcript.Reading{Language: "en"})
	want := []transcript.Passage{said(1000, 3000, testimony.RoleBench, "Do you swear?"), said(1000, 3000, testimony.RoleInterpreter, "I do."), said(4000, 5000, "", "He said: go at 10:30.")}
	if err == nil || got != nil {
		t.Errorf("hours of one digit: %v, %+v", err, got)
	}
	got, err = transcript.ParseSRT([]byte(strings.ReplaceAll(file, " 0:00", " 00:00")), transcript.Reading{Language: "en"})
	if err == nil {
		t.Errorf("%+v", got)
	}
	got, err = transcript.ParseSRT([]byte(strings.ReplaceAll(strings.ReplaceAll(file, " 0:00", " 00:00"), "\n0:00", "\n00:00")), transcript.Reading{Language: "en"})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v: %+v", err, got)
	}
}

// canary is a true identity: whatever form of label it comes in, none of it is kept and no error repeats it.
const canary = "Amina Okafor-Quist"

func TestNoNameComesInByALabel(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"<v " + canary + ">I saw him.", "<v.first.loud " + canary + ">I saw him.", "<v\t" + canary + ">I saw him.", canary + ": I saw him.", canary + " : I saw him.", "- " + canary + ": I saw him.",
		">> " + strings.ToUpper(canary) + ": I saw him.", "[" + canary + "] I saw him.", "(" + canary + "): I saw him.", "<b>" + canary + "</b>: I saw him.", canary + "&colon; I saw him.", "I do.\n" + canary + "： I saw him.",
		"<v Witness " + canary + ">I saw him.", "Witness (" + canary + "): I saw him.", "Ms " + canary + " de la Cour: I saw him.", "10:30 " + canary + ": I saw him.", "amina: I saw him.", "أمينة: رأيته", "<v witness-" + canary + ">I saw him.",
		"<lang x-amina>I saw him.", "<lang en-x-amina>I saw him.", "<v witness-1>I saw him.", "<v witness-02>I saw him.", "<v witness-100>I saw him.",
	} {
		vtt, err := transcript.ParseVTT([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\n"+text+"\n"), transcript.Reading{})
		if err == nil {
			t.Errorf("WebVTT: %q is let in: %+v", text, vtt)
		} else if strings.Contains(strings.ToLower(err.Error()), "amina") || !strings.Contains(err.Error(), "line 4") {
			t.Errorf("%q: the error says %q", text, err)
		}
		if plain := strings.NewReplacer("&colon;", ":").Replace(text); !strings.Contains(text, "<v") && !strings.Contains(text, "<lang") {
			srt, err := transcript.ParseSRT([]byte("1\n00:00:01,000 --> 00:00:02,000\n"+plain+"\n"), transcript.Reading{})
			if err == nil {
				t.Errorf("SubRip: %q is let in: %+v", plain, srt)
			} else if strings.Contains(strings.ToLower(err.Error()), "amina") {
				t.Errorf("%q: the error says %q", plain, err)
			}
			if p := said(0, 1000, testimony.RoleWitness, transcript.Clean(strings.NewReplacer("<b>", "", "</b>", "").Replace(plain))); p.Check() == nil {
				t.Errorf("typed: %q is let in", p.Text)
			}
		}
	}
	for _, role := range []string{canary, "Witness B", "witness ", "Bench", "", "gallery-0"} {
		if _, err := transcript.ParseSpeaker(role); !errors.Is(err, transcript.ErrSpeaker) {
			t.Errorf("%q is a speaker: %v", role, err)
		}
	}
	p := said(0, 1000, testimony.Role(canary), "I saw him.")
	if p.Check() == nil {
		t.Error("a role can be a name")
	}
}

// What is said is no label because it has a colon.
func TestSpeechIsNoLabel(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"He said: go.", "at 10:30 they came: two men", "Il a dit : pars.", "for the record: nothing", "see https://example.org", "(coughs)", "[Laughter]"} {
		if err := said(0, 1, testimony.RoleWitness, text).Check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"nothing": "", "another beginning": "WEBVTTX\n", "no beginning": "00:01.000 --> 00:02.000\nx\n", "words without times": "WEBVTT\n\nx\ny\n",
		"an end before the beginning": "WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", "seconds above 59": "WEBVTT\n\n00:61.000 --> 01:62.000\nx\n", "no milliseconds": "WEBVTT\n\n00:01 --> 00:02\nx\n",
		"a sign": "WEBVTT\n\n-0:01.000 --> 00:02.000\nx\n", "a tag without an end": "WEBVTT\n\n00:01.000 --> 00:02.000\nx <i\n", "not text": "WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\n", "days": "WEBVTT\n\n00:01.000 --> 25:00:00.000\nx\n",
	} {
		if got, err := transcript.ParseVTT([]byte(file), transcript.Reading{}); !errors.Is(err, transcript.ErrFile) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	if _, err := transcript.ParseVTT(bytes.Repeat([]byte("\n"), transcript.MaxFile+1), transcript.Reading{}); !errors.Is(err, transcript.ErrFile) {
		t.Error(err)
	}
}

// The public version at the places that matter.
func TestPublic(t *testing.T) {
	t.Parallel()
	list := []transcript.Passage{said(0, 1000, testimony.RoleBench, "before"), said(1000, 2000, testimony.RoleWitness, "one"), said(1900, 3000, testimony.RoleInterpreter, "two"), said(3000, 4000, testimony.RoleWitness, "three"),
		said(6000, 7000, testimony.RoleWitness, "private"), said(8000, 9000, testimony.RoleWitness, "after")}
	mask := edit.Ordered{Passage: edit.Passage{Kind: edit.Mask, Channels: edit.Voice, From: ms(1500), Until: ms(1950), PictureUntil: ms(1950)}}
	gone := transcript.Passage{Start: ms(1000), End: ms(3000), Withheld: transcript.Expunged}
	for name, x := range map[string]struct {
		gone transcript.Gone
		want []transcript.Passage
	}{
		"nothing":        {transcript.Gone{}, list},
		"a mask":         {transcript.Gone{Ordered: []edit.Ordered{mask}}, []transcript.Passage{list[0], gone, list[3], list[4], list[5]}},
		"a mark":         {transcript.Gone{Marked: []edit.Span{{From: ms(1500), Until: ms(1950)}}}, []transcript.Passage{list[0], gone, list[3], list[4], list[5]}},
		"its neighbours": {transcript.Gone{Marked: []edit.Span{{From: ms(4000), Until: ms(6000)}}}, []transcript.Passage{list[0], list[1], list[2], list[3], {Start: ms(4000), End: ms(6000), Withheld: transcript.Expunged}, list[4], list[5]}},
		"not in public": {transcript.Gone{Closed: []edit.Span{{From: ms(5000), Until: ms(8000)}}, Marked: []edit.Span{{From: ms(5000), Until: ms(5500)}}}, []transcript.Passage{list[0], list[1], list[2], list[3],
			{Start: ms(5000), End: ms(5500), Withheld: transcript.Expunged}, {Start: ms(5500), End: ms(8000), Withheld: transcript.NotPublic}, list[5]}},
		"a cut": {transcript.Gone{Ordered: []edit.Ordered{{Passage: edit.Passage{Kind: edit.Cut, Channels: edit.Both, From: ms(1000), Until: ms(4000)}}}}, []transcript.Passage{list[0],
			{Start: ms(1000), End: ms(3000), Withheld: transcript.Expunged}, said(3000, 4000, testimony.RoleWitness, "private"), said(5000, 6000, testimony.RoleWitness, "after")}},
		"half a passage cut": {transcript.Gone{Ordered: []edit.Ordered{{Passage: edit.Passage{Kind: edit.Cut, Channels: edit.Both, From: ms(6500), Until: ms(7000)}}}}, []transcript.Passage{list[0], list[1], list[2], list[3],
			{Start: ms(6000), End: ms(6500), Withheld: transcript.Expunged}, said(7500, 8500, testimony.RoleWitness, "after")}},
		"beyond the end": {transcript.Gone{Length: ms(10000), Marked: []edit.Span{{From: ms(-500), Until: ms(0)}, {From: ms(9500), Until: ms(20000)}}}, append(slices.Clone(list), transcript.Passage{Start: ms(9500), End: ms(10000), Withheld: transcript.Expunged})},
	} {
		if got := transcript.Public(list, x.gone); !slices.Equal(got, x.want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, got, x.want)
		}
	}
}

// Whatever is ordered, marked and closed: no word of a passage that touches it is in the public version, and every other one is, at its time on the version's clock.
func TestPublicHoldsNothingThatIsGone(t *testing.T) {
	t.Parallel()
	spans := rapid.Custom(func(t *rapid.T) edit.Span {
		from := rapid.IntRange(0, 5_000_000).Draw(t, "from")
		return edit.Span{From: ms(from), Until: ms(from + rapid.IntRange(1, 400_000).Draw(t, "length"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := passages.Draw(t, "passages")
		g := transcript.Gone{Marked: rapid.SliceOfN(spans, 0, 3).Draw(t, "marked"), Closed: rapid.SliceOfN(spans, 0, 3).Draw(t, "closed")}
		for _, s := range rapid.SliceOfN(spans, 0, 3).Draw(t, "ordered") {
			p := edit.Passage{Kind: edit.Mask, Channels: rapid.SampledFrom([]edit.Channels{edit.Picture, edit.Voice, edit.Both}).Draw(t, "channels"), From: s.From, Until: s.Until, PictureUntil: s.Until}
			if rapid.Bool().Draw(t, "cut") {
				p.Kind, p.Channels = edit.Cut, edit.Both
			}
			g.Ordered = append(g.Ordered, edit.Ordered{Passage: p})
		}
		gone := slices.Concat(g.Marked, g.Closed)
		for _, o := range g.Ordered {
			gone = append(gone, edit.Span{From: o.From, Until: o.Until})
		}
		missing := edit.Take(g.Ordered)
		public := transcript.Public(list, g)
		var want []transcript.Passage
		for _, p := range list {
			if p.Withheld == "" && !slices.ContainsFunc(gone, func(s edit.Span) bool { return s.From < p.End && p.Start < s.Until }) {
				p.Start, p.End = missing.Shown(p.Start), missing.Shown(p.End)
				want = append(want, p)
			}
		}
		got := slices.DeleteFunc(slices.Clone(public), func(p transcript.Passage) bool { return p.Withheld != "" })
		transcript.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		for _, p := range public {
			if err := p.Check(); err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
		}
		for _, s := range gone {
			at := missing.Shown(s.From)
			if !slices.ContainsFunc(public, func(p transcript.Passage) bool { return p.Withheld != "" && p.Start <= at && at <= p.End }) {
				t.Fatalf("nothing says that %v is gone: %+v", s, public)
			}
		}
	})
}

func TestAt(t *testing.T) {
	t.Parallel()
	list := []transcript.Passage{said(0, 1000, testimony.RoleBench, "a"), said(500, 2000, testimony.RoleWitness, "b")}
	for at, want := range map[int][]int{0: {0}, 500: {0, 1}, 1000: {1}, 2000: nil} {
		if got := transcript.At(list, ms(at)); !slices.Equal(got, want) {
			t.Errorf("at %d: %v", at, got)
		}
	}
}

func seeds(f *testing.F) {
	list, err := filepath.Glob("testdata/*.*t")
	if err != nil || len(list) == 0 {
		f.Fatal(err, list)
	}
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

// Whatever a file is: what is read of it can be kept, and is written and read again.
func FuzzVTT(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := transcript.ParseVTT(text, transcript.Reading{})
		if err != nil {
			return
		}
		checked(t, list)
		var out bytes.Buffer
		if err := transcript.WriteVTT(&out, list, word); err != nil {
			t.Fatal(err)
		}
		if again, err := transcript.ParseVTT(out.Bytes(), transcript.Reading{}); err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, out.String(), list, again)
		}
	})
}

func FuzzSRT(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := transcript.ParseSRT(text, transcript.Reading{})
		if err != nil {
			return
		}
		checked(t, list)
		var out bytes.Buffer
		if err := transcript.WriteSRT(&out, list); err != nil {
			t.Fatal(err)
		}
		if again, err := transcript.ParseSRT(out.Bytes(), transcript.Reading{}); err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, out.String(), list, again)
		}
	})
}

func checked(t *testing.T, list []transcript.Passage) {
	t.Helper()
	for _, p := range list {
		if err := p.Check(); err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
	}
}

// A judge who takes part from elsewhere is not the bench: what this package writes is read as it was, and the word of others stays the bench.
func TestJudgeAndBench(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]testimony.Role{"judge": testimony.RoleJudge, "Judge": testimony.RoleBench, "JUDGE": testimony.RoleBench, "bench": testimony.RoleBench} {
		got, err := transcript.ParseVTT([]byte("WEBVTT\n\n00:00.000 --> 00:01.000\n<v "+label+">Sit down.\n"), transcript.Reading{})
		if err != nil || len(got) != 1 || got[0].Speaker.Role != want {
			t.Errorf("%s: %+v, %v", label, got, err)
		}
	}
}
