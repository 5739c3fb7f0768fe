package capture

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"time"

	"paravent/media"
)

// WAV plays a file of 16-bit mono sound at 48 kHz.
type WAV struct {
	pace
	pcm  []int16
	at   int
	loop bool
}

// maxWAV bounds a sound file in bytes: an hour.
const maxWAV = media.SampleRate * 2 * 3600

// OpenWAV reads a file; with loop it begins again at its end, for ever.
func OpenWAV(path string, loop bool) (*WAV, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open sound: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxWAV+1))
	if err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	if len(raw) > maxWAV {
		return nil, fmt.Errorf("%w: it is longer than an hour", ErrFile)
	}
	pcm, err := parseWAV(raw)
	if err != nil {
		return nil, err
	}
	return &WAV{pcm: pcm, loop: loop, pace: pace{every: 20 * time.Millisecond}}, nil
}

// parseWAV finds the samples of a RIFF file. A last chunk that was cut short, or whose writer never came back to put its length
// in, is read as far as it goes.
func parseWAV(raw []byte) ([]int16, error) {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return nil, fmt.Errorf("%w: it is not WAVE", ErrFile)
	}
	known := false
	for rest := raw[12:]; len(rest) >= 8; {
		id := string(rest[:4])
		size := min(uint64(binary.LittleEndian.Uint32(rest[4:])), uint64(len(rest)-8))
		chunk := rest[8 : 8+size]
		switch {
		case id == "fmt " && !playable(chunk):
			return nil, fmt.Errorf("%w: it must be 16-bit mono at 48 kHz", ErrFile)
		case id == "fmt ":
			known = true
		case id == "data" && !known:
			return nil, fmt.Errorf("%w: its sound comes before its format", ErrFile)
		case id == "data" && len(chunk) >= 2:
			return samples(chunk), nil
		}
		rest = rest[min(8+size+size%2, uint64(len(rest))):]
	}
	return nil, fmt.Errorf("%w: it holds no sound", ErrFile)
}

// playable reads a format chunk: plain PCM, or the extensible form of it.
func playable(format []byte) bool {
	if len(format) < 16 {
		return false
	}
	kind := binary.LittleEndian.Uint16(format)
	const extensible, pcm = 0xfffe, 1
	if kind == extensible && len(format) >= 26 {
		kind = binary.LittleEndian.Uint16(format[24:])
	}
	return kind == pcm && binary.LittleEndian.Uint16(format[2:]) == 1 &&
		binary.LittleEndian.Uint32(format[4:]) == media.SampleRate && binary.LittleEndian.Uint16(format[14:]) == 16
}

func samples(raw []byte) []int16 {
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return pcm
}

// Read returns the next 20 ms; the last ones of a file are filled up with silence.
func (w *WAV) Read(ctx context.Context) (media.AudioFrame, error) {
	if w.at >= len(w.pcm) && !w.loop {
		return media.AudioFrame{}, io.EOF
	}
	pts, err := w.next(ctx)
	if err != nil {
		return media.AudioFrame{}, err
	}
	if w.at >= len(w.pcm) {
		w.at = 0
	}
	pcm := make([]int16, media.FrameSamples)
	w.at += copy(pcm, w.pcm[w.at:])
	return media.AudioFrame{PCM: pcm, PTS: pts}, nil
}

// Close ends the source.
func (w *WAV) Close() error { return nil }

// WriteWAV writes mono sound at 48 kHz as a 16-bit WAVE file.
func WriteWAV(w io.Writer, pcm []int16) error {
	const blockAlign, bits, pcmFormat, mono = 2, 16, 1, 1
	out := make([]byte, 0, 44+2*len(pcm))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(36+2*len(pcm)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	out = binary.LittleEndian.AppendUint16(out, pcmFormat)
	out = binary.LittleEndian.AppendUint16(out, mono)
	out = binary.LittleEndian.AppendUint32(out, media.SampleRate)
	out = binary.LittleEndian.AppendUint32(out, media.SampleRate*blockAlign)
	out = binary.LittleEndian.AppendUint16(out, blockAlign)
	out = binary.LittleEndian.AppendUint16(out, bits)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(2*len(pcm)))
	for _, s := range pcm {
		out = binary.LittleEndian.AppendUint16(out, uint16(s))
	}
	_, err := w.Write(out)
	return err
}
