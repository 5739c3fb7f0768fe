package catalogue_test

import (
	"slices"
	"testing"

	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
)

// The shipped catalogue holds every measure that the program knows and no other, each with its words in both languages and at
// least one legal basis; and its names are those that the matrix speaks of.
func TestShippedCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	c := catalogue.Shipped()
	if len(c.Measures) != len(order.Catalogue) {
		t.Errorf("%d measures are shipped, and the program knows %d", len(c.Measures), len(order.Catalogue))
	}
	for _, e := range order.Catalogue {
		got, ok := c.Find(e.Kind)
		if !ok {
			t.Errorf("%s is not in the catalogue", e.Kind)
			continue
		}
		if len(got.Bases) == 0 || got.End == "" || len(got.Applicants) == 0 {
			t.Errorf("%s has no basis, no end or no applicant: %+v", e.Kind, got)
		}
		words := []catalogue.Words{got.Name, got.Effect}
		for _, cond := range got.Conditions {
			words = append(words, cond.Words)
		}
		for _, w := range words {
			if w.EN == "" || w.FR == "" || w.In("en") == w.In("fr") && w != got.Name {
				t.Errorf("%s lacks words in one language: %+v", e.Kind, w)
			}
		}
		for _, b := range got.Bases {
			if !slices.Contains(catalogue.Laws, b.Law) || b.Rule == "" {
				t.Errorf("%s has a basis of no law: %+v", e.Kind, b)
			}
		}
		if got.Name.EN != policy.MeasureWord(e.Kind, policy.English) || got.Name.FR != policy.MeasureWord(e.Kind, policy.French) {
			t.Errorf("%s is called %+v, and in the matrix %s", e.Kind, got.Name, policy.MeasureWord(e.Kind, policy.English))
		}
	}
}

// Each body of law gives its own bases only; and the conditions that full anonymity must declare are in the catalogue.
func TestShippedByLaw(t *testing.T) {
	t.Parallel()
	for _, law := range catalogue.Laws {
		some := false
		for _, e := range catalogue.Shipped(law).Measures {
			for _, b := range e.Bases {
				some = true
				if b.Law != law {
					t.Errorf("of %s: %s rests on %+v", law, e.Kind, b)
				}
			}
		}
		if !some {
			t.Errorf("%s gives no basis", law)
		}
	}
	e, _ := catalogue.Shipped().Find(order.FullAnonymity)
	for _, set := range order.AnonymityConditions {
		for _, want := range set {
			if !slices.ContainsFunc(e.Conditions, func(c catalogue.Condition) bool { return c.Declare == want }) {
				t.Errorf("the condition %s is not in the catalogue", want)
			}
		}
	}
}
