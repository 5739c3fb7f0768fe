package main

import (
	"strings"
	"testing"
)

// TestStatisticsFromTheCommandLine records people by categories, and shows, releases and exports a table of them: none who did not agree is in it, and no small count.
func TestStatisticsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	const as = " --vault @v --login registrar --passphrase-file @p"
	const who = "statistics profile --case TC~12/2026 --party Witness~B"
	s.run(exitRefused, "statistics release --by sex"+as) // nobody has agreed
	s.run(exitRefused, who+" --sex whatever"+as)
	s.run(exitRefused, who+" --consent yes"+as)
	s.run(exitNotFound, "statistics profile --case TC~12/2026 --party Witness~Z --sex male"+as)
	s.run(exitOK, who+" --consent given --exploitation forced_labour --sex female --age-band 18_24 --region asia_south_east"+as)
	s.run(exitOK, who+" --age-band 25_34"+as) // the others stay
	out, _ := s.run(exitOK, who+as)
	for _, word := range []string{"given", "forced_labour", "female", "25_34", "asia_south_east"} {
		if !strings.Contains(out, word) {
			t.Errorf("%s", out)
		}
	}
	out, _ = s.run(exitOK, "--json statistics show --by sex"+as)
	shown := parsed[struct {
		Counted   int `json:"counted"`
		NoConsent int `json:"no_consent"`
	}](t, out)
	if shown.Counted != 1 || shown.NoConsent < 1 {
		t.Errorf("%s", out)
	}
	s.run(exitOK, who+" --consent withdrawn"+as)
	out, _ = s.run(exitOK, "--json statistics show --by sex"+as)
	if shown = parsed[struct {
		Counted   int `json:"counted"`
		NoConsent int `json:"no_consent"`
	}](t, out); shown.Counted != 0 {
		t.Errorf("who withdrew is counted: %s", out)
	}
}
