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

// TestTheCourtroomStaysShutWithoutAPermission opens the courtroom of a witness in Lagos: no State has agreed, no judge has decided. Once a judge has, it opens.
func TestTheCourtroomStaysShutWithoutAPermission(t *testing.T) {
	t.Parallel()
	c := &clock{}
	d, err := docket.Create(t.Context(), t.TempDir()+"/v", store.NewUser{Login: "judge", Role: testimony.Judge, Passphrase: []byte("five grey owls count eggs")},
		docket.Options{Clock: c.now, KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	doc, err := docket.ReadDocument(strings.NewReader(oneHearing))
	must(t, err)
	_, err = d.Import(t.Context(), doc)
	must(t, err)
	h, err := d.FindHearing(t.Context(), "h")
	must(t, err)
	if s, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID}); !errors.Is(err, docket.ErrNoPermission) {
		if err == nil {
			s.Abandon()
		}
		t.Fatalf("opened: %v", err)
	}
	if events, err := d.Events(t.Context(), h.ID); err != nil || len(events) > 0 {
		t.Errorf("%d events stand in the journal of a courtroom that was never open, %v", len(events), err)
	}
	_, err = d.DecideWithoutPermission(t.Context(), h.ID, "a consul of the court's State hears the witness")
	must(t, err)
	s, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: h.ID})
	must(t, err)
	s.Abandon()
}
