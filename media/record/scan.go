package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"paravent/media"
)

// ErrNotRecording says that the data is not a recording of this package's kind, or ends before its tracks are told.
var ErrNotRecording = errors.New("not a recording")

// maxBlock is far above any real frame; a size beyond it is damage, not media.
const maxBlock = 16 << 20

// maxMilliseconds keeps hostile timestamps from overflowing a Duration.
const maxMilliseconds = 1 << 40

// span is a block found in a source, its payload not yet read.
type span struct {
	start   int64 // of the block's element
	cluster time.Duration
	track   int
	pts     time.Duration
	key     bool
	body    int64
	size    int
}

// scanner walks the blocks of a recording in file order. Matroska's levels need no stack here: the IDs of
// clusters, blocks and indexes are distinct, so a cluster of unknown size ends by itself.
type scanner struct {
	win     *window
	tracks  []Track
	kinds   map[int]media.Kind
	start   time.Time
	next    int64
	cluster time.Duration
	ended   bool // the index or the segment's own end was reached: nothing is missing
	torn    bool // the data stopped before that
	segment int64
	foreign bool // times are not in milliseconds
}

// newScanner reads the head of the recording and stands before its first cluster.
func newScanner(src io.ReaderAt, size int64) (*scanner, error) {
	s := &scanner{win: newWindow(src, size), kinds: map[int]media.Kind{}, segment: unknownSize}
	if err := s.head(); err != nil {
		if errors.Is(err, errTorn) || errors.Is(err, errInvalid) {
			return nil, fmt.Errorf("read recording: %w", ErrNotRecording)
		}
		return nil, err
	}
	return s, nil
}

func (s *scanner) head() error {
	ebml, err := s.win.element(0)
	if err != nil {
		return err
	}
	if ebml.id != idEBML || ebml.size < 0 || ebml.size > 1<<12 {
		return ErrNotRecording
	}
	segment, err := s.win.element(ebml.end())
	if err != nil {
		return err
	}
	if segment.id != idSegment {
		return ErrNotRecording
	}
	if segment.size != unknownSize {
		s.segment = segment.end()
	}
	s.next = segment.body
	for {
		e, err := s.win.element(s.next)
		if err != nil {
			return s.headEnds(err)
		}
		if e.id == idCluster || e.id == idCues {
			return s.headEnds(errTorn)
		}
		if e.size < 0 {
			return ErrNotRecording
		}
		if err := s.headElement(e); err != nil {
			return s.headEnds(err)
		}
		s.next = e.end()
	}
}

// headEnds accepts the end of the head once the tracks are known: a recording may be torn before its first block.
func (s *scanner) headEnds(err error) error {
	if len(s.tracks) > 0 {
		return nil
	}
	return err
}

func (s *scanner) headElement(e element) error {
	switch e.id {
	case idInfo:
		return s.children(e, func(c element, p []byte) {
			if c.id == idDateUTC && len(p) == 8 {
				s.start = epoch.Add(time.Duration(parseUint(p)))
			}
			if c.id == idTimestampUnit && parseUint(p) != uint64(time.Millisecond) {
				s.foreign = true
			}
		})
	case idTracks:
		if s.foreign {
			return ErrNotRecording
		}
		return s.trackList(e)
	}
	return nil
}

func (s *scanner) trackList(e element) error {
	var tracks []Track
	var inner error
	err := s.children(e, func(c element, p []byte) {
		if c.id != idTrackEntry || inner != nil {
			return
		}
		var t Track
		t, inner = parseTrack(p)
		tracks = append(tracks, t)
	})
	if err = errors.Join(err, inner); err != nil {
		return err
	}
	if err := checkTracks(tracks); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRecording, err)
	}
	s.tracks = tracks
	for _, t := range tracks {
		s.kinds[t.Number] = t.Kind
	}
	return nil
}

// children calls visit for each element inside e, which must be small.
func (s *scanner) children(e element, visit func(element, []byte)) error {
	if e.size > 1<<16 {
		return ErrNotRecording
	}
	body, err := s.win.view(e.body, int(e.size))
	if err != nil {
		return err
	}
	return eachElement(append([]byte(nil), body...), visit)
}

func eachElement(b []byte, visit func(element, []byte)) error {
	for len(b) > 0 {
		id, idWidth, err := parseID(b)
		if err != nil {
			return err
		}
		size, sizeWidth, err := parseSize(b[idWidth:])
		if err != nil {
			return err
		}
		head := idWidth + sizeWidth
		if size < 0 || size > int64(len(b)-head) {
			return errInvalid
		}
		visit(element{id: id, size: size}, b[head:head+int(size)])
		b = b[head+int(size):]
	}
	return nil
}

func parseTrack(entry []byte) (Track, error) {
	var t Track
	err := eachElement(entry, func(e element, p []byte) {
		switch e.id {
		case idTrackNumber:
			t.Number = int(min(parseUint(p), maxTrackNumber+1))
		case idCodecID:
			t.Codec = string(p)
		case idTrackType:
			t.Kind = media.KindAudio
			if parseUint(p) == trackTypeVideo {
				t.Kind = media.KindVideo
			}
		case idVideo:
			_ = eachElement(p, func(v element, q []byte) {
				switch v.id {
				case idPixelWidth:
					t.Width = int(parseUint(q) & 0xFFFF)
				case idPixelHeight:
					t.Height = int(parseUint(q) & 0xFFFF)
				}
			})
		}
	})
	return t, err
}

// block finds the next whole block. It returns io.EOF after the last one, and then ended or torn is set.
func (s *scanner) block() (span, error) {
	for {
		if s.atEnd() {
			return span{}, io.EOF
		}
		e, err := s.win.element(s.next)
		if err != nil {
			return span{}, s.stop(err)
		}
		if e.id == idCluster {
			s.next = e.body
			continue
		}
		if e.size < 0 || e.end() > s.win.size {
			return span{}, s.stop(errTorn)
		}
		s.next = e.end()
		switch e.id {
		case idTimestamp:
			if err := s.clusterTime(e); err != nil {
				return span{}, s.stop(err)
			}
		case idCues:
			s.ended = true
		case idSimpleBlock:
			b, ok, err := s.simpleBlock(e)
			if err != nil {
				return span{}, s.stop(err)
			}
			if ok {
				return b, nil
			}
		}
	}
}

func (s *scanner) atEnd() bool {
	if s.torn {
		return true
	}
	if s.segment >= 0 && s.next >= s.segment {
		s.ended = true
		return true
	}
	if s.next >= s.win.size {
		s.torn = !s.ended
		return true
	}
	return false
}

// stop ends the walk at data that cannot be an element; only a failing source is an error to the caller.
func (s *scanner) stop(err error) error {
	if errors.Is(err, errTorn) || errors.Is(err, errInvalid) {
		s.torn = true
		return io.EOF
	}
	return err
}

func (s *scanner) clusterTime(e element) error {
	if e.size > 8 {
		return errInvalid
	}
	p, err := s.win.view(e.body, int(e.size))
	if err != nil {
		return err
	}
	ms := parseUint(p)
	if ms > maxMilliseconds {
		return errInvalid
	}
	s.cluster = time.Duration(ms) * time.Millisecond
	return nil
}

// simpleBlock reads a block's head. A block of a track that was not declared, or a laced one, is passed over.
func (s *scanner) simpleBlock(e element) (span, bool, error) {
	if e.size <= 4 || e.size > maxBlock {
		return span{}, false, errInvalid
	}
	p, err := s.win.view(e.body, 4)
	if err != nil {
		return span{}, false, err
	}
	track := int(p[0] & 0x7F)
	_, known := s.kinds[track]
	if p[0]&0x80 == 0 || !known || p[3]&0x06 != 0 {
		return span{}, false, nil
	}
	distance := time.Duration(int16(binary.BigEndian.Uint16(p[1:]))) * time.Millisecond
	return span{
		start:   e.start,
		cluster: s.cluster,
		track:   track,
		pts:     max(0, s.cluster+distance),
		key:     p[3]&0x80 != 0,
		body:    e.body + 4,
		size:    int(e.size - 4),
	}, true, nil
}

// payload reads a block's bytes into memory of its own.
func (s *scanner) payload(b span) ([]byte, error) {
	p, err := s.win.view(b.body, b.size)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), p...), nil
}
