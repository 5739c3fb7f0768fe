package docket_test

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

// stationery is a training vault with a held hearing of Witness B, whose sealed identity has words that stand nowhere else.
func stationery(t *testing.T) (*bureau, testimony.Hearing, order.Order) {
	t.Helper()
	b := newBureau(t)
	b.now = noon.Add(time.Hour) // what is sealed now counts before what the training case has
	d := b.as(testimony.Judge)
	c, p := b.witness()
	canary := identity.Fields{}
	for _, f := range identity.AllFields {
		if f.Spoken() {
			canary[f] = "Zqcanary" + string(f)
		}
	}
	if err := d.SealIdentity(t.Context(), p, canary); err != nil {
		t.Fatal(err)
	}
	hearings := must(d.Hearings(t.Context()))(t)
	h := hearings[slices.IndexFunc(hearings, func(h testimony.Hearing) bool { return h.Party == p })]
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	m := testimony.BuildMinutes(h, "TC 12/2026", noon, at(60), []testimony.Event{
		{At: at(1), Kind: testimony.PhaseChanged, Phase: testimony.Testimony, Mode: protection.PublicMode},
		{At: at(9), Kind: testimony.ModeChanged, Phase: testimony.Testimony, Mode: protection.PrivateMode, Reason: "Private life"},
		{At: at(59), Kind: testimony.PhaseChanged, Phase: testimony.Closed, Mode: protection.PrivateMode}}, nil)
	if err := d.KeepMinutes(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	o := must(d.FindOrder(t.Context(), c, "2026/114"))(t)
	return b, h, o
}

func paperOf(k notice.Kind, h testimony.Hearing, o order.Order, l policy.Language) docket.PaperFor {
	p := docket.PaperFor{Kind: k, Language: l}
	if k == notice.OrderPaper {
		p.Order = o.ID
	} else {
		p.Hearing = h.ID
	}
	return p
}

// everything is what a reader finds in a paper: its text, and its metadata.
func everything(t *testing.T, path string) string {
	t.Helper()
	var all strings.Builder
	for _, command := range [][]string{{"pdftotext", "-raw", path, "-"}, {"pdfinfo", path}, {"pdfinfo", "-meta", path}} {
		if _, err := exec.LookPath(command[0]); err != nil {
			t.Skip(command[0] + " (poppler-utils) is not installed")
		}
		out, err := exec.Command(command[0], command[1:]...).Output()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(out)
	}
	raw := must(os.ReadFile(path))(t)
	return all.String() + string(raw)
}

// No paper, in no language, made by no office, tells a word of a sealed identity, who made it, or on which machine; and the act is in the log.
func TestNoPaperTellsASealedIdentity(t *testing.T) {
	t.Parallel()
	b, h, o := stationery(t)
	host, _ := os.Hostname()
	dir := t.TempDir()
	before := len(must(b.desk.Audit(t.Context()))(t))
	made := 0
	for _, office := range []string{testimony.Judge, testimony.Clerk} {
		d := b.as(office)
		for _, l := range []policy.Language{policy.English, policy.French} {
			for _, k := range notice.Kinds {
				p := paperOf(k, h, o, l)
				name := must(d.PaperName(t.Context(), p))(t)
				if want := "TC-12-2026-Witness-B-" + string(k) + "-" + string(l) + ".pdf"; name != want {
					t.Errorf("the file is called %q, want %q", name, want)
				}
				path := filepath.Join(dir, office+"-"+name)
				if err := d.WritePaper(t.Context(), p, path, false); err != nil {
					t.Fatalf("%s in %s by %s: %v", k, l, office, err)
				}
				made++
				if about := must(os.Stat(path))(t); about.Mode().Perm() != 0o600 {
					t.Errorf("%s can be read by others: %v", name, about.Mode())
				}
				text := everything(t, path)
				if slices.Contains(strings.Fields(text), host) {
					t.Errorf("%s in %s tells the machine", k, l)
				}
				for _, secret := range []string{"Zqcanary", "Invented Person", "(training)", b.path} {
					if strings.Contains(text, secret) {
						t.Errorf("%s in %s tells %q", k, l, secret)
					}
				}
				if !strings.Contains(text, "Witness B") && !strings.Contains(text, "Témoin B") {
					t.Errorf("%s in %s names nobody", k, l)
				}
				if !strings.Contains(text, "Training: an invented case") && !strings.Contains(text, "Exercice : affaire inventée") && !strings.Contains(text, "Exercice\u00a0: affaire inventée") {
					t.Errorf("%s in %s does not say that the case is invented", k, l)
				}
			}
		}
	}
	written := 0
	for _, e := range acts(t, b.as(testimony.Judge), before) {
		if e.Action == "paper.written" {
			written++
			for _, v := range e.Details {
				if strings.ContainsAny(v, "/ ") {
					t.Errorf("the entry tells %q", v)
				}
			}
		}
	}
	if written != made {
		t.Errorf("%d papers, %d entries", made, written)
	}
}

// The sealed record holds an identity only by the receiver of a granted disclosure of this witness; it is audited first and marked.
func TestADisclosedIdentityIsJoinedToTheSealedRecordAlone(t *testing.T) {
	t.Parallel()
	b, h, o := stationery(t)
	r := b.ask(testimony.Clerk, testimony.Clerk)
	sealed := paperOf(notice.SealedRecord, h, o, policy.English)
	sealed.Disclosure = r.ID
	path := filepath.Join(t.TempDir(), "sealed.pdf")
	if err := b.desk.WritePaper(t.Context(), sealed, path, false); !errors.Is(err, identity.ErrNotGranted) {
		t.Errorf("before it is granted: %v", err)
	}
	b.approve(testimony.Registrar, r)
	b.approve(testimony.Judge, r)
	if err := b.desk.WritePaper(t.Context(), sealed, path, false); !errors.Is(err, identity.ErrNotGrantee) {
		t.Errorf("by another than the receiver: %v", err)
	}
	d := b.as(testimony.Clerk)
	for _, k := range notice.Kinds {
		p := paperOf(k, h, o, policy.English)
		p.Disclosure = r.ID
		if err := d.WritePaper(t.Context(), p, path, false); k != notice.SealedRecord && !errors.Is(err, docket.ErrPaperDisclosure) {
			t.Errorf("%s takes it: %v", k, err)
		}
		if k == notice.SealedRecord {
			break
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: a file was left", k)
		}
	}
	other := must(d.Hearings(t.Context()))(t)
	other = slices.DeleteFunc(other, func(x testimony.Hearing) bool { return x.Party == h.Party })
	if err := b.as(testimony.Judge).KeepMinutes(t.Context(), testimony.BuildMinutes(other[0], "TC 12/2026", noon, noon.Add(time.Hour), nil, nil)); err != nil {
		t.Fatal(err)
	}
	d = b.as(testimony.Clerk)
	wrong := sealed
	wrong.Hearing = other[0].ID
	if err := d.WritePaper(t.Context(), wrong, filepath.Join(t.TempDir(), "w.pdf"), false); !errors.Is(err, docket.ErrPaperDisclosure) {
		t.Errorf("for another witness: %v", err)
	}
	if got := must(d.PaperDisclosures(t.Context(), h))(t); len(got) != 1 || got[0].ID != r.ID {
		t.Errorf("offered: %v", got)
	}
	if err := d.WritePaper(t.Context(), sealed, path, true); err != nil {
		t.Fatal(err)
	}
	text := everything(t, path)
	for _, want := range []string{"Zqcanaryname", "Zqcanarynationality", "Disclosed to"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
	if strings.Contains(text, "Zqcanaryaddress") {
		t.Error("a field that was not disclosed is in the record")
	}
	var order []string
	for _, e := range acts(t, b.as(testimony.Judge), 0) {
		if e.Action == "disclosure.on_paper" || e.Action == "paper.written" {
			order = append(order, e.Action)
		}
	}
	if n := len(order); n < 2 || order[n-2] != "disclosure.on_paper" || order[n-1] != "paper.written" {
		t.Errorf("the log has %v", order)
	}
	b.as(testimony.Clerk)
	b.now = r.Until
	if err := b.desk.WritePaper(t.Context(), sealed, path, true); !errors.Is(err, identity.ErrNotGranted) {
		t.Errorf("after its end: %v", err)
	}
	if after := everything(t, path); after != text {
		t.Error("a refused paper changed the one before")
	}
}

// Who may have which paper.
func TestPapersAreForTheOfficesThatNeedThem(t *testing.T) {
	t.Parallel()
	b, h, o := stationery(t)
	for _, office := range testimony.Offices {
		d := b.as(office)
		for _, k := range notice.Kinds {
			may := office != testimony.Auditor && (k != notice.SealedRecord || office != testimony.Advocate)
			path := filepath.Join(t.TempDir(), "p.pdf")
			err := d.WritePaper(t.Context(), paperOf(k, h, o, policy.English), path, false)
			if may != (err == nil) || !may && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s by the %s: %v", k, office, err)
			}
			if _, err := os.Lstat(path); !may && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s by the %s left a file", k, office)
			}
		}
	}
}

// What cannot be written leaves nothing and replaces nothing.
func TestAPaperThatCannotBeWrittenLeavesNothing(t *testing.T) {
	t.Parallel()
	b, h, o := stationery(t)
	d := b.desk
	dir := t.TempDir()
	taken, folder := filepath.Join(dir, "taken.pdf"), filepath.Join(dir, "folder.pdf")
	if err := errors.Join(os.WriteFile(taken, []byte("kept"), 0o600), os.Mkdir(folder, 0o700)); err != nil {
		t.Fatal(err)
	}
	good := paperOf(notice.OrderPaper, h, o, policy.English)
	unheld := must(d.Hearings(t.Context()))(t)
	unheld = slices.DeleteFunc(unheld, func(x testimony.Hearing) bool { return x.ID == h.ID })
	for name, c := range map[string]struct {
		paper   docket.PaperFor
		to      string
		replace bool
		want    error
	}{
		"over a file":           {good, taken, false, fs.ErrExist},
		"over a folder":         {good, folder, true, fs.ErrExist},
		"into no folder":        {good, filepath.Join(dir, "none", "p.pdf"), false, fs.ErrNotExist},
		"under a file":          {good, filepath.Join(taken, "p.pdf"), false, nil},
		"as another kind":       {good, filepath.Join(dir, "p.txt"), false, docket.ErrPaperName},
		"of no order":           {docket.PaperFor{Kind: notice.OrderPaper, Order: "none", Language: policy.English}, filepath.Join(dir, "p.pdf"), false, docket.ErrNotFound},
		"of no hearing":         {docket.PaperFor{Kind: notice.ToPress, Hearing: "none", Language: policy.English}, filepath.Join(dir, "p.pdf"), false, docket.ErrNotFound},
		"of no kind":            {docket.PaperFor{Kind: "poster", Hearing: h.ID, Language: policy.English}, filepath.Join(dir, "p.pdf"), false, docket.ErrInvalid},
		"in no language":        {paperOf(notice.OrderPaper, h, o, "de"), filepath.Join(dir, "p.pdf"), false, notice.ErrLanguage},
		"minutes that are none": {docket.PaperFor{Kind: notice.PublicRecord, Hearing: unheld[0].ID, Language: policy.English}, filepath.Join(dir, "p.pdf"), false, docket.ErrNotHeld},
	} {
		if err := d.WritePaper(t.Context(), c.paper, c.to, c.replace); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range acts(t, d, 0) {
		if e.Action == "paper.written" {
			t.Error("the log tells of a paper that was refused")
		}
	}
	if files := must(os.ReadDir(dir))(t); len(files) != 2 || string(must(os.ReadFile(taken))(t)) != "kept" {
		t.Errorf("left: %v", files)
	}
	if err := d.WritePaper(t.Context(), good, taken, true); err != nil {
		t.Errorf("replacing when told to: %v", err)
	}
	if raw := must(os.ReadFile(taken))(t); !strings.HasPrefix(string(raw), "%PDF-") {
		t.Error("it was not replaced")
	}
}

// A paper bears the signature of the judge's last decision with the words of the key, and the steps that led there; where a signature is false it says so
// before anything else.
func TestAnOrdersPaperBearsItsSignature(t *testing.T) {
	t.Parallel()
	judge := training(t)
	c, p := aParty(t, judge)
	d := as(t, judge, testimony.Clerk)
	o := step(t, d, filed(t, d, c, p.ID), order.Serve)
	d = as(t, d, testimony.Judge)
	o = step(t, d, o, order.Grant)
	dir := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(dir, name)
		if err := d.WritePaper(t.Context(), docket.PaperFor{Kind: notice.OrderPaper, Order: o.ID, Language: policy.English}, path, false); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(everything(t, path)), " ")
	}
	text := write("signed.pdf")
	key := d.Me().Fingerprint()
	version := o.History[len(o.History)-1]
	for _, want := range []string{"Signed by Judge", strings.Join(docket.FingerprintWords(key, "en")[:3], " "), base64.StdEncoding.EncodeToString(version.Signature)[:40],
		"the protected person or their advocate", "Served on the other side Clerk", "Granted Judge"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text[:min(len(text), 4000)])
		}
	}
	if strings.Contains(text, "NOT GENUINE") || strings.Contains(text, "no electronic signature") {
		t.Error("it says that it is not signed")
	}
	d = as(t, d, testimony.Clerk)
	if err := docket.Forge(t.Context(), d, o.ID, func(o *order.Order) { o.Measures = o.Measures[1:] }); err != nil {
		t.Fatal(err)
	}
	text = write("forged.pdf")
	if !strings.Contains(text, "NOT GENUINE") || strings.Contains(text, base64.StdEncoding.EncodeToString(version.Signature)[:40]) {
		t.Error("a forged order looks like a genuine one")
	}
}

// Of a hearing that is cancelled nobody is given notice.
func TestNoPaperOfACancelledHearing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Clerk)
	h := must(d.Hearings(t.Context()))(t)[0]
	must(d.Cancel(t.Context(), h.ID, "the witness is ill"))(t)
	for _, k := range []notice.Kind{notice.ToAccused, notice.ToPress, notice.ForWitness, notice.ReadinessList} {
		if err := d.WritePaper(t.Context(), docket.PaperFor{Kind: k, Hearing: h.ID, Language: policy.French}, filepath.Join(t.TempDir(), "n.pdf"), false); !errors.Is(err, docket.ErrInvalid) {
			t.Errorf("%s: %v", k, err)
		}
	}
}

// A hearing of a witness whom no order protects has no notice.
func TestNoNoticeWithoutAnOrderInForce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Clerk)
	c := must(d.FindCase(t.Context(), "TC 31/2026"))(t)
	p := must(d.FindParty(t.Context(), c, "Witness D"))(t) // of whom an application waits
	h := planned(c, p.ID, noon)
	for _, x := range must(d.Against(t.Context(), h))(t) {
		h.Accepted = append(h.Accepted, testimony.Acceptance{Key: x.Key(), Reason: "the order is expected"})
	}
	h = must(d.Schedule(t.Context(), h))(t)
	for _, k := range []notice.Kind{notice.ToAccused, notice.ToPress} {
		path := filepath.Join(t.TempDir(), "n.pdf")
		if err := d.WritePaper(t.Context(), docket.PaperFor{Kind: k, Hearing: h.ID, Language: policy.French}, path, false); !errors.Is(err, notice.ErrNoOrder) {
			t.Errorf("%s: %v", k, err)
		}
	}
	o := must(d.FindOrder(t.Context(), c, "2026/130"))(t)
	path := filepath.Join(t.TempDir(), "o.pdf")
	if err := d.WritePaper(t.Context(), docket.PaperFor{Kind: notice.OrderPaper, Order: o.ID, Language: policy.English}, path, false); err != nil {
		t.Fatal(err)
	}
	text := everything(t, path)
	for _, want := range []string{"Application for protective measures", "Nothing is decided yet."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on an undecided order", want)
		}
	}
}
