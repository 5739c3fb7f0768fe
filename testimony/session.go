package testimony

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
)

// Phase is where a session stands.
type Phase string

// The phases. A session goes lobby → identity check → oath → testimony, with breaks and technical interruptions, to closed. A testimony that was
// recorded before is played from the lobby, with no witness there, or between two parts of a testimony.
const (
	Lobby         Phase = "lobby"
	IdentityCheck Phase = "identity"
	Oath          Phase = "oath"
	Testimony     Phase = "testimony"
	Playback      Phase = "playback" // a testimony that was recorded before is played; nobody testifies
	Break         Phase = "break"
	Interruption  Phase = "interruption"
	Closed        Phase = "closed"
)

// Phases lists the phases in their order.
var Phases = []Phase{Lobby, IdentityCheck, Oath, Testimony, Playback, Break, Interruption, Closed}

// following says which phase a clerk may call after which. A break or an interruption returns where it came from.
var following = map[Phase][]Phase{
	Lobby:         {IdentityCheck, Playback, Closed},
	IdentityCheck: {Oath, Lobby, Closed},
	Oath:          {Testimony, Closed},
	Testimony:     {Playback, Closed},
	Playback:      {Lobby, Testimony, Closed},
	Break:         {Closed},
	Interruption:  {Closed},
}

// EventKind is what happened.
type EventKind string

// The kinds of event that stand in the record.
const (
	PhaseChanged  EventKind = "phase"
	ModeChanged   EventKind = "mode"
	Joined        EventKind = "joined"
	Admitted      EventKind = "admitted"
	Left          EventKind = "left"
	Removed       EventKind = "removed"
	Muted         EventKind = "muted"
	Unmuted       EventKind = "unmuted"
	Marked        EventKind = "marked"
	Requested     EventKind = "requested" // somebody asked for something: one of Asks
	WentOn        EventKind = "went_on"   // the bench ended a pause that the witness's side had called
	Prepared      EventKind = "prepared"  // the witness took a step before the hearing: rights, devices, silent
	Fault         EventKind = "fault"
	Refusal       EventKind = "refusal" // an invitation was refused
	IdentityFound EventKind = "identity_verified"
	OathTaken     EventKind = "oath_taken"  // Reason is the form, where its text was shown
	LineLost      EventKind = "line_lost"   // nothing arrives of somebody any more, though the connection stands
	Tried         EventKind = "tried"       // the concealment was tried before the testimony: Reason is TrialPassed or a TrialFault
	Untried       EventKind = "untried"     // the judge decided to go on without a trial that passed: Reason is why
	SoundFirst    EventKind = "sound_first" // a page wants no pictures: Reason is chosen or weak, or PicturesAgain
	DrawnAs       EventKind = "drawn_as"    // the court chose how what stands for the witness is drawn: Reason is the style
	LineBack      EventKind = "line_back"   // nothing arrived of somebody between From and To

	OathShown   EventKind = "oath_shown"   // the witness was shown the text of an OathForm, which Reason is
	OathRefused EventKind = "oath_refused" // Reason is the form
	Unsworn     EventKind = "unsworn"      // the judge decided to hear the witness without an oath: Reason is why
	StageBegun  EventKind = "stage"        // Reason is the Stage, Participant who asks
	Objected    EventKind = "objection"    // Reason is the Ground, Participant who objects
	Ruled       EventKind = "ruling"       // on the objection that waited: Reason is the Ruling
	Expected    EventKind = "expected"     // it is expected to go on at To

	Interpreting EventKind = "interpreting" // Participant interprets into the language that Reason is, on a channel; without one, to everyone again

	ExhibitShown     EventKind = "exhibit_shown"      // Reason is to whose roles beside the bench
	ExhibitTakenDown EventKind = "exhibit_taken_down" // nobody receives it any more

	PlaybackOpened EventKind = "playback_opened" // Recording is open to be played; Reason is the roles that receive it beside the bench
	PlaybackRuns   EventKind = "playback_runs"   // from Place on
	PlaybackPaused EventKind = "playback_paused" // at Place; Reason is PlaybackAtEnd or PlaybackFault where nobody asked for it
	PlaybackMoved  EventKind = "playback_moved"  // from Was to Place: a passage is heard again, or left out
	PlaybackClosed EventKind = "playback_closed"

	PushBegun EventKind = "push_begun" // what the public may have goes to a media server, later
	PushEnded EventKind = "push_ended"

	WitnessCalled    EventKind = "witness_called"    // a witness who waited alone is placed in the hearing
	WitnessDismissed EventKind = "witness_dismissed" // a witness's part is over

	TalkBegan EventKind = "talk_began" // counsel, who is Participant, and the client, who is With, talk in private
	TalkEnded EventKind = "talk_ended" // and no longer do; Reason is TalkByBench where the bench called them back
)

// Why a recording stopped by itself.
const (
	PlaybackAtEnd = "end"
	PlaybackFault = "fault" // the file cannot be read beyond Place
)

// AtDesk is the reason of an Admitted event of a witness who sits in the court's own room.
const AtDesk = "here"

// PicturesAgain is the reason of a SoundFirst event with which the pictures come back.
const PicturesAgain = "again"

// Event is one line of the session's record. It names seats and never a person.
type Event struct {
	At          time.Time              `json:"at"`
	Kind        EventKind              `json:"kind"`
	Phase       Phase                  `json:"phase"`
	Mode        protection.SessionMode `json:"mode"`
	Participant ParticipantID          `json:"participant,omitempty"`
	With        ParticipantID          `json:"with,omitempty"` // the client of a private talk
	Reason      string                 `json:"reason,omitempty"`
	// Exhibit is the id of an exhibit that was shown or taken down, Number the court's number of it.
	Exhibit string `json:"exhibit,omitempty"`
	Number  string `json:"number,omitempty"`
	// Recording is the version that is played to the bench, Place and Was moments on its clock.
	Recording RecordingID   `json:"recording,omitempty"`
	Place     time.Duration `json:"place,omitempty"`
	Was       time.Duration `json:"was,omitempty"`
	// From and To bound a marked passage, or the time in which nothing arrived.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Mark's window: from 20 s before the key to 10 s after it.
const (
	MarkBefore = 20 * time.Second
	MarkAfter  = 10 * time.Second
	// MarkFurthest is how far back a mark can reach that is set late.
	MarkFurthest = time.Hour
)

// Errors of a step that the session cannot take.
var (
	ErrPhase   = errors.New("this phase does not follow")
	ErrEnded   = errors.New("the session is closed")
	ErrReason  = errors.New("a private or closed session needs a reason")
	ErrSame    = errors.New("nothing would change")
	ErrNoBreak = errors.New("the session is not in a break")
	ErrTooFar  = errors.New("a mark reaches back between 20 seconds and an hour")
)

// Session is the state of a running hearing: its phase and its mode. It is a value; every step returns the next state with
// the event that goes into the record. Start it with [Begin] or [Reopen].
type Session struct {
	Phase  Phase                  `json:"phase"`
	Mode   protection.SessionMode `json:"mode"`
	Reason string                 `json:"reason,omitempty"` // of the mode
	back   Phase                  // where a break or an interruption returns to
}

// Begin is a session in the lobby, in the mode in which testimony is to begin.
func Begin(mode protection.SessionMode) Session { return Session{Phase: Lobby, Mode: mode} }

// Reopen is the session of a hearing that was left without being closed, by its record: in the lobby, and no more open than it was
// left. To open it is for the bench.
func Reopen(mode protection.SessionMode, record []Event) Session {
	s := Begin(mode)
	if len(record) == 0 || record[len(record)-1].Mode <= mode {
		return s
	}
	s.Mode = record[len(record)-1].Mode
	for _, e := range record {
		if e.Kind == ModeChanged && e.Mode == s.Mode {
			s.Reason = e.Reason
		}
	}
	return s
}

func (s Session) event(kind EventKind, at time.Time) Event {
	return Event{At: at, Kind: kind, Phase: s.Phase, Mode: s.Mode, Reason: s.Reason}
}

// Next lists the phases that can be called now.
func (s Session) Next() []Phase { return slices.Clone(following[s.Phase]) }

// Enter calls a phase.
func (s Session) Enter(p Phase, at time.Time) (Session, Event, error) {
	if s.Phase == Closed {
		return s, Event{}, ErrEnded
	}
	if !slices.Contains(following[s.Phase], p) {
		return s, Event{}, fmt.Errorf("%w: from %s to %s", ErrPhase, s.Phase, p)
	}
	s.Phase = p
	return s, s.event(PhaseChanged, at), nil
}

// SetMode changes who may follow. Private and closed need a reason, which the public is told.
func (s Session) SetMode(m protection.SessionMode, reason string, at time.Time) (Session, Event, error) {
	switch {
	case s.Phase == Closed:
		return s, Event{}, ErrEnded
	case m.String() == "":
		return s, Event{}, fmt.Errorf("session mode %d does not exist", int(m))
	case m == s.Mode:
		return s, Event{}, ErrSame
	case m != protection.PublicMode && reason == "":
		return s, Event{}, ErrReason
	}
	s.Mode, s.Reason = m, reason
	return s, s.event(ModeChanged, at), nil
}

// Pause interrupts the session: for a break, or for a technical fault.
func (s Session) Pause(p Phase, reason string, at time.Time) (Session, Event, error) {
	switch {
	case s.Phase == Closed:
		return s, Event{}, ErrEnded
	case p != Break && p != Interruption:
		return s, Event{}, fmt.Errorf("%w: %s is not a pause", ErrPhase, p)
	case s.Phase == p:
		return s, Event{}, ErrSame
	}
	if s.Phase != Break && s.Phase != Interruption {
		s.back = s.Phase
	}
	s.Phase = p
	e := s.event(PhaseChanged, at)
	e.Reason = reason
	return s, e, nil
}

// Resume returns from a break or an interruption to the phase before it, in the same mode.
func (s Session) Resume(at time.Time) (Session, Event, error) {
	if s.Phase != Break && s.Phase != Interruption {
		return s, Event{}, ErrNoBreak
	}
	s.Phase = s.back
	return s, s.event(PhaseChanged, at), nil
}

// MarkAt notes a slip: from so long before a moment to [MarkAfter] after it, every derived version is blanked; the master is untouched.
func (s Session) MarkAt(at time.Time, back time.Duration) (Event, error) {
	switch {
	case s.Phase == Closed:
		return Event{}, ErrEnded
	case back < MarkBefore || back > MarkFurthest:
		return Event{}, ErrTooFar
	}
	e := s.event(Marked, at)
	e.From, e.To = at.Add(-back), at.Add(MarkAfter)
	return e, nil
}

// Late reports whether a mark reaches further back than the public version is held open: what it covers is sealed in the file already, and a judge has to
// have it cut before anyone gets a copy.
func (e Event) Late() bool { return e.Kind == Marked && e.At.Sub(e.From) > MarkBefore }

// Widens reports whether a change of session lets anyone receive more: opening needs a positive act, and is logged before
// it takes effect; tightening takes effect first.
func Widens(from, to Session) bool {
	heard := from.Phase == Playback && to.Phase != Playback && openness(to.Phase) > 0 // a witness, who was not while a recording was played
	return to.Mode < from.Mode || openness(to.Phase) > openness(from.Phase) || heard
}

func openness(p Phase) int {
	switch p {
	case Oath, Testimony, Playback:
		return 2
	case IdentityCheck:
		return 1
	}
	return 0
}
