package main

import (
	"context"
	"fmt"
	"path/filepath"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

type paperCmds struct {
	Order     paperOrderCmd     `cmd:"" help:"An order in the form of the court."`
	Accused   paperAccusedCmd   `cmd:"" help:"The notice to the accused: what they will see and hear."`
	Press     paperPressCmd     `cmd:"" help:"The notice to the press, with the reporting restriction."`
	Witness   paperWitnessCmd   `cmd:"" help:"The note for the witness in plain words and large type. The advocate hands it over."`
	Readiness paperReadinessCmd `cmd:"" help:"The sheet on which it is written by hand whether every protection is in place."`
	Minutes   paperMinutesCmd   `cmd:"" help:"The minutes of a held hearing: the public record, or the sealed one."`
}

// paperFlags are what every paper takes.
type paperFlags struct {
	vaultFlags
	Language string `help:"The paper's language: ${enum}." enum:"en,fr" default:"en"`
	To       string `help:"The file: a name that ends in .pdf." required:"" type:"path" placeholder:"FILE"`
	Replace  bool   `help:"Replace a file of this name."`
}

// hearingPaperFlags are what a paper of a hearing takes.
type hearingPaperFlags struct {
	paperFlags
	Hearing string `help:"The hearing: its id or its key in the docket file." required:"" placeholder:"H"`
}

// paperLine is a written paper as a script reads it.
type paperLine struct {
	Paper    notice.Kind `json:"paper"`
	Language string      `json:"language"`
	File     string      `json:"file"`
}

func (f paperFlags) write(ctx context.Context, c *console, find func(*docket.Desk) (docket.PaperFor, error)) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		p, err := find(d)
		if err != nil {
			return err
		}
		p.Language = policy.Language(f.Language)
		if err := d.WritePaper(ctx, p, f.To, f.Replace); err != nil {
			return err
		}
		return c.print(paperLine{p.Kind, f.Language, f.To}, fmt.Sprintf("Written: %s\n", filepath.Clean(f.To)))
	})
}

func (f hearingPaperFlags) writeKind(ctx context.Context, c *console, kind notice.Kind, disclosure string) error {
	return f.write(ctx, c, func(d *docket.Desk) (docket.PaperFor, error) {
		h, err := d.FindHearing(ctx, f.Hearing)
		return docket.PaperFor{Kind: kind, Hearing: h.ID, Disclosure: identity.RequestID(disclosure)}, err
	})
}

type paperOrderCmd struct {
	paperFlags
	Order string `help:"The order: the court's number, its id or its key in the docket file." required:"" placeholder:"O"`
	Case  string `help:"The case, where another has an order of the same number." placeholder:"C"`
}

func (p paperOrderCmd) Run(ctx context.Context, c *console) error {
	return p.write(ctx, c, func(d *docket.Desk) (docket.PaperFor, error) {
		var in protection.CaseID
		if p.Case != "" {
			var err error
			if in, err = d.FindCase(ctx, p.Case); err != nil {
				return docket.PaperFor{}, err
			}
		}
		o, err := d.FindOrder(ctx, in, p.Order)
		return docket.PaperFor{Kind: notice.OrderPaper, Order: o.ID}, err
	})
}

type paperAccusedCmd struct{ hearingPaperFlags }

func (p paperAccusedCmd) Run(ctx context.Context, c *console) error {
	return p.writeKind(ctx, c, notice.ToAccused, "")
}

type paperPressCmd struct{ hearingPaperFlags }

func (p paperPressCmd) Run(ctx context.Context, c *console) error {
	return p.writeKind(ctx, c, notice.ToPress, "")
}

type paperWitnessCmd struct{ hearingPaperFlags }

func (p paperWitnessCmd) Run(ctx context.Context, c *console) error {
	return p.writeKind(ctx, c, notice.ForWitness, "")
}

type paperReadinessCmd struct{ hearingPaperFlags }

func (p paperReadinessCmd) Run(ctx context.Context, c *console) error {
	return p.writeKind(ctx, c, notice.ReadinessList, "")
}

type paperMinutesCmd struct {
	hearingPaperFlags
	Sealed     bool   `help:"The sealed record: the whole course of the session."`
	Disclosure string `help:"Join the fields of this disclosure, granted to you, to the sealed record. They stand on the paper." placeholder:"ID"`
}

func (p paperMinutesCmd) Run(ctx context.Context, c *console) error {
	kind := notice.PublicRecord
	if p.Sealed {
		kind = notice.SealedRecord
	} else if p.Disclosure != "" {
		return usageError{"An identity is joined to the sealed record only: add --sealed."}
	}
	return p.writeKind(ctx, c, kind, p.Disclosure)
}
