package live_test

import (
	"errors"
	"strings"
	"testing"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
)

// A judge's seat receives everything clear, so that none but a judge lets anyone into it: whoever plans a hearing can make such a seat.
func TestOnlyAJudgeAdmitsToAJudgesSeat(t *testing.T) {
	t.Parallel()
	c := &clock{}
	d, err := docket.Create(t.Context(), t.TempDir()+"/v", store.NewUser{Login: "clerk", Role: testimony.Clerk, Passphrase: []byte("five grey owls count eggs")},
		docket.Options{Clock: c.now, KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	doc, err := docket.ReadDocument(strings.NewReader(strings.ReplaceAll(fullRoom, "Africa/Lagos", "Europe/Paris")))
	must(t, err)
	_, err = d.Import(t.Context(), doc)
	must(t, err)
	s := enter(t, d)
	judge, counsel := seatAt(s, 1), seatAt(s, 6)
	for _, p := range []live.Person{judge, counsel} {
		attend(t, s, p.Role, p.Link, nil)
	}
	if err := s.Admit(judge.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk admits a judge: %v", err)
	}
	must(t, s.Admit(counsel.ID))
	if seatAt(s, 1).Presence != live.InLobby || seatAt(s, 6).Presence != live.Admitted {
		t.Errorf("the judge is %s, counsel %s", seatAt(s, 1).Presence, seatAt(s, 6).Presence)
	}
}
