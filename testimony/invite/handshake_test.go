package invite_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paravent/testimony/invite"
)

// shake runs a whole handshake.
func shake(t testing.TB, secret invite.Secret, guestRandom, courtRandom io.Reader) (guest, court *invite.Channel, frames [3][]byte) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	g, first, err := invite.NewGuestHandshake(secret, guestRandom)
	must(err)
	opening, err := invite.ReadOpening(first)
	must(err)
	c, second, err := opening.Answer(secret, courtRandom)
	must(err)
	third, guest, err := g.Reveal(second)
	must(err)
	court, err = c.Finish(third)
	must(err)
	return guest, court, [3][]byte{first, second, third}
}

// counting gives 1, 2, 3 … from a start, so that the vector can be made again anywhere.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

// The vector of docs/join-page.md.
func TestHandshakeVector(t *testing.T) {
	t.Parallel()
	secret, err := invite.NewSecret(new(counting))
	if err != nil {
		t.Fatal(err)
	}
	guestRandom, courtRandom, deviceRandom := counting(32), counting(128), counting(192)
	guest, court, frames := shake(t, secret, &guestRandom, &courtRandom)
	key, err := invite.NewDeviceKey(&deviceRandom)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := key.Sign(guest.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	up, err := guest.Seal([]byte(`{"type":"leave"}`))
	if err != nil {
		t.Fatal(err)
	}
	down, err := court.Seal([]byte(`{"type":"bye"}`))
	if err != nil {
		t.Fatal(err)
	}
	transcript := guest.Transcript()
	en, fr := court.Words("en"), court.Words("fr")
	got := map[string]string{
		"secret":     secret.Reveal(),
		"id":         string(secret.ID()),
		"frame 1":    string(frames[0]),
		"frame 2":    string(frames[1]),
		"frame 3":    string(frames[2]),
		"transcript": hex.EncodeToString(transcript[:]),
		"words en":   strings.Join(en[:], " "),
		"words fr":   strings.Join(fr[:], " "),
		"device":     string(key.Device().JWK()),
		"thumbprint": string(key.Device().Thumbprint()),
		"signature":  base64.RawURLEncoding.EncodeToString(signature),
		"guest 0":    hex.EncodeToString(up[:16]) + "…" + hex.EncodeToString(up[len(up)-16:]),
		"court 0":    hex.EncodeToString(down[:16]) + "…" + hex.EncodeToString(down[len(down)-16:]),
	}
	for name, value := range got {
		if vector[name] != value {
			t.Errorf("%q: %q,", name, value)
		}
	}
	if len(up) != 256+16 {
		t.Errorf("a short message is sealed in %d bytes", len(up))
	}
}

func TestBothSidesHaveTheSameWords(t *testing.T) {
	t.Parallel()
	for range 20 {
		guest, court, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
		for _, lang := range invite.Languages {
			if guest.Words(lang) != court.Words(lang) {
				t.Errorf("%v and %v", guest.Words(lang), court.Words(lang))
			}
		}
	}
}

func TestMessagesArriveInOrderOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		guest, court, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
		messages := rapid.SliceOfN(rapid.StringMatching(`[a-z{}":]{0,600}`), 1, 6).Draw(r, "messages")
		var last []byte
		for _, m := range messages {
			sealed, err := guest.Seal([]byte(m))
			if err != nil {
				r.Fatal(err)
			}
			if (len(sealed)-16)%256 != 0 {
				r.Fatalf("%d bytes tell the length of the message", len(sealed))
			}
			got, err := court.Open(sealed)
			if err != nil || string(got) != m {
				r.Fatalf("%q arrived as %q: %v", m, got, err)
			}
			last = sealed
		}
		if _, err := court.Open(last); !errors.Is(err, invite.ErrChannel) {
			r.Fatalf("a message was opened twice: %v", err)
		}
	})
}

// Whatever stands between the two can do these things; each ends the channel for good.
func TestTamperingEndsTheChannel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		make func(guest, court *invite.Channel) []byte
	}{
		{"altered", func(guest, _ *invite.Channel) []byte { s := seal(t, guest); s[3] ^= 1; return s }},
		{"cut short", func(guest, _ *invite.Channel) []byte { return seal(t, guest)[:100] }},
		{"empty", func(*invite.Channel, *invite.Channel) []byte { return nil }},
		{"sent back to its sender", func(_, court *invite.Channel) []byte { return seal(t, court) }},
		{"one left out", func(guest, _ *invite.Channel) []byte { seal(t, guest); return seal(t, guest) }},
		{"of another handshake", func(*invite.Channel, *invite.Channel) []byte {
			other, _, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
			return seal(t, other)
		}},
	} {
		guest, court, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
		if _, err := court.Open(c.make(guest, court)); !errors.Is(err, invite.ErrChannel) {
			t.Errorf("%s: %v", c.name, err)
		}
		fresh, _, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
		if _, err := court.Open(seal(t, fresh)); !errors.Is(err, invite.ErrChannel) {
			t.Errorf("%s: the channel goes on afterwards", c.name)
		}
	}
}

func TestBrokenChannelDoesNotRecover(t *testing.T) {
	t.Parallel()
	guest, court, _ := shake(t, newSecret(t), rand.Reader, rand.Reader)
	good := seal(t, guest)
	bad := bytes.Clone(good)
	bad[0] ^= 1
	if _, err := court.Open(bad); err == nil {
		t.Fatal("an altered message was opened")
	}
	if _, err := court.Open(good); !errors.Is(err, invite.ErrChannel) {
		t.Error("after an altered message the true one is still taken")
	}
}

func seal(t testing.TB, c *invite.Channel) []byte {
	t.Helper()
	s, err := c.Seal([]byte(`{"type":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWrongSecretOpensNothing(t *testing.T) {
	t.Parallel()
	// A guest that knows the id but not the secret can follow the handshake to the end, and no further.
	secret, wrong := newSecret(t), newSecret(t)
	g, first, err := invite.NewGuestHandshake(wrong, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	first = bytes.Replace(first, []byte(wrong.ID()), []byte(secret.ID()), 1)
	opening, err := invite.ReadOpening(first)
	if err != nil {
		t.Fatal(err)
	}
	c, second, err := opening.Answer(secret, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	third, guest, err := g.Reveal(second)
	if err != nil {
		t.Fatal(err)
	}
	court, err := c.Finish(third)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := court.Open(seal(t, guest)); !errors.Is(err, invite.ErrChannel) {
		t.Errorf("a guest without the secret was understood: %v", err)
	}
}

func TestManInTheMiddleHasOtherWords(t *testing.T) {
	t.Parallel()
	// Even one who has the secret cannot give both sides the same words: two handshakes, two transcripts.
	secret := newSecret(t)
	guest, _, _ := shake(t, secret, rand.Reader, rand.Reader)
	_, court, _ := shake(t, secret, rand.Reader, rand.Reader)
	if guest.Transcript() == court.Transcript() {
		t.Error("two handshakes have one transcript")
	}
}

func TestCommitmentHolds(t *testing.T) {
	t.Parallel()
	secret := newSecret(t)
	_, first, err := invite.NewGuestHandshake(secret, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opening, err := invite.ReadOpening(first)
	if err != nil {
		t.Fatal(err)
	}
	court, second, err := opening.Answer(secret, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	// Another key than the one committed to, chosen after the court has shown its own.
	other, _, err := invite.NewGuestHandshake(secret, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	third, _, err := other.Reveal(second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := court.Finish(third); !errors.Is(err, invite.ErrHandshake) {
		t.Errorf("a key that was not committed to was taken: %v", err)
	}
}

func TestAnswerNeedsTheInvitationsSecret(t *testing.T) {
	t.Parallel()
	_, first, err := invite.NewGuestHandshake(newSecret(t), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opening, err := invite.ReadOpening(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := opening.Answer(newSecret(t), rand.Reader); !errors.Is(err, invite.ErrHandshake) {
		t.Errorf("an opening was answered with another invitation's secret: %v", err)
	}
}

func TestRefusalReachesTheGuest(t *testing.T) {
	t.Parallel()
	for _, why := range invite.Refusals {
		g, _, err := invite.NewGuestHandshake(newSecret(t), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := g.Reveal(invite.Refuse(why)); !errors.Is(err, why) {
			t.Errorf("%s arrives as %v", why, err)
		}
	}
}

func TestDeviceSignature(t *testing.T) {
	t.Parallel()
	key, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	transcript := invite.Transcript{1, 2, 3}
	signature, err := key.Sign(transcript)
	if err != nil {
		t.Fatal(err)
	}
	device, err := invite.ParseDevice(key.Device().JWK())
	if err != nil {
		t.Fatal(err)
	}
	if err := device.Verify(transcript, signature); err != nil {
		t.Errorf("the device's own signature: %v", err)
	}
	for name, err := range map[string]error{
		"of another device":          other.Device().Verify(transcript, signature),
		"over another handshake":     device.Verify(invite.Transcript{}, signature),
		"cut short":                  device.Verify(transcript, signature[:63]),
		"by a device that is no key": invite.Device{}.Verify(transcript, signature),
	} {
		if !errors.Is(err, invite.ErrDevice) {
			t.Errorf("a signature %s: %v", name, err)
		}
	}
}

func TestDeviceThatIsNoKeyIsRefused(t *testing.T) {
	t.Parallel()
	key, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var good map[string]string
	if err := json.Unmarshal(key.Device().JWK(), &good); err != nil {
		t.Fatal(err)
	}
	for _, change := range []map[string]string{
		{"kty": "RSA"}, {"crv": "P-384"}, {"x": ""}, {"y": good["x"]}, {"x": good["x"] + "="}, {"x": "AA"},
	} {
		bad := map[string]string{"ext": "ignored"}
		for k, v := range good {
			bad[k] = v
		}
		for k, v := range change {
			bad[k] = v
		}
		text, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := invite.ParseDevice(text); !errors.Is(err, invite.ErrDevice) {
			t.Errorf("a key with %v was taken", change)
		}
	}
}

func FuzzReadOpening(f *testing.F) {
	f.Add([]byte(vector["frame 1"]))
	f.Add([]byte(`{"v":1,"id":"","commit":""} {}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		opening, err := invite.ReadOpening(frame)
		if err != nil {
			return
		}
		if _, err := invite.ParseID(string(opening.ID)); err != nil {
			t.Errorf("an opening names %q", opening.ID)
		}
	})
}

func FuzzFinish(f *testing.F) {
	secret, err := invite.NewSecret(new(counting))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(vector["frame 3"]))
	f.Add([]byte(`{"pub":"","nonce":""}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		opening, err := invite.ReadOpening([]byte(vector["frame 1"]))
		if err != nil {
			t.Fatal(err)
		}
		random := counting(128)
		court, _, err := opening.Answer(secret, &random)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := court.Finish(frame); err == nil && !sameJSON(frame, []byte(vector["frame 3"])) {
			t.Errorf("another frame fits the commitment: %q", frame)
		}
	})
}

func FuzzReveal(f *testing.F) {
	f.Add([]byte(vector["frame 2"]))
	f.Add([]byte(`{"refused":"used"}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		random := counting(32)
		guest, _, err := invite.NewGuestHandshake(newSecret(t), &random)
		if err != nil {
			t.Fatal(err)
		}
		if _, channel, err := guest.Reveal(frame); (err == nil) != (channel != nil) {
			t.Error("a channel and an error, or neither")
		}
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add("https://192.0.2.7:8443/j/" + vector["id"] + "#" + vector["secret"])
	f.Fuzz(func(t *testing.T, text string) {
		link, err := invite.ParseLink(text)
		if err != nil {
			return
		}
		again, err := invite.ParseLink(link.String())
		if err != nil || again != link {
			t.Errorf("%q reads back differently: %v", text, err)
		}
	})
}

func FuzzParseDevice(f *testing.F) {
	f.Add([]byte(vector["device"]))
	f.Fuzz(func(t *testing.T, text []byte) {
		device, err := invite.ParseDevice(text)
		if err != nil {
			return
		}
		again, err := invite.ParseDevice(device.JWK())
		if err != nil || again.Thumbprint() != device.Thumbprint() {
			t.Errorf("a key reads back differently: %v", err)
		}
	})
}

func sameJSON(a, b []byte) bool {
	var x, y map[string]string
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && x["pub"] == y["pub"] && x["nonce"] == y["nonce"]
}
