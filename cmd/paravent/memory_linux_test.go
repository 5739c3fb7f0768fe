package main

import (
	"bytes"
	"context"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestACrashWritesNoMemory asks the kernel after any command has run.
func TestACrashWritesNoMemory(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := run(context.Background(), []string{"version"}, &out, &out, &out); code != exitOK {
		t.Fatal(out.String())
	}
	if n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); n != 0 || err != nil {
		t.Errorf("the program can be dumped: %d, %v", n, err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 {
		t.Errorf("cores of %d bytes, %v", limit.Cur, err)
	}
}
