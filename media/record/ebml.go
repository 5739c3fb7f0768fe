package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// elementID is an EBML element ID with its length marker, as it stands in the file (RFC 8794 §5).
type elementID uint32

// The elements that this package writes or looks into (RFC 9559 §5).
const (
	idEBML               elementID = 0x1A45DFA3
	idEBMLVersion        elementID = 0x4286
	idEBMLReadVersion    elementID = 0x42F7
	idEBMLMaxIDLength    elementID = 0x42F2
	idEBMLMaxSizeLength  elementID = 0x42F3
	idDocType            elementID = 0x4282
	idDocTypeVersion     elementID = 0x4287
	idDocTypeReadVersion elementID = 0x4285

	idSegment       elementID = 0x18538067
	idSeekHead      elementID = 0x114D9B74
	idSeek          elementID = 0x4DBB
	idSeekID        elementID = 0x53AB
	idSeekPosition  elementID = 0x53AC
	idVoid          elementID = 0xEC
	idInfo          elementID = 0x1549A966
	idTimestampUnit elementID = 0x2AD7B1
	idDuration      elementID = 0x4489
	idDateUTC       elementID = 0x4461
	idMuxingApp     elementID = 0x4D80
	idWritingApp    elementID = 0x5741

	idTracks        elementID = 0x1654AE6B
	idTrackEntry    elementID = 0xAE
	idTrackNumber   elementID = 0xD7
	idTrackUID      elementID = 0x73C5
	idTrackType     elementID = 0x83
	idFlagLacing    elementID = 0x9C
	idCodecID       elementID = 0x86
	idCodecPrivate  elementID = 0x63A2
	idSeekPreRoll   elementID = 0x56BB
	idVideo         elementID = 0xE0
	idPixelWidth    elementID = 0xB0
	idPixelHeight   elementID = 0xBA
	idAudio         elementID = 0xE1
	idSamplingFreq  elementID = 0xB5
	idChannels      elementID = 0x9F
	idCluster       elementID = 0x1F43B675
	idTimestamp     elementID = 0xE7
	idSimpleBlock   elementID = 0xA3
	idCues          elementID = 0x1C53BB6B
	idCuePoint      elementID = 0xBB
	idCueTime       elementID = 0xB3
	idCueTrackPos   elementID = 0xB7
	idCueTrack      elementID = 0xF7
	idCueClusterPos elementID = 0xF1

	idAttachments   elementID = 0x1941A469
	idAttachedFile  elementID = 0x61A7
	idFileName      elementID = 0x466E
	idFileMediaType elementID = 0x4660
	idFileData      elementID = 0x465C
	idFileUID       elementID = 0x46AE
)

// unknownSize marks an element whose end is given by what follows it (RFC 8794 §6.2).
const unknownSize = int64(-1)

var (
	errTorn    = errors.New("the data ends inside an element")
	errInvalid = errors.New("not an EBML element")
)

func appendID(b []byte, id elementID) []byte {
	switch {
	case id > 0xFFFFFF:
		return append(b, byte(id>>24), byte(id>>16), byte(id>>8), byte(id))
	case id > 0xFFFF:
		return append(b, byte(id>>16), byte(id>>8), byte(id))
	case id > 0xFF:
		return append(b, byte(id>>8), byte(id))
	}
	return append(b, byte(id))
}

// appendSize writes n in the fewest bytes whose all-ones pattern is not taken.
func appendSize(b []byte, n int64) []byte {
	for width := 1; width < 8; width++ {
		if n < 1<<(7*width)-1 {
			return appendSizeWidth(b, n, width)
		}
	}
	return appendSizeWidth(b, n, 8)
}

func appendSizeWidth(b []byte, n int64, width int) []byte {
	coded := uint64(n) | 1<<(7*width)
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte(coded>>(8*i)))
	}
	return b
}

// appendUnknownSize writes the reserved eight-byte size: the element ends where the next one of its level begins.
func appendUnknownSize(b []byte) []byte {
	return append(b, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)
}

func appendElement(b []byte, id elementID, payload []byte) []byte {
	b = appendSize(appendID(b, id), int64(len(payload)))
	return append(b, payload...)
}

func appendUint(b []byte, id elementID, v uint64) []byte {
	width := 1
	for v >= 1<<(8*width) && width < 8 {
		width++
	}
	return appendUintWidth(b, id, v, width)
}

func appendUintWidth(b []byte, id elementID, v uint64, width int) []byte {
	b = appendSize(appendID(b, id), int64(width))
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

func appendFloat(b []byte, id elementID, v float64) []byte {
	b = appendSize(appendID(b, id), 8)
	return binary.BigEndian.AppendUint64(b, math.Float64bits(v))
}

func appendString(b []byte, id elementID, s string) []byte {
	return appendElement(b, id, []byte(s))
}

// element is the head of one element: where its payload stands and how long it says it is.
type element struct {
	id    elementID
	start int64 // of the ID
	body  int64 // of the payload
	size  int64 // of the payload, or unknownSize
}

func (e element) end() int64 { return e.body + e.size }

// window reads a source in large steps, because a block's head is a few bytes and a sealed source pays per read.
type window struct {
	src   io.ReaderAt
	size  int64
	buf   []byte
	start int64
}

const windowStep = 64 << 10

func newWindow(src io.ReaderAt, size int64) *window {
	return &window{src: src, size: size}
}

// view returns n bytes at off, valid until the next call. It fails with errTorn when the source ends before.
func (w *window) view(off int64, n int) ([]byte, error) {
	if n < 0 || off < 0 || off > w.size || int64(n) > w.size-off {
		return nil, errTorn
	}
	if off < w.start || off+int64(n) > w.start+int64(len(w.buf)) {
		if err := w.fill(off, n); err != nil {
			return nil, err
		}
	}
	at := int(off - w.start)
	return w.buf[at : at+n : at+n], nil
}

func (w *window) fill(off int64, n int) error {
	want := int(min(int64(max(n, windowStep)), w.size-off))
	if cap(w.buf) < want {
		w.buf = make([]byte, want)
	}
	w.buf = w.buf[:want]
	w.start = off
	read, err := w.src.ReadAt(w.buf, off)
	w.buf = w.buf[:read]
	if read >= n {
		return nil
	}
	w.buf = w.buf[:0]
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return fmt.Errorf("read recording: %w", err)
}

// element reads the head of the element at off.
func (w *window) element(off int64) (element, error) {
	head, err := w.view(off, int(min(12, max(0, w.size-off))))
	if err != nil {
		return element{}, err
	}
	id, idWidth, err := parseID(head)
	if err != nil {
		return element{}, err
	}
	size, sizeWidth, err := parseSize(head[idWidth:])
	if err != nil {
		return element{}, err
	}
	return element{id: id, start: off, body: off + int64(idWidth+sizeWidth), size: size}, nil
}

func parseID(b []byte) (elementID, int, error) {
	if len(b) == 0 {
		return 0, 0, errTorn
	}
	width := leadingZeros(b[0]) + 1
	if width > 4 {
		return 0, 0, errInvalid
	}
	if len(b) < width {
		return 0, 0, errTorn
	}
	var id elementID
	for _, c := range b[:width] {
		id = id<<8 | elementID(c)
	}
	return id, width, nil
}

func parseSize(b []byte) (int64, int, error) {
	if len(b) == 0 {
		return 0, 0, errTorn
	}
	width := leadingZeros(b[0]) + 1
	if width > 8 {
		return 0, 0, errInvalid
	}
	if len(b) < width {
		return 0, 0, errTorn
	}
	n := int64(b[0]) & (1<<(8-width) - 1)
	for _, c := range b[1:width] {
		n = n<<8 | int64(c)
	}
	if n == 1<<(7*width)-1 {
		return unknownSize, width, nil
	}
	return n, width, nil
}

func leadingZeros(c byte) int {
	n := 0
	for mask := byte(0x80); mask != 0 && c&mask == 0; mask >>= 1 {
		n++
	}
	return n
}

func parseUint(b []byte) uint64 {
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}
