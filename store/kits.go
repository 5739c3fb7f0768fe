package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/store/kit"
)

// A recovery kit is a key pair whose private half lies on sheets of paper, k of n. Users seal their own keys to its public half, as an
// escrow; k sheets open it again for one who forgot their passphrase. A vault can have several kits, by names of the caller's; who may
// make one, and who seals to which, is the caller's matter.
//
// The kits stand in the directory, signed. What recovering needs stands in the clear as well, since whoever recovers has no key yet.

var (
	bucketKit    = []byte("kit")
	bucketEscrow = []byte("escrow")
)

// Kit is a recovery kit as the directory has it.
type Kit struct {
	Name         string // which kit of the vault it is, in a word of the caller's
	ID           string // 16 hexadecimal digits
	Needed       int    // sheets that open it
	Sheets       int
	Holders      []Holder // of the sheets in order
	Public       []byte
	Marks        [][]byte
	By           UserID // who made it
	Made         time.Time
	Signature    []byte
	ConfirmedBy  UserID `json:",omitempty"` // who saw the sheets handed out; until then it is not in force
	Confirmed    time.Time
	Confirmation []byte `json:",omitempty"`
}

// Holder is who keeps a sheet: a user, or somebody else by name.
type Holder struct {
	User UserID `json:",omitempty"`
	Name string `json:",omitempty"`
}

// InForce says whether users seal to the kit.
func (k Kit) InForce() bool { return len(k.Confirmation) > 0 }

// escrowEntry is what the directory says of a user's escrow.
type escrowEntry struct {
	Kit string
	Sum []byte // SHA-256 of the escrow in the clear
}

var (
	kitEntries    = NewCollection[Kit]("kit")
	escrowEntries = NewCollection[escrowEntry]("escrow")
)

const (
	pendingKit = "pending/" // before the name, in the directory: made and not yet in force
	maxKitName = 32         // bytes
	escrowSize = 1 + 8 + EncapsulatedSize + 16 + 2*seedSize + 16 + 8
)

// Errors of recovery kits.
var (
	ErrNoKit    = errors.New("there is no recovery kit")
	ErrNoEscrow = errors.New("nothing of this user was sealed to the recovery kit")
)

// MakeKit makes a recovery kit with a sheet for each holder, and keeps it for [Vault.ConfirmKit]. Until then nobody seals to it, and an
// earlier kit of the name stays in force. The sheets are in the caller's hands alone and cannot be had again; the caller wipes them.
func (v *Vault) MakeKit(ctx context.Context, name string, needed int, holders []Holder) (Kit, []kit.Sheet, error) {
	k, sheets, err := v.makeKit(ctx, name, needed, holders)
	if err != nil {
		return Kit{}, nil, fmt.Errorf("make recovery kit: %w", err)
	}
	return k, sheets, nil
}

func (v *Vault) makeKit(ctx context.Context, name string, needed int, holders []Holder) (Kit, []kit.Sheet, error) {
	if name == "" || len(name) > maxKitName || strings.Contains(name, "/") {
		return Kit{}, nil, ErrInvalid
	}
	split, seed, sheets, err := kit.Split(v.opts.Rand, v.header.vault, needed, len(holders))
	if err != nil {
		return Kit{}, nil, err
	}
	defer clear(seed)
	key, err := kem.NewPrivateKey(seed)
	if err != nil {
		return Kit{}, nil, err
	}
	k := Kit{
		Name: name, ID: split.ID.String(), Needed: needed, Sheets: len(sheets), Holders: slices.Clone(holders), Public: key.PublicKey().Bytes(),
		By: v.me.ID, Made: v.opts.Clock().UTC().Truncate(time.Second),
	}
	for _, m := range split.Marks {
		k.Marks = append(k.Marks, m[:])
	}
	err = v.Update(ctx, func(tx *Tx) error {
		k.Signature = ed25519.Sign(v.signing, k.signed(v.header))
		tx.Log("kit.made", k.details())
		return kitEntries.Put(tx, directory, pendingKit+name, k)
	})
	if err != nil {
		for i := range sheets {
			sheets[i].Wipe()
		}
		return Kit{}, nil, err
	}
	return k, sheets, nil
}

// details are a kit in the audit log: no name of a person, but the holders' ids where they are users.
func (k Kit) details() map[string]string {
	d := map[string]string{"kit": k.ID, "for": k.Name, "needed": fmt.Sprint(k.Needed), "sheets": fmt.Sprint(k.Sheets)}
	for i, h := range k.Holders {
		d[fmt.Sprintf("sheet%d", i+1)] = "outside"
		if h.User != "" {
			d[fmt.Sprintf("sheet%d", i+1)] = string(h.User)
		}
	}
	return d
}

// signed is what the kit's maker signs.
func (k Kit) signed(h header) []byte {
	b := append([]byte("paravent/kit/made/1\x00"), h.identity()...)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Made.Unix()))
	b = append(b, byte(k.Needed), byte(k.Sheets))
	fields := [][]byte{[]byte(k.Name), []byte(k.ID), k.Public, []byte(k.By)}
	fields = append(fields, k.Marks...)
	for _, holder := range k.Holders {
		fields = append(fields, []byte(holder.User), []byte(holder.Name))
	}
	for _, field := range fields {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	return b
}

// confirmation is what is signed by whoever saw the sheets handed out.
func (k Kit) confirmation(h header) []byte {
	b := append([]byte("paravent/kit/confirmed/1\x00"), h.identity()...)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Confirmed.Unix()))
	b = append(b, k.Signature...)
	return append(b, k.ConfirmedBy...)
}

// Kits lists the kits, those in force and those that wait, with their signatures checked.
func (v *Vault) Kits(ctx context.Context) ([]Kit, error) {
	var list []Kit
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		list, err = tx.kits()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recovery kits: %w", err)
	}
	return list, nil
}

func (tx *ReadTx) kits() ([]Kit, error) {
	entries, err := kitEntries.All(tx, directory)
	if err != nil {
		return nil, err
	}
	var list []Kit
	for _, e := range entries {
		if err := tx.checkKit(e.ID, e.Value); err != nil {
			return nil, err
		}
		list = append(list, e.Value)
	}
	return list, nil
}

func (tx *ReadTx) checkKit(id string, k Kit) error {
	want := k.Name
	if !k.InForce() {
		want = pendingKit + k.Name
	}
	by, err := tx.user(k.By)
	if err != nil {
		return err
	}
	if id != want || len(k.Marks) != k.Sheets || len(k.Holders) != k.Sheets || !verify(by.SigningPublic, k.signed(tx.v.header), k.Signature) {
		return damaged("a recovery kit is not signed")
	}
	if !k.InForce() {
		return nil
	}
	witness, err := tx.user(k.ConfirmedBy)
	if err != nil {
		return err
	}
	if !verify(witness.SigningPublic, k.confirmation(tx.v.header), k.Confirmation) {
		return damaged("a recovery kit is not signed")
	}
	return nil
}

// ConfirmKit puts the kit that waits under a name in force. An earlier kit of the name is gone, with what was sealed to it; copies of the
// file from before still open with its sheets.
func (v *Vault) ConfirmKit(ctx context.Context, name, id string) (Kit, error) {
	var k Kit
	err := v.Update(ctx, func(tx *Tx) (err error) {
		k, err = kitEntries.Get(tx, directory, pendingKit+name)
		if errors.Is(err, ErrNotFound) || err == nil && k.ID != id {
			return ErrNoKit
		}
		if err == nil {
			err = tx.checkKit(pendingKit+name, k)
		}
		if err != nil {
			return err
		}
		k.ConfirmedBy, k.Confirmed = v.me.ID, v.opts.Clock().UTC().Truncate(time.Second)
		k.Confirmation = ed25519.Sign(v.signing, k.confirmation(v.header))
		tx.Log("kit.confirmed", map[string]string{"kit": k.ID, "for": k.Name, "by": string(k.By)})
		if err := tx.dropOldKit(name); err != nil {
			return err
		}
		if err := kitEntries.Delete(tx, directory, pendingKit+name); err != nil {
			return err
		}
		if err := kitEntries.Put(tx, directory, name, k); err != nil {
			return err
		}
		raw, err := k.clear()
		if err != nil {
			return err
		}
		return tx.w.Put(bucketKit, raw[1:9], raw)
	})
	if err != nil {
		return Kit{}, fmt.Errorf("confirm recovery kit: %w", err)
	}
	return k, nil
}

// dropOldKit takes the kit in force under a name away, with every escrow to it.
func (tx *Tx) dropOldKit(name string) error {
	old, err := kitEntries.Get(tx, directory, name)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	escrows, err := escrowEntries.All(tx, directory)
	if err != nil {
		return err
	}
	for _, e := range escrows {
		if e.Value.Kit != old.ID {
			continue
		}
		if err := tx.dropEscrow(UserID(e.ID)); err != nil {
			return err
		}
	}
	id, err := hex.DecodeString(old.ID)
	if err != nil {
		return damaged("a recovery kit has no id")
	}
	tx.wrote = true
	return tx.w.Delete(bucketKit, id)
}

// dropEscrow takes a user's escrow away, where there is one.
func (tx *Tx) dropEscrow(id UserID) error {
	err := escrowEntries.Delete(tx, directory, string(id))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := tx.user(id)
	if err != nil {
		return err
	}
	return tx.w.Delete(bucketEscrow, tx.v.header.loginKey(u.Login))
}

// DiscardKit takes a kit that waits away: its sheets were lost, or never printed.
func (v *Vault) DiscardKit(ctx context.Context, name, id string) error {
	err := v.Update(ctx, func(tx *Tx) error {
		k, err := kitEntries.Get(tx, directory, pendingKit+name)
		if errors.Is(err, ErrNotFound) || err == nil && k.ID != id {
			return ErrNoKit
		}
		if err != nil {
			return err
		}
		tx.Log("kit.discarded", map[string]string{"kit": k.ID, "for": k.Name})
		return kitEntries.Delete(tx, directory, pendingKit+name)
	})
	if err != nil {
		return fmt.Errorf("discard recovery kit: %w", err)
	}
	return nil
}

// CheckSheet says which kit a sheet is of, in force or waiting, and logs that it was seen. A sheet of no kit that there is gives
// [kit.ErrKit], a false one [kit.ErrFalse], each in a [*kit.SheetError].
func (v *Vault) CheckSheet(ctx context.Context, s kit.Sheet) (Kit, error) {
	var k Kit
	err := v.Update(ctx, func(tx *Tx) error {
		kits, err := tx.kits()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(kits, func(k Kit) bool { return k.ID == s.Kit.String() })
		known := kit.Kit{Vault: v.header.vault} // of no kit there is
		if at >= 0 {
			k = kits[at]
			raw, err := k.clear()
			if err != nil {
				return err
			}
			if known, _, err = parseKit(v.header.vault, raw); err != nil {
				return err
			}
		}
		if err := known.Check(s); err != nil {
			return err
		}
		tx.Log("kit.sheet_seen", map[string]string{"kit": k.ID, "for": k.Name, "sheet": fmt.Sprint(s.Index)})
		return nil
	})
	if err != nil {
		return Kit{}, fmt.Errorf("check recovery sheet: %w", err)
	}
	return k, nil
}

// clear is what recovering needs of a kit:
//
//	version 1 | id 8 | needed 1 | sheets 1 | public 1216 | marks, 16 each | first 8 bytes of SHA-256
func (k Kit) clear() ([]byte, error) {
	id, err := hex.DecodeString(k.ID)
	if err != nil || len(id) != len(kit.ID{}) {
		return nil, damaged("a recovery kit has no id")
	}
	b := append([]byte{1}, id...)
	b = append(b, byte(k.Needed), byte(k.Sheets))
	b = append(b, k.Public...)
	for _, m := range k.Marks {
		b = append(b, m...)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:8]...), nil
}

// parseKit is the other side of clear.
func parseKit(vault [16]byte, raw []byte) (k kit.Kit, public []byte, err error) {
	const head = 1 + 8 + 2 + hpkePublicSize
	bad := damaged("a recovery kit is unreadable")
	if len(raw) < head+8 || raw[0] != 1 || len(raw) != head+int(raw[10])*kit.MarkSize+8 {
		return k, nil, bad
	}
	sum := sha256.Sum256(raw[:len(raw)-8])
	if !bytes.Equal(raw[len(raw)-8:], sum[:8]) {
		return k, nil, bad
	}
	k = kit.Kit{Vault: vault, ID: kit.ID(raw[1:]), Needed: int(raw[9])}
	for at := head; at < len(raw)-8; at += kit.MarkSize {
		k.Marks = append(k.Marks, [kit.MarkSize]byte(raw[at:]))
	}
	if k.Needed < kit.MinNeeded || k.Needed > len(k.Marks) || len(k.Marks) > kit.MaxSheets {
		return kit.Kit{}, nil, bad
	}
	return k, bytes.Clone(raw[11 : 11+hpkePublicSize]), nil
}

// Escrows says for each user who sealed their keys to a kit, to which one, by its id.
func (v *Vault) Escrows(ctx context.Context) (map[UserID]string, error) {
	to := map[UserID]string{}
	err := v.View(ctx, func(tx *ReadTx) error {
		entries, err := escrowEntries.All(tx, directory)
		for _, e := range entries {
			to[UserID(e.ID)] = e.Value.Kit
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("escrows: %w", err)
	}
	return to, nil
}

// Escrow seals this user's own keys to a kit that is in force, in place of an earlier escrow. Whether the kit was made by those whom the user
// trusts with it is the caller's matter.
func (v *Vault) Escrow(ctx context.Context, k Kit) error {
	if err := v.begin(); err != nil {
		return err
	}
	defer v.running.Done()
	if !k.InForce() {
		return fmt.Errorf("escrow: %w", ErrNoKit)
	}
	key := v.header.loginKey(v.me.Login)
	raw, err := v.sealEscrow(k, key)
	if err != nil {
		return fmt.Errorf("escrow: %w", err)
	}
	sum := sha256.Sum256(raw)
	err = v.Update(ctx, func(tx *Tx) error {
		stands, err := kitEntries.Get(tx, directory, k.Name)
		if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(stands.Confirmation, k.Confirmation) {
			return ErrNoKit
		}
		if err != nil {
			return err
		}
		tx.Log("user.escrow", map[string]string{"user": string(v.me.ID), "kit": k.ID})
		if err := escrowEntries.Put(tx, directory, string(v.me.ID), escrowEntry{k.ID, sum[:]}); err != nil {
			return err
		}
		return tx.w.Put(bucketEscrow, key, raw)
	})
	if err != nil {
		return fmt.Errorf("escrow: %w", err)
	}
	return nil
}

// sealEscrow makes an escrow: version 1 | kit 8 | enc 1120 | box 96 | first 8 bytes of SHA-256.
func (v *Vault) sealEscrow(k Kit, key []byte) ([]byte, error) {
	id, err := hex.DecodeString(k.ID)
	if err != nil || len(id) != len(kit.ID{}) {
		return nil, damaged("a recovery kit has no id")
	}
	plain := v.secrets.encode()
	defer clear(plain)
	enc, boxes, err := SealTo(k.Public, escrowPlace(v.header, kit.ID(id), key), plain)
	if err != nil {
		return nil, err
	}
	b := append([]byte{1}, id...)
	b = append(b, enc...)
	b = append(b, boxes[0]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:8]...), nil
}

func escrowPlace(h header, id kit.ID, loginKey []byte) []byte {
	b := append([]byte("paravent/escrow/1"), h.identity()...)
	b = append(b, id[:]...)
	return append(b, loginKey...)
}

func parseEscrow(raw []byte) (id kit.ID, enc, box []byte, err error) {
	if len(raw) != escrowSize || raw[0] != 1 {
		return id, nil, nil, damaged("an escrow is unreadable")
	}
	sum := sha256.Sum256(raw[:escrowSize-8])
	if !bytes.Equal(raw[escrowSize-8:], sum[:8]) {
		return id, nil, nil, damaged("an escrow is unreadable")
	}
	return kit.ID(raw[1:]), raw[9 : 9+EncapsulatedSize], raw[9+EncapsulatedSize : escrowSize-8], nil
}

// checkRecovery holds what stands in the clear for recovering against the directory.
func (tx *ReadTx) checkRecovery() error {
	kits, err := tx.kits()
	if err != nil {
		return err
	}
	want := map[string][32]byte{}
	for _, k := range kits {
		if k.InForce() {
			raw, err := k.clear()
			if err != nil {
				return err
			}
			want[string(bucketKit)+string(raw[1:9])] = sha256.Sum256(raw)
		}
	}
	escrows, err := escrowEntries.All(tx, directory)
	if err != nil {
		return err
	}
	for _, e := range escrows {
		u, err := tx.user(UserID(e.ID))
		if err != nil {
			return err
		}
		if len(e.Value.Sum) != sha256.Size {
			return damaged("an escrow is unreadable")
		}
		want[string(bucketEscrow)+string(tx.v.header.loginKey(u.Login))] = [32]byte(e.Value.Sum)
	}
	found := 0
	for _, bucket := range [][]byte{bucketKit, bucketEscrow} {
		err := tx.r.Range(bucket, nil, func(key, raw []byte) error {
			found++
			if want[string(bucket)+string(key)] != sha256.Sum256(raw) {
				return damaged("what recovers a user was exchanged")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if found != len(want) {
		return damaged("what recovers a user is missing")
	}
	return nil
}
