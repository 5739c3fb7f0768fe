package audit

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ExportFormat begins every export.
const ExportFormat = "paravent.audit.export/1"

// MaxExportLine bounds one line of an export in bytes.
const MaxExportLine = 4 * MaxLeaf

// ExportHeader is the first line of an export: a whole log in lines of JSON, from which a reader recomputes every hash, checks every
// head, and opens every entry.
type ExportHeader struct {
	Format  string    `json:"format"`
	Vault   string    `json:"vault"`
	Founder []byte    `json:"founder"`
	Size    int64     `json:"size"` // lines that follow, one for each leaf
	Head    string    `json:"head"` // the newest, as a signed note
	Signers []Vouched `json:"signers"`
	Revoked []Ended   `json:"revoked,omitempty"`
}

// ExportLine is one leaf.
type ExportLine struct {
	Leaf  []byte `json:"leaf"`            // as stored; its place is the line's
	Key   []byte `json:"key,omitempty"`   // of an opening: what opens the session's entries; none when its readers can't open it
	Entry *Entry `json:"entry,omitempty"` // of an act: what it says
	Head  string `json:"head,omitempty"`  // the head that was signed after the leaf
}

// OpenFunc opens an act's entry with its session's key.
type OpenFunc func(vault string, act *Act, key []byte) (Entry, error)

// Exported is what the check of an export found.
type Exported struct {
	Vault   string
	Founder []byte
	Head    Head
	Entries int // acts whose words were opened with their session's key and are those of the export
	Unread  int // acts that the export calls unreadable, and that its keys don't open
	Unnamed int // heads whose signers nobody had vouched for when the export was made
}

// CheckExport reads an export and checks everything in it: every leaf's place in its session and in the tree, every head, every signature, and
// that each entry says what its leaf holds. A head that was kept elsewhere, if its text is not empty, must be of this vault and one that the log continues.
func CheckExport(r io.Reader, open OpenFunc, kept []byte, progress func(done, total int64)) (Exported, error) {
	lines := bufio.NewReaderSize(r, 1<<20)
	var head ExportHeader
	if err := readLine(lines, &head); err != nil || head.Format != ExportFormat || head.Size < 1 {
		return Exported{}, ErrNotProof
	}
	roster, err := NewRoster(head.Vault, head.Founder)
	if err != nil {
		return Exported{}, err
	}
	if err := roster.addFiled(head.Signers, head.Revoked); err != nil {
		return Exported{}, err
	}
	var older *Head
	if len(kept) > 0 {
		h, err := ReadNote(head.Vault, kept)
		if err != nil {
			return Exported{}, err
		}
		if h.Size > head.Size {
			return Exported{}, fmt.Errorf("%w: the head is of %d entries, the export has %d", ErrShorter, h.Size, head.Size)
		}
		older = &h
	}
	x := exported{checker: NewChecker(head.Vault, Lenient(roster)), vault: head.Vault, open: open, keys: make(map[SessionID][]byte), users: make(map[SessionID]string)}
	for n := range head.Size {
		if err := x.line(lines); err != nil {
			return Exported{}, err
		}
		if older != nil && older.Size == n+1 && older.Root != x.checker.Root() {
			return Exported{}, ErrFork
		}
		if progress != nil && (n%256 == 0 || n+1 == head.Size) {
			progress(n+1, head.Size)
		}
	}
	if _, err := lines.ReadByte(); !errors.Is(err, io.EOF) {
		return Exported{}, fmt.Errorf("%w: something stands behind the last entry", ErrBroken)
	}
	if older != nil && older.Size < 1 {
		return Exported{}, ErrFork
	}
	last, err := x.checker.Finish()
	if err != nil {
		return Exported{}, err
	}
	if string(last.Note) != head.Head {
		return Exported{}, fmt.Errorf("%w: the newest head is not the last", ErrBroken)
	}
	_, unchecked := x.checker.Heads()
	return Exported{Vault: head.Vault, Founder: head.Founder, Head: last, Entries: x.entries, Unread: x.unread, Unnamed: unchecked}, nil
}

// Lenient lets a roster that was not kept from the beginning pass heads of signers that it does not know; the checker counts them.
func Lenient(r *Roster) Signers {
	if r.Born() {
		return r
	}
	return lenient{r}
}

type lenient struct{ *Roster }

func (l lenient) Signer(user string) (Signer, bool) {
	if s, ok := l.Roster.Signer(user); ok {
		return s, true
	}
	return Signer{Unchecked: true}, true
}

type exported struct {
	checker *Checker
	vault   string
	open    OpenFunc
	keys    map[SessionID][]byte
	users   map[SessionID]string
	entries int
	unread  int
}

func (x *exported) line(r *bufio.Reader) error {
	var l ExportLine
	if err := readLine(r, &l); err != nil {
		return err
	}
	index := x.checker.Size()
	if _, err := x.checker.Leaf(l.Leaf); err != nil {
		return err
	}
	leaf, err := ParseLeaf(l.Leaf)
	if err != nil {
		return err
	}
	switch leaf := leaf.(type) {
	case *Opening:
		if l.Entry != nil {
			return fmt.Errorf("%w: entry %d says something that it can't", ErrBroken, index)
		}
		x.keys[leaf.Session], x.users[leaf.Session] = l.Key, hex.EncodeToString(leaf.User[:])
	case *Act:
		if l.Entry == nil || l.Key != nil {
			return fmt.Errorf("%w: entry %d says nothing", ErrBroken, index)
		}
		said, err := x.open(x.vault, leaf, x.keys[leaf.Session])
		if user := x.users[leaf.Session]; err != nil || said.User != user {
			said = Entry{User: user, Session: hex.EncodeToString(leaf.Session[:]), Unreadable: true}
			x.unread++
		} else {
			x.entries++
		}
		said.Index = index
		if !sameEntry(said, *l.Entry) {
			return fmt.Errorf("%w: entry %d says something else than was sealed", ErrBroken, index)
		}
	}
	if l.Head == "" {
		return nil
	}
	return x.checker.Head([]byte(l.Head))
}

func sameEntry(a, b Entry) bool {
	left, err := json.Marshal(a)
	right, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(left, right)
}

// readLine reads one line of JSON and refuses a longer one than there can be before it is in memory.
func readLine(r *bufio.Reader, into any) error {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > MaxExportLine {
			return ErrNotProof
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: the export ends too early", ErrBroken)
		}
		if err != nil {
			return err
		}
		break
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return ErrNotProof
	}
	return nil
}
