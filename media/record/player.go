package record

import (
	"errors"
	"io"
	"time"

	"paravent/media"
)

// Player reads a recording block by block. It is not safe for concurrent use and holds no resource to release.
type Player struct {
	tracks  []Track
	start   time.Time
	walk    *scanner
	index   *scanner // walks ahead to learn where playback can start
	entries []entry
	learnt  time.Duration // no place to start at or before it is missing from entries
	indexed bool
	broken  error // reading failed: nothing beyond is looked for, whatever else stands there
}

// entry is a block at which playback can start.
type entry struct {
	span
	picture bool // a video key frame, rather than a cluster's first block
}

// farFromPicture bounds how much earlier than asked a seek may start for the sake of a key frame. Beyond it the
// picture had stopped, and only sound is there to be played.
const farFromPicture = 30 * time.Second

// NewPlayer reads the head of a recording of size bytes, torn or whole, live or exported.
func NewPlayer(src io.ReaderAt, size int64) (*Player, error) {
	walk, err := newScanner(src, size)
	if err != nil {
		return nil, err
	}
	index, err := newScanner(src, size)
	if err != nil {
		return nil, err
	}
	return &Player{tracks: walk.tracks, start: walk.start, walk: walk, index: index}, nil
}

// Tracks lists what the recording holds.
func (p *Player) Tracks() []Track { return append([]Track(nil), p.tracks...) }

// Start is the zero of the recording's times, or the zero Time when the recording does not say.
func (p *Player) Start() time.Time { return p.start }

// Next returns the next block in file order, which is the order of time to within a cluster, or io.EOF after the
// last whole one. Where the source cannot be read it fails, and fails there again until a Seek leads back.
func (p *Player) Next() (Block, error) {
	at := p.walk.next
	b, err := p.walk.block()
	if err != nil {
		return Block{}, err
	}
	payload, err := p.walk.payload(b)
	if err != nil {
		p.walk.next = at
		return Block{}, err
	}
	return Block{Track: b.track, PTS: b.pts, Key: b.key, Payload: payload}, nil
}

// Extend goes on in a longer state of the same recording, where Next has returned io.EOF: one that is still being written. What was read stays as it was.
func (p *Player) Extend(src io.ReaderAt, size int64) {
	for _, s := range []*scanner{p.walk, p.index} {
		s.win = newWindow(src, size)
		s.torn = false
	}
	p.indexed = false
}

// Torn tells, once Next has returned io.EOF, whether the recording was cut short.
func (p *Player) Torn() bool { return p.walk.torn }

// Seek moves to the last place at or before d where playback can start, a key frame where there is a picture, and
// returns its time. A d before the first such place moves to the very beginning. The first seek over a stretch of
// a long live recording reads through it. Where the source cannot be read before d, Seek moves to the last place before
// that: Next then comes to the bad place, and nothing beyond it is ever found.
func (p *Player) Seek(d time.Duration) (time.Duration, error) {
	if p.broken == nil {
		p.broken = p.indexUntil(d)
	}
	target, ok := p.entryBefore(d)
	if !ok {
		if len(p.entries) == 0 {
			return 0, p.broken
		}
		target = p.entries[0]
	}
	p.walk.next, p.walk.cluster = target.start, target.cluster
	p.walk.torn, p.walk.ended = false, false
	return target.pts, nil
}

// Learn reads on for up to so many blocks of what a later Seek has to know of, and reports whether there is more of it. A place that cannot be read ends it;
// Seek then finds it as if it had come there itself.
func (p *Player) Learn(blocks int) bool {
	for ; blocks > 0 && !p.indexed && p.broken == nil; blocks-- {
		p.broken = p.learn()
	}
	return !p.indexed && p.broken == nil
}

func (p *Player) entryBefore(d time.Duration) (entry, bool) {
	var sound entry
	found := false
	for i := len(p.entries) - 1; i >= 0; i-- {
		e := p.entries[i]
		if e.pts > d {
			continue
		}
		if d-e.pts > farFromPicture && found {
			return sound, true
		}
		if e.picture {
			return e, true
		}
		if !found {
			sound, found = e, true
		}
	}
	return sound, found
}

// indexUntil learns the entries up to the first cluster after d.
func (p *Player) indexUntil(d time.Duration) error {
	for !p.indexed && (p.learnt <= d || len(p.entries) == 0) {
		if err := p.learn(); err != nil {
			return err
		}
	}
	return nil
}

// learn takes the next block into the index.
func (p *Player) learn() error {
	before := p.index.cluster
	b, err := p.index.block()
	if errors.Is(err, io.EOF) {
		p.indexed = true
		return nil
	}
	if err != nil {
		return err
	}
	picture := b.key && p.index.kinds[b.track] == media.KindVideo
	if picture || b.cluster != before || len(p.entries) == 0 {
		p.entries = append(p.entries, entry{span: b, picture: picture})
	}
	p.learnt = max(p.learnt, min(b.cluster, b.pts))
	return nil
}

// Duration is the time of the end of the last block. It reads the recording through once.
func (p *Player) Duration() (time.Duration, error) {
	st, err := Inspect(p.index.win.src, p.index.win.size)
	return st.Duration, err
}
