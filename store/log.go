package store

import (
	"context"
	"crypto/cipher"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"paravent/store/audit"
)

// Keys of the log's bucket: the leaf's index (8), then one of these. What a transaction adds stands side by side.
const (
	logLeaf   = 0 // the leaf
	logHashes = 1 // the hashes that the leaf completes in the tree, its own first
	logHead   = 2 // the head that was signed after the leaf, if it is the last of its transaction
)

const logKeySize = 9

const (
	exportEntryKey = "paravent/audit/entry/1"
	maxEntryText   = 64 << 10
)

// session seals the audit entries of one unlock. One HPKE encapsulation serves them all: at 1120 bytes and a tenth of a
// millisecond it would otherwise outweigh the entries.
type session struct {
	opening  audit.Opening
	aead     cipher.AEAD
	opened   bool       // the opening is in the log
	sequence uint64     // of the last act
	last     audit.Hash // hash of the last leaf
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
		ended, err := revocationEntries.Get(tx, directory, head.Signer)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return audit.Signer{Public: signer.SigningPublic, Until: ended.Entries}.Check(head)
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
	_, err := v.VerifyLog(ctx, nil, nil)
	return err
}

// VerifyLog is [Vault.VerifyAudit] that tells how many of how many entries are done, and sees whether the log continues heads
// that were kept elsewhere: [audit.ErrFork] or [audit.ErrShorter] when it doesn't. It returns the newest head, up to which all is checked.
func (v *Vault) VerifyLog(ctx context.Context, kept []audit.Head, progress func(done, total int)) (audit.Head, error) {
	var head audit.Head
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		if head, err = tx.readHead(); err != nil {
			return err
		}
		done := 0
		err = tx.checkLog(ctx, func() {
			if done++; progress != nil && (done%256 == 0 || int64(done) == head.Size) {
				progress(done, int(head.Size))
			}
		})
		for _, older := range kept {
			if err == nil {
				err = tx.continues(head, older)
			}
		}
		return err
	})
	if err != nil {
		return audit.Head{}, fmt.Errorf("verify audit log: %w", err)
	}
	return head, nil
}

// readHead returns the newest head, or the zero one of a log that hasn't begun.
func (tx *ReadTx) readHead() (audit.Head, error) { return readHead(tx.r, tx.v.header) }

func readHead(r Reader, h header) (audit.Head, error) {
	raw, err := r.Get(bucketVault, keyHead)
	if err != nil || raw == nil {
		return audit.Head{}, err
	}
	return parseHead(h, raw)
}

func parseHead(h header, raw []byte) (audit.Head, error) {
	head, err := audit.ParseHead(h.id(), raw)
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
	if !s.opened {
		s.opened = true
		if s.last, err = l.append(s.opening.Encode()); err != nil {
			return err
		}
	}
	for i, text := range tx.entries {
		s.sequence++
		act := &audit.Act{Session: s.opening.Session, Sequence: s.sequence, Previous: s.last}
		if i == len(tx.entries)-1 {
			act.Last, act.States = true, states
		}
		if err := s.seal(tx.v, act, text); err != nil {
			return err
		}
		if s.last, err = l.append(act.Encode()); err != nil {
			return err
		}
	}
	tx.session = s
	return tx.signHead(&l)
}

func (tx *Tx) signHead(l *logWriter) error {
	root, err := audit.Root(l.size, l)
	if err != nil {
		return err
	}
	head, err := tx.signWhileWriting(func() (audit.Head, error) {
		return audit.SignHead(tx.v.ID(), tx.head.Size, l.size, root, string(tx.v.me.ID), tx.v.signing)
	})
	if err != nil {
		return err
	}
	tx.signed = head
	if err := tx.w.Put(bucketLog, logKey(l.size-1, logHead), head.Note); err != nil {
		return err
	}
	return tx.w.Put(bucketVault, keyHead, head.Note)
}

// signWhileWriting makes the puts that were held back while a head is signed.
func (tx *Tx) signWhileWriting(sign func() (audit.Head, error)) (head audit.Head, err error) {
	if tx.late == nil {
		return sign()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		head, err = sign()
	}()
	failed := tx.late.flush()
	tx.w, tx.r, tx.late = tx.late.Writer, tx.late.Writer, nil
	<-done
	return head, errors.Join(err, failed)
}

// openSession returns the unlock's own session, made at its first act, for this transaction to continue. When the audit
// compartment takes another key, another begins: who is no reader any more reads no further. The vault keeps what becomes of it only when the transaction
// succeeds: one that is run again may make that compartment again, too.
func (tx *Tx) openSession() (*session, error) {
	if s := tx.v.session; s != nil {
		t := tx.v.tagOf(AuditCompartment, tx.root)
		raw, err := tx.r.Get(bucketManifest, t[:])
		if err != nil {
			return nil, err
		}
		if len(raw) >= minEnvelope && envelopeEpoch(raw) == s.opening.Epoch {
			same := *s
			return &same, nil
		}
	}
	e, err := tx.entry(AuditCompartment)
	if err != nil {
		return nil, err
	}
	return newSession(tx.v, e)
}

func newSession(v *Vault, e compartmentEntry) (*session, error) {
	s := new(session)
	var id audit.SessionID
	if _, err := io.ReadFull(v.opts.Rand, id[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	public, err := kem.NewPublicKey(e.LogReader)
	if err != nil {
		return nil, damaged("the audit log has no key")
	}
	enc, sender, err := hpke.NewSender(public, hpkeKDF, hpkeAEAD, sessionPlace(v.header.vault, v.secrets.user, id, e.Epoch))
	if err != nil {
		return nil, fmt.Errorf("seal to the audit log: %w", err)
	}
	key, err := sender.Export(exportEntryKey, 32)
	if err != nil {
		return nil, fmt.Errorf("seal to the audit log: %w", err)
	}
	s.aead = newAEAD(key)
	s.opening = audit.Opening{Session: id, User: v.secrets.user, Epoch: e.Epoch, Sealed: enc}
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

// readSession opens the key of a session's entries, for a member of the audit compartment.
func (tx *ReadTx) readSession(reader hpke.PrivateKey, o *audit.Opening) ([]byte, error) {
	place := sessionPlace(tx.v.header.vault, o.User, o.Session, o.Epoch)
	recipient, err := hpke.NewRecipient(o.Sealed, reader, hpkeKDF, hpkeAEAD, place)
	if err != nil {
		return nil, damaged("a session of the audit log is unreadable")
	}
	key, err := recipient.Export(exportEntryKey, 32)
	if err != nil {
		return nil, damaged("a session of the audit log is unreadable")
	}
	return key, nil
}

// openEntry opens an act of a user's session.
func openEntry(vault [16]byte, aead cipher.AEAD, user [16]byte, act *audit.Act) (audit.Entry, error) {
	entry, err := openText(vault, aead, act)
	if err == nil && entry.User != hex.EncodeToString(user[:]) {
		err = damaged("an audit entry names another user than its session's")
	}
	return entry, err
}

func openText(vault [16]byte, aead cipher.AEAD, act *audit.Act) (audit.Entry, error) {
	plain, err := aead.Open(nil, act.Nonce[:], act.Box, entryPlace(vault, act))
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
	if err := l.w.Put(bucketLog, logKey(l.size, logLeaf), leaf); err != nil {
		return audit.Hash{}, err
	}
	if err := l.w.Put(bucketLog, logKey(l.size, logHashes), joinHashes(hashes)); err != nil {
		return audit.Hash{}, err
	}
	l.size++
	return hashes[0], nil
}

// ReadHash implements [audit.Reader].
func (l *logWriter) ReadHash(index int64) (audit.Hash, error) {
	return storedHashes{l.w}.ReadHash(index)
}

func joinHashes(hashes []audit.Hash) []byte {
	b := make([]byte, 0, len(hashes)*len(audit.Hash{}))
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}

func logKey(index int64, kind byte) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, logKeySize), uint64(index)), kind)
}

// parseLogKey is the other side of logKey. Of a key that is none, the kind is none either.
func parseLogKey(key []byte) (index int64, kind byte) {
	if len(key) != logKeySize {
		return 0, 0xff
	}
	return int64(binary.BigEndian.Uint64(key)), key[8]
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
