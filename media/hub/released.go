package hub

import (
	"sync"
	"time"

	"paravent/media"
	"paravent/media/hub/internal/releasedform"
)

// releasedLine is one kind of a publisher's released media.
type releasedLine struct {
	feed feed[ReleasedPacket]

	mu        sync.Mutex
	packetize releasedform.Packetizer
	closed    bool
}

func (l *releasedLine) write(kind media.Kind, at time.Duration, key bool, frame []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrUnpublished
	}
	if !l.feed.wanted() {
		return nil
	}
	for _, p := range l.packetize.Packets(kind, at, key, frame) {
		l.feed.forward(p)
	}
	return nil
}

func (l *releasedLine) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}

// WriteReleased takes one encoded frame of the public version after its delay: a VP8 frame, or an Opus packet of 20 ms, with its time on the feed's own
// clock, which both kinds share and which never runs backwards. It is forwarded to subscriptions of the form Released alone, a picture from a key frame
// on. The hub keeps the frame, which must not be changed any more. It returns [ErrUnpublished] once the publisher is gone.
func (p *Publisher) WriteReleased(kind media.Kind, at time.Duration, key bool, frame []byte) error {
	return p.released(kind).write(kind, at, key, frame)
}

func (p *Publisher) released(kind media.Kind) *releasedLine {
	if kind == media.KindVideo {
		return &p.releasedPicture
	}
	return &p.releasedVoice
}
