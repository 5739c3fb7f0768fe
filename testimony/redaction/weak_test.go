package redaction_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"paravent/testimony/redaction"
)

// A key of small order signs nothing: there are signatures under it that fit any text.
func TestKeyOfSmallOrder(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 30, 2*time.Second))
	list := s.list(t, 1, passages[0])
	file := s.derive(t, list)
	one := "0100000000000000000000000000000000000000000000000000000000000000"
	for _, key := range []string{one, strings.Repeat("00", 32), "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", strings.Repeat("00", 31) + "80"} {
		public, _ := hex.DecodeString(key)
		r, _ := hex.DecodeString(one)
		for number := 1; number < 20; number++ { // of a key of order four, one signature in four fits
			forged := *list
			forged.Number = number
			plan := s.plan(t, &forged)
			plan.Ordered = redaction.Mark{Public: public, Signature: append(r, make([]byte, 32)...)}
			if rep := verify(t, redaction.Relist(t, file, plan)); rep.Sound() {
				t.Fatalf("a list that nobody signed is taken for a judge's, under the key %s", key)
			}
		}
	}
}
