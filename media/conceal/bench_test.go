package conceal_test

import (
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
)

// The two paths differ in one thing only: what is encoded after the clear picture was decoded.

func BenchmarkPlainPath(b *testing.B) {
	path(b, func(clear *media.Frame, _ time.Duration) *media.Frame { return clear })
}

func BenchmarkConcealedPath(b *testing.B) {
	figure := conceal.NewSilhouette(640, 360)
	path(b, func(_ *media.Frame, pts time.Duration) *media.Frame { return figure.Draw(true, pts).Frame() })
}

func BenchmarkSilhouette(b *testing.B) {
	figure := conceal.NewSilhouette(640, 360)
	for i := 0; b.Loop(); i++ {
		figure.Draw(true, time.Duration(i)*40*time.Millisecond)
	}
}

func path(b *testing.B, show func(clear *media.Frame, pts time.Duration) *media.Frame) {
	const step = 40 * time.Millisecond
	frames := clearFrames(b, 50, step)
	decoder, err := vpx.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	defer decoder.Close()
	encoder, err := vpx.NewEncoder(vpx.Config{Width: 640, Height: 360, Bitrate: 600, FPS: 25})
	if err != nil {
		b.Fatal(err)
	}
	defer encoder.Close()
	for i := 0; b.Loop(); i++ {
		picture, err := decoder.Decode(frames[i%len(frames)])
		if err != nil {
			b.Fatal(err)
		}
		picture.PTS = time.Duration(i) * step
		out := *show(picture, picture.PTS)
		out.PTS = picture.PTS
		if _, _, err := encoder.Encode(&out, false); err != nil {
			b.Fatal(err)
		}
	}
}

func clearFrames(b *testing.B, n int, step time.Duration) [][]byte {
	encoder, err := vpx.NewEncoder(vpx.Config{Width: 640, Height: 360, Bitrate: 600, FPS: 25})
	if err != nil {
		b.Fatal(err)
	}
	defer encoder.Close()
	source := capture.NewTestPicture(1, 640, 360, 25, nil)
	frames := make([][]byte, n)
	for i := range frames {
		if frames[i], _, err = encoder.Encode(source.Draw(time.Duration(i)*step), i == 0); err != nil {
			b.Fatal(err)
		}
	}
	return frames
}
