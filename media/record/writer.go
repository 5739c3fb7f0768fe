package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"paravent/media"
)

// Sink is where a live recording goes: an append-only file. A Write that returned is in order; after Sync it
// survives a crash.
type Sink interface {
	io.Writer
	Sync() error
}

// MaxCluster is the longest span of one cluster, and so the coarsest seek in a live file.
const MaxCluster = 2 * time.Second

// ErrClosed is returned by a Writer after Close.
var ErrClosed = errors.New("the recording is closed")

// Writer writes a live WebM file. Each block is one Write on the sink, so the file is readable up to its last
// whole block at any moment. A Writer is not safe for concurrent use; the caller calls Sync on the sink as often
// as it can bear to lose.
//
// After a Write error on the sink every later call returns that error: a block could stand half written, and
// what follows it could not be found again.
type Writer struct {
	sink      Sink
	kinds     map[int]media.Kind
	last      map[int]time.Duration
	firstOf   map[media.Kind]int
	hasVideo  bool
	written   int64 // bytes, from the start of the segment's payload
	cluster   time.Duration
	inCluster bool
	cues      []cue
	failed    error
	scratch   []byte
}

// cue is one line of the index: the cluster at position, counted from the segment's payload, begins at pts.
type cue struct {
	pts      time.Duration
	track    int
	position int64
}

// NewWriter writes the head of a recording of the given tracks that begins at start, the zero of all times.
// A zero start leaves the date out.
func NewWriter(sink Sink, tracks []Track, start time.Time) (*Writer, error) {
	if err := checkTracks(tracks); err != nil {
		return nil, err
	}
	w := &Writer{
		sink:    sink,
		kinds:   map[int]media.Kind{},
		last:    map[int]time.Duration{},
		firstOf: map[media.Kind]int{},
	}
	for _, t := range tracks {
		w.kinds[t.Number] = t.Kind
		if _, taken := w.firstOf[t.Kind]; !taken {
			w.firstOf[t.Kind] = t.Number
		}
		w.hasVideo = w.hasVideo || t.Kind == media.KindVideo
	}
	head := appendUnknownSize(appendID(appendEBMLHead(nil), idSegment))
	if _, err := sink.Write(head); err != nil {
		return nil, fmt.Errorf("begin recording: %w", err)
	}
	if err := w.write(appendTracks(appendInfo(nil, start, -1), tracks)); err != nil {
		return nil, err
	}
	return w, nil
}

// Video writes one VP8 frame to the first video track. pts counts from the start of the recording; a pts
// earlier than the track's last one is written at the last one's time, since a file's time never runs back.
func (w *Writer) Video(pts time.Duration, key bool, frame []byte) error {
	return w.writeKind(media.KindVideo, pts, key, frame)
}

// Audio writes one Opus packet to the first audio track. Times are as for Video.
func (w *Writer) Audio(pts time.Duration, packet []byte) error {
	return w.writeKind(media.KindAudio, pts, true, packet)
}

func (w *Writer) writeKind(kind media.Kind, pts time.Duration, key bool, payload []byte) error {
	number, ok := w.firstOf[kind]
	if !ok {
		return fmt.Errorf("write to the %v track: %w", kind, ErrTrack)
	}
	return w.WriteBlock(Block{Track: number, PTS: pts, Key: key, Payload: payload})
}

// WriteBlock writes one block to the track that it names. It keeps no reference to the payload.
func (w *Writer) WriteBlock(b Block) error {
	if w.failed != nil {
		return w.failed
	}
	kind, ok := w.kinds[b.Track]
	if !ok {
		return fmt.Errorf("write to track %d: %w", b.Track, ErrTrack)
	}
	if len(b.Payload) == 0 || len(b.Payload) > maxBlock {
		return fmt.Errorf("a block of %d bytes does not fit a recording", len(b.Payload))
	}
	pts := max(b.PTS.Truncate(time.Millisecond), w.last[b.Track])
	w.last[b.Track] = pts
	if w.needsCluster(kind, b.Key, pts) {
		if err := w.beginCluster(b.Track, pts); err != nil {
			return err
		}
	}
	w.scratch = appendBlock(w.scratch[:0], b.Track, pts-w.cluster, b.Key, b.Payload)
	return w.write(w.scratch)
}

// needsCluster begins clusters on key frames, since that is where playback can start, and at the latest after
// MaxCluster. A block far behind the cluster's time gets one of its own, because the distance is 16 bits wide.
func (w *Writer) needsCluster(kind media.Kind, key bool, pts time.Duration) bool {
	span := pts - w.cluster
	if !w.inCluster || span >= MaxCluster || span < -MaxCluster {
		return true
	}
	return kind == media.KindVideo && key && span > 0
}

func (w *Writer) beginCluster(track int, pts time.Duration) error {
	w.cues = append(w.cues, cue{pts: pts, track: track, position: w.written})
	w.cluster, w.inCluster = pts, true
	head := appendUnknownSize(appendID(nil, idCluster))
	return w.write(appendUint(head, idTimestamp, uint64(pts.Milliseconds())))
}

// Close writes the index, which also marks the recording as ended on purpose, and syncs. It does not close the
// sink. A second Close does nothing.
func (w *Writer) Close() error {
	if errors.Is(w.failed, ErrClosed) {
		return nil
	}
	if w.failed != nil {
		return w.failed
	}
	if err := w.write(appendCues(nil, w.cues)); err != nil {
		return err
	}
	w.failed = ErrClosed
	if err := w.sink.Sync(); err != nil {
		return fmt.Errorf("end recording: %w", err)
	}
	return nil
}

func (w *Writer) write(p []byte) error {
	if _, err := w.sink.Write(p); err != nil {
		w.failed = fmt.Errorf("write recording: %w", err)
		return w.failed
	}
	w.written += int64(len(p))
	return nil
}

// appendBlock writes a SimpleBlock (RFC 9559 §10.2): track, 16-bit distance in milliseconds, flags, payload.
func appendBlock(b []byte, track int, distance time.Duration, key bool, payload []byte) []byte {
	b = appendSize(appendID(b, idSimpleBlock), int64(4+len(payload)))
	b = append(b, 0x80|byte(track))
	b = binary.BigEndian.AppendUint16(b, uint16(int16(distance.Milliseconds())))
	flags := byte(0)
	if key {
		flags = 0x80
	}
	return append(append(b, flags), payload...)
}

func appendCues(b []byte, cues []cue) []byte {
	var points []byte
	for _, c := range cues {
		var place, point []byte
		place = appendUint(place, idCueTrack, uint64(c.track))
		place = appendUint(place, idCueClusterPos, uint64(c.position))
		point = appendUint(point, idCueTime, uint64(c.pts.Milliseconds()))
		points = appendElement(points, idCuePoint, appendElement(point, idCueTrackPos, place))
	}
	return appendElement(b, idCues, points)
}
