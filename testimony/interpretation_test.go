package testimony_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paravent/testimony"
)

var (
	first    = testimony.Participant{ID: "i1", Role: testimony.RoleInterpreter}
	relayed  = testimony.Participant{ID: "i2", Role: testimony.RoleInterpreter}
	listens  = []testimony.Participant{witness, coordinator, prosecution, accused, gallery, relayed, bench, judge}
	nobodyOf = map[testimony.ParticipantID]string{}
)

// Two interpreters, one into the witness's language and one into the court's.
func twoChannels() testimony.Interpretation {
	return testimony.Interpretation{Into: map[testimony.ParticipantID]string{"i1": "ne", "i2": "fr"}, Witness: "ne", Ears: map[testimony.ParticipantID]testimony.Channel{}}
}

func TestWhoHasChosenNothingHearsTheChannelOfTheirSide(t *testing.T) {
	t.Parallel()
	i := twoChannels()
	for _, to := range listens {
		ne, fr := i.Hears(first, to), i.Hears(relayed, to)
		switch {
		case to.Role.WithWitness():
			if !ne || fr {
				t.Errorf("%s hears ne %v, fr %v", to.ID, ne, fr)
			}
		case to.Role == testimony.RoleInterpreter:
			if !ne || !fr {
				t.Errorf("%s hears ne %v, fr %v", to.ID, ne, fr)
			}
		default:
			if ne || !fr {
				t.Errorf("%s hears ne %v, fr %v", to.ID, ne, fr)
			}
		}
	}
	i.Witness = "ne-Deva-NP"
	if !i.Hears(first, witness) || i.Hears(first, gallery) {
		t.Error("a page in a script or region of the language is another language")
	}
	i.Into = nobodyOf
	for _, to := range listens {
		if !i.Hears(first, to) || !i.Hears(relayed, to) {
			t.Errorf("%s does not hear who speaks to everyone", to.ID)
		}
	}
}

// Whatever is chosen, who speaks to everyone is heard by everyone, one channel is heard at a time, and a channel that nobody serves loses nobody an answer.
func TestAChoiceOfChannel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		i := twoChannels()
		tongues := []string{"", "ne", "fr", "en", "vi"}
		i.Into["i1"], i.Into["i2"] = rapid.SampledFrom(tongues).Draw(t, "one"), rapid.SampledFrom(tongues).Draw(t, "two")
		i.Witness = rapid.SampledFrom(tongues).Draw(t, "witness")
		to := rapid.SampledFrom(listens).Draw(t, "to")
		ear := rapid.SampledFrom([]testimony.Channel{"", testimony.FloorOnly, "ne", "fr", "en", "vi"}).Draw(t, "ear")
		i.Ears[to.ID] = ear
		for _, from := range []testimony.Participant{first, relayed} {
			hears, into := i.Hears(from, to), i.Into[from.ID]
			served := slices.Contains(i.Channels(), string(ear))
			switch {
			case into == "":
				if !hears {
					t.Fatalf("%s is not heard", from.ID)
				}
			case ear == testimony.FloorOnly:
				if hears {
					t.Fatal("the floor alone has an interpreter")
				}
			case served && hears != (into == string(ear)):
				t.Fatalf("%s into %s is heard on %s: %v", from.ID, into, ear, hears)
			case !served && !to.Role.WithWitness() && into != i.Witness && !hears:
				t.Fatalf("%s into %s is lost to %s", from.ID, into, to.ID)
			}
		}
		if to.Role.WithWitness() && ear == "" && len(i.Channels()) > 0 && !i.Hears(first, to) && !i.Hears(relayed, to) {
			t.Fatal("the witness hears no interpreter")
		}
	})
}

func TestInterpretIsSaidOnce(t *testing.T) {
	t.Parallel()
	h := testimony.Hearing{Party: party, Participants: []testimony.Participant{witness, first}}
	s := testimony.Begin(0)
	var record []testimony.Event
	for i, x := range []struct {
		into  string
		first bool
	}{{"", false}, {"fr", true}, {"NE", true}, {"fr", false}, {"", true}, {"", false}, {"fr", true}} {
		tongue, said, err := s.Interpret(h, record, "i1", x.into)
		if err != nil || said != x.first {
			t.Fatalf("step %d: %q %v %v", i, tongue, said, err)
		}
		if said {
			record = append(record, testimony.Event{Kind: testimony.Interpreting, Participant: "i1", Reason: tongue})
		}
	}
	for _, bad := range []string{"x-amina", "fr-x-amina", "und", "francais", "-", "fr-u-ca-buddhist", "a b"} {
		if _, _, err := s.Interpret(h, nil, "i1", bad); !errors.Is(err, testimony.ErrTongue) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, _, err := s.Interpret(h, nil, "w", "fr"); !errors.Is(err, testimony.ErrInterpreter) {
		t.Error(err)
	}
}
