package store

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Enrolment is what somebody who is no user yet asks of a vault: to be enrolled with keys that they made themselves. Their private keys
// are in it under a passphrase that only they know, as in any login record, and the whole is signed with the new key.
//
// It is made with [Invitation.Prepare], carried as a file or left in the vault with [Sealed.Leave], and taken in with
// [Vault.AdmissionOf] and [Tx.Admit].
type Enrolment struct {
	ID            UserID
	Login         string
	DisplayName   string
	Role          Role
	Language      string // in which the words of its fingerprint are said on both sides
	Asked         time.Time
	HPKEPublic    []byte
	SigningPublic []byte

	login []byte // the login record
	raw   []byte // the request as signed, its signature behind it
}

// EnrolmentLife is how long an enrolment can be taken in after it was asked for.
const EnrolmentLife = 14 * 24 * time.Hour

// Errors of an enrolment.
var (
	ErrEnrolment        = errors.New("this is no request to be enrolled, or it was altered")
	ErrEnrolmentVault   = errors.New("this request is for another vault")
	ErrEnrolmentExpired = errors.New("the request is older than fourteen days")
	ErrEnrolmentUsed    = errors.New("this request was taken in before")
	ErrWaitingFull      = errors.New("too many requests wait already")
	ErrNoReception      = errors.New("the vault takes no requests until one of its users has opened it")
)

// FingerprintSize is the length of a fingerprint in bytes: too much for anybody to make another request with the same one.
const FingerprintSize = 9

// Fingerprint is what both sides compare, as words. It covers every byte of the request, the signature and the sealed keys
// included.
func (e Enrolment) Fingerprint() [FingerprintSize]byte {
	d := sha256.Sum256(append([]byte("paravent/enrolment/words/1\x00"), e.raw...))
	return [FingerprintSize]byte(d[:])
}

// Fingerprint is a short form of a user's public keys, to be compared as words.
func (u User) Fingerprint() [FingerprintSize]byte {
	d := sha256.New()
	d.Write([]byte("paravent/user/words/1\x00"))
	d.Write([]byte(u.ID))
	d.Write(u.HPKEPublic)
	d.Write(u.SigningPublic)
	return [FingerprintSize]byte(d.Sum(nil))
}

// Expires is when the enrolment can no longer be taken in.
func (e Enrolment) Expires() time.Time { return e.Asked.Add(EnrolmentLife) }

const (
	enrolmentVersion = 1
	maxLanguage      = 8 // bytes
	hpkePublicSize   = 1216
)

// Prepare makes a new user's keys, here and now, and the request to enrol them. It takes about a second. Nothing of it is
// secret once it is sealed; the passphrase and the private keys don't leave this function in the clear. The caller clears the
// passphrase.
func (in Invitation) Prepare(u NewUser, language string, opts Options) (Enrolment, error) {
	opts = opts.withDefaults()
	e, err := in.prepare(u, language, opts)
	if err != nil {
		return Enrolment{}, fmt.Errorf("prepare enrolment: %w", err)
	}
	return e, nil
}

func (in Invitation) prepare(u NewUser, language string, opts Options) (Enrolment, error) {
	login, err := normalLogin(u.Login)
	if err != nil {
		return Enrolment{}, err
	}
	passphrase, err := normalPassphrase(u.Passphrase)
	if err != nil {
		return Enrolment{}, err
	}
	s, err := newSecrets(opts.Rand)
	if err != nil {
		return Enrolment{}, err
	}
	defer s.wipe()
	key, err := s.hpkeKey()
	if err != nil {
		return Enrolment{}, err
	}
	e := Enrolment{
		ID: s.id(), Login: login, DisplayName: u.DisplayName, Role: u.Role, Language: language,
		Asked:         opts.Clock().UTC().Truncate(time.Second),
		HPKEPublic:    key.PublicKey().Bytes(),
		SigningPublic: s.signingKey().Public().(ed25519.PublicKey),
	}
	if err := e.checkTexts(); err != nil {
		return Enrolment{}, err
	}
	if e.login, err = sealLogin(opts.Rand, in.header, in.header.loginKey(login), passphrase, s); err != nil {
		return Enrolment{}, err
	}
	signing := s.signingKey()
	defer clear(signing)
	body := e.body(in.header, s.user)
	e.raw = append(body, ed25519.Sign(signing, signedEnrolment(body))...)
	return e, nil
}

// body is the request without its signature:
//
//	version 1 | vault identity 32 | user id 16 | asked u64 | HPKE public 1216 | Ed25519 public 32 | login record 170 |
//	language, login, name, role: each length u16 and its bytes
func (e Enrolment) body(h header, user [16]byte) []byte {
	b := append([]byte{enrolmentVersion}, h.identity()...)
	b = append(b, user[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Asked.Unix()))
	b = append(b, e.HPKEPublic...)
	b = append(b, e.SigningPublic...)
	b = append(b, e.login...)
	for _, text := range []string{e.Language, e.Login, e.DisplayName, string(e.Role)} {
		b = binary.BigEndian.AppendUint16(b, uint16(len(text)))
		b = append(b, text...)
	}
	return b
}

func signedEnrolment(body []byte) []byte { return append([]byte("paravent/enrolment/1\x00"), body...) }

// parseEnrolment reads a request and checks its signature, its place and its texts.
func parseEnrolment(h header, raw []byte) (Enrolment, error) {
	const fixed = 1 + 32 + 16 + 8 + hpkePublicSize + ed25519.PublicKeySize + loginSize
	if len(raw) < fixed+4*2+ed25519.SignatureSize || len(raw) > maxEnrolment || raw[0] != enrolmentVersion {
		return Enrolment{}, ErrEnrolment
	}
	body, signature := raw[:len(raw)-ed25519.SignatureSize], raw[len(raw)-ed25519.SignatureSize:]
	rest := body[1:]
	next := func(n int) []byte {
		field := rest[:n]
		rest = rest[n:]
		return field
	}
	identity, user := next(32), next(16)
	asked := binary.BigEndian.Uint64(next(8))
	e := Enrolment{
		ID: (&secrets{user: [16]byte(user)}).id(), HPKEPublic: bytes.Clone(next(hpkePublicSize)),
		SigningPublic: bytes.Clone(next(ed25519.PublicKeySize)), login: bytes.Clone(next(loginSize)), raw: bytes.Clone(raw),
	}
	var texts [4]string
	for i := range texts {
		if len(rest) < 2 {
			return Enrolment{}, ErrEnrolment
		}
		n := int(binary.BigEndian.Uint16(next(2)))
		if n > len(rest) {
			return Enrolment{}, ErrEnrolment
		}
		texts[i] = string(next(n))
	}
	if len(rest) > 0 || asked > 1<<40 || !verify(e.SigningPublic, signedEnrolment(body), signature) {
		return Enrolment{}, ErrEnrolment
	}
	if !bytes.Equal(identity, h.identity()) {
		return Enrolment{}, ErrEnrolmentVault
	}
	e.Asked = time.Unix(int64(asked), 0).UTC()
	e.Language, e.Login, e.DisplayName, e.Role = texts[0], texts[1], texts[2], Role(texts[3])
	if _, err := kem.NewPublicKey(e.HPKEPublic); err != nil {
		return Enrolment{}, ErrEnrolment
	}
	if _, err := parseLogin(e.login, h.kdf); err != nil {
		return Enrolment{}, ErrEnrolment
	}
	if err := e.checkTexts(); err != nil {
		return Enrolment{}, ErrEnrolment
	}
	return e, nil
}

// checkTexts refuses what a list of people could not show as it is: signs that cannot be seen can make one name look like another.
func (e Enrolment) checkTexts() error {
	normal, err := normalLogin(e.Login)
	if err != nil || normal != e.Login || len(e.Language) > maxLanguage || strings.TrimSpace(e.DisplayName) == "" {
		return fmt.Errorf("user: %w", ErrInvalid)
	}
	for _, text := range []string{e.Login, e.DisplayName, string(e.Role), e.Language} {
		unseen := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
		if len(text) > maxUserText || !utf8.ValidString(text) || unseen {
			return fmt.Errorf("user: %w", ErrInvalid)
		}
	}
	return nil
}

// AdmissionOf makes an enrolment ready to be admitted. Whether the person who asked is who they say, and who may admit them, is the
// caller's matter: the words of the fingerprint are there to be compared.
func (v *Vault) AdmissionOf(e Enrolment) (Admission, error) {
	if err := v.begin(); err != nil {
		return Admission{}, err
	}
	defer v.running.Done()
	checked, err := parseEnrolment(v.header, e.raw)
	if err != nil {
		return Admission{}, fmt.Errorf("admit: %w", err)
	}
	now := v.opts.Clock()
	if now.After(checked.Expires()) || checked.Asked.After(now.Add(EnrolmentLife)) {
		return Admission{}, fmt.Errorf("admit: %w", ErrEnrolmentExpired)
	}
	a := Admission{
		user: User{
			ID: checked.ID, Login: checked.Login, DisplayName: checked.DisplayName, Role: checked.Role,
			HPKEPublic: checked.HPKEPublic, SigningPublic: checked.SigningPublic,
			Created: now.UTC().Truncate(time.Second),
		},
		loginKey: v.header.loginKey(checked.Login), login: checked.login, asked: true,
	}
	a.sign(v)
	return a, nil
}
