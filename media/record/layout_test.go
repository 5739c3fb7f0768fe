package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/media"
)

var pictureAndSound = []Track{{Number: 1, Kind: media.KindVideo, Codec: CodecVP8, Width: 320, Height: 240}, {Number: 2, Kind: media.KindAudio, Codec: CodecOpus}}

func numbered(i, size int) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(i)), make([]byte, size-4)...)
}

// A file that was laid out in advance holds every block at its time, in order, and can be searched; what is attached to it disturbs no reader.
func TestLayout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var outlines []Outline
		for range rapid.IntRange(0, 60).Draw(t, "blocks") {
			video := rapid.Bool().Draw(t, "video")
			o := Outline{Track: 2, PTS: time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond, Key: true, Size: rapid.IntRange(4, 20000).Draw(t, "size")}
			if video {
				o.Track, o.Key = 1, rapid.Bool().Draw(t, "key")
			}
			outlines = append(outlines, o)
		}
		var attached []byte
		if rapid.Bool().Draw(t, "attached") {
			attached = bytes.Repeat([]byte{0x1F, 0x43, 0xB6, 0x75}, rapid.IntRange(0, 500).Draw(t, "size")) // clusters' ids
		}
		file := laidOut(t, outlines, attached)
		p, err := NewPlayer(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		var got []Outline
		last := time.Duration(0)
		for {
			b, err := p.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || b.PTS < last {
				t.Fatalf("%v, and %s follows %s", err, b.PTS, last)
			}
			last = b.PTS
			want := outlines[binary.BigEndian.Uint32(b.Payload)]
			if o := (Outline{b.Track, b.PTS, b.Key, len(b.Payload)}); o != want {
				t.Fatalf("%+v was laid out as %+v", o, want)
			}
			got = append(got, want)
		}
		if len(got) != len(outlines) || p.Torn() {
			t.Fatalf("%d of %d blocks, torn: %v", len(got), len(outlines), p.Torn())
		}
	})
}

// laidOut writes a file from outlines whose payloads say which they are.
func laidOut(t *rapid.T, outlines []Outline, attached []byte) []byte {
	var a *Attachment
	if attached != nil {
		a = &Attachment{Name: "note.txt", Type: "text/plain", Size: int64(len(attached))}
	}
	l, err := NewLayout(pictureAndSound, time.Time{}, outlines, a)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := l.Write(&out, func(i int) ([]byte, error) { return numbered(i, outlines[i].Size), nil }); err != nil {
		t.Fatal(err)
	}
	file := append(out.Bytes(), attached...)
	if l.Size() != int64(len(file)-len(attached)) {
		t.Fatalf("%d bytes were laid out of %d", l.Size(), len(file)-len(attached))
	}
	return file
}

// What no recording can hold is refused before anything is written.
func TestLayoutRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Outline{"no such track": {Track: 3, Size: 9}, "nothing": {Track: 1}, "before the start": {Track: 1, PTS: -time.Second, Size: 9}, "too much": {Track: 1, Size: 17 << 20}} {
		if _, err := NewLayout(pictureAndSound, time.Time{}, []Outline{o}, nil); err == nil {
			t.Errorf("%s: it is laid out", name)
		}
	}
	l, err := NewLayout(pictureAndSound, time.Time{}, []Outline{{Track: 1, Key: true, Size: 9}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(io.Discard, func(int) ([]byte, error) { return make([]byte, 8), nil }); err == nil {
		t.Error("a block is shorter than it was laid out, and nobody notices")
	}
}

// By other people's reading of the format, a file with an attachment plays, with its length and its index.
func TestLayoutByFFmpeg(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	blocks := realTalk(t, 6)
	slices.SortStableFunc(blocks, func(a, b Block) int { return int(a.PTS - b.PTS) })
	var outlines []Outline
	for _, b := range blocks {
		outlines = append(outlines, Outline{b.Track, b.PTS, b.Key, len(b.Payload)})
	}
	note := []byte("a note\n")
	l, err := NewLayout(pictureAndSound, time.Time{}, outlines, &Attachment{Name: "note.txt", Type: "text/plain", Size: int64(len(note))})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := l.Write(&out, func(i int) ([]byte, error) { return blocks[i].Payload, nil }); err != nil {
		t.Fatal(err)
	}
	out.Write(note)
	path := filepath.Join(t.TempDir(), "laid-out.webm")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	length, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).CombinedOutput()
	if err != nil || string(bytes.TrimSpace(length)) != "6.000000" {
		t.Errorf("ffprobe: %v, %s", err, length)
	}
	if said, err := exec.Command("ffmpeg", "-v", "error", "-xerror", "-ss", "4.1", "-i", path, "-map", "0:v", "-map", "0:a", "-f", "null", "-").CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("ffmpeg seeks to 4.1 s: %v, %s", err, said)
	}
}
