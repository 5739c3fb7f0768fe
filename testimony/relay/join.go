package relay

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// writeFor is how long a side may take over one frame.
const writeFor = 10 * time.Second

var (
	errBusiness = errors.New("the connection has carried as much as it may")
	errGone     = errors.New("a side is gone")
)

// join passes frames between a guest and its desk until one of them ends, is silent, or has sent too much. Nothing is read
// into them: whether they are what the other side sealed is the other side's to find out.
func (s *Server) join(guest, desk *websocket.Conn, opening []byte) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	guest.SetReadLimit(int64(s.limits.Frame))
	desk.SetReadLimit(int64(s.limits.Frame))
	if s.write(ctx, desk, websocket.MessageText, opening) != nil {
		return
	}
	total := &atomic.Int64{}
	var passing, watching sync.WaitGroup
	for _, way := range []struct{ from, to *websocket.Conn }{{guest, desk}, {desk, guest}} {
		passing.Go(func() {
			// What was passed on before is to arrive, the last message above all: the side is told that this is the end.
			code, why := websocket.StatusNormalClosure, ""
			if errors.Is(s.pass(ctx, way.from, way.to, total), errBusiness) {
				code, why = websocket.StatusPolicyViolation, "quota"
				passing.Go(func() { _ = way.from.Close(code, why) })
			}
			_ = way.to.Close(code, why)
		})
		watching.Go(func() {
			if s.watch(ctx, way.from) {
				cancel()
			}
		})
	}
	passing.Wait()
	cancel()
	watching.Wait()
}

// pass copies frames one way. What comes too fast has to wait, and so does its sender.
func (s *Server) pass(ctx context.Context, from, to *websocket.Conn, total *atomic.Int64) error {
	rate := bucket{fill: float64(s.limits.PerSecond), room: float64(s.limits.Burst)}
	for {
		kind, frame, err := from.Read(ctx)
		if err != nil {
			return errGone
		}
		if total.Add(int64(len(frame))) > int64(s.limits.Total) {
			return errBusiness
		}
		if err := pause(ctx, rate.take(len(frame), s.config.Clock())); err != nil {
			return errGone
		}
		if err := s.write(ctx, to, kind, frame); err != nil {
			return errGone
		}
	}
}

func (s *Server) write(ctx context.Context, to *websocket.Conn, kind websocket.MessageType, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeFor)
	defer cancel()
	return to.Write(ctx, kind, frame)
}

// watch asks a side for signs of life, and reports that there are none. It ends with ctx.
func (s *Server) watch(ctx context.Context, side *websocket.Conn) (gone bool) {
	ticker := time.NewTicker(s.limits.Silence / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if !s.breathes(ctx, side) {
				return true
			}
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Server) breathes(ctx context.Context, side *websocket.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Silence/2)
	defer cancel()
	return side.Ping(ctx) == nil
}

// bucket bounds bytes by time: room at once, fill a second.
type bucket struct {
	fill, room float64
	used       float64
	at         time.Time
}

// take answers how long to wait until n more bytes may pass.
func (b *bucket) take(n int, now time.Time) time.Duration {
	if !b.at.IsZero() {
		b.used = max(0, b.used-max(0, now.Sub(b.at).Seconds())*b.fill)
	}
	b.at = now
	b.used += float64(n)
	if b.used <= b.room {
		return 0
	}
	return time.Duration((b.used - b.room) / b.fill * float64(time.Second))
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
