package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/media/record"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func passage(kind edit.Kind, channels edit.Channels, from, until int) edit.Item {
	return edit.Item{Passage: edit.Passage{Kind: kind, Channels: channels, From: ms(from), Until: ms(until)}, Reason: "her village is named"}
}

func ask(t testing.TB, d *docket.Desk, of docket.Recording, items ...edit.Item) edit.Request {
	t.Helper()
	r, err := d.AskEdit(t.Context(), edit.Request{Recording: of.ID, Stance: edit.Joint, Items: items})
	must(t, err)
	return r
}

func approve(t testing.TB, d *docket.Desk, r edit.Request) {
	t.Helper()
	for _, x := range r.Items {
		_, err := d.DecideEdit(t.Context(), r.ID, x.Number, edit.Approve, "")
		must(t, err)
	}
}

func derive(t testing.TB, d *docket.Desk, of docket.Recording) docket.Recording {
	t.Helper()
	v, err := evidence.Derive(t.Context(), d, of.ID, nil)
	must(t, err)
	return v
}

func exported(t testing.TB, d *docket.Desk, r docket.Recording) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.webm")
	f, err := os.Create(path)
	must(t, err)
	_, err = evidence.Export(t.Context(), d, r.ID, f)
	must(t, errors.Join(err, f.Close()))
	return path
}

func blocksOf(t testing.TB, path string) []record.Block {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	p, err := record.NewPlayer(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var list []record.Block
	for {
		b, err := p.Next()
		if err != nil {
			return list
		}
		list = append(list, b)
	}
}

// From the request to a file that anybody can check: asked by a clerk, approved by a judge, made, sealed, carried out.
func TestVersionFromRequestToFile(t *testing.T) {
	t.Parallel()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	before, err := os.ReadFile(fileOf(d, master))
	must(t, err)

	d = as(t, d, testimony.Clerk)
	r := ask(t, d, master, passage(edit.Mask, edit.Voice, 1000, 1500), passage(edit.Mask, edit.Picture, 2500, 2540), passage(edit.Cut, edit.Both, 5000, 5990))
	if _, err := d.DecideEdit(t.Context(), r.ID, 1, edit.Approve, ""); !errors.Is(err, docket.ErrNotAllowed) {
		t.Fatalf("a clerk approves: %v", err)
	}
	d = as(t, d, testimony.Judge)
	approve(t, d, r)
	v := derive(t, d, master)
	if !v.Derived() || v.Source != master.ID || v.Edits != 3 || !v.Sealed || v.Version != protection.MasterRecord || !v.Started.Equal(master.Started) || v.Made.IsZero() {
		t.Errorf("the version: %+v", v)
	}
	if verdict := verify(t, d, v); !verdict.Sound() || verdict.Version == nil || verdict.Stale() {
		t.Errorf("%+v: %s", verdict, verdict.Words())
	}
	path := exported(t, d, v)
	report, err := evidence.VerifyFile(t.Context(), path, nil)
	must(t, err)
	if !report.Sound() || len(report.Manifest.List.Items) != 3 || report.Manifest.Head.Recording != master.ID {
		t.Errorf("the file alone: %+v", report.Fault)
	}
	if back := report.Manifest.List.Items[1].PictureUntil; back != 4*time.Second {
		t.Errorf("the picture comes back at %s, and the next whole one is at 4 s", back)
	}
	if report.Duration < ms(8000-990-40) || report.Duration > ms(8000-990+40) {
		t.Errorf("the version lasts %s", report.Duration)
	}
	after, err := os.ReadFile(fileOf(d, master))
	must(t, err)
	if !bytes.Equal(before, after) {
		t.Error("the master's file was changed")
	}
	if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte("village")) {
		t.Errorf("the reason is in the file (%v)", err)
	}
	for _, tool := range [][]string{{"ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0"}, {"ffmpeg", "-v", "error", "-f", "null", "-", "-i"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Logf("%s is not installed", tool[0])
			continue
		}
		args := append(slices.Clone(tool[1:]), path)
		if tool[0] == "ffmpeg" {
			args = []string{"-v", "error", "-xerror", "-i", path, "-map", "0:v", "-map", "0:a", "-f", "null", "-"}
		}
		if out, err := exec.Command(tool[0], args...).CombinedOutput(); err != nil || strings.Contains(string(out), "rror") {
			t.Errorf("%s: %v\n%s", tool[0], err, out)
		}
	}
}

// What is said in the audit log is said before it has effect, by opaque ids alone.
func TestEditsAreInTheLog(t *testing.T) {
	t.Parallel()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	d = as(t, d, testimony.Judge)
	approve(t, d, ask(t, d, master, passage(edit.Mask, edit.Voice, 1000, 1500)))
	derive(t, d, master)
	entries, err := d.Audit(t.Context())
	must(t, err)
	var acts []string
	for _, e := range entries {
		if slices.Contains([]string{"recording.committed", "edit.asked", "edit.approved", "edit.list", "version.begun", "recording.sealed"}, e.Action) {
			acts = append(acts, e.Action)
		}
		for _, v := range e.Details {
			if strings.Contains(v, "village") {
				t.Errorf("%s tells the reason", e.Action)
			}
		}
	}
	if want := []string{"recording.sealed", "edit.asked", "recording.committed", "edit.approved", "edit.list", "version.begun", "recording.sealed"}; !slices.Equal(acts, want) {
		t.Errorf("the log says %v", acts)
	}
}

// Nothing is overwritten: an earlier version stays as it is, and says that it is older than what is in force.
func TestLineage(t *testing.T) {
	t.Parallel()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	d = as(t, d, testimony.Judge)
	whole := derive(t, d, master)
	first := ask(t, d, master, passage(edit.Mask, edit.Voice, 1000, 1500))
	approve(t, d, first)
	masked := derive(t, d, master)
	approve(t, d, ask(t, d, master, passage(edit.Mask, edit.Voice, 3000, 3500)))
	if _, err := d.DecideEdit(t.Context(), first.ID, 1, edit.Lift, "it is public knowledge"); err != nil {
		t.Fatal(err)
	}
	newest := derive(t, d, master)
	for n, r := range []docket.Recording{whole, masked, newest} {
		v := verify(t, d, r)
		if !v.Sound() || v.Recording.Edits != []int{0, 1, 3}[n] || v.Stale() != (n < 2) {
			t.Errorf("version %d: %s", n, v.Words())
		}
	}
	report, err := evidence.VerifyFile(t.Context(), exported(t, d, newest), nil)
	must(t, err)
	if items := report.Manifest.List.Items; !report.Sound() || len(items) != 1 || items[0].From != ms(3000) {
		t.Errorf("in force is %+v", items)
	}
	if len(blocksOf(t, exported(t, d, whole))) != len(capture()(t)) {
		t.Error("a version without edits is not the whole recording")
	}
	if _, err := evidence.Derive(t.Context(), d, newest.ID, nil); !errors.Is(err, docket.ErrVersion) {
		t.Errorf("a version of a version: %v", err)
	}
	if _, err := d.AskEdit(t.Context(), edit.Request{Recording: newest.ID, Stance: edit.Joint, Items: first.Items}); !errors.Is(err, docket.ErrVersion) {
		t.Errorf("an edit of a version: %v", err)
	}
}

// Who may do what: an advocate asks and takes back, decides nothing and makes nothing; a registrar makes versions and decides nothing.
func TestWhoMayEdit(t *testing.T) {
	t.Parallel()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	d = as(t, d, testimony.Advocate)
	r := ask(t, d, master, passage(edit.Mask, edit.Voice, 1000, 1500), passage(edit.Mask, edit.Voice, 2000, 2500))
	if _, err := evidence.Derive(t.Context(), d, master.ID, nil); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate makes a version: %v", err)
	}
	if steps := d.MayEdit(r, 1); !slices.Equal(steps, []edit.Step{edit.Withdraw}) {
		t.Errorf("an advocate is offered %v", steps)
	}
	r, err := d.DecideEdit(t.Context(), r.ID, 1, edit.Withdraw, "")
	must(t, err)
	d = as(t, d, testimony.Registrar)
	for _, s := range []edit.Step{edit.Approve, edit.Refuse, edit.Withdraw} {
		if _, err := d.DecideEdit(t.Context(), r.ID, 2, s, "why"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a registrar takes %s: %v", s, err)
		}
	}
	if v := verify(t, d, derive(t, d, master)); !v.Sound() || v.Recording.Edits != 0 {
		t.Errorf("what nobody approved changes a version: %s", v.Words())
	}
}

// Of a recording that its program could not end, a version is made of what there is.
func TestVersionOfATornRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d, protection.MasterRecord, true)
	if _, err := d.CommitRecording(t.Context(), r.ID); !errors.Is(err, docket.ErrRecordingRuns) {
		t.Errorf("while it runs: %v", err)
	}
	d = as(t, d, testimony.Judge)
	if _, err := d.AskEdit(t.Context(), edit.Request{Recording: r.ID, Stance: edit.Joint, Items: []edit.Item{passage(edit.Mask, edit.Voice, 100, 200)}}); !errors.Is(err, docket.ErrNotCommitted) {
		t.Errorf("before anybody knows how long it is: %v", err)
	}
	head, err := d.CommitRecording(t.Context(), r.ID)
	must(t, err)
	again, err := d.CommitRecording(t.Context(), r.ID)
	if must(t, err); string(again.Statement()) != string(head.Statement()) {
		t.Error("a recording has two heads")
	}
	approve(t, d, ask(t, d, r, passage(edit.Mask, edit.Voice, 100, 200)))
	if v := verify(t, d, derive(t, d, r)); !v.Sound() {
		t.Error(v.Words())
	}
}

// A recording that was altered makes no version, and what was begun is gone.
func TestNoVersionOfAnAlteredRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	d = as(t, d, testimony.Judge)
	_, err := d.CommitRecording(t.Context(), master.ID)
	must(t, err)
	whole, err := os.ReadFile(fileOf(d, master))
	must(t, err)
	whole[len(whole)/2] ^= 1
	must(t, os.WriteFile(fileOf(d, master), whole, 0o600))
	if _, err := evidence.Derive(t.Context(), d, master.ID, nil); err == nil {
		t.Fatal("a version was made")
	}
	list, err := d.Recordings(t.Context())
	must(t, err)
	files, err := os.ReadDir(filepath.Dir(fileOf(d, master)))
	must(t, err)
	if len(list) != 1 || len(files) != 1 {
		t.Errorf("%d recordings and %d files are left", len(list), len(files))
	}
}

// TestNothingClearOnTheDisk looks into every file beside the vault and in the folder for temporary files while a version is made and sealed.
func TestNothingClearOnTheDisk(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	d := training(t)
	list := capture()(t)
	master := captured(t, d, protection.MasterRecord, list)
	d = as(t, d, testimony.Judge)
	approve(t, d, ask(t, d, master, passage(edit.Mask, edit.Both, 1000, 1500)))
	looked := 0
	look := func(int64, int64) {
		for _, dir := range []string{filepath.Dir(d.Path()), tmp} {
			must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return nil // one that ended meanwhile
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return nil
				}
				looked++
				for i := 0; i < len(list); i += 7 {
					if p := list[i].Payload; len(p) > 48 && bytes.Contains(text, p[:48]) {
						t.Fatalf("a block in the clear is in %s", path)
					}
				}
				return nil
			}))
		}
	}
	if _, err := evidence.Derive(t.Context(), d, master.ID, look); err != nil {
		t.Fatal(err)
	}
	if look(0, 0); looked < 10 {
		t.Errorf("only %d files were looked into", looked)
	}
}
