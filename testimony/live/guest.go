package live

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media/hub"
	"paravent/media/peer"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/readiness"
)

// guest is one connected participant. It belongs to the session's owner.
type guest struct {
	participant testimony.Participant
	presence    Presence
	session     *join.Session // nil while the connection is lost
	words       [4]string
	muted       bool
	camera      bool              // the page says that it sends a picture
	microphone  bool              // and sound
	low         string            // why the page wants sound first; empty while it does not
	lang        string            // that the page is read in
	ear         testimony.Channel // of the interpreters' channels
	lostAt      time.Time
	lineTest    *readiness.LineTest // the newest test of this connection's page; nil: none
	triedAt     time.Time

	concealer *concealer // of a witness's connection; nil while there is none
	arrivals  *arrivals  // of the connection; nil while there is none
	expects   expectation

	peer   *peer.Peer // nil in the lobby, and whenever no connection may be held
	peers  int        // how many there have been
	listen context.CancelFunc
	told   *join.State // the state that the page shows
	ice    []join.ICEServer

	exhibit *shown // that the page shows; nil for none

	keeps  bool                  // its machine can make a second record
	keptID testimony.RecordingID // and makes this one
}

// court is the session as the join server knows it.
type court Session

// Secret returns the secret of an invitation to this hearing.
func (c *court) Secret(ctx context.Context, id invite.ID) (invite.Secret, error) {
	return c.desk.InvitationSecret(ctx, c.hearingID, id)
}

// Admit writes the use of an invitation down, and raises an alarm when a second device tries it.
func (c *court) Admit(ctx context.Context, id invite.ID, device invite.Thumbprint, _ string) (join.Guest, error) {
	s := (*Session)(c)
	decision, err := s.desk.UseInvitation(ctx, id, device)
	seat := testimony.ParticipantID(decision.Next.Participant)
	if err != nil {
		var why invite.Refusal
		if errors.As(err, &why) {
			s.post(func() {
				if decision.Alarm {
					s.alarm("invitation_reused", seat)
				}
				s.note(testimony.Refusal, seat, string(why))
				s.refresh()
			})
		}
		return join.Guest{}, err
	}
	var p testimony.Participant
	var steps []string
	err = s.do(func() error {
		var ok bool
		if decision.Returns { // another device has been shown nothing yet
			steps = slices.Clone(s.prepared[seat])
		}
		if p, ok = s.hearing.Participant(seat); !ok || s.state.Phase == testimony.Closed {
			return invite.Unknown
		}
		return nil
	})
	if errors.Is(err, ErrEnded) {
		err = invite.Busy
	}
	return join.Guest{Participant: string(p.ID), Role: string(p.Role), Label: p.Label, Returns: decision.Returns, Prepared: steps}, err
}

// Connected puts a guest into the lobby, or back on the seat that was held.
func (c *court) Connected(session *join.Session) {
	s := (*Session)(c)
	s.post(func() { s.arrive(session) })
	s.workers.Go(func() { s.follow(session) })
}

// arrive takes in a new connection. It runs on the owner's goroutine.
func (s *Session) arrive(session *join.Session) {
	id := testimony.ParticipantID(session.Participant())
	p, ok := s.hearing.Participant(id)
	if !ok || s.state.Phase == testimony.Closed {
		session.Close(join.Bye{})
		return
	}
	g := s.guests[id]
	switch {
	case id == s.here:
		session.Close(join.Removed{Reason: "replaced"}) // the witness sits in this room, whoever this is
		return
	case g == nil:
		g = &guest{participant: p, presence: InLobby}
		s.guests[id] = g
	case g.session != nil:
		s.leaveTalk(id, "") // the page is another one, and nobody knows who is before it
		s.unplug(g)
		g.session.Close(join.Removed{Reason: "replaced"})
	}
	if g.presence == Lost {
		g.presence = Admitted
	}
	g.session, g.words, g.lang, g.told, g.low, g.exhibit = session, session.Words(), session.Lang(), nil, "", nil
	g.keeps, g.keptID = false, ""
	g.ice = s.iceFor("g")
	s.links[id] = ""
	s.note(testimony.Joined, id, "")
	s.enforce()
	s.refresh()
}

// follow passes a guest's messages on until the connection ends.
func (s *Session) follow(session *join.Session) {
	for m := range session.Messages() {
		s.message(session, m)
	}
	<-session.Done()
	if errors.Is(session.Err(), invite.ErrChannel) {
		(*court)(s).Altered(session.Invitation())
	}
	s.post(func() { s.depart(session) })
}

// current runs act on the owner's goroutine if the session is still its guest's own.
func (s *Session) current(session *join.Session, act func(*guest)) {
	s.post(func() {
		if g := s.guests[testimony.ParticipantID(session.Participant())]; g != nil && g.session == session {
			act(g)
		}
	})
}

func (s *Session) message(session *join.Session, m join.Message) {
	switch m.Type {
	case join.TypeAnswer, join.TypeCandidate:
		var signal peer.Message
		if m.Decode(&signal) != nil {
			return
		}
		var p *peer.Peer
		_ = s.do(func() error { // after the end there is no connection to tell
			if g := s.guests[testimony.ParticipantID(session.Participant())]; g != nil && g.session == session {
				p = g.peer
			}
			return nil
		})
		if p == nil {
			return
		}
		if err := p.Handle(signal); err != nil {
			s.log.Warn("a signalling message was refused", "type", m.Type)
		}
	case join.TypeRequest:
		var r join.Request
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.requested(g, r.Kind) })
		}
	case join.TypeMedia:
		var r join.Media
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) {
				g.camera, g.microphone = r.Video && g.participant.Role.Publishes(), r.Audio && g.participant.Role.Publishes()
				s.soundFirst(g, r.Low)
				s.refresh()
			})
		}
	case join.TypePrepared:
		var r join.Prepared
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.prepares(g, r.Step) })
		}
	case join.TypeLineTest:
		var r join.LineTest
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.lineTested(g, r) })
		}
	case join.TypeText:
		var r join.Text
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.wrote(g, r) })
		}
	case join.TypeRecorded:
		var r join.Recorded
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.recordTold(g, r) })
		}
	case join.TypeLanguage:
		var r join.Speaks
		if m.Decode(&r) == nil {
			session.Speaks(r.Code)
			s.current(session, func(g *guest) {
				g.words, g.lang = session.Words(), session.Lang()
				s.enforce() // what a witness hears of the interpreters follows the page's language
				s.refresh()
			})
		}
	case join.TypeChannel:
		var r join.Channel
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.tune(g, testimony.Channel(r.Channel)) })
		}
	case join.TypeInterpret:
		var r join.Interpret
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) {
				if err := s.interpret(g.participant.ID, r.Into); err != nil {
					s.log.Warn("an interpreter's channel was not changed", "error", err)
				}
			})
		}
	case join.TypeTalk:
		var r join.Talk
		if m.Decode(&r) == nil {
			s.current(session, func(g *guest) { s.talk(g, r) })
		}
	case join.TypeLeave:
		s.current(session, func(g *guest) { s.leave(g) })
	}
}

// prepares notes a step of the witness's preparation, once.
func (s *Session) prepares(g *guest, step string) {
	id := g.participant.ID
	if step == join.StepConcealed || step == join.StepUnconcealed {
		s.trialAnswered(g, step)
		return
	}
	if g.participant.Role != testimony.RoleWitness || slices.Contains(s.prepared[id], step) {
		return
	}
	s.prepared[id] = append(s.prepared[id], step)
	s.note(testimony.Prepared, id, step)
	s.refresh()
}

// testsApart is how soon a seat's next test is kept: a page makes one on each connection.
const testsApart = 5 * time.Second

// lineTested keeps with the hearing what the page of somebody who sits with the witness found when it tried its devices and its line.
func (s *Session) lineTested(g *guest, r join.LineTest) {
	now := s.now()
	if !g.participant.Role.WithWitness() || now.Sub(g.triedAt).Abs() < testsApart {
		return
	}
	g.triedAt = now
	t := r.Found()
	t.Seat, t.Relay = g.participant.ID, s.overRelay()
	if err := s.desk.KeepLineTest(s.ctx, s.hearing.ID, t); err != nil {
		s.log.Error("a test of a line could not be kept", "error", err)
		return
	}
	g.lineTest = &t
	s.refresh()
}

// leave ends a seat by the guest's own wish.
func (s *Session) leave(g *guest) {
	delete(s.guests, g.participant.ID)
	s.enforce()
	s.dismiss(g, "")
	s.note(testimony.Left, g.participant.ID, "")
	s.refresh()
}

// depart notes a connection that has ended. The seat of someone who was admitted is held.
func (s *Session) depart(session *join.Session) {
	id := testimony.ParticipantID(session.Participant())
	g := s.guests[id]
	if g == nil || g.session != session {
		return
	}
	s.unplug(g)
	g.session = nil
	if g.presence != Admitted {
		delete(s.guests, id)
	} else {
		g.presence, g.lostAt = Lost, s.now()
		s.alarm("connection_lost", id)
	}
	s.enforce()
	s.note(testimony.Left, id, "connection lost")
	s.refresh()
}

// dismiss ends a guest's connection for good; why is bench, closed, or empty for no word at all.
func (s *Session) dismiss(g *guest, why string) {
	s.unplug(g)
	if g.session == nil {
		return
	}
	switch why {
	case "removed", "bench":
		g.session.Close(join.Removed{Reason: "bench"})
	case "dismissed":
		g.session.Close(join.Removed{Reason: "dismissed"})
	case "closed":
		g.session.Close(join.Bye{})
	default:
		g.session.Close(nil)
	}
	g.session = nil
}

// unplug takes the guest's media connection down. What the guest may receive was cut before, by the hub; the other side can take
// its time to say goodbye, and neither the bench nor any other seat waits for it. The seat's next connection does: see connect.
func (s *Session) unplug(g *guest) {
	if g.listen != nil {
		g.listen()
		g.listen, g.concealer = nil, nil
	}
	if g.peer == nil {
		return
	}
	g.lineDown()
	id, down := g.participant.ID, g.peer
	g.peer = nil
	closed := make(chan struct{})
	s.closing[id] = closed // never two: a seat is given a connection only when its last one is down
	s.workers.Go(func() {
		_ = down.Close() // it always ends
		close(closed)
		s.post(func() {
			delete(s.closing, id)
			s.connect(s.seats.Load())
		})
	})
}

// connect gives a media connection to those who may hold one, and takes it from the others. It runs on the owner's goroutine,
// after the hub has cut what must be cut.
func (s *Session) connect(seats *seating) {
	for id, g := range s.guests {
		may := g.presence == Admitted && g.session != nil && seats.reception.Connected(g.participant)
		switch {
		case id == s.here: // no connection
		case !may:
			s.unplug(g)
		case g.peer == nil && s.closing[id] == nil:
			if err := s.plug(id, g); err != nil {
				s.log.Error("a connection could not be made", "error", err)
				s.alarm("connection_failed", id)
			}
		}
	}
}

func (s *Session) plug(id testimony.ParticipantID, g *guest) error {
	session := g.session
	config := peer.Config{
		API:        s.api,
		Subscriber: s.hub.Subscribe(string(id)),
		Number:     g.peers + 1,
		Send:       func(m peer.Message) { _ = session.Send(m) }, // a lost connection is noticed by its own end
		OnState: func(state webrtc.PeerConnectionState) {
			if state == webrtc.PeerConnectionStateFailed {
				// Not from here: the owner may be waiting for this very connection to end.
				s.workers.Go(func() { s.post(func() { s.replug(session) }) })
			}
		},
		Logger: s.log,
	}
	if g.participant.Role.Publishes() {
		publisher := s.hub.Publish(string(id))
		config.Publisher, config.Audio, config.Video, config.Private = publisher, true, true, s.hearing.Retains(id)
		ctx, cancel := context.WithCancel(s.ctx)
		g.listen = cancel
		g.arrivals = &arrivals{}
		g.concealer = s.listen(ctx, g.participant, publisher, g.arrivals)
	}
	config.RelayOnly = s.relayOnly(g.participant.Role)
	config.Connection.ICEServers = courtServers(s.iceFor("c"))
	p, err := peer.New(config)
	if err != nil {
		s.unplug(g)
		return err
	}
	g.peer = p
	g.peers++
	return nil
}

// replug makes a new connection in place of one that failed while its signalling goes on.
func (s *Session) replug(session *join.Session) {
	g := s.guests[testimony.ParticipantID(session.Participant())]
	if g == nil || g.session != session || g.peer == nil || g.peer.State() != webrtc.PeerConnectionStateFailed {
		return
	}
	s.unplug(g)
	s.connect(s.seats.Load())
}

// tellGuests sends every guest the state as it concerns them.
func (s *Session) tellGuests() {
	seats := s.seats.Load()
	for _, g := range s.guests {
		if g.session == nil {
			continue
		}
		s.tellExhibit(seats, g)
		s.offerRecord(g)
		state := s.stateFor(seats, g)
		if g.told != nil && reflect.DeepEqual(*g.told, state) {
			continue
		}
		g.told = &state
		_ = g.session.Send(state) // a lost connection is noticed by its own end
	}
}

// stateFor is the state as it concerns one guest. Whoever has not been let in is told that they wait, and nothing of the
// hearing: a link can be in the wrong hands.
func (s *Session) stateFor(seats *seating, g *guest) join.State {
	waits := g.participant.Role == testimony.RoleWitness && !seats.reception.Called[g.participant.Party]
	if g.presence != Admitted || waits {
		return join.State{Phase: string(testimony.Lobby), Mode: s.hearing.Mode.String(), Waiting: waits && g.presence == Admitted, What: map[string]join.Reception{},
			Clock: join.Clock{Court: s.hearing.CourtZone}}
	}
	sends := seats.maySend(g.participant.ID)
	state := join.State{
		Phase: string(s.state.Phase), Mode: s.matrix.Mode.String(), Reason: s.state.Reason,
		Admitted: seats.reception.Connected(g.participant),
		Muted:    g.muted, Banner: s.heldBanner(g), Publish: join.Publish{Audio: sends && !g.muted, Video: sends},
		What: map[string]join.Reception{}, Clock: join.Clock{Court: s.hearing.CourtZone},
	}
	state.Channels, state.Channel = s.channelsFor(seats, g.participant), string(g.ear)
	if g.participant.Role == testimony.RoleInterpreter {
		state.Into = s.into[g.participant.ID]
	}
	state.Restricted = g.participant.Role.Listens() && s.matrix.Asks(order.ReportingRestriction)
	if g.participant.Role == testimony.RoleWitness {
		state.AccusedShown = s.matrix.ShowsAccused
		state.Clock.Witness = s.hearing.WitnessZone
		for _, cell := range s.matrix.Cells {
			if name, ok := pageAudience[cell.Audience]; ok && s.hasSeatOf(cell.Audience) {
				state.What[name] = reception(s.nowOf(seats, name, cell.Access))
			}
		}
	} else if _, ok := pageAudience[g.participant.Audience()]; ok {
		role := string(g.participant.Role)
		state.What[role] = reception(s.nowOf(seats, role, s.matrix.Access(g.participant.Audience())))
	}
	state.Recorded = g.keeps && s.onRecord(seats, g)
	state.ICE, state.RelayOnly = g.ice, s.relayOnly(g.participant.Role)
	if w, _ := s.hearing.Witness(); w.ID == g.participant.ID && s.trial.Stage != "" {
		state.Trial = &join.Trial{Stage: string(s.trial.Stage), Voice: s.trial.Voice}
	}
	if w, _ := s.hearing.Witness(); w.ID == g.participant.ID && s.state.Phase == testimony.Oath {
		state.Oath = string(testimony.SwearingOf(s.events).Form)
	}
	if back := testimony.Back(s.events); !back.IsZero() {
		state.Returning = back.UTC().Format(time.RFC3339)
	}
	if s.held != nil && g.participant.Role.WithWitness() {
		state.Held, state.Ready = s.held.Why, s.held.Ready
	}
	state.People, state.Talk = s.peopleFor(seats, g), s.talkFor(seats, g)
	return state
}

// pageAudience names the audiences as the join page does: by the roles. A remote judge is told by their own.
var pageAudience = map[protection.Audience]string{
	protection.Bench: "bench", protection.Prosecution: "prosecution", protection.DefenceCounsel: "defence", protection.Accused: "accused",
	protection.Interpreter: "interpreter", protection.Support: "support", protection.Coordinator: "coordinator", protection.Gallery: "gallery",
	protection.Assessors: "assessor", protection.Press: "press",
}

// hasSeatOf reports whether a witness is told of an audience: of assessors and press only where they have a seat, since most hearings have none.
func (s *Session) hasSeatOf(a protection.Audience) bool {
	if a != protection.Assessors && a != protection.Press {
		return true
	}
	return seats(s.hearing, a)
}

// seats reports whether a hearing has a seat of an audience.
func seats(h testimony.Hearing, a protection.Audience) bool {
	return slices.ContainsFunc(h.Participants, func(p testimony.Participant) bool { return p.Audience() == a })
}

// nowOf is what a role receives of the witness in this phase, where the matrix gives it an access for the testimony: at the identity check almost nobody
// is there, and the witness must not read otherwise.
func (s *Session) nowOf(seats *seating, role string, during protection.Access) protection.Access {
	witness, ok := s.hearing.Witness()
	if s.state.Phase != testimony.IdentityCheck || !ok {
		return during
	}
	return seats.reception.Access(witness, testimony.Participant{Role: testimony.Role(role)})
}

func reception(a protection.Access) join.Reception {
	return join.Reception{Picture: a.Picture.String(), Voice: a.Voice.String()}
}

// peopleFor lists those whom a guest receives something of, so that the page can name their tiles. The witness is not told
// of an accused who is screened.
func (s *Session) peopleFor(seats *seating, g *guest) []join.Person {
	var people []join.Person
	add := func(p testimony.Participant) {
		a := seats.reception.Access(p, g.participant)
		if p.ID != g.participant.ID && (a.Picture != protection.NoPicture || a.Voice != protection.NoVoice) {
			people = append(people, join.Person{ID: string(p.ID), Label: p.Label, Role: string(p.Role)})
		}
	}
	add(testimony.Participant{ID: testimony.BenchID, Role: testimony.RoleBench})
	for _, p := range s.hearing.Participants {
		if other := s.guests[p.ID]; other != nil && other.presence == Admitted {
			add(p)
		}
	}
	if other, ok := s.hearing.Participant(s.talks.With(g.participant.ID)); ok && !slices.ContainsFunc(people, func(p join.Person) bool { return p.ID == string(other.ID) }) {
		people = append(people, join.Person{ID: string(other.ID), Label: other.Label, Role: string(other.Role)})
	}
	if seats.mirrors[g.participant.ID] {
		people = append(people, join.Person{ID: mirrorOf(g.participant.ID), Role: "own"})
	}
	if seats.screened(g.participant) != (hub.Grant{}) {
		people = append(people, join.Person{ID: string(Screen), Role: string(Screen)})
	}
	if seats.later(g.participant) != (hub.Grant{}) {
		witness, _ := s.hearing.Witness() // whose picture it is
		people = append(people, join.Person{ID: string(onAir), Label: witness.Label, Role: string(witness.Role)})
	}
	return people
}
