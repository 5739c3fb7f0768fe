package store

import (
	"runtime"
	"sync"
)

// Records are opened in batches by several goroutines, because a vault reads all that its user may see when it is
// unlocked, and most of that time is arithmetic.
const (
	batchRecords = 64
	batchBytes   = 1 << 18
	maxWorkers   = 4
)

// opener turns a record's plaintext into what a scan hands out.
type opener[E any] func(d *decoder, physical, raw, plain []byte, revision uint64) (E, error)

// batch is some records on their way through a scan. It owns copies of them, so that only the transaction's own goroutine
// touches the backend's memory.
type batch[E any] struct {
	bytes   []byte
	ends    []int // of each record in bytes; its first physicalSize bytes are its physical key
	opened  []E
	row     row // of the records that opened: count and tags
	faults  int // records that didn't open
	err     error
	done    chan struct{}
	scratch []byte
	decoder decoder
}

// scanner opens the records under one collection's prefix.
type scanner[E any] struct {
	tx    *ReadTx
	owner *compartmentKey
	key   *collectionKey
	open  opener[E]
	give  func([]E) error // called in order, on the goroutine of the scan
	row   row
	fault int

	queue []*batch[E] // in order, at work or done
	idle  []*batch[E]
	work  chan *batch[E]
	group sync.WaitGroup
}

// scan opens every record under a collection's prefix and gives them out in the order of their names on disk. It returns
// how many there were with the sum of their tags, and how many did not open. With an error, all of it is void.
func scan[E any](tx *ReadTx, owner *compartmentKey, key *collectionKey, open opener[E], give func([]E) error) (row, int, error) {
	s := &scanner[E]{tx: tx, owner: owner, key: key, open: open, give: give}
	defer s.stop()
	current := s.fresh()
	err := tx.r.Range(bucketRecord, key.prefix[:], func(physical, raw []byte) error {
		if len(physical) != physicalSize {
			return damaged("a record is unreadable")
		}
		current.bytes = append(append(current.bytes, physical...), raw...)
		current.ends = append(current.ends, len(current.bytes))
		if len(current.ends) < batchRecords && len(current.bytes) < batchBytes {
			return nil
		}
		full := current
		current = s.fresh()
		return s.submit(full)
	})
	if err != nil {
		return row{}, 0, err
	}
	if len(s.queue) == 0 { // too few to share out
		s.process(current)
		close(current.done)
		s.queue = append(s.queue, current)
	} else if err := s.submit(current); err != nil {
		return row{}, 0, err
	}
	for len(s.queue) > 0 {
		if err := s.deliver(); err != nil {
			return row{}, 0, err
		}
	}
	return s.row, s.fault, nil
}

// fresh returns an empty batch.
func (s *scanner[E]) fresh() *batch[E] {
	b := new(batch[E])
	if n := len(s.idle); n > 0 {
		b, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	b.bytes, b.ends, b.opened, b.row, b.faults = b.bytes[:0], b.ends[:0], b.opened[:0], row{}, 0
	b.done = make(chan struct{})
	return b
}

// submit hands a batch to the workers, and first takes an older one back when enough are under way.
func (s *scanner[E]) submit(b *batch[E]) error {
	workers := min(maxWorkers, runtime.GOMAXPROCS(0))
	if s.work == nil {
		s.work = make(chan *batch[E], 2*workers)
		for range workers {
			s.group.Go(func() {
				for b := range s.work {
					s.process(b)
					close(b.done)
				}
			})
		}
	}
	if len(s.queue) == 2*workers {
		if err := s.deliver(); err != nil {
			return err
		}
	}
	s.queue = append(s.queue, b)
	s.work <- b
	return nil
}

// deliver waits for the oldest batch and gives it out.
func (s *scanner[E]) deliver() error {
	b := s.queue[0]
	s.queue = s.queue[1:]
	<-b.done
	if b.err != nil {
		return b.err
	}
	s.row.count += b.row.count
	s.row.tags.merge(b.row.tags)
	s.fault += b.faults
	err := s.give(b.opened)
	s.idle = append(s.idle, b)
	return err
}

// stop ends the workers and waits for them.
func (s *scanner[E]) stop() {
	if s.work != nil {
		close(s.work)
		s.group.Wait()
	}
	for _, b := range s.idle {
		clear(b.scratch[:cap(b.scratch)])
	}
}

// process opens a batch's records.
func (s *scanner[E]) process(b *batch[E]) {
	place := newPlace(kindRecord, s.tx.v.header.vault, s.owner.tag, nil)
	start := 0
	for _, end := range b.ends {
		physical, raw := b.bytes[start:start+physicalSize], b.bytes[start+physicalSize:end]
		start = end
		copy(place[placePhysical:], physical)
		epoch := s.key.of(raw)
		if epoch == nil {
			b.faults++
			continue
		}
		plain, revision, err := openEnvelope(epoch.aead, &place, raw, b.scratch[:0])
		if err != nil {
			b.faults++
			continue
		}
		b.scratch = plain
		b.row.count++
		b.row.tags.add(epoch.tagElement(physical, raw))
		opened, err := s.open(&b.decoder, physical, raw, plain, revision)
		if err != nil {
			b.err = err
			return
		}
		b.opened = append(b.opened, opened)
	}
}
