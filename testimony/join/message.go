package join

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"paravent/testimony"
)

// ErrMessage reports a message that the other side may not send.
var ErrMessage = errors.New("the message is not one of the hearing's signalling")

// Message is one signalling message as it came. Offers, answers and candidates are [paravent/media/peer.Message] and are
// decoded by whoever knows WebRTC.
type Message struct {
	Type string
	Body json.RawMessage // the whole object, type included
}

// Decode reads the message into a value of the caller's.
func (m Message) Decode(into any) error {
	if err := json.Unmarshal(m.Body, into); err != nil {
		return fmt.Errorf("message %s: %w", m.Type, ErrMessage)
	}
	return nil
}

// ParseMessage reads any JSON object with a type.
func ParseMessage(text []byte) (Message, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Type == "" {
		return Message{}, ErrMessage
	}
	return Message{Type: head.Type, Body: json.RawMessage(text)}, nil
}

// The types of message. Offer and Candidate go out; Answer and Candidate come in, as paravent/media/peer has them.
const (
	TypeHello     = "hello"
	TypeAnswer    = "answer"
	TypeCandidate = "candidate"
	TypeRequest   = "request"
	TypeMedia     = "media"
	TypePrepared  = "prepared"
	TypeLanguage  = "language"
	TypeChannel   = "channel"
	TypeInterpret = "interpret"
	TypeHere      = "here"
	TypeLineTest  = "line_test"
	TypeText      = "text"
	TypeRecorded  = "recorded"
	TypeTalk      = "talk"
	TypeLeave     = "leave"

	TypeWelcome = "welcome"
	TypeState   = "state"
	TypeOffer   = "offer"
	TypeNotice  = "notice"
	TypeSilent  = "silent"
	TypeExhibit = "exhibit"
	TypeRecord  = "record"
	TypeRefused = "refused"
	TypeRemoved = "removed"
	TypeBye     = "bye"
)

// Requests that a guest can make with a button.
const (
	AskUnderstand = testimony.AskUnderstand
	AskBreak      = testimony.AskBreak
	AskPause      = testimony.AskPause
	AskSomeone    = testimony.AskSomeone
	AskReady      = testimony.AskReady
	AskAlarm      = testimony.AskAlarm
	AskHand       = testimony.AskHand
	AskVoice      = testimony.AskVoice
)

// Steps by which a guest prepares before the hearing.
const (
	StepRights  = "rights"  // has read what one can do and what to mind
	StepDevices = "devices" // has checked camera, microphone and sound
	// What the witness says of the trial of the concealment: the drawing was seen and the voice heard, or not.
	StepConcealed   = "concealed"
	StepUnconcealed = "unconcealed"
	StepSilent      = "silent" // has checked them, and heard no sound
)

// Request is a guest's button.
type Request struct {
	Kind string `json:"kind"`
}

// Media is what a guest's page sends of itself.
type Media struct {
	Audio bool `json:"audio"` // the microphone is on
	Video bool `json:"video"` // the camera is on
	// Error is why one of them is off: denied, missing, busy, failed; empty when it was the guest's choice or nothing is off.
	Error string `json:"error,omitempty"`
	// Low says that the page wants sound first, without pictures: chosen by the guest, or weak, because the line is; empty while it does not.
	Low string `json:"low,omitempty"`
}

// Reasons for a page to want sound first.
const (
	LowChosen = "chosen"
	LowWeak   = "weak"
)

// LineTest is what the page found when it tried the guest's devices and the line to the court. Rates are in kbit/s and the round trip in milliseconds; zero
// where they could not be measured.
type LineTest struct {
	Camera     bool `json:"camera"`
	Microphone bool `json:"microphone"`
	Speaker    bool `json:"speaker"`
	Down       int  `json:"down"`
	Up         int  `json:"up"`
	RoundTrip  int  `json:"round_trip"`
}

// Text is a message of the text line between a guest and the court's clerk. A guest's has either words or a phrase; the court says each message that it took in back
// to its sender, so that the page shows what the clerk can read and nothing else.
type Text struct {
	Clerk  bool   `json:"clerk,omitempty"`  // of the clerk; false in what a guest sends
	Phrase string `json:"phrase,omitempty"` // one of testimony.TextPhrases or, of the clerk, testimony.ClerkPhrases: the page has it in its own language
	Words  string `json:"words,omitempty"`  // as typed
}

// Prepared tells that the guest has taken a step of the preparation.
type Prepared struct {
	Step string `json:"step"`
}

// Speaks tells that the guest reads the page in another language now.
type Speaks struct {
	Code string `json:"code"`
}

// Channel is a guest's choice among the channels of interpretation.
type Channel struct {
	Channel string `json:"channel"`
}

// Interpret is an interpreter's word on which channel they speak from now on; with no language, to everyone.
type Interpret struct {
	Into string `json:"into"`
}

// Here is what a page says every few seconds, so that a call for help that goes in its place cannot be told from it on the
// network.
type Here struct{}

// Talk is a guest's word on a private talk between counsel and client.
type Talk struct {
	Do   string `json:"do"`             // TalkAsk, TalkEnd or TalkBack
	With string `json:"with,omitempty"` // whom the guest asks, or agrees with who asked
}

// What a guest can say of a private talk.
const (
	TalkAsk  = "ask"  // to talk with somebody; the talk begins when both have asked
	TalkEnd  = "end"  // leave it, or take back or decline what was asked
	TalkBack = "back" // after it: let the court see and hear me again
)

// maxSeat bounds the id of a seat, in bytes.
const maxSeat = 64

func (m Talk) check() error {
	if !slices.Contains([]string{TalkAsk, TalkEnd, TalkBack}, m.Do) || len(m.With) > maxSeat || (m.Do == TalkAsk) != (m.With != "") {
		return ErrMessage
	}
	return nil
}

// TalkState is what a guest is told of private talks.
type TalkState struct {
	Can     []Person `json:"can,omitempty"`      // with whom the guest can talk now
	Asked   string   `json:"asked,omitempty"`    // whom the guest has asked
	AskedBy []string `json:"asked_by,omitempty"` // who has asked the guest
	With    string   `json:"with,omitempty"`     // with whom the guest talks: the microphone is sent on the private line alone
	Over    bool     `json:"over,omitempty"`     // the talk is over, and nothing is sent until the guest says that they are back
}

// Hello is the guest's first sealed message.
type Hello struct {
	Device    json.RawMessage `json:"device"` // JWK
	Signature string          `json:"sig"`    // base64url, over the transcript
	Lang      string          `json:"lang"`
}

// Welcome is the court's first sealed message. Words are those of the court's side, for the guest to compare.
type Welcome struct {
	Words    [4]string `json:"words"`
	Role     string    `json:"role"`
	Label    string    `json:"label"`
	Lang     string    `json:"lang"`               // of the words: en, fr or numbers
	Prepared []string  `json:"prepared,omitempty"` // steps that the guest has taken already
}

// State is what the guest's page shows, whole; it replaces what was shown before. Everything in it may be seen by this guest:
// the court leaves out what is not theirs to know, the witness's time zone before all.
type State struct {
	Phase    string `json:"phase"` // lobby, identity, oath, testimony, break, interruption, closed
	Mode     string `json:"mode"`  // public, private, closed
	Admitted bool   `json:"admitted"`
	Muted    bool   `json:"muted"` // by the bench
	// Waiting is told to a witness who has been let in and not been called yet: they wait alone, and everything else in the state is as in the lobby.
	Waiting bool `json:"waiting,omitempty"`
	// Held is why the witness's side has stopped everything that leaves the witness's room: pause or someone; empty while it has not.
	// Only that side is told. Ready is set once it has said that it can go on.
	Held  string `json:"held,omitempty"`
	Ready bool   `json:"ready,omitempty"`
	// Oath is the form of oath whose text the witness is shown: oath, affirmation, promise; empty while none is. Nobody else is told.
	Oath string `json:"oath,omitempty"`
	// Trial is told to the witness while the concealment is tried.
	Trial *Trial `json:"trial,omitempty"`
	// Recorded says that what the witness gives now goes into the court's master. It is told to a witness whose machine keeps a second record.
	Recorded bool `json:"recorded,omitempty"`
	// Publish is what the court takes of this guest now. What is false stops at the guest's own device.
	Publish Publish `json:"publish"`
	// Banner overrides what the page's banner follows from Phase and Mode: public, private, closed, break, interruption,
	// held, identity, lobby, ended.
	Banner string `json:"banner,omitempty"`
	Reason string `json:"reason,omitempty"` // why the session is private or closed, as the public may know it
	// Restricted says that an order forbids to publish what could identify the witness. It is told to whoever stands with public and press.
	Restricted bool   `json:"restricted,omitempty"`
	Returning  string `json:"returning,omitempty"` // RFC 3339 time at which it is expected to go on
	// Channels are the languages into which is interpreted on a channel of its own, as far as this guest may know of them, and Channel the one that it chose:
	// a language, "floor", or nothing for what the court gives who has chosen nothing.
	Channels []string `json:"channels,omitempty"`
	Channel  string   `json:"channel,omitempty"`
	// Into is told to an interpreter: the language of the channel on which they speak now; empty while they speak to everyone.
	Into string `json:"into,omitempty"`
	// What tells, by audience (the roles, and "bench"), what each receives of the witness now. A witness is shown all of it;
	// another guest the entry of its own role.
	What map[string]Reception `json:"what,omitempty"`
	// AccusedShown reports whether the witness may be shown the accused.
	AccusedShown bool `json:"accused_shown,omitempty"`
	// Talk is told to those alone of whom the roster says that one is counsel of the other.
	Talk      *TalkState  `json:"talk,omitempty"`
	Clock     Clock       `json:"clock"`
	People    []Person    `json:"people,omitempty"`
	ICE       []ICEServer `json:"ice,omitempty"`
	RelayOnly bool        `json:"relay_only,omitempty"` // media must go through one of ICE's relays
}

// Trial is where the trial of the concealment stands.
type Trial struct {
	Stage string `json:"stage"` // speak, listen, break, answer
	Voice bool   `json:"voice"` // the changed voice is tried as well
}

// Publish is what a guest sends.
type Publish struct {
	Audio bool `json:"audio"`
	Video bool `json:"video"`
}

// Reception is what an audience receives of the witness, in the words of the audience matrix.
type Reception struct {
	Picture string `json:"picture"` // nothing, silhouette, clear
	Voice   string `json:"voice"`   // nothing, interpreter_only, disguised, clear
}

// Clock names the time zones whose clocks the page shows (IANA names). An empty one is not shown.
type Clock struct {
	Court   string `json:"court,omitempty"`
	Witness string `json:"witness,omitempty"`
}

// Person is someone who takes part, as this guest may know them.
type Person struct {
	ID       string `json:"id"` // the publisher of the offers' track lines
	Label    string `json:"label"`
	Role     string `json:"role"`
	Speaking bool   `json:"speaking"`
}

// ICEServer is a STUN or TURN server (RFC 8489, RFC 8656) as browsers take it. Without any, a page asks no server.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Notice is a sentence from the page's catalogue: heard (the court has seen the request), answered, mark, text_slow (too many messages to the clerk), talk_break (a
// witness talks in private in a break only), talk_refused (the private talk is not possible now).
type Notice struct {
	Text string `json:"text"`
}

// Refused ends a connection before the guest is let in.
type Refused struct {
	Reason string `json:"reason"` // an invite.Refusal
}

// Exhibit shows a guest an exhibit, which takes the place of the one before; without a number, none is shown any more. Only those to whom it is shown are told.
type Exhibit struct {
	Number  string `json:"number,omitempty"`
	Picture []byte `json:"picture,omitempty"` // JPEG without metadata
}

// MarshalJSON writes the message with its type.
func (m Exhibit) MarshalJSON() ([]byte, error) {
	type plain Exhibit
	return typed(TypeExhibit, plain(m))
}

// Silent tells a guest that nothing of its picture and sound arrives any more: the page looks whether its way to the court still stands, and
// comes anew where it does not.
type Silent struct{}

// Record has the witness's machine, which has said that it can, begin a second record of what leaves its camera and microphone, or end it. The key is for memory alone.
type Record struct {
	ID  string `json:"id"`
	Key []byte `json:"key,omitempty"` // 32 bytes; absent at the end
	End bool   `json:"end,omitempty"`
}

// The stages of a second record.
const (
	RecordReady   = "ready"   // the machine can keep one
	RecordRunning = "running" // it is made
	RecordClosed  = "closed"  // it is whole, and nothing comes after
	RecordFailed  = "failed"  // it could not go on: what was sealed before is there
)

// Recorded tells the court of the second record: that the machine can make one, and then, while it is made, what there is of it, so that a file which is handed over later can be held
// against that.
type Recorded struct {
	ID     string `json:"id,omitempty"` // of the one that is being made; empty while there is none
	Stage  string `json:"stage"`
	Chunks int    `json:"chunks,omitempty"` // sealed
	Size   int64  `json:"size,omitempty"`   // bytes of plaintext in them
	Root   []byte `json:"root,omitempty"`   // their tree hash, 32 bytes
	Length int64  `json:"length,omitempty"` // ms
}

// check refuses what no honest machine tells.
func (m Recorded) check() error {
	stages := []string{RecordReady, RecordRunning, RecordClosed, RecordFailed}
	if !slices.Contains(stages, m.Stage) || len(m.ID) > 64 || m.Chunks < 0 || m.Size < 0 || m.Length < 0 || m.Stage != RecordReady && (m.ID == "" || len(m.Root) != 32) {
		return ErrMessage
	}
	return nil
}

// Removed ends a connection by the court's decision: bench (the judge ended it), dismissed (a witness's part is over), closed (not on the closed session's roster),
// replaced (the same device connected again).
type Removed struct {
	Reason string `json:"reason"`
}

// Bye ends a connection because the hearing has ended.
type Bye struct{}

// Leave is the guest's goodbye.
type Leave struct{}

// MarshalJSON writes the message with its type.
func (m Request) MarshalJSON() ([]byte, error) {
	type plain Request
	return typed(TypeRequest, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Media) MarshalJSON() ([]byte, error) { type plain Media; return typed(TypeMedia, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Prepared) MarshalJSON() ([]byte, error) {
	type plain Prepared
	return typed(TypePrepared, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Speaks) MarshalJSON() ([]byte, error) {
	type plain Speaks
	return typed(TypeLanguage, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Channel) MarshalJSON() ([]byte, error) {
	type plain Channel
	return typed(TypeChannel, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Interpret) MarshalJSON() ([]byte, error) {
	type plain Interpret
	return typed(TypeInterpret, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Here) MarshalJSON() ([]byte, error) { type plain Here; return typed(TypeHere, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Talk) MarshalJSON() ([]byte, error) { type plain Talk; return typed(TypeTalk, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Hello) MarshalJSON() ([]byte, error) { type plain Hello; return typed(TypeHello, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Welcome) MarshalJSON() ([]byte, error) {
	type plain Welcome
	return typed(TypeWelcome, plain(m))
}

// MarshalJSON writes the message with its type.
func (m State) MarshalJSON() ([]byte, error) { type plain State; return typed(TypeState, plain(m)) }

// MarshalJSON writes the message with its type.
func (m LineTest) MarshalJSON() ([]byte, error) {
	type plain LineTest
	return typed(TypeLineTest, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Text) MarshalJSON() ([]byte, error) { type plain Text; return typed(TypeText, plain(m)) }

// MarshalJSON adds the type.
func (Silent) MarshalJSON() ([]byte, error) { return typed(TypeSilent, struct{}{}) }

// MarshalJSON adds the type.
func (m Notice) MarshalJSON() ([]byte, error) { type plain Notice; return typed(TypeNotice, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Refused) MarshalJSON() ([]byte, error) {
	type plain Refused
	return typed(TypeRefused, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Removed) MarshalJSON() ([]byte, error) {
	type plain Removed
	return typed(TypeRemoved, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Bye) MarshalJSON() ([]byte, error) { type plain Bye; return typed(TypeBye, plain(m)) }

// MarshalJSON writes the message with its type.
func (m Record) MarshalJSON() ([]byte, error) {
	type plain Record
	return typed(TypeRecord, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Recorded) MarshalJSON() ([]byte, error) {
	type plain Recorded
	return typed(TypeRecorded, plain(m))
}

// MarshalJSON writes the message with its type.
func (m Leave) MarshalJSON() ([]byte, error) { type plain Leave; return typed(TypeLeave, plain(m)) }

// typed writes an object with its type as the first member.
func typed(kind string, plain any) ([]byte, error) {
	body, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	head := `{"type":"` + kind + `"`
	if string(body) != "{}" {
		head += ","
	}
	return append([]byte(head), body[1:]...), nil
}
