package attend

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/mix"
	"paravent/media/rtpio"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
)

// How a lost connection is made again.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = 2 * time.Second
	dialFor     = 10 * time.Second
	hereEvery   = 4 * time.Second // as the page's signs of life
	alarmTwice  = 2               // in case one is lost with its connection
)

// Shown is what a Seat hands over. Its functions run on goroutines of the Seat's, must be quick, and must not call the Seat's Leave.
type Shown struct {
	// Picture is a picture of somebody, by their id; valid during the call. A nil picture says that there is none any more: what was shown is to be
	// taken away at once.
	Picture func(from string, f *media.Frame)
	// Sound is 20 ms of everyone who is heard.
	Sound func(pcm []int16)
}

// View is what a Seat's window shows. It is a value.
type View struct {
	Welcome   join.Welcome
	Words     [4]string // the same that the court sees
	State     join.State
	Connected bool        // picture and sound have a connection
	Lost      bool        // the connection to the court is lost, and is being made again
	Held      string      // pause or someone: picture and sound are stopped here, whether or not the court knows already
	Ready     bool        // the guest has said that they can go on
	Ended     string      // key of the page's sentence that says why it is over; empty while it is not
	Said      []join.Text // on the text line to the clerk, since the connection was made
	Keeping   string      // stage of the second record that this machine keeps, see [join.Recorded]; empty where it keeps none
	Audio     bool        // the microphone is on, as far as the guest is concerned
	Video     bool
}

// Seat is a guest's place in a hearing, from the first dial until the guest leaves or the court ends it. A connection that is lost is made again with the
// key of this machine, which is kept in memory alone. Its methods may be called from any goroutine.
type Seat struct {
	link   string
	config Config
	shown  Shown
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	mixer  *mix.Mixer

	mu      sync.Mutex
	conn    *Connection
	view    View
	alarms  int
	known   bool      // the court knows of the pause
	cutAt   time.Time // when picture and sound had no connection any more
	keeper  *Keeper   // nil: no second record is kept here
	changed chan struct{}
}

// Take opens a link. The errors are those of [Open]; without a device key in the config one is drawn. Receive of the config is the Seat's own.
func Take(ctx context.Context, link string, config Config, shown Shown) (*Seat, error) {
	if config.Device == nil {
		key, err := invite.NewDeviceKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		config.Device = key
	}
	s := &Seat{link: link, config: config, shown: shown, mixer: mix.New(), changed: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.config.Receive, s.config.record = s.receive, s.record
	s.view.Audio, s.view.Video = config.Sound != nil, config.Picture != nil
	conn, err := Open(ctx, link, s.config)
	if err != nil {
		s.cancel()
		return nil, err
	}
	s.use(conn)
	s.work.Go(s.run)
	s.work.Go(s.play)
	s.work.Go(s.live)
	return s, nil
}

// View is how things stand now.
func (s *Seat) View() View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// Done is closed when the guest has left.
func (s *Seat) Done() <-chan struct{} { return s.ctx.Done() }

// Changed is closed at the next change of the View. Take it first, so that no change is missed.
func (s *Seat) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// change holds nothing, and lets do change the view.
func (s *Seat) change(do func(v *View)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&s.view)
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Seat) connection() *Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// use takes a connection for the one that stands, and says on it what the guest has decided meanwhile.
func (s *Seat) use(conn *Connection) {
	var v View
	s.change(func(view *View) {
		s.conn = conn
		view.Welcome, view.Words, view.Lost = conn.Welcome(), conn.Words(), false
		v = *view
	})
	if v.Held != "" {
		_ = conn.Ask(v.Held) // it may have been lost on the way
	}
	_ = conn.Switch(v.Audio && v.Held == "", v.Video && v.Held == "")
	s.offer(conn)
}

// Keep has this machine make a second record when the court asks for one. The keeper stays the caller's to close, after Leave.
func (s *Seat) Keep(k *Keeper) {
	s.mu.Lock()
	s.keeper = k
	s.mu.Unlock()
	s.offer(s.connection())
}

// offer tells the court of a connection that a second record can be kept, or which one is.
func (s *Seat) offer(conn *Connection) {
	s.mu.Lock()
	k := s.keeper
	s.mu.Unlock()
	if k == nil {
		return
	}
	_ = conn.session.Send(k.ready(func(m join.Recorded) {
		_ = conn.session.Send(m) // what a lost connection does not take is told by the next
		s.change(func(v *View) { v.Keeping = m.Stage })
	}))
	stage := k.Stage()
	s.change(func(v *View) { v.Keeping = stage })
	s.keeps()
}

// record passes on what the court wants of the second record.
func (s *Seat) record(m join.Record) {
	s.mu.Lock()
	k := s.keeper
	s.mu.Unlock()
	if k == nil {
		return
	}
	k.take(m)
	stage := k.Stage()
	s.change(func(v *View) { v.Keeping = stage })
}

// run follows one connection after the other.
func (s *Seat) run() {
	for {
		conn := s.connection()
		s.follow(conn)
		conn.Leave() // what is left of it
		if s.ctx.Err() != nil || s.over(conn.Ended()) {
			return
		}
		s.change(func(v *View) {
			s.cut(v, false)
			v.Lost = true
		})
		if !s.again() {
			return
		}
	}
}

// follow shows a connection until it ends.
func (s *Seat) follow(conn *Connection) {
	for {
		changed := conn.Changed()
		state, connected, said := conn.State(), conn.Connected(), conn.Said()
		s.change(func(v *View) {
			s.cut(v, connected)
			v.State, v.Said = state, said
			switch { // only the court ends a pause, and only one that it knows of
			case state.Held != "":
				v.Held, v.Ready = state.Held, state.Ready
			case v.Held != "" && state.Admitted && s.known:
				v.Held, v.Ready = "", false
			}
			s.known = state.Held != ""
		})
		s.obey(conn)
		select {
		case <-changed:
		case <-conn.Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// obey sends what the guest wants to be sent, and takes away the pictures that are no longer told of.
func (s *Seat) obey(conn *Connection) {
	v := s.View()
	conn.silence(v.Held != "" || !v.Audio, v.Held != "" || !v.Video)
	s.keeps()
	for _, from := range conn.gone() {
		s.clear(from)
	}
}

// cut notes whether picture and sound have a connection, and since when they have none. It holds s.mu.
func (s *Seat) cut(v *View, connected bool) {
	if v.Connected && !connected {
		s.cutAt = time.Now()
		time.AfterFunc(keepsOnFor, s.keeps)
	}
	v.Connected = connected
}

// keeps says what the second record takes: what the court takes as evidence, as long as the witness lets it out of the room. For a while after picture and sound were cut it goes on, whether or not
// the court can still say something.
func (s *Seat) keeps() {
	s.mu.Lock()
	k, v, cut := s.keeper, s.view, s.cutAt
	s.mu.Unlock()
	if k == nil {
		return
	}
	apart := v.State.Talk != nil && (v.State.Talk.With != "" || v.State.Talk.Over) // nothing of a private talk stays on any machine
	on := v.State.Recorded && !apart && v.Held == "" && v.Ended == "" && (v.Connected || time.Since(cut) < keepsOnFor)
	k.follow(on, on && v.Audio && v.State.Publish.Audio && !v.State.Muted, on && v.Video && v.State.Publish.Video)
}

func (s *Seat) clear(from string) {
	if s.shown.Picture != nil {
		s.shown.Picture(from, nil)
	}
}

// over reports whether the court has ended the seat, and says why.
func (s *Seat) over(last join.Message) bool {
	key := ""
	switch last.Type {
	case join.TypeBye:
		key = "ended.bye"
	case join.TypeRemoved:
		var m join.Removed
		_ = last.Decode(&m) // without a reason it is the bench's
		switch m.Reason {
		case "closed", "replaced":
			key = "removed." + m.Reason
		default:
			key = "removed.bench"
		}
	default:
		return false
	}
	s.change(func(v *View) { v.Ended = key })
	s.mu.Lock()
	k := s.keeper
	s.mu.Unlock()
	if k != nil {
		k.Close()
	}
	return true
}

// again makes the connection anew; false where it is refused for good, or the guest has left.
func (s *Seat) again() bool {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		select {
		case <-time.After(wait):
		case <-s.ctx.Done():
			return false
		}
		ctx, cancel := context.WithTimeout(s.ctx, dialFor)
		conn, err := Open(ctx, s.link, s.config)
		cancel()
		var refusal invite.Refusal
		switch {
		case err == nil:
			s.use(conn)
			return true
		case errors.As(err, &refusal) && refusal != invite.Busy:
			s.change(func(v *View) { v.Ended = "refused." + string(refusal) })
			return false
		}
	}
}

// play hands out the sound, 20 ms at a time.
func (s *Seat) play() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if pcm := s.mixer.Pull(); s.shown.Sound != nil {
				s.shown.Sound(pcm)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// live says every few seconds that this side is there. A call for help goes in the place of that, so that it looks like nothing on the network too.
func (s *Seat) live() {
	if !testimony.Role(s.View().Welcome.Role).WithWitness() {
		return
	}
	tick := time.NewTicker(hereEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
		s.mu.Lock()
		conn, call := s.conn, s.alarms > 0
		s.mu.Unlock()
		var err error
		if call {
			err = conn.Ask(testimony.AskAlarm)
		} else {
			err = conn.session.Send(join.Here{})
		}
		if call && err == nil {
			s.mu.Lock()
			s.alarms--
			s.mu.Unlock()
		}
	}
}

// Ask presses one of the page's buttons. A stop takes effect here before the court is told, and whether or not it can be; the silent alarm
// goes out with the next sign of life. Another request fails with the connection.
func (s *Seat) Ask(kind string) error {
	switch {
	case kind == testimony.AskAlarm:
		s.mu.Lock()
		s.alarms = alarmTwice
		s.mu.Unlock()
		return nil
	case testimony.Stops(kind):
		s.change(func(v *View) { v.Held, v.Ready = kind, false })
		s.obey(s.connection())
	case kind == testimony.AskReady:
		s.change(func(v *View) { v.Ready = true })
	}
	return s.connection().Ask(kind)
}

// Switch turns the guest's microphone and camera on and off.
func (s *Seat) Switch(audio, video bool) error {
	s.change(func(v *View) { v.Audio, v.Video = audio && s.config.Sound != nil, video && s.config.Picture != nil })
	conn := s.connection()
	s.obey(conn)
	v := s.View()
	return conn.Switch(v.Audio && v.Held == "", v.Video && v.Held == "")
}

// Write sends the clerk a message: words, or one of testimony.TextPhrases. The court says it back once it has taken it in.
func (s *Seat) Write(words, phrase string) error {
	if err := (testimony.Text{Words: words, Phrase: phrase}).Check(); err != nil {
		return err
	}
	return s.connection().Write(words, phrase)
}

// Talk says a word on a private talk: join.TalkAsk, with whom, join.TalkEnd or join.TalkBack. A talk that the guest ends is over on this machine at once.
func (s *Seat) Talk(do, with string) error { return s.connection().Talk(do, with) }

// Prepared tells the court of a step of the preparation.
func (s *Seat) Prepared(step string) error { return s.connection().Prepared(step) }

// Leave says goodbye, and waits until nothing of the seat runs any more.
func (s *Seat) Leave() {
	s.cancel()
	s.connection().Leave()
	s.work.Wait()
}

// receive decodes one track as long as the court tells of it.
func (s *Seat) receive(t *Track) {
	if t.Kind == media.KindVideo {
		s.watch(t)
		return
	}
	decoder, err := opus.NewDecoder()
	if err != nil {
		return
	}
	defer decoder.Close()
	sound := rtpio.NewSoundReceiver(rtpio.AudioWait, decoder)
	source := t.Line.Publisher + "/" + t.mid
	defer s.mixer.Drop(source)
	for {
		p, err := t.Read()
		if err != nil {
			return
		}
		if !t.Told() {
			s.mixer.Drop(source)
			continue
		}
		sound.Push(p, time.Now())
		for _, h := range sound.Pop(time.Now()) {
			s.mixer.Push(source, h.PCM)
		}
	}
}

func (s *Seat) watch(t *Track) {
	decoder, err := vpx.NewDecoder()
	if err != nil {
		return
	}
	defer decoder.Close()
	defer s.clear(t.Line.Publisher)
	buffer := rtpio.NewJitterBuffer(rtpio.VideoWait)
	var frames rtpio.VP8Depacketizer
	for {
		p, err := t.Read()
		if err != nil {
			return
		}
		if !t.Told() {
			continue
		}
		buffer.Push(p, time.Now())
		for _, due := range buffer.Pop(time.Now()) {
			frame, _, _, ok := frames.Push(due)
			if !ok {
				continue
			}
			picture, err := decoder.Decode(frame)
			if err != nil {
				t.AskKeyFrame()
				continue
			}
			if picture != nil && t.Told() && s.shown.Picture != nil {
				s.shown.Picture(t.Line.Publisher, picture)
				if !t.Told() { // it was taken away meanwhile
					s.clear(t.Line.Publisher)
				}
			}
		}
		if buffer.Lost() || frames.NeedKeyFrame() {
			t.AskKeyFrame()
		}
	}
}

// dead reports whether nothing can pass any more.
func dead(pc *webrtc.PeerConnection) bool {
	if pc == nil {
		return false
	}
	st := pc.ConnectionState()
	return st == webrtc.PeerConnectionStateDisconnected || st == webrtc.PeerConnectionStateFailed
}

// Lose cuts the connection as a lost network does, to try that it comes back.
func (s *Seat) Lose() { s.connection().session.Break() }
