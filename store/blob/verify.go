package blob

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Report says what [Verify] found.
type Report struct {
	Intact   bool // closed by its writer, every chunk authentic, trailer and root true
	Torn     bool // never closed: nothing after the last whole chunk
	Size     int64
	Chunks   int
	FirstBad int // number of the first chunk that was changed, or that is missing from a closed file; -1: none
	Root     [32]byte
	Before   [32]byte // the tree hash of as many first chunks as [VerifyFrom] was told; zero where there are fewer
}

// Verify opens every chunk of a file. progress, if not nil, is told how many of how many bytes of plaintext are done.
// What is wrong stands in the report; the error is for a file that isn't one, a key that doesn't fit, or a check that
// couldn't run to its end.
func Verify(ctx context.Context, path string, key Key, id string, progress func(done, total int64)) (Report, error) {
	return VerifyFrom(ctx, path, key, id, 0, progress)
}

// VerifyFrom is [Verify], and tells the tree hash of the first chunks as well: that of the file when it had no more than those.
func VerifyFrom(ctx context.Context, path string, key Key, id string, chunks int, progress func(done, total int64)) (Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("verify sealed file: %w", err)
	}
	defer file.Close()
	report, err := verify(ctx, file, key, id, chunks, progress)
	if err != nil {
		return report, fmt.Errorf("verify sealed file: %w", err)
	}
	return report, nil
}

func verify(ctx context.Context, file *os.File, key Key, id string, before int, progress func(done, total int64)) (Report, error) {
	s, err := readSeal(file, key, id)
	if err != nil {
		return Report{}, err
	}
	l, err := readLayout(file, s)
	if err != nil {
		return Report{}, err
	}
	report := Report{Torn: !l.final, FirstBad: l.bad}
	var t tree
	err = runs(ctx, file, s, l.index, func(r *run) error {
		for _, leaf := range r.leaves {
			if err := t.add(leaf); err != nil {
				return err
			}
			if t.n == int64(before) {
				var err error
				if report.Before, err = t.root(); err != nil {
					return err
				}
			}
		}
		report.Chunks = r.first + len(r.leaves)
		if n := report.Chunks; n > 0 {
			report.Size = l.index[n-1].start + int64(l.index[n-1].size)
		}
		if progress != nil {
			progress(report.Size, l.size)
		}
		return r.err
	})
	if errors.Is(err, ErrDamaged) {
		report.fail(report.Chunks, l)
		err = nil
	}
	if err != nil {
		return report, err
	}
	if report.Root, err = t.root(); err != nil {
		return report, err
	}
	if l.final && report.FirstBad < 0 && report.Root != l.trailer.Root {
		report.FirstBad = 0
	}
	report.Intact = l.final && report.FirstBad < 0
	return report, nil
}

// fail notes that chunk i isn't authentic. At the end of a torn file that is the tear itself and no fault of its own.
func (r *Report) fail(i int, l layout) {
	if !l.final && i == len(l.index)-1 {
		return
	}
	if r.FirstBad < 0 || i < r.FirstBad {
		r.FirstBad = i
	}
}
