package record

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"paravent/media"
)

// Export copies a recording of size bytes to dst as a WebM file that a browser can play and seek in: whole
// clusters in order of time, an index, a duration, and each video track's size as its first key frame has it. A
// torn source is cut after its last whole block and Stats.Torn says so. dst must be empty and stand at its
// start; after an error what it holds is worthless.
func Export(dst io.WriteSeeker, src io.ReaderAt, size int64) (Stats, error) {
	s, err := newScanner(src, size)
	if err != nil {
		return Stats{}, err
	}
	e, err := NewExporter(dst, s.tracks, s.start)
	if err != nil {
		return Stats{Tracks: slices.Clone(s.tracks), Start: s.start}, err
	}
	if err := e.copyBlocks(s); err != nil {
		return e.stats, fmt.Errorf("export recording: %w", err)
	}
	stats, err := e.Close()
	stats.Torn = s.torn
	return stats, err
}

// Exporter writes blocks as the file that [Export] makes. It keeps one cluster in memory, and is not safe for concurrent use.
type Exporter struct {
	dst     io.WriteSeeker
	kinds   map[int]media.Kind
	stats   Stats
	sized   map[int]bool
	cluster []Block
	cues    []cue
	written int64
	body    int64 // where the segment's payload begins
}

// NewExporter begins a file of the given tracks, whose times count from start. dst must be empty and stand at its start; after
// an error what it holds is worthless.
func NewExporter(dst io.WriteSeeker, tracks []Track, start time.Time) (*Exporter, error) {
	if err := checkTracks(tracks); err != nil {
		return nil, err
	}
	e := &Exporter{dst: dst, kinds: map[int]media.Kind{}, sized: map[int]bool{}, stats: Stats{Tracks: slices.Clone(tracks), Start: start}}
	for _, t := range tracks {
		e.kinds[t.Number] = t.Kind
	}
	if err := e.write(e.head(0, 0)); err != nil {
		return nil, fmt.Errorf("export recording: %w", err)
	}
	return e, nil
}

// Close writes the index, and the head again: it has the same length whatever its values. It does not close dst.
func (e *Exporter) Close() (Stats, error) {
	if err := e.end(); err != nil {
		return e.stats, fmt.Errorf("export recording: %w", err)
	}
	return e.stats, nil
}

func (e *Exporter) end() error {
	if err := e.flush(); err != nil {
		return err
	}
	cuesAt := e.written
	if err := e.write(appendCues(nil, e.cues)); err != nil {
		return err
	}
	if _, err := e.dst.Seek(0, io.SeekStart); err != nil {
		return err
	}
	end := e.written
	if err := e.write(e.head(cuesAt-e.body, end-e.body)); err != nil {
		return err
	}
	_, err := e.dst.Seek(0, io.SeekEnd)
	return err
}

// head is everything before the first cluster. Positions count from the segment's payload.
func (e *Exporter) head(cuesAt, length int64) []byte {
	info := appendInfo(nil, e.stats.Start, e.stats.Duration)
	tracks := appendTracks(nil, e.stats.Tracks)
	infoAt := int64(len(seekHead(0, 0, 0)))
	tracksAt := infoAt + int64(len(info))

	b := appendID(appendEBMLHead(nil), idSegment)
	b = appendSizeWidth(b, length, 8)
	e.body = int64(len(b))
	b = append(b, seekHead(infoAt, tracksAt, cuesAt)...)
	return append(append(b, info...), tracks...)
}

func seekHead(infoAt, tracksAt, cuesAt int64) []byte {
	var seeks []byte
	for _, target := range []struct {
		id elementID
		at int64
	}{{idInfo, infoAt}, {idTracks, tracksAt}, {idCues, cuesAt}} {
		seek := appendElement(nil, idSeekID, appendID(nil, target.id))
		seek = appendUintWidth(seek, idSeekPosition, uint64(target.at), 8)
		seeks = appendElement(seeks, idSeek, seek)
	}
	return appendElement(nil, idSeekHead, seeks)
}

func (e *Exporter) copyBlocks(src *scanner) error {
	for {
		b, err := src.block()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		payload, err := src.payload(b)
		if err != nil {
			return err
		}
		if err := e.WriteBlock(Block{Track: b.track, PTS: b.pts, Key: b.key, Payload: payload}); err != nil {
			return err
		}
	}
}

// WriteBlock adds a block. It keeps the payload until the block's cluster is written; blocks come in order of time to within a cluster.
func (e *Exporter) WriteBlock(b Block) error {
	kind, ok := e.kinds[b.Track]
	if !ok {
		return fmt.Errorf("write to track %d: %w", b.Track, ErrTrack)
	}
	e.stats.count(kind, b.PTS, b.Key)
	if kind == media.KindVideo && b.Key {
		e.learnSize(b.Track, b.Payload)
	}
	if len(e.cluster) > 0 {
		distance := b.PTS - e.cluster[0].PTS
		keyHere := kind == media.KindVideo && b.Key && distance > 0
		if keyHere || distance >= MaxCluster || distance <= -MaxCluster {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	e.cluster = append(e.cluster, b)
	return nil
}

func (e *Exporter) learnSize(track int, frame []byte) {
	width, height, ok := PictureSize(frame)
	if !ok || e.sized[track] {
		return
	}
	e.sized[track] = true
	for i := range e.stats.Tracks {
		if e.stats.Tracks[i].Number == track {
			e.stats.Tracks[i].Width, e.stats.Tracks[i].Height = width, height
		}
	}
}

// flush writes the cluster in order of time and enters it in the index when playback can start in it.
func (e *Exporter) flush() error {
	if len(e.cluster) == 0 {
		return nil
	}
	slices.SortStableFunc(e.cluster, func(a, b Block) int { return cmp.Compare(a.PTS, b.PTS) })
	start := e.cluster[0].PTS
	body := appendUint(nil, idTimestamp, uint64(start.Milliseconds()))
	for _, b := range e.cluster {
		body = appendBlock(body, b.Track, b.PTS-start, b.Key, b.Payload)
	}
	if entry, ok := e.entryPoint(); ok {
		entry.position = e.written - e.body
		e.cues = append(e.cues, entry)
	}
	e.cluster = e.cluster[:0]
	return e.write(appendElement(nil, idCluster, body))
}

// entryPoint is the first key frame of the cluster, or its first block where the recording has no picture.
func (e *Exporter) entryPoint() (cue, bool) {
	pictures := false
	for _, t := range e.stats.Tracks {
		pictures = pictures || t.Kind == media.KindVideo
	}
	for _, b := range e.cluster {
		if !pictures || (b.Key && e.kinds[b.Track] == media.KindVideo) {
			return cue{pts: b.PTS, track: b.Track}, true
		}
	}
	return cue{}, false
}

func (e *Exporter) write(p []byte) error {
	n, err := e.dst.Write(p)
	e.written += int64(n)
	return err
}
