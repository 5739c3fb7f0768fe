package playback

import (
	"context"
	"errors"
	"io"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/record"
)

// Waveform is how loud a recording's first sound is, in equal stretches of its length: from 0 to 1, the highest of each. It decodes all sound once and
// tells of what it has after each hundredth; loud is the callee's to read until the next call. At a bad place it stops, with a [BadPlace].
func Waveform(ctx context.Context, src io.ReaderAt, size int64, length time.Duration, stretches int, tell func(loud []float32)) error {
	p, err := record.NewPlayer(src, size)
	if err != nil {
		return err
	}
	track := 0
	for _, t := range p.Tracks() {
		if t.Kind == media.KindAudio && track == 0 {
			track = t.Number
		}
	}
	if length <= 0 || stretches <= 0 {
		return nil
	}
	hear, err := opus.NewDecoder()
	if err != nil {
		return err
	}
	defer hear.Close()
	loud := make([]float32, stretches)
	told, at := 0, time.Duration(0)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			tell(append([]float32(nil), loud...))
			if p.Torn() {
				return &BadPlace{at, ErrTorn}
			}
			return nil
		}
		if err != nil {
			tell(append([]float32(nil), loud...))
			return &BadPlace{at, err}
		}
		at = max(at, b.PTS)
		if b.Track != track {
			continue
		}
		pcm, err := hear.Decode(b.Payload)
		if err != nil {
			continue
		}
		i := min(int(float64(b.PTS)/float64(length)*float64(stretches)), stretches-1)
		loud[i] = max(loud[i], peak(pcm))
		if part := i * 100 / stretches; part > told {
			told = part
			tell(append([]float32(nil), loud...))
		}
	}
}

func peak(pcm []int16) float32 {
	most := 0
	for _, s := range pcm {
		most = max(most, int(s), -int(s))
	}
	return float32(most) / (1 << 15)
}
