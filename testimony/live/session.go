// Package live runs the session of one hearing: it lets guests in, moves the phases, changes the mode, tells the hub who
// receives what, conceals the witness, records, and keeps the events that become the minutes.
//
// One goroutine owns a session's state; everything else sends it acts and reads snapshots. What may happen is decided in
// testimony and protection/policy, never here: live turns their answers into connections, frames and files. Tightening
// takes effect first and is written down after; widening is written down first, and does not happen if that fails.
// The type to start from is [Session], made by [Open].
package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media/capture"
	"paravent/media/hub"
	"paravent/media/mix"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/relay"
)

// Errors that a caller decides by.
var (
	ErrEnded     = errors.New("the session is closed")
	ErrCancelled = errors.New("this hearing was cancelled")
	ErrHeld      = errors.New("this hearing was held and closed; plan another one")
	ErrNobody    = errors.New("there is no such participant in this hearing")
	ErrPresent   = errors.New("the participant is not in the lobby")
	ErrNoRequest = errors.New("this participant asks for nothing")
	ErrStyle     = errors.New("there is no such drawing")
	ErrWitness   = errors.New("the witness has not been admitted yet")
)

// LanguagesFolder is the folder beside the vault in which a court can put languages of its own for the join page.
const LanguagesFolder = "paravent-languages"

// Config is what a session needs. Desk and Hearing must be set.
type Config struct {
	Desk    *docket.Desk
	Hearing testimony.HearingID
	Listen  string // address of the join page; "127.0.0.1:0" where left out
	Host    string // the name under which guests reach it, where that is not the address
	Logger  *slog.Logger
	// Languages is the folder of the court's own languages for the join page; LanguagesFolder beside the vault where left out.
	Languages string

	// Reach is how guests from elsewhere come: through the court's relay, or over a TURN server. The zero value is for guests
	// of one network. With a relay, Listen is for this machine alone and left out.
	Reach relay.Reach
	// Patience is how long nothing may arrive from a guest; [join.Config] says what is meant where it is zero.
	Patience time.Duration

	// Here are the devices of a witness who sits in this room, as when a testimony is recorded before the trial; nil where the witness comes over a link.
	// The session closes them.
	Here *Here

	// Microphone and Camera are the bench's own; nil for none. The session closes them.
	Microphone capture.AudioSource
	Camera     capture.VideoSource
}

// Session is one running hearing. Its methods can be called from several goroutines.
type Session struct {
	desk    *docket.Desk
	log     *slog.Logger
	hub     *hub.Router
	server  *join.Server
	reach   relay.Reach
	line    *relay.Line // to the relay; nil for none
	base    string      // where guests' links lead
	api     *webrtc.API
	bench   *mix.Mixer // what the bench hears
	ctx     context.Context
	cancel  context.CancelFunc
	acts    chan func()
	ended   chan struct{} // closed when the owner has stopped
	workers sync.WaitGroup
	seats   atomic.Pointer[seating]
	tape    atomic.Pointer[recorder] // the recorder, for the goroutines that hand in

	// Of the delayed broadcast.
	air        atomic.Pointer[airing]
	airedUntil atomic.Pointer[time.Time] // moment of the recording up to which it was broadcast; nil: nothing was
	reels      reels
	marks      marks

	hearingID testimony.HearingID

	// Below here: the owner's goroutine only.
	hearing   testimony.Hearing
	reference string
	orders    []order.Order
	others    []protection.PartyID
	state     testimony.Session
	matrix    policy.Matrix
	guests    map[testimony.ParticipantID]*guest
	closing   map[testimony.ParticipantID]chan struct{} // closed when a seat's earlier connection is down
	links     map[testimony.ParticipantID]string
	prepared  map[testimony.ParticipantID][]string  // steps that a witness has taken before the hearing
	answers   map[testimony.ParticipantID]invite.ID // the invitations that the relay is to bring
	altered   map[testimony.ParticipantID]time.Time // when it was last told that signalling was altered
	into      map[testimony.ParticipantID]string    // the language into which an interpreter's seat interprets on a channel
	ear       testimony.Channel                     // of this desk
	hushed    time.Time                             // since when a witness is heard without a pause; zero while none is
	hushTold  bool
	events    []testimony.Event
	requests  []Request
	texts     map[testimony.ParticipantID]testimony.TextLine
	held      *testimony.Hold // by the witness's side; nil while nothing is
	talks     testimony.Talks // of counsel and clients, in private
	alarms    []Alarm
	trial     testimony.Trial
	answered  chan bool                        // takes the witness's answer while a trial runs
	mirrors   map[testimony.ParticipantID]bool // witnesses who see and hear what others would receive of them
	sittings  map[testimony.ParticipantID]*sitting
	recorder  *recorder
	remote    *remote                 // nil while the witness's machine has made none
	push      *push                   // to a media server; nil while there is none
	showing   *shown                  // an exhibit; nil while none is
	here      testimony.ParticipantID // the seat of a witness who sits in this room; empty for none
	faded     faded                   // a recorded testimony that was closed a moment ago
	playing   *playing                // a recorded testimony that is open; nil while none is
	failed    bool                    // the recorder
	aired     protection.Access       // the most that the public version holds of a witness where it is being broadcast
	recorded  []testimony.RecordingID
	began     time.Time
	finished  bool

	snapshotMu sync.Mutex
	snapshot   State
	changed    chan struct{}

	ears     earshot
	sinkMu   sync.Mutex
	sinks    map[int]func([]int16)
	nextSink int
}

// do runs an act on the owner's goroutine and waits for it.
func (s *Session) do(act func() error) error {
	result := make(chan error, 1)
	select {
	case s.acts <- func() { result <- act() }:
	case <-s.ctx.Done():
		return ErrEnded
	}
	select {
	case err := <-result:
		return err
	case <-s.ended:
		return ErrEnded
	}
}

// post sends an act to the owner without waiting for it; after the end it is dropped.
func (s *Session) post(act func()) {
	select {
	case s.acts <- act:
	case <-s.ctx.Done():
	}
}

// run owns the session's state until the context ends.
func (s *Session) run() {
	defer close(s.ended)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case act := <-s.acts:
			act()
		case <-tick.C:
			s.holdSeats()
			s.followClock()
			s.followLines()
			s.followHush()
			s.followExhibit()
			s.refresh()
		case <-s.ctx.Done():
			s.shut()
			return
		}
	}
}

// now is the desk's clock.
func (s *Session) now() time.Time { return s.desk.Now() }

// compile makes the seating that a session state would have.
func (s *Session) compile(state testimony.Session) (*seating, policy.Matrix) {
	m := policy.Compile(policy.Input{Party: s.hearing.Party, Case: s.hearing.Case, Orders: s.orders,
		Mode: state.Mode, At: s.now(), Others: s.others})
	others := map[protection.PartyID]policy.Matrix{}
	for _, p := range s.hearing.Participants {
		if p.Role == testimony.RoleWitness && p.Party != s.hearing.Party {
			others[p.Party] = policy.Compile(policy.Input{Party: p.Party, Case: s.hearing.Case, Orders: s.orders,
				Mode: state.Mode, At: s.now(), Others: []protection.PartyID{s.hearing.Party}})
		}
	}
	seats := &seating{
		reception: testimony.Reception{Session: state, Matrix: m, Others: others, Here: map[protection.PartyID]bool{}, Called: testimony.Called(s.hearing, s.events), Held: s.held != nil, AtDesk: s.here != "",
			Talks: s.talks, WitnessApart: s.hearing.WitnessApart(s.talks)},
		admitted: map[testimony.ParticipantID]testimony.Participant{testimony.BenchID: {ID: testimony.BenchID, Role: testimony.RoleBench}},
		muted:    map[testimony.ParticipantID]bool{},
		aired:    s.aired,
		pushed:   s.push != nil,
		mirrors:  maps.Clone(s.mirrors),
		here:     s.here,
		low:      map[testimony.ParticipantID]bool{},
	}
	seats.interpretation = s.interpretation()
	s.screening(seats, m.Mode)
	for id, g := range s.guests {
		if g.presence == Admitted {
			seats.admitted[id] = g.participant
			if g.participant.Role == testimony.RoleWitness && seats.reception.Called[g.participant.Party] {
				seats.reception.Here[g.participant.Party] = true
			}
		}
		seats.muted[id] = g.muted
		seats.low[id] = g.low != ""
	}
	return seats, m
}

// followClock enforces the matrix anew when time alone has changed it: an order can begin in the middle of a session.
func (s *Session) followClock() {
	seats, m := s.compile(s.state)
	m.At = s.matrix.At
	if reflect.DeepEqual(m, s.matrix) && samePlayed(seats, s.seats.Load()) {
		return
	}
	if err := s.settle(); err != nil {
		s.log.Error("a change of the orders did not take effect", "error", err)
	}
}

// neverQuiet is for how long a witness is heard without any pause before the bench is told: it is more likely a fan than a speech.
const neverQuiet = 3 * time.Minute

// followHush tells the bench where those who may not have a witness's voice hear no other microphone for long, see [testimony.Reception.Yields].
func (s *Session) followHush() {
	switch {
	case !s.hub.Hushed() || s.playing != nil:
		s.hushed, s.hushTold = time.Time{}, false
	case s.hushed.IsZero():
		s.hushed = s.now()
	case !s.hushTold && s.now().Sub(s.hushed) >= neverQuiet && s.seats.Load().anyYields():
		s.hushTold = true
		s.alarm("never_quiet", "")
	}
}

// settle makes the orders, as they stand at this moment, the ones that are obeyed. Where they change the mode in force that stands
// in the record; a mode that opens does so only once it is written down.
func (s *Session) settle() error {
	_, m := s.compile(s.state)
	was := s.matrix.Mode
	if m.Mode < was {
		e := testimony.Event{At: s.now(), Kind: testimony.ModeChanged, Phase: s.state.Phase, Mode: s.state.Mode, Reason: s.state.Reason}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("the session was not opened, because that could not be written down: %w", err)
		}
	}
	s.enforce()
	if m.Mode > was {
		s.note(testimony.ModeChanged, "", "")
	}
	return nil
}

// enforce makes the present state the one that the hub, the recorder and the connections obey. When it returns, no packet
// of an older access is written any more. A private talk that is not allowed any more is over by then, and is written down after.
func (s *Session) enforce() {
	seats, m := s.compile(s.state)
	ended := s.lapse(seats)
	if len(ended) > 0 || s.hearing.WitnessApart(s.talks) != seats.reception.WitnessApart {
		seats, m = s.compile(s.state)
	}
	seats.reception.Talks = s.talks
	s.matrix = m
	s.seats.Store(seats)
	air := s.airing(seats)
	s.air.Store(&air)
	s.hub.SetAccess(func(publisher, subscriber string) hub.Grant { return seats.grant(publisher, subscriber) })
	if s.recorder != nil {
		s.recorder.follow(seats)
	}
	for _, talk := range ended {
		s.noteTalk(talk, "")
	}
	s.connect(seats)
}

// move takes a step of the session. Tightening takes effect before it is written down; widening only after.
func (s *Session) move(next testimony.Session, e testimony.Event) error {
	widens := testimony.Widens(s.state, next)
	if widens {
		if err := s.keep(e); err != nil {
			return fmt.Errorf("the step was not written down, so it was not taken: %w", err)
		}
	}
	s.state = next
	s.enforce()
	if !widens {
		if err := s.keep(e); err != nil {
			s.alarm("audit_failed", "")
			s.refresh()
			return fmt.Errorf("the step was taken but could not be written down: %w", err)
		}
	}
	s.refresh()
	return nil
}

// keep writes an event into the vault with its audit entry, and adds it to the record. What stands in the record is the mode in
// force, which an order can have raised, and then the order is the reason.
func (s *Session) keep(e testimony.Event) error {
	m := policy.Compile(policy.Input{Party: s.hearing.Party, Case: s.hearing.Case, Orders: s.orders, Mode: e.Mode, At: s.now()})
	if m.Mode != e.Mode {
		e.Mode = m.Mode
		if e.Reason == "" && (e.Kind == testimony.PhaseChanged || e.Kind == testimony.ModeChanged) {
			e.Reason = m.ModeCause.Because(policy.English)
		}
	}
	if err := s.desk.KeepEvent(s.ctx, s.hearing.ID, len(s.events), e); err != nil {
		return err
	}
	s.events = append(s.events, e)
	return nil
}

// note keeps an event that follows something that already happened; a failure is an alarm and stops nothing.
func (s *Session) note(kind testimony.EventKind, id testimony.ParticipantID, reason string) {
	e := testimony.Event{At: s.now(), Kind: kind, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id, Reason: reason}
	if err := s.keep(e); err != nil {
		s.log.Error("an event could not be written down", "kind", kind, "error", err)
		s.alarm("audit_failed", id)
	}
}

func (s *Session) alarm(kind string, id testimony.ParticipantID) {
	s.alarms = append(s.alarms, Alarm{At: s.now(), Kind: kind, Participant: id})
}

// State returns a snapshot of the session.
func (s *Session) State() State {
	s.snapshotMu.Lock()
	defer s.snapshotMu.Unlock()
	return s.snapshot
}

// Changed returns a channel that is closed at the next change. Take it before State, so that no change is missed.
func (s *Session) Changed() <-chan struct{} {
	s.snapshotMu.Lock()
	defer s.snapshotMu.Unlock()
	return s.changed
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.ended }

// refresh makes a new snapshot, wakes those who wait for one, and tells every guest what concerns them.
func (s *Session) refresh() {
	state := s.describe()
	s.snapshotMu.Lock()
	s.snapshot = state
	close(s.changed)
	s.changed = make(chan struct{})
	s.snapshotMu.Unlock()
	s.tellGuests()
}

func (s *Session) describe() State {
	seats := s.seats.Load()
	witness, _ := s.hearing.Witness()
	st := State{Hearing: s.hearing, CaseReference: s.reference, Session: s.state, Effective: s.matrix.Mode, ModeCause: s.matrix.ModeCause,
		Next: s.state.Next(), ShowsAccused: s.matrix.ShowsAccused, Recording: s.recording(), Began: s.began, Now: s.now(),
		Held: s.holding(), Requests: slices.Clone(s.requests), Alarms: slices.Clone(s.alarms), Events: slices.Clone(s.events),
		Address: s.base, Fingerprint: s.fingerprint(), Relay: s.relayState()}
	if s.recorder != nil {
		st.Recorded = s.recorder.length()
	}
	for _, e := range s.events {
		if e.Kind == testimony.Marked {
			st.Marks++
		}
	}
	st.Conduct, st.Exhibit, st.Playing = s.conducted(), s.exhibitState(), s.playingState()
	st.Here, st.Remote = s.here, s.remoteStage()
	st.Talks = s.talks.Going()
	st.Channels, st.Channel = seats.interpretation.Channels(), s.ear
	st.Drawing, st.Trial = s.drawnAs(), s.trial
	st.Conceals, _ = s.conceals()
	st.Gallery = seats.publicAccess(witness)
	st.Broadcast, st.Push = s.broadcastState(), s.pushStage()
	for _, p := range s.hearing.Participants {
		person := Person{Participant: p, Text: s.texts[p.ID], Waits: p.Role == testimony.RoleWitness && !seats.reception.Called[p.Party], Presence: Absent, Link: s.links[p.ID], Prepared: slices.Clone(s.prepared[p.ID]), Cell: s.matrix.Cell(p.Audience()), Receives: seats.receives(witness, p)}
		if p.ID == witness.ID {
			person.Receives, person.Cell = protection.Access{Connected: true}, policy.Cell{}
		}
		if g := s.guests[p.ID]; g != nil {
			person.Presence, person.Words, person.Lang, person.Muted, person.Camera = g.presence, g.words, g.lang, g.muted, g.camera
			person.Low = g.low
			person.TalksWith, person.Away = s.talks.With(p.ID), s.talks.Away(p.ID)
			person.LineTest = g.lineTest
			person.Into = s.into[p.ID]
			person.Silent = !g.expects.gone.IsZero()
			if g.arrivals != nil {
				person.Sound = g.arrivals.count()
			}
			person.Speaking = g.presence == Admitted && s.ears.speaking(p.ID) && seats.heard(p.ID)
		}
		st.People = append(st.People, person)
	}
	return st
}

func (s *Session) holding() testimony.Hold {
	if s.held == nil {
		return testimony.Hold{}
	}
	return *s.held
}

func (s *Session) recording() Recording {
	switch {
	case s.failed:
		return RecordingFailed
	case s.recorder != nil && s.seats.Load().reception.Record(protection.MasterRecord).Connected:
		return RecordingRunning
	}
	return NotRecording
}
