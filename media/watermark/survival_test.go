package watermark

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"paravent/media"
)

// The measure: so many copies and as many pictures without a mark, each through every treatment, compared with so many candidates.
const (
	survivalCopies     = 4
	survivalCandidates = 16
	survivalFrames     = 15
	survivalWidth      = 640
	survivalHeight     = 480
)

// treatment is what somebody does to a copy.
type treatment struct {
	name          string
	width, height int
	ffmpeg        []string
	to            string
}

var treatments = []treatment{
	{"VP8 at half the rate", 640, 480, []string{"-c:v", "libvpx", "-b:v", "400k", "-deadline", "realtime", "-cpu-used", "8"}, "a.webm"},
	{"H.264 crf 30", 640, 480, []string{"-c:v", "libx264", "-crf", "30", "-preset", "veryfast"}, "a.mp4"},
	{"scaled to 75 %", 480, 360, []string{"-vf", "scale=480:360", "-c:v", "libx264", "-crf", "26", "-preset", "veryfast"}, "b.mp4"},
	{"10 % cropped on each side", 512, 384, []string{"-vf", "crop=512:384:64:48", "-c:v", "libx264", "-crf", "26", "-preset", "veryfast"}, "c.mp4"},
}

// TestSurvival re-encodes, scales and crops marked pictures: each copy is traced to itself and to no other, and nothing is found in pictures
// without a mark.
func TestSurvival(t *testing.T) {
	t.Parallel()
	marks := marksOf(t, survivalCandidates)
	scales := []float64{0.74, 0.75, 0.9, 1}
	traced, wrong := map[string]int{}, map[string]int{}
	least, highest := map[string]float64{}, 0.0
	for seed := range survivalCopies {
		for _, marked := range []bool{true, false} {
			var mark *Mark
			if marked {
				mark = marks[seed]
			}
			file := made(t, uint64(seed), mark)
			for _, tr := range treatments {
				for i, f := range tr.read(t, file).Find(marks, scales) {
					switch mine := marked && i == seed; {
					case mine && f.Is():
						traced[tr.name]++
						fallthrough
					case mine:
						if low, ok := least[tr.name]; !ok || f.Score < low {
							least[tr.name] = f.Score
						}
					case f.Is():
						wrong[tr.name]++
						fallthrough
					default:
						highest = max(highest, f.Score)
					}
				}
			}
		}
	}
	for _, tr := range treatments {
		t.Logf("%s: %d of %d traced, lowest score %.1f", tr.name, traced[tr.name], survivalCopies, least[tr.name])
		if traced[tr.name] != survivalCopies {
			t.Errorf("%s: %d of %d traced", tr.name, traced[tr.name], survivalCopies)
		}
		if wrong[tr.name] != 0 {
			t.Errorf("%s: %d marks found that are not there", tr.name, wrong[tr.name])
		}
	}
	t.Logf("highest score of a mark that is not there: %.1f", highest)
}

// made is a file as a copy would be: VP8 at 800 kbit/s, with a mark or, for nil, without.
func made(t *testing.T, seed uint64, mark *Mark) string {
	t.Helper()
	var raw bytes.Buffer
	s := newScene(seed, survivalWidth, survivalHeight)
	for at := range survivalFrames {
		f := s.frame(at)
		if mark != nil {
			mark.Embed(f)
		}
		for _, plane := range [][]byte{f.Y, f.U, f.V} {
			raw.Write(plane)
		}
	}
	file := filepath.Join(t.TempDir(), "copy.webm")
	ffmpeg(t, raw.Bytes(), "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "640x480", "-r", "25", "-i", "-",
		"-c:v", "libvpx", "-b:v", "800k", "-deadline", "realtime", "-cpu-used", "8", file)
	return file
}

// read treats a file and gathers what comes of it.
func (tr treatment) read(t *testing.T, file string) *Reader {
	t.Helper()
	to := filepath.Join(filepath.Dir(file), tr.to)
	ffmpeg(t, nil, append(append([]string{"-i", file}, tr.ffmpeg...), to)...)
	raw := ffmpeg(t, nil, "-i", to, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
	size := tr.width * tr.height * 3 / 2
	if len(raw) < size*survivalFrames*9/10 || len(raw)%size != 0 {
		t.Fatalf("%s: %d bytes are not frames of %d", tr.name, len(raw), size)
	}
	r := &Reader{}
	for ; len(raw) > 0; raw = raw[size:] {
		if err := r.Add(&media.Frame{Width: tr.width, Height: tr.height, StrideY: tr.width, Y: raw[:tr.width*tr.height]}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// ffmpeg, other people's encoders, comes with the test packages of the Makefile.
func ffmpeg(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	var out, said bytes.Buffer
	c := exec.Command("ffmpeg", append([]string{"-v", "error", "-y", "-threads", "1"}, args...)...)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(in), &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, said.Bytes())
	}
	return out.Bytes()
}
