package docket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
)

// The report of custody has every act on a recording, on its edits and on its versions, in order, with words for each in the PDF; and no reason of an edit.
func TestCustody(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	other := capture(t, b.desk)
	r := askEdit(t, b.as(testimony.Advocate), master.ID, voiceMask(time.Second, 2*time.Second), voiceMask(3*time.Second, 4*time.Second), voiceMask(5*time.Second, 6*time.Second))
	decideEdit(t, b.desk, r, 3, edit.Withdraw)
	d := b.as(testimony.Judge)
	decideEdit(t, d, decideEdit(t, d, r, 1, edit.Approve), 2, edit.Refuse)
	for range 2 {
		if err := version(t, d, master.ID); err != nil {
			t.Fatal(err)
		}
	}
	c := must(d.Custody(t.Context(), master.ID))(t)
	var acts []string
	last := int64(-1)
	for _, k := range c.Chain {
		acts = append(acts, k.Act)
		if k.Entry <= last || k.Of == other.ID || k.By.Office == "" {
			t.Errorf("entry %d after %d, of %s by %+v", k.Entry, last, k.Of, k.By)
		}
		last = k.Entry
	}
	want := "recording.begun recording.sealed edit.asked edit.withdrawn recording.verified recording.opened recording.committed edit.approved edit.list edit.refused " +
		"recording.opened version.begun recording.sealed recording.opened version.begun recording.sealed custody.reported recording.verified recording.verified recording.verified"
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("the chain is\n%s, want\n%s", got, want)
	}
	if c.Found != notice.Intact || len(c.Copies) != 2 || c.Copies[1].Found != notice.Intact || c.Edits != 1 || len(c.Passages) != 1 || c.Log.Entries <= last || c.SealedBy.Office != testimony.Judge {
		t.Errorf("%+v", c)
	}
	for name, office := range map[string]string{"clerk": testimony.Clerk, "advocate": testimony.Advocate, "auditor": testimony.Auditor} {
		if _, err := b.as(office).Custody(t.Context(), master.ID); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("%s: %v", name, err)
		}
	}

	d = b.as(testimony.Registrar)
	dir := t.TempDir()
	for _, file := range []string{"c.pdf", "c.json"} {
		to := filepath.Join(dir, file)
		must(d.WriteCustody(t.Context(), c.Copies[0].ID, to, "fr"))(t)
		text := must(os.ReadFile(to))(t)
		if bytes.Contains(text, []byte("a name is said")) {
			t.Errorf("%s tells a reason", file)
		}
		if file == "c.json" {
			var back notice.Custody
			if err := json.Unmarshal(text, &back); err != nil || len(back.Chain) != len(c.Chain)+8 {
				t.Errorf("%v: %d entries", err, len(back.Chain))
			}
		}
		if _, err := d.WriteCustody(t.Context(), master.ID, to, "en"); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s is replaced: %v", file, err)
		}
	}
	if _, err := d.WriteCustody(t.Context(), master.ID, filepath.Join(dir, "c.txt"), "en"); !errors.Is(err, docket.ErrCustodyName) {
		t.Error(err)
	}

	sealed := d.Path() + ".d/" + string(master.ID) + ".blob"
	text := must(os.ReadFile(sealed))(t)
	text[len(text)/2] ^= 1
	if err := os.WriteFile(sealed, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if c := must(d.Custody(t.Context(), master.ID))(t); c.Found != notice.Altered {
		t.Errorf("an altered recording is found %s", c.Found)
	}
	if err := os.Remove(sealed); err != nil {
		t.Fatal(err)
	}
	if c := must(d.Custody(t.Context(), master.ID))(t); c.Found != notice.Altered || c.Copies[0].Found != notice.Intact {
		t.Errorf("a missing recording is found %s, its version %s", c.Found, c.Copies[0].Found)
	}
}
