package docket_test

import (
	"path/filepath"
	"testing"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// BenchmarkTheDayOfAnAdvocate lists the day of an advocate who keeps 200 care files with an assessment in each.
func BenchmarkTheDayOfAnAdvocate(b *testing.B) {
	ctx := b.Context()
	d, err := docket.Create(ctx, filepath.Join(b.TempDir(), "v.paravent"), store.NewUser{Login: "a", Role: testimony.Advocate, Passphrase: []byte("a long enough passphrase of words")}, docket.Options{KDF: store.FloorKDF, Clock: func() time.Time { return noon }})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	c, err := d.AddCase(ctx, testimony.Case{Reference: "1", Offence: testimony.Trafficking})
	if err != nil {
		b.Fatal(err)
	}
	for range 200 {
		p, err := d.AddParty(ctx, c.ID, protection.Witness, "yo")
		if err != nil {
			b.Fatal(err)
		}
		if err := d.SaveRisk(ctx, p.ID, 0, assessment()); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := d.Today(ctx, noon); err != nil {
			b.Fatal(err)
		}
	}
}
