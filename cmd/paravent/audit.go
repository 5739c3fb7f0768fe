package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
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
	Words   string `json:"words"`
	Signer  string `json:"signer"`
	Note    string `json:"note"`
}

func describeHead(vault string, h audit.Head) auditHead {
	words := strings.Join(docket.HeadWords(vault, h.Size, h.Root.String(), "en"), " ")
	return auditHead{h.Size, h.Root.String(), words, h.Signer, string(h.Note)}
}

type auditHeadCmd struct{ vaultFlags }

func (a auditHeadCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(d *docket.Desk) error {
		_, head, err := d.Status(ctx)
		if err != nil {
			return err
		}
		return c.print(describeHead(d.VaultID(), head), string(head.Note))
	})
}

type auditVerifyCmd struct {
	vaultFlags
	Against []string `help:"A file with a head that was kept, or the minutes of a hearing; may be given several times." type:"path" placeholder:"NOTE"`
}

func (a auditVerifyCmd) Run(ctx context.Context, c *console) error {
	var notes [][]byte
	for _, file := range a.Against {
		text, err := docket.KeptHead(file)
		if err != nil {
			return err
		}
		notes = append(notes, text)
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		found, err := d.CheckAudit(ctx, notes, c.progressOf("Checking"))
		if err != nil && (found.Fault != "" || !errors.Is(err, store.ErrRolledBack)) {
			return err
		}
		words := fmt.Sprintf("The audit log is whole: %d entries, every one in its place, every head signed by who acted.\nHash: %s\nIn words: %s\n",
			found.Entries, found.Hash, strings.Join(docket.HeadWords(d.VaultID(), found.Entries, found.Hash, "en"), " "))
		if found.Kept > 0 {
			words += fmt.Sprintf("It continues the %d heads that were kept.\n", found.Kept)
		}
		if len(found.Unreadable) > 0 {
			words += fmt.Sprintf("Nobody can read what these entries say, though they are signed: %v. Ask those who wrote them; the Audit room names them.\n", found.Unreadable)
		}
		if len(found.Unreadable) > 0 {
			err = errors.Join(err, errUnread)
		}
		return errors.Join(c.print(found, words), err)
	})
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
		if older, err = docket.KeptHead(a.Against); err != nil {
			return err
		}
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		head, err := d.Prove(ctx, a.Index, older, a.Words, a.Output)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"file": a.Output, "entry": a.Index, "head": describeHead(d.VaultID(), head)},
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
		return c.print(map[string]any{"file": file, "head": describeHead(d.VaultID(), head)},
			fmt.Sprintf("Wrote the audit log to %s: %d entries.\nCheck it anywhere with 'paravent audit check'. Whoever has it reads what the log says: opaque ids, acts and times.\n", file, head.Size))
	})
}

type auditCheckCmd struct {
	File string `arg:"" help:"The proof or the export." type:"path" placeholder:"FILE"`
	Head string `help:"A file with a head that was kept, as it was printed or typed from paper, or the minutes of a hearing; what is checked must be true of it." type:"path" placeholder:"NOTE"`
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
	By       string       `json:"signed_by,omitempty"` // of the entry: opaque id
	Entry    *audit.Entry `json:"entry,omitempty"`
	Entries  int          `json:"entries,omitempty"`
	Unread   int          `json:"entries_unreadable"`
	Unnamed  int          `json:"heads_unchecked"`
	Kept     bool         `json:"kept_head_fits"`
}

func (a auditCheckCmd) Run(ctx context.Context, c *console) error {
	var kept []byte
	if a.Head != "" {
		var err error
		if kept, err = docket.KeptHead(a.Head); err != nil {
			return err
		}
	}
	f, err := docket.CheckAuditFile(ctx, a.File, kept, c.bytesOf("Checking"))
	if err != nil {
		return err
	}
	found := describeChecked(f)
	switch err := c.print(found, found.words()); {
	case err != nil:
		return err
	case f.Unread > 0:
		return errUnread
	case f.Unnamed > 0:
		return errNotAll
	}
	return nil
}

func describeChecked(f docket.AuditFile) auditChecked {
	found := auditChecked{Kind: "proof", Vault: f.Vault, Founder: base64.StdEncoding.EncodeToString(f.Founder), Head: describeHead(f.Vault, f.Head),
		By: f.By, Entry: f.Entry, Entries: f.Entries, Unread: f.Unread, Unnamed: f.Unnamed, Kept: f.Kept}
	if f.Export {
		found.Kind = "export"
	}
	if f.Older != nil {
		older := describeHead(f.Vault, *f.Older)
		found.Older = &older
	}
	if f.Index >= 0 {
		found.Index, found.LeafHash = &f.Index, f.LeafHash.String()
	}
	return found
}

func (f auditChecked) words() string {
	pairs := []any{"Vault", f.Vault, "Founder's key", f.Founder, "Log", fmt.Sprintf("%d entries, hash %s", f.Head.Entries, f.Head.Hash), "In words", f.Head.Words, "Head signed by", f.Head.Signer}
	if f.Index != nil {
		pairs = append(pairs, "Entry", fmt.Sprintf("%d is in the log; its hash is %s", *f.Index, f.LeafHash))
		by := "nobody that this proof can name: its head is of an earlier version, and whoever signed it could have put the entry there"
		if f.By != "" {
			by = "user " + f.By
		}
		pairs = append(pairs, "Its writer is", by)
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
	if f.Unread > 0 {
		words += fmt.Sprintf("%d entries can't be read by anybody with this export: their writers sealed something else, or their keys were left out.\n", f.Unread)
	}
	if !f.Kept {
		words += "This holds for the vault with this founder's key: compare the key, the hash or the words with what came another way, or name a kept head with --head.\n"
	} else {
		words += "It is true of the head that was kept.\n"
	}
	return table(pairs...) + words
}
