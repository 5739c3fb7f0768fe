package notice_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony/notice"
)

var both = []policy.Language{policy.English, policy.French}

func drawn(t testing.TB, p notice.Paper, l policy.Language) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.PDF(&out, l); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read gives each page's text, as a reader of PDF that is not ours finds it.
func read(t testing.TB, pdf []byte) []string {
	t.Helper()
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	dir, err := os.MkdirTemp("", "paper")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "p.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(reader, "-layout", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\u00a0", " "), "\f"), "\f")
}

// whole is the text of every page with single blanks, so that the breaks of lines play no part.
func whole(pages []string) string { return strings.Join(strings.Fields(strings.Join(pages, " ")), " ") }

// What each paper has to say, and what it must not.
func TestAPaperSaysWhatItMust(t *testing.T) {
	t.Parallel()
	for l, each := range map[policy.Language]map[notice.Kind][2][]string{
		policy.English: {
			notice.OrderPaper: {{"Order for protective measures", "2026/114", "Witness B", "In force", "until the end of 23 November 2027", "Face alteration", "ICC rule 87(3)(d)", "to be checked by counsel", "threatened twice",
				"Public gallery", "a drawn silhouette", "the interpreter, never the witness", "hides a person from strangers", "The judge", "bears no electronic signature"}, {"Canary"}},
			notice.ToAccused: {{"Notice to the accused", "24 November 2026, 13:00 (UTC+1)", "You will not see the witness.", "You will hear the witness.", "The witness will not see you.", "The judges see and hear"},
				{"Canary", "Lagos", "Africa", "live link", "ICTY", "victim", "threatened", "remote"}},
			notice.ToPress: {{"REPORTING RESTRICTION", "This holds until a judge lifts it.", "a drawn silhouette is shown", "The interpreter is heard"}, {"Canary", "Lagos", "Africa", "live link", "victim", "threatened", "remote"}},
			notice.ForWitness: {{"Your day in court", "15:00", "In court you are called Witness B.", "They see a drawing. It is not your face.", "I need a break", "There may be another trial.", "they get your name"},
				{"Canary", "TC 12/2026", "Tribunal", "2026/114", "trafficking", "ICC"}},
			notice.ReadinessList: {{"Readiness sheet", "T – 24 h", "T – 30 min", "Set up by", "Interpreter’s voice only", "order 2026/114", "Presiding judge", "Both recorders run"}, {"Canary", "Lagos", "Africa"}},
			notice.PublicRecord: {{"public record", "Private session", "not in the public record", "To protect private life", "0:16:00", "TREEHASH", "13:20:00", "Bound to the truth at 13:06:00", "Cross-examination", "Raised in public session: 1"},
				{"promise", "leading", "identify the witness", "Canary", "canary", "I need a break", "signer", "Paris", "Lagos", "recording-one", "13:34", "Support person"}},
			notice.SealedRecord: {{"UNDER SEAL", "The identity record is locked away", "Interpreter Seatcanary", "I need a break", "13:33:00 – 13:34:00", "recording-one", "Breakcanary", "promise to tell the truth", "Cross-examination", "could identify the witness", "reserved"}, {"Disclosed to", "Lagos"}},
			notice.CustodyReport: {{"Chain of custody", "1:40:00", "0101010101010101", "0202020202", "abababab", "masked, picture and voice", "00:01:06.000", "request-one/1", "altered, or the file is missing", "to write a copy to a file",
				"Judge of Training (judge)", "user-gone", "812 entries", "TREEHASH"}, {"edit.", "recording.opened", "transcript."}},
			notice.TranscriptPaper: {{"Transcript", "Sealed", "recording-one", "Witness B", "Bench", "Witness 2", "Not named", "Sentence 19,", "0:03:00", "[expunged from the record]", "[not in public session]", "00:50:00"}, {"public version", "not_public"}},
		},
		policy.French: {
			notice.OrderPaper: {{"Ordonnance de mesures de protection", "Témoin B", "En vigueur", "à vérifier par un juriste", "une silhouette dessinée", "Ce que ces mesures ne peuvent pas"}, {"Witness B"}},
			notice.ToAccused:  {{"Avis à l’accusé", "13 h 00 (UTC+1)", "Vous ne verrez pas le témoin."}, {"Witness B"}},
			notice.ToPress:    {{"RESTRICTION DE PUBLICATION", "une silhouette dessinée"}, {"Witness B"}},
			notice.ForWitness: {{"Votre jour au tribunal", "on vous appelle Témoin B", "J’ai besoin d’une pause", "Il peut y avoir un autre procès."},
				{"TC 12/2026", "Tribunal judiciaire"}},
			notice.ReadinessList:   {{"Fiche de préparation", "H – 24 h", "Mise en place par"}, {"Lagos"}},
			notice.PublicRecord:    {{"version publique", "Session privée", "ne figure pas dans la version publique"}, {"canary", "Lagos"}},
			notice.SealedRecord:    {{"SOUS SCELLÉS", "est conservé à part, sous clé"}, {"Lagos"}},
			notice.CustodyReport:   {{"Chaîne de conservation", "masqué, image et voix", "Scellé bloc par bloc", "812 entrées"}, {"edit.", "recording.", "altered", "transcript."}},
			notice.TranscriptPaper: {{"Transcription", "Sous scellés", "Témoin B", "Ministère public", "Non désigné", "[expurgé du dossier]", "[hors audience publique]"}, {"expunged", "not_public", "version publique"}},
		},
	} {
		for kind, p := range papers(l) {
			pdf := drawn(t, p, l)
			cells, err := extract(pdf) // in the order in which it was set: a cell's lines follow each other
			if err != nil {
				t.Skip(err)
			}
			text := strings.ReplaceAll(whole(append(read(t, pdf), strings.ReplaceAll(cells, "\u00a0", " "))), "'", "’")
			if strings.Contains(text, "%!") || strings.Contains(text, "could not be printed") || strings.Contains(text, "n’ont pu être imprimés") {
				t.Errorf("%s in %s: a word is missing:\n%s", kind, l, text)
			}
			for _, must := range each[kind][0] {
				if !strings.Contains(text, must) {
					t.Errorf("%s in %s does not say %q:\n%s", kind, l, must, text)
				}
			}
			for _, not := range each[kind][1] {
				if strings.Contains(text, not) {
					t.Errorf("%s in %s says %q", kind, l, not)
				}
			}
		}
	}
}

// The public version of a transcript says that it is one, and names no sealed recording.
func TestAPublicTranscriptNamesNoRecording(t *testing.T) {
	t.Parallel()
	text := whole(read(t, drawn(t, transcribed(true), policy.English)))
	if !strings.Contains(text, "Transcript, public version") || strings.Contains(text, "recording-one") || strings.Contains(text, "sealed recording") || !strings.Contains(text, "[expunged from the record]") {
		t.Errorf("it says\n%s", text)
	}
}

var pageOf = regexp.MustCompile(`(?m)\s(\d+) ?/ ?(\d+)\s*$`)

// Every page of every paper tells which one it is and of how many.
func TestEveryPageIsNumbered(t *testing.T) {
	t.Parallel()
	for _, l := range both {
		for kind, p := range papers(l) {
			pages := read(t, drawn(t, p, l))
			for i, page := range pages {
				found := pageOf.FindAllStringSubmatch(page, -1)
				if len(found) == 0 {
					t.Fatalf("%s in %s: page %d has no number", kind, l, i+1)
				}
				m := found[len(found)-1] // the foot of the page
				if m[1] != strconv.Itoa(i+1) || m[2] != strconv.Itoa(len(pages)) {
					t.Errorf("%s in %s, page %d of %d: %q", kind, l, i+1, len(pages), m)
				}
			}
		}
	}
}

// The same paper gives the same bytes, and its metadata tells no user, no machine and no program but ours.
func TestAPaperTellsNothingBesideItself(t *testing.T) {
	t.Parallel()
	for kind, p := range papers(policy.French) {
		one, two := drawn(t, p, policy.French), drawn(t, p, policy.French)
		if !bytes.Equal(one, two) {
			t.Errorf("%s: the same paper gives other bytes", kind)
		}
		for _, field := range []string{"/Author", "/Creator", "/Subject", "/Keywords", "/ID"} {
			if bytes.Contains(one, []byte(field+" (")) || bytes.Contains(one, []byte(field+" [")) {
				t.Errorf("%s has %s", kind, field)
			}
		}
		if !bytes.Contains(one, []byte("/CreationDate (D:20261124120000)")) {
			t.Errorf("%s was not made when it says", kind)
		}
	}
}

// Letters of French, Vietnamese and Ukrainian come through, also where they are written with combining marks.
func TestLettersComeThrough(t *testing.T) {
	t.Parallel()
	p := orderPaper(policy.English)
	p.Reasons = "œuvre, Noël, « à l’île » – Nguyễn Thị Đào, Huế – Їжак, ґанок – Ωμέγα – e\u0301te\u0301 – Nguye\u0302\u0303n II"
	text := whole(read(t, drawn(t, p, policy.English)))
	for _, want := range []string{"œuvre, Noël, « à l’île »", "Nguyễn Thị Đào, Huế", "Їжак, ґанок", "Ωμέγα", "été", "Nguyễn II"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// What the font cannot print becomes a sentence in its place and one at the end; never boxes, and never nothing.
func TestAnotherScriptIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	p := orderPaper(policy.English)
	p.Reasons = "Before شهادة الشاهد بعد after. ከምስክር. \U0001F600 A\u202eB 证人 हिन्दी."
	text := whole(read(t, drawn(t, p, policy.English)))
	for _, want := range []string{"Before [words in Arabic script that this paper cannot print] after.", "[words in Ethiopic script", "[words that this paper cannot print]", "[words in Chinese script",
		"[words in Devanagari script", "AB", "Some words could not be printed", "It stands unchanged in the court"} {
		if !strings.Contains(strings.ReplaceAll(text, "’", "'"), want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	p.Reasons = "Avant שלום après"
	if text := whole(read(t, drawn(t, p, policy.French))); !strings.Contains(text, "[mots en écriture hébraïque que ce document ne peut imprimer]") {
		t.Error(text)
	}
}

// Sixty measures with long names fit, each row stays whole on its page, and none is lost.
func TestNoRowIsSplit(t *testing.T) {
	t.Parallel()
	for _, l := range both {
		p := orderPaper(l)
		p.Measures = nil
		for i := range 60 {
			p.Measures = append(p.Measures, notice.Measure{Name: fmt.Sprintf("begin%02d anticonstitutionnellement intergouvernementalisation end%02d", i, i), Toward: []protection.Audience{protection.Gallery, protection.Press},
				Basis: []notice.Basis{{Rule: fmt.Sprintf("rule%02d first", i)}, {Rule: fmt.Sprintf("rule%02d second", i), Seen: true}}})
		}
		pages := read(t, drawn(t, p, l))
		for i := range 60 {
			found := 0
			for _, page := range pages {
				names, all := 0, []string{fmt.Sprintf("Begin%02d", i), fmt.Sprintf("end%02d", i), fmt.Sprintf("rule%02d first", i), fmt.Sprintf("rule%02d second", i)}
				for _, name := range all {
					names += strings.Count(page, name)
				}
				if names != 0 && names != len(all) {
					t.Errorf("%s: row %d is split", l, i)
				}
				found += names
			}
			if found != 4 {
				t.Errorf("%s: row %d has %d of its 4 lines", l, i, found)
			}
		}
	}
}

// Whatever the reasons are, no character of a word is lost, and no line leaves the page.
func TestEveryWordOfTheReasonsIsPrinted(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	// A dozen, because each is drawn, written and read by another program; [TestWrapKeepsEveryWord] tries many more.
	reasons := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abcdefgéèçœßŁđữЖЩяΩ0189")), 1, 150, -1), 1, 30)
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s)
	}
	for seed := range 12 {
		words := reasons.Example(seed)
		p := orderPaper(policy.English)
		p.Measures, p.Reasons = nil, "BEGINNING "+strings.Join(words, " ")+" ENDING"
		text, err := extract(drawn(t, p, policy.English))
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ = strings.Cut(text, "BEGINNING")
		text, _, ok := strings.Cut(text, "ENDING")
		if got, want := letters(text), letters(strings.Join(words, "")); !ok || !strings.Contains(text, "\f") && got != want {
			t.Errorf("seed %d: printed %q, want %q", seed, got, want)
		}
	}
}

func extract(pdf []byte) (string, error) {
	cmd := exec.Command("pdftotext", "-raw", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	return string(text), err
}

// A megabyte of reasons is printed to its last word, in a moment.
func TestAMegabyteOfReasons(t *testing.T) {
	t.Parallel()
	p := orderPaper(policy.French)
	p.Reasons = strings.Repeat("La mesure est nécessaire et proportionnée à la gravité du danger. ", 15_500) + "DERNIER"
	if len(p.Reasons) < 1<<20 {
		t.Fatalf("%d bytes", len(p.Reasons))
	}
	pdf := drawn(t, p, policy.French)
	text, err := extract(pdf)
	if err != nil {
		t.Skip(err)
	}
	if n := strings.Count(text, "proportionnée"); n != 15_500 || !strings.Contains(text, "DERNIER") {
		t.Errorf("%d of 15500 sentences", n)
	}
}

// A cell that is longer than a page goes on on the next, and a court with a name without end spoils nothing.
func TestACellLongerThanAPageGoesOn(t *testing.T) {
	t.Parallel()
	m := kept()
	for i := range m.Segments {
		if m.Segments[i].Mode == protection.PrivateMode {
			m.Segments[i].Reason = "FIRST " + strings.Repeat("because of life ", 4000) + "LAST"
			break
		}
	}
	head := heading()
	head.Court = strings.Repeat("Cour ", 20_000)
	pdf := drawn(t, notice.PublicMinutes{Heading: head, Minutes: m}, policy.English)
	text, err := extract(pdf)
	if err != nil {
		t.Skip(err)
	}
	if n := strings.Count(whole([]string{text}), "because"); n != 4000 || !strings.Contains(text, "FIRST") || !strings.Contains(text, "LAST") {
		t.Errorf("%d of 4000 are printed", n)
	}
	if n := strings.Count(text, "Session"); n < 3 {
		t.Errorf("the head of the table stands on %d pages", n)
	}
}

// A notice without an order would announce a restriction that nobody has made.
func TestThereIsNoNoticeWithoutAnOrder(t *testing.T) {
	t.Parallel()
	bare := sitting(protection.PublicMode)
	bare.Orders = nil
	for _, p := range []notice.Paper{notice.Accused{Heading: heading(), Sitting: bare}, notice.Press{Heading: heading(), Sitting: bare}} {
		if err := p.PDF(io.Discard, policy.English); !errors.Is(err, notice.ErrNoOrder) {
			t.Errorf("%T: %v", p, err)
		}
	}
	if err := orderPaper(policy.English).PDF(io.Discard, "de"); !errors.Is(err, notice.ErrLanguage) {
		t.Errorf("in German: %v", err)
	}
}

// An identity can stand in the sealed record alone, and only as what was disclosed: no other paper's type leads to one.
func TestNoPaperHasAPlaceForAnIdentity(t *testing.T) {
	t.Parallel()
	leads := func(of reflect.Type) bool {
		seen := map[reflect.Type]bool{}
		var walk func(reflect.Type) bool
		walk = func(x reflect.Type) bool {
			if seen[x] {
				return false
			}
			seen[x] = true
			if strings.HasSuffix(x.PkgPath(), "protection/identity") {
				return true
			}
			switch x.Kind() {
			case reflect.Pointer, reflect.Slice, reflect.Array:
				return walk(x.Elem())
			case reflect.Map:
				return walk(x.Key()) || walk(x.Elem())
			case reflect.Struct:
				for i := range x.NumField() {
					if walk(x.Field(i).Type) {
						return true
					}
				}
			}
			return false
		}
		return walk(of)
	}
	for kind, p := range papers(policy.English) {
		if got := leads(reflect.TypeOf(p)); got != (kind == notice.SealedRecord) {
			t.Errorf("%s leads to an identity: %v", kind, got)
		}
	}
	if !leads(reflect.TypeFor[struct {
		D []map[string]*notice.Disclosed
	}]()) {
		t.Error("the walk does not find one where there is one")
	}
}

// The sealed record with an identity tells on every page to whom it was disclosed and when.
func TestADisclosedIdentityIsMarkedOnEveryPage(t *testing.T) {
	t.Parallel()
	pages := read(t, drawn(t, disclosed(policy.English), policy.English))
	for i, page := range pages {
		if !strings.Contains(page, "Disclosed to Judge of Training, judge · 24 November 2026, 12:00 (UTC)") {
			t.Errorf("page %d bears no mark:\n%s", i+1, page)
		}
	}
	text := whole(pages)
	for _, want := range []string{"Nguyễn Thị Đào", "Софія, sister and brother", "not a thing that paper can hold", "2026/140", "1 December 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	if strings.Contains(text, "jpeg") {
		t.Error("a portrait's bytes are printed")
	}
}

// An order that is not decided is headed as what it is, and one without effect does not look as if it had any.
func TestAnOrderIsHeadedByItsState(t *testing.T) {
	t.Parallel()
	for _, state := range order.States {
		p := orderPaper(policy.English)
		p.State, p.Effect = state, notice.NoEffect
		title := "Order for protective measures"
		switch state {
		case order.Draft, order.Filed, order.Served, order.Opposed:
			title = "Application for protective measures"
			p.Effect = notice.Foreseen
		case order.Refused:
			title = "Decision refusing protective measures"
		case order.InForce, order.Interim, order.Contested:
			p.Effect = notice.HasEffect
		}
		text := whole(read(t, drawn(t, p, policy.English)))
		if !strings.Contains(text, title) || strings.Contains(text, "Not known to this program") {
			t.Errorf("%s: no %q in %s", state, title, text)
		}
		if got := strings.Contains(text, "The order has no effect."); got != (p.Effect == notice.NoEffect) {
			t.Errorf("%s: says that it has no effect: %v", state, got)
		}
	}
}

// An order past its end stands, and says both.
func TestAnExpiredOrderSaysThatItStands(t *testing.T) {
	t.Parallel()
	p := orderPaper(policy.English)
	p.Expired = true
	if text := whole(read(t, drawn(t, p, policy.English))); !strings.Contains(text, "In force, past its end; it stands until a judge confirms the end") {
		t.Error(text)
	}
}

// How the order came to be stands on it as far as it is known; and a false signature is the first thing that one sees.
func TestAnOrderTellsItsProcedure(t *testing.T) {
	t.Parallel()
	if text := whole(read(t, drawn(t, orderPaper(policy.English), policy.English))); strings.Contains(text, "Procedure") || strings.Contains(text, "NOT GENUINE") {
		t.Error("an order of which nothing is known tells of its procedure")
	}
	p := orderPaper(policy.English)
	p.Procedure = notice.Procedure{Applicant: "witness_unit", Served: noon, How: "handed to counsel", RespondBy: noon.AddDate(0, 0, 14), Will: "objects", Warned: true, Forged: true,
		Taken: []notice.Taken{{Step: "file", At: noon, Office: "advocate"}, {Step: "grant_in_part", At: noon.AddDate(0, 0, 20), Office: "judge"}, {Step: "from_the_future", At: noon}}}
	text := whole(read(t, drawn(t, p, policy.English)))
	for _, want := range []string{"NOT GENUINE", "the witness unit", "24 November 2026, handed to counsel", "8 December 2026", "objects", "may be disclosed later", "Granted in part Judge", "from_the_future"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// A signed order bears the signature, the key's fingerprint and the head of the log.
func TestASignedOrderBearsItsSignature(t *testing.T) {
	t.Parallel()
	p := orderPaper(policy.English)
	p.Signed = &notice.Signature{Office: "judge", At: noon.Add(time.Hour), Fingerprint: "lantern harbour quiet", Signature: bytes.Repeat([]byte{0xab}, 64), Digest: bytes.Repeat([]byte{0xcd}, 32)}
	p.Log = kept().Log
	text := whole(read(t, drawn(t, p, policy.English)))
	for _, want := range []string{"lantern harbour quiet", "q6urq6urq6ur", "cdcdcdcd", "77 entries; tree TREEHASH", "13:00 (UTC)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	if strings.Contains(text, "no electronic signature") {
		t.Error("it says that it bears none")
	}
}

// What a press release says of the moment follows the matrix, and never promises more than it gives.
func TestThePressIsToldWhenItReceives(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]protection.Access{
		"You receive it as it happens.":                     {Connected: true, Release: protection.Live},
		"You receive it 31 minutes later":                   {Connected: true, Release: protection.Delayed, Delay: 30*time.Minute + time.Second},
		"You receive it when the testimony is over.":        {Connected: true, Release: protection.AfterTestimony},
		"You receive it when the court has looked":          {Connected: true, Release: protection.AfterReview},
		"You do not receive the session itself.":            {Connected: true},
		"You do not receive the session itself. The public": {Release: protection.Live, Picture: protection.ClearPicture, Voice: protection.ClearVoice},
	} {
		p := notice.Press{Heading: heading(), Sitting: sitting(protection.PublicMode), Theirs: a}
		text := whole(read(t, drawn(t, p, policy.English)))
		if !strings.Contains(text, want) {
			t.Errorf("%+v: no %q in %s", a, want, text)
		}
		if !a.Connected && strings.Contains(text, "The picture of the witness is shown") {
			t.Error("one who is not connected is told what they will see")
		}
	}
}
