package record

import (
	"errors"
	"io"
	"time"

	"paravent/media"
)

// Stats tells what a recording holds.
type Stats struct {
	Tracks       []Track
	Start        time.Time     // the zero of its times, or the zero Time when it does not say
	Duration     time.Duration // to the end of the last block
	VideoFrames  int
	KeyFrames    int
	AudioPackets int
	Torn         bool // it was not ended by its writer: the last moments may be missing
}

// A block carries no length of its own. These are an Opus packet's as this project encodes it, and a frame's at 25 a second.
const (
	audioBlockLength = 20 * time.Millisecond
	videoBlockLength = 40 * time.Millisecond
)

// BlockLength is how long a block of a kind lasts, which the format does not say.
func BlockLength(kind media.Kind) time.Duration {
	if kind == media.KindVideo {
		return videoBlockLength
	}
	return audioBlockLength
}

func (st *Stats) count(kind media.Kind, pts time.Duration, key bool) {
	if kind == media.KindVideo {
		st.VideoFrames++
		if key {
			st.KeyFrames++
		}
	} else {
		st.AudioPackets++
	}
	st.Duration = max(st.Duration, pts+BlockLength(kind))
}

// Inspect walks a recording of size bytes from end to end and counts what is there. A torn one is no error; data
// that is no recording is ErrNotRecording, and a source that cannot be read is the source's own error.
func Inspect(src io.ReaderAt, size int64) (Stats, error) {
	s, err := newScanner(src, size)
	if err != nil {
		return Stats{}, err
	}
	st := Stats{Tracks: s.tracks, Start: s.start}
	for {
		b, err := s.block()
		if errors.Is(err, io.EOF) {
			st.Torn = s.torn
			return st, nil
		}
		if err != nil {
			return st, err
		}
		st.count(s.kinds[b.track], b.pts, b.key)
	}
}
