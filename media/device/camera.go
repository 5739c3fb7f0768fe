// Package device is this machine's own camera, microphone and loudspeaker.
//
// Nothing is opened before it is asked for. Where there is no such device, or no permission to use it, every function
// returns [capture.ErrNoDevice]. Start from [OpenCamera], [OpenMicrophone] and [OpenSpeaker].
package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	_ "github.com/pion/mediadevices/pkg/driver/camera" // registers the machine's cameras
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

	"paravent/media"
	"paravent/media/capture"
)

// camera reads pictures of one camera.
type camera struct {
	driver driver.Driver
	reader video.Reader
	start  time.Time
}

// cameras are this machine's, in an order that stays while none comes or goes.
func cameras() []driver.Driver {
	found := driver.GetManager().Query(driver.FilterVideoRecorder())
	slices.SortFunc(found, func(a, b driver.Driver) int { return strings.Compare(a.Info().Label, b.Info().Label) })
	return found
}

// Cameras names the machine's cameras, in the order of their numbers.
func Cameras() []string {
	var names []string
	for _, d := range cameras() {
		names = append(names, cmp.Or(d.Info().Name, d.Info().Label))
	}
	return names
}

// OpenCamera opens a camera, counted from 1, at the size nearest to the one asked for, in pixels. The number 0 stands for the first.
func OpenCamera(number, width, height int) (capture.VideoSource, error) {
	found := cameras()
	if max(number, 1) > len(found) {
		return nil, fmt.Errorf("open the camera: %w", capture.ErrNoDevice)
	}
	d := found[max(number, 1)-1]
	if err := d.Open(); err != nil {
		return nil, fmt.Errorf("open the camera: %w", errors.Join(capture.ErrNoDevice, err))
	}
	recorder, ok := d.(driver.VideoRecorder)
	best, known := nearest(d.Properties(), width, height)
	if !ok || !known {
		return nil, errors.Join(fmt.Errorf("open the camera: %w", capture.ErrNoDevice), d.Close())
	}
	reader, err := recorder.VideoRecord(best)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the camera: %w", err), d.Close())
	}
	return &camera{driver: d, reader: video.ToI420(reader), start: time.Now()}, nil
}

func nearest(all []prop.Media, width, height int) (best prop.Media, ok bool) {
	away := func(p prop.Media) int { return abs(p.Width-width) + abs(p.Height-height) }
	for _, p := range all {
		if !ok || away(p) < away(best) {
			best, ok = p, true
		}
	}
	return best, ok
}

func abs(n int) int { return max(n, -n) }

// Read waits for the next picture.
func (c *camera) Read(ctx context.Context) (*media.Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	img, release, err := c.reader.Read()
	if err != nil {
		return nil, fmt.Errorf("read the camera: %w", err)
	}
	defer release()
	picture, ok := img.(*image.YCbCr)
	if !ok || picture.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return nil, errors.New("read the camera: its pictures are of an unknown kind")
	}
	return copyPicture(picture, time.Since(c.start)), nil
}

func copyPicture(p *image.YCbCr, pts time.Duration) *media.Frame {
	width, height := p.Rect.Dx()&^1, p.Rect.Dy()&^1
	f := media.NewFrame(width, height)
	f.PTS = pts
	for y := range height {
		copy(f.Y[y*f.StrideY:y*f.StrideY+width], p.Y[y*p.YStride:])
	}
	for y := range height / 2 {
		copy(f.U[y*f.StrideUV:y*f.StrideUV+width/2], p.Cb[y*p.CStride:])
		copy(f.V[y*f.StrideUV:y*f.StrideUV+width/2], p.Cr[y*p.CStride:])
	}
	return f
}

// Close gives the camera back.
func (c *camera) Close() error { return c.driver.Close() }
