package attend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/mix"
	"paravent/media/record"
	"paravent/store/blob"
	"paravent/testimony/join"
)

const (
	keptEvery  = 20 * time.Millisecond // one packet of sound
	keptSync   = time.Second           // what a stopped machine can lose
	keptKey    = 2 * time.Second       // between pictures that can be decoded alone
	toldEvery  = 30 * time.Second      // the court is told what there is, and when the witness goes off the record
	keepsOnFor = 10 * time.Second      // after picture and sound were cut: the witness may not have noticed
)

// Keeper makes a second record of a testimony on the witness's machine: of camera and microphone themselves, so that it has what a bad line loses. It records only while the court
// says that the witness is on the record, and nothing that the witness has switched off. The file is sealed with a key that the court sends and that is in memory alone;
// nobody can open it on this machine afterwards. Give it what is seen and heard with See and Hear; a [Seat] does the rest. Its methods can be called from any goroutine.
type Keeper struct {
	folder string

	mu    sync.Mutex
	file  *kept // nil while none is made
	stage string
	tell  func(join.Recorded)
	on    struct{ record, hear, show bool }
}

// NewKeeper returns a keeper whose files come to lie in a folder, which is made if it is missing. It fails where nothing can be written there.
func NewKeeper(folder string) (*Keeper, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for the sealed record: %w", err)
	}
	try, err := os.CreateTemp(folder, ".try-*")
	if err != nil {
		return nil, fmt.Errorf("the folder for the sealed record: %w", err)
	}
	return &Keeper{folder: folder, stage: join.RecordReady}, errors.Join(try.Close(), os.Remove(try.Name()))
}

// Folder is where the files come to lie.
func (k *Keeper) Folder() string { return k.folder }

// Stage is one of the stages of [join.Recorded].
func (k *Keeper) Stage() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stage
}

// See takes a picture of the camera. It copies what it keeps.
func (k *Keeper) See(f *media.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file == nil || !k.on.record || !k.on.show {
		return
	}
	own := *f
	own.Y, own.U, own.V = slices.Clone(f.Y), slices.Clone(f.U), slices.Clone(f.V)
	select {
	case k.file.pictures <- &own:
	default: // the encoder is behind: this picture is left out
	}
}

// Hear takes 20 ms of the microphone. It copies what it keeps.
func (k *Keeper) Hear(pcm []int16) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file != nil && k.on.record && k.on.hear {
		k.file.sound.Push("", pcm)
	}
}

// follow takes in what the court says and what the witness has chosen.
func (k *Keeper) follow(record, hear, show bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.on.record, k.on.hear, k.on.show = record, hear, show
	if k.file != nil {
		k.file.on.Store(record)
	}
}

// ready is what a new connection tells the court first. tell takes what there is to tell from then on.
func (k *Keeper) ready(tell func(join.Recorded)) join.Recorded {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tell = tell
	if k.file == nil {
		return join.Recorded{Stage: join.RecordReady}
	}
	return join.Recorded{Stage: join.RecordReady, ID: k.file.id}
}

var recordID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// take obeys the court.
func (k *Keeper) take(m join.Record) {
	k.mu.Lock()
	file := k.file
	k.mu.Unlock()
	if m.End {
		if file != nil && file.id == m.ID {
			k.end()
		}
		return
	}
	if file != nil && file.id == m.ID || !recordID.MatchString(m.ID) || len(m.Key) != len(blob.Key{}) {
		return
	}
	k.end() // of an earlier courtroom
	begun, err := k.begin(m)
	clear(m.Key)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.stage = join.RecordFailed
		k.say(join.Recorded{ID: m.ID, Stage: join.RecordFailed, Root: make([]byte, len(blob.Summary{}.Root))})
		return
	}
	k.file, k.stage = begun, join.RecordRunning
	begun.on.Store(k.on.record)
}

// begin creates the file.
func (k *Keeper) begin(m join.Record) (*kept, error) {
	var key blob.Key
	copy(key[:], m.Key)
	defer clear(key[:])
	file, err := blob.Create(filepath.Join(k.folder, m.ID+RemoteSuffix), key, m.ID)
	if err != nil {
		return nil, err
	}
	f := &kept{id: m.ID, start: time.Now(), file: file, pictures: make(chan *media.Frame, 2), sound: mix.New(), done: make(chan struct{})}
	f.webm, err = record.NewWriter(file, []record.Track{
		{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: keptWidth, Height: keptHeight},
		{Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, f.start)
	if err == nil {
		f.voice, err = opus.NewEncoder(opus.Config{Bitrate: 64})
	}
	if err == nil {
		f.camera, err = vpx.NewEncoder(vpx.Config{Width: keptWidth, Height: keptHeight, Bitrate: keptBitrate, FPS: 25})
	}
	if err != nil {
		_, closed := file.Close()
		return nil, errors.Join(err, closed)
	}
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	go f.run(ctx, func(sum blob.Summary, stage string) { k.reached(f, sum, stage) })
	return f, nil
}

// RemoteSuffix is how the names of the files end; before it stands the record's number and nothing else.
const RemoteSuffix = ".paravent-record"

// What the head of a file says of its picture, in pixels; each picture says its own size. The line carries less than half of this rate.
const (
	keptWidth   = 640
	keptHeight  = 480
	keptBitrate = 1200 // kbit/s
)

// reached is told by a file how far it has come.
func (k *Keeper) reached(f *kept, sum blob.Summary, stage string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.file == f && stage != join.RecordRunning {
		k.file, k.stage = nil, stage
	}
	k.say(join.Recorded{ID: f.id, Stage: stage, Chunks: sum.Chunks, Size: sum.Size, Root: slices.Clone(sum.Root[:]), Length: f.length.Milliseconds()})
}

// say holds k.mu.
func (k *Keeper) say(m join.Recorded) {
	if k.tell != nil {
		k.tell(m)
	}
}

// Close ends the record that is being made, and waits until its file is whole.
func (k *Keeper) Close() { k.end() }

func (k *Keeper) end() {
	k.mu.Lock()
	file := k.file
	k.mu.Unlock()
	if file != nil {
		file.stop()
		<-file.done
	}
}

// kept is one file while it is made. Its own goroutine writes.
type kept struct {
	id       string
	start    time.Time
	file     *blob.Writer
	webm     *record.Writer
	camera   *vpx.Encoder
	voice    *opus.Encoder
	pictures chan *media.Frame
	sound    *mix.Mixer
	on       atomic.Bool
	stop     context.CancelFunc
	done     chan struct{}
	length   time.Duration
	key      time.Duration // of the last picture that can be decoded alone
	drawn    bool          // whether the next picture can build on the one before
}

// run writes until it is stopped, or something cannot be written. reached is called from here alone.
func (f *kept) run(ctx context.Context, reached func(blob.Summary, string)) {
	defer close(f.done)
	err := f.write(ctx, reached)
	f.camera.Close()
	f.voice.Close()
	sum, told := f.file.Summary()
	closing := errors.Join(err, f.webm.Close())
	last, closed := f.file.Close()
	switch {
	case closing != nil || closed != nil:
		if told != nil {
			sum = blob.Summary{} // the court keeps what it was told before
		}
		reached(sum, join.RecordFailed)
	default:
		reached(last, join.RecordClosed)
	}
}

func (f *kept) write(ctx context.Context, reached func(blob.Summary, string)) error {
	tick := time.NewTicker(keptEvery)
	defer tick.Stop()
	var packets int64
	synced, told, was := time.Duration(0), keptSync-toldEvery, false // the first word comes soon
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-f.pictures:
			if err := f.picture(p); err != nil {
				return err
			}
			continue
		case <-tick.C:
		}
		now, on := time.Since(f.start), f.on.Load()
		for ; time.Duration(packets)*keptEvery+keptEvery <= now; packets++ {
			pcm := f.sound.Pull()
			if !on {
				continue
			}
			packet, err := f.voice.Encode(pcm)
			if err == nil {
				err = f.webm.Audio(time.Duration(packets)*keptEvery, packet)
			}
			if err != nil {
				return err
			}
			f.length = max(f.length, time.Duration(packets+1)*keptEvery)
		}
		if now-synced >= keptSync {
			synced = now
			if err := f.file.Sync(); err != nil {
				return err
			}
		}
		if now-told >= toldEvery || was && !on {
			told = now
			if err := f.file.Sync(); err != nil {
				return err
			}
			sum, err := f.file.Summary()
			if err != nil {
				return err
			}
			reached(sum, join.RecordRunning)
		}
		was = on
	}
}

func (f *kept) picture(p *media.Frame) error {
	at := time.Since(f.start)
	if !f.on.Load() {
		f.drawn = false
		return nil
	}
	frame, key, err := f.camera.Encode(p, !f.drawn || at-f.key >= keptKey)
	if err != nil {
		return err
	}
	if key {
		f.key, f.drawn = at, true
	}
	f.length = max(f.length, at)
	return f.webm.Video(at, key, frame)
}
