package capture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/media"
)

func TestY4MGivesBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{64, 48}, {33, 21}, {2, 2}} {
		var frames []*media.Frame
		for i := range 3 {
			frames = append(frames, NewTestPicture(uint64(i), size[0], size[1], 25, nil).Draw(time.Duration(i)*time.Second))
		}
		y := openPictures(t, frames, false)
		for i, want := range frames {
			got, err := y.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want.PTS = time.Duration(i) * 40 * time.Millisecond
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%v frame %d (-want +got):\n%s", size, i, d)
			}
		}
		if _, err := y.Read(t.Context()); err != io.EOF {
			t.Errorf("after the last picture: %v", err)
		}
	}
}

func TestY4MLoops(t *testing.T) {
	t.Parallel()
	frames := []*media.Frame{media.NewFrame(4, 4), media.NewFrame(4, 4)}
	frames[0].Y[0], frames[1].Y[0] = 100, 101
	y := openPictures(t, frames, true)
	for i := range 7 {
		f, err := y.Read(t.Context())
		if err != nil || f.Y[0] != byte(100+i%2) || f.PTS != time.Duration(i)*40*time.Millisecond {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
}

func TestY4MWithoutPicturesEndsEvenWhenLooped(t *testing.T) {
	t.Parallel()
	y, err := newY4M(seekable("YUV4MPEG2 W4 H4 F25:1\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Read(t.Context()); err != io.EOF {
		t.Errorf("got %v", err)
	}
}

func TestY4MRefusals(t *testing.T) {
	t.Parallel()
	body := "FRAME\n" + strings.Repeat("x", 24)
	for _, head := range []string{"", "RIFF", "YUV4MPEG", "YUV4MPEG2 W4 H4 F0:1", "YUV4MPEG2 W4 H4 F25:0", "YUV4MPEG2 W4 H4 F-1:-1",
		"YUV4MPEG2 W4 H4 F1:99999999999", "YUV4MPEG2 W4 H4 F500:1", "YUV4MPEG2 W4 H4 F25", "YUV4MPEG2 W0 H4", "YUV4MPEG2 W4", "YUV4MPEG2 W5000 H4",
		"YUV4MPEG2 Wx H4", "YUV4MPEG2 W4 H4 C444", "YUV4MPEG2 W4 H4 C420p10", "YUV4MPEG2 " + strings.Repeat("X", 300) + " W4 H4"} {
		if _, err := newY4M(seekable(head+"\n"+body), false); !errors.Is(err, ErrFile) {
			t.Errorf("%q: %v", head, err)
		}
	}
	for _, body := range []string{"FRAM", "FRAMES\n" + strings.Repeat("x", 24), "frame\n", "FRAME\nshort", strings.Repeat("y", 300)} {
		y, err := newY4M(seekable("YUV4MPEG2 W4 H4 C420jpeg F25:1\n"+body), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := y.Read(t.Context()); !errors.Is(err, ErrFile) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := OpenY4M(filepath.Join(t.TempDir(), "none"), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := WriteY4M(io.Discard, 25, nil); !errors.Is(err, ErrFile) {
		t.Errorf("no pictures written: %v", err)
	}
	if err := WriteY4M(io.Discard, 25, []*media.Frame{media.NewFrame(4, 4), media.NewFrame(4, 6)}); !errors.Is(err, ErrFile) {
		t.Errorf("two sizes written: %v", err)
	}
}

func TestWAVGivesBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(rapid.Int16(), 1, 3000).Draw(rt, "pcm")
		var file bytes.Buffer
		if err := WriteWAV(&file, want); err != nil {
			rt.Fatal(err)
		}
		got, err := parseWAV(file.Bytes())
		if err != nil || !cmp.Equal(got, want) {
			rt.Fatalf("%d samples of %d, error %v", len(got), len(want), err)
		}
	})
}

func TestWAVEndsWithSilenceOrLoops(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sound.wav")
	pcm := make([]int16, media.FrameSamples+100)
	for i := range pcm {
		pcm[i] = 7
	}
	write(t, path, func(w io.Writer) error { return WriteWAV(w, pcm) })
	once, err := OpenWAV(path, false)
	if err != nil {
		t.Fatal(err)
	}
	once.FreeRun()
	for i, sound := range []int{media.FrameSamples, 100} {
		f, err := once.Read(t.Context())
		if err != nil || len(f.PCM) != media.FrameSamples || f.PTS != time.Duration(i)*20*time.Millisecond || f.PCM[sound-1] != 7 {
			t.Fatalf("frame %d: %d samples at %v, error %v", i, len(f.PCM), f.PTS, err)
		}
		if sound < media.FrameSamples && f.PCM[sound] != 0 {
			t.Error("the rest of the last frame is not silent")
		}
	}
	if _, err := once.Read(t.Context()); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	again, err := OpenWAV(path, true)
	if err != nil {
		t.Fatal(err)
	}
	again.FreeRun()
	for i := range 6 {
		f, err := again.Read(t.Context())
		if err != nil || (f.PCM[500] == 7) != (i%2 == 0) {
			t.Fatalf("looped frame %d begins anew wrongly: %v", i, err)
		}
	}
}

func TestWAVForms(t *testing.T) {
	t.Parallel()
	format := func(change func([]byte)) []byte {
		f := []byte{1, 0, 1, 0, 0x80, 0xbb, 0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0}
		if change != nil {
			change(f)
		}
		return f
	}
	extensible := append(format(func(f []byte) { f[0], f[1] = 0xfe, 0xff }), 22, 0, 16, 0, 4, 0, 0, 0, 1, 0)
	sound := chunk("data", []byte{1, 0, 2, 0})
	for name, c := range map[string]struct {
		file []byte
		ok   bool
	}{
		"plain":            {riff(chunk("fmt ", format(nil)), sound), true},
		"extensible":       {riff(chunk("fmt ", extensible), sound), true},
		"an odd extra":     {riff(chunk("LIST", []byte{1, 2, 3}), chunk("fmt ", format(nil)), sound), true},
		"never finished":   {riff(chunk("fmt ", format(nil)), append([]byte("data\xff\xff\xff\xff"), 1, 0, 2, 0)), true},
		"stereo":           {riff(chunk("fmt ", format(func(f []byte) { f[2] = 2 })), sound), false},
		"44.1 kHz":         {riff(chunk("fmt ", format(func(f []byte) { f[4], f[5] = 0x44, 0xac })), sound), false},
		"8 bits":           {riff(chunk("fmt ", format(func(f []byte) { f[14] = 8 })), sound), false},
		"compressed":       {riff(chunk("fmt ", format(func(f []byte) { f[0] = 2 })), sound), false},
		"a short format":   {riff(chunk("fmt ", format(nil)[:14]), sound), false},
		"sound first":      {riff(sound, chunk("fmt ", format(nil))), false},
		"no sound":         {riff(chunk("fmt ", format(nil))), false},
		"empty sound":      {riff(chunk("fmt ", format(nil)), chunk("data", nil)), false},
		"nothing":          {nil, false},
		"a different kind": {[]byte("RIFF\x04\x00\x00\x00AVI LIST"), false},
	} {
		pcm, err := parseWAV(c.file)
		if c.ok && (err != nil || !cmp.Equal(pcm, []int16{1, 2})) {
			t.Errorf("%s: %v, %v", name, pcm, err)
		}
		if !c.ok && !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenWAV(filepath.Join(t.TempDir(), "none"), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzY4M(f *testing.F) {
	f.Add([]byte("YUV4MPEG2 W4 H4 F25:1 C420jpeg\nFRAME\n" + strings.Repeat("x", 24)))
	f.Add([]byte("YUV4MPEG2 W2 H3 F30000:1001 Ip\nFRAME Ix\n" + strings.Repeat("x", 10) + "FRAME\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		y, err := newY4M(seekable(file), true)
		if err != nil {
			if !errors.Is(err, ErrFile) {
				t.Fatal(err)
			}
			return
		}
		y.FreeRun()
		last := time.Duration(-1)
		for range 5 {
			p, err := y.Read(context.Background())
			if err != nil {
				if p != nil || (err != io.EOF && !errors.Is(err, ErrFile)) {
					t.Fatal(err)
				}
				return
			}
			if p.Width < 2 || p.Width > maxSide || len(p.Y) != p.Width*p.Height || p.PTS <= last {
				t.Fatalf("%dx%d with %d samples at %v after %v", p.Width, p.Height, len(p.Y), p.PTS, last)
			}
			last = p.PTS
		}
	})
}

func FuzzWAV(f *testing.F) {
	var file bytes.Buffer
	if err := WriteWAV(&file, []int16{1, 2, 3}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add(riff(chunk("LIST", []byte{1}), chunk("fmt ", make([]byte, 40))))
	f.Fuzz(func(t *testing.T, file []byte) {
		pcm, err := parseWAV(file)
		if err != nil && (pcm != nil || !errors.Is(err, ErrFile)) {
			t.Fatal(err)
		}
		if err == nil && (len(pcm) == 0 || 2*len(pcm) > len(file)) {
			t.Fatalf("%d samples of %d bytes", len(pcm), len(file))
		}
	})
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func seekable[T string | []byte](content T) io.ReadSeekCloser {
	return file{bytes.NewReader([]byte(content))}
}

func openPictures(t *testing.T, frames []*media.Frame, loop bool) *Y4M {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pictures.y4m")
	write(t, path, func(w io.Writer) error { return WriteY4M(w, 25, frames) })
	y, err := OpenY4M(path, loop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.Close() })
	y.FreeRun()
	return y
}

func write(t *testing.T, path string, content func(io.Writer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := errors.Join(content(&b), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func chunk(id string, content []byte) []byte {
	c := append([]byte(id), byte(len(content)), byte(len(content)>>8), 0, 0)
	c = append(c, content...)
	if len(content)%2 == 1 {
		c = append(c, 0)
	}
	return c
}

func riff(chunks ...[]byte) []byte {
	return append([]byte("RIFF\x00\x00\x00\x00WAVE"), bytes.Join(chunks, nil)...)
}
