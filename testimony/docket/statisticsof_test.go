package docket_test

import (
	"errors"
	"slices"
	"testing"

	"paravent/protection"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/docket"
)

var profile = statistics.Profile{Consent: statistics.Given, Exploited: "domestic_servitude", Sex: "other", AgeBand: "18_24", Region: "asia_south"}

// A profile is read as it was entered, goes out of the vault and into another one, and each entry is in the audit log without what it says.
func TestAProfileIsReadAsItWasEntered(t *testing.T) {
	t.Parallel()
	d := training(t)
	c := must(d.FindCase(t.Context(), "TC 12/2026"))(t)
	p := must(d.FindParty(t.Context(), c, "Witness B"))(t)
	if got := must(d.StatisticsProfile(t.Context(), p.ID))(t); got != (statistics.Profile{}) {
		t.Errorf("before anything was entered: %+v", got)
	}
	if err := d.SetStatisticsProfile(t.Context(), p.ID, profile); err != nil {
		t.Fatal(err)
	}
	d = as(t, d, testimony.Registrar)
	if got := must(d.StatisticsProfile(t.Context(), p.ID))(t); got != profile {
		t.Errorf("%+v", got)
	}
	doc := must(d.Export(t.Context()))(t)
	other := fresh(t, testimony.Judge, still)
	done := must(other.Import(t.Context(), doc))(t)
	carried := 0
	for _, id := range done.Parties {
		if must(other.StatisticsProfile(t.Context(), id))(t) == profile {
			carried++
		}
	}
	if carried != 1 {
		t.Errorf("%d profiles were carried to the other vault", carried)
	}
	logged := 0
	for _, e := range must(d.Audit(t.Context()))(t) {
		if e.Action == "statistics.recorded" {
			logged++
			if len(e.Details) != 1 || e.Details["party"] != string(p.ID) {
				t.Errorf("the audit log has %v", e.Details)
			}
		}
	}
	if logged != 1 {
		t.Errorf("%d entries", logged)
	}
}

// What somebody else has entered meanwhile is not written over unseen.
func TestAProfileIsNotWrittenOverUnseen(t *testing.T) {
	t.Parallel()
	d := training(t)
	c := must(d.FindCase(t.Context(), "TC 12/2026"))(t)
	p := must(d.FindParty(t.Context(), c, "Witness B"))(t)
	for _, x := range []struct {
		before, after statistics.Profile
		want          error
	}{
		{statistics.Profile{}, profile, nil},
		{statistics.Profile{}, statistics.Profile{Consent: statistics.Given, Sex: "male"}, docket.ErrChanged},
		{profile, statistics.Profile{Consent: statistics.Withdrawn}, nil},
		{profile, profile, docket.ErrChanged},
		{statistics.Profile{Consent: statistics.Withdrawn}, statistics.Profile{Sex: "Nkechi Obi"}, docket.ErrInvalid},
	} {
		if err := d.ReplaceStatisticsProfile(t.Context(), p.ID, x.before, x.after); !errors.Is(err, x.want) {
			t.Errorf("%+v in the place of %+v: %v", x.after, x.before, err)
		}
	}
	if got := must(d.StatisticsProfile(t.Context(), p.ID))(t); got != (statistics.Profile{Consent: statistics.Withdrawn}) {
		t.Errorf("%+v", got)
	}
}

// A party is told as what they are counted, and why they are not.
func TestAPartyIsToldHowTheyAreCounted(t *testing.T) {
	t.Parallel()
	d := training(t)
	doc := docket.Document{Format: docket.Format, Cases: []docket.CaseLine{{Key: "t", Reference: "T 1", Offence: testimony.Trafficking, Opened: noon}, {Key: "s", Reference: "S 1", Offence: testimony.Smuggling},
		{Key: "m", Reference: "M 1", Offence: testimony.Mixed}}}
	for _, p := range []struct {
		key, of string
		s       *statistics.Profile
	}{{"yes", "t", &statistics.Profile{Consent: statistics.Given, Sex: "female"}}, {"no", "s", &statistics.Profile{Consent: statistics.Refused}}, {"unasked", "s", nil},
		{"formless", "m", &statistics.Profile{Consent: statistics.Given}}, {"formed", "m", &statistics.Profile{Consent: statistics.Given, Smuggled: "by_sea"}}} {
		doc.Parties = append(doc.Parties, docket.PartyLine{Key: p.key, Status: protection.Victim, Appearances: []docket.AppearanceLine{{Case: p.of}}, Statistics: p.s})
	}
	_, before, err := d.StatisticsTable(t.Context(), statistics.Smuggling, bySex, 5)
	if err != nil {
		t.Fatal(err)
	}
	done := must(d.Import(t.Context(), doc))(t)
	for key, want := range map[string][]docket.Standing{"yes": {docket.CountedIn}, "no": {docket.NoConsent}, "unasked": {docket.NoConsent}, "formless": {docket.NoForm, docket.NoForm}, "formed": {docket.CountedIn}} {
		var got []docket.Standing
		for _, x := range must(d.StatisticsOf(t.Context(), done.Parties[key]))(t) {
			got = append(got, x.Standing)
			if x.Record.Status != "victim" || x.Record.Measures != "none" || x.Record.Outcome != "no_hearing" {
				t.Errorf("%s: %+v", key, x.Record)
			}
			if key == "yes" && x.Record.Period != "2026" {
				t.Errorf("the year of the case is %q", x.Record.Period)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", key, got)
		}
	}
	// What is told of each, and what is counted of all, is the same.
	_, counted, err := d.StatisticsTable(t.Context(), statistics.Smuggling, bySex, 5)
	if err != nil || counted.In-before.In != 1 || counted.NoConsent-before.NoConsent != 2 || counted.NoForm-before.NoForm != 1 {
		t.Errorf("%+v, %v", counted, err)
	}
	d = as(t, d, testimony.Auditor)
	if _, err := d.StatisticsOf(t.Context(), done.Parties["yes"]); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor: %v", err)
	}
}

// An erasure takes the profile with the identity.
func TestAnErasureTakesTheProfile(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Clerk)
	_, p := b.witness()
	if err := b.as(testimony.Clerk).SetStatisticsProfile(t.Context(), p, profile); err != nil {
		t.Fatal(err)
	}
	e := b.askErasure()
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	if _, err := b.as(testimony.Judge).CarryOutErasure(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got := must(b.as(testimony.Clerk).StatisticsProfile(t.Context(), p))(t); got != (statistics.Profile{}) {
		t.Errorf("%+v is left", got)
	}
}
