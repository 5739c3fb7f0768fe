package invite

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// ErrDevice reports a device key or a signature that is not valid.
var ErrDevice = errors.New("the device's key or signature is not valid")

// coordinate is the size of one coordinate of P-256 in bytes.
const coordinate = 32

// Thumbprint names a device key: the JWK thumbprint of RFC 7638 with SHA-256, in base64url.
type Thumbprint string

// Device is the public half of a guest's ECDSA P-256 key, which its browser keeps and will not export.
type Device struct{ public *ecdsa.PublicKey }

type jwk struct {
	Curve string `json:"crv"` // members in the order that RFC 7638 §3.2 wants
	Type  string `json:"kty"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

// ParseDevice reads a JSON Web Key (RFC 7517, RFC 7518 §6.2). Members that it does not know are ignored, as the RFC asks.
func ParseDevice(text []byte) (Device, error) {
	var k jwk
	if err := json.Unmarshal(text, &k); err != nil || k.Curve != "P-256" || k.Type != "EC" {
		return Device{}, ErrDevice
	}
	x, errX := b64.DecodeString(k.X)
	y, errY := b64.DecodeString(k.Y)
	if errX != nil || errY != nil || len(x) != coordinate || len(y) != coordinate {
		return Device{}, ErrDevice
	}
	point := append(append([]byte{4}, x...), y...)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return Device{}, ErrDevice
	}
	return Device{public}, nil
}

// JWK writes the key with the members that its thumbprint covers, and no other.
func (d Device) JWK() []byte {
	point, err := d.public.Bytes()
	if err != nil {
		panic("invite: a parsed key has an encoding: " + err.Error())
	}
	text, err := json.Marshal(jwk{
		Curve: "P-256", Type: "EC",
		X: b64.EncodeToString(point[1 : 1+coordinate]),
		Y: b64.EncodeToString(point[1+coordinate:]),
	})
	if err != nil {
		panic("invite: four strings always encode: " + err.Error())
	}
	return text
}

// Thumbprint names the key.
func (d Device) Thumbprint() Thumbprint {
	sum := sha256.Sum256(d.JWK())
	return Thumbprint(b64.EncodeToString(sum[:]))
}

// Verify checks the device's signature over a handshake's transcript: ECDSA with SHA-256, r and s of 32 bytes each.
func (d Device) Verify(transcript Transcript, signature []byte) error {
	if d.public == nil || len(signature) != 2*coordinate {
		return ErrDevice
	}
	digest := sha256.Sum256(transcript[:])
	r := new(big.Int).SetBytes(signature[:coordinate])
	s := new(big.Int).SetBytes(signature[coordinate:])
	if !ecdsa.Verify(d.public, digest[:], r, s) {
		return ErrDevice
	}
	return nil
}

// DeviceKey is a guest's device key where the guest is a Go program.
type DeviceKey struct{ private *ecdsa.PrivateKey }

// NewDeviceKey draws a key.
func NewDeviceKey(random io.Reader) (*DeviceKey, error) {
	private, err := drawKey(random)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), private.Bytes())
	if err != nil {
		return nil, fmt.Errorf("draw a device key: %w", err)
	}
	return &DeviceKey{key}, nil
}

// Device returns the public half.
func (k *DeviceKey) Device() Device { return Device{&k.private.PublicKey} }

// Sign signs a transcript. The signature is a function of the key and the transcript (RFC 6979).
func (k *DeviceKey) Sign(transcript Transcript) ([]byte, error) {
	digest := sha256.Sum256(transcript[:])
	der, err := k.private.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign with the device key: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("sign with the device key: %w", err)
	}
	raw := make([]byte, 2*coordinate)
	rs.R.FillBytes(raw[:coordinate])
	rs.S.FillBytes(raw[coordinate:])
	return raw, nil
}

// drawKey draws a P-256 key from random alone; ecdh's own GenerateKey takes no reader any more.
func drawKey(random io.Reader) (*ecdh.PrivateKey, error) {
	for range 100 { // one draw in 2^32 is no key
		var scalar [coordinate]byte
		if _, err := io.ReadFull(random, scalar[:]); err != nil {
			return nil, fmt.Errorf("draw a key: %w", err)
		}
		if key, err := ecdh.P256().NewPrivateKey(scalar[:]); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("draw a key: the source of randomness gives no key")
}
