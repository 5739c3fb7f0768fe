package shell

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/app/theme"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// realWindow is the real program in a real window on a display of its own, driven by keys alone.
type realWindow struct {
	t       *testing.T
	display string
	vault   string
}

// start opens the training vault in a window of 1280 by 800.
func start(t *testing.T) *realWindow {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing; make test installs it", tool)
		}
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "paravent")
	if out, err := exec.Command("go", "build", "-o", program, "paravent/cmd/paravent").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	d := &realWindow{t: t, vault: filepath.Join(dir, "training.paravent")}
	d.display = fmt.Sprintf(":%d", 90+os.Getpid()%9000)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	d.run(ctx, "Xvfb", d.display, "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	d.until("the display", func() bool { return d.command("xdotool", "getdisplaygeometry").Run() == nil })
	d.run(ctx, program, "demo", "--vault", d.vault)
	return d
}

// run starts a program that ends with the test.
func (d *realWindow) run(ctx context.Context, name string, args ...string) {
	d.t.Helper()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display, "LANG=en_US.UTF-8", "HOME="+filepath.Dir(d.vault), "XDG_CONFIG_HOME="+filepath.Dir(d.vault))
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
}

func (d *realWindow) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.display)
	return c
}

func (d *realWindow) key(keys ...string) {
	d.t.Helper()
	if out, err := d.command("xdotool", append([]string{"key", "--clearmodifiers"}, keys...)...).CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool: %v\n%s", err, out)
	}
}

// patience bounds every wait: a window that does not answer fails the test and does not hang it.
const patience = 90 * time.Second

func (d *realWindow) until(what string, holds func() bool) {
	d.t.Helper()
	end := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(end) {
			d.t.Fatalf("waited for %s", what)
		}
		time.Sleep(100 * time.Millisecond) // another program is watched from outside: there is nothing to wait on
	}
}

func (d *realWindow) picture() image.Image {
	d.t.Helper()
	out, err := d.command("import", "-window", "root", "png:-").Output()
	if err != nil {
		d.t.Fatalf("screenshot: %v", err)
	}
	img, err := png.Decode(strings.NewReader(string(out)))
	if err != nil {
		d.t.Fatal(err)
	}
	return img
}

// shows reports whether a point of the window has a token's colour.
func (d *realWindow) shows(x, y int, k theme.Token) bool {
	want := (&theme.Theme{}).Of(k)
	return near(color.NRGBAModel.Convert(d.picture().At(x, y)).(color.NRGBA), want)
}

func near(a, b color.NRGBA) bool {
	away := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return away(a.R, b.R) <= 3 && away(a.G, b.G) <= 3 && away(a.B, b.B) <= 3
}

// Points of the window that no text covers: of the banner, of the rail, a row through the buttons of the record, and a column
// through the chips of the participants.
const (
	bannerX, bannerY = 640, 8
	railX, railY     = 100, 600
	recordX, recordY = 860, 640
	chipX            = 1244
)

func (d *realWindow) banner(k theme.Token) {
	d.t.Helper()
	d.until("the banner in "+string(k), func() bool { return d.shows(bannerX, bannerY, k) })
}

// hasNext reports whether the record offers a next step, in the colour of what comes next.
func (d *realWindow) hasNext() bool {
	d.t.Helper()
	img, want := d.picture(), (&theme.Theme{}).Of(theme.Accent)
	for x := range recordX {
		if near(color.NRGBAModel.Convert(img.At(x, recordY)).(color.NRGBA), want) {
			return true
		}
	}
	return false
}

// chips counts the chips of a colour at the right edge of the participants: one for each seat that is in this state.
func (d *realWindow) chips(k theme.Token) int {
	d.t.Helper()
	img, want, runs, inside := d.picture(), (&theme.Theme{}).Of(k), 0, false
	for y := range img.Bounds().Dy() {
		is := near(color.NRGBAModel.Convert(img.At(chipX, y)).(color.NRGBA), want)
		if is && !inside {
			runs++
		}
		inside = is
	}
	return runs
}

// pressUntil presses a key again until something has happened: a key can reach the window while it is busy.
func (d *realWindow) pressUntil(key, what string, holds func() bool) {
	d.t.Helper()
	end := time.Now().Add(patience)
	for {
		d.key(key)
		for range 20 {
			if holds() {
				return
			}
			time.Sleep(100 * time.Millisecond) // see until
		}
		if time.Now().After(end) {
			d.t.Fatalf("pressed %s and waited for %s", key, what)
		}
	}
}

// A judge holds a whole hearing by keys alone in the real window: open, admit, identity, oath, testimony, private, closed, back to
// the public by a second act, mark, break, close. What happened is read from the vault afterwards.
func TestAHearingIsHeldByKeysAloneInTheRealWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a real window")
	}
	d := start(t)
	d.until("the desk", func() bool { return d.shows(railX, railY, theme.Rail) })
	d.key("b")
	d.pressUntil("Return", "the courtroom", func() bool { return d.shows(bannerX, bannerY, theme.Break) })
	d.key("p")
	d.until("six guests in the lobby", func() bool { return d.chips(theme.PrivateSoft) == 6 })
	for waiting := 5; waiting >= 0; waiting-- {
		d.key("a")
		d.until("one guest to be admitted", func() bool { return d.chips(theme.PrivateSoft) == waiting })
	}
	d.key("F9")
	d.banner(theme.Private)
	// Verified; then the oath begins, and the recording with it; sworn; then the testimony, after which there is no next step.
	d.pressUntil("F9", "the oath", func() bool { return d.shows(bannerX, bannerY, theme.Public) })
	d.pressUntil("F9", "the testimony", func() bool { return !d.hasNext() })
	d.key("F6")
	d.banner(theme.Private)
	d.key("F7")
	d.banner(theme.Closed)

	// To open again takes a second act: the key alone changes nothing, and neither does Enter on the sheet, where stepping back has
	// the focus.
	d.key("F5")
	d.key("Return")
	d.banner(theme.Closed)
	d.pressUntil("F5", "the question", func() bool { return !d.shows(bannerX, bannerY, theme.Closed) })
	d.key("Tab", "Return")
	d.banner(theme.Public)

	// From another room, and over an open sheet, one key still closes the session.
	d.key("ctrl+1")
	d.until("the desk", func() bool { return d.shows(railX, railY, theme.Rail) })
	d.pressUntil("ctrl+k", "the palette", func() bool { return !d.shows(railX, railY, theme.Rail) })
	d.key("F6")
	d.until("the palette to be gone", func() bool { return d.shows(railX, railY, theme.Rail) })
	d.pressUntil("ctrl+5", "the bench in private session", func() bool { return d.shows(bannerX, bannerY, theme.Private) })
	d.key("space", "F8")
	d.banner(theme.Break)
	d.pressUntil("F10", "the question", func() bool { return !d.shows(bannerX, bannerY, theme.Break) })
	d.key("Tab", "Return")
	d.until("the minutes", func() bool { return d.shows(railX, railY, theme.Rail) })
	d.key("ctrl+l")
	d.until("the lock", func() bool { return !d.shows(railX, railY, theme.Rail) })
	d.expect()
}

// expect reads from the vault what the keys did.
func (d *realWindow) expect() {
	d.t.Helper()
	var desk *docket.Desk
	d.until("the vault to be let go", func() bool {
		var err error
		desk, err = docket.Unlock(d.t.Context(), d.vault, testimony.Judge, []byte(docket.TrainingPassphrase), docket.Options{})
		return err == nil
	})
	defer desk.Close()
	list, err := desk.Hearings(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	m, err := desk.Minutes(d.t.Context(), list[0].ID)
	if err != nil {
		d.t.Fatal(err)
	}
	var modes []string
	seen := map[testimony.EventKind]int{}
	for _, e := range m.Events {
		seen[e.Kind]++
		if e.Kind == testimony.ModeChanged {
			modes = append(modes, e.Mode.String())
		}
	}
	if got := strings.Join(modes, " "); got != "private closed public private" {
		d.t.Errorf("the modes were %q", got)
	}
	for kind, n := range map[testimony.EventKind]int{testimony.Admitted: 6, testimony.IdentityFound: 1, testimony.OathTaken: 1, testimony.Marked: 1} {
		if seen[kind] != n {
			d.t.Errorf("%s happened %d times, not %d", kind, seen[kind], n)
		}
	}
	if m.Version != "sealed" || len(m.Recording) != 2 || list[0].Held.IsZero() {
		d.t.Errorf("the hearing was not closed in good order: %s, %d recordings", m.Version, len(m.Recording))
	}
	for _, id := range m.Recording {
		r, report, err := desk.VerifyRecording(d.t.Context(), id, nil)
		if err != nil || !report.Intact || r.Duration == 0 {
			d.t.Errorf("%s: %v, intact %v", r.Version, err, report.Intact)
		}
	}
	if report, err := desk.Verify(d.t.Context(), nil); err != nil || !report.Sound() {
		d.t.Error(errors.Join(err, errors.New("the vault is not sound")))
	}
}
