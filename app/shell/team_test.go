package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// TestACaseOfATeamInTheWindow makes a team, moves a case to it, and looks at the window of somebody who is not in it.
func TestACaseOfATeamInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	users, err := s.desk.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var registrar store.UserID
	for _, u := range users {
		if u.Login == testimony.Registrar {
			registrar = u.ID
		}
	}
	team, err := s.desk.AddTeam(t.Context(), "Joint team North", []docket.TeamMember{{User: registrar}})
	if err != nil {
		t.Fatal(err)
	}
	s.Go(room.People, "")
	if !says(s, "Joint team North") {
		t.Errorf("the room of people says %q", words(s))
	}
	s.Go(room.People, "team/"+string(team.ID))
	if !says(s, "Registrar (training)") || says(s, "Court clerk (training)") {
		t.Errorf("the team's screen says %q", words(s))
	}
	c, err := s.desk.FindCase(t.Context(), "TC 12/2026")
	if err != nil {
		t.Fatal(err)
	}
	s.Go(room.Cases, string(c))
	s.typed(&fyne.KeyEvent{Name: fyne.KeyM})
	if !says(s, "move together: TC 12/2026, TC 31/2026") {
		t.Errorf("the form says %q", words(s))
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if err := s.desk.MoveCase(t.Context(), c, team.ID); err != nil {
		t.Fatal(err)
	}
	s.Go(room.Cases, string(c))
	if !says(s, "Kept for the team Joint team North only") {
		t.Errorf("the case's screen says %q", words(s))
	}

	path := s.desk.Path()
	if err := s.desk.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := docket.Unlock(t.Context(), path, testimony.Clerk, []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Opened(d)
	for _, r := range s.rooms() {
		if r == room.Bench {
			continue
		}
		s.Go(r, "")
		for _, w := range words(s) {
			if strings.Contains(w, "TC 12/2026") || strings.Contains(w, "TC 31/2026") || strings.Contains(w, "Joint team") {
				t.Errorf("%s shows somebody who is not in the team %q", r, w)
			}
		}
	}
}
