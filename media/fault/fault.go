// Package fault finds what is wrong with the picture and the sound of a recording, while there is still time to record again: what is missing, silent,
// frozen or black, and clocks that drift apart.
//
// It decodes everything once and keeps nothing. It knows no voice from another: two voices are told apart by their tracks, or by whoever mixed them.
// Start from [Find].
package fault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/media/face"
	"paravent/media/record"
)

// Kind is a kind of fault.
type Kind string

// The kinds.
const (
	NoPicture Kind = "no_picture" // no picture came for a while, or none at all
	Frozen    Kind = "frozen"     // the picture does not move
	Black     Kind = "black"      // nothing is to be seen
	Unread    Kind = "unreadable" // pictures or packets that cannot be decoded
	NoSound   Kind = "no_sound"   // packets are missing
	Silence   Kind = "silence"    // sound came, and nothing is to be heard: a microphone that is off, not a pause
	Inaudible Kind = "inaudible"  // nobody is heard to speak in a track
	Drift     Kind = "drift"      // the clocks of picture and sound, or of a track and its packets, run apart
	Small     Kind = "small"      // the face is too small to be watched
	Length    Kind = "length"     // it is shorter or longer than it has to be
)

// Finding is one fault with its time.
type Finding struct {
	Kind  Kind          `json:"kind"`
	Track int           `json:"track,omitempty"`
	From  time.Duration `json:"from"`
	Until time.Duration `json:"until"`
	By    time.Duration `json:"by,omitempty"` // of a drift or a length: how much
}

// Stretch is a part of a recording.
type Stretch struct{ From, Until time.Duration }

// What is taken for a fault. A person who thinks is silent for some seconds in a room that is not; a person who listens moves.
const (
	pictureGap   = 2 * time.Second // longer than the slowest picture, a slate every two seconds, with what it takes to come
	stillFor     = 3 * time.Second
	blackFor     = time.Second
	soundGap     = 150 * time.Millisecond
	silentFor    = 3 * time.Second
	driftAllowed = 200 * time.Millisecond
	lengthOff    = time.Second
	spokenAtall  = time.Second

	blackBelow   = 26 // mean luma; black is 16
	stillBelow   = 3  // greatest mean difference of a cell's luma between pictures
	silentBelow  = 6  // greatest sample; a quiet room has tens
	cell         = 16 // pixels
	sampledEvery = 200 * time.Millisecond

	faceEvery = 3 * time.Second  // a face is looked for: it takes more time than all the rest
	smallFor  = 10 * time.Second // who leans back is small for a moment
	smallFace = 60               // pixels from hair to chin: a face of 24 cm at the 250 pixels per metre at which a person can be identified, IEC 62676-4
	smallPart = 10               // and no smaller part of the picture's height than one of so many
	insetPart = 4                // the upper right part of the picture, so wide and high, can be the room's own: see capture.NewInset
	seenFaces = 3                // fewer are chance
)

// Options say what a recording has to be.
type Options struct {
	Expected time.Duration // its length; zero where that is not known
	On       []Stretch     // where faults count: evidence is given there; empty for everywhere
	// Spoken says that speech is to be found in every track of sound.
	Spoken bool
	// Face says that it shows somebody who speaks, whose face has to be large enough.
	Face bool
	// Progress, if not nil, is told how far the check has come.
	Progress func(done, total int64)
}

// Report is what was found, by time, and what was looked through.
type Report struct {
	Findings []Finding             `json:"findings"`
	Length   time.Duration         `json:"length"`
	Spoken   map[int]time.Duration `json:"spoken"` // by track of sound
	Width    int                   `json:"width"`  // pixels
	Height   int                   `json:"height"`
	Face     float64               `json:"face"` // middle size of the largest face, from hair to chin, in parts of the picture's height; 0 where none was found
}

// Find decodes a recording of size bytes and finds its faults.
func Find(ctx context.Context, src io.ReaderAt, size int64, o Options) (Report, error) {
	p, err := record.NewPlayer(src, size)
	if err != nil {
		return Report{}, err
	}
	f := &finder{o: o, report: Report{Findings: []Finding{}, Spoken: map[int]time.Duration{}}}
	defer f.close()
	if o.Face {
		if f.faces, err = face.NewFinder(); err != nil {
			return Report{}, err
		}
	}
	for _, t := range p.Tracks() {
		if err := f.add(t); err != nil {
			return Report{}, err
		}
	}
	for n := 0; ; n++ {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Report{}, err
		}
		if n%250 == 0 {
			if err := ctx.Err(); err != nil {
				return Report{}, err
			}
			if o.Progress != nil && o.Expected > 0 {
				o.Progress(min(int64(b.PTS), int64(o.Expected)), int64(o.Expected))
			}
		}
		f.take(b)
	}
	return f.end(), nil
}

// finder looks through a recording once.
type finder struct {
	o        Options
	report   Report
	pictures map[int]*picture
	sounds   map[int]*sound
	faces    *face.Finder // nil where none are looked for
	sizes    []float64    // of the largest ones that were found, in parts of the height
}

func (f *finder) add(t record.Track) (err error) {
	if f.pictures == nil {
		f.pictures, f.sounds = map[int]*picture{}, map[int]*sound{}
	}
	switch t.Kind {
	case media.KindVideo:
		x := &picture{track: t.Number, f: f}
		x.decoder, err = vpx.NewDecoder()
		f.pictures[t.Number] = x
	case media.KindAudio:
		x := &sound{track: t.Number, f: f}
		x.decoder, err = opus.NewDecoder()
		f.sounds[t.Number] = x
	}
	return err
}

func (f *finder) close() {
	for _, p := range f.pictures {
		if p.decoder != nil {
			p.decoder.Close()
		}
	}
	for _, s := range f.sounds {
		if s.decoder != nil {
			s.decoder.Close()
		}
	}
}

func (f *finder) take(b record.Block) {
	if p := f.pictures[b.Track]; p != nil {
		f.report.Length = max(f.report.Length, b.PTS+record.BlockLength(media.KindVideo))
		p.take(b)
	}
	if s := f.sounds[b.Track]; s != nil {
		f.report.Length = max(f.report.Length, b.PTS+record.BlockLength(media.KindAudio))
		s.take(b)
	}
}

// found notes a fault as far as it is where evidence is given.
func (f *finder) found(k Kind, track int, from, until, least time.Duration) {
	on := f.o.On
	if len(on) == 0 {
		on = []Stretch{{0, max(until, f.report.Length)}}
	}
	for _, s := range on {
		if a, b := max(from, s.From), min(until, s.Until); b-a >= least {
			f.report.Findings = append(f.report.Findings, Finding{Kind: k, Track: track, From: a, Until: b})
		}
	}
}

func (f *finder) end() Report {
	length := f.report.Length
	for _, p := range f.pictures {
		p.end(length)
	}
	for _, s := range f.sounds {
		s.end(length)
	}
	f.drift()
	if n := len(f.sizes); n >= seenFaces {
		slices.Sort(f.sizes)
		f.report.Face = f.sizes[n/2]
	}
	if want := f.o.Expected; want > 0 && (length-want > lengthOff || want-length > lengthOff) {
		f.report.Findings = append(f.report.Findings, Finding{Kind: Length, From: min(want, length), Until: max(want, length), By: length - want})
	}
	slices.SortStableFunc(f.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Track, b.Track), cmp.Compare(a.Kind, b.Kind))
	})
	return f.report
}

// drift compares where the tracks end with where they begin: one clock for all, or they run apart. A track that only begins later, as a picture does that waits for
// its first key frame, ends with the others.
func (f *finder) drift() {
	type extent struct {
		track       int
		first, last time.Duration
	}
	var all []extent
	for _, p := range f.pictures {
		if p.seen {
			all = append(all, extent{p.track, p.first, p.last + record.BlockLength(media.KindVideo)})
		}
	}
	for _, s := range f.sounds {
		if s.seen {
			all = append(all, extent{s.track, s.first, s.next})
		}
	}
	slices.SortFunc(all, func(a, b extent) int { return cmp.Compare(a.track, b.track) })
	for i := 1; i < len(all); i++ {
		ends := all[i].last - all[0].last
		apart := ends - (all[i].first - all[0].first)
		gaps := f.gapsAtEnds(all[i].track) || f.gapsAtEnds(all[0].track)
		if !gaps && apart.Abs() > driftAllowed && ends.Abs() > driftAllowed {
			f.report.Findings = append(f.report.Findings, Finding{Kind: Drift, Track: all[i].track, From: min(all[i].last, all[0].last), Until: max(all[i].last, all[0].last), By: apart})
		}
	}
}

// gapsAtEnds reports whether a track begins late or ends early as a fault of its own, which is no drift.
func (f *finder) gapsAtEnds(track int) bool {
	return slices.ContainsFunc(f.report.Findings, func(x Finding) bool {
		return x.Track == track && (x.Kind == NoPicture || x.Kind == NoSound) && (x.From == 0 || x.Until >= f.report.Length-pictureGap)
	})
}

// picture is a track of pictures while it is looked through.
type picture struct {
	f           *finder
	track       int
	decoder     *vpx.Decoder
	seen        bool
	first, last time.Duration
	sampled     time.Duration
	before      []float64 // means of the cells of the last picture that was looked at
	still       since
	black       since
	broken      since
	looked      time.Duration // when a face was looked for last
	small       since
}

// since is for how long something is so.
type since struct {
	on   bool
	from time.Duration
}

// now notes whether it is so at an instant, and returns the stretch that ends where it is so no more.
func (s *since) now(on bool, at time.Duration) (Stretch, bool) {
	was := *s
	if on && !was.on {
		s.from = at
	}
	s.on = on
	return Stretch{was.from, at}, was.on && !on
}

func (p *picture) take(b record.Block) {
	switch {
	case !p.seen:
		if p.seen, p.first = true, b.PTS; b.PTS > pictureGap {
			p.f.found(NoPicture, p.track, 0, b.PTS, pictureGap)
		}
	case b.PTS-p.last > pictureGap+record.BlockLength(media.KindVideo)*3:
		p.f.found(NoPicture, p.track, p.last+record.BlockLength(media.KindVideo), b.PTS, pictureGap)
	}
	p.last = b.PTS
	frame, err := p.decoder.Decode(b.Payload)
	p.note(Unread, &p.broken, err != nil, b.PTS, 0)
	if err != nil || frame == nil {
		return
	}
	if p.before != nil && b.PTS-p.sampled < sampledEvery {
		return
	}
	p.f.report.Width, p.f.report.Height = frame.Width, frame.Height
	cells, mean := cellsOf(frame)
	from := p.sampled
	p.sampled = b.PTS
	p.note(Black, &p.black, mean < blackBelow, b.PTS, blackFor)
	if len(p.before) == len(cells) {
		still := difference(p.before, cells) < stillBelow && mean >= blackBelow // black is a fault of its own
		at := b.PTS
		if still && !p.still.on {
			at = from // it did not move since the picture before
		}
		p.note(Frozen, &p.still, still, at, stillFor)
	}
	p.before = cells
	p.look(frame, b.PTS)
}

// look finds out how large the largest face is. Where none is found the last one counts: a person looks down, or aside.
func (p *picture) look(frame *media.Frame, at time.Duration) {
	if p.f.faces == nil || at-p.looked < faceEvery {
		return
	}
	p.looked = at
	for _, x := range p.f.faces.Find(frame) {
		if x.X > frame.Width-frame.Width/insetPart && x.Y < frame.Height/insetPart {
			continue
		}
		p.f.sizes = append(p.f.sizes, float64(x.Size)/float64(frame.Height))
		p.note(Small, &p.small, x.Size < max(smallFace, frame.Height/smallPart), at, smallFor)
		return
	}
}

func (p *picture) note(k Kind, s *since, on bool, at, least time.Duration) {
	if x, ended := s.now(on, at); ended {
		p.f.found(k, p.track, x.From, x.Until, least)
	}
}

func (p *picture) end(length time.Duration) {
	if !p.seen {
		p.f.found(NoPicture, p.track, 0, length, 0)
		return
	}
	if length-p.last > pictureGap {
		p.f.found(NoPicture, p.track, p.last+record.BlockLength(media.KindVideo), length, pictureGap)
	}
	end := p.last + record.BlockLength(media.KindVideo)
	p.note(Black, &p.black, false, end, blackFor)
	p.note(Frozen, &p.still, false, end, stillFor)
	p.note(Small, &p.small, false, end, smallFor)
	p.note(Unread, &p.broken, false, end, 0)
}

// cellsOf are the mean luma of cells of a picture, and of all of it.
func cellsOf(f *media.Frame) (cells []float64, mean float64) {
	for y := 0; y < f.Height; y += cell {
		for x := 0; x < f.Width; x += cell {
			sum, n := 0, 0
			for row := y; row < min(y+cell, f.Height); row += 2 {
				line := f.Y[row*f.StrideY+x : row*f.StrideY+min(x+cell, f.Width)]
				for _, v := range line {
					sum += int(v)
				}
				n += len(line)
			}
			m := float64(sum) / float64(max(n, 1))
			cells = append(cells, m)
			mean += m
		}
	}
	return cells, mean / float64(max(len(cells), 1))
}

func difference(a, b []float64) (most float64) {
	for i := range a {
		most = max(most, a[i]-b[i], b[i]-a[i])
	}
	return most
}

// sound is a track of sound while it is looked through.
type sound struct {
	f           *finder
	track       int
	decoder     *opus.Decoder
	meter       conceal.SpeechMeter
	seen        bool
	first, next time.Duration // next is where the next packet has to begin
	run         time.Duration // sum of what packets came too late or too early, of gaps that are none
	drifted     bool
	silent      since
	broken      since
}

func (s *sound) take(b record.Block) {
	const packet = 20 * time.Millisecond
	if !s.seen {
		s.seen, s.first, s.next = true, b.PTS, b.PTS
		s.f.found(NoSound, s.track, 0, b.PTS, soundGap)
	}
	switch late := b.PTS - s.next; {
	case late >= soundGap:
		s.note(Silence, &s.silent, false, s.next, silentFor)
		s.f.found(NoSound, s.track, s.next, b.PTS, soundGap)
	default:
		if s.run += late; !s.drifted && (s.run > driftAllowed || s.run < -driftAllowed) {
			s.drifted = true
			s.f.report.Findings = append(s.f.report.Findings, Finding{Kind: Drift, Track: s.track, From: s.first, Until: b.PTS, By: s.run})
		}
	}
	s.next = b.PTS + packet
	pcm, err := s.decoder.Decode(b.Payload)
	s.note(Unread, &s.broken, err != nil, b.PTS, 0)
	if err != nil {
		return
	}
	s.note(Silence, &s.silent, loudest(pcm) < silentBelow, b.PTS, silentFor)
	if s.meter.Push(pcm) {
		s.f.report.Spoken[s.track] += packet
	}
}

func (s *sound) note(k Kind, x *since, on bool, at, least time.Duration) {
	if stretch, ended := x.now(on, at); ended {
		s.f.found(k, s.track, stretch.From, stretch.Until, least)
	}
}

func (s *sound) end(length time.Duration) {
	if !s.seen {
		s.f.found(NoSound, s.track, 0, length, 0)
		return
	}
	s.note(Silence, &s.silent, false, s.next, silentFor)
	s.note(Unread, &s.broken, false, s.next, 0)
	if length-s.next > pictureGap {
		s.f.found(NoSound, s.track, s.next, length, soundGap)
	}
	if s.f.o.Spoken && s.f.report.Spoken[s.track] < spokenAtall {
		s.f.found(Inaudible, s.track, 0, length, 0)
	}
}

func loudest(pcm []int16) (most int) {
	for _, v := range pcm {
		most = max(most, int(v), -int(v))
	}
	return most
}

// Words says a finding in one sentence.
func (f Finding) Words() string {
	at := fmt.Sprintf("from %s to %s", clock(f.From), clock(f.Until))
	switch f.Kind {
	case NoPicture:
		return "No picture " + at + "."
	case Frozen:
		return "The picture stands still " + at + "."
	case Black:
		return "The picture is black " + at + "."
	case Unread:
		return fmt.Sprintf("Track %d cannot be decoded %s.", f.Track, at)
	case NoSound:
		return "Sound is missing " + at + "."
	case Silence:
		return "Nothing at all is to be heard " + at + "."
	case Inaudible:
		return fmt.Sprintf("Nobody is heard to speak in track %d.", f.Track)
	case Drift:
		return fmt.Sprintf("The clocks of track %d run apart by %s until %s.", f.Track, f.By.Round(time.Millisecond), clock(f.Until))
	case Small:
		return "The witness is small in the picture " + at + "."
	case Length:
		return fmt.Sprintf("It is %s longer than the session was.", f.By.Round(time.Millisecond))
	}
	return string(f.Kind) + " " + at
}

func clock(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%01d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000/100)
}
