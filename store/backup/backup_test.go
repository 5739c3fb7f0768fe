package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var light = store.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// court is a vault in use with two sealed files.
type court struct {
	t     testing.TB
	vault *store.Vault
	file  *bolt.Backend
	path  string
}

func newCourt(t testing.TB) *court {
	t.Helper()
	path := filepath.Join(t.TempDir(), "court.paravent")
	file, err := bolt.Open(path, bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), file, store.NewUser{Login: "clerk", Role: "clerk", Passphrase: []byte("a passphrase")}, light)
	must(t, err)
	t.Cleanup(func() { v.Close() })
	c := &court{t, v, file, path}
	must(t, os.Mkdir(path+".d", 0o700))
	c.record("one.blob", strings.Repeat("one ", 10000))
	c.record("two.blob", strings.Repeat("two ", 20000))
	return c
}

func (c *court) record(name, text string) {
	c.t.Helper()
	must(c.t, os.WriteFile(filepath.Join(c.path+".d", name), []byte(text), 0o600))
}

func (c *court) act() {
	c.t.Helper()
	must(c.t, c.vault.Update(c.t.Context(), func(tx *store.Tx) error { tx.Log("something", nil); return nil }))
}

func (c *court) source() backup.Source {
	files, _ := filepath.Glob(c.path + ".d/*")
	return backup.Source{Name: "court", Copy: c.copyTo, Files: files, Check: c.check}
}

func (c *court) copyTo(ctx context.Context, path string, w io.Writer) (int64, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := c.file.Copy(ctx, io.MultiWriter(file, w))
	return n, errors.Join(err, file.Close())
}

func (c *court) check(ctx context.Context, copy string, progress func(done, total int)) error {
	file, err := bolt.Open(copy, bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	report, err := c.vault.VerifyCopy(ctx, file, progress)
	if err == nil && !report.Sound() {
		err = store.ErrDamaged
	}
	return errors.Join(err, file.Close())
}

func (c *court) backUp(dir string, at time.Time) backup.Made {
	c.t.Helper()
	m, err := backup.Make(c.t.Context(), dir, at, c.source(), nil)
	must(c.t, err)
	return m
}

func (c *court) list(dir string) []backup.Listed {
	c.t.Helper()
	list, err := backup.List(c.t.Context(), dir, c.vault.ID())
	must(c.t, err)
	return list
}

// names lists what stands in a folder, two levels deep.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var found []string
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			found = append(found, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}))
	return found
}

func TestABackupIsListedAndCheckedWithoutAKey(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	var done, total int64
	m, err := backup.Make(t.Context(), dir, noon, c.source(), func(d, n int64) { done, total = d, n })
	must(t, err)
	if done == 0 || done != total {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	if m.Manifest.Vault != c.vault.ID() || m.Manifest.Entries == 0 || len(m.Manifest.Files) != 2 || m.Linked != 0 {
		t.Errorf("%+v", m)
	}
	head, err := c.vault.AuditHead(t.Context())
	must(t, err)
	if m.Manifest.Head != string(head.Note) {
		t.Error("the manifest names another head than the vault's")
	}
	raw, err := os.ReadFile(m.Path + ".json")
	must(t, err)
	if strings.Contains(string(raw), "clerk") || strings.Contains(string(raw), dir) {
		t.Errorf("the manifest names something: %s", raw)
	}
	list := c.list(dir)
	if len(list) != 1 || list[0].State != backup.Complete || !list[0].At().Equal(noon) {
		t.Fatalf("%+v", list)
	}
	checked, err := backup.Check(t.Context(), m.Path, "", nil)
	if err != nil || checked.State != backup.Checked {
		t.Errorf("%+v, %v", checked, err)
	}
	if checked, err = backup.Check(t.Context(), m.Path, strings.Repeat("0", 32), nil); err != nil || checked.State != backup.Foreign || !errors.Is(checked.Err, backup.ErrForeign) {
		t.Errorf("of another vault: %+v, %v", checked, err)
	}
}

func TestABackupSharesWhatAnEarlierOneHolds(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	first := c.backUp(dir, noon)
	c.record("three.blob", "three")
	second := c.backUp(dir, noon.Add(time.Hour))
	if second.Linked != 2 || len(second.Manifest.Files) != 3 {
		t.Errorf("%d of %d files were shared", second.Linked, len(second.Manifest.Files))
	}
	// What has rotted in the earlier backup is not carried on.
	must(t, os.WriteFile(filepath.Join(first.Path+".d", "one.blob"), []byte(strings.Repeat("0ne ", 10000)), 0o600))
	third := c.backUp(dir, noon.Add(2*time.Hour))
	if third.Linked >= 3 {
		t.Errorf("a file that has rotted was shared")
	}
	if l, err := backup.Check(t.Context(), third.Path, "", nil); err != nil || l.State != backup.Checked {
		t.Errorf("%+v, %v", l, err)
	}
	// A backup stands by itself: the earlier ones can go.
	list := c.list(dir)
	for _, l := range list {
		if l.Path != third.Path {
			must(t, backup.Delete(l))
		}
	}
	if l, err := backup.Check(t.Context(), third.Path, "", nil); err != nil || l.State != backup.Checked {
		t.Errorf("%+v, %v", l, err)
	}
	if n := names(t, dir); len(n) != 6 {
		t.Errorf("left: %v", n)
	}
}

// faults are what can have happened to a backup.
var faults = map[string]struct {
	do  func(t testing.TB, path string)
	err error
}{
	"no manifest":         {func(t testing.TB, path string) { must(t, os.Remove(path+".json")) }, backup.ErrNoManifest},
	"half a manifest":     {func(t testing.TB, path string) { must(t, os.Truncate(path+".json", 100)) }, backup.ErrNoManifest},
	"no copy":             {func(t testing.TB, path string) { must(t, os.Remove(path)) }, backup.ErrNoCopy},
	"torn copy":           {func(t testing.TB, path string) { must(t, os.Truncate(path, 20000)) }, backup.ErrTorn},
	"changed copy":        {func(t testing.TB, path string) { flip(t, path, 30000) }, backup.ErrTorn},
	"recording missing":   {func(t testing.TB, path string) { must(t, os.Remove(path+".d/two.blob")) }, backup.ErrMissing},
	"recording torn":      {func(t testing.TB, path string) { must(t, os.Truncate(path+".d/two.blob", 7)) }, backup.ErrAltered},
	"recording changed":   {func(t testing.TB, path string) { flip(t, path+".d/two.blob", 9) }, backup.ErrAltered},
	"recordings' folder":  {func(t testing.TB, path string) { must(t, os.RemoveAll(path+".d")) }, backup.ErrMissing},
	"manifest of another": {exchangeManifest, backup.ErrTorn},
}

func flip(t testing.TB, path string, at int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	raw[at] ^= 1
	must(t, os.WriteFile(path, raw, 0o600))
}

// exchangeManifest puts the manifest of a backup of another vault there.
func exchangeManifest(t testing.TB, path string) {
	t.Helper()
	other := newCourt(t).backUp(t.TempDir(), noon)
	raw, err := os.ReadFile(other.Path + ".json")
	must(t, err)
	must(t, os.WriteFile(path+".json", raw, 0o600))
}

func TestWhatIsWrongWithABackupIsFoundWithoutAKey(t *testing.T) {
	t.Parallel()
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, dir := newCourt(t), t.TempDir()
			m := c.backUp(dir, noon)
			f.do(t, m.Path)
			l, err := backup.Check(t.Context(), m.Path, "", nil)
			must(t, err)
			if l.State != backup.Incomplete || !errors.Is(l.Err, f.err) {
				t.Errorf("%s: %v", l.State, l.Err)
			}
		})
	}
}

func TestWhatIsNoBackup(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "letter.paravent"), []byte(strings.Repeat("Dear Sir, ", 2000)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("x"), 0o600))
	newCourt(t).backUp(dir, noon)
	list := c.list(dir)
	if len(list) != 2 || list[0].State != backup.Foreign || list[1].State != backup.Foreign {
		t.Errorf("%+v", list)
	}
	if _, err := backup.List(t.Context(), filepath.Join(dir, "none"), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if list, err := backup.List(t.Context(), filepath.Dir(c.path), ""); err != nil || len(list) != 0 {
		t.Errorf("the vault in use is a backup: %+v, %v", list, err)
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	torn := errors.New("torn")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, b := range map[string]struct {
		ctx    context.Context
		change func(*backup.Source)
	}{
		"a missing file": {t.Context(), func(s *backup.Source) { s.Files = append(s.Files, c.path+".d/none") }},
		"a failing copy": {t.Context(), func(s *backup.Source) {
			s.Copy = func(context.Context, string, io.Writer) (int64, error) { return 0, torn }
		}},
		"a copy of naught": {t.Context(), func(s *backup.Source) {
			s.Copy = func(context.Context, string, io.Writer) (int64, error) { return 0, nil }
		}},
		"a failing check": {t.Context(), func(s *backup.Source) { s.Check = func(context.Context, string, func(int, int)) error { return torn } }},
		"a cancel":        {stopped, func(*backup.Source) {}},
	} {
		src := c.source()
		b.change(&src)
		if _, err := backup.Make(b.ctx, dir, noon, src, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
		if left := names(t, dir); len(left) != 0 {
			t.Errorf("%s left %v", name, left)
		}
	}
	c.backUp(dir, noon)
	if _, err := backup.Make(t.Context(), dir, noon, c.source(), nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second one of the same second: %v", err)
	}
}

// T17: a hot backup under load is restored and is the vault of the moment at which it was made.
func TestRestoreDrill(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	src, load := c.source(), make(chan struct{})
	src.Copy = func(ctx context.Context, path string, w io.Writer) (int64, error) {
		first := true
		return c.copyTo(ctx, path, writerFunc(func(p []byte) (int, error) {
			if first { // the moment is chosen; whatever is written now is later
				first = false
				go func() {
					defer close(load)
					for range 20 {
						c.act()
					}
				}()
			}
			return w.Write(p)
		}))
	}
	m, err := backup.Make(t.Context(), dir, noon, src, nil)
	must(t, err)
	<-load
	if head, err := c.vault.AuditHead(t.Context()); err != nil || head.Size <= m.Manifest.Entries {
		t.Fatalf("nothing was written meanwhile: %v", err)
	}
	to := filepath.Join(t.TempDir(), "new", "restored.paravent")
	r, err := backup.Restore(t.Context(), m.Path, to, backup.RestoreOptions{Of: c.vault.ID(), Check: c.check}, nil)
	must(t, err)
	if r.Unlisted || r.Manifest.Entries != m.Manifest.Entries || r.Path != to {
		t.Errorf("%+v", r)
	}
	file, err := bolt.Open(to, bolt.Options{})
	must(t, err)
	sealed, err := store.Open(t.Context(), file, light)
	must(t, err)
	v, err := sealed.Unlock(t.Context(), "clerk", []byte("a passphrase"))
	must(t, err)
	defer v.Close()
	head, err := v.AuditHead(t.Context())
	must(t, err)
	if string(head.Note) != m.Manifest.Head {
		t.Error("the restored vault has another head")
	}
	must(t, v.VerifyAudit(t.Context()))
	for _, name := range []string{"one.blob", "two.blob"} {
		a, err := os.ReadFile(filepath.Join(c.path+".d", name))
		must(t, err)
		if b, err := os.ReadFile(filepath.Join(to+".d", name)); err != nil || string(a) != string(b) {
			t.Errorf("%s differs: %v", name, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestARestoreThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range faults {
		if name == "no manifest" || name == "half a manifest" {
			continue // what is there can still be restored
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, dir, into := newCourt(t), t.TempDir(), t.TempDir()
			m := c.backUp(dir, noon)
			f.do(t, m.Path)
			_, err := backup.Restore(t.Context(), m.Path, filepath.Join(into, "v.paravent"), backup.RestoreOptions{}, nil)
			if !errors.Is(err, f.err) {
				t.Errorf("got %v", err)
			}
			if left := names(t, into); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestARestoreReplacesNothing(t *testing.T) {
	t.Parallel()
	c, dir, into := newCourt(t), t.TempDir(), t.TempDir()
	m := c.backUp(dir, noon)
	to := filepath.Join(into, "v.paravent")
	for _, there := range []string{to, to + ".d/kept"} {
		must(t, os.MkdirAll(filepath.Dir(there), 0o700))
		must(t, os.WriteFile(there, []byte("kept"), 0o600))
		if _, err := backup.Restore(t.Context(), m.Path, to, backup.RestoreOptions{}, nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", there, err)
		}
		if raw, err := os.ReadFile(there); err != nil || string(raw) != "kept" {
			t.Errorf("%s was changed", there)
		}
		must(t, os.Remove(there))
	}
	must(t, os.Remove(to+".d"))
	// One who comes while the check runs is not replaced either.
	late := func(context.Context, string, func(int, int)) error { return os.WriteFile(to, []byte("late"), 0o600) }
	if _, err := backup.Restore(t.Context(), m.Path, to, backup.RestoreOptions{Check: late}, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that came meanwhile: %v", err)
	}
	if raw, err := os.ReadFile(to); err != nil || string(raw) != "late" || len(names(t, into)) != 1 {
		t.Errorf("the file that came meanwhile was changed, or something is left: %v", names(t, into))
	}
}

func TestARestoreCanBeStoppedAndRefused(t *testing.T) {
	t.Parallel()
	c, dir, into := newCourt(t), t.TempDir(), t.TempDir()
	m := c.backUp(dir, noon)
	to := filepath.Join(into, "v.paravent")
	if _, err := backup.Restore(t.Context(), m.Path, to, backup.RestoreOptions{Of: newCourt(t).vault.ID()}, nil); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("of another vault: %v", err)
	}
	for at := range 4 {
		ctx, stop := context.WithCancel(t.Context())
		n := 0
		_, err := backup.Restore(ctx, m.Path, to, backup.RestoreOptions{Check: c.check}, func(done, total int64) {
			if n++; n == at*at+1 {
				stop()
			}
		})
		stop()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		if left := names(t, into); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	must(t, os.Remove(m.Path+".json"))
	r, err := backup.Restore(t.Context(), m.Path, to, backup.RestoreOptions{}, nil)
	if err != nil || !r.Unlisted || len(r.Manifest.Files) != 2 {
		t.Errorf("without a manifest: %+v, %v", r, err)
	}
}

func TestDeletingThatWasCutShortIsEnded(t *testing.T) {
	t.Parallel()
	c, dir := newCourt(t), t.TempDir()
	gone := c.backUp(dir, noon)
	kept := c.backUp(dir, noon.Add(time.Hour))
	must(t, os.Rename(gone.Path+".json", gone.Path+".deleting")) // as far as a crash let it come
	if list := c.list(dir); len(list) != 1 || list[0].Path != kept.Path {
		t.Errorf("%+v", list)
	}
	must(t, backup.FinishDeleting(dir, "another vault"))
	if len(names(t, dir)) != 10 {
		t.Errorf("what is another's was deleted: %v", names(t, dir))
	}
	must(t, backup.FinishDeleting(dir, c.vault.ID()))
	if l, err := backup.Check(t.Context(), kept.Path, "", nil); err != nil || l.State != backup.Checked || len(names(t, dir)) != 5 {
		t.Errorf("%+v, %v, %v", l, err, names(t, dir))
	}
	must(t, os.Remove(kept.Path))
	if err := backup.Delete(c.list(dir)[0]); err == nil {
		t.Error("a backup that isn't whole was deleted")
	}
}

func FuzzManifest(f *testing.F) {
	c := newCourt(f)
	m := c.backUp(f.TempDir(), noon)
	raw, err := os.ReadFile(m.Path + ".json")
	must(f, err)
	f.Add(raw)
	f.Add([]byte(`{"paravent_backup":1,"files":[{"name":"../../etc/passwd"}]}`))
	dir := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, raw []byte) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		must(t, os.WriteFile(path+".json", raw, 0o600))
		defer os.Remove(path + ".json")
		m, err := backup.ReadManifest(path)
		if err != nil && !errors.Is(err, backup.ErrNoManifest) {
			t.Error(err)
		}
		for _, file := range m.Files {
			if filepath.Join(path, file.Name) != path+"/"+file.Name || file.Size < 0 {
				t.Errorf("%q leads out of the folder", file.Name)
			}
		}
	})
}
