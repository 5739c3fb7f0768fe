package live

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"paravent/media/conceal"
	"paravent/testimony"
)

// sitting is what stands for one protected witness as long as the courtroom is open: how the figure moves and how the voice is changed. Both are drawn at random, have nothing
// to do with the witness, and are nowhere written down. They outlive a lost connection: two different disguises of one voice would tell more than one. Its methods can be
// called from any goroutine.
type sitting struct {
	manner conceal.Manner
	voice  *conceal.VoiceDisguise // never heard through: it only holds the factors
	began  time.Time

	mu    sync.Mutex
	drawn conceal.Style
}

func newSitting(style conceal.Style) *sitting {
	return &sitting{manner: conceal.NewManner(), voice: conceal.NewVoiceDisguise(), began: time.Now(), drawn: style}
}

func (s *sitting) style() conceal.Style {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drawn
}

func (s *sitting) draw(as conceal.Style) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drawn = as
}

func (s *sitting) figure() figure {
	return conceal.NewFigure(s.style(), s.manner, silhouetteWidth, silhouetteHeight)
}

// age is the figure's own clock.
func (s *sitting) age() time.Duration { return time.Since(s.began) }

// sittingOf is the sitting of a witness's seat.
func (s *Session) sittingOf(id testimony.ParticipantID) *sitting {
	if s.sittings == nil {
		s.sittings = map[testimony.ParticipantID]*sitting{}
	}
	if s.sittings[id] == nil {
		s.sittings[id] = newSitting(s.drawnAs())
	}
	return s.sittings[id]
}

// drawnAs is the style that the court has chosen, as the record has it; the neutral one where it has chosen none.
func (s *Session) drawnAs() conceal.Style {
	for _, e := range slices.Backward(s.events) {
		if e.Kind == testimony.DrawnAs && slices.Contains(conceal.Styles, conceal.Style(e.Reason)) {
			return conceal.Style(e.Reason)
		}
	}
	return conceal.Styles[0]
}

// DrawAs changes how what stands for the witnesses is drawn. It stands in the record first, since the public version shows it.
func (s *Session) DrawAs(style conceal.Style) error {
	return s.do(func() error {
		switch {
		case !slices.Contains(conceal.Styles, style):
			return fmt.Errorf("%w: %q", ErrStyle, style)
		case s.drawnAs() == style:
			return testimony.ErrSame
		}
		e := testimony.Event{At: s.now(), Kind: testimony.DrawnAs, Phase: s.state.Phase, Mode: s.state.Mode, Reason: string(style)}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the drawing stays as it is: %w", err)
		}
		for _, one := range s.sittings {
			one.draw(style)
		}
		s.refresh()
		return nil
	})
}
