package testimony

import (
	"slices"
	"time"
)

// What a participant can ask of the court with a button of the join page.
const (
	AskUnderstand = "understand" // I did not understand
	AskBreak      = "break"
	AskPause      = "pause"   // stop my picture and sound
	AskSomeone    = "someone" // someone came in: stop my picture and sound
	AskReady      = "ready"   // after a pause: I can go on
	AskAlarm      = "alarm"   // silent call for help
	AskHand       = "hand"    // may I speak
	AskVoice      = "voice"   // let me hear my changed voice
)

// Asks lists everything that can be asked.
var Asks = []string{AskUnderstand, AskBreak, AskPause, AskSomeone, AskReady, AskAlarm, AskHand, AskVoice}

// mayAsk says who may ask for what. Those who sit with the witness can stop the witness's picture and sound as the witness can;
// nobody else has a say in it.
var mayAsk = map[Role][]string{
	RoleWitness:     {AskUnderstand, AskBreak, AskPause, AskSomeone, AskReady, AskAlarm, AskVoice},
	RoleSupport:     {AskHand, AskPause, AskSomeone, AskReady, AskAlarm},
	RoleCoordinator: {AskHand, AskPause, AskSomeone, AskReady, AskAlarm},
	RoleInterpreter: {AskUnderstand, AskHand, AskBreak},
	RoleProsecution: {AskHand},
	RoleDefence:     {AskHand},
	RoleAccused:     {AskUnderstand, AskHand},
	RoleJudge:       {AskHand},
	RoleAssessor:    {AskUnderstand, AskHand},
}

// MayAsk reports whether a participant in this role may ask for something.
func (r Role) MayAsk(what string) bool { return slices.Contains(mayAsk[r], what) }

// Stops reports whether a wish stops the witness's picture and sound at once.
func Stops(what string) bool { return what == AskPause || what == AskSomeone }

// WithWitness reports whether somebody in this role sits where the witness is: what they send carries the witness's room.
func (r Role) WithWitness() bool {
	return r == RoleWitness || r == RoleSupport || r == RoleCoordinator
}

// Hold is a pause that the witness's side has called. Nothing is taken of anyone who sits with the witness until the side says
// that it can go on and the bench then goes on.
type Hold struct {
	At    time.Time // of the last word from the witness's side
	From  ParticipantID
	Why   string // AskPause or AskSomeone
	Ready bool   // the side can go on
}

// After is the hold after one more event of the record; nil where nothing is held. Replaying a record gives the hold in which its
// session was left.
func (h *Hold) After(e Event) *Hold {
	switch {
	case e.Kind == Requested && Stops(e.Reason):
		if h != nil && h.Why == AskSomeone { // the graver one stays
			return &Hold{At: e.At, From: e.Participant, Why: AskSomeone}
		}
		return &Hold{At: e.At, From: e.Participant, Why: e.Reason}
	case e.Kind == Requested && e.Reason == AskReady && h != nil:
		ready := *h
		ready.At, ready.Ready = e.At, true
		return &ready
	case e.Kind == WentOn:
		return nil
	}
	return h
}
