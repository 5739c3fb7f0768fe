package rehearsal_test

import (
	"slices"
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// An interpreter who interprets at once is heard on the channel of that language alone, and the change takes no new track.
func TestChannelsOfInterpretation(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	s := courtroom(t)
	people := map[testimony.Role]*rehearsal.Participant{}
	for _, x := range []struct {
		role  testimony.Role
		props rehearsal.Props
	}{
		{testimony.RoleWitness, rehearsal.Props{Lang: "fr", Sound: capture.NewTestSpeech(1)}},
		{testimony.RoleInterpreter, rehearsal.Props{Sound: rehearsal.InterpreterMark.Sound(capture.NewTestSpeech(2))}},
		{testimony.RoleProsecution, rehearsal.Props{}},
		{testimony.RoleGallery, rehearsal.Props{}},
	} {
		guest, err := rehearsal.Join(t.Context(), seat(t, s, x.role).Link, x.props)
		must(t, err)
		defer guest.Leave()
		people[x.role] = guest
		awaitPresence(t, s, x.role, live.InLobby)
		must(t, s.Admit(seat(t, s, x.role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	interpreter := seat(t, s, testimony.RoleInterpreter).ID
	heard := func(role testimony.Role) (n int) {
		for key, flow := range people[role].Flows() {
			if key.Publisher == string(interpreter) && key.Kind == "audio" {
				n += flow.Packets
			}
		}
		return n
	}
	// hear waits until those who are to hear the interpreter do, and checks that nobody else does meanwhile.
	hear := func(when string, roles ...testimony.Role) {
		t.Helper()
		time.Sleep(300 * time.Millisecond) // what was on its way arrives
		before := map[testimony.Role]int{}
		for role := range people {
			before[role] = heard(role)
		}
		for _, role := range roles {
			eventually(t, when+": the interpreter at the "+string(role), func() bool { return heard(role) > before[role]+25 })
		}
		for role := range people {
			if n := heard(role) - before[role]; n > 0 && !slices.Contains(roles, role) {
				t.Errorf("%s: %d packets of the interpreter came to the %s", when, n, role)
			}
		}
	}
	const witness, prosecution, gallery = testimony.RoleWitness, testimony.RoleProsecution, testimony.RoleGallery
	hear("to everyone", witness, prosecution, gallery)
	must(t, s.Interpret(interpreter, "fr"))
	hear("into the witness's language", witness)
	if got := people[gallery].State().Channels; len(got) > 0 {
		t.Errorf("the gallery is told of %q, which names the witness's language", got)
	}
	if got := people[prosecution].State().Channels; !slices.Equal(got, []string{"fr"}) {
		t.Errorf("the prosecution is told of %q", got)
	}
	must(t, people[prosecution].Listen("fr"))
	must(t, people[gallery].Listen("fr")) // is not offered, and changes nothing
	awaitState(t, s, "nothing", func(live.State) bool { return people[prosecution].State().Channel == "fr" })
	hear("chosen by the prosecution", witness, prosecution)
	must(t, people[testimony.RoleInterpreter].Interpret("en"))
	eventually(t, "the court's channel", func() bool { return slices.Equal(s.State().Channels, []string{"en"}) })
	hear("into the court's language", witness, prosecution, gallery) // the witness's page has no channel of its own now
	must(t, people[prosecution].Listen("floor"))
	eventually(t, "the choice", func() bool { return people[prosecution].State().Channel == "floor" })
	hear("the floor chosen", witness, gallery)
	must(t, s.Interpret(interpreter, ""))
	hear("to everyone again", witness, prosecution, gallery)

	var said []string
	for _, e := range s.State().Events {
		if e.Kind == testimony.Interpreting {
			said = append(said, e.Reason)
		}
	}
	if !slices.Equal(said, []string{"fr", "en", ""}) {
		t.Errorf("the record says %q", said)
	}
	if err := s.Listen("vi"); err == nil {
		t.Error("a channel that nobody serves was chosen")
	}
}
