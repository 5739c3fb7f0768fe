package capture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"paravent/media"
)

// maxSide bounds what a file can make this machine allocate, in pixels.
const maxSide = 4096

// Y4M plays a YUV4MPEG2 file with 4:2:0 sampling.
type Y4M struct {
	file          *os.File
	in            *bufio.Reader
	pace          pace
	width, height int
	loop          bool
	body          int64
}

// OpenY4M opens a file; with loop it begins again at its end, for ever.
func OpenY4M(path string, loop bool) (*Y4M, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open pictures: %w", err)
	}
	y := &Y4M{file: file, in: bufio.NewReader(file), loop: loop}
	if err := y.head(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return y, nil
}

func (y *Y4M) head() error {
	line, err := readLine(y.in, 256)
	if err != nil || !strings.HasPrefix(line, "YUV4MPEG2") {
		return fmt.Errorf("%w: it is not YUV4MPEG2", ErrFile)
	}
	num, den := 25, 1
	for _, field := range strings.Fields(line)[1:] {
		value := field[1:]
		switch field[0] {
		case 'W':
			y.width, _ = strconv.Atoi(value)
		case 'H':
			y.height, _ = strconv.Atoi(value)
		case 'F':
			if _, err := fmt.Sscanf(value, "%d:%d", &num, &den); err != nil || num <= 0 || den <= 0 {
				return fmt.Errorf("%w: its frame rate is not one", ErrFile)
			}
		case 'C':
			if !strings.HasPrefix(value, "420") || strings.HasPrefix(value, "420p1") {
				return fmt.Errorf("%w: its sampling is %s, and only 420 is read", ErrFile, value)
			}
		}
	}
	if y.width < 2 || y.height < 2 || y.width > maxSide || y.height > maxSide || num/den > 240 {
		return fmt.Errorf("%w: %dx%d at %d/%d is not taken", ErrFile, y.width, y.height, num, den)
	}
	y.body = int64(len(line)) + 1
	y.pace.every = time.Second * time.Duration(den) / time.Duration(num)
	return nil
}

// Read returns the next picture.
func (y *Y4M) Read(ctx context.Context) (*media.Frame, error) {
	f, err := y.frame()
	if errors.Is(err, io.EOF) && y.loop && y.pace.n > 0 {
		if _, err := y.file.Seek(y.body, io.SeekStart); err != nil {
			return nil, err
		}
		y.in.Reset(y.file)
		f, err = y.frame()
	}
	if err != nil {
		return nil, err
	}
	f.PTS, err = y.pace.next(ctx)
	return f, err
}

func (y *Y4M) frame() (*media.Frame, error) {
	line, err := readLine(y.in, 256)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(line, "FRAME") {
		return nil, fmt.Errorf("%w: a frame is missing where one should begin", ErrFile)
	}
	f := media.NewFrame(y.width, y.height)
	for _, plane := range [][]byte{f.Y, f.U, f.V} {
		if _, err := io.ReadFull(y.in, plane); err != nil {
			return nil, fmt.Errorf("%w: it ends inside a frame", ErrFile)
		}
	}
	return f, nil
}

// Close closes the file.
func (y *Y4M) Close() error { return y.file.Close() }

func readLine(r *bufio.Reader, most int) (string, error) {
	var line bytes.Buffer
	for {
		b, err := r.ReadByte()
		if err != nil {
			return "", err
		}
		if b == '\n' {
			return line.String(), nil
		}
		if line.Len() == most {
			return "", fmt.Errorf("%w: a line is too long", ErrFile)
		}
		line.WriteByte(b)
	}
}

// WriteY4M writes pictures of one size as a YUV4MPEG2 file.
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

// WAV plays a file of 16-bit mono sound at 48 kHz.
type WAV struct {
	pcm  []int16
	at   int
	pace pace
	loop bool
}

// maxWAV bounds a sound file in bytes: an hour.
const maxWAV = 48000 * 2 * 3600

// OpenWAV reads a file; with loop it begins again at its end, for ever.
func OpenWAV(path string, loop bool) (*WAV, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open sound: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxWAV))
	if err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	pcm, err := parseWAV(raw)
	if err != nil {
		return nil, err
	}
	return &WAV{pcm: pcm, loop: loop, pace: pace{every: 20 * time.Millisecond}}, nil
}

func parseWAV(raw []byte) ([]int16, error) {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return nil, fmt.Errorf("%w: it is not WAVE", ErrFile)
	}
	known := false
	for at := 12; at+8 <= len(raw); {
		id, size := string(raw[at:at+4]), int(binary.LittleEndian.Uint32(raw[at+4:]))
		body := raw[at+8:]
		if size > len(body) || size < 0 {
			size = len(body)
		}
		switch id {
		case "fmt ":
			if size < 16 || binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[2:]) != 1 ||
				binary.LittleEndian.Uint32(body[4:]) != media.SampleRate || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, fmt.Errorf("%w: it must be 16-bit mono at 48 kHz", ErrFile)
			}
			known = true
		case "data":
			if !known {
				return nil, fmt.Errorf("%w: its sound comes before its format", ErrFile)
			}
			pcm := make([]int16, size/2)
			for i := range pcm {
				pcm[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return pcm, nil
		}
		at += 8 + size + size%2
	}
	return nil, fmt.Errorf("%w: it holds no sound", ErrFile)
}

// Read returns the next 20 ms; the last ones of a file are filled up with silence.
func (w *WAV) Read(ctx context.Context) (media.AudioFrame, error) {
	if w.at >= len(w.pcm) {
		if !w.loop || len(w.pcm) == 0 {
			return media.AudioFrame{}, io.EOF
		}
		w.at = 0
	}
	pcm := make([]int16, media.FrameSamples)
	w.at += copy(pcm, w.pcm[w.at:])
	pts, err := w.pace.next(ctx)
	return media.AudioFrame{PCM: pcm, PTS: pts}, err
}

// Close ends the source.
func (w *WAV) Close() error { return nil }

// WriteWAV writes mono sound at 48 kHz as a 16-bit WAVE file.
func WriteWAV(w io.Writer, pcm []int16) error {
	var head []byte
	head = append(head, "RIFF"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(36+2*len(pcm)))
	head = append(head, "WAVEfmt "...)
	head = binary.LittleEndian.AppendUint32(head, 16)
	head = binary.LittleEndian.AppendUint16(head, 1)
	head = binary.LittleEndian.AppendUint16(head, 1)
	head = binary.LittleEndian.AppendUint32(head, media.SampleRate)
	head = binary.LittleEndian.AppendUint32(head, 2*media.SampleRate)
	head = binary.LittleEndian.AppendUint16(head, 2)
	head = binary.LittleEndian.AppendUint16(head, 16)
	head = append(head, "data"...)
	head = binary.LittleEndian.AppendUint32(head, uint32(2*len(pcm)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, pcm)
}
