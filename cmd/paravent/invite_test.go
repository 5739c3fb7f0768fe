package main

import (
	"os"
	"strings"
	"testing"

	"paravent/testimony/invite"
)

// TestInvitingFromTheCommandLine hands a seat's invitation over on paper, as a picture and as a link, renews it, and withdraws it.
func TestInvitingFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", strings.Replace(docketText, "2026-11-25T09", "2999-11-25T09", 1))
	s.run(exitOK, "docket import @docket.json"+asJudge)
	const seat = " --hearing h --seat witness"
	s.run(exitUsage, "invite link"+seat+asJudge)
	s.run(exitUsage, "invite link"+seat+" --base http://court.example"+asJudge)
	s.run(exitNotFound, "invite link --hearing h --seat support --base https://court.example"+asJudge)
	s.run(exitNotFound, "invite link --hearing g --seat witness --base https://court.example"+asJudge)
	s.run(exitUsage, "invite link"+seat+" --base https://court.example --qr @code.gif"+asJudge)
	out, _ := s.run(exitOK, "invite link"+seat+" --base https://court.example --qr @code.png"+asJudge)
	first, err := invite.ParseLink(out)
	if err != nil || first.Base != "https://court.example" {
		t.Fatalf("%q: %v", out, err)
	}
	if _, err := os.Stat(s.path("code.png")); err != nil {
		t.Error(err)
	}
	s.run(exitExists, "invite link"+seat+" --qr @code.png"+asJudge)
	out, _ = s.run(exitOK, "--json invite card"+seat+" --language fr --to @card.pdf"+asJudge)
	card := parsed[invitedLine](t, out)
	if card.Link != "" || len(card.Mark) != 4 || card.Until.IsZero() || strings.Contains(out, first.Secret.Reveal()) {
		t.Errorf("%s", out)
	}
	if pdf, err := os.ReadFile(s.path("card.pdf")); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("the card: %v", err)
	}
	s.run(exitExists, "invite card"+seat+" --to @card.pdf"+asJudge)
	s.run(exitUsage, "invite card"+seat+" --to @card.txt"+asJudge)
	out, _ = s.run(exitOK, "--json invite link"+seat+" --new"+asJudge)
	second := parsed[invitedLine](t, out)
	if second.Mark == card.Mark || strings.Contains(second.Link, first.Secret.Reveal()) {
		t.Error("a new link is the old one")
	}
	s.run(exitOK, "invite withdraw"+seat+asJudge)
	out, _ = s.run(exitOK, "--json invite link"+seat+asJudge)
	if third := parsed[invitedLine](t, out); third.Link == second.Link {
		t.Error("what was withdrawn is handed out again")
	}
}
