// Package playback makes pictures and sound of a recording, in time: forward at a speed, to a moment, by single pictures.
//
// It holds one picture and a fifth of a second of sound at a time, all in memory. At a place that cannot be read it stops and says when that is; it
// never plays on behind it. The type to start from is [Player].
package playback

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/record"
)

// Speeds are those that a recording can be played at. Sound goes with them, higher or lower in pitch.
var Speeds = []float64{0.5, 0.75, 1, 1.25, 1.5, 2}

// lead is how long before its time sound is handed on, so that a loudspeaker never runs dry; a picture is handed on at its time.
const lead = 60 * time.Millisecond

// standing is how long a picture stands before the sound says where the player is.
const standing = 500 * time.Millisecond

// While there is nothing to do for at least as long as learning, the player reads on for learnBlocks blocks, a few milliseconds, to know where it can jump to.
const (
	learning    = 15 * time.Millisecond
	learnBlocks = 256
)

// BadPlace is where a recording can be played no further, on its own clock.
type BadPlace struct {
	At  time.Duration
	Err error // why
}

func (b *BadPlace) Error() string {
	return fmt.Sprintf("the recording cannot be played beyond %s: %v", b.At.Round(time.Millisecond), b.Err)
}

func (b *BadPlace) Unwrap() error { return b.Err }

// ErrTorn says that a recording ends without an end: what was being written when the machine stopped is not there.
var ErrTorn = errors.New("the recording ends without an end")

// State is where a player stands.
type State struct {
	At      time.Duration // of the picture that is shown; of the sound, while one stands for long
	Playing bool
	Ended   bool // played to its end
	Speed   float64
	Bad     *BadPlace // where it stopped and why; nil where nothing is wrong so far
}

// Output is where a player's pictures, sound and state go. All of them are called from the player's one goroutine, and none may call the player.
// One that is nil is left out.
type Output struct {
	Picture func(*media.Frame) // the frame is the callee's; nil takes the picture away
	Sound   func(pcm []int16)  // 48 kHz mono, at the speed that is played
	Changed func(State)
	// Payload is handed every encoded block at its time, while it is played at speed 1, for those who take part from elsewhere. After every jump it
	// begins with a key frame: what was decoded on the way to the place is handed on with it.
	Payload func(kind media.Kind, at time.Duration, key bool, frame []byte)
}

// Player plays one recording. Its methods can be called from any goroutine; close it.
type Player struct {
	acts chan func()
	done chan struct{}
	stop chan struct{}
	once sync.Once

	out     Output
	src     *record.Player
	video   int // the track; 0 where there is none
	sound   int
	decode  *vpx.Decoder
	hear    *opus.Decoder
	state   State
	pending *record.Block // read, its time not yet come
	next    *media.Frame  // decoded, its time not yet come
	clock   time.Time     // when state.At stood at origin
	origin  time.Duration
	rest    float64 // of the samples at a speed
	last    int16
	group   []record.Block // pictures since the last key frame, for those who take part from elsewhere
	handed  bool           // they have all that the next picture builds on
}

// Open reads the head of a recording and shows its first picture. The source has to outlive the player. It plays the first picture and the first sound
// that the recording has.
func Open(src io.ReaderAt, size int64, out Output) (*Player, error) {
	reader, err := record.NewPlayer(src, size)
	if err != nil {
		return nil, err
	}
	p := &Player{src: reader, out: out, acts: make(chan func(), 16), done: make(chan struct{}), stop: make(chan struct{}), state: State{Speed: 1}}
	for _, t := range reader.Tracks() {
		switch {
		case t.Kind == media.KindVideo && p.video == 0:
			p.video = t.Number
		case t.Kind == media.KindAudio && p.sound == 0:
			p.sound = t.Number
		}
	}
	if err := p.decoders(); err != nil {
		return nil, err
	}
	go p.run()
	p.act(func() { p.seek(0) })
	return p, nil
}

func (p *Player) decoders() (err error) {
	if p.decode, err = vpx.NewDecoder(); err != nil {
		return err
	}
	if p.hear, err = opus.NewDecoder(); err != nil {
		p.decode.Close()
	}
	return err
}

// act hands an act to the player's goroutine; a closed player takes none.
func (p *Player) act(fn func()) {
	select {
	case p.acts <- fn:
	case <-p.stop:
	}
}

// Play goes on from where it stands, and from the beginning at the end.
func (p *Player) Play() {
	p.act(p.play)
}

func (p *Player) play() {
	if p.state.Playing || p.state.Bad != nil && !p.state.Ended {
		return
	}
	if p.state.Ended {
		p.seek(0)
	}
	p.state.Playing = true
	p.rewind()
	p.tell()
}

// Pause stops at the picture that is shown.
func (p *Player) Pause() {
	p.act(func() {
		p.state.Playing = false
		p.tell()
	})
}

// Toggle plays or pauses.
func (p *Player) Toggle() {
	p.act(func() {
		if !p.state.Playing {
			p.play()
			return
		}
		p.state.Playing = false
		p.tell()
	})
}

// Seek shows the picture of a moment, and goes on playing from there if it was.
func (p *Player) Seek(to time.Duration) {
	p.act(func() { p.seek(max(0, to)) })
}

// Skip is Seek by a distance from where it stands.
func (p *Player) Skip(by time.Duration) {
	p.act(func() { p.seek(max(0, p.state.At+by)) })
}

// Step shows the next picture, or the one before, and stops there.
func (p *Player) Step(forward bool) {
	p.act(func() {
		p.state.Playing = false
		if !forward {
			p.seek(max(0, p.state.At-time.Millisecond))
			return
		}
		p.onePicture()
		p.tell()
	})
}

// SetSpeed sets the speed, one of [Speeds]; others are taken to the nearest bound.
func (p *Player) SetSpeed(speed float64) {
	p.act(func() {
		p.state.Speed = min(max(speed, Speeds[0]), Speeds[len(Speeds)-1])
		p.rewind()
		p.tell()
	})
}

// Close ends the player and waits for it: nothing is shown or heard after it.
func (p *Player) Close() {
	p.once.Do(func() { close(p.stop) })
	<-p.done
}

// run owns everything of the player.
func (p *Player) run() {
	defer close(p.done)
	defer p.decode.Close()
	defer p.hear.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-p.stop:
			return
		default:
		}
		wait := time.Hour
		if p.state.Playing {
			wait = p.advance()
		}
		if wait > learning && len(p.acts) == 0 && p.src.Learn(learnBlocks) {
			continue
		}
		if wait <= 0 && len(p.acts) == 0 {
			continue
		}
		timer.Reset(max(wait, 0))
		select {
		case <-p.stop:
			return
		case fn := <-p.acts:
			fn()
		case <-timer.C:
		}
	}
}

func (p *Player) tell() {
	if p.out.Changed != nil {
		p.out.Changed(p.state)
	}
}

func (p *Player) show(f *media.Frame) {
	if p.out.Picture != nil {
		p.out.Picture(f)
	}
}

// rewind begins the clock anew where the player stands.
func (p *Player) rewind() { p.clock, p.origin, p.rest = time.Now(), p.state.At, 0 }

// due is how long it is until a moment of the recording.
func (p *Player) due(at time.Duration) time.Duration {
	return time.Duration(float64(at-p.origin)/p.state.Speed) - time.Since(p.clock)
}
