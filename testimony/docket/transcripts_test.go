package docket_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

func spoken(from, until time.Duration, who testimony.Role, text string) transcript.Passage {
	return transcript.Passage{Start: from, End: until, Speaker: transcript.Speaker{Role: who}, Language: "en", Text: text}
}

func texts(t docket.Transcript) (out []string) {
	for _, l := range t.Lines {
		out = append(out, l.Text+string(l.Withheld))
	}
	return out
}

const tenSeconds = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v bench>Do you swear?\n\n00:02.500 --> 00:03.500\n<v Witness>I do.\n\n00:05.000 --> 00:06.000\n<v witness>It was raining.\n\n00:08.500 --> 00:09.500\n<v defence-2>No more questions.\n"

// transcribed takes a transcript in.
func transcribed(t *testing.T, d *docket.Desk, of testimony.RecordingID) docket.Transcript {
	t.Helper()
	return must(d.ImportTranscript(t.Context(), of, "T.VTT", []byte(tenSeconds), transcript.Reading{Language: "en"}, false))(t)
}

// sitting keeps the events of a session that is public all the time that a recording of ten seconds runs.
func sitting(t *testing.T, d *docket.Desk, r docket.Recording, more ...testimony.Event) {
	t.Helper()
	open := testimony.Event{At: r.Started.Add(-time.Minute), Kind: testimony.PhaseChanged, Phase: testimony.Testimony, Mode: protection.PublicMode}
	end := testimony.Event{At: r.Started.Add(time.Minute), Kind: testimony.PhaseChanged, Phase: testimony.Break, Mode: protection.PublicMode}
	for n, e := range slices.Concat([]testimony.Event{open}, more, []testimony.Event{end}) {
		if err := d.KeepEvent(t.Context(), r.Hearing, n, e); err != nil {
			t.Fatal(err)
		}
	}
}

// Versions add up, strike and replace; none is overwritten, and each is in the log and in the chain of custody.
func TestTranscriptVersions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	master := capture(t, d)
	if _, err := d.Transcript(t.Context(), master.ID); !errors.Is(err, docket.ErrNoTranscript) {
		t.Errorf("before there is any: %v", err)
	}
	tr := transcribed(t, d, master.ID)
	typed := must(d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Passages: []transcript.Passage{spoken(4*time.Second, 5*time.Second, testimony.RoleInterpreter, "typed")}}))(t)
	if want := []string{"Do you swear?", "I do.", "typed", "It was raining.", "No more questions."}; tr.Number != 1 || typed.Number != 2 || !slices.Equal(texts(typed), want) {
		t.Errorf("%d, %q", typed.Number, texts(typed))
	}
	d = b.as(testimony.Registrar)
	changed := must(d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Strikes: []string{typed.Lines[2].Key}, Reason: " it was the witness ", Passages: []transcript.Passage{spoken(4*time.Second, 5*time.Second, testimony.RoleWitness, "corrected")}}))(t)
	if changed.Number != 3 || changed.Lines[2].Text != "corrected" || len(changed.Lines) != 5 {
		t.Errorf("%q", texts(changed))
	}
	if _, err := d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Strikes: []string{typed.Lines[2].Key}, Reason: "again"}); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("struck twice: %v", err)
	}
	must(d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Strikes: []string{changed.Lines[0].Key}, Reason: "nobody said it"}))(t)
	again := must(d.ImportTranscript(t.Context(), master.ID, "t.srt", []byte("1\n00:00:01,000 --> 00:00:02,000\nJUDGE: Anew.\n"), transcript.Reading{Language: "fr"}, true))(t)
	if !slices.Equal(texts(again), []string{"Anew."}) || again.Number != 5 {
		t.Errorf("%d, %q", again.Number, texts(again))
	}
	if kept := docket.TranscriptVersions(t.Context(), d, master); len(kept) != 5 || kept[0].Passages[1].Text != "I do." || kept[0].Office != testimony.Judge || kept[1].Passages[0].Text != "typed" || kept[2].Office != testimony.Registrar || len(kept[0].File) != 32 {
		t.Errorf("%+v", kept)
	}
	must(d.Transcript(t.Context(), master.ID))(t)
	dir := t.TempDir()
	for _, name := range []string{"t.vtt", "t.srt", "t.pdf"} {
		must(d.WriteTranscript(t.Context(), master.ID, filepath.Join(dir, name), docket.TranscriptPaper{Language: "fr"}))(t)
	}
	if _, err := d.WriteTranscript(t.Context(), master.ID, filepath.Join(dir, "t.vtt"), docket.TranscriptPaper{Language: "fr"}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if _, err := d.WriteTranscript(t.Context(), master.ID, filepath.Join(dir, "t.docx"), docket.TranscriptPaper{Language: "fr"}); !errors.Is(err, docket.ErrTranscriptName) {
		t.Error(err)
	}
	var acts []string
	for _, k := range must(d.Custody(t.Context(), master.ID))(t).Chain {
		if strings.HasPrefix(k.Act, "transcript.") {
			acts = append(acts, strings.TrimSpace(k.Act[len("transcript."):]+" "+k.Purpose))
		}
	}
	if want := []string{"imported", "typed", "changed", "struck", "imported", "opened", "exported vtt", "exported srt", "exported pdf"}; !slices.Equal(acts, want) {
		t.Errorf("the chain has %q", acts)
	}
}

// A version that is missing between others is noticed.
func TestATakenTranscriptVersionIsNoticed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	master := capture(t, d)
	transcribed(t, d, master.ID)
	transcribed(t, d, master.ID)
	docket.DropTranscript(t.Context(), d, master, 1)
	if _, err := d.Transcript(t.Context(), master.ID); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// Who may not open a recording neither reads nor writes what is said in it, and the log has that they tried.
func TestATranscriptIsSealedWithItsRecording(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	transcribed(t, b.desk, master.ID)
	for _, office := range []string{testimony.Clerk, testimony.Advocate, testimony.Auditor} {
		d := b.as(office)
		_, read := d.Transcript(t.Context(), master.ID)
		_, public := d.PublicTranscript(t.Context(), master.ID)
		_, write := d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Passages: []transcript.Passage{spoken(0, time.Second, testimony.RoleBench, "x")}})
		_, export := d.WriteTranscript(t.Context(), master.ID, filepath.Join(t.TempDir(), "t.vtt"), docket.TranscriptPaper{})
		for name, err := range map[string]error{"read": read, "public": public, "write": write, "export": export} {
			if !errors.Is(err, docket.ErrNotAllowed) && !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("%s by the %s: %v", name, office, err)
			}
		}
	}
	refused := 0
	for _, k := range must(b.as(testimony.Judge).Custody(t.Context(), master.ID))(t).Chain {
		if k.Act == "recording.refused" {
			refused++
		}
	}
	if refused < 8 {
		t.Errorf("%d refusals are in the chain", refused)
	}
	d := b.as(testimony.Clerk)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	public := record(t, d, h.ID, protection.PublicRecord, "x")
	must(d.KeepTranscript(t.Context(), public.ID, docket.TranscriptChange{Passages: []transcript.Passage{spoken(0, time.Second, testimony.RoleBench, "heard by all")}}))(t)
	must(d.Transcript(t.Context(), public.ID))(t)
}

// The public version has nothing that edits, marks or a private session withhold, on the clock of the version; and a version that was made has its list's.
func TestPublicTranscript(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	master := capture(t, d)
	transcribed(t, d, master.ID)
	if tr := must(d.PublicTranscript(t.Context(), master.ID))(t); !slices.Equal(texts(tr), []string{"not_public"}) {
		t.Errorf("of a session that nobody knows to be public: %q", texts(tr))
	}
	sitting(t, d, master)
	if tr := must(d.PublicTranscript(t.Context(), master.ID))(t); !slices.Equal(texts(tr), []string{"Do you swear?", "I do.", "It was raining.", "No more questions."}) || !tr.Public {
		t.Errorf("of a public session: %q", texts(tr))
	}
	r := askEdit(t, d, master.ID, edit.Item{Passage: edit.Passage{Kind: edit.Cut, Channels: edit.Both, From: 2400 * time.Millisecond, Until: 4400 * time.Millisecond}, Reason: "a name is said"}, voiceMask(5500*time.Millisecond, 6*time.Second))
	decideEdit(t, d, r, 1, edit.Approve)
	if err := version(t, d, master.ID); err != nil {
		t.Fatal(err)
	}
	decideEdit(t, d, r, 2, edit.Approve)
	tr := must(d.PublicTranscript(t.Context(), master.ID))(t)
	if !slices.Equal(texts(tr), []string{"Do you swear?", "expunged", "expunged", "No more questions."}) || tr.Edits != 2 {
		t.Fatalf("by list %d: %q", tr.Edits, texts(tr))
	}
	if x := tr.Lines[2]; x.Start != 3*time.Second || x.End != 4*time.Second || tr.Lines[3].Start != 6500*time.Millisecond {
		t.Errorf("on the version's clock: %+v", tr.Lines)
	}
	list := must(d.Recordings(t.Context()))(t)
	made := list[slices.IndexFunc(list, docket.Recording.Derived)]
	if tr := must(d.Transcript(t.Context(), made.ID))(t); !slices.Equal(texts(tr), []string{"Do you swear?", "expunged", "It was raining.", "No more questions."}) || tr.Edits != 1 {
		t.Errorf("the version's, by list %d: %q", tr.Edits, texts(tr))
	}
	if _, err := d.KeepTranscript(t.Context(), made.ID, docket.TranscriptChange{Passages: []transcript.Passage{spoken(0, time.Second, testimony.RoleBench, "x")}}); !errors.Is(err, docket.ErrTranscriptOfVersion) {
		t.Errorf("typed into a version: %v", err)
	}
	to := filepath.Join(t.TempDir(), "public.vtt")
	must(d.WriteTranscript(t.Context(), master.ID, to, docket.TranscriptPaper{Public: true, Language: "fr"}))(t)
	if text := string(must(os.ReadFile(to))(t)); strings.Contains(text, "raining") || strings.Contains(text, "I do") || !strings.Contains(text, "expurgé") || !strings.Contains(text, "No more") {
		t.Errorf("the public file is\n%s", text)
	}
}

// A mark and a private session withhold, with the slack between the two clocks.
func TestPublicTranscriptFollowsTheSession(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		events func(at func(time.Duration) time.Time) []testimony.Event
		want   []string
	}{
		"a mark": {func(at func(time.Duration) time.Time) []testimony.Event {
			return []testimony.Event{{At: at(5 * time.Second), Kind: testimony.Marked, Phase: testimony.Testimony, Mode: protection.PublicMode, From: at(4400 * time.Millisecond), To: at(7 * time.Second)}}
		}, []string{"Do you swear?", "expunged", "No more questions."}},
		"private": {func(at func(time.Duration) time.Time) []testimony.Event {
			return []testimony.Event{{At: at(4400 * time.Millisecond), Kind: testimony.ModeChanged, Phase: testimony.Testimony, Mode: protection.PrivateMode}, {At: at(7 * time.Second), Kind: testimony.ModeChanged, Phase: testimony.Testimony, Mode: protection.PublicMode}}
		}, []string{"Do you swear?", "not_public", "No more questions."}},
		"private, and never public again": {func(at func(time.Duration) time.Time) []testimony.Event {
			return []testimony.Event{{At: at(4400 * time.Millisecond), Kind: testimony.ModeChanged, Phase: testimony.Testimony, Mode: protection.ClosedMode}, {At: at(4600 * time.Millisecond), Kind: testimony.PhaseChanged, Phase: testimony.Break, Mode: protection.ClosedMode}}
		}, []string{"Do you swear?", "not_public"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t)
			d := b.as(testimony.Judge)
			master := capture(t, d)
			transcribed(t, d, master.ID)
			sitting(t, d, master, x.events(master.Started.Add)...)
			if tr := must(d.PublicTranscript(t.Context(), master.ID))(t); !slices.Equal(texts(tr), x.want) {
				t.Errorf("%q", texts(tr))
			}
		})
	}
}

// A true identity in a file's voices, labels, notes and names of cues reaches nothing that is kept, logged or told.
func TestNoIdentityEntersATranscriptByALabel(t *testing.T) {
	t.Parallel()
	const canary = "Zenobia Quistgaard"
	b := newBureau(t)
	d := b.as(testimony.Judge)
	master := capture(t, d)
	cue := "\n\n00:01.000 --> 00:02.000\n"
	for _, text := range []string{"<v " + canary + ">I do.", canary + ": I do.", "[" + canary + "] I do.", "- " + canary + " : I do."} {
		_, err := d.ImportTranscript(t.Context(), master.ID, canary+".vtt", []byte("WEBVTT"+cue+text), transcript.Reading{}, false)
		if err == nil || strings.Contains(err.Error(), "Zenobia") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, p := range []transcript.Passage{spoken(0, time.Second, canary, "I do."), spoken(0, time.Second, testimony.RoleWitness, canary+": I do.")} {
		if _, err := d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Passages: []transcript.Passage{p}}); err == nil || strings.Contains(err.Error(), "Zenobia") {
			t.Errorf("typed: %v", err)
		}
	}
	file := "WEBVTT " + canary + "\n\nNOTE " + canary + "\n\n" + canary + cue[1:] + "<v.Zenobia Counsel A><c.Zenobia>I do.</c>\n"
	must(d.ImportTranscript(t.Context(), master.ID, canary+".vtt", []byte(file), transcript.Reading{Labels: transcript.Labels{"counsel a": {Role: testimony.RoleDefence}}}, false))(t)
	dir := t.TempDir()
	for _, name := range []string{"t.vtt", "t.srt", "t.pdf"} {
		must(d.WriteTranscript(t.Context(), master.ID, filepath.Join(dir, name), docket.TranscriptPaper{Language: "en"}))(t)
		if text := must(os.ReadFile(filepath.Join(dir, name)))(t); strings.Contains(string(text), "Zenobia") {
			t.Errorf("%s has it", name)
		}
	}
	for _, v := range docket.TranscriptVersions(t.Context(), d, master) {
		for _, p := range v.Passages {
			if p.Text != "I do." || p.Speaker != (transcript.Speaker{Role: testimony.RoleDefence}) {
				t.Errorf("%+v", p)
			}
		}
	}
	for _, e := range acts(t, d, 0) {
		for k, v := range e.Details {
			if strings.Contains(k+v, "Zenobia") {
				t.Errorf("the log has it: %v", e)
			}
		}
	}
}

// Nothing is struck or corrected without a reason, and the history has each version with who, when and why, and what was struck with its words.
func TestATranscriptsHistory(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	master := capture(t, d)
	if _, err := d.TranscriptHistory(t.Context(), master.ID); !errors.Is(err, docket.ErrNoTranscript) {
		t.Errorf("before there is any: %v", err)
	}
	tr := transcribed(t, d, master.ID)
	for name, c := range map[string]struct {
		change docket.TranscriptChange
		want   error
	}{
		"struck without a reason":    {docket.TranscriptChange{Strikes: []string{tr.Lines[0].Key}, Reason: "  "}, identity.ErrReason},
		"corrected without a reason": {docket.TranscriptChange{Strikes: []string{tr.Lines[0].Key}, Passages: []transcript.Passage{spoken(0, time.Second, testimony.RoleBench, "x")}}, identity.ErrReason},
		"a reason that is a book":    {docket.TranscriptChange{Strikes: []string{tr.Lines[0].Key}, Reason: strings.Repeat("x", 501)}, docket.ErrInvalid},
		"nothing":                    {docket.TranscriptChange{Reason: "why"}, docket.ErrInvalid},
	} {
		if _, err := d.KeepTranscript(t.Context(), master.ID, c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d = b.as(testimony.Registrar)
	must(d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Strikes: []string{tr.Lines[2].Key}, Reason: "misheard", Passages: []transcript.Passage{spoken(5*time.Second, 6*time.Second, testimony.RoleWitness, "It was not raining.")}}))(t)
	must(d.KeepTranscript(t.Context(), master.ID, docket.TranscriptChange{Strikes: []string{tr.Lines[0].Key}, Reason: "nobody said it"}))(t)
	steps := must(d.TranscriptHistory(t.Context(), master.ID))(t)
	if len(steps) != 3 || steps[0].Act() != "transcript.struck" || steps[1].Act() != "transcript.changed" || steps[2].Act() != "transcript.imported" {
		t.Fatalf("%+v", steps)
	}
	if x := steps[0]; x.Number != 3 || x.By != string(d.Me().ID) || x.Reason != "nobody said it" || len(x.Struck) != 1 || x.Struck[0].Text != "Do you swear?" || len(x.Passages) != 0 {
		t.Errorf("the strike: %+v", x)
	}
	if x := steps[1]; x.Reason != "misheard" || x.Struck[0].Text != "It was raining." || x.Passages[0].Text != "It was not raining." {
		t.Errorf("the correction: %+v", x)
	}
	if x := steps[2]; x.By != string(b.userID(testimony.Judge)) || len(x.Struck) != 0 || len(x.Passages) != 4 {
		t.Errorf("the import: %+v", x)
	}
	if _, err := b.as(testimony.Clerk).TranscriptHistory(t.Context(), master.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk reads what was struck from a master's: %v", err)
	}
	read := 0
	for _, k := range must(b.as(testimony.Judge).Custody(t.Context(), master.ID))(t).Chain {
		if k.Act == "transcript.opened" && k.Purpose == "history" {
			read++
		}
	}
	if read != 1 {
		t.Errorf("the custody has %d readings", read)
	}
	for _, e := range must(b.as(testimony.Auditor).Audit(t.Context()))(t) {
		for _, v := range e.Details {
			if strings.Contains(v, "misheard") || strings.Contains(v, "nobody said it") || strings.Contains(v, "raining") {
				t.Errorf("%s has words of the transcript: %q", e.Action, v)
			}
		}
	}
	b.as(testimony.Judge)
	docket.DropTranscript(t.Context(), b.desk, master, 2)
	if _, err := b.desk.TranscriptHistory(t.Context(), master.ID); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("with a version taken away: %v", err)
	}
}
