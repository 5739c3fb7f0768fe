package playback_test

import (
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/playback"
	"paravent/media/record"
	"paravent/store/blob"
)

// unsynced is a sealed file that is written faster than time goes: nothing has to outlive a crash.
type unsynced struct{ io.Writer }

func (unsynced) Sync() error { return nil }

// scene is two seconds of 640x480 at about 1 Mbit/s, and a tone: what a long recording repeats.
func scene(b *testing.B) (pictures, packets [][]byte) {
	b.Helper()
	check := checker(b)
	video, err := vpx.NewEncoder(vpx.Config{Width: 640, Height: 480, Bitrate: 1000, FPS: 25})
	check(err)
	defer video.Close()
	sound, err := opus.NewEncoder(opus.Config{Bitrate: 48})
	check(err)
	defer sound.Close()
	rng := rand.New(rand.NewPCG(1, 1))
	f := media.NewFrame(640, 480)
	for n := range 50 {
		for i := range f.Y {
			f.Y[i] = byte(40 + (i%640+i/640+4*n)%160 + rng.IntN(6))
		}
		f.PTS = time.Duration(n) * frameEvery
		payload, _, err := video.Encode(f, n == 0)
		check(err)
		pictures = append(pictures, payload)
	}
	pcm := make([]int16, media.FrameSamples)
	for range 100 {
		for i := range pcm {
			pcm[i] = int16(8000*math.Sin(float64(i)*2*math.Pi*440/48000)) + int16(rng.IntN(500))
		}
		payload, err := sound.Encode(pcm)
		check(err)
		packets = append(packets, payload)
	}
	return pictures, packets
}

// sealedHours is a sealed recording of that length, and what opens it.
func sealedHours(b *testing.B, length time.Duration) (path string, key blob.Key) {
	b.Helper()
	check := checker(b)
	path = filepath.Join(b.TempDir(), "recording")
	file, err := blob.Create(path, key, "r")
	check(err)
	w, err := record.NewWriter(unsynced{file}, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: 640, Height: 480}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, time.Time{})
	check(err)
	pictures, packets := scene(b)
	for n := range int(length / (20 * time.Millisecond)) {
		at := time.Duration(n) * 20 * time.Millisecond
		if n%2 == 0 {
			check(w.Video(at, n%100 == 0, pictures[n/2%50]))
		}
		check(w.Audio(at, packets[n%100]))
	}
	check(w.Close())
	_, err = file.Close()
	check(err)
	return path, key
}

func checker(b *testing.B) func(error) {
	return func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenAndSeek opens a sealed recording of two hours until its first picture is there, jumps at once to near its end, and then to and fro. It reports medians.
func BenchmarkOpenAndSeek(b *testing.B) {
	const length = 2 * time.Hour
	path, key := sealedHours(b, length)
	check := checker(b)
	var first, far, jump []float64
	for b.Loop() {
		shown := make(chan time.Duration, 16)
		since := time.Now()
		reader, err := blob.Open(path, key, "r")
		check(err)
		p, err := playback.Open(reader, reader.Size(), playback.Output{Picture: func(f *media.Frame) { shown <- f.PTS }})
		check(err)
		<-shown
		first = append(first, milliseconds(since))
		seek := func(to time.Duration) float64 {
			since := time.Now()
			p.Seek(to)
			if at := <-shown; at > to || to-at > frameEvery {
				b.Fatal("shown ", at, " for ", to)
			}
			return milliseconds(since)
		}
		far = append(far, seek(length-3*time.Second/2))
		for n := range 20 {
			jump = append(jump, seek(length*time.Duration(n*7%20)/20+1900*time.Millisecond)) // at the end of what builds on a key frame
		}
		p.Close()
		check(reader.Close())
	}
	b.ReportMetric(middle(first), "ms-to-the-first-picture")
	b.ReportMetric(middle(far), "ms-first-jump-to-the-end")
	b.ReportMetric(middle(jump), "ms-seek")
	b.ReportMetric(slices.Max(jump), "ms-slowest-seek")
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

func middle(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
