package rehearsal

import (
	"context"
	"sync"
	"time"

	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
)

// Props are what a simulated participant brings. A nil source sends nothing.
type Props struct {
	Picture     capture.VideoSource
	Sound       capture.AudioSource
	Lang        string
	Device      *invite.DeviceKey
	Fingerprint string
}

// Participant is a simulated guest: it joins by its link over real WebRTC, sends what the court asks for, and looks at
// everything that it receives, whether or not it was told of it.
type Participant struct {
	*attend.Connection

	mu    sync.Mutex
	flows map[FlowKey]*Flow
}

// FlowKey names what was received: of whom, of which kind, announced as which form.
type FlowKey struct{ Publisher, Kind, Form string }

// Flow is what was received under one key.
type Flow struct {
	Packets int
	Frames  int
	Last    time.Time
	// Marked counts the pictures, or the tenths of a second of sound, that carried the witness's mark.
	Marked int
	// Interpreted counts the tenths of a second that carried the interpreter's.
	Interpreted int
}

// Join opens a link as a guest would.
func Join(ctx context.Context, link string, props Props) (*Participant, error) {
	p := &Participant{flows: map[FlowKey]*Flow{}}
	var err error
	p.Connection, err = attend.Open(ctx, link, attend.Config{
		Options: guest.Options{Lang: props.Lang, Device: props.Device, Fingerprint: props.Fingerprint},
		Picture: props.Picture, Sound: props.Sound, Receive: p.receive})
	if err != nil {
		return nil, err
	}
	go p.answer()
	return p, nil
}

// answer says, where the witness is asked in a trial of the concealment, that it was seen and heard.
func (p *Participant) answer() {
	answered := false
	for {
		changed := p.Changed()
		asked := false
		if t := p.State().Trial; t != nil {
			asked = t.Stage == string(testimony.TrialAnswer)
		}
		if asked && !answered {
			_ = p.Prepared(join.StepConcealed) // whoever is gone answers nothing
		}
		answered = asked
		select {
		case <-changed:
		case <-p.Done():
			return
		}
	}
}

// Flows returns a copy of what was received so far.
func (p *Participant) Flows() map[FlowKey]Flow {
	p.mu.Lock()
	defer p.mu.Unlock()
	flows := make(map[FlowKey]Flow, len(p.flows))
	for k, f := range p.flows {
		flows[k] = *f
	}
	return flows
}

// Ended returns the type of the message by which the court ended the session, or "".
func (p *Participant) Ended() string { return p.Connection.Ended().Type }

// Until waits until a condition on the participant holds.
func (p *Participant) Until(ctx context.Context, holds func(*Participant) bool) error {
	return p.Connection.Until(ctx, func() bool { return holds(p) })
}
