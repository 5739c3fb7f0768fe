package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/record"
	"paravent/protection"
	"paravent/testimony/docket"
)

// captured keeps a master of ten seconds with a hearing of the training vault: numbered pictures, whole ones every two seconds, and packets.
func captured(t *testing.T, s *terminal) string {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := docket.Unlock(t.Context(), s.path("v"), "judge", []byte(docket.TrainingPassphrase), docket.Options{})
	check(err)
	h, err := d.FindHearing(t.Context(), "hearing-1")
	check(err)
	r, file, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord)
	check(err)
	w, err := record.NewWriter(file, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, r.Started)
	check(err)
	for n := range 500 {
		at := time.Duration(n) * 20 * time.Millisecond
		if n%2 == 0 {
			key := at%(2*time.Second) == 0
			frame := append([]byte{0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 90)...)
			if key {
				copy(frame, []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 240, 0})
			}
			check(w.Video(at, key, frame))
		}
		check(w.Audio(at, bytes.Repeat([]byte{byte(n), 0x55, byte(n >> 8)}, 25)))
	}
	check(w.Close())
	sum, err := file.Close()
	check(err)
	check(d.SealRecording(t.Context(), r.ID, sum, 10*time.Second))
	check(d.Close())
	return string(r.ID)
}

const asClerk = " --vault @v --login clerk --passphrase-file @p"

// Asked, seen in advance, approved, made, carried out, and checked without a vault.
func TestEditFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	id := captured(t, s)

	out, _ := s.run(exitOK, "evidence request-edit "+id+" --mask-voice 00:00:01.5-2=a~name,~and~a~place --mask 4.1-4.2=her~face --cut 7-8=a~call --joint --json"+asClerk)
	var asked struct{ ID string }
	if err := json.Unmarshal([]byte(out), &asked); err != nil || asked.ID == "" {
		t.Fatalf("%v: %s", err, out)
	}
	for line, code := range map[string]int{
		"evidence request-edit " + id + " --mask 1-2=R":                             exitRefused, // neither joint nor opposed
		"evidence request-edit " + id + " --mask 1-2=R --joint --opposed no":        exitUsage,
		"evidence request-edit " + id + " --mask 1-2 --joint":                       exitUsage,
		"evidence request-edit " + id + " --mask 2-1=R --joint":                     exitRefused,
		"evidence request-edit " + id + " --mask 1-2x=R --joint":                    exitRefused,
		"evidence request-edit " + id + " --mask 9-99=R --joint":                    exitRefused,
		"evidence request-edit " + id + " --joint":                                  exitRefused,
		"evidence request-edit nothing --mask 1-2=R --joint":                        exitNotFound,
		"evidence approve " + asked.ID:                                              exitNotAllowed,
		"evidence approve nothing":                                                  exitNotFound,
		"evidence derive " + id:                                                     exitNotAllowed,
		"evidence verify " + id + " --root 00":                                      exitUsage,
		"evidence lift " + asked.ID + " 1 --reasons R":                              exitRefused,
		"evidence withdraw " + asked.ID + " 9":                                      exitRefused,
		"evidence verify @p":                                                        exitEvidence, // a file that is no version
		"evidence verify @p --json --vault @nowhere --login nobody --json --root 1": exitEvidence,
	} {
		if line == "evidence lift "+asked.ID+" 1 --reasons R" {
			s.run(exitNotAllowed, line+asClerk)
			s.run(code, line+asJudge)
			continue
		}
		if strings.Contains(line, "--vault") {
			s.run(code, line)
			continue
		}
		s.run(code, line+asClerk)
	}
	if out, _ := s.run(exitOK, "evidence approve "+asked.ID+" --preview"+asJudge); !strings.Contains(out, "mask picture and voice 00:00:04.100 to 00:00:04.200") || !strings.Contains(out, "back at 00:00:06.000") {
		t.Errorf("seen in advance: %s", out)
	}
	s.run(exitRefused, "evidence refuse "+asked.ID+" 3"+asJudge) // without reasons
	s.run(exitOK, "evidence approve "+asked.ID+" 1 2"+asJudge)
	s.run(exitOK, "evidence refuse "+asked.ID+" 3 --reasons it~matters"+asJudge)
	if out, _ := s.run(exitOK, "evidence edits"+asClerk); !strings.Contains(out, "approved: a call") || !strings.Contains(out, "it matters") || !strings.Contains(out, "refused: a name, and a place") {
		t.Errorf("the edits: %s", out)
	}
	out, _ = s.run(exitOK, "evidence derive "+id+" --json"+asJudge)
	var made struct {
		ID    string
		Edits int
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.Edits != 2 {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitOK, "evidence verify"+asJudge)
	s.run(exitNotAllowed, "evidence export "+made.ID+" @no.webm"+asClerk)
	s.run(exitOK, "evidence export "+made.ID+" @version.webm"+asJudge)

	out, _ = s.run(exitOK, "evidence verify @version.webm --json")
	var found versionReport
	if err := json.Unmarshal([]byte(out), &found); err != nil || !found.Sound || found.Edits != 2 || len(found.Items) != 2 || found.Recording != id || found.Version != made.ID {
		t.Errorf("%v: %s", err, out)
	}
	s.run(exitOK, "evidence verify @version.webm --edits 2 --root "+found.Root+" --judge "+strings.ToUpper(found.OrderedBy))
	for _, wrong := range []string{"--edits 3", "--edits 0", "--root 00", "--judge " + found.Root} {
		s.run(exitEvidence, "evidence verify @version.webm "+wrong)
	}
	whole, err := os.ReadFile(s.path("version.webm"))
	if err != nil {
		t.Fatal(err)
	}
	whole[len(whole)/4] ^= 1
	s.write("changed.webm", string(whole))
	if out, _ := s.run(exitEvidence, "evidence verify @changed.webm"); !strings.Contains(out, "First bad place: bytes 0 to ") || !strings.Contains(out, "track ") {
		t.Errorf("a changed byte: %s", out)
	}
	if out, _ := s.run(exitEvidence, "evidence check "+id+asJudge); !strings.Contains(out, "Track 1 cannot be decoded") || !strings.Contains(out, "See to them before the witness leaves") {
		t.Errorf("the check of pictures that are none: %s", out) // they are numbers
	}
	s.run(exitNotFound, "evidence check nothing"+asJudge)
	for _, file := range []string{"c.pdf", "c.json"} {
		s.run(exitOK, "evidence custody "+made.ID+" --language fr --to @"+file+asJudge)
		s.run(exitExists, "evidence custody "+made.ID+" --to @"+file+asJudge)
	}
	s.run(exitUsage, "evidence custody "+id+" --to @c.txt"+asJudge)
	s.run(exitNotAllowed, "evidence custody "+id+" --to @d.pdf"+asClerk)
	if text, err := os.ReadFile(s.path("c.pdf")); err != nil || !bytes.HasPrefix(text, []byte("%PDF")) {
		t.Errorf("the report: %v", err)
	}
	if out, _ := s.run(exitOK, "evidence custody "+id+asJudge); !strings.Contains(out, "edit.approved") || strings.Contains(out, "her face") || !strings.Contains(out, "Version "+made.ID) {
		t.Errorf("custody: %s", out)
	}
	s.run(exitOK, "evidence lift "+asked.ID+" 1 --reasons it~is~known"+asJudge)
	if out, _ := s.run(exitOK, "evidence verify "+made.ID+asJudge); !strings.Contains(out, "list 2 of 3") {
		t.Errorf("after another decision: %s", out)
	}
}

// From a rule to what is gone, and what is refused on the way.
func TestRetentionFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	id := captured(t, s)
	as := func(login string) string { return " --vault @v --passphrase-file @p --login " + login }
	for line, code := range map[string]int{
		"set --kind master --years 1 --basis B" + as("clerk"):                           exitNotAllowed,
		"set --kind copy --years 1 --basis B" + as("judge"):                             exitUsage,
		"set --kind master --basis B" + as("judge"):                                     exitUsage,
		"set --kind master --until 31.3.2027 --basis B" + as("judge"):                   exitUsage,
		"set --kind master --until 2020-01-01 --basis art.~12" + as("registrar"):        exitOK,
		"judgment --case TC~12/2026 --day 2999-01-01" + as("clerk"):                     exitRefused,
		"hold --case TC~12/2026 --recording x --ground appeal --reason R" + as("clerk"): exitNotFound,
		"propose nothing --reason R" + as("clerk"):                                      exitNotFound,
		"approve nothing --reason R" + as("judge"):                                      exitNotFound,
	} {
		s.run(code, "evidence retention "+line)
	}
	if out, _ := s.run(exitOK, "evidence retention"+as("clerk")); !strings.Contains(out, id) || !strings.Contains(out, "due since 2020-01-01") || !strings.Contains(out, "a hearing that needs it is not closed") {
		t.Errorf("the list: %s", out)
	}
	if _, errs := s.run(exitRefused, "evidence retention propose "+id+" --reason over"+as("clerk")); !strings.Contains(errs, "still needed: a hearing that needs it is not closed") {
		t.Errorf("refused with %s", errs)
	}
	if out, _ := s.run(exitOK, "evidence retention rules"+as("judge")); !strings.Contains(out, "until 2020-01-01 (art. 12)") {
		t.Errorf("the rules: %s", out)
	}
	s.run(exitOK, "evidence verify "+id+as("judge"))
}
