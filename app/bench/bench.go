// Package bench is the courtroom as the bench sees it: the witness clear and large, a banner that says who may follow, who
// receives what at this moment, and one key for each thing a judge must be able to do at once.
//
// The room holds no rule. It shows the snapshots of testimony/live and calls its steps; what a step lets anyone see is asked of
// the session, never worked out here. Start from [Open].
package bench

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/capture"
	"paravent/media/device"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// Bench is one open courtroom. All of it but its watchers runs on Fyne's goroutine.
type Bench struct {
	host    room.Host
	session *live.Session
	speaker *device.Speaker // nil where the machine has none
	missing []string        // keys of the sentences on devices that are missing

	stage, inset *xwidget.Screen
	trial        *xwidget.Screen    // what others will see, while the concealment is tried
	insetIs      protection.Picture // what the inset showed last
	reason       *xwidget.Choice
	company      *rehearsal.Company
	coming       bool // the company is on its way
	parts        parts
	root         fyne.CanvasObject
	names        map[testimony.ParticipantID]*xwidget.Button
	heard        int // alarms that were acknowledged
	cancels      []func()
	over         bool
	stepping     bool   // a step of the session is being taken
	called       string // the gravest call of the witness's side that was shown last
	calling      bool   // the window is to come to the bench for it
	onOver       func(testimony.HearingID)
	picked       picked
	ticks        ticking
	reminder     reminder
	recordings   []live.Recorded // of the case, to be played; nil until they are looked for
	handedIn     []live.Showable // the exhibits of the case; nil until they are looked for
	side         string          // the side of the right column that is turned to, by name; empty: the first
}

// parts are the pieces of the screen that are drawn anew only when what they show has changed, so that the focus stays.
type parts struct{ banner, calls, stage, speaking, controls, record, asks, reminder, strip, side part }

type part struct {
	box  *fyne.Container
	last any
}

func newPart() part { return part{box: container.NewStack()} }

func (p *part) show(now any, build func() fyne.CanvasObject) {
	if p.last != nil && reflect.DeepEqual(p.last, now) {
		return
	}
	p.last = now
	xwidget.Replace(p.box, build())
}

// Reach says where guests can reach the courtroom: over the court's relay, at an address to listen on, or from this machine only
// where neither is said.
type Reach struct {
	Relay  bool
	Listen string
	Here   *Devices // of a witness who sits in this room; nil for one who comes over a link
}

// Devices are the numbers of this machine's devices, counted from 1, that record a witness who sits in this room. 0 stands for none of Room and Own.
type Devices struct {
	Camera, Room    int
	Microphone, Own int
	// Practice takes a generated picture and generated speech in place of all of them. It is for a training vault.
	Practice bool
}

// open opens the witness's devices, and the bench's own microphone where it has one.
func (d Devices) open() (here *live.Here, own capture.AudioSource, err error) {
	if d.Practice {
		room := capture.NewTestPicture(9, 640, 480, 5, nil)
		return &live.Here{Camera: capture.NewInset(capture.NewTestPicture(1, 640, 480, 15, nil), room), Microphone: capture.NewTestSpeech(1)}, capture.NewTestSpeech(4), nil
	}
	here = &live.Here{}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(here.Microphone, here.Camera, nil))
		}
	}()
	if here.Camera, err = device.OpenCamera(d.Camera, 640, 480); err != nil {
		return nil, nil, err
	}
	if d.Room > 0 {
		room, err := device.OpenCamera(d.Room, 640, 480)
		if err != nil {
			return nil, nil, err
		}
		here.Camera = capture.NewInset(here.Camera, room)
	}
	if here.Microphone, err = device.OpenMicrophone(d.Microphone); err != nil {
		return nil, nil, err
	}
	if d.Own > 0 {
		own, err = device.OpenMicrophone(d.Own)
	}
	return here, own, err
}

// Open opens the courtroom of a hearing with this machine's devices. It is slow and runs off Fyne's goroutine; what the machine
// has not got is left out and said on the screen.
func Open(h room.Host, id testimony.HearingID, reach Reach) (*Bench, error) {
	b := &Bench{host: h}
	config := live.Config{Desk: h.Desk(), Hearing: id, Listen: reach.Listen}
	var err error
	switch set, err := h.Desk().ReachForUse(context.Background()); {
	case reach.Relay && err != nil:
		return nil, err
	case err == nil && (reach.Relay || reach.Listen != "" && set.Relay.URL == ""): // a TURN server without a relay serves the court's own page
		config.Reach = set
	}
	if reach.Here != nil {
		if config.Here, config.Microphone, err = reach.Here.open(); err != nil {
			return nil, err
		}
	} else {
		b.ownDevices(&config)
	}
	if b.speaker, err = device.OpenSpeaker(); err != nil {
		b.speaker = nil
		b.missing = append(b.missing, "bench.no_speaker")
	}
	if b.session, err = live.Open(context.Background(), config); err != nil {
		if config.Here != nil {
			err = errors.Join(err, closeAll(config.Here.Microphone, config.Here.Camera, nil))
		}
		return nil, errors.Join(err, closeAll(config.Microphone, config.Camera, b.speaker))
	}
	return b, nil
}

// ownDevices opens the bench's own microphone and camera, as far as there are any.
func (b *Bench) ownDevices(config *live.Config) {
	var err error
	if config.Microphone, err = device.OpenMicrophone(0); err != nil {
		config.Microphone = nil
		b.missing = append(b.missing, "bench.no_microphone")
	}
	if config.Camera, err = device.OpenCamera(0, 640, 360); err != nil {
		config.Camera = nil
		b.missing = append(b.missing, "bench.no_camera")
	}
}

func closeAll(m capture.AudioSource, c capture.VideoSource, s *device.Speaker) error {
	var errs []error
	if m != nil {
		errs = append(errs, m.Close())
	}
	if c != nil {
		errs = append(errs, c.Close())
	}
	if s != nil {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Start begins to follow the session. over is called on Fyne's goroutine when the courtroom has ended, however it ended.
func (b *Bench) Start(over func(testimony.HearingID)) {
	b.onOver = over
	b.build()
	if b.speaker != nil {
		b.cancels = append(b.cancels, b.session.Sound(b.speaker.Play), func() { _ = b.speaker.Close() })
	}
	witness, _ := b.session.State().Hearing.Witness()
	b.cancels = append(b.cancels, b.session.Pictures(witness.ID, func(f *media.Frame) {
		paint(b.stage, f)
		if b.insetShows(protection.ClearPicture) {
			paint(b.inset, f)
		}
	}))
	b.cancels = append(b.cancels, b.session.Pictures(live.Screen, func(f *media.Frame) { paint(b.stage, f) }), b.session.Pictures(live.PublicScreen, func(f *media.Frame) {
		if p := b.session.State().Playing; p != nil && p.Public {
			paint(b.inset, f)
		}
	}))
	stop, err := b.session.Silhouettes(func(f *media.Frame) {
		if b.session.State().Trial.Stage != "" {
			paint(b.trial, f)
		}
		if b.insetShows(protection.Silhouette) {
			paint(b.inset, f)
		}
	})
	if err == nil {
		b.cancels = append(b.cancels, stop)
	}
	go b.follow()
}

// follow hands every change to the screen until the session ends.
func (b *Bench) follow() {
	for {
		changed := b.session.Changed()
		fyne.Do(func() {
			b.update()
			b.come()
		})
		select {
		case <-changed:
		case <-b.session.Done():
			fyne.Do(b.finish)
			return
		}
	}
}

func (b *Bench) finish() {
	if b.over {
		return
	}
	b.over = true
	id := b.session.State().Hearing.ID
	cancels := b.cancels
	b.cancels = nil
	company := b.company
	b.company = nil
	go func() { // they wait for goroutines that may be waiting for this one
		for _, cancel := range cancels {
			cancel()
		}
		if company != nil {
			company.Leave()
		}
	}()
	b.stage.Clear()
	b.inset.Clear()
	b.onOver(id)
}

// Session is the courtroom's session, for the shell to show that it runs.
func (b *Bench) Session() *live.Session { return b.session }

// Abandon ends the courtroom without closing the hearing, as when the window is shut. It waits until the recordings are sealed.
func (b *Bench) Abandon() {
	if b.company != nil {
		b.company.Leave()
		b.company = nil
	}
	b.session.Abandon()
}

// Screen is the bench with its keys.
func (b *Bench) Screen() room.Screen {
	b.build()
	b.countPhrases()
	b.update()
	keys := map[fyne.KeyName]func(){
		fyne.KeyF5: func() { b.setMode(protection.PublicMode) }, fyne.KeyF6: func() { b.setMode(protection.PrivateMode) },
		fyne.KeyF7: func() { b.setMode(protection.ClosedMode) }, fyne.KeyF8: b.breakOrResume, fyne.KeySpace: b.space, fyne.KeyF3: b.markBack,
		fyne.KeyF9: b.next, fyne.KeyF10: b.close, fyne.KeyA: b.admitFirst, fyne.KeyQ: b.answerFirst, fyne.KeyP: b.practise, fyne.KeyR: b.remind, fyne.KeyN: b.answerText,
		fyne.KeyD: b.takeDown,
	}
	for i, k := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9} {
		keys[k] = func() {
			if people := b.session.State().People; i < len(people) {
				b.person(people[i].ID)
			}
		}
	}
	b.sideKeys(keys)
	b.playingKeys(keys)
	return room.Screen{Content: b.root, Keys: keys, Back: func() { b.host.Go(room.Today, "") }}
}

// TakeInOrders lets the running session obey the orders as they stand now. The window calls it whenever a room is drawn anew, so that
// an order decided at this desk during the hearing is enforced at once, and what the rooms show is what is sent.
func (b *Bench) TakeInOrders() {
	if b.side == "exhibits" { // one may have been approved or withdrawn
		b.lookForExhibits()
	}
	b.act(func() error {
		if err := b.session.Reload(room.Ctx()); !errors.Is(err, live.ErrEnded) {
			return err
		}
		return nil
	})
}

// Urgent are the keys that close the session to others. They act in every room and over every question while the courtroom is
// open: safety is fast.
func (b *Bench) Urgent() map[fyne.KeyName]func() {
	return map[fyne.KeyName]func(){
		fyne.KeyF6: func() { b.tighten(protection.PrivateMode) }, fyne.KeyF7: func() { b.tighten(protection.ClosedMode) },
		fyne.KeyF8: func() {
			if st := b.session.State(); !paused(st) {
				b.breakOrResume()
			}
		},
	}
}

// tighten changes to a stricter mode, and does nothing where the mode is as strict already.
func (b *Bench) tighten(m protection.SessionMode) {
	if m > b.session.State().Session.Mode {
		b.setMode(m)
	}
}

// build makes the pieces in the colours and words in use now.
func (b *Bench) build() {
	if b.stage == nil {
		b.stage, b.inset, b.trial = xwidget.NewScreen(), xwidget.NewScreen(), xwidget.NewScreen()
	}
	chosen := 0
	if b.reason != nil {
		chosen = max(b.reason.SelectedIndex(), 0)
	}
	b.reason = xwidget.NewChoice(reasons(), chosen, nil)
	b.reason.SpacePasses = true
	b.parts = parts{newPart(), newPart(), newPart(), newPart(), newPart(), newPart(), newPart(), newPart(), newPart(), newPart()}
	left := container.New(leftColumn{}, b.parts.stage.box, b.parts.controls.box, b.parts.record.box)
	right := xwidget.Scroll(xwidget.Column(12, b.parts.asks.box, b.parts.reminder.box, b.parts.strip.box, b.parts.side.box))
	b.root = container.NewBorder(xwidget.Column(0, b.parts.banner.box, b.parts.calls.box), nil, nil, nil, xwidget.Inset(xwidget.Split(left, right, 404), 16, 12))
}

// update shows the state as it is now.
func (b *Bench) update() {
	if b.over || b.root == nil {
		return
	}
	st := b.session.State()
	b.parts.banner.show(nil, func() fyne.CanvasObject { return banner(st) })
	b.showCalls(st)
	b.showStage(st)
	b.showControls(st)
	b.showRecord(st)
	b.showSide(st)
	b.showAsks(st)
	b.showReminder()
}

// act takes a step of the session off Fyne's goroutine and tells when it fails.
func (b *Bench) act(step func() error) {
	room.Later(step, func(err error) {
		if err != nil && !errors.Is(err, testimony.ErrSame) {
			room.Failed(b.host, err)
		}
	})
}

// leftColumn gives the picture what the controls and the record leave.
type leftColumn struct{}

func (leftColumn) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const gap = 10
	record := max(min(size.Height*0.24, 230), 150)
	controls := o[1].MinSize().Height
	stage := size.Height - record - controls - 2*gap
	o[0].Resize(fyne.NewSize(size.Width, stage))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width, controls))
	o[1].Move(fyne.NewPos(0, stage+gap))
	o[2].Resize(fyne.NewSize(size.Width, record))
	o[2].Move(fyne.NewPos(0, stage+controls+2*gap))
}

func (leftColumn) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(480, 200+o[1].MinSize().Height+150)
}

// labels are the seats' labels by id.
func labels(st live.State) map[testimony.ParticipantID]string {
	out := map[testimony.ParticipantID]string{testimony.BenchID: i18n.T("role.bench")}
	for _, p := range st.People {
		out[p.ID] = p.Label
	}
	return out
}

func personOf(st live.State, id testimony.ParticipantID) (live.Person, bool) {
	i := slices.IndexFunc(st.People, func(p live.Person) bool { return p.ID == id })
	if i < 0 {
		return live.Person{}, false
	}
	return st.People[i], true
}

// testified adds up the time spent testifying in each mode so far.
func testified(st live.State) map[protection.SessionMode]time.Duration {
	m := testimony.BuildMinutes(st.Hearing, st.CaseReference, st.Began, st.Now, st.Events, nil)
	out := map[protection.SessionMode]time.Duration{}
	for _, t := range m.Totals {
		out[t.Mode] = time.Duration(t.Seconds * float64(time.Second))
	}
	return out
}
