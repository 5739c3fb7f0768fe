package live

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/hub"
	"paravent/media/playback"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
)

// Screen is the hub's publisher of a recorded testimony that is played. It is nobody's seat.
const Screen testimony.ParticipantID = "recording"

// PublicScreen names, for [Session.Pictures] alone, what the public version of it shows.
const PublicScreen testimony.ParticipantID = "recording.public"

// Errors of playing a recorded testimony.
var (
	ErrNotPlaying    = errors.New("no recorded testimony is open")
	ErrPlaying       = errors.New("a recorded testimony is open already")
	ErrNoTestimony   = errors.New("this hearing has no recorded testimony that can be played here")
	ErrVersionUnmade = errors.New("passages are to be missing from this recording, and no version without them was made yet")
	ErrStricterMode  = errors.New("an order asks for a stricter session while this testimony is heard")
)

// Recorded is a testimony that was recorded in another hearing of the case.
type Recorded struct {
	Hearing testimony.HearingID
	Begins  time.Time     // of the recording
	Length  time.Duration // of the version that the bench is shown; zero where there is none
	Witness string        // label
	Form    evidence.Form // what the bench gets: it can be played where that is FormMaster
	version testimony.RecordingID
}

// Playing is a recorded testimony that is open, for the bench's screen.
type Playing struct {
	Recorded
	At      time.Duration // on the clock of what the bench is shown
	Running bool
	Ended   bool
	Fault   string // why it can be played no further; empty where nothing is wrong
	Shares  []evidence.Share
	Public  bool // the public receives the public version now
}

// playing is a recorded testimony that is open in the courtroom. What moves is in its players; nothing else changes but kept, which is the session owner's.
type playing struct {
	hearing testimony.Hearing
	of      Recorded
	kept    evidence.Kept
	bench   *projector
	public  *projector // nil where nobody is to receive it
	running atomic.Bool
	apart   atomic.Bool // the passage is one that the public may not have
	stop    context.CancelFunc
	done    chan struct{} // closed when nobody moves the public version any more
}

// projector plays one version.
type projector struct {
	recording docket.Recording
	missing   edit.Missing
	reader    *blob.Reader
	player    *playback.Player
	state     atomic.Pointer[playback.State]
}

// at is where it stands.
func (p *projector) at() playback.State {
	if s := p.state.Load(); s != nil {
		return *s
	}
	return playback.State{}
}

func (p *projector) close() error {
	p.player.Close()
	return p.reader.Close()
}

// close ends what was opened. Nothing of it is sent any more when it returns.
func (p *playing) close() error {
	p.stop()
	<-p.done
	err := p.bench.close()
	if p.public != nil {
		err = errors.Join(err, p.public.close())
	}
	return err
}

// onScreen is, in a seating, who receives what of a recorded testimony.
type onScreen struct {
	shares        []evidence.Share
	bench, public testimony.RecordingID // what is open; public is empty where it is not
	running       bool
}

// screened is what a seat is sent of a recorded testimony: of the version that was chosen for its audience, and nothing where that is not one of those that are open.
func (s *seating) screened(to testimony.Participant) hub.Grant {
	if s.screen == nil || !s.reception.Plays(to) {
		return hub.Grant{}
	}
	if to.Role.OnBench() {
		return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
	}
	switch share := shareOf(s.screen.shares, to); {
	case share.Form == evidence.FormMaster && share.Version == s.screen.bench:
		return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
	case share.Form == evidence.FormPublic && s.screen.public != "" && share.Version == s.screen.public:
		return hub.Grant{Picture: hub.Released, Voice: hub.Released}
	}
	return hub.Grant{}
}

// shareOf is what a seat's audience gets; an audience that is not among them gets nothing.
func shareOf(shares []evidence.Share, to testimony.Participant) evidence.Share {
	i := slices.IndexFunc(shares, func(x evidence.Share) bool { return x.Audience == to.Audience() })
	if i < 0 {
		return evidence.Share{Form: evidence.FormNothing}
	}
	return shares[i]
}

// after is for how long a loudspeaker elsewhere can still send back the last words of a recording that was closed or stopped: the way there, the listener's buffer, the way here.
const after = 2 * echo

// faded is what was closed a moment ago: its last words may still be on their way back.
type faded struct {
	hearing testimony.Hearing
	until   time.Time
}

// screening adds to a seating what a recorded testimony asks for that is open, or was until a moment ago.
func (s *Session) screening(seats *seating, mode protection.SessionMode) {
	p := s.playing
	if p == nil {
		if time.Now().Before(s.faded.until) {
			seats.reception.Played = s.playedMatrices(s.faded.hearing, mode)
		}
		return
	}
	seats.reception.Played = s.playedMatrices(p.hearing, mode)
	seats.screen = &onScreen{bench: p.bench.recording.ID, running: p.running.Load(), shares: evidence.SharesBy(p.hearing, s.orders, s.now(), mode, p.kept)}
	if p.public != nil {
		seats.screen.public = p.public.recording.ID
	}
	for i, share := range seats.screen.shares {
		opened := share.Version == seats.screen.bench || p.public != nil && share.Version == seats.screen.public
		if share.Version != "" && share.Audience != protection.Bench && (!opened || !seats.reception.FollowsAs(share.Audience)) {
			seats.screen.shares[i] = evidence.Share{Audience: share.Audience, Form: evidence.FormNothing} // which is what they are sent
		}
	}
}

// playedMatrices are those, in this session, of everyone who can stand in what was recorded in a hearing.
func (s *Session) playedMatrices(h testimony.Hearing, mode protection.SessionMode) []policy.Matrix {
	var list []policy.Matrix
	for _, party := range docket.Witnesses(h) {
		others := slices.DeleteFunc(append(slices.Clone(s.others), s.hearing.Party), func(p protection.PartyID) bool { return p == party })
		list = append(list, policy.Compile(policy.Input{Party: party, Case: s.hearing.Case, Orders: s.orders, Mode: mode, At: s.now(), Others: others}))
	}
	return list
}

// samePlayed reports whether two seatings give everyone the same because of a recorded testimony. When the matrices were compiled is not part of it.
func samePlayed(a, b *seating) bool {
	played := func(s *seating) []policy.Matrix {
		list := slices.Clone(s.reception.Played)
		for i := range list {
			list[i].At = time.Time{}
		}
		return list
	}
	return reflect.DeepEqual(a.screen, b.screen) && reflect.DeepEqual(played(a), played(b))
}

// Recorded lists the testimonies of this case that were recorded in other hearings, the oldest first.
func (s *Session) Recorded(ctx context.Context) ([]Recorded, error) {
	here := s.State().Hearing
	hearings, err := s.desk.Hearings(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.desk.RecordingStates(ctx)
	if err != nil {
		return nil, err
	}
	var list []Recorded
	for _, h := range hearings {
		if h.Case != here.Case || h.ID == here.ID {
			continue
		}
		kept, err := evidence.KeptOf(ctx, s.desk, h, all)
		if err != nil {
			return nil, err
		}
		if len(kept.Recordings) > 0 {
			list = append(list, recordedOf(h, kept))
		}
	}
	slices.SortFunc(list, func(a, b Recorded) int { return a.Begins.Compare(b.Begins) })
	return list, nil
}

func recordedOf(h testimony.Hearing, kept evidence.Kept) Recorded {
	share := evidence.Choose(protection.Bench, protection.Full(), protection.Full(), kept)
	witness, _ := h.Witness()
	r := Recorded{Hearing: h.ID, Witness: witness.Label, Form: share.Form, version: share.Version}
	for i, x := range kept.Recordings {
		if i == 0 || x.Started.Before(r.Begins) {
			r.Begins = x.Started
		}
		if x.ID == share.Version {
			r.Length = x.Duration
		}
	}
	return r
}

// OpenTestimony opens the testimony that was recorded in another hearing of the case. The bench sees its first picture; nobody else is sent anything before it runs.
// That it was opened, and to whom it is to be played, is in the log before. It opens the versions that [evidence.Choose] names for the bench and for those of
// this hearing's seats that get the public version in a public session.
func (s *Session) OpenTestimony(ctx context.Context, id testimony.HearingID) error {
	h, err := s.desk.Hearing(ctx, id)
	if err != nil {
		return err
	}
	if err := s.do(func() error { return s.mayScreen(h) }); err != nil {
		return err
	}
	p, err := s.project(ctx, h)
	if err != nil {
		return err
	}
	opened := false
	err = s.do(func() error {
		if err := s.mayScreen(h); err != nil { // what is in force can have changed meanwhile
			return err
		}
		s.playing = p // for what it would be: nothing obeys it before it is enforced
		would, _ := s.compile(s.state)
		s.playing = nil
		e, err := s.state.OpenPlayback(p.bench.recording.ID, s.receivers(would), s.now())
		if err != nil {
			return err
		}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the recording was not opened: %w", err)
		}
		opened, s.playing = true, p
		s.enforce()
		s.refresh()
		p.bench.player.Seek(0) // its first picture, now that the desk knows what it is
		return nil
	})
	if !opened {
		err = errors.Join(err, p.close())
	}
	return err
}

// mayScreen fails where a testimony cannot be opened in this session as it stands. It runs on the owner's goroutine.
func (s *Session) mayScreen(h testimony.Hearing) error {
	_, m := s.compile(s.state)
	switch {
	case s.state.Phase != testimony.Playback:
		return testimony.ErrPhase
	case s.playing != nil:
		return ErrPlaying
	case h.Case != s.hearing.Case || h.ID == s.hearing.ID:
		return ErrNoTestimony
	case slices.ContainsFunc(s.playedMatrices(h, m.Mode), func(played policy.Matrix) bool { return played.Mode > m.Mode }):
		return ErrStricterMode
	}
	return nil
}

// receivers are the roles of this hearing's seats that a recording is to be played to.
func (s *Session) receivers(would *seating) []testimony.Role {
	var to []testimony.Role
	for _, p := range s.hearing.Participants {
		if would.screened(p) != (hub.Grant{}) && !slices.Contains(to, p.Role) {
			to = append(to, p.Role)
		}
	}
	return to
}

// project opens the versions of a testimony. It does not run on the owner's goroutine, which it asks nothing.
func (s *Session) project(ctx context.Context, h testimony.Hearing) (*playing, error) {
	kept, err := s.keptOf(ctx, h)
	if err != nil {
		return nil, err
	}
	of := recordedOf(h, kept)
	switch of.Form {
	case evidence.FormMaster:
	case evidence.FormUnmade:
		return nil, ErrVersionUnmade
	default:
		return nil, ErrNoTestimony
	}
	orders, err := s.desk.Orders(ctx)
	if err != nil {
		return nil, err
	}
	here := s.State().Hearing
	p := &playing{hearing: h, of: of, kept: kept, done: make(chan struct{})}
	run, stop := context.WithCancel(s.ctx)
	p.stop = stop
	screen := s.hub.Publish(string(Screen))
	if p.bench, err = s.projector(ctx, of.version, s.toBench(p, screen)); err != nil {
		stop()
		return nil, err
	}
	for _, share := range evidence.SharesBy(h, orders, s.now(), protection.PublicMode, kept) {
		if p.public == nil && share.Form == evidence.FormPublic && seats(here, share.Audience) {
			if p.public, err = s.projector(ctx, share.Version, playback.Output{Payload: toPublic(screen), Picture: s.onDesk(PublicScreen)}); err != nil {
				stop()
				return nil, errors.Join(err, p.bench.close())
			}
		}
	}
	s.workers.Go(func() {
		defer close(p.done)
		p.keepTogether(run)
	})
	return p, nil
}

// keptAgain is what is kept now of the testimony that is open; nil where none is.
func (s *Session) keptAgain(ctx context.Context) (*evidence.Kept, error) {
	open := s.State().Playing
	if open == nil {
		return nil, nil
	}
	h, err := s.desk.Hearing(ctx, open.Hearing)
	if err != nil {
		return nil, err
	}
	kept, err := s.keptOf(ctx, h)
	return &kept, err
}

func (s *Session) keptOf(ctx context.Context, h testimony.Hearing) (evidence.Kept, error) {
	all, err := s.desk.RecordingStates(ctx)
	if err != nil {
		return evidence.Kept{}, err
	}
	return evidence.KeptOf(ctx, s.desk, h, all)
}

// projector opens one version, and shows nothing where that fails. The log has it before it is read.
func (s *Session) projector(ctx context.Context, id testimony.RecordingID, out playback.Output) (*projector, error) {
	r, reader, err := s.desk.OpenRecording(ctx, id, "hearing")
	if err != nil {
		return nil, err
	}
	p := &projector{recording: r, reader: reader}
	if p.missing, err = evidence.MissingOf(ctx, s.desk, r); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	changed := out.Changed
	out.Changed = func(now playback.State) {
		was := p.at()
		p.state.Store(&now)
		if changed != nil && (was.Playing != now.Playing || was.Ended != now.Ended || was.Bad != now.Bad) {
			changed(now)
		}
	}
	if p.player, err = playback.Open(reader, reader.Size(), out); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return p, nil
}

// onDesk shows pictures to those who watch a screen at this desk.
func (s *Session) onDesk(screen testimony.ParticipantID) func(*media.Frame) {
	return func(f *media.Frame) {
		if f != nil {
			s.ears.show(screen, f)
		}
	}
}

// toBench is where the version of the bench goes: to this desk, and in the clear to those who are granted that.
func (s *Session) toBench(p *playing, screen *hub.Publisher) playback.Output {
	send := cleared(screen)
	return playback.Output{
		Picture: s.onDesk(Screen),
		Sound: func(pcm []int16) {
			s.hub.Hush(after) // the loudspeaker stands beside a microphone
			s.bench.Push(string(Screen), pcm)
		},
		Payload: send,
		Changed: func(now playback.State) {
			// Not from here: the owner may be waiting for this very player to end.
			s.workers.Go(func() { s.post(func() { s.stopped(p, now) }) })
		},
	}
}

// stopped notes that a recording stands still that nobody stopped.
func (s *Session) stopped(p *playing, now playback.State) {
	if s.playing != p || !p.running.Load() || now.Playing || !now.Ended && now.Bad == nil {
		return
	}
	why := testimony.PlaybackAtEnd
	if now.Bad != nil {
		why = testimony.PlaybackFault
		s.alarm("playback_failed", "")
	}
	s.halt(why)
	s.refresh()
}

// halt stops a recording that runs, and notes that it did. It runs on the owner's goroutine.
func (s *Session) halt(why string) {
	p := s.playing
	if p == nil || !p.running.Swap(false) {
		return
	}
	p.bench.player.Pause()
	s.enforce()
	if err := s.keep(s.state.StopsPlaying(p.bench.recording.ID, p.bench.at().At, why, s.now())); err != nil {
		s.log.Error("an event could not be written down", "kind", testimony.PlaybackPaused, "error", err)
		s.alarm("audit_failed", "")
	}
}

// PlayTestimony lets the recording run from where it stands, or from its beginning at the end. Where it runs from is written down first.
func (s *Session) PlayTestimony() error {
	return s.withPlaying(func(p *playing) error {
		if p.running.Load() {
			return testimony.ErrSame
		}
		place := p.bench.at()
		if place.Bad != nil && !place.Ended {
			return place.Bad
		}
		if place.Ended {
			place.At = 0
		}
		e, err := s.state.Plays(p.bench.recording.ID, place.At, s.now())
		if err != nil {
			return err
		}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the recording does not run: %w", err)
		}
		p.running.Store(true)
		s.enforce()
		p.bench.player.Play()
		return nil
	})
}

// PauseTestimony stops it where it stands.
func (s *Session) PauseTestimony() error {
	return s.withPlaying(func(p *playing) error {
		if !p.running.Load() {
			return testimony.ErrSame
		}
		s.halt("")
		return nil
	})
}

// MoveTestimony goes to another place on the clock of what the bench is shown, and runs on from there if it ran.
func (s *Session) MoveTestimony(to time.Duration) error {
	return s.withPlaying(func(p *playing) error {
		to = min(max(to, 0), p.of.Length)
		e, err := s.state.MovesPlaying(p.bench.recording.ID, p.bench.at().At, to, s.now())
		if err != nil {
			return err
		}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the recording stays where it is: %w", err)
		}
		p.bench.player.Seek(to)
		return nil
	})
}

// CloseTestimony closes it: nobody receives any more of it when it returns.
func (s *Session) CloseTestimony() error {
	return s.withPlaying(func(*playing) error {
		s.endPlaying()
		return nil
	})
}

func (s *Session) withPlaying(act func(*playing) error) error {
	return s.do(func() error {
		if s.playing == nil {
			return ErrNotPlaying
		}
		err := act(s.playing)
		s.refresh()
		return err
	})
}

// endPlaying closes what is open, if anything is. It runs on the owner's goroutine.
func (s *Session) endPlaying() {
	p := s.playing
	if p == nil {
		return
	}
	at := p.bench.at().At
	s.playing, s.faded = nil, faded{p.hearing, time.Now().Add(after)}
	p.running.Store(false)
	s.enforce()
	if err := p.close(); err != nil {
		s.log.Warn("a recording was not closed in good order", "error", err)
	}
	s.bench.Drop(string(Screen))
	if err := s.keep(s.state.ClosePlayback(p.bench.recording.ID, at, s.now())); err != nil {
		s.log.Error("an event could not be written down", "kind", testimony.PlaybackClosed, "error", err)
		s.alarm("audit_failed", "")
	}
}

// playingState is what is open, for the bench's screen.
func (s *Session) playingState() *Playing {
	p := s.playing
	if p == nil {
		return nil
	}
	at := p.bench.at()
	st := &Playing{Recorded: p.of, At: at.At, Running: p.running.Load(), Ended: at.Ended, Shares: s.seats.Load().screen.shares}
	if at.Bad != nil {
		st.Fault = at.Bad.Error()
	}
	gallery := testimony.Participant{ID: "public", Role: testimony.RoleGallery}
	st.Public = s.seats.Load().screened(gallery) != (hub.Grant{}) && !p.apart.Load()
	return st
}
