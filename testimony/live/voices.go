package live

import (
	"maps"
	"sync"
	"time"

	"paravent/media"
	"paravent/media/conceal"
	"paravent/testimony"
)

// voices notes for how long each seat is heard to speak in the master, whose sound is one: so that it can be said before the witness leaves whether both the
// questions and the answers are there. The zero value is ready; it is safe for concurrent use.
type voices struct {
	mu     sync.Mutex
	meters map[testimony.ParticipantID]*conceal.SpeechMeter
	sum    map[testimony.ParticipantID]time.Duration
}

// hear takes sound that went into the master.
func (v *voices) hear(id testimony.ParticipantID, pcm []int16) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.meters == nil {
		v.meters, v.sum = map[testimony.ParticipantID]*conceal.SpeechMeter{}, map[testimony.ParticipantID]time.Duration{}
	}
	if v.meters[id] == nil {
		v.meters[id] = new(conceal.SpeechMeter)
		v.sum[id] = 0
	}
	if v.meters[id].Push(pcm) {
		v.sum[id] += time.Duration(len(pcm)) * time.Second / media.SampleRate
	}
}

// spoken is for how long each was heard, nobody left out who sent any sound.
func (v *voices) spoken() map[testimony.ParticipantID]time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sum == nil {
		return map[testimony.ParticipantID]time.Duration{}
	}
	return maps.Clone(v.sum)
}
