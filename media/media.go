// Package media holds the words of picture and sound: a frame, a piece of sound, and the two kinds of media.
//
// It is general: it knows no court and no witness. What is done with frames stands in the rooms below it: codecs,
// capture, concealment, forwarding and recording. The type to start from is [Frame].
package media

import "time"

// Kind is picture or sound.
type Kind uint8

// The kinds.
const (
	KindAudio Kind = iota + 1
	KindVideo
)

// String names the kind as WebRTC does: audio or video.
func (k Kind) String() string {
	switch k {
	case KindAudio:
		return "audio"
	case KindVideo:
		return "video"
	}
	return "unknown"
}

// SampleRate is the rate of all sound here, in Hz; sound is mono.
const SampleRate = 48000

// FrameSamples is one audio frame of 20 ms.
const FrameSamples = SampleRate / 50

// Frame is one picture in I420: a full-size plane of luma and two planes of chroma at half width and half height
// (rounded up). Rows are Stride bytes apart. The planes belong to whoever made the frame.
type Frame struct {
	Width, Height     int // pixels
	Y, U, V           []byte
	StrideY, StrideUV int
	PTS               time.Duration // since the source's start
}

// NewFrame returns a black frame with planes of its own.
func NewFrame(width, height int) *Frame {
	cw, ch := (width+1)/2, (height+1)/2
	f := &Frame{Width: width, Height: height, StrideY: width, StrideUV: cw,
		Y: make([]byte, width*height), U: make([]byte, cw*ch), V: make([]byte, cw*ch)}
	for i := range f.Y {
		f.Y[i] = 16
	}
	for i := range f.U {
		f.U[i], f.V[i] = 128, 128
	}
	return f
}

// AudioFrame is 20 ms of mono sound at 48 kHz: FrameSamples samples.
type AudioFrame struct {
	PCM []int16
	PTS time.Duration // since the source's start
}
