// Package figures writes published statistics as CSV, JSON and PDF, in English and French, with the codes of the standards and a note on suppression.
//
// It takes only what was published: nothing here can see a hidden count. Start from [Write].
package figures

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"codeberg.org/go-pdf/fpdf"

	"paravent/protection/statistics"
)

// ErrName says that a file's name tells none of the formats.
var ErrName = errors.New("the file's name ends in .csv, .json or .pdf")

// Text is what a cell says.
func Text(c statistics.Cell) string {
	if c.Hidden {
		return Hidden
	}
	return strconv.Itoa(c.Count)
}

// Note says in words how the table was protected.
func Note(p statistics.Published, language string) string {
	return fmt.Sprintf(said(language).suppression, p.Threshold-1, statistics.Interval(p.Threshold))
}

// CSV writes a line for each cell, with the categories as they stand in the vault and in words.
func CSV(out io.Writer, p statistics.Published, language string) error {
	w := said(language)
	lines := csv.NewWriter(out)
	var head []string
	for _, d := range p.Dimensions {
		head = append(head, string(d), w.dimensions[d], string(d)+" "+statistics.HTCDS, string(d)+" "+statistics.ICTIP, string(d)+" "+statistics.M49)
	}
	rows := [][]string{append(head, w.number)}
	for _, c := range p.Cells {
		var row []string
		for d, v := range c.Key {
			row = append(row, string(v), ValueWord(language, v))
			for _, standard := range statistics.Standards {
				code := w.noCode
				if k, ok := statistics.CodeIn(standard, p.Dimensions[d], v); ok {
					code = k.Code
				}
				row = append(row, code)
			}
		}
		rows = append(rows, append(row, Text(c)))
	}
	rows = append(rows, []string{Note(p, language)}, []string{w.counted})
	for _, row := range rows {
		if err := lines.Write(row); err != nil {
			return fmt.Errorf("write statistics: %w", err)
		}
	}
	lines.Flush()
	return lines.Error()
}

// category is a category in a file for programs.
type category struct {
	Value statistics.Value  `json:"value"`
	Word  string            `json:"word"`
	Codes []statistics.Code `json:"codes"` // empty: no code mapped
}

// JSON writes the table for a program; a suppressed count is null.
func JSON(out io.Writer, p statistics.Published, language string) error {
	categories := map[statistics.Dimension][]category{}
	for i, d := range p.Dimensions {
		for _, v := range p.Values(i) {
			codes := statistics.Codes(d, v)
			if codes == nil {
				codes = []statistics.Code{}
			}
			categories[d] = append(categories[d], category{v, ValueWord(language, v), codes})
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	err := e.Encode(struct {
		Format string `json:"format"`
		statistics.Published
		Categories map[statistics.Dimension][]category `json:"categories"`
		Note       string                              `json:"note"`
		Counted    string                              `json:"counted"`
	}{"paravent.statistics/1", p, categories, Note(p, language), said(language).counted})
	if err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}

// Sizes on the page in millimetres, A4 across.
const (
	margin = 15.0
	width  = 297 - 2*margin
	bottom = 210 - margin
	first  = 46.0 // of the columns of words
)

// PDF writes the table for people. The last dimension stands across; categories that nobody is in are left out of it.
func PDF(out io.Writer, p statistics.Published, language string) error {
	w := said(language)
	pdf := fpdf.New("L", "mm", "A4", "")
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetCreationDate(p.Released)
	pdf.SetModificationDate(p.Released)
	pdf.SetTitle("Paravent", true)
	pdf.AddPage()
	latin := pdf.UnicodeTranslatorFromDescriptor("")
	line := func(size, height float64, style, text string) {
		pdf.SetFont("Helvetica", style, size)
		pdf.MultiCell(width, height, latin(text), "", "L", false)
	}
	line(18, 9, "B", "Paravent – "+w.title)
	line(12, 7, "B", w.families[p.Family])
	line(9, 5, "", fmt.Sprintf("%s %d (%s) · %s %s · %s %d", w.release, p.Number, p.ID, w.released, p.Released.UTC().Format("2006-01-02 15:04 UTC"), w.threshold, p.Threshold))
	pdf.Ln(2)
	columns := Columns(p)
	lead := len(p.Dimensions) - 1
	words := first * float64(max(lead, 1))
	each := min((width-words)/float64(len(columns)), 34)
	head := func() {
		pdf.SetFont("Helvetica", "B", 7)
		for d := range max(lead, 1) {
			text := ""
			if d < lead {
				text = w.dimensions[p.Dimensions[d]]
			}
			pdf.CellFormat(first, 6, latin(text), "B", 0, "L", false, 0, "")
		}
		for _, v := range columns {
			pdf.CellFormat(each, 6, latin(cut(pdf, latin, ValueWord(language, v), each-1)), "B", 0, "R", false, 0, "")
		}
		pdf.Ln(-1)
	}
	line(9, 5, "", w.dimensions[p.Dimensions[lead]]+":")
	head()
	for _, key := range Rows(p) {
		if pdf.GetY() > bottom-8 {
			pdf.AddPage()
			head()
		}
		pdf.SetFont("Helvetica", "", 8)
		if lead == 0 {
			pdf.CellFormat(first, 5, latin(w.number), "", 0, "L", false, 0, "")
		}
		for _, v := range key {
			pdf.CellFormat(first, 5, latin(cut(pdf, latin, ValueWord(language, v), first-1)), "", 0, "L", false, 0, "")
		}
		for _, v := range columns {
			pdf.CellFormat(each, 5, latin(Text(p.At(append(key[:len(key):len(key)], v)...))), "", 0, "R", false, 0, "")
		}
		pdf.Ln(-1)
	}
	pdf.Ln(3)
	line(9, 4.5, "", Note(p, language))
	line(9, 4.5, "", w.counted)
	pdf.Ln(2)
	line(10, 6, "B", w.codes)
	for i, d := range p.Dimensions {
		text := ""
		for _, v := range p.Values(i) {
			codes := ""
			for _, standard := range statistics.Standards {
				if c, ok := statistics.CodeIn(standard, d, v); ok {
					codes += ", " + standard + " " + c.Code
				}
			}
			if codes == "" {
				codes = ", " + w.noCode
			}
			text += "; " + ValueWord(language, v) + ": " + codes[2:]
		}
		line(7.5, 3.8, "", w.dimensions[d]+" – "+text[2:]+".")
	}
	line(7.5, 3.8, "", statistics.ICTIP+": "+w.noCode+".")
	if err := pdf.Output(out); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}

// cut shortens words to a width.
func cut(pdf *fpdf.Fpdf, latin func(string) string, text string, within float64) string {
	if pdf.GetStringWidth(latin(text)) <= within {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && pdf.GetStringWidth(latin(string(runes)+"…")) > within {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Columns are the categories of the last dimension that anybody is in, and the total at the end.
func Columns(p statistics.Published) []statistics.Value {
	lead := make([]statistics.Value, len(p.Dimensions)-1)
	return shown(p, len(p.Dimensions)-1, lead)
}

// Rows are the combinations of the other dimensions that anybody is in, with their totals.
func Rows(p statistics.Published) [][]statistics.Value {
	rows := [][]statistics.Value{{}}
	for d := range len(p.Dimensions) - 1 {
		var next [][]statistics.Value
		for _, r := range rows {
			for _, v := range shown(p, d, r) {
				next = append(next, append(r[:len(r):len(r)], v))
			}
		}
		rows = next
	}
	return rows
}

// shown are the categories of a dimension that are not empty among some, then the total.
func shown(p statistics.Published, d int, before []statistics.Value) []statistics.Value {
	var list []statistics.Value
	for _, v := range append(p.Values(d), "") {
		key := append(before[:len(before):len(before)], v)
		for len(key) < len(p.Dimensions) {
			key = append(key, "")
		}
		if c := p.At(key...); c.Hidden || c.Count > 0 || v == "" {
			list = append(list, v)
		}
	}
	return list
}

// Write writes a release to a new file, in the format that its name ends in. It never replaces a file, and leaves none that is not whole.
func Write(path string, p statistics.Published, language string) error {
	var content bytes.Buffer
	var err error
	switch filepath.Ext(path) {
	case ".csv":
		err = CSV(&content, p, language)
	case ".json":
		err = JSON(&content, p, language)
	case ".pdf":
		err = PDF(&content, p, language)
	default:
		err = ErrName
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	_, err = f.Write(content.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(fmt.Errorf("write statistics: %w", err), os.Remove(path))
	}
	return err
}
