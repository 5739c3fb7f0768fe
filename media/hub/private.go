package hub

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"paravent/media/hub/internal/privateform"
)

// privateLine is what a publisher says to one listener. It has no taps: nothing on this machine can have it.
type privateLine struct {
	feed feed[PrivatePacket]

	mu     sync.Mutex
	intake *privateform.Intake
	closed bool
}

func (l *privateLine) write(packet *rtp.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	out, restarted, ok := l.intake.Accept(packet, time.Now())
	if !ok {
		return
	}
	if restarted {
		l.feed.restart()
	}
	l.feed.forward(out)
}

func (l *privateLine) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
}

// WritePrivate takes one RTP packet (Opus) of the microphone as the publisher sent it on the line that is for private talks alone. It is forwarded to
// subscriptions of the form Private and to nothing else: no tap has it, and while nobody is granted that form it is dropped. The packet belongs to the hub
// afterwards.
func (p *Publisher) WritePrivate(packet *rtp.Packet) { p.private.write(packet) }
