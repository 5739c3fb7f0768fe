package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

type docketCmds struct {
	Import docketImportCmd `cmd:"" help:"Import a docket file: all of it, or nothing."`
	Export docketExportCmd `cmd:"" help:"Write the docket in the interchange format."`
	Schema docketSchemaCmd `cmd:"" help:"Print the JSON Schema of the interchange format."`
}

type docketImportCmd struct {
	vaultFlags
	File string `arg:"" help:"The docket file; - reads standard input." placeholder:"FILE.json"`
}

func (i docketImportCmd) Run(ctx context.Context, c *console) error {
	doc, err := i.document(c)
	if err != nil {
		return err
	}
	return i.with(ctx, c, func(d *docket.Desk) error {
		done, err := d.Import(ctx, doc)
		if err != nil {
			return err
		}
		var words strings.Builder
		fmt.Fprintf(&words, "Imported %d cases, %d protected parties, %d orders, %d hearings.\n",
			len(done.Cases), len(done.Parties), len(done.Orders), len(done.Hearings))
		for _, h := range doc.Hearings {
			fmt.Fprintf(&words, "Hearing %s is %s.\n", h.Key, done.Hearings[h.Key])
		}
		return c.print(done, words.String())
	})
}

func (i docketImportCmd) document(c *console) (docket.Document, error) {
	var in io.Reader = c.in
	if i.File != "-" {
		f, err := os.Open(i.File)
		if err != nil {
			return docket.Document{}, fmt.Errorf("open the docket: %w", err)
		}
		defer f.Close()
		in = f
	}
	return docket.ReadDocument(in)
}

type docketExportCmd struct {
	vaultFlags
	File string `arg:"" optional:"" help:"Where to write; standard output where left out. An existing file is never replaced." placeholder:"FILE.json"`
}

func (e docketExportCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, c, func(d *docket.Desk) error {
		doc, err := d.Export(ctx)
		if err != nil {
			return err
		}
		text, err := json.MarshalIndent(doc, "", "  ")
		if err != nil {
			return err
		}
		text = append(text, '\n')
		if e.File == "" {
			_, err = c.out.Write(text)
			return err
		}
		if err := writeNew(e.File, text); err != nil {
			return err
		}
		return c.print(map[string]any{"file": e.File, "cases": len(doc.Cases)}, fmt.Sprintf("Wrote %d cases to %s.\n", len(doc.Cases), e.File))
	})
}

// writeNew writes a file that must not exist yet, readable by its owner only.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}

type docketSchemaCmd struct{}

func (docketSchemaCmd) Run(c *console) error {
	_, err := c.out.Write(docket.Schema)
	return err
}

type orderCmds struct {
	Matrix orderMatrixCmd `cmd:"" help:"Say who sees and hears a protected party, and why."`
}

type orderMatrixCmd struct {
	vaultFlags
	Case  string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party string `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Mode  string `help:"The session mode: ${enum}." enum:"public,private,closed" default:"public"`
	At    string `help:"The moment, as 2026-11-24T10:00:00Z; now where left out." placeholder:"TIME"`
	Lang  string `help:"The language of the explanation: ${enum}." enum:"en,fr" default:"en"`
}

// matrixLine is one cell of the matrix as a script reads it.
type matrixLine struct {
	Audience protection.Audience `json:"audience"`
	protection.Access
	Summary string   `json:"summary"`
	Because []string `json:"because"`
}

type matrixReport struct {
	Case         string                 `json:"case"`
	Party        string                 `json:"party"`
	At           time.Time              `json:"at"`
	Asked        protection.SessionMode `json:"asked"`
	Mode         protection.SessionMode `json:"mode"`
	ShowsAccused bool                   `json:"shows_accused"`
	Cells        []matrixLine           `json:"cells"`
	Explanation  []string               `json:"explanation"`
}

func (o orderMatrixCmd) Run(ctx context.Context, c *console) error {
	mode, err := protection.ParseMode(o.Mode)
	if err != nil {
		return usageError{err.Error()}
	}
	return o.with(ctx, c, func(d *docket.Desk) error {
		at := d.Now()
		if o.At != "" {
			if at, err = time.Parse(time.RFC3339, o.At); err != nil {
				return usageError{fmt.Sprintf("%q is not a time; write it as 2026-11-24T10:00:00Z", o.At)}
			}
		}
		caseID, err := d.FindCase(ctx, o.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, caseID, o.Party)
		if err != nil {
			return err
		}
		m, err := d.Matrix(ctx, caseID, party.ID, mode, at)
		if err != nil {
			return err
		}
		report := reportMatrix(m, mode, policy.Language(o.Lang))
		report.Case, report.Party = o.Case, string(party.PseudonymIn(caseID))
		return c.print(report, strings.Join(report.Explanation, "\n")+"\n")
	})
}

func reportMatrix(m policy.Matrix, asked protection.SessionMode, l policy.Language) matrixReport {
	r := matrixReport{At: m.At, Asked: asked, Mode: m.Mode, ShowsAccused: m.ShowsAccused, Explanation: m.Explain(asked, l)}
	for _, cell := range m.Cells {
		r.Cells = append(r.Cells, matrixLine{cell.Audience, cell.Access, cell.Summary(l), cell.Reasons(l)})
	}
	return r
}
