package docket_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/notice"
)

const exhibitCanary = "canary-in-the-exhibit"

var handedIn = []byte("%PDF-1.7\n" + strings.Repeat(exhibitCanary+"\n", 9000) + "%%EOF\n")

func receive(t *testing.T, d *docket.Desk, number string, class exhibit.Class) (exhibit.Exhibit, error) {
	t.Helper()
	c := must(d.FindCase(t.Context(), "TC 12/2026"))(t)
	return d.ReceiveExhibit(t.Context(), exhibit.Exhibit{Case: c, Number: number, Title: "Ledger", Class: class}, bytes.NewReader(handedIn), int64(len(handedIn)), nil)
}

// What comes out is what went in, for those whom the class allows; whoever it does not is refused, in the log, and by the keys.
func TestWhoOpensAnExhibit(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ids := map[exhibit.Class]exhibit.ID{}
	for _, class := range exhibit.Classes {
		e := must(receive(t, b.as(testimony.Judge), string(class), class))(t)
		if sum := sha256.Sum256(handedIn); e.Format != exhibit.PDF || e.Size != int64(len(handedIn)) || !bytes.Equal(e.SHA256, sum[:]) || e.By != string(b.userID(testimony.Judge)) {
			t.Errorf("%+v", e)
		}
		ids[class] = e.ID
	}
	for _, office := range testimony.Offices {
		d := b.as(office)
		for class, id := range ids {
			dir := t.TempDir()
			_, place, err := d.CopyExhibit(t.Context(), id, dir, nil)
			want := docket.ErrNotAllowed
			if exhibit.MayOpen(office, class) {
				want = nil
				if class == exhibit.Sealed {
					want = exhibit.ErrTwo
				}
			}
			if !errors.Is(err, want) {
				t.Errorf("%s, %s: %v", office, class, err)
			} else if want != nil {
				if left := must(os.ReadDir(dir))(t); len(left) > 0 {
					t.Errorf("%s, %s: left %v", office, class, left)
				}
				continue
			}
			if filepath.Base(place) != "exhibit-"+string(class)+".pdf" || !bytes.Equal(must(os.ReadFile(place))(t), handedIn) {
				t.Errorf("%s, %s: %s is not what was received", office, class, place)
			}
			if _, _, err := d.CopyExhibit(t.Context(), id, place, nil); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a file is replaced: %v", err)
			}
		}
	}
	b.as(testimony.Clerk)
	if docket.HasExhibitKey(t.Context(), b.desk, must(b.desk.Exhibit(t.Context(), ids[exhibit.Sealed]))(t)) {
		t.Error("the clerk holds the key of what takes two")
	}
	if _, err := receive(t, b.desk, "9", exhibit.Sealed); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk received what they can't open: %v", err)
	}
	if _, err := receive(t, b.as(testimony.Advocate), "9", exhibit.Open); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the advocate received an exhibit: %v", err)
	}
	b.audited("exhibit.received")
	b.audited("exhibit.opened")
	b.audited("exhibit.refused")
}

// Nothing of an exhibit stands in clear in any file beside or in the vault, and the log has its receipt before its seal.
func TestAnExhibitIsNeverInClear(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
	err := filepath.WalkDir(filepath.Dir(b.path), func(path string, f fs.DirEntry, err error) error {
		if err == nil && f.Type().IsRegular() {
			text, readErr := os.ReadFile(path)
			if err = readErr; bytes.Contains(text, []byte(exhibitCanary)) {
				t.Errorf("%s has it in clear", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := must(b.desk.ExhibitCustody(t.Context(), e.ID))(t)
	if c.Found != notice.Intact || len(c.Chain) != 3 || c.Chain[0].Act != "exhibit.received" || c.Chain[1].Act != "exhibit.sealed" || c.Chain[2].Act != "exhibit.custody" || c.Chain[0].By.Office != testimony.Judge {
		t.Errorf("%+v", c)
	}
}

// changing is a file that is another one from the second time on that its middle is read.
type changing struct {
	*bytes.Reader
	seen int
}

func (c *changing) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.Reader.ReadAt(p, at)
	if at == 0 && len(p) > 1024 {
		if c.seen++; c.seen > 1 {
			p[500] ^= 1
		}
	}
	return n, err
}

func TestWhatIsNotReceivedLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	must(receive(t, d, "P 1", exhibit.Open))(t)
	c := must(d.FindCase(t.Context(), "TC 12/2026"))(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, x := range map[string]struct {
		ctx  context.Context
		e    exhibit.Exhibit
		from interface {
			ReadAt(p []byte, at int64) (int, error)
		}
		want error
	}{
		"a number that is taken": {t.Context(), exhibit.Exhibit{Case: c, Number: "p 1", Title: "T", Class: exhibit.Open}, bytes.NewReader(handedIn), docket.ErrExhibitNumber},
		"no class":               {t.Context(), exhibit.Exhibit{Case: c, Number: "2", Title: "T"}, bytes.NewReader(handedIn), exhibit.ErrClass},
		"no case":                {t.Context(), exhibit.Exhibit{Case: "x", Number: "2", Title: "T", Class: exhibit.Open}, bytes.NewReader(handedIn), docket.ErrNotFound},
		"a file that changes":    {t.Context(), exhibit.Exhibit{Case: c, Number: "2", Title: "T", Class: exhibit.Open}, &changing{Reader: bytes.NewReader(handedIn)}, docket.ErrExhibitChanged},
		"a program":              {t.Context(), exhibit.Exhibit{Case: c, Number: "2", Title: "T", Class: exhibit.Open}, bytes.NewReader(bytes.Repeat([]byte("\x7fELF"), len(handedIn))), exhibit.ErrUnknown},
		"cancelled":              {stopped, exhibit.Exhibit{Case: c, Number: "2", Title: "T", Class: exhibit.Open}, bytes.NewReader(handedIn), context.Canceled},
	} {
		if _, err := d.ReceiveExhibit(x.ctx, x.e, x.from, int64(len(handedIn)), nil); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list := must(d.Exhibits(t.Context(), protection.CaseID("")))(t); len(list) != 1 {
		t.Errorf("%d exhibits are kept", len(list))
	}
	if files := must(os.ReadDir(d.Path() + ".d"))(t); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestAWithdrawnExhibitAndAnAlteredOne(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Confidential))(t)
	if _, err := b.as(testimony.Clerk).WithdrawExhibit(t.Context(), e.ID, "R"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk withdrew it: %v", err)
	}
	d := b.as(testimony.Registrar)
	if _, err := d.WithdrawExhibit(t.Context(), e.ID, " "); !errors.Is(err, exhibit.ErrWhy) {
		t.Errorf("without a reason: %v", err)
	}
	must(d.WithdrawExhibit(t.Context(), e.ID, "handed in twice"))(t)
	if _, err := d.WithdrawExhibit(t.Context(), e.ID, "R"); !errors.Is(err, exhibit.ErrWithdrawn) {
		t.Errorf("twice: %v", err)
	}
	if _, _, err := d.CopyExhibit(t.Context(), e.ID, t.TempDir(), nil); !errors.Is(err, exhibit.ErrWithdrawn) {
		t.Errorf("it is opened: %v", err)
	}
	if r := must(d.Verify(t.Context(), nil))(t); !r.Sound() {
		t.Errorf("%+v", r.Faults)
	}
	kept := must(receive(t, d, "2", exhibit.Sealed))(t)
	d = b.openFor(testimony.Registrar, testimony.Judge, kept.ID)
	file := d.Path() + ".d/" + string(kept.ID) + ".blob"
	text := must(os.ReadFile(file))(t)
	text[len(text)/2] ^= 1
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, _, err := d.CopyExhibit(t.Context(), kept.ID, dir, nil); err == nil {
		t.Error("an altered exhibit is written")
	}
	if left := must(os.ReadDir(dir))(t); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	for _, office := range []string{testimony.Registrar, testimony.Clerk} { // with its key, and without
		if r := must(b.as(office).Verify(t.Context(), nil))(t); r.Sound() || !strings.Contains(r.Faults[0].Problem, string(kept.ID)) {
			t.Errorf("%s: %+v", office, r.Faults)
		}
	}
}

// A case that is moved takes its exhibits along: whoever is not in the team neither lists them nor has a key, nor a half of one.
func TestExhibitsMoveWithTheirCase(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Open))(t)
	sealed := must(receive(t, b.desk, "2", exhibit.Sealed))(t)
	d := b.desk
	team := must(d.AddTeam(t.Context(), "Unit", []docket.TeamMember{{User: b.userID(testimony.Clerk)}, {User: b.userID(testimony.Advocate)}}))(t)
	if err := d.MoveCase(t.Context(), e.Case, team.ID); err != nil {
		t.Fatal(err)
	}
	for office, in := range map[string]bool{testimony.Clerk: true, testimony.Judge: true, testimony.Advocate: true, testimony.Registrar: false} {
		d := b.as(office)
		if list := must(d.Exhibits(t.Context(), ""))(t); (len(list) == 2) != in {
			t.Errorf("%s lists %d", office, len(list))
		}
		if docket.HasExhibitKey(t.Context(), d, e) != in {
			t.Errorf("%s has a key: %v", office, !in)
		}
	}
	b.as(testimony.Judge)
	if holders := docket.LockHolders(t.Context(), b.desk, sealed.ID); holders[string(b.userID(testimony.Registrar))] || len(holders) != 2 {
		t.Errorf("halves are with %v", holders)
	}
	b.openFor(testimony.Judge, testimony.Clerk, sealed.ID)
	if err := b.copied(sealed.ID); err != nil {
		t.Errorf("opened by two of the team: %v", err)
	}
}
