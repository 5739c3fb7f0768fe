package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"paravent/testimony"
	"paravent/testimony/docket"
)

type docketCmds struct {
	Import docketImportCmd `cmd:"" help:"Import a docket file: all of it, or nothing."`
	Export docketExportCmd `cmd:"" help:"Write the docket in the interchange format."`
	Schema docketSchemaCmd `cmd:"" help:"Print the JSON Schema of the interchange format."`
}

type docketImportCmd struct {
	vaultFlags
	langFlag
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
		x, err := d.Plan(ctx)
		if err != nil {
			return err
		}
		out := importedLine{done, map[string][]conflictLine{}}
		fmt.Fprintf(&words, "Imported %d cases, %d protected parties, %d orders, %d rooms, people and things, %d hearings.\n",
			len(done.Cases), len(done.Parties), len(done.Orders), len(done.Resources), len(done.Hearings))
		if len(done.Left) > 0 {
			fmt.Fprintf(&words, "Not taken over, because your office does not enter it: %s.\n", strings.Join(done.Left, ", "))
		}
		for _, line := range doc.Hearings {
			fmt.Fprintf(&words, "Hearing %s is %s.\n", line.Key, done.Hearings[line.Key])
			if against := done.Against[line.Key]; len(against) > 0 {
				out.Against[line.Key] = conflictLines(x, against, testimony.Hearing{CourtZone: line.CourtZone}, i.language())
				for _, f := range out.Against[line.Key] {
					words.WriteString(f.words())
				}
			}
		}
		return c.print(out, words.String())
	})
}

// importedLine is an import with the soft conflicts of its hearings, by key, that wait for somebody's reason.
type importedLine struct {
	docket.Imported
	Against map[string][]conflictLine `json:"against"`
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
