package docket_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/testimony"
)

// TestAFaceAndAVoiceAreSealedAndDisclosed seals references of the greatest size beside words, and shows them to one receiver.
func TestAFaceAndAVoiceAreSealedAndDisclosed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Advocate)
	rnd := rand.New(rand.NewPCG(1, 2))
	large := func(n int) string {
		var s strings.Builder
		for s.Len() < n {
			s.WriteByte(byte(rnd.Uint32()))
		}
		return s.String()
	}
	face, voice := large(identity.Face.Limit()), large(identity.Voice.Limit())
	_, party := b.witness()
	b.now = b.now.Add(time.Minute)
	if err := b.desk.SealIdentity(t.Context(), party, identity.Fields{identity.Face: face + "x"}); !errors.Is(err, identity.ErrTooLong) {
		t.Errorf("too large a portrait: %v", err)
	}
	if err := b.desk.SealIdentity(t.Context(), party, identity.Fields{identity.Face: face, identity.Voice: voice, identity.Note: "beside"}); err != nil {
		t.Fatal(err)
	}
	a := b.asking(testimony.Advocate)
	a.Fields = []identity.Field{identity.Name, identity.Face, identity.Voice, identity.Note}
	r, err := b.desk.AskDisclosure(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	b.approve(testimony.Clerk, r)
	b.approve(testimony.Judge, r)
	_, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if fields[identity.Face] != face || fields[identity.Voice] != voice || fields[identity.Note] != "beside" || fields[identity.Name] != "Invented Person" {
		t.Error("what was sealed is not what was shown")
	}
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	file, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{face[1000:1032], voice[1000:1032]} {
		if bytes.Contains(file, []byte(part)) {
			t.Error("a reference stands in the vault's file unsealed")
		}
	}
}
