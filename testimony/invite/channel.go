package invite

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrChannel reports a message that was altered, repeated, reordered, sent back or made with other keys. The channel takes
// no further message.
var ErrChannel = errors.New("a sealed message does not belong here")

// MaxMessage is the size in bytes of the largest message that can be sealed.
const MaxMessage = 256 << 10

// Overhead is by how many bytes a sealed message can exceed what was sealed.
const Overhead = block + 16

// block is what messages are padded to a multiple of, so that whoever carries them cannot tell an alarm from a request by
// its length. Padding is spaces after the JSON text, which every JSON reader passes over (RFC 8259 §2).
const block = 256

// Channel seals messages to the other side and opens theirs, in order: AES-256-GCM, one key for each direction, the nonce
// four zero bytes and a counter from 0 (big-endian), the transcript as associated data. Seal may be called from one
// goroutine and Open from another.
type Channel struct {
	transcript Transcript
	words      [4]byte

	out      cipher.AEAD
	outCount uint64

	in      cipher.AEAD
	inCount uint64
	broken  bool
}

func newChannel(out, in []byte, t Transcript, words [4]byte) (*Channel, error) {
	c := &Channel{transcript: t, words: words}
	for _, want := range []struct {
		into *cipher.AEAD
		key  []byte
	}{{&c.out, out}, {&c.in, in}} {
		b, err := aes.NewCipher(want.key)
		if err != nil {
			return nil, fmt.Errorf("make a channel: %w", err)
		}
		if *want.into, err = cipher.NewGCM(b); err != nil {
			return nil, fmt.Errorf("make a channel: %w", err)
		}
	}
	return c, nil
}

// Transcript is what the device key signs.
func (c *Channel) Transcript() Transcript { return c.transcript }

// Words returns the four verification words in a language. Both sides have the same ones exactly when nobody stands between
// them. A language that has no list of words has numbers.
func (c *Channel) Words(lang string) [4]string { return wordsOf(c.words, lang) }

// Seal seals one JSON text.
func (c *Channel) Seal(message []byte) ([]byte, error) {
	if len(message) > MaxMessage {
		return nil, fmt.Errorf("seal a message of %d bytes: at most %d", len(message), MaxMessage)
	}
	nonce, err := nonceOf(c.outCount)
	if err != nil {
		return nil, err
	}
	c.outCount++
	return c.out.Seal(nil, nonce, pad(message), c.transcript[:]), nil
}

// Open opens the other side's next message. After an error it opens nothing any more.
func (c *Channel) Open(sealed []byte) ([]byte, error) {
	if c.broken {
		return nil, ErrChannel
	}
	nonce, err := nonceOf(c.inCount)
	if err != nil {
		return nil, err
	}
	message, err := c.in.Open(nil, nonce, sealed, c.transcript[:])
	if err != nil {
		c.broken = true
		return nil, ErrChannel
	}
	c.inCount++
	return bytes.TrimRight(message, " "), nil
}

func pad(message []byte) []byte {
	size := (len(message) + block - 1) / block * block
	padded := append(make([]byte, 0, size), message...)
	for len(padded) < size {
		padded = append(padded, ' ')
	}
	return padded
}

// nonceOf refuses the counters at the end, long before one could come round again.
func nonceOf(count uint64) ([]byte, error) {
	if count >= 1<<53 { // a browser counts exactly up to here
		return nil, fmt.Errorf("too many messages: %w", ErrChannel)
	}
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), count), nil
}
