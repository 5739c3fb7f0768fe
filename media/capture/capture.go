// Package capture is where pictures and sound come from without a device: files, and generated ones for rehearsals. It also
// names what every source is, devices included; those have a room of their own.
//
// A source gives frames at the pace of real time unless told to run free. The types to start from are [VideoSource] and
// [AudioSource].
package capture

import (
	"context"
	"errors"
	"time"

	"paravent/media"
)

// VideoSource gives pictures one after the other, each when its time has come. One goroutine reads.
type VideoSource interface {
	// Read waits for the next picture, which belongs to the caller. It returns io.EOF at the end of a file, the context's
	// error when that ends first.
	Read(ctx context.Context) (*media.Frame, error)
	Close() error
}

// AudioSource gives 20 ms of mono sound at 48 kHz after the other, each when its time has come. One goroutine reads.
type AudioSource interface {
	// Read waits for the next 20 ms, which belong to the caller, with errors as for a VideoSource.
	Read(ctx context.Context) (media.AudioFrame, error)
	Close() error
}

// ErrNoDevice is returned where there is no camera, no microphone or no permission to use it.
var ErrNoDevice = errors.New("there is no such device here")

// ErrFile is wrapped by every error about a file that cannot be read as pictures or sound.
var ErrFile = errors.New("this file cannot be played")

// pace holds a source back to real time.
type pace struct {
	every time.Duration
	skips bool // frames whose time has passed are left out; otherwise they come at once
	free  bool // nothing is held back
	start time.Time
	n     int64
}

// FreeRun makes Read return at once, with the same times on the frames. Call it before the first Read.
func (p *pace) FreeRun() { p.free = true }

// next waits until the next frame is due and returns its time since the start.
func (p *pace) next(ctx context.Context) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if p.start.IsZero() {
		p.start = time.Now()
	}
	if behind := time.Since(p.start) - time.Duration(p.n)*p.every; p.skips && !p.free && behind > p.every {
		p.n += int64(behind / p.every)
	}
	pts := time.Duration(p.n) * p.every
	wait := time.Until(p.start.Add(pts))
	if !p.free && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	p.n++
	return pts, nil
}
