package device

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gen2brain/malgo"

	"paravent/media"
	"paravent/media/capture"
)

// present reports whether the machine can have sound at all. Where it cannot, the sound library would say so line by line on
// standard error, which is the program's own.
func present() bool {
	if runtime.GOOS != "linux" || os.Getenv("PULSE_SERVER") != "" {
		return true
	}
	for _, path := range []string{"/dev/snd", filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "pulse", "native"), filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "pipewire-0")} {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

// open starts a sound device, counted from 1, for mono sound at 48 kHz. The number 0 stands for the machine's default.
func open(kind malgo.DeviceType, number int, config func(*malgo.DeviceConfig), callbacks malgo.DeviceCallbacks) (*malgo.AllocatedContext, *malgo.Device, error) {
	if !present() {
		return nil, nil, capture.ErrNoDevice
	}
	context, err := malgo.InitContext(nil, malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, nil, errors.Join(capture.ErrNoDevice, err)
	}
	settings := malgo.DefaultDeviceConfig(kind)
	settings.SampleRate = media.SampleRate
	config(&settings)
	if number > 0 {
		var found []malgo.DeviceInfo
		if found, err = context.Devices(kind); err != nil || number > len(found) {
			err = errors.Join(capture.ErrNoDevice, err, context.Uninit())
			context.Free()
			return nil, nil, err
		}
		settings.Capture.DeviceID = found[number-1].ID.Pointer()
	}
	device, err := malgo.InitDevice(context.Context, settings, callbacks)
	if err == nil {
		if err = device.Start(); err != nil {
			device.Uninit()
		}
	}
	if err != nil {
		err = errors.Join(capture.ErrNoDevice, err, context.Uninit())
		context.Free()
		return nil, nil, err
	}
	return context, device, nil
}

func shut(context *malgo.AllocatedContext, device *malgo.Device) error {
	device.Uninit()
	err := context.Uninit()
	context.Free()
	return err
}

// queued bounds the sound that waits between a device and this program: 200 ms.
const queued = 10

// microphone gives the machine's own sound.
type microphone struct {
	context *malgo.AllocatedContext
	device  *malgo.Device
	frames  chan []int16
	start   time.Time
	once    sync.Once
	gone    chan struct{}
}

// Microphones names the machine's microphones, in the order of their numbers.
func Microphones() []string {
	if !present() {
		return nil
	}
	context, err := malgo.InitContext(nil, malgo.ContextConfig{}, nil)
	if err != nil {
		return nil
	}
	var names []string
	found, err := context.Devices(malgo.Capture)
	for i := range found {
		names = append(names, found[i].Name())
	}
	if errors.Join(err, context.Uninit()) != nil {
		names = nil
	}
	context.Free()
	return names
}

// OpenMicrophone opens a microphone, counted from 1; the number 0 stands for the machine's default.
func OpenMicrophone(number int) (capture.AudioSource, error) {
	m := &microphone{frames: make(chan []int16, queued), gone: make(chan struct{}), start: time.Now()}
	var pending []int16
	callbacks := malgo.DeviceCallbacks{Data: func(_, in []byte, _ uint32) {
		for i := 0; i+1 < len(in); i += 2 {
			pending = append(pending, int16(binary.NativeEndian.Uint16(in[i:])))
		}
		for len(pending) >= media.FrameSamples {
			frame := append([]int16(nil), pending[:media.FrameSamples]...)
			pending = append(pending[:0], pending[media.FrameSamples:]...)
			select {
			case m.frames <- frame:
			default: // nobody listens: the sound of this moment is lost, and time goes on
			}
		}
	}}
	var err error
	m.context, m.device, err = open(malgo.Capture, number, func(c *malgo.DeviceConfig) {
		c.Capture.Format, c.Capture.Channels = malgo.FormatS16, 1
	}, callbacks)
	if err != nil {
		return nil, fmt.Errorf("open the microphone: %w", err)
	}
	return m, nil
}

// Read waits for the next 20 ms.
func (m *microphone) Read(ctx context.Context) (media.AudioFrame, error) {
	select {
	case pcm := <-m.frames:
		return media.AudioFrame{PCM: pcm, PTS: time.Since(m.start)}, nil
	case <-m.gone:
		return media.AudioFrame{}, capture.ErrNoDevice
	case <-ctx.Done():
		return media.AudioFrame{}, ctx.Err()
	}
}

// Close gives the microphone back.
func (m *microphone) Close() (err error) {
	m.once.Do(func() {
		err = shut(m.context, m.device)
		close(m.gone)
	})
	return err
}

// Speaker plays mono sound at 48 kHz on the machine's loudspeaker.
type Speaker struct {
	context *malgo.AllocatedContext
	device  *malgo.Device
	mu      sync.Mutex
	waiting []int16
	once    sync.Once
}

// OpenSpeaker opens the default loudspeaker.
func OpenSpeaker() (*Speaker, error) {
	s := &Speaker{}
	var err error
	s.context, s.device, err = open(malgo.Playback, 0, func(c *malgo.DeviceConfig) {
		c.Playback.Format, c.Playback.Channels = malgo.FormatS16, 1
	}, malgo.DeviceCallbacks{Data: func(out, _ []byte, _ uint32) { s.fill(out) }})
	if err != nil {
		return nil, fmt.Errorf("open the loudspeaker: %w", err)
	}
	return s, nil
}

// fill gives the device what waits, and silence where nothing does.
func (s *Speaker) fill(out []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(out)/2, len(s.waiting))
	for i := range n {
		binary.NativeEndian.PutUint16(out[2*i:], uint16(s.waiting[i]))
	}
	clear(out[2*n:])
	s.waiting = append(s.waiting[:0], s.waiting[n:]...)
}

// Play queues sound. When more than 200 ms wait, the oldest are dropped: late sound is worse than lost sound.
func (s *Speaker) Play(pcm []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, pcm...)
	if over := len(s.waiting) - queued*media.FrameSamples; over > 0 {
		s.waiting = append(s.waiting[:0], s.waiting[over:]...)
	}
}

// Close gives the loudspeaker back.
func (s *Speaker) Close() (err error) {
	s.once.Do(func() { err = shut(s.context, s.device) })
	return err
}
