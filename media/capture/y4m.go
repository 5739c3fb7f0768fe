package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"paravent/media"
)

// What a file may ask of this machine.
const (
	maxSide   = 4096 // pixels
	maxFPS    = 240
	minFPS    = 1.0 / 60
	maxHeader = 256 // bytes of one line
)

// Y4M plays a YUV4MPEG2 file with 4:2:0 sampling of 8 bits.
type Y4M struct {
	pace
	file          io.ReadSeekCloser
	in            *bufio.Reader
	width, height int
	loop          bool
	body          int64 // where the first frame begins, in bytes
	frames        int   // read since the file began
}

// OpenY4M opens a file; with loop it begins again at its end, for ever.
func OpenY4M(path string, loop bool) (*Y4M, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open pictures: %w", err)
	}
	y, err := newY4M(file, loop)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return y, nil
}

func newY4M(file io.ReadSeekCloser, loop bool) (*Y4M, error) {
	y := &Y4M{file: file, in: bufio.NewReader(file), loop: loop}
	line, err := readLine(y.in)
	if err != nil || !strings.HasPrefix(line, "YUV4MPEG2 ") {
		return nil, fmt.Errorf("%w: it is not YUV4MPEG2", ErrFile)
	}
	num, den := 25, 1
	for _, field := range strings.Fields(line)[1:] {
		if err := y.parameter(field, &num, &den); err != nil {
			return nil, err
		}
	}
	fps := float64(num) / float64(den)
	if y.width < 2 || y.height < 2 || y.width > maxSide || y.height > maxSide || fps < minFPS || fps > maxFPS {
		return nil, fmt.Errorf("%w: %dx%d at %.3g pictures a second is not taken", ErrFile, y.width, y.height, fps)
	}
	y.body = int64(len(line)) + 1
	y.every = time.Duration(float64(time.Second) / fps)
	return y, nil
}

func (y *Y4M) parameter(field string, num, den *int) (err error) {
	value := field[1:]
	switch field[0] {
	case 'W':
		y.width, err = strconv.Atoi(value)
	case 'H':
		y.height, err = strconv.Atoi(value)
	case 'F':
		over, under, _ := strings.Cut(value, ":")
		if *num, err = strconv.Atoi(over); err == nil {
			*den, err = strconv.Atoi(under)
		}
		if err == nil && (*num <= 0 || *den <= 0) {
			err = strconv.ErrRange
		}
	case 'C':
		if value != "420" && value != "420jpeg" && value != "420mpeg2" && value != "420paldv" {
			return fmt.Errorf("%w: its sampling is %q, and only 420 is read", ErrFile, value)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %q in its first line cannot be read", ErrFile, field)
	}
	return nil
}

// Read returns the next picture.
func (y *Y4M) Read(ctx context.Context) (*media.Frame, error) {
	f, err := y.frame()
	if errors.Is(err, io.EOF) && y.loop && y.frames > 0 {
		if _, err := y.file.Seek(y.body, io.SeekStart); err != nil {
			return nil, fmt.Errorf("begin again: %w", err)
		}
		y.in.Reset(y.file)
		y.frames = 0
		f, err = y.frame()
	}
	if err != nil {
		return nil, err
	}
	f.PTS, err = y.next(ctx)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (y *Y4M) frame() (*media.Frame, error) {
	line, err := readLine(y.in)
	if err != nil {
		return nil, err
	}
	if line != "FRAME" && !strings.HasPrefix(line, "FRAME ") {
		return nil, fmt.Errorf("%w: a frame is missing where one should begin", ErrFile)
	}
	f := media.NewFrame(y.width, y.height)
	for _, plane := range [][]byte{f.Y, f.U, f.V} {
		if _, err := io.ReadFull(y.in, plane); err != nil {
			return nil, fmt.Errorf("%w: it ends inside a frame", ErrFile)
		}
	}
	y.frames++
	return f, nil
}

// Close closes the file.
func (y *Y4M) Close() error { return y.file.Close() }

// readLine reads up to a line's end. It returns io.EOF at the end of the file only where nothing of a line came before.
func readLine(r *bufio.Reader) (string, error) {
	var line bytes.Buffer
	for {
		b, err := r.ReadByte()
		switch {
		case err == io.EOF && line.Len() > 0:
			return "", fmt.Errorf("%w: it ends inside a line", ErrFile)
		case err != nil:
			return "", err
		case b == '\n':
			return line.String(), nil
		case line.Len() == maxHeader:
			return "", fmt.Errorf("%w: a line is too long", ErrFile)
		}
		line.WriteByte(b)
	}
}

// WriteY4M writes pictures of one size as a YUV4MPEG2 file of fps pictures a second.
func WriteY4M(w io.Writer, fps int, frames []*media.Frame) error {
	if len(frames) == 0 {
		return fmt.Errorf("%w: there is no picture to write", ErrFile)
	}
	width, height := frames[0].Width, frames[0].Height
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n", width, height, fps)
	for _, f := range frames {
		if f.Width != width || f.Height != height {
			return fmt.Errorf("%w: pictures of different sizes", ErrFile)
		}
		fmt.Fprint(out, "FRAME\n")
		writePlane(out, f.Y, f.StrideY, width, height)
		writePlane(out, f.U, f.StrideUV, (width+1)/2, (height+1)/2)
		writePlane(out, f.V, f.StrideUV, (width+1)/2, (height+1)/2)
	}
	return out.Flush()
}

func writePlane(w *bufio.Writer, p []byte, stride, width, height int) {
	for y := range height {
		_, _ = w.Write(p[y*stride : y*stride+width]) // Flush reports
	}
}
