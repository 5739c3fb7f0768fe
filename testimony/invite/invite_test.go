package invite_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony/invite"
)

func newSecret(t testing.TB) invite.Secret {
	t.Helper()
	s, err := invite.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLinkReadsBack(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://192.0.2.7:8443", "http://127.0.0.1:80", "https://court.example/x", "https://[2001:db8::1]:8443"} {
		link := invite.Link{Base: base, Secret: newSecret(t)}
		got, err := invite.ParseLink(" " + link.String() + "\n")
		if err != nil || got != link {
			t.Errorf("%s reads back as %s: %v", link, got, err)
		}
	}
}

func TestLinkThatIsNotCompleteIsRefused(t *testing.T) {
	t.Parallel()
	whole := invite.Link{Base: "https://192.0.2.7:8443", Secret: newSecret(t)}.String()
	other := invite.Link{Base: "https://192.0.2.7:8443", Secret: newSecret(t)}.String()
	page, _, _ := strings.Cut(whole, "#")
	_, secret, _ := strings.Cut(other, "#")
	for _, link := range []string{
		"", page, page + "#", whole[:len(whole)-1], whole + "A", page + "#" + secret, strings.Replace(whole, "https", "ftp", 1),
		strings.Replace(whole, "/j/", "/k/", 1), strings.Replace(whole, "192.", "user@192.", 1), strings.Replace(whole, "#", "?x=1#", 1),
	} {
		if _, err := invite.ParseLink(link); !errors.Is(err, invite.ErrLink) {
			t.Errorf("a link that is not complete gives %v", err)
		}
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	secret := newSecret(t)
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "secret", secret, "link", invite.Link{Base: "https://h", Secret: secret})
	for _, text := range []string{fmt.Sprint(secret), fmt.Sprintf("%+v %#v", secret, secret), logged.String()} {
		if strings.Contains(text, secret.Reveal()) {
			t.Errorf("the secret stands in %q", text)
		}
	}
}

func TestSecretReadsBackFromARecord(t *testing.T) {
	t.Parallel()
	secret := newSecret(t)
	text, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var got invite.Secret
	if err := json.Unmarshal(text, &got); err != nil || got != secret {
		t.Errorf("a stored secret reads back differently: %v", err)
	}
}

func TestIDFollowsFromTheSecret(t *testing.T) {
	t.Parallel()
	secret := newSecret(t)
	raw, err := base64.RawURLEncoding.DecodeString(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	want, err := hkdf.Key(sha256.New, raw, nil, "paravent/invite/id/1", 16)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(secret.ID()); got != base64.RawURLEncoding.EncodeToString(want) {
		t.Errorf("the id is %s", got)
	}
}

// The laws of an invitation, over every history of attempts.
func TestInvitationIsUsedByOneDevice(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		i := invite.Invitation{Expires: expires}
		var bound invite.Thumbprint
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "", "revoke"}), 1, 20).Draw(t, "steps")
		for n, step := range steps {
			now := expires.Add(time.Duration(rapid.IntRange(-120, 900).Draw(t, fmt.Sprint("minutes", n))) * time.Minute)
			if step == "revoke" {
				i.Revoked = true
				continue
			}
			device := invite.Thumbprint(step)
			d, err := i.Admit(now, device)
			switch {
			case err == nil && i.Revoked:
				t.Fatal("a revoked invitation admitted a device")
			case err == nil && device == "":
				t.Fatal("nobody's device was admitted")
			case err == nil && bound != "" && device != bound:
				t.Fatal("a second device was admitted")
			case err == nil && bound == "" && !now.Before(expires):
				t.Fatal("an expired invitation was used")
			case err == nil && d.Returns != (bound != ""):
				t.Fatal("a return is not told from a first use")
			case d.Alarm != (bound != "" && device != bound):
				t.Fatal("a second device must be an alarm, and nothing else may be")
			case err != nil && d.Next != i:
				t.Fatal("a refusal changed the invitation")
			case err == nil && (!d.Next.Used || d.Next.Device != device):
				t.Fatal("an admitted device is not bound")
			}
			if err == nil {
				bound, i = device, d.Next
			}
		}
	})
}

func TestRefusalsOfAnInvitation(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	before, after := expires.Add(-time.Second), expires
	for _, c := range []struct {
		name string
		i    invite.Invitation
		at   time.Time
		want error
	}{
		{"fresh", invite.Invitation{Expires: expires}, before, nil},
		{"expired", invite.Invitation{Expires: expires}, after, invite.Expired},
		{"without an end", invite.Invitation{}, after, invite.Expired},
		{"revoked", invite.Invitation{Expires: expires, Revoked: true}, before, invite.Revoked},
		{"used by this device", invite.Invitation{Expires: expires, Used: true, Device: "me"}, before, nil},
		{"used by this device, hearing runs on", invite.Invitation{Expires: expires, Used: true, Device: "me"}, after, nil},
		{"used by this device, long ago", invite.Invitation{Expires: expires, Used: true, Device: "me"}, after.Add(invite.ReturnFor), invite.Expired},
		{"used by another", invite.Invitation{Expires: expires, Used: true, Device: "other"}, before, invite.Used},
		{"revoked after use", invite.Invitation{Expires: expires, Used: true, Device: "me", Revoked: true}, before, invite.Revoked},
	} {
		if _, err := c.i.Admit(c.at, "me"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestWordListsAreFitToBeReadAloud(t *testing.T) {
	t.Parallel()
	for _, lang := range invite.Languages {
		words := invite.WordList(lang)
		if len(words) != 256 {
			t.Errorf("%s has %d words", lang, len(words))
		}
		if !slices.IsSorted(words) {
			t.Errorf("%s is not sorted", lang)
		}
		if lang == invite.Numbers {
			continue // each of three figures, read one by one
		}
		for i, a := range words {
			if len(a) < 4 || len(a) > 10 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz") != "" {
				t.Errorf("%s: %q is too short, too long or has other letters", lang, a)
			}
			for _, b := range words[i+1:] {
				if distance(a, b) < 2 {
					t.Errorf("%s: %q and %q are one letter apart", lang, a, b)
				}
			}
		}
	}
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
