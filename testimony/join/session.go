package join

import (
	"encoding/json"
	"slices"
	"sync"

	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join/internal/sealed"
)

// Errors that a Session ends with, besides [invite.ErrChannel] and [ErrMessage].
var (
	ErrSlow   = sealed.ErrSlow   // the guest does not take its messages
	ErrClosed = sealed.ErrClosed // the court closed it
	ErrLost   = sealed.ErrLost   // it broke off, or the guest closed the page
	ErrSilent = sealed.ErrSilent // nothing of the guest's arrives, though the connection stands
)

// Guest is whom the court has let in.
type Guest struct {
	Participant string // the seat
	Role        string
	Label       string // as the guest itself may read it
	Returns     bool   // the device has been here before
	// Prepared are the steps that the guest has taken already: rights, devices, silent. The page does not ask for them again.
	Prepared []string
}

// Session is one guest's signalling, from the welcome until the connection ends. Its methods may be called from any
// goroutine. A guest that reconnects comes with a new Session, and it is for the Court to close the earlier one.
type Session struct {
	guest Guest
	id    invite.ID
	conn  *sealed.Conn[Message]
	// wordsIn are the verification words in a language; they do not change while the connection lasts.
	wordsIn func(lang string) [4]string

	mu   sync.Mutex
	lang string
}

// Guest is whom the court let in.
func (s *Session) Guest() Guest { return s.guest }

// Participant is the guest's seat.
func (s *Session) Participant() string { return s.guest.Participant }

// Invitation is the invitation the guest came with.
func (s *Session) Invitation() invite.ID { return s.id }

// Lang is the language that the guest's page is read in now, as the page told it: a BCP 47 code.
func (s *Session) Lang() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lang
}

// Speaks takes in that the guest reads the page in another language now. [Session.Words] follow.
func (s *Session) Speaks(lang string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lang = lang
}

// Words are the four verification words as the guest reads them: they are read aloud and compared. In a language without a
// list of words they are numbers.
func (s *Session) Words() [4]string { return s.wordsIn(s.Lang()) }

// Send queues a message: a value of this package or a peer.Message. It never blocks; messages arrive in the order of the
// calls. A guest that is 256 messages behind is disconnected and Send returns ErrSlow. Afterwards it returns why the
// connection ended.
func (s *Session) Send(message any) error { return s.conn.Send(message) }

// Messages gives the guest's messages in order: answer, candidate, request, media, prepared, language, channel, interpret, here, test, text, talk, recorded and leave, and no
// others. While nobody
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
var fromGuest = map[string]bool{
	TypeAnswer: true, TypeCandidate: true, TypeRequest: true, TypeMedia: true, TypePrepared: true, TypeLanguage: true, TypeChannel: true, TypeInterpret: true, TypeHere: true, TypeLineTest: true, TypeText: true, TypeTalk: true, TypeRecorded: true, TypeLeave: true,
}

var steps = map[string]bool{StepRights: true, StepDevices: true, StepSilent: true, StepConcealed: true, StepUnconcealed: true}

func parseGuestMessage(text []byte) (Message, error) {
	m, err := ParseMessage(text)
	if err != nil || !fromGuest[m.Type] {
		return Message{}, ErrMessage
	}
	switch m.Type {
	case TypeRequest:
		var r Request
		if err := json.Unmarshal(text, &r); err != nil || !slices.Contains(testimony.Asks, r.Kind) {
			return Message{}, ErrMessage
		}
	case TypePrepared:
		var r Prepared
		if err := json.Unmarshal(text, &r); err != nil || !steps[r.Step] {
			return Message{}, ErrMessage
		}
	case TypeLanguage:
		var r Speaks
		if err := json.Unmarshal(text, &r); err != nil || !languageCode.MatchString(r.Code) {
			return Message{}, ErrMessage
		}
	case TypeText:
		var r Text
		if err := json.Unmarshal(text, &r); err != nil || r.Clerk || (testimony.Text{Phrase: r.Phrase, Words: r.Words}).Check() != nil {
			return Message{}, ErrMessage
		}
	case TypeTalk:
		var r Talk
		if err := json.Unmarshal(text, &r); err != nil || r.check() != nil {
			return Message{}, ErrMessage
		}
	case TypeLineTest:
		var r LineTest
		if err := json.Unmarshal(text, &r); err != nil || r.check() != nil {
			return Message{}, ErrMessage
		}
	case TypeRecorded:
		var r Recorded
		if err := json.Unmarshal(text, &r); err != nil || r.check() != nil {
			return Message{}, ErrMessage
		}
	case TypeMedia:
		var r Media
		if err := json.Unmarshal(text, &r); err != nil || len(r.Error) > maxError || r.Low != "" && r.Low != LowChosen && r.Low != LowWeak {
			return Message{}, ErrMessage
		}
	}
	return m, nil
}

// maxError is how long a page's word for a fault may be.
const maxError = 40
