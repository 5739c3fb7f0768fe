// Package sealed carries JSON messages over a WebSocket through an [invite.Channel], in order, in both directions.
//
// It knows no court, no guest and no message; the two ends of the join page's signalling are built on it. Start from [Start].
package sealed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
)

// Errors that a connection ends with.
var (
	// ErrSlow ends a connection whose other side does not take its messages.
	ErrSlow = errors.New("the other side does not keep up")
	// ErrClosed is how a connection ends that was closed on this side.
	ErrClosed = errors.New("the connection was closed")
	// ErrLost ends a connection that broke off or was closed on the other side.
	ErrLost = errors.New("the connection was lost")
	// ErrSilent ends a connection on which nothing that the other side sealed has arrived for too long, whatever is between.
	ErrSilent = errors.New("the other side is silent")
)

// beat is a sign of life. It is sealed as everything is, so that whoever carries it can neither make one nor leave one out.
var beat = []byte(`{"type":"beat"}`)

// Options of a connection.
type Options struct {
	Asks     bool          // this side asks for signs of life; the other one answers
	Patience time.Duration // without anything from the other side; 0 for [Patience]
}

// Patience is how long a side may be silent, where no option says otherwise. It is asked three times in between.
const Patience = 36 * time.Second

// Limits of a connection.
const (
	unsent    = 256              // messages waiting to be written
	inbox     = 64               // messages waiting to be taken; after that the other side waits
	pingEvery = 10 * time.Second // a lost side is noticed within twice this
	writeFor  = 10 * time.Second
	flushFor  = 3 * time.Second // for what is queued when the connection is closed
	maxFrame  = invite.MaxMessage + invite.Overhead
)

// Conn is one connection. Its methods may be called from any goroutine.
type Conn[T any] struct {
	ws      *websocket.Conn
	channel *invite.Channel
	parse   func([]byte) (T, error)
	options Options
	heard   chan struct{} // something has arrived; holds one

	ctx    context.Context
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	closing bool // no further message is queued
	flush   *time.Timer
	out     chan []byte
	in      chan T
	done    chan struct{}
}

// Start takes a WebSocket, the channel agreed on it, and what reads the other side's messages; a message that parse refuses
// ends the connection with its error. The connection runs until ctx ends, Close is called, or a side
// fails; its goroutines have ended when Done is closed.
func Start[T any](
	ctx context.Context, ws *websocket.Conn, channel *invite.Channel, parse func([]byte) (T, error), options Options,
) *Conn[T] {
	if options.Patience <= 0 {
		options.Patience = Patience
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := &Conn[T]{
		ws: ws, channel: channel, parse: parse, options: options, heard: make(chan struct{}, 1), ctx: ctx, cancel: cancel,
		out: make(chan []byte, unsent), in: make(chan T, inbox), done: make(chan struct{}),
	}
	ws.SetReadLimit(maxFrame)
	var running sync.WaitGroup
	running.Go(c.read)
	running.Go(c.write)
	running.Go(c.ping)
	running.Go(c.listen)
	go func() {
		running.Wait()
		c.stop()
		_ = ws.CloseNow()
		close(c.done)
	}()
	return c
}

// Send queues a message and never blocks. What cannot be queued ends the connection with ErrSlow.
func (c *Conn[T]) Send(message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return c.queue(text)
}

func (c *Conn[T]) queue(text []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.ctx.Err() != nil {
		return c.ended()
	}
	select {
	case c.out <- text:
		return nil
	default:
		c.closing = true
		close(c.out)
		c.cancel(ErrSlow)
		return ErrSlow
	}
}

// Messages gives the other side's messages in order. It is closed when the connection has ended, after the last of them.
func (c *Conn[T]) Messages() <-chan T { return c.in }

// Close lets what is queued go out, for three seconds at most, and ends the connection. It does not wait; Done tells.
func (c *Conn[T]) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.closing = true
		c.flush = time.AfterFunc(flushFor, func() { c.cancel(ErrClosed) })
		close(c.out)
	}
}

// stop takes no further message and lets no timer run on.
func (c *Conn[T]) stop() {
	c.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flush != nil {
		c.flush.Stop()
	}
}

// Abort ends the connection at once with an error of the caller's.
func (c *Conn[T]) Abort(why error) { c.cancel(why) }

// Done is closed when nothing of the connection runs any more.
func (c *Conn[T]) Done() <-chan struct{} { return c.done }

// Err is why the connection ended, or nil while it runs.
func (c *Conn[T]) Err() error { return context.Cause(c.ctx) }

func (c *Conn[T]) ended() error {
	if err := c.Err(); err != nil {
		return err
	}
	return ErrClosed
}

func (c *Conn[T]) read() {
	defer close(c.in)
	for {
		kind, frame, err := c.ws.Read(c.ctx)
		if err != nil {
			c.cancel(ErrLost)
			return
		}
		if kind != websocket.MessageBinary {
			c.cancel(invite.ErrChannel)
			return
		}
		text, err := c.channel.Open(frame)
		if err != nil {
			c.cancel(err)
			return
		}
		select {
		case c.heard <- struct{}{}:
		default:
		}
		if bytes.Equal(text, beat) {
			if !c.options.Asks {
				_ = c.queue(beat) // where it cannot be queued the connection has ended
			}
			continue
		}
		message, err := c.parse(text)
		if err != nil {
			c.cancel(err)
			return
		}
		select {
		case c.in <- message:
		case <-c.ctx.Done():
			return
		}
	}
}

func (c *Conn[T]) write() {
	for {
		select {
		case text, more := <-c.out:
			if !more {
				c.finish()
				return
			}
			if err := c.put(text); err != nil {
				c.cancel(err)
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}

// finish says goodbye once the queue is empty: a closed channel gives out what it held before it says that it is closed.
func (c *Conn[T]) finish() {
	_ = c.ws.Close(websocket.StatusNormalClosure, "")
	c.cancel(ErrClosed)
}

func (c *Conn[T]) put(text []byte) error {
	frame, err := c.channel.Seal(text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx, writeFor)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageBinary, frame); err != nil {
		return ErrLost
	}
	return nil
}

// listen ends a connection on which nothing arrives. A message that waits to be taken has arrived.
func (c *Conn[T]) listen() {
	ask := time.NewTicker(c.options.Patience / 3)
	defer ask.Stop()
	silent := time.NewTimer(c.options.Patience)
	defer silent.Stop()
	for {
		select {
		case <-c.heard:
			silent.Reset(c.options.Patience)
		case <-ask.C:
			if len(c.in) == cap(c.in) {
				silent.Reset(c.options.Patience) // it is this side that does not listen
			}
			if c.options.Asks {
				_ = c.queue(beat) // where it cannot be queued the connection has ended
			}
		case <-silent.C:
			c.cancel(ErrSilent)
			return
		case <-c.ctx.Done():
			return
		}
	}
}

func (c *Conn[T]) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			ctx, cancel := context.WithTimeout(c.ctx, pingEvery)
			err := c.ws.Ping(ctx)
			cancel()
			if err != nil {
				c.cancel(ErrLost)
				return
			}
		case <-c.ctx.Done():
			return
		}
	}
}
