package live

import (
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
)

// BenchmarkRatioConcealedPath compares what a concealed feed costs (decode the clear picture, draw the silhouette, encode it)
// with decoding and encoding the clear picture itself, in turns, at the silhouette's size. The goal is at most 1.15.
func BenchmarkRatioConcealedPath(b *testing.B) {
	const fps = 10
	source := capture.NewTestPicture(1, silhouetteWidth, silhouetteHeight, fps, nil)
	encoder := func() *vpx.Encoder {
		e, err := vpx.NewEncoder(vpx.Config{Width: silhouetteWidth, Height: silhouetteHeight, Bitrate: 500, FPS: fps})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(e.Close)
		return e
	}
	decoder, err := vpx.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(decoder.Close)
	upstream, plain, concealed := encoder(), encoder(), encoder()
	var frames [][]byte
	for i := range 60 {
		frame, _, err := upstream.Encode(source.Draw(time.Duration(i)*time.Second/fps), i == 0)
		if err != nil {
			b.Fatal(err)
		}
		frames = append(frames, frame)
	}
	figure := conceal.NewSilhouette(silhouetteWidth, silhouetteHeight)
	var asIs, drawn time.Duration
	n := 0
	for b.Loop() {
		for i, frame := range frames {
			start := time.Now()
			picture, err := decoder.Decode(frame)
			if err != nil || picture == nil {
				b.Fatal("the picture was not decoded", err)
			}
			decoded := time.Since(start)

			start = time.Now()
			if _, _, err := plain.Encode(picture, false); err != nil {
				b.Fatal(err)
			}
			asIs += decoded + time.Since(start)

			start = time.Now()
			silhouette := figure.Draw(i%20 < 12, time.Duration(n)*time.Second/fps)
			if _, _, err := concealed.Encode(silhouette.Frame(), false); err != nil {
				b.Fatal(err)
			}
			drawn += decoded + time.Since(start)
			n++
		}
	}
	b.ReportMetric(drawn.Seconds()/asIs.Seconds(), "concealed/plain")
	b.ReportMetric(drawn.Seconds()*1000/float64(n), "concealed-ms/frame")
	b.ReportMetric(asIs.Seconds()*1000/float64(n), "plain-ms/frame")
}
