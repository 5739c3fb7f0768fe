// Package certificate writes the certificate of an erasure: as a PDF for a file, and as JSON for a program that checks it.
//
// It names the person by the pseudonym and what was destroyed by ids; it takes no free text. Start from [PDF].
package certificate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"paravent/protection/identity"
	"paravent/testimony/docket"
)

// words are what a certificate says in one language.
type words struct {
	title, person, record, records, fields, how, basis, asked, erased, cleared, decided, signed, key, log, entries, vault, issued string
	backups, none, unknown, some, until, never, copies, check                                                                     string
	colleges                                                                                                                      map[identity.College]string
	named                                                                                                                         map[identity.Field]string
}

var languages = map[string]words{
	"en": {
		title: "Certificate of erasure", person: "Protected person", record: "Record", records: "Sealed records destroyed", fields: "What they held",
		how:   "The records, the sealed keys of every field and every half of them were deleted, and the vault's file was written anew without them. Nobody can open them from this vault any more.",
		basis: "Basis", asked: "Asked for", erased: "Deleted", cleared: "File written anew", decided: "Decided by", signed: "Signature", key: "Public key",
		log: "Audit log", entries: "%d entries. The head below commits to all of them, the erasure included.", vault: "Vault", issued: "Issued",
		backups: "What remains", none: "No backup from before the erasure was found in the folder for backups.", unknown: "No folder for backups is known, or it could not be read. Backups from before the erasure still hold the sealed records.",
		some: "Backups from before the erasure in the folder for backups: %d. They still hold the sealed records.", until: "The last of them is deleted by %s at the latest, as long as backups go on being made.",
		never:    "Nothing deletes them by itself: somebody has to.",
		copies:   "Backups elsewhere, packed files and copies that somebody made are not known to the vault. Blocks of a disk can keep what was deleted until they are written over.",
		check:    "The file with the same name and the ending .json has the signed statement, the signatures and the head as a program reads them.",
		colleges: map[identity.College]string{identity.Court: "for the court", identity.Bench: "for the bench"},
		named: map[identity.Field]string{identity.Name: "name", identity.BirthDate: "date of birth", identity.BirthYear: "year of birth", identity.BirthPlace: "place of birth", identity.Nationality: "nationality",
			identity.Address: "address", identity.Contact: "contact", identity.Family: "family", identity.Documents: "documents", identity.Face: "portrait", identity.Voice: "voice", identity.Note: "note"},
	},
	"fr": {
		title: "Certificat d’effacement", person: "Personne protégée", record: "Fiche", records: "Fiches scellées détruites", fields: "Ce qu’elles contenaient",
		how:   "Les fiches, les clés scellées de chaque champ et chacune de leurs moitiés ont été supprimées, et le fichier du coffre a été réécrit sans elles. Plus personne ne peut les ouvrir depuis ce coffre.",
		basis: "Fondement", asked: "Demandé le", erased: "Supprimé le", cleared: "Fichier réécrit le", decided: "Décidé par", signed: "Signature", key: "Clé publique",
		log: "Journal d’audit", entries: "%d entrées. La tête ci-dessous les engage toutes, effacement compris.", vault: "Coffre", issued: "Délivré le",
		backups: "Ce qui reste", none: "Aucune sauvegarde antérieure à l’effacement n’a été trouvée dans le dossier des sauvegardes.", unknown: "Aucun dossier de sauvegardes n’est connu, ou il n’a pas pu être lu. Les sauvegardes antérieures à l’effacement contiennent encore les fiches scellées.",
		some: "Sauvegardes antérieures à l’effacement dans le dossier des sauvegardes : %d. Elles contiennent encore les fiches scellées.", until: "La dernière est supprimée le %s au plus tard, tant que des sauvegardes continuent de se faire.",
		never:    "Rien ne les supprime de soi-même : quelqu’un doit le faire.",
		copies:   "Les sauvegardes gardées ailleurs, les fichiers emballés et les copies faites par quelqu’un ne sont pas connus du coffre. Les blocs d’un disque peuvent garder ce qui a été supprimé jusqu’à leur réécriture.",
		check:    "Le fichier de même nom finissant par .json contient la déclaration signée, les signatures et la tête telles qu’un programme les lit.",
		colleges: map[identity.College]string{identity.Court: "pour le greffe", identity.Bench: "pour le siège"},
		named: map[identity.Field]string{identity.Name: "nom", identity.BirthDate: "date de naissance", identity.BirthYear: "année de naissance", identity.BirthPlace: "lieu de naissance", identity.Nationality: "nationalité",
			identity.Address: "adresse", identity.Contact: "contact", identity.Family: "famille", identity.Documents: "documents", identity.Face: "portrait", identity.Voice: "voix", identity.Note: "note"},
	},
}

// JSON writes the certificate for a program.
func JSON(out io.Writer, c docket.Certificate) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	return nil
}

// Sizes on the page in millimetres, A4.
const (
	margin = 22
	width  = 210 - 2*margin
)

// PDF writes the certificate in "en" or "fr". Times are UTC.
func PDF(out io.Writer, c docket.Certificate, language string) error {
	w, ok := languages[language]
	if !ok {
		w = languages["en"]
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetCreationDate(c.Issued)
	pdf.SetModificationDate(c.Issued)
	pdf.SetTitle("Paravent", true)
	pdf.SetCompression(false) // it is short, and its words can be searched without a reader
	pdf.AddPage()
	latin := pdf.UnicodeTranslatorFromDescriptor("") // the built-in fonts know Windows-1252
	line := func(font string, size, height float64, style, text string) {
		pdf.SetFont(font, style, size)
		pdf.MultiCell(width, height, latin(text), "", "L", false)
	}
	heading := func(text string) {
		pdf.Ln(3)
		line("Helvetica", 12, 7, "B", text)
	}
	body := func(text string) { line("Helvetica", 10, 5, "", text) }
	code := func(text string) { line("Courier", 8, 4, "", text) }

	e := c.Erasure
	line("Helvetica", 20, 10, "B", "Paravent – "+w.title)
	heading(w.person + ": " + e.Pseudonym)
	body(w.record + " " + string(e.Party))
	body(w.basis + ": " + e.Basis)
	heading(w.records)
	for _, id := range e.Records {
		code(id)
	}
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, w.named[f])
	}
	body(w.fields + ": " + strings.Join(fields, ", "))
	body(w.how)
	body(fmt.Sprintf("%s %s · %s %s · %s %s", w.asked, moment(e.Asked), w.erased, moment(e.Erased), w.cleared, moment(e.Cleared)))
	heading(w.decided)
	for i, s := range c.Signers {
		body(fmt.Sprintf("%s, %s, %s", s.Name, w.colleges[s.Of], moment(e.Consents[i].At)))
		code(w.signed + " " + base64.StdEncoding.EncodeToString(e.Consents[i].Signature))
		code(w.key + " " + base64.StdEncoding.EncodeToString(s.Public))
	}
	heading(w.backups)
	body(w.remains(c.Backups))
	body(w.copies)
	heading(w.log)
	body(fmt.Sprintf(w.entries, c.Entries))
	code(c.Head)
	body(w.vault + " " + c.Vault + " · " + w.issued + " " + moment(c.Issued))
	body(w.check)
	if err := pdf.Output(out); err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	return nil
}

// remains says in words which backups still hold what was erased.
func (w words) remains(r docket.Remains) string {
	switch {
	case !r.Known:
		return w.unknown
	case r.Count == 0:
		return w.none
	case r.Until.IsZero():
		return fmt.Sprintf(w.some, r.Count) + " " + w.never
	}
	return fmt.Sprintf(w.some, r.Count) + " " + fmt.Sprintf(w.until, r.Until.UTC().Format("2006-01-02"))
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
