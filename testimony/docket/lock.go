package docket

import (
	"slices"
	"time"
)

// LockTimes are how long a desk may stay open with nobody at it. There is no "never".
var LockTimes = []time.Duration{2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// UsualLock is how long it stays open where nobody has chosen.
const UsualLock = 10 * time.Minute

// LockAfter is the time that a number of minutes stands for, as a desk keeps it in its settings. What is none of [LockTimes] is the usual
// one: the settings are no secret, and anybody at the machine can write them.
func LockAfter(minutes int) time.Duration {
	if d := time.Duration(minutes) * time.Minute; slices.Contains(LockTimes, d) {
		return d
	}
	return UsualLock
}
