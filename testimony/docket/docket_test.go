package docket_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// light are parameters for tests: a vault's creator may choose less than the floor.
var light = docket.Options{Clock: func() time.Time { return noon }, KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}

func training(t *testing.T) *docket.Desk {
	t.Helper()
	d, err := docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "training.paravent"), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// as closes the desk and opens the same vault as another user.
func as(t *testing.T, d *docket.Desk, login string) *docket.Desk {
	t.Helper()
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := docket.Unlock(t.Context(), path, login, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}

func TestTrainingVaultIsWholeForEveryOffice(t *testing.T) {
	t.Parallel()
	d := training(t)
	for _, office := range testimony.Offices {
		d = as(t, d, office)
		if string(d.Me().Role) != office {
			t.Fatalf("unlocked as %s", d.Me().Role)
		}
		report, err := d.Verify(t.Context(), nil)
		if err != nil || !report.Sound() {
			t.Fatalf("%s: verify: %v %+v", office, err, report.Faults)
		}
		if err := d.VerifyAudit(t.Context()); err != nil {
			t.Fatalf("%s: %v", office, err)
		}
		_, err = d.Cases(t.Context())
		if office == testimony.Auditor {
			if !errors.Is(err, store.ErrNoAccess) {
				t.Errorf("the auditor reads the docket: %v", err)
			}
			if entries, err := d.Audit(t.Context()); err != nil || len(entries) < 10 {
				t.Errorf("the auditor sees %d entries: %v", len(entries), err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", office, err)
		}
		items, err := d.Today(t.Context(), noon)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []docket.ItemKind
		for _, i := range items {
			kinds = append(kinds, i.Kind)
		}
		want := []docket.ItemKind{docket.HearingNow, docket.OrderExpired, docket.OrderUnserved, docket.NotReady, docket.RemindersDue, docket.RemindersDue, docket.IdentityNotTaken, docket.HearingSoon}
		if office == testimony.Judge || office == testimony.Advocate { // who see to it that a witness was warned
			want = slices.Insert(want, 6, docket.WarningNotGiven, docket.WarningNotGiven)
		}
		if office != testimony.Advocate { // who ask other States, or decide without them
			want = slices.Insert(want, 6, docket.NoPermission)
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("%s: today (-want +got):\n%s", office, diff)
		}
	}
}

func TestExportImportRoundTrip(t *testing.T) {
	t.Parallel()
	d := training(t)
	doc, err := d.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "v"), store.NewUser{Login: "j", Role: testimony.Judge, Passphrase: []byte(passphrase)}, light)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	if _, err := fresh.Import(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
	again, err := fresh.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Orders[0].Steps) != 1 || again.Orders[0].Steps[0].Step != order.Record {
		t.Errorf("what the judge recorded is told as %+v", again.Orders[0].Steps)
	}
	if diff := cmp.Diff(doc, again, cmpopts.IgnoreFields(docket.OrderLine{}, "Steps")); diff != "" {
		t.Errorf("the docket changed on its way (-out +back):\n%s", diff)
	}
	// What the key said never became an id.
	h, err := fresh.FindHearing(t.Context(), "hearing-1")
	if err != nil || h.ID == "hearing-1" {
		t.Errorf("hearing-1 became %q: %v", h.ID, err)
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	good := `{"format":"paravent.docket/1",
	 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
	 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]}],
	 "orders":[{"key":"o","case":"c","party":"w","reference":"7","state":"in_force","measures":[{"kind":"face_alteration"}]}],
	 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-11-25T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
	  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"g","role":"gallery"}]}]}`
	for name, c := range map[string]struct{ old, new, path string }{
		"unknown field":        {`"offence"`, `"name":"Amina","offence"`, "cases[0]"},
		"bad enum":             {`"trafficking"`, `"theft"`, "cases[0].offence"},
		"bench in an order":    {`{"kind":"face_alteration"}`, `{"kind":"face_alteration","audiences":["bench"]}`, "orders[0].measures[0].audiences[0]"},
		"unknown party":        {`"party":"w","reference"`, `"party":"x","reference"`, "orders[0].party"},
		"bad zone":             {`Africa/Lagos`, `Africa/Nowhere`, "hearings[0].witness_zone"},
		"two witnesses":        {`{"key":"g","role":"gallery"}`, `{"key":"g","role":"witness","party":"w"}`, "hearings[0].participants"},
		"same seat twice":      {`{"key":"g"`, `{"key":"w"`, "hearings[0].participants[1].key"},
		"bad time":             {`2026-11-25T09:00:00Z`, `tomorrow`, "hearings[0].start"},
		"pseudonym not unique": {`"parties":[`, `"parties":[{"key":"v","status":"witness","appearances":[{"case":"c","pseudonym":"Witness A"}]},{"key":"z","status":"witness","appearances":[{"case":"c","pseudonym":"witness a"}]},`, "parties[1].appearances[0].pseudonym"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "v"), store.NewUser{Login: "c", Role: testimony.Clerk, Passphrase: []byte(passphrase)}, light)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the case changes nothing")
			}
			err = importText(t, d, text)
			if err == nil || !strings.Contains(err.Error(), c.path+": ") {
				t.Errorf("got %v, want the path %s", err, c.path)
			}
			if list, err := d.Cases(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("%d cases were written: %v", len(list), err)
			}
			if err := importText(t, d, good); err != nil {
				t.Errorf("the good document afterwards: %v", err)
			}
			if err := importText(t, d, good); err == nil || !strings.Contains(err.Error(), "cases[0].reference") {
				t.Errorf("the same document twice: %v", err)
			}
		})
	}
}

func importText(t *testing.T, d *docket.Desk, text string) error {
	t.Helper()
	doc, err := docket.ReadDocument(strings.NewReader(text))
	if err != nil {
		return err
	}
	_, err = d.Import(t.Context(), doc)
	return err
}

// Two imports may use the same keys. A key that stands for two entries opens neither, and an export tells them apart.
func TestKeysOfTwoImportsAreToldApart(t *testing.T) {
	t.Parallel()
	d, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "v"), store.NewUser{Login: "judge", DisplayName: "judge", Role: testimony.Judge, Passphrase: []byte(passphrase)}, light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	const text = `{"format":"paravent.docket/1","cases":[{"key":"c","reference":"TC REF/2026","offence":"trafficking"}],
	 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]}],
	 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-11-25T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
	  "participants":[{"key":"w","role":"witness","party":"w"}]}]}`
	for _, reference := range []string{"1", "2"} {
		if err := importText(t, d, strings.Replace(text, "REF", reference, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.FindHearing(t.Context(), "h"); !errors.Is(err, docket.ErrNotFound) || !strings.Contains(err.Error(), "more than one hearing") {
		t.Errorf("a key of two hearings finds %v", err)
	}
	doc, err := d.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "v"), store.NewUser{Login: "judge", DisplayName: "judge", Role: testimony.Judge, Passphrase: []byte(passphrase)}, light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if done, err := other.Import(t.Context(), doc); err != nil || len(done.Hearings) != 2 {
		t.Errorf("the export of both is imported as %+v: %v", done, err)
	}
}

func TestSchemaInTheDocumentsIsTheOneInUse(t *testing.T) {
	t.Parallel()
	published, err := os.ReadFile("../../docs/docket.schema.json")
	if err != nil || string(published) != string(docket.Schema) {
		t.Errorf("docs/docket.schema.json differs from testimony/docket/docket.schema.json (%v)", err)
	}
}

func TestOnlyAJudgeDecides(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Clerk)
	list, err := d.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.State == order.Filed {
			if _, err := d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(order.InForce)); !errors.Is(err, order.ErrJudgeOnly) {
				t.Errorf("the clerk decided an order: %v", err)
			}
		}
	}
	d = as(t, d, testimony.Judge)
	for _, o := range list {
		if o.State == order.Filed {
			if o, err = d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(order.InForce)); err != nil || !o.Decided.Equal(noon) {
				t.Errorf("the judge could not decide: %v", err)
			}
		}
	}
}

func TestNobodyEnrolsTheOtherCollege(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Clerk)
	_, err := d.AddUser(t.Context(), store.NewUser{Login: "second judge", Role: testimony.Judge, Passphrase: []byte(passphrase)})
	if !errors.Is(err, docket.ErrEnrol) {
		t.Errorf("the clerk enrolled a judge: %v", err)
	}
	if _, err := d.AddUser(t.Context(), store.NewUser{Login: "second clerk", Role: testimony.Clerk, Passphrase: []byte(passphrase)}); err != nil {
		t.Errorf("the clerk could not enrol a clerk: %v", err)
	}
}

func TestIdentityIsSealedAndUnreadable(t *testing.T) {
	t.Parallel()
	const name = "Canary Oyelaran-Tchoupitoulas"
	d := as(t, training(t), testimony.Advocate)
	list, err := d.Parties(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SealIdentity(t.Context(), list[0].ID, identity.Fields{identity.Name: name}); err != nil {
		t.Fatal(err)
	}
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{name, "Oyelaran", "Witness B", "TC 12/2026", "judge"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("%q stands in the vault file", secret)
		}
	}
}

func TestErrorsAreTold(t *testing.T) {
	t.Parallel()
	d := training(t)
	path := d.Path()
	ctx := context.Background()
	if _, err := docket.Unlock(ctx, path, "judge", []byte(docket.TrainingPassphrase), light); !errors.Is(err, store.ErrInUse) {
		t.Errorf("in use: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"judge", "nobody"} {
		if _, err := docket.Unlock(ctx, path, login, []byte("wrong"), light); !errors.Is(err, store.ErrWrongPassphrase) {
			t.Errorf("%s: %v", login, err)
		}
	}
	not := filepath.Join(t.TempDir(), "not")
	if err := os.WriteFile(not, []byte("something else entirely"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := docket.Unlock(ctx, not, "judge", []byte("x"), light); !errors.Is(err, store.ErrNotVault) {
		t.Errorf("not a vault: %v", err)
	}
	if _, err := docket.CreateTraining(ctx, path, light); !errors.Is(err, os.ErrExist) {
		t.Errorf("an existing file: %v", err)
	}
}

func TestPseudonymsAreAllottedAndNeverReused(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, err := d.FindCase(t.Context(), "tc 12/2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []protection.Pseudonym{"Witness A", "Witness D", "Witness E"} {
		p, err := d.AddParty(t.Context(), c, protection.Witness, "en")
		if err != nil || p.PseudonymIn(c) != want {
			t.Errorf("allotted %q, want %q: %v", p.PseudonymIn(c), want, err)
		}
	}
}
