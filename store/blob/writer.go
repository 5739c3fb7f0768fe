package blob

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// Writer appends to a new file. It is safe for concurrent use, so that one goroutine can write and another sync. After
// an error it takes nothing more; what was synced before stays readable.
type Writer struct {
	mu     sync.Mutex
	file   *os.File
	seal   *seal
	buffer []byte // plaintext not sealed yet, less than a chunk
	stored []byte // scratch for one sealed chunk
	tree   tree
	size   int64
	err    error
}

// Create makes a new file and leaves an existing one alone ([fs.ErrExist]). id names the stream; opening needs the same.
func Create(path string, key Key, id string) (*Writer, error) {
	var salt [saltSize]byte
	rand.Read(salt[:])
	s, err := newSeal(key, id, salt)
	if err != nil {
		return nil, fmt.Errorf("create sealed file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create sealed file: %w", mapError(err))
	}
	w := &Writer{file: file, seal: s, buffer: make([]byte, 0, ChunkSize), stored: make([]byte, 0, ChunkSize+overhead)}
	if err := errors.Join(w.begin(), syncDirectory(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("create sealed file: %w", mapError(err)), file.Close(), os.Remove(path))
	}
	return w, nil
}

func (w *Writer) begin() error {
	if _, err := w.file.Write(w.seal.header[:]); err != nil {
		return err
	}
	return w.file.Sync()
}

// Write takes all of p, or fails for good.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := 0
	for len(p) > 0 && w.err == nil {
		n := min(len(p), ChunkSize-len(w.buffer))
		w.buffer = append(w.buffer, p[:n]...)
		p, taken = p[n:], taken+n
		if len(w.buffer) == ChunkSize {
			w.flush()
		}
	}
	return taken, w.err
}

// Flush seals what has been written so far, in a short chunk if need be.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	return w.err
}

// Sync is Flush and waits until the disk has it.
func (w *Writer) Sync() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flush()
	w.sync()
	return w.err
}

// Summary is what has been sealed so far, without what still waits for its chunk to be full: see [Writer.Flush].
func (w *Writer) Summary() (Summary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return Summary{}, w.err
	}
	root, err := w.tree.root()
	return Summary{Size: w.size, Chunks: int(w.tree.n), Root: root}, err
}

// Close seals the rest and the trailer, waits until the disk has them and closes the file. A second Close gives
// [ErrClosed].
func (w *Writer) Close() (Summary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.err, ErrClosed) {
		return Summary{}, w.err
	}
	w.flush()
	sum := w.finish()
	w.sync()
	if err := w.file.Close(); w.err == nil {
		w.fail(err)
	}
	err := w.err
	clear(w.buffer[:cap(w.buffer)])
	w.err = ErrClosed
	if err != nil {
		return Summary{}, err
	}
	return sum, nil
}

func (w *Writer) finish() Summary {
	if w.err != nil {
		return Summary{}
	}
	root, err := w.tree.root()
	w.fail(err)
	sum := Summary{Size: w.size, Chunks: int(w.tree.n), Root: root, Final: true}
	_, err = w.file.Write(w.seal.trailer(w.stored[:0], sum))
	w.fail(err)
	return sum
}

func (w *Writer) flush() {
	if w.err != nil || len(w.buffer) == 0 {
		return
	}
	if w.tree.n >= maxChunks {
		w.fail(errors.New("the sealed file is too long"))
		return
	}
	stored := w.seal.chunk(w.stored[:0], uint32(w.tree.n), w.buffer)
	if _, err := w.file.Write(stored); err != nil {
		// Part of the chunk may be in the file, and its number must seal nothing else: no second try.
		w.fail(err)
		return
	}
	w.fail(w.tree.add(tlog.RecordHash(stored)))
	w.size += int64(len(w.buffer))
	w.buffer = w.buffer[:0]
}

func (w *Writer) sync() {
	if w.err == nil {
		w.fail(w.file.Sync())
	}
}

func (w *Writer) fail(err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("write sealed file: %w", mapError(err))
	}
}
