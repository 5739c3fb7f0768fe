package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"paravent/media/conceal"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/live"
	"paravent/testimony/relay"
)

type hostCmd struct {
	vaultFlags
	benchFlags
	hereFlags
	Hearing string `help:"The hearing: its id or its key in the docket file." required:"" placeholder:"H"`
	Listen  string `help:"Address of the join page. Plain HTTP on this machine, HTTPS with a certificate of its own elsewhere." default:"127.0.0.1:0" placeholder:"ADDR"`
	// Languages is where the court keeps languages of its own for the page.
	Languages string `help:"Folder of the court's own languages for the join page; paravent-languages beside the vault where left out." type:"path" placeholder:"DIR"`
	Relay     bool   `help:"Let guests come over the court's relay."`
}

// Help is shown by 'paravent host --help'.
func (hostCmd) Help() string {
	return `Standard output has one JSON event a line: opened, link, joined, state, event, alarm, request, reply, minutes, check, timestamp, closed.
Standard input takes one command a line:
  admit P             let P in from the lobby; P is a seat's id, its key in the docket file, or its role
  phase identity|oath|testimony|playback|lobby
  verified            the witness's identity was checked
  oath FORM           show the witness the words of an oath, affirmation or promise
  sworn               the oath was taken
  refused             the witness refuses the oath
  unsworn REASON      the judge's decision to hear the witness without an oath
  stage STAGE [P]     whose questions follow: chief P, cross P, reexamination P, or bench
  objection P GROUND  P objects: identifying, barred, leading, relevance, repetition, intimidating, speculation, hearsay, form or other
  ruling RULING       sustained, overruled, rephrase, withdrawn or reserved
  back MINUTES        tell those who wait in how many minutes it is expected to go on
  exhibit NUMBER [ROLE]…  show a picture to the bench and to those roles; takedown takes it down
  recorded            list the testimonies of this case that were recorded in other hearings
  playback H          open the testimony recorded in hearing H, in the phase playback; play, pause, seek TIME and shut are of it
  mode public|private|closed [REASON]
  mark                blank the public version from 20 s before to 10 s after
  break [REASON]      resume      interrupt [REASON]
  mute P   unmute P   remove P [REASON]
  try                 try the concealment, during the identity check: the state's trial says how it goes
  confirm             confirm that the bench saw and heard what others will get
  saw yes|no          what a witness who sits in this room says of the trial
  untried REASON      the judge's decision to go on without a trial that passed
  drawing STYLE       draw what stands for the witness as bust, contour, folded or rings
  push [off]          send what the public may have to the court's media server, later; with off, end that
  go-on               end a pause that the witness's side has called, once it says that it can go on
  call P              place a witness who waits alone in the hearing
  dismiss P           end a witness's part: nothing more is received, and the link opens nothing any more
  talk P              call P back from a private talk with counsel or client: it ends at once, and P is seen and heard once P says so
  interpret P [LANG]  interpreter P speaks on the channel of a language from now on; with none, to everyone
  listen [CHANNEL]    what this desk hears of the interpreters: a language, floor, or with none every channel but the witness's
  say P TEXT          answer P on the text line to the clerk; /seen, /wait, /call or /aloud are said in the language of P's page
  read P              print what P and the clerk have written to each other, and note it as read
  answered P          take P's requests off the list
  invite P            withdraw P's link and make a new one, for a lost device or a link that was given away
  status              print the state
  close               seal the recordings, print the minutes and end`
}

func (h hostCmd) Run(ctx context.Context, c *console) error {
	bench, err := h.benchFlags.open(ctx)
	if err != nil {
		return err
	}
	here, err := h.hereFlags.open(ctx)
	if err != nil {
		bench.close()
		return err
	}
	opened := false
	defer func() {
		if opened {
			return
		}
		bench.close()
		if here != nil {
			_, _ = here.Camera.Close(), here.Microphone.Close() // nothing was read of them that could be lost
		}
	}()
	return h.with(ctx, c, func(d *docket.Desk) error {
		hearing, err := d.FindHearing(ctx, h.Hearing)
		if err != nil {
			return err
		}
		var reach relay.Reach
		if h.Relay {
			if reach, err = d.ReachForUse(ctx); err != nil {
				return err
			}
		}
		s, err := live.Open(ctx, live.Config{Desk: d, Hearing: hearing.ID, Listen: h.Listen, Languages: h.Languages, Reach: reach, Logger: c.log, Camera: bench.camera, Microphone: bench.microphone, Here: here})
		if err != nil {
			return err
		}
		opened = true // and the session closes them
		keys, err := d.SeatKeys(ctx, hearing)
		if err != nil {
			s.Abandon()
			return err
		}
		// A reader that goes away must not kill the recording: writing fails instead, and the session is ended in good order.
		signal.Ignore(syscall.SIGPIPE)
		held := func(ctx context.Context) bool {
			after, err := d.Hearing(ctx, hearing.ID)
			return err == nil && !after.Held.IsZero()
		}
		find := func(ctx context.Context, typed string) (testimony.HearingID, error) {
			h, err := d.FindHearing(ctx, typed)
			return h.ID, err
		}
		return (&host{session: s, keys: keys, held: held, find: find, kept: d.Minutes, check: checks(d), stamp: stamps(c, d), out: json.NewEncoder(c.out), deaf: make(chan struct{})}).run(ctx, c.in)
	})
}

// host drives a session from lines of text and tells what happens in lines of JSON.
type host struct {
	session *live.Session
	keys    map[testimony.ParticipantID]string
	held    func(context.Context) bool // whether the vault has the hearing as held
	find    func(context.Context, string) (testimony.HearingID, error)
	kept    func(context.Context, testimony.HearingID) (testimony.Minutes, error)
	check   func(context.Context, *testimony.Minutes) []line // of what was recorded of a witness who sits here
	stamp   func(context.Context) []line                     // of what was sealed, by an authority outside the court
	seen    int                                              // events told

	mu     sync.Mutex
	out    *json.Encoder
	failed error         // of standard output
	deaf   chan struct{} // closed when standard output has failed
}

type line map[string]any

func (h *host) tell(kind string, l line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l["event"] = kind
	if err := h.out.Encode(l); err != nil && h.failed == nil {
		h.failed = fmt.Errorf("%w: %w", errSilenced, err)
		close(h.deaf)
	}
}

// silenced is why nobody heard the last events, if that was so.
func (h *host) silenced() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failed
}

// errSilenced ends a session whose events nobody reads: whoever steers it no longer knows what happens.
var errSilenced = errors.New("standard output cannot be written")

func (h *host) run(ctx context.Context, in io.Reader) error {
	state := h.session.State()
	h.seen = len(state.Events) // of an earlier opening of the courtroom
	h.tell("opened", line{"hearing": state.Hearing.ID, "case": state.CaseReference, "address": state.Address, "fingerprint": state.Fingerprint})
	for _, p := range state.People {
		h.link(p)
	}
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		h.watch()
	}()
	minutes, how, err := h.commands(ctx, in)
	h.session.Abandon()
	<-watching
	if minutes != nil {
		if kept, err := h.kept(ctx, minutes.Hearing); err == nil { // with the head of the audit log
			minutes = &kept
		}
		h.tell("minutes", line{"sealed": minutes, "public": minutes.Public()})
		if state.Here != "" {
			for _, found := range h.check(ctx, minutes) {
				h.tell("check", found)
			}
		}
	}
	for _, given := range h.stamp(ctx) {
		h.tell("timestamp", given)
	}
	h.tell("closed", line{"how": how, "resumable": !h.held(context.WithoutCancel(ctx))})
	return errors.Join(err, h.silenced())
}

func (h *host) link(p live.Person) {
	h.tell("link", line{"participant": p.ID, "key": h.keys[p.ID], "role": p.Role, "label": p.Label, "url": p.Link})
}

// maxLine bounds one command, in bytes.
const maxLine = 4096

// readLines passes on one line at a time until the input or the session ends. What is too long for a command comes as
// one line that is no command.
func (h *host) readLines(in io.Reader, lines chan<- string) {
	defer close(lines)
	reader := bufio.NewReaderSize(in, maxLine)
	for {
		text, more, err := reader.ReadLine()
		command := string(text)
		for more && err == nil {
			command = tooLong
			_, more, err = reader.ReadLine()
		}
		if err != nil {
			return
		}
		select {
		case lines <- command:
		case <-h.session.Done():
			return
		}
	}
}

const tooLong = "(a line of more than 4096 bytes)"

// commands follows standard input until close, or until nobody gives or hears commands any more: that leaves the hearing
// to be opened again. It returns the minutes of a hearing that was closed.
func (h *host) commands(ctx context.Context, in io.Reader) (minutes *testimony.Minutes, how string, err error) {
	lines := make(chan string)
	go h.readLines(in, lines)
	for {
		select {
		case <-ctx.Done():
			return nil, "stopped", nil
		case <-h.deaf:
			return nil, "nobody reads the events", nil
		case text, ok := <-lines:
			if !ok {
				return nil, "end of input", nil
			}
			fields := strings.Fields(text)
			if len(fields) == 0 {
				continue
			}
			if fields[0] == "close" {
				minutes, err := h.session.Close(ctx)
				h.reply(text, err)
				return &minutes, "closed", err
			}
			h.reply(text, h.execute(ctx, fields))
		}
	}
}

func (h *host) reply(command string, err error) {
	l := line{"command": command, "ok": err == nil}
	if err != nil {
		l["error"], _ = tell(err)
	}
	h.tell("reply", l)
}

func (h *host) execute(ctx context.Context, fields []string) error {
	argument := func(i int) string {
		if i < len(fields) {
			return fields[i]
		}
		return ""
	}
	rest := func(i int) string {
		if i < len(fields) {
			return strings.Join(fields[i:], " ")
		}
		return ""
	}
	s := h.session
	switch fields[0] {
	case "listen":
		return s.Listen(testimony.Channel(argument(1)))
	case "admit", "call", "dismiss", "talk", "interpret", "remove", "mute", "unmute", "answered", "invite", "say", "read":
		id, err := h.participant(argument(1))
		if err != nil {
			return err
		}
		switch fields[0] {
		case "admit":
			return s.Admit(id)
		case "call":
			return s.CallWitness(id)
		case "dismiss":
			return s.DismissWitness(id)
		case "talk":
			return s.CallBack(id)
		case "interpret":
			return s.Interpret(id, argument(2))
		case "remove":
			return s.Remove(id, rest(2))
		case "answered":
			return s.Answer(id, "")
		case "say":
			if phrase, ready := strings.CutPrefix(rest(2), "/"); ready {
				return s.Say(id, "", phrase)
			}
			return s.Say(id, rest(2), "")
		case "read":
			return h.read(id)
		case "invite":
			return h.invite(ctx, id)
		}
		return s.Mute(id, fields[0] == "mute")
	case "phase":
		return s.Enter(testimony.Phase(argument(1)))
	case "exhibit":
		id, err := s.FindExhibit(argument(1))
		if err != nil {
			return noExhibit(argument(1), err)
		}
		var to []testimony.Role
		for _, r := range fields[min(2, len(fields)):] {
			to = append(to, testimony.Role(r))
		}
		return s.ShowExhibit(id, to)
	case "takedown":
		return s.TakeDown()
	case "recorded", "playback", "play", "pause", "seek", "shut":
		return h.playback(ctx, fields[0], argument(1))
	case "verified":
		return s.IdentityVerified()
	case "sworn":
		return s.OathTaken()
	case "oath", "refused", "unsworn", "stage", "objection", "ruling", "back":
		return h.conduct(fields[0], argument, rest)
	case "mode":
		m, err := protection.ParseMode(argument(1))
		if err != nil {
			return usageError{err.Error()}
		}
		return s.SetMode(m, rest(2))
	case "mark":
		return s.Mark()
	case "break":
		return s.Break(rest(1))
	case "interrupt":
		return s.Interrupt(rest(1))
	case "resume":
		return s.Resume()
	case "try":
		return s.TryConcealment()
	case "confirm":
		return s.ConfirmConcealment()
	case "saw":
		if argument(1) != "yes" && argument(1) != "no" {
			return usageError{"saw takes yes or no"}
		}
		return s.AnswerHere(argument(1) == "yes")
	case "untried":
		return s.GoOnUntried(rest(1))
	case "push":
		if argument(1) == "off" {
			return s.EndPush()
		}
		return s.Push(ctx)
	case "drawing":
		return s.DrawAs(conceal.Style(argument(1)))
	case "go-on":
		return s.GoOn()
	case "status":
		h.tell("state", h.describe(s.State()))
		return nil
	}
	return usageError{fmt.Sprintf("%q is not a command of the session", fields[0])}
}

// invite withdraws a seat's link and tells the new one.
func (h *host) invite(ctx context.Context, id testimony.ParticipantID) error {
	if err := h.session.Reinvite(ctx, id); err != nil {
		return err
	}
	for _, p := range h.session.State().People {
		if p.ID == id {
			h.link(p)
		}
	}
	return nil
}

// read tells what was written on a seat's text line. Nothing else tells a word of it: whoever keeps standard output keeps only what was asked for.
func (h *host) read(id testimony.ParticipantID) error {
	texts := []line{}
	for _, p := range h.session.State().People {
		if p.ID != id {
			continue
		}
		for _, x := range p.Text.Texts {
			texts = append(texts, line{"at": x.At, "clerk": x.Clerk, "phrase": x.Phrase, "words": x.Words})
		}
	}
	if err := h.session.ReadText(id); err != nil {
		return err
	}
	h.tell("texts", line{"participant": id, "texts": texts})
	return nil
}

// participant finds a seat by its id, its key, or its role where only one has it.
func (h *host) participant(typed string) (testimony.ParticipantID, error) {
	var byRole []testimony.ParticipantID
	for _, p := range h.session.State().Hearing.Participants {
		if string(p.ID) == typed || h.keys[p.ID] == typed {
			return p.ID, nil
		}
		if string(p.Role) == typed {
			byRole = append(byRole, p.ID)
		}
	}
	if len(byRole) == 1 {
		return byRole[0], nil
	}
	return "", fmt.Errorf("%w: %q", live.ErrNobody, typed)
}

// watch tells every change until the session ends, the last one included.
func (h *host) watch() {
	alarms, requests, last := 0, map[time.Time]bool{}, ""
	for ended := false; ; {
		changed := h.session.Changed()
		state := h.session.State()
		for ; h.seen < len(state.Events); h.seen++ {
			e := state.Events[h.seen]
			l := line{"at": e.At, "kind": e.Kind, "phase": e.Phase, "mode": e.Mode, "participant": e.Participant, "reason": e.Reason}
			if e.With != "" {
				l["with"] = e.With
			}
			if e.Recording != "" {
				l["recording"], l["place"], l["was"] = e.Recording, edit.Clock(e.Place), edit.Clock(e.Was)
			}
			h.tell("event", l)
		}
		for ; alarms < len(state.Alarms); alarms++ {
			a := state.Alarms[alarms]
			h.tell("alarm", line{"at": a.At, "kind": a.Kind, "participant": a.Participant})
		}
		for _, r := range state.Requests {
			if !requests[r.At] {
				requests[r.At] = true
				h.tell("request", line{"at": r.At, "kind": r.Kind, "participant": r.From})
			}
		}
		described := h.describe(state)
		if text, err := json.Marshal(described); err == nil && string(text) != last {
			last = string(text)
			h.tell("state", described)
		}
		if ended {
			return
		}
		select {
		case <-changed:
		case <-h.session.Done():
			ended = true
		}
	}
}

// describe is what a script needs to know of the state; it leaves out what changes every second.
func (h *host) describe(s live.State) line {
	people := []line{}
	for _, p := range s.People {
		people = append(people, line{"participant": p.ID, "key": h.keys[p.ID], "role": p.Role, "presence": p.Presence, "words": p.Words,
			"muted": p.Muted, "unread": p.Text.Unread, "receives": p.Receives, "talks": p.TalksWith, "away": p.Away, "because": strings.Join(p.Cell.Reasons(policy.English), "; ")})
	}
	return line{"phase": s.Session.Phase, "mode": s.Effective, "asked": s.Session.Mode, "reason": s.Session.Reason,
		"recording": s.Recording, "remote": s.Remote, "push": s.Push, "gallery": s.Gallery, "relay": s.Relay, "shows_accused": s.ShowsAccused, "marks": s.Marks, "people": people,
		"held": s.Held.Why, "ready": s.Held.Ready, "oath": s.Conduct.Oath, "stage": stageLine(s.Conduct), "objection": s.Conduct.Objection, "back": s.Conduct.Back,
		"channels": s.Channels, "channel": s.Channel, "playing": playingLine(s.Playing)}
}

// stageLine is whose questions are being put. How long is told in the minutes: a line a second would drown the rest.
func stageLine(c live.Conduct) line {
	if c.Current < 0 {
		return nil
	}
	return line{"stage": c.Examined[c.Current].Stage, "by": c.Examined[c.Current].By}
}

// conduct takes a step of the oath, the examination, an objection, or the time at which it goes on.
func (h *host) conduct(step string, argument, rest func(int) string) error {
	s := h.session
	switch step {
	case "oath":
		return s.ShowOath(testimony.OathForm(argument(1)))
	case "refused":
		return s.OathRefused()
	case "unsworn":
		return s.HearUnsworn(rest(1))
	case "ruling":
		return s.Rule(testimony.Ruling(argument(1)))
	case "back":
		minutes, err := strconv.Atoi(argument(1))
		if err != nil {
			return usageError{"back takes a number of minutes"}
		}
		return s.ExpectBack(s.State().Now.Add(time.Duration(minutes) * time.Minute))
	case "stage":
		if stage := testimony.Stage(argument(1)); stage == testimony.FromBench {
			return s.CallStage(stage, testimony.BenchID)
		}
		by, err := h.participant(argument(2))
		if err != nil {
			return err
		}
		return s.CallStage(testimony.Stage(argument(1)), by)
	}
	by, err := h.participant(argument(1))
	if err != nil {
		return err
	}
	return s.Object(by, testimony.Ground(argument(2)))
}
