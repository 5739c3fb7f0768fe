package invite

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Constants of the handshake, as docs/join-page.md states them.
const (
	version        = 1
	transcriptInfo = "paravent/invite/1"
	guestKeyInfo   = "guest to court key"
	courtKeyInfo   = "court to guest key"
	wordsInfo      = "words"
	publicSize     = 65 // an uncompressed point of P-256
	nonceSize      = 32
)

// MaxHandshakeFrame is the size in bytes that no frame of the handshake exceeds.
const MaxHandshakeFrame = 1024

// ErrHandshake reports a frame that the handshake does not allow here. It does not say which check failed.
var ErrHandshake = errors.New("the handshake was not followed")

// Transcript binds everything that both sides have seen of the handshake.
type Transcript [sha256.Size]byte

type openingFrame struct {
	Version int    `json:"v"`
	ID      string `json:"id"`
	Commit  string `json:"commit"`
}

type answerFrame struct {
	Public  string  `json:"pub,omitempty"`
	Refused Refusal `json:"refused,omitempty"`
}

type revealFrame struct {
	Public string `json:"pub"`
	Nonce  string `json:"nonce"`
}

// Opening is the first frame of a handshake, from the guest: which invitation, and a commitment to the guest's key.
type Opening struct {
	ID     ID
	commit [sha256.Size]byte
}

// ReadOpening reads a first frame.
func ReadOpening(frame []byte) (Opening, error) {
	var f openingFrame
	if err := readFrame(frame, &f); err != nil || f.Version != version {
		return Opening{}, ErrHandshake
	}
	id, err := ParseID(f.ID)
	if err != nil {
		return Opening{}, ErrHandshake
	}
	commit, err := decode(f.Commit, sha256.Size)
	if err != nil {
		return Opening{}, err
	}
	return Opening{ID: id, commit: [sha256.Size]byte(commit)}, nil
}

// Refuse writes the frame that ends a handshake before there are keys.
func Refuse(why Refusal) []byte { return writeFrame(answerFrame{Refused: why}) }

// CourtHandshake is the court's side, waiting for the guest to reveal its key.
type CourtHandshake struct {
	opening Opening
	secret  Secret
	private *ecdh.PrivateKey
}

// Answer draws the court's key and writes the second frame. The guest is bound to its own key by then, and has not
// shown it: neither side can choose a key for the words that come of it.
func (o Opening) Answer(secret Secret, random io.Reader) (*CourtHandshake, []byte, error) {
	if secret.ID() != o.ID {
		return nil, nil, fmt.Errorf("the secret is of another invitation: %w", ErrHandshake)
	}
	private, err := drawKey(random)
	if err != nil {
		return nil, nil, err
	}
	frame := writeFrame(answerFrame{Public: b64.EncodeToString(private.PublicKey().Bytes())})
	return &CourtHandshake{o, secret, private}, frame, nil
}

// Finish reads the third frame, checks it against the commitment and returns the channel. That the guest knows the secret
// is shown only by the first sealed message that opens.
func (h *CourtHandshake) Finish(frame []byte) (*Channel, error) {
	var f revealFrame
	if err := readFrame(frame, &f); err != nil {
		return nil, err
	}
	public, err := decode(f.Public, publicSize)
	if err != nil {
		return nil, err
	}
	nonce, err := decode(f.Nonce, nonceSize)
	if err != nil {
		return nil, err
	}
	commit := commitment(public, nonce)
	if subtle.ConstantTimeCompare(commit[:], h.opening.commit[:]) != 1 {
		return nil, ErrHandshake
	}
	t := transcriptOf(h.opening.ID, commit, h.private.PublicKey().Bytes(), public, nonce)
	keys, err := deriveKeys(h.private, public, h.secret, t)
	if err != nil {
		return nil, err
	}
	return newChannel(keys.courtToGuest, keys.guestToCourt, t, keys.words)
}

// GuestHandshake is the guest's side, waiting for the court's key.
type GuestHandshake struct {
	secret  Secret
	private *ecdh.PrivateKey
	nonce   []byte
}

// NewGuestHandshake draws the guest's key and writes the first frame.
func NewGuestHandshake(secret Secret, random io.Reader) (*GuestHandshake, []byte, error) {
	private, err := drawKey(random)
	if err != nil {
		return nil, nil, err
	}
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, nil, fmt.Errorf("draw a nonce: %w", err)
	}
	h := &GuestHandshake{secret, private, nonce}
	commit := commitment(private.PublicKey().Bytes(), nonce)
	return h, writeFrame(openingFrame{version, string(secret.ID()), b64.EncodeToString(commit[:])}), nil
}

// Reveal reads the second frame and returns the third with the channel. A court that refuses gives its [Refusal].
func (h *GuestHandshake) Reveal(frame []byte) ([]byte, *Channel, error) {
	var f answerFrame
	if err := readFrame(frame, &f); err != nil {
		return nil, nil, err
	}
	if f.Refused != "" {
		return nil, nil, f.Refused
	}
	courtPublic, err := decode(f.Public, publicSize)
	if err != nil {
		return nil, nil, err
	}
	public := h.private.PublicKey().Bytes()
	t := transcriptOf(h.secret.ID(), commitment(public, h.nonce), courtPublic, public, h.nonce)
	keys, err := deriveKeys(h.private, courtPublic, h.secret, t)
	if err != nil {
		return nil, nil, err
	}
	channel, err := newChannel(keys.guestToCourt, keys.courtToGuest, t, keys.words)
	if err != nil {
		return nil, nil, err
	}
	reveal := revealFrame{b64.EncodeToString(public), b64.EncodeToString(h.nonce)}
	return writeFrame(reveal), channel, nil
}

func commitment(public, nonce []byte) [sha256.Size]byte {
	return sha256.Sum256(append(append([]byte(nil), public...), nonce...))
}

// transcriptOf hashes parts of fixed length, so that no separator is needed.
func transcriptOf(id ID, commit [sha256.Size]byte, courtPublic, guestPublic, nonce []byte) Transcript {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(transcriptInfo), []byte(id), commit[:], courtPublic, guestPublic, nonce} {
		h.Write(part)
	}
	return Transcript(h.Sum(nil))
}

type keys struct {
	guestToCourt, courtToGuest []byte
	words                      [4]byte
}

func deriveKeys(private *ecdh.PrivateKey, public []byte, secret Secret, t Transcript) (keys, error) {
	theirs, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return keys{}, ErrHandshake
	}
	shared, err := private.ECDH(theirs)
	if err != nil {
		return keys{}, ErrHandshake
	}
	prk, err := hkdf.Extract(sha256.New, append(shared, secret.value[:]...), t[:])
	if err != nil {
		return keys{}, fmt.Errorf("derive keys: %w", err)
	}
	var k keys
	var words []byte
	for _, want := range []struct {
		into *[]byte
		info string
		size int
	}{{&k.guestToCourt, guestKeyInfo, 32}, {&k.courtToGuest, courtKeyInfo, 32}, {&words, wordsInfo, 4}} {
		if *want.into, err = hkdf.Expand(sha256.New, prk, want.info, want.size); err != nil {
			return keys{}, fmt.Errorf("derive keys: %w", err)
		}
	}
	k.words = [4]byte(words)
	return k, nil
}

// readFrame reads one JSON object with no member that is not expected and nothing after it.
func readFrame(frame []byte, into any) error {
	if len(frame) > MaxHandshakeFrame {
		return ErrHandshake
	}
	d := json.NewDecoder(bytes.NewReader(frame))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return ErrHandshake
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrHandshake
	}
	return nil
}

func writeFrame(frame any) []byte {
	text, err := json.Marshal(frame)
	if err != nil {
		panic("invite: a frame of strings always encodes: " + err.Error())
	}
	return text
}

func decode(text string, size int) ([]byte, error) {
	raw, err := b64.DecodeString(text)
	if err != nil || len(raw) != size {
		return nil, ErrHandshake
	}
	return raw, nil
}
