package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/groundrules"
)

var rulesOf = store.NewCollection[groundrules.Rules]("ground_rules")

// ErrRulesLate refuses to change the ground rules of a hearing that was held or cancelled.
var ErrRulesLate = errors.New("this hearing was held or cancelled; its ground rules stay as they were")

// GroundRules are those of a hearing; empty where none were entered.
func (d *Desk) GroundRules(ctx context.Context, id testimony.HearingID) (groundrules.Rules, error) {
	if !d.May(testimony.ActKeepRules) {
		return groundrules.Rules{}, ErrNotAllowed
	}
	r, err := find(ctx, d, rulesOf, string(id))
	if errors.Is(err, ErrNotFound) {
		return groundrules.Rules{Hearing: id}, nil
	}
	return r, err
}

// changeRules takes a step with the ground rules of a hearing. No word of them is in the log.
func (d *Desk) changeRules(ctx context.Context, id testimony.HearingID, act testimony.Act, log string, details map[string]string, step func(testimony.Hearing, groundrules.Rules) (groundrules.Rules, error)) (groundrules.Rules, error) {
	var next groundrules.Rules
	if !d.May(act) {
		return next, ErrNotAllowed
	}
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		h, part, err := locate(tx, hearings, string(id))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		if !h.Planned() {
			return ErrRulesLate
		}
		now, err := rulesOf.Get(tx, part, string(id))
		if errors.Is(err, store.ErrNotFound) {
			now, err = groundrules.Rules{Hearing: id}, nil
		}
		if err != nil {
			return err
		}
		if next, err = step(h, now); err != nil {
			return err
		}
		all := map[string]string{"hearing": string(id), "case": string(h.Case)}
		for k, v := range details {
			all[k] = v
		}
		tx.Log("rules."+log, all)
		return rulesOf.Put(tx, part, string(id), next)
	})
	return next, err
}

// AddTopic adds a topic that may be asked about, or is barred.
func (d *Desk) AddTopic(ctx context.Context, id testimony.HearingID, text string, barred bool) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActKeepRules, "topic", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) {
		return r.AddTopic(text, barred)
	})
}

// DropTopic takes a topic away.
func (d *Desk) DropTopic(ctx context.Context, id testimony.HearingID, n int) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActKeepRules, "topic_dropped", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) { return r.DropTopic(n) })
}

// Advise adds how questions are to be put.
func (d *Desk) Advise(ctx context.Context, id testimony.HearingID, text string) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActKeepRules, "advice", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) { return r.Advise(text) })
}

// DropAdvice takes a piece of advice away.
func (d *Desk) DropAdvice(ctx context.Context, id testimony.HearingID, n int) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActKeepRules, "advice_dropped", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) { return r.DropAdvice(n) })
}

// AskQuestion enters a question that a seat asks to have approved.
func (d *Desk) AskQuestion(ctx context.Context, id testimony.HearingID, seat testimony.ParticipantID, text string) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActKeepRules, "asked", map[string]string{"seat": string(seat)}, func(h testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) {
		p, ok := h.Participant(seat)
		if !ok {
			return r, fmt.Errorf("the seat: %w", ErrNotFound)
		}
		return r.Ask(p, text)
	})
}

// ApproveQuestion approves a question as a judge, in other words where any are given.
func (d *Desk) ApproveQuestion(ctx context.Context, id testimony.HearingID, n int, words string) (groundrules.Rules, error) {
	return d.decideQuestion(ctx, id, n, testimony.ActDecideOrder, "approved", func(r groundrules.Rules) (groundrules.Rules, error) { return r.Approve(n, words) })
}

// RefuseQuestion refuses a question as a judge.
func (d *Desk) RefuseQuestion(ctx context.Context, id testimony.HearingID, n int, reason string) (groundrules.Rules, error) {
	return d.decideQuestion(ctx, id, n, testimony.ActDecideOrder, "refused", func(r groundrules.Rules) (groundrules.Rules, error) { return r.Refuse(n, reason) })
}

// WithdrawQuestion takes a question back.
func (d *Desk) WithdrawQuestion(ctx context.Context, id testimony.HearingID, n int) (groundrules.Rules, error) {
	return d.decideQuestion(ctx, id, n, testimony.ActKeepRules, "withdrawn", func(r groundrules.Rules) (groundrules.Rules, error) { return r.Withdraw(n) })
}

func (d *Desk) decideQuestion(ctx context.Context, id testimony.HearingID, n int, act testimony.Act, log string, step func(groundrules.Rules) (groundrules.Rules, error)) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, act, log, map[string]string{"item": strconv.Itoa(n)}, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) { return step(r) })
}

// SettleRules settles the ground rules as a judge.
func (d *Desk) SettleRules(ctx context.Context, id testimony.HearingID) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActDecideOrder, "settled", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) {
		return r.Settle(string(d.Me().ID), d.Now().UTC())
	})
}

// ReopenRules lets them be changed again, as a judge.
func (d *Desk) ReopenRules(ctx context.Context, id testimony.HearingID) (groundrules.Rules, error) {
	return d.changeRules(ctx, id, testimony.ActDecideOrder, "reopened", nil, func(_ testimony.Hearing, r groundrules.Rules) (groundrules.Rules, error) { return r.Reopen() })
}
