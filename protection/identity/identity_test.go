package identity_test

import (
	"bytes"
	"crypto/hpke"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/identity"
)

const party = protection.PartyID("p1")

// official is a member of a college with the private key.
type official struct {
	identity.Recipient
	key hpke.PrivateKey
}

func newOfficial(t *testing.T, id string) official {
	t.Helper()
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return official{identity.Recipient{ID: id, Public: key.PublicKey().Bytes()}, key}
}

// halves opens an official's share, as the ceremony of disclosure will.
func (o official) halves(party protection.PartyID, s identity.Share) ([][]byte, error) {
	return openWith(o.key, s.Enc, identity.ShareInfo(party, s.College, s.Holder), s.Halves)
}

// openWith opens what store.SealTo sealed.
func openWith(key hpke.PrivateKey, enc, info []byte, boxes [][]byte) ([][]byte, error) {
	recipient, err := hpke.NewRecipient(enc, key, hpke.HKDFSHA256(), hpke.AES256GCM(), info)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, box := range boxes {
		half, err := recipient.Open(nil, box)
		if err != nil {
			return nil, err
		}
		out = append(out, half)
	}
	return out, nil
}

// office is two colleges of two members each.
type office struct {
	clerk, registrar, judge, liaison official
}

func newOffice(t *testing.T) office {
	return office{newOfficial(t, "clerk"), newOfficial(t, "registrar"), newOfficial(t, "judge"), newOfficial(t, "liaison")}
}

func (o office) seal(t *testing.T, fields identity.Fields) identity.Sealed {
	t.Helper()
	s, err := identity.Seal(rand.Reader, party, fields, []identity.Recipient{o.clerk.Recipient, o.registrar.Recipient},
		[]identity.Recipient{o.judge.Recipient, o.liaison.Recipient})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// share returns the halves that an official holds of a sealed identity.
func (o official) share(t *testing.T, s identity.Sealed) [][]byte {
	t.Helper()
	for _, share := range s.Shares {
		if share.Holder != o.ID {
			continue
		}
		halves, err := o.halves(s.Party, share)
		if err != nil {
			t.Fatalf("%s cannot open their own share: %v", o.ID, err)
		}
		return halves
	}
	t.Fatalf("%s has no share", o.ID)
	return nil
}

// Any member of the court's college with any member of the bench's reads back every field as it was typed.
func TestTwoHalvesOpen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	typed := identity.Fields{}
	for i, f := range identity.AllFields {
		typed[f] = strings.Repeat("é", i*150+1)
	}
	s := o.seal(t, typed)
	for _, court := range []official{o.clerk, o.registrar} {
		for _, bench := range []official{o.judge, o.liaison} {
			got := identity.Fields{}
			for i, box := range s.Boxes {
				text, err := identity.Open(party, box, court.share(t, s)[i], bench.share(t, s)[i])
				if err != nil {
					t.Fatalf("%s with %s: %v", court.ID, bench.ID, err)
				}
				got[box.Field] = text
			}
			if diff := cmp.Diff(typed, got); diff != "" {
				t.Errorf("%s with %s (-typed +read):\n%s", court.ID, bench.ID, diff)
			}
		}
	}
}

// Nothing short of one half from each college opens a field.
func TestOneCollegeNeverOpens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.seal(t, identity.Fields{identity.Name: "invented", identity.Address: "nowhere"})
	clerk, registrar, judge, liaison := o.clerk.share(t, s), o.registrar.share(t, s), o.judge.share(t, s), o.liaison.share(t, s)
	zero := make([]byte, 32)
	for name, pair := range map[string][2][]byte{
		"two of the court":     {clerk[0], registrar[0]},
		"two of the bench":     {judge[0], liaison[0]},
		"one of the court":     {clerk[0], zero},
		"one of the bench":     {zero, judge[0]},
		"the same twice":       {clerk[0], clerk[0]},
		"of two fields":        {clerk[0], judge[1]},
		"of the other field":   {clerk[1], judge[1]},
		"none":                 {zero, zero},
		"no bytes":             {nil, nil},
		"no bytes of one":      {clerk[0], nil},
		"a half and a bit":     {append(bytes.Clone(clerk[0]), 0), judge[0]},
		"a half less a byte":   {clerk[0], judge[0][:31]},
		"a half with one flip": {flip(clerk[0], 0), judge[0]},
	} {
		if text, err := identity.Open(party, s.Boxes[0], pair[0], pair[1]); err == nil {
			t.Errorf("%s: the field was opened: %q", name, text)
		}
	}
	if text, err := identity.Open(party, s.Boxes[0], clerk[0], judge[0]); err != nil || text != "invented" {
		t.Errorf("one half of each: %q, %v", text, err)
	}
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

// Both members of a college hold the same half, so that neither is needed by name; the two colleges' halves differ.
func TestCollegeSharesOneHalf(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.seal(t, identity.Fields{identity.Name: "invented", identity.Note: "x"})
	for i := range s.Boxes {
		clerk, registrar, judge, liaison := o.clerk.share(t, s)[i], o.registrar.share(t, s)[i], o.judge.share(t, s)[i], o.liaison.share(t, s)[i]
		if !bytes.Equal(clerk, registrar) || !bytes.Equal(judge, liaison) || bytes.Equal(clerk, judge) {
			t.Errorf("the halves of field %d are not one to each college", i)
		}
	}
	if bytes.Equal(o.clerk.share(t, s)[0], o.clerk.share(t, s)[1]) {
		t.Error("two fields have one key")
	}
}

// A field cannot be passed off as another one, or as another person's.
func TestBoxIsBoundToPartyAndField(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.seal(t, identity.Fields{identity.BirthDate: "1 January"})
	court, bench := o.clerk.share(t, s)[0], o.judge.share(t, s)[0]
	if _, err := identity.Open("p2", s.Boxes[0], court, bench); err == nil {
		t.Error("the field opens as another party's")
	}
	moved := s.Boxes[0]
	moved.Field = identity.Name
	if _, err := identity.Open(party, moved, court, bench); err == nil {
		t.Error("the birth date opens as a name")
	}
	for i := range s.Boxes[0].Cipher {
		changed := identity.Box{Field: identity.BirthDate, Cipher: flip(s.Boxes[0].Cipher, i)}
		if _, err := identity.Open(party, changed, court, bench); err == nil {
			t.Fatalf("with byte %d changed the field opens", i)
		}
		if _, err := identity.Open(party, identity.Box{Field: identity.BirthDate, Cipher: s.Boxes[0].Cipher[:i]}, court, bench); err == nil {
			t.Fatalf("the first %d bytes of the field open", i)
		}
	}
}

// A share opens for its holder, under its own college and party, and for nobody else.
func TestShareIsBoundToItsHolder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.seal(t, identity.Fields{identity.Name: "invented"})
	for _, share := range s.Shares {
		for _, who := range []official{o.clerk, o.registrar, o.judge, o.liaison} {
			_, err := who.halves(party, share)
			if own := who.ID == share.Holder; own != (err == nil) {
				t.Errorf("%s and the share of %s: %v", who.ID, share.Holder, err)
			}
		}
	}
	own := s.Shares[0]
	holder := map[string]official{"clerk": o.clerk, "registrar": o.registrar, "judge": o.judge, "liaison": o.liaison}[own.Holder]
	if _, err := holder.halves("p2", own); err == nil {
		t.Error("the share opens as another party's")
	}
	for _, college := range []identity.College{identity.Court, identity.Bench} {
		renamed := own
		renamed.College = college
		if _, err := holder.halves(party, renamed); (err == nil) != (college == own.College) {
			t.Errorf("the share of the %s college as the %s college's: %v", own.College, college, err)
		}
	}
}

// Lengths come in steps of 256 bytes: a short name and a long one look alike.
func TestPaddingHidesTheLength(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	size := func(n int) int {
		return len(o.seal(t, identity.Fields{identity.Name: strings.Repeat("x", n)}).Boxes[0].Cipher)
	}
	short := size(1)
	for _, n := range []int{2, 17, 100, 254, 255} {
		if got := size(n); got != short {
			t.Errorf("%d bytes are sealed into %d, 1 byte into %d", n, got, short)
		}
	}
	for _, n := range []int{256, 300, 511} {
		if got := size(n); got != short+256 {
			t.Errorf("%d bytes are sealed into %d, want %d", n, got, short+256)
		}
	}
}

// Whatever is typed comes back, zeros and padding bytes at the end included.
func TestAnyTextComesBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringN(1, 300, 1200).Draw(rt, "text") + rapid.SampledFrom([]string{"", "\x00", "\x80", "\x80\x00\x00", "\n"}).Draw(rt, "end")
		s := o.seal(t, identity.Fields{identity.Note: text})
		got, err := identity.Open(party, s.Boxes[0], o.clerk.share(t, s)[0], o.judge.share(t, s)[0])
		if err != nil || got != text {
			rt.Fatalf("%q came back as %q: %v", text, got, err)
		}
	})
}

// What is stored tells which fields there are, who holds a share, and nothing that was typed.
func TestNothingTypedIsStored(t *testing.T) {
	t.Parallel()
	const canary = "Canary Oyelaran-Tchoupitoulas"
	o := newOffice(t)
	s := o.seal(t, identity.Fields{identity.Name: canary, identity.Address: "1 " + canary + " Street"})
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{canary, "Oyelaran", base64.StdEncoding.EncodeToString([]byte(canary))[:20]} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%q stands in what is stored", secret)
		}
	}
	var back identity.Sealed
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Errorf("it is read back differently:\n%s", diff)
	}
	for _, box := range s.Boxes {
		if bytes.Contains(box.Cipher, []byte("Oyelaran")) {
			t.Errorf("%s is not encrypted", box.Field)
		}
	}
	// The same identity sealed twice has nothing in common.
	again := o.seal(t, identity.Fields{identity.Name: canary})
	if bytes.Equal(again.Boxes[0].Cipher[:24], s.Boxes[0].Cipher[:24]) || bytes.Equal(o.clerk.share(t, again)[0], o.clerk.share(t, s)[0]) {
		t.Error("two sealings share a nonce or a half")
	}
}

// Empty fields are left out, and the others stand in the order of the form.
func TestOnlyWhatWasTypedIsSealed(t *testing.T) {
	t.Parallel()
	s := newOffice(t).seal(t, identity.Fields{identity.Note: "n", identity.Name: "a", identity.Family: "", identity.Contact: "c"})
	var fields []identity.Field
	for _, b := range s.Boxes {
		fields = append(fields, b.Field)
	}
	if diff := cmp.Diff([]identity.Field{identity.Name, identity.Contact, identity.Note}, fields); diff != "" {
		t.Errorf("sealed (-want +got):\n%s", diff)
	}
	if len(s.Shares) != 4 || s.Party != party {
		t.Errorf("%d shares of %s", len(s.Shares), s.Party)
	}
	for _, share := range s.Shares {
		if len(share.Halves) != 3 {
			t.Errorf("%s holds %d halves", share.Holder, len(share.Halves))
		}
	}
}

func TestSealingIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	court, bench := []identity.Recipient{o.clerk.Recipient}, []identity.Recipient{o.judge.Recipient}
	name := identity.Fields{identity.Name: "invented"}
	broken := errors.New("no randomness")
	for title, c := range map[string]struct {
		random       io.Reader
		fields       identity.Fields
		court, bench []identity.Recipient
		want         error
	}{
		"no court":          {rand.Reader, name, nil, bench, identity.ErrNoCollege},
		"no bench":          {rand.Reader, name, court, nil, identity.ErrNoCollege},
		"one in both":       {rand.Reader, name, court, append(bench, court...), identity.ErrBoth},
		"unknown field":     {rand.Reader, identity.Fields{identity.Name: "a", "shoe_size": "38"}, court, bench, identity.ErrField},
		"too long":          {rand.Reader, identity.Fields{identity.Note: strings.Repeat("x", 4001)}, court, bench, identity.ErrTooLong},
		"nothing":           {rand.Reader, nil, court, bench, identity.ErrEmpty},
		"empty fields only": {rand.Reader, identity.Fields{identity.Name: ""}, court, bench, identity.ErrEmpty},
		"no randomness":     {iotest.ErrReader(broken), name, court, bench, broken},
	} {
		s, err := identity.Seal(c.random, party, c.fields, c.court, c.bench)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", title, err, c.want)
		}
		if len(s.Boxes)+len(s.Shares) != 0 {
			t.Errorf("%s: something was sealed all the same", title)
		}
		if err != nil && strings.Contains(err.Error(), "invented") {
			t.Errorf("%s: the error tells what was typed: %v", title, err)
		}
	}
	if _, err := identity.Seal(rand.Reader, party, identity.Fields{identity.Note: strings.Repeat("x", 4000)}, court, bench); err != nil {
		t.Errorf("4000 bytes: %v", err)
	}
	bad := []identity.Recipient{{ID: "judge", Public: []byte("not a key")}}
	if _, err := identity.Seal(rand.Reader, party, name, court, bad); err == nil {
		t.Error("a half was sealed to something that is not a key")
	}
}

// The randomness runs out at every place in turn: there is an error each time, and never half an identity.
func TestSealingNeedsAllItsRandomness(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const needed = 32 + 32 + 24 // key, half and nonce of one field
	for n := range needed + 1 {
		s, err := identity.Seal(io.LimitReader(rand.Reader, int64(n)), party, identity.Fields{identity.Name: "x"},
			[]identity.Recipient{o.clerk.Recipient}, []identity.Recipient{o.judge.Recipient})
		if enough := n == needed; enough != (err == nil) || enough != (len(s.Boxes) == 1) {
			t.Errorf("with %d random bytes: %d boxes, %v", n, len(s.Boxes), err)
		}
	}
}

// Two different parties, colleges or holders never share an info string, and the party's id cannot reach into the holder's.
func TestShareInfoIsUnambiguous(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, p := range []protection.PartyID{"p", "p1", "p\x00"} {
		for _, c := range []identity.College{identity.Court, identity.Bench} {
			for _, h := range []string{"h", "1h", ""} {
				what := fmt.Sprintf("%q %q %q", p, c, h)
				info := string(identity.ShareInfo(p, c, h))
				if seen[info] != "" {
					t.Errorf("%s and %s have one info string", seen[info], what)
				}
				seen[info] = what
			}
		}
	}
}
