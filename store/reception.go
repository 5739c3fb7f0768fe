package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The reception is where somebody without any key of the vault leaves a request. Its public key stands in the clear beside the
// header; its private key is a record of the directory, so any user can read what was left.
//
// The public key is not signed by anybody whom an outsider could check. Who can write into the vault's file can put a key of their own
// there and learn the name and the login of whoever asks next; the next user who opens the vault puts the right one back.

var (
	bucketWaiting = []byte("waiting")
	keyReception  = []byte("reception")
)

const (
	// MaxWaiting is how many requests can wait in a vault at a time.
	MaxWaiting       = 16
	maxEnrolment     = 3072 - 2 // bytes of a request, that its padded form has a bound
	maxWaitingSize   = EncapsulatedSize + 3072 + 16
	enrolmentMagic   = "paravent enrolment\n\x00"
	invitationMagic  = "paravent invitation\n\x00"
	receptionSize    = 1 + hpkePublicSize + 8
	receptionVersion = 1
	keptReceptions   = 3 // the newest and those before it, for requests that were on their way
)

// receptionEntry holds the seeds of the reception's keys, the newest first.
type receptionEntry struct{ Seeds [][]byte }

var receptionEntries = NewCollection[receptionEntry]("reception")

// Invitation is what somebody needs to ask to be enrolled: the vault's header and the reception's public key. Nothing in it is
// secret.
type Invitation struct {
	header header
	public []byte
}

// VaultID is the name of the vault that the invitation is for.
func (in Invitation) VaultID() string { return in.header.id() }

// OpenReception lets requests be left in the vault. It writes only where there is no reception, where its public key isn't the right
// one, or to renew the key, as after a user was revoked.
func (v *Vault) OpenReception(ctx context.Context, renew bool) error {
	if !renew {
		sound, err := v.receptionStands(ctx)
		if err != nil || sound {
			return err
		}
	}
	seed := make([]byte, seedSize)
	if _, err := io.ReadFull(v.opts.Rand, seed); err != nil {
		return fmt.Errorf("open reception: read randomness: %w", err)
	}
	err := v.Update(ctx, func(tx *Tx) error {
		e, err := receptionEntries.Get(tx, directory, "")
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if renew || len(e.Seeds) == 0 {
			kept := append([][]byte{seed}, e.Seeds...)
			e.Seeds = kept[:min(len(kept), keptReceptions)]
		}
		public, err := receptionPublic(e.Seeds[0])
		if err != nil {
			return err
		}
		tx.Log("reception.opened", nil)
		if err := receptionEntries.Put(tx, directory, "", e); err != nil {
			return err
		}
		return tx.w.Put(bucketVault, keyReception, encodeReception(public))
	})
	if err != nil {
		return fmt.Errorf("open reception: %w", err)
	}
	return nil
}

// receptionStands says whether the public key in the clear belongs to the private one in the directory.
func (v *Vault) receptionStands(ctx context.Context) (sound bool, err error) {
	err = v.View(ctx, func(tx *ReadTx) error {
		raw, err := tx.r.Get(bucketVault, keyReception)
		if err != nil {
			return err
		}
		sound, err = tx.isReception(raw)
		return err
	})
	return sound, err
}

func (tx *ReadTx) isReception(raw []byte) (bool, error) {
	e, err := receptionEntries.Get(tx, directory, "")
	if errors.Is(err, ErrNotFound) || err == nil && len(e.Seeds) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	public, err := receptionPublic(e.Seeds[0])
	return err == nil && bytes.Equal(raw, encodeReception(public)), err
}

// checkReception sees that the reception, where there is one, is this vault's.
func (tx *ReadTx) checkReception() error {
	raw, err := tx.r.Get(bucketVault, keyReception)
	if err != nil {
		return err
	}
	if _, err := receptionEntries.Get(tx, directory, ""); errors.Is(err, ErrNotFound) && raw == nil {
		return nil
	}
	if sound, err := tx.isReception(raw); err != nil || !sound {
		return errors.Join(err, damaged("its reception is not its own"))
	}
	return nil
}

func receptionPublic(seed []byte) ([]byte, error) {
	key, err := kem.NewPrivateKey(seed)
	if err != nil {
		return nil, fmt.Errorf("reception's key: %w", err)
	}
	return key.PublicKey().Bytes(), nil
}

func encodeReception(public []byte) []byte {
	b := append([]byte{receptionVersion}, public...)
	sum := sha256.Sum256(b)
	return append(b, sum[:8]...)
}

func parseReception(raw []byte) ([]byte, error) {
	if raw == nil {
		return nil, ErrNoReception
	}
	if len(raw) != receptionSize || raw[0] != receptionVersion {
		return nil, damaged("its reception is unreadable")
	}
	sum := sha256.Sum256(raw[:receptionSize-8])
	if !bytes.Equal(raw[receptionSize-8:], sum[:8]) {
		return nil, damaged("its reception is unreadable")
	}
	return bytes.Clone(raw[1 : receptionSize-8]), nil
}

// Invitation reads what somebody without a key needs to ask to be enrolled. It fails with [ErrNoReception] until one of the vault's users
// has opened the vault.
func (s *Sealed) Invitation(ctx context.Context) (Invitation, error) {
	in := Invitation{header: s.header}
	err := s.backend.View(ctx, func(r Reader) error {
		raw, err := r.Get(bucketVault, keyReception)
		if err != nil {
			return err
		}
		in.public, err = parseReception(raw)
		return err
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("invitation: %w", err)
	}
	return in, nil
}

// Invitation is [Sealed.Invitation] of an unlocked vault, for a file to be carried to another machine.
func (v *Vault) Invitation(ctx context.Context) (Invitation, error) {
	if err := v.begin(); err != nil {
		return Invitation{}, err
	}
	defer v.running.Done()
	return (&Sealed{backend: v.backend, header: v.header, opts: v.opts}).Invitation(ctx)
}

// Encode is the invitation as a file.
func (in Invitation) Encode() []byte {
	b := append([]byte(invitationMagic), encodeReception(in.public)...)
	b = append(b, in.header.encode()...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// ErrInvitation is returned for a file that is no invitation.
var ErrInvitation = errors.New("this is no invitation, or it was altered")

// ParseInvitation reads a file that [Invitation.Encode] made.
func ParseInvitation(file []byte) (Invitation, error) {
	body, ok := checkedFile(file, invitationMagic, 4096)
	if !ok || len(body) < receptionSize {
		return Invitation{}, ErrInvitation
	}
	public, err := parseReception(body[:receptionSize])
	if err != nil {
		return Invitation{}, ErrInvitation
	}
	h, err := parseHeader(body[receptionSize:])
	if errors.Is(err, ErrNewerFormat) {
		return Invitation{}, err
	}
	if err != nil {
		return Invitation{}, ErrInvitation
	}
	return Invitation{h, public}, nil
}

// checkedFile takes the magic and the SHA-256 of the rest off a file.
func checkedFile(file []byte, magic string, most int) ([]byte, bool) {
	if len(file) > most || len(file) < len(magic)+sha256.Size || string(file[:len(magic)]) != magic {
		return nil, false
	}
	body := file[:len(file)-sha256.Size]
	sum := sha256.Sum256(body)
	return body[len(magic):], bytes.Equal(sum[:], file[len(body):])
}

// File is the enrolment as a file, sealed to the vault's reception: who finds it learns that somebody asks something of some vault.
func (in Invitation) File(e Enrolment) ([]byte, error) {
	sealed, err := in.seal(e)
	if err != nil {
		return nil, fmt.Errorf("enrolment file: %w", err)
	}
	b := append([]byte(enrolmentMagic), sealed...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// seal seals a request, padded, to the reception.
func (in Invitation) seal(e Enrolment) ([]byte, error) {
	plain := make([]byte, padded(2+len(e.raw)))
	binary.BigEndian.PutUint16(plain, uint16(len(e.raw)))
	copy(plain[2:], e.raw)
	enc, boxes, err := SealTo(in.public, receptionPlace(in.header), plain)
	if err != nil {
		return nil, err
	}
	return append(enc, boxes[0]...), nil
}

func receptionPlace(h header) []byte { return append([]byte("paravent/enrolment/1"), h.identity()...) }

// MaxEnrolmentFile is the most bytes that a file with an enrolment has.
const MaxEnrolmentFile = 8192

// OpenEnrolment reads a file that [Invitation.File] made.
func (v *Vault) OpenEnrolment(ctx context.Context, file []byte) (Enrolment, error) {
	sealed, ok := checkedFile(file, enrolmentMagic, MaxEnrolmentFile)
	if !ok {
		return Enrolment{}, fmt.Errorf("open enrolment: %w", ErrEnrolment)
	}
	var e Enrolment
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		e, err = tx.openEnrolment(sealed)
		return err
	})
	if err != nil {
		return Enrolment{}, fmt.Errorf("open enrolment: %w", err)
	}
	return e, nil
}

func (tx *ReadTx) openEnrolment(sealed []byte) (Enrolment, error) {
	if len(sealed) <= EncapsulatedSize || len(sealed) > maxWaitingSize {
		return Enrolment{}, ErrEnrolment
	}
	seeds, err := receptionEntries.Get(tx, directory, "")
	if errors.Is(err, ErrNotFound) {
		return Enrolment{}, ErrNoReception
	}
	if err != nil {
		return Enrolment{}, err
	}
	for _, seed := range seeds.Seeds {
		key, err := kem.NewPrivateKey(seed)
		if err != nil {
			return Enrolment{}, fmt.Errorf("reception's key: %w", err)
		}
		opened, err := openSealed(key, sealed[:EncapsulatedSize], receptionPlace(tx.v.header), [][]byte{sealed[EncapsulatedSize:]})
		if err != nil {
			continue
		}
		plain := opened[0]
		if len(plain) < 2 || int(binary.BigEndian.Uint16(plain)) > len(plain)-2 {
			return Enrolment{}, ErrEnrolment
		}
		return parseEnrolment(tx.v.header, plain[2:2+binary.BigEndian.Uint16(plain)])
	}
	return Enrolment{}, ErrEnrolmentVault
}

// Leave leaves an enrolment waiting in the vault, until one of its users admits or refuses it. It fails with [ErrExists] when the login is
// in use or asked for already, and with [ErrWaitingFull] when [MaxWaiting] requests wait. It is the one thing that is written
// without the audit log: whoever leaves it has no key to write there. Admitting and refusing are logged.
func (s *Sealed) Leave(ctx context.Context, e Enrolment) error {
	in, err := s.Invitation(ctx)
	if err != nil {
		return fmt.Errorf("leave enrolment: %w", err)
	}
	if _, err := parseEnrolment(s.header, e.raw); err != nil {
		return fmt.Errorf("leave enrolment: %w", err)
	}
	sealed, err := in.seal(e)
	if err != nil {
		return fmt.Errorf("leave enrolment: %w", err)
	}
	key := s.header.loginKey(e.Login)
	err = s.backend.Update(ctx, func(w Writer) error {
		for _, bucket := range [][]byte{bucketLogin, bucketWaiting} {
			taken, err := w.Get(bucket, key)
			if err != nil {
				return err
			}
			if taken != nil {
				return fmt.Errorf("login: %w", ErrExists)
			}
		}
		waiting := 0
		if err := w.Range(bucketWaiting, nil, func(_, _ []byte) error { waiting++; return nil }); err != nil {
			return err
		}
		if waiting >= MaxWaiting {
			return ErrWaitingFull
		}
		return w.Put(bucketWaiting, key, sealed)
	})
	if err != nil {
		return fmt.Errorf("leave enrolment: %w", err)
	}
	return nil
}

// Waiting is one request that was left in the vault.
type Waiting struct {
	Handle string // names it, and tells nothing
	Enrolment
	Fault error // why it cannot be read; then there is no Enrolment
}

// Waiting lists the requests that were left in the vault, the oldest first, those that can't be read last.
func (v *Vault) Waiting(ctx context.Context) ([]Waiting, error) {
	var list []Waiting
	err := v.View(ctx, func(tx *ReadTx) error {
		list = nil
		return tx.r.Range(bucketWaiting, nil, func(key, sealed []byte) error {
			w := Waiting{Handle: handleOf(key)}
			w.Enrolment, w.Fault = tx.openEnrolment(sealed)
			if w.Fault == nil && !bytes.Equal(key, tx.v.header.loginKey(w.Login)) {
				w.Enrolment, w.Fault = Enrolment{}, ErrEnrolment
			}
			list = append(list, w)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("waiting enrolments: %w", err)
	}
	slices.SortStableFunc(list, func(a, b Waiting) int {
		if (a.Fault == nil) != (b.Fault == nil) {
			if a.Fault == nil {
				return -1
			}
			return 1
		}
		return a.Asked.Compare(b.Asked)
	})
	return list, nil
}

func handleOf(key []byte) string { return hex.EncodeToString(key[:min(len(key), 8)]) }

// DropWaiting takes requests out of the vault, with a line in the audit log for each. [ErrNotFound] when one isn't there.
func (v *Vault) DropWaiting(ctx context.Context, action string, handles ...string) error {
	err := v.Update(ctx, func(tx *Tx) error {
		for _, handle := range handles {
			var at []byte
			err := tx.w.Range(bucketWaiting, nil, func(key, _ []byte) error {
				if handleOf(key) == handle {
					at = bytes.Clone(key)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if at == nil {
				return ErrNotFound
			}
			tx.Log(action, map[string]string{"request": handle})
			tx.wrote = true
			if err := tx.w.Delete(bucketWaiting, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop enrolment: %w", err)
	}
	return nil
}
