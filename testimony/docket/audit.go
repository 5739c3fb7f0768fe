package docket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
)

// Audit returns the entries of the audit log, oldest first.
func (d *Desk) Audit(ctx context.Context) ([]audit.Entry, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	return d.vault.Audit(ctx)
}

// FindAudit returns the places of the entries that a filter takes, newest first. It opens none that it needn't.
func (d *Desk) FindAudit(ctx context.Context, f store.AuditFilter, progress func(done, total int)) ([]int64, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	return d.vault.AuditFind(ctx, f, progress)
}

// AuditEntries opens the entries at places that [Desk.FindAudit] returned.
func (d *Desk) AuditEntries(ctx context.Context, at []int64) ([]audit.Entry, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	return d.vault.AuditEntries(ctx, at)
}

// AuditBeside opens the entries right before and right after a place in the log.
func (d *Desk) AuditBeside(ctx context.Context, at int64) ([]audit.Entry, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	return d.vault.AuditBeside(ctx, at)
}

// VaultID is the vault's name: 32 hexadecimal digits that tell nothing.
func (d *Desk) VaultID() string { return d.vault.ID() }

// VerifyAudit checks the audit log's tree and signatures.
func (d *Desk) VerifyAudit(ctx context.Context) error { return d.vault.VerifyAudit(ctx) }

// AuditCheck is a check of the whole audit log.
type AuditCheck struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"` // opaque id of the user
	Entries int64     `json:"entries"`
	Hash    string    `json:"hash"`
	Kept    int       `json:"kept,omitempty"` // heads from elsewhere that the log was found to continue
	// Unreadable are the first places of entries that are signed and in their place, and that their readers can't open; more than
	// maxUnreadable are not listed. Only those who read the log can find them.
	Unreadable []int64    `json:"unreadable,omitempty"`
	Fault      AuditFault `json:"fault,omitempty"`
	Problem    string     `json:"problem,omitempty"` // what is wrong first, in words of store
}

// AuditFault is a kind of thing that is wrong with an audit log; empty where nothing is.
type AuditFault string

// The faults.
const (
	LogBroken  AuditFault = "broken"  // entries, heads or signatures are not what was signed
	LogShorter AuditFault = "shorter" // entries are missing that there were when a head was kept
	LogForked  AuditFault = "forked"  // it went on otherwise than from a head that was kept
)

// maxUnreadable bounds how many unreadable entries a check names.
const maxUnreadable = 50

// faultOf says what an error of a check says of the log; empty for an error that says nothing of it.
func faultOf(err error) AuditFault {
	switch {
	case errors.Is(err, audit.ErrShorter):
		return LogShorter
	case errors.Is(err, audit.ErrFork):
		return LogForked
	case errors.Is(err, store.ErrDamaged):
		return LogBroken
	}
	return ""
}

var auditChecks = store.NewCollection[AuditCheck]("audit_checks")

// The checks that are remembered.
const (
	lastCheck  = "last"
	soundCheck = "sound"
)

// CheckAudit checks the whole audit log, and that it continues heads that were kept elsewhere, given as text. What was found, good or
// bad, is logged, and for those who read the log it is kept for [Desk.AuditState]; in a vault that is behind its anchor nothing can be kept, and
// what was found comes with the [*store.RolledBackError]. Every user may ask. An error that says what is wrong with the log comes
// with the check. progress, if not nil, is told how many of how many entries are done.
func (d *Desk) CheckAudit(ctx context.Context, notes [][]byte, progress func(done, total int)) (AuditCheck, error) {
	var kept []audit.Head
	for _, text := range notes {
		h, err := d.vault.ReadKept(ctx, text)
		if err != nil {
			return AuditCheck{}, err
		}
		kept = append(kept, h)
	}
	c := AuditCheck{At: d.Now().UTC(), By: string(d.Me().ID), Kept: len(kept)}
	head, err := d.vault.VerifyLog(ctx, kept, progress)
	if err != nil {
		if c.Fault = faultOf(err); c.Fault == "" {
			return AuditCheck{}, err
		}
		c.Problem = err.Error()
		return c, errors.Join(err, d.noteAuditCheck(ctx, "audit.fault_found", map[string]string{"fault": string(c.Fault)}, c))
	}
	c.Entries, c.Hash = head.Size, head.Root.String()
	if d.May(testimony.ActReadAudit) {
		if c.Unreadable, err = d.vault.AuditFind(ctx, store.AuditFilter{Unreadable: true}, nil); err != nil {
			return AuditCheck{}, err
		}
		slices.Reverse(c.Unreadable)
		c.Unreadable = c.Unreadable[:min(len(c.Unreadable), maxUnreadable)]
	}
	return c, d.noteAuditCheck(ctx, "audit.verified", map[string]string{"entries": strconv.FormatInt(head.Size, 10), "kept": strconv.Itoa(len(kept))}, c)
}

func (d *Desk) noteAuditCheck(ctx context.Context, action string, details map[string]string, c AuditCheck) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log(action, details)
		if !tx.HasCompartment(store.AuditCompartment) {
			return nil
		}
		if c.Fault == "" {
			if err := auditChecks.Put(tx, store.AuditCompartment, soundCheck, c); err != nil {
				return err
			}
		}
		return auditChecks.Put(tx, store.AuditCompartment, lastCheck, c)
	})
}

// AuditState is how the log stands, as far as is known without checking it anew.
type AuditState struct {
	Vault string
	Head  audit.Head  // the newest; its signature is checked
	Last  *AuditCheck // nil: it was never checked
	Sound *AuditCheck // the newest check that found nothing wrong
	// Fault is what the newest check found, or what shows by itself: that the newest head is not signed, or the log is not what it was
	// when it was last found sound.
	Fault   AuditFault
	Problem string
}

// Newer is how many entries came since the log was last found sound.
func (s AuditState) Newer() int64 {
	if s.Sound == nil {
		return s.Head.Size
	}
	return max(s.Head.Size-s.Sound.Entries, 0)
}

// AuditState says how the log stands for those who read it. It takes no time: it compares heads and opens two records.
func (d *Desk) AuditState(ctx context.Context) (AuditState, error) {
	s := AuditState{Vault: d.vault.ID()}
	if !d.May(testimony.ActReadAudit) {
		return s, ErrNotAllowed
	}
	for id, into := range map[string]**AuditCheck{lastCheck: &s.Last, soundCheck: &s.Sound} {
		c, err := read(ctx, d, auditChecks, store.AuditCompartment, id)
		switch {
		case err == nil:
			*into = &c
		case !errors.Is(err, ErrNotFound):
			return s, err
		}
	}
	head, err := d.vault.AuditHead(ctx)
	if s.Head = head; err == nil && s.Sound != nil {
		err = d.continues(ctx, *s.Sound)
	}
	if err != nil {
		if s.Fault = faultOf(err); s.Fault == "" {
			return s, err
		}
		s.Problem = err.Error()
		return s, nil
	}
	if s.Last != nil {
		s.Fault, s.Problem = s.Last.Fault, s.Last.Problem
	}
	return s, nil
}

func (d *Desk) continues(ctx context.Context, c AuditCheck) error {
	older, err := audit.ReadNote(d.vault.ID(), []byte(audit.PrintedHead(d.vault.ID(), c.Entries, c.Hash)))
	if err != nil {
		return fmt.Errorf("%w: the last check of the audit log is unreadable", store.ErrDamaged)
	}
	return d.vault.Continues(ctx, older)
}

// Prove writes a proof that entry index is in the log to a new file, or, if older is not empty, that the log continues a head that was kept
// elsewhere; a negative index proves the latter alone. With words the file has the key to what the entry says, and to the other
// entries of the same unlock. That the proof was made is in the log before it is.
func (d *Desk) Prove(ctx context.Context, index int64, older []byte, words bool, to string) (audit.Head, error) {
	if !d.May(testimony.ActReadAudit) {
		return audit.Head{}, ErrNotAllowed
	}
	var kept *audit.Head
	if len(older) > 0 {
		h, err := d.vault.ReadKept(ctx, older)
		if err != nil {
			return audit.Head{}, err
		}
		kept = &h
	}
	if _, err := d.vault.Prove(ctx, index, kept, words); err != nil { // nothing is logged that can't be
		return audit.Head{}, provable(err)
	}
	details := map[string]string{"words": strconv.FormatBool(words)}
	if index >= 0 {
		details["entry"] = strconv.FormatInt(index, 10)
	}
	var head audit.Head
	err := writeWhole(to, func(w io.Writer) error {
		if err := d.Note(ctx, "audit.proved", details); err != nil {
			return err
		}
		p, err := d.vault.Prove(ctx, index, kept, words)
		if err != nil {
			return err
		}
		raw, err := p.Encode()
		if err != nil {
			return err
		}
		if head, err = audit.ParseHead(p.Vault, []byte(p.Head)); err != nil {
			return err
		}
		_, err = w.Write(raw)
		return err
	})
	return head, err
}

func provable(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("the audit log has no such entry: %w", ErrNotFound)
	}
	return err
}

// ExportAudit writes the whole log to a new file, or to one with a name of its own in an existing folder: every entry in words, every leaf, every
// head, so that it can be checked without the vault. The export is in the log before it is written. It returns the file.
func (d *Desk) ExportAudit(ctx context.Context, to string, progress func(done, total int)) (string, audit.Head, error) {
	if !d.May(testimony.ActReadAudit) {
		return "", audit.Head{}, ErrNotAllowed
	}
	if stat, err := os.Stat(to); err == nil && stat.IsDir() {
		to = filepath.Join(to, "audit-"+d.Now().UTC().Format("20060102-150405")+".jsonl")
	}
	var head audit.Head
	err := writeWhole(to, func(w io.Writer) (err error) {
		head, err = d.vault.ExportAudit(ctx, w, progress)
		return err
	})
	return to, head, err
}

// writeWhole writes a new file for its owner alone, all of it or nothing; it never replaces one. Until it is whole it has another name.
func writeWhole(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("write %s: %w", path, fs.ErrExist)
	}
	return writeThenName(path, write, takeName)
}

// writeThenName writes a file for its owner alone under another name, and gives it its own when it is whole.
func writeThenName(path string, write func(io.Writer) error, name func(partial, path string) error) error {
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<18)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = name(partial, path)
	}
	if err != nil {
		return errors.Join(diskFull(err), os.Remove(partial))
	}
	return nil
}

// takeName gives a file its name, and fails when somebody has taken it meanwhile.
func takeName(partial, path string) error {
	err := os.Link(partial, path)
	if err == nil {
		return os.Remove(partial)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	// A file system without links.
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("write %s: %w", path, fs.ErrExist)
	}
	return os.Rename(partial, path)
}
