// Package capture is where pictures and sound come from: a camera, a microphone, files, and generated ones for rehearsals.
//
// A source gives frames at the pace of real time. Nothing is opened before it is asked for, so that a machine without
// devices pays nothing. The types to start from are [VideoSource] and [AudioSource].
package capture

import (
	"context"
	"errors"
	"time"

	"paravent/media"
)

// VideoSource gives pictures one after the other, each when its time has come.
type VideoSource interface {
	// Read waits for the next picture, which belongs to the caller. It returns io.EOF at the end of a file, the context's
	// error when that ends first.
	Read(ctx context.Context) (*media.Frame, error)
	Close() error
}

// AudioSource gives 20 ms of mono sound at 48 kHz after the other, each when its time has come.
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
	start time.Time
	n     int64
}

// next waits until the next frame is due and returns its time since the start.
func (p *pace) next(ctx context.Context) (time.Duration, error) {
	if p.start.IsZero() {
		p.start = time.Now()
	}
	pts := time.Duration(p.n) * p.every
	p.n++
	wait := time.Until(p.start.Add(pts))
	if wait <= 0 {
		return pts, ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return pts, nil
	case <-ctx.Done():
		return pts, ctx.Err()
	}
}
