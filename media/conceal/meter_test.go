package conceal

import (
	"math"
	"math/rand/v2"
	"testing"

	"paravent/media"
	"paravent/media/capture"
)

func TestMeterFollowsSpeech(t *testing.T) {
	t.Parallel()
	var m SpeechMeter
	r := rand.New(rand.NewPCG(1, 1))
	push := func(ms int, level float64) (first, last bool, changes int) {
		for i := range ms / 20 {
			now := m.Push(hiss(r, level))
			if i == 0 {
				first = now
			} else if now != last {
				changes++
			}
			last = now
		}
		return first, last, changes
	}
	if _, last, changes := push(2000, 10); last || changes != 0 {
		t.Error("a quiet room speaks")
	}
	if first, last, _ := push(60, 3000); first || !last {
		t.Errorf("speech: after 20 ms %v, after 60 ms %v", first, last)
	}
	if _, last, changes := push(580, 10); !last || changes != 0 {
		t.Error("a breath of 580 ms ended it")
	}
	if first, last, _ := push(100, 10); first || last {
		t.Errorf("600 ms after: %v, 680 ms after: %v", first, last)
	}
	if _, last, _ := push(20, 3000); last {
		t.Error("a knock of 20 ms is speech")
	}
	if m.Push(nil) {
		t.Error("nothing pushed changed it")
	}
}

func TestMeterLearnsTheRoom(t *testing.T) {
	t.Parallel()
	var m SpeechMeter
	r := rand.New(rand.NewPCG(2, 2))
	last := false
	for range 300 { // 6 s of a loud fan
		last = m.Push(hiss(r, 300))
	}
	if last {
		t.Error("a fan still speaks after six seconds")
	}
	for range 5 {
		last = m.Push(hiss(r, 3000))
	}
	if !last {
		t.Error("speech over the fan was not noticed")
	}
}

func TestMeterHoldsThroughLongAnswers(t *testing.T) {
	t.Parallel()
	var m SpeechMeter
	speech := capture.NewTestSpeech(4)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 3 * 60 * 50 {
		pcm := speech.Speak(media.FrameSamples)
		for j, h := range hiss(r, 20) {
			pcm[j] += h
		}
		now := m.Push(pcm)
		phrase := math.Mod(float64(i)*0.02, 3.2)
		if phrase > 0.2 && phrase < 2.4 && !now {
			t.Fatalf("at %.2f s the answer was taken for silence", float64(i)*0.02)
		}
	}
	for i := range 20 * 50 { // a steady loud tone is somebody's voice, too
		if now := m.Push(hiss(r, 4000)); i > 5 && !now {
			t.Fatalf("a loud voice was taken for the room after %d ms", i*20)
		}
	}
}

func hiss(r *rand.Rand, level float64) []int16 {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		pcm[i] = int16(level * r.NormFloat64())
	}
	return pcm
}
