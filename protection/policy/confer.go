package policy

import (
	"slices"

	"paravent/protection"
	"paravent/protection/order"
)

// MayConfer reports whether counsel and client, of two audiences, may talk with each other in private where this party testifies. They may not where the orders keep from
// one of them the testimony that the other follows as it is given, since the talk would carry it; and whoever does not have the party's own picture and voice as they
// are does not talk with the party. That somebody is shown less of a testimony that both follow, as behind a screen, bars nothing: to talk with counsel is part of the
// defence. Where an order is not understood or falsely signed, or an audience is unknown or sent out, the answer is no.
func (m Matrix) MayConfer(a, b protection.Audience) bool {
	if m.Party == "" || !a.Known() || !b.Known() || a == b || slices.ContainsFunc(m.Orders, doubted) {
		return false
	}
	own := protection.OtherWitness(m.Party)
	switch own {
	case a:
		return plain(m.Access(b))
	case b:
		return plain(m.Access(a))
	}
	x, y := m.Access(a), m.Access(b)
	return x.Connected && y.Connected && follows(x) == follows(y)
}

func doubted(o order.Order) bool {
	return o.Signing == order.FalselySigned || slices.ContainsFunc(o.Measures, func(m order.Measure) bool {
		_, known := order.Find(m.Kind)
		return !known
	})
}

func plain(a protection.Access) bool {
	full := protection.Full()
	return full.AtMost(a)
}

func follows(a protection.Access) bool {
	return a.Release == protection.Live && (a.Picture != protection.NoPicture || a.Voice != protection.NoVoice)
}
