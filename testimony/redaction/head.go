package redaction

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony"
)

// Head is what a recording was when it was sealed: its identity, its length, and the root of the tree over its blocks.
type Head struct {
	Recording testimony.RecordingID `json:"recording"`
	Sealed    []byte                `json:"sealed"` // root of the sealed file's chunks
	Root      []byte                `json:"root"`
	Start     time.Time             `json:"start"`
	Length    time.Duration         `json:"length"` // to the end of the last block
	Tracks    []Track               `json:"tracks"`
	At        time.Time             `json:"at"`
}

// Track is a track of the recording.
type Track struct {
	Number int    `json:"number"`
	Codec  string `json:"codec"`
}

// Mark is a signature and the key that it verifies with.
type Mark struct {
	Public    []byte `json:"public"`
	Signature []byte `json:"signature"`
}

const headForm = "paravent evidence head 1"

// Statement is what is signed: lines of text, each ended by a line feed, times in milliseconds.
func (h Head) Statement() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nrecording %s\nsealed %x\nroot %x\nstart %s\nlength %d\n", headForm, h.Recording, h.Sealed, h.Root, moment(h.Start), h.Length.Milliseconds())
	for _, t := range h.Tracks {
		fmt.Fprintf(&b, "track %d %s\n", t.Number, t.Codec)
	}
	fmt.Fprintf(&b, "at %s\n", moment(h.At))
	return []byte(b.String())
}

// Stamped is the text whose hash an authority outside the court stamps: the statement, and the line with its signature as a manifest has it.
func (h Head) Stamped(by Mark) []byte { return appendMark(h.Statement(), by) }

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// parseHead reads a statement. What it accepts is written back to the byte.
func parseHead(lines []string) (Head, error) {
	bad := errors.New("the recording's head is not readable")
	if len(lines) < 8 || len(lines) > 8+126 || lines[0] != headForm {
		return Head{}, bad
	}
	value := func(line int, key string) string {
		v, ok := strings.CutPrefix(lines[line], key+" ")
		if !ok {
			return ""
		}
		return v
	}
	h := Head{Recording: testimony.RecordingID(value(1, "recording"))}
	var errs [5]error
	h.Sealed, errs[0] = hex.DecodeString(value(2, "sealed"))
	h.Root, errs[1] = hex.DecodeString(value(3, "root"))
	h.Start, errs[2] = time.Parse(time.RFC3339Nano, value(4, "start"))
	ms, err := strconv.ParseInt(value(5, "length"), 10, 41)
	errs[3] = err
	h.Length = time.Duration(ms) * time.Millisecond
	h.At, errs[4] = time.Parse(time.RFC3339Nano, value(len(lines)-1, "at"))
	for i := 6; i < len(lines)-1; i++ {
		number, codec, _ := strings.Cut(value(i, "track"), " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || slices.ContainsFunc(h.Tracks, func(t Track) bool { return t.Number >= n }) {
			return Head{}, bad
		}
		h.Tracks = append(h.Tracks, Track{n, codec})
	}
	if errors.Join(errs[:]...) != nil || h.Recording == "" || h.Length < 0 || h.Length > maxLength || string(h.Statement()) != strings.Join(lines, "\n")+"\n" {
		return Head{}, bad
	}
	return h, nil
}

// maxLength bounds what a hostile file can make a check allocate: four days.
const maxLength = 96 * time.Hour

// ErrOrder says that a recording's blocks are not in an order that a head can commit to.
var ErrOrder = errors.New("the recording's times run back")

// Commit reads a recording of size bytes through and commits to all of it. id, sealed and at are put in as they are; the caller signs.
func Commit(src io.ReaderAt, size int64, seed Seed, id testimony.RecordingID, sealed []byte, at time.Time) (Head, error) {
	r, err := read(src, size, seed, gone{})
	if err != nil {
		return Head{}, err
	}
	return Head{Recording: id, Sealed: sealed, Root: r.root[:], Start: r.start.UTC(), Length: r.length, Tracks: trackList(r.tracks), At: at.UTC().Truncate(time.Second)}, nil
}

func trackList(tracks []record.Track) []Track {
	var list []Track
	for _, t := range tracks {
		list = append(list, Track{t.Number, t.Codec})
	}
	slices.SortFunc(list, func(a, b Track) int { return a.Number - b.Number })
	return list
}

// reading is a recording that was read through once.
type reading struct {
	tracks   []record.Track
	start    time.Time
	length   time.Duration
	kinds    map[int]media.Kind
	root     tlog.Hash
	blocks   []record.Outline // in file order
	stays    []bool           // of blocks
	segments []segment
	open     map[int]*building // by track
	sized    map[int]bool      // by track
	salted   func(at, track int) Hash
	goes     gone
}

// building is the segment of a track that is being read.
type building struct {
	at      int
	blocks  []listed
	stays   []bool
	removed int
}

// read hashes every block. It keeps the payload of none.
func read(src io.ReaderAt, size int64, seed Seed, goes gone) (*reading, error) {
	p, err := record.NewPlayer(src, size)
	if err != nil {
		return nil, err
	}
	r := &reading{tracks: p.Tracks(), start: p.Start(), kinds: map[int]media.Kind{}, open: map[int]*building{}, sized: map[int]bool{}, goes: goes,
		salted: func(at, track int) Hash { return segmentSalt(seed, at, track) }}
	for _, t := range r.tracks {
		r.kinds[t.Number] = t.Kind
		r.open[t.Number] = &building{}
	}
	done := map[[2]int]segment{}
	for {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := r.add(b, done); err != nil {
			return nil, err
		}
	}
	if r.length > maxLength {
		return nil, fmt.Errorf("a recording of more than %s", maxLength)
	}
	r.finish(done)
	return r, nil
}

func (r *reading) add(b record.Block, done map[[2]int]segment) error {
	kind := r.kinds[b.Track]
	if kind == media.KindVideo && b.Key {
		r.learnSize(b)
	}
	at := int(b.PTS / second)
	open := r.open[b.Track]
	if at < open.at || len(open.blocks) > 0 && b.PTS < open.blocks[len(open.blocks)-1].pts {
		return ErrOrder
	}
	if at > open.at {
		r.close(b.Track, done)
		*open = building{at: at}
	}
	salt := r.salted(at, b.Track)
	stays := !r.goes.of(kind).Has(b.PTS)
	open.blocks = append(open.blocks, listed{b.PTS, b.Key, content(blockSalt(salt, len(open.blocks)), b.Payload)})
	open.stays = append(open.stays, stays)
	if !stays {
		open.removed++
	}
	r.blocks = append(r.blocks, record.Outline{Track: b.Track, PTS: b.PTS, Key: b.Key, Size: len(b.Payload)})
	r.stays = append(r.stays, stays)
	r.length = max(r.length, b.PTS+record.BlockLength(kind))
	return nil
}

// learnSize takes a track's size from its first whole picture.
func (r *reading) learnSize(b record.Block) {
	w, h, ok := record.PictureSize(b.Payload)
	if !ok || r.sized[b.Track] {
		return
	}
	r.sized[b.Track] = true
	for i := range r.tracks {
		if r.tracks[i].Number == b.Track {
			r.tracks[i].Width, r.tracks[i].Height = w, h
		}
	}
}

func (r *reading) close(track int, done map[[2]int]segment) {
	b := r.open[track]
	if len(b.blocks) == 0 {
		return
	}
	s := segment{at: b.at, track: track, mode: keep, leaf: leaf(b.at, track, b.blocks), salt: r.salted(b.at, track)}
	if b.removed > 0 {
		s.mode = part
		for i, x := range b.blocks {
			value := x.content
			if b.stays[i] {
				value = blockSalt(s.salt, i)
			}
			s.blocks = append(s.blocks, line{x.pts, x.key, b.stays[i], value})
		}
		s.salt = Hash{} // it would tell the salts of those that go
	}
	done[[2]int{b.at, track}] = s
}

// finish puts the segments in their order, those without a block among them, and hides what goes whole.
func (r *reading) finish(done map[[2]int]segment) {
	for track := range r.open {
		r.close(track, done)
	}
	var leaves []tlog.Hash
	for at := range seconds(r.length) {
		for _, t := range trackList(r.tracks) {
			s, ok := done[[2]int{at, t.Number}]
			if !ok {
				s = segment{at: at, track: t.Number, mode: keep, leaf: leaf(at, t.Number, nil), salt: r.salted(at, t.Number)}
			}
			if r.goes.of(r.kinds[t.Number]).Covers(span(at)) {
				s = segment{at: at, track: t.Number, mode: hidden, leaf: s.leaf}
			}
			leaves, r.segments = append(leaves, s.leaf), append(r.segments, s)
		}
	}
	r.root = treeRoot(leaves)
}

// PictureAfter is when the picture comes back after a passage that ends at an instant: at the first whole picture from there on, because those
// before it build on what is gone. Where none follows, it is the end of the recording; where there is no picture at all, the instant itself.
func PictureAfter(src io.ReaderAt, size int64, until time.Duration) (time.Duration, error) {
	p, err := record.NewPlayer(src, size)
	if err != nil {
		return 0, err
	}
	kinds := map[int]media.Kind{}
	pictures := false
	for _, t := range p.Tracks() {
		kinds[t.Number] = t.Kind
		pictures = pictures || t.Kind == media.KindVideo
	}
	if _, err := p.Seek(until); err != nil {
		return 0, err
	}
	for pictures {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if b.Key && kinds[b.Track] == media.KindVideo && b.PTS >= until {
			return b.PTS, nil
		}
	}
	if !pictures {
		return until, nil
	}
	end, err := p.Duration()
	return max(end, until), err
}
