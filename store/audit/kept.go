package audit

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// MaxKept bounds the length in bytes of a text that a head is looked for in.
const MaxKept = 16 << 10

// PrintedHead is a head as it is put on paper: its signed note, or without the signature, for readers who know by whom the paper was
// kept. [ReadNote] reads both.
func PrintedHead(vault string, size int64, root string) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin(vault), size, root)
}

// ReadNote finds a head in a text that was kept: a file, a mail, what was typed from paper. Line ends, indents and what stands around
// the head may differ from how it was written. A head without a signature has no Signer and no Note: it is worth what the place is worth
// where it was kept.
func ReadNote(vault string, text []byte) (Head, error) {
	if len(text) > MaxKept {
		return Head{}, fmt.Errorf("%w: a head is too long", ErrBroken)
	}
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r\n", "\n")) {
		line = strings.TrimSpace(line)
		if len(lines) > 0 || strings.HasPrefix(line, origin("")) {
			lines = append(lines, line)
		}
	}
	if len(lines) < 3 {
		return Head{}, fmt.Errorf("%w: there is no head in it", ErrNotProof)
	}
	if lines[0] != origin(vault) {
		return Head{}, ErrOtherLog
	}
	body, rest := lines[:3], lines[3:]
	if len(rest) > 0 && strings.HasPrefix(rest[0], fromMark) {
		body, rest = lines[:4], rest[1:]
	}
	note := strings.Join(body, "\n") + "\n\n"
	for len(rest) > 0 && rest[0] == "" {
		rest = rest[1:]
	}
	if len(rest) > 0 && strings.HasPrefix(rest[0], "— ") {
		return ParseHead(vault, []byte(note+rest[0]+"\n"))
	}
	unsigned := "— nobody " + base64.StdEncoding.EncodeToString([]byte("no signature"))
	h, err := ParseHead(vault, []byte(note+unsigned+"\n"))
	h.Signer, h.Note = "", nil
	return h, err
}

// Signed says whether a head carries a signature.
func (h Head) Signed() bool { return h.Note != nil }
