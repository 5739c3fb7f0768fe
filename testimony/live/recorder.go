package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/media/mix"
	"paravent/media/record"
	"paravent/protection"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const (
	packetEvery = 20 * time.Millisecond
	syncEvery   = time.Second
	slateEvery  = 2 * time.Second
	keyEvery    = 2 * time.Second
)

// recorder writes the two versions of the record: the sealed master, as the evidence was given, and the public version,
// which holds what the public received. The public version is kept back in memory for [testimony.MarkBefore], so that a mark
// blanks what was said before the key was pressed; only then is it sealed to disk. One goroutine writes; the others hand in.
type recorder struct {
	log     *slog.Logger
	witness testimony.ParticipantID
	seats   atomic.Pointer[seating]
	start   time.Time
	keyDue  atomic.Int64 // nanoseconds since start at which the next key frame is wanted

	masterSound *mix.Mixer
	publicSound *mix.Mixer

	voices voices

	mu     sync.Mutex
	master *tape
	public *tape
	held   []block // of the public version, oldest first
	// unbroken says that every clear picture since a key frame is in the public version.
	unbroken bool
	blanks   []blank
	holds    []holding // what the public version can hold, from when on
	failure  error
	ended    bool

	hushed func() bool // whether a witness speaks, see [hub.Router.Hush]
	slate  []byte      // one encoded key frame
	hush   []byte      // one encoded packet of silence
	fault  func(error)
	finish context.CancelFunc
	done   chan struct{}
	untap  func()
}

// block is one encoded picture or packet of the public version, waiting for its release.
type block struct {
	pts    time.Duration
	kind   media.Kind
	key    bool
	frame  []byte
	source source
}

// source is which encoder a picture comes from. Pictures of one source build on each other; another source begins with a
// key frame.
type source uint8

const (
	fromSlate source = iota + 1
	fromCamera
	fromConcealer
)

// blank is a marked passage of the public version.
type blank struct{ from, to time.Duration }

// tape is one version's file.
type tape struct {
	recording docket.Recording
	file      *blob.Writer
	webm      *record.Writer
	encoder   *opus.Encoder
	length    time.Duration
	source    source // of the last picture
	heard     map[testimony.ParticipantID]time.Duration
}

// picture writes a picture, unless it would build on one that is not there.
func (t *tape) picture(pts time.Duration, from source, key bool, frame []byte) error {
	if t.source != from && !key {
		return nil
	}
	t.source = from
	return t.webm.Video(pts, key, frame)
}

func openTape(ctx context.Context, d *docket.Desk, h testimony.HearingID, version protection.Audience) (*tape, error) {
	r, file, err := d.BeginRecording(ctx, h, version)
	if err != nil {
		return nil, err
	}
	t := &tape{recording: r, file: file}
	t.webm, err = record.NewWriter(file, []record.Track{
		{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: silhouetteWidth, Height: silhouetteHeight},
		{Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, r.Started)
	if err == nil {
		t.encoder, err = opus.NewEncoder(opus.Config{Bitrate: 48})
	}
	if err != nil {
		_, closed := file.Close()
		return nil, errors.Join(err, closed)
	}
	return t, nil
}

func (t *tape) seal(ctx context.Context, d *docket.Desk) error {
	summary, err := t.file.Close()
	t.encoder.Close()
	if err != nil {
		return fmt.Errorf("close a recording: %w", err)
	}
	if err := d.SealMaster(ctx, t.recording.ID, summary, t.length, t.heard); err != nil {
		return err
	}
	if _, err := d.CommitRecording(ctx, t.recording.ID); err != nil {
		return fmt.Errorf("seal a recording to its blocks: %w", err)
	}
	return nil
}

func newRecorder(ctx context.Context, d *docket.Desk, h testimony.Hearing, log *slog.Logger, hushed func() bool, fault func(error)) (*recorder, error) {
	witness, _ := h.Witness()
	r := &recorder{log: log, witness: witness.ID, hushed: hushed, fault: fault, start: time.Now(),
		masterSound: mix.New(), publicSound: mix.New(), done: make(chan struct{})}
	if err := r.prepareBlanks(); err != nil {
		return nil, err
	}
	var err error
	if r.master, err = openTape(ctx, d, h.ID, protection.MasterRecord); err != nil {
		return nil, fmt.Errorf("the master: %w", err)
	}
	if r.public, err = openTape(ctx, d, h.ID, protection.PublicRecord); err != nil {
		return nil, errors.Join(fmt.Errorf("the public version: %w", err), r.master.seal(ctx, d))
	}
	run, cancel := context.WithCancel(ctx)
	r.finish = cancel
	go r.run(run)
	return r, nil
}

// prepareBlanks encodes, once, what stands for everything that is withheld.
func (r *recorder) prepareBlanks() (err error) {
	r.slate, r.hush, err = blanks()
	return err
}

// blanks are an encoded key frame and an encoded packet that stand for what is withheld: generated, never derived.
func blanks() (slate, hush []byte, err error) {
	video, err := vpx.NewEncoder(vpx.Config{Width: silhouetteWidth, Height: silhouetteHeight, Bitrate: 200, FPS: 10})
	if err != nil {
		return nil, nil, err
	}
	defer video.Close()
	if slate, _, err = video.Encode(conceal.Slate(silhouetteWidth, silhouetteHeight, 0).Frame(), true); err != nil {
		return nil, nil, err
	}
	sound, err := opus.NewEncoder(opus.Config{Bitrate: 24})
	if err != nil {
		return nil, nil, err
	}
	defer sound.Close()
	hush, err = sound.Encode(conceal.Silence(media.FrameSamples).PCM())
	return slate, hush, err
}

// holding is the most that the public version holds of a witness from a moment on.
type holding struct {
	from  time.Duration
	aired protection.Access
}

// follow makes a seating the one that decides what is recorded.
func (r *recorder) follow(seats *seating) {
	aired := seats.reception.Aired()
	r.mu.Lock()
	if n := len(r.holds); n == 0 || r.holds[n-1].aired != aired {
		r.holds = append(r.holds, holding{r.elapsed(), aired})
	}
	r.mu.Unlock()
	r.seats.Store(seats)
}

// aired is the most that the public version holds of a witness around a moment, and until when that is nothing.
func (r *recorder) aired(at time.Duration) (most protection.Access, blank time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	blank = r.elapsed()
	for i, h := range r.holds {
		until := time.Duration(1<<63 - 1)
		if i+1 < len(r.holds) {
			until = r.holds[i+1].from
		}
		if h.from <= at+airSlack && until > at-airSlack {
			most.Picture, most.Voice = max(most.Picture, h.aired.Picture), max(most.Voice, h.aired.Voice)
		} else if h.from > at && h.aired != (protection.Access{}) {
			blank = min(blank, h.from-airSlack)
		}
	}
	return most, blank
}

func (r *recorder) elapsed() time.Duration { return time.Since(r.start) }

func (r *recorder) length() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.master.length
}

// hear takes 20 ms of one participant's sound: all of it for the master, what may be open of it for the public version, and of
// a witness the disguised voice beside it.
func (r *recorder) hear(id testimony.ParticipantID, clear, open, disguised []int16) {
	seats := r.seats.Load()
	if seats == nil {
		return
	}
	if seats.recorded(id, protection.MasterRecord).Voice == protection.ClearVoice {
		r.masterSound.Push(string(id), clear)
		r.voices.hear(id, clear)
	}
	switch seats.recorded(id, protection.PublicRecord).Voice {
	case protection.ClearVoice:
		if !seats.yieldsInPublic(id) || !r.hushed() {
			r.publicSound.Push(string(id), open)
		}
	case protection.Disguised:
		if disguised != nil {
			r.publicSound.Push(string(id), disguised)
		}
	}
}

// see takes one encoded clear picture. Only the witness who testifies is in the picture of the record. One that was taken in
// under an earlier seating is not for the public version, nor is what builds on it.
func (r *recorder) see(id testimony.ParticipantID, frame []byte, key, earlier bool) {
	seats := r.seats.Load()
	if seats == nil || id != r.witness {
		return
	}
	pts := r.elapsed()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	if key {
		r.keyDue.Store(int64(pts + keyEvery))
	}
	if seats.recorded(id, protection.MasterRecord).Picture == protection.ClearPicture {
		r.note(r.master.picture(pts, fromCamera, key, frame))
	}
	switch {
	case seats.recorded(id, protection.PublicRecord).Picture != protection.ClearPicture || earlier:
		r.unbroken = false
	case key || r.unbroken:
		r.unbroken = true
		r.hold(block{pts, media.KindVideo, key, frame, fromCamera})
	default:
		r.keyDue.Store(0)
	}
}

// seeConcealed takes one encoded picture of the silhouette, as the public received it.
func (r *recorder) seeConcealed(kind media.Kind, key bool, frame []byte) {
	seats := r.seats.Load()
	if seats == nil || kind != media.KindVideo || seats.recorded(r.witness, protection.PublicRecord).Picture != protection.Silhouette {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.hold(block{r.elapsed(), media.KindVideo, key, frame, fromConcealer})
	}
}

// wantsKey reports whether the last key frame is older than a seek should have to reach back.
func (r *recorder) wantsKey() bool { return int64(r.elapsed()) > r.keyDue.Load() }

// mark blanks the public version from so long before now to 10 s after. What lies further back than 20 s is sealed already.
func (r *recorder) mark(back time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.elapsed()
	r.blanks = append(r.blanks, blank{now - back, now + testimony.MarkAfter})
}

// hold keeps a block of the public version back. It holds r.mu.
func (r *recorder) hold(b block) { r.held = append(r.held, b) }

// run writes the sound at its own pace, releases what was held back, and makes the disk keep it once a second.
func (r *recorder) run(ctx context.Context) {
	defer close(r.done)
	tick := time.NewTicker(packetEvery)
	defer tick.Stop()
	var packets int64
	lastSync, lastSlate := time.Duration(0), -slateEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := r.elapsed()
		for ; time.Duration(packets)*packetEvery+packetEvery <= now; packets++ {
			r.writeSound(time.Duration(packets) * packetEvery)
		}
		if now-lastSlate >= slateEvery {
			lastSlate = now
			r.writeSlates(now)
		}
		r.release(now - testimony.MarkBefore)
		if now-lastSync >= syncEvery {
			lastSync = now
			r.sync()
		}
	}
}

func (r *recorder) writeSound(pts time.Duration) {
	clear, open := r.masterSound.Pull(), r.publicSound.Pull()
	r.mu.Lock()
	defer r.mu.Unlock()
	if packet, err := r.master.encoder.Encode(clear); err == nil {
		r.note(r.master.webm.Audio(pts, packet))
		r.master.length = pts + packetEvery
	} else {
		r.note(err)
	}
	packet, err := r.public.encoder.Encode(open)
	if err != nil {
		r.note(err)
		packet = r.hush
	}
	r.hold(block{pts: pts, kind: media.KindAudio, key: true, frame: packet})
}

// writeSlates puts the slate where there is no picture: in the public version whenever the public sees nothing, and in
// the master while the witness is in a break.
func (r *recorder) writeSlates(now time.Duration) {
	seats := r.seats.Load()
	if seats == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if seats.recorded(r.witness, protection.PublicRecord).Picture == protection.NoPicture {
		r.hold(block{now, media.KindVideo, true, r.slate, fromSlate})
	}
	if seats.recorded(r.witness, protection.MasterRecord).Picture == protection.NoPicture {
		r.note(r.master.picture(now, fromSlate, true, r.slate))
	}
}

// release seals what was held back until then, blanked where a mark stands.
func (r *recorder) release(until time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(r.held) && r.held[n].pts < until {
		r.releaseBlock(r.held[n])
		n++
	}
	r.held = slices.Delete(r.held, 0, n)
}

func (r *recorder) releaseBlock(b block) {
	blanked := slices.ContainsFunc(r.blanks, func(x blank) bool { return b.pts >= x.from && b.pts < x.to })
	if b.kind == media.KindAudio {
		if blanked {
			b.frame = r.hush
		}
		r.note(r.public.webm.Audio(b.pts, b.frame))
		r.public.length = b.pts + packetEvery
		return
	}
	if blanked {
		if r.public.source != fromSlate {
			r.note(r.public.picture(b.pts, fromSlate, true, r.slate))
		}
		return
	}
	r.note(r.public.picture(b.pts, b.source, b.key, b.frame))
}

func (r *recorder) sync() {
	r.mu.Lock()
	master, public := r.master.file, r.public.file
	r.mu.Unlock()
	err := errors.Join(master.Sync(), public.Sync())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note(err)
}

// note keeps the first failure and tells the session of it, once. It holds r.mu.
func (r *recorder) note(err error) {
	if err == nil || r.failure != nil {
		return
	}
	r.failure = err
	r.log.Error("the recording failed", "error", err)
	r.fault(err)
}

// seal ends both versions and notes their roots in the vault.
func (r *recorder) seal(ctx context.Context, d *docket.Desk) error {
	r.finish()
	<-r.done
	r.release(1<<63 - 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.master.heard = r.voices.spoken()
	return errors.Join(r.failure, r.master.webm.Close(), r.public.webm.Close(), r.master.seal(ctx, d), r.public.seal(ctx, d))
}
