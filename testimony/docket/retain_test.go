package docket_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Who is counsel for whom is kept with the hearing, by those who keep the docket and with an entry in the log; a roster that the law of the house does not allow, or that somebody else has changed meanwhile, is not. It goes
// with a docket file and back, and stays when the hearing is moved.
func TestWhoIsCounselForWhomIsKept(t *testing.T) {
	t.Parallel()
	d := must(docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "v"), docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}))(t)
	t.Cleanup(func() { _ = d.Close() })
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	id := func(r testimony.Role) testimony.ParticipantID {
		for _, p := range h.Participants {
			if p.Role == r {
				return p.ID
			}
		}
		t.Fatalf("no %s", r)
		return ""
	}
	ofAccused := testimony.Retainer{Counsel: id(testimony.RoleDefence), Client: id(testimony.RoleAccused)}
	ofWitness := testimony.Retainer{Counsel: id(testimony.RoleProsecution), Client: id(testimony.RoleWitness)}
	if !slices.Equal(h.Retained, []testimony.Retainer{ofAccused}) {
		t.Fatalf("the training docket has %+v", h.Retained)
	}
	for name, wrong := range map[string][]testimony.Retainer{
		"the other side":      {{Counsel: id(testimony.RoleDefence), Client: id(testimony.RoleWitness)}},
		"the prosecution":     {{Counsel: id(testimony.RoleProsecution), Client: id(testimony.RoleAccused)}},
		"the wrong way round": {{Counsel: id(testimony.RoleAccused), Client: id(testimony.RoleDefence)}},
		"nobody":              {{Counsel: "x", Client: "y"}},
	} {
		if _, err := d.Retain(t.Context(), h, wrong); !errors.Is(err, testimony.ErrRetainer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Retain(t.Context(), h, []testimony.Retainer{ofAccused, ofAccused}); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("twice: %v", err)
	}
	before := len(acts(t, d, 0))
	both := must(d.Retain(t.Context(), h, []testimony.Retainer{ofAccused, ofWitness}))(t)
	if e := acts(t, d, before); len(e) != 1 || e[0].Action != "hearing.retained" || e[0].Details["hearing"] != string(h.ID) || e[0].Details["retained"] != "2" {
		t.Errorf("the log has %+v", e)
	}
	if _, err := d.Retain(t.Context(), h, nil); !errors.Is(err, docket.ErrChanged) {
		t.Errorf("what somebody else has written is overwritten: %v", err)
	}
	if got := must(d.FindHearing(t.Context(), "hearing-1"))(t); !slices.Equal(got.Retained, both.Retained) || len(got.Retained) != 2 {
		t.Errorf("kept is %+v", got.Retained)
	}
	doc := must(d.Export(t.Context()))(t)
	var clients []string
	for _, line := range doc.Hearings {
		for _, p := range line.Participants {
			if line.Key == "hearing-1" {
				clients = append(clients, p.Clients...)
			}
		}
	}
	if slices.Sort(clients); !slices.Equal(clients, []string{"accused", "witness"}) {
		t.Errorf("exported are %v", clients)
	}
	if _, err := as(t, d, "auditor").Retain(t.Context(), both, nil); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor: %v", err)
	}
}
