package rehearsal

import (
	"testing"

	"paravent/media/capture"
)

// TestNoVoiceCarriesAMark speaks with many voices: one that sounded like a mark would accuse a protection that held.
func TestNoVoiceCarriesAMark(t *testing.T) {
	for seed := range uint64(200) {
		voice := capture.NewTestSpeech(seed)
		listeners := []Listener{{Mark: WitnessMark}, {Mark: InterpreterMark}}
		pcm := voice.Speak(20 * listenWindow)
		for i := range listeners {
			if listeners[i].Push(pcm); listeners[i].Heard > 0 {
				t.Errorf("voice %d: heard at %.0f Hz in %d windows", seed, listeners[i].Mark.Tone, listeners[i].Heard)
			}
		}
	}
}
