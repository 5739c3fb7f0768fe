package identity_test

import (
	"bytes"
	"crypto/rand"
	"testing"

	"paravent/protection/identity"
)

// A split key is joined by a member's own half and the one that was given to them for what a statement says, and by nothing else.
func TestASplitKeyTakesBothColleges(t *testing.T) {
	t.Parallel()
	clerk, judge, second := newOfficial(t, "clerk"), newOfficial(t, "judge"), newOfficial(t, "second")
	key := bytes.Repeat([]byte{7, 9}, 16)
	s, err := identity.SealKey(rand.Reader, "exhibit/1", key, []identity.Recipient{clerk.Recipient}, []identity.Recipient{judge.Recipient, second.Recipient})
	if err != nil {
		t.Fatal(err)
	}
	statement := []byte("the judge opens exhibit 1 until noon")
	half, err := identity.GiveHalf(s, clerk.in(identity.Court), clerk.opener(t), judge.Public, statement)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := identity.OpenKey(s, judge.in(identity.Bench), half, statement, judge.opener(t)); err != nil || !bytes.Equal(got, key) {
		t.Errorf("whoever it was given to: %v", err)
	}
	own, err := identity.GiveHalf(s, second.in(identity.Bench), second.opener(t), judge.Public, statement)
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another judge": func() ([]byte, error) {
			return identity.OpenKey(s, second.in(identity.Bench), half, statement, second.opener(t))
		},
		"whoever gave it": func() ([]byte, error) {
			return identity.OpenKey(s, clerk.in(identity.Court), half, statement, clerk.opener(t))
		},
		"for something else": func() ([]byte, error) {
			return identity.OpenKey(s, judge.in(identity.Bench), half, append(statement, 's'), judge.opener(t))
		},
		"two of one college": func() ([]byte, error) {
			return identity.OpenKey(s, judge.in(identity.Bench), own, statement, judge.opener(t))
		},
		"one's own as the others": func() ([]byte, error) {
			x := own
			x.College = identity.Court
			return identity.OpenKey(s, judge.in(identity.Bench), x, statement, judge.opener(t))
		},
		"no half": func() ([]byte, error) {
			return identity.OpenKey(s, judge.in(identity.Bench), identity.Half{College: identity.Court}, statement, judge.opener(t))
		},
	} {
		if got, err := try(); err == nil {
			t.Errorf("%s opens it: %x", name, got)
		}
	}
	if _, err := identity.GiveHalf(s, identity.Official{ID: "clerk", College: identity.Bench}, clerk.opener(t), judge.Public, statement); err == nil {
		t.Error("somebody gives a half that is not of their college")
	}
}
