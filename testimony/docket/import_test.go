package docket_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const twoOrders = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]}],
 "orders":[{"key":"a","case":"c","party":"w","reference":"7","state":"in_force","measures":[{"kind":"face_alteration"}]},
  {"key":"b","case":"c","party":"w","reference":"8","state":"in_force","measures":[{"kind":"pseudonym"}]}]}`

// Whoever keeps the docket records decisions that protect; those that lift protection only a judge records.
func TestDecisionsThatLiftAreRecordedByAJudge(t *testing.T) {
	t.Parallel()
	second := `"reference":"8","state":"in_force"`
	for name, c := range map[string]struct{ new, path string }{
		"in force":  {second, ""},
		"interim":   {`"reference":"8","state":"interim"`, ""},
		"filed":     {`"reference":"8","state":"filed"`, ""},
		"replacing": {second + `,"replaces":["a"]`, "orders[1].replaces"},
		"rescinded": {`"reference":"8","state":"rescinded"`, "orders[1].state"},
		"suspended": {`"reference":"8","state":"suspended"`, "orders[1].state"},
		"spent":     {`"reference":"8","state":"spent"`, "orders[1].state"},
		"refused":   {`"reference":"8","state":"refused"`, "orders[1].state"},
	} {
		text := strings.Replace(twoOrders, second, c.new, 1)
		for _, office := range []string{testimony.Clerk, testimony.Judge} {
			d := fresh(t, office, still)
			err := importText(t, d, text)
			refused := office == testimony.Clerk && c.path != ""
			if refused != (err != nil) || refused && !strings.HasPrefix(err.Error(), c.path+": only a judge records") {
				t.Errorf("%s by a %s: %v", name, office, err)
			}
			if list := must(d.Orders(t.Context()))(t); refused != (len(list) == 0) {
				t.Errorf("%s by a %s: %d orders are kept", name, office, len(list))
			}
		}
	}
}

// An imported order that replaces another names it by its key, and only one of the same document.
func TestImportedReplacement(t *testing.T) {
	t.Parallel()
	second := `"reference":"8","state":"in_force"`
	for _, key := range []string{"b", "z", ""} {
		err := importText(t, fresh(t, testimony.Judge, still), strings.Replace(twoOrders, second, second+`,"replaces":["`+key+`"]`, 1))
		if err == nil || !strings.Contains(err.Error(), "orders[1].replaces[0]") {
			t.Errorf("order b replaces %q: %v", key, err)
		}
	}
	d := fresh(t, testimony.Judge, still)
	if err := importText(t, d, strings.Replace(twoOrders, second, second+`,"replaces":["a"]`, 1)); err != nil {
		t.Fatal(err)
	}
	list := must(d.Orders(t.Context()))(t)
	applying := order.Applying(list, list[0].Case, list[0].Party, noon)
	if len(applying) != 1 || applying[0].Reference != "8" {
		t.Errorf("%d orders apply: %+v", len(applying), applying)
	}
}

// Whatever is handed in, it is refused or it is a docket: what was accepted is read again as it was.
func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(twoOrders))
	f.Add([]byte(`{"format":"paravent.docket/1"}`))
	f.Add([]byte(`{"format":"paravent.docket/1","cases":[{"key":"","reference":"","offence":"mixed"}]}`))
	f.Add([]byte(`{"format":"paravent.docket/2"}`))
	f.Add([]byte(`[]`))
	f.Add([]byte("\xff{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := docket.ReadDocument(bytes.NewReader(text))
		if err != nil {
			return
		}
		again, err := json.Marshal(doc)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := docket.ReadDocument(bytes.NewReader(again))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		if diff := cmp.Diff(doc, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-read +read again):\n%s", diff)
		}
	})
}
