// Package opus encodes and decodes mono speech with libopus (RFC 6716), one packet for every 20 ms at 48 kHz.
//
// It is a thin layer on the C library and knows nothing of networks or files. The types to start from are [Encoder] and
// [Decoder]; neither is safe for concurrent use.
package opus

/*
#cgo pkg-config: opus
#include <opus.h>

static int configure(OpusEncoder *e, int bitrate, int repeats) {
	int err = opus_encoder_ctl(e, OPUS_SET_BITRATE(bitrate));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(repeats));
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(repeats ? 10 : 0)); // below that libopus repeats nothing at 32 kbit/s
	if (err == OPUS_OK) err = opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(5));
	return err;
}

// carries_previous is opus_packet_has_lbrr of libopus 1.5, which older ones lack (RFC 6716 §4.2.3 and §4.2.4).
static int carries_previous(const unsigned char *packet, opus_int32 len) {
	const unsigned char *frames[48];
	opus_int16 size[48];
	int per_frame = opus_packet_get_samples_per_frame(packet, 48000), parts = per_frame > 960 ? per_frame / 960 : 1;
	if (packet[0] & 0x80) return 0; // CELT alone has no redundancy
	if (opus_packet_parse(packet, len, NULL, frames, size, NULL) <= 0 || size[0] == 0) return 0;
	if ((frames[0][0] >> (7 - parts)) & 1) return 1;
	return opus_packet_get_nb_channels(packet) == 2 && ((frames[0][0] >> (6 - 2 * parts)) & 1);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"paravent/media"
)

// maxPacket is the most that one packet can hold, in bytes.
const maxPacket = 1500

// maxDecoded is the longest packet that the format allows: 120 ms.
const maxDecoded = 6 * media.FrameSamples

// ErrPacket is wrapped by every error about what a packet holds.
var ErrPacket = errors.New("this is not an Opus packet")

// ErrClosed is returned by a codec after Close.
var ErrClosed = errors.New("the codec is closed")

// Config is how an encoder works.
type Config struct {
	Bitrate int // in kbit/s, 6 to 510; zero means 32
	// Repeats lets a packet hold the one before it once more (RFC 6716 §2.1.7), for a network that loses packets. What is recorded must not: a
	// passage that is blanked would stand in the first packet after it.
	Repeats bool
}

// Encoder makes packets. Close gives its memory back.
type Encoder struct {
	state  *C.OpusEncoder
	packet [maxPacket]byte
}

// NewEncoder makes an encoder for speech.
func NewEncoder(c Config) (*Encoder, error) {
	if c.Bitrate == 0 {
		c.Bitrate = 32
	}
	if c.Bitrate < 6 || c.Bitrate > 510 {
		return nil, fmt.Errorf("make an Opus encoder: %d kbit/s is not between 6 and 510", c.Bitrate)
	}
	var code C.int
	state := C.opus_encoder_create(media.SampleRate, 1, C.OPUS_APPLICATION_VOIP, &code)
	if code != C.OPUS_OK {
		return nil, libraryError("make an Opus encoder", code)
	}
	repeats := C.int(0)
	if c.Repeats {
		repeats = 1
	}
	if code = C.configure(state, C.int(c.Bitrate*1000), repeats); code != C.OPUS_OK {
		C.opus_encoder_destroy(state)
		return nil, libraryError("configure the Opus encoder", code)
	}
	return &Encoder{state: state}, nil
}

// Encode makes one packet of media.FrameSamples samples. The packet belongs to the caller.
func (e *Encoder) Encode(pcm []int16) ([]byte, error) {
	if e.state == nil {
		return nil, ErrClosed
	}
	if len(pcm) != media.FrameSamples {
		return nil, fmt.Errorf("encode sound: %d samples given, %d needed", len(pcm), media.FrameSamples)
	}
	n := C.opus_encode(e.state, (*C.opus_int16)(unsafe.Pointer(&pcm[0])), C.int(len(pcm)),
		(*C.uchar)(unsafe.Pointer(&e.packet[0])), C.opus_int32(len(e.packet)))
	if n < 0 {
		return nil, libraryError("encode sound", C.int(n))
	}
	return append([]byte(nil), e.packet[:n]...), nil
}

// Close gives the encoder's memory back. It can be called again.
func (e *Encoder) Close() {
	if e.state != nil {
		C.opus_encoder_destroy(e.state)
		e.state = nil
	}
}

// Decoder makes sound of packets. Close gives its memory back.
type Decoder struct {
	state *C.OpusDecoder
}

// NewDecoder makes a decoder for mono sound at 48 kHz.
func NewDecoder() (*Decoder, error) {
	var code C.int
	state := C.opus_decoder_create(media.SampleRate, 1, &code)
	if code != C.OPUS_OK {
		return nil, libraryError("make an Opus decoder", code)
	}
	return &Decoder{state: state}, nil
}

// Decode makes the samples of one packet; a stereo packet is mixed to mono. The samples belong to the caller.
func (d *Decoder) Decode(packet []byte) ([]int16, error) {
	if len(packet) == 0 {
		return nil, fmt.Errorf("decode sound: %w: it is empty", ErrPacket)
	}
	return d.decode(packet, maxDecoded, 0)
}

// DecodePrevious makes the n samples before a packet, a multiple of 120 (2.5 ms), out of what the packet repeats of the one before it
// (RFC 6716 §2.1.7), for when that one was lost. It comes before the packet itself is decoded. repeated reports whether the packet had
// anything of it: where not, the samples are made up as by DecodeLost.
func (d *Decoder) DecodePrevious(packet []byte, n int) (pcm []int16, repeated bool, err error) {
	if len(packet) == 0 {
		return nil, false, fmt.Errorf("decode sound again: %w: it is empty", ErrPacket)
	}
	if C.carries_previous((*C.uchar)(unsafe.Pointer(&packet[0])), C.opus_int32(len(packet))) == 0 {
		pcm, err = d.DecodeLost(n)
		return pcm, false, err
	}
	if err := room(n); err != nil {
		return nil, false, err
	}
	pcm, err = d.decode(packet, n, 1)
	return pcm, err == nil, err
}

// DecodeLost makes up for n lost samples, a multiple of 120 (2.5 ms), from what came before.
func (d *Decoder) DecodeLost(n int) ([]int16, error) {
	if err := room(n); err != nil {
		return nil, err
	}
	return d.decode(nil, n, 0)
}

func room(n int) error {
	if n <= 0 || n > maxDecoded || n%120 != 0 {
		return fmt.Errorf("make up for lost sound: %d samples cannot be made", n)
	}
	return nil
}

func (d *Decoder) decode(packet []byte, room, previous int) ([]int16, error) {
	if d.state == nil {
		return nil, ErrClosed
	}
	pcm := make([]int16, room)
	var first *C.uchar
	if len(packet) > 0 {
		first = (*C.uchar)(unsafe.Pointer(&packet[0]))
	}
	n := C.opus_decode(d.state, first, C.opus_int32(len(packet)), (*C.opus_int16)(unsafe.Pointer(&pcm[0])), C.int(room), C.int(previous))
	if n < 0 {
		return nil, fmt.Errorf("decode sound: %w: %s", ErrPacket, C.GoString(C.opus_strerror(n)))
	}
	return pcm[:n], nil
}

// Close gives the decoder's memory back. It can be called again.
func (d *Decoder) Close() {
	if d.state != nil {
		C.opus_decoder_destroy(d.state)
		d.state = nil
	}
}

func libraryError(doing string, code C.int) error {
	return fmt.Errorf("%s: %s", doing, C.GoString(C.opus_strerror(code)))
}
