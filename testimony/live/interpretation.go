package live

import (
	"fmt"
	"slices"

	"paravent/protection"
	"paravent/testimony"
)

// interpretation is how is interpreted now, and who listens to what. An interpreter who is not here serves no channel.
func (s *Session) interpretation() testimony.Interpretation {
	i := testimony.Interpretation{Into: map[testimony.ParticipantID]string{}, Ears: map[testimony.ParticipantID]testimony.Channel{testimony.BenchID: s.ear}}
	witness, _ := s.hearing.Witness()
	for id, g := range s.guests {
		if g.presence != Admitted {
			continue
		}
		i.Ears[id] = g.ear
		if s.into[id] != "" {
			i.Into[id] = s.into[id]
		}
		if id == witness.ID {
			i.Witness = g.lang
		}
	}
	return i
}

// Interpret has an interpreter's seat speak on the channel of a language from now on; with none, to everyone. An interpreter does the same on their own page.
func (s *Session) Interpret(id testimony.ParticipantID, into string) error {
	return s.do(func() error { return s.interpret(id, into) })
}

func (s *Session) interpret(id testimony.ParticipantID, into string) error {
	tongue, first, err := s.state.Interpret(s.hearing, s.events, id, into)
	if err != nil || tongue == s.into[id] {
		return err
	}
	if first {
		e := testimony.Event{At: s.now(), Kind: testimony.Interpreting, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id, Reason: tongue}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("how is interpreted was not written down, so it was not changed: %w", err)
		}
	}
	s.into[id] = tongue
	s.enforce()
	s.refresh()
	return nil
}

// Listen chooses what this desk hears of the interpreters' channels.
func (s *Session) Listen(channel testimony.Channel) error {
	return s.do(func() error {
		if !offered(s.seats.Load().interpretation.Channels(), channel) {
			return testimony.ErrChannel
		}
		s.ear = channel
		s.enforce()
		s.refresh()
		return nil
	})
}

func offered(channels []string, c testimony.Channel) bool {
	return c == "" || c == testimony.FloorOnly || slices.Contains(channels, string(c))
}

// tune takes a guest's choice of channel. One that is not offered to them changes nothing.
func (s *Session) tune(g *guest, channel testimony.Channel) {
	if g.ear == channel || !offered(s.channelsFor(s.seats.Load(), g.participant), channel) {
		return
	}
	g.ear = channel
	s.enforce()
	s.refresh()
}

// channelsFor are the channels that a guest is told of.
func (s *Session) channelsFor(seats *seating, p testimony.Participant) []string {
	if p.Role == testimony.RoleWitness && !seats.reception.Called[p.Party] {
		return nil
	}
	return seats.interpretation.Offered(p, s.matrix.Access(p.Audience()).Voice == protection.ClearVoice)
}

// Tongues lists the languages of the guests' page, which are those that are offered to interpret into. Any other can be given by its tag.
func (s *Session) Tongues() []string { return s.server.Languages() }
