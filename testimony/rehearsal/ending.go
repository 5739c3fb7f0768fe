package rehearsal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
)

var randomness = rand.Reader

func (s *stage) end(ctx context.Context) error {
	s.say("The session is closed; the recordings are sealed, verified and searched.")
	minutes, err := s.session.Close(ctx)
	if err != nil {
		return err
	}
	s.report.Minutes = minutes
	ended := 0
	for _, p := range s.cast {
		if err := s.wait(ctx, p, "a participant to be told of the end", func(p *Participant) bool { return p.Ended() != "" }); err == nil {
			ended++
		}
	}
	s.found(ended == len(s.cast), "Everyone is told that the hearing has ended", "%d of %d", ended, len(s.cast))
	recordings, err := s.desk.Recordings(ctx)
	if err != nil {
		return err
	}
	for _, r := range recordings {
		if err := s.inspect(ctx, r); err != nil {
			return fmt.Errorf("the %s: %w", r.Version, err)
		}
	}
	s.found(len(recordings) == 2, "There are a master and a public version", "%d recordings", len(recordings))
	report, err := s.desk.Verify(ctx, nil)
	s.found(err == nil && report.Sound(), "The vault is sound", "%v", err)
	err = s.desk.VerifyAudit(ctx)
	s.found(err == nil, "The audit log is sound", "%v", err)
	return nil
}

// inspect verifies a recording, writes a playable copy into the rehearsal's folder and searches it for the marks.
func (s *stage) inspect(ctx context.Context, r docket.Recording) error {
	verdict, err := evidence.Verify(ctx, s.desk, r.ID, nil)
	if err != nil {
		return err
	}
	s.report.Recordings = append(s.report.Recordings, RecordingLine{r.ID, r.Version, verdict.Length, verdict.Intact, verdict.Words()})
	s.found(verdict.Intact, "The "+versionName(r.Version)+" is intact", "%s", verdict.Words())
	path := filepath.Join(s.config.Dir, strings.ReplaceAll(string(r.Version), "_", "-")+".webm")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	stats, err := evidence.Export(ctx, s.desk, r.ID, file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	found, err := search(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if r.Version == protection.MasterRecord {
		s.found(found.pictures > 0 && found.sound > 0, "The master holds the witness's picture and voice", "%d pictures, %d tenths of a second", found.pictures, found.sound)
		return nil
	}
	s.found(found.pictures == 0 && found.sound == 0, "The public version holds neither the witness's picture nor voice", "%d pictures, %d tenths of a second, of %s",
		found.pictures, found.sound, stats.Duration.Round(time.Second))
	s.found(found.decoded > 0, "The public version can be played", "%d pictures", found.decoded)
	return nil
}

func versionName(v protection.Audience) string {
	if v == protection.MasterRecord {
		return "master"
	}
	return "public version"
}

// searched is what was found of the witness's mark in a recording.
type searched struct{ decoded, pictures, sound int }

func search(file *os.File) (searched, error) {
	var s searched
	info, err := file.Stat()
	if err != nil {
		return s, err
	}
	player, err := record.NewPlayer(file, info.Size())
	if err != nil {
		return s, err
	}
	video, err := vpx.NewDecoder()
	if err != nil {
		return s, err
	}
	defer video.Close()
	audio, err := opus.NewDecoder()
	if err != nil {
		return s, err
	}
	defer audio.Close()
	kinds := map[int]media.Kind{}
	for _, t := range player.Tracks() {
		kinds[t.Number] = t.Kind
	}
	listener := Listener{Mark: WitnessMark}
	for {
		b, err := player.Next()
		if errors.Is(err, io.EOF) {
			s.sound = listener.Heard
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if kinds[b.Track] == media.KindAudio {
			if pcm, err := audio.Decode(b.Payload); err == nil {
				listener.Push(pcm)
			}
			continue
		}
		if f, err := video.Decode(b.Payload); err == nil && f != nil {
			s.decoded++
			if WitnessMark.Seen(f) {
				s.pictures++
			}
		}
	}
}

// summary is what a participant received of one publisher, over all forms.
type summary struct {
	Packets, ClearPictures, ClearSound, Silhouettes     int
	MarkedPictures, MarkedSound, Interpreted, Disguised int
}

// of sums up what was received of one publisher.
func (p *Participant) of(publisher testimony.ParticipantID) summary {
	var s summary
	for key, f := range p.Flows() {
		if key.Publisher != string(publisher) {
			continue
		}
		s.Packets += f.Packets
		switch {
		case key.Kind == "video" && key.Form == "clear":
			s.ClearPictures += f.Frames
			s.MarkedPictures += f.Marked
		case key.Kind == "video":
			s.Silhouettes += f.Frames
			s.MarkedPictures += f.Marked
		case key.Form == "clear":
			s.ClearSound += f.Frames
			s.MarkedSound += f.Marked
			s.Interpreted += f.Interpreted
		default:
			s.Disguised += f.Frames
			s.MarkedSound += f.Marked
		}
	}
	return s
}

func (p *Participant) packets() int {
	n := 0
	for _, f := range p.Flows() {
		n += f.Packets
	}
	return n
}

// until waits for the bench's state.
func (s *stage) until(ctx context.Context, what string, holds func(live.State) bool) error {
	ctx, cancel := context.WithTimeout(ctx, stepFor)
	defer cancel()
	for {
		changed := s.session.Changed()
		if holds(s.session.State()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s", what)
		}
	}
}

// wait waits for something on a participant's side.
func (s *stage) wait(ctx context.Context, p *Participant, what string, holds func(*Participant) bool) error {
	ctx, cancel := context.WithTimeout(ctx, stepFor)
	defer cancel()
	if err := p.Until(ctx, holds); err != nil {
		return fmt.Errorf("waited in vain for %s", what)
	}
	return nil
}

func wait(ctx context.Context, happened <-chan struct{}, what string) error {
	ctx, cancel := context.WithTimeout(ctx, stepFor)
	defer cancel()
	select {
	case <-happened:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waited in vain for %s", what)
	}
}

// pause lets the hearing go on for a while.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// signalOn tells once that a picture with the witness's mark was seen.
func signalOn(seen chan<- struct{}) func(*media.Frame) {
	return func(f *media.Frame) {
		if WitnessMark.Seen(f) {
			select {
			case seen <- struct{}{}:
			default:
			}
		}
	}
}
