package redaction

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony/edit"
)

// Report says what a check of a version found. What it says of the file is true only where Fault is nil.
type Report struct {
	Manifest Manifest `json:"manifest"`
	Fault    *Fault   `json:"fault,omitempty"`
	Size     int64    `json:"size"` // bytes

	Duration time.Duration `json:"duration"` // of the version
	Blocks   int           `json:"blocks"`   // that were found to be the recording's
	Covers   int           `json:"covers"`   // pictures and packets that stand for what is missing
	Missing  []Missing     `json:"missing"`  // by track
}

// Missing is what a version lacks of one track of the recording, on the recording's clock.
type Missing struct {
	Track int        `json:"track"`
	Kind  media.Kind `json:"kind"`
	Spans edit.Spans `json:"spans"`
}

// Sound reports whether everything in the version is the recording's, and nothing is missing but what was ordered.
func (r Report) Sound() bool { return r.Fault == nil }

// Fault is the first place of a version that is not as it has to be.
type Fault struct {
	Place   string `json:"place"`
	Problem string `json:"problem"`
}

// Error says the place and what is wrong there.
func (f *Fault) Error() string { return f.Place + ": " + f.Problem }

func fault(place, format string, with ...any) *Fault {
	return &Fault{place, fmt.Sprintf(format, with...)}
}

// Verify checks a version of size bytes by itself. What is wrong stands in the report; the error is for a file that cannot be read, or a check
// that was ended. progress, if not nil, is told of bytes.
//
// It shows that the version is a sealed recording less what a list orders, both as they were signed. Whose keys those are, it cannot know: compare
// them with what the court publishes. Nor can it know whether there is a later list.
func Verify(ctx context.Context, src io.ReaderAt, size int64, progress func(done, total int64)) (Report, error) {
	v := &verifier{ctx: ctx, src: src, size: size, progress: progress, report: Report{Size: size}}
	err := v.run()
	var f *Fault
	if errors.As(err, &f) {
		v.report.Fault, err = f, nil
	}
	return v.report, err
}

type verifier struct {
	ctx      context.Context
	src      io.ReaderAt
	size     int64
	progress func(done, total int64)
	report   Report
	goes     gone
	kinds    map[int]media.Kind
	open     map[int][]found // by track: the recording's blocks of the second that is being read
	at       int             // that second
	next     int             // segment that is to be checked
	leaves   []tlog.Hash
	covered  map[time.Duration]bool // instants of the version at which the still picture begins
}

// found is a block of the version that is to be the recording's.
type found struct {
	pts     time.Duration // on the recording's clock
	key     bool
	payload []byte
}

func (v *verifier) run() error {
	if err := v.manifest(); err != nil {
		return err
	}
	if err := v.signatures(); err != nil {
		return err
	}
	if err := v.pieces(); err != nil {
		return err
	}
	if err := v.shape(); err != nil {
		return err
	}
	return v.blocks()
}

// manifest finds the last text that begins as a manifest does, and reads it.
func (v *verifier) manifest() error {
	begin := []byte(manifestForm)
	const step = 1 << 20
	for end := v.size; end > 0; end -= step {
		from := max(0, end-step)
		window := make([]byte, min(v.size, end+int64(len(begin)))-from)
		if _, err := v.src.ReadAt(window, from); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		at := bytes.LastIndex(window, begin)
		if at < 0 {
			continue
		}
		start := from + int64(at)
		if v.size-start > maxManifest {
			break
		}
		text := make([]byte, v.size-start)
		if _, err := v.src.ReadAt(text, start); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		m, line, err := parseManifest(text)
		if err != nil {
			return fault(fmt.Sprintf("manifest, line %d", line), "%s", err.Error())
		}
		v.report.Manifest = m
		if m.size != start {
			return fault(fmt.Sprintf("byte %d", min(start, m.size)), "the manifest is of a file of another length: bytes were taken out or put in before it")
		}
		return nil
	}
	return fault(fmt.Sprintf("byte %d", v.size), "there is no manifest: this is not a version that proves what it is, or its end was cut off")
}

const maxManifest = 1 << 30

func (v *verifier) signatures() error {
	m := v.report.Manifest
	switch {
	case !m.genuine(m.Made, m.unsigned()):
		return fault("manifest", "the signature of whoever made the version is false: the manifest was changed")
	case !m.genuine(m.Sealed, m.Head.Statement()):
		return fault("manifest, head", "the signature under the sealed recording's head is false")
	case m.List == nil:
		return nil
	case !m.genuine(m.Ordered, m.List.Statement()):
		return fault("manifest, edits", "the judge's signature under the list of edits is false")
	case m.List.Recording != m.Head.Recording || !bytes.Equal(m.List.Root, m.Head.Root):
		return fault("manifest, edits", "the list of edits is of another recording")
	}
	v.goes = whatGoes(m.List)
	return nil
}

// pieces compares every mebibyte with its hash: whatever was changed in the file is here.
func (v *verifier) pieces() error {
	m := v.report.Manifest
	buffer := make([]byte, pieceSize)
	for i, want := range m.pieces {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		from := int64(i) * pieceSize
		until := min(from+pieceSize, m.size)
		if _, err := v.src.ReadAt(buffer[:until-from], from); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if sha256.Sum256(buffer[:until-from]) != want {
			return v.narrow(from, until)
		}
		if v.progress != nil {
			v.progress(until, v.size*2)
		}
	}
	return nil
}

// narrow looks in a piece that was changed for the first block that is not the recording's, to say the time as well.
func (v *verifier) narrow(from, until int64) error {
	place := fmt.Sprintf("bytes %d to %d", from, until-1)
	inner := *v
	inner.report.Fault, inner.progress = nil, nil
	err := inner.shape()
	if err == nil {
		err = inner.blocks()
	}
	var f *Fault
	if errors.As(err, &f) {
		place += "; " + f.Place
	}
	return fault(place, "this part of the file was changed after the version was made")
}

// shape checks that the manifest tells of every second of every track, and that the file has the tracks.
func (v *verifier) shape() error {
	m := v.report.Manifest
	v.kinds, v.open, v.covered = map[int]media.Kind{}, map[int][]found{}, map[time.Duration]bool{}
	p, err := record.NewPlayer(v.src, v.size)
	if err != nil {
		return fault("byte 0", "the beginning of the file is no recording")
	}
	tracks := trackList(p.Tracks())
	same := len(tracks) == len(m.Head.Tracks)
	for i := 0; same && i < len(tracks); i++ {
		same = tracks[i] == m.Head.Tracks[i]
	}
	if !same || !p.Start().Equal(m.Head.Start) {
		return fault("byte 0", "the tracks or the beginning are not those of the sealed recording")
	}
	for _, t := range p.Tracks() {
		v.kinds[t.Number] = t.Kind
	}
	want := seconds(m.Head.Length) * len(tracks)
	for i, s := range m.segments {
		if i >= want || s.at != i/len(tracks) || s.track != tracks[i%len(tracks)].Number {
			return fault(v.second(s.at, s.track), "the manifest does not tell of every second in its order")
		}
	}
	if len(m.segments) != want {
		return fault("manifest", "it tells of %d of %d seconds of the tracks", len(m.segments), want)
	}
	v.at, v.next, v.leaves = 0, 0, nil
	return nil
}

// second names a segment.
func (v *verifier) second(at, track int) string {
	return fmt.Sprintf("track %d from %s", track, edit.Clock(time.Duration(at)*second))
}

func (v *verifier) blocks() error {
	m := v.report.Manifest
	p, err := record.NewPlayer(v.src, v.size)
	if err != nil {
		return err
	}
	last := time.Duration(0)
	for n := 0; ; n++ {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n%1000 == 0 {
			if err := v.ctx.Err(); err != nil {
				return err
			}
			if v.progress != nil && m.Head.Length > 0 {
				v.progress(m.size+int64(float64(v.size-m.size/2)*float64(b.PTS)/float64(m.Head.Length))/2, v.size*2)
			}
		}
		place := fmt.Sprintf("track %d at %s", b.Track, edit.Clock(b.PTS))
		if b.PTS < last {
			return fault(place, "time runs back")
		}
		last = b.PTS
		v.report.Duration = max(v.report.Duration, b.PTS+record.BlockLength(v.kinds[b.Track]))
		if err := v.block(b, place); err != nil {
			return err
		}
	}
	if p.Torn() {
		return fault(fmt.Sprintf("after %s", edit.Clock(last)), "the file's blocks end without an index")
	}
	if err := v.upTo(seconds(m.Head.Length)); err != nil {
		return err
	}
	if err := v.allCovered(); err != nil {
		return err
	}
	if root := treeRoot(v.leaves); !bytes.Equal(root[:], m.Head.Root) {
		return fault("manifest, segments", "what stays and what goes are not the sealed recording together")
	}
	v.report.Missing = v.missing()
	if v.progress != nil {
		v.progress(v.size*2, v.size*2)
	}
	return nil
}

// block takes a block of the version: the recording's, or a cover where something goes.
func (v *verifier) block(b record.Block, place string) error {
	kind := v.kinds[b.Track]
	pts := v.goes.Original(b.PTS)
	at := int(pts / second)
	if at >= seconds(v.report.Manifest.Head.Length) {
		return fault(place, "it is after the end of the sealed recording")
	}
	if err := v.upTo(at); err != nil {
		return err
	}
	if !v.goes.of(kind).Has(pts) {
		v.open[b.Track] = append(v.open[b.Track], found{pts, b.Key, b.Payload})
		return nil
	}
	c := v.report.Manifest.voice
	if kind == media.KindVideo {
		c = v.report.Manifest.picture
		v.covered[b.PTS] = true
	}
	if len(b.Payload) != c.size || sha256.Sum256(b.Payload) != c.hash || !b.Key {
		return fault(place, "it shows or sounds what was ordered to be missing, or something else than the cover")
	}
	v.report.Covers++
	return nil
}

// upTo checks the segments of the seconds before one.
func (v *verifier) upTo(at int) error {
	m := v.report.Manifest
	for ; v.next < len(m.segments) && m.segments[v.next].at < at; v.next++ {
		s := m.segments[v.next]
		if err := v.segment(s, v.open[s.track]); err != nil {
			return err
		}
		v.report.Blocks += len(v.open[s.track])
		v.open[s.track] = v.open[s.track][:0]
	}
	return nil
}

// segment checks one second of a track and adds its leaf.
func (v *verifier) segment(s segment, blocks []found) error {
	goes := v.goes.of(v.kinds[s.track])
	place := v.second(s.at, s.track)
	var lines []listed
	switch s.mode {
	case hidden:
		if !goes.Covers(span(s.at)) {
			return fault(place, "this second is missing, and was not ordered to be missing as a whole")
		}
		v.leaves = append(v.leaves, s.leaf)
		return nil
	case keep:
		for i, b := range blocks {
			lines = append(lines, listed{b.pts, b.key, content(blockSalt(s.salt, i), b.payload)})
		}
	case part:
		var err error
		if lines, err = v.part(s, blocks, goes); err != nil {
			return err
		}
	}
	if leaf(s.at, s.track, lines) != s.leaf {
		return fault(place, "this second is not that of the sealed recording")
	}
	v.leaves = append(v.leaves, s.leaf)
	return nil
}

// part puts a segment together from blocks that stay and the hashes of those that go: these and no others have to be in an ordered stretch.
func (v *verifier) part(s segment, blocks []found, goes edit.Spans) ([]listed, error) {
	var lines []listed
	for _, l := range s.blocks {
		place := fmt.Sprintf("track %d at %s of the recording", s.track, edit.Clock(l.pts))
		switch {
		case int(l.pts/second) != s.at:
			return nil, fault(place, "it is listed in another second than its own")
		case l.stays && goes.Has(l.pts):
			return nil, fault(place, "it was ordered to be missing, and stays")
		case !l.stays && !goes.Has(l.pts):
			return nil, fault(place, "it is missing, and was not ordered to be")
		case !l.stays:
			lines = append(lines, listed{l.pts, l.key, l.value})
			continue
		case len(blocks) == 0:
			return nil, fault(place, "it is missing, and was not ordered to be")
		case blocks[0].pts != l.pts || blocks[0].key != l.key:
			return nil, fault(place, "another block stands in its place")
		}
		lines = append(lines, listed{l.pts, l.key, content(l.value, blocks[0].payload)})
		blocks = blocks[1:]
	}
	if len(blocks) > 0 {
		return nil, fault(fmt.Sprintf("track %d at %s of the recording", s.track, edit.Clock(blocks[0].pts)), "it is not in the manifest")
	}
	return lines, nil
}

// allCovered checks that the still picture stands where a mask begins: without it the last picture before would go on standing.
func (v *verifier) allCovered() error {
	for track, kind := range v.kinds {
		if kind != media.KindVideo {
			continue
		}
		for _, m := range v.goes.masked() {
			if m.From < v.report.Manifest.Head.Length && !v.covered[v.goes.Shown(m.From)] {
				return fault(fmt.Sprintf("track %d at %s of the recording", track, edit.Clock(m.From)), "a mask begins without its still picture")
			}
		}
	}
	return nil
}

func (v *verifier) missing() []Missing {
	var list []Missing
	for _, t := range v.report.Manifest.Head.Tracks {
		kind := v.kinds[t.Number]
		spans := v.goes.Voice
		if kind == media.KindVideo {
			spans = v.goes.Picture
		}
		list = append(list, Missing{t.Number, kind, spans})
	}
	return list
}
