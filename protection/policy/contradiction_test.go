package policy_test

import (
	"strings"
	"testing"

	"paravent/protection/order"
	"paravent/protection/policy"
)

// Every contradiction names both orders, in both languages, with nothing left open.
func TestEveryContradictionNamesBothOrders(t *testing.T) {
	t.Parallel()
	for _, in := range order.Contradictions {
		for _, l := range []policy.Language{policy.English, policy.French, "xx"} {
			s := policy.Contradicted(order.Contradiction{In: in, Measure: order.LiveLink, StandsReference: "2026/1", OtherReference: "2026/2"}, l)
			if !strings.Contains(s, "2026/1") || !strings.Contains(s, "2026/2") || strings.Contains(s, "%!") {
				t.Errorf("%s in %s: %q", in, l, s)
			}
		}
	}
}
