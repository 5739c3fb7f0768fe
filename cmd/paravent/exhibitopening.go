package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/protection/identity"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

type openingCmds struct {
	List    openingListCmd    `cmd:"" default:"withargs" help:"List the requests and where they stand."`
	Request openingRequestCmd `cmd:"" help:"Ask that you may open a sealed exhibit for some hours."`
	Approve openingApproveCmd `cmd:"" help:"Approve that somebody of the other college opens a sealed exhibit."`
	Refuse  openingRefuseCmd  `cmd:"" help:"Refuse an opening or end one that was approved, or withdraw your own request, with a reason."`
}

// openingLine is a request as a script reads it.
type openingLine struct {
	ID        identity.RequestID    `json:"id"`
	Exhibit   exhibit.ID            `json:"exhibit"`
	Number    string                `json:"number"` // of the exhibit
	State     identity.RequestState `json:"state"`
	Requester string                `json:"requester"`
	Reason    string                `json:"reason"`
	Asked     time.Time             `json:"asked"`
	Until     time.Time             `json:"until"`
	Approver  string                `json:"approver,omitempty"`
}

func describeOpening(ctx context.Context, d *docket.Desk, o exhibit.Opening) (openingLine, error) {
	e, err := d.Exhibit(ctx, o.Exhibit)
	l := openingLine{ID: o.ID, Exhibit: o.Exhibit, Number: e.Number, State: o.State(d.Now()), Requester: o.Requester, Reason: o.Reason, Asked: o.Asked, Until: o.Until}
	for _, x := range o.Consents {
		l.Approver = x.By
	}
	return l, err
}

// openingStands says where a request stands.
func openingStands(l openingLine) string {
	switch l.State {
	case identity.Pending:
		return "waits for the other college"
	case identity.Granted:
		return "can be opened until " + l.Until.UTC().Format(time.RFC3339)
	}
	return string(l.State)
}

type openingListCmd struct {
	vaultFlags
	Exhibit string `help:"Only of this exhibit." placeholder:"ID"`
}

func (x openingListCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.ExhibitOpenings(ctx, exhibit.ID(x.Exhibit))
		if err != nil {
			return err
		}
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, u := range users {
			names[string(u.ID)] = u.DisplayName
		}
		lines := []openingLine{}
		var words strings.Builder
		w := tabwriter.NewWriter(&words, 0, 0, 2, ' ', 0)
		for _, o := range list {
			l, err := describeOpening(ctx, d, o)
			if err != nil {
				return err
			}
			lines = append(lines, l)
			fmt.Fprintf(w, "%s\texhibit %s\tfor %s\t%s\n", l.ID, l.Number, names[l.Requester], openingStands(l))
		}
		_ = w.Flush()
		if len(lines) == 0 {
			words.WriteString("There is no request to open a sealed exhibit.\n")
		}
		return c.print(lines, words.String())
	})
}

type openingRequestCmd struct {
	exhibitFlags
	Reason string `required:"" help:"Why it is to be opened. It stays in the vault." placeholder:"TEXT"`
	Hours  int    `help:"For how many hours from now, 24 at most." default:"8"`
}

func (x openingRequestCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		o, err := d.AskExhibitOpening(ctx, x.id(), x.Reason, d.Now().Add(time.Duration(x.Hours)*time.Hour))
		if err != nil {
			return noExhibit(x.Exhibit, err)
		}
		l, err := describeOpening(ctx, d, o)
		if err != nil {
			return err
		}
		return c.print(l, fmt.Sprintf("Asked for as %s: exhibit %s, until %s. It %s.\n", l.ID, l.Number, l.Until.Format(time.RFC3339), openingStands(l)))
	})
}

// openingFlags name the request that a step is about.
type openingFlags struct {
	vaultFlags
	ID string `arg:"" help:"The request." placeholder:"ID"`
}

func (f openingFlags) step(ctx context.Context, c *console, words string, take func(*docket.Desk, identity.RequestID) (exhibit.Opening, error)) error {
	return stepMatter(ctx, c, f.vaultFlags, "request", f.ID, func(d *docket.Desk, id identity.RequestID) (l openingLine, err error) {
		o, err := take(d, id)
		if err != nil {
			return l, err
		}
		return describeOpening(ctx, d, o)
	}, func(_ *docket.Desk, l openingLine) (any, string) {
		return l, fmt.Sprintf("%s Exhibit %s: %s.\n", words, l.Number, openingStands(l))
	})
}

type openingApproveCmd struct{ openingFlags }

func (x openingApproveCmd) Run(ctx context.Context, c *console) error {
	return x.step(ctx, c, "Approved and signed.", func(d *docket.Desk, id identity.RequestID) (exhibit.Opening, error) {
		return d.ApproveExhibitOpening(ctx, id)
	})
}

type openingRefuseCmd struct {
	openingFlags
	Reason string `help:"Why." required:""`
}

func (x openingRefuseCmd) Run(ctx context.Context, c *console) error {
	return x.step(ctx, c, "Ended.", func(d *docket.Desk, id identity.RequestID) (exhibit.Opening, error) {
		return d.EndExhibitOpening(ctx, id, x.Reason)
	})
}
