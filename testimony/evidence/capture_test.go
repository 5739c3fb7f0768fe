package evidence_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const width, height = 320, 240

// encoded is a generated capture: a bright bar that wanders over a noisy wall, and a voice that speaks and pauses.
func encoded(t testing.TB, length time.Duration) []record.Block {
	t.Helper()
	video, err := vpx.NewEncoder(vpx.Config{Width: width, Height: height, Bitrate: 300, FPS: 25})
	must(t, err)
	defer video.Close()
	audio, err := opus.NewEncoder(opus.Config{})
	must(t, err)
	defer audio.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	var list []record.Block
	for at := time.Duration(0); at < length; at += 20 * time.Millisecond {
		if at%(40*time.Millisecond) == 0 {
			frame, key, err := video.Encode(wall(rng, int(at/(40*time.Millisecond)), at), at%(2*time.Second) == 0)
			must(t, err)
			list = append(list, record.Block{Track: 1, PTS: at, Key: key, Payload: frame})
		}
		packet, err := audio.Encode(speech(at))
		must(t, err)
		list = append(list, record.Block{Track: 2, PTS: at, Key: true, Payload: packet})
	}
	return list
}

func wall(rng *rand.Rand, n int, at time.Duration) *media.Frame {
	f := media.NewFrame(width, height)
	f.PTS = at
	for i := range f.Y {
		f.Y[i] = byte(90 + rng.IntN(8))
	}
	for y := range height {
		for x := range 24 {
			f.Y[y*f.StrideY+(n*4+x)%width] = 210
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = 120, 130
	}
	return f
}

// speech is 20 ms of a voice: a tone with harmonics for two seconds of three.
func speech(at time.Duration) []int16 {
	pcm := make([]int16, media.FrameSamples)
	if at%(3*time.Second) > 2*time.Second {
		return pcm
	}
	for i := range pcm {
		s := at.Seconds() + float64(i)/media.SampleRate
		pcm[i] = int16(5000*math.Sin(2*math.Pi*180*s) + 2500*math.Sin(2*math.Pi*360*s) + 1200*math.Sin(2*math.Pi*1500*s))
	}
	return pcm
}

// capture is an encoded one of eight seconds, made once.
var capture = sync.OnceValue(func() func(testing.TB) []record.Block {
	var once sync.Once
	var list []record.Block
	return func(t testing.TB) []record.Block {
		once.Do(func() { list = encoded(t, 8*time.Second) })
		return list
	}
})

// captured keeps a recording of picture and sound in the vault.
func captured(t testing.TB, d *docket.Desk, version protection.Audience, list []record.Block) docket.Recording {
	t.Helper()
	return sealed(t, d, version, list, nil)
}

// capturedHeard keeps a master with what was noted of who spoke.
func capturedHeard(t testing.TB, d *docket.Desk, heard map[testimony.ParticipantID]time.Duration) docket.Recording {
	t.Helper()
	return sealed(t, d, protection.MasterRecord, capture()(t), heard)
}

func sealed(t testing.TB, d *docket.Desk, version protection.Audience, list []record.Block, heard map[testimony.ParticipantID]time.Duration) docket.Recording {
	t.Helper()
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	r, file, err := d.BeginRecording(t.Context(), h.ID, version)
	must(t, err)
	webm, err := record.NewWriter(file, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: width, Height: height},
		{Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, r.Started)
	must(t, err)
	for _, b := range list {
		must(t, webm.WriteBlock(b))
	}
	must(t, webm.Close())
	summary, err := file.Close()
	must(t, err)
	must(t, d.SealMaster(t.Context(), r.ID, summary, list[len(list)-1].PTS+20*time.Millisecond, heard))
	r, err = d.Recording(t.Context(), r.ID)
	must(t, err)
	return r
}
