package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"paravent/media/capture"
	"paravent/media/device"
)

// benchFlags are the bench's own picture and sound, in a hearing without a window.
type benchFlags struct {
	Camera     string `help:"The bench's picture: a file of YUV4MPEG2, played over and over, or the word device for this machine's camera. None where left out." placeholder:"FILE.y4m|device"`
	Microphone string `help:"The bench's sound: a WAVE file, 16-bit mono at 48 kHz, played over and over, or the word device for this machine's microphone. None where left out." placeholder:"FILE.wav|device"`
}

// ownDevice is what stands in a flag for the machine's own camera or microphone; a file of this name is written ./device.
const ownDevice = "device"

// errBench is wrapped by every error of the bench's own picture and sound.
var errBench = errors.New("the courtroom was not opened, and nothing was changed")

// bench has the sources that were asked for; nil for none.
type bench struct {
	camera     capture.VideoSource
	microphone capture.AudioSource
}

// open opens both before anything else is: whoever asks for a picture that cannot be had gets no courtroom without one.
func (f benchFlags) open(ctx context.Context) (b bench, err error) {
	if f.Camera != "" {
		if b.camera, err = openCamera(ctx, f.Camera); err != nil {
			return bench{}, fmt.Errorf("--camera %s: %w; %w", f.Camera, err, errBench)
		}
	}
	if f.Microphone != "" {
		if b.microphone, err = openMicrophone(f.Microphone); err != nil {
			b.close()
			return bench{}, fmt.Errorf("--microphone %s: %w; %w", f.Microphone, err, errBench)
		}
	}
	return b, nil
}

// close gives back what no session has taken over.
func (b bench) close() {
	if b.camera != nil {
		_ = b.camera.Close() // nothing was read of it that could be lost
	}
	if b.microphone != nil {
		_ = b.microphone.Close()
	}
}

func openCamera(ctx context.Context, name string) (capture.VideoSource, error) {
	if name == ownDevice {
		camera, err := device.OpenCamera(640, 360)
		return camera, plain(err)
	}
	if err := regular(name); err != nil {
		return nil, err
	}
	// Its first picture is read on trial: a file that ends before it would fail only once the hearing is under way.
	trial, err := capture.OpenY4M(name, false)
	if err != nil {
		return nil, plain(err)
	}
	trial.FreeRun()
	_, err = trial.Read(ctx)
	if err := errors.Join(err, trial.Close()); err != nil {
		return nil, fmt.Errorf("%w: no whole picture is in it", capture.ErrFile)
	}
	return capture.OpenY4M(name, true)
}

func openMicrophone(name string) (capture.AudioSource, error) {
	if name == ownDevice {
		microphone, err := device.OpenMicrophone()
		return microphone, plain(err)
	}
	if err := regular(name); err != nil {
		return nil, err
	}
	sound, err := capture.OpenWAV(name, true)
	if err != nil {
		return nil, plain(err)
	}
	return sound, nil
}

// regular refuses what is no file, such as a pipe that nobody writes to.
func regular(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return plain(err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is not a regular file", capture.ErrFile)
	}
	return nil
}

// plain leaves of an error what fits into one sentence.
func plain(err error) error {
	var path *os.PathError
	switch {
	case errors.Is(err, capture.ErrNoDevice):
		return fmt.Errorf("%w, or it may not be used", capture.ErrNoDevice)
	case errors.As(err, &path):
		return path.Err
	}
	return err
}
