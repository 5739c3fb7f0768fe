// Package rehearsal runs a complete hearing with simulated participants over real WebRTC on this machine, and says whether
// every protection held: it is the installation check, the training tool and the demonstration.
//
// The witness and the interpreter carry a [Mark] in picture and sound. Everything that every participant receives, and both
// recordings, are decoded and searched for it. The functions to start from are [Run] and, for a single simulated guest, [Join].
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/live"
)

// Config says where and how long to rehearse.
type Config struct {
	Dir      string        // where the training vault and the recordings are put; it must exist
	Testify  time.Duration // length of the public testimony; at least three seconds
	Options  docket.Options
	Progress func(string) // told each step in one sentence; may be nil
}

// Finding is one thing that was checked.
type Finding struct {
	Name   string `json:"name"`
	Held   bool   `json:"held"`
	Detail string `json:"detail,omitempty"`
}

// Report is what a rehearsal found.
type Report struct {
	Vault      string            `json:"vault"`
	Began      time.Time         `json:"began"`
	Seconds    float64           `json:"seconds"`
	Findings   []Finding         `json:"findings"`
	Recordings []RecordingLine   `json:"recordings"`
	Minutes    testimony.Minutes `json:"minutes"`
}

// RecordingLine is one recording that the rehearsal made.
type RecordingLine struct {
	ID      testimony.RecordingID `json:"id"`
	Version protection.Audience   `json:"version"`
	Length  time.Duration         `json:"length"`
	Intact  bool                  `json:"intact"`
	Words   string                `json:"words"`
}

// Held reports whether everything held.
func (r Report) Held() bool {
	for _, f := range r.Findings {
		if !f.Held {
			return false
		}
	}
	return len(r.Findings) > 0
}

// stage is a rehearsal under way.
type stage struct {
	config  Config
	desk    *docket.Desk
	session *live.Session
	cast    map[testimony.Role]*Participant
	ids     map[testimony.Role]testimony.ParticipantID
	links   map[testimony.Role]string
	device  *invite.DeviceKey // of the gallery, which leaves and comes back
	report  Report
}

// stepFor bounds every wait of the rehearsal: on a machine too slow for it, it fails with a sentence and does not hang.
const stepFor = 30 * time.Second

// Run rehearses. The error says why the rehearsal could not go on; whether the protections held is in the report.
func Run(ctx context.Context, c Config) (Report, error) {
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	c.Testify = max(c.Testify, 3*time.Second)
	s := &stage{config: c, cast: map[testimony.Role]*Participant{}, ids: map[testimony.Role]testimony.ParticipantID{}, links: map[testimony.Role]string{}}
	began := time.Now()
	s.report.Began = began
	err := s.play(ctx)
	s.report.Seconds = time.Since(began).Seconds()
	return s.report, err
}

func (s *stage) play(ctx context.Context) (err error) {
	s.say("Creating a training vault with an invented case.")
	s.report.Vault = filepath.Join(s.config.Dir, "rehearsal.paravent")
	if s.desk, err = docket.CreateTraining(ctx, s.report.Vault, s.config.Options); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.desk.Close()) }()
	hearing, err := s.desk.FindHearing(ctx, "hearing-1")
	if err != nil {
		return err
	}
	s.session, err = live.Open(ctx, live.Config{Desk: s.desk, Hearing: hearing.ID, Microphone: capture.NewTestSpeech(99)})
	if err != nil {
		return err
	}
	defer s.session.Abandon()
	defer s.sendHome()
	for _, act := range []func(context.Context) error{s.lobby, s.identity, s.oath, s.public, s.private, s.closed, s.pause, s.strangers, s.end} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) say(text string) { s.config.Progress(text) }

func (s *stage) found(held bool, name, format string, args ...any) {
	s.report.Findings = append(s.report.Findings, Finding{name, held, fmt.Sprintf(format, args...)})
}

func (s *stage) sendHome() {
	for _, p := range s.cast {
		p.Break()
	}
}

// props are what each simulated participant brings.
func (s *stage) props(role testimony.Role) (Props, error) {
	p := Props{Lang: "en", Fingerprint: s.session.State().Fingerprint}
	switch role {
	case testimony.RoleWitness:
		p.Lang = "fr"
		p.Picture = capture.NewTestPicture(1, 640, 480, 15, WitnessMark.Draw)
		p.Sound = WitnessMark.Sound(capture.NewTestSpeech(1))
	case testimony.RoleInterpreter:
		p.Sound = InterpreterMark.Sound(capture.NewTestSpeech(2))
	case testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused:
		p.Picture = capture.NewTestPicture(uint64(len(role)), 320, 240, 10, nil)
		p.Sound = capture.NewTestSpeech(uint64(len(role)))
	case testimony.RoleGallery:
		key, err := invite.NewDeviceKey(randomness)
		if err != nil {
			return p, err
		}
		s.device = key
		p.Device = key
	}
	return p, nil
}

func (s *stage) lobby(ctx context.Context) error {
	s.say("Six participants open their links and wait in the lobby.")
	for _, person := range s.session.State().People {
		s.ids[person.Role], s.links[person.Role] = person.ID, person.Link
		props, err := s.props(person.Role)
		if err != nil {
			return err
		}
		if s.cast[person.Role], err = Join(ctx, person.Link, props); err != nil {
			return fmt.Errorf("%s could not join: %w", person.Role, err)
		}
	}
	if err := s.until(ctx, "everyone to reach the lobby", func(st live.State) bool {
		return count(st, live.InLobby) == len(s.cast)
	}); err != nil {
		return err
	}
	same := true
	for _, person := range s.session.State().People {
		same = same && person.Words == s.cast[person.Role].Words()
	}
	s.found(same, "Both ends of every connection show the same four words", "")
	received := 0
	for _, p := range s.cast {
		received += len(p.Flows())
	}
	s.found(received == 0, "Nobody receives anything in the lobby", "%d tracks", received)
	for role, id := range s.ids {
		if err := s.session.Admit(id); err != nil {
			return fmt.Errorf("admit %s: %w", role, err)
		}
	}
	for role, p := range s.cast {
		if !role.Publishes() {
			continue // there is nothing to connect for until there is something to receive
		}
		if err := s.wait(ctx, p, string(role)+" to be connected", (*Participant).Connected); err != nil {
			return err
		}
	}
	return nil
}

func count(st live.State, presence live.Presence) int {
	n := 0
	for _, p := range st.People {
		if p.Presence == presence {
			n++
		}
	}
	return n
}

func (s *stage) identity(ctx context.Context) error {
	s.say("The witness's identity is checked off the record.")
	if err := s.session.Enter(testimony.IdentityCheck); err != nil {
		return err
	}
	seen := make(chan struct{}, 1)
	cancel := s.session.Pictures(s.ids[testimony.RoleWitness], signalOn(seen))
	defer cancel()
	if err := wait(ctx, seen, "the bench to see the witness"); err != nil {
		return err
	}
	s.found(true, "The bench sees the witness clear", "")
	others := 0
	for role, p := range s.cast {
		if role != testimony.RoleWitness {
			others += p.of(s.ids[testimony.RoleWitness]).Packets
		}
	}
	s.found(others == 0, "Nobody but the bench receives the witness during the identity check", "%d packets", others)
	s.found(s.session.State().Recording == live.NotRecording, "The identity check stays off the record", "")
	if err := s.session.IdentityVerified(); err != nil {
		return err
	}
	return s.trial(ctx)
}

// trial tries the concealment before the oath, as a bench would.
func (s *stage) trial(ctx context.Context) error {
	if !s.session.State().Conceals {
		return nil
	}
	s.say("The concealment is tried: the witness speaks, sees the drawing, and it is stopped on purpose.")
	s.found(errors.Is(s.session.Enter(testimony.Oath), live.ErrUntried), "The oath does not begin before the concealment was tried", "")
	if err := s.session.TryConcealment(); err != nil {
		return err
	}
	if err := s.until(ctx, "the trial to end", func(st live.State) bool { return st.Trial.Stage == "" }); err != nil {
		return err
	}
	s.found(s.session.State().Trial.Passed, "The drawing comes, and where it stops slate and silence come", "%s", s.session.State().Trial.Fault)
	return s.session.ConfirmConcealment()
}

func (s *stage) oath(context.Context) error {
	if err := s.session.Enter(testimony.Oath); err != nil {
		return err
	}
	s.found(s.session.State().Recording == live.RecordingRunning, "Recording begins with the oath", "")
	return s.session.OathTaken()
}

func (s *stage) public(ctx context.Context) error {
	s.say("Testimony in public session.")
	if err := s.session.Enter(testimony.Testimony); err != nil {
		return err
	}
	witness, interpreter := s.ids[testimony.RoleWitness], s.ids[testimony.RoleInterpreter]
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleInterpreter} {
		err := s.wait(ctx, s.cast[role], string(role)+" to see and hear the witness", func(p *Participant) bool {
			f := p.of(witness)
			return f.ClearPictures > 0 && f.MarkedPictures > 0 && f.MarkedSound > 0
		})
		if err != nil {
			return err
		}
	}
	s.found(true, "Prosecution, defence counsel and interpreter see and hear the witness clear", "")
	gallery := s.cast[testimony.RoleGallery]
	err := s.wait(ctx, gallery, "the gallery to see the silhouette and hear the interpreter", func(p *Participant) bool {
		return p.of(witness).Silhouettes > 0 && p.of(interpreter).Interpreted > 0
	})
	if err != nil {
		return err
	}
	if err := pause(ctx, s.config.Testify); err != nil {
		return err
	}
	s.checkGallery("in public session")
	accused := s.cast[testimony.RoleAccused].of(witness)
	s.found(accused.ClearPictures+accused.Silhouettes == 0, "The accused does not see the witness, as the order says", "%d pictures", accused.ClearPictures)
	s.found(accused.MarkedSound > 0, "The accused hears the witness", "")
	w := s.cast[testimony.RoleWitness].of(s.ids[testimony.RoleAccused])
	s.found(w.Packets == 0, "The witness receives nothing of the accused, as the order says", "%d packets", w.Packets)
	return nil
}

// checkGallery looks at everything that the gallery has received so far.
func (s *stage) checkGallery(when string) {
	g := s.cast[testimony.RoleGallery]
	f := g.of(s.ids[testimony.RoleWitness])
	s.found(f.ClearPictures == 0 && f.ClearSound == 0, "The gallery receives no clear track of the witness "+when, "%d pictures, %d of sound", f.ClearPictures, f.ClearSound)
	marked := 0
	for _, flow := range g.Flows() {
		marked += flow.Marked
	}
	s.found(marked == 0, "Nothing that the gallery received carries the witness's picture or voice "+when, "%d of %d silhouettes or tenths of a second", marked, f.Silhouettes)
}

func (s *stage) private(ctx context.Context) error {
	s.say("Private session: the gallery is cut.")
	if err := s.session.SetMode(protection.PrivateMode, "The witness speaks of family."); err != nil {
		return err
	}
	silent, err := s.silentAfter(ctx, s.cast[testimony.RoleGallery])
	if err != nil {
		return err
	}
	s.found(silent == 0, "The gallery receives nothing in private session", "%d packets", silent)
	if err := s.hears(ctx, testimony.RoleProsecution); err != nil {
		return err
	}
	s.found(true, "Counsel go on hearing in private session", "")
	s.found(s.cast[testimony.RoleGallery].State().Reason != "", "The public is told the reason", "")
	s.say("A slip is marked; then public session again.")
	if err := s.session.Mark(); err != nil {
		return err
	}
	return s.reopen(ctx)
}

// reopen goes back to public session and waits until the gallery sees the silhouette again.
func (s *stage) reopen(ctx context.Context) error {
	before := s.cast[testimony.RoleGallery].of(s.ids[testimony.RoleWitness]).Silhouettes
	if err := s.session.SetMode(protection.PublicMode, ""); err != nil {
		return err
	}
	err := s.wait(ctx, s.cast[testimony.RoleGallery], "the gallery to see the silhouette again", func(p *Participant) bool {
		return p.of(s.ids[testimony.RoleWitness]).Silhouettes > before
	})
	if err == nil {
		s.checkGallery("after the session was opened again")
	}
	return err
}

func (s *stage) hears(ctx context.Context, role testimony.Role) error {
	before := s.cast[role].of(s.ids[testimony.RoleWitness]).ClearSound
	return s.wait(ctx, s.cast[role], string(role)+" to hear the witness", func(p *Participant) bool {
		return p.of(s.ids[testimony.RoleWitness]).ClearSound > before
	})
}

const (
	// drain is how long nothing arrives before what was on its way at a cut counts as arrived; drained bounds the wait for it. On a busy
	// machine packets wait for their receiver long after they have left.
	drain   = 300 * time.Millisecond
	drained = 5 * time.Second
)

// silentAfter counts the packets that a participant still receives in a second, once those on their way at the cut have arrived. What
// goes on being sent never falls quiet, and is counted.
func (s *stage) silentAfter(ctx context.Context, p *Participant) (int, error) {
	for waited := time.Duration(0); waited < drained; waited += drain {
		before := p.packets()
		if err := pause(ctx, drain); err != nil {
			return 0, err
		}
		if p.packets() == before {
			break
		}
	}
	before := p.packets()
	if err := pause(ctx, time.Second); err != nil {
		return 0, err
	}
	return p.packets() - before, nil
}

func (s *stage) closed(ctx context.Context) error {
	s.say("Closed session: the gallery's connection is taken down.")
	if err := s.session.SetMode(protection.ClosedMode, "The witness's safety."); err != nil {
		return err
	}
	if err := s.wait(ctx, s.cast[testimony.RoleGallery], "the gallery to be disconnected", func(p *Participant) bool { return !p.Connected() }); err != nil {
		return err
	}
	s.found(true, "In closed session the gallery's connection is taken down", "")
	if err := s.hears(ctx, testimony.RoleDefence); err != nil {
		return err
	}
	return s.reopen(ctx)
}

func (s *stage) pause(ctx context.Context) error {
	s.say("The witness asks for a break.")
	if err := s.cast[testimony.RoleWitness].Ask(join.AskBreak); err != nil {
		return err
	}
	if err := s.until(ctx, "the bench to see the request", func(st live.State) bool { return len(st.Requests) == 1 }); err != nil {
		return err
	}
	s.found(true, "The bench sees the witness's request", "")
	if err := s.session.Break("The witness asked for a break."); err != nil {
		return err
	}
	total := 0
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleGallery} {
		n, err := s.silentAfter(ctx, s.cast[role])
		if err != nil {
			return err
		}
		total += n
	}
	s.found(total == 0, "Nobody receives anything in a break", "%d packets", total)
	s.found(!s.cast[testimony.RoleWitness].State().Publish.Video, "In a break the witness's camera stops at the witness's own device", "")
	if err := s.session.Answer(s.ids[testimony.RoleWitness], join.AskBreak); err != nil {
		return err
	}
	if err := s.session.Resume(); err != nil {
		return err
	}
	return s.hears(ctx, testimony.RoleProsecution)
}

func (s *stage) strangers(ctx context.Context) error {
	s.say("A stranger tries the witness's invitation; the gallery loses its network and comes back.")
	_, err := Join(ctx, s.links[testimony.RoleWitness], Props{Fingerprint: s.session.State().Fingerprint})
	s.found(errors.Is(err, invite.Used), "A used invitation is refused on another device", "%v", err)
	if err := s.until(ctx, "the bench to be alarmed", func(st live.State) bool { return hasAlarm(st, "invitation_reused") }); err != nil {
		return err
	}
	s.found(true, "The bench is alarmed", "")
	s.cast[testimony.RoleGallery].Break()
	if err := s.until(ctx, "the lost connection to be noticed", func(st live.State) bool { return count(st, live.Lost) == 1 }); err != nil {
		return err
	}
	again, err := Join(ctx, s.links[testimony.RoleGallery], Props{Fingerprint: s.session.State().Fingerprint, Device: s.device})
	if err != nil {
		return fmt.Errorf("the gallery could not come back: %w", err)
	}
	s.cast[testimony.RoleGallery] = again
	err = s.wait(ctx, again, "the gallery to see the silhouette after it came back", func(p *Participant) bool {
		return p.of(s.ids[testimony.RoleWitness]).Silhouettes > 0
	})
	if err != nil {
		return err
	}
	s.found(true, "A lost participant comes back to the same seat under the same order", "")
	s.checkGallery("after leaving and coming back")
	return nil
}

func hasAlarm(st live.State, kind string) bool {
	for _, a := range st.Alarms {
		if a.Kind == kind {
			return true
		}
	}
	return false
}
