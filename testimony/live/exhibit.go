package live

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"paravent/media/still"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/join"
)

// Errors of showing an exhibit.
var (
	ErrOtherCase  = errors.New("this exhibit is of another case")
	ErrNoPicture  = errors.New("only pictures are shown in the hearing; pages of a document are received as pictures")
	ErrNotShowing = errors.New("no exhibit is shown")
)

// mostStill is how many bytes of a picture are sent: a line of a witness carries it within a few seconds, and a message has room for it.
const mostStill = 120 << 10

// shown is the exhibit that is being shown.
type shown struct {
	exhibit.Showing
	number string
	still  []byte // JPEG
}

// ShowExhibit shows a picture to those whose audience is named, as far as its class allows it, and to the bench; it takes the place of the one before. Its opening and
// that it is shown, and to whom, stand in the log before anybody receives it. To all others nothing is sent, not even that it is shown.
func (s *Session) ShowExhibit(id exhibit.ID, to []testimony.Role) error {
	e, err := s.desk.Exhibit(s.ctx, id)
	if err != nil {
		return err
	}
	next := &shown{Showing: exhibit.Showing{Exhibit: id, Class: e.Class, Audiences: to}, number: e.Number}
	if err := next.Check(); err != nil {
		return err
	}
	step := func() (testimony.Event, error) {
		if e.Case != s.hearing.Case {
			return testimony.Event{}, ErrOtherCase
		}
		return s.state.ShowExhibit(string(id), e.Number, to, s.now())
	}
	if err := s.do(func() error { _, err := step(); return err }); err != nil {
		return err
	}
	if e.Kind() != exhibit.Picture {
		return ErrNoPicture
	}
	if next.still, err = s.stillOf(id); err != nil {
		return err
	}
	return s.do(func() error {
		event, err := step() // the phase can have changed meanwhile
		if err == nil {
			err = s.stands(id) // and the exhibit been withdrawn, or its approval ended
		}
		if err == nil {
			err = s.keep(event)
		}
		if err != nil {
			return err
		}
		s.showing = next
		s.refresh()
		return nil
	})
}

func (s *Session) stillOf(id exhibit.ID) ([]byte, error) {
	e, r, err := s.desk.OpenExhibit(s.ctx, id, docket.ExhibitInHearing)
	if err != nil {
		return nil, err
	}
	picture, err := still.JPEG(io.NewSectionReader(r, 0, e.Size), mostStill)
	return picture, errors.Join(err, r.Close())
}

// stands fails where an exhibit may not be opened from this desk any more, or that can't be found out: it was withdrawn, or the approval of a sealed one has ended.
func (s *Session) stands(id exhibit.ID) error {
	e, err := s.desk.Exhibit(s.ctx, id)
	if err != nil {
		return err
	}
	return s.desk.MayOpenExhibit(s.ctx, e)
}

// followExhibit takes down what is shown once it may not be opened any more, at whatever desk that was decided.
func (s *Session) followExhibit() {
	if s.showing == nil || s.stands(s.showing.Exhibit) == nil {
		return
	}
	if err := s.takeDown(); err != nil {
		s.log.Error("an event could not be written down", "kind", testimony.ExhibitTakenDown, "error", err)
		s.alarm("audit_failed", "")
	}
}

// TakeDown takes the exhibit down for everyone, and writes that down after.
func (s *Session) TakeDown() error {
	return s.do(func() error {
		if s.showing == nil {
			return ErrNotShowing
		}
		return s.takeDown()
	})
}

func (s *Session) takeDown() error {
	e := s.state.TakeDown(string(s.showing.Exhibit), s.showing.number, s.now())
	s.showing = nil
	s.refresh()
	return s.keep(e)
}

// exhibitFor is what a guest receives of the exhibit that is shown: nothing before they are let in and called, nothing outside the testimony, nothing where they
// do not follow it as it is given, as the public in private session or while it receives later, and nothing where they are not among those to whom it is shown.
func (s *Session) exhibitFor(seats *seating, g *guest) *shown {
	p := g.participant
	waits := p.Role == testimony.RoleWitness && !seats.reception.Called[p.Party]
	if s.showing == nil || s.state.Phase != testimony.Testimony || g.presence != Admitted || waits || !seats.reception.Connected(p) || !seats.reception.Follows(p) || !s.showing.Reaches(p, s.hearing.Party) {
		return nil
	}
	return s.showing
}

// tellExhibit sends a guest the exhibit, once, and takes it from a guest who has it and may not have it any more.
func (s *Session) tellExhibit(seats *seating, g *guest) {
	now := s.exhibitFor(seats, g)
	if now == g.exhibit {
		return
	}
	g.exhibit = now
	message := join.Exhibit{}
	if now != nil {
		message = join.Exhibit{Number: now.number, Picture: now.still}
	}
	_ = g.session.Send(message) // a lost connection is noticed by its own end
}

// Exhibit is what is being shown, for the bench's screen.
type Exhibit struct {
	ID        exhibit.ID
	Number    string
	Audiences []testimony.Role
	Still     []byte // JPEG; nobody changes it
}

func (s *Session) exhibitState() *Exhibit {
	if s.showing == nil {
		return nil
	}
	return &Exhibit{s.showing.Exhibit, s.showing.number, s.showing.Audiences, s.showing.still}
}

// Showable is an exhibit of the hearing's case as the bench can show it.
type Showable struct {
	exhibit.Exhibit
	Audiences []testimony.Role // who sits here and can be named, in the order of a form
	Refused   error            // why it can't be shown from this desk now, or nil
}

// Exhibits lists the exhibits of the hearing's case that were not withdrawn.
func (s *Session) Exhibits(ctx context.Context) ([]Showable, error) {
	h := s.State().Hearing
	list, err := s.desk.Exhibits(ctx, h.Case)
	if err != nil {
		return nil, err
	}
	var shown []Showable
	for _, e := range list {
		if !e.Withdrawn.IsZero() {
			continue
		}
		x := Showable{Exhibit: e, Refused: s.desk.MayOpenExhibit(ctx, e)}
		if x.Refused == nil && e.Kind() != exhibit.Picture {
			x.Refused = ErrNoPicture
		}
		x.Audiences = slices.DeleteFunc(exhibit.Audiences(e.Class), func(r testimony.Role) bool {
			return !slices.ContainsFunc(h.Participants, func(p testimony.Participant) bool { return p.Role == r })
		})
		shown = append(shown, x)
	}
	return shown, nil
}

// FindExhibit finds an exhibit of the hearing's case that is not withdrawn by its number.
func (s *Session) FindExhibit(number string) (exhibit.ID, error) {
	list, err := s.Exhibits(s.ctx)
	if err != nil {
		return "", err
	}
	for _, e := range list {
		if strings.EqualFold(e.Number, number) {
			return e.ID, nil
		}
	}
	return "", docket.ErrNotFound
}
