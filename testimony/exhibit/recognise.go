package exhibit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // recognised and shown
	_ "image/png"  // recognised and shown
	"io"
	"slices"
)

// Format is what a file is, by its bytes. It is also the ending of a copy's name.
type Format string

// The formats that are received.
const (
	PDF  Format = "pdf"
	PNG  Format = "png"
	JPEG Format = "jpeg"
	MP4  Format = "mp4"
	MOV  Format = "mov"
	WebM Format = "webm"
	WAV  Format = "wav"
)

// Formats lists the formats that are received.
var Formats = []Format{PDF, PNG, JPEG, MP4, MOV, WebM, WAV}

func formatNames() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = string(f)
	}
	return names
}

// Kind is what a file of this format is to those who look at it.
func (f Format) Kind() Kind {
	switch f {
	case PDF:
		return Document
	case PNG, JPEG:
		return Picture
	}
	return Recording
}

// MaxSize is the most bytes that an exhibit of a kind may have.
func MaxSize(k Kind) int64 {
	switch k {
	case Document:
		return 256 << 20
	case Picture:
		return 64 << 20
	}
	return 32 << 30
}

// MaxPixels is the most that a picture may have: one that unpacks to more would fill the memory of whoever opens it.
const MaxPixels = 64 << 20

// Why a file is refused.
var (
	ErrUnknown = errors.New("this file is none that is received: PDF, PNG, JPEG, MP4, MOV, WebM or WAV")
	ErrTorn    = errors.New("this file is torn or was altered")
	ErrTooBig  = errors.New("this file is larger than is received")
	ErrEmpty   = errors.New("this file is empty")
)

// Recognise tells by its bytes what a file of a size is, and refuses what is not received, not whole or too large. It reads the beginning and the end, and of
// MP4, MOV, WebM and WAV the heads of their outermost parts; it is no proof that a player can play all of it.
func Recognise(r io.ReaderAt, size int64) (Format, error) {
	if size <= 0 {
		return "", ErrEmpty
	}
	f := formatOf(part(r, 0, 64, size))
	if f == "" {
		return "", ErrUnknown
	}
	if size > MaxSize(f.Kind()) {
		return "", fmt.Errorf("%w: a %s may have %d MiB", ErrTooBig, f.Kind(), MaxSize(f.Kind())>>20)
	}
	if err := wholeness[f](r, size); err != nil {
		return "", err
	}
	return f, nil
}

// wholeness is what each format is looked through for.
var wholeness = map[Format]func(r io.ReaderAt, size int64) error{PDF: wholePDF, PNG: wholePNG, JPEG: wholeJPEG, MP4: wholeBoxes, MOV: wholeBoxes, WebM: wholeWebM, WAV: wholeWave}

func wholePDF(r io.ReaderAt, size int64) error {
	return orTorn(bytes.Contains(part(r, size-1024, 1024, size), []byte("%%EOF")))
}

func orTorn(whole bool) error {
	if !whole {
		return ErrTorn
	}
	return nil
}

// part reads n bytes at a place, fewer where the file is shorter or can't be read.
func part(r io.ReaderAt, at int64, n int, size int64) []byte {
	if at < 0 {
		at = 0
	}
	b := make([]byte, min(int64(n), max(0, size-at)))
	got, _ := r.ReadAt(b, at)
	return b[:got]
}

func formatOf(head []byte) Format {
	has := func(at int, text string) bool {
		return len(head) >= at+len(text) && string(head[at:at+len(text)]) == text
	}
	switch {
	case has(0, "%PDF-1.") || has(0, "%PDF-2."):
		return PDF
	case has(0, "\x89PNG\r\n\x1a\n"):
		return PNG
	case has(0, "\xff\xd8\xff"):
		return JPEG
	case has(0, "RIFF") && has(8, "WAVE"):
		return WAV
	case has(0, "\x1aE\xdf\xa3"):
		return WebM
	case has(4, "ftypqt  "):
		return MOV
	case has(4, "ftyp") && len(head) >= 12 && slices.Contains(brands, string(head[8:12])):
		return MP4
	}
	return ""
}

// brands are the major brands of MP4 files as cameras, telephones and recorders write them (ISO/IEC 14496-12 and the register at mp4ra.org).
var brands = []string{"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "M4A ", "MSNV", "dash", "3gp4", "3gp5", "3gp6", "3g2a", "XAVC"}

func wholePNG(r io.ReaderAt, size int64) error {
	return wholePicture(r, size, "png", bytes.HasSuffix(part(r, size-12, 12, size), []byte("\x00\x00\x00\x00IEND\xaeB`\x82")))
}

// wholeJPEG looks for the end of the picture near the end of the file: cameras write more behind it.
func wholeJPEG(r io.ReaderAt, size int64) error {
	return wholePicture(r, size, "jpeg", bytes.Contains(part(r, size-64<<10, 64<<10, size), []byte{0xff, 0xd9}))
}

func wholePicture(r io.ReaderAt, size int64, want string, ends bool) error {
	c, name, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
	switch {
	case err != nil || name != want || !ends || c.Width <= 0 || c.Height <= 0:
		return ErrTorn
	case int64(c.Width)*int64(c.Height) > MaxPixels:
		return fmt.Errorf("%w: a picture may have %d million pixels", ErrTooBig, MaxPixels>>20)
	}
	return nil
}

// mostParts is how many outermost parts a file may have: a hostile one could have as many as it has bytes.
const mostParts = 1 << 16

// wholeBoxes walks the outermost boxes of an MP4 or MOV file (ISO/IEC 14496-12 §4.2): they fill it to its last byte, one of them is what was
// recorded, and one says what that is.
func wholeBoxes(r io.ReaderAt, size int64) error {
	described, recorded := false, false
	at := int64(0)
	for range mostParts {
		if at == size {
			return orTorn(described && recorded)
		}
		head := part(r, at, 16, size)
		if len(head) < 8 {
			return ErrTorn
		}
		length, least := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch {
		case length == 0:
			length = size - at
		case length == 1 && len(head) < 16:
			return ErrTorn
		case length == 1:
			length, least = int64(binary.BigEndian.Uint64(head[8:])), 16
		}
		if length < least || length > size-at {
			return ErrTorn
		}
		kind := string(head[4:8])
		described, recorded = described || kind == "moov" || kind == "moof", recorded || kind == "mdat"
		at += length
	}
	return ErrTorn
}

// wholeWave walks the chunks of a WAV file: the form says how long it is, and has a format before its data.
func wholeWave(r io.ReaderAt, size int64) error {
	head := part(r, 0, 12, size)
	if len(head) < 12 || int64(binary.LittleEndian.Uint32(head[4:]))+8 > size {
		return ErrTorn
	}
	format := false
	at := int64(12)
	for range mostParts {
		chunk := part(r, at, 8, size)
		if len(chunk) < 8 {
			return ErrTorn
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		if length > size-at-8 {
			return ErrTorn
		}
		switch string(chunk[:4]) {
		case "fmt ":
			format = length >= 16
		case "data":
			return orTorn(format)
		}
		at += 8 + length + length%2
	}
	return ErrTorn
}

// wholeWebM reads the head of an EBML file (RFC 8794): its document is WebM, and the segment that follows is as long as it says.
func wholeWebM(r io.ReaderAt, size int64) error {
	head := part(r, 0, 4096, size)
	if len(head) < 5 {
		return ErrTorn
	}
	n, width := vint(head[4:])
	if width == 0 || n < 0 || n > int64(len(head)-4-width) {
		return ErrTorn
	}
	begin := 4 + width
	body := head[begin : begin+int(n)]
	// DocType, 0x4282, with a length of one byte.
	at := bytes.Index(body, []byte{0x42, 0x82})
	if at < 0 || at+3 > len(body) || body[at+2]&0x80 == 0 || !bytes.HasPrefix(body[at+3:], []byte("webm")) || body[at+2] != 0x84 {
		return ErrUnknown
	}
	after := head[begin+int(n):]
	if !bytes.HasPrefix(after, []byte{0x18, 0x53, 0x80, 0x67}) {
		return ErrTorn
	}
	length, width := vint(after[4:])
	if width == 0 || length > size-int64(begin)-n-4-int64(width) {
		return ErrTorn
	}
	return nil
}

// vint reads a variable-size integer (RFC 8794 §4): its value, -1 for an unknown one, and how many bytes it takes; 0 where there is none.
func vint(b []byte) (value int64, width int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	for width = 1; b[0]&(0x80>>(width-1)) == 0; width++ {
	}
	if len(b) < width {
		return 0, 0
	}
	mask := byte(0x80>>(width-1)) - 1
	value = int64(b[0] & mask)
	unknown := b[0]&mask == mask
	for _, x := range b[1:width] {
		value, unknown = value<<8|int64(x), unknown && x == 0xff
	}
	if unknown {
		return -1, width
	}
	return value, width
}
