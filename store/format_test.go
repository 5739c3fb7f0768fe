package store_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"paravent/store"
	"paravent/store/bolt"
)

const golden = "testdata/format1.vault"

var update = flag.Bool("update", false, "write "+golden+" anew: only when the format changes its number")

// stranger reads a vault by docs/vault-format.md alone: it shares no code with the program.
type stranger struct {
	t        *testing.T
	buckets  map[string]map[string][]byte
	vault    []byte
	identity []byte
	salt     []byte
	user     []byte
	seed     []byte
}

func TestStrangerReadsTheGoldenVault(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	s := openAsStranger(t, golden)
	s.login("clerk", "correct horse")
	root := s.grant(make([]byte, 16), 1)
	tag := hmacOf(expand(root[32:], "paravent/compartment/1", 32), "docket")[:16]
	keys := s.grant(tag, 1)
	prefix := hmacOf(expand(keys[32:], "paravent/collection/1", 32), "note")[:16]
	key := append(slices.Clone(prefix), hmacOf(expand(keys[32:], "paravent/name/1"+string(prefix), 32), "b")[:16]...)
	envelope := s.buckets["record"][string(key)]
	plain := s.open('r', tag, key, expand(keys[:32], "paravent/record/1"+string(prefix), 32), envelope)
	idLength, length := binary.BigEndian.Uint16(plain[1:]), binary.BigEndian.Uint32(plain[3:])
	id, value := plain[7:7+idLength], plain[7+uint32(idLength):][:length]
	if plain[0] != 1 || string(id) != "b" || string(value) != `{"Text":"second","Count":2}` || len(plain) != 256 {
		t.Errorf("record %d %q %q", plain[0], id, value)
	}
	s.checkManifest(tag, keys, prefix)
	s.checkLog(hmacOf(expand(root[32:], "paravent/compartment/1", 32), "audit")[:16], root)
}

// TestGoldenVault opens the same file with the program as it is now.
func TestGoldenVault(t *testing.T) {
	raw, err := os.ReadFile(golden)
	must(t, err)
	path := filepath.Join(t.TempDir(), "vault")
	must(t, os.WriteFile(path, raw, 0o600))
	v := unlock(t, path, "clerk", "correct horse")
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		all, err := goldenNotes.All(tx, "docket")
		if len(all) != 2 || all[1].Value != (note{"second", 2}) {
			t.Errorf("got %v", all)
		}
		return err
	}))
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() || report.Users != 2 {
		t.Errorf("%+v", report)
	}
}

var goldenNotes = store.NewCollection[note]("note")

func writeGolden(t *testing.T) {
	must(t, os.RemoveAll(golden))
	must(t, os.MkdirAll(filepath.Dir(golden), 0o755))
	b, err := bolt.Open(golden, bolt.Options{Create: true})
	must(t, err)
	clock := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	v, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", DisplayName: "Clerk", Role: "clerk", Passphrase: []byte("correct horse")},
		store.Options{KDF: lightKDF, Clock: clock})
	must(t, err)
	_, err = v.AddUser(t.Context(), store.NewUser{Login: "judge", Role: "judge", Passphrase: []byte("battery staple")})
	must(t, err)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("docket.create", map[string]string{"count": "2"})
		must(t, tx.CreateCompartment("docket", []store.UserID{v.Me().ID}))
		must(t, goldenNotes.Put(tx, "docket", "a", note{"first", 1}))
		return goldenNotes.Put(tx, "docket", "b", note{"second", 2})
	}))
	must(t, v.Close())
}

func openAsStranger(t *testing.T, path string) *stranger {
	db, err := bbolt.Open(path, 0o400, &bbolt.Options{ReadOnly: true})
	must(t, err)
	defer db.Close()
	s := &stranger{t: t, buckets: map[string]map[string][]byte{}}
	must(t, db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			s.buckets[string(name)] = map[string][]byte{}
			return b.ForEach(func(k, v []byte) error {
				s.buckets[string(name)][string(k)] = slices.Clone(v)
				return nil
			})
		})
	}))
	h := s.buckets["vault"]["header"]
	sum := sha256.Sum256(h[:len(h)-32])
	if string(h[:16]) != "paravent vault\n\x00" || h[17] != 1 || !bytes.Equal(sum[:], h[len(h)-32:]) {
		t.Fatalf("header %x", h)
	}
	s.vault, s.salt = h[18:34], h[34:66]
	identity := sha256.Sum256(slices.Concat([]byte("paravent/vault/1"), s.vault, s.salt, h[79:111]))
	s.identity = identity[:]
	return s
}

func (s *stranger) login(login, passphrase string) {
	key := hmacOf(s.salt, "paravent/login/1"+login)
	l := s.buckets["login"][string(key)]
	pass := argon2.IDKey([]byte(passphrase), l[10:26], binary.BigEndian.Uint32(l[1:]), binary.BigEndian.Uint32(l[5:]), l[9], 32)
	if !bytes.Equal(l[26:42], expand(pass, "paravent/login/check/1", 16)) {
		s.t.Fatal("the passphrase's check differs")
	}
	aad := slices.Concat([]byte("paravent/login/1"), s.identity, key, l[:42])
	plain := s.unseal(expand(pass, "paravent/login/key/1", 32), l[42:66], l[66:162], aad)
	s.user, s.seed = plain[:16], plain[16:48]
}

func (s *stranger) grant(tag []byte, epoch uint32) []byte {
	place := append(binary.BigEndian.AppendUint32(slices.Clone(tag), epoch), s.user...)
	g := s.buckets["grant"][string(place)]
	key, err := hpke.MLKEM768X25519().NewPrivateKey(s.seed)
	must(s.t, err)
	info := slices.Concat([]byte("paravent/grant/1"), s.vault, place)
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), info, g)
	must(s.t, err)
	return plain
}

func (s *stranger) open(kind byte, tag, place, key, envelope []byte) []byte {
	aad := slices.Concat([]byte{1, kind}, s.vault, tag, place, envelope[:13])
	return s.unseal(key, envelope[13:37], envelope[37:], aad)
}

func (s *stranger) unseal(key, nonce, box, aad []byte) []byte {
	s.t.Helper()
	aead, err := chacha20poly1305.NewX(key)
	must(s.t, err)
	plain, err := aead.Open(nil, nonce, box, aad)
	must(s.t, err)
	return plain
}

func (s *stranger) checkManifest(tag, keys, prefix []byte) {
	envelope := s.buckets["manifest"][string(tag)]
	plain := s.open('m', tag, make([]byte, 32), expand(keys[:32], "paravent/manifest/1", 32), envelope)
	if binary.BigEndian.Uint32(plain) != 1 || !bytes.Equal(plain[4:20], prefix) || binary.BigEndian.Uint64(plain[20:]) != 2 {
		s.t.Errorf("manifest %x", plain[:92])
	}
	sumKey := expand(keys[:32], "paravent/sum/1"+string(prefix), 16)
	tags, whole := new(big.Int), new(big.Int)
	for k, e := range s.buckets["record"] {
		if strings.HasPrefix(k, string(prefix)) {
			addHash(tags, sumKey, []byte(k[16:]), e[len(e)-16:])
			addHash(whole, sumKey, []byte(k[16:]), e)
		}
	}
	if littleEndian(plain[28:60]).Cmp(tags) != 0 || littleEndian(plain[60:92]).Cmp(whole) != 0 {
		s.t.Error("the manifest's sums differ")
	}
}

func addHash(sum *big.Int, parts ...[]byte) {
	h := sha256.Sum256(slices.Concat(parts...))
	sum.Add(sum, littleEndian(h[:]))
	sum.Mod(sum, new(big.Int).Lsh(big.NewInt(1), 256))
}

func littleEndian(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

func (s *stranger) checkLog(auditTag, root []byte) {
	var leaves [][]byte
	for {
		leaf := s.buckets["log"][string(append(binary.BigEndian.AppendUint64(nil, uint64(len(leaves))), 0))]
		if leaf == nil {
			break
		}
		leaves = append(leaves, leaf)
	}
	if len(leaves) != 4 || leaves[0][1] != 1 {
		s.t.Fatalf("%d leaves", len(leaves))
	}
	s.checkHead(leaves)

	auditKeys := s.grant(auditTag, 1)
	reader, err := hpke.MLKEM768X25519().NewPrivateKey(expand(auditKeys[:32], "paravent/audit/1", 32))
	must(s.t, err)
	opening := leaves[0]
	info := slices.Concat([]byte("paravent/audit/session/1"), s.vault, opening[18:34], opening[2:18], opening[34:38])
	recipient, err := hpke.NewRecipient(opening[38:], reader, hpke.HKDFSHA256(), hpke.AES256GCM(), info)
	must(s.t, err)
	entryKey, err := recipient.Export("paravent/audit/entry/1", 32)
	must(s.t, err)

	act := leaves[3]
	states := int(binary.BigEndian.Uint16(act[59:]))
	bound := act[:61+48*states]
	plain := s.unseal(entryKey, act[len(bound):][:24], act[len(bound)+24:],
		slices.Concat([]byte("paravent/audit/entry/1"), s.vault, bound))
	var entry struct {
		T time.Time
		A string
		D map[string]string
	}
	must(s.t, json.Unmarshal(plain, &entry))
	if entry.A != "docket.create" || entry.D["count"] != "2" || entry.T.Year() != 2026 || states != 2 {
		s.t.Errorf("entry %+v with %d states", entry, states)
	}
	for at := 61; at < len(bound); at += 48 {
		sum := sha256.Sum256(s.buckets["manifest"][string(bound[at:at+16])])
		if !bytes.Equal(sum[:], bound[at+16:at+48]) {
			s.t.Error("a state is not its manifest's")
		}
	}
}

func (s *stranger) checkHead(leaves [][]byte) {
	head := s.buckets["vault"]["head"]
	root := treeHash(leaves)
	text := fmt.Sprintf("paravent/vault/%x\n%d\n%s\n", s.vault, len(leaves), base64.StdEncoding.EncodeToString(root))
	signature, found := strings.CutPrefix(string(head), text+fmt.Sprintf("\n— %x ", s.user))
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(signature, "\n"))
	founder := s.buckets["vault"]["header"][79:111]
	if !found || err != nil || len(raw) != 68 || !ed25519.Verify(founder, []byte(text), raw[4:]) {
		s.t.Errorf("head %q, want %q", head, text)
	}
}

// treeHash is RFC 6962 §2.1 word for word.
func treeHash(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		h := sha256.Sum256(append([]byte{0}, leaves[0]...))
		return h[:]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	h := sha256.Sum256(slices.Concat([]byte{1}, treeHash(leaves[:k]), treeHash(leaves[k:])))
	return h[:]
}

func expand(key []byte, info string, n int) []byte {
	out, err := hkdf.Expand(sha256.New, key, info, n)
	if err != nil {
		panic(err)
	}
	return out
}

func hmacOf(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
