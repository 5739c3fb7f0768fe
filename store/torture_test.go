package store_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The torture tests run their trials in processes of their own, so that a trial that ends its process or never ends is a finding with a seed like
// any other. `make torture N=…` sets how many trials there are; a seed alone is tried again with
//
//	PARAVENT_TRIALS=SEED-SEED go test -run '^TestTamperedFiles$' ./store
const (
	countVar  = "PARAVENT_TORTURE" // how many trials, in place of the test's own number
	trialsVar = "PARAVENT_TRIALS"  // the first seed and the last: this process runs them
	longTrial = 20 * time.Second   // a trial takes some ten milliseconds
)

// trials is how many trials a test runs: its own number, what make torture asks for, or a sample under the race detector.
func trials(t *testing.T, own int) int {
	t.Helper()
	if text := os.Getenv(countVar); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("%s is %q", countVar, text)
		}
		return n
	}
	if raceDetector {
		return own / 20
	}
	return own
}

// outcome is what a trial came to.
type outcome struct {
	kind     string // of what was done
	harmless bool   // nothing said a word, and nothing was changed by it
}

// runTrials runs trials 1 to n of the test of this name in as many processes as there are processors, and returns how many of each kind there
// were, and how many of these were harmless. It is also the process that runs them, by trial.
func runTrials(t *testing.T, n int, trial func(seed uint64) (outcome, error)) (tried, harmless map[string]int) {
	t.Helper()
	if text := os.Getenv(trialsVar); text != "" {
		var from, to uint64
		if _, err := fmt.Sscanf(text, "%d-%d", &from, &to); err != nil {
			t.Fatalf("%s is %q", trialsVar, text)
		}
		for seed := from; seed <= to; seed++ {
			fmt.Println("\ntrial", seed) // go test's own words may stand before it on the line
			got, err := trial(seed)
			if err != nil {
				fmt.Println("finding", seed, strings.ReplaceAll(err.Error(), "\n", "; "))
				t.Errorf("seed %d: %v", seed, err)
			} else {
				fmt.Println("done", seed, got.harmless, got.kind)
			}
		}
		t.Skip("this process runs trials for another one")
	}
	tried, harmless = map[string]int{}, map[string]int{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	each := (n + runtime.NumCPU() - 1) / runtime.NumCPU()
	for from := 1; from <= n; from += each {
		workers.Go(func() {
			for at, to := from, min(from+each-1, n); at <= to; at++ {
				at = runProcess(t, at, to, func(got outcome) {
					mu.Lock()
					defer mu.Unlock()
					tried[got.kind]++
					if got.harmless {
						harmless[got.kind]++
					}
				})
			}
		})
	}
	workers.Wait()
	return tried, harmless
}

// runProcess runs trials in one process until all are done or it ends, and returns the last that it began.
func runProcess(t *testing.T, from, to int, done func(outcome)) (last int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=0")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGQUIT) } // so that it says where it stands
	c.WaitDelay = 10 * time.Second
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d-%d", trialsVar, from, to), "TMPDIR="+inMemory(t))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Error(err)
		return to
	}
	watchdog := time.AfterFunc(longTrial, cancel)
	defer watchdog.Stop()
	if err := c.Start(); err != nil {
		t.Error(err)
		return to
	}
	last, ended, lines := from-1, true, bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		number, rest, _ := strings.Cut(rest, " ")
		seed, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		switch word {
		case "trial":
			watchdog.Reset(longTrial)
			last, ended = seed, false
		case "done":
			ended = true
			flag, kind, _ := strings.Cut(rest, " ")
			done(outcome{kind, flag == "true"})
		case "finding":
			ended = true
			t.Errorf("seed %d: %s", seed, rest)
		}
	}
	err = c.Wait()
	switch {
	case ctx.Err() != nil && t.Context().Err() == nil:
		t.Errorf("seed %d: no end\n%s", last, tail(stderr.String()))
	case !ended || last < from:
		t.Errorf("seed %d: the process ended: %v\n%s", last, err, tail(stderr.String()))
		last = max(last, from) // go on after it
	case last < to && err == nil:
		t.Errorf("trials %d to %d were not run", last+1, to)
		return to
	}
	return last
}

// inMemory is a folder whose files no sync waits for, where the system has one: what trials write is thrown away.
func inMemory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "paravent-trials-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func tail(text string) string { return text[:min(len(text), 8000)] }

// keepSpoiled keeps a file for whoever looks into a finding, and says where.
func keepSpoiled(seed uint64, raw []byte) string {
	file, err := os.CreateTemp("", fmt.Sprintf("paravent-spoiled-%d-", seed))
	if err != nil {
		return err.Error()
	}
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Close()); err != nil {
		return err.Error()
	}
	return "kept as " + file.Name()
}
