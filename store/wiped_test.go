package store_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
	"paravent/store/locked"
)

// memoryVar tells the test's program to be the desk whose memory is looked into.
const memoryVar = "PARAVENT_MEMORY_OF"

// TestMemoryAfterALock looks for the passphrase, the user's keys and what was read into the whole memory of another process that has
// unlocked a vault, read it, and locked it, as a core dump or a thief of the running machine would. Before the lock it finds the keys: it does look.
func TestMemoryAfterALock(t *testing.T) {
	if path := os.Getenv(memoryVar); path != "" {
		beLookedInto(t, path)
		return
	}
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "v")
	text := "zebra " + hex.EncodeToString([]byte(t.Name())) // nowhere else
	b, err := bolt.Open(path, bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", Passphrase: []byte(text)}, store.Options{KDF: store.FloorKDF})
	must(t, err)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("note", nil)
		if err := tx.CreateCompartment(docket, []store.UserID{v.Me().ID}); err != nil {
			return err
		}
		return notes.Put(tx, docket, "a", note{Text: canaryText()})
	}))
	needles := map[string][]byte{"the passphrase": []byte(text), "the identity": []byte(canaryText())}
	needles["the reading key"], needles["the signing key"], needles["the directory's key"] = v.SecretsForTest()
	must(t, v.Close())
	must(t, os.WriteFile(path+".p", []byte(text), 0o600))

	desk := exec.Command(os.Args[0], "-test.run=^TestMemoryAfterALock$", "-test.v")
	desk.Env = append(os.Environ(), memoryVar+"="+path)
	in, err := desk.StdinPipe()
	must(t, err)
	out, err := desk.StdoutPipe()
	must(t, err)
	must(t, desk.Start())
	defer func() {
		_ = in.Close()
		_ = desk.Wait()
	}()
	lines := bufio.NewScanner(out)
	until := func(word string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), word) {
				return
			}
		}
		t.Fatalf("the desk ended before it was %s", word)
	}
	until("unlocked")
	open := search(t, desk.Process.Pid, needles)
	if open["the reading key"] == 0 || open["the signing key"] == 0 || open["the directory's key"] == 0 {
		t.Errorf("the keys of an open vault are not found: this test sees nothing; %v", open)
	}
	_, err = io.WriteString(in, "\n")
	must(t, err)
	until("locked for good")
	for what, n := range search(t, desk.Process.Pid, needles) {
		if n > 0 {
			t.Errorf("%s: %d times in memory after the lock", what, n)
		}
	}
}

// canaryText is put together where it is used, so that the program's own file doesn't hold it.
func canaryText() string { return strings.Join([]string{"Zephyrine", "Quandahl", "Okonjo"}, "-") }

func beLookedInto(t *testing.T, path string) {
	file, err := os.Open(path + ".p")
	must(t, err)
	passphrase := make([]byte, 256)
	n, err := file.Read(passphrase)
	must(t, err)
	b, err := bolt.Open(path, bolt.Options{})
	must(t, err)
	s, err := store.Open(t.Context(), b, store.Options{})
	must(t, err)
	v, err := s.Unlock(t.Context(), "clerk", passphrase[:n])
	clear(passphrase)
	must(t, err)
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		got, err := notes.Get(tx, docket, "a")
		if len(got.Text) == 0 {
			t.Error("reads something else")
		}
		return err
	}))
	fmt.Println("unlocked")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	must(t, v.Close())
	v, s, b = nil, nil, nil
	locked.Scrub() // as the desktop does
	fmt.Println("locked for good")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// search counts needles in the memory of a child.
func search(t *testing.T, pid int, needles map[string][]byte) map[string]int {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Skip("this system doesn't show a process's memory: ", err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Skip("a child's memory can't be read here: ", err)
	}
	defer mem.Close()
	found := map[string]int{}
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		from, to, ok := strings.Cut(fields[0], "-")
		if !ok || !strings.HasPrefix(fields[1], "r") || len(fields) > 5 && (strings.HasPrefix(fields[5], "/") || strings.HasPrefix(fields[5], "[v")) {
			continue // files hold what they hold
		}
		a, errA := strconv.ParseUint(from, 16, 64)
		z, errZ := strconv.ParseUint(to, 16, 64)
		if errA != nil || errZ != nil || z-a > 4<<30 {
			continue
		}
		part := make([]byte, z-a)
		n, _ := mem.ReadAt(part, int64(a))
		for what, needle := range needles {
			found[what] += bytes.Count(part[:n], needle)
		}
	}
	return found
}
