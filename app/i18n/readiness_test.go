package i18n

import "paravent/testimony/readiness"

// readinessFamilies adds the keys of the words that the board of a hearing asks for by a term.
func readinessFamilies(add func(prefix string, ends ...string)) {
	for _, l := range []readiness.Light{readiness.Green, readiness.Amber, readiness.Red} {
		add("ready.light.", string(l))
	}
	for _, r := range readiness.Reasons {
		add("ready.reason.", string(r))
	}
	for _, s := range readiness.Stages {
		add("ready.stage.", string(s))
	}
	for _, q := range readiness.Checklist {
		add("ready.question.", string(q))
	}
	for _, i := range []readiness.Item{readiness.OrderStands, readiness.Leave, readiness.Conditions, readiness.Point, readiness.Prepared, readiness.Planned, readiness.Technique, readiness.Voices, readiness.Tried} {
		add("ready.item.", string(i))
	}
	for _, f := range readiness.Faults {
		add("linetest.fault.", string(f))
	}
	add("ready.why.", readiness.Whys...)
}
