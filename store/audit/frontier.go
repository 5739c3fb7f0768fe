package audit

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier computes the root of a growing tree from its complete subtrees alone (RFC 6962 §2.1), so that a whole log can
// be checked without trusting any hash that is stored beside it.
type frontier struct {
	size     int64
	subtrees []Hash // roots of the complete subtrees, largest first: one for each bit that is set in size
}

// add returns the hashes of the subtrees that the leaf completes, its own first, in the order in which they are stored.
func (f *frontier) add(leaf Hash) []Hash {
	completed := []Hash{leaf}
	f.subtrees = append(f.subtrees, leaf)
	f.size++
	for range bits.TrailingZeros64(uint64(f.size)) {
		n := len(f.subtrees)
		f.subtrees[n-2] = tlog.NodeHash(f.subtrees[n-2], f.subtrees[n-1])
		f.subtrees = f.subtrees[:n-1]
		completed = append(completed, f.subtrees[n-2])
	}
	return completed
}

func (f *frontier) root() Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	root := f.subtrees[len(f.subtrees)-1]
	for i := len(f.subtrees) - 2; i >= 0; i-- {
		root = tlog.NodeHash(f.subtrees[i], root)
	}
	return root
}
