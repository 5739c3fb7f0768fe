package locked

import (
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"
)

var scrubbing sync.Mutex

const (
	scrubLargest = 4 << 10 // bytes: larger objects have pages of their own, which go back to the system whole
	scrubMost    = 8 << 20 // bytes for each size
)

// Scrub overwrites what Go's collector has freed, as far as a program can: pages that nothing uses go back to the system, and of each size the
// free places between living objects are taken once, which clears them. It takes some hundredths of a second to a second, and finds what nothing
// refers to any more at the moment. It is for after a lock, and no promise: what still stands on a stack, and what a library keeps, are out of its
// reach. Meanwhile the program runs on one processor.
func Scrub() {
	scrubbing.Lock() // two would give each other's number of processors back
	defer scrubbing.Unlock()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the caches of the others are given back
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	free := m.HeapInuse - min(m.HeapInuse, m.HeapAlloc)
	for _, class := range m.BySize {
		size := uint64(class.Size)
		if size < 16 || size > scrubLargest {
			continue
		}
		fill(int(size), int(min(free, scrubMost)/size)+64)
	}
	debug.FreeOSMemory()
}

// fill allocates n objects of a size twice over, those with pointers and those without: they lie apart.
func fill(size, n int) {
	kept := make([]unsafe.Pointer, 0, 2*n)
	for range n {
		kept = append(kept, unsafe.Pointer(unsafe.SliceData(make([]byte, size))), unsafe.Pointer(unsafe.SliceData(make([]*byte, size/8))))
	}
	runtime.KeepAlive(kept)
}
