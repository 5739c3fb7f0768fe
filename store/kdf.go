package store

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
)

// KDFParams are the parameters of Argon2id (RFC 9106), by which a passphrase becomes a key.
type KDFParams struct {
	Time      uint32 // passes
	MemoryKiB uint32
	Threads   uint8
}

// FloorKDF is the least that a vault takes unless its creator chose less, as tests do.
var FloorKDF = KDFParams{Time: 3, MemoryKiB: 64 << 10, Threads: 1}

// CeilingKDF is the most that a vault may ask of the machine that opens it: a hostile file must not exhaust it.
var CeilingKDF = KDFParams{Time: 16, MemoryKiB: 2 << 20, Threads: 64}

const (
	calibrationGoal = 850 * time.Millisecond
	calibrationMax  = 1 << 20 // KiB: beyond 1 GiB a small desktop suffers more than a thief
	passKeySize     = 32
	kdfSaltSize     = 16
)

// CalibrateKDF measures this machine and returns parameters that take it 0.7 to 1 s, never less than [FloorKDF].
func CalibrateKDF() KDFParams {
	p := FloorKDF
	p.Threads = uint8(min(4, runtime.NumCPU()))
	start := time.Now()
	p.derive([]byte("calibration"), make([]byte, kdfSaltSize))
	elapsed := max(time.Since(start), time.Millisecond)
	steps := uint32(min(int64(calibrationGoal/elapsed), calibrationMax/int64(FloorKDF.MemoryKiB)))
	p.MemoryKiB = FloorKDF.MemoryKiB * max(steps, 1)
	return p
}

// derive hashes a passphrase. The parameters were checked with bounded before.
//
// Argon2id's blocks, which a passphrase can't be read from, stay in Go's memory until it is used again.
func (p KDFParams) derive(passphrase, salt []byte) []byte {
	return argon2.IDKey(passphrase, salt, p.Time, p.MemoryKiB, p.Threads, passKeySize)
}

// bounded refuses what Argon2id can't do and what is above the ceiling, before any memory is taken.
func (p KDFParams) bounded() error {
	switch {
	case p.Time < 1, p.Threads < 1, p.MemoryKiB < 8*uint32(p.Threads):
		return fmt.Errorf("%w: too little", ErrWeakKDF)
	case p.Time > CeilingKDF.Time, p.MemoryKiB > CeilingKDF.MemoryKiB, p.Threads > CeilingKDF.Threads:
		return fmt.Errorf("%w: too much", ErrWeakKDF)
	}
	return nil
}

// atLeast says whether p is no weaker than the floor, or than what the vault's creator chose when that was less.
func (p KDFParams) atLeast(chosen KDFParams) bool {
	return p.Time >= min(FloorKDF.Time, chosen.Time) && p.MemoryKiB >= min(FloorKDF.MemoryKiB, chosen.MemoryKiB)
}
