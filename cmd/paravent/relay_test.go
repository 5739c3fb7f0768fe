package main

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"paravent/testimony/relay"
	"paravent/testimony/relay/station"
)

const relayText = `{"format":"paravent.reach/1","relay":{"url":"http://127.0.0.1:1","key":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}}`

// The relay is set, tried, shown without its key, and ended; whoever does not decide on it is refused; what no relay is at is
// told as such.
func TestRelayIsSetTriedAndEnded(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	as := func(want int, login, line string) string {
		t.Helper()
		out, _ := s.run(want, line+" --vault @v --login "+login+" --passphrase-file @p")
		return out
	}
	as(exitNotFound, "judge", "relay try")
	if out := as(exitOK, "judge", "relay show"); !strings.Contains(out, "over no relay") {
		t.Errorf("by default: %s", out)
	}
	s.write("nothing", "{}")
	as(exitUsage, "judge", "relay use @nothing")
	s.write("relay", relayText)
	as(exitNotAllowed, "clerk", "relay use @relay")
	as(exitOK, "judge", "relay use @relay")
	as(exitCutOff, "clerk", "relay try")
	as(exitCutOff, "judge", "host --hearing hearing-1 --relay")

	key, err := relay.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	st, err := station.Start(t.Context(), station.Config{Listen: "127.0.0.1:0", Courts: map[string]relay.Key{"c": key}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	var file strings.Builder
	if err := relay.WriteReach(&file, relay.Reach{Relay: relay.Place{URL: "http://" + st.Address().String(), Key: key}}); err != nil {
		t.Fatal(err)
	}
	s.write("relay", file.String())
	as(exitOK, "registrar", "relay use @relay")
	as(exitOK, "clerk", "relay try")
	if out := as(exitOK, "judge", "relay show"); strings.Contains(out, key.Reveal()) || !strings.Contains(out, st.Address().String()) {
		t.Errorf("shown: %s", out)
	}
	as(exitOK, "judge", "audit export @log")
	log, err := os.ReadFile(s.path("log"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(log), key.Reveal()) {
		t.Error("the key is in the audit log")
	}
	as(exitOK, "judge", "relay off")
	as(exitNotFound, "judge", "relay try")
}
