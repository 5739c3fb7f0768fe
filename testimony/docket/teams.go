package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/exhibit"
)

// TeamID names a team with random letters.
type TeamID string

// Team is a circle of users for whom cases are kept apart from the docket: nobody else learns that there is such a case (A/CONF.213/7 §19: temporary
// joint teams, and need-to-know).
type Team struct {
	ID     TeamID    `json:"id"`
	Name   string    `json:"name"`
	Opened time.Time `json:"opened"`
}

// TeamMember is a user in a team, until a moment or, when it is zero, without an end.
type TeamMember struct {
	User  store.UserID
	Until time.Time
}

// TeamView is a team as its members see it.
type TeamView struct {
	Team
	Members []store.Membership // those who were revoked or whose term is over are not among them
	Cases   []testimony.Case
}

// teamMark stands in the docket for each team: an id, which tells that there is one, and nothing of it.
type teamMark struct{}

var (
	teamIndex = store.NewCollection[teamMark]("team_index")
	teams     = store.NewCollection[Team]("team")
)

// Errors of teams.
var (
	// ErrTeamColleges refuses a team without a lasting member of each college: nobody could seal or disclose an identity in it.
	ErrTeamColleges = errors.New("a team needs a member of the court and one of the bench who stay")
	// ErrOtherTeam refuses to link cases that are kept for different circles: who reads the one must not learn of the other.
	ErrOtherTeam = errors.New("this case is kept for another team; move one of the two first")
)

const maxTeamName = 120 // bytes

func teamPart(id TeamID) store.Compartment { return store.Compartment("team/" + string(id)) }

// partOf is where a team's cases stand; an empty team is the docket.
func partOf(id TeamID) store.Compartment {
	if id == "" {
		return docketPart
	}
	return teamPart(id)
}

func teamIn(part store.Compartment) TeamID {
	id, _ := strings.CutPrefix(string(part), "team/")
	if part == docketPart {
		id = ""
	}
	return TeamID(id)
}

// mayUse fails with [ErrNotFound] unless the user is in the team.
func mayUse(tx reading, id TeamID) error {
	if id != "" && !tx.HasCompartment(teamPart(id)) {
		return fmt.Errorf("the team: %w", ErrNotFound)
	}
	return nil
}

// Teams lists the teams that the user is in, by name.
func (d *Desk) Teams(ctx context.Context) ([]TeamView, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	var list []TeamView
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		list = nil
		known, err := parts(tx)
		if err != nil {
			return err
		}
		for _, part := range known[1:] {
			v := TeamView{}
			if v.Team, err = teams.Get(tx, part, string(teamIn(part))); err != nil {
				return err
			}
			if v.Members, err = d.standingIn(tx, part, users); err != nil {
				return err
			}
			entries, err := cases.All(tx, part)
			if err != nil {
				return err
			}
			for _, e := range entries {
				v.Cases = append(v.Cases, e.Value)
			}
			slices.SortFunc(v.Cases, func(a, b testimony.Case) int { return cmp.Compare(a.Reference, b.Reference) })
			list = append(list, v)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b TeamView) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// standingIn are the members of a part who were not revoked and whose term is not over.
func (d *Desk) standingIn(tx *store.ReadTx, part store.Compartment, users []store.User) ([]store.Membership, error) {
	members, err := tx.Memberships(part)
	return slices.DeleteFunc(members, func(m store.Membership) bool {
		return !m.Until.IsZero() && !d.Now().Before(m.Until) || !slices.ContainsFunc(users, func(u store.User) bool { return u.ID == m.User && u.Standing() })
	}), err
}

// checkTeam refuses a team that an auditor is in, or that lacks a lasting member of one of the colleges.
func checkTeam(members []store.Membership, users []store.User) error {
	var court, bench bool
	for _, m := range members {
		at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == m.User })
		switch {
		case at < 0:
			return fmt.Errorf("the user: %w", ErrNotFound)
		case !users[at].Standing():
			return store.ErrRevoked
		case users[at].Role == testimony.Auditor:
			return fmt.Errorf("%w: an auditor reads the audit log and nothing else", ErrUser)
		case m.Until.IsZero():
			college := collegeOf(string(users[at].Role))
			court, bench = court || college == identity.Court, bench || college == identity.Bench
		}
	}
	if !court || !bench {
		return ErrTeamColleges
	}
	return nil
}

// AddTeam makes a team of this user and others.
func (d *Desk) AddTeam(ctx context.Context, name string, members []TeamMember) (Team, error) {
	t := Team{Name: strings.TrimSpace(name), Opened: d.Now()}
	if !d.May(testimony.ActKeepTeam) {
		return t, ErrNotAllowed
	}
	if t.Name == "" || len(t.Name) > maxTeamName {
		return t, fmt.Errorf("%w: a team has a name of 1 to %d characters", ErrInvalid, maxTeamName)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return t, err
	}
	circle := []store.Membership{{User: d.Me().ID}}
	for _, m := range members {
		if m.User != d.Me().ID {
			circle = append(circle, store.Membership{User: m.User, Until: m.Until})
		}
	}
	if err := checkTeam(circle, users); err != nil {
		return t, err
	}
	id, err := d.newID()
	if err != nil {
		return t, err
	}
	t.ID = TeamID(id)
	part := teamPart(t.ID)
	return t, d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("team.made", map[string]string{"team": id, "members": fmt.Sprint(len(circle))})
		if err := tx.CreateCompartment(part, []store.UserID{d.Me().ID}); err != nil {
			return err
		}
		for _, m := range circle[1:] {
			if err := tx.AddMembersUntil(part, []store.UserID{m.User}, m.Until); err != nil {
				return err
			}
		}
		return errors.Join(teamIndex.Put(tx, docketPart, id, teamMark{}), teams.Put(tx, part, id, t), d.admitCare(tx, part, users...))
	})
}

// JoinTeam takes a user into a team that this user is in, or changes their term there. They read what the team has from its beginning.
func (d *Desk) JoinTeam(ctx context.Context, id TeamID, m TeamMember) error {
	return d.changeTeam(ctx, id, "team.joined", m.User, func(tx *store.Tx, part store.Compartment, users []store.User) error {
		at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == m.User })
		if at < 0 {
			return fmt.Errorf("the user: %w", ErrNotFound)
		}
		if !m.Until.IsZero() && !d.Now().Before(m.Until) {
			return fmt.Errorf("%w: the last day is over already", ErrInvalid)
		}
		if err := tx.AddMembersUntil(part, []store.UserID{m.User}, m.Until); err != nil {
			return err
		}
		if err := errors.Join(d.extendIdentities(tx, part, users[at]), d.admitCare(tx, part, users[at])); err != nil {
			return err
		}
		if err := d.eachRecordingPart(tx, part, nil, func(rp store.Compartment, version recordingVersion) error {
			if !opensRecording(users[at], version) {
				return nil
			}
			return tx.AddMembersUntil(rp, []store.UserID{m.User}, m.Until)
		}); err != nil {
			return err
		}
		return d.eachExhibitPart(tx, part, nil, func(p store.Compartment, class exhibit.Class) error {
			if !exhibit.MayOpen(string(users[at].Role), class) {
				return nil
			}
			return tx.AddMembersUntil(p, []store.UserID{m.User}, m.Until)
		})
	})
}

// LeaveTeam takes a user out of a team that this user is in: other keys at once, their halves of its identities gone; [Desk.Upkeep] seals anew.
func (d *Desk) LeaveTeam(ctx context.Context, id TeamID, user store.UserID) error {
	return d.changeTeam(ctx, id, "team.left", user, func(tx *store.Tx, part store.Compartment, users []store.User) error {
		members, err := tx.Members(part)
		if err != nil {
			return err
		}
		if !slices.Contains(members, user) {
			return fmt.Errorf("the member: %w", ErrNotFound)
		}
		if err := tx.RemoveMembers(part, []store.UserID{user}); err != nil {
			return err
		}
		if err := d.endRequestsIn(tx, part, user, ""); err != nil {
			return err
		}
		out := func(p store.Compartment) error { return tx.RemoveMembers(p, []store.UserID{user}) }
		return errors.Join(d.eachRecordingPart(tx, part, nil, func(rp store.Compartment, _ recordingVersion) error { return out(rp) }),
			d.eachExhibitPart(tx, part, nil, func(p store.Compartment, _ exhibit.Class) error { return out(p) }))
	})
}

// changeTeam changes who is in a team, and sees that it can still do its work.
func (d *Desk) changeTeam(ctx context.Context, id TeamID, action string, user store.UserID, change func(*store.Tx, store.Compartment, []store.User) error) error {
	if !d.May(testimony.ActKeepTeam) {
		return ErrNotAllowed
	}
	if id == "" {
		return fmt.Errorf("the team: %w", ErrNotFound)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	part := teamPart(id)
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if err := mayUse(tx, id); err != nil {
			return err
		}
		tx.Log(action, map[string]string{"team": string(id), "user": string(user)})
		if err := change(tx, part, users); err != nil {
			return err
		}
		members, err := d.standingIn(&tx.ReadTx, part, users)
		if err != nil {
			return err
		}
		return checkTeam(members, users)
	})
}

// TeamNames returns the team of each case that is kept for one.
func (d *Desk) TeamNames(ctx context.Context) (map[protection.CaseID]string, error) {
	list, err := d.Teams(ctx)
	names := map[protection.CaseID]string{}
	for _, t := range list {
		for _, c := range t.Cases {
			names[c.ID] = t.Name
		}
	}
	return names, err
}

// casesOfTeams are the cases that are kept for a team.
func (d *Desk) casesOfTeams(ctx context.Context) (map[protection.CaseID]bool, error) {
	list, err := d.Teams(ctx)
	apart := map[protection.CaseID]bool{}
	for _, t := range list {
		for _, c := range t.Cases {
			apart[c.ID] = true
		}
	}
	return apart, err
}

// TeamOf is the team that a case is kept for; empty for the docket.
func (d *Desk) TeamOf(ctx context.Context, c protection.CaseID) (TeamID, error) {
	var team TeamID
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		_, part, err := locate(tx, cases, string(c))
		team = teamIn(part)
		return notFound(err)
	})
	return team, err
}
