package fault_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/fault"
	"paravent/media/record"
)

const (
	length        = 10 * time.Second
	width, height = 160, 128
	ms            = time.Millisecond
)

// take is a generated capture: one picture, the witness's sound and the questioner's.
type take struct {
	frozen, black         fault.Stretch
	noPicture, gap, muted fault.Stretch
	silentParty           bool
	slow                  float64 // how much later each packet of the second sound is than the one before, per packet of 20 ms
}

func in(s fault.Stretch, at time.Duration) bool { return at >= s.From && at < s.Until }

type file struct{ bytes.Buffer }

func (*file) Sync() error { return nil }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// head is a wall with a head that nods and a mouth that moves, in the noise of a camera.
func head(rng *rand.Rand, at time.Duration) *media.Frame {
	f := media.NewFrame(width, height)
	f.PTS = at
	nod := 3 * math.Sin(2*math.Pi*at.Seconds()/4)
	mouth := 4 + 3*math.Sin(2*math.Pi*at.Seconds()*3)
	for y := range height {
		for x := range width {
			v := 70 + y/6
			dx, dy := float64(x-width/2), float64(y)-60-nod
			if dx*dx/900+dy*dy/1600 < 1 {
				v = 150
				if math.Abs(dx) < 12 && math.Abs(dy-20) < mouth {
					v = 60
				}
			}
			f.Y[y*f.StrideY+x] = byte(v + rng.IntN(5))
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = 118, 138
	}
	return f
}

// voice is 20 ms of somebody who speaks and pauses, in a quiet room.
func voice(rng *rand.Rand, at time.Duration, pitch float64, speaks func(time.Duration) bool) []int16 {
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		s := at.Seconds() + float64(i)/media.SampleRate
		v := rng.NormFloat64() * 25
		if speaks(at) {
			v += 4000*math.Sin(2*math.Pi*pitch*s) + 2200*math.Sin(2*math.Pi*2*pitch*s) + 900*math.Sin(2*math.Pi*9*pitch*s)
		}
		pcm[i] = int16(v)
	}
	return pcm
}

func captured(t testing.TB, seed uint64, c take) []byte {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 77))
	video, err := vpx.NewEncoder(vpx.Config{Width: width, Height: height, Bitrate: 250, FPS: 25})
	must(t, err)
	defer video.Close()
	var sound [2]*opus.Encoder
	for i := range sound {
		sound[i], err = opus.NewEncoder(opus.Config{Bitrate: 32})
		must(t, err)
		defer sound[i].Close()
	}
	var out file
	w, err := record.NewWriter(&out, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus},
		{Number: 3, Kind: media.KindAudio, Codec: record.CodecOpus}}, time.Time{})
	must(t, err)
	pitch := 110 + float64(rng.IntN(120))
	var held *media.Frame
	n := 0
	for at := time.Duration(0); at < length; at += 20 * ms {
		if at%(40*ms) == 0 && !in(c.noPicture, at) {
			f := head(rng, at)
			switch {
			case in(c.black, at):
				for i := range f.Y {
					f.Y[i] = byte(16 + rng.IntN(3))
				}
			case in(c.frozen, at):
				if held == nil {
					held = f
				}
				f = held
			}
			frame, key, err := video.Encode(f, n%50 == 0)
			must(t, err)
			must(t, w.Video(at, key, frame))
			n++
		}
		for i := range sound {
			turn := func(at time.Duration) bool { return (int(at/(1500*ms))%2 == i) && at%(1500*ms) > 300*ms }
			if i == 1 && c.silentParty {
				turn = func(time.Duration) bool { return false }
			}
			pcm := voice(rng, at, pitch*float64(1+i), turn)
			if i == 0 && in(c.muted, at) {
				pcm = make([]int16, media.FrameSamples)
			}
			packet, err := sound[i].Encode(pcm)
			must(t, err)
			if i == 0 && in(c.gap, at) {
				continue
			}
			pts := at
			if i == 1 {
				pts += time.Duration(float64(at) * c.slow).Truncate(ms)
			}
			must(t, w.WriteBlock(record.Block{Track: 2 + i, PTS: pts, Key: true, Payload: packet}))
		}
	}
	must(t, w.Close())
	return out.Bytes()
}

func find(t testing.TB, data []byte, o fault.Options) fault.Report {
	t.Helper()
	r, err := fault.Find(t.Context(), bytes.NewReader(data), int64(len(data)), o)
	must(t, err)
	return r
}

// Over fifty generated captures: each seeded fault is found, of its kind, in its track and at its time, and nothing else; and nothing in a clean one.
func TestSeededFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		from := time.Duration(1+seed%4) * time.Second
		at := fault.Stretch{From: from, Until: from + 3200*ms}
		for name, c := range map[string]struct {
			take  take
			kind  fault.Kind
			track int
			at    fault.Stretch
		}{
			"clean":                  {take{}, "", 0, fault.Stretch{}},
			"clean in another light": {take{}, "", 0, fault.Stretch{}},
			"a gap of sound":         {take{gap: at}, fault.NoSound, 2, at},
			"a muted microphone":     {take{muted: at}, fault.Silence, 2, at},
			"a frozen picture":       {take{frozen: at}, fault.Frozen, 1, at},
			"a black picture":        {take{black: at}, fault.Black, 1, at},
			"no picture":             {take{noPicture: at}, fault.NoPicture, 1, at},
			"a silent party":         {take{silentParty: true}, fault.Inaudible, 3, fault.Stretch{Until: length}},
			"a drifting clock":       {take{slow: 0.04}, fault.Drift, 3, fault.Stretch{}},
		} {
			t.Run(fmt.Sprintf("%s %d", name, seed), func(t *testing.T) {
				t.Parallel()
				r := find(t, captured(t, seed+uint64(len(name))*100, c.take), fault.Options{Expected: length, Spoken: true})
				if c.kind == "" {
					if len(r.Findings) > 0 {
						t.Errorf("a clean capture: %+v", r.Findings)
					}
					return
				}
				if !slices.ContainsFunc(r.Findings, func(f fault.Finding) bool {
					near := c.kind == fault.Drift || (f.From-c.at.From).Abs() <= 450*ms && (f.Until-c.at.Until).Abs() <= 450*ms
					return f.Kind == c.kind && f.Track == c.track && near
				}) {
					t.Errorf("%+v is not found at %+v", r.Findings, c.at)
				}
				for _, f := range r.Findings {
					if f.Kind != c.kind {
						t.Errorf("beside it: %s", f.Words())
					}
				}
			})
		}
	}
}

// Faults count only where evidence is given, and a recording that is shorter than the session was says by how much.
func TestWhereFaultsCount(t *testing.T) {
	t.Parallel()
	data := captured(t, 9, take{muted: fault.Stretch{From: 2 * time.Second, Until: 6 * time.Second}})
	if r := find(t, data, fault.Options{On: []fault.Stretch{{From: 0, Until: 2 * time.Second}, {From: 5500 * ms, Until: length}}}); len(r.Findings) > 0 {
		t.Errorf("in a break: %+v", r.Findings)
	}
	r := find(t, data, fault.Options{Expected: 14 * time.Second, On: []fault.Stretch{{From: 0, Until: time.Second}}})
	if len(r.Findings) != 1 || r.Findings[0].Kind != fault.Length || (r.Findings[0].By+4*time.Second).Abs() > 100*ms {
		t.Errorf("four seconds short: %+v", r.Findings)
	}
	for _, f := range r.Findings {
		if f.Words() == "" {
			t.Error("a finding without words")
		}
	}
}
