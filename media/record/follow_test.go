package record

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A recording that is read while it is written gives the same blocks, wherever it stood at each look.
func TestRecordingIsFollowedAsItGrows(t *testing.T) {
	t.Parallel()
	blocks := talk(5)
	whole := writeAll(t, bothTracks, blocks).Bytes()
	want, _ := readAll(t, whole)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(600, len(whole)).Draw(t, "first look")
		p, err := NewPlayer(bytes.NewReader(whole[:size]), int64(size))
		if err != nil {
			t.Fatal(err)
		}
		var got []Block
		for {
			b, err := p.Next()
			switch {
			case err == nil:
				got = append(got, b)
				continue
			case !errors.Is(err, io.EOF):
				t.Fatal(err)
			}
			if size == len(whole) {
				break
			}
			size = rapid.IntRange(size+1, len(whole)).Draw(t, "next look")
			p.Extend(bytes.NewReader(whole[:size]), int64(size))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if p.Torn() {
			t.Error("it ends torn")
		}
	})
}
