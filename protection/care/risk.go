package care

import (
	"slices"
	"time"
)

// RiskArea is one side of a person's danger. Each is looked at for itself.
type RiskArea string

// The areas.
const (
	RiskThreat     RiskArea = "threat"            // who threatens, and how near they are
	RiskKnown      RiskArea = "accused_knows"     // what the accused knows already of the person and where they are
	RiskFamily     RiskArea = "family"            // the family at origin
	RiskCorruption RiskArea = "corruption"        // of officials at the court's side (A/CONF.213/7 §13, §20)
	RiskRemote     RiskArea = "corruption_remote" // of those at the remote point
	RiskHealth     RiskArea = "health"
	RiskSelfHarm   RiskArea = "self_harm"
)

// RiskAreas lists them in the order in which they are looked at.
var RiskAreas = []RiskArea{RiskThreat, RiskKnown, RiskFamily, RiskCorruption, RiskRemote, RiskHealth, RiskSelfHarm}

// Level is how grave the danger is in one area. There is no sum of levels. The zero value is that nobody has looked.
type Level string

// The levels. What nobody knows is said to be not known; it is never taken for low.
const (
	LevelLow      Level = "low"
	LevelModerate Level = "moderate"
	LevelHigh     Level = "high"
	LevelUnknown  Level = "not_known"
)

// Levels lists them in the order in which a form offers them.
var Levels = []Level{LevelLow, LevelModerate, LevelHigh, LevelUnknown}

// Finding is the level of one area with its reason.
type Finding struct {
	Level  Level  `json:"level"`
	Reason string `json:"reason"`
}

// Assessment is one version of how a person's danger is seen on a day. Each version stands for itself.
type Assessment struct {
	On       time.Time            `json:"on"`
	Findings map[RiskArea]Finding `json:"findings"`
	Review   time.Time            `json:"review"`
	// Known are the keys of the occasions that were there when it was made, so that those which come later call for a review.
	Known []string `json:"known,omitempty"`
}

// Check refuses an assessment that leaves an area out, a level without its reason, or one that is not to be reviewed.
func (a Assessment) Check(now time.Time) error {
	if err := past("on", a.On, now); err != nil {
		return err
	}
	for _, area := range RiskAreas {
		f := a.Findings[area]
		if err := one(string(area), Levels, f.Level); err != nil {
			return err
		}
		if err := text("reason", f.Reason, true); err != nil {
			return err
		}
	}
	if len(a.Findings) > len(RiskAreas) {
		return refuse("area", Unknown)
	}
	return review("review", a.Review, a.On)
}

// Pressing are the areas in which the danger is high or not known: each with its own reason, and no count.
func (a Assessment) Pressing() []RiskArea {
	var list []RiskArea
	for _, area := range RiskAreas {
		if l := a.Findings[area].Level; l == LevelHigh || l == LevelUnknown {
			list = append(list, area)
		}
	}
	return list
}

// Trigger is what calls for a review before its day.
type Trigger string

// The triggers.
const (
	ByDate        Trigger = "date" // its day has come
	OrderDecided  Trigger = "order_varied"
	Disclosed     Trigger = "disclosure_granted"
	IncidentNoted Trigger = "incident"
	HearingSet    Trigger = "new_hearing"
	TrialEnded    Trigger = "trial_end"
	FlagRaised    Trigger = "retrafficking"
)

// Triggers lists them in the order in which they are told.
var Triggers = []Trigger{IncidentNoted, FlagRaised, Disclosed, OrderDecided, HearingSet, TrialEnded, ByDate}

// Occasion is one thing that has happened and calls for a review. Its key is opaque and says which.
type Occasion struct {
	Trigger Trigger   `json:"trigger"`
	Key     string    `json:"key"`
	At      time.Time `json:"at"`
}

// Keys are the keys of occasions, for [Assessment.Known].
func Keys(list []Occasion) []string {
	var keys []string
	for _, o := range list {
		keys = append(keys, o.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Due are the occasions for which the assessment has to be made anew: those that it did not know, and its day. It is due while there is any. What was known once calls for
// nothing, and what was not known calls for a review however long ago it happened.
func (a Assessment) Due(happened []Occasion, now time.Time) []Occasion {
	var due []Occasion
	for _, o := range happened {
		if !slices.Contains(a.Known, o.Key) {
			due = append(due, o)
		}
	}
	if !now.Before(a.Review) {
		due = append(due, Occasion{Trigger: ByDate, At: a.Review})
	}
	slices.SortStableFunc(due, func(x, y Occasion) int {
		return slices.Index(Triggers, x.Trigger) - slices.Index(Triggers, y.Trigger)
	})
	return due
}
