package main

import (
	"context"
	"fmt"
	"strings"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/groundrules"
)

type rulesCmds struct {
	Show       rulesShowCmd     `cmd:"" help:"The ground rules of a hearing: topics, advice, questions."`
	Topic      rulesTopicCmd    `cmd:"" help:"Add a topic that may be asked about, or that is barred."`
	DropTopic  rulesDropCmd     `cmd:"" help:"Take a topic away."`
	Advise     rulesAdviseCmd   `cmd:"" help:"Add how questions are to be put."`
	DropAdvice rulesUnadviseCmd `cmd:"" help:"Take a piece of advice away."`
	Ask        rulesAskCmd      `cmd:"" help:"Enter a question that a seat asks to have approved."`
	Approve    rulesApproveCmd  `cmd:"" help:"Approve a question, as a judge, in other words where any are given."`
	Refuse     rulesRefuseCmd   `cmd:"" help:"Refuse a question, as a judge."`
	Withdraw   rulesWithdrawCmd `cmd:"" help:"Take a question back."`
	Settle     rulesSettleCmd   `cmd:"" help:"Settle the ground rules, as a judge."`
	Reopen     rulesReopenCmd   `cmd:"" help:"Let them be changed again, as a judge."`
}

type rulesFlags struct {
	vaultFlags
	Hearing string `help:"The hearing: its id or its key in the docket file." required:"" placeholder:"H"`
}

// step takes a step with the ground rules and prints them as they stand then.
func (f rulesFlags) step(ctx context.Context, c *console, step func(*docket.Desk, testimony.HearingID) (groundrules.Rules, error)) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		h, err := d.FindHearing(ctx, f.Hearing)
		if err != nil {
			return err
		}
		r, err := step(d, h.ID)
		if err != nil {
			return err
		}
		return c.print(r, rulesWords(r, h))
	})
}

func rulesWords(r groundrules.Rules, h testimony.Hearing) string {
	var b strings.Builder
	if r.Settled.IsZero() {
		fmt.Fprintf(&b, "Not settled; %d questions wait.\n", r.Waiting())
	} else {
		fmt.Fprintf(&b, "Settled %s.\n", r.Settled.Format(dayLayout))
	}
	for i, t := range r.Topics {
		word := "may be asked about"
		if t.Barred {
			word = "barred"
		}
		fmt.Fprintf(&b, "Topic %d (%s): %s\n", i+1, word, t.Text)
	}
	for i, a := range r.Advice {
		fmt.Fprintf(&b, "Advice %d: %s\n", i+1, a)
	}
	for i, q := range r.Questions {
		p, _ := h.Participant(q.By)
		if p.Role == testimony.RoleBench {
			p.Label = "Bench"
		}
		fmt.Fprintf(&b, "Question %d (%s, %s): %s\n", i+1, p.Label, q.Standing, q.Text)
		if q.Was != "" {
			fmt.Fprintf(&b, "  asked as: %s\n", q.Was)
		}
		if q.Reason != "" {
			fmt.Fprintf(&b, "  because: %s\n", q.Reason)
		}
	}
	return b.String()
}

type rulesShowCmd struct{ rulesFlags }

func (r rulesShowCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) { return d.GroundRules(ctx, id) })
}

type rulesTopicCmd struct {
	rulesFlags
	Text   string `arg:"" help:"The topic, in one line."`
	Barred bool   `help:"It may not be asked about."`
}

func (r rulesTopicCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.AddTopic(ctx, id, r.Text, r.Barred)
	})
}

type rulesDropCmd struct {
	rulesFlags
	Number int `arg:"" help:"The topic's number."`
}

func (r rulesDropCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.DropTopic(ctx, id, r.Number)
	})
}

type rulesAdviseCmd struct {
	rulesFlags
	Text string `arg:"" help:"How questions are to be put, in one line."`
}

func (r rulesAdviseCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.Advise(ctx, id, r.Text)
	})
}

type rulesUnadviseCmd struct {
	rulesFlags
	Number int `arg:"" help:"The number of the piece of advice."`
}

func (r rulesUnadviseCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.DropAdvice(ctx, id, r.Number)
	})
}

type rulesAskCmd struct {
	seatFlags
	Text string `arg:"" help:"The question, in one line."`
}

func (r rulesAskCmd) Run(ctx context.Context, c *console) error {
	return r.of(ctx, c, func(d *docket.Desk, h testimony.Hearing, seat testimony.ParticipantID) error {
		next, err := d.AskQuestion(ctx, h.ID, seat, r.Text)
		if err != nil {
			return err
		}
		return c.print(next, rulesWords(next, h))
	})
}

type rulesApproveCmd struct {
	rulesFlags
	Number int    `arg:"" help:"The question's number."`
	Words  string `help:"Other words in which it may be put." placeholder:"TEXT"`
}

func (r rulesApproveCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.ApproveQuestion(ctx, id, r.Number, r.Words)
	})
}

type rulesRefuseCmd struct {
	rulesFlags
	Number int    `arg:"" help:"The question's number."`
	Reason string `required:"" help:"Why." placeholder:"TEXT"`
}

func (r rulesRefuseCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.RefuseQuestion(ctx, id, r.Number, r.Reason)
	})
}

type rulesWithdrawCmd struct {
	rulesFlags
	Number int `arg:"" help:"The question's number."`
}

func (r rulesWithdrawCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) {
		return d.WithdrawQuestion(ctx, id, r.Number)
	})
}

type rulesSettleCmd struct{ rulesFlags }

func (r rulesSettleCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) { return d.SettleRules(ctx, id) })
}

type rulesReopenCmd struct{ rulesFlags }

func (r rulesReopenCmd) Run(ctx context.Context, c *console) error {
	return r.step(ctx, c, func(d *docket.Desk, id testimony.HearingID) (groundrules.Rules, error) { return d.ReopenRules(ctx, id) })
}
