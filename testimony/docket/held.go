package docket

import (
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
)

// Witnesses are the protected parties who can stand in the recordings of a hearing: whoever has a witness's seat there.
func Witnesses(h testimony.Hearing) []protection.PartyID {
	list := []protection.PartyID{h.Party}
	for _, p := range h.Participants {
		if p.Role == testimony.RoleWitness && p.Party != "" && !slices.Contains(list, p.Party) {
			list = append(list, p.Party)
		}
	}
	return list
}

// ModesOf are the modes in which a hearing was held, by its events: a master holds what was said in all of them.
func ModesOf(h testimony.Hearing, events []testimony.Event) []protection.SessionMode {
	list := []protection.SessionMode{h.Mode}
	for _, e := range events {
		if !slices.Contains(list, e.Mode) {
			list = append(list, e.Mode)
		}
	}
	return list
}

// Entitled is what an audience may have of everyone who can stand in the recordings of a hearing: the least of all witnesses and of all modes that are named. Without a
// mode it is nothing.
func Entitled(h testimony.Hearing, list []order.Order, at time.Time, a protection.Audience, modes ...protection.SessionMode) protection.Access {
	if len(modes) == 0 {
		return protection.Access{}
	}
	access := protection.Full()
	for _, party := range Witnesses(h) {
		for _, mode := range modes {
			access = access.Stricter(policy.Compile(policy.Input{Party: party, Case: h.Case, Orders: list, Mode: mode, At: at}).Access(a))
		}
	}
	return access
}

// HeldBy is the most that recordings of a hearing can hold of its witnesses: everything, for a master; for a public version what its audience had at the beginning, at
// the end, and whenever an order began or ended in between, in a public session. A recording whose length is not known may hold everything.
func HeldBy(h testimony.Hearing, list []order.Order, recordings ...Recording) protection.Access {
	var held protection.Access
	for _, r := range recordings {
		one := heldBy(r, h, list)
		held.Picture, held.Voice = max(held.Picture, one.Picture), max(held.Voice, one.Voice)
	}
	return held
}

func heldBy(r Recording, h testimony.Hearing, list []order.Order) protection.Access {
	if !r.Sealed || r.Version != protection.PublicRecord {
		return protection.Access{Picture: protection.ClearPicture, Voice: protection.ClearVoice}
	}
	end := r.Started.Add(r.Duration)
	at := []time.Time{r.Started, end}
	for _, o := range list {
		for _, t := range append([]time.Time{o.From, o.Until, o.Decided}, stepsOf(o)...) {
			if t.After(r.Started) && t.Before(end) {
				at = append(at, t)
			}
		}
	}
	var held protection.Access
	for _, t := range at {
		for _, party := range Witnesses(h) {
			had := policy.Compile(policy.Input{Party: party, Case: h.Case, Orders: list, Mode: protection.PublicMode, At: t}).Access(protection.PublicRecord)
			held.Picture, held.Voice = max(held.Picture, had.Picture), max(held.Voice, had.Voice)
		}
	}
	return held
}

func stepsOf(o order.Order) []time.Time {
	var at []time.Time
	for _, v := range o.History {
		at = append(at, v.At)
	}
	return at
}
