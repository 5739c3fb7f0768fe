package evidence_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/redaction"
)

// file is a recording in memory.
type file struct{ bytes.Buffer }

func (*file) Sync() error { return nil }

// testimonyOf is a recording as a live session makes it at 640x480: 25 pictures a second of together 1 Mbit/s, and sound of 48 kbit/s. The payloads are noise:
// nothing that is measured here looks into them.
func testimonyOf(b testing.TB, length time.Duration) []byte {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	piece := func(size int) []byte {
		at := rng.IntN(len(noise) - size)
		return noise[at : at+size]
	}
	var out file
	w, err := record.NewWriter(&out, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, time.Unix(0, 0))
	must(b, err)
	for at := time.Duration(0); at < length; at += 20 * time.Millisecond {
		if at%(40*time.Millisecond) == 0 {
			key := at%(2*time.Second) == 0
			size := 4500
			frame := bytes.Clone(piece(size))
			frame[0] |= 1
			if key {
				frame = append([]byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 640 & 0xff, 640 >> 8, 480 & 0xff, 480 >> 8}, piece(20000)...)
			}
			must(b, w.Video(at, key, frame))
		}
		must(b, w.Audio(at, piece(120)))
	}
	must(b, w.Close())
	return out.Bytes()
}

// versionOf makes a version of ten minutes with three passages masked and one cut.
func versionOf(b testing.TB, source []byte) (plan redaction.Plan, made func() []byte) {
	b.Helper()
	head, err := redaction.Commit(bytes.NewReader(source), int64(len(source)), redaction.Seed{1}, "r", nil, time.Unix(1, 0))
	must(b, err)
	list := &edit.List{Recording: "r", Root: head.Root, Number: 1, At: time.Unix(2, 0)}
	for i, p := range []edit.Passage{{Kind: edit.Mask, Channels: edit.Both, From: 30 * time.Second, Until: 45 * time.Second}, {Kind: edit.Mask, Channels: edit.Voice, From: 100 * time.Second, Until: 101 * time.Second},
		{Kind: edit.Mask, Channels: edit.Picture, From: 200 * time.Second, Until: 320 * time.Second}, {Kind: edit.Cut, Channels: edit.Both, From: 400 * time.Second, Until: 420 * time.Second}} {
		p.PictureUntil = p.Until
		if p.Channels != edit.Voice {
			p.PictureUntil, err = redaction.PictureAfter(bytes.NewReader(source), int64(len(source)), p.Until)
			must(b, err)
		}
		list.Items = append(list.Items, edit.Ordered{Request: "q", Item: i + 1, Passage: p})
	}
	plan = redaction.Plan{Vault: "00112233445566778899aabbccddeeff", Version: "v", Head: head, Seed: redaction.Seed{1}, List: list, At: time.Unix(3, 0), Cover: evidence.Cover,
		Sign: func([]byte) (redaction.Mark, error) { return redaction.Mark{}, nil }}
	return plan, func() []byte {
		var out bytes.Buffer
		_, err := redaction.Derive(&out, bytes.NewReader(source), int64(len(source)), plan)
		must(b, err)
		return out.Bytes()
	}
}

// BenchmarkDerive makes a version of ten minutes at 640x480 on one core, from memory to memory, and reports how many times faster than it plays. The goal is 8.
func BenchmarkDerive(b *testing.B) {
	const length = 10 * time.Minute
	source := testimonyOf(b, length)
	_, made := versionOf(b, source)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		made()
	}
	b.ReportMetric(length.Seconds()/(b.Elapsed().Seconds()/float64(b.N)), "x_real_time")
}

// BenchmarkVersionRatio checks a version and, by turns, hashes the same bytes and opens them with AES-256-GCM, all on one core. It reports the medians of how much of the speed of
// each the check has.
func BenchmarkVersionRatio(b *testing.B) {
	source := testimonyOf(b, 10*time.Minute)
	plan, _ := versionOf(b, source)
	public, private, err := ed25519.GenerateKey(nil)
	must(b, err)
	vault, err := hex.DecodeString(plan.Vault)
	must(b, err)
	plan.Sign = func(text []byte) (redaction.Mark, error) {
		return redaction.Mark{Public: public, Signature: ed25519.Sign(private, append(append([]byte("paravent/statement/1\x00"), vault...), text...))}, nil
	}
	plan.Sealed, err = plan.Sign(plan.Head.Statement())
	must(b, err)
	plan.Ordered, err = plan.Sign(plan.List.Statement())
	must(b, err)
	var out bytes.Buffer
	_, err = redaction.Derive(&out, bytes.NewReader(source), int64(len(source)), plan)
	must(b, err)
	version := out.Bytes()
	block, err := aes.NewCipher(make([]byte, 32))
	must(b, err)
	gcm, err := cipher.NewGCM(block)
	must(b, err)
	var chunks [][]byte
	for rest := version; len(rest) > 0; {
		n := min(len(rest), 64<<10)
		chunks = append(chunks, gcm.Seal(nil, make([]byte, 12), rest[:n], nil))
		rest = rest[n:]
	}
	plain := make([]byte, 0, 64<<10)
	var toHash, toAEAD []float64
	b.SetBytes(int64(len(version)))
	var check time.Duration
	for b.Loop() {
		ours := timed(func() {
			r, err := redaction.Verify(b.Context(), bytes.NewReader(version), int64(len(version)), nil)
			if err != nil || !r.Sound() {
				b.Fatal(err, r.Fault)
			}
		})
		hash := timed(func() { _, _ = io.Copy(sha256.New(), bytes.NewReader(version)) })
		open := timed(func() {
			for _, c := range chunks {
				if _, err := gcm.Open(plain[:0], make([]byte, 12), c, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		check += ours
		toHash, toAEAD = append(toHash, hash.Seconds()/ours.Seconds()), append(toAEAD, open.Seconds()/ours.Seconds())
	}
	b.ReportMetric(float64(len(version))*float64(b.N)/check.Seconds()/1e9, "GB/s")
	b.ReportMetric(median(toHash), "check/sha256")
	b.ReportMetric(median(toAEAD), "check/aes-gcm")
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
