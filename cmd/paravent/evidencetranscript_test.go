package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"paravent/testimony/transcript"
)

const transcriptText = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Counsel One>Did you see him?\n\n00:03.000 --> 00:04.000\n<v Witness>Yes.\n"

// Taken in, printed, written, and written as the public may read it; what a file says of itself that is no function is refused.
func TestTranscriptFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	s.write("t.vtt", transcriptText)
	s.write("t.txt", transcriptText)
	s.write("bad.srt", "1\n00:00:01,000 --> 00:00:02,000\n")
	s.write("late.srt", "1\n00:01:01,000 --> 00:01:02,000\nwitness: Too late.\n")
	id := captured(t, s)
	take := "evidence transcript import " + id
	s.run(exitNotFound, "evidence transcript show "+id+asJudge)
	for line, code := range map[string]int{
		take + " @t.vtt": exitRefused, // Counsel One is nobody's function
		take + " @t.vtt --speaker Counsel~One=Jane~Roe":           exitUsage,
		take + " @t.vtt --speaker Counsel~One":                    exitUsage,
		take + " @t.vtt --language x-jane":                        exitUsage,
		take + " @t.txt":                                          exitUsage,
		take + " @nothing.vtt":                                    exitNotFound,
		take + " @bad.srt":                                        exitRefused,
		take + " @late.srt":                                       exitRefused,
		"evidence transcript import nothing @late.srt":            exitNotFound,
		"evidence transcript export " + id + " @t.docx":           exitUsage,
		"evidence transcript export " + id + " @x.vtt":            exitNotFound,
		"evidence transcript export " + id + " @x.vtt --spoken ?": exitUsage,
	} {
		if out, told := s.run(code, line+asJudge); strings.Contains(out+told, "Counsel One is") {
			t.Errorf("%s: %s", line, told)
		}
	}
	taken := take + " @t.vtt --language en --speaker Counsel~One=defence-2"
	s.run(exitNotAllowed, taken+asClerk)
	s.run(exitOK, taken+asJudge)
	if out, _ := s.run(exitOK, "evidence transcript show "+id+asJudge); !strings.Contains(out, "00:00:01.000  defence-2 (en): Did you see him?") {
		t.Errorf("shown: %s", out)
	}
	out, _ := s.run(exitOK, "evidence transcript show "+id+" --public --json"+asJudge)
	var public transcriptReport
	if err := json.Unmarshal([]byte(out), &public); err != nil || !public.Public || len(public.Passages) != 1 || public.Passages[0].Withheld != transcript.NotPublic {
		t.Errorf("the public version of a session that nobody knows to be public: %v, %s", err, out)
	}
	s.run(exitOK, "evidence transcript export "+id+" @o.vtt"+asJudge)
	s.run(exitOK, "evidence transcript export "+id+" @o.srt --spoken en"+asJudge)
	s.run(exitOK, "evidence transcript export "+id+" @o.pdf --public --language fr"+asJudge)
	s.run(exitExists, "evidence transcript export "+id+" @o.pdf"+asJudge)
	text, err := os.ReadFile(s.path("o.vtt"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := transcript.ParseVTT(text, transcript.Reading{}); err != nil || len(list) != 2 || list[0].Speaker.String() != "defence-2" {
		t.Errorf("%v: %s", err, text)
	}
	if out, _ := s.run(exitOK, "evidence custody "+id+asJudge); !strings.Contains(out, "transcript.imported") || !strings.Contains(out, "transcript.exported") {
		t.Errorf("the chain: %s", out)
	}
}

// A passage is typed, corrected and struck with a reason; every version is kept with what it struck.
func TestATranscriptIsCorrectedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	s.write("said", "I saw the red car.\n")
	s.write("heard", "I saw the dread car.\n")
	s.write("label", "Jane Roe: I saw it.\n")
	id := captured(t, s)
	at := " --from 00:00:01 --until 00:00:02 --speaker witness --language en"
	typing := "evidence transcript type " + id + " "
	s.run(exitUsage, typing+"@heard"+asJudge)
	s.run(exitUsage, typing+"@heard --from 00:00:01 --until 00:00:02 --speaker Jane"+asJudge)
	s.run(exitRefused, typing+"@label"+at+asJudge)
	s.run(exitOK, typing+"@heard"+at+asJudge)
	if out, _ := s.run(exitOK, "evidence transcript show "+id+asJudge); !strings.Contains(out, "1/1    00:00:01.000  witness (en): I saw the dread car.") {
		t.Errorf("shown: %s", out)
	}
	s.run(exitUsage, "evidence transcript correct "+id+" 1/1 @said"+asJudge)
	s.run(exitNotFound, "evidence transcript correct "+id+" 7/7 @said --reason misheard"+asJudge)
	s.run(exitOK, "evidence transcript correct "+id+" 1/1 @said --reason misheard"+asJudge)
	s.run(exitOK, "evidence transcript correct "+id+" 2/1 --speaker interpreter --reason it~was~the~interpreter"+asJudge)
	if out, _ := s.run(exitOK, "evidence transcript show "+id+asJudge); !strings.Contains(out, "3/1    00:00:01.000  interpreter (en): I saw the red car.") || strings.Contains(out, "dread") {
		t.Errorf("corrected: %s", out)
	}
	s.run(exitNotFound, "evidence transcript strike "+id+" 1/1 --reason once~more"+asJudge)
	s.run(exitOK, "evidence transcript strike "+id+" 3/1 --reason nobody~said~it"+asJudge)
	out, _ := s.run(exitOK, "evidence transcript history "+id+asJudge)
	for _, want := range []string{"version 4, ", "struck: nobody said it\n  - 00:00:01.000  interpreter (en): I saw the red car.", "changed: misheard\n  - 00:00:01.000  witness (en): I saw the dread car.\n  + 00:00:01.000  witness (en): I saw the red car.", "by a judge"} {
		if !strings.Contains(out, want) {
			t.Errorf("the history lacks %q:\n%s", want, out)
		}
	}
	s.run(exitNotAllowed, "evidence transcript history "+id+asClerk)
}
