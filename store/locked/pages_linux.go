package locked

import (
	"os"

	"golang.org/x/sys/unix"
)

// pages takes memory from the system, outside of Go's heap. It stays for the life of the program; nil where there is none.
func pages() (b []byte, pinned bool) {
	b, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, false
	}
	pinned = unix.Mlock(b) == nil // refused beyond RLIMIT_MEMLOCK
	_ = unix.Madvise(b, unix.MADV_DONTDUMP)
	_ = unix.Madvise(b, unix.MADV_WIPEONFORK)
	return b, pinned
}
