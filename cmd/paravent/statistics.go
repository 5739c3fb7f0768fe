package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"paravent/protection/statistics"
	"paravent/testimony/docket"
	"paravent/testimony/figures"
)

type statisticsCmds struct {
	Profile statisticsProfileCmd `cmd:"" help:"Record the categories of a protected party, or show them where none is given."`
	Show    statisticsShowCmd    `cmd:"" help:"A table as it would be released now, with what would be suppressed. Nothing is written."`
	Release statisticsReleaseCmd `cmd:"" help:"Release a table: it is audited together with every earlier release, and kept."`
	List    statisticsListCmd    `cmd:"" help:"List the releases."`
	Export  statisticsExportCmd  `cmd:"" help:"Write a release to a new file: CSV, JSON or PDF, by its name."`
}

type statisticsProfileCmd struct {
	vaultFlags
	Case         string  `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party        string  `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	Consent      *string `help:"What the person said to being counted: given, refused, withdrawn, or empty when nobody asked." placeholder:"WORD"`
	Exploitation *string `help:"The form of exploitation." placeholder:"FORM"`
	Smuggling    *string `help:"The form of smuggling." placeholder:"FORM"`
	Sex          *string `help:"The sex." placeholder:"SEX"`
	AgeBand      *string `help:"The age when the person was entered, such as 18_24." placeholder:"BAND"`
	Region       *string `help:"The region of origin, such as africa_west." placeholder:"REGION"`
}

func (s statisticsProfileCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		of, err := d.FindCase(ctx, s.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, of, s.Party)
		if err != nil {
			return err
		}
		p, err := d.StatisticsProfile(ctx, party.ID)
		if err != nil {
			return err
		}
		given := false
		if s.Consent != nil {
			p.Consent, given = statistics.Consent(*s.Consent), true
		}
		for _, f := range []struct {
			typed *string
			into  *statistics.Value
		}{{s.Exploitation, &p.Exploited}, {s.Smuggling, &p.Smuggled}, {s.Sex, &p.Sex}, {s.AgeBand, &p.AgeBand}, {s.Region, &p.Region}} {
			if f.typed != nil {
				*f.into, given = statistics.Value(*f.typed), true
			}
		}
		if given {
			if err := d.SetStatisticsProfile(ctx, party.ID, p); err != nil {
				return err
			}
		}
		return c.print(p, table("Consent", p.Consent, "Exploitation", p.Exploited, "Smuggling", p.Smuggled, "Sex", p.Sex, "Age", p.AgeBand, "Region", p.Region))
	})
}

// tableFlags say what a table is of.
type tableFlags struct {
	Family    string   `help:"Trafficking and smuggling are never counted together: ${enum}." enum:"trafficking,smuggling" default:"trafficking"`
	By        []string `help:"What the table is broken down by, one to three of form, sex, age_band, region, status, measures, outcome, year." required:"" placeholder:"DIMENSION"`
	Threshold int      `help:"Counts below this are suppressed. At least 3." default:"5"`
}

func (f tableFlags) dimensions() []statistics.Dimension {
	var dims []statistics.Dimension
	for _, d := range f.By {
		dims = append(dims, statistics.Dimension(d))
	}
	return dims
}

type statisticsShowCmd struct {
	vaultFlags
	tableFlags
}

func (s statisticsShowCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		r, counted, err := d.StatisticsTable(ctx, statistics.Family(s.Family), s.dimensions(), s.Threshold)
		if err != nil {
			return err
		}
		p := r.Published()
		words := tableText(p) + fmt.Sprintf("For the desk only: %d counted; %d not, for want of consent; %d of a mixed case without a form.\n", counted.In, counted.NoConsent, counted.NoForm)
		return c.print(map[string]any{"table": p, "counted": counted.In, "no_consent": counted.NoConsent, "no_form": counted.NoForm}, words)
	})
}

type statisticsReleaseCmd struct {
	vaultFlags
	tableFlags
}

func (s statisticsReleaseCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.ReleaseStatistics(ctx, statistics.Family(s.Family), s.dimensions(), s.Threshold)
		if err != nil {
			return err
		}
		return c.print(r.Published(), tableText(r.Published())+fmt.Sprintf("Released as %d (%s).\n", r.Number, r.ID))
	})
}

type statisticsListCmd struct{ vaultFlags }

func (s statisticsListCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.StatisticsReleases(ctx)
		if err != nil {
			return err
		}
		lines, words := []map[string]any{}, ""
		for _, r := range list {
			p := r.Published()
			lines = append(lines, map[string]any{"id": r.ID, "number": r.Number, "released": r.At, "family": p.Family, "dimensions": p.Dimensions, "threshold": r.Threshold, "suppressed": p.HiddenCells()})
			words += fmt.Sprintf("%d  %s  %s  %s by %s  threshold %d, %d suppressed\n", r.Number, r.ID, r.At.Format("2006-01-02 15:04 UTC"), p.Family, joined(p.Dimensions), r.Threshold, p.HiddenCells())
		}
		if len(list) == 0 {
			words = "Nothing was released.\n"
		}
		return c.print(lines, words)
	})
}

type statisticsExportCmd struct {
	vaultFlags
	Release  string `arg:"" help:"The release's id."`
	File     string `arg:"" help:"A new file that ends in .csv, .json or .pdf." type:"path"`
	Language string `help:"The file's language: ${enum}." enum:"en,fr" default:"en"`
}

func (s statisticsExportCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(d *docket.Desk) error {
		r, err := d.StatisticsRelease(ctx, s.Release)
		if err != nil {
			return err
		}
		if err := d.NoteStatisticsExport(ctx, r.ID); err != nil {
			return err
		}
		if err := figures.Write(s.File, r.Published(), s.Language); err != nil {
			return err
		}
		return c.print(map[string]string{"release": r.ID, "file": s.File}, "Written: "+s.File+"\n")
	})
}

func joined(dims []statistics.Dimension) string {
	var list []string
	for _, d := range dims {
		list = append(list, string(d))
	}
	return strings.Join(list, ", ")
}

// tableText is a table in columns, without the categories that nobody is in.
func tableText(p statistics.Published) string {
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 2, 0, 2, ' ', 0)
	columns, lead := figures.Columns(p), p.Dimensions[:len(p.Dimensions)-1]
	for _, d := range lead {
		fmt.Fprintf(w, "%s\t", figures.DimensionWord("en", d))
	}
	for _, v := range columns {
		fmt.Fprintf(w, "%s\t", figures.ValueWord("en", v))
	}
	fmt.Fprintln(w)
	for _, key := range figures.Rows(p) {
		for _, v := range key {
			fmt.Fprintf(w, "%s\t", figures.ValueWord("en", v))
		}
		for _, v := range columns {
			fmt.Fprintf(w, "%s\t", figures.Text(p.At(append(key[:len(key):len(key)], v)...)))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // into memory
	return out.String() + figures.Note(p, "en") + "\n"
}
