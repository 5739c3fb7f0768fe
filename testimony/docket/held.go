package docket

import (
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
)

// HeldBy is the most that recordings of a hearing can hold of its witness: everything, for a master; for a public version what its audience had at the beginning, at
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
		had := policy.Compile(policy.Input{Party: h.Party, Case: h.Case, Orders: list, Mode: protection.PublicMode, At: t}).Access(protection.PublicRecord)
		held.Picture, held.Voice = max(held.Picture, had.Picture), max(held.Voice, had.Voice)
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
