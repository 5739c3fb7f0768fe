package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt trusts where a page points to, and so does its own check: a damaged page can lead it out of the mapping, which ends the process, round in circles
// for ever, or into itself until the stack is full. This walk reads the file instead, and goes before it. The layout is bbolt's, in the machine's byte order.
const (
	pageHead    = 16 // id 8 | flags 2 | count 2 | overflow 4
	metaSize    = 64 // magic 4 | version 4 | page size 4 | flags 4 | root 8 | sequence 8 | free list 8 | pages 8 | transaction 8 | checksum 8
	elementSize = 16 // of a branch: position 4 | key 4 | page 8; of a leaf: flags 4 | position 4 | key 4 | value 4
	bucketHead  = 16 // root 8 | sequence 8

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketFlag   = 0x01
	metaMagic    = 0xED0CDAED
	metaVersion  = 2
	noFreelist   = ^uint64(0)
	maxPageBytes = 1 << 30
)

var order = binary.NativeEndian

// pages walks a file's pages from the newest meta page down.
type pages struct {
	file    io.ReaderAt
	size    uint64 // of a page
	count   uint64 // of pages
	reached []uint64
	brief   bool      // see walkBriefly
	head    [512]byte // of a page: of most, with the places of its entries
}

// walkPages fails with what is wrong first. It reads every page that is in use, and needs memory for the largest run of pages and a bit for each.
func walkPages(file io.ReaderAt, length int64, pageSize int) error {
	return (&pages{file: file, size: uint64(pageSize)}).walk(uint64(length))
}

// walkBriefly sees that each page is reached once, is a page of its kind and has its entries within it, so that bbolt comes to an end wherever it goes, and that
// none in use is listed as free, which a write would give away. Of the pages that hold records it reads the first bytes only: some 50 ms for 200 MB. One damaged meta page is
// no fault to it, since a machine may lose its power while that is written.
func walkBriefly(file io.ReaderAt, length int64, pageSize int) error {
	return (&pages{file: file, size: uint64(pageSize), brief: true}).walk(uint64(length))
}

func (p *pages) walk(length uint64) error {
	root, freelist, err := p.newestMeta()
	if err != nil {
		return err
	}
	if p.count < 4 || p.count > length/p.size {
		return fmt.Errorf("the file has not the %d pages that it claims", p.count)
	}
	p.reached = make([]uint64, p.count/64+1)
	p.reached[0] = 3 // the meta pages
	if err := p.tree(root, nil, true); err != nil || freelist == noFreelist {
		return err
	}
	page, entries, err := p.read(freelist, freelistPage, false)
	if err != nil {
		return err
	}
	return p.free(freelist, page, entries)
}

func (p *pages) newestMeta() (root, freelist uint64, err error) {
	var written [2]uint64 // the transaction that wrote each
	var sound [2]bool
	for id := range uint64(2) {
		meta := make([]byte, metaSize)
		if _, err := p.file.ReadAt(meta, int64(id*p.size+pageHead)); err != nil {
			return 0, 0, fmt.Errorf("meta page %d: %w", id, err)
		}
		sum := fnv.New64a()
		sum.Write(meta[:metaSize-8])
		if sum.Sum64() != order.Uint64(meta[metaSize-8:]) || order.Uint32(meta) != metaMagic || order.Uint32(meta[4:]) != metaVersion {
			// bbolt goes on with the other one, which is a transaction older.
			if err = fmt.Errorf("meta page %d is damaged", id); !p.brief {
				return 0, 0, err
			}
			continue
		}
		sound[id], written[id] = true, order.Uint64(meta[48:])
		if id == 0 || !sound[0] || written[1] > written[0] {
			root, freelist, p.count = order.Uint64(meta[16:]), order.Uint64(meta[32:]), order.Uint64(meta[40:])
		}
	}
	switch {
	case !sound[0] && !sound[1]:
		return 0, 0, err
	case !p.brief && written[0]+1 != written[1] && written[1]+1 != written[0]:
		return 0, 0, fmt.Errorf("the meta pages are of transactions %d and %d, which do not follow each other", written[0], written[1])
	}
	return root, freelist, nil
}

// reach notes that a page is in use; it fails when it was noted before.
func (p *pages) reach(id uint64) error {
	if p.reached[id/64]&(1<<(id%64)) != 0 {
		return fmt.Errorf("page %d is reached twice", id)
	}
	p.reached[id/64] |= 1 << (id % 64)
	return nil
}

// read reads a page with those that it runs over into, none of which was reached before. If brief, of a page of records it takes the head only.
func (p *pages) read(id uint64, kinds uint16, brief bool) (page []byte, elements int, err error) {
	if id < 2 || id >= p.count {
		return nil, 0, fmt.Errorf("page %d is outside of the file", id)
	}
	head := p.head[:]
	if _, err := p.file.ReadAt(head, int64(id*p.size)); err != nil {
		return nil, 0, fmt.Errorf("page %d: %w", id, err)
	}
	kind, run := order.Uint16(head[8:]), uint64(order.Uint32(head[12:]))+1
	if order.Uint64(head) != id || kind&kinds == 0 || kind&^kinds != 0 || run > p.count-id || run*p.size > maxPageBytes {
		return nil, 0, fmt.Errorf("page %d is not what it is referred to as", id)
	}
	for n := id; n < id+run; n++ {
		if err := p.reach(n); err != nil {
			return nil, 0, err
		}
	}
	elements = int(order.Uint16(head[10:]))
	if kind != freelistPage && uint64(pageHead+elements*elementSize) > run*p.size {
		return nil, 0, fmt.Errorf("page %d has more entries than room", id)
	}
	if brief && kind == leafPage {
		return nil, elements, p.places(id, elements, run*p.size)
	}
	page = make([]byte, run*p.size)
	if _, err := p.file.ReadAt(page, int64(id*p.size)); err != nil {
		return nil, 0, fmt.Errorf("page %d: %w", id, err)
	}
	return page, elements, nil
}

// places sees that the entries of a page of records, whose head was read, lie within it: bbolt would read beyond it, and make a page as long as an entry claims
// to be when it writes it anew.
func (p *pages) places(id uint64, elements int, size uint64) error {
	table := p.head[:]
	if need := pageHead + elements*elementSize; need > len(table) {
		table = make([]byte, need)
		if _, err := p.file.ReadAt(table, int64(id*p.size)); err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
	}
	for at := pageHead; elements > 0; elements-- {
		end := uint64(at) + uint64(order.Uint32(table[at+4:])) + uint64(order.Uint32(table[at+8:])) + uint64(order.Uint32(table[at+12:]))
		if end > size {
			return fmt.Errorf("page %d refers to what is outside of it", id)
		}
		at += elementSize
	}
	return nil
}

// free sees that the list of free pages lists none that is in use, and none twice. What it leaves out is lost room and no harm.
func (p *pages) free(id uint64, page []byte, count int) error {
	entries := page[pageHead:]
	room, need := uint64(len(entries)/8), uint64(count)
	if count == 0xFFFF {
		need = order.Uint64(entries)
		entries, room = entries[8:], room-1
	}
	if need > room {
		return fmt.Errorf("page %d has more entries than room", id)
	}
	for ; need > 0; need-- {
		free := order.Uint64(entries)
		if free < 2 || free >= p.count {
			return fmt.Errorf("page %d is outside of the file", free)
		}
		if err := p.reach(free); err != nil {
			return fmt.Errorf("of the free pages: %w", err)
		}
		entries = entries[8:]
	}
	return nil
}

// tree walks a tree from a page down. Its keys are in ascending order, and the first is the one with which it was referred to: when bbolt writes a page
// anew it looks for the old reference by the page's first key, and keeps a reference that it doesn't find, to a page that it then gives away. The tree
// at the top holds the buckets.
func (p *pages) tree(id uint64, from []byte, top bool) error {
	page, elements, err := p.read(id, branchPage|leafPage, p.brief && !top)
	if err != nil {
		return err
	}
	switch {
	case page == nil:
		return nil
	case order.Uint16(page[8:]) == leafPage:
		return p.leaf(id, page, elements, from)
	case elements == 0:
		return fmt.Errorf("page %d leads nowhere", id)
	}
	var last []byte
	for i := range elements {
		at := pageHead + i*elementSize
		key, err := within(id, page, at, order.Uint32(page[at:]), order.Uint32(page[at+4:]))
		if err != nil {
			return err
		}
		if i > 0 && bytes.Compare(key, last) <= 0 || i == 0 && from != nil && !bytes.Equal(key, from) {
			return fmt.Errorf("page %d is out of order", id)
		}
		last = key
		if err := p.tree(order.Uint64(page[at+8:]), key, top); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) leaf(id uint64, page []byte, elements int, from []byte) error {
	if pageHead+elements*elementSize > len(page) {
		return fmt.Errorf("page %d has more entries than room", id)
	}
	var last []byte
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
		if i > 0 && bytes.Compare(key, last) <= 0 || i == 0 && from != nil && !bytes.Equal(key, from) {
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
		return p.tree(root, nil, false)
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
