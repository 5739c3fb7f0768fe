package statistics

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkStatistics counts 100,000 parties over three dimensions, hides what has to be and audits it. The figure is the median of the rounds.
func BenchmarkStatistics(b *testing.B) {
	var list []Record
	form, region, age, sex := Values(Trafficking, Form), Values(Trafficking, Region), Values(Trafficking, AgeBand), Values(Trafficking, Sex)
	for i := range 100_000 {
		list = append(list, Record{Family: Trafficking, Form: form[min(i*i%97*i%13%len(form), i%7)], Region: region[(i*7+i/13)%(1+i%len(region))],
			AgeBand: age[(i/3)%(1+i%len(age))], Sex: sex[i%(1+i%4*i%3)]})
	}
	var took []float64
	for b.Loop() {
		start := time.Now()
		t, err := Count(list, Trafficking, []Dimension{Form, AgeBand, Region})
		if err != nil {
			b.Fatal(err)
		}
		r, err := Protect(t, DefaultThreshold, nil)
		if err != nil || r.Published().HiddenCells() == 0 {
			b.Fatal("nothing had to be protected", err)
		}
		took = append(took, time.Since(start).Seconds())
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "s-to-audited")
}
