// Package sheets writes the sheets of a recovery kit for people to keep: as a PDF with a page for each, and as plain text.
//
// What it writes opens, with enough others of its kind, the keys of a college. It keeps nothing, makes no file but those asked for, and puts no name of a
// person on a sheet: the holder writes it there by hand. Start from [PDF].
package sheets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/kit"
)

// words are what a sheet says in one language.
type words struct {
	title, college, sheet, needed, kit, vault, made, holder, keep, use, typed string
	colleges                                                                  map[identity.College]string
}

var languages = map[string]words{
	"en": {
		title: "Recovery sheet", college: "Kit of", sheet: "Sheet %d of %d", needed: "Any %d of the %d sheets are needed together", kit: "Kit", vault: "Vault", made: "Made", holder: "Kept by (write by hand)",
		keep:     "Keep this sheet sealed and apart from the others. Show it to nobody, photograph it never. Nobody may hold sheets of both colleges. A new kit makes it useless for the vault, but not for copies of the vault from before.",
		use:      "To use it: at the unlock screen choose \"I forgot my passphrase\", or run 'paravent user recover'. The sheets are typed one after another.",
		typed:    "O is zero, I and L are one. The fifth sign of each group finds a mistake in it.",
		colleges: map[identity.College]string{identity.Court: "the court", identity.Bench: "the bench"},
	},
	"fr": {
		title: "Feuille de secours", college: "Jeu de", sheet: "Feuille %d sur %d", needed: "Il faut réunir %d des %d feuilles", kit: "Jeu", vault: "Coffre", made: "Établi le", holder: "Conservée par (à écrire à la main)",
		keep:     "Gardez cette feuille sous scellé, à part des autres. Ne la montrez à personne, ne la photographiez pas. Nul ne détient des feuilles des deux collèges. Un nouveau jeu la rend inutile pour le coffre, mais pas pour les copies antérieures du coffre.",
		use:      "Pour s’en servir : à l’écran d’ouverture, choisissez « J’ai oublié ma phrase secrète », ou lancez « paravent user recover ». Les feuilles se saisissent l’une après l’autre.",
		typed:    "O se lit zéro, I et L se lisent un. Le cinquième signe de chaque groupe y décèle une faute.",
		colleges: map[identity.College]string{identity.Court: "la cour", identity.Bench: "les juges"},
	},
}

func said(language string) words {
	if w, ok := languages[language]; ok {
		return w
	}
	return languages["en"]
}

const day = "2006-01-02"

// Text is one sheet as text, in "en" or "fr". [kit.Parse] finds the sheet in it.
func Text(k store.Kit, s kit.Sheet, vault, language string) string {
	w := said(language)
	return fmt.Sprintf("Paravent – %s\n\n%s %s\n%s\n%s\n\n%s\n%s %s · %s %s · %s %s\n%s: ____________________\n\n%s\n\n%s\n\n%s\n",
		w.title, w.college, w.colleges[identity.College(k.Name)], fmt.Sprintf(w.sheet, s.Index, k.Sheets), fmt.Sprintf(w.needed, k.Needed, k.Sheets),
		s.Text(), w.kit, k.ID, w.vault, vault, w.made, k.Made.Format(day), w.holder, w.typed, w.keep, w.use)
}

// Sizes on the page in millimetres, A4.
const (
	margin   = 22
	width    = 210 - 2*margin
	qrSide   = 52
	qrPixels = 512
)

// PDF writes the sheets, a page for each, in "en" or "fr".
func PDF(out io.Writer, k store.Kit, list []kit.Sheet, vault, language string) error {
	w := said(language)
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, margin)
	pdf.SetCreationDate(k.Made)
	pdf.SetModificationDate(k.Made)
	pdf.SetTitle("Paravent", true)
	latin := pdf.UnicodeTranslatorFromDescriptor("") // the built-in fonts know Windows-1252
	line := func(size, height float64, style, text string) {
		pdf.SetFont("Helvetica", style, size)
		pdf.MultiCell(width, height, latin(text), "", "L", false)
	}
	for _, s := range list {
		pdf.AddPage()
		line(20, 10, "B", "Paravent – "+w.title)
		line(13, 7, "", w.college+" "+w.colleges[identity.College(k.Name)])
		line(13, 7, "B", fmt.Sprintf(w.sheet, s.Index, k.Sheets))
		line(11, 6, "", fmt.Sprintf(w.needed, k.Needed, k.Sheets))
		pdf.Ln(6)
		pdf.SetFont("Courier", "B", 15)
		for _, l := range s.Lines() {
			pdf.CellFormat(width, 9, l, "", 1, "L", false, 0, "")
		}
		line(9, 5, "", w.typed)
		pdf.Ln(5)
		if err := code(pdf, s); err != nil {
			return err
		}
		pdf.Ln(qrSide + 6)
		line(11, 6, "", fmt.Sprintf("%s %s · %s %s", w.kit, k.ID, w.made, k.Made.Format(day)))
		line(11, 6, "", w.vault+" "+vault)
		pdf.Ln(4)
		line(11, 8, "", w.holder+": "+strings.Repeat("_", 34))
		pdf.Ln(4)
		line(10, 5, "", w.keep)
		pdf.Ln(2)
		line(10, 5, "", w.use)
	}
	if err := pdf.Output(out); err != nil {
		return fmt.Errorf("write recovery sheets: %w", err)
	}
	return nil
}

// code draws the sheet as a QR code.
func code(pdf *fpdf.Fpdf, s kit.Sheet) error {
	q, err := qrcode.New(s.Code(), qrcode.Medium)
	if err != nil {
		return fmt.Errorf("draw a sheet's code: %w", err)
	}
	picture, err := q.PNG(qrPixels)
	if err != nil {
		return fmt.Errorf("draw a sheet's code: %w", err)
	}
	defer clear(picture)
	name := fmt.Sprint("sheet", s.Index)
	options := fpdf.ImageOptions{ImageType: "PNG"}
	pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(picture))
	pdf.ImageOptions(name, margin, pdf.GetY(), qrSide, qrSide, false, options, 0, "")
	return nil
}

// Write writes the sheets as a PDF to a new file, for its owner alone. It never replaces a file, and leaves none that is not whole.
func Write(path string, k store.Kit, list []kit.Sheet, vault, language string) error {
	var out bytes.Buffer
	defer func() { clear(out.Bytes()) }()
	if err := PDF(&out, k, list, vault, language); err != nil {
		return err
	}
	return WriteFile(path, out.Bytes())
}

// WriteFile writes what stands on a sheet to a new file, as Write does.
func WriteFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write recovery sheets: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(fmt.Errorf("write recovery sheets: %w", err), os.Remove(path))
	}
	return err
}

// Destroy overwrites a file that [Write] made and takes it away. On a disk that writes elsewhere than where it is told, as most do now, and
// in copies, what stood in it may be left: sheets are best written to a stick that is destroyed with them.
func Destroy(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("destroy recovery sheets: %w", err)
	}
	about, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, about.Size()))
	}
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path)); err != nil {
		return fmt.Errorf("destroy recovery sheets: %w", err)
	}
	return nil
}
