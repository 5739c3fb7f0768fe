package bolt_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

const (
	imageCommits = 40
	sector       = 512 // the least that a disk writes whole
)

// TestPowerLoss takes the power from the disk. It records what a process writes that makes one transaction after another, and then builds the file as a disk
// could have left it at any moment between: all that was synced, and of the rest any writes, in any order, whole or torn at any sector. Whatever was
// acknowledged is in every one of them, and the transaction on its way is there whole or not at all. PARAVENT_TORTURE asks for more images.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	path, steps := recordWrites(t)
	want := imageStates()
	images := 20_000
	if n, err := strconv.Atoi(os.Getenv("PARAVENT_TORTURE")); err == nil {
		images = n
	}
	each := max(1, images/len(steps))
	seed := rand.Uint64()
	t.Logf("%d moments, %d images of each, seed %d", len(steps), each, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	d := &disk{file: must1(os.ReadFile(path))}
	scratch := filepath.Join(t.TempDir(), "image")
	acked, lost := 0, map[string]int{}
	for moment, s := range steps {
		if s.ack > 0 {
			acked = s.ack
		}
		d.take(s)
		for range each {
			n, err := stateOf(scratch, d.image(random), want)
			if err != nil {
				t.Fatalf("seed %d, moment %d, %d acknowledged: %v", seed, moment, acked, err)
			}
			switch n - acked {
			case 0:
				lost["in flight, lost"]++
			case 1:
				lost["in flight, kept"]++
			default:
				t.Fatalf("seed %d, moment %d: %d acknowledged, %d in the file", seed, moment, acked, n)
			}
		}
	}
	t.Log(lost)
	if acked != imageCommits || lost["in flight, kept"] == 0 || lost["in flight, lost"] == 0 {
		t.Errorf("%d acknowledged, %v: this is not every moment", acked, lost)
	}
}

// TestALostSyncedWriteIsSeen is the control of TestPowerLoss: a disk that forgets one write which it had said was safe leaves a file that is noticed.
func TestALostSyncedWriteIsSeen(t *testing.T) {
	t.Parallel()
	path, steps := recordWrites(t)
	want, scratch := imageStates(), filepath.Join(t.TempDir(), "image")
	last := len(steps) - 1
	for steps[last].data == nil {
		last--
	}
	seen := 0
	for forget := last; forget > last-5; forget-- {
		if steps[forget].data == nil {
			continue
		}
		d := &disk{file: must1(os.ReadFile(path))}
		for i, s := range steps {
			if i != forget {
				d.take(s)
			}
		}
		if n, err := stateOf(scratch, d.image(nil), want); err != nil || n != imageCommits {
			seen++
		}
	}
	if seen < 3 {
		t.Errorf("%d of the last writes are missed", seen)
	}
}

// step is one thing that the recorded process did.
type step struct {
	at   int64
	data []byte // a write, at
	size int64  // a truncation to it, if there is no data
	sync bool
	ack  int // a transaction reported done
}

// disk is a file as it is safe on a disk, and what was written since and may be.
type disk struct {
	file    []byte
	waiting []step
}

func (d *disk) take(s step) {
	switch {
	case s.ack > 0:
	case s.sync:
		for _, w := range d.waiting {
			d.file = w.whole(d.file)
		}
		d.waiting = nil
	default:
		d.waiting = append(d.waiting, s)
	}
}

// image is the file after a loss of power now. Without randomness nothing that waits is lost.
func (d *disk) image(random *rand.Rand) []byte {
	file := bytes.Clone(d.file)
	order := make([]int, len(d.waiting))
	for i := range order {
		order[i] = i
	}
	if random != nil {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	for _, i := range order {
		switch w := d.waiting[i]; {
		case random == nil || random.IntN(5) < 2:
			file = w.whole(file)
		case random.IntN(3) == 0:
			for at := 0; at < len(w.data); at += sector {
				if random.IntN(2) == 0 {
					file = step{at: w.at + int64(at), data: w.data[at:min(at+sector, len(w.data))]}.whole(file)
				}
			}
		}
	}
	return file
}

// whole does the step to a file.
func (s step) whole(file []byte) []byte {
	end := s.at + int64(len(s.data))
	if s.data == nil {
		end = s.size
	}
	if grow := end - int64(len(file)); grow > 0 {
		file = append(file, make([]byte, grow)...)
	}
	if s.data == nil {
		return file[:s.size]
	}
	copy(file[s.at:], s.data)
	return file
}

// stateOf opens an image as a vault's backend and returns which state of the recorded process it holds, to the byte.
func stateOf(path string, image []byte, want []map[string]string) (int, error) {
	if err := os.WriteFile(path, image, 0o600); err != nil {
		return 0, err
	}
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return 0, err
	}
	defer b.Close()
	found := map[string]string{}
	err = b.View(ctx, func(r store.Reader) error {
		return r.Range(bucket, nil, func(k, v []byte) error {
			found[string(k)] = string(v)
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	n, _ := strconv.Atoi(found["counter"])
	if n >= len(want) || !maps.Equal(found, want[n]) {
		return 0, fmt.Errorf("the file says it holds %d transactions, and does not", n)
	}
	return n, nil
}

// imageStates are the states after none, one, two of the transactions, and so on.
func imageStates() []map[string]string {
	state := map[string]string{}
	states := []map[string]string{{}}
	for i := 1; i <= imageCommits; i++ {
		for k, v := range imageChange(i) {
			if v == "" {
				delete(state, k)
			} else {
				state[k] = v
			}
		}
		states = append(states, maps.Clone(state))
	}
	return states
}

// imageChange is what transaction i writes; an empty value deletes. Some keys come again, and some values fill more than a page.
func imageChange(i int) map[string]string {
	change := map[string]string{"counter": strconv.Itoa(i)}
	for n := range 3 {
		h := sha256.Sum256(fmt.Append(nil, i, n))
		value := strings.Repeat(hex.EncodeToString(h[:]), 1+int(h[1])%16+int(h[2])/250*200)
		if h[3] < 64 {
			value = ""
		}
		change[fmt.Sprint("record ", h[0]%60)] = value
	}
	return change
}

func writeForImages(path string) {
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		panic(err)
	}
	for i := 1; i <= imageCommits; i++ {
		err := b.Update(ctx, func(w store.Writer) error {
			for k, v := range imageChange(i) {
				if v == "" {
					if err := w.Delete(bucket, []byte(k)); err != nil {
						return err
					}
				} else if err := w.Put(bucket, []byte(k), []byte(v)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			panic(err)
		}
		fmt.Println("acknowledged", i)
	}
	os.Exit(0) // nothing more is written
}

// recordWrites runs the writing process under strace. It returns a new vault's file as it was before, and all that the process did to it.
func recordWrites(t *testing.T) (path string, steps []step) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	b, path := create(t)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	before := path + ".before"
	if err := os.WriteFile(before, must1(os.ReadFile(path)), 0o600); err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	child(t, "images", path, strace, "-f", "-o", trace, "-y", "-xx", "-s", "10000000",
		"-e", "trace=write,pwrite64,pwritev,pwritev2,fdatasync,fsync,sync_file_range,ftruncate,fallocate")
	steps = parseTrace(t, trace, path)
	after := &disk{file: must1(os.ReadFile(before))}
	for _, s := range steps {
		after.take(s)
	}
	if !bytes.Equal(after.image(nil), must1(os.ReadFile(path))) {
		t.Fatal("the record of what was written does not lead to what is there")
	}
	return before, steps
}

// resultMark stands between a call and its result.
var resultMark = regexp.MustCompile(`\)\s+= `)

// parseTrace reads what strace wrote. A line that it does not understand fails the test: a write that is passed over would spoil what the test says.
func parseTrace(t *testing.T, trace, path string) (steps []step) {
	t.Helper()
	file, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begun := map[string]string{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	hexPath := "<" + escaped(path) + ">"
	for lines.Scan() {
		pid, call, _ := strings.Cut(lines.Text(), " ")
		call = strings.TrimSpace(call)
		if head, found := strings.CutSuffix(call, " <unfinished ...>"); found {
			begun[pid] = head
			continue
		}
		if strings.HasPrefix(call, "<... ") {
			_, tail, _ := strings.Cut(call, "resumed>")
			call = begun[pid] + tail
			delete(begun, pid)
		}
		name, args, _ := strings.Cut(call, "(")
		ends := resultMark.FindAllStringIndex(args, -1)
		if ends == nil {
			if strings.HasPrefix(call, "+++ ") || strings.HasPrefix(call, "--- ") {
				continue
			}
			t.Fatalf("a line of the record is not understood: %.200s", call)
		}
		end := ends[len(ends)-1]
		args, result := strings.ReplaceAll(args[:end[0]], hexPath, "<vault>"), args[end[1]:]
		onVault := strings.Contains(args, "<vault>")
		words := strings.Split(args, ", ")
		switch {
		case name == "write" && strings.HasPrefix(args, "1<"):
			var n int
			if _, err := fmt.Sscanf(string(unescaped(t, words[1])), "acknowledged %d", &n); err != nil {
				t.Fatal(err)
			}
			steps = append(steps, step{ack: n})
		case !onVault:
		case name == "pwrite64" && len(words) == 4:
			data := unescaped(t, words[1])
			at, err := strconv.ParseInt(words[3], 10, 64)
			if err != nil || result != strconv.Itoa(len(data)) {
				t.Fatalf("a write is not understood: %s, %v", result, err)
			}
			steps = append(steps, step{at: at, data: data})
		case (name == "fdatasync" || name == "fsync") && result == "0":
			steps = append(steps, step{sync: true})
		case name == "ftruncate" && result == "0":
			size, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, step{size: size})
		default:
			t.Fatalf("a call on the vault is not understood: %s", name)
		}
	}
	if err := lines.Err(); err != nil || len(begun) > 0 {
		t.Fatalf("the record ends in the middle: %v", err)
	}
	return steps
}

func escaped(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "\\x%02x", s[i])
	}
	return b.String()
}

func unescaped(t *testing.T, quoted string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(quoted, `"`), `\x`, ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
