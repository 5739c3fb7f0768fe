package docket_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Format 0 is a format of these tests: as the first one, but with the reception under another name.
var (
	vaultBucket   = []byte("vault")
	formerKey     = []byte("welcome")
	receptionKey  = []byte("reception")
	errStepFailed = errors.New("the step failed")
)

// rename moves a value and sets the format's number.
func rename(w store.Writer, from, to []byte, format int) error {
	raw, err := w.Get(vaultBucket, from)
	if err != nil {
		return err
	}
	raw = bytes.Clone(raw)
	return errors.Join(w.Delete(vaultBucket, from), w.Put(vaultBucket, to, raw), store.RaiseFormat(w, format))
}

// steps are those of the tests; each is called in the middle of the step, when a part of it is written.
func steps(middle func() error) store.Migrations {
	return store.Migrations{Current: 1, Steps: []store.Step{{From: 0, Run: func(ctx context.Context, b store.Backend, who store.Credentials, _ store.Options, progress func(done, total int)) error {
		if who.Login == "" || len(who.Passphrase) == 0 {
			return errors.New("the step has no credentials")
		}
		err := b.Update(ctx, func(w store.Writer) error { return w.Put(vaultBucket, []byte("half"), []byte("of a step")) })
		if err == nil && middle != nil {
			err = middle()
		}
		if err != nil {
			return err
		}
		progress(1, 2)
		return b.Update(ctx, func(w store.Writer) error {
			return errors.Join(w.Delete(vaultBucket, []byte("half")), rename(w, formerKey, receptionKey, 1))
		})
	}}}}
}

// former makes a training vault of format 0 with a recording, alone in a folder.
func former(t *testing.T) (path string) {
	t.Helper()
	d := training(t)
	recorded(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := bolt.Open(d.Path(), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = file.Update(t.Context(), func(w store.Writer) error { return rename(w, receptionKey, formerKey, 0) })
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return d.Path()
}

// untouched sees that a folder has the vault as it was, its recordings and nothing else.
func untouched(t *testing.T, path string, was []byte) {
	t.Helper()
	now, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(now, was) {
		t.Errorf("the vault was changed: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAnUpgradeKeepsTheVaultAsItWas(t *testing.T) {
	t.Parallel()
	path := former(t)
	if _, err := unlocked(t, path, testimony.Judge); !errors.Is(err, store.ErrOlderFormat) {
		t.Fatalf("an older format: %v", err)
	}
	var done, total int64
	u, err := docket.UpgradeWith(t.Context(), path, keyholder(testimony.Judge), light, steps(nil), func(d, n int64) { done, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if u.From != 0 || u.To != 1 || done == 0 || done != total {
		t.Errorf("%+v, %d of %d", u, done, total)
	}
	d, err := unlocked(t, path, testimony.Judge)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := d.Verify(t.Context(), nil); err != nil || !report.Sound() || report.Recordings != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	id, _, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := backup.Check(t.Context(), u.Kept, id, nil)
	if err != nil || kept.State != backup.Checked || kept.Manifest.Format != 0 || filepath.Dir(u.Kept) != filepath.Dir(path) {
		t.Errorf("kept is %+v, %v", kept, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := docket.Upgrade(t.Context(), path, keyholder(testimony.Judge), light, nil); !errors.Is(err, store.ErrUpToDate) {
		t.Errorf("once more: %v", err)
	}
}

// Whatever goes wrong, the vault is as it was, and nothing else is left.
func TestAnUpgradeThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	path := former(t)
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	for name, c := range map[string]struct {
		ctx  context.Context
		by   docket.Keyholder
		m    store.Migrations
		want error
	}{
		"a step fails":         {t.Context(), keyholder(testimony.Judge), steps(func() error { return errStepFailed }), errStepFailed},
		"stopped in a step":    {stopped, keyholder(testimony.Judge), steps(func() error { cancel(); return nil }), context.Canceled},
		"an auditor":           {t.Context(), keyholder(testimony.Auditor), steps(nil), docket.ErrNotAllowed},
		"nobody":               {t.Context(), keyholder("nobody"), steps(nil), store.ErrWrongPassphrase},
		"no step":              {t.Context(), keyholder(testimony.Judge), store.KnownMigrations(), store.ErrNoStep},
		"a newer vault":        {t.Context(), keyholder(testimony.Judge), store.Migrations{Current: -1}, store.ErrNewerFormat},
		"the step did nothing": {t.Context(), keyholder(testimony.Judge), store.Migrations{Current: 1, Steps: []store.Step{{From: 0, Run: idle}}}, nil},
	} {
		_, err := docket.UpgradeWith(c.ctx, path, c.by, light, c.m, nil)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		untouched(t, path, was)
	}
	if _, err := docket.UpgradeWith(t.Context(), path, keyholder(testimony.Judge), light, steps(nil), nil); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := docket.Upgrade(t.Context(), "etcd://localhost/court", keyholder(testimony.Judge), light, nil); !errors.Is(err, docket.ErrUpgradePlace) {
		t.Errorf("on a server: %v", err)
	}
}

func idle(context.Context, store.Backend, store.Credentials, store.Options, func(done, total int)) error {
	return nil
}

// A program that is killed at any moment leaves the old vault or the new one, and the next upgrade ends what it began.
func TestAnUpgradeThatIsKilled(t *testing.T) {
	t.Parallel()
	path := former(t)
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var images []string
	photograph := func() error { // what the disk would show after a kill at this moment
		image := filepath.Join(t.TempDir(), "killed")
		images = append(images, image)
		return os.CopyFS(image, os.DirFS(filepath.Dir(path)))
	}
	seen := int64(-1)
	_, err = docket.UpgradeWith(t.Context(), path, keyholder(testimony.Judge), light, steps(photograph), func(done, total int64) {
		if at := 8 * done / max(total, 1); at != seen {
			seen = at
			if err := photograph(); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(images) < 5 {
		t.Fatalf("only %d moments were seen", len(images))
	}
	for i, image := range images {
		killed := filepath.Join(image, filepath.Base(path))
		now, err := os.ReadFile(killed)
		if err != nil {
			t.Errorf("moment %d: %v", i, err)
			continue
		}
		if !bytes.Equal(now, was) {
			if _, err := unlocked(t, killed, testimony.Judge); err != nil {
				t.Errorf("moment %d: the vault is neither the old one nor the new one: %v", i, err)
			}
			continue
		}
		later := light
		later.Clock = func() time.Time { return noon.Add(time.Hour) }
		if _, err := docket.UpgradeWith(t.Context(), killed, keyholder(testimony.Judge), later, steps(nil), nil); err != nil {
			t.Errorf("moment %d: %v", i, err)
		}
		if _, err := os.Stat(killed + ".upgrading"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("moment %d: the folder is left: %v", i, err)
		}
	}
}
