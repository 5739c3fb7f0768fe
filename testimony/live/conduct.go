package live

import (
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
)

// conduct takes a step of conducting the hearing: it stands in the record before anyone is told of it.
func (s *Session) conduct(step func(witness testimony.ParticipantID) (testimony.Event, error)) error {
	return s.do(func() error {
		w, _ := s.hearing.Witness()
		e, err := step(w.ID)
		if err != nil {
			return err
		}
		if err := s.keep(e); err != nil {
			return err
		}
		s.refresh()
		return nil
	})
}

// ShowOath shows the witness the text of a form of oath, in the language of the witness's page.
func (s *Session) ShowOath(form testimony.OathForm) error {
	return s.conduct(func(w testimony.ParticipantID) (testimony.Event, error) { return s.state.ShowOath(form, w, s.now()) })
}

// OathTaken notes that the witness took the oath or made the affirmation.
func (s *Session) OathTaken() error {
	return s.conduct(func(w testimony.ParticipantID) (testimony.Event, error) {
		return s.state.TakeOath(s.events, w, s.now())
	})
}

// OathRefused notes that the witness refused it. Testimony cannot begin until a judge has decided to hear the witness without, or the witness takes it after all.
func (s *Session) OathRefused() error {
	return s.conduct(func(w testimony.ParticipantID) (testimony.Event, error) {
		return s.state.RefuseOath(s.events, w, s.now())
	})
}

// HearUnsworn is a judge's decision to hear the witness without an oath.
func (s *Session) HearUnsworn(reason string) error {
	if !s.desk.May(testimony.ActDecideOrder) {
		return docket.ErrNotAllowed
	}
	return s.conduct(func(w testimony.ParticipantID) (testimony.Event, error) {
		return s.state.HearUnsworn(s.events, w, reason, s.now())
	})
}

// CallStage says whose questions follow, by their seat; the bench's own are those of testimony.BenchID.
func (s *Session) CallStage(stage testimony.Stage, by testimony.ParticipantID) error {
	return s.conduct(func(testimony.ParticipantID) (testimony.Event, error) {
		if stage == testimony.FromBench {
			by = testimony.BenchID
		}
		if _, ok := s.hearing.Participant(by); !ok {
			return testimony.Event{}, ErrNobody
		}
		return s.state.CallStage(s.events, stage, by, s.now())
	})
}

// Object notes an objection of a seat to the question that was put.
func (s *Session) Object(by testimony.ParticipantID, ground testimony.Ground) error {
	return s.conduct(func(testimony.ParticipantID) (testimony.Event, error) {
		if _, ok := s.hearing.Participant(by); !ok {
			return testimony.Event{}, ErrNobody
		}
		return s.state.Object(s.events, by, ground, s.now())
	})
}

// Rule decides the objection that waits.
func (s *Session) Rule(ruling testimony.Ruling) error {
	return s.conduct(func(testimony.ParticipantID) (testimony.Event, error) { return s.state.Rule(s.events, ruling, s.now()) })
}

// ExpectBack tells everyone who waits, the public included, when it is expected to go on.
func (s *Session) ExpectBack(at time.Time) error {
	return s.conduct(func(testimony.ParticipantID) (testimony.Event, error) { return s.state.ExpectBack(at, s.now()) })
}

// mayBegin fails where testimony cannot begin from the oath.
func (s *Session) mayBegin() error {
	if testimony.SwearingOf(s.events).Opens() {
		return nil
	}
	return testimony.ErrUnsworn
}

// Conduct is how the hearing is being conducted, for the bench's screen.
type Conduct struct {
	Oath      testimony.Swearing
	Examined  []testimony.Examination // so far, in the order in which they were first called
	Current   int                     // index of the stage that was called last; -1 for none
	Objection *testimony.Objection    // that waits for a ruling; nil for none
	Objected  int                     // how many there have been
	BreakDue  time.Duration           // until the break that is planned; negative once it is due
	Planned   bool                    // a break is planned, and the witness is being questioned
	Back      time.Time               // when it is expected to go on; zero where nobody said
}

func (s *Session) conducted() Conduct {
	c := Conduct{Oath: testimony.SwearingOf(s.events), Back: testimony.Back(s.events)}
	c.Examined, c.Current = testimony.Examinations(s.events, s.now())
	if o, waits := testimony.Waiting(s.events); waits {
		c.Objection = &o
	}
	c.Objected = len(testimony.Objections(s.events))
	c.BreakDue, c.Planned = s.hearing.BreakDue(s.events, s.now())
	return c
}
