package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"paravent/store"
)

// Programs runs random transactions against an empty backend and a map side by side until they have taken the given number
// of steps: puts, deletes, reads and ranges, in transactions that end well or are given up. Nobody else may write.
func Programs(t testing.TB, b store.Backend, seed uint64, steps int) {
	t.Helper()
	model := map[string]string{} // bucket, zero, key
	rnd := rand.New(rand.NewPCG(seed, 7))
	taken := 0
	for run := 0; taken < steps; run++ {
		program := rnd.Uint64()
		var after map[string]string
		n := 0
		try := func(r store.Reader, w store.Writer) error {
			after = maps.Clone(model)
			p := &transaction{Rand: rand.New(rand.NewPCG(seed, program)), model: after, r: r, w: w}
			n = p.IntN(40)
			return p.run(n)
		}
		var err error
		if run%4 == 3 {
			err = b.View(t.Context(), func(r store.Reader) error { return try(r, nil) })
		} else {
			err = b.Update(t.Context(), func(w store.Writer) error { return try(w, w) })
		}
		switch {
		case err == nil:
			model = after
		case err != errGiven:
			t.Fatalf("seed %d, transaction %d: %v", seed, run, err)
		}
		taken += n + 1
	}
	view(t, b, func(r store.Reader) {
		for _, bucket := range programBuckets {
			if err := compare(r, model, bucket, ""); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
	})
}

var programBuckets = []string{"a", "ab", "record"}

// transaction is one transaction of a random program.
type transaction struct {
	*rand.Rand
	model map[string]string
	r     store.Reader
	w     store.Writer // nil in a View
}

func (p *transaction) run(steps int) error {
	for range steps {
		if err := p.step(); err != nil {
			return err
		}
	}
	if p.IntN(6) == 0 {
		return errGiven
	}
	return nil
}

func (p *transaction) step() error {
	bucket, key := programBuckets[p.IntN(3)], p.key()
	at := bucket + "\x00" + key
	op := p.IntN(10)
	if p.w == nil && op < 6 {
		op = 6
	}
	switch op {
	case 0, 1, 2, 3:
		value := strings.Repeat(string(rune('a'+p.IntN(26))), p.IntN(50))
		p.model[at] = value
		return p.w.Put([]byte(bucket), []byte(key), []byte(value))
	case 4, 5:
		delete(p.model, at)
		return p.w.Delete([]byte(bucket), []byte(key))
	case 9:
		return compare(p.r, p.model, bucket, key[:p.IntN(len(key))])
	}
	got, err := p.r.Get([]byte(bucket), []byte(key))
	want, present := p.model[at]
	if err != nil || string(got) != want || present != (got != nil) {
		return fmt.Errorf("get %q of %q: %q, %v, want %q", key, bucket, got, err, want)
	}
	return nil
}

// key makes one of about a hundred, with bytes at both ends of their range.
func (p *transaction) key() string {
	const letters = "\x00\x01ab\xfe\xff"
	key := make([]byte, 1+p.IntN(3))
	for i := range key {
		key[i] = letters[p.IntN(len(letters))]
	}
	return string(key)
}

func compare(r store.Reader, model map[string]string, bucket, prefix string) error {
	var want []string
	for _, k := range slices.Sorted(maps.Keys(model)) {
		if key, ok := strings.CutPrefix(k, bucket+"\x00"); ok && strings.HasPrefix(key, prefix) {
			want = append(want, key+"="+model[k])
		}
	}
	var got []string
	err := r.Range([]byte(bucket), []byte(prefix), func(k, v []byte) error {
		got = append(got, string(k)+"="+string(v))
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		return errors.Join(err, fmt.Errorf("range %q of %q: %q, want %q", prefix, bucket, got, want))
	}
	return nil
}
