// Package edit holds the rules by which a recording is cut or masked: who asks, who decides, and what is then to be missing.
//
// It is pure: it knows times and states, and no file, clock or key. A passage that is cut is gone with its time; one that is masked keeps
// its time, under a still picture or silence. Nothing here changes a recording: a version is made beside it. Start from [Request].
package edit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/testimony"
)

// RequestID names a request to edit a recording. It tells nothing.
type RequestID string

// Kind is what happens to a passage.
type Kind string

// The kinds.
const (
	Cut  Kind = "cut"  // picture, voice and time are gone
	Mask Kind = "mask" // time stays, under a still picture or silence
)

// Channels is what is taken of a passage.
type Channels string

// The channels.
const (
	Picture Channels = "picture"
	Voice   Channels = "voice"
	Both    Channels = "both"
)

// Picture and voice report whether the channels have one.
func (c Channels) picture() bool { return c == Picture || c == Both }
func (c Channels) voice() bool   { return c == Voice || c == Both }

// Stance is where the parties stand on a request.
type Stance string

// The stances.
const (
	Joint   Stance = "joint"   // every party asks for it, or agrees
	Opposed Stance = "opposed" // a party opposes it, or was not asked
)

// State is how far an item has come.
type State string

// The states.
const (
	Asked     State = "asked"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn" // by whoever asked, before it was decided
	Lifted    State = "lifted"    // by a judge, after it was approved: the passage is to be heard again
)

// Step is what is done to an item.
type Step string

// The steps.
const (
	Approve  Step = "approve"
	Refuse   Step = "refuse"
	Withdraw Step = "withdraw"
	Lift     Step = "lift"
)

// JudgeTakes reports whether only a judge takes a step.
func JudgeTakes(s Step) bool { return s != Withdraw }

var moves = map[Step]struct{ from, to State }{
	Approve:  {Asked, Approved},
	Refuse:   {Asked, Refused},
	Withdraw: {Asked, Withdrawn},
	Lift:     {Approved, Lifted},
}

// Passage is a part of a recording. Times count from its start, in whole milliseconds.
type Passage struct {
	Kind     Kind          `json:"kind"`
	Channels Channels      `json:"channels"`
	From     time.Duration `json:"from"`  // the first instant that goes
	Until    time.Duration `json:"until"` // the first that stays
	// PictureUntil is when the picture comes back: at the first whole picture at or after Until, because those before it build on what is
	// gone. It is set when the item is approved, and is Until where no picture goes.
	PictureUntil time.Duration `json:"picture_until,omitempty"`
}

// Item is one passage of a request.
type Item struct {
	Number int `json:"number"` // from 1
	Passage
	Reason  string     `json:"reason"`
	State   State      `json:"state"`
	History []Decision `json:"history,omitempty"`
}

// Decision is a step that was taken on an item.
type Decision struct {
	Step         Step          `json:"step"`
	By           string        `json:"by"` // opaque id of the user
	Office       string        `json:"office"`
	At           time.Time     `json:"at"`
	Reasons      string        `json:"reasons,omitempty"`
	PictureUntil time.Duration `json:"picture_until,omitempty"`
	Signature    []byte        `json:"signature,omitempty"` // of a judge, over [Request.Statement]
}

// Request asks for passages of one recording to be cut or masked.
type Request struct {
	ID        RequestID             `json:"id"`
	Recording testimony.RecordingID `json:"recording"`
	Hearing   testimony.HearingID   `json:"hearing"`
	By        string                `json:"by"` // opaque id of the user who asked
	Office    string                `json:"office"`
	At        time.Time             `json:"at"`
	Stance    Stance                `json:"stance"`
	Opposes   string                `json:"opposes,omitempty"` // what the other party says, of an opposed one
	Items     []Item                `json:"items"`
	Signing   Signing               `json:"-"` // found out whenever it is read; never kept
}

// What a caller decides by. Their words are for the user.
var (
	ErrRequest = errors.New("this edit cannot be asked for")
	ErrStep    = errors.New("this step does not follow from the item's state")
	ErrReasons = errors.New("this decision needs its reasons")
)

const (
	maxItems = 60   // so that a request with all of its decisions fits a record of the vault
	maxText  = 1000 // characters
)

// Check says what is wrong with a request before it is kept, by the rule. length is that of the recording.
func (r Request) Check(length time.Duration) error {
	refuse := func(format string, with ...any) error {
		return fmt.Errorf("%w: %s", ErrRequest, fmt.Sprintf(format, with...))
	}
	switch {
	case len(r.Items) == 0:
		return refuse("it names no passage")
	case len(r.Items) > maxItems:
		return refuse("it names more than %d passages; ask in several requests", maxItems)
	case r.Stance != Joint && r.Stance != Opposed:
		return refuse("say whether it is joint or opposed")
	case r.Stance == Opposed && strings.TrimSpace(r.Opposes) == "":
		return refuse("say what the other party holds against it, or that it was not asked")
	case len([]rune(r.Opposes)) > maxText:
		return refuse("a text is longer than %d characters", maxText)
	}
	for i, x := range r.Items {
		switch {
		case x.Kind != Cut && x.Kind != Mask:
			return refuse("passage %d is neither a cut nor a mask", i+1)
		case !x.Channels.picture() && !x.Channels.voice():
			return refuse("passage %d takes neither picture nor voice", i+1)
		case x.Kind == Cut && x.Channels != Both:
			return refuse("passage %d cuts time, so that both picture and voice go; mask the one", i+1)
		case x.From < 0 || x.Until <= x.From:
			return refuse("passage %d ends before it begins", i+1)
		case x.Until > length:
			return refuse("passage %d ends after the recording, which is %s long", i+1, Clock(length))
		case x.From%time.Millisecond != 0 || x.Until%time.Millisecond != 0:
			return refuse("passage %d has a time finer than a millisecond", i+1)
		case strings.TrimSpace(x.Reason) == "":
			return refuse("passage %d has no reason", i+1)
		case len([]rune(x.Reason)) > maxText:
			return refuse("a text is longer than %d characters", maxText)
		}
	}
	return nil
}

// Ask completes a request that was checked: its items are numbered and asked for, whatever they said of themselves.
func (r Request) Ask() Request {
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		x := &r.Items[i]
		x.Number, x.State, x.History, x.PictureUntil = i+1, Asked, nil, 0
		x.Reason = strings.TrimSpace(x.Reason)
	}
	return r
}

// Open reports whether an item still waits for a decision.
func (r Request) Open() bool {
	return slices.ContainsFunc(r.Items, func(x Item) bool { return x.State == Asked })
}

// Steps lists what can be done to an item in its state.
func (x Item) Steps() []Step {
	var steps []Step
	for _, s := range []Step{Approve, Refuse, Withdraw, Lift} {
		if moves[s].from == x.State {
			steps = append(steps, s)
		}
	}
	return steps
}

// Take takes a step on the item of a number and returns the request after it; the request itself stays as it is. Approving needs PictureUntil
// where picture goes; refusing and lifting need reasons.
func (r Request) Take(number int, d Decision) (Request, error) {
	i := number - 1
	if i < 0 || i >= len(r.Items) {
		return r, fmt.Errorf("%w: there is no passage %d", ErrStep, number)
	}
	x := r.Items[i]
	move, known := moves[d.Step]
	switch {
	case !known || x.State != move.from:
		return r, fmt.Errorf("%w: passage %d is %s", ErrStep, number, x.State)
	case (d.Step == Refuse || d.Step == Lift) && strings.TrimSpace(d.Reasons) == "":
		return r, ErrReasons
	case len([]rune(d.Reasons)) > maxText:
		return r, fmt.Errorf("%w: a text is longer than %d characters", ErrStep, maxText)
	}
	if d.Step == Approve {
		x.PictureUntil = x.Until
		if x.Channels.picture() {
			x.PictureUntil = max(x.Until, d.PictureUntil)
		}
	}
	d.Reasons, d.PictureUntil, d.Signature = strings.TrimSpace(d.Reasons), x.PictureUntil, nil
	x.State = move.to
	x.History = append(slices.Clone(x.History), d)
	r.Items = slices.Clone(r.Items)
	r.Items[i] = x
	return r, nil
}

// Clock writes a time of a recording as hours, minutes, seconds and milliseconds: 00:01:02.345.
func Clock(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// ParseClock reads a time as a person types it: 1:02:03.5, 62:03.5 or 3723.5. Finer than a millisecond is refused.
func ParseClock(typed string) (time.Duration, error) {
	bad := fmt.Errorf("%w: %q is no time; write it as 00:01:02.345", ErrRequest, typed)
	whole, fraction, dotted := strings.Cut(strings.TrimSpace(typed), ".")
	if dotted && (fraction == "" || len(fraction) > 3) {
		return 0, bad
	}
	ms, ok := digits((fraction + "000")[:3])
	parts := strings.Split(whole, ":")
	if !ok || len(parts) > 3 {
		return 0, bad
	}
	seconds := 0
	for i, p := range parts {
		n, ok := digits(p)
		if !ok || i > 0 && (n > 59 || len(p) != 2) {
			return 0, bad
		}
		seconds = seconds*60 + n
	}
	return time.Duration(seconds)*time.Second + time.Duration(ms)*time.Millisecond, nil
}

func digits(s string) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != "" && len(s) <= 6
}
