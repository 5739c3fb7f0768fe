package rtpio

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func after(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func packet(sequence uint16) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{SequenceNumber: sequence, SSRC: 1}, Payload: []byte{byte(sequence)}}
}

func numbers(packets []*rtp.Packet) []uint16 {
	var n []uint16
	for _, p := range packets {
		n = append(n, p.SequenceNumber)
	}
	return n
}

// A step pushes some packets at a moment and says what comes out then.
type step struct {
	ms      int
	push    []uint16
	want    []uint16
	missing []uint16
	lost    bool
}

func TestJitterBuffer(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]step{
		"in order": {{0, []uint16{5}, []uint16{5}, nil, false}, {20, []uint16{6, 7}, []uint16{6, 7}, nil, false}},
		"reordered": {{0, []uint16{5, 7}, []uint16{5}, []uint16{6}, false},
			{10, []uint16{6}, []uint16{6, 7}, nil, false}},
		"duplicates": {{0, []uint16{5, 5, 6}, []uint16{5, 6}, nil, false},
			{10, []uint16{5, 6, 8, 8}, nil, []uint16{7}, false}, {20, []uint16{7, 8}, []uint16{7, 8}, nil, false}},
		"wraparound": {{0, []uint16{65534, 1, 0}, []uint16{65534}, []uint16{65535}, false},
			{10, []uint16{65535}, []uint16{65535, 0, 1}, nil, false}},
		"a gap across the wraparound": {{0, []uint16{65533, 1}, []uint16{65533}, []uint16{65534, 65535, 0}, false},
			{100, nil, []uint16{1}, nil, true}},
		"a loss is waited for, then given up": {{0, []uint16{1, 3, 4}, []uint16{1}, []uint16{2}, false},
			{99, nil, nil, []uint16{2}, false}, {100, nil, []uint16{3, 4}, nil, true}, {101, []uint16{5}, []uint16{5}, nil, false}},
		"too late": {{0, []uint16{1, 3}, []uint16{1}, []uint16{2}, false}, {100, nil, []uint16{3}, nil, true},
			{110, []uint16{2}, nil, nil, false}, {120, []uint16{4}, []uint16{4}, nil, false}},
		"no packet waits longer because of a second gap": {{0, []uint16{1, 6}, []uint16{1}, []uint16{2, 3, 4, 5}, false},
			{90, []uint16{4}, nil, []uint16{2, 3, 5}, false}, {100, nil, []uint16{4, 6}, nil, true}},
		"one stray packet is not believed": {{0, []uint16{1, 20000}, []uint16{1}, nil, false},
			{10, []uint16{2, 30000, 3}, []uint16{2, 3}, nil, false}},
		"two of them are a jump": {{0, []uint16{1, 3, 20000, 20001}, []uint16{1, 20001}, nil, true},
			{10, []uint16{20002}, []uint16{20002}, nil, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := NewJitterBuffer(100 * time.Millisecond)
			for _, s := range steps {
				var got []uint16
				for _, n := range s.push {
					b.Push(packet(n), after(s.ms))
					got = append(got, numbers(b.Pop(after(s.ms)))...)
				}
				got = append(got, numbers(b.Pop(after(s.ms)))...)
				if d := cmp.Diff(s.want, got); d != "" {
					t.Errorf("at %d ms (-want +got):\n%s", s.ms, d)
				}
				if d := cmp.Diff(s.missing, b.Missing()); d != "" {
					t.Errorf("missing at %d ms (-want +got):\n%s", s.ms, d)
				}
				if got := b.Lost(); got != s.lost {
					t.Errorf("lost at %d ms: %v", s.ms, got)
				}
				if b.Lost() {
					t.Error("a loss was reported twice")
				}
			}
		})
	}
}

func TestNewSourceBeginsAnew(t *testing.T) {
	t.Parallel()
	b := NewJitterBuffer(time.Second)
	b.Push(packet(10), start)
	b.Pop(start)
	b.Push(packet(12), start)
	other := packet(9)
	other.SSRC = 2
	b.Push(other, start)
	if got := numbers(b.Pop(start)); !slices.Equal(got, []uint16{9}) || !b.Lost() {
		t.Errorf("popped %v", got)
	}
}

func TestPaddingKeepsItsPlace(t *testing.T) {
	t.Parallel()
	b := NewJitterBuffer(time.Second)
	padding := packet(2)
	padding.Payload = nil
	for _, p := range []*rtp.Packet{packet(1), packet(3), padding} {
		b.Push(p, start)
	}
	if got := numbers(b.Pop(start)); !slices.Equal(got, []uint16{1, 2, 3}) {
		t.Errorf("popped %v", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := NewJitterBuffer(time.Hour)
		for _, n := range rapid.SliceOfN(rapid.Uint16(), 0, 3000).Draw(t, "numbers") {
			b.Push(packet(n), start)
			b.Push(packet(n+1), start)
			if b.Len() > MaxHeld || len(b.Missing()) > MaxHeld {
				t.Fatalf("%d held, %d missing", b.Len(), len(b.Missing()))
			}
		}
	})
	b := NewJitterBuffer(time.Hour)
	b.Push(packet(0), start)
	b.Pop(start)
	for n := uint16(2); n < 60000; n++ { // the first one after 0 never comes
		b.Push(packet(n), start)
	}
	if b.Len() > MaxHeld || b.Len() == 0 {
		t.Errorf("%d held", b.Len())
	}
}

// The laws, over arbitrary networks: in order, each once, nothing invented, nothing held longer than the wait, and everything
// delivered that the network delivered in time.
func TestJitterBufferLaws(t *testing.T) {
	t.Parallel()
	const wait = 100
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.Uint16().Draw(t, "first")
		arrivals := map[int][]int{} // by millisecond, packets as numbers from zero
		n := rapid.IntRange(1, 80).Draw(t, "packets")
		lossy, end := false, 0
		for i := range n {
			copies := rapid.SampledFrom([]int{1, 1, 1, 1, 1, 2, 0}).Draw(t, "copies")
			lossy = lossy || copies == 0
			for range copies {
				at := 10*i + rapid.IntRange(0, wait-1).Draw(t, "delay")
				arrivals[at] = append(arrivals[at], i)
				end = max(end, at)
			}
		}
		b := NewJitterBuffer(wait * time.Millisecond)
		arrived, out, begin := map[int]int{}, []int{}, -1
		for ms := 0; ms <= end+2*wait; ms++ {
			for _, i := range arrivals[ms] {
				if _, twice := arrived[i]; !twice {
					arrived[i] = ms
				}
				if begin < 0 {
					begin = i
				}
				b.Push(packet(first+uint16(i)), after(ms))
			}
			for _, p := range b.Pop(after(ms)) {
				i := int(p.SequenceNumber - first)
				at, came := arrived[i]
				if !came || ms-at > wait {
					t.Fatalf("packet %d came out at %d ms; it arrived: %v, at %d ms", i, ms, came, at)
				}
				if len(out) > 0 && i <= out[len(out)-1] {
					t.Fatalf("packet %d came out after %v", i, out)
				}
				out = append(out, i)
			}
		}
		if b.Len() != 0 {
			t.Fatalf("%d packets are still held", b.Len())
		}
		if !lossy && (len(out) != n-begin || b.Lost()) {
			t.Fatalf("nothing was lost or late from packet %d on, and of %d packets %v came out", begin, n, out)
		}
	})
}
