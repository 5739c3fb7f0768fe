package blob

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"slices"
	"testing"
)

// TestStrangerReadsAFile decodes a file by docs/vault-format.md alone, without the package's code.
func TestStrangerReadsAFile(t *testing.T) {
	t.Parallel()
	parts := [][]byte{testBytes(70), testBytes(ChunkSize), testBytes(3)}
	path, sum := write(t, parts...)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, rest := raw[:64], raw[64:]
	keys, err := hkdf.Key(sha256.New, testKey[:], header[16:48], "paravent/blob/1\x00"+testID, 48)
	if err != nil || !bytes.Equal(keys[32:], header[48:]) || string(header[:16]) != "paravent blob\n\x00\x01" {
		t.Fatalf("header %x, %v", header, err)
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	var leaves [][]byte
	for n := uint32(0); len(rest) > 68; n++ {
		size := 4 + binary.BigEndian.Uint32(rest) + 16
		nonce := append(binary.BigEndian.AppendUint32(make([]byte, 7), n), 0)
		plain, err := aead.Open(nil, nonce, rest[4:size], slices.Concat(header, rest[:4]))
		if err != nil || !bytes.Equal(plain, parts[n]) {
			t.Fatalf("chunk %d: %d bytes, %v", n, len(plain), err)
		}
		leaves = append(leaves, rest[:size])
		rest = rest[size:]
	}
	trailer, err := aead.Open(nil, append(make([]byte, 11), 1), rest[4:], slices.Concat(header, rest[:4]))
	if err != nil || binary.BigEndian.Uint32(rest) != 0x80000030 {
		t.Fatalf("trailer %x, %v", rest, err)
	}
	size, count := binary.BigEndian.Uint64(trailer), binary.BigEndian.Uint64(trailer[8:])
	if size != uint64(sum.Size) || count != 3 || !bytes.Equal(trailer[16:], treeOf(leaves)) || !bytes.Equal(trailer[16:], sum.Root[:]) {
		t.Errorf("trailer says %d bytes in %d chunks", size, count)
	}
}

// treeOf is RFC 6962 §2.1 word for word.
func treeOf(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		h := sha256.Sum256(append([]byte{0}, leaves[0]...))
		return h[:]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	h := sha256.Sum256(slices.Concat([]byte{1}, treeOf(leaves[:k]), treeOf(leaves[k:])))
	return h[:]
}
