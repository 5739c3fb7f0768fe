package store

import (
	"context"
	"crypto/cipher"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"paravent/store/audit"
)

// Keys of the log's bucket: one letter, then a number or a session.
const (
	logHead    = 'H' // the newest head
	logLeaf    = 'e' // index (8): a leaf
	logHash    = 'n' // index (8): a stored hash of the tree
	logHeadOf  = 'h' // size (8): the head that was signed at that size
	logSession = 's' // session (16): how many acts (8), hash of the last leaf (32)
)

const (
	exportEntryKey = "paravent/audit/entry/1"
	maxEntryText   = 64 << 10
)

// session seals the audit entries of one unlock. One HPKE encapsulation serves them all: at 1120 bytes and a tenth of a
// millisecond it would otherwise outweigh the entries.
type session struct {
	id      audit.SessionID
	opening audit.Opening
	aead    cipher.AEAD
}

// Audit returns every entry of the log, oldest first, to the members of [AuditCompartment]; others get [ErrNoAccess].
// It checks each entry's seal; [Vault.VerifyAudit] checks the log as a whole.
func (v *Vault) Audit(ctx context.Context) ([]audit.Entry, error) {
	var entries []audit.Entry
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		entries, err = tx.auditEntries()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return entries, nil
}

// AuditHead returns the newest head, its signature checked. Every user may ask.
func (v *Vault) AuditHead(ctx context.Context) (audit.Head, error) {
	var head audit.Head
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		if head, err = tx.readHead(); err != nil {
			return err
		}
		signer, err := tx.user(UserID(head.Signer))
		if err != nil {
			return err
		}
		return head.Verify(signer.SigningPublic)
	})
	if err != nil {
		return audit.Head{}, fmt.Errorf("read audit head: %w", err)
	}
	return head, nil
}

// VerifyAudit checks the whole log: every leaf's place in the tree and in its session, every head and its signature,
// and that the manifests are the ones that the log last spoke of. Every user may ask. It fails with an error that wraps
// [ErrDamaged] and says what is wrong first.
func (v *Vault) VerifyAudit(ctx context.Context) error {
	err := v.View(ctx, func(tx *ReadTx) error { return tx.checkLog(ctx, func() {}) })
	if err != nil {
		return fmt.Errorf("verify audit log: %w", err)
	}
	return nil
}

// readHead returns the newest head, or the zero one of a log that hasn't begun.
func (tx *ReadTx) readHead() (audit.Head, error) {
	raw, err := tx.r.Get(bucketLog, []byte{logHead})
	if err != nil || raw == nil {
		return audit.Head{}, err
	}
	head, err := audit.ParseHead(tx.v.ID(), raw)
	if err != nil {
		return head, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return head, nil
}

// appendEntries seals the transaction's entries, adds them to the tree, and signs the new head.
func (tx *Tx) appendEntries(states []audit.State) error {
	s, err := tx.openSession()
	if err != nil {
		return err
	}
	l := logWriter{w: tx.w, size: tx.head.Size}
	sequence, previous, err := tx.chain(s, &l)
	if err != nil {
		return err
	}
	for i, text := range tx.entries {
		act := &audit.Act{Session: s.id, Sequence: sequence + 1, Previous: previous}
		if i == len(tx.entries)-1 {
			act.Last, act.States = true, states
		}
		if err := s.seal(tx.v, act, text); err != nil {
			return err
		}
		if previous, err = l.append(act.Encode()); err != nil {
			return err
		}
		sequence++
	}
	if err := tx.w.Put(bucketLog, sessionKey(s.id), sessionMark(sequence, previous)); err != nil {
		return err
	}
	return tx.signHead(&l)
}

// chain continues the session's chain, or begins it with its opening.
func (tx *Tx) chain(s *session, l *logWriter) (sequence uint64, previous audit.Hash, err error) {
	raw, err := tx.r.Get(bucketLog, sessionKey(s.id))
	switch {
	case err != nil:
		return 0, previous, err
	case raw == nil:
		previous, err = l.append(s.opening.Encode())
		return 0, previous, err
	case len(raw) != 8+len(previous):
		return 0, previous, damaged("a session of the audit log is unreadable")
	}
	return binary.BigEndian.Uint64(raw), audit.Hash(raw[8:]), nil
}

func (tx *Tx) signHead(l *logWriter) error {
	root, err := audit.Root(l.size, l)
	if err != nil {
		return err
	}
	head, err := audit.SignHead(tx.v.ID(), l.size, root, string(tx.v.me.ID), tx.v.signing)
	if err != nil {
		return err
	}
	if err := tx.w.Put(bucketLog, logKey(logHeadOf, l.size), head.Note); err != nil {
		return err
	}
	return tx.w.Put(bucketLog, []byte{logHead}, head.Note)
}

// openSession returns the unlock's own, made at its first act. It stays with the key of the audit compartment that it
// began under. The vault keeps it only when the transaction succeeds: one that is run again may make that compartment
// again, too.
func (tx *Tx) openSession() (*session, error) {
	if tx.session != nil {
		return tx.session, nil
	}
	e, err := tx.entry(AuditCompartment)
	if err != nil {
		return nil, err
	}
	tx.session, err = newSession(tx.v, e)
	return tx.session, err
}

func newSession(v *Vault, e compartmentEntry) (*session, error) {
	s := new(session)
	if _, err := io.ReadFull(v.opts.Rand, s.id[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	public, err := kem.NewPublicKey(e.LogReader)
	if err != nil {
		return nil, damaged("the audit log has no key")
	}
	enc, sender, err := hpke.NewSender(public, hpkeKDF, hpkeAEAD, sessionPlace(v.header.vault, v.secrets.user, s.id, e.Epoch))
	if err != nil {
		return nil, fmt.Errorf("seal to the audit log: %w", err)
	}
	key, err := sender.Export(exportEntryKey, 32)
	if err != nil {
		return nil, fmt.Errorf("seal to the audit log: %w", err)
	}
	s.aead = newAEAD(key)
	s.opening = audit.Opening{Session: s.id, User: v.secrets.user, Epoch: e.Epoch, Sealed: enc}
	return s, nil
}

func (s *session) seal(v *Vault, act *audit.Act, text entryText) error {
	plain, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("encode audit entry: %w", err)
	}
	if len(plain) > maxEntryText {
		return fmt.Errorf("audit entry: %w", ErrTooLarge)
	}
	if _, err := io.ReadFull(v.opts.Rand, act.Nonce[:]); err != nil {
		return fmt.Errorf("read randomness: %w", err)
	}
	// Spaces end the text up to its padded length: JSON lets them stand there.
	for range padded(len(plain)) - len(plain) {
		plain = append(plain, ' ')
	}
	act.Box = s.aead.Seal(nil, act.Nonce[:], plain, entryPlace(v.header.vault, act))
	return nil
}

func (tx *ReadTx) auditEntries() ([]audit.Entry, error) {
	owner, err := tx.compartment(AuditCompartment)
	if err != nil {
		return nil, err
	}
	reader, err := owner.logReader()
	if err != nil {
		return nil, err
	}
	var entries []audit.Entry
	sessions := make(map[audit.SessionID]cipher.AEAD)
	err = tx.r.Range(bucketLog, []byte{logLeaf}, func(key, raw []byte) error {
		leaf, err := audit.ParseLeaf(raw)
		if err != nil || len(key) != 9 {
			return damaged("an audit entry is unreadable")
		}
		switch leaf := leaf.(type) {
		case *audit.Opening:
			sessions[leaf.Session], err = tx.readSession(reader, leaf)
			return err
		case *audit.Act:
			entry, err := tx.openEntry(sessions[leaf.Session], leaf)
			entry.Index = int64(binary.BigEndian.Uint64(key[1:]))
			entries = append(entries, entry)
			return err
		}
		return nil
	})
	return entries, err
}

func (tx *ReadTx) readSession(reader hpke.PrivateKey, o *audit.Opening) (cipher.AEAD, error) {
	place := sessionPlace(tx.v.header.vault, o.User, o.Session, o.Epoch)
	recipient, err := hpke.NewRecipient(o.Sealed, reader, hpkeKDF, hpkeAEAD, place)
	if err != nil {
		return nil, damaged("a session of the audit log is unreadable")
	}
	key, err := recipient.Export(exportEntryKey, 32)
	if err != nil {
		return nil, damaged("a session of the audit log is unreadable")
	}
	return newAEAD(key), nil
}

func (tx *ReadTx) openEntry(aead cipher.AEAD, act *audit.Act) (audit.Entry, error) {
	if aead == nil {
		return audit.Entry{}, damaged("an audit entry belongs to no session")
	}
	plain, err := aead.Open(nil, act.Nonce[:], act.Box, entryPlace(tx.v.header.vault, act))
	if err != nil {
		return audit.Entry{}, damaged("an audit entry is unreadable")
	}
	var text entryText
	if err := json.Unmarshal(plain, &text); err != nil {
		return audit.Entry{}, damaged("an audit entry is unreadable")
	}
	return audit.Entry{
		Time: text.Time, User: string(text.User), Session: hex.EncodeToString(act.Session[:]),
		Action: text.Action, Details: text.Details,
	}, nil
}

// logWriter appends to the tree within a transaction.
type logWriter struct {
	w    Writer
	size int64
}

func (l *logWriter) append(leaf []byte) (audit.Hash, error) {
	hashes, err := audit.Append(l.size, leaf, l)
	if err != nil {
		return audit.Hash{}, err
	}
	first := audit.FirstHash(l.size)
	for i, h := range hashes {
		if err := l.w.Put(bucketLog, logKey(logHash, first+int64(i)), h[:]); err != nil {
			return audit.Hash{}, err
		}
	}
	if err := l.w.Put(bucketLog, logKey(logLeaf, l.size), leaf); err != nil {
		return audit.Hash{}, err
	}
	l.size++
	return hashes[0], nil
}

// ReadHash implements [audit.Reader].
func (l *logWriter) ReadHash(index int64) (audit.Hash, error) {
	raw, err := l.w.Get(bucketLog, logKey(logHash, index))
	if err != nil {
		return audit.Hash{}, err
	}
	if len(raw) != len(audit.Hash{}) {
		return audit.Hash{}, damaged("a hash of the audit log is missing")
	}
	return audit.Hash(raw), nil
}

func logKey(kind byte, n int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{kind}, uint64(n))
}

func sessionKey(id audit.SessionID) []byte { return append([]byte{logSession}, id[:]...) }

// sessionMark says how far a session has come.
func sessionMark(sequence uint64, last audit.Hash) []byte {
	return append(binary.BigEndian.AppendUint64(nil, sequence), last[:]...)
}

func sessionPlace(vault, user [16]byte, id audit.SessionID, epoch uint32) []byte {
	b := append([]byte("paravent/audit/session/1"), vault[:]...)
	b = append(b, user[:]...)
	b = append(b, id[:]...)
	return binary.BigEndian.AppendUint32(b, epoch)
}

func entryPlace(vault [16]byte, act *audit.Act) []byte {
	return append(append([]byte("paravent/audit/entry/1"), vault[:]...), act.Bound()...)
}

func manifestState(t tag, raw []byte) audit.State {
	return audit.State{Compartment: t, Manifest: sha256.Sum256(raw)}
}
