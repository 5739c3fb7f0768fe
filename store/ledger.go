package store

import (
	"cmp"
	"context"
	"crypto/cipher"
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"paravent/store/audit"
)

// ledger is what a reader of the audit log keeps of it, so that a page is read without the rest: where its acts and its sessions are, and
// the keys of the sessions that were read. It grows with the log.
type ledger struct {
	mu       sync.Mutex
	size     int64 // leaves seen
	acts     []act // oldest first
	sessions []unlocked
	named    map[audit.SessionID]int // in sessions
}

type act struct {
	index   int64
	session int32 // noSession: the leaf belongs to none
}

// noSession marks a leaf that is no act of a session that began before it.
const noSession = -1

// unlocked is a session of the log.
type unlocked struct {
	index int64 // of its opening
	user  [16]byte
	aead  cipher.AEAD // nil until an entry of it was read
	shut  bool        // its key can't be opened
}

// AuditFilter narrows what [Vault.AuditFind] finds. Zero fields don't. What is unreadable has no words, and so passes only by user.
type AuditFilter struct {
	User       UserID
	Action     string
	From, To   time.Time              // an entry's time is not before From and before To
	Where      func(audit.Entry) bool // says yes to what is taken; it must not keep the entry's details
	Unreadable bool                   // only such ones
}

func (f AuditFilter) words() bool {
	return f.Action != "" || !f.From.IsZero() || !f.To.IsZero() || f.Where != nil || f.Unreadable
}

func (f AuditFilter) takes(e audit.Entry) bool {
	if f.Unreadable || e.Unreadable {
		return f.Unreadable && e.Unreadable
	}
	return (f.Action == "" || e.Action == f.Action) && !e.Time.Before(f.From) && (f.To.IsZero() || e.Time.Before(f.To)) && (f.Where == nil || f.Where(e))
}

// AuditFind returns the places in the log of the entries that a filter takes, newest first, for the members of [AuditCompartment]; others get
// [ErrNoAccess]. Without a filter, or by user alone, it opens no entry. progress, if not nil, is told how many of how many entries were looked at.
func (v *Vault) AuditFind(ctx context.Context, f AuditFilter, progress func(done, total int)) ([]int64, error) {
	var found []int64
	err := v.readLog(ctx, func(l *logReading) error {
		found = nil
		for i := range l.acts {
			a := l.acts[len(l.acts)-1-i]
			if progress != nil && (i%512 == 0 || i+1 == len(l.acts)) {
				progress(i+1, len(l.acts))
			}
			if i%512 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if f.User != "" && (a.session == noSession || hex.EncodeToString(l.sessions[a.session].user[:]) != string(f.User)) {
				continue
			}
			if f.words() {
				e, err := l.entry(a)
				if err != nil {
					return err
				}
				if !f.takes(e) {
					continue
				}
			}
			found = append(found, a.index)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search audit log: %w", err)
	}
	return found, nil
}

// AuditEntries opens the entries at places that [Vault.AuditFind] returned, in the order of the places.
func (v *Vault) AuditEntries(ctx context.Context, indexes []int64) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := v.readLog(ctx, func(l *logReading) error {
		entries = make([]audit.Entry, 0, len(indexes))
		for _, index := range indexes {
			e, err := l.at(index)
			if err != nil {
				return err
			}
			entries = append(entries, e)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return entries, nil
}

// AuditBeside opens the entries right before and right after a place in the log, where there are any: when those were written bounds when the
// one at the place was, whatever its writer's clock said.
func (v *Vault) AuditBeside(ctx context.Context, index int64) ([]audit.Entry, error) {
	var beside []audit.Entry
	err := v.readLog(ctx, func(l *logReading) error {
		beside = nil
		i, found := l.place(index)
		if !found {
			return fmt.Errorf("audit entry %d: %w", index, ErrNotFound)
		}
		for _, j := range []int{i - 1, i + 1} {
			if j < 0 || j >= len(l.acts) {
				continue
			}
			e, err := l.entry(l.acts[j])
			if err != nil {
				return err
			}
			beside = append(beside, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return beside, nil
}

// AuditPage opens at most n entries, newest first, from the from-th newest on, without reading the others' words.
func (v *Vault) AuditPage(ctx context.Context, from, n int) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := v.readLog(ctx, func(l *logReading) error {
		entries = nil
		for i := max(from, 0); i < len(l.acts) && len(entries) < n; i++ {
			e, err := l.entry(l.acts[len(l.acts)-1-i])
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return entries, nil
}

// Audit returns every entry of the log, oldest first, to the members of [AuditCompartment]; others get [ErrNoAccess].
// An entry that can't be opened is unreadable and hides no other; [Vault.VerifyAudit] checks the log as a whole.
func (v *Vault) Audit(ctx context.Context) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := v.readLog(ctx, func(l *logReading) error {
		entries = make([]audit.Entry, 0, len(l.acts))
		for _, a := range l.acts {
			e, err := l.entry(a)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return entries, nil
}

// logReading is the ledger within one transaction. It holds the ledger's lock.
type logReading struct {
	*ledger
	tx      *ReadTx
	owner   *compartmentKey
	readers map[uint32]hpke.PrivateKey // by epoch
}

// readLog calls fn with the ledger as the log stands.
func (v *Vault) readLog(ctx context.Context, fn func(*logReading) error) error {
	return v.View(ctx, func(tx *ReadTx) error {
		owner, err := tx.compartment(AuditCompartment)
		if err != nil {
			return err
		}
		l := &logReading{ledger: &v.ledger, tx: tx, owner: owner, readers: make(map[uint32]hpke.PrivateKey)}
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.grow(ctx); err != nil {
			return err
		}
		return fn(l)
	})
}

// grow takes in what the log has more than before.
func (l *logReading) grow(ctx context.Context) error {
	head, err := l.tx.readHead()
	if err != nil {
		return err
	}
	if head.Size < l.size || l.named == nil {
		l.forget()
		l.named = make(map[audit.SessionID]int)
	}
	if l.size > 0 {
		for l.size < head.Size {
			raw, err := l.tx.r.Get(bucketLog, logKey(l.size, logLeaf))
			if err != nil {
				return err
			}
			if raw == nil {
				return damaged("part of the audit log is missing or false")
			}
			l.take(raw)
		}
		return nil
	}
	err = l.tx.r.Range(bucketLog, nil, func(key, raw []byte) error {
		index, kind := parseLogKey(key)
		if kind != logLeaf {
			return nil
		}
		if index != l.size {
			return damaged("part of the audit log is missing or false")
		}
		if index%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		l.take(raw)
		return nil
	})
	if err == nil && l.size != head.Size {
		err = damaged("part of the audit log is missing or false")
	}
	if err != nil {
		l.forget()
	}
	return err
}

// take takes in the next leaf. What is false of it is for a check to say: here it must not hide the other entries.
func (l *ledger) take(raw []byte) {
	of := noSession
	leaf, err := audit.ParseLeaf(raw)
	if err == nil {
		session, known := l.named[leaf.In()]
		switch leaf := leaf.(type) {
		case *audit.Opening:
			if !known {
				l.named[leaf.Session] = len(l.sessions)
				l.sessions = append(l.sessions, unlocked{index: l.size, user: leaf.User})
				l.size++
				return
			}
		case *audit.Act:
			if known {
				of = session
			}
		}
	}
	l.acts = append(l.acts, act{l.size, int32(of)})
	l.size++
}

// forget leaves nothing of the log in memory. The ciphers keep copies of keys that only the collector can take back.
func (l *ledger) forget() { l.size, l.acts, l.sessions, l.named = 0, nil, nil, nil }

// place finds where in acts the entry at a place in the log is.
func (l *ledger) place(index int64) (int, bool) {
	return slices.BinarySearchFunc(l.acts, index, func(a act, index int64) int { return cmp.Compare(a.index, index) })
}

// at opens the entry at a place in the log.
func (l *logReading) at(index int64) (audit.Entry, error) {
	i, found := l.place(index)
	if !found {
		return audit.Entry{}, fmt.Errorf("audit entry %d: %w", index, ErrNotFound)
	}
	return l.entry(l.acts[i])
}

func (l *logReading) entry(a act) (audit.Entry, error) {
	if a.session == noSession {
		return audit.Entry{Index: a.index, Unreadable: true}, nil
	}
	s := &l.sessions[a.session]
	raw, err := l.tx.r.Get(bucketLog, logKey(a.index, logLeaf))
	if err != nil {
		return audit.Entry{}, err
	}
	leaf, err := audit.ParseLeaf(raw)
	sealed, ok := leaf.(*audit.Act)
	if err != nil || !ok {
		return audit.Entry{}, damaged("an audit entry is unreadable")
	}
	entry, err := l.open(s, sealed)
	if errors.Is(err, ErrDamaged) {
		entry, err = audit.Entry{User: hex.EncodeToString(s.user[:]), Session: hex.EncodeToString(sealed.Session[:]), Unreadable: true}, nil
	}
	entry.Index = a.index
	return entry, err
}

func (l *logReading) open(s *unlocked, sealed *audit.Act) (audit.Entry, error) {
	if s.shut {
		return audit.Entry{}, damaged("a session of the audit log is unreadable")
	}
	if s.aead == nil {
		key, err := l.key(s)
		if err != nil {
			s.shut = errors.Is(err, ErrDamaged)
			return audit.Entry{}, err
		}
		s.aead = newAEAD(key)
		clear(key)
	}
	return openEntry(l.tx.v.header.vault, s.aead, s.user, sealed)
}

// key opens the key of a session's entries.
func (l *logReading) key(s *unlocked) ([]byte, error) {
	raw, err := l.tx.r.Get(bucketLog, logKey(s.index, logLeaf))
	if err != nil {
		return nil, err
	}
	leaf, err := audit.ParseLeaf(raw)
	if err != nil {
		return nil, damaged("a session of the audit log is unreadable")
	}
	opening, ok := leaf.(*audit.Opening)
	if !ok {
		return nil, damaged("a session of the audit log is unreadable")
	}
	reader := l.readers[opening.Epoch]
	if reader == nil {
		epoch := l.owner.of(opening.Epoch)
		if epoch == nil {
			return nil, damaged("a session of the audit log is unreadable")
		}
		if reader, err = epoch.reader(); err != nil {
			return nil, err
		}
		l.readers[opening.Epoch] = reader
	}
	return l.tx.readSession(reader, opening)
}
