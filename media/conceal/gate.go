package conceal

import "time"

// Gate makes of what a [SpeechMeter] says the little that a drawn figure is told: who has the floor, not how they speak. Time is cut into steps of half a second; a turn lasts
// two seconds at least, and ends only after two seconds of silence. How loud somebody is, how fast, where they breathe and where they hesitate is gone: of two
// people who answer in the same half seconds nothing differs. What remains is when each answer begins and ends, to half a second, which whoever follows the
// hearing knows. The zero value is closed; it is not safe for concurrent use.
type Gate struct {
	silent int // steps since speech was heard
	open   bool
}

// GateStep is the length of a step, and GateHold how long a turn lasts at least and how long a silence ends it.
const (
	GateStep = 500 * time.Millisecond
	GateHold = 2 * time.Second
)

// Step ends a step in which speech was heard or not, and returns whether the person has the floor in the next.
func (g *Gate) Step(spoken bool) (speaking bool) {
	if spoken {
		g.silent, g.open = 0, true
		return true
	}
	if g.silent++; g.silent >= int(GateHold/GateStep) {
		g.open = false
	}
	return g.open
}
