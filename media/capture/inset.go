package capture

import (
	"context"
	"errors"
	"sync"

	"paravent/media"
)

// Inset is one camera's picture with another one's in its upper right corner: the witness, and the room. It is the pace of the first. A second camera that gives no picture
// leaves a dark field there, so that whoever sees it knows.
type Inset struct {
	main, other VideoSource
	once        sync.Once
	stop        context.CancelFunc
	done        chan struct{}

	mu     sync.Mutex
	latest *media.Frame
}

// insetShare is which part of the width and of the height the second picture has.
const insetShare = 4

// NewInset joins two cameras. Closing it closes both.
func NewInset(main, other VideoSource) *Inset {
	ctx, stop := context.WithCancel(context.Background())
	i := &Inset{main: main, other: other, stop: stop, done: make(chan struct{})}
	go i.watch(ctx)
	return i
}

// watch keeps the second camera's newest picture, until it fails.
func (i *Inset) watch(ctx context.Context) {
	defer close(i.done)
	for {
		f, err := i.other.Read(ctx)
		i.mu.Lock()
		i.latest = f
		if err != nil {
			i.latest = nil
		}
		i.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Read waits for the next picture of the first camera.
func (i *Inset) Read(ctx context.Context) (*media.Frame, error) {
	f, err := i.main.Read(ctx)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	other := i.latest
	i.mu.Unlock()
	width, height := f.Width/insetShare&^1, f.Height/insetShare&^1
	x := (f.Width - width) &^ 1
	if other == nil {
		other = media.NewFrame(2, 2)
	}
	scaleInto(f.Y, f.StrideY, x, width, height, other.Y, other.StrideY, other.Width, other.Height)
	cw, ch := (other.Width+1)/2, (other.Height+1)/2
	scaleInto(f.U, f.StrideUV, x/2, width/2, height/2, other.U, other.StrideUV, cw, ch)
	scaleInto(f.V, f.StrideUV, x/2, width/2, height/2, other.V, other.StrideUV, cw, ch)
	return f, nil
}

// scaleInto writes a plane into a field at the top of another one, from x on, each sample the mean of those that it stands for. No scaler of the image libraries writes
// into a plane without a detour by way of RGBA, fifteen times a second.
func scaleInto(to []byte, stride, x, width, height int, from []byte, fromStride, fromWidth, fromHeight int) {
	for row := range height {
		top := row * fromHeight / height
		bottom := max((row+1)*fromHeight/height, top+1)
		for column := range width {
			left := column * fromWidth / width
			right := max((column+1)*fromWidth/width, left+1)
			sum := 0
			for r := top; r < bottom; r++ {
				for _, v := range from[r*fromStride+left : r*fromStride+right] {
					sum += int(v)
				}
			}
			to[row*stride+x+column] = byte(sum / ((bottom - top) * (right - left)))
		}
	}
}

// Close closes both cameras.
func (i *Inset) Close() error {
	var err error
	i.once.Do(func() {
		i.stop()
		err = errors.Join(i.other.Close(), i.main.Close()) // first, so that a camera that hangs lets go of whoever reads it
		<-i.done
	})
	return err
}
