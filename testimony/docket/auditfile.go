package docket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
	"paravent/testimony/invite"
)

// AuditFile is what a proof or an export of an audit log shows to somebody without the vault.
type AuditFile struct {
	Export   bool // a whole log; else a proof
	Vault    string
	Founder  []byte // Ed25519 public key, to which every signature leads
	Head     audit.Head
	Older    *audit.Head // the log continues it
	Index    int64       // of the entry that is in the log; -1: the proof speaks of none
	LeafHash audit.Hash
	By       string       // opaque id of the user who signed for the entry; empty: the proof can't say
	Entry    *audit.Entry // what it says, where the proof has the key
	Entries  int          // of an export: those that were opened
	Unread   int          // of an export: those that nobody can open
	Unnamed  int          // of an export: heads whose signers nobody had vouched for
	Kept     bool         // it is true of the head that was kept
}

// All says that everything could be checked.
func (f AuditFile) All() bool { return f.Unnamed == 0 && f.Unread == 0 }

// CheckAuditFile checks a proof or an export. It takes no vault and no login. What a text holds that was kept, if it is not empty, must be
// a head that the file is true of. The errors are those of [audit.Proof.Check] and [audit.CheckExport]. progress, if not nil, is told how
// many of how many entries of an export are done.
func CheckAuditFile(ctx context.Context, file string, kept []byte, progress func(done, total int64)) (AuditFile, error) {
	f, err := os.Open(file)
	if err != nil {
		return AuditFile{}, fmt.Errorf("check: %w", err)
	}
	defer f.Close()
	begin := make([]byte, len(exportMark))
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return AuditFile{}, fmt.Errorf("check: %w", err)
	}
	whole := io.MultiReader(bytes.NewReader(begin[:n]), stopped{ctx, f})
	var found AuditFile
	if string(begin[:n]) == exportMark {
		found, err = checkExport(whole, kept, progress)
	} else {
		found, err = checkProof(whole, kept)
	}
	if err != nil {
		return AuditFile{}, err
	}
	found.Kept = len(kept) > 0
	return found, nil
}

const exportMark = `{"format":"` + audit.ExportFormat

// stopped is a reader that ends with its context.
type stopped struct {
	ctx context.Context
	r   io.Reader
}

func (s stopped) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func checkProof(r io.Reader, kept []byte) (AuditFile, error) {
	raw, err := io.ReadAll(io.LimitReader(r, audit.MaxProof+1))
	if err != nil {
		return AuditFile{}, fmt.Errorf("check: %w", err)
	}
	p, err := audit.ParseProof(raw)
	if err != nil {
		return AuditFile{}, err
	}
	proven, err := p.Check()
	if err != nil {
		return AuditFile{}, err
	}
	if len(kept) > 0 {
		head, err := audit.ReadNote(p.Vault, kept)
		if err == nil {
			err = proven.Against(head)
		}
		if err != nil {
			return AuditFile{}, err
		}
	}
	found := AuditFile{Vault: p.Vault, Founder: p.Founder, Head: proven.Head, Older: proven.Older, Index: proven.Index, By: proven.By}
	if proven.Index < 0 {
		return found, nil
	}
	found.LeafHash = audit.LeafHash(proven.Leaf)
	if p.Inclusion.Key == nil {
		return found, nil
	}
	leaf, err := audit.ParseLeaf(proven.Leaf)
	if err != nil {
		return found, audit.ErrNotProof
	}
	act, ok := leaf.(*audit.Act)
	if !ok {
		return found, audit.ErrNotProof
	}
	entry, err := store.OpenEntry(p.Vault, act, p.Inclusion.Key)
	if err != nil {
		return found, fmt.Errorf("%w: the key doesn't open the entry", audit.ErrBroken)
	}
	if found.By != "" && entry.User != found.By {
		return found, fmt.Errorf("%w: the entry names another user than the one who signed for it", audit.ErrBroken)
	}
	entry.Index = proven.Index
	found.Entry = &entry
	return found, nil
}

func checkExport(r io.Reader, kept []byte, progress func(done, total int64)) (AuditFile, error) {
	x, err := audit.CheckExport(r, store.OpenEntry, kept, progress)
	if err != nil {
		return AuditFile{}, err
	}
	return AuditFile{Export: true, Vault: x.Vault, Founder: x.Founder, Head: x.Head, Index: -1, Entries: x.Entries, Unread: x.Unread, Unnamed: x.Unnamed}, nil
}

// KeptHead reads what a file holds of a head that was kept: the head as [Desk.SaveHead] wrote it or as it was typed from paper, or the
// minutes of a hearing.
func KeptHead(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMinutes))
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return headOfMinutes(text)
	}
	return text[:min(len(text), audit.MaxKept+1)], nil
}

// maxMinutes bounds the minutes of a hearing as a file, in bytes.
const maxMinutes = 64 << 20

func headOfMinutes(text []byte) ([]byte, error) {
	var m testimony.Minutes
	if err := json.Unmarshal(text, &m); err != nil || m.Log == nil || m.Log.Hash == "" {
		return nil, fmt.Errorf("%w: there is no head in it", audit.ErrNotProof)
	}
	return []byte(HeadOfMinutes(*m.Log)), nil
}

// HeadOfMinutes is the head that minutes hold as [audit.ReadNote] reads it.
func HeadOfMinutes(l testimony.LogHead) string {
	if l.Note != "" {
		return l.Note
	}
	return audit.PrintedHead(l.Vault, l.Entries, l.Hash)
}

// headWords is how many words a head is said in: twelve of 256 are 96 bits, too much for anybody to make another log with the same.
const headWords = 12

// HeadWords says a head in words of a language, to be compared by voice or with paper. They are the same exactly when the vault, the
// number of entries and the hash are.
func HeadWords(vault string, size int64, root, language string) []string {
	d := sha256.Sum256([]byte("paravent/head/words/1\x00" + audit.PrintedHead(vault, size, root)))
	list := invite.WordList(language)
	words := make([]string, headWords)
	for i := range words {
		words[i] = list[d[i]]
	}
	return words
}

// SaveHead writes the newest head of the audit log to a new file, as text to print or to keep: with its words, and in a form that
// [KeptHead] reads. Every user may ask; say turns the head and its words into the text that stands above it.
func (d *Desk) SaveHead(ctx context.Context, to, language string, say func(head audit.Head, words []string) string) (audit.Head, error) {
	vault, head, err := d.Status(ctx)
	if err != nil {
		return head, err
	}
	return head, writeWhole(to, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n%s", say(head, HeadWords(vault, head.Size, head.Root.String(), language)), head.Note)
		return err
	})
}
