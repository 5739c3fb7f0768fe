package docket_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	state := func() docket.AuditState {
		t.Helper()
		s, err := d.AuditState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := state()
	if before.Last != nil || before.Sound != nil || before.Fault != "" || before.Newer() != before.Head.Size || before.Head.Size == 0 {
		t.Errorf("before: %+v", before)
	}
	done := 0
	c, err := d.CheckAudit(t.Context(), [][]byte{before.Head.Note}, func(n, total int) { done = n - total })
	if err != nil || c.Entries != before.Head.Size || c.Kept != 1 || done != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	after := state()
	if after.Sound == nil || after.Sound.Hash != c.Hash || after.Last.By != string(d.Me().ID) || after.Fault != "" || after.Newer() < 1 { // the check itself
		t.Errorf("%+v", after)
	}
	if _, err := d.CheckAudit(t.Context(), [][]byte{[]byte("no head")}, nil); !errors.Is(err, audit.ErrNotProof) {
		t.Errorf("against nonsense: %v", err)
	}
	if s := state(); s.Fault != "" || s.Head.Size != after.Head.Size {
		t.Errorf("nonsense says nothing of the log: %+v", s)
	}
}

// TestWhatACheckFoundWrongStaysUntilAnotherFindsItRight puts an older copy back, on which others go on, and checks it against a head from before.
func TestWhatACheckFoundWrongStaysUntilAnotherFindsItRight(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Auditor)
	if _, err := d.CheckAudit(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	older, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	d = b.as(testimony.Auditor)
	if _, err := d.CheckAudit(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	_, kept, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	if err := os.WriteFile(b.path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		err   error
		fault docket.AuditFault
	}{{audit.ErrShorter, docket.LogShorter}, {audit.ErrFork, docket.LogForked}} {
		d = b.as(testimony.Auditor)
		for range 3 * i {
			if err := d.Note(t.Context(), "audit.proved", nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.CheckAudit(t.Context(), [][]byte{kept.Note}, nil); !errors.Is(err, want.err) {
			t.Errorf("%d: %v", i, err)
		}
		s, err := b.as(testimony.Judge).AuditState(t.Context())
		if err != nil || s.Fault != want.fault || s.Problem == "" || s.Sound == nil || s.Last.Fault != want.fault {
			t.Errorf("%d: %+v, %v", i, s, err)
		}
	}
	d = b.as(testimony.Judge)
	entries, err := d.Audit(t.Context())
	if err != nil || entries[len(entries)-1].Action != "audit.fault_found" || entries[len(entries)-1].Details["fault"] != "forked" {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err := d.CheckAudit(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if s, err := d.AuditState(t.Context()); err != nil || s.Fault != "" {
		t.Errorf("%+v, %v", s, err)
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
	public := m.Public()
	if public.Log == nil || public.Log.Hash != m.Log.Hash || public.Log.Note != "" {
		t.Errorf("in public: %+v", public.Log)
	}

	// On paper, in either version, they show whether a log that comes later is the one of then.
	dir := t.TempDir()
	keep := func(name string, v any) []byte {
		t.Helper()
		text, ok := v.(string)
		if !ok {
			raw, err := json.MarshalIndent(v, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		kept, err := docket.KeptHead(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return kept
	}
	export, _, err := d.ExportAudit(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	typed := fmt.Sprintf("Minutes of 4 May\r\n  paravent/vault/%s \r\n  %d\r\n  %s\r\nsigned: the clerk", m.Log.Vault, m.Log.Entries, m.Log.Hash)
	for name, kept := range map[string][]byte{"sealed": keep("sealed", m), "public": keep("public", public), "typed": keep("typed", typed)} {
		if f, err := docket.CheckAuditFile(t.Context(), export, kept, nil); err != nil || !f.Kept || !f.All() {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		if _, err := d.CheckAudit(t.Context(), [][]byte{kept}, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := *public.Log
	other.Entries--
	public.Log = &other
	if _, err := docket.CheckAuditFile(t.Context(), export, keep("altered", public), nil); !errors.Is(err, audit.ErrFork) {
		t.Errorf("altered minutes: %v", err)
	}
	m.Log = nil
	if raw, err := json.Marshal(m); err != nil || os.WriteFile(filepath.Join(dir, "none"), raw, 0o600) != nil {
		t.Fatal(err)
	}
	if _, err := docket.KeptHead(filepath.Join(dir, "none")); !errors.Is(err, audit.ErrNotProof) {
		t.Errorf("minutes without a head: %v", err)
	}
}

func TestAHeadIsSavedToPrintAndSaidInWords(t *testing.T) {
	t.Parallel()
	d := training(t)
	to := filepath.Join(t.TempDir(), "head.txt")
	var said []string
	head, err := d.SaveHead(t.Context(), to, "fr", func(h audit.Head, words []string) string {
		said = words
		return "Le registre\n" + strings.Join(words, " ")
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := docket.KeptHead(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.CheckAudit(t.Context(), [][]byte{kept}, nil); err != nil {
		t.Errorf("what was saved: %v", err)
	}
	same := docket.HeadWords(d.VaultID(), head.Size, head.Root.String(), "fr")
	if len(said) != 12 || !slices.Equal(said, same) || slices.Equal(same, docket.HeadWords(d.VaultID(), head.Size+1, head.Root.String(), "fr")) {
		t.Errorf("%v, %v", said, same)
	}
	if _, err := d.SaveHead(t.Context(), to, "en", func(audit.Head, []string) string { return "" }); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
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
