package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// TestAnAuditorReadsTheLogAndNothingElse tries every command that takes a vault with an auditor's login. A command that is not listed fails the
// test: whoever adds one decides what it is to an auditor.
func TestAnAuditorReadsTheLogAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	s.write("new", "a lantern beside the quiet harbour\n")
	s.write("docket.json", docketText)
	s.write("t.vtt", transcriptText)
	s.write("measure.json", ownMeasureText)
	s.write("relay", relayText)
	s.run(exitOK, "audit head --vault @v --login judge --passphrase-file @p")
	before := s.auditSize()

	const refused = -1 // 7 or 8: not theirs
	playing := exitUsage
	if hasDisplay() {
		playing = refused
	}
	tried := map[string]bool{}
	for _, c := range []struct {
		line string
		want int
	}{
		// What is theirs.
		{"audit head", exitOK}, {"audit verify", exitOK}, {"audit prove 1 -o @proof", exitOK}, {"audit export @log", exitOK}, {"vault status", exitOK},
		{"vault verify", exitOK}, // of what they can open, and the log
		{"vault accept --reason R --with judge --with-passphrase-file @p", exitOK}, // there is nothing to accept
		{"user list", exitOK}, {"user invite @invitation", exitOK}, {"user waiting", refused}, {"kit list", exitOK}, {"user recoveries", exitOK},
		// What is not.
		{"vault backup @b", refused}, {"vault schedule --every 24", refused}, {"vault upkeep", exitOK}, // of what they are a member of
		{"user add x --role clerk --new-passphrase-file @new", refused}, {"user admit x --first a --last b", refused}, {"user refuse x", refused}, {"user revoke clerk --reason R", refused},
		{"kit make --needed 2 --holder clerk --holder judge --holder registrar --text @kit", refused}, {"kit confirm x", refused}, {"kit discard x", refused}, {"kit check x", refused}, {"user review x --finding F", refused}, {"user agency clerk A", refused},
		{"docket import @docket.json", refused}, {"docket export", refused}, {"order list", refused}, {"order show x", refused}, {"order file --case TC~12/2026 --party Witness~B --reference 1 --applicant court", refused}, {"order serve x --how H --respond-by 2027-01-01", refused},
		{"order oppose x --reasons R", refused}, {"order interim x --reasons R", refused}, {"order grant x --reasons R", refused}, {"order grant-in-part x --reasons R --strike pseudonym", refused}, {"order refuse x --reasons R", refused},
		{"order contest x --reasons R", refused}, {"order uphold x --reasons R", refused}, {"order vary x --reasons R", refused}, {"order suspend x --reasons R", refused}, {"order resume x --reasons R", refused},
		{"order rescind x --reasons R", refused}, {"order confirm-end x --reasons R", refused}, {"order matrix --case TC~12/2026 --party Witness~B", refused},
		{"order fairness --case TC~12/2026 --party Witness~B", refused}, {"order alert x --how H", refused}, {"measure list", refused}, {"measure show pseudonym", refused}, {"measure add @measure.json --reasons R", refused}, {"measure change pseudonym @measure.json --reasons R", refused},
		{"measure retire pseudonym --reasons R", refused}, {"measure approve x", refused}, {"measure decline x --why W", refused}, {"measure withdraw x", refused},
		{"disclosure ask --case TC~12/2026 --party Witness~B --field names --to judge --order 1 --basis B", refused},
		{"disclosure list", refused}, {"disclosure approve x", refused}, {"disclosure refuse x --reason R", refused}, {"disclosure withdraw x", refused}, {"disclosure review x --finding F", refused},
		{"conflict flag --case TC~12/2026 --user judge --reason R", refused}, {"conflict list", refused}, {"conflict lift x --reason R", refused},
		{"vault move @pack", refused}, {"vault stay --not-taken", refused}, {"vault upgrade", refused},
		{"team list", refused}, {"team make x --member judge", refused}, {"team join x judge", refused}, {"team leave x judge", refused}, {"team move TC~12/2026", refused},
		{"schedule list", refused}, {"schedule check", refused}, {"schedule propose --case TC~12/2026 --party Witness~B --court-zone UTC --witness-zone UTC", refused},
		{"schedule plan --case TC~12/2026 --party Witness~B --court-zone UTC --witness-zone UTC --start 2027-03-10T10:00", refused},
		{"schedule move x --start 2027-03-10T10:00", refused}, {"schedule cancel x --why R", refused}, {"schedule counsel x --for defence=accused", refused},
		{"resource list", refused}, {"calendar export @c.ics", refused}, {"resource put @room.json", refused}, {"resource remove x", refused},
		{"erasure ask --case TC~12/2026 --party Witness~B --basis B --reason R", refused}, {"erasure list", refused}, {"erasure approve x", refused}, {"erasure refuse x --reason R", refused},
		{"erasure carry-out x", refused}, {"erasure certificate x @c.pdf", refused},
		{"paper order --order 2026/114 --to @o.pdf", refused}, {"paper accused --hearing x --to @a.pdf", refused}, {"paper press --hearing x --to @p.pdf", refused},
		{"paper witness --hearing x --to @w.pdf", refused}, {"paper readiness --hearing x --to @r.pdf", refused}, {"paper minutes --hearing x --to @m.pdf", refused},
		{"statistics show --by sex", refused}, {"statistics profile --case TC~12/2026 --party Witness~B", refused}, {"statistics release --by sex", refused}, {"statistics list", refused}, {"statistics export x @s.csv", refused},
		{"care facts --case TC~12/2026 --party Witness~B", refused}, {"care missing --case TC~12/2026 --party Witness~B", refused},
		{"care interview show --case TC~12/2026 --party Witness~B", refused}, {"care interview save @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care status show --case TC~12/2026 --party Witness~B", refused}, {"care status decide --status victim --by court --basis B --case TC~12/2026 --party Witness~B", refused},
		{"care cooperation show --case TC~12/2026 --party Witness~B", refused},
		{"care cooperation decide --need needed --by court --basis B --case TC~12/2026 --party Witness~B", refused},
		{"care reflection show --case TC~12/2026 --party Witness~B", refused}, {"care reflection begin --days 30 --basis B --case TC~12/2026 --party Witness~B", refused},
		{"care reflection extend --days 5 --by court --basis B --case TC~12/2026 --party Witness~B", refused},
		{"care reflection end --by court --basis B --case TC~12/2026 --party Witness~B", refused}, {"care consent show --case TC~12/2026 --party Witness~B", refused},
		{"care consent record --purpose travel --will refused --case TC~12/2026 --party Witness~B", refused},
		{"care consent met --purpose travel --case TC~12/2026 --party Witness~B", refused}, {"care risk show --case TC~12/2026 --party Witness~B", refused},
		{"care risk save @docket.json --case TC~12/2026 --party Witness~B", refused}, {"care risk trial-end --case TC~12/2026 --party Witness~B", refused},
		{"care needs show --case TC~12/2026 --party Witness~B", refused}, {"care needs save @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"release list", refused}, {"release review x", refused}, {"release mark x 0:01-0:02", refused}, {"release confirm x 1", refused}, {"release release x", refused},
		{"care phrases show --case TC~12/2026 --party Witness~B", refused}, {"care phrases save @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care preparation show --case TC~12/2026 --party Witness~B", refused},
		{"care preparation hold --topic rooms --language yo --interpreter in_room --support in_room --case TC~12/2026 --party Witness~B", refused},
		{"care preparation complete --case TC~12/2026 --party Witness~B", refused}, {"care preparation reopen --case TC~12/2026 --party Witness~B", refused},
		{"care plan show --case TC~12/2026 --party Witness~B", refused}, {"care plan save @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care plan end --why @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care incident report --kind threat --what @docket.json --case TC~12/2026 --party Witness~B", refused}, {"care incident list --case TC~12/2026 --party Witness~B", refused},
		{"care incident respond x --what @docket.json --case TC~12/2026 --party Witness~B", refused}, {"care contact show --case TC~12/2026 --party Witness~B", refused},
		{"care contact save @docket.json --case TC~12/2026 --party Witness~B", refused}, {"care contact note --way office --case TC~12/2026 --party Witness~B", refused},
		{"care companion list --case TC~12/2026 --party Witness~B", refused}, {"care companion add @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care companion leave x --case TC~12/2026 --party Witness~B", refused}, {"care companion flag x --case TC~12/2026 --party Witness~B", refused},
		{"care return show --case TC~12/2026 --party Witness~B", refused}, {"care return plan @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care return declare --case TC~12/2026 --party Witness~B", refused}, {"care return depart --case TC~12/2026 --party Witness~B", refused},
		{"care return arrive --case TC~12/2026 --party Witness~B", refused}, {"care return stop --why @docket.json --case TC~12/2026 --party Witness~B", refused},
		{"care return follow-up --month 1 --way office --found well --case TC~12/2026 --party Witness~B", refused}, {"care destroy x", refused},
		{"evidence edits", refused}, {"evidence request-edit x --mask 0-1=R --joint", refused}, {"evidence approve x", refused}, {"evidence refuse x --reasons R", refused},
		{"cooperation ask --case TC~12/2026 --party Witness~B --country NG --authority A --instrument untoc", refused}, {"cooperation answer x --granted", refused}, {"cooperation withdraw x --why R", refused},
		{"cooperation list", refused}, {"cooperation show x", refused}, {"cooperation hearing x", refused}, {"cooperation decide x --reason R", refused},
		{"timestamps show", refused}, {"timestamps use http://127.0.0.1 @relay", refused}, {"timestamps off", refused}, {"evidence timestamp x", refused},
		{"relay show", refused}, {"relay use @relay", refused}, {"relay try", refused}, {"relay off", refused}, {"broadcast show", refused}, {"broadcast use https://media.example/whip", refused}, {"broadcast off", refused},
		{"reminders list", refused}, {"reminders told x --occasion hour --who advocate --how telephone", refused}, {"reminders paper --to @rm.pdf", refused},
		{"evidence withdraw x", refused}, {"evidence lift x --reasons R", refused}, {"evidence derive x", refused}, {"evidence custody x", refused}, {"evidence retention list", refused}, {"evidence retention rules", refused}, {"evidence retention set --kind master --years 1 --basis B", refused},
		{"evidence retention judgment --case TC~12/2026 --day 2026-01-01", refused}, {"evidence retention hold --case TC~12/2026 --ground appeal --reason R", refused}, {"evidence retention lift x --reason R", refused},
		{"evidence retention propose x --reason R", refused}, {"evidence retention approve x --reason R", refused}, {"evidence retention refuse x --reason R", refused}, {"evidence retention clear x", refused},
		{"evidence check x", refused}, {"evidence remote list", refused}, {"evidence remote receive @record", refused}, {"evidence play x", playing},
		{"rules show --hearing x", refused}, {"rules topic --hearing x T", refused}, {"rules drop-topic --hearing x 1", refused}, {"rules advise --hearing x T", refused}, {"rules drop-advice --hearing x 1", refused},
		{"rules ask --hearing x --seat defence Q", refused}, {"rules approve --hearing x 1", refused}, {"rules refuse --hearing x 1 --reason R", refused}, {"rules withdraw --hearing x 1", refused}, {"rules settle --hearing x", refused}, {"rules reopen --hearing x", refused},
		{"evidence copy list", refused}, {"evidence copy request x --seat p --until 2099-01-01 --purpose P", refused}, {"evidence copy approve x", refused}, {"evidence copy refuse x --reason R", refused},
		{"evidence copy make x @copy.webm", refused}, {"evidence copy end x --how returned --note N", refused}, {"evidence copy trace @found.webm", refused},
		{"evidence capture --hearing x --witness-camera @c.y4m --witness-microphone @m.wav", exitBench},
		{"exhibit add @docket.json --case TC~12/2026 --number 1 --title T", refused}, {"exhibit list", refused}, {"exhibit show x", refused}, {"exhibit open x @x.pdf", refused},
		{"exhibit withdraw x --reason R", refused}, {"exhibit custody x", refused},
		{"exhibit opening list", refused}, {"exhibit opening request x --reason R", refused}, {"exhibit opening approve x", refused}, {"exhibit opening refuse x --reason R", refused},
		{"readiness week", refused}, {"readiness show x", refused}, {"readiness check x --item technique --stage day --who clerk", refused}, {"readiness visit x --at 2026-01-10T10:00 --who clerk", refused},
		{"evidence transcript import x @t.vtt", refused}, {"evidence transcript show x", refused}, {"evidence transcript type x --from 00:00:01 --until 00:00:02 --speaker bench @t.vtt", refused}, {"evidence transcript correct x 1/1 --reason R", refused}, {"evidence transcript strike x 1/1 --reason R", refused}, {"evidence transcript history x", refused}, {"evidence transcript export x @t2.vtt", refused},
		{"evidence list", refused}, {"evidence verify x", exitEvidence}, {"evidence export x @webm", refused}, {"host --hearing x", refused},
		{"calendar feed make --for x", refused}, {"calendar feed list", refused}, {"calendar feed revoke x", refused}, {"calendar feed serve --listen 127.0.0.1:0", refused},
		{"invite card --hearing x --seat witness --base https://a.example --to @card.pdf", refused}, {"invite link --hearing x --seat witness --base https://a.example", refused}, {"invite withdraw --hearing x --seat witness", refused},
	} {
		words := strings.Fields(c.line)
		for n := 1; n <= min(3, len(words)); n++ {
			tried[strings.Join(words[:n], " ")] = true
		}
		code, out, errs := s.try(c.line + " --vault @v --login auditor --passphrase-file @p")
		switch {
		case c.want == refused && code != exitNotAllowed && code != exitRefused && code != exitNotFound:
			t.Errorf("%s: %d\n%s%s", c.line, code, out, errs)
		case c.want != refused && code != c.want:
			t.Errorf("%s: %d, want %d\n%s%s", c.line, code, c.want, out, errs)
		}
		for _, secret := range []string{"Witness B", "Witness C", "TC 12/2026", "TC 31/2026", "Courtroom"} {
			if strings.Contains(out, secret) {
				t.Errorf("%s tells %q", c.line, secret)
			}
		}
	}
	// These take no login, or are about oneself.
	for _, c := range []string{"vault create", "vault backups", "vault restore", "vault take", "user suggest", "user ask", "user recover", "user passphrase", "audit check", "docket schema", "care form", "care interview questions", "desktop", "demo", "join", "rehearse", "version"} {
		tried[c] = true
	}
	for _, c := range commandsOf(reflect.TypeFor[commands](), "") {
		if !tried[c] {
			t.Errorf("nobody has said what %q is to an auditor", c)
		}
	}
	if after := s.auditSize(); after <= before {
		t.Errorf("%d entries, there were %d", after, before)
	}
}

// commandsOf are the commands of the command line that do something themselves.
func commandsOf(of reflect.Type, under string) (names []string) {
	for i := range of.NumField() {
		f := of.Field(i)
		if _, is := f.Tag.Lookup("cmd"); !is {
			continue
		}
		name := f.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(strings.Join(splitWords(f.Name), "-"))
		}
		name = strings.TrimSpace(under + " " + name)
		if inner := commandsOf(f.Type, name); len(inner) > 0 {
			names = append(names, inner...)
			continue
		}
		names = append(names, name)
	}
	return names
}

// splitWords takes a Go name apart at its capitals.
func splitWords(name string) (words []string) {
	for i, r := range name {
		if i == 0 || unicode.IsUpper(r) {
			words = append(words, "")
		}
		words[len(words)-1] += string(r)
	}
	return words
}

// try is run for whatever exit code there is.
func (s *terminal) try(line string) (code int, out, errs string) {
	s.t.Helper()
	var o, e bytes.Buffer
	args := strings.Fields(line)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = s.path(name)
		}
		args[i] = strings.ReplaceAll(args[i], "~", " ")
	}
	code = run(s.t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func (s *terminal) auditSize() int64 {
	s.t.Helper()
	out, _ := s.run(exitOK, "--json audit head --vault @v --login auditor --passphrase-file @p")
	var h auditHead
	if err := json.Unmarshal([]byte(out), &h); err != nil {
		s.t.Fatal(err)
	}
	return h.Entries
}
