package approvals

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/device"
	"paravent/media/reference"
)

const portraitShown = 240 // side of the square that a portrait is shown in

// portrait shows a face with the watermark over it. away blackens it.
func portrait(file, mark string) (shown fyne.CanvasObject, away func()) {
	read, err := jpeg.Decode(bytes.NewReader([]byte(file)))
	if err != nil {
		return xwidget.WrappedSmall(i18n.T("view.unreadable")), func() {}
	}
	face := image.NewRGBA(read.Bounds())
	draw.Draw(face, face.Bounds(), read, read.Bounds().Min, draw.Src)
	img := canvas.NewImageFromImage(face)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(portraitShown, portraitShown))
	over := container.NewClip(xwidget.Watermark(mark))
	return container.NewBorder(nil, nil, container.NewStack(img, over), nil), func() {
		clear(face.Pix)
		img.Image = nil
		img.Refresh()
	}
}

// voice lets a few seconds of speech be heard, again and again. away ends it.
func voice(h room.Host, samples string) (shown fyne.CanvasObject, away func()) {
	pcm := reference.Decode([]byte(samples))
	ctx, cancel := context.WithCancel(room.Ctx())
	var play *xwidget.Button
	play = xwidget.NewButton(i18n.T("view.listen"), "", func() {
		play.Disable()
		room.Later(func() error { return hear(ctx, pcm) }, func(err error) {
			if ctx.Err() == nil {
				play.Enable()
				room.Failed(h, err)
			}
		})
	})
	return xwidget.Wrap(0, play), cancel
}

// hear plays a voice at the loudspeaker's rate and returns when it has ended, or ctx has.
func hear(ctx context.Context, pcm []int16) error {
	speaker, err := device.OpenSpeaker()
	if err != nil {
		return err
	}
	defer speaker.Close()
	const up = media.SampleRate / reference.VoiceRate
	tick := time.NewTicker(media.FrameSamples * time.Second / media.SampleRate)
	defer tick.Stop()
	for at := 0; at < len(pcm); at += media.FrameSamples / up {
		frame := make([]int16, 0, media.FrameSamples)
		for i := at; i < min(at+media.FrameSamples/up, len(pcm)); i++ {
			next := pcm[min(i+1, len(pcm)-1)]
			for step := range int32(up) { // a line between two samples
				frame = append(frame, int16((int32(pcm[i])*(up-step)+int32(next)*step)/up))
			}
		}
		speaker.Play(frame)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}
