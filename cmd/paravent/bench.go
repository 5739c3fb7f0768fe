package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"paravent/media/capture"
	"paravent/media/device"
	"paravent/testimony/live"
)

// benchFlags are the bench's own picture and sound, in a hearing without a window.
type benchFlags struct {
	Camera     string `help:"The bench's picture: a file of YUV4MPEG2, played over and over, or the word device for this machine's camera. None where left out." placeholder:"FILE.y4m|device"`
	Microphone string `help:"The bench's sound: a WAVE file, 16-bit mono at 48 kHz, played over and over, or the word device for this machine's microphone. None where left out." placeholder:"FILE.wav|device"`
}

// hereFlags are the devices of a witness who sits in the court's own room.
type hereFlags struct {
	WitnessCamera     string `help:"The witness sits in this room, and this is their picture: a file, the word device, or device:2 for this machine's second camera." placeholder:"FILE.y4m|device[:N]"`
	RoomCamera        string `help:"A second camera, for the room: its picture stands in the corner of the witness's." placeholder:"FILE.y4m|device[:N]"`
	WitnessMicrophone string `help:"The witness's sound. The bench needs a microphone of its own, or nobody can tell who speaks." placeholder:"FILE.wav|device[:N]"`
}

// open opens the witness's devices; nil where the witness does not sit here.
func (f hereFlags) open(ctx context.Context) (*live.Here, error) {
	if f == (hereFlags{}) {
		return nil, nil
	}
	if f.WitnessCamera == "" || f.WitnessMicrophone == "" {
		return nil, usageError{"a witness who sits here needs both --witness-camera and --witness-microphone"}
	}
	camera, err := openCamera(ctx, f.WitnessCamera)
	if err != nil {
		return nil, fmt.Errorf("--witness-camera %s: %w; %w", f.WitnessCamera, err, errBench)
	}
	if f.RoomCamera != "" {
		room, err := openCamera(ctx, f.RoomCamera)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--room-camera %s: %w; %w", f.RoomCamera, err, errBench), camera.Close())
		}
		camera = capture.NewInset(camera, room)
	}
	microphone, err := openMicrophone(f.WitnessMicrophone)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--witness-microphone %s: %w; %w", f.WitnessMicrophone, err, errBench), camera.Close())
	}
	return &live.Here{Camera: camera, Microphone: microphone}, nil
}

// numbered reports whether a flag names a device of this machine, and its number; 0 where it names none.
func numbered(name string) (number int, ok bool) {
	rest, ok := strings.CutPrefix(name, ownDevice)
	if !ok || rest == "" {
		return 0, ok
	}
	number, err := strconv.Atoi(strings.TrimPrefix(rest, ":"))
	return number, err == nil && number > 0 && rest[0] == ':'
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
	if number, own := numbered(name); own {
		camera, err := device.OpenCamera(number, 640, 360)
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
	if number, own := numbered(name); own {
		microphone, err := device.OpenMicrophone(number)
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
