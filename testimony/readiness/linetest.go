package readiness

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"paravent/testimony"
)

// Tried is what the test from the join page has to find in place before somebody testifies over it.
const Tried Item = "line" // devices and line of the witness, by the test from the join page

// Bounds of what a test can say, and what is too little for a picture and a voice.
const (
	MaxRate      = 10_000_000 // kbit/s
	MaxRoundTrip = time.Minute
	leastRate    = 700 // kbit/s, in each direction: a picture of 500 and a voice twice
	slowest      = 800 * time.Millisecond
)

// LineTest is what a guest's page found when it tried its devices and its line to the court. It names no device and no address.
type LineTest struct {
	Hearing testimony.HearingID     `json:"hearing"`
	Start   time.Time               `json:"start"` // of the hearing as it was planned then
	Seat    testimony.ParticipantID `json:"seat"`
	At      time.Time               `json:"at"`

	Camera     bool `json:"camera"`     // it gives a picture
	Microphone bool `json:"microphone"` // somebody was heard
	Speaker    bool `json:"speaker"`    // the guest heard the sound
	// Down and Up are in kbit/s, RoundTrip in milliseconds; zero where they could not be measured.
	Down      int  `json:"down"`
	Up        int  `json:"up"`
	RoundTrip int  `json:"round_trip"`
	Relay     bool `json:"relay"` // it came over the court's relay, and not straight to the desk
}

// ErrLineTest reports a test that no page of this house can have made.
var ErrLineTest = errors.New("this is no result of a test")

// Check refuses what cannot be.
func (t LineTest) Check() error {
	switch {
	case t.Down < 0 || t.Down > MaxRate, t.Up < 0 || t.Up > MaxRate, t.RoundTrip < 0 || t.RoundTrip > int(MaxRoundTrip.Milliseconds()):
		return ErrLineTest
	}
	return nil
}

// Fault is one thing that a test found not in order.
type Fault string

// The faults, in the order in which they are told.
const (
	NoCamera     Fault = "no_camera"
	NoMicrophone Fault = "no_microphone"
	NoSpeaker    Fault = "no_speaker"
	NoMeasure    Fault = "no_measure" // the line was not measured to its end
	Narrow       Fault = "narrow"     // it carries too little for picture and voice
	Slow         Fault = "slow"       // an answer takes too long for a conversation
)

// Faults lists them.
var Faults = []Fault{NoCamera, NoMicrophone, NoSpeaker, NoMeasure, Narrow, Slow}

// Faults are what the test found not in order; none where everything was.
func (t LineTest) Faults() []Fault {
	found := map[Fault]bool{
		NoCamera: !t.Camera, NoMicrophone: !t.Microphone, NoSpeaker: !t.Speaker,
		NoMeasure: t.Down == 0 || t.Up == 0 || t.RoundTrip == 0,
		Narrow:    t.Down > 0 && t.Down < leastRate || t.Up > 0 && t.Up < leastRate,
		Slow:      time.Duration(t.RoundTrip)*time.Millisecond > slowest,
	}
	return slices.DeleteFunc(slices.Clone(Faults), func(f Fault) bool { return !found[f] })
}

// Counts reports whether a test says anything of a hearing at an hour: it is of that hearing and hour, was made in the day and a half before it or while it
// lasts, and by somebody who sits with the witness.
func (t LineTest) Counts(h testimony.Hearing) bool {
	p, ok := h.Participant(t.Seat)
	return ok && p.Role.WithWitness() && t.Hearing == h.ID && t.Start.Equal(h.Start) && h.Start.Sub(t.At) <= earliestDay
}

// lastTest is the newest test that counts.
func (f Facts) lastTest() *LineTest {
	var found *LineTest
	for _, t := range f.LineTests {
		if t.Counts(f.Hearing) && (found == nil || cmp.Or(t.At.Compare(found.At), cmp.Compare(len(t.Faults()), len(found.Faults()))) > 0) {
			found = &t
		}
	}
	return found
}

// tried is the line of the test from the join page.
func (f Facts) tried(now time.Time) Line {
	l := Line{Item: Tried, LineTest: f.lastTest()}
	left := f.Hearing.Start.Sub(now)
	switch {
	case l.LineTest == nil && left > DayBefore:
		l.Light, l.Reason = Amber, NotTested
	case l.LineTest == nil:
		l.Light, l.Reason = Red, NotTested
	case len(l.LineTest.Faults()) > 0:
		l.Light, l.Reason = Red, BadTest
	case left <= HalfBefore && f.Hearing.Start.Sub(l.LineTest.At) > earliestHalf:
		l.Light, l.Reason = Red, OldTest
	default:
		l.Light, l.Reason = Green, InPlace
	}
	return l
}
