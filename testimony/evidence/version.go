package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/redaction"
)

// Derive makes a version of a recording as the edits in force say, and seals it. Nothing of it is on the disk in the clear, and the recording stays as it is.
func Derive(ctx context.Context, d *docket.Desk, of testimony.RecordingID, progress func(done, total int64)) (docket.Recording, error) {
	m, err := d.BeginVersion(ctx, of)
	if err != nil {
		return docket.Recording{}, err
	}
	m.Plan.Cover = Cover
	made, err := redaction.Derive(&watched{ctx: ctx, to: m.To, progress: progress, total: m.From.Size()}, m.From, m.From.Size(), m.Plan)
	if err != nil {
		return docket.Recording{}, errors.Join(err, m.Abandon(context.WithoutCancel(ctx)))
	}
	return m.Keep(ctx, made.Duration)
}

// watched tells of what was written, and stops when it has to.
type watched struct {
	ctx      context.Context
	to       io.Writer
	progress func(done, total int64)
	done     int64
	total    int64 // bytes of the recording, which is about as long
}

func (w *watched) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.to.Write(p)
	w.done += int64(n)
	if w.progress != nil {
		w.progress(min(w.done, w.total), w.total)
	}
	return n, err
}

// Cover makes what stands for what is missing: the drawn screen and silence, generated and never derived.
func Cover(width, height int) (picture, voice []byte, err error) {
	if width < 16 || height < 16 {
		width, height = 640, 480
	}
	video, err := vpx.NewEncoder(vpx.Config{Width: width, Height: height, Bitrate: 400, FPS: 10})
	if err != nil {
		return nil, nil, err
	}
	defer video.Close()
	if picture, _, err = video.Encode(conceal.Slate(width, height, 0).Frame(), true); err != nil {
		return nil, nil, err
	}
	sound, err := opus.NewEncoder(opus.Config{Bitrate: 24})
	if err != nil {
		return nil, nil, err
	}
	defer sound.Close()
	voice, err = sound.Encode(conceal.Silence(media.FrameSamples).PCM())
	return picture, voice, err
}

// VerifyFile checks a version's file by itself. A file that cannot be read is an error; what is wrong with one stands in the report.
func VerifyFile(ctx context.Context, path string, progress func(done, total int64)) (redaction.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return redaction.Report{}, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return redaction.Report{}, err
	}
	return redaction.Verify(ctx, f, stat.Size(), progress)
}

// verifyVersion checks what a sealed version says of itself, and that it says it of the recording that the vault knows.
func verifyVersion(ctx context.Context, d *docket.Desk, v *Verdict, reader *blob.Reader) error {
	report, err := redaction.Verify(ctx, reader, reader.Size(), nil)
	if err != nil {
		return err
	}
	v.Version = &report
	if report.Fault != nil {
		return nil
	}
	head, err := d.RecordingHead(ctx, v.Recording.Source)
	if err != nil {
		return err
	}
	m := report.Manifest
	if m.Version != v.Recording.ID || string(m.Head.Statement()) != string(head.Statement()) {
		v.Version.Fault = &redaction.Fault{Place: "manifest, head", Problem: "it is not of the recording that this vault keeps"}
		return nil
	}
	list, _, err := d.EditList(ctx, v.Recording.Source)
	if err != nil {
		return err
	}
	v.Newest = list.Number
	return nil
}

// exportVersion copies a version as it is: its manifest tells every byte.
func exportVersion(dst io.Writer, reader *blob.Reader) error {
	if reader.Torn() {
		return docket.ErrNotIntact
	}
	if _, err := io.Copy(dst, io.NewSectionReader(reader, 0, reader.Size())); err != nil {
		return fmt.Errorf("export version: %w", err)
	}
	return nil
}
