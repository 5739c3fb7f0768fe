package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// What the check of a proof ends with besides [ErrBroken].
var (
	ErrNotProof = errors.New("this is no proof from an audit log, or its text was altered")
	ErrFork     = errors.New("the audit log does not continue this head: one of the two was forged, or they come from two versions of the vault")
	ErrShorter  = errors.New("the audit log is shorter than this head: entries are missing")
	ErrOtherLog = errors.New("this head is of another vault's audit log")
)

// ProofFormat begins every proof file.
const ProofFormat = "paravent.audit.proof/1"

// MaxProof bounds the length of a proof file in bytes.
const MaxProof = 4 << 20

// Proof shows without the vault that one entry is in its log, or that its log continues an older head, or both. It is a file
// of JSON: docs/audit.md.
type Proof struct {
	Format      string       `json:"format"`
	Vault       string       `json:"vault"`   // 32 hexadecimal digits
	Founder     []byte       `json:"founder"` // Ed25519 public key, as the vault's header names it
	Head        string       `json:"head"`    // signed note
	Signers     []Vouched    `json:"signers"` // from the head's signers to the founder
	Revoked     []Ended      `json:"revoked,omitempty"`
	Inclusion   *Inclusion   `json:"inclusion,omitempty"`
	Consistency *Consistency `json:"consistency,omitempty"`
}

// Vouched is an [Attestation] in a file.
type Vouched struct {
	User      string `json:"user"`
	Since     int64  `json:"since"`
	Public    []byte `json:"public"`
	By        string `json:"by"`
	Signature []byte `json:"signature"`
}

// Ended is a [Revocation] in a file.
type Ended struct {
	User      string `json:"user"`
	After     int64  `json:"after"`
	By        string `json:"by"`
	Signature []byte `json:"signature"`
}

// Inclusion says that a leaf is in the log under the proof's head.
type Inclusion struct {
	Index int64  `json:"index"`
	Leaf  []byte `json:"leaf"` // as stored
	Path  []Hash `json:"path"`
	Own   *Own   `json:"own,omitempty"`
	// Key opens the entry, and every other one of its session; absent unless the reader is to read it.
	Key []byte `json:"key,omitempty"`
}

// Own says whose the leaf is: the head of the transaction that wrote it, in which its signer says so. It is absent where that head is
// of an earlier version.
type Own struct {
	Head string `json:"head"` // signed note
	Path []Hash `json:"path"`
}

// Consistency says that the log under the proof's head begins with the one under an older head.
type Consistency struct {
	Older string `json:"older"` // signed note
	Path  []Hash `json:"path"`
}

// Heads reads the heads of a proof, their signatures not checked.
func (p Proof) heads() (newer Head, older *Head, err error) {
	if newer, err = ParseHead(p.Vault, []byte(p.Head)); err != nil || p.Consistency == nil {
		return newer, nil, err
	}
	h, err := ParseHead(p.Vault, []byte(p.Consistency.Older))
	return newer, &h, err
}

// NewVouched is an attestation as it stands in a file.
func NewVouched(a Attestation) Vouched {
	return Vouched{hex.EncodeToString(a.User[:]), a.Since, a.Public, hex.EncodeToString(a.By[:]), a.Signature}
}

// NewEnded is a revocation as it stands in a file.
func NewEnded(r Revocation) Ended {
	return Ended{hex.EncodeToString(r.User[:]), r.After, hex.EncodeToString(r.By[:]), r.Signature}
}

// Encode is the proof as a file.
func (p Proof) Encode() ([]byte, error) {
	b, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode proof: %w", err)
	}
	return append(b, '\n'), nil
}

// ParseProof reads a proof file. It checks nothing but its form.
func ParseProof(raw []byte) (Proof, error) {
	var p Proof
	if len(raw) > MaxProof {
		return p, ErrNotProof
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || p.Format != ProofFormat {
		return Proof{}, ErrNotProof
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Proof{}, ErrNotProof
	}
	if p.Inclusion == nil && p.Consistency == nil || p.Inclusion != nil && len(p.Inclusion.Leaf) > MaxLeaf {
		return Proof{}, ErrNotProof
	}
	return p, nil
}

// Proven is what a proof shows, once it was checked.
type Proven struct {
	Head  Head
	Older *Head // the head that the log continues; nil: the proof says nothing of one
	Index int64 // of the entry that is in the log; -1: the proof says nothing of one
	Leaf  []byte
	By    string // opaque id of the user who signed for the entry; empty: nobody can say
}

// Check checks every signature and every path of a proof. What it shows holds for the vault whose founder's key is in it: whoever
// relies on it compares that key, or one of the heads, with one that came another way.
func (p Proof) Check() (Proven, error) {
	roster, err := p.roster()
	if err != nil {
		return Proven{}, err
	}
	head, older, err := p.heads()
	if err != nil {
		return Proven{}, err
	}
	proven := Proven{Head: head, Older: older, Index: -1}
	for _, h := range []*Head{&head, older} {
		if h == nil {
			continue
		}
		if err := roster.CheckHead(*h); err != nil {
			return Proven{}, err
		}
	}
	if p.Inclusion != nil {
		if err := CheckInclusion(p.Inclusion.Path, head, p.Inclusion.Index, p.Inclusion.Leaf); err != nil {
			return Proven{}, fmt.Errorf("%w: entry %d is not in the log under this head", ErrBroken, p.Inclusion.Index)
		}
		proven.Index, proven.Leaf = p.Inclusion.Index, p.Inclusion.Leaf
		if proven.By, err = p.by(roster); err != nil {
			return Proven{}, err
		}
	}
	if older != nil {
		if err := CheckConsistency(p.Consistency.Path, head, *older); err != nil {
			return Proven{}, fmt.Errorf("%w: %w", ErrBroken, ErrFork)
		}
	}
	return proven, nil
}

// by finds who signed for the entry. That the newest head covers it says nothing of that: anyone who may sign can sign a head over
// whatever they invent, and honest users sign over what others put before.
func (p Proof) by(roster *Roster) (string, error) {
	own := p.Inclusion.Own
	if own == nil {
		return "", nil
	}
	h, err := ParseHead(p.Vault, []byte(own.Head))
	if err == nil {
		err = roster.CheckHead(h)
	}
	if err != nil {
		return "", err
	}
	i := p.Inclusion.Index
	if h.From == Unsaid || i < h.From || i >= h.Size || CheckInclusion(own.Path, h, i, p.Inclusion.Leaf) != nil {
		return "", fmt.Errorf("%w: entry %d is not of the user who is said to have signed for it", ErrBroken, i)
	}
	return h.Signer, nil
}

// Against says whether a head that was kept elsewhere is one that the proof speaks of.
func (p Proven) Against(kept Head) error {
	for _, h := range []*Head{&p.Head, p.Older} {
		if h != nil && h.Size == kept.Size {
			if h.Root != kept.Root {
				return ErrFork
			}
			return nil
		}
	}
	return fmt.Errorf("%w: the proof does not speak of a head of size %d; have one made against it", ErrNotProof, kept.Size)
}

func (p Proof) roster() (*Roster, error) {
	r, err := NewRoster(p.Vault, p.Founder)
	if err != nil {
		return nil, err
	}
	return r, r.addFiled(p.Signers, p.Revoked)
}

// addFiled fills a roster from a file, and checks it.
func (r *Roster) addFiled(signers []Vouched, ended []Ended) error {
	for _, s := range signers {
		user, by := parseUser(s.User), parseUser(s.By)
		a := Attestation{user, s.Since, s.Public, by, s.Signature}
		if err := r.Add(a.Key(), a.Encode()); err != nil {
			return err
		}
	}
	for _, s := range ended {
		e := Revocation{parseUser(s.User), s.After, parseUser(s.By), s.Signature}
		if err := r.Add(e.Key(), e.Encode()); err != nil {
			return err
		}
	}
	return r.Check()
}

// CheckHead checks a head's signature, and that its signer could give it.
func (r *Roster) CheckHead(h Head) error {
	s, ok := r.Signer(h.Signer)
	if !ok {
		return fmt.Errorf("%w: the head of size %d is signed by nobody known", ErrBroken, h.Size)
	}
	return s.Check(h)
}
