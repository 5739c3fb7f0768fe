package i18n

import "paravent/testimony/cooperation"

// cooperationFamilies adds the keys of the words that screens ask for by a term of the ledger of other States.
func cooperationFamilies(add func(prefix string, ends ...string)) {
	add("entry.why.", cooperation.Reasons...)
	add("cooperation.field.", cooperation.Fields...)
	add("cooperation.field.", "point", "hearing", "letter")
	for _, i := range cooperation.Instruments {
		add("instrument.", string(i))
	}
	for _, v := range cooperation.Verdicts {
		add("cooperation.verdict.", string(v))
	}
	for _, s := range cooperation.States {
		add("cooperation.state.", string(s))
	}
	for _, a := range cooperation.Attendants {
		add("attendant.", string(a))
	}
	unsaid := func(s string) string {
		if s == "" {
			return "unsaid"
		}
		return s
	}
	for _, o := range cooperation.Oaths {
		add("cooperation.oath.", unsaid(string(o)))
	}
	for _, r := range cooperation.Recordings {
		add("cooperation.recording.", unsaid(string(r)))
	}
	for _, w := range cooperation.Wants {
		add("permission.want.", string(w))
	}
}
