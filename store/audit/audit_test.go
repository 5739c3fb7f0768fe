package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// testLog is a log in memory with one or more sessions.
type testLog struct {
	leaves [][]byte
	hashes map[int64]Hash
	heads  map[int64][]byte // by size
}

const testVault = "00112233445566778899aabbccddeeff"

type member struct {
	id  [16]byte
	key ed25519.PrivateKey
}

func newMember(n byte) member {
	return member{[16]byte{n}, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32))}
}

func (m member) name() string { return hex.EncodeToString(m.id[:]) }

var alice, bob = newMember(1), newMember(2)

// signers is a [Signers] that knows two users and hears nothing from the log.
type signers struct{}

func (signers) Signer(user string) (Signer, bool) {
	for _, m := range []member{alice, bob} {
		if m.name() == user {
			return Signer{Public: m.key.Public().(ed25519.PublicKey)}, true
		}
	}
	return Signer{}, false
}

func (signers) Entered(int64, [32]byte, string) error { return nil }
func (signers) Complete() error                       { return nil }

func (l *testLog) ReadHash(index int64) (Hash, error) {
	h, ok := l.hashes[index]
	if !ok {
		return h, errors.New("no such hash")
	}
	return h, nil
}

func (l *testLog) append(t testing.TB, leaf []byte) Hash {
	t.Helper()
	n := int64(len(l.leaves))
	hashes, err := Append(n, leaf, l)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range hashes {
		l.hashes[FirstHash(n)+int64(i)] = h
	}
	l.leaves = append(l.leaves, leaf)
	return LeafHash(leaf)
}

func (l *testLog) sign(t testing.TB, m member) {
	t.Helper()
	size := int64(len(l.leaves))
	root, err := Root(size, l)
	if err != nil {
		t.Fatal(err)
	}
	from := int64(0)
	for before := range l.heads {
		if before < size && l.heads[before] != nil {
			from = max(from, before)
		}
	}
	h, err := SignHead(testVault, from, size, root, m.name(), m.key)
	if err != nil {
		t.Fatal(err)
	}
	l.heads[size] = h.Note
}

func newLog(t testing.TB, acts int) *testLog {
	l := &testLog{hashes: map[int64]Hash{}, heads: map[int64][]byte{}}
	last := map[byte]Hash{}
	for i := range acts {
		m := []member{alice, bob}[i%2]
		if i < 2 {
			opening := &Opening{Session: SessionID{byte(i + 1)}, User: m.id, Epoch: 1, Sealed: []byte("enc")}
			last[m.id[0]] = l.append(t, opening.Encode())
		}
		a := &Act{
			Session: SessionID{byte(i%2 + 1)}, Sequence: uint64(i/2 + 1), Previous: last[m.id[0]], Last: true,
			States: []State{{CompartmentTag{byte(i % 3)}, [32]byte{byte(i)}}}, Box: []byte{byte(i)},
		}
		last[m.id[0]] = l.append(t, a.Encode())
		l.sign(t, m)
	}
	return l
}

func (l *testLog) check() (*Checker, error) {
	c := NewChecker(testVault, signers{})
	for i, leaf := range l.leaves {
		hashes, err := c.Leaf(leaf)
		if err != nil {
			return c, err
		}
		for j, h := range hashes {
			if l.hashes[FirstHash(int64(i))+int64(j)] != h {
				return c, fmt.Errorf("%w: stored hash", ErrBroken)
			}
		}
		if h := l.heads[int64(i+1)]; h != nil {
			if err := c.Head(h); err != nil {
				return c, err
			}
		}
	}
	_, err := c.Finish()
	return c, err
}

func TestTrueLogPasses(t *testing.T) {
	t.Parallel()
	for acts := range 20 {
		c, err := newLog(t, acts).check()
		if err != nil {
			t.Fatalf("%d acts: %v", acts, err)
		}
		if acts == 19 && (len(c.States()) != 3 || c.States()[CompartmentTag{0}] != [32]byte{18}) {
			t.Errorf("states %v", c.States())
		}
	}
}

func TestFalseLogFails(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*testLog){
		"leaf changed":            func(l *testLog) { l.leaves[5][len(l.leaves[5])-1] ^= 1 },
		"leaf removed":            func(l *testLog) { l.leaves = slices.Delete(l.leaves, 4, 5) },
		"leaves exchanged":        func(l *testLog) { l.leaves[4], l.leaves[5] = l.leaves[5], l.leaves[4] },
		"leaf repeated":           func(l *testLog) { l.leaves = slices.Insert(l.leaves, 6, l.leaves[5]) },
		"opening repeated":        func(l *testLog) { l.leaves = append(l.leaves, l.leaves[0]) },
		"end cut off":             func(l *testLog) { l.leaves, l.heads[9] = l.leaves[:9], nil },
		"leaf without a head":     func(l *testLog) { delete(l.heads, int64(len(l.leaves))) },
		"head in the middle lost": func(l *testLog) { delete(l.heads, 7) },
		"stored hash changed":     func(l *testLog) { l.hashes[6] = Hash{} },
		"head's signature false":  func(l *testLog) { l.heads[7][len(l.heads[7])-5] ^= 1 },
		"head of another size":    func(l *testLog) { l.heads[7] = l.heads[6] },
		"nothing but rubbish":     func(l *testLog) { l.leaves[3] = []byte("rubbish") },
	} {
		l := newLog(t, 12)
		spoil(l)
		if _, err := l.check(); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestHistoryCannotBeRewrittenAlone lets one user recompute the whole tree without an entry of the other's.
func TestHistoryCannotBeRewrittenAlone(t *testing.T) {
	t.Parallel()
	l := newLog(t, 6)
	forged := &testLog{hashes: map[int64]Hash{}, heads: map[int64][]byte{}}
	for i, leaf := range l.leaves {
		if i == len(l.leaves)-1 { // bob's last act
			continue
		}
		forged.append(t, leaf)
		forged.heads[int64(i+1)] = l.heads[int64(i+1)]
	}
	forged.sign(t, alice)
	if _, err := forged.check(); err != nil {
		t.Fatalf("a shorter log with true heads is for an anchor to notice, got %v", err)
	}
	forged.append(t, l.leaves[len(l.leaves)-1])
	forged.sign(t, alice) // bob's act under alice's name
	if _, err := forged.check(); !errors.Is(err, ErrBroken) {
		t.Errorf("got %v", err)
	}
}

// TestNobodySignsForTheEntriesOfAnother puts an unlock under bob's name into alice's transaction: honest as bob is, he signs over it.
func TestNobodySignsForTheEntriesOfAnother(t *testing.T) {
	t.Parallel()
	l := newLog(t, 4)
	attested := []Attestation{vouch(alice, 0, alice), vouch(bob, 3, alice)}
	forged := int64(len(l.leaves)) + 1
	last := l.append(t, (&Opening{Session: SessionID{9}, User: bob.id, Epoch: 1, Sealed: []byte("enc")}).Encode())
	l.append(t, (&Act{Session: SessionID{9}, Sequence: 1, Previous: last, Last: true, Box: []byte("bob did it")}).Encode())
	l.sign(t, alice)
	after := int64(len(l.leaves))
	last = l.append(t, (&Opening{Session: SessionID{8}, User: bob.id, Epoch: 1, Sealed: []byte("enc")}).Encode())
	l.append(t, (&Act{Session: SessionID{8}, Sequence: 1, Previous: last, Last: true, Box: []byte("bob's own")}).Encode())
	l.sign(t, bob)
	newest := int64(len(l.leaves))
	prove := func(index, own int64) (Proven, error) {
		t.Helper()
		p := Proof{Format: ProofFormat, Vault: testVault, Founder: alice.public(), Head: string(l.heads[newest]), Inclusion: &Inclusion{Index: index, Leaf: l.leaves[index]}}
		for _, a := range attested {
			p.Signers = append(p.Signers, NewVouched(a))
		}
		var err, err2 error
		p.Inclusion.Path, err = ProveInclusion(newest, index, l)
		if own > 0 {
			p.Inclusion.Own = &Own{Head: string(l.heads[own])}
			p.Inclusion.Own.Path, err2 = ProveInclusion(own, min(index, own-1), l)
		}
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return p.Check()
	}
	if p, err := prove(forged, newest); !errors.Is(err, ErrBroken) {
		t.Errorf("bob signed for it: %+v, %v", p, err)
	}
	if p, err := prove(forged, after); err != nil || p.By != alice.name() {
		t.Errorf("alice signed for it: %+v, %v", p, err)
	}
	if p, err := prove(forged, 0); err != nil || p.By != "" {
		t.Errorf("nobody is said to: %+v, %v", p, err)
	}
	if p, err := prove(newest-1, newest); err != nil || p.By != bob.name() {
		t.Errorf("bob's own: %+v, %v", p, err)
	}
	if p, err := prove(newest-1, after); !errors.Is(err, ErrBroken) {
		t.Errorf("a head from before: %+v, %v", p, err)
	}
	if _, err := l.check(); !errors.Is(err, ErrBroken) {
		t.Errorf("the check of the whole log: %v", err)
	}
}

func TestAHeadSaysWhereItsTransactionBegan(t *testing.T) {
	t.Parallel()
	for from, passes := range map[int64]bool{Unsaid: true, 4: true, 3: false, 5: false, 0: false} {
		l := newLog(t, 2)
		last := l.append(t, (&Opening{Session: SessionID{9}, User: alice.id, Epoch: 1, Sealed: []byte("enc")}).Encode())
		l.append(t, (&Act{Session: SessionID{9}, Sequence: 1, Previous: last, Last: true, Box: []byte("x")}).Encode())
		size := int64(len(l.leaves))
		root, err := Root(size, l)
		if err != nil {
			t.Fatal(err)
		}
		h, err := SignHead(testVault, from, size, root, alice.name(), alice.key)
		if err != nil {
			t.Fatal(err)
		}
		l.heads[size] = h.Note
		if _, err := l.check(); (err == nil) != passes {
			t.Errorf("from %d: %v", from, err)
		}
		if again, err := ParseHead(testVault, h.Note); err != nil || again.From != from {
			t.Errorf("from %d comes back as %+v, %v", from, again, err)
		}
	}
	for _, text := range []string{"from 04", "from -1", "from 9", "from", "before 2"} {
		if _, err := ParseHead(testVault, []byte("paravent/vault/"+testVault+"\n9\n"+Hash{1}.String()+"\n"+text+"\n\n— x AAAA\n")); !errors.Is(err, ErrBroken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProofs(t *testing.T) {
	t.Parallel()
	l := newLog(t, 11)
	var heads []Head
	for size := int64(1); size <= int64(len(l.leaves)); size++ {
		if l.heads[size] == nil {
			continue // in the midst of a transaction
		}
		h, err := ParseHead(testVault, l.heads[size])
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, h)
	}
	newest := heads[len(heads)-1]
	for n, leaf := range l.leaves {
		proof, err := ProveInclusion(newest.Size, int64(n), l)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckInclusion(proof, newest, int64(n), leaf); err != nil {
			t.Errorf("leaf %d: %v", n, err)
		}
		if CheckInclusion(proof, newest, int64(n), []byte("other")) == nil {
			t.Errorf("leaf %d: another leaf passed", n)
		}
	}
	for _, older := range heads {
		proof, err := ProveConsistency(newest.Size, older.Size, l)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckConsistency(proof, newest, older); err != nil {
			t.Errorf("size %d: %v", older.Size, err)
		}
		older.Root[0] ^= 1
		if CheckConsistency(proof, newest, older) == nil {
			t.Errorf("size %d: another root passed", older.Size)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	f.Add((&Opening{Sealed: []byte("x")}).Encode())
	f.Add((&Act{States: []State{{}, {}}, Box: []byte("box")}).Encode())
	f.Add([]byte{1, 2})
	f.Fuzz(func(t *testing.T, raw []byte) {
		leaf, err := ParseLeaf(raw)
		if err == nil && !bytes.Equal(leaf.Encode(), raw) {
			t.Errorf("%x came back as %x", raw, leaf.Encode())
		}
	})
}

func FuzzParseHead(f *testing.F) {
	h, err := SignHead(testVault, Unsaid, 3, Hash{1}, alice.name(), alice.key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h.Note)
	f.Add([]byte("paravent/vault/" + testVault + "\n1\n\n\n— x y\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := ParseHead(testVault, raw)
		if err != nil {
			return
		}
		if err := h.Verify(alice.key.Public().(ed25519.PublicKey)); err == nil && !bytes.Contains(raw, []byte(alice.name())) {
			t.Errorf("%q verified", raw)
		}
	})
}
