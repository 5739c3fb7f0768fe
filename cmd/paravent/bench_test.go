package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/device"
	"paravent/testimony/rehearsal"
)

// benchFiles writes half a second of a picture and of sound that carry marks.
func (s *terminal) benchFiles() {
	s.t.Helper()
	picture := capture.NewTestPicture(1, 320, 240, 10, nil)
	var frames []*media.Frame
	for i := range 5 {
		f := picture.Draw(time.Duration(i) * 100 * time.Millisecond)
		rehearsal.WitnessMark.Draw(f)
		frames = append(frames, f)
	}
	sound := rehearsal.InterpreterMark.Sound(capture.NewTestSpeech(1))
	var pcm []int16
	for range 25 {
		f, err := sound.Read(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		pcm = append(pcm, f.PCM...)
	}
	var y4m, wav bytes.Buffer
	if err := capture.WriteY4M(&y4m, 10, frames); err != nil {
		s.t.Fatal(err)
	}
	if err := capture.WriteWAV(&wav, pcm); err != nil {
		s.t.Fatal(err)
	}
	s.write("b.y4m", y4m.String())
	s.write("b.wav", wav.String())
}

// The bench of a hearing without a window is seen and heard from files, for longer than they last.
func TestHostShowsTheBenchFromFiles(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	s.benchFiles()
	h := s.host("--camera", s.path("b.y4m"), "--microphone", s.path("b.wav"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var guests []*rehearsal.Participant
	for _, key := range []string{"w", "g"} {
		guest, err := rehearsal.Join(ctx, h.link(key), rehearsal.Props{})
		if err != nil {
			t.Fatal(err)
		}
		defer guest.Leave()
		guests = append(guests, guest)
	}
	h.presence("g", "lobby")
	for _, command := range []string{"admit w", "admit g", "phase identity", "untried a test", "phase oath", "sworn", "phase testimony"} {
		h.do(command)
	}
	for i, guest := range guests {
		err := guest.Until(ctx, func(p *rehearsal.Participant) bool {
			seen, heard := 0, 0
			for key, flow := range p.Flows() {
				if key.Publisher == "bench" {
					seen += flow.Marked
					heard += flow.Interpreted
				}
			}
			return seen > 10 && heard > 10
		})
		if err != nil {
			t.Fatalf("guest %d does not see and hear the bench: %v; it received %v", i, err, guest.Flows())
		}
	}
	h.say("close")
	h.ends(exitOK)
}

func TestABenchThatCannotBeShownOpensNoCourtroom(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	s.benchFiles()
	s.write("empty", "")
	s.write("text", "this is neither a picture nor a sound\n")
	s.write("header.y4m", "YUV4MPEG2 W320 H240 F10:1 C420jpeg\n")
	s.write("cut.y4m", "YUV4MPEG2 W320 H240 F10:1 C420jpeg\nFRAME\nhalf")
	if err := syscall.Mkfifo(s.path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ flags, says string }{
		"no picture file":     {"--camera @none", "no such file"},
		"no sound file":       {"--microphone @none", "no such file"},
		"an empty picture":    {"--camera @empty", "not YUV4MPEG2"},
		"an empty sound":      {"--microphone @empty", "not WAVE"},
		"text for a picture":  {"--camera @text", "not YUV4MPEG2"},
		"sound for a picture": {"--camera @b.wav", "not YUV4MPEG2"},
		"a picture for sound": {"--microphone @b.y4m", "not WAVE"},
		"a header alone":      {"--camera @header.y4m", "no whole picture"},
		"half a picture":      {"--camera @cut.y4m", "no whole picture"},
		"a folder":            {"--camera @.", "not a regular file"},
		"a pipe":              {"--microphone @pipe", "not a regular file"},
		"one of two":          {"--camera @b.y4m --microphone @none", "--microphone"},
	}
	if camera, err := device.OpenCamera(0, 640, 360); err != nil {
		cases["no camera"] = struct{ flags, says string }{"--camera device", "no such device"}
	} else if err := camera.Close(); err != nil {
		t.Error(err)
	}
	if microphone, err := device.OpenMicrophone(0); err != nil {
		cases["no microphone"] = struct{ flags, says string }{"--microphone device", "no such device"}
	} else if err := microphone.Close(); err != nil {
		t.Error(err)
	}
	before, err := os.ReadFile(s.path("v"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		out, errs := s.run(exitBench, "host --hearing h "+c.flags+asJudge)
		if out != "" {
			t.Errorf("%s: a courtroom is told of: %s", name, out)
		}
		if !strings.Contains(errs, c.says) || !strings.Contains(errs, "nothing was changed") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: it says %q", name, errs)
		}
	}
	after, err := os.ReadFile(s.path("v"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the vault was changed")
	}
}
