package docket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"paravent/protection/policy"
	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
)

// Custody makes the report of a recording's custody, out of what the vault keeps and what the audit log says. It is for those who read the log and can
// open the recording, and is itself in the log.
func (d *Desk) Custody(ctx context.Context, id testimony.RecordingID) (notice.Custody, error) {
	if !d.May(testimony.ActReadAudit) || !d.May(testimony.ActKeepDocket) {
		return notice.Custody{}, ErrNotAllowed
	}
	r, err := d.Recording(ctx, id)
	if err != nil {
		return notice.Custody{}, err
	}
	if r.Derived() { // a version's custody is its recording's
		return d.Custody(ctx, r.Source)
	}
	if err := d.Note(ctx, "custody.reported", map[string]string{"recording": string(id)}); err != nil {
		return notice.Custody{}, err
	}
	officials, err := d.officials(ctx)
	if err != nil {
		return notice.Custody{}, err
	}
	c := notice.Custody{Vault: d.vault.ID(), Recording: id, Hearing: r.Hearing, Version: r.Version, Begun: r.Started, Length: r.Duration, Bytes: r.Size, Chunks: r.Chunks, FileRoot: r.Root,
		Passages: []notice.Passage{}, Copies: []notice.Copy{}, Given: []notice.Given{}, Chain: []notice.Link{}}
	if err := d.custodyHeading(ctx, &c); err != nil {
		return c, err
	}
	if c.Found, err = d.foundNow(ctx, id); err != nil {
		return c, err
	}
	if err := d.custodyEdits(ctx, &c, officials); err != nil {
		return c, err
	}
	ids := map[string]bool{string(id): true}
	list, err := d.Recordings(ctx)
	if err != nil {
		return c, err
	}
	for _, v := range list {
		if v.Source != id {
			continue
		}
		ids[string(v.ID)] = true
		found, err := d.foundNow(ctx, v.ID)
		if err != nil {
			return c, err
		}
		c.Copies = append(c.Copies, notice.Copy{ID: v.ID, Made: v.Made, Edits: v.Edits, Length: v.Duration, FileRoot: v.Root, Found: found})
	}
	slices.SortStableFunc(c.Copies, func(a, b notice.Copy) int { return a.Made.Compare(b.Made) })
	if err := d.custodyGiven(ctx, &c, officials); err != nil {
		return c, err
	}
	return c, d.custodyChain(ctx, &c, ids, officials)
}

func (d *Desk) custodyHeading(ctx context.Context, c *notice.Custody) error {
	h, err := d.Hearing(ctx, c.Hearing)
	if err != nil {
		return err
	}
	s := subject{hearing: h}
	if s.cas, err = d.Case(ctx, h.Case); err != nil {
		return err
	}
	if s.party, err = d.Party(ctx, h.Party); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	c.Planned, c.Heading = h.Start, s.heading(d)
	return nil
}

// foundNow checks a recording's file for a report, which is in the log as any other check. What is wrong with it is what it finds; only a check that could not be made is an error.
func (d *Desk) foundNow(ctx context.Context, id testimony.RecordingID) (notice.Found, error) {
	r, report, err := d.VerifyRecording(ctx, id, nil)
	if errors.Is(err, ErrErased) {
		return notice.Erased, nil
	}
	found, made := FoundBy(r, report, err)
	if !made {
		return "", err
	}
	return found, d.KeepFound(ctx, id, found)
}

func (d *Desk) custodyEdits(ctx context.Context, c *notice.Custody, officials map[string]notice.Official) error {
	head, err := d.RecordingHead(ctx, c.Recording)
	if err != nil && !errors.Is(err, ErrNotCommitted) {
		return err
	}
	if err == nil {
		c.Root, c.SealedAt, c.SealedBy = head.Root, head.At, officials[head.By]
		c.SealedBy.Key = head.Mark.Public
		c.Length = max(c.Length, head.Length)
		if c.Stamped, err = d.TimestampOf(ctx, c.Recording); err != nil {
			return err
		}
	}
	l, mark, err := d.EditList(ctx, c.Recording)
	if err != nil || l.Number == 0 {
		return err
	}
	c.Edits, c.OrderedAt, c.OrderedBy = l.Number, l.At, officials[l.By]
	c.OrderedBy.Key = mark.Public
	for _, o := range l.Items {
		c.Passages = append(c.Passages, notice.Passage{Item: o.Name(), Kind: string(o.Kind), Channels: string(o.Channels), From: edit.Clock(o.From), Until: edit.Clock(o.Until), PictureUntil: edit.Clock(o.PictureUntil)})
	}
	return nil
}

// custodyGiven lists the copies that were given of a recording and of its versions, whatever became of them, by their number.
func (d *Desk) custodyGiven(ctx context.Context, c *notice.Custody, officials map[string]notice.Official) error {
	list, err := d.Copies(ctx, c.Recording)
	for _, x := range list {
		g := notice.Given{Number: x.Number, ID: string(x.ID), Of: x.Recording, Role: x.To.Role, Label: x.To.Label, Asked: x.Asked, Until: x.Until, State: string(x.State(d.Now()))}
		for _, by := range x.Consents {
			g.Approved = append(g.Approved, officials[by.By])
		}
		if x.Made != nil {
			g.Made, g.MadeBy, g.SHA256 = x.Made.At, officials[x.Made.By], x.Made.SHA256
		}
		if x.Ended != nil {
			g.Ended, g.Ending = x.Ended.At, string(x.Ended.Kind)
		}
		c.Given = append(c.Given, g)
	}
	slices.SortStableFunc(c.Given, func(a, b notice.Given) int { return a.Number - b.Number })
	return err
}

// officials are the vault's users as a report names them, by their id.
func (d *Desk) officials(ctx context.Context) (map[string]notice.Official, error) {
	users, err := d.Users(ctx)
	known := map[string]notice.Official{}
	for _, u := range users {
		known[string(u.ID)] = officialOf(u)
	}
	return known, err
}

func officialOf(u store.User) notice.Official {
	return notice.Official{ID: string(u.ID), Name: u.DisplayName, Office: string(u.Role)}
}

// custodyChain takes the entries that speak of a recording, its edits and its versions, oldest first.
func (d *Desk) custodyChain(ctx context.Context, c *notice.Custody, ids map[string]bool, officials map[string]notice.Official) error {
	at, err := d.FindAudit(ctx, store.AuditFilter{Where: func(e audit.Entry) bool { return ids[e.Details["recording"]] || ids[e.Details["version"]] }}, nil)
	if err != nil {
		return err
	}
	slices.Sort(at)
	entries, err := d.AuditEntries(ctx, at)
	if err != nil {
		return err
	}
	for _, e := range entries {
		by, ok := officials[e.User]
		if !ok {
			by = notice.Official{ID: e.User}
		}
		link := notice.Link{Entry: e.Index, At: e.Time, Act: e.Action, By: by, Of: testimony.RecordingID(e.Details["recording"]), Purpose: e.Details["for"], Item: e.Details["item"], Found: foundIn(e)}
		if ids[e.Details["version"]] {
			link.Of = testimony.RecordingID(e.Details["version"])
		}
		if link.Item != "" {
			link.Item = e.Details["edit"] + "/" + link.Item
		}
		if e.Details["copy"] != "" {
			link.Given = e.Details["number"]
		}
		c.Chain = append(c.Chain, link)
	}
	_, head, err := d.Status(ctx)
	c.Log = testimony.LogHead{Vault: d.vault.ID(), Entries: head.Size, Hash: head.Root.String(), Note: string(head.Note)}
	return err
}

// foundIn is what an entry of the log says that a check found.
func foundIn(e audit.Entry) notice.Found {
	if e.Action != "recording.verified" {
		return ""
	}
	return notice.Found(e.Details["found"])
}

// ErrCustodyName says that a custody report ends in .pdf or .json.
var ErrCustodyName = errors.New("a custody report's file ends in .pdf or .json")

// WriteCustody writes the report of a recording's custody to a new file, as PDF in a language or as JSON, by the file's name.
func (d *Desk) WriteCustody(ctx context.Context, id testimony.RecordingID, to string, l policy.Language) (notice.Custody, error) {
	ending := strings.ToLower(filepath.Ext(to))
	if ending != ".pdf" && ending != ".json" {
		return notice.Custody{}, ErrCustodyName
	}
	if err := freePlace(to, false); err != nil {
		return notice.Custody{}, err
	}
	c, err := d.Custody(ctx, id)
	if err != nil {
		return c, err
	}
	if err := writeWhole(to, func(w io.Writer) error {
		if ending == ".json" {
			return c.JSON(w)
		}
		return c.PDF(w, l)
	}); err != nil {
		return c, fmt.Errorf("write a custody report: %w", err)
	}
	return c, nil
}
