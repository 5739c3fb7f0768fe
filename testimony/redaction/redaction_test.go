package redaction_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony/edit"
	"paravent/testimony/redaction"
)

const vault = "00112233445566778899aabbccddeeff"

// signer is a user of the vault.
type signer struct{ key ed25519.PrivateKey }

func newSigner(seed byte) signer {
	return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

func (s signer) sign(statement []byte) (redaction.Mark, error) {
	id, _ := hex.DecodeString(vault)
	text := append(append([]byte("paravent/statement/1\x00"), id...), statement...)
	return redaction.Mark{Public: s.key.Public().(ed25519.PublicKey), Signature: ed25519.Sign(s.key, text)}, nil
}

var (
	clerk = newSigner(1)
	judge = newSigner(2)
	made  = newSigner(3)
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// memory is a recording's file.
type memory struct{ bytes.Buffer }

func (*memory) Sync() error { return nil }

// frame is a picture that is like no other; one that stands for itself has a VP8 key frame's head, of 640x480.
func frame(rng *rand.Rand, key bool, size int) []byte {
	b := make([]byte, 10+size)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	b[0] |= 1
	if key {
		copy(b, []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 640 & 0xff, 640 >> 8, 480 & 0xff, 480 >> 8})
	}
	return b
}

// recorded is a recording of a length with 25 pictures a second, whole ones every two seconds, and sound.
func recorded(t testing.TB, seed uint64, length time.Duration) []byte {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var out memory
	w, err := record.NewWriter(&out, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}},
		time.Date(2027, 3, 10, 9, 0, 0, 0, time.UTC))
	must(t, err)
	for at := time.Duration(0); at < length; at += ms(20) {
		if at%ms(40) == 0 {
			key := at%(2*time.Second) == 0
			must(t, w.Video(at, key, frame(rng, key, 200+rng.IntN(300))))
		}
		must(t, w.Audio(at, frame(rng, false, 60)))
	}
	must(t, w.Close())
	return out.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func covers(int, int) (picture, voice []byte, err error) {
	return frame(rand.New(rand.NewPCG(7, 7)), true, 90), []byte{0xf8, 0xff, 0xfe}, nil
}

// sealed is a recording with its signed head.
type sealed struct {
	file []byte
	seed redaction.Seed
	head redaction.Head
	by   redaction.Mark
}

func seal(t testing.TB, file []byte) sealed {
	t.Helper()
	s := sealed{file: file, seed: redaction.Seed{1, 2, 3}}
	var err error
	s.head, err = redaction.Commit(bytes.NewReader(file), int64(len(file)), s.seed, "recording-1", []byte{9, 9}, time.Date(2027, 3, 10, 11, 0, 0, 0, time.UTC))
	must(t, err)
	s.by, err = clerk.sign(s.head.Statement())
	must(t, err)
	return s
}

// next is when the picture comes back after a mask: with the next whole one.
func (s sealed) next(t testing.TB, at time.Duration) time.Duration {
	t.Helper()
	back, err := redaction.PictureAfter(bytes.NewReader(s.file), int64(len(s.file)), at)
	must(t, err)
	return back
}

func (s sealed) list(t testing.TB, number int, passages ...edit.Passage) *edit.List {
	t.Helper()
	l := &edit.List{Recording: s.head.Recording, Root: s.head.Root, Number: number, At: s.head.At.Add(time.Hour)}
	for i, p := range passages {
		p.PictureUntil = p.Until
		if p.Channels != edit.Voice {
			p.PictureUntil = s.next(t, p.Until)
		}
		l.Items = append(l.Items, edit.Ordered{Request: "request-1", Item: i + 1, Passage: p})
	}
	return l
}

// plan is how a version of a list is made. by signs the list, as the judge does.
func (s sealed) plan(t testing.TB, list *edit.List) redaction.Plan {
	t.Helper()
	p := redaction.Plan{Vault: vault, Version: "version-1", Head: s.head, Sealed: s.by, Seed: s.seed, List: list, At: s.head.At.Add(2 * time.Hour), Cover: covers, Sign: made.sign}
	if list != nil {
		var err error
		p.Ordered, err = judge.sign(list.Statement())
		must(t, err)
	}
	return p
}

func (s sealed) derive(t testing.TB, list *edit.List) []byte {
	t.Helper()
	var out bytes.Buffer
	m, err := redaction.Derive(&out, bytes.NewReader(s.file), int64(len(s.file)), s.plan(t, list))
	must(t, err)
	if m.Size != int64(out.Len()) {
		t.Fatalf("a version of %d bytes says that it has %d", out.Len(), m.Size)
	}
	return out.Bytes()
}

func verify(t testing.TB, file []byte) redaction.Report {
	t.Helper()
	r, err := redaction.Verify(t.Context(), bytes.NewReader(file), int64(len(file)), nil)
	must(t, err)
	return r
}

func blocks(t testing.TB, file []byte) []record.Block {
	t.Helper()
	p, err := record.NewPlayer(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	var list []record.Block
	for {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			if p.Torn() {
				t.Error("the version is torn")
			}
			return list
		}
		must(t, err)
		list = append(list, b)
	}
}

var passages = []edit.Passage{
	{Kind: edit.Mask, Channels: edit.Voice, From: ms(1010), Until: ms(2500)},
	{Kind: edit.Mask, Channels: edit.Picture, From: ms(3120), Until: ms(3160)},
	{Kind: edit.Cut, Channels: edit.Both, From: ms(5000), Until: ms(7777)},
	{Kind: edit.Mask, Channels: edit.Both, From: ms(9001), Until: ms(9999)},
}

// A version of the whole recording, and one with passages missing, are found to be what they are.
func TestVersionIsTheRecordingLessWhatWasOrdered(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 1, 12*time.Second))
	for name, list := range map[string]*edit.List{"everything": nil, "four passages": s.list(t, 1, passages...)} {
		r := verify(t, s.derive(t, list))
		if !r.Sound() {
			t.Errorf("%s: %v", name, r.Fault)
		}
	}
	whole := blocks(t, s.derive(t, nil))
	if got := blocks(t, s.file); len(whole) != len(got) {
		t.Errorf("a version of everything has %d blocks of %d", len(whole), len(got))
	}
}

// Whatever is ordered, the version verifies; every block in it is the recording's at its time, or a cover where something goes; masks keep time
// and cuts take it.
func TestAnyEdits(t *testing.T) {
	t.Parallel()
	const length = 8 * time.Second
	s := seal(t, recorded(t, 2, length))
	rapid.Check(t, func(rt *rapid.T) {
		var list []edit.Passage
		cut := []edit.Span{}
		for range rapid.IntRange(0, 5).Draw(rt, "items") {
			from := ms(rapid.IntRange(0, 7990).Draw(rt, "from"))
			p := edit.Passage{Kind: edit.Mask, Channels: rapid.SampledFrom([]edit.Channels{edit.Picture, edit.Voice, edit.Both}).Draw(rt, "channels"), From: from,
				Until: min(length, from+ms(rapid.IntRange(1, 3000).Draw(rt, "for")))}
			if rapid.Bool().Draw(rt, "cut") {
				p.Kind, p.Channels = edit.Cut, edit.Both
				cut = append(cut, edit.Span{From: p.From, Until: p.Until})
			}
			list = append(list, p)
		}
		edits := s.list(t, 1, list...)
		file := s.derive(t, edits)
		r := verify(t, file)
		if !r.Sound() {
			rt.Fatal(r.Fault)
		}
		goes := edit.Take(edits.Items)
		original := map[string]bool{}
		stay := 0
		for _, b := range blocks(t, s.file) {
			original[fmt.Sprintf("%d %d %v %x", b.Track, b.PTS, b.Key, b.Payload)] = true
			if b.Track == 1 && !goes.Picture.Has(b.PTS) || b.Track == 2 && !goes.Voice.Has(b.PTS) && !goes.Voice.Has(b.PTS+ms(19)) && !straddles(goes.Voice, b.PTS) {
				stay++
			}
		}
		kept := 0
		for _, b := range blocks(t, file) {
			if original[fmt.Sprintf("%d %d %v %x", b.Track, goes.Original(b.PTS), b.Key, b.Payload)] {
				kept++
			}
		}
		if kept != stay || r.Blocks != stay {
			rt.Fatalf("%d blocks of the recording are in the version, %d were found, and %d have to be", kept, r.Blocks, stay)
		}
		if end := length - edit.Union(cut).Length(length); r.Duration > end+ms(40) {
			rt.Fatalf("%s are left of %s", r.Duration, end)
		}
	})
}

// straddles reports whether a packet from an instant sounds over a stretch shorter than itself.
func straddles(spans edit.Spans, at time.Duration) bool {
	for _, s := range spans {
		if s.From >= at && s.Until <= at+ms(20) {
			return true
		}
	}
	return false
}

// The manifest of a version tells neither what goes nor how much of it there was: no payload, salt or size of it.
func TestManifestTellsNothingOfWhatGoes(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 3, 10*time.Second))
	file := s.derive(t, s.list(t, 1, passages...))
	kept := map[string]bool{}
	for _, b := range blocks(t, file) {
		kept[string(b.Payload)] = true
	}
	for _, b := range blocks(t, s.file) {
		if !kept[string(b.Payload)] && bytes.Contains(file, b.Payload) {
			t.Fatalf("a block of track %d at %s is in the file", b.Track, b.PTS)
		}
	}
	if bytes.Contains(file, []byte(hex.EncodeToString(s.seed[:]))) {
		t.Error("the seed is in the file")
	}
}

// A list that is not of this recording, and a recording that is not the one that was sealed, make no version.
func TestNoVersionOfSomethingElse(t *testing.T) {
	t.Parallel()
	s, other := seal(t, recorded(t, 4, 3*time.Second)), seal(t, recorded(t, 5, 3*time.Second))
	var out bytes.Buffer
	if _, err := redaction.Derive(&out, bytes.NewReader(other.file), int64(len(other.file)), s.plan(t, nil)); !errors.Is(err, redaction.ErrNotMaster) || out.Len() > 0 {
		t.Errorf("another recording: %v, %d bytes written", err, out.Len())
	}
	if _, err := redaction.Derive(&out, bytes.NewReader(s.file), int64(len(s.file)), s.plan(t, other.list(t, 1))); !errors.Is(err, redaction.ErrNotOrder) || out.Len() > 0 {
		t.Errorf("another list: %v, %d bytes written", err, out.Len())
	}
}

// Who makes versions and cheats, signing whatever they made: cut further than ordered, or less, or with other material.
func TestWhoMakesVersionsCannotCheat(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 6, 12*time.Second))
	mask := edit.Passage{Kind: edit.Mask, Channels: edit.Both, From: ms(4500), Until: ms(6300)}
	ordered := s.list(t, 1, mask)
	for name, change := range map[string]func(*edit.Passage){
		"a millisecond later":  func(p *edit.Passage) { p.From += 20 * time.Millisecond },
		"a picture longer":     func(p *edit.Passage) { p.PictureUntil += 2 * time.Second },
		"a packet longer":      func(p *edit.Passage) { p.Until += 20 * time.Millisecond },
		"a packet shorter":     func(p *edit.Passage) { p.Until -= 20 * time.Millisecond },
		"a second earlier":     func(p *edit.Passage) { p.From -= time.Second },
		"the picture only":     func(p *edit.Passage) { p.Channels = edit.Picture },
		"the voice only":       func(p *edit.Passage) { p.Channels = edit.Voice },
		"cut instead of mask":  func(p *edit.Passage) { p.Kind = edit.Cut },
		"a picture of a frame": func(p *edit.Passage) { p.PictureUntil -= 40 * time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			otherwise := *ordered
			otherwise.Items = append([]edit.Ordered(nil), ordered.Items...)
			change(&otherwise.Items[0].Passage)
			plan := s.plan(t, &otherwise)
			var out bytes.Buffer
			_, err := redaction.Derive(&out, bytes.NewReader(s.file), int64(len(s.file)), plan)
			must(t, err)
			forged := redaction.Relist(t, out.Bytes(), s.plan(t, ordered))
			if r := verify(t, forged); r.Sound() || r.Fault.Place == "" {
				t.Errorf("it is taken for what was ordered: %+v", r.Fault)
			}
		})
	}
}

// A mask that was ordered from frame to frame goes from there to there, and the picture comes back with the next whole one.
func TestToTheFrame(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 8, 6*time.Second))
	list := s.list(t, 1, edit.Passage{Kind: edit.Mask, Channels: edit.Picture, From: ms(1000), Until: ms(1040)}, edit.Passage{Kind: edit.Mask, Channels: edit.Voice, From: ms(5000), Until: ms(5020)})
	file := s.derive(t, list)
	kept := map[string]bool{}
	for _, b := range blocks(t, file) {
		kept[string(b.Payload)] = true
	}
	for _, b := range blocks(t, s.file) {
		want := b.Track == 1 && (b.PTS < ms(1000) || b.PTS >= ms(2000)) || b.Track == 2 && b.PTS != ms(5000)
		if kept[string(b.Payload)] != want {
			t.Errorf("track %d at %s: kept is %v", b.Track, b.PTS, !want)
		}
	}
}

// What is no version is said to be none.
func TestNotAVersion(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{"nothing": nil, "words": []byte("paravent"), "a recording": recorded(t, 9, time.Second), "a beginning": []byte("paravent evidence manifest 1\n")} {
		if r := verify(t, file); r.Sound() || !strings.Contains(r.Fault.Error(), "manifest") {
			t.Errorf("%s: %v", name, r.Fault)
		}
	}
}
