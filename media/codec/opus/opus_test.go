package opus

import (
	"errors"
	"math"
	"testing"

	"paravent/media"
)

func TestSoundSurvivesCoding(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t)
	in := tone(440, 50*media.FrameSamples)
	var out []int16
	for at := 0; at < len(in); at += media.FrameSamples {
		out = append(out, mustDecode(t, decoder, mustEncode(t, encoder, in[at:at+media.FrameSamples]))...)
	}
	if len(out) != len(in) {
		t.Fatalf("%d samples of %d", len(out), len(in))
	}
	settled := out[10*media.FrameSamples:]
	if at440, at700 := power(settled, 440), power(settled, 700); at440 < 0.8 || at700 > 0.05 {
		t.Errorf("share of the power at 440 Hz %.2f, at 700 Hz %.2f", at440, at700)
	}
}

func TestLostSoundIsMadeUpFor(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t)
	in := tone(440, 20*media.FrameSamples)
	for at := 0; at < len(in); at += media.FrameSamples {
		mustDecode(t, decoder, mustEncode(t, encoder, in[at:at+media.FrameSamples]))
	}
	lost, err := decoder.DecodeLost(media.FrameSamples)
	if err != nil || len(lost) != media.FrameSamples {
		t.Fatalf("%d samples, error %v", len(lost), err)
	}
	if level := rms(lost); level < 1000 {
		t.Errorf("what was made up has level %.0f", level)
	}
	for _, n := range []int{0, -960, 7, maxDecoded + 120} {
		if _, err := decoder.DecodeLost(n); err == nil {
			t.Errorf("%d lost samples were made up", n)
		}
	}
}

// Of a voice that glides, what was made up goes on as before, and what the next packet repeats is what was said.
func TestALostPacketIsReadFromTheNext(t *testing.T) {
	t.Parallel()
	_, decoder := newPair(t)
	encoder, err := NewEncoder(Config{Repeats: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(encoder.Close)
	in := speech(40)
	repeated := 0
	var error2, level2 float64
	for at := range 40 {
		packet := mustEncode(t, encoder, in[at*media.FrameSamples:(at+1)*media.FrameSamples])
		if at%4 == 3 {
			continue // lost
		}
		if at > 4 && at%4 == 0 {
			pcm, again, err := decoder.DecodePrevious(packet, media.FrameSamples)
			if err != nil || len(pcm) != media.FrameSamples {
				t.Fatalf("%d samples, error %v", len(pcm), err)
			}
			if again {
				repeated++
			}
			was := in[(at-1)*media.FrameSamples : at*media.FrameSamples]
			d := rms(pcm) - rms(was)
			error2, level2 = error2+d*d, level2+rms(was)*rms(was)
		}
		mustDecode(t, decoder, packet)
	}
	if repeated < 4 || error2 > level2/10 { // libopus does not repeat what it takes for a pause
		t.Errorf("%d of 9 packets were repeated, and the level is off by %.2f", repeated, error2/level2)
	}
	if _, _, err := decoder.DecodePrevious(nil, media.FrameSamples); !errors.Is(err, ErrPacket) {
		t.Errorf("an empty packet: %v", err)
	}
	if _, _, err := decoder.DecodePrevious(mustEncode(t, encoder, in[:media.FrameSamples]), 7); err == nil {
		t.Error("seven samples were made")
	}
}

// A recording is blanked packet by packet: none may hold anything of the one before it.
func TestWithoutRepetitionNoPacketHoldsTheOneBefore(t *testing.T) {
	t.Parallel()
	in := speech(200)
	for _, rate := range []int{16, 24, 32, 48, 64} {
		encoder, err := NewEncoder(Config{Bitrate: rate})
		if err != nil {
			t.Fatal(err)
		}
		decoder, err := NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(in); at += media.FrameSamples {
			packet := mustEncode(t, encoder, in[at:at+media.FrameSamples])
			if _, repeated, err := decoder.DecodePrevious(packet, media.FrameSamples); err != nil || repeated {
				t.Fatalf("%d kbit/s: packet %d repeats: %v, %v", rate, at/media.FrameSamples, repeated, err)
			}
			mustDecode(t, decoder, packet)
		}
		encoder.Close()
		decoder.Close()
	}
}

// speech is n frames of a buzz with the formants of a vowel, whose loudness goes up and down.
func speech(n int) []int16 {
	pcm := make([]int16, n*media.FrameSamples)
	for i := range pcm {
		at := float64(i) / media.SampleRate
		loud := 0.6 + 0.4*math.Sin(2*math.Pi*4*at)
		for k := 1; k <= 20; k++ {
			f := float64(k) * 130
			pcm[i] += int16(loud * 1500 / (1 + math.Abs(f-700)/300) * math.Sin(2*math.Pi*f*at))
		}
	}
	return pcm
}

func TestPacketsBelongToTheCaller(t *testing.T) {
	t.Parallel()
	encoder, _ := newPair(t)
	in := tone(300, 2*media.FrameSamples)
	first := mustEncode(t, encoder, in[:media.FrameSamples])
	kept := string(first)
	mustEncode(t, encoder, in[media.FrameSamples:])
	if string(first) != kept {
		t.Error("the second packet overwrote the first")
	}
}

func TestStereoBecomesMono(t *testing.T) {
	t.Parallel()
	_, decoder := newPair(t)
	// RFC 6716 §3.1: configuration 31 (full band, 20 ms), stereo, one frame of no bytes.
	if pcm := mustDecode(t, decoder, []byte{31<<3 | 1<<2}); len(pcm) != media.FrameSamples {
		t.Errorf("%d samples", len(pcm))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t)
	for _, n := range []int{0, 1, media.FrameSamples - 1, 2 * media.FrameSamples} {
		if _, err := encoder.Encode(make([]int16, n)); err == nil {
			t.Errorf("%d samples were encoded", n)
		}
	}
	for _, packet := range [][]byte{nil, {0xff}, {0x03, 0x3f, 0xff}} {
		if _, err := decoder.Decode(packet); !errors.Is(err, ErrPacket) {
			t.Errorf("%x: %v", packet, err)
		}
	}
	if _, err := NewEncoder(Config{Bitrate: -4}); err == nil {
		t.Error("a bitrate below zero was taken")
	}
	encoder.Close()
	encoder.Close()
	decoder.Close()
	decoder.Close()
	if _, err := encoder.Encode(make([]int16, media.FrameSamples)); !errors.Is(err, ErrClosed) {
		t.Errorf("encoding after Close: %v", err)
	}
	if _, err := decoder.Decode([]byte{0}); !errors.Is(err, ErrClosed) {
		t.Errorf("decoding after Close: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	encoder, _ := newPair(f)
	f.Add(mustEncode(f, encoder, tone(440, media.FrameSamples)))
	f.Add([]byte{0xff, 0x7f, 0x01})
	f.Add([]byte{31<<3 | 1<<2})
	f.Fuzz(func(t *testing.T, packet []byte) {
		_, decoder := newPair(t)
		pcm, err := decoder.Decode(packet)
		switch {
		case err != nil && (pcm != nil || !errors.Is(err, ErrPacket)):
			t.Fatalf("%d samples with error %v", len(pcm), err)
		case err == nil && (len(pcm) == 0 || len(pcm) > maxDecoded):
			t.Fatalf("%d samples of one packet", len(pcm))
		}
		if _, err := decoder.DecodeLost(media.FrameSamples); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	encoder, _ := newPair(b)
	pcm := tone(220, media.FrameSamples)
	for b.Loop() {
		mustEncode(b, encoder, pcm)
	}
}

func newPair(t testing.TB) (*Encoder, *Decoder) {
	t.Helper()
	encoder, err := NewEncoder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(encoder.Close)
	decoder, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(decoder.Close)
	return encoder, decoder
}

func mustEncode(t testing.TB, e *Encoder, pcm []int16) []byte {
	t.Helper()
	packet, err := e.Encode(pcm)
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

func mustDecode(t testing.TB, d *Decoder, packet []byte) []int16 {
	t.Helper()
	pcm, err := d.Decode(packet)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

func tone(hertz float64, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate))
	}
	return pcm
}

// power is the share of the sound's power that lies at a frequency.
func power(pcm []int16, hertz float64) float64 {
	var re, im, sum float64
	for i, s := range pcm {
		a := 2 * math.Pi * hertz * float64(i) / media.SampleRate
		re += float64(s) * math.Cos(a)
		im += float64(s) * math.Sin(a)
		sum += float64(s) * float64(s)
	}
	return 2 * (re*re + im*im) / float64(len(pcm)) / sum
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
