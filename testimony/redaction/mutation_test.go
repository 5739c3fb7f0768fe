package redaction_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"paravent/testimony/redaction"
)

// mutation changes a version; other is a version of the same recording with an earlier list, foreign one of another recording.
type mutation struct {
	name   string
	mutate func(rng *rand.Rand, file, other, foreign []byte) (changed []byte, first int)
}

func manifestAt(file []byte) int {
	return bytes.LastIndex(file, []byte("paravent evidence manifest 1\n"))
}

var mutations = []mutation{
	{"a byte changed", func(rng *rand.Rand, file, _, _ []byte) ([]byte, int) {
		at := rng.IntN(len(file))
		c := bytes.Clone(file)
		c[at] ^= byte(1 + rng.IntN(255))
		return c, at
	}},
	{"a byte of the manifest changed", func(rng *rand.Rand, file, _, _ []byte) ([]byte, int) {
		at := manifestAt(file) + rng.IntN(len(file)-manifestAt(file))
		c := bytes.Clone(file)
		c[at] ^= 1 << rng.IntN(8)
		return c, at
	}},
	{"two stretches swapped", func(rng *rand.Rand, file, _, _ []byte) ([]byte, int) {
		n := 1 + rng.IntN(4000)
		a := rng.IntN(len(file) - 2*n)
		b := a + n + rng.IntN(len(file)-a-2*n+1)
		c := bytes.Clone(file)
		copy(c[a:], file[b:b+n])
		copy(c[b:], file[a:a+n])
		return c, a
	}},
	{"cut short", func(rng *rand.Rand, file, _, _ []byte) ([]byte, int) {
		at := rng.IntN(len(file))
		return bytes.Clone(file[:at]), at
	}},
	{"a stretch taken out", func(rng *rand.Rand, file, _, _ []byte) ([]byte, int) {
		at := rng.IntN(len(file) - 1)
		n := 1 + rng.IntN(min(5000, len(file)-at-1))
		return append(bytes.Clone(file[:at]), file[at+n:]...), at
	}},
	{"a stretch put in", func(rng *rand.Rand, file, other, _ []byte) ([]byte, int) {
		at, from := rng.IntN(len(file)), rng.IntN(len(other)-100)
		c := append(bytes.Clone(file[:at]), other[from:from+1+rng.IntN(99)]...)
		return append(c, file[at:]...), at
	}},
	{"spliced with another recording's", func(rng *rand.Rand, file, _, foreign []byte) ([]byte, int) {
		n := 1 + rng.IntN(60000)
		most := min(manifestAt(file), manifestAt(foreign)) - n
		at := rng.IntN(most)
		c := bytes.Clone(file)
		copy(c[at:at+n], foreign[at:at+n])
		return c, at
	}},
	{"spliced with an earlier version", func(rng *rand.Rand, file, other, _ []byte) ([]byte, int) {
		at := rng.IntN(min(manifestAt(file), manifestAt(other)))
		return append(bytes.Clone(file[:at]), other[at:]...), at
	}},
	{"an earlier version's manifest", func(rng *rand.Rand, file, other, _ []byte) ([]byte, int) {
		at := manifestAt(file)
		return append(bytes.Clone(file[:at]), other[manifestAt(other):]...), at
	}},
	{"another recording's manifest", func(rng *rand.Rand, file, _, foreign []byte) ([]byte, int) {
		at := manifestAt(file)
		return append(bytes.Clone(file[:at]), foreign[manifestAt(foreign):]...), at
	}},
	{"a signature of another", func(rng *rand.Rand, file, other, _ []byte) ([]byte, int) {
		at := bytes.LastIndex(file, []byte("\nsigned "))
		from := bytes.LastIndex(other, []byte("\nsigned "))
		return append(bytes.Clone(file[:at]), other[from:]...), at
	}},
	{"something after the end", func(rng *rand.Rand, file, other, _ []byte) ([]byte, int) {
		return append(bytes.Clone(file), other[:1+rng.IntN(1000)]...), len(file)
	}},
}

// A thousand seeded changes of a version are all found; the first bad place is named, and where bytes of the picture or sound were changed, it is
// the piece that they are in.
func TestThousandMutations(t *testing.T) {
	t.Parallel()
	s, alien := seal(t, recorded(t, 20, 12*time.Second)), seal(t, recorded(t, 21, 12*time.Second))
	file := s.derive(t, s.list(t, 2, passages...))
	other := s.derive(t, s.list(t, 1, passages[:2]...))
	foreign := alien.derive(t, alien.list(t, 2, passages...))
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 2027))
		m := mutations[seed%uint64(len(mutations))]
		changed, first := m.mutate(rng, file, other, foreign)
		if bytes.Equal(changed, file) {
			continue
		}
		r := verify(t, changed)
		switch {
		case r.Sound():
			t.Errorf("seed %d, %s from byte %d: not found", seed, m.name, first)
		case r.Fault.Place == "":
			t.Errorf("seed %d, %s: no place is named", seed, m.name)
		case len(changed) == len(file) && first < manifestAt(file) && strings.HasPrefix(r.Fault.Place, "bytes "):
			var from, until int
			if _, err := fmt.Sscanf(r.Fault.Place, "bytes %d to %d", &from, &until); err != nil || first < from-1<<20 || first > until {
				t.Errorf("seed %d, %s from byte %d: %s", seed, m.name, first, r.Fault)
			}
		}
	}
}

// One changed byte of a block is named by its second and track.
func TestChangedBlockIsNamedByItsTime(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 22, 10*time.Second))
	file := s.derive(t, nil)
	for _, b := range blocks(t, file) {
		if b.PTS != 7*time.Second+ms(200) {
			continue
		}
		at := bytes.Index(file, b.Payload)
		changed := bytes.Clone(file)
		changed[at+len(b.Payload)/2] ^= 1
		if r := verify(t, changed); r.Sound() || !strings.Contains(r.Fault.Place, fmt.Sprintf("track %d from 00:00:07.000", b.Track)) {
			t.Errorf("track %d: %v", b.Track, r.Fault)
		}
	}
}

// Whoever may sign what they like still cannot exchange what a judge or the sealing signed.
func TestForgedSignatures(t *testing.T) {
	t.Parallel()
	s := seal(t, recorded(t, 23, 4*time.Second))
	list := s.list(t, 1, passages[0])
	plan := s.plan(t, list)
	file := s.derive(t, list)
	for name, forge := range map[string]func(*redaction.Plan){
		"nobody's":                  func(p *redaction.Plan) { p.Ordered = redaction.Mark{} },
		"of another text":           func(p *redaction.Plan) { p.Ordered, _ = judge.sign([]byte("another")) },
		"another's key":             func(p *redaction.Plan) { p.Ordered.Public = clerk.key[32:] },
		"an item less, same mark":   func(p *redaction.Plan) { l := *list; l.Items = nil; p.List = &l },
		"another number, same mark": func(p *redaction.Plan) { l := *list; l.Number = 9; p.List = &l },
	} {
		forged := plan
		forge(&forged)
		if r := verify(t, redaction.Relist(t, file, forged)); r.Sound() || !strings.HasPrefix(r.Fault.Place, "manifest") {
			t.Errorf("%s: %v", name, r.Fault)
		}
	}
}

// A manifest that can be read is written back to the byte.
func FuzzManifest(f *testing.F) {
	s := seal(f, recorded(f, 24, 3*time.Second))
	file := s.derive(f, s.list(f, 1, passages[0]))
	f.Add(file[manifestAt(file):])
	f.Add([]byte("paravent evidence manifest 1\nvault "))
	f.Fuzz(func(t *testing.T, text []byte) {
		again, err := redaction.ParseManifest(text)
		if err == nil && !bytes.Equal(again, text) {
			t.Error("a manifest has two forms")
		}
	})
}
