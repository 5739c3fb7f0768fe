package docket_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// crowd imports a case with so many parties of each consent.
func crowd(t *testing.T, d *docket.Desk, key string, of map[statistics.Consent]int) docket.Imported {
	t.Helper()
	doc := docket.Document{Format: docket.Format, Cases: []docket.CaseLine{{Key: key, Reference: "case " + key, Offence: testimony.Trafficking}}}
	for consent, n := range of {
		for i := range n {
			doc.Parties = append(doc.Parties, docket.PartyLine{Key: fmt.Sprintf("%s-%s-%d", key, consent, i), Status: protection.Victim, Appearances: []docket.AppearanceLine{{Case: key}},
				Statistics: &statistics.Profile{Consent: consent, Sex: []statistics.Value{"female", "male"}[i%3/2], Exploited: "forced_labour"}})
		}
	}
	return must(d.Import(t.Context(), doc))(t)
}

var bySex = []statistics.Dimension{statistics.Sex, statistics.Measures}

func TestOnlyWhoSaidYesIsCounted(t *testing.T) {
	t.Parallel()
	d := training(t)
	done := crowd(t, d, "a", map[statistics.Consent]int{statistics.Given: 30, statistics.Refused: 7, statistics.NotAsked: 6, statistics.Withdrawn: 5})
	r, counted, err := d.StatisticsTable(t.Context(), statistics.Trafficking, bySex, 5)
	if err != nil || r.Table.Total() != 30 || counted.In != 30 || counted.NoConsent < 18 {
		t.Fatalf("%+v %+v %v", r.Table.Total(), counted, err)
	}
	for key, id := range done.Parties {
		if key == "a-given-0" {
			if err := d.SetStatisticsProfile(t.Context(), id, statistics.Profile{Consent: statistics.Withdrawn}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r, _, err = d.StatisticsTable(t.Context(), statistics.Trafficking, bySex, 5); err != nil || r.Table.Total() != 29 {
		t.Errorf("%d are counted after one withdrew: %v", r.Table.Total(), err)
	}
	if r, _, err = d.StatisticsTable(t.Context(), statistics.Smuggling, bySex, 5); err != nil || r.Table.Total() != 0 {
		t.Errorf("%d of trafficking are counted in smuggling: %v", r.Table.Total(), err)
	}
}

// A release is kept, and the next one hides what the difference of the two would tell.
func TestAReleaseIsAuditedWithThoseBefore(t *testing.T) {
	t.Parallel()
	d := training(t)
	crowd(t, d, "a", map[statistics.Consent]int{statistics.Given: 30})
	first, err := d.ReleaseStatistics(t.Context(), statistics.Trafficking, bySex, 5)
	if err != nil || first.Published().At("", "").Hidden || first.Published().At("", "").Count != 30 {
		t.Fatalf("%+v %v", first, err)
	}
	crowd(t, d, "b", map[statistics.Consent]int{statistics.Given: 2})
	second, err := d.ReleaseStatistics(t.Context(), statistics.Trafficking, bySex, 5)
	if err != nil || !second.Published().At("", "").Hidden {
		t.Fatalf("two newcomers are told by the difference: %v", err)
	}
	list := must(d.StatisticsReleases(t.Context()))(t)
	if len(list) != 2 || list[0].ID != second.ID || !reflect.DeepEqual(list[1], first) {
		t.Errorf("%+v", list)
	}
	if _, err := d.ReleaseStatistics(t.Context(), statistics.Trafficking, bySex, 2); !errors.Is(err, statistics.ErrThreshold) {
		t.Error(err)
	}
	if _, err := d.ReleaseStatistics(t.Context(), statistics.Smuggling, bySex, 5); !errors.Is(err, docket.ErrNobodyCounted) {
		t.Error(err)
	}
}

func TestStatisticsAreOfThoseEntitled(t *testing.T) {
	t.Parallel()
	d := training(t)
	done := crowd(t, d, "a", map[statistics.Consent]int{statistics.Given: 12})
	for _, office := range testimony.Offices {
		d = as(t, d, office)
		_, released := d.ReleaseStatistics(t.Context(), statistics.Trafficking, bySex, 5)
		if may := office == testimony.Judge || office == testimony.Registrar; may != (released == nil) {
			t.Errorf("%s releases: %v", office, released)
		}
		entered := d.SetStatisticsProfile(t.Context(), done.Parties["a-given-1"], statistics.Profile{Consent: statistics.Given, Sex: "male"})
		if may := office != testimony.Auditor; may != (entered == nil) {
			t.Errorf("%s records: %v", office, entered)
		}
		if _, _, err := d.StatisticsTable(t.Context(), statistics.Trafficking, bySex, 5); (err == nil) != (office != testimony.Auditor) {
			t.Errorf("%s sees: %v", office, err)
		}
	}
	if _, err := d.StatisticsReleases(t.Context()); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("the auditor reads releases: %v", err)
	}
}

// What is recorded goes with its case to a team, where it is counted no more, and comes out of the vault and in again.
func TestAProfileGoesWithItsParty(t *testing.T) {
	t.Parallel()
	d := training(t)
	crowd(t, d, "a", map[statistics.Consent]int{statistics.Given: 12})
	doc := must(d.Export(t.Context()))(t)
	found := 0
	for _, p := range doc.Parties {
		if p.Statistics != nil {
			found++
			if p.Statistics.Exploited != "forced_labour" || p.Statistics.Consent != statistics.Given {
				t.Errorf("%+v", p.Statistics)
			}
		}
	}
	if found != 12 {
		t.Errorf("%d profiles are exported", found)
	}
	list := must(d.Cases(t.Context()))(t)
	clerk := ""
	for _, u := range must(d.Users(t.Context()))(t) {
		if u.Role == testimony.Clerk {
			clerk = string(u.ID)
		}
	}
	team := must(d.AddTeam(t.Context(), "apart", []docket.TeamMember{{User: store.UserID(clerk)}}))(t)
	for _, c := range list {
		if c.Reference == "case a" {
			if err := d.MoveCase(t.Context(), c.ID, team.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r, _, err := d.StatisticsTable(t.Context(), statistics.Trafficking, bySex, 5); err != nil || r.Table.Total() != 0 {
		t.Errorf("%d of a team are counted: %v", r.Table.Total(), err)
	}
	people := must(d.Parties(t.Context()))(t)
	kept := 0
	for _, p := range people {
		if profile := must(d.StatisticsProfile(t.Context(), p.ID))(t); profile.Consent == statistics.Given {
			kept++
		}
	}
	if kept != 12 {
		t.Errorf("%d profiles went with their parties", kept)
	}
}

// A no that the advocate recorded in the care file counts before a yes in the profile.
func TestTheCareFileCanSayNo(t *testing.T) {
	t.Parallel()
	d := training(t)
	done := crowd(t, d, "a", map[statistics.Consent]int{statistics.Given: 12})
	d = as(t, d, testimony.Advocate)
	say := func(will care.Will) {
		if err := d.RecordConsent(t.Context(), done.Parties["a-given-0"], care.Consent{Purpose: care.ForStatistics, Will: will, Language: "fr", Reading: "aloud", Route: "tell the advocate"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		will care.Will
		want int
	}{{care.Given, 12}, {care.Withdrawn, 11}} {
		say(step.will)
		if r, _, err := d.StatisticsTable(t.Context(), statistics.Trafficking, bySex, 5); err != nil || r.Table.Total() != step.want {
			t.Errorf("%s: %d are counted, %v", step.will, r.Table.Total(), err)
		}
	}
}
