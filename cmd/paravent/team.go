package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/store"
	"paravent/testimony/docket"
)

type teamCmds struct {
	List  teamListCmd  `cmd:"" help:"List the teams that you are in, their members and cases."`
	Make  teamMakeCmd  `cmd:"" help:"Make a team of yourself and others."`
	Join  teamJoinCmd  `cmd:"" help:"Take a user into a team, for good or until a day."`
	Leave teamLeaveCmd `cmd:"" help:"Take a user out of a team."`
	Move  teamMoveCmd  `cmd:"" help:"Keep a case for a team, or for the docket again."`
}

type teamLine struct {
	ID      docket.TeamID    `json:"id"`
	Name    string           `json:"name"`
	Members []teamMemberLine `json:"members"`
	Cases   []string         `json:"cases"`
}

type teamMemberLine struct {
	Login string    `json:"login"`
	Until time.Time `json:"until,omitzero"`
}

type teamListCmd struct{ vaultFlags }

func (t teamListCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Teams(ctx)
		if err != nil {
			return err
		}
		users, err := d.Users(ctx)
		if err != nil {
			return err
		}
		logins := map[store.UserID]string{}
		for _, u := range users {
			logins[u.ID] = u.Login
		}
		lines, words := []teamLine{}, ""
		for _, v := range list {
			line := teamLine{ID: v.ID, Name: v.Name, Cases: []string{}}
			var members []string
			for _, m := range v.Members {
				line.Members = append(line.Members, teamMemberLine{logins[m.User], m.Until})
				who := logins[m.User]
				if !m.Until.IsZero() {
					who += " until " + m.Until.Local().Format(time.DateTime)
				}
				members = append(members, who)
			}
			for _, k := range v.Cases {
				line.Cases = append(line.Cases, k.Reference)
			}
			lines = append(lines, line)
			words += table("Team", v.Name, "Id", v.ID, "Members", strings.Join(members, ", "), "Cases", strings.Join(line.Cases, ", ")) + "\n"
		}
		if words == "" {
			words = "You are in no team.\n"
		}
		return c.print(lines, strings.TrimSuffix(words, "\n")+"\n")
	})
}

type teamMakeCmd struct {
	vaultFlags
	Name   string   `arg:"" help:"The team's name. Only its members read it."`
	Member []string `help:"The login of a member; repeat it for others." required:"" placeholder:"LOGIN"`
}

func (t teamMakeCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		var members []docket.TeamMember
		for _, login := range t.Member {
			u, err := userByLogin(ctx, d, login)
			if err != nil {
				return err
			}
			members = append(members, docket.TeamMember{User: u.ID})
		}
		made, err := d.AddTeam(ctx, t.Name, members)
		if err != nil {
			return err
		}
		return c.print(map[string]string{"id": string(made.ID), "name": made.Name}, fmt.Sprintf("Made the team %s (%s).\n", made.Name, made.ID))
	})
}

// teamOf finds a team that the user is in, by its id or name.
func teamOf(ctx context.Context, d *docket.Desk, typed string) (docket.TeamView, error) {
	list, err := d.Teams(ctx)
	if err != nil {
		return docket.TeamView{}, err
	}
	var found []docket.TeamView
	for _, v := range list {
		if string(v.ID) == typed {
			return v, nil
		}
		if strings.EqualFold(v.Name, typed) {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return docket.TeamView{}, fmt.Errorf("you are not in one team %q: %w", typed, docket.ErrNotFound)
	}
	return found[0], nil
}

type teamJoinCmd struct {
	vaultFlags
	Team  string `arg:"" help:"The team's id or name."`
	Of    string `arg:"" help:"The user's login." placeholder:"LOGIN"`
	Until string `help:"The last day, as 2026-12-31, that they are in the team." placeholder:"DAY"`
}

func (t teamJoinCmd) Run(ctx context.Context, c *console) error {
	var until time.Time
	if t.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, t.Until, time.Local)
		if err != nil {
			return usageError{"A day is written as 2026-12-31."}
		}
		until = day.AddDate(0, 0, 1)
	}
	return t.with(ctx, c, func(d *docket.Desk) error {
		team, err := teamOf(ctx, d, t.Team)
		if err != nil {
			return err
		}
		u, err := userByLogin(ctx, d, t.Of)
		if err != nil {
			return err
		}
		if err := d.JoinTeam(ctx, team.ID, docket.TeamMember{User: u.ID, Until: until}); err != nil {
			return err
		}
		says := "for good"
		if t.Until != "" {
			says = "until the end of " + t.Until
		}
		return c.print(map[string]string{"team": string(team.ID), "login": u.Login, "until": t.Until}, fmt.Sprintf("%s is in the team %s, %s.\n", u.Login, team.Name, says))
	})
}

type teamLeaveCmd struct {
	vaultFlags
	Team string `arg:"" help:"The team's id or name."`
	Of   string `arg:"" help:"The user's login." placeholder:"LOGIN"`
}

func (t teamLeaveCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		team, err := teamOf(ctx, d, t.Team)
		if err != nil {
			return err
		}
		u, err := userByLogin(ctx, d, t.Of)
		if err != nil {
			return err
		}
		if err := d.LeaveTeam(ctx, team.ID, u.ID); err != nil {
			return err
		}
		if u.ID == d.Me().ID {
			return c.print(map[string]string{"team": string(team.ID), "login": u.Login}, "You are no longer in the team.\n")
		}
		if err := d.Upkeep(ctx, c.progressOf("Sealing anew")); err != nil {
			return err
		}
		return c.print(map[string]string{"team": string(team.ID), "login": u.Login}, fmt.Sprintf("%s is no longer in the team %s.\n", u.Login, team.Name))
	})
}

type teamMoveCmd struct {
	vaultFlags
	Case string `arg:"" help:"The case: its reference, id or import key."`
	Team string `arg:"" help:"The team's id or name. Leave it out for the docket." optional:""`
}

func (t teamMoveCmd) Run(ctx context.Context, c *console) error {
	return t.with(ctx, c, func(d *docket.Desk) error {
		id, err := d.FindCase(ctx, t.Case)
		if err != nil {
			return err
		}
		to, name := docket.TeamID(""), "the docket"
		if t.Team != "" {
			team, err := teamOf(ctx, d, t.Team)
			if err != nil {
				return err
			}
			to, name = team.ID, "the team "+team.Name
		}
		linked, err := d.LinkedCases(ctx, id)
		if err != nil {
			return err
		}
		if err := d.MoveCase(ctx, id, to); err != nil {
			return err
		}
		if err := d.Upkeep(ctx, c.progressOf("Sealing anew")); err != nil {
			return err
		}
		var moved []string
		for _, k := range linked {
			moved = append(moved, k.Reference)
		}
		return c.print(map[string]any{"team": to, "cases": moved}, fmt.Sprintf("Kept for %s: %s.\n", name, strings.Join(moved, ", ")))
	})
}
