package record

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
)

// needFFmpeg finds ffmpeg and ffprobe, which judge what this package writes by other people's reading of the format.
func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("PARAVENT_REQUIRE_FFMPEG") == "1" {
				t.Fatalf("%s is required and not installed", tool)
			}
			t.Skipf("%s is not installed", tool)
		}
	}
}

// realTalk is encoded picture and sound of the given length: a bright bar that wanders, and a tone.
func realTalk(t *testing.T, seconds int) []Block {
	t.Helper()
	video, err := vpx.NewEncoder(vpx.Config{Width: 320, Height: 240, Bitrate: 300, FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	defer video.Close()
	audio, err := opus.NewEncoder(opus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer audio.Close()
	var blocks []Block
	for ms := 0; ms < seconds*1000; ms += 20 {
		pts := time.Duration(ms) * time.Millisecond
		if ms%40 == 0 {
			frame := wanderingBar(ms / 40)
			frame.PTS = pts
			payload, key, err := video.Encode(frame, ms%2000 == 0)
			if err != nil {
				t.Fatal(err)
			}
			blocks = append(blocks, Block{Track: 1, PTS: pts, Key: key, Payload: payload})
		}
		pcm := make([]int16, media.FrameSamples)
		for i := range pcm {
			pcm[i] = int16(8000 * math.Sin(2*math.Pi*440*float64(ms*48+i)/media.SampleRate))
		}
		payload, err := audio.Encode(pcm)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, Block{Track: 2, PTS: pts, Key: true, Payload: payload})
	}
	return blocks
}

func wanderingBar(n int) *media.Frame {
	f := media.NewFrame(320, 240)
	for y := range 240 {
		for x := range 20 {
			f.Y[y*f.StrideY+(n*4+x)%320] = 200
		}
	}
	return f
}

// decode runs a whole file through ffmpeg, which must find nothing to complain of, and counts a stream's frames.
func decode(t *testing.T, path string, args ...string) {
	t.Helper()
	args = append(append([]string{"-v", "warning", "-nostdin"}, args...), "-i", path, "-f", "null", "-")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("ffmpeg %s: %v\n%s", filepath.Base(path), err, out)
	}
}

func countFrames(t *testing.T, path, stream string) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-count_frames", "-select_streams", stream,
		"-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFFmpegPlaysWhatIsRecordedAndExported(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	blocks := realTalk(t, 7)
	live := writeAll(t, bothTracks, blocks).Bytes()
	torn := live[:len(live)*3/5]
	for name, file := range map[string][]byte{"whole": live, "torn": torn} {
		dir := t.TempDir()
		livePath, exportPath := filepath.Join(dir, "live.webm"), filepath.Join(dir, "export.webm")
		exported, st := exportBytes(t, file)
		if st.Torn != (name == "torn") {
			t.Errorf("%s: torn is %v", name, st.Torn)
		}
		for path, content := range map[string][]byte{livePath: file, exportPath: exported} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if name == "whole" {
			decode(t, livePath)
		}
		decode(t, exportPath)
		decode(t, exportPath, "-ss", "3")
		if n := countFrames(t, exportPath, "v"); n != st.VideoFrames {
			t.Errorf("%s: ffprobe decodes %d pictures, the export counts %d", name, n, st.VideoFrames)
		}
		if n := countFrames(t, exportPath, "a"); n != st.AudioPackets {
			t.Errorf("%s: ffprobe decodes %d packets, the export counts %d", name, n, st.AudioPackets)
		}
		checkProbe(t, exportPath, st)
	}
}

func checkProbe(t *testing.T, path string, st Stats) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probe struct {
		Format struct {
			Duration string `json:"duration"`
			Name     string `json:"format_name"`
		} `json:"format"`
		Streams []struct {
			Codec  string `json:"codec_name"`
			Width  int    `json:"width"`
			Height int    `json:"height"`
		} `json:"streams"`
	}
	if err := json.Unmarshal(out, &probe); err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(probe.Format.Duration, 64)
	if err != nil || math.Abs(seconds-st.Duration.Seconds()) > 0.001 {
		t.Errorf("ffprobe tells a duration of %q, the export %v", probe.Format.Duration, st.Duration)
	}
	if len(probe.Streams) != 2 || probe.Streams[0].Codec != "vp8" || probe.Streams[1].Codec != "opus" {
		t.Fatalf("ffprobe finds %+v", probe)
	}
	if v := probe.Streams[0]; v.Width != 320 || v.Height != 240 {
		t.Errorf("ffprobe finds a picture of %dx%d", v.Width, v.Height)
	}
}
