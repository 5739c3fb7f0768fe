package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony/docket"
)

type disclosureCmds struct {
	Ask      disclosureAskCmd      `cmd:"" help:"Ask that fields of a true identity be shown to one user."`
	List     disclosureListCmd     `cmd:"" help:"List the requests and where they stand."`
	Approve  disclosureApproveCmd  `cmd:"" help:"Approve a request for your college."`
	Refuse   disclosureRefuseCmd   `cmd:"" help:"Refuse a request, with a reason."`
	Withdraw disclosureWithdrawCmd `cmd:"" help:"End a request or a grant before its date."`
	Review   disclosureReviewCmd   `cmd:"" help:"Note what a look into an emergency found."`
}

type disclosureAskCmd struct {
	vaultFlags
	Case      string   `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Party     string   `help:"The protected party: the pseudonym, the id or the key in the docket file." required:"" placeholder:"P"`
	To        string   `help:"The login of the user who is to see it." required:"" placeholder:"LOGIN"`
	Field     []string `help:"A field; can be given several times: ${fields}." required:"" placeholder:"FIELD"`
	Basis     string   `help:"The legal basis." required:""`
	Order     string   `help:"The court's number of the order; needed unless it is an emergency."`
	Hours     int      `help:"For how long: at most 720 hours, in an emergency 24." default:"24" placeholder:"N"`
	Emergency bool     `help:"Life is at risk: both colleges still approve, the window is shorter, and somebody looks into it afterwards."`
}

func (a disclosureAskCmd) Run(ctx context.Context, c *console) error {
	if a.Hours <= 0 || a.Hours > int(identity.LongestWindow/time.Hour) {
		return usageError{"--hours is a number from 1 to 720."}
	}
	return a.with(ctx, c, func(d *docket.Desk) error {
		caseID, err := d.FindCase(ctx, a.Case)
		if err != nil {
			return err
		}
		party, err := d.FindParty(ctx, caseID, a.Party)
		if err != nil {
			return err
		}
		grantee, err := userByLogin(ctx, d, a.To)
		if err != nil {
			return err
		}
		asking := docket.Asking{Party: party.ID, Case: caseID, Grantee: grantee.ID, Basis: a.Basis, Order: a.Order, Emergency: a.Emergency,
			Until: d.Now().Add(time.Duration(a.Hours) * time.Hour)}
		for _, f := range a.Field {
			asking.Fields = append(asking.Fields, identity.Field(f))
		}
		r, err := d.AskDisclosure(ctx, asking)
		if err != nil {
			return err
		}
		return c.print(describeRequest(r, d.Now(), nil), fmt.Sprintf("Asked as %s. It needs one approval of the court and one of the bench.\n", r.ID))
	})
}

func userByLogin(ctx context.Context, d *docket.Desk, login string) (store.User, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return store.User{}, err
	}
	i := slices.IndexFunc(users, func(u store.User) bool { return u.Login == login })
	if i < 0 {
		return store.User{}, fmt.Errorf("there is no user %q: %w", login, docket.ErrNotFound)
	}
	return users[i], nil
}

// requestLine is a request as a script reads it. It names fields and never what is in them.
type requestLine struct {
	ID        identity.RequestID    `json:"id"`
	State     identity.RequestState `json:"state"`
	Case      string                `json:"case"`
	Party     string                `json:"party"`
	Requester string                `json:"requester"`
	Grantee   string                `json:"grantee"`
	Fields    []identity.Field      `json:"fields"`
	Basis     string                `json:"basis"`
	Order     string                `json:"order"`
	Asked     time.Time             `json:"asked"`
	Until     time.Time             `json:"until"`
	Emergency bool                  `json:"emergency"`
	Approved  []identity.College    `json:"approved"`
	Review    bool                  `json:"needs_review"`
}

func describeRequest(r identity.Request, at time.Time, logins map[string]string) requestLine {
	name := func(id string) string {
		if l := logins[id]; l != "" {
			return l
		}
		return id
	}
	l := requestLine{ID: r.ID, State: r.State(at), Case: string(r.Case), Party: string(r.Party), Requester: name(r.Requester), Grantee: name(r.Grantee), Fields: r.Fields,
		Basis: r.Basis, Order: r.Order, Asked: r.Asked, Until: r.Until, Emergency: r.Emergency, Approved: []identity.College{}, Review: r.NeedsReview()}
	for _, a := range r.Approvals {
		l.Approved = append(l.Approved, a.College)
	}
	return l
}

type disclosureListCmd struct{ vaultFlags }

func (l disclosureListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Disclosures(ctx)
		if err != nil {
			return err
		}
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		logins := map[string]string{}
		for _, u := range users {
			logins[string(u.ID)] = u.Login
		}
		lines := []requestLine{}
		var words strings.Builder
		w := tabwriter.NewWriter(&words, 0, 0, 2, ' ', 0)
		for _, r := range list {
			line := describeRequest(r, d.Now(), logins)
			if p, err := d.Party(ctx, r.Party); err == nil {
				line.Party = string(p.PseudonymIn(r.Case))
			}
			if x, err := d.Case(ctx, r.Case); err == nil {
				line.Case = x.Reference
			}
			lines = append(lines, line)
			fmt.Fprintf(w, "%s\t%s\t%s, %s\tto %s\t%s\tuntil %s\n", line.ID, line.State, line.Party, line.Case, line.Grantee, joinFields(line.Fields), line.Until.Format("2006-01-02 15:04 MST"))
		}
		_ = w.Flush()
		if len(list) == 0 {
			words.WriteString("There is no request.\n")
		}
		return c.print(lines, words.String())
	})
}

func joinFields(fields []identity.Field) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = string(f)
	}
	return strings.Join(words, ", ")
}

// requestFlags name the request that a step is about.
type requestFlags struct {
	vaultFlags
	ID string `arg:"" help:"The request." placeholder:"ID"`
}

func (f requestFlags) step(ctx context.Context, c *console, words string, take func(*docket.Desk, identity.RequestID) (identity.Request, error)) error {
	return stepMatter(ctx, c, f.vaultFlags, "request", f.ID, take, func(d *docket.Desk, r identity.Request) (any, string) {
		return describeRequest(r, d.Now(), nil), fmt.Sprintf("%s The request is %s.\n", words, r.State(d.Now()))
	})
}

// stepMatter takes a step of what two colleges decide, and says where it stands.
func stepMatter[T any](ctx context.Context, c *console, v vaultFlags, what, id string, take func(*docket.Desk, identity.RequestID) (T, error), say func(*docket.Desk, T) (any, string)) error {
	return v.with(ctx, c, func(d *docket.Desk) error {
		x, err := take(d, identity.RequestID(id))
		if errors.Is(err, docket.ErrNotFound) {
			return fmt.Errorf("there is no %s %q: %w", what, id, err)
		}
		if err != nil {
			return err
		}
		value, words := say(d, x)
		return c.print(value, words)
	})
}

type disclosureApproveCmd struct{ requestFlags }

func (a disclosureApproveCmd) Run(ctx context.Context, c *console) error {
	return a.step(ctx, c, "Approved.", func(d *docket.Desk, id identity.RequestID) (identity.Request, error) {
		return d.ApproveDisclosure(ctx, id)
	})
}

type disclosureRefuseCmd struct {
	requestFlags
	Reason string `help:"Why." required:""`
}

func (r disclosureRefuseCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, "Refused.", func(d *docket.Desk, id identity.RequestID) (identity.Request, error) {
		return d.RefuseDisclosure(ctx, id, r.Reason)
	})
}

type disclosureWithdrawCmd struct {
	requestFlags
	Reason string `help:"Why."`
}

func (w disclosureWithdrawCmd) Run(ctx context.Context, c *console) error {
	return w.step(ctx, c, "Withdrawn.", func(d *docket.Desk, id identity.RequestID) (identity.Request, error) {
		return d.WithdrawDisclosure(ctx, id, w.Reason)
	})
}

type disclosureReviewCmd struct {
	requestFlags
	Finding string `help:"What was found." required:""`
}

func (r disclosureReviewCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, "Reviewed.", func(d *docket.Desk, id identity.RequestID) (identity.Request, error) {
		return d.ReviewDisclosure(ctx, id, r.Finding)
	})
}

type conflictCmds struct {
	Flag conflictFlagCmd `cmd:"" help:"Note a conflict of interest of a user or an agency in a case."`
	List conflictListCmd `cmd:"" help:"List the conflicts of interest that are noted."`
	Lift conflictLiftCmd `cmd:"" help:"Take a conflict of interest back."`
}

type conflictFlagCmd struct {
	vaultFlags
	Case   string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	User   string `help:"The login of the user it is about." placeholder:"LOGIN"`
	Agency string `help:"Or the agency: everybody who comes from it."`
	Reason string `help:"Why." required:""`
}

func (f conflictFlagCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		caseID, err := d.FindCase(ctx, f.Case)
		if err != nil {
			return err
		}
		x := identity.Conflict{Case: caseID, Agency: f.Agency, Reason: f.Reason}
		if f.User != "" {
			u, err := userByLogin(ctx, d, f.User)
			if err != nil {
				return err
			}
			x.Person = string(u.ID)
		}
		if x, err = d.FlagConflict(ctx, x); err != nil {
			return err
		}
		return c.print(x, fmt.Sprintf("Noted as %s. They take no part in a disclosure of this case.\n", x.ID))
	})
}

type conflictListCmd struct{ vaultFlags }

func (l conflictListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Conflicts(ctx)
		if err != nil {
			return err
		}
		var words strings.Builder
		for _, x := range list {
			about := x.Agency
			if about == "" {
				about = x.Person
			}
			fmt.Fprintf(&words, "%s  %s  %s\n", x.ID, about, x.Reason)
		}
		if len(list) == 0 {
			words.WriteString("No conflict of interest is noted.\n")
			list = []identity.Conflict{}
		}
		return c.print(list, words.String())
	})
}

type conflictLiftCmd struct {
	vaultFlags
	ID     string `arg:"" help:"The conflict of interest." placeholder:"ID"`
	Reason string `help:"Why." required:""`
}

func (l conflictLiftCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		if err := d.LiftConflict(ctx, l.ID, l.Reason); err != nil {
			return err
		}
		return c.print(map[string]string{"lifted": l.ID}, "Lifted.\n")
	})
}
