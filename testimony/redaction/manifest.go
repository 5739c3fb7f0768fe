package redaction

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/edit"
)

// Manifest is what a version says of itself. It stands as text at the end of the file.
type Manifest struct {
	Vault   string                `json:"vault"` // id that every signature binds
	Version testimony.RecordingID `json:"version"`
	Head    Head                  `json:"head"`
	Sealed  Mark                  `json:"sealed_by"` // of whoever sealed the recording, over Head
	List    *edit.List            `json:"list,omitempty"`
	Ordered Mark                  `json:"ordered_by"` // of the judge, over List
	At      time.Time             `json:"at"`
	Made    Mark                  `json:"made_by"` // of whoever made the version, over the whole manifest

	picture, voice cover
	segments       []segment
	size           int64 // bytes of the file before the manifest
	pieces         []Hash
}

// cover is what stands for what goes: one still picture, one packet of silence. Without size there is none.
type cover struct {
	size int
	hash Hash
}

// mode is what a version has of a segment.
type mode uint8

const (
	keep   mode = iota // all of it
	part               // some blocks
	hidden             // nothing
)

// segment is a line of the manifest, with the lines of its blocks where it is a part.
type segment struct {
	at, track int
	mode      mode
	leaf      Hash // in the recording's tree
	salt      Hash // of its blocks, where all of it stays
	blocks    []line
}

// line is a block of a part.
type line struct {
	pts   time.Duration
	key   bool
	stays bool
	value Hash // the block's salt where it stays, its content hash where it goes
}

const (
	manifestForm = "paravent evidence manifest 1\n"
	pieceSize    = 1 << 20

	// AttachmentName and AttachmentType name the manifest in a version's file.
	AttachmentName = "manifest.txt"
	AttachmentType = "text/plain"
)

// unsigned is the manifest's text up to the last signature.
func (m Manifest) unsigned() []byte {
	b := fmt.Appendf(nil, "%svault %s\nversion %s\n", manifestForm, m.Vault, m.Version)
	b = appendSigned(b, "head", m.Head.Statement(), m.Sealed)
	if m.List == nil {
		b = append(b, "edits none\n"...)
	} else {
		b = appendSigned(b, "edits", m.List.Statement(), m.Ordered)
	}
	b = fmt.Appendf(b, "cover picture %d %x\ncover voice %d %x\n", m.picture.size, m.picture.hash, m.voice.size, m.voice.hash)
	b = fmt.Appendf(b, "segments %d\n", len(m.segments))
	for _, s := range m.segments {
		switch s.mode {
		case keep:
			b = fmt.Appendf(b, "keep %d %d %x %x\n", s.at, s.track, s.leaf, s.salt)
		case hidden:
			b = fmt.Appendf(b, "gone %d %d %x\n", s.at, s.track, s.leaf)
		case part:
			b = fmt.Appendf(b, "part %d %d %x %d\n", s.at, s.track, s.leaf, len(s.blocks))
			for _, l := range s.blocks {
				word := "out"
				if l.stays {
					word = "in"
				}
				b = fmt.Appendf(b, "%s %d %s %x\n", word, l.pts.Milliseconds(), keyWord(l.key), l.value)
			}
		}
	}
	b = fmt.Appendf(b, "media %d\n", m.size)
	for _, p := range m.pieces {
		b = fmt.Appendf(b, "piece %x\n", p)
	}
	return fmt.Appendf(b, "at %s\n", moment(m.At))
}

func appendSigned(b []byte, name string, statement []byte, by Mark) []byte {
	b = fmt.Appendf(b, "begin %s\n", name)
	b = append(b, statement...)
	return appendMark(fmt.Appendf(b, "end %s\n", name), by)
}

func appendMark(b []byte, by Mark) []byte {
	return fmt.Appendf(b, "signed %x %x\n", fixed(by.Public, ed25519.PublicKeySize), fixed(by.Signature, ed25519.SignatureSize))
}

// fixed gives a value its length: the text of a manifest is as long before it is signed as after.
func fixed(b []byte, n int) []byte { return append(b, make([]byte, max(0, n-len(b)))...)[:n] }

// text is the whole manifest.
func (m Manifest) text() []byte { return appendMark(m.unsigned(), m.Made) }

// reader takes a manifest apart, line by line.
type lineReader struct {
	rest   []byte
	number int
	bad    bool
}

// next is the next line, or nothing once something was wrong.
func (r *lineReader) next() string {
	end := bytes.IndexByte(r.rest, '\n')
	if end < 0 || r.bad {
		r.bad = true
		return ""
	}
	line := string(r.rest[:end])
	r.rest = r.rest[end+1:]
	r.number++
	return line
}

// fields are the words of the next line, whose first has to be one of words; there have to be as many as are wanted.
func (r *lineReader) fields(wanted int, words ...string) []string {
	f := strings.Split(r.next(), " ")
	for _, w := range words {
		if f[0] == w && len(f) == wanted && !r.bad {
			return f
		}
	}
	r.bad = true
	return make([]string, wanted)
}

func (r *lineReader) hash(s string) (h Hash) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		r.bad = true
		return h
	}
	return Hash(b)
}

func (r *lineReader) count(s string, most int64) int64 {
	n, err := strconv.ParseInt(s, 10, 63)
	if err != nil || n < 0 || n > most {
		r.bad = true
		return 0
	}
	return n
}

func (r *lineReader) moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	r.bad = r.bad || err != nil
	return t
}

func (r *lineReader) mark() Mark {
	f := r.fields(3, "signed")
	public, err := hex.DecodeString(f[1])
	signature, err2 := hex.DecodeString(f[2])
	if err != nil || err2 != nil || len(public) != ed25519.PublicKeySize || len(signature) != ed25519.SignatureSize {
		r.bad = true
	}
	return Mark{public, signature}
}

// block is the lines between "begin name" and "end name".
func (r *lineReader) block(name string) []string {
	var lines []string
	for !r.bad {
		line := r.next()
		if line == "end "+name {
			break
		}
		lines = append(lines, line)
	}
	return lines
}

// parseManifest reads the text of a manifest. What it accepts is written back to the byte. The line is that where it stopped.
func parseManifest(text []byte) (m Manifest, lineNumber int, err error) {
	r := &lineReader{rest: text}
	if r.next()+"\n" != manifestForm {
		r.bad = true
	}
	m.Vault = r.fields(2, "vault")[1]
	m.Version = testimony.RecordingID(r.fields(2, "version")[1])
	r.readHead(&m)
	r.readList(&m)
	m.picture, m.voice = r.cover("picture"), r.cover("voice")
	r.readSegments(&m)
	r.readPieces(&m)
	m.At = r.moment(r.fields(2, "at")[1])
	m.Made = r.mark()
	if r.bad {
		return m, r.number, fmt.Errorf("the manifest is not readable in line %d", max(1, r.number))
	}
	if len(r.rest) > 0 {
		return m, r.number + 1, fmt.Errorf("something follows the manifest")
	}
	if again := m.text(); !bytes.Equal(again, text) {
		at := 0
		for at < min(len(again), len(text)) && again[at] == text[at] {
			at++
		}
		number := 1 + bytes.Count(text[:at], []byte("\n"))
		return m, number, fmt.Errorf("the manifest is not in its one form in line %d", number)
	}
	return m, r.number, nil
}

func (r *lineReader) readHead(m *Manifest) {
	if f := r.fields(2, "begin"); f[1] != "head" {
		r.bad = true
	}
	begin := r.number
	head, err := parseHead(r.block("head"))
	if err != nil && !r.bad {
		r.bad, r.number = true, begin+1
	}
	m.Head, m.Sealed = head, r.mark()
}

func (r *lineReader) readList(m *Manifest) {
	f := r.fields(2, "begin", "edits")
	if f[0] == "edits" {
		r.bad = r.bad || f[1] != "none"
		return
	}
	if f[1] != "edits" {
		r.bad = true
	}
	begin := r.number
	list, err := edit.ParseList([]byte(strings.Join(r.block("edits"), "\n") + "\n"))
	if err != nil && !r.bad {
		r.bad, r.number = true, begin+1
	}
	list.Signature = nil
	m.List, m.Ordered = &list, r.mark()
}

func (r *lineReader) cover(of string) cover {
	f := r.fields(4, "cover")
	if f[1] != of {
		r.bad = true
	}
	return cover{int(r.count(f[2], 1<<24)), r.hash(f[3])}
}

func (r *lineReader) readSegments(m *Manifest) {
	n := r.count(r.fields(2, "segments")[1], int64(maxLength/second)*126)
	for i := int64(0); i < n && !r.bad; i++ {
		f := strings.Split(r.next(), " ")
		if len(f) < 4 {
			r.bad = true
			return
		}
		s := segment{at: int(r.count(f[1], int64(maxLength/second))), track: int(r.count(f[2], 126)), leaf: r.hash(f[3])}
		switch {
		case f[0] == "keep" && len(f) == 5:
			s.mode, s.salt = keep, r.hash(f[4])
		case f[0] == "gone" && len(f) == 4:
			s.mode = hidden
		case f[0] == "part" && len(f) == 5:
			s.mode = part
			for j := r.count(f[4], 1<<16); j > 0 && !r.bad; j-- {
				s.blocks = append(s.blocks, r.line())
			}
		default:
			r.bad = true
		}
		m.segments = append(m.segments, s)
	}
}

func (r *lineReader) line() line {
	f := r.fields(4, "in", "out")
	r.bad = r.bad || f[2] != "key" && f[2] != "delta"
	return line{time.Duration(r.count(f[1], 1<<40)) * time.Millisecond, f[2] == "key", f[0] == "in", r.hash(f[3])}
}

func (r *lineReader) readPieces(m *Manifest) {
	m.size = r.count(r.fields(2, "media")[1], 1<<50)
	for n := piecesOf(m.size); n > 0 && !r.bad; n-- {
		m.pieces = append(m.pieces, r.hash(r.fields(2, "piece")[1]))
	}
}

func piecesOf(size int64) int { return int((size + pieceSize - 1) / pieceSize) }

// genuine reports whether a mark is a signature over a statement in this vault.
func (m Manifest) genuine(by Mark, statement []byte) bool {
	return len(m.Vault) == 32 && !weak(by.Public) && store.CheckStatement(m.Vault, by.Public, statement, by.Signature)
}

// weakKeys are the encodings of the points of small order (RFC 8032 §8.9, without the sign): one signature under such a key fits many texts, and
// in a version the keys come from whoever made it.
var weakKeys = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func weak(public []byte) bool {
	key := bytes.Clone(public)
	if len(key) > 0 {
		key[len(key)-1] &= 0x7f
	}
	return slices.Contains(weakKeys, hex.EncodeToString(key))
}
