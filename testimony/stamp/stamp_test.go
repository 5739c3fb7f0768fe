package stamp_test

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/testimony/stamp"
	"paravent/testimony/stamp/stamptest"
)

var text = []byte("what was signed when the recording was sealed\n")

func ask(t testing.TB, policy string) (stamp.Question, []byte) {
	t.Helper()
	q := stamp.Question{Digest: sha256.Sum256(text), Nonce: [stamp.NonceSize]byte{0x80, 2, 3}, Policy: policy}
	request, err := q.Request()
	if err != nil {
		t.Fatal(err)
	}
	return q, request
}

func TestAStampFits(t *testing.T) {
	t.Parallel()
	a := stamptest.New(t)
	a.At = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	q, request := ask(t, stamptest.Policy)
	response := a.Answer(request)
	s, err := stamp.Authority{Roots: a.Roots}.Answer(response, q)
	if err != nil {
		t.Fatal(err)
	}
	if want := (stamp.Stamp{At: a.At, Authority: stamptest.Name, Policy: stamptest.Policy}); s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	if again, err := stamp.Check(response, q.Digest, a.Roots); err != nil || again != s {
		t.Errorf("kept, it says %+v, %v", again, err)
	}
}

// Each way in which an authority, or somebody in its place, can be wrong is noticed as what it is.
func TestWrongStamps(t *testing.T) {
	t.Parallel()
	purpose := func(e pkix.Extension) stamptest.Certificate {
		return func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{e} }
	}
	cases := map[string]struct {
		certificate stamptest.Certificate
		spoil       func(*stamptest.Authority)
		policy      string
		want        stamp.Fault
	}{
		"another nonce":              {spoil: func(a *stamptest.Authority) { a.Nonce = big.NewInt(5) }, want: stamp.OtherNonce},
		"another hash":               {spoil: func(a *stamptest.Authority) { a.Digest = make([]byte, 32) }, want: stamp.OtherText},
		"a longer hash":              {spoil: func(a *stamptest.Authority) { a.Digest = make([]byte, 33) }, want: stamp.OtherText},
		"another policy":             {policy: "1.3.6.1.4.1.99999.2", want: stamp.OtherPolicy},
		"refused":                    {spoil: func(a *stamptest.Authority) { a.Status = 2 }, want: stamp.Refused},
		"put off":                    {spoil: func(a *stamptest.Authority) { a.Status = 3 }, want: stamp.Refused},
		"no purpose":                 {certificate: func(c *x509.Certificate) { c.ExtraExtensions = nil }, want: stamp.NotForTime},
		"a server's certificate":     {certificate: purpose(stamptest.Purpose(true, stamptest.ForServers)), want: stamp.NotForTime},
		"one purpose among others":   {certificate: purpose(stamptest.Purpose(true, stamptest.ForTime, stamptest.ForServers)), want: stamp.NotForTime},
		"a purpose one may overlook": {certificate: purpose(stamptest.Purpose(false, stamptest.ForTime)), want: stamp.NotForTime},
		"after the certificate": {certificate: func(c *x509.Certificate) { c.NotAfter = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC) },
			want: stamp.Expired},
		"before the certificate": {spoil: func(a *stamptest.Authority) { a.At = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC) }, want: stamp.Expired},
		"another authority's root": {spoil: func(a *stamptest.Authority) { a.Roots = stamptest.New(t).Roots },
			want: stamp.UnknownRoot},
		"a broken signature":       {spoil: func(a *stamptest.Authority) { a.BreakSign = true }, want: stamp.Forged},
		"a signature of something": {spoil: func(a *stamptest.Authority) { a.Content = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }, want: stamp.Forged},
		"another certificate":      {spoil: func(a *stamptest.Authority) { a.OtherNamed = true }, want: stamp.Forged},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var change []stamptest.Certificate
			if c.certificate != nil {
				change = append(change, c.certificate)
			}
			a := stamptest.New(t, change...)
			if c.spoil != nil {
				c.spoil(a)
			}
			q, request := ask(t, c.policy)
			if _, err := (stamp.Authority{Roots: a.Roots}).Answer(a.Answer(request), q); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// An expired certificate does not spoil what was stamped while it was valid.
func TestAStampOutlivesItsCertificate(t *testing.T) {
	t.Parallel()
	a := stamptest.New(t, func(c *x509.Certificate) { c.NotAfter = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC) })
	a.At = time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)
	q, request := ask(t, "")
	if _, err := stamp.Check(a.Answer(request), q.Digest, a.Roots); err != nil {
		t.Error(err)
	}
}

// No byte of a response can be changed but those that a signature does not cover and that say nothing: of the certificate's own fields all are covered by it or
// by the signed attributes.
func TestEachByteOfAStampCounts(t *testing.T) {
	t.Parallel()
	a := stamptest.New(t)
	q, request := ask(t, "")
	response := a.Answer(request)
	want, err := stamp.Check(response, q.Digest, a.Roots)
	if err != nil {
		t.Fatal(err)
	}
	for i := range response {
		for _, bit := range []byte{1, 0x80} {
			response[i] ^= bit
			if got, err := stamp.Check(response, q.Digest, a.Roots); err == nil && got != want {
				t.Errorf("byte %d: says %+v", i, got)
			}
			response[i] ^= bit
		}
	}
	for n := range response {
		if _, err := stamp.Check(response[:n], q.Digest, a.Roots); err == nil {
			t.Errorf("%d of %d bytes pass", n, len(response))
		}
	}
}

func TestGarbageIsUnreadable(t *testing.T) {
	t.Parallel()
	a := stamptest.New(t)
	q, request := ask(t, "")
	for name, response := range map[string][]byte{"nothing": {}, "a page": []byte("<html>"), "more after it": append(a.Answer(request), 0),
		"too much": append(a.Answer(request), make([]byte, stamp.MaxResponse)...), "the question": request} {
		if _, err := stamp.Check(response, q.Digest, a.Roots); !errors.Is(err, stamp.Unreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatAnAuthorityIsEnteredAs(t *testing.T) {
	t.Parallel()
	roots := stamptest.New(t).Roots
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})
	for name, c := range map[string]struct {
		a  stamp.Authority
		ok bool
	}{
		"whole":         {stamp.Authority{Address: "https://tsa.example/ts", Roots: roots}, true},
		"plain":         {stamp.Authority{Address: "http://tsa.example", Roots: roots, Policy: "1.2.3"}, true},
		"no address":    {stamp.Authority{Roots: roots}, false},
		"a file":        {stamp.Authority{Address: "file:///etc/passwd", Roots: roots}, false},
		"a password":    {stamp.Authority{Address: "https://court:secret@tsa.example", Roots: roots}, false},
		"no root":       {stamp.Authority{Address: "https://tsa.example"}, false},
		"a private key": {stamp.Authority{Address: "https://tsa.example", Roots: append(roots, key...)}, false},
		"a policy":      {stamp.Authority{Address: "https://tsa.example", Roots: roots, Policy: "9.9"}, false},
		"policy words":  {stamp.Authority{Address: "https://tsa.example", Roots: roots, Policy: "1.2.x"}, false},
		"a long policy": {stamp.Authority{Address: "https://tsa.example", Roots: roots, Policy: "1.02.3"}, false},
	} {
		if err := c.a.Check(); (err == nil) != c.ok || err != nil && !errors.Is(err, stamp.ErrAuthority) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A request holds the hash, the nonce and the policy, and no other text: it is as long as these.
func TestARequestTellsNothing(t *testing.T) {
	t.Parallel()
	q, request := ask(t, stamptest.Policy)
	if !strings.Contains(string(request), string(q.Digest[:])) {
		t.Error("the hash is not in it")
	}
	const most = 32 + stamp.NonceSize + 11 + 40 // what stands around them
	if len(request) > most {
		t.Errorf("%d bytes", len(request))
	}
}

// The answers of openssl's authority pass, with each kind of key, and openssl accepts them.
func TestOpenSSLStampsAndVerifies(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"rsa:2048", "ec"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			openssl := func(args ...string) {
				t.Helper()
				c := exec.Command("openssl", args...)
				c.Dir = folder
				if out, err := c.CombinedOutput(); err != nil {
					t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
				}
			}
			write := func(name string, b []byte) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			read := func(name string) []byte {
				t.Helper()
				b, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			kind := []string{"-newkey", key, "-nodes"}
			if key == "ec" {
				kind = append(kind, "-pkeyopt", "ec_paramgen_curve:P-384")
			}
			write("tsa.cnf", []byte(tsaConfig))
			openssl(append([]string{"req", "-x509", "-config", "tsa.cnf", "-extensions", "ca", "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem"}, kind...)...)
			openssl(append([]string{"req", "-new", "-config", "tsa.cnf", "-subj", "/CN=Openssl Authority", "-keyout", "tsa.key", "-out", "tsa.csr"}, kind...)...)
			openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem")
			q, request := ask(t, "")
			write("request.tsq", request)
			write("serial", []byte("01"))
			openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "stamp.tsr")
			s, err := stamp.Authority{Roots: read("root.pem")}.Answer(read("stamp.tsr"), q)
			if err != nil || s.Authority != "Openssl Authority" || s.Policy != "1.2.3.4.1" {
				t.Errorf("%+v, %v", s, err)
			}
			write("text", text)
			openssl("ts", "-verify", "-data", "text", "-in", "stamp.tsr", "-CAfile", "root.pem")
			if _, err := stamp.Check(read("stamp.tsr"), sha256.Sum256([]byte("another")), read("root.pem")); !errors.Is(err, stamp.OtherText) {
				t.Errorf("of another text: %v", err)
			}
		})
	}
}

const tsaConfig = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamping]
extendedKeyUsage = critical,timeStamping
[tsa_settings]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[tsa]
default_tsa = tsa_settings
`

func FuzzCheck(f *testing.F) {
	a := stamptest.New(f)
	q, request := ask(f, "")
	f.Add(a.Answer(request))
	a.Status = 2
	f.Add(a.Answer(request))
	f.Add(request)
	f.Fuzz(func(t *testing.T, response []byte) {
		s, err := stamp.Check(response, q.Digest, a.Roots)
		var fault stamp.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("an error that is no fault: %v", err)
		}
		if err == nil && s.Authority != stamptest.Name {
			t.Errorf("a stamp of %q", s.Authority)
		}
	})
}
