package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// A copy of the master for counsel: one college alone gets none, nobody approves their own, it is made once, traced to, and stands in the chain of custody.
func TestACopyOfARecordingFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newDocketOf(t, strings.Replace(docketText, `{"key":"g","role":"gallery"}`, `{"key":"p","role":"prosecution"},{"key":"g","role":"gallery"}`, 1))
	s.benchFiles()
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	s.run(exitOK, "user add other --role clerk --new-passphrase-file @p"+asClerk)
	asOther := strings.Replace(asClerk, "clerk", "other", 1)
	h := s.hold("evidence capture --hearing h", "--witness-camera", s.path("b.y4m"), "--witness-microphone", s.path("b.wav"), "--microphone", s.path("b.wav"))
	for _, command := range []string{"phase identity", "verified", "untried a test", "phase oath", "sworn", "phase testimony"} {
		h.do(command)
	}
	time.Sleep(3 * time.Second) // of testimony
	h.say("close")
	h.ends(exitOK)
	list, _ := s.run(exitOK, "evidence list"+asJudge)
	master := masterOf(t, list)

	asked, _ := s.run(exitOK, "evidence copy request "+master+" --seat p --until "+time.Now().AddDate(0, 1, 0).Format(dayLayout)+" --purpose to~prepare"+asClerk)
	id := strings.TrimSuffix(strings.Fields(asked)[3], ":")
	_, said := s.run(exitNotAllowed, "evidence copy approve "+id+asClerk)
	if !strings.Contains(said, "Nobody approves") {
		t.Errorf("their own request: %s", said)
	}
	s.run(exitOK, "evidence copy approve "+id+asJudge)
	s.run(exitRefused, "evidence copy make "+id+" @copy.webm"+asJudge)
	if _, err := os.Stat(s.path("copy.webm")); err == nil {
		t.Fatal("one college alone has got a copy")
	}
	s.run(exitOK, "evidence copy approve "+id+asOther)
	out, _ := s.run(exitOK, "evidence copy make "+id+" @copy.webm"+asJudge)
	if !strings.Contains(out, "SHA-256") {
		t.Errorf("made: %s", out)
	}
	s.run(exitExists, "evidence copy make "+id+" @copy.webm"+asJudge)
	out, _ = s.run(exitOK, "evidence copy trace @copy.webm"+asJudge)
	if !strings.Contains(out, id) || !strings.Contains(out, "the very file") {
		t.Errorf("traced: %s", out)
	}
	out, _ = s.run(exitOK, "evidence request-edit "+master+" --mask 00:00:01-00:00:02=a~place --joint --json"+asClerk)
	var edit struct{ ID string }
	if err := json.Unmarshal([]byte(out), &edit); err != nil || edit.ID == "" {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitOK, "evidence approve "+edit.ID+asJudge)
	_, said = s.run(exitNotAllowed, "evidence copy request "+master+" --seat p --until "+time.Now().AddDate(0, 1, 0).Format(dayLayout)+" --purpose to~prepare"+asClerk)
	if !strings.Contains(said, "less than the copy would show") {
		t.Errorf("a recording that lacks an edit in force: %s", said)
	}
	s.run(exitOK, "evidence copy end "+id+" --how returned --note it~was~handed~over"+asJudge)
	out, _ = s.run(exitOK, "evidence custody "+master+asJudge)
	for _, want := range []string{"Copy 1 of", "copy.made", "copy.approved"} {
		if !strings.Contains(out, want) {
			t.Errorf("the custody lacks %q:\n%s", want, out)
		}
	}
}
