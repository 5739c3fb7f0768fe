package live

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/conceal"
	"paravent/media/hub"
)

// The silhouette is drawn small and seldom: it shows that somebody is there and speaks, and nothing else.
const (
	silhouetteWidth  = 640
	silhouetteHeight = 360
	silhouetteEvery  = 125 * time.Millisecond
)

// concealer makes what the outer audiences receive of a protected witness. Its picture is drawn from nothing: it is never
// handed a clear frame, only whether the witness is speaking. If it stops, its audiences see the last drawing and hear silence.
type concealer struct {
	log       *slog.Logger
	publisher *hub.Publisher
	speaking  atomic.Bool
	disguise  *conceal.VoiceDisguise
}

func newConcealer(log *slog.Logger, publisher *hub.Publisher) *concealer {
	return &concealer{log: log, publisher: publisher, disguise: conceal.NewVoiceDisguise()}
}

// draw shows the silhouette until the context ends.
func (c *concealer) draw(ctx context.Context) {
	figure := conceal.NewSilhouette(silhouetteWidth, silhouetteHeight)
	tick := time.NewTicker(silhouetteEvery)
	defer tick.Stop()
	start := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !c.publisher.ConcealedWanted(media.KindVideo) {
			continue
		}
		if err := c.publisher.WritePicture(figure.Draw(c.speaking.Load(), time.Since(start))); err != nil {
			c.log.Warn("the silhouette was not sent", "error", err)
		}
	}
}

// hear takes 20 ms of the witness's voice and sends the disguised one where somebody is granted it. It returns the disguised
// sound for the recorder.
func (c *concealer) hear(pcm []int16, speaking bool) []int16 {
	c.speaking.Store(speaking)
	voice := c.disguise.Disguise(pcm)
	if c.publisher.ConcealedWanted(media.KindAudio) {
		if err := c.publisher.WriteVoice(voice); err != nil {
			c.log.Warn("the disguised voice was not sent", "error", err)
		}
	}
	return voice.PCM()
}
