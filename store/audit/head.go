package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const (
	maxNote    = 4096
	fromMark   = "from "
	ed25519Alg = 1 // signature type of a signed note (C2SP signed-note)
)

// SignHead signs a head as a C2SP tlog-checkpoint whose origin names the vault. An extension line says from which entry on the log is
// the signer's doing: without it, whoever signs the next head would seem to have written what somebody else put before it.
func SignHead(vault string, from, size int64, root Hash, signer string, key ed25519.PrivateKey) (Head, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", origin(vault), size, root)
	if from != Unsaid {
		text += fmt.Sprintf("%s%d\n", fromMark, from)
	}
	signed, err := note.Sign(&note.Note{Text: text}, noteSigner{signer, key})
	if err != nil {
		return Head{}, fmt.Errorf("sign the audit head: %w", err)
	}
	return Head{Size: size, From: from, Root: root, Signer: signer, Note: signed}, nil
}

// ParseHead reads a head without checking its signature. It belongs to the named vault, or ParseHead fails.
func ParseHead(vault string, raw []byte) (Head, error) {
	if len(raw) > maxNote {
		return Head{}, fmt.Errorf("%w: a head is too long", ErrBroken)
	}
	text, signature, found := strings.Cut(string(raw), "\n\n— ")
	if !found {
		return Head{}, fmt.Errorf("%w: a head has no signature", ErrBroken)
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || len(lines) > 4 || lines[0] != origin(vault) {
		return Head{}, fmt.Errorf("%w: a head is not of this vault", ErrBroken)
	}
	size, ok := parseSize(lines[1])
	if !ok {
		return Head{}, fmt.Errorf("%w: a head has no size", ErrBroken)
	}
	from := int64(Unsaid)
	if len(lines) == 4 {
		number, marked := strings.CutPrefix(lines[3], fromMark)
		if from, ok = parseSize(number); !ok || !marked || from >= size {
			return Head{}, fmt.Errorf("%w: a head does not say what it is of", ErrBroken)
		}
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(Hash{}) {
		return Head{}, fmt.Errorf("%w: a head has no root", ErrBroken)
	}
	// The note package passes over further signatures and bits of the last letter that mean nothing. One head has one text.
	signer, encoded, _ := strings.Cut(signature, " ")
	encoded, whole := strings.CutSuffix(encoded, "\n")
	if _, err := base64.StdEncoding.Strict().DecodeString(encoded); err != nil || !whole || strings.ContainsAny(encoded, "\r\n") {
		return Head{}, fmt.Errorf("%w: a head's signature is not written as it was made", ErrBroken)
	}
	return Head{Size: size, From: from, Root: Hash(root), Signer: signer, Note: append([]byte(nil), raw...)}, nil
}

// Verify checks the head's signature against the public key of its signer.
func (h Head) Verify(public ed25519.PublicKey) error {
	if len(public) != ed25519.PublicKeySize {
		return fmt.Errorf("%w: a head's signer has no key", ErrBroken)
	}
	if _, err := note.Open(h.Note, note.VerifierList(noteVerifier{h.Signer, public})); err != nil {
		return fmt.Errorf("%w: a head's signature is false", ErrBroken)
	}
	return nil
}

// parseSize reads a number in the one way in which a head writes it.
func parseSize(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

func origin(vault string) string { return "paravent/vault/" + vault }

// noteSigner lets an Ed25519 key that is already in memory sign notes; the note package itself only reads encoded keys.
type noteSigner struct {
	name string
	key  ed25519.PrivateKey
}

func (s noteSigner) Name() string    { return s.name }
func (s noteSigner) KeyHash() uint32 { return keyHash(s.name, s.key.Public().(ed25519.PublicKey)) }
func (s noteSigner) Sign(msg []byte) ([]byte, error) {
	return ed25519.Sign(s.key, msg), nil
}

type noteVerifier struct {
	name string
	key  ed25519.PublicKey
}

func (v noteVerifier) Name() string    { return v.name }
func (v noteVerifier) KeyHash() uint32 { return keyHash(v.name, v.key) }
func (v noteVerifier) Verify(msg, sig []byte) bool {
	return ed25519.Verify(v.key, msg, sig)
}

func keyHash(name string, public ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n', ed25519Alg})
	h.Write(public)
	return binary.BigEndian.Uint32(h.Sum(nil))
}
