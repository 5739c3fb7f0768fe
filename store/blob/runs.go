package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// A file is checked in runs of chunks that several goroutines read, open and hash at once, because most of that is arithmetic.
const (
	runChunks  = 4 // a quarter of a megabyte, which stays in the cache of a processor
	maxWorkers = 4
)

// run is some consecutive chunks on their way through the workers, which own it until done is closed.
type run struct {
	first  int // number of the first chunk
	chunks []span
	stored []byte
	plain  []byte
	leaves []tlog.Hash // of the chunks that are authentic, up to the first that is not
	err    error       // why there are no more: ErrDamaged, or the disk's own error
	done   chan struct{}
}

// runs takes a layout's chunks through the workers and gives the runs out in order, until give fails. With a seal each chunk is opened; without one it
// is hashed as it stands. What give is handed is its own until it returns.
func runs(ctx context.Context, file io.ReaderAt, s *seal, index []span, give func(*run) error) error {
	workers := min(maxWorkers, runtime.GOMAXPROCS(0), (len(index)+runChunks-1)/runChunks)
	work := make(chan *run, 2*workers)
	var group sync.WaitGroup
	defer group.Wait()
	defer close(work)
	for range workers {
		group.Go(func() {
			for r := range work {
				r.process(file, s)
				close(r.done)
			}
		})
	}
	var queue, idle []*run
	defer func() {
		for _, r := range append(idle, queue...) {
			if r.done != nil {
				<-r.done
			}
			clear(r.plain[:cap(r.plain)])
		}
	}()
	deliver := func() error {
		r := queue[0]
		<-r.done
		queue, idle = queue[1:], append(idle, r)
		if err := ctx.Err(); err != nil {
			return err
		}
		return give(r)
	}
	for at := 0; at < len(index); at += runChunks {
		if len(queue) == 2*workers {
			if err := deliver(); err != nil {
				return err
			}
		}
		r := new(run)
		if n := len(idle); n > 0 {
			r, idle = idle[n-1], idle[:n-1]
		}
		r.first, r.chunks, r.leaves, r.err = at, index[at:min(at+runChunks, len(index))], r.leaves[:0], nil
		r.done = make(chan struct{})
		queue = append(queue, r)
		work <- r
	}
	for len(queue) > 0 {
		if err := deliver(); err != nil {
			return err
		}
	}
	return nil
}

// process reads the run in one piece.
func (r *run) process(file io.ReaderAt, s *seal) {
	last := r.chunks[len(r.chunks)-1]
	start, end := r.chunks[0].at, last.at+int64(last.size)+overhead
	if int64(cap(r.stored)) < end-start {
		r.stored = make([]byte, runChunks*(ChunkSize+overhead))
	}
	r.stored = r.stored[:end-start]
	n, err := file.ReadAt(r.stored, start)
	for i, c := range r.chunks {
		at := int(c.at - start)
		if at+c.size+overhead > n {
			if r.err = err; errors.Is(err, io.EOF) {
				r.err = fmt.Errorf("%w: it ends too early", ErrDamaged)
			}
			return
		}
		stored := r.stored[at : at+c.size+overhead]
		if s != nil {
			if r.plain, r.err = s.openChunk(r.plain[:0], uint32(r.first+i), stored); r.err != nil {
				return
			}
		}
		r.leaves = append(r.leaves, tlog.RecordHash(stored))
	}
}
