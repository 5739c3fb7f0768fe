package lookup_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/app/lookup"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const (
	benchCases   = 200
	benchParties = 500 // of each case
)

// BenchmarkSearch opens a vault with 100,000 protected parties, from the file to the answer of a first search, and then searches it. The derivation of the
// key is left out: the vault's is a light one. The figures are medians of the rounds.
func BenchmarkSearch(b *testing.B) {
	path := filepath.Join(b.TempDir(), "vault")
	opts := docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}
	fill(b, path, opts)
	var searchable, search []float64
	for b.Loop() {
		start := time.Now()
		d, err := docket.Unlock(b.Context(), path, "clerk", []byte(docket.TrainingPassphrase), opts)
		if err != nil {
			b.Fatal(err)
		}
		x := index(b, d)
		if found := x.Find("witness q case 77/"); len(found) == 0 {
			b.Fatal("nothing is found")
		}
		searchable = append(searchable, time.Since(start).Seconds())
		for _, part := range []string{"77/26", "ness qa", "itnes", "zq case 9", "nothing of the kind"} {
			start = time.Now()
			x.Find(part)
			search = append(search, float64(time.Since(start).Microseconds())/1000)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(search)
	b.ReportMetric(median(searchable), "s-to-searchable")
	b.ReportMetric(search[len(search)-1], "ms/slowest-search")
	b.ReportMetric(median(search), "ms/search")
}

func index(b *testing.B, d *docket.Desk) *lookup.Index {
	cases, err := d.Cases(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	references := map[protection.CaseID]string{}
	for _, c := range cases {
		references[c.ID] = c.Reference
	}
	parties, err := d.Parties(b.Context())
	if err != nil || len(parties) < benchCases*benchParties {
		b.Fatalf("%d parties, %v", len(parties), err)
	}
	lines := make([]string, 0, len(parties))
	for _, p := range parties {
		for _, a := range p.Appearances {
			lines = append(lines, string(a.Pseudonym)+" witness · "+references[a.Case])
		}
	}
	return lookup.New(lines)
}

func fill(b *testing.B, path string, opts docket.Options) {
	d, err := docket.CreateTraining(b.Context(), path, opts)
	if err != nil {
		b.Fatal(err)
	}
	doc := docket.Document{Format: docket.Format}
	for c := range benchCases {
		key := fmt.Sprint("c", c)
		doc.Cases = append(doc.Cases, docket.CaseLine{Key: key, Reference: fmt.Sprintf("case %d/26", c), Offence: testimony.Offences[0]})
		var given []protection.Pseudonym
		for p := range benchParties {
			if p%26 == 0 {
				given = given[:0]
			}
			given = append(given, protection.NextPseudonym(given))
			name := protection.Pseudonym(fmt.Sprintf("%s%d", given[len(given)-1], p/26))
			doc.Parties = append(doc.Parties, docket.PartyLine{Key: fmt.Sprint(key, "p", p), Status: protection.VictimWitness, Language: "fr",
				Appearances: []docket.AppearanceLine{{Case: key, Pseudonym: name}}})
		}
	}
	if _, err := d.Import(b.Context(), doc); err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
