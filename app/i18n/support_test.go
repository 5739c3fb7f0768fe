package i18n

import (
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// supportFamilies adds the keys of the words that screens ask for by a term of risk, preparation, protection and return.
func supportFamilies(add func(prefix string, ends ...string)) {
	add("entry.why.", care.SupportReasons...)
	add("entry.field.", care.SupportFields...)
	add("factword.", docket.SupportWords...)
	for _, k := range docket.SupportFacts {
		add("fact.", string(k))
	}
	for _, t := range care.Triggers {
		add("trigger.", string(t))
	}
	for _, a := range care.RiskAreas {
		add("risk.ask.", string(a))
	}
	for _, l := range care.Levels {
		add("level.", string(l))
	}
	for _, l := range care.Literacies {
		add("literacy.", string(l))
	}
	for _, w := range care.Whoms {
		add("whom.", string(w))
	}
	for _, k := range care.Protectings {
		add("protecting.", string(k))
	}
	for _, k := range care.IncidentKinds {
		add("incident.kind.", string(k))
	}
	for _, w := range care.Ways {
		add("way.", string(w))
	}
	for _, r := range care.CompanionRoles {
		add("companion.", string(r))
	}
	add("companion.ask.", "wanted", "witness", "linked", "corrupt")
	for _, a := range care.YesNos {
		add("yesno.", string(a))
	}
	for _, a := range care.Askers {
		add("asker.", string(a))
	}
	for _, c := range care.Citizenships {
		add("citizenship.", string(c))
	}
	for _, f := range care.Fundings {
		add("funding.", string(f))
	}
	for _, w := range care.Wellbeings {
		add("wellbeing.", string(w))
	}
	for _, t := range care.Topics {
		add("topic.", string(t))
	}
}
