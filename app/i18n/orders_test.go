package i18n

import (
	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
)

// orderFamilies adds the keys of the words that screens ask for by what a measure is told.
func orderFamilies(add func(prefix string, ends ...string)) {
	for _, r := range []protection.Release{protection.Delayed, protection.AfterTestimony, protection.AfterReview} {
		add("release.", r.String())
	}
	for _, set := range order.AnonymityConditions {
		for _, c := range set {
			add("condition.", string(c))
		}
	}
	for _, w := range order.Weights {
		add("weight.", string(w))
	}
	for _, c := range order.Counterbalances {
		add("counterbalance.", string(c))
	}
	for _, s := range order.Stages {
		add("questioning.", string(s))
	}
	for _, v := range catalogue.States {
		add("version.", string(v))
	}
	for _, l := range catalogue.LawsOf {
		add("law.", string(l))
	}
	for _, e := range catalogue.Ends {
		add("measure.end.", string(e))
	}
	for _, a := range catalogue.ApplicantsOf {
		add("measure.applicant.", string(a))
	}
	for _, p := range []order.Parameter{order.TakesTopics, order.TakesConditions, order.TakesWeight, order.TakesCounterbalances, order.TakesReview, order.TakesExhibit, order.TakesPassages, order.TakesStages} {
		add("parameter.", string(p))
	}
}
