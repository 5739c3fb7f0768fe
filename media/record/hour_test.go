package record

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
)

const (
	signalEvery = time.Minute
	signalAt    = 20 * time.Second // of each minute
	signalFor   = time.Second
	inStep      = 40 * time.Millisecond
)

// anHour is an hour in which the picture flashes and a tone sounds for a second of each minute, at the same time. One minute is encoded, and stands in the file sixty times: each begins with pictures and
// sound that need nothing before them.
func anHour(t *testing.T) []Block {
	t.Helper()
	video, err := vpx.NewEncoder(vpx.Config{Width: 64, Height: 48, Bitrate: 100, FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	defer video.Close()
	audio, err := opus.NewEncoder(opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer audio.Close()
	var minute []Block
	for at := time.Duration(0); at < signalEvery; at += 20 * time.Millisecond {
		on := at >= signalAt && at < signalAt+signalFor
		if at%(40*time.Millisecond) == 0 {
			f := media.NewFrame(64, 48)
			f.PTS = at
			if on {
				for i := range f.Y {
					f.Y[i] = 235
				}
			}
			payload, key, err := video.Encode(f, at%(2*time.Second) == 0)
			if err != nil {
				t.Fatal(err)
			}
			minute = append(minute, Block{Track: 1, PTS: at, Key: key, Payload: payload})
		}
		pcm := make([]int16, media.FrameSamples)
		if on {
			for i := range pcm {
				pcm[i] = int16(9000 * math.Sin(2*math.Pi*440*(at.Seconds()+float64(i)/media.SampleRate)))
			}
		}
		payload, err := audio.Encode(pcm)
		if err != nil {
			t.Fatal(err)
		}
		minute = append(minute, Block{Track: 2, PTS: at, Key: true, Payload: payload})
	}
	var hour []Block
	for n := range 60 {
		for _, b := range minute {
			b.PTS += time.Duration(n) * signalEvery
			hour = append(hour, b)
		}
	}
	return hour
}

// exportOf writes an hour's export to a file.
func exportOf(t *testing.T, blocks []Block) (path string, st Stats) {
	t.Helper()
	exported, st := exportBytes(t, writeAll(t, bothTracks, blocks).Bytes())
	path = filepath.Join(t.TempDir(), "hour.webm")
	if err := os.WriteFile(path, exported, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, st
}

// seconds are the numbers that a pattern finds in what a tool writes, line by line.
func seconds(t *testing.T, text string, pattern *regexp.Regexp) (all []float64) {
	t.Helper()
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		at, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	return all
}

// Over an hour picture and sound stay where they were recorded, to 40 ms, as ffmpeg decodes the export; so does the length of each track.
func TestAnHourStaysInStep(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	path, st := exportOf(t, anHour(t))
	if (st.Duration - time.Hour).Abs() > inStep {
		t.Errorf("the export says it lasts %s", st.Duration)
	}
	for _, stream := range []string{"v", "a"} {
		out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		last, err := strconv.ParseFloat(strings.Split(lines[len(lines)-1], ",")[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(last-time.Hour.Seconds()) > 2*inStep.Seconds() { // where the last block begins
			t.Errorf("the last block of %s begins at %f s", stream, last)
		}
	}
	tones, err := exec.CommandContext(t.Context(), "ffmpeg", "-nostats", "-i", path, "-vn", "-af", "silencedetect=noise=-35dB:d=2", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, tones)
	}
	heard := seconds(t, string(tones), regexp.MustCompile(`silence_end: ([0-9.]+)`))
	// The first bright picture after a dark one: what is dark is told with where it ends.
	flashes, err := exec.CommandContext(t.Context(), "ffmpeg", "-nostats", "-i", path, "-an", "-vf", "blackdetect=d=2:pix_th=0.3", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, flashes)
	}
	seen := seconds(t, string(flashes), regexp.MustCompile(`black_end:([0-9.]+)`))
	if len(heard) < 60 || len(seen) < 60 {
		t.Fatalf("%d tones and %d flashes in an hour", len(heard), len(seen))
	}
	for n := range 60 {
		want := (time.Duration(n)*signalEvery + signalAt).Seconds()
		for what, at := range map[string]float64{"tone": heard[n], "flash": seen[n]} {
			if math.Abs(at-want) > inStep.Seconds() {
				t.Errorf("minute %d: the %s is at %f s and was recorded at %f", n, what, at, want)
			}
		}
		if math.Abs(heard[n]-seen[n]) > inStep.Seconds() {
			t.Errorf("minute %d: the tone is at %f s, the flash at %f", n, heard[n], seen[n])
		}
	}
}

// played is what a page found in an export: how long it is, how far it plays in a second and a half, and how bright the picture is at instants.
type played struct {
	Problem  string    `json:"problem"`
	Duration float64   `json:"duration"` // s
	Ran      float64   `json:"ran"`      // s
	At       []float64 `json:"at"`       // s, where it stood after each jump
	Bright   []float64 `json:"bright"`   // 0 to 255
	Took     []float64 `json:"took"`     // ms of each jump
}

const playerPage = `<!DOCTYPE html><video id="v" muted src="/hour.webm"></video><canvas id="c" width="64" height="48"></canvas><script>
const jumps = [20.5, 30, 1820.5, 1830, 3560.5, 3570, 20.5, 3599.5];
(async () => {
  const v = document.getElementById("v"), c = document.getElementById("c").getContext("2d"), out = {at: [], bright: [], took: []};
  const once = (name) => new Promise((done, failed) => { v.addEventListener(name, done, {once: true}); v.addEventListener("error", () => failed(v.error.message), {once: true}); });
  try {
    if (v.readyState < 2) await once("loadeddata");
    out.duration = v.duration;
    await v.play();
    await new Promise((done) => setTimeout(done, 1500));
    v.pause();
    out.ran = v.currentTime;
    for (const to of jumps) {
      const begun = performance.now(), there = once("seeked");
      v.currentTime = to;
      await there;
      out.took.push(performance.now() - begun);
      c.drawImage(v, 0, 0, 64, 48);
      const px = c.getImageData(0, 0, 64, 48).data;
      let sum = 0;
      for (let i = 0; i < px.length; i += 4) sum += px[i];
      out.bright.push(sum / (px.length / 4));
      out.at.push(v.currentTime);
    }
  } catch (e) { out.problem = String(e); }
  await fetch("/found", {method: "POST", body: JSON.stringify(out)});
})();
</script>`

// Chromium plays the export of an hour, tells its length, and jumps to where the pictures are.
func TestChromiumPlaysAndSeeksAnHour(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if testing.Short() {
			t.Skip("without a browser")
		}
		t.Fatal(err)
	}
	path, _ := exportOf(t, anHour(t))
	found := make(chan played, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(playerPage))
		case "/hour.webm":
			w.Header().Set("Content-Type", "video/webm")
			http.ServeFile(w, r, path)
		case "/found":
			var p played
			if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
				p.Problem = err.Error()
			}
			found <- p
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	browser := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required", "--user-data-dir="+t.TempDir(), server.URL)
	browser.WaitDelay = 5 * time.Second
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = browser.Wait() }() // it is killed
	var p played
	select {
	case p = <-found:
	case <-ctx.Done():
		t.Fatal("the page has told nothing")
	}
	if p.Problem != "" || math.Abs(p.Duration-time.Hour.Seconds()) > inStep.Seconds() || p.Ran < 0.5 {
		t.Fatalf("Chromium finds %+v", p)
	}
	want := []bool{true, false, true, false, true, false, true, false} // bright, at each jump
	for i, bright := range want {
		if i >= len(p.Bright) || (p.Bright[i] > 128) != bright {
			t.Errorf("jump %d: %+v", i, p)
			break
		}
	}
	t.Logf("jumps took %.0f ms", p.Took)
}
