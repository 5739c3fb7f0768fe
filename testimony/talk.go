package testimony

import (
	"errors"
	"maps"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
)

// Errors of a private talk between counsel and client.
var (
	ErrRetainer   = errors.New("only counsel for the defence acts for an accused, and only counsel who sits with the prosecution's side for a witness")
	ErrNoRetainer = errors.New("no counsel of this hearing acts for the other, as the roster says")
	ErrTalkAway   = errors.New("one of the two is not connected")
	ErrTalkBusy   = errors.New("one of the two is in a private talk already")
	ErrTalkBreak  = errors.New("a witness talks with counsel in private before the hearing or in a break only")
	ErrTalkBarred = errors.New("an order keeps from one of the two what the other follows, so they do not talk in private here")
	ErrNoTalk     = errors.New("this participant is in no private talk")
)

// TalkByBench is the reason of a TalkEnded event by which the bench called the two back.
const TalkByBench = "bench"

// Retainer says in the roster of a hearing that counsel acts for a client, who is an accused or a witness. Only such two can talk in private.
type Retainer struct {
	Counsel ParticipantID `json:"counsel"`
	Client  ParticipantID `json:"client"`
}

// MayRetain reports whether one seat can be counsel for another. Whoever puts questions for the other side never is.
func MayRetain(counsel, client Participant) error {
	switch {
	case client.Role == RoleAccused && counsel.Role == RoleDefence:
		return nil
	case client.Role == RoleWitness && client.Party != "" && counsel.Role == RoleProsecution:
		return nil
	}
	return ErrRetainer
}

// Retainer finds the retainer of two seats, whichever of them is counsel.
func (h Hearing) Retainer(a, b ParticipantID) (Retainer, bool) {
	i := slices.IndexFunc(h.Retained, func(r Retainer) bool {
		return r == Retainer{a, b} || r == Retainer{b, a}
	})
	if i < 0 {
		return Retainer{}, false
	}
	return h.Retained[i], true
}

// Retains reports whether a seat is counsel or client of any retainer.
func (h Hearing) Retains(id ParticipantID) bool { return len(h.RetainedWith(id)) > 0 }

// RetainedWith lists the seats that a seat acts for, or that act for it.
func (h Hearing) RetainedWith(id ParticipantID) (others []ParticipantID) {
	for _, r := range h.Retained {
		switch id {
		case r.Counsel:
			others = append(others, r.Client)
		case r.Client:
			others = append(others, r.Counsel)
		}
	}
	return others
}

// checkRetained is what is wrong with one retainer of the roster.
func (h Hearing) checkRetained(i int) error {
	r := h.Retained[i]
	counsel, okCounsel := h.Participant(r.Counsel)
	client, okClient := h.Participant(r.Client)
	switch {
	case !okCounsel || !okClient:
		return errors.New("names a seat that the hearing does not have")
	case slices.Index(h.Retained, r) != i:
		return errors.New("stands twice in the roster")
	}
	return MayRetain(counsel, client)
}

// Talk is one private talk.
type Talk struct {
	Retainer
	Since time.Time
}

// Talks are the private talks of a session: who has asked whom, which go on, and who has not come back from one. It is a value; every step returns the
// next one. What is said is nowhere in it.
type Talks struct {
	asked map[ParticipantID]ParticipantID
	going []Talk
	away  map[ParticipantID]bool
}

// Going lists the talks that go on.
func (t Talks) Going() []Talk { return slices.Clone(t.going) }

// Of is the talk that a seat is in.
func (t Talks) Of(id ParticipantID) (Talk, bool) {
	for _, g := range t.going {
		if g.Counsel == id || g.Client == id {
			return g, true
		}
	}
	return Talk{}, false
}

// With is whom a seat talks with in private; empty while it does not.
func (t Talks) With(id ParticipantID) ParticipantID {
	g, ok := t.Of(id)
	switch {
	case !ok:
		return ""
	case g.Counsel == id:
		return g.Client
	}
	return g.Counsel
}

// Apart reports whether a seat talks in private, or has not come back from a talk: nothing is taken of its camera and microphone for anybody else.
func (t Talks) Apart(id ParticipantID) bool { return t.away[id] || t.With(id) != "" }

// Away reports whether a seat's talk is over and its guest has not said yet that they are back. Whoever is cut off in the middle of a sentence must not finish it
// before the court.
func (t Talks) Away(id ParticipantID) bool { return t.away[id] }

// Asked is whom a seat has asked to talk; empty where it has not.
func (t Talks) Asked(id ParticipantID) ParticipantID { return t.asked[id] }

// AskedBy lists who has asked a seat.
func (t Talks) AskedBy(id ParticipantID) (who []ParticipantID) {
	for from, to := range t.asked {
		if to == id {
			who = append(who, from)
		}
	}
	slices.Sort(who)
	return who
}

func (t Talks) clone() Talks {
	return Talks{asked: maps.Clone(t.asked), going: slices.Clone(t.going), away: maps.Clone(t.away)}
}

// Ask is one seat's wish to talk with another. The talk begins, and begun is set, when each has asked the other. present tells who is there.
func (t Talks) Ask(r Reception, h Hearing, present func(ParticipantID) bool, from, to ParticipantID, at time.Time) (next Talks, begun bool, err error) {
	if err := r.MayTalk(h, from, to); err != nil {
		return t, false, err
	}
	switch {
	case !present(from) || !present(to):
		return t, false, ErrTalkAway
	case t.With(from) != "" || t.With(to) != "":
		return t, false, ErrTalkBusy
	}
	next = t.clone()
	if t.asked[to] != from {
		if next.asked == nil {
			next.asked = map[ParticipantID]ParticipantID{}
		}
		next.asked[from] = to
		return next, false, nil
	}
	next.forget(from)
	next.forget(to)
	delete(next.away, from)
	delete(next.away, to)
	retainer, _ := h.Retainer(from, to)
	next.going = append(next.going, Talk{retainer, at})
	return next, true, nil
}

// forget drops every wish of a seat and to it. It is for a clone.
func (t Talks) forget(id ParticipantID) {
	maps.DeleteFunc(t.asked, func(from, to ParticipantID) bool { return from == id || to == id })
}

// Leave ends the talk that a seat is in, or takes back and declines what was asked where it is in none. ended is the talk that is over.
func (t Talks) Leave(id ParticipantID) (next Talks, ended *Talk) {
	next = t.clone()
	g, ok := t.Of(id)
	if !ok {
		next.forget(id)
		return next, nil
	}
	next.end(g)
	return next, &g
}

// end is for a clone.
func (t *Talks) end(g Talk) {
	t.going = slices.DeleteFunc(t.going, func(other Talk) bool { return other == g })
	if t.away == nil {
		t.away = map[ParticipantID]bool{}
	}
	t.away[g.Counsel], t.away[g.Client] = true, true
}

// Back is a guest's word that they are back from a talk that is over.
func (t Talks) Back(id ParticipantID) Talks {
	next := t.clone()
	delete(next.away, id)
	return next
}

// Lapse ends what may not go on: with whoever is not present any more, or what the session and the orders do not allow any more. Whoever is not seated any more is
// forgotten.
func (t Talks) Lapse(r Reception, h Hearing, present, seated func(ParticipantID) bool) (next Talks, ended []Talk) {
	next = t.clone()
	stands := func(a, b ParticipantID) bool { return present(a) && present(b) && r.MayTalk(h, a, b) == nil }
	for _, g := range t.going {
		if !stands(g.Counsel, g.Client) {
			next.end(g)
			ended = append(ended, g)
		}
	}
	maps.DeleteFunc(next.asked, func(from, to ParticipantID) bool { return !stands(from, to) })
	maps.DeleteFunc(next.away, func(id ParticipantID, _ bool) bool { return !seated(id) })
	return next, ended
}

// MayTalk reports why two seats may not talk in private now, or nil. Whether the law of the orders bars it is for the matrices of every protected witness of the
// hearing to say, those whose recorded testimony is played included.
func (r Reception) MayTalk(h Hearing, a, b ParticipantID) error {
	retainer, ok := h.Retainer(a, b)
	if !ok {
		return ErrNoRetainer
	}
	counsel, _ := h.Participant(retainer.Counsel)
	client, _ := h.Participant(retainer.Client)
	switch {
	case MayRetain(counsel, client) != nil:
		return ErrNoRetainer
	case r.Session.Phase == Closed:
		return ErrEnded
	case !r.Connected(counsel) || !r.Connected(client):
		return ErrTalkAway
	case client.Role == RoleWitness && !r.witnessRests(client):
		return ErrTalkBreak
	case !r.mayConfer(counsel.Audience(), client.Audience()):
		return ErrTalkBarred
	}
	return nil
}

// witnessRests reports whether nobody questions a witness now: before the hearing, or in a break that the bench has called. One who sits in the court's own room
// is not alone there, and while the witness's side has stopped everything nothing leaves its room.
func (r Reception) witnessRests(p Participant) bool {
	return (r.Session.Phase == Lobby || r.Session.Phase == Break) && !r.Held && !(r.AtDesk && r.testifies(p))
}

func (r Reception) mayConfer(a, b protection.Audience) bool {
	for _, m := range r.Others {
		if !m.MayConfer(a, b) {
			return false
		}
	}
	return r.Matrix.MayConfer(a, b) && !slices.ContainsFunc(r.Played, func(m policy.Matrix) bool { return !m.MayConfer(a, b) })
}

// Hears is what a participant hears of another because of a private talk: the one whom they talk with, in private, and nobody else. private and silent are both false
// for whoever is in no talk.
func (r Reception) Hears(from, to ParticipantID) (private, silent bool) {
	with := r.Talks.With(to)
	return with != "" && with == from, with != "" && with != from
}

// WitnessApart reports whether any witness of a hearing talks in private or has not come back.
func (h Hearing) WitnessApart(t Talks) bool {
	return slices.ContainsFunc(h.Participants, func(p Participant) bool { return p.Role == RoleWitness && t.Apart(p.ID) })
}

// talksNearby reports whether a participant sits where a witness is who talks in private or has not come back: their microphone carries the talk.
func (r Reception) talksNearby(p Participant) bool { return r.WitnessApart && r.inRoom(p) }

// TalksLeft lists the talks that a record has as going on: those of a courtroom that was left in the middle of one.
func TalksLeft(record []Event) (left []Retainer) {
	for _, e := range record {
		r := Retainer{e.Participant, e.With}
		switch e.Kind {
		case TalkBegan:
			left = append(left, r)
		case TalkEnded:
			left = slices.DeleteFunc(left, func(other Retainer) bool { return other == r })
		}
	}
	return left
}
