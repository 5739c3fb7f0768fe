package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony/docket"
)

type auditCmds struct {
	Head   auditHeadCmd   `cmd:"" help:"Print the signed head of the audit log, to be kept outside the vault: in minutes, on paper."`
	Verify auditVerifyCmd `cmd:"" help:"Check the whole audit log, and that it continues heads that were kept."`
	Prove  auditProveCmd  `cmd:"" help:"Write a proof that an entry is in the log, which is checked without the vault."`
	Export auditExportCmd `cmd:"" help:"Write the whole log as lines of JSON, which are checked without the vault."`
	Check  auditCheckCmd  `cmd:"" help:"Check a proof or an export. It takes no vault and no login."`
}

// auditHead is a head as a script reads it.
type auditHead struct {
	Entries int64  `json:"entries"`
	Hash    string `json:"hash"`
	Signer  string `json:"signer"`
	Note    string `json:"note"`
}

func describeHead(h audit.Head) auditHead {
	return auditHead{h.Size, h.Root.String(), h.Signer, string(h.Note)}
}

type auditHeadCmd struct{ vaultFlags }

func (a auditHeadCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(d *docket.Desk) error {
		_, head, err := d.Status(ctx)
		if err != nil {
			return err
		}
		return c.print(describeHead(head), string(head.Note))
	})
}

type auditVerifyCmd struct {
	vaultFlags
	Against []string `help:"A file with a head that was kept; may be given several times." type:"path" placeholder:"NOTE"`
}

func (a auditVerifyCmd) Run(ctx context.Context, c *console) error {
	var notes [][]byte
	for _, file := range a.Against {
		text, err := noteIn(file)
		if err != nil {
			return err
		}
		notes = append(notes, text)
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		found, err := d.CheckAudit(ctx, notes, c.progressOf("Checking"))
		if err != nil && !errors.Is(err, store.ErrRolledBack) {
			return err
		}
		words := fmt.Sprintf("The audit log is whole: %d entries, every one in its place, every head signed by who acted.\nHash: %s\n", found.Entries, found.Hash)
		if found.Kept > 0 {
			words += fmt.Sprintf("It continues the %d heads that were kept.\n", found.Kept)
		}
		return errors.Join(c.print(found, words), err)
	})
}

// noteIn reads a file with a head, and no more of it than a head can have.
func noteIn(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<14))
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	return text, nil
}

type auditProveCmd struct {
	vaultFlags
	Index   int64  `arg:"" help:"The number of the entry."`
	Output  string `short:"o" help:"The new file." type:"path" placeholder:"FILE" required:""`
	Against string `help:"A file with a head that was kept: the proof also shows that the log continues it." type:"path" placeholder:"NOTE"`
	Words   bool   `help:"Put the key to what the entry says into the proof. It also opens the other entries of the same unlock."`
}

func (a auditProveCmd) Run(ctx context.Context, c *console) error {
	if a.Index < 0 {
		return usageError{"Entries are numbered from 0."}
	}
	var older []byte
	if a.Against != "" {
		var err error
		if older, err = noteIn(a.Against); err != nil {
			return err
		}
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		head, err := d.Prove(ctx, a.Index, older, a.Words, a.Output)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"file": a.Output, "entry": a.Index, "head": describeHead(head)},
			fmt.Sprintf("Wrote the proof that entry %d is among the %d of the log to %s.\nCheck it anywhere with 'paravent audit check'.\n", a.Index, head.Size, a.Output))
	})
}

type auditExportCmd struct {
	vaultFlags
	To string `arg:"" help:"The new file, or a folder for it." type:"path" placeholder:"FILE|DIR"`
}

func (a auditExportCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(d *docket.Desk) error {
		file, head, err := d.ExportAudit(ctx, a.To, c.progressOf("Writing"))
		if err != nil {
			return err
		}
		return c.print(map[string]any{"file": file, "head": describeHead(head)},
			fmt.Sprintf("Wrote the audit log to %s: %d entries.\nCheck it anywhere with 'paravent audit check'. Whoever has it reads what the log says: opaque ids, acts and times.\n", file, head.Size))
	})
}

type auditCheckCmd struct {
	File string `arg:"" help:"The proof or the export." type:"path" placeholder:"FILE"`
	Head string `help:"A file with a head that was kept; what is checked must be true of it." type:"path" placeholder:"NOTE"`
}

// auditChecked is what a proof or an export shows.
type auditChecked struct {
	Kind     string       `json:"kind"` // proof or export
	Vault    string       `json:"vault"`
	Founder  string       `json:"founder"` // public key, base64
	Head     auditHead    `json:"head"`
	Older    *auditHead   `json:"older,omitempty"`
	Index    *int64       `json:"index,omitempty"`
	LeafHash string       `json:"leaf_hash,omitempty"`
	Entry    *audit.Entry `json:"entry,omitempty"`
	Entries  int          `json:"entries,omitempty"`
	Unnamed  int          `json:"heads_unchecked"`
	Kept     bool         `json:"kept_head_fits"`
}

func (a auditCheckCmd) Run(_ context.Context, c *console) error {
	f, err := os.Open(a.File)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer f.Close()
	var kept []byte
	if a.Head != "" {
		if kept, err = noteIn(a.Head); err != nil {
			return err
		}
	}
	begin := make([]byte, len(`{"format":"`+audit.ExportFormat))
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("check: %w", err)
	}
	whole := io.MultiReader(bytes.NewReader(begin[:n]), f)
	var found auditChecked
	if string(begin[:n]) == `{"format":"`+audit.ExportFormat {
		found, err = checkExport(whole, kept, c.bytesOf("Checking"))
	} else {
		found, err = checkProof(whole, kept)
	}
	if err != nil {
		return err
	}
	found.Kept = kept != nil
	if err := c.print(found, found.words()); err != nil || found.Unnamed == 0 {
		return err
	}
	return errNotAll
}

func checkProof(r io.Reader, kept []byte) (auditChecked, error) {
	raw, err := io.ReadAll(io.LimitReader(r, audit.MaxProof+1))
	if err != nil {
		return auditChecked{}, fmt.Errorf("check: %w", err)
	}
	p, err := audit.ParseProof(raw)
	if err != nil {
		return auditChecked{}, err
	}
	proven, err := p.Check()
	if err != nil {
		return auditChecked{}, err
	}
	if kept != nil {
		head, err := audit.ReadNote(p.Vault, kept)
		if err == nil {
			err = proven.Against(head)
		}
		if err != nil {
			return auditChecked{}, err
		}
	}
	found := auditChecked{Kind: "proof", Vault: p.Vault, Founder: base64.StdEncoding.EncodeToString(p.Founder), Head: describeHead(proven.Head)}
	if proven.Older != nil {
		older := describeHead(*proven.Older)
		found.Older = &older
	}
	if proven.Index < 0 {
		return found, nil
	}
	found.Index, found.LeafHash = &proven.Index, audit.LeafHash(proven.Leaf).String()
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
	entry.Index = proven.Index
	found.Entry = &entry
	return found, nil
}

func checkExport(r io.Reader, kept []byte, progress func(done, total int64)) (auditChecked, error) {
	x, err := audit.CheckExport(r, store.OpenEntry, kept, progress)
	if err != nil {
		return auditChecked{}, err
	}
	return auditChecked{Kind: "export", Vault: x.Vault, Founder: base64.StdEncoding.EncodeToString(x.Founder), Head: describeHead(x.Head),
		Entries: x.Entries, Unnamed: x.Unnamed}, nil
}

func (f auditChecked) words() string {
	pairs := []any{"Vault", f.Vault, "Founder's key", f.Founder, "Log", fmt.Sprintf("%d entries, hash %s", f.Head.Entries, f.Head.Hash)}
	if f.Index != nil {
		pairs = append(pairs, "Entry", fmt.Sprintf("%d is in the log; its hash is %s", *f.Index, f.LeafHash))
	}
	if f.Entry != nil {
		pairs = append(pairs, "It says", fmt.Sprintf("%s, user %s, at %s %v", f.Entry.Action, f.Entry.User, f.Entry.Time.Format(time.RFC3339), f.Entry.Details))
	}
	if f.Older != nil {
		pairs = append(pairs, "Continues", fmt.Sprintf("%d entries, hash %s", f.Older.Entries, f.Older.Hash))
	}
	if f.Kind == "export" {
		pairs = append(pairs, "Opened", fmt.Sprintf("%d entries, each of which says what was sealed", f.Entries))
	}
	words := "Every signature and every hash was checked.\n"
	if f.Unnamed > 0 {
		words = fmt.Sprintf("Every hash was checked. The signatures of %d heads could not be: nobody had vouched for their signers.\n", f.Unnamed)
	}
	if !f.Kept {
		words += "This holds for the vault with this founder's key: compare the key or the hash with one that came another way, or name a kept head with --head.\n"
	} else {
		words += "It is true of the head that was kept.\n"
	}
	return table(pairs...) + words
}
