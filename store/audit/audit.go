// Package audit is the tamper-evident log of what was done in a vault: an RFC 6962 Merkle tree of sealed leaves, a chain
// per session inside it, and a signed head for every transaction.
//
// It knows how leaves, heads and proofs are formed and checked. It stores nothing, holds no key and does not seal or
// open the words of an entry: the store does. Whoever wants to check a log starts from [Checker]; whoever reads one
// gets a slice of [Entry].
package audit

import (
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrBroken is wrapped by every error that says a log isn't what its writers signed.
var ErrBroken = errors.New("the audit log was changed from outside")

// Hash is a SHA-256 hash of the Merkle tree (RFC 6962 §2.1).
type Hash = tlog.Hash

// Size limits of what a reader accepts, so that a hostile file can't make it allocate without bound.
const (
	MaxLeaf   = 1 << 20 // bytes of one leaf
	MaxStates = 1 << 14 // compartment states in one leaf
)

// Entry is one act as an auditor reads it. It holds opaque ids and counts, never a name. Of one that is unreadable only the place
// is known, and the session with its user where the leaf has one.
type Entry struct {
	Index   int64             `json:"index"`   // position in the log, from 0
	Time    time.Time         `json:"time"`    // clock of the desk that acted, UTC
	User    string            `json:"user"`    // opaque id of the acting user
	Session string            `json:"session"` // opaque id of the acting user's unlock
	Action  string            `json:"action"`  // for instance "user.add"
	Details map[string]string `json:"details,omitempty"`
	// Unreadable: whoever wrote it sealed what the readers of the log can't open, or put another's name into it. Their signature under it stands.
	Unreadable bool `json:"unreadable,omitempty"`
}

// Head says how long the log is and what it hashes to, signed by the user whose act made it so.
type Head struct {
	Size   int64
	From   int64 // size before the signer's transaction: the entries from there on are theirs. Unsaid in heads of earlier versions
	Root   Hash
	Signer string // opaque id of the acting user
	Note   []byte // the signed note in full (C2SP tlog-checkpoint), for keeping outside the vault
}

// Unsaid is [Head.From] of a head that doesn't say it.
const Unsaid = -1

// SessionID names one unlock of one user.
type SessionID [16]byte

// CompartmentTag is the name of a compartment on disk.
type CompartmentTag [16]byte

// State is what one act left behind in one compartment: the SHA-256 of the stored manifest.
type State struct {
	Compartment CompartmentTag
	Manifest    [32]byte
}

// Reader finds the stored hashes of a log by their index as tlog numbers them.
type Reader interface {
	ReadHash(index int64) (Hash, error)
}

// Append returns the hashes to store, from index [FirstHash](n) on, when leaf becomes number n of a log.
func Append(n int64, leaf []byte, r Reader) ([]Hash, error) {
	return tlog.StoredHashes(n, leaf, hashReader(r))
}

// FirstHash is the index of the first stored hash that leaf n adds.
func FirstHash(n int64) int64 { return tlog.StoredHashIndex(0, n) }

// CompletedBy says which leaf completes the subtree whose hash has the given index, and at which level that is: the place
// of the hash among those that [Append] returned for the leaf.
func CompletedBy(index int64) (leaf int64, level int) {
	level, n := tlog.SplitStoredHashIndex(index)
	return (n+1)<<level - 1, level
}

// LeafHash is the RFC 6962 hash of a stored leaf.
func LeafHash(leaf []byte) Hash { return tlog.RecordHash(leaf) }

// Root returns the tree hash of the first size leaves. The root of the empty log is the SHA-256 of nothing.
func Root(size int64, r Reader) (Hash, error) { return tlog.TreeHash(size, hashReader(r)) }

// ProveInclusion returns the proof that leaf n is in the log of the given size.
func ProveInclusion(size, n int64, r Reader) ([]Hash, error) {
	return tlog.ProveRecord(size, n, hashReader(r))
}

// CheckInclusion checks a proof of [ProveInclusion] against a head and the stored leaf.
func CheckInclusion(proof []Hash, h Head, n int64, leaf []byte) error {
	return tlog.CheckRecord(proof, h.Size, h.Root, n, LeafHash(leaf))
}

// ProveConsistency returns the proof that the log of size newer continues the log of size older.
func ProveConsistency(newer, older int64, r Reader) ([]Hash, error) {
	return tlog.ProveTree(newer, older, hashReader(r))
}

// CheckConsistency checks a proof of [ProveConsistency].
func CheckConsistency(proof []Hash, newer, older Head) error {
	return tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root)
}

func hashReader(r Reader) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		hashes := make([]Hash, len(indexes))
		for i, index := range indexes {
			h, err := r.ReadHash(index)
			if err != nil {
				return nil, err
			}
			hashes[i] = h
		}
		return hashes, nil
	})
}
