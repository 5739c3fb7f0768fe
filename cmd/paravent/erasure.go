package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/protection/identity"
	"paravent/testimony/certificate"
	"paravent/testimony/docket"
)

type erasureCmds struct {
	Ask         erasureAskCmd         `cmd:"" help:"Ask that all of a protected person's sealed identity be destroyed."`
	List        erasureListCmd        `cmd:"" help:"List the erasures and where they stand."`
	Approve     erasureApproveCmd     `cmd:"" help:"Sign an erasure for your college."`
	Refuse      erasureRefuseCmd      `cmd:"" help:"End an erasure that was not carried out."`
	CarryOut    erasureCarryOutCmd    `cmd:"" help:"Destroy what both colleges agreed to destroy. This can't be undone."`
	Certificate erasureCertificateCmd `cmd:"" help:"Write the certificate of an erasure, as PDF and as JSON."`
}

type erasureAskCmd struct {
	vaultFlags
	Case   string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party  string `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Basis  string `help:"The rule or the order that asks for it. It stands on the certificate: no name." required:""`
	Reason string `help:"Why. It stays in the vault." required:""`
}

func (a erasureAskCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(d *docket.Desk) error {
		caseID, err := d.FindCase(ctx, a.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, caseID, a.Party)
		if err != nil {
			return err
		}
		e, err := d.AskErasure(ctx, caseID, party.ID, a.Basis, a.Reason)
		if err != nil {
			return err
		}
		return c.print(describeErasure(e), fmt.Sprintf("Asked as %s: %d sealed records of %s. It needs a signature of the court and one of the bench.\n", e.ID, len(e.Records), e.Pseudonym))
	})
}

// erasureLine is an erasure as a script reads it.
type erasureLine struct {
	ID        identity.RequestID    `json:"id"`
	State     identity.RequestState `json:"state"`
	Party     string                `json:"party"`
	Pseudonym string                `json:"pseudonym"`
	Records   []string              `json:"records"`
	Fields    []identity.Field      `json:"fields"`
	Basis     string                `json:"basis"`
	Asked     time.Time             `json:"asked"`
	Signed    []identity.College    `json:"signed"`
	Erased    time.Time             `json:"erased,omitzero"`
	Cleared   time.Time             `json:"cleared,omitzero"`
}

func describeErasure(e identity.Erasure) erasureLine {
	l := erasureLine{ID: e.ID, State: e.State(), Party: string(e.Party), Pseudonym: e.Pseudonym, Records: e.Records, Fields: e.Fields, Basis: e.Basis, Asked: e.Asked,
		Signed: []identity.College{}, Erased: e.Erased, Cleared: e.Cleared}
	for _, x := range e.Consents {
		l.Signed = append(l.Signed, x.College)
	}
	return l
}

type erasureListCmd struct{ vaultFlags }

func (l erasureListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Erasures(ctx)
		if err != nil {
			return err
		}
		lines := []erasureLine{}
		var words strings.Builder
		w := tabwriter.NewWriter(&words, 0, 0, 2, ' ', 0)
		for _, e := range list {
			lines = append(lines, describeErasure(e))
			fmt.Fprintf(w, "%s\t%s\t%s\t%d records\tasked %s\t%s\n", e.ID, e.State(), e.Pseudonym, len(e.Records), e.Asked.Format("2006-01-02 15:04 MST"), e.Basis)
		}
		_ = w.Flush()
		if len(list) == 0 {
			words.WriteString("There is no erasure.\n")
		}
		return c.print(lines, words.String())
	})
}

// erasureFlags name the erasure that a step is about.
type erasureFlags struct {
	vaultFlags
	ID string `arg:"" help:"The erasure." placeholder:"ID"`
}

func (f erasureFlags) step(ctx context.Context, c *console, words string, take func(*docket.Desk, identity.RequestID) (identity.Erasure, error)) error {
	return stepMatter(ctx, c, f.vaultFlags, "erasure", f.ID, take, func(_ *docket.Desk, e identity.Erasure) (any, string) {
		return describeErasure(e), fmt.Sprintf("%s The erasure is %s.\n", words, e.State())
	})
}

type erasureApproveCmd struct{ erasureFlags }

func (a erasureApproveCmd) Run(ctx context.Context, c *console) error {
	return a.step(ctx, c, "Signed.", func(d *docket.Desk, id identity.RequestID) (identity.Erasure, error) {
		return d.ConsentToErasure(ctx, id)
	})
}

type erasureRefuseCmd struct {
	erasureFlags
	Reason string `help:"Why." required:""`
}

func (r erasureRefuseCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, "Ended.", func(d *docket.Desk, id identity.RequestID) (identity.Erasure, error) {
		return d.RefuseErasure(ctx, id, r.Reason)
	})
}

type erasureCarryOutCmd struct {
	erasureFlags
	Certificate string `help:"Write the certificate here: a file that ends in .pdf, with a .json beside it." type:"path" placeholder:"FILE"`
	Language    string `help:"The certificate's language: ${enum}." enum:"en,fr" default:"en"`
}

func (x erasureCarryOutCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		e, err := d.CarryOutErasure(ctx, identity.RequestID(x.ID), c.progressOf("Writing the vault's file anew"))
		if err != nil {
			return err
		}
		words := fmt.Sprintf("Destroyed: %d sealed records of %s. The vault's file was written anew without them.\n", len(e.Records), e.Pseudonym)
		if x.Certificate == "" {
			return c.print(describeErasure(e), words+"The certificate: 'paravent erasure certificate'.\n")
		}
		if err := certify(ctx, d, e.ID, x.Certificate, x.Language); err != nil {
			return err
		}
		return c.print(describeErasure(e), words+"Certificate: "+x.Certificate+"\n")
	})
}

func certify(ctx context.Context, d *docket.Desk, id identity.RequestID, path, language string) error {
	certified, err := d.CertifyErasure(ctx, id)
	if err != nil {
		return err
	}
	return certificate.Write(path, certified, language)
}

type erasureCertificateCmd struct {
	erasureFlags
	File     string `arg:"" help:"A new file that ends in .pdf; a .json is written beside it." type:"path" placeholder:"FILE"`
	Language string `help:"Its language: ${enum}." enum:"en,fr" default:"en"`
}

func (x erasureCertificateCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		if err := certify(ctx, d, identity.RequestID(x.ID), x.File, x.Language); err != nil {
			return err
		}
		return c.print(map[string]string{"certificate": x.File}, "Certificate: "+x.File+"\n")
	})
}
