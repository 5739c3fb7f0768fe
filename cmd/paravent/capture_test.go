package main

import (
	"strings"
	"testing"
	"time"

	"paravent/testimony/stamp/stamptest"
)

// A testimony is recorded at one desk with two cameras, checked before the witness leaves, and played at the trial, by command lines alone.
func TestATestimonyIsCapturedAndPlayedFromTheCommandLine(t *testing.T) {
	// Not beside the others: whether a picture came in time is what the check is about.
	_, hearing, _ := strings.Cut(strings.TrimSuffix(docketText, "]}"), `"hearings":[`)
	trial := strings.NewReplacer(`"key":"h"`, `"key":"t"`, "09:00:00Z", "14:00:00Z", `"key":"w","role"`, `"key":"tw","role"`, `"key":"g","role"`, `"key":"tg","role"`).Replace(hearing)
	s := newDocketOf(t, strings.TrimSuffix(docketText, "]}")+",\n"+trial+"]}")
	s.benchFiles()
	s.run(exitOK, "cooperation decide t --reason R"+asJudge)

	authority := stamptest.New(t)
	s.write("roots", string(authority.Roots))
	s.run(exitOK, "timestamps use "+authority.Serve(t)+" @roots"+asJudge)

	_, said := s.run(exitUsage, "evidence capture --hearing h --witness-camera @b.y4m"+asJudge)
	if !strings.Contains(said, "--witness-microphone") {
		t.Errorf("without a microphone: %s", said)
	}
	_, said = s.run(exitUsage, "evidence capture --hearing h"+asJudge)
	if !strings.Contains(said, "paravent host") {
		t.Errorf("without devices: %s", said)
	}
	h := s.hold("evidence capture --hearing h", "--witness-camera", s.path("b.y4m"), "--room-camera", s.path("b.y4m"), "--witness-microphone", s.path("b.wav"), "--microphone", s.path("b.wav"))
	for _, command := range []string{"phase identity", "verified", "untried a test", "phase oath", "sworn", "phase testimony"} {
		h.do(command)
	}
	h.say("saw yes")
	if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); e.OK || e.Error == "" {
		t.Errorf("an answer without a trial: %+v", e)
	}
	time.Sleep(4 * time.Second) // of testimony
	h.say("close")
	h.await("the minutes", func(e told) bool { return e.Event == "minutes" })
	if e := h.await("the check", func(e told) bool { return e.Event == "check" }); !strings.Contains(e.Words, "Nothing was found wrong") || e.Error != "" {
		t.Errorf("the check says %+v", e)
	}
	for range 2 { // the master and the public version
		if e := h.await("a timestamp", func(e told) bool { return e.Event == "timestamp" }); e.Recording == "" {
			t.Errorf("stamped is %+v", e)
		}
	}
	h.ends(exitOK)

	h = s.hold("host --hearing t")
	h.say("play")
	if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); e.Error != "No recorded testimony is open." {
		t.Errorf("nothing is open: %+v", e)
	}
	h.do("phase playback")
	h.say("recorded")
	if e := h.await("the list", func(e told) bool { return e.Event == "recorded" }); len(e.Testimonies) != 1 || e.Testimonies[0].Gets != "master" || e.Testimonies[0].Witness != "Witness B" {
		t.Fatalf("the recorded testimonies are %+v", e)
	}
	h.await("its reply", func(e told) bool { return e.Event == "reply" && e.Command == "recorded" })
	for _, command := range []string{"playback h", "play", "pause", "seek 00:00:01", "play", "shut", "phase lobby"} {
		h.do(command)
	}
	h.say("close")
	h.ends(exitOK)
	out, _ := s.run(exitOK, "evidence list"+asJudge)
	out, _ = s.run(exitOK, "evidence custody "+masterOf(t, out)+asJudge)
	for _, act := range []string{"recording.checked", "session.playback_runs", "session.playback_moved", "recording.opened  judge (judge)  hearing"} {
		if !strings.Contains(out, act) {
			t.Errorf("the custody does not say %q:\n%s", act, out)
		}
	}
}

// masterOf is the id of the master in a list of recordings.
func masterOf(t *testing.T, list string) string {
	t.Helper()
	for line := range strings.Lines(list) {
		if strings.Contains(line, "  master  ") {
			return strings.Fields(line)[0]
		}
	}
	t.Fatalf("no master in %s", list)
	return ""
}
