package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

// sat is a generated capture of 640x480 as a witness sits in it: a shaded wall with the grain of a camera, and somebody who moves a little.
func sat(t *testing.T, length time.Duration) []record.Block {
	t.Helper()
	const w, h = 640, 480
	video, err := vpx.NewEncoder(vpx.Config{Width: w, Height: h, Bitrate: 1000, FPS: 25})
	must(t, err)
	defer video.Close()
	rng := rand.New(rand.NewPCG(3, 4))
	var list []record.Block
	for at := time.Duration(0); at < length; at += 40 * time.Millisecond {
		f := media.NewFrame(w, h)
		f.PTS = at
		n := int(at / (40 * time.Millisecond))
		cx, cy := w/2+n%20-10, h/2+n%8
		for y := range h {
			for x := range w {
				luma := 100 + x/16 + rng.IntN(5)
				if dx, dy := x-cx, y-cy; dx*dx+dy*dy*2/3 < 90*90 {
					luma = 165 + dx/8 + rng.IntN(5)
				} else if y > cy+100 && dx*dx < 200*200 {
					luma = 55 + (x*7+y*3)%23 + rng.IntN(5)
				}
				f.Y[y*f.StrideY+x] = byte(luma)
			}
		}
		for i := range f.U {
			f.U[i], f.V[i] = 120, 134
		}
		frame, key, err := video.Encode(f, at%(2*time.Second) == 0)
		must(t, err)
		list = append(list, record.Block{Track: 1, PTS: at, Key: key, Payload: frame}, record.Block{Track: 2, PTS: at, Key: true, Payload: []byte{0xf8, 0xff, 0xfe}})
	}
	return list
}

// copyFor asks for a copy of a recording for a role's seat, as the advocate, and has it approved by those who log in.
func copyFor(t *testing.T, d *docket.Desk, r docket.Recording, to testimony.Role, by ...string) (*docket.Desk, copies.Copy) {
	t.Helper()
	d = as(t, d, testimony.Advocate)
	h, err := d.Hearing(t.Context(), r.Hearing)
	must(t, err)
	i := slices.IndexFunc(h.Participants, func(p testimony.Participant) bool { return p.Role == to })
	c, err := d.AskCopy(t.Context(), docket.CopyAsking{Recording: r.ID, Seat: h.Participants[i].ID, Purpose: "to prepare", Until: d.Now().AddDate(0, 1, 0)})
	must(t, err)
	for _, login := range by {
		d = as(t, d, login)
		c, err = d.ApproveCopy(t.Context(), c.ID)
		must(t, err)
	}
	return d, c
}

func ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-y", "-threads", "1"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, out)
	}
}

// Two copies of one recording: each is found to be itself after somebody cropped, scaled and encoded it anew, from the film and from single pictures of it; nothing is found in
// the recording itself, and every comparison is in the log.
func TestACopyIsTracedAfterItWasCroppedScaledAndEncodedAnew(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, sat(t, 3*time.Second))
	d, first := copyFor(t, d, master, testimony.RoleDefence, testimony.Clerk, testimony.Judge)
	d, second := copyFor(t, d, master, testimony.RoleProsecution, testimony.Clerk, testimony.Judge)
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]copies.Copy{"1.webm": first, "2.webm": second} {
		g, err := evidence.MakeCopy(ctx, d, c.ID, path(name), policy.English, nil)
		must(t, err)
		if g.Pictures != 75 || g.Lost != 0 || g.Copy.Made == nil || len(g.Copy.Made.SHA256) != 32 {
			t.Errorf("%s: %+v", name, g)
		}
	}
	out := must2(os.Create(path("master.webm")))(t)
	_, err := evidence.Export(ctx, d, master.ID, out)
	must(t, errors.Join(err, out.Close()))

	ffmpeg(t, "-i", path("1.webm"), "-vf", "crop=512:384:64:48,scale=384:288", "-c:v", "libvpx", "-b:v", "500k", "-deadline", "realtime", "-cpu-used", "8", path("1c.webm"))
	ffmpeg(t, "-i", path("2.webm"), "-c:v", "libx264", "-crf", "30", "-preset", "veryfast", path("2.mp4"))
	ffmpeg(t, "-i", path("2.mp4"), "-vf", "crop=576:432:40:20", "-frames:v", "6", path("2-%d.png"))
	ffmpeg(t, "-i", path("master.webm"), "-c:v", "libvpx", "-b:v", "800k", "-deadline", "realtime", "-cpu-used", "8", path("none.webm"))
	for name, c := range map[string]struct {
		files []string
		want  []identity.RequestID
		same  bool
	}{
		"the copy itself":           {[]string{"1.webm"}, []identity.RequestID{first.ID}, true},
		"cropped, scaled, encoded":  {[]string{"1c.webm"}, []identity.RequestID{first.ID}, false},
		"pictures of H.264":         {[]string{"2-1.png", "2-2.png", "2-3.png", "2-4.png", "2-5.png", "2-6.png"}, []identity.RequestID{second.ID}, false},
		"a recording without marks": {[]string{"none.webm"}, nil, false},
	} {
		var files []string
		for _, f := range c.files {
			files = append(files, path(f))
		}
		got, err := evidence.TraceCopy(ctx, d, files, nil)
		must(t, err)
		var ids []identity.RequestID
		for _, f := range got.Found {
			t.Logf("%s: copy %d at %.2f, score %.1f", name, f.Copy.Number, f.Scale, f.Score)
			ids = append(ids, f.Copy.ID)
			if f.Same != c.same {
				t.Errorf("%s: the very file: %t", name, f.Same)
			}
		}
		if !slices.Equal(ids, c.want) || got.Compared != 2 || got.Without != 0 {
			t.Errorf("%s: found %+v", name, got)
		}
	}
	if _, err := evidence.TraceCopy(ctx, d, []string{path("2.mp4")}, nil); !errors.Is(err, evidence.ErrFound) {
		t.Errorf("an MP4: %v", err)
	}
	report, err := d.Custody(ctx, master.ID)
	must(t, err)
	traced := 0
	for _, l := range report.Chain {
		if l.Act == "copy.traced" {
			traced++
		}
	}
	if len(report.Given) != 2 || traced != 3 {
		t.Errorf("the custody has %d copies and %d traces", len(report.Given), traced)
	}
}

// must2 is a value whose making didn't fail.
func must2[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// What may not be made leaves no file, neither does what cannot be marked, and no file is replaced.
func TestNoCopyLeavesNoFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	silent := recorded(t, d, protection.MasterRecord, false)
	d, one := copyFor(t, d, master, testimony.RoleDefence, testimony.Clerk)
	d, sound := copyFor(t, d, silent, testimony.RoleDefence, testimony.Clerk, testimony.Judge)
	path := filepath.Join(t.TempDir(), "copy.webm")
	stopped, cancel := context.WithCancel(ctx)
	for name, c := range map[string]struct {
		id   identity.RequestID
		want error
	}{"one college": {one.ID, copies.ErrNotOpen}, "nothing to mark": {sound.ID, evidence.ErrNoPicture}, "no such copy": {"x", docket.ErrNotFound}} {
		if _, err := evidence.MakeCopy(ctx, d, c.id, path, policy.English, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s leaves a file: %v", name, err)
		}
	}
	one, err := d.ApproveCopy(ctx, one.ID)
	must(t, err)
	if _, err := evidence.MakeCopy(stopped, d, one.ID, path, policy.French, func(done, _ int64) {
		if done > 2000 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped in the midst: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy that was stopped leaves a file: %v", err)
	}
	g, err := evidence.MakeCopy(ctx, d, one.ID, path, policy.French, nil) // again
	must(t, err)
	if _, err := evidence.MakeCopy(ctx, d, one.ID, path, policy.French, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	f := must2(os.Open(path))(t)
	defer f.Close()
	stat := must2(f.Stat())(t)
	stats := must2(record.Inspect(f, stat.Size()))(t)
	if stats.Torn || stats.Duration != 8*time.Second || stats.VideoFrames != g.Pictures || stats.AudioPackets != 400 || stat.Mode().Perm() != 0o600 || stat.Size() != g.Copy.Made.Bytes {
		t.Errorf("the copy holds %+v, and is %s", stats, stat.Mode())
	}
}

// The recipient, the number and the day stand on every picture, and no protected name does.
func TestACopyShowsWhoHasIt(t *testing.T) {
	t.Parallel()
	c := copies.Copy{Terms: copies.Terms{Number: 3, To: copies.Recipient{Role: "defence", Label: "Counsel for the defence"}, Until: time.Date(2027, 3, 31, 23, 59, 59, 0, time.UTC)}}
	for l, want := range map[policy.Language]string{policy.English: "Copy 3 – Counsel for the defence – until 2027-03-31", policy.French: "Copie 3 – Counsel for the defence – jusqu’au 2027-03-31"} {
		if lines := evidence.CopyLines(c, l); lines[0] != want || len(lines) != 2 {
			t.Errorf("%q", lines)
		}
	}
	c.To.Label = ""
	if lines := evidence.CopyLines(c, policy.English); !strings.Contains(lines[0], "defence") {
		t.Errorf("without a label: %q", lines)
	}
}

// While a copy is made, no picture of it and of the recording is in any other file than the copy.
func TestACopyIsTheOnlyClearFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := training(t)
	master := captured(t, d, protection.MasterRecord, capture()(t))
	d, c := copyFor(t, d, master, testimony.RoleDefence, testimony.Clerk, testimony.Judge)
	path := filepath.Join(t.TempDir(), "copy.webm")
	_, err := evidence.MakeCopy(ctx, d, c.ID, path, policy.English, nil)
	must(t, err)
	written := must2(os.ReadFile(path))(t)
	piece := written[len(written)/2 : len(written)/2+32]
	packet := capture()(t)[len(capture()(t))/2].Payload
	must(t, filepath.WalkDir(filepath.Dir(d.Path()), func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(at)
		if bytes.Contains(text, piece) || bytes.Contains(text, packet) {
			t.Errorf("%s holds a clear piece", at)
		}
		return err
	}))
}
