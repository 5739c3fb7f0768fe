package policy

import (
	"slices"

	"paravent/protection"
	"paravent/protection/order"
)

// bound is the most that a measure leaves to the audiences it reaches. A measure has none, one or two: compiled once, they are
// laid on every cell.
type bound struct {
	of     *measure
	seats  seats                 // the fixed audiences
	others bool                  // every other protected witness
	named  []protection.Audience // other witnesses by name
	to     protection.Access
}

// seats is a set of fixed audiences, a bit for each place in [protection.Audiences].
type seats uint32

const everyone = ^seats(0)

var seatNumbers = func() map[protection.Audience]seats {
	m := make(map[protection.Audience]seats, len(protection.Audiences))
	for i, a := range protection.Audiences {
		m[a] = 1 << i
	}
	return m
}()

// seatOf is an audience's bit, or nothing for another witness.
func seatOf(a protection.Audience) seats { return seatNumbers[a] }

func (b *bound) reaches(at seats, a protection.Audience) bool {
	if at != 0 {
		return b.seats&at != 0
	}
	return b.others || slices.Contains(b.named, a)
}

// reach is what [order.Measure.Covers] says of every audience at once.
func reach(m *measure, to protection.Access) bound {
	e, ok := order.Find(m.Kind)
	if !ok {
		return bound{of: m, seats: everyone, others: true, to: to}
	}
	b := toward(m, m.Audiences, to)
	for _, a := range e.Default {
		b.seats |= seatNumbers[a]
	}
	b.others = slices.Contains(e.Default, protection.Gallery)
	return b
}

// toward reaches the named audiences alone.
func toward(m *measure, audiences []protection.Audience, to protection.Access) bound {
	b := bound{of: m, to: to}
	for _, a := range audiences {
		if at, ok := seatNumbers[a]; ok {
			b.seats |= at
		} else if _, ok := a.OtherParty(); ok {
			b.named = append(b.named, a)
		}
	}
	return b
}

// boundsOf adds to list what a measure leaves to whom. It is the whole of what a measure does in a cell.
func boundsOf(list []bound, m *measure, mode protection.SessionMode) []bound {
	to := protection.Full()
	switch m.Kind {
	case order.FaceAlteration:
		to.Picture = protection.Silhouette
	case order.VoiceDisguised:
		to.Voice = protection.Disguised
	case order.InterpreterOnly:
		to.Voice = protection.InterpreterOnly
	case order.ScreenWitness:
		to.Picture = protection.NoPicture
	case order.FullAnonymity:
		return append(list, anonymity(m)...)
	case order.DelayedBroadcast:
		to.Release, to.Delay = m.When()
	case order.NonDisclosure, order.Expunge:
		// The public record is read before it is released: a name in a question, a passage that was taken out.
		to.Release = protection.AfterReview
		return append(list, toward(m, []protection.Audience{protection.PublicRecord}, to))
	case order.PrivateSession, order.ClosedSession:
		// The mode itself is raised by modeOf; here leave those whom the order sends out by name.
		to = protection.Access{Connected: m.Kind != order.ClosedSession && mode != protection.ClosedMode}
		return append(list, toward(m, m.Audiences, to))
	case order.Pseudonym, order.ScreenAccused, order.LiveLink, order.PreRecorded, order.IntermediaryHelp, order.SupportPerson,
		order.Questioning, order.AddressSubstitution, order.SealedExhibit, order.ReportingRestriction, order.NonPunishment, order.PhysicalProtection:
		return list // every audience has the pseudonym only, and the others act outside the cells
	default:
		to = protection.Access{}
	}
	return append(list, reach(m, to))
}

// anonymity hides the witness from defence and public. The defence alone may be let hear a disguised voice.
func anonymity(m *measure) []bound {
	to := protection.Full()
	to.Picture, to.Voice = protection.Silhouette, protection.InterpreterOnly
	if !m.Disguise {
		return []bound{reach(m, to)}
	}
	rest := reach(m, to)
	side := []protection.Audience{protection.DefenceCounsel, protection.Accused}
	for _, a := range side {
		rest.seats &^= seatNumbers[a]
	}
	to.Voice = protection.Disguised
	return []bound{rest, toward(m, side, to)}
}

// Review finds the first measure in force by which the public record is read by a judge before it is released. What a session mode takes out of that
// record was never written to it, and asks for no review.
func Review(in Input) (Cause, bool) {
	public := seatOf(protection.PublicRecord)
	measures := measuresOf(order.Applying(in.Orders, in.Case, in.Party, in.At), in)
	for i := range measures {
		if k := measures[i].Kind; k == order.PrivateSession || k == order.ClosedSession {
			continue
		}
		for _, b := range boundsOf(nil, &measures[i], protection.PublicMode) {
			if b.seats&public != 0 && b.to.Release < protection.AfterTestimony {
				return measures[i].cause, true
			}
		}
	}
	return Cause{}, false
}
