package reference

import (
	"encoding/binary"
	"time"
)

// What a voice sample is.
const (
	VoiceRate = 16_000           // samples a second
	VoiceMax  = 12 * time.Second // what is longer is cut
)

// Voice makes of a WAV file the samples of its first 12 seconds: mono, 16 bits, at 16 kHz.
func Voice(file []byte) ([]int16, error) {
	f, data, ok := wave(file)
	if !ok {
		return nil, ErrSound
	}
	frames := len(data) / (2 * f.channels)
	sample := func(i int) int32 { // of a frame, its channels mixed
		var sum int32
		for c := range f.channels {
			sum += int32(int16(binary.LittleEndian.Uint16(data[2*(i*f.channels+c):])))
		}
		return sum / int32(f.channels)
	}
	out := make([]int16, 0, min(frames*VoiceRate/f.rate, int(VoiceMax.Seconds())*VoiceRate))
	for i := range cap(out) {
		// The mean of the frames that a new sample covers; where it covers less than one, a line between two.
		from, to := i*f.rate/VoiceRate, (i+1)*f.rate/VoiceRate
		if to > frames {
			break
		}
		if to-from >= 2 {
			var sum int64
			for at := from; at < to; at++ {
				sum += int64(sample(at))
			}
			out = append(out, int16(sum/int64(to-from)))
			continue
		}
		part := int32(i * f.rate % VoiceRate)
		next := min(from+1, frames-1)
		out = append(out, int16((sample(from)*(VoiceRate-part)+sample(next)*part)/VoiceRate))
	}
	if len(out) == 0 {
		return nil, ErrSound
	}
	return out, nil
}

// Encode and Decode carry a voice sample as bytes.
func Encode(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// Decode is the other side of [Encode]. A last odd byte is dropped.
func Decode(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}

type waveFormat struct{ channels, rate int }

// wave finds the format and the samples of a RIFF file of plain 16-bit sound.
func wave(file []byte) (f waveFormat, data []byte, ok bool) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return f, nil, false
	}
	for rest := file[12:]; len(rest) >= 8; {
		size := min(uint64(binary.LittleEndian.Uint32(rest[4:])), uint64(len(rest)-8))
		chunk := rest[8 : 8+size]
		switch id := string(rest[:4]); {
		case id == "fmt " && len(chunk) >= 16:
			kind := binary.LittleEndian.Uint16(chunk)
			if kind == 0xfffe && len(chunk) >= 26 { // extensible
				kind = binary.LittleEndian.Uint16(chunk[24:])
			}
			f = waveFormat{int(binary.LittleEndian.Uint16(chunk[2:])), int(binary.LittleEndian.Uint32(chunk[4:]))}
			if kind != 1 || binary.LittleEndian.Uint16(chunk[14:]) != 16 || f.channels < 1 || f.channels > 2 || f.rate < 8_000 || f.rate > 96_000 {
				return f, nil, false
			}
		case id == "data":
			return f, chunk, f.channels > 0
		}
		rest = rest[min(8+size+size%2, uint64(len(rest))):]
	}
	return f, nil, false
}
