package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"
)

// Reader reads a file at any place. It is safe for concurrent use.
type Reader struct {
	file    *os.File
	seal    *seal
	index   []span // of the chunks, in order
	size    int64
	summary Summary
	torn    bool

	mu     sync.Mutex
	loaded int    // number of the chunk in plain; -1: none
	plain  []byte // plaintext of the chunk read last
	stored []byte
}

// span is where a chunk lies.
type span struct {
	at    int64 // in the file
	start int64 // in the plaintext
	size  int   // of the plaintext
}

// Open reads a file's index. It fails with [ErrNotBlob], [ErrWrongKey] (also for another id), and with [ErrDamaged] when
// a closed file's chunks aren't those its trailer counts. A file without a trailer, because its writer didn't come to
// close it, opens up to its last whole chunk and is [Reader.Torn].
func Open(path string, key Key, id string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open sealed file: %w", err)
	}
	r := &Reader{file: file, loaded: -1}
	if err := r.load(key, id); err != nil {
		return nil, errors.Join(fmt.Errorf("open sealed file: %w", err), file.Close())
	}
	return r, nil
}

func (r *Reader) load(key Key, id string) (err error) {
	if r.seal, err = readSeal(r.file, key, id); err != nil {
		return err
	}
	l, err := readLayout(r.file, r.seal)
	if err != nil {
		return err
	}
	r.index, r.size, r.torn = l.index, l.size, !l.final
	if l.final {
		r.summary = l.trailer
		if l.bad >= 0 {
			return fmt.Errorf("%w: chunk %d", ErrDamaged, l.bad)
		}
		return nil
	}
	return r.dropBrokenTail()
}

// dropBrokenTail finds the last whole chunk of a torn file: a crash can leave a chunk's length without its bytes.
func (r *Reader) dropBrokenTail() error {
	for len(r.index) > 0 {
		last := len(r.index) - 1
		err := r.fetch(last)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrDamaged) {
			return err
		}
		r.size = r.index[last].start
		r.index = r.index[:last]
	}
	r.summary = Summary{Size: r.size, Chunks: len(r.index)}
	return nil
}

// Size is the length of the readable plaintext in bytes.
func (r *Reader) Size() int64 { return r.size }

// Summary is what the trailer says; of a torn file, how much is readable, without a root.
func (r *Reader) Summary() Summary { return r.summary }

// Torn says that the file was never closed: it ends at the last whole chunk.
func (r *Reader) Torn() bool { return r.torn }

// Close closes the file.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.plain[:cap(r.plain)])
	r.loaded = -1
	return r.file.Close()
}

// ReadAt implements [io.ReaderAt] on the plaintext. A chunk that was changed gives [ErrDamaged]; others stay readable.
func (r *Reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("read sealed file: negative offset")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) {
		if off >= r.size {
			return n, io.EOF
		}
		i := sort.Search(len(r.index), func(i int) bool { return r.index[i].start > off }) - 1
		if err := r.fetch(i); err != nil {
			return n, fmt.Errorf("read sealed file: %w", err)
		}
		c := copy(p[n:], r.plain[off-r.index[i].start:])
		n, off = n+c, off+int64(c)
	}
	return n, nil
}

// fetch makes chunk i the loaded one.
func (r *Reader) fetch(i int) (err error) {
	if r.loaded == i {
		return nil
	}
	r.loaded = -1
	if r.stored, err = readStored(r.file, r.index[i], r.stored); err != nil {
		return err
	}
	if r.plain, err = r.seal.openChunk(r.plain[:0], uint32(i), r.stored); err != nil {
		return err
	}
	r.loaded = i
	return nil
}

// readStored reads a chunk as it is in the file into memory that it takes from buffer if it fits.
func readStored(file io.ReaderAt, s span, buffer []byte) ([]byte, error) {
	if cap(buffer) < ChunkSize+overhead {
		buffer = make([]byte, ChunkSize+overhead)
	}
	buffer = buffer[:s.size+overhead]
	if _, err := file.ReadAt(buffer, s.at); err != nil {
		if errors.Is(err, io.EOF) {
			return buffer, fmt.Errorf("%w: it ends too early", ErrDamaged)
		}
		return buffer, err
	}
	return buffer, nil
}

// layout is what the length words and the trailer say of a file. Nothing but the trailer is authentic yet.
type layout struct {
	index   []span
	size    int64
	trailer Summary
	final   bool
	bad     int // of a closed file: the first chunk that isn't where the trailer's count needs it; -1: none
}

func readLayout(file *os.File, s *seal) (layout, error) {
	stat, err := file.Stat()
	if err != nil {
		return layout{}, err
	}
	l := layout{bad: -1}
	end := stat.Size()
	if end >= int64(headerSize+trailerSize) {
		stored := make([]byte, trailerSize)
		if _, err := file.ReadAt(stored, end-trailerSize); err != nil {
			return layout{}, err
		}
		if l.trailer, err = s.openTrailer(stored); err == nil {
			l.final = true
			end -= trailerSize
		}
	}
	at, err := l.walk(file, end)
	if err != nil {
		return layout{}, err
	}
	if !l.final {
		return l, l.trailerAt(file, s, at)
	}
	if at != end || len(l.index) != l.trailer.Chunks || l.size != l.trailer.Size {
		l.bad = min(len(l.index), l.trailer.Chunks)
	}
	return l, nil
}

// trailerAt sees whether a closed file goes on behind its trailer, where the chunks end.
func (l *layout) trailerAt(file io.ReaderAt, s *seal, at int64) error {
	stored := make([]byte, trailerSize)
	if _, err := file.ReadAt(stored, at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	sum, err := s.openTrailer(stored)
	if err == nil {
		l.trailer, l.final, l.bad = sum, true, len(l.index)
	}
	return nil
}

// walk follows the length words up to end and returns how far they lead.
func (l *layout) walk(file io.ReaderAt, end int64) (at int64, err error) {
	at = int64(headerSize)
	var word [lengthSize]byte
	for at+overhead < end {
		if _, err := file.ReadAt(word[:], at); err != nil {
			return at, err
		}
		length := binary.BigEndian.Uint32(word[:])
		if length == 0 || length > ChunkSize || at+int64(length)+overhead > end {
			return at, nil
		}
		l.index = append(l.index, span{at: at, start: l.size, size: int(length)})
		l.size += int64(length)
		at += int64(length) + overhead
	}
	return at, nil
}
