package concealedform

import (
	"errors"
	"fmt"
	"time"

	"github.com/pion/rtp/codecs"

	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
)

const (
	// payloadLimit keeps an RTP packet with its SRTP tag inside the 1200 bytes that WebRTC paths are sure to carry.
	payloadLimit = 1150

	pictureBitrate = 150 // kbit/s; a drawn figure in a few flat colours
	pictureRate    = 10  // frames a second
	voiceBitrate   = 32  // kbit/s

	// VoiceFrame is the samples of one Opus frame: 20 ms at 48 kHz.
	VoiceFrame = 960
)

// ErrVoiceLength reports a voice that is not a whole number of 20 ms frames.
var ErrVoiceLength = errors.New("a voice is not a whole number of 20 ms frames")

// PictureEncoder makes a concealed VP8 feed. It is not safe for concurrent use. The zero value is ready.
type PictureEncoder struct {
	encoder *vpx.Encoder
	next    uint64
}

// Encode encodes one picture that is shown at the time at of the feed's own clock, whatever time the picture itself
// bears. The first one after Close or a change of size is a key frame; force asks for another.
func (e *PictureEncoder) Encode(p conceal.Picture, at time.Duration, force bool) (Frame, error) {
	drawn := p.Frame()
	if drawn == nil {
		return Frame{}, errors.New("encode concealed picture: it is empty")
	}
	frame := *drawn
	frame.PTS = at
	if e.encoder == nil {
		encoder, err := vpx.NewEncoder(vpx.Config{
			Width: frame.Width, Height: frame.Height, Bitrate: pictureBitrate, FPS: pictureRate,
		})
		if err != nil {
			return Frame{}, fmt.Errorf("encode concealed picture: %w", err)
		}
		e.encoder = encoder
	}
	encoded, key, err := e.encoder.Encode(&frame, force)
	if err != nil {
		return Frame{}, fmt.Errorf("encode concealed picture: %w", err)
	}
	// Without a picture ID: it would count the pictures drawn since the feed began.
	payloads := (&codecs.VP8Payloader{}).Payload(payloadLimit, encoded)
	out := Frame{Encoded: encoded, Key: key, Packets: make([]Packet, len(payloads))}
	for i, payload := range payloads {
		out.Packets[i] = Packet{
			index:     e.next,
			timestamp: uint32(at.Microseconds() * 9 / 100),
			marker:    i == len(payloads)-1,
			keyStart:  key && i == 0,
			payload:   payload,
		}
		e.next++
	}
	return out, nil
}

// Close frees the encoder. The feed's numbering goes on if Encode is called again.
func (e *PictureEncoder) Close() {
	if e.encoder != nil {
		e.encoder.Close()
		e.encoder = nil
	}
}

// VoiceEncoder makes a concealed Opus feed. It is not safe for concurrent use. The zero value is ready.
type VoiceEncoder struct {
	encoder *opus.Encoder
	next    uint64
}

// Encode encodes a voice of one or more 20 ms frames, the first of them heard at timestamp, in 48 kHz.
func (e *VoiceEncoder) Encode(v conceal.Voice, timestamp uint32) ([]Frame, error) {
	pcm := v.PCM()
	if len(pcm) == 0 || len(pcm)%VoiceFrame != 0 {
		return nil, fmt.Errorf("encode concealed voice of %d samples: %w", len(pcm), ErrVoiceLength)
	}
	if e.encoder == nil {
		encoder, err := opus.NewEncoder(opus.Config{Bitrate: voiceBitrate, Repeats: true})
		if err != nil {
			return nil, fmt.Errorf("encode concealed voice: %w", err)
		}
		e.encoder = encoder
	}
	var out []Frame
	for ; len(pcm) > 0; pcm = pcm[VoiceFrame:] {
		encoded, err := e.encoder.Encode(pcm[:VoiceFrame])
		if err != nil {
			return nil, fmt.Errorf("encode concealed voice: %w", err)
		}
		out = append(out, Frame{Encoded: encoded, Key: true, Packets: []Packet{
			{index: e.next, timestamp: timestamp, payload: encoded},
		}})
		e.next++
		timestamp += VoiceFrame
	}
	return out, nil
}

// Close frees the encoder. The feed's numbering goes on if Encode is called again.
func (e *VoiceEncoder) Close() {
	if e.encoder != nil {
		e.encoder.Close()
		e.encoder = nil
	}
}
