package live

import (
	"math"
	"testing"
	"time"

	"paravent/media"
)

// Who speaks for two seconds is noted with about that, who is silent with nothing, and who sent nothing not at all.
func TestVoices(t *testing.T) {
	t.Parallel()
	var v voices
	if got := v.spoken(); got == nil || len(got) != 0 {
		t.Errorf("nobody was there: %v", got)
	}
	for n := range 100 {
		tone := make([]int16, media.FrameSamples)
		for i := range tone {
			tone[i] = int16(6000 * math.Sin(2*math.Pi*200*float64(n*len(tone)+i)/media.SampleRate))
		}
		v.hear("w", tone)
		v.hear("q", make([]int16, media.FrameSamples))
	}
	got := v.spoken()
	if len(got) != 2 || got["q"] != 0 || got["w"] < 1800*time.Millisecond || got["w"] > 2*time.Second {
		t.Errorf("heard: %v", got)
	}
}
