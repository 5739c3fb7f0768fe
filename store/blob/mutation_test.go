package blob

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// A thousand seeded changes of a sealed recording are all found, and nothing panics: bytes changed, chunks exchanged, cut short, a stretch of another
// recording put in, the trailer of another. The chunk that is named is never one that
// ends before the change.
func TestThousandMutations(t *testing.T) {
	t.Parallel()
	var parts [][]byte
	for n := range 40 {
		parts = append(parts, testBytes(300+n))
	}
	path, sum := write(t, parts...)
	other, _ := write(t, parts...) // of the same bytes, under the same key: only its salt is another
	whole, foreign := bytes.Join(chunks(t, path), nil), bytes.Join(chunks(t, other), nil)
	places := []int{0} // where each chunk begins, and the trailer
	for _, p := range chunks(t, path) {
		places = append(places, places[len(places)-1]+len(p))
	}
	places = places[1:] // the header is the first part
	dir := t.TempDir()
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 2027))
		changed, first := bytes.Clone(whole), 0
		switch seed % 6 {
		case 0:
			first = rng.IntN(len(whole))
			changed[first] ^= byte(1 + rng.IntN(255))
		case 1: // two chunks exchanged
			a := rng.IntN(sum.Chunks - 1)
			b := a + 1 + rng.IntN(sum.Chunks-a-1)
			first = places[a]
			one, two := whole[places[a]:places[a+1]], whole[places[b]:places[b+1]]
			changed = bytes.Join([][]byte{whole[:places[a]], two, whole[places[a+1]:places[b]], one, whole[places[b+1]:]}, nil)
		case 2:
			first = rng.IntN(len(whole))
			changed = changed[:first]
		case 3:
			first = rng.IntN(len(whole) - 1)
			n := 1 + rng.IntN(min(900, len(whole)-first-1))
			copy(changed[first:first+n], foreign[first:first+n])
		case 4:
			first = places[sum.Chunks]
			changed = append(changed[:first], foreign[first:]...)
		case 5:
			first = rng.IntN(len(whole))
			changed = append(changed[:first:first], append([]byte{byte(rng.Uint32())}, whole[first:]...)...)
		}
		if bytes.Equal(changed, whole) {
			continue
		}
		file := filepath.Join(dir, "changed")
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := Verify(context.Background(), file, testKey, testID, nil)
		if err != nil {
			if !errors.Is(err, ErrNotBlob) && !errors.Is(err, ErrWrongKey) && !errors.Is(err, ErrDamaged) {
				t.Errorf("seed %d: %v", seed, err)
			}
			continue // the header: nothing of it opens
		}
		if report.Intact {
			t.Errorf("seed %d, from byte %d: not found", seed, first)
		}
		if report.FirstBad >= 0 && report.FirstBad < sum.Chunks && places[report.FirstBad+1] <= first {
			t.Errorf("seed %d: chunk %d is named, and what was changed begins at byte %d, behind it", seed, report.FirstBad, first)
		}
		if !report.Torn && report.FirstBad < 0 {
			t.Errorf("seed %d: damaged, and no place is named: %+v", seed, report)
		}
	}
}
