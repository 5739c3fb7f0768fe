package i18n

import (
	"paravent/media/fault"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
	"paravent/testimony/retention"
	"paravent/testimony/stamp"
	"paravent/testimony/transcript"
)

// evidenceFamilies are the keys that are put together from terms of the evidence rooms.
func evidenceFamilies(add func(prefix string, terms ...string)) {
	add("edit.kind.", string(edit.Cut), string(edit.Mask))
	add("edit.channels.", string(edit.Picture), string(edit.Voice), string(edit.Both))
	add("edit.state.", string(edit.Asked), string(edit.Approved), string(edit.Refused), string(edit.Withdrawn), string(edit.Lifted))
	for _, s := range []edit.Step{edit.Approve, edit.Refuse, edit.Withdraw, edit.Lift} {
		add("edit.step.", string(s))
		add("edit.effect.", string(s))
	}
	add("evidence.asked.", string(edit.Joint), string(edit.Opposed))
	for _, k := range []fault.Kind{fault.NoPicture, fault.Frozen, fault.Black, fault.Unread, fault.NoSound, fault.Silence, fault.Inaudible, fault.Drift, fault.Small, fault.Length} {
		add("finding.", string(k))
	}
	for _, f := range notice.Founds {
		add("found.", string(f))
	}
	for _, f := range stamp.Faults {
		add("stampfault.", string(f))
	}
	add("transcript.withheld.", string(transcript.Expunged), string(transcript.NotPublic))
	for _, x := range copies.States {
		add("copies.state.", string(x))
	}
	for _, x := range copies.Steps {
		add("copies.step.", string(x))
	}
	for _, x := range copies.Endings {
		add("copies.ending.", string(x))
		add("copies.ended.", string(x))
	}
	for _, o := range retention.Obstacles {
		add("obstacle.", string(o))
	}
	for _, g := range retention.Grounds {
		add("ground.of.", string(g))
	}
	for _, c := range retention.Classes {
		add("keeping.class.", string(c))
	}
	for _, title := range []string{"keeping.approve", "keeping.refuse"} {
		add(title, ".text")
	}
	add("keeping.state.", string(retention.Proposed), string(retention.Refused), string(retention.Erased), string(retention.Cleared))
	add("finding.inaudible.", docket.VoiceOfWitness, docket.VoiceOfOthers)
}
