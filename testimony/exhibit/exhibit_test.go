package exhibit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/exhibit"
)

func TestWhatIsEntered(t *testing.T) {
	t.Parallel()
	good := exhibit.Exhibit{Number: "P-12/a", Title: "Ledger, two pages", Class: exhibit.Sealed}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*exhibit.Exhibit)
		want   error
	}{
		"no number":        {func(e *exhibit.Exhibit) { e.Number = "" }, exhibit.ErrNumber},
		"a long number":    {func(e *exhibit.Exhibit) { e.Number = strings.Repeat("1", exhibit.MaxNumber+1) }, exhibit.ErrNumber},
		"a number of two":  {func(e *exhibit.Exhibit) { e.Number = "1\n2" }, exhibit.ErrNumber},
		"no title":         {func(e *exhibit.Exhibit) { e.Title = " " }, exhibit.ErrTitle},
		"a file's name":    {func(e *exhibit.Exhibit) { e.Title = "Photo of a person.JPEG" }, exhibit.ErrTitle},
		"a path":           {func(e *exhibit.Exhibit) { e.Title = "home/somebody" }, exhibit.ErrTitle},
		"a title no text":  {func(e *exhibit.Exhibit) { e.Title = "\xff" }, exhibit.ErrTitle},
		"no class":         {func(e *exhibit.Exhibit) { e.Class = "" }, exhibit.ErrClass},
		"an unknown class": {func(e *exhibit.Exhibit) { e.Class = "secret" }, exhibit.ErrClass},
	} {
		e := good
		c.change(&e)
		if err := e.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e := exhibit.Exhibit{Number: "P 12/a", Format: exhibit.JPEG}
	if e.FileName() != "exhibit-P-12-a.jpeg" {
		t.Error(e.FileName())
	}
}

// A stricter class never opens to an office, and is never shown to an audience, that a more open one is kept from.
func TestAStricterClassIsNeverWider(t *testing.T) {
	t.Parallel()
	for i := 1; i < len(exhibit.Classes); i++ {
		strict, open := exhibit.Classes[i-1], exhibit.Classes[i]
		for _, office := range testimony.Offices {
			if exhibit.MayOpen(office, strict) && !exhibit.MayOpen(office, open) {
				t.Errorf("%s opens %s and not %s", office, strict, open)
			}
		}
		for _, r := range exhibit.Audiences(strict) {
			if !slices.Contains(exhibit.Audiences(open), r) {
				t.Errorf("%s is shown %s and not %s", r, strict, open)
			}
		}
	}
	for _, office := range append(slices.Clone(testimony.Offices), "", "bailiff") {
		if exhibit.MayOpen(office, "") || exhibit.MayOpen(office, "secret") || office == testimony.Auditor && exhibit.MayOpen(office, exhibit.Open) {
			t.Errorf("%q opens what nobody may", office)
		}
	}
}

// Over generated seats: the bench always, nobody who was not named, nobody from whom the class keeps it, no witness but the one who testifies.
func TestWhomAShowingReaches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		roles := append([]testimony.Role{testimony.RoleBench, "", "stranger"}, testimony.Roles...)
		s := exhibit.Showing{
			Exhibit:   exhibit.ID(rapid.SampledFrom([]string{"", "x"}).Draw(t, "exhibit")),
			Class:     rapid.SampledFrom(append([]exhibit.Class{"", "secret"}, exhibit.Classes...)).Draw(t, "class"),
			Audiences: rapid.SliceOf(rapid.SampledFrom(roles)).Draw(t, "audiences"),
		}
		p := testimony.Participant{Role: rapid.SampledFrom(roles).Draw(t, "role"), Party: protection.PartyID(rapid.SampledFrom([]string{"", "b", "c"}).Draw(t, "party"))}
		named := slices.Contains(s.Audiences, p.Role)
		kept := s.Class == exhibit.Sealed && slices.Contains([]testimony.Role{testimony.RoleAccused, testimony.RoleSupport, testimony.RoleCoordinator, testimony.RoleGallery, testimony.RolePress}, p.Role) ||
			s.Class == exhibit.Confidential && p.Role.Listens() || !slices.Contains(exhibit.Classes, s.Class)
		want := s.Exhibit != "" && (p.Role.OnBench() ||
			named && !kept && slices.Contains(testimony.Roles, p.Role) && (p.Role != testimony.RoleWitness || p.Party == "b"))
		if got := s.Reaches(p, "b"); got != want {
			t.Fatalf("%+v reaches %+v: %v", s, p, got)
		}
		if s.Check() == nil && slices.ContainsFunc(s.Audiences, func(r testimony.Role) bool { return !slices.Contains(exhibit.Audiences(s.Class), r) }) {
			t.Fatalf("%+v is allowed", s)
		}
	})
}
