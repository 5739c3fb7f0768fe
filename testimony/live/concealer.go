package live

import (
	"context"
	"errors"
	"fmt"
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

const (
	// stalledAfter is how late a drawing may be before its audience is shown the slate instead.
	stalledAfter = 100 * time.Millisecond
	// alarmAfter is how long nothing is drawn before the bench is told: a machine can be busy for a moment.
	alarmAfter = time.Second
	// watchEvery is how often the watchdog looks.
	watchEvery = 20 * time.Millisecond
)

// figure draws what stands for a person, from nothing.
type figure interface {
	Draw(speaking bool, at time.Duration) conceal.Picture
}

// disguise makes a voice that is not the person's own.
type disguise interface {
	Disguise(pcm []int16) conceal.Voice
	Forget()
}

// concealer makes what the outer audiences receive of a protected witness. Its picture is drawn from nothing: it is never
// handed a clear frame, only whether the witness is speaking. If the drawing stops, its audiences see the slate and hear silence; if the disguise does, they hear
// silence. Neither of them can open anything by failing.
type concealer struct {
	log       *slog.Logger
	ctx       context.Context // of the connection
	publisher *hub.Publisher
	mirror    *hub.Publisher                // for the witness alone
	clip      atomic.Pointer[clip]          // collects the changed voice; nil: nobody wants to hear it
	hold      atomic.Pointer[chan struct{}] // makes the drawing stand still, for a trial; nil: it goes on
	stalled   atomic.Bool                   // nothing is drawn, so that nothing is heard either
	speaking  atomic.Bool                   // now
	spoke     atomic.Bool                   // since the gate last looked
	gate      conceal.Gate
	open      bool // what the gate said last
	steps     int  // of the gate so far
	sitting   *sitting
	style     conceal.Style // of figure
	figure    figure
	disguise  disguise
	fault     func(error) // told once of each stop
	start     time.Time
	drawn     atomic.Int64 // nanoseconds since start of the last drawing
	mute      atomic.Bool  // the disguise has failed
}

func newConcealer(ctx context.Context, log *slog.Logger, publisher, mirror *hub.Publisher, sitting *sitting, fault func(error)) *concealer {
	return &concealer{ctx: ctx, log: log, publisher: publisher, mirror: mirror, sitting: sitting, style: sitting.style(), figure: sitting.figure(),
		disguise: sitting.voice.Again(), fault: fault, start: time.Now()}
}

// draw shows the silhouette until the context ends.
func (c *concealer) draw(ctx context.Context) {
	tick := time.NewTicker(silhouetteEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.drawOne(); err != nil {
			c.log.Warn("the silhouette was not sent", "error", err)
			continue // the watchdog shows the slate
		}
		c.drawn.Store(int64(time.Since(c.start)))
	}
}

func (c *concealer) drawOne() (err error) {
	defer recovered(&err)
	if hold := c.hold.Load(); hold != nil {
		<-*hold
	}
	speaking := c.floor()
	if !c.seen() {
		return nil
	}
	if now := c.sitting.style(); now != c.style {
		c.style, c.figure = now, c.sitting.figure()
	}
	return c.show(c.figure.Draw(speaking, c.sitting.age()))
}

// seen reports whether anybody sees what is drawn.
func (c *concealer) seen() bool {
	return c.publisher.ConcealedWanted(media.KindVideo) || c.mirror.ConcealedWanted(media.KindVideo)
}

// show sends a picture to the audiences, and to the witness who wants to see what they see.
func (c *concealer) show(picture conceal.Picture) error {
	return errors.Join(c.publisher.WritePicture(picture), c.mirror.WritePicture(picture))
}

// floor is whether the person has the floor, as the gate says: looked at by its own steps, so that no picture shows when in one of them they spoke.
func (c *concealer) floor() bool {
	for due := int(time.Since(c.start) / conceal.GateStep); c.steps < due; c.steps++ {
		c.open = c.gate.Step(c.spoke.Swap(false) || c.speaking.Load())
	}
	return c.open
}

// recovered turns a panic into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the concealment panicked: %v", r)
	}
}

// watch shows the slate in place of a drawing that does not come, until the context ends.
func (c *concealer) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	slate := conceal.Slate(silhouetteWidth, silhouetteHeight, 0)
	slated, told := false, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		late := time.Since(c.start) - time.Duration(c.drawn.Load()) - silhouetteEvery
		if late < stalledAfter {
			slated, told = false, false
			c.stalled.Store(false)
			continue
		}
		c.stalled.Store(true)
		if !slated && c.seen() {
			slated = c.show(slate) == nil
		}
		if late >= alarmAfter && !told {
			told = true
			c.fault(fmt.Errorf("nothing was drawn for %s", late.Round(time.Millisecond)))
		}
	}
}

// hear takes 20 ms of the witness's voice and sends the disguised one where somebody is granted it. It returns the disguised
// sound for the recorder, or nil where there is none.
func (c *concealer) hear(pcm []int16, speaking bool) []int16 {
	c.speaks(speaking)
	if c.mute.Load() {
		return nil
	}
	voice, err := c.disguised(pcm)
	if err != nil {
		c.mute.Store(true) // what broke once is not trusted with a voice again
		c.fault(err)
		return nil
	}
	if c.stalled.Load() {
		return nil
	}
	if kept := c.clip.Load(); kept != nil {
		kept.add(voice, speaking)
	}
	if c.publisher.ConcealedWanted(media.KindAudio) {
		if err := c.publisher.WriteVoice(voice); err != nil {
			c.log.Warn("the disguised voice was not sent", "error", err)
		}
	}
	return voice.PCM()
}

// speaks notes whether the person speaks.
func (c *concealer) speaks(now bool) {
	c.speaking.Store(now)
	if now {
		c.spoke.Store(true)
	}
}

func (c *concealer) disguised(pcm []int16) (voice conceal.Voice, err error) {
	defer recovered(&err)
	voice = c.disguise.Disguise(pcm)
	if len(voice.PCM()) != len(pcm) {
		return conceal.Voice{}, fmt.Errorf("the disguise made %d samples of %d", len(voice.PCM()), len(pcm))
	}
	return voice, nil
}
