package store_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"paravent/store"
)

// FuzzStoredValues puts any bytes in the place of any stored value: a check with keys or one without says so, whatever they are. Grants and logins of
// others, and requests that wait, cannot be told from others of their length by this user.
func FuzzStoredValues(f *testing.F) {
	m, v := sample(f)
	must(f, v.OpenReception(f.Context(), false))
	others := grantsOfOthers(f, m, v)
	places := slices.DeleteFunc(slices.Sorted(maps.Keys(m.records)), func(at string) bool { return others[at] })
	seen := map[string]bool{}
	for i, at := range places {
		if bucket, _, _ := strings.Cut(at, "\x00"); !seen[bucket] {
			seen[bucket] = true
			f.Add(uint16(i), m.records[at])
			f.Add(uint16(i), m.records[at][:len(m.records[at])/2])
		}
	}
	f.Add(uint16(0), []byte{})
	f.Fuzz(func(t *testing.T, which uint16, value []byte) {
		at := places[int(which)%len(places)]
		spoiled := m.copy()
		spoiled.records[at] = value
		report, keyless := store.VerifyWithoutKeys(t.Context(), spoiled, nil)
		keys := examine(t, spoiled)
		if same := bytes.Equal(value, m.records[at]); !same && keyless == nil && report.Sound() && keys == nil {
			t.Errorf("%q has another value, and nothing says so", at)
		} else if same && (keyless != nil || !report.Sound() || keys != nil) {
			t.Errorf("%q is as it was: %v, %v, %v", at, keyless, report.Faults, keys)
		}
	})
}
