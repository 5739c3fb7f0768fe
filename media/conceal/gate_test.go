package conceal

import (
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/media"
	"paravent/media/capture"
)

// No turn that is shown, and no silence that ends one, is shorter than two seconds.
func TestGateShowsTurnsAndNoRhythm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(t, "steps")
		var g Gate
		hold := int(GateHold / GateStep)
		open, since := false, 0
		for i, spoken := range steps {
			now := g.Step(spoken)
			if spoken && !now {
				t.Fatal("somebody speaks and the gate is shut")
			}
			if open && !now {
				if i-since < hold {
					t.Fatalf("a turn of %d steps", i-since)
				}
				for _, heard := range steps[i+1-hold : i+1] {
					if heard {
						t.Fatal("the turn ended before two seconds of silence")
					}
				}
			}
			if now != open {
				open, since = now, i
			}
		}
	})
}

// gated is what the gate says of a sound, a step at a time.
func gated(pcm []int16) []bool {
	var m SpeechMeter
	var g Gate
	var said []bool
	for step := int(GateStep / time.Millisecond * media.SampleRate / 1000); len(pcm) >= step; pcm = pcm[step:] {
		spoken := false
		for at := 0; at+media.FrameSamples <= step; at += media.FrameSamples {
			spoken = m.Push(pcm[at:at+media.FrameSamples]) || spoken
		}
		said = append(said, g.Step(spoken))
	}
	return said
}

// Five people who give the same answers, each louder or softer, higher or lower, with a rhythm of their own, are drawn the same to the last pixel, in every style.
func TestPicturesFollowFromTheGateAndTheMannerAlone(t *testing.T) {
	t.Parallel()
	answers := []time.Duration{6 * time.Second, 4 * time.Second, 9 * time.Second, 5 * time.Second} // speech and silence in turn
	sound := func(voice uint64, gain float64) []int16 {
		speech := capture.NewTestSpeech(voice)
		var pcm []int16
		for i, long := range answers {
			piece := make([]int16, int(long/time.Millisecond)*media.SampleRate/1000)
			if i%2 == 0 {
				copy(piece, speech.Speak(len(piece)))
			}
			for j := range piece {
				piece[j] = int16(float64(piece[j]) * gain)
			}
			pcm = append(pcm, piece...)
		}
		return pcm
	}
	var gates [][]bool
	for voice, gain := range []float64{0.35, 0.6, 1, 1.5, 2} {
		gates = append(gates, gated(sound(uint64(voice), gain)))
	}
	for i, gate := range gates {
		if !slices.Equal(gate, gates[0]) {
			t.Errorf("voice %d has another gate:\n%v\n%v", i, gate, gates[0])
		}
	}
	if !slices.Contains(gates[0], true) || !slices.Contains(gates[0], false) {
		t.Fatal("the gate never moved")
	}
	for _, style := range Styles {
		film := func(manner Manner, gate []bool) [32]byte {
			s, sum := NewFigure(style, manner, 160, 90), sha256.New()
			for i, speaking := range gate {
				f := s.Draw(speaking, time.Duration(i)*GateStep).Frame()
				_, _ = sum.Write(f.Y)
				_, _ = sum.Write(f.U)
				_, _ = sum.Write(f.V)
			}
			return [32]byte(sum.Sum(nil))
		}
		first := film(3, gates[0])
		for i, gate := range gates {
			if film(3, gate) != first {
				t.Errorf("%s: voice %d is drawn differently", style, i)
			}
		}
		if film(4, gates[0]) == first {
			t.Errorf("%s: two manners are drawn alike", style)
		}
		if film(3, make([]bool, len(gates[0]))) == first {
			t.Errorf("%s: speech is not shown", style)
		}
	}
}
