package store

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"paravent/store/audit"
)

// Restore is the decision of two users to go on with an older copy of the vault, or with one that does not continue what an anchor remembers.
type Restore struct {
	Found, Kept HeadMark // the log as it was found, and as the anchor remembered it; Kept is empty of an anchor that was unreadable
	Reason      string
	At          time.Time
	By, With    UserID
	Signature   []byte // of By
	Cosignature []byte // of With, over the same
}

// HeadMark is what a head says.
type HeadMark struct {
	Size int64
	Root []byte
}

func markOf(h audit.Head) HeadMark {
	if h.Size == 0 {
		return HeadMark{}
	}
	return HeadMark{Size: h.Size, Root: h.Root[:]}
}

var restoreEntries = NewCollection[Restore]("restore")

// AcceptRestore lets the vault be gone on with although it is behind its anchor, by the signatures of this user and of a second one, who gives login and passphrase at
// this desk. allowed says whether those two may; nothing is signed before it agrees. It is logged as "vault.restore_accepted", and the anchor follows.
// [ErrNotFound] when nothing is to be accepted. The caller clears the passphrase.
func (v *Vault) AcceptRestore(ctx context.Context, reason, login string, passphrase []byte, allowed func(first, second User) error) (Restore, error) {
	r, err := v.acceptRestore(ctx, reason, login, passphrase, allowed)
	if err != nil {
		return Restore{}, fmt.Errorf("accept restore: %w", err)
	}
	return r, nil
}

func (v *Vault) acceptRestore(ctx context.Context, reason, login string, passphrase []byte, allowed func(first, second User) error) (Restore, error) {
	if err := v.begin(); err != nil {
		return Restore{}, err
	}
	defer v.running.Done()
	a := &v.anchorage
	if v.RolledBack() == nil {
		return Restore{}, ErrNotFound
	}
	second, try, err := (&Sealed{backend: v.backend, header: v.header, opts: v.opts}).secretsOf(ctx, login, passphrase)
	if err != nil {
		return Restore{}, err
	}
	defer second.wipe()
	if second.id() == v.me.ID {
		return Restore{}, ErrInvalid
	}
	r := Restore{Kept: markOf(a.kept), Reason: reason, At: v.opts.Clock().UTC().Truncate(time.Second), By: v.me.ID, With: second.id()}
	var head audit.Head
	err = v.change(ctx, true, func(tx *Tx) error {
		other, err := tx.user(second.id())
		if err != nil {
			return err
		}
		for _, id := range []UserID{v.me.ID, other.ID} {
			if err := tx.grantable(id); err != nil {
				return err
			}
		}
		if err := allowed(v.me, other); err != nil {
			return err
		}
		if !try.local { // their own count stays for them to be told of
			if err := try.release(tx.w, v.header, try.failed == 0, v.opts.Clock()); err != nil {
				return err
			}
		}
		r.Found = markOf(tx.head)
		text := r.signed(v.header.vault)
		r.Signature, r.Cosignature = ed25519.Sign(v.signing, text), ed25519.Sign(second.signingKey(), text)
		tx.Log("vault.restore_accepted", map[string]string{
			"with": string(r.With), "entries": fmt.Sprint(r.Found.Size), "remembered": fmt.Sprint(r.Kept.Size),
		})
		return restoreEntries.Put(tx, directory, r.id(), r)
	})
	if err != nil {
		return Restore{}, err
	}
	if err := v.View(ctx, func(tx *ReadTx) (err error) {
		head, err = tx.readHead()
		return err
	}); err != nil {
		return Restore{}, err
	}
	if try.local {
		forgetLocally(v.header, try.login)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.behind, a.kept, a.newest = nil, audit.Head{}, head
	if a.anchor != nil {
		a.trouble = a.anchor.Replace(a.vault, head.Note)
	}
	return r, nil
}

func (r Restore) id() string {
	return fmt.Sprintf("%d/%s", r.Found.Size, hex.EncodeToString(r.Found.Root))
}

// Restores returns the decisions to go on with older copies, signatures checked.
func (v *Vault) Restores(ctx context.Context) ([]Restore, error) {
	var list []Restore
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		list, err = tx.restores()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("restores of the vault: %w", err)
	}
	return list, nil
}

func (tx *ReadTx) restores() ([]Restore, error) {
	entries, err := restoreEntries.All(tx, directory)
	if err != nil {
		return nil, err
	}
	var list []Restore
	for _, e := range entries {
		text := e.Value.signed(tx.v.header.vault)
		by, err := tx.user(e.Value.By)
		if err != nil {
			return nil, err
		}
		with, err := tx.user(e.Value.With)
		if err != nil {
			return nil, err
		}
		if by.ID == with.ID || e.ID != e.Value.id() || !verify(by.SigningPublic, text, e.Value.Signature) || !verify(with.SigningPublic, text, e.Value.Cosignature) {
			return nil, damaged("a decision to go on with an older copy is not signed by two")
		}
		list = append(list, e.Value)
	}
	return list, nil
}

// acceptedRestore says whether two people decided to go on from a state that this log continues, knowing of at least as many entries as this
// desk's anchor remembers. Who they have to be is asked when they sign.
func (tx *ReadTx) acceptedRestore(head, kept audit.Head) (bool, error) {
	list, err := tx.restores()
	if err != nil {
		return false, err
	}
	for _, r := range list {
		if r.Kept.Size < kept.Size || r.Kept.Size == kept.Size && string(r.Kept.Root) != string(kept.Root[:]) || len(r.Found.Root) != len(audit.Hash{}) {
			continue
		}
		if tx.continues(head, audit.Head{Size: r.Found.Size, Root: audit.Hash(r.Found.Root)}) == nil {
			return true, nil
		}
	}
	return false, nil
}

// signed is what both sign.
func (r Restore) signed(vault [16]byte) []byte {
	b := append([]byte("paravent/restore/1\x00"), vault[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.Unix()))
	for _, mark := range []HeadMark{r.Found, r.Kept} {
		b = binary.BigEndian.AppendUint64(b, uint64(mark.Size))
		b = binary.BigEndian.AppendUint32(b, uint32(len(mark.Root)))
		b = append(b, mark.Root...)
	}
	for _, text := range []string{r.Reason, string(r.By), string(r.With)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return b
}
