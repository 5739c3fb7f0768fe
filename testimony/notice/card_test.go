package notice_test

import (
	"bytes"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"paravent/protection/policy"
	"paravent/testimony/notice"
)

// A link as an invitation has it, behind a long address of a court.
const link = "https://join.tribunal-judiciaire-de-la-ville.example.org:8443/seances/j/AbCdEfGhIjKlMnOpQrStUv#0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

func card() notice.Card {
	return notice.Card{Link: link, Mark: "K7Q2", Start: noon.In(time.FixedZone("Canaryland", 3*3600)), Until: noon.AddDate(0, 0, 1), Remote: true, Made: noon}
}

// decode reads a picture by a program that shares nothing with the one that drew it.
func decode(t *testing.T, picture image.Image) string {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("the picture is not read: %v", err)
	}
	return found.GetText()
}

// The picture of a link is the link, whatever stands in it.
func TestThePictureIsTheLink(t *testing.T) {
	t.Parallel()
	for _, l := range []string{link, "http://127.0.0.1:8080/j/AbCdEfGhIjKlMnOpQrStUv#" + strings.Repeat("-_", 21) + "Z", "https://[2001:db8::1]/j/a#b"} {
		png, err := notice.QR(l)
		if err != nil {
			t.Fatal(err)
		}
		picture, _, err := image.Decode(bytes.NewReader(png))
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(t, picture); got != l {
			t.Errorf("%q is read as %q", l, got)
		}
	}
	if _, err := notice.QR(strings.Repeat("x", 4000)); err == nil {
		t.Error("a picture of 4000 letters is drawn")
	}
}

// The card as a printer prints it is read by a camera, fits one page in both languages, and tells nothing of whom or what it is about.
func TestTheCardIsReadFromPaper(t *testing.T) {
	t.Parallel()
	for _, l := range both {
		pdf := drawn(t, card(), l)
		pages := read(t, pdf)
		if len(pages) != 1 {
			t.Errorf("in %s it has %d pages", l, len(pages))
		}
		text := whole(pages)
		for _, must := range map[policy.Language][]string{policy.English: {"Your way in", "24 November 2026", "15:00 on the clock where you will be", "one device", "Card K7Q2"},
			policy.French: {"Votre accès", "24 novembre 2026", "15 h 00 à l’heure du lieu", "un seul appareil", "Carte K7Q2"}}[l] {
			if !strings.Contains(strings.ReplaceAll(text, "'", "’"), must) {
				t.Errorf("in %s it does not say %q: %s", l, must, text)
			}
		}
		for _, not := range []string{"Witness", "Témoin", "witness", "témoin", "TC ", "Canary", "trafficking", "traite", "judge", "juge"} {
			if strings.Contains(text, not) {
				t.Errorf("in %s it says %q", l, not)
			}
		}
		if !strings.Contains(strings.ReplaceAll(text, " ", ""), link) {
			t.Errorf("in %s the link cannot be typed from it: %s", l, text)
		}
		printer, err := exec.LookPath("pdftoppm")
		if err != nil {
			t.Skip("pdftoppm (poppler-utils) is not installed")
		}
		stem := filepath.Join(t.TempDir(), "card")
		if err := os.WriteFile(stem+".pdf", pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(printer, "-png", "-r", "150", "-singlefile", stem+".pdf", stem).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f, err := os.Open(stem + ".png")
		if err != nil {
			t.Fatal(err)
		}
		page, _, err := image.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(t, page); got != link {
			t.Errorf("from paper it is read as %q", got)
		}
	}
}

// A seat at court is told the court's clock, a training card says that it is one, and the same card gives the same bytes.
func TestACardTellsNothingBesideItself(t *testing.T) {
	t.Parallel()
	c := card()
	c.Remote, c.Training = false, true
	one, two := drawn(t, c, policy.English), drawn(t, c, policy.English)
	if !bytes.Equal(one, two) {
		t.Error("the same card gives other bytes")
	}
	if bytes.Contains(one, []byte("/Author (")) || bytes.Contains(one, []byte("/Subject (")) {
		t.Error("its metadata tells more")
	}
	if text := whole(read(t, one)); !strings.Contains(text, "on the court’s clock") || !strings.Contains(text, "raining") {
		t.Error(text)
	}
}
