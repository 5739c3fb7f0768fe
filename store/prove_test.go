package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/audit"
	"paravent/store/bolt"
)

// twoWriters is the sample with acts of both of its users by turns.
func twoWriters(t testing.TB) (m *memory, clerk, judge *store.Vault) {
	t.Helper()
	m, clerk = sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	for i := range 6 {
		v := []*store.Vault{clerk, judge}[i%2]
		must(t, v.Update(t.Context(), func(tx *store.Tx) error {
			tx.Log("turn", map[string]string{"n": fmt.Sprint(i)})
			tx.Log("turn.over", nil)
			return nil
		}))
	}
	return m, clerk, judge
}

func reparse(t testing.TB, p audit.Proof) audit.Proof {
	t.Helper()
	raw, err := p.Encode()
	must(t, err)
	again, err := audit.ParseProof(raw)
	must(t, err)
	return again
}

func TestEveryEntryCanBeProvenWithoutTheVault(t *testing.T) {
	t.Parallel()
	_, clerk, judge := twoWriters(t)
	head, err := clerk.AuditHead(t.Context())
	must(t, err)
	entries, err := clerk.Audit(t.Context())
	must(t, err)
	for _, e := range entries {
		p, err := judge.ProveInclusion(t.Context(), e.Index, false) // who can't read the log
		must(t, err)
		p = reparse(t, p)
		proven, err := p.Check()
		must(t, err)
		must(t, proven.Against(head))
		if proven.Index != e.Index || proven.By != e.User || p.Inclusion.Key != nil {
			t.Errorf("entry %d: %+v", e.Index, proven)
		}
		opened, err := clerk.ProveInclusion(t.Context(), e.Index, true)
		must(t, err)
		leaf, err := audit.ParseLeaf(opened.Inclusion.Leaf)
		must(t, err)
		said, err := store.OpenEntry(opened.Vault, leaf.(*audit.Act), opened.Inclusion.Key)
		must(t, err)
		if said.Action != e.Action || said.User != e.User || !said.Time.Equal(e.Time) {
			t.Errorf("entry %d says %+v", e.Index, said)
		}
	}
	_, err = judge.ProveInclusion(t.Context(), 1, true)
	wantErr(t, err, store.ErrNoAccess)
	_, err = clerk.ProveInclusion(t.Context(), head.Size, false)
	wantErr(t, err, store.ErrNotFound)
}

func TestAnOlderHeadIsContinued(t *testing.T) {
	t.Parallel()
	m, clerk, judge := twoWriters(t)
	before := m.copy()
	older, err := clerk.AuditHead(t.Context())
	must(t, err)
	act := func(v *store.Vault, name string) {
		must(t, v.Update(t.Context(), func(tx *store.Tx) error { tx.Log(name, nil); return nil }))
	}
	act(judge, "later")
	act(clerk, "later")
	newer, err := clerk.AuditHead(t.Context())
	must(t, err)
	p, err := judge.Prove(t.Context(), 3, &older, false)
	must(t, err)
	proven, err := reparse(t, p).Check()
	must(t, err)
	must(t, proven.Against(older))
	must(t, proven.Against(newer))
	wantErr(t, proven.Against(audit.Head{Size: 2}), audit.ErrNotProof)
	wantErr(t, proven.Against(audit.Head{Size: older.Size}), audit.ErrFork)

	// A copy from before, on which somebody went on otherwise.
	fork, err := unlockMemory(t.Context(), before, "clerk", passphrase)
	must(t, err)
	wantErr(t, fork.Continues(t.Context(), newer), audit.ErrShorter)
	for range 3 {
		act(fork, "otherwise")
	}
	wantErr(t, fork.Continues(t.Context(), newer), audit.ErrFork)
	must(t, fork.Continues(t.Context(), older))
	_, err = fork.ProveConsistency(t.Context(), newer)
	wantErr(t, err, audit.ErrFork)
}

func TestAHeadThatWasKeptAsText(t *testing.T) {
	t.Parallel()
	_, clerk, _ := twoWriters(t)
	head, err := clerk.AuditHead(t.Context())
	must(t, err)
	for name, text := range map[string][]byte{
		"as it is":        head.Note,
		"with line ends":  bytes.ReplaceAll(head.Note, []byte("\n"), []byte("\r\n")),
		"without its end": bytes.TrimSpace(head.Note),
		"indented":        append([]byte(" \n"), head.Note...),
	} {
		kept, err := clerk.ReadKept(t.Context(), text)
		if err != nil || kept.Root != head.Root {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string][]byte{
		"another size":      bytes.Replace(head.Note, fmt.Appendf(nil, "\n%d\n", head.Size), []byte("\n1\n"), 1),
		"another signature": bytes.Replace(head.Note, []byte("— "), []byte("— 0"), 1),
		"nothing":           nil,
	} {
		if _, err := clerk.ReadKept(t.Context(), text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	_, other := sample(t)
	_, err = other.ReadKept(t.Context(), head.Note)
	wantErr(t, err, audit.ErrOtherLog)
}

// TestProofsAreTamperEvident changes every value of a proof in turn.
func TestProofsAreTamperEvident(t *testing.T) {
	t.Parallel()
	_, clerk, judge := twoWriters(t)
	older, err := clerk.AuditHead(t.Context())
	must(t, err)
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("later", nil); return nil }))
	p, err := clerk.Prove(t.Context(), 4, &older, false)
	must(t, err)
	raw, err := p.Encode()
	must(t, err)
	tried := 0
	for at := range raw {
		if raw[at] == '\n' || raw[at] == ' ' {
			continue
		}
		spoiled := bytes.Clone(raw)
		spoiled[at] = map[bool]byte{true: '2', false: '1'}[raw[at] == '1']
		q, err := audit.ParseProof(spoiled)
		if err != nil {
			continue
		}
		tried++
		proven, err := q.Check()
		// The founder's key is what the reader compares; base64 has bits that decode to nothing.
		again, _ := q.Encode()
		if err == nil && !bytes.Equal(again, raw) {
			t.Errorf("byte %d (%q): passed as %+v", at, raw[max(0, at-20):at+5], proven)
		}
	}
	if tried < 300 {
		t.Errorf("only %d tried", tried)
	}
}

func checkExport(raw []byte) (audit.Exported, error) {
	return audit.CheckExport(bytes.NewReader(raw), store.OpenEntry, nil, nil)
}

func TestAnExportIsCheckedWithoutTheVault(t *testing.T) {
	t.Parallel()
	_, clerk, judge := twoWriters(t)
	var out bytes.Buffer
	head, err := clerk.ExportAudit(t.Context(), &out, nil)
	must(t, err)
	x, err := checkExport(out.Bytes())
	must(t, err)
	entries, err := clerk.Audit(t.Context())
	must(t, err)
	if x.Head.Size != head.Size || x.Entries != len(entries) || x.Unnamed != 0 {
		t.Errorf("%+v", x)
	}
	if last := entries[len(entries)-1]; last.Action != "audit.exported" {
		t.Errorf("the export is not its own last entry: %v", last)
	}
	before, err := clerk.AuditHead(t.Context())
	must(t, err)
	_, err = judge.ExportAudit(t.Context(), io.Discard, nil)
	wantErr(t, err, store.ErrNoAccess)
	after, err := clerk.AuditHead(t.Context())
	must(t, err)
	if after.Size != before.Size {
		t.Error("an export that could not be left a trace")
	}
	raw := out.Bytes()
	lines := bytes.SplitAfter(raw, []byte("\n"))
	for name, spoiled := range map[string][]byte{
		"cut":               raw[:len(raw)-10],
		"a line less":       bytes.Join(lines[:len(lines)-2], nil),
		"a line more":       append(bytes.Clone(raw), lines[3]...),
		"lines exchanged":   bytes.Join(slices.Concat(lines[:3], [][]byte{lines[4], lines[3]}, lines[5:]), nil),
		"another action":    bytes.Replace(raw, []byte(`"action":"turn"`), []byte(`"action":"tern"`), 1),
		"another user":      bytes.Replace(raw, []byte(`"user":"`+string(clerk.Me().ID)), []byte(`"user":"`+string(judge.Me().ID)), 3),
		"another time":      bytes.Replace(raw, []byte(`"time":"2`), []byte(`"time":"1`), 1),
		"no entry's words":  bytes.Replace(raw, []byte(`"entry":{`), []byte(`"entri":{`), 1),
		"something unknown": bytes.Replace(raw, []byte(`{"leaf"`), []byte(`{"x":1,"leaf"`), 1),
		"nothing":           nil,
	} {
		if bytes.Equal(spoiled, raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := checkExport(spoiled); !errors.Is(err, audit.ErrBroken) && !errors.Is(err, audit.ErrNotProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLogIsReadPageByPage(t *testing.T) {
	t.Parallel()
	m, clerk, judge := twoWriters(t)
	all, err := clerk.Audit(t.Context())
	must(t, err)
	slices.Reverse(all)
	same := func(what string, got, want []audit.Entry) {
		t.Helper()
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %d entries, want %d\n%s\n%s", what, len(got), len(want), a, b)
		}
	}
	for from := 0; from < len(all)+2; from += 3 {
		page, err := clerk.AuditPage(t.Context(), from, 3)
		must(t, err)
		same(fmt.Sprint("page from ", from), page, all[min(from, len(all)):min(from+3, len(all))])
	}
	find := func(f store.AuditFilter) []audit.Entry {
		t.Helper()
		at, err := clerk.AuditFind(t.Context(), f, nil)
		must(t, err)
		entries, err := clerk.AuditEntries(t.Context(), at)
		must(t, err)
		return entries
	}
	filtered := func(takes func(audit.Entry) bool) (out []audit.Entry) {
		out = []audit.Entry{}
		for _, e := range all {
			if takes(e) {
				out = append(out, e)
			}
		}
		return out
	}
	same("all", find(store.AuditFilter{}), all)
	same("by user", find(store.AuditFilter{User: judge.Me().ID}), filtered(func(e audit.Entry) bool { return e.User == string(judge.Me().ID) }))
	same("by act", find(store.AuditFilter{Action: "turn"}), filtered(func(e audit.Entry) bool { return e.Action == "turn" }))
	third := all[2].Time
	same("until", find(store.AuditFilter{To: third}), filtered(func(e audit.Entry) bool { return e.Time.Before(third) }))
	same("from", find(store.AuditFilter{From: third, To: third.Add(time.Hour)}), filtered(func(e audit.Entry) bool { return !e.Time.Before(third) }))
	must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("new", nil); return nil }))
	if page, err := clerk.AuditPage(t.Context(), 0, 1); err != nil || page[0].Action != "new" {
		t.Errorf("what came meanwhile: %v, %v", page, err)
	}
	_, err = judge.AuditFind(t.Context(), store.AuditFilter{}, nil)
	wantErr(t, err, store.ErrNoAccess)
	_, err = clerk.AuditEntries(t.Context(), []int64{0})
	wantErr(t, err, store.ErrNotFound) // an opening is no entry
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clerk.AuditFind(stopped, store.AuditFilter{}, nil); err == nil {
		t.Error("a stopped search went on")
	}
	_ = m
}

// TestAnEntryCannotNameAnotherUser puts an act of one user's session under another user's id.
func TestAnEntryCannotNameAnotherUser(t *testing.T) {
	t.Parallel()
	m, clerk, judge := twoWriters(t)
	for _, k := range m.keys("log", "") {
		if raw := m.records["log\x00"+k]; k[8] == 0 && raw[1] == 1 && bytes.Contains(raw, unhex(t, string(judge.Me().ID))) {
			m.records["log\x00"+k] = bytes.Replace(raw, unhex(t, string(judge.Me().ID)), unhex(t, string(clerk.Me().ID)), 1)
		}
	}
	fresh, err := unlockMemory(t.Context(), m, "clerk", passphrase)
	must(t, err)
	entries, err := fresh.Audit(t.Context())
	must(t, err)
	under := 0
	for _, e := range entries {
		if e.Unreadable && e.Action == "" {
			under++
		}
	}
	if under != 6 {
		t.Errorf("%d entries under another name", under)
	}
	wantErr(t, fresh.VerifyAudit(t.Context()), store.ErrDamaged)
}

// TestAWriterCannotBlindTheReaders lets a user seal entries that nobody can open: they are shown as theirs, and hide no other.
func TestAWriterCannotBlindTheReaders(t *testing.T) {
	t.Parallel()
	_, clerk, judge := twoWriters(t)
	act := func(name string) {
		must(t, judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log(name, nil); return nil }))
	}
	before, err := clerk.Audit(t.Context())
	must(t, err)
	judge.Blind()
	act("in.the_dark")
	judge.Lock()
	head, err := clerk.AuditHead(t.Context())
	must(t, err)
	must(t, clerk.VerifyAudit(t.Context())) // it is signed and in its place
	check := func(entries []audit.Entry, err error) {
		t.Helper()
		must(t, err)
		if n := len(entries); n == 0 || !entries[0].Unreadable || entries[0].User != string(judge.Me().ID) || entries[0].Index != head.Size-1 {
			t.Errorf("%+v", entries)
		}
	}
	all, err := clerk.Audit(t.Context())
	must(t, err)
	if len(all) != len(before)+1 {
		t.Errorf("%d entries, there were %d", len(all), len(before))
	}
	check(clerk.AuditPage(t.Context(), 0, 5))
	at, err := clerk.AuditFind(t.Context(), store.AuditFilter{Unreadable: true}, nil)
	must(t, err)
	check(clerk.AuditEntries(t.Context(), at))
	if at, err := clerk.AuditFind(t.Context(), store.AuditFilter{Action: "turn"}, nil); err != nil || len(at) != 6 {
		t.Errorf("the others: %v, %v", at, err)
	}
	var out bytes.Buffer
	_, err = clerk.ExportAudit(t.Context(), &out, nil)
	must(t, err)
	x, err := checkExport(out.Bytes())
	if err != nil || x.Unread != 1 || x.Entries != len(before)+1 {
		t.Errorf("%+v, %v", x, err)
	}
	// An exporter can't call what can be read unreadable, nor put words to what can't.
	for name, spoiled := range map[string][]byte{
		"hidden":   bytes.Replace(out.Bytes(), []byte(`"action":"turn"`), []byte(`"action":"","unreadable":true`), 1),
		"invented": bytes.Replace(out.Bytes(), []byte(`"action":"","unreadable":true`), []byte(`"action":"harmless"`), 1),
	} {
		if _, err := checkExport(spoiled); bytes.Equal(spoiled, out.Bytes()) || !errors.Is(err, audit.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAWriterCannotNameAnother lets a user put another's name into entries of their own unlock.
func TestAWriterCannotNameAnother(t *testing.T) {
	t.Parallel()
	_, clerk, judge := twoWriters(t)
	me := judge.Me()
	judge.Impersonate(clerk.Me())
	err := judge.Update(t.Context(), func(tx *store.Tx) error { tx.Log("framed", nil); return nil })
	judge.Impersonate(me)
	must(t, err)
	page, err := clerk.AuditPage(t.Context(), 0, 1)
	if err == nil && (!page[0].Unreadable || page[0].User != string(me.ID) || page[0].Action != "") {
		t.Errorf("%+v", page)
	}
	wantErr(t, clerk.VerifyAudit(t.Context()), store.ErrDamaged)
}

// longLog is a vault file whose log has n entries, of a few hundred unlocks.
func longLog(tb testing.TB, n int) *store.Vault {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "v")
	b, err := bolt.Open(path, bolt.Options{Create: true})
	must(tb, err)
	v, err := store.Create(tb.Context(), b, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
	must(tb, err)
	for at := 0; at < n; at += 500 {
		must(tb, v.Update(tb.Context(), func(tx *store.Tx) error {
			for i := range 500 {
				tx.Log("session.joined", map[string]string{"hearing": "h4x7q2m5n6p3r8s9", "n": fmt.Sprint(at + i)})
			}
			return nil
		}))
		if at%2000 == 0 {
			must(tb, v.Close())
			b, err = bolt.Open(path, bolt.Options{})
			must(tb, err)
			s, err := store.Open(tb.Context(), b, store.Options{})
			must(tb, err)
			v, err = s.Unlock(tb.Context(), "clerk", []byte(passphrase))
			must(tb, err)
		}
	}
	return v
}

// BenchmarkInclusionProof makes and checks the inclusion proof of an entry among 100,000, from the vault's file. The signatures of the head's
// chain, which one check of many proofs needs once, are measured beside it.
func BenchmarkInclusionProof(b *testing.B) {
	v := longLog(b, 100_000)
	defer v.Close()
	head, err := v.AuditHead(b.Context())
	must(b, err)
	n := int64(0)
	must(b, v.View(b.Context(), func(tx *store.ReadTx) error {
		for b.Loop() {
			n = (n*48271 + 11) % head.Size
			path, leaf, err := tx.AuditPath(head, n)
			must(b, err)
			must(b, audit.CheckInclusion(path, head, n, leaf))
		}
		return nil
	}))
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/proof")
	began := time.Now()
	const whole = 200
	for i := range int64(whole) {
		p, err := v.ProveInclusion(b.Context(), i*7, false)
		must(b, err)
		raw, err := p.Encode()
		must(b, err)
		q, err := audit.ParseProof(raw)
		must(b, err)
		_, err = q.Check()
		must(b, err)
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/whole, "us/file")
}

// BenchmarkAuditPage opens the newest page of 100,000 entries, the first and again, and searches all of them by their words.
func BenchmarkAuditPage(b *testing.B) {
	v := longLog(b, 100_000)
	defer v.Close()
	began := time.Now()
	_, err := v.AuditPage(b.Context(), 0, 100)
	must(b, err)
	first := time.Since(began)
	began = time.Now()
	_, err = v.AuditFind(b.Context(), store.AuditFilter{Action: "session.left"}, nil)
	must(b, err)
	search := time.Since(began)
	at := 0
	for b.Loop() {
		at = (at + 7001) % 99_000
		page, err := v.AuditPage(b.Context(), at, 100)
		must(b, err)
		if len(page) != 100 {
			b.Fatal(len(page))
		}
	}
	b.ReportMetric(float64(first.Milliseconds()), "ms-first")
	b.ReportMetric(float64(search.Milliseconds()), "ms-search")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/page")
}
