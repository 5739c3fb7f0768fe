package etcdtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/etcd"
)

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string
}

func newAuthority(t *testing.T) *authority {
	a := new(authority)
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the court"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	must(t, err)
	a.certificate, err = x509.ParseCertificate(raw)
	must(t, err)
	a.file = pemFile(t, "CERTIFICATE", raw)
	return a
}

// issue makes a certificate for this machine, as a server's and as a client's, and returns its files.
func (a *authority) issue(t *testing.T) (cert, key string) {
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "desk"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, own.Public(), a.key)
	must(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	must(t, err)
	return pemFile(t, "CERTIFICATE", raw), pemFile(t, "PRIVATE KEY", pkcs8)
}

func pemFile(t *testing.T, kind string, raw []byte) string {
	path := filepath.Join(t.TempDir(), "pem")
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600))
	return path
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	court, stranger := newAuthority(t), newAuthority(t)
	c := start(t, 1, func(m *member) {
		m.CA = court.file
		m.Cert, m.Key = court.issue(t)
	})
	cert, key := court.issue(t)
	strangeCert, strangeKey := stranger.issue(t)
	from := func(ca, cert, key string) error {
		config, err := etcd.ParseURL("etcd://" + c.members[0].address + "/court?ca=" + ca + "&cert=" + cert + "&key=" + key)
		must(t, err)
		config.Timeout = 2 * time.Second
		b, err := etcd.Open(t.Context(), config)
		if err != nil {
			return err
		}
		defer b.Close()
		put(t, b, "a", "1")
		return nil
	}
	must(t, from(court.file, cert, key))
	if err := from(court.file, strangeCert, strangeKey); !errors.Is(err, store.ErrRefused) {
		t.Errorf("a certificate of another court: got %v", err)
	}
	if err := from(stranger.file, cert, key); !errors.Is(err, store.ErrRefused) {
		t.Errorf("members of another court: got %v", err)
	}
	config, err := etcd.ParseURL("etcd://" + c.members[0].address + "/court?ca=" + court.file + "&cert=" + cert + "&key=" + key)
	must(t, err)
	config.Timeout = 2 * time.Second
	config.TLS.GetClientCertificate = nil
	if _, err := etcd.Open(t.Context(), config); !errors.Is(err, store.ErrRefused) {
		t.Errorf("no certificate: got %v", err)
	}
	plain, err := etcd.ParseURL("etcd://" + c.members[0].address + "/court")
	must(t, err)
	plain.Timeout = time.Second
	if _, err := etcd.Open(t.Context(), plain); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("no TLS at all: got %v", err)
	}
}
