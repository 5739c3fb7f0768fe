package attend

import (
	"context"
	"sync"

	"paravent/media"
	"paravent/media/capture"
)

// Own is this machine's camera and microphone, shared between the connection and whoever looks at them here: they are read all the time, so
// that a check needs no court, and nothing of them leaves this machine but through a connection that the court takes it on. Use [OpenOwn].
type Own struct {
	Picture capture.VideoSource // nil where there is no camera
	Sound   capture.AudioSource // nil where there is no microphone

	camera     capture.VideoSource
	microphone capture.AudioSource
	cancel     context.CancelFunc
	workers    sync.WaitGroup
}

// OpenOwn begins to read a camera and a microphone, either of which may be nil. They belong to the Own from then on. show and hear, which may be nil, are
// handed every picture and every 20 ms of sound, on a goroutine each; they must be quick, and must not change or keep what they are handed.
func OpenOwn(camera capture.VideoSource, microphone capture.AudioSource, show func(*media.Frame), hear func([]int16)) *Own {
	ctx, cancel := context.WithCancel(context.Background())
	o := &Own{camera: camera, microphone: microphone, cancel: cancel}
	if camera != nil {
		pictures := make(shared[*media.Frame], 1)
		o.Picture = pictureSource{pictures}
		o.workers.Go(func() {
			for {
				f, err := camera.Read(ctx)
				if err != nil {
					return
				}
				if show != nil {
					show(f)
				}
				pictures.offer(f)
			}
		})
	}
	if microphone != nil {
		sounds := make(shared[media.AudioFrame], 10)
		o.Sound = soundSource{sounds}
		o.workers.Go(func() {
			for {
				f, err := microphone.Read(ctx)
				if err != nil {
					return
				}
				if hear != nil {
					hear(f.PCM)
				}
				sounds.offer(f)
			}
		})
	}
	return o
}

// Close gives camera and microphone back.
func (o *Own) Close() {
	o.cancel()
	if o.camera != nil {
		_ = o.camera.Close() // it is given back either way
	}
	if o.microphone != nil {
		_ = o.microphone.Close()
	}
	o.workers.Wait()
}

// shared hands frames to one reader; what the reader is too slow for is left out, the oldest first.
type shared[T any] chan T

func (s shared[T]) offer(f T) {
	for {
		select {
		case s <- f:
			return
		default:
		}
		select {
		case <-s:
		default:
		}
	}
}

func (s shared[T]) Read(ctx context.Context) (T, error) {
	select {
	case f := <-s:
		return f, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

type pictureSource struct{ shared[*media.Frame] }

// Close leaves the camera to the Own.
func (pictureSource) Close() error { return nil }

type soundSource struct{ shared[media.AudioFrame] }

// Close leaves the microphone to the Own.
func (soundSource) Close() error { return nil }
