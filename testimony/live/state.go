package live

import (
	"time"

	"paravent/media/conceal"
	"paravent/media/rtpio"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/readiness"
)

// Presence is where an invited participant is.
type Presence string

// The presences.
const (
	Absent   Presence = "absent"
	InLobby  Presence = "lobby"    // connected, waiting for the bench; receives nothing
	Admitted Presence = "admitted" // takes part
	Lost     Presence = "lost"     // admitted, connection lost; the seat is held for HoldFor
)

// HoldFor is how long the seat of a participant whose connection was lost is held under the same policy.
const HoldFor = 60 * time.Second

// Person is one seat as the bench sees it.
type Person struct {
	testimony.Participant
	Presence Presence
	Words    [4]string // verification words as the guest reads them; empty until connected
	Lang     string    // that the guest reads the page in, a BCP 47 code; empty until connected
	Prepared []string  // steps that the witness has taken before the hearing: rights, devices, silent
	Link     string    // the join link; empty once used
	Muted    bool      // by the bench
	Waits    bool      // a witness who has not been called, or was dismissed: alone, whatever the presence
	Speaking bool
	Camera   bool                // the guest says that the camera is on
	Low      string              // why the page wants sound first, without pictures: chosen or weak; empty while it does not
	Into     string              // the language into which an interpreter interprets on a channel; empty: to everyone
	LineTest *readiness.LineTest // the newest test of its devices and line in this session; nil: none
	Silent   bool                // nothing arrives that should
	// TalksWith is with whom the seat talks in private; empty while it does not. Away is set once the talk is over and the guest has not said that they are back.
	TalksWith testimony.ParticipantID
	Away      bool
	Text      testimony.TextLine // between this seat and the clerk; its messages are in memory alone and must be written nowhere
	Sound     rtpio.SoundCount   // what became of the packets of this connection's sound
	// Receives is what the seat receives of the witness right now, phase and mode included.
	Receives protection.Access
	// Cell is the cell of the audience matrix that Receives comes from, with its causes.
	Cell policy.Cell
}

// Recording is how the recording is doing.
type Recording string

// The recording's states.
const (
	NotRecording     Recording = "not_recording" // off the record: lobby, identity check, break
	RecordingRunning Recording = "running"
	RecordingFailed  Recording = "failed" // stop hearing evidence
)

// Request is something a guest asked for with a button.
type Request struct {
	At   time.Time
	From testimony.ParticipantID
	Kind string // one of testimony.Asks
}

// Alarm is something the bench must know at once: a refused invitation, a failed recorder, a lost connection.
type Alarm struct {
	At          time.Time
	Kind        string // help, request_refused, invitation_reused, recorder_failed, concealer_failed, remote_record_failed, push_lost, connection_lost, line_lost, mark_after_release, broadcast_failed, playback_failed, relay_lost, signalling_altered, never_quiet
	Participant testimony.ParticipantID
}

// Broadcast is how the delayed broadcast is doing.
type Broadcast struct {
	Delay  time.Duration // as ordered; 0: nobody receives later, or the public is kept out now
	Behind time.Duration // by how much what is on the air is later than it was said; 0: nothing has gone out yet
	Held   bool          // the public is kept out now: what falls due meanwhile comes afterwards
}

// State is a snapshot of the session for a screen or a script. It is a value: nothing in it is shared.
type State struct {
	Hearing       testimony.Hearing
	CaseReference string
	Session       testimony.Session
	Effective     protection.SessionMode // the mode in force: an order can raise the one that was asked for
	ModeCause     policy.Cause
	Next          []testimony.Phase       // phases that can be called now
	People        []Person                // in the order of the hearing's seats
	Gallery       protection.Access       // what the public receives of the witness now
	Exhibit       *Exhibit                // that is being shown; nil for none
	Here          testimony.ParticipantID // the seat of a witness who sits in this room; empty for none
	Talks         []testimony.Talk        // private ones, that go on; nothing of what is said in them is anywhere
	Playing       *Playing                // a recorded testimony that is open; nil for none
	Conduct       Conduct
	Channels      []string          // the languages into which is interpreted on a channel
	Channel       testimony.Channel // the one that this desk listens to
	Drawing       conceal.Style     // how what stands for a witness is drawn
	Conceals      bool              // somebody is to receive a drawing or a changed voice in place of the witness's own
	Trial         testimony.Trial   // of the concealment, in this sitting
	Push          PushStage         // of the broadcast to a media server
	Broadcast     Broadcast         // to those who receive later
	ShowsAccused  bool              // whether the witness may be shown the accused
	Recording     Recording
	Remote        RemoteStage   // of the second record at the remote point
	Recorded      time.Duration // length of the master so far
	Began         time.Time
	Now           time.Time
	Requests      []Request      // unanswered, oldest first
	Held          testimony.Hold // a pause that the witness's side has called; zero for none
	Alarms        []Alarm
	Events        []testimony.Event
	Marks         int
	Address       string // where the join page is served, e.g. https://192.0.2.7:8443
	Fingerprint   string // SHA-256 of the join page's certificate; empty over plain HTTP on this machine, and where the system trusts the relay's
	Relay         string // whether the line to the relay stands: up, down, or empty where there is none
}
