package blob

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
)

// Root reads a closed file without its key and returns the size of its plaintext, the number of its chunks and their tree hash, to be
// compared with what its writer noted. It sees every change of a chunk; the file's header and trailer can only be checked with the key. A
// file that is cut, or has no trailer's length word at its end, gives [ErrDamaged]. progress is told of bytes.
func Root(ctx context.Context, path string, progress func(done, total int64)) (Summary, error) {
	sum, err := root(ctx, path, progress)
	if err != nil {
		return Summary{}, fmt.Errorf("read sealed file: %w", err)
	}
	return sum, nil
}

func root(ctx context.Context, path string, progress func(done, total int64)) (Summary, error) {
	file, err := os.Open(path)
	if err != nil {
		return Summary{}, err
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return Summary{}, err
	}
	end := stat.Size() - trailerSize
	if end < int64(headerSize) {
		return Summary{}, ErrDamaged
	}
	var l layout
	if at, err := l.walk(file, end); err != nil {
		return Summary{}, err
	} else if at != end {
		return Summary{}, fmt.Errorf("%w: after chunk %d", ErrDamaged, len(l.index))
	}
	var word [lengthSize]byte
	if _, err := file.ReadAt(word[:], end); err != nil {
		return Summary{}, err
	}
	if binary.BigEndian.Uint32(word[:]) != trailerFlag|trailerPlain {
		return Summary{}, fmt.Errorf("%w: trailer", ErrDamaged)
	}
	var t tree
	err = runs(ctx, file, nil, l.index, func(r *run) error {
		for _, leaf := range r.leaves {
			if err := t.add(leaf); err != nil {
				return err
			}
		}
		if progress != nil && r.err == nil {
			last := r.chunks[len(r.chunks)-1]
			progress(last.start+int64(last.size), l.size)
		}
		return r.err
	})
	if err != nil {
		return Summary{}, err
	}
	sum := Summary{Size: l.size, Chunks: len(l.index), Final: true}
	sum.Root, err = t.root()
	return sum, err
}
