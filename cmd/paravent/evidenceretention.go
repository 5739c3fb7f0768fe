package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/retention"
)

type retentionCmds struct {
	List     retentionListCmd     `cmd:"" default:"withargs" help:"How long each recording and exhibit is kept, what is due, and what stands against erasing it."`
	Set      retentionSetCmd      `cmd:"" help:"Set how long recordings of a kind, or exhibits, are kept, in one case or in all that have no rule of their own."`
	Rules    retentionRulesCmd    `cmd:"" help:"List the rules."`
	Judgment retentionJudgmentCmd `cmd:"" help:"Enter the day of a case's final judgment."`
	Hold     retentionHoldCmd     `cmd:"" help:"Keep the recordings and exhibits of a case, or one of them, until a judge lifts the hold."`
	Lift     retentionLiftCmd     `cmd:"" help:"Lift a hold, as a judge."`
	Propose  retentionProposeCmd  `cmd:"" help:"Propose that a recording or an exhibit be erased whose time is over."`
	Approve  retentionApproveCmd  `cmd:"" help:"Approve an erasure that somebody else proposed, as a judge. This can't be undone."`
	Refuse   retentionRefuseCmd   `cmd:"" help:"Refuse an erasure, as a judge."`
	Clear    retentionClearCmd    `cmd:"" help:"Bring an erasure to its end that was cut short."`
}

const dayLayout = "2006-01-02"

// parseDay reads a day, or nothing.
func parseDay(typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(dayLayout, typed)
	if err != nil {
		return day, usageError{fmt.Sprintf("%q is no day; write it as 2027-03-31", typed)}
	}
	return day, nil
}

type retentionListCmd struct {
	vaultFlags
	Due bool `help:"Only those whose time is over, and those whose erasure is not at its end."`
}

// keepingLine is the keeping of a recording or an exhibit as a script reads it.
type keepingLine struct {
	retention.Thing
	Case    protection.CaseID    `json:"case"`
	Class   retention.Class      `json:"class"`
	Rule    *retention.Rule      `json:"rule,omitempty"`
	Due     time.Time            `json:"due,omitzero"`
	IsDue   bool                 `json:"is_due"`
	Against []retention.Obstacle `json:"against"`
	Erased  time.Time            `json:"erased,omitzero"`
	Erasure *retention.Erasure   `json:"erasure,omitempty"`
}

func (l retentionListCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Retention(ctx)
		if err != nil {
			return err
		}
		lines := []keepingLine{}
		var words strings.Builder
		w := tabwriter.NewWriter(&words, 0, 0, 2, ' ', 0)
		for _, k := range list {
			line := keepingLine{k.Thing(), k.Case, k.Class, k.Rule, k.Due, k.IsDue(d.Now()), k.Against, k.Erased(), k.Erasure}
			if l.Due && !line.IsDue && (k.Erasure == nil || k.Erasure.State() != retention.Erased) {
				continue
			}
			lines = append(lines, line)
			fmt.Fprintf(w, "%s\t%s\t%s\n", cmp.Or(string(line.Recording), string(line.Exhibit)), line.Class, keepingWords(line))
		}
		_ = w.Flush()
		if len(lines) == 0 {
			words.WriteString("There is none.\n")
		}
		return c.print(lines, words.String())
	})
}

func keepingWords(l keepingLine) string {
	var words []string
	switch {
	case !l.Erased.IsZero():
		words = append(words, "erased "+l.Erased.UTC().Format(dayLayout))
	case l.IsDue:
		words = append(words, "due since "+l.Due.Format(dayLayout))
	case !l.Due.IsZero():
		words = append(words, "kept until "+l.Due.Format(dayLayout))
	}
	if l.Erasure != nil {
		words = append(words, fmt.Sprintf("erasure %s %s", l.Erasure.ID, l.Erasure.State()))
	}
	if l.Erased.IsZero() {
		for _, o := range l.Against {
			words = append(words, obstacleWords[o])
		}
	}
	return strings.Join(words, "; ")
}

// obstacleWords say what stands against an erasure.
var obstacleWords = map[retention.Obstacle]string{
	retention.NoRule:         "no rule is set",
	retention.NotJudged:      "the day of the final judgment is not entered",
	retention.NotDue:         "its time is not over",
	retention.HearingOpen:    "a hearing that needs it is not closed",
	retention.OrderUndecided: "an order of the case waits for a judge",
	retention.OrderNeeds:     "an order in force makes recordings the testimony",
	retention.OrderSeals:     "an order in force says who may open exhibits of the case",
	retention.HeldByAppeal:   "held for an appeal",
	retention.HeldByOrder:    "held by an order",
	retention.HeldByRequest:  "held for a request",
	retention.EditAsked:      "an edit of it waits for a judge",
	retention.EditUnmade:     "edits are in force that no version carries out",
	retention.OpeningStands:  "somebody has asked to open it, or may",
}

// neededWords say why something is not erased.
func neededWords(e *retention.NeededError) string {
	var words []string
	for _, o := range e.Against {
		words = append(words, obstacleWords[o])
	}
	return "This is still needed: " + strings.Join(words, "; ") + ". Nothing was erased."
}

type retentionSetCmd struct {
	vaultFlags
	Case   string `help:"The case: its reference, its id or its key in the docket file; all without a rule of their own where left out." placeholder:"C"`
	Kind   string `help:"Of recording, or exhibits: ${enum}." enum:"master,public,version,exhibit" required:""`
	Until  string `help:"Keep until this day." placeholder:"YYYY-MM-DD" xor:"time"`
	Years  int    `help:"Keep for so many years after the final judgment." placeholder:"N"`
	Months int    `help:"And so many months." placeholder:"N"`
	Basis  string `help:"The law or the order that says so." required:""`
}

func (s retentionSetCmd) Run(ctx context.Context, c *console) error {
	until, err := parseDay(s.Until)
	if err != nil {
		return err
	}
	return s.with(ctx, c, func(d *docket.Desk) error {
		r := retention.Rule{Class: retention.Class(s.Kind), Until: until, Years: s.Years, Months: s.Months, Basis: s.Basis}
		if s.Case != "" {
			if r.Case, err = d.FindCase(ctx, s.Case); err != nil {
				return err
			}
		}
		if r, err = d.SetRetention(ctx, r); err != nil {
			return err
		}
		return c.print(r, "Set: "+ruleWords(r)+". Nothing was erased.\n")
	})
}

func ruleWords(r retention.Rule) string {
	of := "every case without a rule of its own"
	if r.Case != "" {
		of = "case " + string(r.Case)
	}
	what := string(r.Class) + " recordings"
	if r.Class == retention.HandedIn {
		what = "exhibits"
	}
	if !r.Until.IsZero() {
		return fmt.Sprintf("%s of %s are kept until %s (%s)", what, of, r.Until.Format(dayLayout), r.Basis)
	}
	return fmt.Sprintf("%s of %s are kept for %d years and %d months after the final judgment (%s)", what, of, r.Years, r.Months, r.Basis)
}

type retentionRulesCmd struct{ vaultFlags }

func (r retentionRulesCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(d *docket.Desk) error {
		if !d.May(testimony.ActKeepDocket) {
			return docket.ErrNotAllowed
		}
		list, err := d.RetentionRules(ctx)
		if err != nil {
			return err
		}
		words := ""
		for _, r := range list {
			words += ruleWords(r) + "\n"
		}
		if len(list) == 0 {
			words, list = "There is no rule: nothing falls due.\n", []retention.Rule{}
		}
		return c.print(list, words)
	})
}

type retentionJudgmentCmd struct {
	vaultFlags
	Case string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Day  string `help:"The day from which no ordinary appeal is open any more." required:"" placeholder:"YYYY-MM-DD"`
}

func (j retentionJudgmentCmd) Run(ctx context.Context, c *console) error {
	day, err := parseDay(j.Day)
	if err != nil {
		return err
	}
	return j.with(ctx, c, func(d *docket.Desk) error {
		id, err := d.FindCase(ctx, j.Case)
		if err != nil {
			return err
		}
		if err := d.EnterJudgment(ctx, id, day); err != nil {
			return err
		}
		return c.print(map[string]string{"case": string(id), "day": j.Day}, "Entered. The time of the case's recordings runs from "+j.Day+".\n")
	})
}

type retentionHoldCmd struct {
	vaultFlags
	Case      string `help:"The case: its reference, its id or its key in the docket file." required:"" placeholder:"C"`
	Recording string `help:"One recording of it; all where left out." placeholder:"ID" xor:"one"`
	Exhibit   string `help:"One exhibit of it." placeholder:"ID" xor:"one"`
	Ground    string `help:"Why: ${enum}." enum:"appeal,order,request" required:""`
	Reason    string `help:"In a few words. It stays in the vault." required:""`
}

func (h retentionHoldCmd) Run(ctx context.Context, c *console) error {
	return h.with(ctx, c, func(d *docket.Desk) error {
		id, err := d.FindCase(ctx, h.Case)
		if err != nil {
			return err
		}
		hold, err := d.PlaceHold(ctx, retention.Hold{Case: id, Thing: retention.Thing{Recording: testimony.RecordingID(h.Recording), Exhibit: exhibit.ID(h.Exhibit)}, Ground: retention.Ground(h.Ground), Reason: h.Reason})
		if err != nil {
			return err
		}
		return c.print(hold, "Held as "+hold.ID+". A judge lifts it.\n")
	})
}

type retentionLiftCmd struct {
	vaultFlags
	Hold   string `arg:"" help:"The hold's id."`
	Reason string `help:"Why." required:""`
}

func (l retentionLiftCmd) Run(ctx context.Context, c *console) error {
	return l.with(ctx, c, func(d *docket.Desk) error {
		hold, err := d.LiftHold(ctx, l.Hold, l.Reason)
		if err != nil {
			return err
		}
		return c.print(hold, "Lifted.\n")
	})
}

type retentionProposeCmd struct {
	vaultFlags
	ID     string `arg:"" help:"The id of the recording or of the exhibit."`
	Reason string `help:"Why." required:""`
}

func (p retentionProposeCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(d *docket.Desk) error {
		what, err := d.Kept(ctx, p.ID)
		if err != nil {
			return noRecording(p.ID, err)
		}
		e, err := d.ProposeRecordingErasure(ctx, what, p.Reason)
		if err != nil {
			return err
		}
		return c.print(e, "Proposed as "+e.ID+". A judge decides; until then nothing is erased.\n")
	})
}

// decisionFlags name the erasure that is decided.
type decisionFlags struct {
	vaultFlags
	ID     string `arg:"" help:"The erasure." placeholder:"ID"`
	Reason string `help:"Why." required:""`
}

func (f decisionFlags) decide(ctx context.Context, c *console, approve bool, words string) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		e, err := d.DecideRecordingErasure(ctx, f.ID, approve, f.Reason)
		if err != nil {
			return err
		}
		return c.print(e, words)
	})
}

type retentionApproveCmd struct{ decisionFlags }

func (a retentionApproveCmd) Run(ctx context.Context, c *console) error {
	return a.decide(ctx, c, true, "Approved, signed and erased: its key, its file, and what was left of them in the vault's file. Its hashes, its custody and the audit log stay. Backups that were made before still hold it.\n")
}

type retentionRefuseCmd struct{ decisionFlags }

func (r retentionRefuseCmd) Run(ctx context.Context, c *console) error {
	return r.decide(ctx, c, false, "Refused and signed. It stays.\n")
}

type retentionClearCmd struct {
	vaultFlags
	ID string `arg:"" help:"The erasure." placeholder:"ID"`
}

func (x retentionClearCmd) Run(ctx context.Context, c *console) error {
	return x.with(ctx, c, func(d *docket.Desk) error {
		e, err := d.ClearRecordingErasure(ctx, x.ID, c.progressOf("Writing the vault's file anew"))
		if err != nil {
			return err
		}
		return c.print(e, "Its file is removed and the vault's file was written anew.\n")
	})
}
