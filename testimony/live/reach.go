package live

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"slices"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media/peer"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/relay"
)

// connectFor is how long the relay is waited for when a courtroom is opened.
const connectFor = 15 * time.Second

// credentialFor is how long a guest may use the TURN server: longer than any sitting, since one that ends in it can't be renewed.
const credentialFor = 14 * time.Hour

// overRelay reports whether guests come through the court's relay.
func (s *Session) overRelay() bool { return s.reach.Relay.URL != "" }

// open makes the invitations reachable: over the page that this desk serves, or over the relay.
func (s *Session) open(ctx context.Context) error {
	s.base = s.server.Base()
	if s.overRelay() {
		var err error
		if s.base, err = s.reach.Relay.Base(); err != nil {
			return err
		}
	}
	if err := s.invite(ctx); err != nil || !s.overRelay() {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectFor)
	defer cancel()
	var err error
	s.line, err = relay.Connect(ctx, relay.Desk{Place: s.reach.Relay, Attend: s.server.Attend, Changed: s.lineChanged}, s.invitations())
	return err
}

// lineChanged tells the bench that the relay is lost, or back. The guests' own connections say themselves what became of them.
func (s *Session) lineChanged(err error) {
	s.workers.Go(func() {
		s.post(func() {
			if err != nil {
				s.alarm("relay_lost", "")
			}
			s.refresh()
		})
	})
}

func (s *Session) relayState() string {
	switch {
	case s.line == nil:
		return ""
	case s.line.Err() != nil:
		return "down"
	}
	return "up"
}

// fingerprint is what a guest may compare the certificate with.
func (s *Session) fingerprint() string {
	if s.overRelay() {
		return s.reach.Relay.Fingerprint
	}
	return s.server.Fingerprint()
}

func (s *Session) link(secret invite.Secret) string {
	return invite.Link{Base: s.base, Secret: secret}.String()
}

func (s *Session) invitations() []invite.ID {
	var ids []invite.ID
	for _, id := range s.answers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// answerTo puts a seat's new invitation in place of the earlier one at the relay.
func (s *Session) answerTo(seat testimony.ParticipantID, id invite.ID) {
	s.answers[seat] = id
	if s.line != nil {
		s.line.Serve(s.invitations())
	}
}

// hidden are the seats whose place must not be found: the witness's, and of those who sit with the witness.
var hidden = []testimony.Role{testimony.RoleWitness, testimony.RoleSupport, testimony.RoleCoordinator}

// relayOnly reports whether a seat's media goes over the relay alone. Where the relay brings the guests it is everyone's: it
// lets nobody out to any other address.
func (s *Session) relayOnly(role testimony.Role) bool {
	return s.overRelay() || !s.reach.IsZero() && (slices.Contains(hidden, role) || !role.Valid())
}

// iceFor makes credentials for one connection. Their name is drawn, and tells nothing of the seat.
func (s *Session) iceFor(side string) []join.ICEServer {
	if s.reach.IsZero() {
		return nil
	}
	name := make([]byte, 8)
	if _, err := rand.Read(name); err != nil {
		s.log.Error("no randomness")
		return nil
	}
	user, password := s.reach.Credential(side+hex.EncodeToString(name), time.Now().Add(credentialFor))
	return []join.ICEServer{{URLs: s.reach.Servers(), Username: user, Credential: password}}
}

// courtServers are the same for the court's own end.
func courtServers(list []join.ICEServer) []webrtc.ICEServer {
	var servers []webrtc.ICEServer
	for _, l := range list {
		servers = append(servers, webrtc.ICEServer{URLs: l.URLs, Username: l.Username, Credential: l.Credential})
	}
	return servers
}

// dialTURN checks the relay's certificate at its TURN server as at the rendezvous.
func (s *Session) dialTURN(settings *webrtc.SettingEngine) {
	if s.reach.IsZero() {
		return
	}
	secure := map[string]*tls.Config{}
	for _, at := range s.reach.Secure() {
		secure[at] = s.reach.Relay.TLS()
	}
	peer.DialTURN(settings, secure)
}

// alteredAgain is how soon the same seat's altered signalling is told once more.
const alteredAgain = time.Minute

// Altered tells the bench that what a guest and the court say to each other was changed on its way, or that somebody without
// the invitation's secret tried it.
func (c *court) Altered(id invite.ID) {
	s := (*Session)(c)
	s.post(func() {
		for seat, answers := range s.answers {
			if answers != id || s.now().Sub(s.altered[seat]) < alteredAgain && !s.altered[seat].IsZero() {
				continue
			}
			s.altered[seat] = s.now()
			s.alarm("signalling_altered", seat)
			s.note(testimony.Refusal, seat, "altered")
			s.refresh()
		}
	})
}
