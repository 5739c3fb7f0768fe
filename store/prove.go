package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"paravent/store/audit"
)

// ErrUnvouched is returned for a proof under a head whose signer nobody has vouched for in the clear: see [Vault.AttestSigners].
var ErrUnvouched = errors.New("nobody has vouched yet for the user who signed this head: let those who enrolled them open the vault")

// ProveInclusion makes the proof that entry index is in the log under its newest head. Every user may ask. With open, which only
// members of [AuditCompartment] can ask for, it has the key to the entry's words in it, and so to those of every other entry of the same unlock. A place beyond the log
// gives [ErrNotFound].
func (v *Vault) ProveInclusion(ctx context.Context, index int64, open bool) (audit.Proof, error) {
	return v.Prove(ctx, index, nil, open)
}

// ProveConsistency makes the proof that the log continues an older head, as it was kept elsewhere. [audit.ErrFork] and
// [audit.ErrShorter] say that it doesn't. Every user may ask.
func (v *Vault) ProveConsistency(ctx context.Context, older audit.Head) (audit.Proof, error) {
	return v.Prove(ctx, -1, &older, false)
}

// Prove makes both proofs in one: of an entry, if index is not negative, and of an older head, if there is one.
func (v *Vault) Prove(ctx context.Context, index int64, older *audit.Head, open bool) (audit.Proof, error) {
	var p audit.Proof
	read := v.View
	var l *logReading
	if open {
		read = func(ctx context.Context, fn func(*ReadTx) error) error {
			return v.readLog(ctx, func(reading *logReading) error {
				l = reading
				return fn(reading.tx)
			})
		}
	}
	err := read(ctx, func(tx *ReadTx) (err error) {
		if p, err = tx.prove(index, older); err != nil || l == nil || index < 0 {
			return err
		}
		p.Inclusion.Key, err = l.keyOf(index)
		return err
	})
	if err != nil {
		return audit.Proof{}, fmt.Errorf("prove from audit log: %w", err)
	}
	return p, nil
}

// keyOf opens the key to the words of an act.
func (l *logReading) keyOf(index int64) ([]byte, error) {
	if i, found := l.place(index); found && l.acts[i].session != noSession {
		return l.key(&l.sessions[l.acts[i].session])
	}
	return nil, fmt.Errorf("audit entry %d: %w", index, ErrNotFound)
}

func (tx *ReadTx) prove(index int64, older *audit.Head) (audit.Proof, error) {
	head, err := tx.readHead()
	if err != nil {
		return audit.Proof{}, err
	}
	roster, err := readRoster(tx.r, tx.v.header)
	if err != nil {
		return audit.Proof{}, err
	}
	p := audit.Proof{Format: audit.ProofFormat, Vault: tx.v.ID(), Founder: tx.v.header.founder, Head: string(head.Note)}
	heads := []audit.Head{head}
	if older != nil {
		if err := tx.continues(head, *older); err != nil {
			return audit.Proof{}, err
		}
		path, err := audit.ProveConsistency(head.Size, older.Size, storedHashes{tx.r})
		if err != nil {
			return audit.Proof{}, err
		}
		p.Consistency = &audit.Consistency{Older: string(older.Note), Path: path}
		heads = append(heads, *older)
	}
	if index >= 0 {
		if p.Inclusion, err = tx.include(index, head); err != nil {
			return audit.Proof{}, err
		}
		own, err := tx.ownHead(index)
		if err != nil {
			return audit.Proof{}, err
		}
		if _, ok := roster.Attested(own.Signer); ok && own.From != audit.Unsaid {
			path, err := audit.ProveInclusion(own.Size, index, storedHashes{tx.r})
			if err != nil {
				return audit.Proof{}, err
			}
			p.Inclusion.Own = &audit.Own{Head: string(own.Note), Path: path}
			heads = append(heads, own)
		}
	}
	seen := map[[16]byte]bool{}
	for _, h := range heads {
		if _, ok := roster.Attested(h.Signer); !ok {
			return audit.Proof{}, ErrUnvouched
		}
		chain, ended := roster.Chain(h.Signer)
		for _, a := range chain {
			if !seen[a.User] {
				p.Signers = append(p.Signers, audit.NewVouched(a))
			}
		}
		for _, e := range ended {
			if !seen[e.User] {
				p.Revoked = append(p.Revoked, audit.NewEnded(e))
			}
		}
		for _, a := range chain {
			seen[a.User] = true
		}
	}
	if _, err := p.Check(); err != nil {
		return audit.Proof{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return p, nil
}

func (tx *ReadTx) include(index int64, head audit.Head) (*audit.Inclusion, error) {
	raw, err := tx.r.Get(bucketLog, logKey(index, logLeaf))
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, fmt.Errorf("audit entry %d: %w", index, ErrNotFound)
	}
	path, err := audit.ProveInclusion(head.Size, index, storedHashes{tx.r})
	if err != nil {
		return nil, err
	}
	return &audit.Inclusion{Index: index, Leaf: append([]byte(nil), raw...), Path: path}, nil
}

// ownHead is the head of the transaction that wrote an entry, its signature not checked.
func (tx *ReadTx) ownHead(index int64) (audit.Head, error) {
	for {
		note, err := tx.r.Get(bucketLog, logKey(index, logHead))
		if err != nil {
			return audit.Head{}, err
		}
		if note != nil {
			return parseHead(tx.v.header, note)
		}
		index++
		if leaf, err := tx.r.Get(bucketLog, logKey(index, logLeaf)); err != nil || leaf == nil {
			return audit.Head{}, errors.Join(err, damaged("a head of the audit log is missing"))
		}
	}
}

// continues says whether the log under its newest head begins with the one under an older head.
func (tx *ReadTx) continues(head, older audit.Head) error {
	if older.Size > head.Size {
		return fmt.Errorf("%w: the head is of %d entries, the log has %d", audit.ErrShorter, older.Size, head.Size)
	}
	if older.Size < 1 {
		return audit.ErrFork
	}
	root, err := audit.Root(older.Size, storedHashes{tx.r})
	if err != nil {
		return err
	}
	if root != older.Root {
		return audit.ErrFork
	}
	return nil
}

// ReadKept finds a head of this vault in a text that was kept elsewhere, and checks its signature if it has one. Every user may ask.
func (v *Vault) ReadKept(ctx context.Context, text []byte) (audit.Head, error) {
	head, err := audit.ReadNote(v.ID(), text)
	if err != nil {
		return head, fmt.Errorf("read kept head: %w", err)
	}
	if !head.Signed() {
		return head, nil
	}
	err = v.View(ctx, func(tx *ReadTx) error {
		signers, err := tx.directorySigners()
		if err != nil {
			return err
		}
		signer, ok := signers.Signer(head.Signer)
		if !ok {
			return fmt.Errorf("%w: it is signed by nobody of this vault", audit.ErrFork)
		}
		return signer.Check(head)
	})
	if err != nil {
		return audit.Head{}, fmt.Errorf("read kept head: %w", err)
	}
	return head, nil
}

// Continues says whether the log begins with the one under an older head: [audit.ErrFork] or [audit.ErrShorter] when it doesn't. Every
// user may ask. It trusts the stored hashes, which [Vault.VerifyAudit] checks.
func (v *Vault) Continues(ctx context.Context, older audit.Head) error {
	err := v.View(ctx, func(tx *ReadTx) error {
		head, err := tx.readHead()
		if err != nil {
			return err
		}
		return tx.continues(head, older)
	})
	if err != nil {
		return fmt.Errorf("compare audit heads: %w", err)
	}
	return nil
}

// AuditHead is the newest head in this transaction, its signature not checked.
func (tx *ReadTx) AuditHead() (audit.Head, error) { return tx.readHead() }

// storedHashes implements [audit.Reader] on what the log stores.
type storedHashes struct{ r Reader }

// ReadHash implements [audit.Reader].
func (s storedHashes) ReadHash(index int64) (audit.Hash, error) {
	leaf, level := audit.CompletedBy(index)
	raw, err := s.r.Get(bucketLog, logKey(leaf, logHashes))
	if err != nil {
		return audit.Hash{}, err
	}
	if len(raw) < (level+1)*len(audit.Hash{}) {
		return audit.Hash{}, damaged("a hash of the audit log is missing")
	}
	return audit.Hash(raw[level*len(audit.Hash{}):]), nil
}

// OpenEntry opens an act of a proof or an export with its session's key. Who acted is the session's matter and not checked here.
func OpenEntry(vault string, act *audit.Act, key []byte) (audit.Entry, error) {
	id, err := hex.DecodeString(vault)
	if err != nil || len(id) != 16 || len(key) != 32 {
		return audit.Entry{}, audit.ErrNotProof
	}
	return openText([16]byte(id), newAEAD(key), act)
}

// ExportAudit writes the whole log as [audit.CheckExport] reads it, for members of [AuditCompartment]. The export is in the log before
// it is written, and so in the export. It holds the words of every entry and the keys to them: opaque ids and counts, as the log does.
func (v *Vault) ExportAudit(ctx context.Context, w io.Writer, progress func(done, total int)) (audit.Head, error) {
	var head audit.Head
	err := v.readLog(ctx, func(*logReading) error { return nil }) // nobody else is to leave a trace of an export that can't be
	if err == nil {
		err = v.Update(ctx, func(tx *Tx) error {
			tx.Log("audit.exported", map[string]string{"entries": fmt.Sprint(tx.head.Size)})
			return nil
		})
	}
	if err == nil {
		err = v.readLog(ctx, func(l *logReading) (err error) {
			head, err = l.export(ctx, w, progress)
			return err
		})
	}
	if err != nil {
		return audit.Head{}, fmt.Errorf("export audit log: %w", err)
	}
	return head, nil
}

func (l *logReading) export(ctx context.Context, w io.Writer, progress func(done, total int)) (audit.Head, error) {
	head, err := l.tx.readHead()
	if err != nil {
		return head, err
	}
	roster, err := readRoster(l.tx.r, l.tx.v.header)
	if err != nil {
		return head, err
	}
	first := audit.ExportHeader{Format: audit.ExportFormat, Vault: l.tx.v.ID(), Founder: l.tx.v.header.founder, Size: head.Size, Head: string(head.Note)}
	for _, a := range roster.Attestations() {
		first.Signers = append(first.Signers, audit.NewVouched(a))
	}
	for _, e := range roster.Revocations() {
		first.Revoked = append(first.Revoked, audit.NewEnded(e))
	}
	lines := json.NewEncoder(w)
	if err := lines.Encode(first); err != nil {
		return head, err
	}
	acts, sessions := l.acts, l.sessions
	for index := range head.Size {
		line := audit.ExportLine{}
		raw, err := l.tx.r.Get(bucketLog, logKey(index, logLeaf))
		if err != nil {
			return head, err
		}
		note, err := l.tx.r.Get(bucketLog, logKey(index, logHead))
		if err != nil {
			return head, err
		}
		line.Leaf, line.Head = raw, string(note)
		switch {
		case len(acts) > 0 && acts[0].index == index:
			e, err := l.entry(acts[0])
			if err != nil {
				return head, err
			}
			line.Entry, acts = &e, acts[1:]
		case len(sessions) > 0 && sessions[0].index == index:
			// A key that nobody can open is left out: its writer must not keep the log from being exported.
			if line.Key, err = l.key(&sessions[0]); err != nil && !errors.Is(err, ErrDamaged) {
				return head, err
			}
			sessions = sessions[1:]
		}
		if err := lines.Encode(line); err != nil {
			return head, err
		}
		if index%256 == 0 || index+1 == head.Size {
			if progress != nil {
				progress(int(index)+1, int(head.Size))
			}
			if ctx.Err() != nil {
				return head, ctx.Err()
			}
		}
	}
	return head, nil
}
