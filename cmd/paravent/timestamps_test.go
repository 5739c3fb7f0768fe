package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"paravent/testimony/stamp/stamptest"
)

// A recording is stamped once, when its authority answers; one that doesn't, or answers wrongly, leaves it as it was.
func TestTimestampFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	id := captured(t, s)
	right, wrong := stamptest.New(t), stamptest.New(t)
	s.write("roots", string(right.Roots))
	as := func(code int, login, command string) string {
		t.Helper()
		out, errs := s.run(code, command+" --vault @v --passphrase-file @p --login "+login)
		return out + errs
	}
	as(exitRefused, "judge", "evidence timestamp "+id) // its blocks are not sealed
	as(exitEvidence, "judge", "evidence check "+id)
	as(exitNotFound, "judge", "evidence timestamp "+id)
	as(exitNotAllowed, "clerk", "timestamps use http://127.0.0.1:1 @roots")
	as(exitRefused, "judge", "timestamps use file:///x @roots")
	as(exitOK, "judge", "timestamps use http://127.0.0.1:1 @roots")
	as(exitFailure, "judge", "evidence timestamp "+id)
	as(exitOK, "judge", "timestamps use "+wrong.Serve(t)+" @roots")
	as(exitRefused, "judge", "evidence timestamp "+id)
	as(exitOK, "judge", "timestamps use "+right.Serve(t)+" @roots")
	first := as(exitOK, "clerk", "evidence timestamp "+id)
	if !strings.Contains(first, stamptest.Name) {
		t.Errorf("it says %q", first)
	}
	as(exitOK, "judge", "timestamps off")
	if again := as(exitOK, "clerk", "evidence timestamp "+id); again != first {
		t.Errorf("asked again: %q, first %q", again, first)
	}
}

// What is sealed is stamped without anybody asking. The list and the checks say so, exports carry the timestamp, and whoever has the authority's root checks it without a vault, with
// this program or with openssl. An authority that is silent fails nothing, and is asked again.
func TestTimestampsComeByThemselvesAndLeaveWithExports(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	id, other := captured(t, s), captured(t, s)
	right, wrong := stamptest.New(t), stamptest.New(t)
	s.write("roots", string(right.Roots))
	s.write("foreign", string(wrong.Roots))
	as := func(code int, command string) (out, errs string) {
		t.Helper()
		return s.run(code, command+" --vault @v --passphrase-file @p --login judge")
	}
	says := func(text string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("it does not say %q:\n%s", w, text)
			}
		}
	}
	as(exitNotFound, "evidence timestamp") // no authority
	as(exitOK, "timestamps use "+right.Serve(t)+" @roots")
	out, _ := as(exitOK, "evidence derive "+id+" --json")
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.ID == "" {
		t.Fatalf("%v: %s", err, out)
	}
	out, _ = as(exitOK, "evidence list")
	if n := strings.Count(out, "timestamp valid: sealed by"); n != 2 { // of the recording, and so of the version
		t.Errorf("%d are stamped:\n%s", n, out)
	}
	says(out, "not timestamped", "never checked", ": intact, ")
	out, _ = as(exitOK, "evidence verify")
	says(out, "Timestamp valid: sealed by", "says "+stamptest.Name, "Not timestamped.")
	out, _ = as(exitOK, "evidence custody "+id)
	says(out, "timestamp valid", "recording.stamped", "recording.verified  Presiding judge (training) (judge)  intact")

	as(exitOK, "timestamps use http://127.0.0.1:1 @roots")
	_, errs := as(exitEvidence, "evidence check "+other) // its pictures are none, which is what the exit code says
	says(errs, "not timestamped yet")
	as(exitFailure, "evidence timestamp")
	as(exitOK, "timestamps use "+right.Serve(t)+" @roots")
	out, _ = as(exitOK, "evidence timestamp")
	says(out, "Timestamps obtained: 1.", other)
	out, _ = as(exitOK, "evidence timestamp")
	says(out, "Timestamps obtained: 0.")

	out, _ = as(exitOK, "evidence export "+made.ID+" @version.webm")
	says(out, "version.webm.tsr")
	if _, err := os.Stat(s.path("version.webm.stamped")); err == nil {
		t.Error("a version has in itself what is stamped")
	}
	out, _ = s.run(exitOK, "evidence verify @version.webm")
	says(out, "not checked")
	out, _ = s.run(exitOK, "evidence verify @version.webm --roots @roots")
	says(out, "Timestamp  valid: sealed by", stamptest.Name)
	s.run(exitEvidence, "evidence verify @version.webm --roots @foreign")
	s.run(exitRefused, "evidence verify @version.webm --roots @p") // no certificate is in there
	as(exitUsage, "evidence verify "+id+" --roots @roots")

	as(exitOK, "evidence export "+other+" @master.webm")
	s.run(exitEvidence, "evidence verify @version.webm --roots @roots --timestamp @master.webm.tsr") // of another recording
	s.run(exitEvidence, "evidence verify @version.webm --roots @roots --timestamp @none.tsr")
	openssl := func(data, tsr, roots string) error {
		said, err := exec.Command("openssl", "ts", "-verify", "-data", s.path(data), "-in", s.path(tsr), "-CAfile", s.path(roots)).CombinedOutput()
		if err == nil && !strings.Contains(string(said), "Verification: OK") {
			t.Errorf("openssl says %q", said)
		}
		return err
	}
	if err := openssl("master.webm.stamped", "master.webm.tsr", "roots"); err != nil {
		t.Errorf("openssl: %v", err)
	}
	if openssl("master.webm.stamped", "master.webm.tsr", "foreign") == nil || openssl("master.webm.stamped", "version.webm.tsr", "roots") == nil {
		t.Error("openssl finds a false one right")
	}

	for _, there := range []string{"x.webm.tsr", "y.webm.stamped", "z.webm"} { // no file is replaced, and none is left where one stands in the way
		s.write(there, "mine")
		as(exitExists, "evidence export "+other+" @"+there[:1]+".webm")
		for _, ending := range []string{".webm", ".webm.tsr", ".webm.stamped"} {
			text, err := os.ReadFile(s.path(there[:1] + ending))
			if name := there[:1] + ending; name == there && string(text) != "mine" || name != there && err == nil {
				t.Errorf("%s: %q, %v", name, text, err)
			}
		}
	}
}
