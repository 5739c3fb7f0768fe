package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/redaction"
)

var (
	editRequests = store.NewCollection[edit.Request]("edit_requests")
	editLists    = store.NewCollection[edit.List]("edit_lists")
)

// ErrForgedEdit says that a signature under an edit of a recording is false, or that what was decided is not what is kept. Nothing is decided or made of
// this recording until it is found out who changed it.
var ErrForgedEdit = errors.New("a signature under the edits of this recording is false or missing; find out who changed them")

// AskEdit checks a request to cut or mask passages of a recording, and files it. Nothing changes before a judge has decided.
func (d *Desk) AskEdit(ctx context.Context, r edit.Request) (edit.Request, error) {
	if !d.May(testimony.ActAskEdit) {
		return r, ErrNotAllowed
	}
	source, err := d.Recording(ctx, r.Recording)
	if err != nil {
		return r, err
	}
	if source.Derived() {
		return r, ErrVersion
	}
	if !source.Erased.IsZero() {
		return r, ErrErased
	}
	length := source.Duration
	if head, err := d.RecordingHead(ctx, source.ID); err == nil {
		length = max(length, head.Length)
	} else if length == 0 { // it was not closed in good order, so that its length is known by its head alone
		return r, err
	}
	if err := r.Check(length); err != nil {
		return r, err
	}
	id, err := d.newID()
	if err != nil {
		return r, err
	}
	r = r.Ask()
	r.ID, r.Hearing, r.By, r.Office, r.At, r.Signing = edit.RequestID(id), source.Hearing, string(d.Me().ID), string(d.Me().Role), d.Now().UTC().Truncate(time.Second), edit.Undecided
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(source.ID))
		if err != nil {
			return notFound(err)
		}
		tx.Log("edit.asked", editDetails(r, "items", strconv.Itoa(len(r.Items))))
		return editRequests.Put(tx, part, id, r)
	})
}

func editDetails(r edit.Request, pairs ...string) map[string]string {
	details := map[string]string{"edit": string(r.ID), "recording": string(r.Recording)}
	for i := 0; i+1 < len(pairs); i += 2 {
		details[pairs[i]] = pairs[i+1]
	}
	return details
}

// EditRequests lists the requests for edits of a recording, or of all of them where none is named, oldest first.
func (d *Desk) EditRequests(ctx context.Context, of testimony.RecordingID) ([]edit.Request, error) {
	list, err := all(ctx, d, editRequests)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r edit.Request) bool { return of != "" && r.Recording != of })
	sortRequests(list)
	judges, err := d.judges(ctx)
	for i := range list {
		list[i].Signing = d.editSigning(list[i], judges)
	}
	return list, err
}

func sortRequests(list []edit.Request) {
	slices.SortFunc(list, func(a, b edit.Request) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return slices.Compare([]byte(a.ID), []byte(b.ID))
	})
}

// EditRequest returns one request.
func (d *Desk) EditRequest(ctx context.Context, id edit.RequestID) (edit.Request, error) {
	r, err := find(ctx, d, editRequests, string(id))
	if err != nil {
		return r, err
	}
	judges, err := d.judges(ctx)
	r.Signing = d.editSigning(r, judges)
	return r, err
}

// editSigning is what the signatures of a request say.
func (d *Desk) editSigning(r edit.Request, judges map[string]store.User) edit.Signing {
	return r.Verify(func(x edit.Decision, statement []byte) bool {
		return d.signedByJudge(judges, x.By, x.At, statement, x.Signature)
	})
}

// signedByJudge reports whether a statement was signed by a judge. One whose access was taken away counts for what they signed before.
func (d *Desk) signedByJudge(judges map[string]store.User, by string, at time.Time, statement, signature []byte) bool {
	judge, ok := judges[by]
	if !ok || !judge.Standing() && !at.Before(judge.Revoked) {
		return false
	}
	return d.genuine.check(d.vault.ID(), judge.SigningPublic, statement, signature)
}

// MayEdit lists the steps that the state of an item and this user's office allow.
func (d *Desk) MayEdit(r edit.Request, number int) []edit.Step {
	if r.Signing == edit.FalselySigned || number < 1 || number > len(r.Items) {
		return nil
	}
	return slices.DeleteFunc(r.Items[number-1].Steps(), func(s edit.Step) bool { return !d.mayDecide(r, s) })
}

// mayDecide reports whether this user may take a step: a judge decides, and whoever asked withdraws.
func (d *Desk) mayDecide(r edit.Request, s edit.Step) bool {
	if edit.JudgeTakes(s) {
		return d.May(testimony.ActDecideEdit)
	}
	return r.By == string(d.Me().ID)
}

// ForeseeEdit says what approving an item would take: its passage with the time at which the picture comes back. It needs the recording's key.
func (d *Desk) ForeseeEdit(ctx context.Context, id edit.RequestID, number int) (edit.Passage, error) {
	r, err := d.EditRequest(ctx, id)
	if err != nil {
		return edit.Passage{}, err
	}
	if number < 1 || number > len(r.Items) {
		return edit.Passage{}, edit.ErrStep
	}
	p := r.Items[number-1].Passage
	p.PictureUntil, err = d.pictureUntil(ctx, r, number)
	return p, err
}

// pictureUntil finds when the picture comes back after an item, which only the recording tells.
func (d *Desk) pictureUntil(ctx context.Context, r edit.Request, number int) (time.Duration, error) {
	x := r.Items[number-1]
	if x.Channels == edit.Voice {
		return x.Until, nil
	}
	source, err := d.Recording(ctx, r.Recording)
	if err != nil {
		return 0, err
	}
	reader, err := d.openSealed(ctx, source, "decide an edit")
	if err != nil {
		return 0, err
	}
	back, err := redaction.PictureAfter(reader, reader.Size(), x.Until)
	return back, errors.Join(err, reader.Close())
}

// DecideEdit takes a step on an item of a request. A judge's decision is signed; where it changes what is missing from versions, the judge signs the
// whole list of edits in force as well, under the next number.
func (d *Desk) DecideEdit(ctx context.Context, id edit.RequestID, number int, step edit.Step, reasons string) (edit.Request, error) {
	before, err := d.EditRequest(ctx, id)
	if err != nil {
		return before, err
	}
	if !d.mayDecide(before, step) {
		return before, errors.Join(ErrNotAllowed, d.Note(ctx, "edit.denied", editDetails(before, "tried", string(step))))
	}
	decision := edit.Decision{Step: step, By: string(d.Me().ID), Office: string(d.Me().Role), At: d.Now().UTC().Truncate(time.Second), Reasons: reasons}
	if _, err := before.Take(number, decision); err != nil {
		return before, err
	}
	var head RecordingHead
	if step == edit.Approve || step == edit.Lift {
		if head, err = d.CommitRecording(ctx, before.Recording); err != nil {
			return before, err
		}
		if decision.PictureUntil, err = d.pictureUntil(ctx, before, number); err != nil {
			return before, err
		}
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return before, err
	}
	var next edit.Request
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, editRequests, string(id))
		if err != nil {
			return notFound(err)
		}
		if d.editSigning(r, judges) == edit.FalselySigned {
			return ErrForgedEdit
		}
		if next, err = r.Take(number, decision); err != nil {
			return err
		}
		if edit.JudgeTakes(step) {
			if err := d.signEdit(&next, number); err != nil {
				return err
			}
		}
		tx.Log(actOf(step), editDetails(r, "item", strconv.Itoa(number)))
		if step == edit.Approve || step == edit.Lift {
			if err := d.nextList(tx, part, next, head.Root, judges); err != nil {
				return err
			}
		}
		return editRequests.Put(tx, part, string(id), next)
	})
	if err == nil {
		next.Signing = d.editSigning(next, judges)
	}
	return next, err
}

// actOf is a step as the audit log has it.
func actOf(step edit.Step) (action string) {
	switch step {
	case edit.Approve:
		action = "edit.approved"
	case edit.Refuse:
		action = "edit.refused"
	case edit.Withdraw:
		action = "edit.withdrawn"
	case edit.Lift:
		action = "edit.lifted"
	}
	return action
}

// signEdit signs the last decision on an item, which has to be this user's.
func (d *Desk) signEdit(r *edit.Request, number int) error {
	history := r.Items[number-1].History
	text, err := r.Statement(number, len(history)-1)
	if err != nil {
		return fmt.Errorf("write down the decision: %w", err)
	}
	history[len(history)-1].Signature, err = d.vault.Sign(text)
	return err
}

// nextList signs what is in force with a request as it will be. What other judges decided has to be genuine: this one signs it again.
func (d *Desk) nextList(tx *store.Tx, part store.Compartment, changed edit.Request, root []byte, judges map[string]store.User) error {
	requests, err := requestsOf(tx, part, changed.Recording)
	if err != nil {
		return err
	}
	for i, r := range requests {
		if r.ID == changed.ID {
			requests[i] = changed
		} else if d.editSigning(r, judges) == edit.FalselySigned {
			return ErrForgedEdit
		}
	}
	last, _, err := d.lastList(tx, part, changed.Recording, judges)
	if err != nil {
		return err
	}
	l := edit.List{Recording: changed.Recording, Root: root, Number: last.Number + 1, At: d.Now().UTC().Truncate(time.Second), By: string(d.Me().ID), Items: edit.InForce(requests)}
	if l.Signature, err = d.vault.Sign(l.Statement()); err != nil {
		return err
	}
	tx.Log("edit.list", map[string]string{"recording": string(l.Recording), "number": strconv.Itoa(l.Number), "items": strconv.Itoa(len(l.Items))})
	return editLists.Put(tx, part, listID(l.Recording, l.Number), l)
}

func listID(of testimony.RecordingID, number int) string {
	return string(of) + "/" + strconv.Itoa(number)
}

func requestsOf(tx store.Reading, part store.Compartment, of testimony.RecordingID) ([]edit.Request, error) {
	entries, err := editRequests.All(tx, part)
	var list []edit.Request
	for _, e := range entries {
		if e.Value.Recording == of {
			list = append(list, e.Value)
		}
	}
	sortRequests(list)
	return list, err
}

// lastList is the newest list of a recording, whose judge's signature is genuine; the zero list where there is none. There is one for every number
// before it, or somebody took one away.
func (d *Desk) lastList(tx store.Reading, part store.Compartment, of testimony.RecordingID, judges map[string]store.User) (edit.List, redaction.Mark, error) {
	entries, err := editLists.All(tx, part)
	if err != nil {
		return edit.List{}, redaction.Mark{}, err
	}
	var last edit.List
	count := 0
	for _, e := range entries {
		if e.Value.Recording == of {
			count++
			if e.Value.Number > last.Number {
				last = e.Value
			}
		}
	}
	if count == 0 {
		return last, redaction.Mark{}, nil
	}
	if count != last.Number || !d.signedByJudge(judges, last.By, last.At, last.Statement(), last.Signature) {
		return last, redaction.Mark{}, ErrForgedEdit
	}
	return last, redaction.Mark{Public: judges[last.By].SigningPublic, Signature: last.Signature}, nil
}

// EditList returns the list of edits of a recording that is in force, with the judge's signature; a list without a number where nothing was ever approved.
// It fails with [ErrForgedEdit] where the list and the decisions do not agree.
func (d *Desk) EditList(ctx context.Context, of testimony.RecordingID) (edit.List, redaction.Mark, error) {
	judges, err := d.judges(ctx)
	if err != nil {
		return edit.List{}, redaction.Mark{}, err
	}
	var list edit.List
	var mark redaction.Mark
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		_, part, err := locate(tx, recordings, string(of))
		if err != nil {
			return notFound(err)
		}
		if list, mark, err = d.lastList(tx, part, of, judges); err != nil {
			return err
		}
		requests, err := requestsOf(tx, part, of)
		if err != nil {
			return err
		}
		for _, r := range requests {
			if d.editSigning(r, judges) == edit.FalselySigned {
				return ErrForgedEdit
			}
		}
		if !slices.Equal(edit.InForce(requests), append([]edit.Ordered{}, list.Items...)) {
			return ErrForgedEdit
		}
		return nil
	})
	return list, mark, err
}
