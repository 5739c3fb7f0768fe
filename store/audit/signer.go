package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SignersTag is the compartment tag under which an act's states speak of who may sign heads: nobody's compartment has it.
var SignersTag = CompartmentTag{15: 1}

// Sizes in bytes of what a log's roster is stored as.
const (
	userSize        = 16
	AttestationSize = 8 + ed25519.PublicKeySize + userSize + ed25519.SignatureSize
	RevocationSize  = 8 + userSize + ed25519.SignatureSize
)

// Attestation says that a user signs heads with a key, and who vouches for that. The founder vouches for themself.
type Attestation struct {
	User      [16]byte
	Since     int64 // size of the log before the transaction that entered it
	Public    ed25519.PublicKey
	By        [16]byte
	Signature []byte
}

// Revocation says that no head of a user counts beyond a size of the log.
type Revocation struct {
	User      [16]byte
	After     int64 // size of the log before the transaction that entered it: the greatest that they may sign
	By        [16]byte
	Signature []byte
}

// Attest signs an attestation with the key of the user who vouches.
func Attest(vault [16]byte, user [16]byte, since int64, public ed25519.PublicKey, by [16]byte, key ed25519.PrivateKey) Attestation {
	a := Attestation{User: user, Since: since, Public: public, By: by}
	a.Signature = ed25519.Sign(key, a.signed(vault))
	return a
}

// Revoke signs a revocation with the key of the user who revokes.
func Revoke(vault [16]byte, user [16]byte, after int64, by [16]byte, key ed25519.PrivateKey) Revocation {
	r := Revocation{User: user, After: after, By: by}
	r.Signature = ed25519.Sign(key, r.signed(vault))
	return r
}

func (a Attestation) signed(vault [16]byte) []byte {
	b := append([]byte("paravent/signer/1\x00"), vault[:]...)
	b = append(b, a.User[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.Since))
	b = append(b, a.Public...)
	return append(b, a.By[:]...)
}

func (r Revocation) signed(vault [16]byte) []byte {
	b := append([]byte("paravent/signer/revoked/1\x00"), vault[:]...)
	b = append(b, r.User[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.After))
	return append(b, r.By[:]...)
}

// Key is where the attestation is stored.
func (a Attestation) Key() []byte { return bytes.Clone(a.User[:]) }

// Encode is the stored value.
func (a Attestation) Encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(a.Since))
	b = append(b, a.Public...)
	b = append(b, a.By[:]...)
	return append(b, a.Signature...)
}

// Key is where the revocation is stored.
func (r Revocation) Key() []byte { return RevocationKey(r.User) }

// RevocationKey is where a user's revocation stands, if they were revoked.
func RevocationKey(user [16]byte) []byte { return append(bytes.Clone(user[:]), revoked) }

// revoked ends the key of a revocation.
const revoked = 0x01

// Encode is the stored value.
func (r Revocation) Encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(r.After))
	b = append(b, r.By[:]...)
	return append(b, r.Signature...)
}

func parseAttestation(user [16]byte, raw []byte) (a Attestation, ok bool) {
	if len(raw) != AttestationSize {
		return a, false
	}
	raw = bytes.Clone(raw)
	a = Attestation{User: user, Since: int64(binary.BigEndian.Uint64(raw)), Public: raw[8:40], By: [16]byte(raw[40:]), Signature: raw[56:]}
	return a, a.Since >= 0
}

func parseRevocation(user [16]byte, raw []byte) (r Revocation, ok bool) {
	if len(raw) != RevocationSize {
		return r, false
	}
	raw = bytes.Clone(raw)
	r = Revocation{User: user, After: int64(binary.BigEndian.Uint64(raw)), By: [16]byte(raw[8:]), Signature: raw[24:]}
	return r, r.After > 0
}

// SignersState is what the act that ends a transaction says of the values that the transaction entered, by their keys.
func SignersState(entered map[string][]byte) State {
	d := sha256.New()
	d.Write([]byte("paravent/signers/1\x00"))
	for _, key := range slices.Sorted(maps.Keys(entered)) {
		d.Write(binary.BigEndian.AppendUint32(nil, uint32(len(key))))
		d.Write([]byte(key))
		d.Write(binary.BigEndian.AppendUint32(nil, uint32(len(entered[key]))))
		d.Write(entered[key])
	}
	return State{Compartment: SignersTag, Manifest: [32]byte(d.Sum(nil))}
}

// Signer is what a check of heads has to know of a user.
type Signer struct {
	Public    ed25519.PublicKey
	Since     int64 // only heads of a greater size are theirs
	Until     int64 // no head of a greater size is; 0: there is no end
	Unchecked bool  // their key is not known, and their signatures pass unchecked: the check counts them
}

// Signers tells a [Checker] who may sign, and takes what the log says of them.
type Signers interface {
	// Signer finds a user by the opaque id in text.
	Signer(user string) (Signer, bool)
	// Entered is called for each transaction that changed who may sign: the size of the log before it, what its last
	// act says of the values it entered, and the user who signed its head.
	Entered(before int64, state [32]byte, by string) error
	// Complete is called at the end. It fails when there is something that no transaction entered.
	Complete() error
}

// Check says whether a head is one that the signer may give, and theirs.
func (s Signer) Check(h Head) error {
	switch {
	case h.Size <= s.Since:
		return fmt.Errorf("%w: the head of size %d is signed by somebody who was no user yet", ErrBroken, h.Size)
	case s.Until > 0 && h.Size > s.Until:
		return fmt.Errorf("%w: the head of size %d is signed by somebody who was revoked at %d", ErrBroken, h.Size, s.Until)
	case s.Unchecked:
		return nil
	}
	return h.Verify(s.Public)
}

// Roster is who may sign a log's heads, as attested in the clear: a check needs no key for it but the founder's public one,
// which the vault's header names. It is filled with [Roster.Add] and then checked once with [Roster.Check].
type Roster struct {
	vault     [16]byte
	founder   ed25519.PublicKey
	attested  map[[16]byte]Attestation
	revoked   map[[16]byte]Revocation
	entered   map[int64]map[string][]byte // by size of the log before the transaction
	confirmed map[int64]bool
	born      bool
}

// NewRoster begins the roster of a vault, which is named as in [SignHead].
func NewRoster(vault string, founder ed25519.PublicKey) (*Roster, error) {
	id, err := hex.DecodeString(vault)
	if err != nil || len(id) != userSize || len(founder) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: its vault is named by nothing", ErrBroken)
	}
	return &Roster{
		vault: [16]byte(id), founder: founder,
		attested:  make(map[[16]byte]Attestation),
		revoked:   make(map[[16]byte]Revocation),
		entered:   make(map[int64]map[string][]byte),
		confirmed: make(map[int64]bool),
	}, nil
}

// Add takes one stored value.
func (r *Roster) Add(key, value []byte) error {
	at := int64(-1)
	switch {
	case len(key) == userSize:
		if a, ok := parseAttestation([16]byte(key), value); ok {
			r.attested[a.User], at = a, a.Since
		}
	case len(key) == userSize+1 && key[userSize] == revoked:
		if e, ok := parseRevocation([16]byte(key), value); ok {
			r.revoked[e.User], at = e, e.After
		}
	}
	if at < 0 {
		return fmt.Errorf("%w: who may sign heads is unreadable", ErrBroken)
	}
	if r.entered[at] == nil {
		r.entered[at] = make(map[string][]byte)
	}
	r.entered[at][string(key)] = bytes.Clone(value)
	return nil
}

// Check follows every signature to the founder.
func (r *Roster) Check() error {
	founders := 0
	for _, a := range r.attested {
		if a.By == a.User {
			founders++
			r.born = a.Since == 0
		}
	}
	if founders > 1 {
		return fmt.Errorf("%w: it has more than one founder", ErrBroken)
	}
	sound := make(map[[16]byte]bool, len(r.attested))
	for user := range r.attested {
		if err := r.follow(user, sound); err != nil {
			return err
		}
	}
	for _, e := range r.revoked {
		by, ok := r.attested[e.By]
		if _, known := r.attested[e.User]; !known || !ok || e.By == e.User || !ed25519.Verify(by.Public, e.signed(r.vault), e.Signature) || r.endedBy(e.By, e.After) {
			return fmt.Errorf("%w: a signer's revocation is not signed by another", ErrBroken)
		}
	}
	return nil
}

// follow goes from a signer to the founder. Where the roster was kept from the beginning, each was vouched for by one who stood in it before.
func (r *Roster) follow(user [16]byte, sound map[[16]byte]bool) error {
	var way [][16]byte
	for range len(r.attested) {
		if sound[user] {
			break
		}
		a := r.attested[user]
		by, ok := r.attested[a.By]
		switch {
		case !ok || !ed25519.Verify(by.Public, a.signed(r.vault), a.Signature),
			a.By == a.User && !r.founder.Equal(a.Public),
			a.By != a.User && (r.born && by.Since >= a.Since && by.Since > 0 || r.endedBy(a.By, a.Since)),
			a.By != a.User && r.born && a.Since == 0:
			return fmt.Errorf("%w: somebody who signs heads is vouched for by nobody", ErrBroken)
		}
		way = append(way, user)
		if a.By == a.User {
			for _, u := range way {
				sound[u] = true
			}
			break
		}
		user = a.By
	}
	if !sound[user] {
		return fmt.Errorf("%w: somebody who signs heads is vouched for by nobody", ErrBroken)
	}
	for _, u := range way {
		sound[u] = true
	}
	return nil
}

// endedBy says whether a user's word had lost its worth when the log had a size.
func (r *Roster) endedBy(user [16]byte, size int64) bool {
	e, ok := r.revoked[user]
	return ok && size >= e.After
}

// Born says that the roster was kept from the log's first entry on: every head's signer must stand in it. Vaults of an earlier
// format got theirs later, signer by signer.
func (r *Roster) Born() bool { return r.born }

// Attestations returns all of them, in order of the users' ids.
func (r *Roster) Attestations() []Attestation {
	return slices.SortedFunc(maps.Values(r.attested), func(a, b Attestation) int { return bytes.Compare(a.User[:], b.User[:]) })
}

// Revocations returns all of them, in order of the users' ids.
func (r *Roster) Revocations() []Revocation {
	return slices.SortedFunc(maps.Values(r.revoked), func(a, b Revocation) int { return bytes.Compare(a.User[:], b.User[:]) })
}

// Attested finds one by the user's opaque id in text.
func (r *Roster) Attested(user string) (Attestation, bool) {
	a, ok := r.attested[parseUser(user)]
	return a, ok
}

// Chain is what vouches for a user: their own attestation, their voucher's, and so on to the founder's, with the revocations of
// those among them who were revoked.
func (r *Roster) Chain(user string) (chain []Attestation, ended []Revocation) {
	at := parseUser(user)
	for range len(r.attested) {
		a, ok := r.attested[at]
		if !ok {
			break
		}
		chain = append(chain, a)
		if e, ok := r.revoked[at]; ok {
			ended = append(ended, e)
			if by, _ := r.Chain(hex.EncodeToString(e.By[:])); e.By != at {
				chain = append(chain, by...)
			}
		}
		if a.By == at {
			break
		}
		at = a.By
	}
	seen := make(map[[16]byte]bool)
	return slices.DeleteFunc(chain, func(a Attestation) bool {
		was := seen[a.User]
		seen[a.User] = true
		return was
	}), ended
}

// Term is when a user may sign, for a check that has their key from elsewhere.
func (r *Roster) Term(user string) (since, until int64) {
	id := parseUser(user)
	if r.born {
		since = r.attested[id].Since
	}
	return since, r.revoked[id].After
}

// Signer implements [Signers].
func (r *Roster) Signer(user string) (Signer, bool) {
	a, ok := r.attested[parseUser(user)]
	since, until := r.Term(user)
	return Signer{Public: a.Public, Since: since, Until: until}, ok
}

// Entered implements [Signers].
func (r *Roster) Entered(before int64, state [32]byte, by string) error {
	values := r.entered[before]
	if len(values) == 0 || SignersState(values).Manifest != state {
		return fmt.Errorf("%w: who may sign heads is not what entry %d says", ErrBroken, before)
	}
	id := parseUser(by)
	for key := range values {
		user := [16]byte([]byte(key))
		if len(key) == userSize && r.attested[user].By != id || len(key) > userSize && r.revoked[user].By != id {
			return fmt.Errorf("%w: who may sign heads was changed by another than signed for it", ErrBroken)
		}
	}
	r.confirmed[before] = true
	return nil
}

// Complete implements [Signers].
func (r *Roster) Complete() error {
	for at := range r.entered {
		if !r.confirmed[at] {
			return fmt.Errorf("%w: who may sign heads was changed without the log", ErrBroken)
		}
	}
	return nil
}

// parseUser is a user's id, or one that is nobody's for text that is none.
func parseUser(text string) (id [16]byte) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != userSize || strings.ToLower(text) != text {
		return [16]byte{}
	}
	return [16]byte(raw)
}
