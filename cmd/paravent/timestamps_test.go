package main

import (
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
