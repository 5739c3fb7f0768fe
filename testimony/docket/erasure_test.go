package docket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// stored are the sealed values of all records of a vault file, by their keys.
func stored(t *testing.T, path string) map[string][]byte {
	t.Helper()
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	found := map[string][]byte{}
	err = file.View(t.Context(), func(r store.Reader) error {
		return r.Range([]byte("record"), nil, func(key, value []byte) error {
			found[string(key)] = bytes.Clone(value)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// askErasure asks for the erasure of Witness B as the registrar.
func (b *bureau) askErasure() identity.Erasure {
	b.t.Helper()
	d := b.as(testimony.Registrar)
	c, p := b.witness()
	e, err := d.AskErasure(b.t.Context(), c, p, "Court order 44/2026", "Reason Canary: the person asked for it")
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bureau) consent(id identity.RequestID, logins ...string) {
	b.t.Helper()
	for _, login := range logins {
		if _, err := b.as(login).ConsentToErasure(b.t.Context(), id); err != nil {
			b.t.Fatalf("%s: %v", login, err)
		}
	}
}

// After an erasure neither the file nor any pair of users has the identity any more: the record is gone, its sealed bytes are not in the file, and a disclosure that was
// granted before shows nothing.
func TestAnErasedIdentityIsGoneForEveryone(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Advocate)
	ask := b.asking(testimony.Advocate)
	granted, err := b.as(testimony.Registrar).AskDisclosure(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{testimony.Clerk, testimony.Judge} {
		if _, err := b.as(login).ApproveDisclosure(t.Context(), granted.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), granted.ID)
	if err != nil || fields[identity.Name] == "" {
		t.Fatalf("before: %v", err)
	}
	untaken := b.listed(testimony.Clerk, docket.IdentityNotTaken)
	e := b.askErasure()
	if len(e.Records) == 0 || len(e.Fields) == 0 {
		t.Fatalf("%+v", e)
	}
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	before := stored(t, b.path)
	if e, err = b.as(testimony.Judge).CarryOutErasure(t.Context(), e.ID, nil); err != nil || e.State() != identity.Erased {
		t.Fatalf("%+v, %v", e, err)
	}
	b.audited("erasure.asked", "erasure.approved", "erasure.begun", "identity.erased", "erasure.cleared")
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil

	after, raw := stored(t, b.path), mustRead(t, b.path)
	gone := 0
	for key, value := range before {
		if bytes.Equal(after[key], value) {
			continue
		}
		gone++
		for at := 0; at+32 <= len(value); at += 256 {
			if bytes.Contains(raw, value[at:at+32]) {
				t.Fatalf("sealed bytes of a record that was deleted or replaced are still in the file")
			}
		}
	}
	if gone < len(e.Records)+2 { // the records, the erasure and the disclosure
		t.Errorf("only %d records changed", gone)
	}
	for _, login := range []string{testimony.Judge, testimony.Clerk, testimony.Registrar, testimony.Advocate} {
		d := b.as(login)
		_, p := b.witness()
		if sealed, err := d.SealedFields(t.Context(), p); err != nil || len(sealed) != 0 {
			t.Errorf("%s still sees %v, %v", login, sealed, err)
		}
		if _, err := d.AskDisclosure(t.Context(), b.asking(testimony.Advocate)); !errors.Is(err, identity.ErrTerms) {
			t.Errorf("%s can ask for it: %v", login, err)
		}
		if _, fields, err := d.ViewDisclosure(t.Context(), granted.ID); err == nil || len(fields) > 0 {
			t.Errorf("%s sees %v", login, fields)
		}
	}
	if n := b.listed(testimony.Clerk, docket.IdentityNotTaken); n != untaken {
		t.Errorf("%d identities are asked for", n)
	}
	if report, err := b.as(testimony.Judge).Verify(t.Context(), nil); err != nil || !report.Sound() {
		t.Errorf("%+v, %v", report, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// One college can't erase, nor whoever asked, nor anyone outside of the colleges; and not what was sealed after the asking.
func TestNobodyErasesAlone(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	e := b.askErasure()
	carryOut := func(login string, want error) {
		t.Helper()
		if _, err := b.as(login).CarryOutErasure(t.Context(), e.ID, nil); !errors.Is(err, want) {
			t.Errorf("%s carries it out: %v, want %v", login, err, want)
		}
	}
	consent := func(login string, want error) {
		t.Helper()
		if _, err := b.as(login).ConsentToErasure(t.Context(), e.ID); !errors.Is(err, want) {
			t.Errorf("%s signs: %v, want %v", login, err, want)
		}
	}
	if b.listed(testimony.Judge, docket.ErasureAsked) != 1 || b.listed(testimony.Registrar, docket.ErasureAsked) != 0 || b.listed(testimony.Judge, docket.ErasureOpen) != 0 {
		t.Error("it doesn't stand on the list of those who can sign, or on that of others")
	}
	consent(testimony.Registrar, identity.ErrOwn)
	consent(testimony.Advocate, identity.ErrNotCollege)
	carryOut(testimony.Judge, identity.ErrNotGranted)
	consent(testimony.Clerk, nil)
	consent(testimony.Clerk, identity.ErrSameCollege)
	carryOut(testimony.Clerk, identity.ErrNotGranted)
	if _, err := b.desk.CertifyErasure(t.Context(), e.ID); !errors.Is(err, docket.ErrNotCleared) {
		t.Errorf("a certificate of what wasn't done: %v", err)
	}
	consent(testimony.Judge, nil)
	carryOut(testimony.Advocate, identity.ErrNotCollege)
	if b.listed(testimony.Clerk, docket.ErasureOpen) != 1 || b.listed(testimony.Clerk, docket.ErasureAsked) != 0 {
		t.Error("nobody is told to carry it out")
	}
	_, p := b.witness()
	if err := b.desk.SealIdentity(t.Context(), p, identity.Fields{identity.Note: "more"}); err != nil {
		t.Fatal(err)
	}
	carryOut(testimony.Judge, docket.ErrNewRecord)
	if _, err := b.as(testimony.Clerk).RefuseErasure(t.Context(), e.ID, "not now"); err != nil {
		t.Fatal(err)
	}
	carryOut(testimony.Judge, identity.ErrNotGranted)
	if sealed, err := b.desk.SealedFields(t.Context(), p); err != nil || len(sealed) == 0 {
		t.Errorf("the identity is gone: %v, %v", sealed, err)
	}
	b.audited("erasure.denied", "erasure.refused")
}

// What was deleted and not cleared, as by a full disk or a kill, is brought to its end by doing it again.
func TestAnErasureThatWasCutShortIsEnded(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	e := b.askErasure()
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	d := b.as(testimony.Judge)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := d.CarryOutErasure(ctx, e.ID, func(int, int) { cancel() }); !errors.Is(err, docket.ErrNotCleared) {
		t.Fatalf("stopped: %v", err)
	}
	list, err := d.Erasures(t.Context())
	if err != nil || len(list) != 1 || list[0].State() != identity.Deleted {
		t.Errorf("%+v, %v", list, err)
	}
	if e, err = b.as(testimony.Clerk).CarryOutErasure(t.Context(), e.ID, nil); err != nil || e.State() != identity.Erased {
		t.Errorf("%+v, %v", e, err)
	}
}

// The certificate has the signatures, the head of the log and what remains, and names the person by the pseudonym alone.
func TestTheCertificateOfAnErasure(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	folder := filepath.Join(t.TempDir(), "backups")
	p := backup.DefaultPolicy
	p.Folder = folder
	if err := d.SetBackupPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Backup(t.Context(), folder, nil); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
	e := b.askErasure()
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	if _, err := b.desk.CarryOutErasure(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
	if _, err := b.as(testimony.Judge).Backup(t.Context(), folder, nil); err != nil {
		t.Fatal(err)
	}
	c, err := b.desk.CertifyErasure(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.Erasure.Pseudonym != "Witness B" || len(c.Signers) != 2 || c.Entries == 0 || !strings.Contains(c.Head, "paravent/vault/"+c.Vault) {
		t.Errorf("%+v", c)
	}
	for i, x := range c.Erasure.Consents {
		if !store.CheckStatement(c.Vault, c.Signers[i].Public, c.Statement, x.Signature) {
			t.Errorf("the signature of %s is false", x.College)
		}
		if store.CheckStatement(c.Vault, c.Signers[i].Public, append(bytes.Clone(c.Statement), ' '), x.Signature) {
			t.Error("another statement is signed as well")
		}
	}
	if r := c.Backups; !r.Known || r.Count != 1 || !r.Newest.Equal(noon) || !r.Until.After(noon.AddDate(1, 0, 0)) {
		t.Errorf("remains %+v", r)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("Canary")) || bytes.Contains(c.Statement, []byte("Canary")) {
		t.Errorf("free text left the vault: %s", text)
	}
}

// listed counts what of a kind stands on a user's list of the day.
func (b *bureau) listed(login string, kind docket.ItemKind) (n int) {
	b.t.Helper()
	items, err := b.as(login).Today(b.t.Context(), b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, i := range items {
		if i.Kind == kind {
			n++
		}
	}
	return n
}

func TestAnErasureSignedBySomebodyWhoWasRevokedIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	second := b.newMember(testimony.Judge, "second", testimony.Judge)
	e := b.askErasure()
	b.consent(e.ID, testimony.Clerk, "second")
	if err := b.as(testimony.Registrar).RevokeUser(t.Context(), second, "under investigation"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Judge).CarryOutErasure(t.Context(), e.ID, nil); !errors.Is(err, docket.ErrSignerLeft) {
		t.Errorf("carried out by the signature of somebody who was revoked: %v", err)
	}
	_, party := b.witness()
	if fields := must(b.desk.SealedFields(t.Context(), party))(t); len(fields) == 0 {
		t.Error("the identity is gone")
	}
}
