package etcdtest

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/store"
	"paravent/store/etcd"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func placeOn(c *cluster, parameters string) string {
	return etcd.Scheme + c.members[0].address + strings.TrimSuffix(freshPrefix(), "/") + parameters
}

func wide(m *member) { m.MaxTxnOps, m.MaxRequestBytes = 4096, 8<<20 }

const wideParameters = "?max-txn-ops=4096&max-request-bytes=8388608"

func sit(t *testing.T, place, login string) *docket.Desk {
	t.Helper()
	d, err := docket.Unlock(t.Context(), place, login, []byte(docket.TrainingPassphrase), docket.Options{})
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

// TestCourtOnACluster does a day's work of two desks on one cluster.
func TestCourtOnACluster(t *testing.T) {
	t.Parallel()
	c := start(t, 1, wide)
	place := placeOn(c, wideParameters)
	judge, err := docket.CreateTraining(t.Context(), place, docket.Options{})
	must(t, err)
	defer judge.Close()
	registrar := sit(t, place, testimony.Registrar)

	// A change of one appears on the other.
	events := registrar.Watch(t.Context())
	_, err = judge.AddCase(t.Context(), testimony.Case{Reference: "TC 99/2026", Offence: testimony.Offences[0]})
	must(t, err)
	await(t, events, foreign)
	if _, err := registrar.FindCase(t.Context(), "TC 99/2026"); err != nil {
		t.Error(err)
	}

	// Of two decisions on one order, one wins, and the other hears what has become of it.
	orders, err := judge.Orders(t.Context())
	must(t, err)
	at := -1
	for i, o := range orders {
		if o.State == order.InForce {
			at = i
		}
	}
	if at < 0 {
		t.Fatal("the training vault has no order in force")
	}
	seen := orders[at]
	second := sit(t, place, testimony.Judge)
	_, err = second.StepOrder(t.Context(), seen.ID, &seen, lifts(order.Suspend))
	must(t, err)
	var changed *docket.ChangedError
	_, err = judge.StepOrder(t.Context(), seen.ID, &seen, lifts(order.Rescind))
	if !errors.As(err, &changed) || changed.Theirs != string(order.Suspended) || !errors.Is(err, docket.ErrChanged) {
		t.Errorf("got %v", err)
	}

	// So with what is noted of a user.
	clerk := users(t, judge)[testimony.Clerk]
	must(t, registrar.SetAgencyFrom(t.Context(), clerk, "", "court registry"))
	if err := registrar.SetAgencyFrom(t.Context(), clerk, "", "another"); !errors.As(err, &changed) || changed.Theirs != "court registry" {
		t.Errorf("got %v", err)
	}
	must(t, registrar.SetAgencyFrom(t.Context(), clerk, "court registry", "another"))

	// A copy of it is a file like any other.
	dir := t.TempDir()
	backup, err := registrar.Backup(t.Context(), dir, nil)
	must(t, err)
	if filepath.Dir(backup.Path) != dir || backup.Records == 0 {
		t.Errorf("%+v", backup)
	}
	copied := sit(t, backup.Path, testimony.Judge)
	if _, err := copied.FindCase(t.Context(), "TC 99/2026"); err != nil {
		t.Error(err)
	}
	report, err := copied.Verify(t.Context(), nil)
	must(t, errors.Join(err, copied.VerifyAudit(t.Context()), judge.VerifyAudit(t.Context())))
	if !report.Sound() {
		t.Errorf("%+v", report.Faults)
	}

	// The place is taken.
	_, err = docket.CreateTraining(t.Context(), place, docket.Options{})
	if !errors.Is(err, docket.ErrPlaceTaken) {
		t.Errorf("got %v", err)
	}
	if _, err := judge.Cases(t.Context()); err != nil {
		t.Errorf("the vault that was there: %v", err)
	}
}

func users(t *testing.T, d *docket.Desk) map[string]store.UserID {
	list, err := d.Users(t.Context())
	must(t, err)
	byOffice := map[string]store.UserID{}
	for _, u := range list {
		byOffice[string(u.Role)] = u.ID
	}
	return byOffice
}

// TestImportBeyondTheLimits is refused as a whole, with the reason.
func TestImportBeyondTheLimits(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	place := placeOn(c, "")
	d, err := docket.Create(t.Context(), place, store.NewUser{Login: "judge", DisplayName: "Judge", Role: testimony.Judge, Passphrase: []byte("five grey owls count eggs")},
		docket.Options{KDF: store.FloorKDF})
	must(t, err)
	defer d.Close()
	doc := docket.Document{Format: docket.Format}
	for i := range 200 {
		doc.Cases = append(doc.Cases, docket.CaseLine{Key: string(rune('A'+i%26)) + time.Duration(i).String(), Reference: time.Duration(i).String(), Offence: testimony.Offences[0]})
	}
	var limit *store.LimitError
	if _, err := d.Import(t.Context(), doc); !errors.As(err, &limit) || limit.Ops < 200 || limit.Limits.Ops != 126 {
		t.Errorf("got %v", err)
	}
	if cases, err := d.Cases(t.Context()); err != nil || len(cases) != 0 {
		t.Errorf("%d cases, %v", len(cases), err)
	}
	doc.Cases = doc.Cases[:20]
	if _, err := d.Import(t.Context(), doc); err != nil {
		t.Errorf("a small one: %v", err)
	}
}

// lifts is a decision that lifts an order, with all that it needs.
func lifts(step order.Step) order.Act {
	return order.Act{Step: step, Reasons: "No danger is left.", Change: "The trial has ended.", Consent: order.Consent{Will: order.Consents}}
}
