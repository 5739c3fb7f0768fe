package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt's own check trusts where a page points to: a damaged one can lead it out of the mapping, which ends the process, or round in
// circles for ever. This walk reads the file instead, and goes before it. The layout is bbolt's, in the machine's byte order.
const (
	pageHead    = 16 // id 8 | flags 2 | count 2 | overflow 4
	metaSize    = 64 // magic 4 | version 4 | page size 4 | flags 4 | root 8 | sequence 8 | free list 8 | pages 8 | transaction 8 | checksum 8
	elementSize = 16 // of a branch: position 4 | key 4 | page 8; of a leaf: flags 4 | position 4 | key 4 | value 4
	bucketHead  = 16 // root 8 | sequence 8

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketFlag   = 0x01
	noFreelist   = ^uint64(0)
	maxPageBytes = 1 << 30
)

var order = binary.NativeEndian

// pages walks a file's pages from the newest meta page down.
type pages struct {
	file    io.ReaderAt
	size    uint64 // of a page
	count   uint64 // of pages
	reached map[uint64]bool
}

// walkPages fails with what is wrong first. It needs memory for the largest run of pages only.
func walkPages(file io.ReaderAt, pageSize int) error {
	p := &pages{file: file, size: uint64(pageSize), reached: map[uint64]bool{0: true, 1: true}}
	root, freelist, err := p.newestMeta()
	if err != nil {
		return err
	}
	if freelist != noFreelist {
		if _, _, err := p.read(freelist, freelistPage); err != nil {
			return err
		}
	}
	return p.tree(root, nil)
}

func (p *pages) newestMeta() (root, freelist uint64, err error) {
	found := false
	newest := uint64(0)
	for id := range uint64(2) {
		meta := make([]byte, metaSize)
		if _, err := p.file.ReadAt(meta, int64(id*p.size+pageHead)); err != nil {
			return 0, 0, fmt.Errorf("meta page %d: %w", id, err)
		}
		sum := fnv.New64a()
		sum.Write(meta[:metaSize-8])
		if sum.Sum64() != order.Uint64(meta[metaSize-8:]) {
			// bbolt goes on with the other one, which is a transaction older.
			return 0, 0, fmt.Errorf("meta page %d is damaged", id)
		}
		if at := order.Uint64(meta[48:]); !found || at > newest {
			found, newest = true, at
			root, freelist, p.count = order.Uint64(meta[16:]), order.Uint64(meta[32:]), order.Uint64(meta[40:])
		}
	}
	return root, freelist, nil
}

// read reads a page with those that it runs over into, none of which was reached before.
func (p *pages) read(id uint64, kinds uint16) (page []byte, elements int, err error) {
	if id < 2 || id >= p.count {
		return nil, 0, fmt.Errorf("page %d is outside of the file", id)
	}
	head := make([]byte, pageHead)
	if _, err := p.file.ReadAt(head, int64(id*p.size)); err != nil {
		return nil, 0, fmt.Errorf("page %d: %w", id, err)
	}
	run := uint64(order.Uint32(head[12:])) + 1
	if order.Uint64(head) != id || order.Uint16(head[8:])&kinds == 0 || order.Uint16(head[8:])&^kinds != 0 || run > p.count-id || run*p.size > maxPageBytes {
		return nil, 0, fmt.Errorf("page %d is not what it is referred to as", id)
	}
	for n := id; n < id+run; n++ {
		if p.reached[n] {
			return nil, 0, fmt.Errorf("page %d is reached twice", n)
		}
		p.reached[n] = true
	}
	page = make([]byte, run*p.size)
	if _, err := p.file.ReadAt(page, int64(id*p.size)); err != nil {
		return nil, 0, fmt.Errorf("page %d: %w", id, err)
	}
	elements = int(order.Uint16(head[10:]))
	if order.Uint16(head[8:]) == freelistPage {
		return page, elements, freelistFits(id, page, elements)
	}
	if pageHead+elements*elementSize > len(page) {
		return nil, 0, fmt.Errorf("page %d has more entries than room", id)
	}
	return page, elements, nil
}

func freelistFits(id uint64, page []byte, count int) error {
	room := uint64(len(page)-pageHead) / 8
	need := uint64(count)
	if count == 0xFFFF {
		need = order.Uint64(page[pageHead:])
		room--
	}
	if need > room {
		return fmt.Errorf("page %d has more entries than room", id)
	}
	return nil
}

// tree walks a tree from a page down. Its keys are in ascending order, and not before the one with which it was referred to.
func (p *pages) tree(id uint64, from []byte) error {
	page, elements, err := p.read(id, branchPage|leafPage)
	if err != nil {
		return err
	}
	if order.Uint16(page[8:]) == leafPage {
		return p.leaf(id, page, elements, from)
	}
	if elements == 0 {
		return fmt.Errorf("page %d leads nowhere", id)
	}
	var last []byte
	for i := range elements {
		at := pageHead + i*elementSize
		key, err := within(id, page, at, order.Uint32(page[at:]), order.Uint32(page[at+4:]))
		if err != nil {
			return err
		}
		if i > 0 && bytes.Compare(key, last) <= 0 || i == 0 && bytes.Compare(key, from) < 0 {
			return fmt.Errorf("page %d is out of order", id)
		}
		last = key
		if err := p.tree(order.Uint64(page[at+8:]), key); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) leaf(id uint64, page []byte, elements int, from []byte) error {
	if pageHead+elements*elementSize > len(page) {
		return fmt.Errorf("page %d has more entries than room", id)
	}
	last := from
	for i := range elements {
		at := pageHead + i*elementSize
		key, err := within(id, page, at, order.Uint32(page[at+4:]), order.Uint32(page[at+8:]))
		if err != nil {
			return err
		}
		value, err := within(id, page, at, order.Uint32(page[at+4:])+uint32(len(key)), order.Uint32(page[at+12:]))
		if err != nil {
			return err
		}
		if c := bytes.Compare(key, last); c < 0 || i > 0 && c == 0 {
			return fmt.Errorf("page %d is out of order", id)
		}
		last = key
		if order.Uint32(page[at:])&bucketFlag == 0 {
			continue
		}
		if err := p.bucket(id, value); err != nil {
			return err
		}
	}
	return nil
}

// bucket walks a bucket: a tree of its own, or a small page inside its parent's value.
func (p *pages) bucket(id uint64, value []byte) error {
	if len(value) < bucketHead {
		return fmt.Errorf("page %d has a bucket without a head", id)
	}
	if root := order.Uint64(value); root != 0 {
		return p.tree(root, nil)
	}
	inside := value[bucketHead:]
	if len(inside) < pageHead || order.Uint16(inside[8:]) != leafPage {
		return fmt.Errorf("page %d has a bucket that makes no sense", id)
	}
	return p.leaf(id, inside, int(order.Uint16(inside[10:])), nil)
}

// within takes bytes that an element refers to by their distance from it.
func within(id uint64, page []byte, at int, distance, length uint32) ([]byte, error) {
	start := uint64(at) + uint64(distance)
	if end := start + uint64(length); end > uint64(len(page)) {
		return nil, fmt.Errorf("page %d refers to what is outside of it", id)
	}
	return page[start : start+uint64(length)], nil
}
