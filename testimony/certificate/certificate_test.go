package certificate_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/testimony/certificate"
	"paravent/testimony/docket"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func sample() docket.Certificate {
	c := docket.Certificate{Version: 1, Vault: strings.Repeat("0a", 16), Issued: noon, Entries: 77, Head: "paravent/vault/0a\n77\nroot\n",
		Backups: docket.Remains{Known: true, Count: 3, Newest: noon, Until: noon.AddDate(1, 1, 0)}}
	c.Erasure.Party, c.Erasure.Pseudonym, c.Erasure.Basis = "party-id", "Witness B", "Court order 44/2026"
	c.Erasure.Records, c.Erasure.Fields = []string{"party-id/record-one"}, identity.AllFields
	for _, college := range []identity.College{identity.Court, identity.Bench} {
		c.Erasure.Consents = append(c.Erasure.Consents, identity.Consent{College: college, By: "official", At: noon, Signature: make([]byte, 64)})
		c.Signers = append(c.Signers, docket.CertifiedBy{ID: "official", Name: "Official " + string(college), Of: college, Public: make([]byte, 32)})
	}
	return c
}

// It says who, what, when, the head and what remains, in both languages.
func TestACertificateCanBeRead(t *testing.T) {
	t.Parallel()
	for language, words := range map[string][]string{
		"en": {"Certificate of erasure", "date of birth", "2027-12-24", "for the bench"},
		"fr": {"Certificat d", "date de naissance", "2027-12-24", "pour le greffe"},
	} {
		path := filepath.Join(t.TempDir(), "c.pdf")
		if err := certificate.Write(path, sample(), language); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for _, want := range append(words, "Witness B", "party-id/record-one", "Official court", "Official bench", "paravent/vault/0a", "77") {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in it", language, want)
			}
		}
		if strings.Contains(text, "%!") {
			t.Error("a word is missing its value")
		}
		if err := certificate.Write(path, sample(), language); !errors.Is(err, fs.ErrExist) {
			t.Errorf("over a file: %v", err)
		}
	}
}

// Nothing is left of a certificate that could not be written, and nothing is replaced.
func TestACertificateThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "c.pdf")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certificate.Write(path, sample(), "en"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "c.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the other half is left: %v", err)
	}
	if err := certificate.Write(filepath.Join(dir, "c.txt"), sample(), "en"); !errors.Is(err, certificate.ErrName) {
		t.Errorf("another name: %v", err)
	}
}
