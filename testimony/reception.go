package testimony

import (
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
)

// Reception answers what one participant receives of another at one moment: the audience matrix narrowed by the phase of
// the session. It is the only rule between a publisher and a subscriber; the hub holds none.
type Reception struct {
	Session Session
	Matrix  policy.Matrix // of the witness who testifies, compiled for Session.Mode
	// Others are the matrices of further protected witnesses in the hearing.
	Others map[protection.PartyID]policy.Matrix
	// Here are those of Others who are let in now; nil where that is not known, and then all of them count.
	Here map[protection.PartyID]bool
	// Called are the protected witnesses who are placed in the hearing, see [Called]. Any other has no connection: they wait alone, hear of nobody, and nobody of them.
	Called map[protection.PartyID]bool
	// Played are the matrices of the witnesses whose recorded testimony is open to be played, or was until a moment ago, compiled for the mode in force; none where none is.
	Played []policy.Matrix
	// AtDesk is set where the witness who testifies sits in the court's own room: the bench's camera can show them, and its microphone carries their voice.
	AtDesk bool
	// Held is set while the witness's side has stopped everything that leaves the witness's room.
	Held bool
	// Talks are the private talks of counsel and clients.
	Talks Talks
	// WitnessApart is set while any witness talks in private or has not come back from a talk.
	WitnessApart bool
}

// Access returns what to receives of from. Bench always receives everything that is sent; what nobody may send in a break is
// stopped at its source and not here.
func (r Reception) Access(from, to Participant) protection.Access {
	if to.ID == from.ID || from.Role.Listens() || from.Role == "" {
		return protection.Access{Connected: r.Connected(to)}
	}
	if !r.Connected(to) {
		return protection.Access{}
	}
	if to.Role.OnBench() {
		return protection.Full()
	}
	silent := protection.Access{Connected: true}
	if from.Role == RoleWitness && !r.Called[from.Party] {
		return silent
	}
	switch r.Session.Phase {
	case IdentityCheck:
		if !r.atIdentityCheck(from) || !r.atIdentityCheck(to) {
			return silent
		}
	case Oath, Testimony:
	case Playback:
		if from.Role.WithWitness() {
			return silent
		}
	default:
		return silent
	}
	if !r.Follows(to) {
		return silent
	}
	if from.Role == RoleWitness {
		return r.ofWitness(from, to)
	}
	if from.Role == RoleInterpreter && !r.testifies(to) && !r.mayHearRendered(to.Audience(), to.Party) {
		return silent
	}
	if r.inRoom(from) && !r.testifies(to) {
		return r.ofRoom(to.Audience())
	}
	return r.ofCourt(from, to)
}

// inRoom reports whether somebody sits where a witness is.
func (r Reception) inRoom(p Participant) bool {
	return p.Role.WithWitness() || r.AtDesk && p.Role == RoleBench
}

// ofRoom is what an audience receives of those who sit where a witness is. Their camera can show that witness and their microphone carries the voice,
// so only an audience that has both as they are has theirs.
func (r Reception) ofRoom(a protection.Audience) protection.Access {
	access := protection.Access{Release: protection.Live, Connected: true}
	if r.unaltered(a, func(cell protection.Access) bool { return cell.Picture == protection.ClearPicture }) {
		access.Picture = protection.ClearPicture
	}
	if r.unaltered(a, hasClearVoice) {
		access.Voice = protection.ClearVoice
	}
	return access
}

func hasClearVoice(cell protection.Access) bool { return cell.Voice == protection.ClearVoice }

// unaltered reports whether an audience has something as it is of every witness who may be heard or seen in the hearing now.
func (r Reception) unaltered(a protection.Audience, clear func(protection.Access) bool) bool {
	if !clear(r.Matrix.Access(a)) || r.played(a, func(cell protection.Access) bool { return !clear(cell) }) {
		return false
	}
	for party, m := range r.Others {
		if r.Called[party] && (r.Here == nil || r.Here[party]) && !clear(m.Access(a)) {
			return false
		}
	}
	return true
}

// Yields reports whether a microphone is kept from a listener for as long as a witness speaks. Where somebody follows over a loudspeaker, the
// microphone beside it sends the witness's own voice back; who may not have that voice would have it so. An interpreter, who speaks while the
// witness does, is asked to wear headphones instead.
func (r Reception) Yields(from, to Participant) bool {
	return r.yields(from) && !to.Role.OnBench() && !r.testifies(to) && !r.unaltered(to.Audience(), hasClearVoice)
}

// YieldsIn is [Reception.Yields] of a version of the record.
func (r Reception) YieldsIn(from Participant, version protection.Audience) bool {
	return r.yields(from) && !r.unaltered(version, hasClearVoice)
}

func (r Reception) yields(from Participant) bool {
	return from.Role != RoleWitness && from.Role != RoleInterpreter
}

// mayHearRendered reports whether an audience may hear, live, what an interpreter says: they may render any protected witness who is here, and whoever
// may not have a voice of that witness in any form may not have it in another's words.
func (r Reception) mayHearRendered(a protection.Audience, own protection.PartyID) bool {
	if a == protection.MasterRecord {
		return true // as the evidence is given
	}
	if r.played(a, withheld) {
		return false
	}
	for party, m := range r.Others {
		if party == own || r.Here != nil && !r.Here[party] {
			continue
		}
		if cell := m.Access(a); cell.Voice == protection.NoVoice || cell.Release != protection.Live && a != protection.PublicRecord {
			return false
		}
	}
	return true
}

// withheld reports whether an audience does not get a testimony as it is given.
func withheld(cell protection.Access) bool { return !receives(cell) || cell.Release != protection.Live }

// testifies reports whether a seat is that of the witness who testifies.
func (r Reception) testifies(p Participant) bool {
	return p.Role == RoleWitness && p.Party != "" && p.Party == r.Matrix.Party
}

// atIdentityCheck reports who is present while the identity of the witness who testifies is checked off the record. Another
// witness is not.
func (r Reception) atIdentityCheck(p Participant) bool {
	return p.Role.OnBench() || p.Role == RoleCoordinator || r.testifies(p)
}

// Follows reports whether a participant is let to follow the testimony as it is given. Whoever the mode keeps from the witness is kept
// from the rest of that session too: an answer is heard in the next question, and whoever receives the witness later receives the
// interpreter and the questions no sooner.
func (r Reception) Follows(p Participant) bool {
	if p.Role.OnBench() || r.testifies(p) {
		return true
	}
	return r.FollowsAs(p.Audience())
}

// FollowsAs is [Reception.Follows] of an audience.
func (r Reception) FollowsAs(a protection.Audience) bool {
	if r.Session.Phase == Playback && r.played(a, withheld) {
		return false
	}
	return !withheld(r.Matrix.Access(a))
}

// played reports whether something holds of what an audience may have of any of the recorded witnesses.
func (r Reception) played(a protection.Audience, holds func(protection.Access) bool) bool {
	return slices.ContainsFunc(r.Played, func(m policy.Matrix) bool { return holds(m.Access(a)) })
}

// Plays reports whether a recorded testimony can be played to a participant at all, while one is open: not to anyone who sits with a witness, so that no
// witness hears what another has said, or has to hear their own words again. Which version it is, if any, is for testimony/evidence to choose.
func (r Reception) Plays(to Participant) bool {
	if r.Session.Phase != Playback || len(r.Played) == 0 || to.Role.WithWitness() || !r.Connected(to) {
		return false
	}
	return to.Role.OnBench() || r.Follows(to)
}

func receives(a protection.Access) bool {
	return a.Picture != protection.NoPicture || a.Voice != protection.NoVoice
}

func (r Reception) ofWitness(from, to Participant) protection.Access {
	m, ok := r.matrixOf(from.Party)
	if !ok {
		return protection.Access{Connected: true}
	}
	a := m.Access(to.Audience())
	a.Connected = true // the connection itself is ruled by the matrix of the witness who testifies
	return a
}

// ofCourt is what a participant receives of someone who is not protected: everything, but for the witness's screen.
func (r Reception) ofCourt(from, to Participant) protection.Access {
	if from.Role == RoleAccused && to.Role == RoleWitness {
		if m, ok := r.matrixOf(to.Party); !ok || !m.ShowsAccused {
			return protection.Access{Connected: true}
		}
	}
	if from.Role == RoleAccused && r.Matrix.HidesAccusedFrom(to.Audience()) {
		return protection.Access{Connected: true}
	}
	return protection.Full()
}

// Connected reports whether a participant may hold a connection at all. In a closed session, whoever is not on the
// roster is disconnected; once it has ended everyone is, but the court's own desk.
func (r Reception) Connected(p Participant) bool {
	if p.Role == RoleBench {
		return true
	}
	if r.Session.Phase == Closed {
		return false
	}
	if p.Role == RoleWitness {
		_, ok := r.matrixOf(p.Party)
		return ok && r.Called[p.Party] && (r.testifies(p) || r.Matrix.Access(p.Audience()).Connected)
	}
	return r.Matrix.Access(p.Audience()).Connected
}

// MaySend reports whether a participant's picture and sound are taken at all. In a break, in an interruption, after the
// close, while they talk in private, and while the witness's side has called a pause they stop at the source; in the lobby nobody but those at the identity check is needed.
func (r Reception) MaySend(p Participant) bool {
	if r.Held && p.Role.WithWitness() || r.Talks.Apart(p.ID) || r.talksNearby(p) {
		return false
	}
	switch r.Session.Phase {
	case Oath, Testimony:
		return p.Role.Publishes() && r.Connected(p)
	case Playback:
		return p.Role.Publishes() && r.Connected(p) && !p.Role.WithWitness()
	case IdentityCheck:
		return r.atIdentityCheck(p) && r.Connected(p)
	}
	return p.Role.OnBench() && r.Session.Phase == Lobby
}

// Record returns what goes into a recording: the sealed master or the public version.
func (r Reception) Record(of protection.Audience) protection.Access {
	switch r.Session.Phase {
	case Oath, Testimony:
		return r.Matrix.Access(of)
	}
	// The identity check stays off the record, and so does a break.
	return protection.Access{}
}

// RecordOf returns what of one participant goes into a recording. A protected witness who is not the one that testifies
// stands in it as their own matrix says; the questions of a private session are absent from the public version as the answers are.
func (r Reception) RecordOf(from Participant, version protection.Audience) protection.Access {
	cell := r.Record(version)
	switch {
	case from.Role == RoleWitness && !r.Called[from.Party]:
		return protection.Access{}
	case r.testifies(from) || cell == (protection.Access{}):
		return cell
	case !receives(cell):
		return protection.Access{}
	case from.Role == RoleWitness:
		m, ok := r.matrixOf(from.Party)
		if !ok {
			return protection.Access{}
		}
		return m.Access(version)
	case from.Role == RoleInterpreter && !r.mayHearRendered(version, ""):
		return protection.Access{}
	case r.inRoom(from):
		return r.ofRoom(version)
	}
	return protection.Full()
}

func (r Reception) matrixOf(p protection.PartyID) (policy.Matrix, bool) {
	if p == "" {
		return policy.Matrix{}, false
	}
	if p == r.Matrix.Party {
		return r.Matrix, true
	}
	m, ok := r.Others[p]
	return m, ok
}

// Aired is the most that the public version holds of any protected witness: the picture of the one who testifies, and the voice that can most
// be recognised.
func (r Reception) Aired() protection.Access {
	cell := r.Record(protection.PublicRecord)
	aired := protection.Access{Picture: cell.Picture, Voice: cell.Voice}
	if !receives(cell) {
		return aired
	}
	for _, m := range r.Others {
		aired.Voice = max(aired.Voice, m.Access(protection.PublicRecord).Voice)
	}
	return aired
}

// Broadcast returns what of the public version, of which aired says what it holds, an audience is sent after its delay: an order in force has to say that it
// receives later, and its cells have to grant, now, at least what the public version holds. While the public is kept out, nothing is sent. The delay is the
// longest that any order asks for.
func (r Reception) Broadcast(to Participant, aired protection.Access) protection.Access {
	return r.later(to, aired, false)
}

// PushedAfter is how long after it was said what everybody may follow live goes to a media server. A mark blanks what was said up to [MarkBefore] before it, and the public version is read
// back from the disk, which takes some seconds: what goes to a large public can be marked in time.
const PushedAfter = MarkBefore + 10*time.Second

// Pushed returns what of the public version goes to a media server, for a public that nobody counts: what the gallery has, and where that is live, [PushedAfter] later.
func (r Reception) Pushed(aired protection.Access) protection.Access {
	return r.later(Participant{ID: "push", Role: RoleGallery}, aired, true)
}

// later is Broadcast; with live, what a cell gives live is given later as well.
func (r Reception) later(to Participant, aired protection.Access, live bool) protection.Access {
	connected := protection.Access{Connected: r.Connected(to)}
	if to.Role.OnBench() || to.Role == RoleWitness || !connected.Connected || r.Session.Phase == Closed || r.Matrix.Mode != protection.PublicMode {
		return connected
	}
	cell := r.Matrix.Access(to.Audience())
	if live && cell.Release == protection.Live {
		cell.Release, cell.Delay = protection.Delayed, PushedAfter
	}
	if cell.Release != protection.Delayed {
		return connected
	}
	for _, m := range r.Others {
		other := m.Access(to.Audience())
		switch other.Release {
		case protection.Live:
		case protection.Delayed:
			cell.Delay = max(cell.Delay, other.Delay)
		default:
			return connected
		}
		cell.Voice = min(cell.Voice, other.Voice)
	}
	connected.Release, connected.Delay = protection.Delayed, cell.Delay
	if live {
		connected.Delay = max(cell.Delay, PushedAfter)
	}
	if cell.Picture >= aired.Picture {
		connected.Picture = aired.Picture
	}
	if cell.Voice >= aired.Voice {
		connected.Voice = protection.ClearVoice // of the court; of the witnesses it is what the public version holds
	}
	return connected
}
