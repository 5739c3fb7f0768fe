package testimony

import (
	"errors"

	"paravent/protection"
)

// Errors of calling and dismissing a witness.
var (
	ErrNoWitness = errors.New("only a witness is called or dismissed")
	ErrNotCalled = errors.New("this witness has not been called")
)

// Called returns the protected witnesses who are placed in the hearing, by its record: the one who testifies from the beginning, any other from when the bench has called them,
// each until they are dismissed. Whoever is not called waits alone.
func Called(h Hearing, record []Event) map[protection.PartyID]bool {
	called := map[protection.PartyID]bool{h.Party: true}
	for _, e := range record {
		p, ok := h.Participant(e.Participant)
		if !ok || p.Role != RoleWitness || p.Party == "" {
			continue
		}
		switch e.Kind {
		case WitnessCalled:
			called[p.Party] = true
		case WitnessDismissed:
			delete(called, p.Party)
		}
	}
	return called
}

// mayCall finds the witness that is to be called or dismissed.
func mayCall(h Hearing, id ParticipantID) (Participant, error) {
	p, ok := h.Participant(id)
	if !ok || p.Role != RoleWitness || p.Party == "" {
		return p, ErrNoWitness
	}
	return p, nil
}

// CallWitness places a witness who waits in the hearing.
func (s Session) CallWitness(h Hearing, record []Event, id ParticipantID) error {
	p, err := mayCall(h, id)
	switch {
	case err != nil:
		return err
	case s.Phase == Closed:
		return ErrEnded
	case Called(h, record)[p.Party]:
		return ErrSame
	}
	return nil
}

// DismissWitness ends a witness's part. It can be called again only with a new invitation.
func (s Session) DismissWitness(h Hearing, record []Event, id ParticipantID) error {
	p, err := mayCall(h, id)
	switch {
	case err != nil:
		return err
	case s.Phase == Closed:
		return ErrEnded
	case !Called(h, record)[p.Party]:
		return ErrNotCalled
	}
	return nil
}
