package i18n

import (
	"cmp"

	"paravent/protection/care"
	"paravent/testimony/docket"
)

// careFamilies adds the keys of the words that screens ask for by a term of care.
func careFamilies(add func(prefix string, ends ...string)) {
	add("entry.why.", care.Reasons...)
	add("entry.field.", care.Fields...)
	add("factword.", docket.FactWords...)
	for _, k := range docket.CareFacts {
		add("fact.", string(k))
	}
	for _, k := range docket.MissingKinds {
		add("missing.", string(k))
	}
	for _, p := range care.Purposes {
		add("purpose.", string(p))
		add("withdrawn.", string(p))
	}
	for _, r := range care.Readings {
		add("reading.", string(r))
	}
	for _, r := range care.Replies {
		add("reply.", cmp.Or(string(r), "not_asked"))
	}
	for _, c := range care.Companies[1:] {
		add("company.", string(c))
	}
	for _, a := range care.Authorities {
		add("authority.", string(a))
	}
	for _, s := range care.Sets {
		add("screening.set.", string(s))
	}
}
