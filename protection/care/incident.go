package care

import (
	"slices"
	"time"
)

// IncidentKind is what has happened to a person or those near them.
type IncidentKind string

// The kinds.
const (
	Threat     IncidentKind = "threat"
	Approached IncidentKind = "approached" // by or for somebody of the accused's side
	Watched    IncidentKind = "watched"
	Violence   IncidentKind = "violence"
	Exposed    IncidentKind = "exposed" // identity or whereabouts became known
	Offered    IncidentKind = "offered" // money or a favour for silence
	SelfHarmed IncidentKind = "self_harm"
	Vanished   IncidentKind = "vanished" // they can't be reached
)

// IncidentKinds lists them in the order in which a form offers them.
var IncidentKinds = []IncidentKind{Threat, Approached, Watched, Violence, Exposed, Offered, SelfHarmed, Vanished}

// Incident is one threat or incident with what was done about it.
type Incident struct {
	ID        string       `json:"id"`
	Kind      IncidentKind `json:"kind"`
	Against   Whom         `json:"against"`
	On        time.Time    `json:"on"`
	What      string       `json:"what"` // sealed with the rest of the care file
	By        string       `json:"by"`   // id of the user who noted it
	At        time.Time    `json:"at"`
	Responses []Response   `json:"responses,omitempty"`
}

// Response is what somebody did about an incident.
type Response struct {
	On   time.Time `json:"on"`
	What string    `json:"what"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Incidents is the log, the oldest first. Nothing in it is ever taken away.
type Incidents []Incident

// Report adds an incident.
func (list Incidents) Report(i Incident, now time.Time) (Incidents, error) {
	if err := one("kind", IncidentKinds, i.Kind); err != nil {
		return list, err
	}
	if err := one("against", Whoms, i.Against); err != nil {
		return list, err
	}
	if err := past("on", i.On, now); err != nil {
		return list, err
	}
	switch {
	case i.ID == "" || i.By == "":
		return list, refuse("by", Missing)
	case len(i.Responses) > 0:
		return list, refuse("responses", Amiss)
	case slices.ContainsFunc(list, func(k Incident) bool { return k.ID == i.ID }):
		return list, refuse("incident", Twice)
	case len(list) >= maxList:
		return list, refuse("incident", Number)
	}
	if err := text("what", i.What, true); err != nil {
		return list, err
	}
	return append(slices.Clone(list), i), nil
}

// Respond adds what was done about an incident.
func (list Incidents) Respond(id string, r Response, now time.Time) (Incidents, error) {
	at := slices.IndexFunc(list, func(k Incident) bool { return k.ID == id })
	if at < 0 {
		return list, refuse("incident", Unknown)
	}
	if err := past("on", r.On, now); err != nil {
		return list, err
	}
	switch {
	case r.On.Before(list[at].On):
		return list, refuse("on", Early)
	case r.By == "":
		return list, refuse("by", Missing)
	case len(list[at].Responses) >= maxList:
		return list, refuse("responses", Number)
	}
	if err := text("response", r.What, true); err != nil {
		return list, err
	}
	next := slices.Clone(list)
	next[at].Responses = append(slices.Clone(next[at].Responses), r)
	return next, nil
}

// Unanswered are the incidents about which nobody has done anything yet.
func (list Incidents) Unanswered() []Incident {
	return slices.DeleteFunc(slices.Clone(list), func(i Incident) bool { return len(i.Responses) > 0 })
}
