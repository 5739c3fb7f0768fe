package audit

import (
	"encoding/hex"
	"fmt"
)

// Checker checks a whole log by being fed its leaves and heads in order: each leaf once, each head after the last leaf it
// counts. It needs no key but the users' public ones, so a log can be checked by someone who may not read it.
type Checker struct {
	vault    string
	signers  Signers
	hashes   frontier
	sessions map[SessionID]*chain
	states   map[CompartmentTag][32]byte
	pending  map[string]bool // users with leaves after the last head
	ended    bool            // the last leaf ended its transaction: a head has to follow
	entered  *[32]byte       // what the last leaf says of who may sign
	last     Head
	heads    int
	passed   int // heads of signers whose key isn't known
}

// chain is how far one session has come.
type chain struct {
	user     string
	sequence uint64
	last     Hash
}

// NewChecker begins a check of the vault's log. The signers give the users' Ed25519 public keys.
func NewChecker(vault string, signers Signers) *Checker {
	return &Checker{
		vault:    vault,
		signers:  signers,
		sessions: make(map[SessionID]*chain),
		states:   make(map[CompartmentTag][32]byte),
		pending:  make(map[string]bool),
	}
}

// Leaf takes the next stored leaf, and returns the hashes that have to be stored with it, from [FirstHash] on.
func (c *Checker) Leaf(raw []byte) ([]Hash, error) {
	if c.ended {
		return nil, fmt.Errorf("%w: the head of size %d is missing", ErrBroken, c.hashes.size)
	}
	leaf, err := ParseLeaf(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: entry %d: %w", ErrBroken, c.hashes.size, err)
	}
	if err := c.follow(leaf, LeafHash(raw)); err != nil {
		return nil, fmt.Errorf("%w: entry %d %w", ErrBroken, c.hashes.size, err)
	}
	return c.hashes.add(LeafHash(raw)), nil
}

func (c *Checker) follow(leaf Leaf, hash Hash) error {
	session := leaf.In()
	known := c.sessions[session]
	switch leaf := leaf.(type) {
	case *Opening:
		if known != nil {
			return fmt.Errorf("opens a session a second time")
		}
		known = &chain{user: hex.EncodeToString(leaf.User[:])}
		c.sessions[session] = known
	case *Act:
		if known == nil {
			return fmt.Errorf("belongs to no session")
		}
		if leaf.Sequence != known.sequence+1 || leaf.Previous != known.last {
			return fmt.Errorf("doesn't follow its session's entry before")
		}
		known.sequence, c.ended = leaf.Sequence, leaf.Last
		for _, s := range leaf.States {
			if s.Compartment == SignersTag {
				c.entered = &s.Manifest
				continue
			}
			c.states[s.Compartment] = s.Manifest
		}
	}
	known.last = hash
	c.pending[known.user] = true
	return nil
}

// Head takes the next stored head. It must be true of the leaves so far, and be signed by the user who wrote those since
// the head before. Every transaction ends with one.
func (c *Checker) Head(raw []byte) error {
	h, err := ParseHead(c.vault, raw)
	if err != nil {
		return err
	}
	if !c.ended || h.Size != c.hashes.size || h.Root != c.hashes.root() {
		return fmt.Errorf("%w: the head of size %d is not true of the entries", ErrBroken, h.Size)
	}
	if h.From != Unsaid && h.From != c.last.Size {
		return fmt.Errorf("%w: the head of size %d is not of the entries since the head before", ErrBroken, h.Size)
	}
	if len(c.pending) != 1 || !c.pending[h.Signer] {
		return fmt.Errorf("%w: the head of size %d is not signed by the user who acted", ErrBroken, h.Size)
	}
	signer, ok := c.signers.Signer(h.Signer)
	if !ok {
		return fmt.Errorf("%w: the head of size %d is signed by nobody known", ErrBroken, h.Size)
	}
	if err := signer.Check(h); err != nil {
		return err
	}
	if c.entered != nil {
		if err := c.signers.Entered(c.last.Size, *c.entered, h.Signer); err != nil {
			return err
		}
		c.entered = nil
	}
	c.heads++
	if signer.Unchecked {
		c.passed++
	}
	clear(c.pending)
	c.ended = false
	c.last = h
	return nil
}

// Finish ends the check. It fails when leaves remain that no head covers.
func (c *Checker) Finish() (Head, error) {
	if len(c.pending) > 0 || c.last.Size != c.hashes.size {
		return Head{}, fmt.Errorf("%w: the last entries are under no head", ErrBroken)
	}
	return c.last, c.signers.Complete()
}

// Heads is the number of heads taken so far, and of those among them whose signatures were not checked because their signers
// said so.
func (c *Checker) Heads() (taken, unchecked int) { return c.heads, c.passed }

// Sessions is the number of unlocks that acted.
func (c *Checker) Sessions() int { return len(c.sessions) }

// Size is the number of leaves taken so far.
func (c *Checker) Size() int64 { return c.hashes.size }

// Root is the tree hash of the leaves taken so far.
func (c *Checker) Root() Hash { return c.hashes.root() }

// States returns what the log says each compartment's manifest now is. The caller must not change the map.
func (c *Checker) States() map[CompartmentTag][32]byte { return c.states }
