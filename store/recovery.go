package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"paravent/store/kit"
)

// Recovery is one use of a recovery kit, as the directory keeps it until somebody has looked into it and after.
type Recovery struct {
	ID        string
	User      UserID // who came back in
	Kit       string // the kit's id
	Name      string // the kit's name
	Sheets    []int
	At        time.Time
	Signature []byte // of the recovered user
	Reviewed  *Review
}

// Review is what somebody found who looked into a recovery.
type Review struct {
	By        UserID
	At        time.Time
	Reason    string
	Signature []byte
}

var recoveryEntries = NewCollection[Recovery]("recovery")

// ErrReviewed is returned for a recovery that was looked into before.
var ErrReviewed = errors.New("this recovery was reviewed before")

// KitOf says which kit a user's keys are sealed to: how many sheets are needed, and by which marks they are known. An unknown login
// gives [ErrNoEscrow], as does one who has sealed nothing.
func (s *Sealed) KitOf(ctx context.Context, login string) (kit.Kit, error) {
	k, _, _, err := s.escrowOf(ctx, login)
	if err != nil {
		return kit.Kit{}, fmt.Errorf("recover: %w", err)
	}
	return k, nil
}

func (s *Sealed) escrowOf(ctx context.Context, login string) (k kit.Kit, public, escrow []byte, err error) {
	login, err = normalLogin(login)
	if err != nil {
		return k, nil, nil, ErrNoEscrow
	}
	err = s.backend.View(ctx, func(r Reader) error {
		raw, err := r.Get(bucketEscrow, s.header.loginKey(login))
		if err != nil {
			return err
		}
		if raw == nil {
			return ErrNoEscrow
		}
		escrow = bytes.Clone(raw)
		id, _, _, err := parseEscrow(escrow)
		if err != nil {
			return err
		}
		if raw, err = r.Get(bucketKit, id[:]); err != nil {
			return err
		}
		if raw == nil {
			return damaged("a recovery kit is missing")
		}
		if k, public, err = parseKit(s.header.vault, raw); err == nil && k.ID != id {
			err = damaged("a recovery kit is not the one it should be")
		}
		return err
	})
	return k, public, escrow, err
}

// Recover lets a user in by the sheets of the kit that their keys are sealed to, and puts their keys under a new passphrase. The keys
// stay the same. That it happened stands in the audit log, signed by the recovered user, and in the list of [Vault.Recoveries], in the
// same transaction. The errors of [kit.Join] name a wrong sheet. The Vault owns the backend from here on; the caller clears the
// passphrase and wipes the sheets.
func (s *Sealed) Recover(ctx context.Context, login string, sheets []kit.Sheet, passphrase []byte) (*Vault, Recovery, error) {
	v, r, err := s.recover(ctx, login, sheets, passphrase)
	if err != nil {
		return nil, Recovery{}, fmt.Errorf("recover: %w", err)
	}
	return v, r, nil
}

func (s *Sealed) recover(ctx context.Context, login string, sheets []kit.Sheet, passphrase []byte) (*Vault, Recovery, error) {
	text, err := normalPassphrase(passphrase)
	if err != nil {
		return nil, Recovery{}, err
	}
	k, public, escrow, err := s.escrowOf(ctx, login)
	if err != nil {
		return nil, Recovery{}, err
	}
	secrets, err := s.openEscrow(login, k, public, escrow, sheets)
	if err != nil {
		return nil, Recovery{}, err
	}
	v, err := newVault(s.backend, s.header, s.opts, secrets)
	if err != nil {
		return nil, Recovery{}, err
	}
	r, err := v.comeBack(ctx, k, sheets, text)
	if err != nil {
		v.Lock()
		return nil, Recovery{}, err
	}
	return v, r, nil
}

// openEscrow joins the sheets and opens what the user sealed to them.
func (s *Sealed) openEscrow(login string, k kit.Kit, public, escrow []byte, sheets []kit.Sheet) (*secrets, error) {
	seed, err := kit.Join(k, sheets)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	key, err := kem.NewPrivateKey(seed)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(key.PublicKey().Bytes(), public) {
		return nil, damaged("a recovery kit is not the one it should be")
	}
	id, enc, box, err := parseEscrow(escrow)
	if err != nil {
		return nil, err
	}
	name, err := normalLogin(login)
	if err != nil {
		return nil, ErrNoEscrow
	}
	opened, err := openSealed(key, enc, escrowPlace(s.header, id, s.header.loginKey(name)), [][]byte{box})
	if err != nil {
		return nil, damaged("an escrow is unreadable")
	}
	defer clear(opened[0])
	return parseSecrets(opened[0])
}

// comeBack enters as the recovered user and writes the new login.
func (v *Vault) comeBack(ctx context.Context, k kit.Kit, sheets []kit.Sheet, passphrase []byte) (Recovery, error) {
	if err := v.enter(ctx); err != nil {
		return Recovery{}, err
	}
	if !bytes.Equal(v.me.HPKEPublic, v.hpke.PublicKey().Bytes()) || !bytes.Equal(v.me.SigningPublic, v.signing.Public().(ed25519.PublicKey)) {
		return Recovery{}, damaged("an escrow holds other keys than its user's")
	}
	key := v.header.loginKey(v.me.Login)
	sealed, err := sealLogin(v.opts.Rand, v.header, key, passphrase, v.secrets)
	if err != nil {
		return Recovery{}, err
	}
	id := make([]byte, 8)
	if _, err := io.ReadFull(v.opts.Rand, id); err != nil {
		return Recovery{}, fmt.Errorf("read randomness: %w", err)
	}
	r := Recovery{ID: hex.EncodeToString(id), User: v.me.ID, Kit: k.ID.String(), At: v.opts.Clock().UTC().Truncate(time.Second)}
	for _, s := range sheets {
		r.Sheets = append(r.Sheets, int(s.Index))
	}
	return r, v.Update(ctx, func(tx *Tx) error {
		kits, err := tx.kits()
		if err != nil {
			return err
		}
		for _, known := range kits {
			if known.InForce() && known.ID == r.Kit {
				r.Name = known.Name
			}
		}
		if r.Name == "" {
			return ErrNoKit // what stands in the clear is not what the directory says
		}
		r.Signature = ed25519.Sign(v.signing, r.signed(v.header))
		tx.Log("user.recovered", map[string]string{"user": string(r.User), "recovery": r.ID, "kit": r.Kit, "sheets": numbers(r.Sheets)})
		if err := recoveryEntries.Put(tx, directory, r.ID, r); err != nil {
			return err
		}
		if err := tx.forgiveTries(key); err != nil {
			return err
		}
		return tx.w.Put(bucketLogin, key, sealed)
	})
}

func numbers(list []int) string {
	var words []string
	for _, n := range list {
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, ",")
}

// signed is what the recovered user signs.
func (r Recovery) signed(h header) []byte {
	b := append([]byte("paravent/recovery/1\x00"), h.identity()...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.At.Unix()))
	for _, field := range []string{r.ID, string(r.User), r.Kit, r.Name, numbers(r.Sheets)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return b
}

// signedReview is what whoever reviewed a recovery signs.
func (r Recovery) signedReview(h header) []byte {
	b := append([]byte("paravent/recovery/review/1\x00"), r.signed(h)...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Reviewed.At.Unix()))
	b = append(b, r.Reviewed.By...)
	return append(b, r.Reviewed.Reason...)
}

// Recoveries lists every use of a recovery kit, in order of ids, with signatures checked.
func (v *Vault) Recoveries(ctx context.Context) ([]Recovery, error) {
	var list []Recovery
	err := v.View(ctx, func(tx *ReadTx) error {
		list = nil
		entries, err := recoveryEntries.All(tx, directory)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := tx.checkRecovered(e.ID, e.Value); err != nil {
				return err
			}
			list = append(list, e.Value)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("recoveries: %w", err)
	}
	return list, nil
}

func (tx *ReadTx) checkRecovered(id string, r Recovery) error {
	u, err := tx.user(r.User)
	if err != nil {
		return err
	}
	if r.ID != id || !verify(u.SigningPublic, r.signed(tx.v.header), r.Signature) {
		return damaged("a recovery is not signed")
	}
	if r.Reviewed == nil {
		return nil
	}
	by, err := tx.user(r.Reviewed.By)
	if err != nil {
		return err
	}
	if !verify(by.SigningPublic, r.signedReview(tx.v.header), r.Reviewed.Signature) {
		return damaged("a review is not signed")
	}
	return nil
}

// ReviewRecovery notes what this user found when they looked into a recovery. Who may is the caller's matter.
func (v *Vault) ReviewRecovery(ctx context.Context, id, reason string) (Recovery, error) {
	var r Recovery
	err := v.Update(ctx, func(tx *Tx) (err error) {
		if r, err = recoveryEntries.Get(tx, directory, id); err != nil {
			return err
		}
		if err := tx.checkRecovered(id, r); err != nil {
			return err
		}
		if r.Reviewed != nil {
			return ErrReviewed
		}
		r.Reviewed = &Review{By: v.me.ID, At: v.opts.Clock().UTC().Truncate(time.Second), Reason: reason}
		r.Reviewed.Signature = ed25519.Sign(v.signing, r.signedReview(v.header))
		tx.Log("recovery.reviewed", map[string]string{"recovery": id, "user": string(r.User)})
		return recoveryEntries.Put(tx, directory, id, r)
	})
	if err != nil {
		return Recovery{}, fmt.Errorf("review recovery: %w", err)
	}
	return r, nil
}
