package rehearsal_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"paravent/media"
	"paravent/media/capture"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
	"paravent/testimony/relay"
)

// probe is put into a page before its own scripts. It looks at every track that any connection of the page receives,
// whatever the page itself does with it.
//
//go:embed testdata/probe.js
var probe string

// found is what the probe has seen and heard so far.
type found struct {
	Connections int `json:"connections"`
	Tracks      int `json:"tracks"`
	Pictures    int `json:"pictures"`
	Marked      int `json:"marked"`      // pictures with the witness's mark
	Flat        int `json:"flat"`        // pictures of one colour, as Firefox's own fake camera gives them
	Sounds      int `json:"sounds"`      // looks at the spectrum of a track that carried any sound
	Tones       int `json:"tones"`       // of which with the witness's tone
	Interpreted int `json:"interpreted"` // of which with the interpreter's
	Packets     int `json:"packets"`     // RTP packets received, as the browser counts them
}

// browser is one Chromium with one page.
type browser struct {
	t   testing.TB
	ctx context.Context
}

type step = chromedp.Action[chromedp.Void]

func openBrowser(t testing.TB, flags ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("no Chromium here, which make installs: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.WSURLReadTimeout(60*time.Second))
	options = append(options, flags...)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() { end(); stop() })
	must(t, chromedp.Do(ctx))
	_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: probeScript(t, false)})
	must(t, err)
	return &browser{t, ctx}
}

// probeScript is the probe with what it looks for. records lets it listen to recordings of the sound.
func probeScript(t testing.TB, records bool) string {
	t.Helper()
	settings, err := json.Marshal(map[string]any{
		"bits": fmt.Sprintf("%016x", rehearsal.WitnessMark.Bits), "tone": rehearsal.WitnessMark.Tone, "interpreter": rehearsal.InterpreterMark.Tone, "records": records})
	must(t, err)
	return "globalThis.__mark=" + string(settings) + ";\n" + probe
}

func (b *browser) run(steps ...step) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
		b.t.Fatalf("browser: %v; the page says: %q", err, text)
	}
}

// text returns what an element shows, once it is visible.
func (b *browser) text(selector string) string {
	b.t.Helper()
	b.run(chromedp.WaitVisible(chromedp.CSS(selector)))
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	must(b.t, err)
	return text
}

// press clicks a button by its accessible name.
func (b *browser) press(name string) {
	b.t.Helper()
	b.run(chromedp.Click(fmt.Sprintf(`//button[not(@hidden) and normalize-space()=%q]`, name), chromedp.NodeVisible))
}

func (b *browser) found() found {
	b.t.Helper()
	f, err := chromedp.Run(b.ctx, chromedp.Evaluate[found](`__found()`, chromedp.EvalAwaitPromise))
	must(b.t, err)
	return f
}

// until waits for the probe.
func (b *browser) until(what string, holds func(found) bool) found {
	b.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		f := b.found()
		if holds(f) {
			return f
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain for %s: %+v", what, f)
		}
		b.run(chromedp.Sleep(100 * time.Millisecond))
	}
}

// fakeCamera writes the files that Chromium takes for a camera and a microphone.
func fakeCamera(t testing.TB) []chromedp.ExecAllocatorOption {
	t.Helper()
	dir := t.TempDir()
	source := capture.NewTestPicture(1, 640, 480, 15, nil)
	var frames []*media.Frame
	for i := range 30 {
		f := source.Draw(time.Duration(i) * time.Second / 15)
		rehearsal.WitnessMark.Draw(f)
		frames = append(frames, f)
	}
	picture, sound := filepath.Join(dir, "camera.y4m"), filepath.Join(dir, "microphone.wav")
	write(t, picture, func(f *os.File) error { return capture.WriteY4M(f, 15, frames) })
	voice := rehearsal.WitnessMark.Sound(capture.NewTestSpeech(1))
	var pcm []int16
	for range 200 {
		f, err := readNow(voice)
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, f...)
	}
	write(t, sound, func(f *os.File) error { return capture.WriteWAV(f, pcm) })
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("use-file-for-fake-video-capture", picture), chromedp.Flag("use-file-for-fake-audio-capture", sound)}
}

func readNow(s capture.AudioSource) ([]int16, error) {
	f, err := s.Read(context.Background())
	return f.PCM, err
}

func write(t testing.TB, path string, fn func(*os.File) error) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := fn(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// courtroom opens the training vault's first hearing.
func courtroom(t testing.TB) *live.Session {
	t.Helper()
	return courtroomAt(t, relay.Reach{})
}

// courtroomAt opens it for guests who come over a relay.
func courtroomAt(t testing.TB, reach relay.Reach) *live.Session {
	t.Helper()
	s, _ := courtroomWithDesk(t, reach)
	return s
}

func courtroomWithDesk(t testing.TB, reach relay.Reach) (*live.Session, *docket.Desk) {
	t.Helper()
	d, err := docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "v.paravent"), docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := d.FindHearing(t.Context(), "hearing-1")
	if err != nil {
		t.Fatal(err)
	}
	s, err := live.Open(context.Background(), live.Config{Desk: d, Hearing: h.ID, Reach: reach})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Abandon()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, d
}

func seat(t testing.TB, s *live.Session, role testimony.Role) live.Person {
	t.Helper()
	for _, p := range s.State().People {
		if p.Role == role {
			return p
		}
	}
	t.Fatalf("nobody is the %s", role)
	return live.Person{}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func awaitPresence(t testing.TB, s *live.Session, role testimony.Role, want live.Presence) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		changed := s.Changed()
		if seat(t, s, role).Presence == want {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("the %s never came to be %s", role, want)
		}
	}
}

// receivesNothing holds when the gallery's browser counts not one packet and shows not one picture while counsel's sees
// several pictures of the witness. What was on its way when the mode changed is given a few rounds to be shown.
func receivesNothing(t *testing.T, mode protection.SessionMode, gallery, prosecution *browser) {
	t.Helper()
	var before, after found
	for range 6 {
		before = gallery.found()
		start := prosecution.found().Marked
		prosecution.until("counsel to go on", func(f found) bool { return f.Marked > start+5 })
		if after = gallery.found(); after.Packets == before.Packets && after.Pictures == before.Pictures {
			return
		}
	}
	t.Errorf("%s: the gallery goes on receiving: %d packets and %d pictures", mode, after.Packets-before.Packets, after.Pictures-before.Pictures)
}

// The witness's browser carries a known pattern and a known tone. Everything that the gallery's browser receives is decoded
// by that browser and searched for both, through changes of mode, a break, and leaving and coming back. The prosecution's
// browser, under the same probe, must find them: a probe that sees nothing would prove nothing.
func TestChromiumGalleryNeverReceivesTheWitness(t *testing.T) {
	if testing.Short() {
		t.Skip("needs three browsers")
	}
	s := courtroom(t)
	witness := openBrowser(t, fakeCamera(t)...)
	gallery := openBrowser(t)
	prosecution := openBrowser(t)

	galleryLink := seat(t, s, testimony.RoleGallery).Link
	witness.run(chromedp.Navigate(seat(t, s, testimony.RoleWitness).Link))
	for _, name := range []string{"I have read this", "Allow camera and microphone", "Play a sound", "Yes, I heard it"} {
		witness.press(name)
	}
	gallery.run(chromedp.Navigate(galleryLink))
	prosecution.run(chromedp.Navigate(seat(t, s, testimony.RoleProsecution).Link))
	prosecution.press("Allow camera and microphone")
	// Counsel's microphone is held back from the public while the witness speaks, who here never stops; the interpreter's is not.
	interpreter, err := rehearsal.Join(t.Context(), seat(t, s, testimony.RoleInterpreter).Link,
		rehearsal.Props{Sound: rehearsal.InterpreterMark.Sound(capture.NewTestSpeech(2))})
	must(t, err)
	t.Cleanup(interpreter.Leave)
	roles := []testimony.Role{testimony.RoleWitness, testimony.RoleGallery, testimony.RoleProsecution, testimony.RoleInterpreter}
	for _, role := range roles {
		awaitPresence(t, s, role, live.InLobby)
	}
	if f := gallery.found(); f.Connections != 0 {
		t.Errorf("the gallery has %d connections in the lobby", f.Connections)
	}
	words := witness.text("#words")
	for _, w := range seat(t, s, testimony.RoleWitness).Words {
		if !strings.Contains(strings.ToLower(words), strings.ToLower(w)) {
			t.Errorf("the page shows the words %q, the bench %v", words, seat(t, s, testimony.RoleWitness).Words)
		}
	}
	for _, role := range roles {
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)

	prosecution.until("the prosecution to see and hear the witness", func(f found) bool { return f.Marked > 5 && f.Tones > 5 })
	clean := func(when string, f found) {
		t.Helper()
		t.Logf("%s: the gallery received %+v", when, f)
		if f.Marked != 0 || f.Tones != 0 {
			t.Errorf("%s: the witness was found in %d pictures and %d sounds", when, f.Marked, f.Tones)
		}
	}
	// Sound as well: a browser that decodes nothing finds nothing.
	f := gallery.until("the gallery to see the silhouette and to hear the interpreter", func(f found) bool { return f.Pictures > 20 && f.Sounds > 20 })
	clean("in public session", f)

	for _, mode := range []protection.SessionMode{protection.PrivateMode, protection.ClosedMode} {
		must(t, s.SetMode(mode, "A question about family."))
		receivesNothing(t, mode, gallery, prosecution)
		must(t, s.SetMode(protection.PublicMode, ""))
		start := gallery.found()
		clean("after "+mode.String(), gallery.until("silhouette and sound to come back", func(f found) bool {
			return f.Pictures > start.Pictures+10 && f.Sounds > start.Sounds+10
		}))
	}

	must(t, s.Break("Rest."))
	must(t, s.Resume())

	gallery.run(chromedp.Reload())
	awaitPresence(t, s, testimony.RoleGallery, live.Admitted)
	clean("after a reload", gallery.until("silhouette and sound after a reload", func(f found) bool { return f.Pictures > 10 && f.Sounds > 10 }))

	must(t, s.Remove(seat(t, s, testimony.RoleGallery).ID, "Disturbance."))
	if text := gallery.text("#ended"); !strings.Contains(text, "The court has ended your part") {
		t.Errorf("the removed gallery is told %q", text)
	}
	stranger := openBrowser(t)
	stranger.run(chromedp.Navigate(galleryLink))
	if text := stranger.text("#ended"); !strings.Contains(text, "withdrawn") {
		t.Errorf("a revoked link is answered with %q", text)
	}
}
