package docket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
)

// AuditSubject is what a group of acts is about.
type AuditSubject string

// AuditSubjects lists the subjects in the order in which a form offers them.
var AuditSubjects = []AuditSubject{"identities", "orders", "care", "sessions", "docket", "people", "vault"}

// subjects are the first words of the acts of each subject.
var subjects = map[AuditSubject][]string{
	"identities": {"disclosure", "identity", "conflict"},
	"care":       {"care", "phrases"},
	"orders":     {"order", "measure"},
	"sessions":   {"session", "hearing", "cooperation", "readiness", "reminder", "calendar", "feed", "resource", "invitation", "recording", "minutes", "edit", "version", "reach", "timestamps", "custody", "transcript", "retention", "textline", "exhibit", "release", "rules", "copy"},
	"docket":     {"case", "party", "docket", "paper", "statistics"},
	"people":     {"user", "kit", "recovery", "reception", "members", "login", "team"},
	"vault":      {"vault", "backup", "compartment", "audit", "erasure"},
}

// SubjectOf says what an act of the log is about; empty for an act that belongs to no subject.
func SubjectOf(act string) AuditSubject {
	first, _, _ := strings.Cut(act, ".")
	for _, s := range AuditSubjects {
		if slices.Contains(subjects[s], first) {
			return s
		}
	}
	return ""
}

// AuditSearch narrows the audit log as somebody asks who reads it. Zero fields don't.
type AuditSearch struct {
	Who      store.UserID
	What     AuditSubject
	From, To time.Time // not before From and before To
	// About is a case's number, or an opaque id as entries hold it. Those who don't read the docket know only the latter.
	About string
}

// SearchAudit returns the places of the entries that a search takes, newest first. It opens none that it needn't. progress, if not nil, is told how
// many of how many entries were looked at.
func (d *Desk) SearchAudit(ctx context.Context, s AuditSearch, progress func(done, total int)) ([]int64, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	f := store.AuditFilter{User: s.Who, From: s.From, To: s.To}
	about := strings.TrimSpace(s.About)
	var ids map[string]bool
	if about != "" {
		var err error
		if ids, err = d.idsAbout(ctx, about); err != nil {
			return nil, err
		}
	}
	if s.What != "" || ids != nil {
		f.Where = func(e audit.Entry) bool {
			return (s.What == "" || SubjectOf(e.Action) == s.What) && (ids == nil || speaksOf(e, ids))
		}
	}
	return d.vault.AuditFind(ctx, f, progress)
}

func speaksOf(e audit.Entry, ids map[string]bool) bool {
	for _, v := range e.Details {
		if ids[v] {
			return true
		}
	}
	return false
}

// idsAbout are the opaque ids by which entries speak of something: of a case, those of its hearings, recordings, copies, orders, requests and conflicts, too.
func (d *Desk) idsAbout(ctx context.Context, text string) (map[string]bool, error) {
	ids := map[string]bool{text: true}
	if !d.May(testimony.ActKeepDocket) {
		return ids, nil
	}
	c, err := d.FindCase(ctx, text)
	if errors.Is(err, ErrNotFound) {
		return ids, nil
	}
	if err != nil {
		return nil, err
	}
	ids[string(c)] = true
	return ids, d.idsOfCase(ctx, c, ids)
}

func (d *Desk) idsOfCase(ctx context.Context, c protection.CaseID, ids map[string]bool) error {
	list, err := d.Hearings(ctx)
	if err != nil {
		return err
	}
	for _, h := range list {
		ids[string(h.ID)] = ids[string(h.ID)] || h.Case == c
	}
	recordings, err := d.Recordings(ctx)
	if err != nil {
		return err
	}
	for _, r := range recordings {
		ids[string(r.ID)] = ids[string(r.ID)] || ids[string(r.Hearing)]
	}
	edits, err := d.EditRequests(ctx, "")
	if err != nil {
		return err
	}
	for _, e := range edits {
		ids[string(e.ID)] = ids[string(e.ID)] || ids[string(e.Hearing)]
	}
	erased, err := d.RecordingErasures(ctx)
	if err != nil {
		return err
	}
	for _, e := range erased {
		ids[e.ID] = ids[e.ID] || e.Case == c
	}
	given, err := d.Copies(ctx, "")
	if err != nil {
		return err
	}
	for _, x := range given {
		ids[string(x.ID)] = ids[string(x.ID)] || x.Case == c
	}
	received, err := d.Exhibits(ctx, c)
	if err != nil {
		return err
	}
	for _, e := range received {
		ids[string(e.ID)] = true
	}
	openings, err := d.ExhibitOpenings(ctx, "")
	if err != nil {
		return err
	}
	for _, o := range openings {
		ids[string(o.ID)] = ids[string(o.ID)] || o.Case == c
	}
	orders, err := d.Orders(ctx)
	if err != nil {
		return err
	}
	for _, o := range orders {
		ids[string(o.ID)] = ids[string(o.ID)] || o.Case == c
	}
	requests, err := d.Disclosures(ctx)
	if err != nil {
		return err
	}
	for _, r := range requests {
		ids[string(r.ID)] = ids[string(r.ID)] || r.Case == c
	}
	conflicts, err := d.Conflicts(ctx)
	for _, x := range conflicts {
		ids[x.ID] = ids[x.ID] || x.Case == c
	}
	return err
}

// AuditNames says what stands behind the opaque ids of entries, as far as this user may know it: users' logins, and for those who read the
// docket the numbers of cases and hearings' cases.
func (d *Desk) AuditNames(ctx context.Context) (map[string]string, error) {
	if !d.May(testimony.ActReadAudit) {
		return nil, ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[string(u.ID)] = u.Login
	}
	if !d.May(testimony.ActKeepDocket) {
		return names, nil
	}
	cases, err := d.Cases(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		names[string(c.ID)] = c.Reference
	}
	list, err := d.Hearings(ctx)
	for _, h := range list {
		if reference := names[string(h.Case)]; reference != "" {
			names[string(h.ID)] = reference + ", " + h.Start.Format(time.DateOnly)
		}
	}
	return names, err
}
