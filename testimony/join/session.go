package join

import (
	"encoding/json"

	"paravent/testimony/invite"
	"paravent/testimony/join/internal/sealed"
)

// Errors that a Session ends with, besides [invite.ErrChannel] and [ErrMessage].
var (
	ErrSlow   = sealed.ErrSlow   // the guest does not take its messages
	ErrClosed = sealed.ErrClosed // the court closed it
	ErrLost   = sealed.ErrLost   // it broke off, or the guest closed the page
)

// Guest is whom the court has let in.
type Guest struct {
	Participant string // the seat
	Role        string
	Label       string // as the guest itself may read it
	Returns     bool   // the device has been here before
}

// Session is one guest's signalling, from the welcome until the connection ends. Its methods may be called from any
// goroutine. A guest that reconnects comes with a new Session, and it is for the Court to close the earlier one.
type Session struct {
	guest Guest
	id    invite.ID
	lang  string
	words [4]string
	conn  *sealed.Conn[Message]
}

// Guest is whom the court let in.
func (s *Session) Guest() Guest { return s.guest }

// Participant is the guest's seat.
func (s *Session) Participant() string { return s.guest.Participant }

// Invitation is the invitation the guest came with.
func (s *Session) Invitation() invite.ID { return s.id }

// Lang is the language of the guest's page, "en" or "fr", as the page told it.
func (s *Session) Lang() string { return s.lang }

// Words are the four verification words, in the guest's language: they are read aloud and compared.
func (s *Session) Words() [4]string { return s.words }

// Send queues a message: a value of this package or a peer.Message. It never blocks; messages arrive in the order of the
// calls. A guest that is 256 messages behind is disconnected and Send returns ErrSlow. Afterwards it returns why the
// connection ended.
func (s *Session) Send(message any) error { return s.conn.Send(message) }

// Messages gives the guest's messages in order: answer, candidate, request, media and leave, and no others. While nobody
// takes them the guest waits. It is closed when the connection has ended.
func (s *Session) Messages() <-chan Message { return s.conn.Messages() }

// Done is closed when the connection has ended and nothing of it runs any more.
func (s *Session) Done() <-chan struct{} { return s.conn.Done() }

// Err is why the connection ended, or nil while it runs.
func (s *Session) Err() error { return s.conn.Err() }

// Close sends what is queued and then last, if it is not nil ([Removed], [Bye] or [Refused]), and ends the connection. It
// does not wait; Done tells, within a few seconds.
func (s *Session) Close(last any) {
	if last != nil {
		_ = s.conn.Send(last) // a connection that has ended needs no goodbye
	}
	s.conn.Close()
}

// fromGuest are the messages a guest may send once it is let in.
var fromGuest = map[string]bool{TypeAnswer: true, TypeCandidate: true, TypeRequest: true, TypeMedia: true, TypeLeave: true}

var asks = map[string]bool{AskUnderstand: true, AskBreak: true, AskPause: true, AskAlarm: true, AskHand: true}

func parseGuestMessage(text []byte) (Message, error) {
	m, err := ParseMessage(text)
	if err != nil || !fromGuest[m.Type] {
		return Message{}, ErrMessage
	}
	switch m.Type {
	case TypeRequest:
		var r Request
		if err := json.Unmarshal(text, &r); err != nil || !asks[r.Kind] {
			return Message{}, ErrMessage
		}
	case TypeMedia:
		var r Media
		if err := json.Unmarshal(text, &r); err != nil || len(r.Error) > maxError {
			return Message{}, ErrMessage
		}
	}
	return m, nil
}

// maxError is how long a page's word for a fault may be.
const maxError = 40
