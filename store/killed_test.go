package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"paravent/store"
)

// childVar makes the test binary play a second process instead of running tests: a role and the path of a vault.
const childVar = "PARAVENT_STORE_CHILD"

func TestMain(m *testing.M) {
	role, path, child := strings.Cut(os.Getenv(childVar), ":")
	if !child {
		os.Exit(m.Run())
	}
	switch role {
	case "write":
		writeForEver(path)
	case "limit":
		limitFiles(768 << 10)
		writeForEver(path)
	case "turns":
		writeByTurns(path)
	}
}

// startChild starts a second process, which runs until it ends by itself or is killed.
func startChild(t testing.TB, role, path string) (*exec.Cmd, io.Reader) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVar+"="+role+":"+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	return c, out
}

// limitFiles lets this process make no file longer than that, which is a full disk to it.
func limitFiles(bytes uint64) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		panic(err)
	}
}

const (
	eachTime = 3  // records that every transaction writes anew with its own number
	inOneGo  = 40 // trials on one vault, before it grows too long to be read each time
)

// TestKilledWriter kills a process that writes, at three hundred random instants. Each time the vault opens, is sound, and holds every transaction
// whose end the process had told of, all of each or nothing.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	n := trials(t, 300)
	var mu sync.Mutex
	var group sync.WaitGroup
	before, unsaid, total := 0, 0, 0
	for worker := range runtime.NumCPU() {
		group.Go(func() {
			for from := worker * inOneGo; from < n; from += runtime.NumCPU() * inOneGo {
				path := filepath.Join(t.TempDir(), "vault")
				if err := createVault(t, path).Close(); err != nil {
					t.Error(err)
					return
				}
				kept := 0
				for seed := from; seed < min(from+inOneGo, n); seed++ {
					acked, err := killAt(t, path, seed, kept)
					now := acked
					if err == nil {
						now, err = wholeAfter(t.Context(), path, acked)
					}
					if err != nil {
						t.Errorf("seed %d: %v", seed, err)
						return
					}
					mu.Lock()
					total += now - kept
					if acked == kept {
						before++
					}
					unsaid += now - acked
					mu.Unlock()
					kept = now
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d trials, %d transactions, %d kills before the first of them, %d transactions kept that nobody lived to tell of", n, total, before, unsaid)
	if total < n {
		t.Errorf("only %d transactions in %d trials", total, n)
	}
}

// killAt lets a child write and kills it: most times a random while after it told of its first transaction, otherwise before it did anything. It returns
// the number of the last transaction that it told of.
func killAt(t testing.TB, path string, seed, kept int) (acked int, err error) {
	rnd := rand.New(rand.NewPCG(uint64(seed), 0))
	c, out := startChild(t, "write", path)
	lines := bufio.NewScanner(out)
	acked = kept
	after := time.Duration(rnd.IntN(25_000)) * time.Microsecond
	if rnd.IntN(6) > 0 && lines.Scan() {
		if acked, err = strconv.Atoi(lines.Text()); err != nil {
			return 0, err
		}
	}
	kill := time.AfterFunc(after, func() { _ = c.Process.Kill() }) // at a random instant
	defer kill.Stop()
	for lines.Scan() { // what it says until it dies
		if acked, err = strconv.Atoi(lines.Text()); err != nil {
			return 0, err
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		return 0, fmt.Errorf("the writer was not killed but ended: %v", err)
	}
	return acked, nil
}

// writeForEver writes transactions until it is killed or one fails, and prints the number of each when it is kept. The last line is the failure.
func writeForEver(path string) {
	ctx := context.Background()
	v, err := tryUnlock(ctx, path, "clerk.canary", passphrase)
	if err != nil {
		panic(err)
	}
	for {
		n, err := writeOne(ctx, v)
		if err != nil {
			fmt.Println(err)
			_, err := wholeNow(ctx, v, n)
			fmt.Println("still whole:", err == nil)
			_ = v.Close()
			return
		}
		fmt.Println(n)
	}
}

// writeOne writes one transaction: a few records that every one writes anew, one that stays, and now and then a long one. It returns its number, or that of the
// last one before if it fails.
func writeOne(ctx context.Context, v *store.Vault) (n int, err error) {
	err = v.Update(ctx, func(tx *store.Tx) error {
		n = 0
		last, err := notes.Get(tx, docket, "0")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		n = last.Count + 1
		err = nil
		tx.Log("put", nil)
		for i := range eachTime {
			err = errors.Join(err, notes.Put(tx, docket, strconv.Itoa(i), note{"x", n}))
		}
		if n%8 == 0 {
			err = errors.Join(err, blobs.Put(tx, docket, "long", make([]byte, 20_000)))
		}
		return errors.Join(err, notes.Put(tx, docket, fmt.Sprintf("kept %d", n), note{"kept", n}))
	})
	if err != nil {
		n--
	}
	return n, err
}

// wholeAfter opens the vault and sees that it holds all that was acknowledged, and at most one transaction more. It returns how many there are.
func wholeAfter(ctx context.Context, path string, acked int) (int, error) {
	v, err := tryUnlock(ctx, path, "clerk.canary", passphrase)
	if err != nil {
		return 0, err
	}
	n, err := wholeNow(ctx, v, acked)
	return n, errors.Join(err, v.Close())
}

func wholeNow(ctx context.Context, v *store.Vault, acked int) (n int, err error) {
	report, err := v.Verify(ctx, nil)
	if err != nil || !report.Sound() {
		return 0, fmt.Errorf("after %d: %v, %v", acked, report.Faults, err)
	}
	err = v.View(ctx, func(tx *store.ReadTx) error {
		var counts [eachTime]int
		kept := map[int]bool{}
		err := notes.Each(tx, docket, func(e store.Entry[note]) error {
			if i, err := strconv.Atoi(e.ID); err == nil {
				counts[i] = e.Value.Count
			} else {
				kept[e.Value.Count] = true
			}
			return nil
		})
		n = len(kept)
		for i := range eachTime {
			if counts[i] != n {
				return fmt.Errorf("record %d is of transaction %d, and there were %d", i, counts[i], n)
			}
		}
		for i := 1; i <= n; i++ {
			if !kept[i] {
				return fmt.Errorf("the record of transaction %d is gone", i)
			}
		}
		return err
	})
	if err == nil && (n < acked || n > acked+1) {
		err = fmt.Errorf("%d transactions are there, and %d were told of", n, acked)
	}
	if err != nil {
		return 0, err
	}
	entries, err := v.Audit(ctx)
	puts := 0
	for _, e := range entries { // others tell of tries to unlock that were killed
		if e.Action == "put" {
			puts++
		}
	}
	if err != nil || puts != n {
		return 0, fmt.Errorf("%d entries in the audit log for %d transactions: %v", puts, n, err)
	}
	return n, nil
}

// TestTwoProcessesByTurns lets processes fight for one vault: who doesn't get it is told at once, and what each was told is kept is there.
func TestTwoProcessesByTurns(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	must(t, createVault(t, path).Close())
	const processes = 3
	var children [processes]*exec.Cmd
	acked := make(chan string)
	for i := range processes {
		c, out := startChild(t, "turns", path)
		children[i] = c
		go func() {
			lines := bufio.NewScanner(out)
			for lines.Scan() {
				acked <- lines.Text()
			}
			acked <- "end"
		}()
	}
	said := map[string]int{}
	for ended := 0; ended < processes; {
		line := <-acked
		said[line]++
		if line == "end" {
			ended++
		}
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if said["refused"] == 0 {
		t.Error("they never met")
	}
	delete(said, "end")
	delete(said, "refused")
	for n := 1; n <= processes*turns; n++ {
		if said[strconv.Itoa(n)] != 1 {
			t.Errorf("transaction %d was kept %d times", n, said[strconv.Itoa(n)])
		}
	}
	if n, err := wholeAfter(t.Context(), path, processes*turns); err != nil || n != processes*turns {
		t.Errorf("%d, %v", n, err)
	}
}

const turns = 12 // of each process

func writeByTurns(path string) {
	ctx := context.Background()
	for done := 0; done < turns; {
		v, err := tryUnlock(ctx, path, "clerk.canary", passphrase)
		if errors.Is(err, store.ErrInUse) {
			fmt.Println("refused")
			time.Sleep(time.Millisecond) // until another one has had its turn
			continue
		}
		if err != nil {
			panic(err)
		}
		n, err := writeOne(ctx, v)
		if err = errors.Join(err, v.Close()); err != nil {
			panic(err)
		}
		fmt.Println(n)
		done++
	}
}
