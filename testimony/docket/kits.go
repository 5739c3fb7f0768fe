package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony"
)

// Each college has a recovery kit of its own, so that k of its sheets bring back the keys of that college only: what takes two colleges
// takes the sheets of two kits. Users of no college go with the court's.

// KitOf is which college's kit an office's keys are sealed to.
func KitOf(office store.Role) identity.College {
	if collegeOf(string(office)) == identity.Bench {
		return identity.Bench
	}
	return identity.Court
}

// CollegeOf is the college that an office sits in; empty for one that sits in none.
func CollegeOf(office store.Role) identity.College { return collegeOf(string(office)) }

// Errors of recovery kits.
var (
	ErrHolder    = errors.New("nobody holds two sheets, or a sheet of the kit of a college that is not theirs while they sit in the other")
	ErrWitness   = errors.New("another member of the college must have seen the sheets handed out")
	ErrOtherSide = errors.New("a recovery is reviewed by a member of the other college")
)

// KitState is a recovery kit as the desk shows it.
type KitState struct {
	College identity.College
	InForce *store.Kit // nil: there is none
	Waiting *store.Kit // made, and not yet confirmed
	// Sealed and Missing are the users whose keys are sealed to the kit in force, and those whose aren't yet: their desk does it when they
	// next open the vault.
	Sealed, Missing []store.User
	// Left are the numbers of the sheets that lie with users whose access was taken away: a new kit makes them useless.
	Left []int
	// Distrusted: the kit in force was not made and confirmed as the rules want, so no desk seals to it.
	Distrusted bool
}

// Kits returns the court's kit and the bench's.
func (d *Desk) Kits(ctx context.Context) ([]KitState, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	kits, err := d.vault.Kits(ctx)
	if err != nil {
		return nil, err
	}
	escrows, err := d.vault.Escrows(ctx)
	if err != nil {
		return nil, err
	}
	var states []KitState
	for _, college := range []identity.College{identity.Court, identity.Bench} {
		s := KitState{College: college}
		for _, k := range kits {
			switch {
			case k.Name != string(college):
			case k.InForce():
				s.InForce, s.Distrusted = &k, !trustedKit(k, users)
			case madeByCollege(k, users):
				s.Waiting = &k
			}
		}
		for _, u := range users {
			if s.InForce == nil || KitOf(u.Role) != college || !u.Standing() {
				continue
			}
			if escrows[u.ID] == s.InForce.ID {
				s.Sealed = append(s.Sealed, u)
			} else {
				s.Missing = append(s.Missing, u)
			}
		}
		if s.InForce != nil {
			s.Left = sheetsLeft(*s.InForce, users)
		}
		states = append(states, s)
	}
	return states, nil
}

// sheetsLeft are the sheets of a kit that lie with users who were revoked.
func sheetsLeft(k store.Kit, users []store.User) []int {
	var left []int
	for i, h := range k.Holders {
		if slices.ContainsFunc(users, func(u store.User) bool { return u.ID == h.User && !u.Standing() }) {
			left = append(left, i+1)
		}
	}
	return left
}

// madeByCollege says whether a kit was made by a member of the college that it is for.
func madeByCollege(k store.Kit, users []store.User) bool {
	return memberOf(k.Name, k.By, users)
}

func memberOf(college string, id store.UserID, users []store.User) bool {
	return slices.ContainsFunc(users, func(u store.User) bool {
		return u.ID == id && string(collegeOf(string(u.Role))) == college
	})
}

// trustedKit says whether a kit in force was made by a member of its college and confirmed by another, or by the same where the college had
// no other at the time. No desk seals its keys to any other kit: the other college can't slip one in.
func trustedKit(k store.Kit, users []store.User) bool {
	if !k.InForce() || !madeByCollege(k, users) || !memberOf(k.Name, k.ConfirmedBy, users) {
		return false
	}
	if k.By != k.ConfirmedBy {
		return true
	}
	for _, u := range users {
		if u.ID != k.By && string(collegeOf(string(u.Role))) == k.Name && !u.Created.After(k.Confirmed) {
			return false
		}
	}
	return true
}

// MakeKit makes the recovery kit of this user's college, with a sheet for each holder. The sheets are handed out once: the caller writes
// them where the user says and wipes them. The kit is in force once it is confirmed with [Desk.ConfirmKit].
func (d *Desk) MakeKit(ctx context.Context, needed int, holders []store.Holder) (store.Kit, []kit.Sheet, error) {
	if !d.May(testimony.ActMakeKit) {
		return store.Kit{}, nil, ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return store.Kit{}, nil, err
	}
	kits, err := d.vault.Kits(ctx)
	if err != nil {
		return store.Kit{}, nil, err
	}
	mine := collegeOf(string(d.Me().Role))
	for i := range holders {
		holders[i].Name = strings.TrimSpace(holders[i].Name)
	}
	if err := checkHolders(mine, holders, users, kits); err != nil {
		return store.Kit{}, nil, err
	}
	return d.vault.MakeKit(ctx, string(mine), needed, holders)
}

// checkHolders sees that the sheets of the two colleges lie with different people.
func checkHolders(mine identity.College, holders []store.Holder, users []store.User, kits []store.Kit) error {
	taken := map[string]bool{}
	for _, k := range kits {
		if k.Name == string(mine) {
			continue
		}
		for _, h := range k.Holders {
			taken[holderKey(h)] = true
		}
	}
	for i, h := range holders {
		wrong := func(why string) error { return fmt.Errorf("%w: sheet %d: %s", ErrHolder, i+1, why) }
		if (h.User == "") == (h.Name == "") {
			return wrong("name a user or somebody else")
		}
		at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == h.User })
		switch {
		case h.User != "" && at < 0:
			return fmt.Errorf("the holder of sheet %d: %w", i+1, ErrNotFound)
		case h.User != "" && !users[at].Standing():
			return wrong("this user's access was taken away")
		case h.User != "" && collegeOf(string(users[at].Role)) != "" && collegeOf(string(users[at].Role)) != mine:
			return wrong("this user sits in the other college")
		case h.User == "" && slices.ContainsFunc(users, func(u store.User) bool { return plain(u.DisplayName) == plain(h.Name) || u.Login == plain(h.Name) }):
			return wrong("this is a user: give their login")
		case taken[holderKey(h)]:
			return wrong("this person holds another sheet")
		}
		taken[holderKey(h)] = true
	}
	return nil
}

func holderKey(h store.Holder) string { return string(h.User) + "/" + plain(h.Name) }

// plain makes the spellings of one name one.
func plain(name string) string {
	return norm.NFKC.String(strings.ToLower(strings.Join(strings.Fields(name), " ")))
}

// MayConfirmKit says why this user may not put a kit that waits in force, or nil: a member of the college other than its maker, if it has
// another.
func (d *Desk) MayConfirmKit(ctx context.Context, k store.Kit) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	if !memberOf(k.Name, d.Me().ID, users) || !madeByCollege(k, users) {
		return ErrNotAllowed
	}
	others := slices.ContainsFunc(users, func(u store.User) bool {
		return u.ID != d.Me().ID && u.Standing() && string(collegeOf(string(u.Role))) == k.Name
	})
	if k.By == d.Me().ID && others {
		return ErrWitness
	}
	return nil
}

// ConfirmKit puts the kit that waits for this user's college in force, once its sheets were handed out. The college's earlier kit is
// useless from then on, but for copies of the file from before. The user's own keys are sealed to it at once.
func (d *Desk) ConfirmKit(ctx context.Context, id string) (store.Kit, error) {
	k, err := d.waitingKit(ctx, id)
	if err != nil {
		return k, err
	}
	if err := d.MayConfirmKit(ctx, k); err != nil {
		return k, err
	}
	if k, err = d.vault.ConfirmKit(ctx, k.Name, id); err != nil {
		return k, err
	}
	return k, d.keepEscrow(ctx)
}

// DiscardKit takes a kit that waits away, as when its sheets were not printed.
func (d *Desk) DiscardKit(ctx context.Context, id string) error {
	k, err := d.waitingKit(ctx, id)
	if err != nil {
		return err
	}
	if !d.MayDiscardKit(k) {
		return ErrNotAllowed
	}
	return d.vault.DiscardKit(ctx, k.Name, id)
}

// MayDiscardKit says whether this user may throw a kit away that waits: a member of the college that it is for.
func (d *Desk) MayDiscardKit(k store.Kit) bool {
	return d.May(testimony.ActMakeKit) && k.Name == string(collegeOf(string(d.Me().Role)))
}

func (d *Desk) waitingKit(ctx context.Context, id string) (store.Kit, error) {
	kits, err := d.vault.Kits(ctx)
	if err != nil {
		return store.Kit{}, err
	}
	for _, k := range kits {
		if k.ID == id && !k.InForce() {
			return k, nil
		}
	}
	return store.Kit{}, store.ErrNoKit
}

// keepEscrow seals this user's keys to the kit of their college, unless they are.
func (d *Desk) keepEscrow(ctx context.Context) error {
	kits, err := d.vault.Kits(ctx)
	if err != nil || len(kits) == 0 {
		return err
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	escrows, err := d.vault.Escrows(ctx)
	if err != nil {
		return err
	}
	for _, k := range kits {
		if k.Name == string(KitOf(d.Me().Role)) && trustedKit(k, users) && escrows[d.Me().ID] != k.ID {
			return d.vault.Escrow(ctx, k)
		}
	}
	return nil
}

// SheetsNeeded says how many sheets bring back the user of a login in a vault that nobody has unlocked.
func SheetsNeeded(ctx context.Context, path, login string, opts Options) (kit.Kit, error) {
	var k kit.Kit
	err := outside(ctx, path, opts, func(s *store.Sealed) (err error) {
		k, err = s.KitOf(ctx, login)
		return err
	})
	return k, err
}

// Recover opens a vault for a user who forgot their passphrase, by the sheets of their college's kit, and puts their keys under a new one.
// Somebody of the other college has to look into it. The caller clears the passphrase and wipes the sheets.
func Recover(ctx context.Context, path, login string, sheets []kit.Sheet, passphrase []byte, opts Options) (*Desk, store.Recovery, error) {
	opts = opts.filled()
	if err := checkPassphrase(passphrase, false, Surroundings(path, login)); err != nil {
		return nil, store.Recovery{}, err
	}
	backend, err := openPlace(ctx, path, false)
	if err != nil {
		return nil, store.Recovery{}, err
	}
	sealed, err := store.Open(ctx, backend, opts.store())
	if err != nil {
		return nil, store.Recovery{}, errors.Join(err, backend.Close())
	}
	vault, r, err := sealed.Recover(ctx, login, sheets, passphrase)
	if err != nil {
		return nil, store.Recovery{}, errors.Join(err, backend.Close())
	}
	return &Desk{vault: vault, backend: backend, path: path, opts: opts}, r, nil
}

// Recoveries lists the uses of recovery kits, the newest first.
func (d *Desk) Recoveries(ctx context.Context) ([]store.Recovery, error) {
	list, err := d.vault.Recoveries(ctx)
	slices.SortFunc(list, func(a, b store.Recovery) int { return b.At.Compare(a.At) })
	return list, err
}

// MayReviewRecovery says why this user may not review a recovery, or nil. The recovered user's own office says which college is the other
// one, and not what stands in the recovery.
func (d *Desk) MayReviewRecovery(ctx context.Context, r store.Recovery) error {
	if !d.May(testimony.ActReviewRecovery) {
		return ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == r.User })
	switch {
	case at < 0:
		return store.ErrDamaged
	case r.User == d.Me().ID, KitOf(users[at].Role) == collegeOf(string(d.Me().Role)):
		return ErrOtherSide
	}
	return nil
}

// ReviewRecovery notes what this user found when they looked into a recovery.
func (d *Desk) ReviewRecovery(ctx context.Context, id, finding string) (store.Recovery, error) {
	list, err := d.vault.Recoveries(ctx)
	if err != nil {
		return store.Recovery{}, err
	}
	at := slices.IndexFunc(list, func(r store.Recovery) bool { return r.ID == id })
	if at < 0 {
		return store.Recovery{}, fmt.Errorf("the recovery: %w", ErrNotFound)
	}
	if strings.TrimSpace(finding) == "" {
		return list[at], identity.ErrReason
	}
	if err := d.MayReviewRecovery(ctx, list[at]); err != nil {
		return list[at], errors.Join(err, d.Note(ctx, "recovery.review_denied", map[string]string{"recovery": id}))
	}
	return d.vault.ReviewRecovery(ctx, id, strings.TrimSpace(finding))
}

// CheckSheet says whether a sheet is one of this user's college's kit, in force or waiting to be confirmed. It opens nothing. The caller
// wipes the sheet.
func (d *Desk) CheckSheet(ctx context.Context, s kit.Sheet) (store.Kit, error) {
	if !d.May(testimony.ActMakeKit) {
		return store.Kit{}, ErrNotAllowed
	}
	kits, err := d.vault.Kits(ctx)
	if err != nil {
		return store.Kit{}, err
	}
	for _, k := range kits {
		if k.ID == s.Kit.String() && k.Name != string(collegeOf(string(d.Me().Role))) {
			return store.Kit{}, fmt.Errorf("%w: it is a sheet of the other college's kit, which belongs on no desk of this one", ErrHolder)
		}
	}
	return d.vault.CheckSheet(ctx, s)
}

// Keepers are the users who may keep a sheet of this user's college's kit.
func (d *Desk) Keepers(ctx context.Context) ([]store.User, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	kits, err := d.vault.Kits(ctx)
	if err != nil {
		return nil, err
	}
	mine := collegeOf(string(d.Me().Role))
	return slices.DeleteFunc(slices.Clone(users), func(u store.User) bool {
		return checkHolders(mine, []store.Holder{{User: u.ID}}, users, kits) != nil
	}), nil
}

// peopleItems is what keys and people need of this user.
func (d *Desk) peopleItems(ctx context.Context) ([]Item, error) {
	mine := collegeOf(string(d.Me().Role))
	if mine == "" {
		return nil, nil
	}
	var items []Item
	recoveries, err := d.Recoveries(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range recoveries {
		if r.Reviewed == nil {
			items = append(items, Item{Kind: RecoveryReview, When: r.At})
		}
	}
	applicants, err := d.Applicants(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range applicants {
		if a.Fault != nil || d.checkEnrol(ctx, a.Role) == nil {
			items = append(items, Item{Kind: ApplicantWaits, When: a.Asked})
		}
	}
	kits, err := d.Kits(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range kits {
		switch {
		case k.College != mine:
		case k.Waiting != nil && d.MayConfirmKit(ctx, *k.Waiting) == nil:
			items = append(items, Item{Kind: KitWaits, When: k.Waiting.Made})
		case (k.InForce == nil || k.Distrusted) && k.Waiting == nil && !d.Training():
			items = append(items, Item{Kind: NoKit})
		case len(k.Left) > 0 && k.Waiting == nil:
			items = append(items, Item{Kind: KitStale})
		}
	}
	return items, nil
}
