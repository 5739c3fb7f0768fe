package docket_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func TestOnlyReadersOfTheLogProveAndExport(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for office, may := range map[string]bool{testimony.Auditor: true, testimony.Judge: true, testimony.Clerk: false, testimony.Advocate: false} {
		d, dir := b.as(office), t.TempDir()
		_, found := d.FindAudit(t.Context(), store.AuditFilter{}, nil)
		_, proved := d.Prove(t.Context(), 1, nil, true, filepath.Join(dir, "proof"))
		_, _, exported := d.ExportAudit(t.Context(), dir, nil)
		for what, err := range map[string]error{"found": found, "proved": proved, "exported": exported} {
			if may && err != nil || !may && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s %s: %v", office, what, err)
			}
		}
		files, err := os.ReadDir(dir)
		if err != nil || may && len(files) != 2 || !may && len(files) != 0 {
			t.Errorf("%s: %v, %v", office, files, err)
		}
		if _, err := d.CheckAudit(t.Context(), nil, nil); err != nil {
			t.Errorf("%s checks: %v", office, err)
		}
	}
}

func TestACheckOfTheLogIsRemembered(t *testing.T) {
	t.Parallel()
	d := training(t)
	if _, err := d.LastAuditCheck(t.Context()); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	_, head, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	c, err := d.CheckAudit(t.Context(), [][]byte{head.Note}, func(n, total int) { done = n - total })
	if err != nil || c.Entries != head.Size || c.Kept != 1 || done != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	last, err := d.LastAuditCheck(t.Context())
	if err != nil || last.Hash != c.Hash || last.By != string(d.Me().ID) {
		t.Errorf("%+v, %v", last, err)
	}
	if _, err := d.CheckAudit(t.Context(), [][]byte{[]byte("no head")}, nil); !errors.Is(err, audit.ErrBroken) {
		t.Errorf("against nonsense: %v", err)
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	d := training(t)
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, before, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.ExportAudit(t.Context(), taken, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if _, err := d.Prove(t.Context(), 99_999, nil, false, filepath.Join(dir, "far")); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	if _, _, err := d.ExportAudit(t.Context(), filepath.Join(dir, "no", "folder"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into nothing: %v", err)
	}
	if _, after, err := d.Status(t.Context()); err != nil || after.Size != before.Size {
		t.Errorf("what was not written left a trace: %v", err)
	}
	files, err := os.ReadDir(dir)
	if text, _ := os.ReadFile(taken); err != nil || len(files) != 1 || string(text) != "mine" {
		t.Errorf("%v, %v", files, err)
	}
}

func TestMinutesHoldTheHeadOfTheLog(t *testing.T) {
	t.Parallel()
	d := training(t)
	list, err := d.Hearings(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	_, head, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	if err := d.KeepMinutes(t.Context(), testimony.BuildMinutes(list[0], "", at, at.Add(time.Hour), nil, nil)); err != nil {
		t.Fatal(err)
	}
	m, err := d.Minutes(t.Context(), list[0].ID)
	if err != nil || m.Log == nil || m.Log.Entries != head.Size || m.Log.Hash != base64.StdEncoding.EncodeToString(head.Root[:]) {
		t.Fatalf("%+v, %v", m.Log, err)
	}
	if _, err := d.CheckAudit(t.Context(), [][]byte{[]byte(m.Log.Note)}, nil); err != nil {
		t.Errorf("the log does not continue its own minutes: %v", err)
	}
	if p := m.Public(); p.Log == nil || p.Log.Hash != m.Log.Hash || p.Log.Note != "" {
		t.Errorf("in public: %+v", p.Log)
	}
}

func TestAVaultWithRecordingsIsVerifiedWithoutKeys(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	path := d.Path()
	if _, err := docket.VerifyWithoutKeys(t.Context(), path, nil); !errors.Is(err, store.ErrInUse) {
		t.Errorf("while it is in use: %v", err)
	}
	dir := t.TempDir()
	b, err := d.Backup(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{path, b.Path} {
		report, err := docket.VerifyWithoutKeys(t.Context(), place, nil)
		if err != nil || !report.Sound() || report.Recordings != 1 || report.Unvouched != 0 || report.Signers != 5 {
			t.Errorf("%s: %+v, %v", place, report, err)
		}
	}
	blob := filepath.Join(path+".d", string(r.ID)+".blob")
	raw, err := os.ReadFile(blob)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blob, raw[:len(raw)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := docket.VerifyWithoutKeys(t.Context(), path, nil)
	if err != nil || len(report.Unclosed) != 1 || report.Unclosed[0] != string(r.ID) {
		t.Errorf("cut: %+v, %v", report, err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(file, []byte("paravent/vault/")) || strings.Contains(report.VaultID, " ") {
		t.Errorf("vault %q", report.VaultID)
	}
}
