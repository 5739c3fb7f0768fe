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

// Outline is a block without its payload.
type Outline struct {
	Track int           // its Track's Number
	PTS   time.Duration // whole milliseconds
	Key   bool
	Size  int // of the payload, in bytes
}

// Attachment is a file within the file, at its very end (RFC 9559 §5.1.6). Players pass over it.
type Attachment struct {
	Name string
	Type string // MIME
	Size int64  // bytes
}

// Layout is where everything of a seekable WebM will stand. It is made from the sizes of the blocks alone, so that the file can then be
// written from front to back to something that only grows, such as a sealed file. Nothing in it depends on a payload.
type Layout struct {
	tracks   []Track
	start    time.Time
	duration time.Duration
	order    []int // of the outlines, by time
	outlines []Outline
	clusters []plannedCluster
	cues     []cue
	attached *Attachment
	cuesAt   int64 // from the segment's payload
	length   int64 // of the segment's payload, the attachment included
}

// plannedCluster is a run of the ordered blocks.
type plannedCluster struct {
	first, end int // in order
	body       int64
}

// NewLayout lays out blocks in any order; the file has them by time, those of one time as they come. A nil attachment is none.
func NewLayout(tracks []Track, start time.Time, blocks []Outline, attached *Attachment) (*Layout, error) {
	if err := checkTracks(tracks); err != nil {
		return nil, err
	}
	l := &Layout{tracks: slices.Clone(tracks), start: start, outlines: blocks, attached: attached, order: make([]int, len(blocks))}
	kinds := map[int]media.Kind{}
	for _, t := range tracks {
		kinds[t.Number] = t.Kind
	}
	for i, b := range blocks {
		if _, ok := kinds[b.Track]; !ok {
			return nil, fmt.Errorf("lay out track %d: %w", b.Track, ErrTrack)
		}
		if b.Size <= 0 || b.Size > maxBlock || b.PTS < 0 {
			return nil, fmt.Errorf("a block of %d bytes does not fit a recording", b.Size)
		}
		l.order[i] = i
		l.duration = max(l.duration, b.PTS+BlockLength(kinds[b.Track]))
	}
	slices.SortStableFunc(l.order, func(a, b int) int { return cmp.Compare(blocks[a].PTS, blocks[b].PTS) })
	l.cluster(kinds)
	return l, nil
}

func (l *Layout) cluster(kinds map[int]media.Kind) {
	at := int64(len(l.beforeClusters(0))) + int64(len(l.infoAndTracks()))
	pictures := slices.ContainsFunc(l.tracks, func(t Track) bool { return t.Kind == media.KindVideo })
	for first := 0; first < len(l.order); {
		end := first + 1
		begin := l.block(first).PTS
		for ; end < len(l.order); end++ {
			b := l.block(end)
			if b.PTS-begin >= MaxCluster || b.Key && kinds[b.Track] == media.KindVideo && b.PTS > begin {
				break
			}
		}
		c := plannedCluster{first: first, end: end, body: int64(len(appendUint(nil, idTimestamp, uint64(begin.Milliseconds()))))}
		indexed := false
		for i := first; i < end; i++ {
			b := l.block(i)
			c.body += blockSize(b.Size)
			if !indexed && (!pictures || b.Key && kinds[b.Track] == media.KindVideo) {
				l.cues, indexed = append(l.cues, cue{pts: b.PTS, track: b.Track, position: at}), true
			}
		}
		at += int64(len(appendSize(appendID(nil, idCluster), c.body))) + c.body
		l.clusters = append(l.clusters, c)
		first = end
	}
	l.cuesAt = at
	l.length = at + int64(len(appendCues(nil, l.cues)))
	if l.attached != nil {
		l.length += int64(len(l.attachmentHead())) + l.attached.Size
	}
}

func (l *Layout) block(i int) Outline { return l.outlines[l.order[i]] }

func blockSize(payload int) int64 {
	return int64(len(appendSize(appendID(nil, idSimpleBlock), int64(4+payload)))) + 4 + int64(payload)
}

// beforeClusters is the segment's index of its parts, from its payload's start.
func (l *Layout) beforeClusters(cuesAt int64) []byte {
	infoAt := int64(len(seekHead(0, 0, 0)))
	return seekHead(infoAt, infoAt+int64(len(appendInfo(nil, l.start, l.duration))), cuesAt)
}

func (l *Layout) infoAndTracks() []byte {
	return appendTracks(appendInfo(nil, l.start, l.duration), l.tracks)
}

// attachmentHead is everything of the attachment before its bytes. Its sizes have a fixed width, so that it does not depend on them.
func (l *Layout) attachmentHead() []byte {
	a := l.attached
	inner := appendString(nil, idFileName, a.Name)
	inner = appendString(inner, idFileMediaType, a.Type)
	inner = appendUintWidth(inner, idFileUID, 1, 8)
	inner = appendSizeWidth(appendID(inner, idFileData), a.Size, 8)
	file := appendSizeWidth(appendID(nil, idAttachedFile), int64(len(inner))+a.Size, 8)
	head := appendSizeWidth(appendID(nil, idAttachments), int64(len(file)+len(inner))+a.Size, 8)
	return append(append(head, file...), inner...)
}

// Duration is to the end of the last block.
func (l *Layout) Duration() time.Duration { return l.duration }

// Order lists the outlines as they stand in the file.
func (l *Layout) Order() []int { return l.order }

// Size is how many bytes [Layout.Write] writes: all but the attachment's own.
func (l *Layout) Size() int64 {
	size := int64(len(l.head())) + l.length
	if l.attached != nil {
		size -= l.attached.Size
	}
	return size
}

func (l *Layout) head() []byte {
	return appendSizeWidth(appendID(appendEBMLHead(nil), idSegment), l.length, 8)
}

// Write writes the file up to the attachment's bytes, which the caller writes next: as many as it said. payload returns the bytes of an
// outline, which are as many as it said, and is asked in the file's order; they are used before it is called again.
func (l *Layout) Write(w io.Writer, payload func(outline int) ([]byte, error)) error {
	head := append(append(l.head(), l.beforeClusters(l.cuesAt)...), l.infoAndTracks()...)
	if _, err := w.Write(head); err != nil {
		return err
	}
	var scratch []byte
	for _, c := range l.clusters {
		begin := l.block(c.first).PTS
		scratch = appendUint(appendSize(appendID(scratch[:0], idCluster), c.body), idTimestamp, uint64(begin.Milliseconds()))
		for i := c.first; i < c.end; i++ {
			b := l.block(i)
			p, err := payload(l.order[i])
			if err != nil {
				return err
			}
			if len(p) != b.Size {
				return errors.New("a block is not as long as it was laid out")
			}
			scratch = appendBlock(scratch, b.Track, b.PTS-begin, b.Key, p)
		}
		if _, err := w.Write(scratch); err != nil {
			return err
		}
	}
	tail := appendCues(nil, l.cues)
	if l.attached != nil {
		tail = append(tail, l.attachmentHead()...)
	}
	_, err := w.Write(tail)
	return err
}
