package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/media"
)

var (
	started    = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
	bothTracks = []Track{
		{Number: 1, Kind: media.KindVideo, Codec: CodecVP8, Width: 640, Height: 480},
		{Number: 2, Kind: media.KindAudio, Codec: CodecOpus},
	}
)

type memorySink struct {
	bytes.Buffer
	syncs int
	fail  error
}

func (m *memorySink) Write(p []byte) (int, error) {
	if m.fail != nil {
		return 0, m.fail
	}
	return m.Buffer.Write(p)
}

func (m *memorySink) Sync() error { m.syncs++; return nil }

// picture is a VP8 frame in its outer form only: enough for a container, not for a decoder.
func picture(key bool, n int) []byte {
	b := []byte{0x01, 0, 0}
	if key {
		b = []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a}
		b = binary.LittleEndian.AppendUint16(b, 320)
		b = binary.LittleEndian.AppendUint16(b, 240)
	}
	return append(b, fmt.Sprintf("picture %d", n)...)
}

// talk is seconds of 25 pictures and 50 packets a second with a key frame every two seconds, in order of time.
func talk(seconds int) []Block {
	var blocks []Block
	for ms := 0; ms < seconds*1000; ms += 20 {
		pts := time.Duration(ms) * time.Millisecond
		if ms%40 == 0 {
			key := ms%2000 == 0
			blocks = append(blocks, Block{Track: 1, PTS: pts, Key: key, Payload: picture(key, ms)})
		}
		blocks = append(blocks, Block{Track: 2, PTS: pts, Key: true, Payload: fmt.Appendf(nil, "sound %d", ms)})
	}
	return blocks
}

func writeAll(t testing.TB, tracks []Track, blocks []Block) *memorySink {
	t.Helper()
	sink := &memorySink{}
	w, err := NewWriter(sink, tracks, started)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		if err := w.WriteBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sink
}

func readAll(t testing.TB, file []byte) ([]Block, *Player) {
	t.Helper()
	p, err := NewPlayer(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []Block
	for {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			return blocks, p
		}
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, b)
	}
}

// exportBytes exports through a real file, since an export seeks.
func exportBytes(t testing.TB, src []byte) ([]byte, Stats) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.webm")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	st, err := Export(f, bytes.NewReader(src), int64(len(src)))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return out, st
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	blocks := talk(5)
	got, p := readAll(t, writeAll(t, bothTracks, blocks).Bytes())
	if diff := cmp.Diff(blocks, got); diff != "" {
		t.Error(diff)
	}
	if p.Torn() {
		t.Error("a closed recording is said to be torn")
	}
	if !p.Start().Equal(started) {
		t.Errorf("start is %v, want %v", p.Start(), started)
	}
	if diff := cmp.Diff(bothTracks, p.Tracks()); diff != "" {
		t.Error(diff)
	}
}

func TestRecordingCutAnywhereKeepsItsWholeBlocks(t *testing.T) {
	t.Parallel()
	blocks := talk(3)
	file := writeAll(t, bothTracks, blocks).Bytes()
	rapid.Check(t, func(rt *rapid.T) {
		cut := rapid.IntRange(0, len(file)-1).Draw(rt, "cut")
		p, err := NewPlayer(bytes.NewReader(file[:cut]), int64(cut))
		if err != nil {
			if !errors.Is(err, ErrNotRecording) || cut > 400 {
				rt.Fatalf("cut at %d: %v", cut, err)
			}
			return
		}
		n := 0
		for {
			b, err := p.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(blocks[n], b); diff != "" {
				rt.Fatal(diff)
			}
			n++
		}
		if !p.Torn() {
			rt.Fatal("the cut was not noticed")
		}
		st, err := Inspect(bytes.NewReader(file[:cut]), int64(cut))
		if err != nil || !st.Torn || st.VideoFrames+st.AudioPackets != n {
			rt.Fatalf("Inspect: %+v, %v, want %d blocks", st, err, n)
		}
	})
}

func TestExportOfATornRecordingIsWholeAgain(t *testing.T) {
	t.Parallel()
	file := writeAll(t, bothTracks, talk(7)).Bytes()
	torn := file[:len(file)*2/3]
	out, st := exportBytes(t, torn)
	if !st.Torn || st.VideoFrames == 0 {
		t.Fatalf("export of a torn recording: %+v", st)
	}
	again, err := Inspect(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	want := st
	want.Torn = false
	if diff := cmp.Diff(want, again); diff != "" {
		t.Error(diff)
	}
	if again.Tracks[0].Width != 320 || again.Tracks[0].Height != 240 {
		t.Errorf("the export says %dx%d, its key frames 320x240", again.Tracks[0].Width, again.Tracks[0].Height)
	}
}

func TestExportOrdersBlocksByTime(t *testing.T) {
	t.Parallel()
	blocks := talk(4)
	for i := 0; i+1 < len(blocks); i += 3 {
		if !(blocks[i].Key && blocks[i].Track == 1) && blocks[i].Track != blocks[i+1].Track {
			blocks[i], blocks[i+1] = blocks[i+1], blocks[i]
		}
	}
	out, _ := exportBytes(t, writeAll(t, bothTracks, blocks).Bytes())
	got, _ := readAll(t, out)
	if len(got) != len(blocks) {
		t.Fatalf("%d blocks, want %d", len(got), len(blocks))
	}
	last := time.Duration(-1)
	for _, b := range got {
		if b.PTS < last {
			t.Fatalf("a block at %v follows one at %v", b.PTS, last)
		}
		last = b.PTS
	}
}

func TestSeekFindsTheKeyFrameBefore(t *testing.T) {
	t.Parallel()
	live := writeAll(t, bothTracks, talk(20)).Bytes()
	exported, _ := exportBytes(t, live)
	for name, file := range map[string][]byte{"live": live, "exported": exported} {
		p, err := NewPlayer(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []time.Duration{7 * time.Second, 0, 19999 * time.Millisecond, 2 * time.Second, time.Hour} {
			want := min(d, 19*time.Second).Truncate(2 * time.Second)
			at, err := p.Seek(d)
			if err != nil || at != want {
				t.Fatalf("%s: seek to %v stands at %v, %v, want %v", name, d, at, err, want)
			}
			b, err := p.Next()
			if err != nil || b.PTS != want || !b.Key || b.Track != 1 {
				t.Fatalf("%s: after the seek to %v: %+v, %v", name, d, b, err)
			}
		}
		if d, err := p.Duration(); err != nil || d != 20*time.Second {
			t.Errorf("%s: duration %v, %v", name, d, err)
		}
	}
}

// Reading on in advance finds the same places, and finds nothing behind a place that cannot be read.
func TestLearningInAdvanceChangesNoSeek(t *testing.T) {
	t.Parallel()
	file := writeAll(t, bothTracks, talk(20)).Bytes()
	for name, src := range map[string]io.ReaderAt{"whole": bytes.NewReader(file), "broken": brokenAfter{bytes.NewReader(file), int64(len(file) / 2)}} {
		learnt, err := NewPlayer(src, int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for rounds := 0; learnt.Learn(7); rounds++ {
			if rounds > len(file) {
				t.Fatal("it never ends")
			}
		}
		for d := time.Duration(0); d < 21*time.Second; d += 700 * time.Millisecond {
			fresh, err := NewPlayer(src, int64(len(file)))
			if err != nil {
				t.Fatal(err)
			}
			want, _ := fresh.Seek(d)
			got, err := learnt.Seek(d)
			if err != nil || got != want || name == "whole" && got != min(d, 19*time.Second).Truncate(2*time.Second) {
				t.Errorf("%s: seek to %v stands at %v, %v, want %v", name, d, got, err, want)
			}
		}
	}
}

// brokenAfter cannot be read from a place on.
type brokenAfter struct {
	io.ReaderAt
	from int64
}

func (b brokenAfter) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		p = p[:max(0, b.from-off)]
		n, _ := b.ReaderAt.ReadAt(p, min(off, b.from))
		return n, errBroken
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestSeekInASoundRecordingAndWherePictureStopped(t *testing.T) {
	t.Parallel()
	sound := bothTracks[1:]
	var packets []Block
	for ms := 0; ms < 90_000; ms += 20 {
		packets = append(packets, Block{Track: 2, PTS: time.Duration(ms) * time.Millisecond, Key: true, Payload: []byte("s")})
	}
	stopped := append([]Block{{Track: 1, Key: true, Payload: picture(true, 0)}}, packets...)
	for name, file := range map[string][]byte{
		"sound only":      writeAll(t, sound, packets).Bytes(),
		"picture stopped": writeAll(t, bothTracks, stopped).Bytes(),
	} {
		p, err := NewPlayer(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		at, err := p.Seek(61 * time.Second)
		if err != nil || at != 60*time.Second {
			t.Errorf("%s: seek to 61 s stands at %v, %v", name, at, err)
		}
	}
}

func TestClustersAreShortAndBeginOnKeyFrames(t *testing.T) {
	t.Parallel()
	blocks := talk(9)
	out, _ := exportBytes(t, writeAll(t, bothTracks, blocks).Bytes())
	s, err := newScanner(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	clusters := map[time.Duration]time.Duration{}
	for {
		b, err := s.block()
		if err != nil {
			break
		}
		clusters[b.cluster] = max(clusters[b.cluster], b.pts-b.cluster)
	}
	if len(clusters) != 5 {
		t.Errorf("%d clusters, want 5", len(clusters))
	}
	for at, length := range clusters {
		if length >= MaxCluster || at%(2*time.Second) != 0 {
			t.Errorf("the cluster at %v is %v long", at, length)
		}
	}
}

func TestTimeNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	got, _ := readAll(t, writeAll(t, bothTracks[1:], []Block{
		{Track: 2, PTS: 80 * time.Millisecond, Payload: []byte("a")},
		{Track: 2, PTS: 20 * time.Millisecond, Payload: []byte("b")},
	}).Bytes())
	if got[1].PTS != 80*time.Millisecond {
		t.Errorf("the late packet stands at %v", got[1].PTS)
	}
}

func TestWriterRefusals(t *testing.T) {
	t.Parallel()
	for name, tracks := range map[string][]Track{
		"none":        nil,
		"twice":       {bothTracks[1], bothTracks[1]},
		"wrong codec": {{Number: 1, Kind: media.KindVideo, Codec: "V_VP9"}},
		"number 0":    {{Number: 0, Kind: media.KindAudio, Codec: CodecOpus}},
	} {
		if _, err := NewWriter(&memorySink{}, tracks, started); !errors.Is(err, ErrTrack) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, err := NewWriter(&memorySink{}, bothTracks[1:], started)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Video(0, true, picture(true, 0)); !errors.Is(err, ErrTrack) {
		t.Errorf("a picture in a sound recording: %v", err)
	}
	if err := w.Audio(0, nil); err == nil {
		t.Error("an empty packet was taken")
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if err := w.Audio(0, []byte("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestAFailedSinkStaysFailed(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	sink := &memorySink{}
	w, err := NewWriter(sink, bothTracks, started)
	if err != nil {
		t.Fatal(err)
	}
	sink.fail = full
	if err := w.Audio(0, []byte("a")); !errors.Is(err, full) {
		t.Fatal(err)
	}
	sink.fail = nil
	if err := w.Audio(0, []byte("b")); !errors.Is(err, full) {
		t.Errorf("the writer went on after a failed write: %v", err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close hid the failure: %v", err)
	}
}

type brokenSource struct{ io.ReaderAt }

var errBroken = errors.New("chunk 7 is damaged")

func (b brokenSource) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 {
		return 0, errBroken
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestADamagedSourceIsAnErrorNotATear(t *testing.T) {
	t.Parallel()
	var long []Block
	for i := range 3000 {
		long = append(long, Block{Track: 2, PTS: time.Duration(i*20) * time.Millisecond, Payload: make([]byte, 100)})
	}
	file := writeAll(t, bothTracks, long).Bytes()
	if _, err := Inspect(brokenSource{bytes.NewReader(file)}, int64(len(file))); !errors.Is(err, errBroken) {
		t.Errorf("Inspect: %v", err)
	}
}

func FuzzRecordingIsReadOrRefused(f *testing.F) {
	file := writeAll(f, bothTracks, talk(2)).Bytes()
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add([]byte("not a recording"))
	f.Fuzz(func(t *testing.T, data []byte) {
		st, err := Inspect(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if !errors.Is(err, ErrNotRecording) {
				t.Fatal(err)
			}
			return
		}
		p, err := NewPlayer(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; ; n++ {
			if _, err := p.Next(); err != nil {
				break
			}
		}
		if n != st.VideoFrames+st.AudioPackets {
			t.Fatalf("%d blocks, Inspect counted %+v", n, st)
		}
		if _, err := p.Seek(time.Second); err != nil {
			t.Fatal(err)
		}
	})
}
