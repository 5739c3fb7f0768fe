// Package blob keeps one long stream in one sealed, append-only file: a recording, an exhibit.
//
// The stream is cut into chunks, each sealed by itself with AES-256-GCM under the file's own key, so that what was
// written before a crash stays readable and any place can be read without what is before it. A finished file ends with a
// sealed trailer that counts the chunks and carries the root of a Merkle tree over them: cutting, swapping, repeating or
// adding chunks is seen. The package keeps no keys and knows nothing of vaults or media. docs/vault-format.md is the
// format, to the byte.
//
// Start from [Create], [Open] or [Verify].
package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"golang.org/x/mod/sumdb/tlog"
)

// Key opens one file. Use a fresh random one for each; destroying it destroys the file's contents.
type Key [32]byte

// Summary describes a stream.
type Summary struct {
	Size   int64    // bytes of plaintext
	Chunks int      // without the trailer
	Root   [32]byte // RFC 6962 tree hash over the chunks as stored
	Final  bool     // the stream was closed by its writer
}

// What a caller decides by.
var (
	ErrNotBlob  = errors.New("this file is not a sealed recording")
	ErrWrongKey = errors.New("the key does not fit this sealed file")
	ErrDamaged  = errors.New("the sealed file is damaged")
	ErrClosed   = errors.New("the sealed file is closed")
	ErrDiskFull = errors.New("the disk is full")
)

// ChunkSize is the greatest number of plaintext bytes in a chunk.
const ChunkSize = 64 << 10

const (
	magic      = "paravent blob\n\x00\x01"
	saltSize   = 32
	checkSize  = 16
	headerSize = len(magic) + saltSize + checkSize

	lengthSize = 4
	tagSize    = 16
	overhead   = lengthSize + tagSize

	trailerFlag  = 1 << 31 // in the length word of the trailer
	trailerPlain = 8 + 8 + 32
	trailerSize  = trailerPlain + overhead

	maxChunks = math.MaxUint32
)

// seal is the key material of one file.
type seal struct {
	aead   cipher.AEAD
	header [headerSize]byte
}

// newSeal derives a file's key from its salt and id, and completes the header with the key's commitment.
func newSeal(key Key, id string, salt [saltSize]byte) (*seal, error) {
	out, err := hkdf.Key(sha256.New, key[:], salt[:], "paravent/blob/1\x00"+id, 32+checkSize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	defer clear(out)
	block, err := aes.NewCipher(out[:32])
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	s := new(seal)
	if s.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	n := copy(s.header[:], magic)
	n += copy(s.header[n:], salt[:])
	copy(s.header[n:], out[32:])
	return s, nil
}

// readSeal checks a file's header against a key.
func readSeal(r io.ReaderAt, key Key, id string) (*seal, error) {
	var header [headerSize]byte
	if _, err := r.ReadAt(header[:], 0); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, ErrNotBlob
		}
		return nil, err
	}
	if string(header[:len(magic)]) != magic {
		return nil, ErrNotBlob
	}
	s, err := newSeal(key, id, [saltSize]byte(header[len(magic):]))
	if err != nil {
		return nil, err
	}
	if s.header != header {
		return nil, ErrWrongKey
	}
	return s, nil
}

// chunk appends the stored form of chunk number n to dst.
func (s *seal) chunk(dst []byte, n uint32, plain []byte) []byte {
	return s.record(dst, uint32(len(plain)), nonce(n, false), plain)
}

// trailer appends the stored form of the trailer to dst.
func (s *seal) trailer(dst []byte, sum Summary) []byte {
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, trailerPlain), uint64(sum.Size))
	plain = binary.BigEndian.AppendUint64(plain, uint64(sum.Chunks))
	plain = append(plain, sum.Root[:]...)
	return s.record(dst, trailerFlag|trailerPlain, nonce(0, true), plain)
}

func (s *seal) record(dst []byte, length uint32, nonce [12]byte, plain []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, length)
	return s.aead.Seal(dst, nonce[:], plain, s.bound(length))
}

// openChunk appends the plaintext of a stored chunk to dst.
func (s *seal) openChunk(dst []byte, n uint32, stored []byte) ([]byte, error) {
	length := binary.BigEndian.Uint32(stored)
	at := nonce(n, false)
	plain, err := s.aead.Open(dst, at[:], stored[lengthSize:], s.bound(length))
	if err != nil {
		return nil, fmt.Errorf("%w: chunk %d", ErrDamaged, n)
	}
	return plain, nil
}

func (s *seal) openTrailer(stored []byte) (Summary, error) {
	at := nonce(0, true)
	length := binary.BigEndian.Uint32(stored)
	plain, err := s.aead.Open(nil, at[:], stored[lengthSize:], s.bound(length))
	if err != nil || length != trailerFlag|trailerPlain || len(plain) != trailerPlain {
		return Summary{}, fmt.Errorf("%w: trailer", ErrDamaged)
	}
	return Summary{
		Size:   int64(binary.BigEndian.Uint64(plain)),
		Chunks: int(binary.BigEndian.Uint64(plain[8:])),
		Root:   [32]byte(plain[16:]),
		Final:  true,
	}, nil
}

// bound is the associated data: the file's header and the chunk's length word.
func (s *seal) bound(length uint32) []byte {
	return binary.BigEndian.AppendUint32(append(make([]byte, 0, headerSize+lengthSize), s.header[:]...), length)
}

// nonce numbers the chunks; its last byte is the final flag, which the trailer alone has.
func nonce(n uint32, final bool) (b [12]byte) {
	binary.BigEndian.PutUint32(b[7:], n)
	if final {
		b[11] = 1
	}
	return b
}

// tree is the Merkle tree over a file's chunks, of which only the complete subtrees are kept.
type tree struct {
	n      int64
	hashes map[int64]tlog.Hash
}

// add takes the hash of the next chunk as it is stored.
func (t *tree) add(leaf tlog.Hash) error {
	if t.hashes == nil {
		t.hashes = make(map[int64]tlog.Hash)
	}
	fresh, err := tlog.StoredHashesForRecordHash(t.n, leaf, t)
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, t.n)
	for i, h := range fresh {
		t.hashes[first+int64(i)] = h
	}
	t.n++
	return nil
}

func (t *tree) root() ([32]byte, error) {
	h, err := tlog.TreeHash(t.n, t)
	return h, err
}

// ReadHashes implements [tlog.HashReader].
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = t.hashes[index]
	}
	return out, nil
}

// mapError names a full disk.
func mapError(err error) error {
	if isDiskFull(err) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}
