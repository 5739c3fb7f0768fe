package join

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony/invite"
)

func FuzzParseGuestMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"leave"}`, `{"type":"request","kind":"break"}`, `{"type":"media","audio":true}`, `{"type":"line_test","down":700}`, `{"type":"text","words":"I cannot hear"}`, `{"type":"text","phrase":"hear"}`, `{"type":"text","clerk":true,"phrase":"wait"}`, `{"type":"line_test","up":-1}`, `{"type":"answer","sdp":"v=0"}`,
		`{"type":"state"}`, `[]`, `{`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseGuestMessage(text)
		if err == nil && (!fromGuest[m.Type] || !json.Valid(m.Body)) {
			t.Errorf("%q was taken as %q", text, m.Type)
		}
	})
}

// FuzzParseHello sees that what passes is whole: a language that the page has, and a device that signed this transcript and no other.
func FuzzParseHello(f *testing.F) {
	key, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	transcript := invite.Transcript{7}
	signature, err := key.Sign(transcript)
	if err != nil {
		f.Fatal(err)
	}
	hello, err := json.Marshal(Hello{Device: key.Device().JWK(), Signature: base64.RawURLEncoding.EncodeToString(signature), Lang: "fr"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hello)
	f.Add([]byte(`{"type":"hello","device":{"kty":"EC","crv":"P-256","x":"","y":""},"sig":"AA"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, device, err := parseHello(text, transcript)
		if err != nil {
			return
		}
		if got.Lang != "en" && got.Lang != "fr" || device.Thumbprint() == "" {
			t.Errorf("%q passed", text)
		}
		if _, _, err := parseHello(text, invite.Transcript{8}); err == nil {
			t.Errorf("%q passes for another session", text)
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	f.Add("127.0.0.1:0", "")
	f.Add("http://0.0.0.0:80", "court.example")
	f.Fuzz(func(t *testing.T, listen, host string) {
		a, err := parseAddress(listen, host)
		if err == nil && !a.secure && !loopback(a.host) {
			t.Errorf("%q would be served without encryption", listen)
		}
	})
}

func TestMessagesCarryTheirType(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]any{
		TypeRequest: Request{}, TypeMedia: Media{}, TypeHello: Hello{}, TypeWelcome: Welcome{}, TypeState: State{},
		TypeNotice: Notice{}, TypeSilent: Silent{}, TypeLineTest: LineTest{}, TypeText: Text{}, TypeTalk: Talk{}, TypeRefused: Refused{}, TypeRemoved: Removed{}, TypeBye: Bye{}, TypeLeave: Leave{},
	} {
		if h, ok := m.(Hello); ok {
			h.Device = json.RawMessage(`{}`)
			m = h
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got, err := ParseMessage(text); err != nil || got.Type != want {
			t.Errorf("%s is written as %s", want, text)
		}
	}
}

// An origin waits after ten failures, longer after each further one and never longer than the bound, and is forgiven with
// time; memory is bounded whatever comes.
func TestFailuresAreBoundedAndForgiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, err := newFailures(zeros{})
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(1e9, 0)
		for range failuresAllowed - 1 {
			f.add(origin{1}, now)
		}
		if f.tooMany(origin{1}, now) {
			t.Fatal("an origin waits before its tenth failure")
		}
		last := time.Duration(0)
		for range rapid.IntRange(1, 12).Draw(t, "further") {
			f.add(origin{1}, now)
			wait := time.Duration(0)
			for f.tooMany(origin{1}, now.Add(wait)) {
				wait += time.Second
			}
			if wait < firstWait || wait > longestWait || wait < last || wait == last && wait != longestWait {
				t.Fatalf("after a wait of %v another of %v", last, wait)
			}
			last = wait
			now = now.Add(wait) // as soon as it may
		}
		if f.tooMany(origin{2}, now) {
			t.Fatal("one origin's failures are another's")
		}
		now = now.Add(longestWait + 40*forgivenAfter)
		for range failuresAllowed - 1 {
			f.add(origin{1}, now)
		}
		if f.tooMany(origin{1}, now) {
			t.Fatal("an origin is never forgiven")
		}
	})
	f, err := newFailures(zeros{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxRemembered {
		f.add(origin{byte(i), byte(i >> 8), byte(i >> 16)}, time.Unix(0, 0))
	}
	if len(f.counts) > maxRemembered {
		t.Errorf("%d origins are remembered", len(f.counts))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
