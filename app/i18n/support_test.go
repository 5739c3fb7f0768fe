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
	for _, t := range care.Topics {
		add("topic.", string(t))
	}
}
