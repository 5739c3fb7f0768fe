package redaction

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony"
	"paravent/testimony/edit"
)

// Plan is a version that is to be made.
type Plan struct {
	Vault   string
	Version testimony.RecordingID
	Head    Head
	Sealed  Mark
	Seed    Seed
	List    *edit.List // nil: nothing is missing
	Ordered Mark
	At      time.Time
	// Cover makes what stands for what goes: one still picture of a size in pixels, encoded by itself, and one packet of silence.
	Cover func(width, height int) (picture, voice []byte, err error)
	// Sign signs the manifest.
	Sign func(statement []byte) (Mark, error)
}

// Made says what a version is.
type Made struct {
	Duration time.Duration
	Size     int64 // bytes
	Hash     Hash  // of the whole file
}

// What a caller decides by.
var (
	ErrNotMaster = errors.New("this is not the recording that was sealed")
	ErrNotOrder  = errors.New("the list of edits is not of this recording")
)

// Derive reads a recording of size bytes twice and writes a version of it to dst, which only has to grow. It fails with [ErrNotMaster] before
// it writes anything when the recording is not what the head says.
func Derive(dst io.Writer, src io.ReaderAt, size int64, p Plan) (Made, error) {
	if p.List != nil && (p.List.Recording != p.Head.Recording || !bytes.Equal(p.List.Root, p.Head.Root)) {
		return Made{}, ErrNotOrder
	}
	goes := whatGoes(p.List)
	r, err := read(src, size, p.Seed, goes)
	if err != nil {
		return Made{}, err
	}
	if !bytes.Equal(r.root[:], p.Head.Root) {
		return Made{}, ErrNotMaster
	}
	v := &version{reading: r, plan: p, goes: goes}
	if err := v.lay(); err != nil {
		return Made{}, err
	}
	return v.write(dst, src, size)
}

// version is one that is being written.
type version struct {
	*reading
	plan           Plan
	goes           gone
	picture, voice []byte
	outlines       []record.Outline
	from           []int // of an outline: the block's place in the recording, or a cover
	layout         *record.Layout
	manifest       Manifest
}

// The covers in version.from.
const (
	pictureCover = -1
	voiceCover   = -2
)

// lay finds out what stands where, and what the manifest says but for its hashes of the file.
func (v *version) lay() error {
	width, height, pictures := 0, 0, 0
	for _, t := range v.tracks {
		if t.Kind == media.KindVideo {
			width, height, pictures = t.Width, t.Height, t.Number
		}
	}
	var err error
	if v.picture, v.voice, err = v.plan.Cover(width, height); err != nil {
		return fmt.Errorf("make the cover: %w", err)
	}
	for i, b := range v.blocks {
		switch {
		case v.stays[i]:
			v.put(i, b)
		case v.kinds[b.Track] == media.KindAudio && !v.goes.Cut.Has(b.PTS):
			v.put(voiceCover, record.Outline{Track: b.Track, PTS: b.PTS, Key: true, Size: len(v.voice)})
		}
	}
	if pictures > 0 {
		for _, at := range coversOf(v.goes, v.length) {
			v.put(pictureCover, record.Outline{Track: pictures, PTS: at, Key: true, Size: len(v.picture)})
		}
	}
	v.manifest = Manifest{Vault: v.plan.Vault, Version: v.plan.Version, Head: v.plan.Head, Sealed: v.plan.Sealed, List: v.plan.List, Ordered: v.plan.Ordered,
		At: v.plan.At.UTC().Truncate(time.Second), picture: cover{len(v.picture), sha256.Sum256(v.picture)}, voice: cover{len(v.voice), sha256.Sum256(v.voice)}, segments: v.segments}
	attached := &record.Attachment{Name: AttachmentName, Type: AttachmentType}
	if v.layout, err = record.NewLayout(v.tracks, v.start, v.outlines, attached); err != nil {
		return err
	}
	v.manifest.size = v.layout.Size() // which does not depend on the attachment's
	v.manifest.pieces = make([]Hash, piecesOf(v.manifest.size))
	attached.Size = int64(len(v.manifest.text()))
	v.layout, err = record.NewLayout(v.tracks, v.start, v.outlines, attached)
	return err
}

// coversOf are the times at which the still picture stands: where a mask begins, and every two seconds, so that a player can start in it.
func coversOf(g gone, length time.Duration) []time.Duration {
	var times []time.Duration
	for _, m := range g.masked() {
		for at := m.From; at < min(m.Until, length); at += record.MaxCluster {
			times = append(times, at)
		}
	}
	return times
}

func (v *version) put(from int, b record.Outline) {
	b.PTS = v.goes.Shown(b.PTS)
	v.outlines, v.from = append(v.outlines, b), append(v.from, from)
}

func (v *version) write(dst io.Writer, src io.ReaderAt, size int64) (Made, error) {
	player, err := record.NewPlayer(src, size)
	if err != nil {
		return Made{}, err
	}
	out := &pieces{dst: dst, whole: sha256.New(), piece: sha256.New()}
	ahead := payloads{player: player, stays: v.stays, held: map[int][]byte{}}
	err = v.layout.Write(out, func(i int) ([]byte, error) {
		switch n := v.from[i]; n {
		case pictureCover:
			return v.picture, nil
		case voiceCover:
			return v.voice, nil
		default:
			return ahead.block(n)
		}
	})
	if err != nil {
		return Made{}, err
	}
	if v.manifest.pieces = out.end(); out.written != v.manifest.size || len(v.manifest.pieces) != piecesOf(v.manifest.size) {
		return Made{}, errors.New("a version is not as long as it was laid out")
	}
	if v.manifest.Made, err = v.plan.Sign(v.manifest.unsigned()); err != nil {
		return Made{}, err
	}
	if _, err := out.Write(v.manifest.text()); err != nil {
		return Made{}, err
	}
	return Made{v.layout.Duration(), out.written, Hash(out.whole.Sum(nil))}, nil
}

// payloads reads a recording once more, in the order of a version, which is nearly its own: what is read too early waits.
type payloads struct {
	player *record.Player
	next   int
	stays  []bool
	held   map[int][]byte
}

func (p *payloads) block(n int) ([]byte, error) {
	if b, ok := p.held[n]; ok {
		delete(p.held, n)
		return b, nil
	}
	for {
		b, err := p.player.Next()
		if err != nil {
			return nil, fmt.Errorf("%w: it is shorter than a moment ago", ErrNotMaster)
		}
		p.next++
		if p.next-1 == n {
			return b.Payload, nil
		}
		if p.stays[p.next-1] {
			p.held[p.next-1] = b.Payload
		}
	}
}

// pieces hashes what goes through it, as a whole and piece by piece.
type pieces struct {
	dst     io.Writer
	whole   hash.Hash
	piece   hash.Hash
	inPiece int
	written int64
	done    []Hash
}

func (p *pieces) Write(b []byte) (int, error) {
	n, err := p.dst.Write(b)
	p.written += int64(n)
	p.whole.Write(b[:n])
	for rest := b[:n]; len(rest) > 0; {
		take := min(len(rest), pieceSize-p.inPiece)
		p.piece.Write(rest[:take])
		rest, p.inPiece = rest[take:], p.inPiece+take
		if p.inPiece == pieceSize {
			p.close()
		}
	}
	return n, err
}

func (p *pieces) close() {
	p.done = append(p.done, Hash(p.piece.Sum(nil)))
	p.piece.Reset()
	p.inPiece = 0
}

func (p *pieces) end() []Hash {
	if p.inPiece > 0 {
		p.close()
	}
	return p.done
}
