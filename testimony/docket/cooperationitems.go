package docket

import (
	"context"
	"time"

	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/schedule"
)

// permissionAhead is how far ahead a hearing without another State's permission stands on the list of the day: answers take weeks.
const permissionAhead = 60 * 24 * time.Hour

// cooperationItems are the hearings that lack a State's permission, and the answers that are late, for those who keep the ledger.
func (d *Desk) cooperationItems(ctx context.Context, planned []testimony.Hearing, now time.Time) ([]Item, error) {
	if !d.May(testimony.ActKeepCooperation) {
		return nil, nil
	}
	var near []testimony.Hearing
	for _, h := range planned {
		if h.Planned() && h.Start.Add(h.Duration).After(now) && h.Start.Before(now.Add(permissionAhead)) {
			near = append(near, h)
		}
	}
	stand, err := d.Permissions(ctx, near)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, h := range near {
		if !stand[h.ID].MayOpen() {
			items = append(items, Item{Kind: NoPermission, Case: h.Case, Party: h.Party, Hearing: h.ID, When: h.Start})
		}
	}
	asked, err := d.Cooperations(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range asked {
		if r.State(schedule.Date(now.UTC().Format(time.DateOnly))) == cooperation.Overdue {
			items = append(items, Item{Kind: AnswerOverdue, Case: r.Case, Party: r.Party, Hearing: r.Hearing, Asked: r.ID})
		}
	}
	return items, nil
}
