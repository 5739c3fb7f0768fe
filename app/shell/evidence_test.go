package shell

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/retention"
	"paravent/testimony/transcript"
)

// filmed seals two seconds of a grey picture and silence as the master of the training hearing.
func filmed(t *testing.T, d *docket.Desk) docket.Recording {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(err)
	r, file, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	must(err)
	w, err := record.NewWriter(file, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: 64, Height: 64}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, r.Started)
	must(err)
	video, err := vpx.NewEncoder(vpx.Config{Width: 64, Height: 64, Bitrate: 200, FPS: 25})
	must(err)
	defer video.Close()
	sound, err := opus.NewEncoder(opus.Config{Bitrate: 24})
	must(err)
	defer sound.Close()
	const length = 2 * time.Second
	for at := time.Duration(0); at < length; at += 20 * time.Millisecond {
		if at%(40*time.Millisecond) == 0 {
			frame, key, err := video.Encode(media.NewFrame(64, 64), at == 0)
			must(err)
			must(w.Video(at, key, frame))
		}
		packet, err := sound.Encode(make([]int16, media.FrameSamples))
		must(err)
		must(w.Audio(at, packet))
	}
	must(w.Close())
	summary, err := file.Close()
	must(err)
	must(d.SealRecording(t.Context(), r.ID, summary, length))
	r, err = d.Recording(t.Context(), r.ID)
	must(err)
	return r
}

// openings counts how often the log says that a recording was opened.
func openings(t *testing.T, d *docket.Desk, r docket.Recording) (n int) {
	t.Helper()
	report, err := d.Custody(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range report.Chain {
		if l.Act == "recording.opened" && l.Purpose == "play" {
			n++
		}
	}
	return n
}

// A recording is found in its room, opened by a key, played, and gone with the screen. Looking at what there is is no opening.
func TestARecordingIsOpenedAndPlayedByKeys(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	s.Go(room.Evidence, "")
	if !says(s, "To check") || !says(s, "0:00:02") {
		t.Errorf("the list says %q", words(s))
	}
	shot(t, s, "evidence-list")
	s.Go(room.Evidence, string(r.ID))
	if n := openings(t, s.desk, r); n != 0 {
		t.Errorf("it was opened %d times before anybody opened it", n)
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyO})
	until(t, func() bool { return says(s, "00:00:02.000") })
	if n := openings(t, s.desk, r); n != 1 {
		t.Errorf("the log has %d openings", n)
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyPeriod})
	until(t, func() bool { return says(s, "00:00:00.040") })
	s.Refresh() // drawn anew, it is the same opening
	if !says(s, "00:00:02.000") || openings(t, s.desk, r) != 1 {
		t.Error("the recording is closed, or opened again, by a new drawing")
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeySpace})
	until(t, func() bool { return says(s, "Pause") })
	shot(t, s, "evidence-player")
	until(t, func() bool { return says(s, "00:00:01.9") && !says(s, "Pause") })
	s.typed(&fyne.KeyEvent{Name: fyne.KeyV})
	if !says(s, "Who gets what") || !says(s, "The master") {
		t.Errorf("who gets what is not said: %q", words(s))
	}
	shot(t, s, "evidence-versions")
	s.Go(room.Today, "")
	s.Go(room.Evidence, string(r.ID))
	if says(s, "00:00:02.000") {
		t.Error("the recording stays open when its screen has gone")
	}
}

// The transcript stands beside the picture: what is spoken now is marked and over the picture, a passage is typed where the recording stands, and subtitles can be switched off.
func TestATranscriptStandsBesideThePicture(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	text := "WEBVTT\n\n00:00.000 --> 00:01.000\n<v bench>Do you see the screen?\n\n00:01.000 --> 00:01.900\n<v witness>I see it.\n"
	if _, err := s.desk.ImportTranscript(t.Context(), r.ID, "t.vtt", []byte(text), transcript.Reading{Language: "en"}, false); err != nil {
		t.Fatal(err)
	}
	s.Go(room.Evidence, string(r.ID))
	key := func(k fyne.KeyName) { s.typed(&fyne.KeyEvent{Name: k}) }
	key(fyne.KeyT)
	if says(s, "Do you see") {
		t.Error("what is said is shown before the recording is opened")
	}
	key(fyne.KeyO)
	until(t, func() bool { return says(s, "▸ 00:00:00") && says(s, "Bench: Do you see the screen?") })
	if n := slices.Index(words(s), "Do you see the screen?"); n < 0 {
		t.Errorf("it does not stand over the picture: %q", words(s))
	}
	shot(t, s, "evidence-transcript")
	key(fyne.KeyC)
	until(t, func() bool { return !slices.Contains(words(s), "Do you see the screen?") && says(s, "Show subtitles") })
	key(fyne.KeyPeriod)
	until(t, func() bool { return says(s, "00:00:00.040") })
	key(fyne.KeyE)
	if !says(s, "Who speaks is a function") {
		t.Errorf("there is no form: %q", words(s))
	}
	shot(t, s, "evidence-transcript-type")
	s.window.Canvas().Focused().(*xwidget.Input).SetText("Typed here.")
	press(t, s, "Save")
	until(t, func() bool { return says(s, "Witness: Typed here.") })
	said, err := s.desk.Transcript(t.Context(), r.ID)
	if err != nil || said.Number != 2 || len(said.Lines) != 3 || said.Lines[1].Start != 40*time.Millisecond || said.Lines[1].Language != "en" {
		t.Errorf("%v: %+v", err, said.Lines)
	}
}

// A passage is corrected and struck where the recording stands, with a reason; the subtitles follow at once, and every version is kept.
func TestAPassageIsCorrectedAndStruckInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	text := "WEBVTT\n\n00:00.000 --> 00:01.000\n<v bench>Do you sea the screen?\n\n00:01.000 --> 00:01.900\n<v witness>I see it.\n"
	if _, err := s.desk.ImportTranscript(t.Context(), r.ID, "t.vtt", []byte(text), transcript.Reading{Language: "en"}, false); err != nil {
		t.Fatal(err)
	}
	s.Go(room.Evidence, string(r.ID))
	key := func(k fyne.KeyName) { s.typed(&fyne.KeyEvent{Name: k}) }
	key(fyne.KeyT)
	key(fyne.KeyO)
	until(t, func() bool { return slices.Contains(words(s), "Do you sea the screen?") })
	key(fyne.KeyR)
	typed, ok := s.window.Canvas().Focused().(*xwidget.Input)
	if !ok || typed.Text != "Do you sea the screen?" {
		t.Fatalf("the form does not have what is spoken now: %q", words(s))
	}
	typed.SetText("Do you see the screen?")
	press(t, s, "Save")
	until(t, func() bool { return says(s, "eason") && xwidget.HasSheet(s.window.Canvas()) }) // not without one
	why(s, "misheard")
	shot(t, s, "evidence-transcript-correct")
	press(t, s, "Save")
	until(t, func() bool { return slices.Contains(words(s), "Do you see the screen?") && !says(s, "sea the") }) // over the picture
	key(fyne.KeyX)
	why(s, "nobody said it")
	shot(t, s, "evidence-transcript-strike")
	press(t, s, "Save")
	until(t, func() bool { return !says(s, "Do you see the screen?") && says(s, "I see it.") })
	key(fyne.KeyH)
	until(t, func() bool {
		return says(s, "Because: misheard") && says(s, "Struck: 00:00:00  Bench: Do you sea the screen?")
	})
	if !says(s, "Because: nobody said it") || !says(s, "Added: 00:00:01  Witness: I see it.") || !says(s, "Presiding judge") {
		t.Errorf("the versions: %q", words(s))
	}
	shot(t, s, "evidence-transcript-versions")
	press(t, s, "Close")
	key(fyne.KeyX) // what is left
	why(s, "begun anew")
	press(t, s, "Save")
	until(t, func() bool { return says(s, "Nobody has typed or taken in") })
	key(fyne.KeyH)
	until(t, func() bool { return says(s, "Because: begun anew") })
	said, err := s.desk.Transcript(t.Context(), r.ID)
	if err != nil || said.Number != 4 || len(said.Lines) != 0 {
		t.Errorf("%v: %+v", err, said)
	}
}

// why types a reason into the last line of the form that is open.
func why(s *Shell, reason string) {
	var last *xwidget.Input
	each(s.window.Canvas().Overlays().Top(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*xwidget.Input); ok {
			last = x
		}
	})
	last.SetText(reason)
}

// The keeping of a recording is a side of its page: a rule is set there, and what stands against its erasure is said.
func TestTheKeepingOfARecordingIsShown(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	s.Go(room.Evidence, string(r.ID))
	s.typed(&fyne.KeyEvent{Name: fyne.KeyK})
	if !says(s, "No rule is set for this kind") || !says(s, "A hearing that needs it is not closed") || says(s, "Propose erasure") {
		t.Errorf("the keeping says %q", words(s))
	}
	if _, err := s.desk.SetRetention(t.Context(), retention.Rule{Class: retention.Master, Years: 10, Basis: "art. 12"}); err != nil {
		t.Fatal(err)
	}
	s.Refresh()
	if !says(s, "kept for 10 years") || !says(s, "The day of the final judgment is not entered") {
		t.Errorf("with a rule it says %q", words(s))
	}
	shot(t, s, "evidence-keeping")
}
