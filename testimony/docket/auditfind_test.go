package docket_test

import (
	"errors"
	"testing"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func TestTheLogIsSearchedByCaseAndSubject(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	list, err := d.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := list[0]
	c, err := d.Case(t.Context(), h.Case)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range []struct {
		act     string
		details map[string]string
	}{{"session.joined", map[string]string{"hearing": string(h.ID)}}, {"party.entered", map[string]string{"case": string(h.Case), "party": "p"}}, {"order.step", map[string]string{"order": "of another case"}}} {
		if err := d.Note(t.Context(), note.act, note.details); err != nil {
			t.Fatal(err)
		}
	}
	find := func(s docket.AuditSearch) (acts []string) {
		t.Helper()
		at, err := d.SearchAudit(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := d.AuditEntries(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			acts = append(acts, e.Action)
		}
		return acts
	}
	same := func(what string, s docket.AuditSearch, want ...string) {
		t.Helper()
		got := find(s)
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	same("a case by its number", docket.AuditSearch{About: " " + c.Reference}, "party.entered", "session.joined", "cooperation.answered", "cooperation.asked")
	same("its sessions", docket.AuditSearch{About: c.Reference, What: "sessions"}, "session.joined", "cooperation.answered", "cooperation.asked")
	same("a party by an id", docket.AuditSearch{About: "p"}, "party.entered")
	same("orders", docket.AuditSearch{What: "orders"}, "order.step")
	same("another user's", docket.AuditSearch{What: "orders", Who: store.UserID("00000000000000000000000000000000")})
	same("from tomorrow on", docket.AuditSearch{What: "orders", From: d.Now().Add(24 * time.Hour)})
	names, err := d.AuditNames(t.Context())
	if err != nil || names[string(h.Case)] != c.Reference || names[string(d.Me().ID)] != testimony.Judge {
		t.Errorf("%v, %v", names, err)
	}

	d = b.as(testimony.Auditor) // who doesn't know the cases
	same("a case by its number", docket.AuditSearch{About: c.Reference})
	same("a hearing by its id", docket.AuditSearch{About: string(h.ID)}, "session.joined")
	names, err = d.AuditNames(t.Context())
	if err != nil || names[string(h.Case)] != "" || len(names) != 5 {
		t.Errorf("%v, %v", names, err)
	}
	at, err := d.SearchAudit(t.Context(), docket.AuditSearch{What: "orders"}, nil)
	if err != nil || len(at) != 1 {
		t.Fatal(err)
	}
	if beside, err := d.AuditBeside(t.Context(), at[0]); err != nil || len(beside) == 0 || beside[0].Action != "party.entered" {
		t.Errorf("%+v, %v", beside, err)
	}

	d = b.as(testimony.Clerk)
	_, searched := d.SearchAudit(t.Context(), docket.AuditSearch{}, nil)
	_, named := d.AuditNames(t.Context())
	_, stood := d.AuditState(t.Context())
	_, beside := d.AuditBeside(t.Context(), 1)
	for _, err := range []error{searched, named, stood, beside} {
		if !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a clerk: %v", err)
		}
	}
}
