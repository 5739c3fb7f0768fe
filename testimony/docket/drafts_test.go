package docket_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func TestADraftIsForWhoTypedIt(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	typed := docket.Draft{Form: "screening", Party: p, Typed: json.RawMessage(`{"T3":"canary"}`)}
	if err := d.KeepDraft(t.Context(), typed); err != nil {
		t.Fatal(err)
	}
	for _, office := range testimony.Offices {
		d = b.as(office)
		f, ok, err := d.DraftOf(t.Context(), "screening", p)
		if mine := office == testimony.Advocate; ok != mine || mine && (err != nil || string(f.Typed) != string(typed.Typed)) {
			t.Errorf("%s finds %s: %v", office, f.Typed, err)
		}
	}
	d = b.as(testimony.Advocate)
	for _, bad := range []docket.Draft{{Typed: json.RawMessage("1")}, {Form: "x", Typed: json.RawMessage("{")}, {Form: "x"},
		{Form: "x", Typed: json.RawMessage(`"` + strings.Repeat("a", 600<<10) + `"`)}} {
		if err := d.KeepDraft(t.Context(), bad); !errors.Is(err, docket.ErrInvalid) {
			t.Errorf("%q with %d bytes: %v", bad.Form, len(bad.Typed), err)
		}
	}
	if err := d.KeepDraft(t.Context(), docket.Draft{Form: "x", Party: "nobody", Typed: json.RawMessage("1")}); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	for range 2 { // the second finds none
		if err := d.DropDraft(t.Context(), "screening", p); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, err := d.DraftOf(t.Context(), "screening", p); ok || err != nil {
		t.Errorf("it is still there: %v", err)
	}
}

const draftVariable = "PARAVENT_TEST_DRAFT_VAULT"

// TestADraftOutlivesItsProgram kills a program that has just kept a draft, and finds the draft.
func TestADraftOutlivesItsProgram(t *testing.T) {
	if place := os.Getenv(draftVariable); place != "" {
		d, err := docket.Unlock(t.Context(), place, testimony.Advocate, []byte(docket.TrainingPassphrase), light)
		if err != nil {
			t.Fatal(err)
		}
		p := must(d.Parties(t.Context()))(t)[0].ID
		if err := d.KeepDraft(t.Context(), docket.Draft{Form: "screening", Party: p, Typed: json.RawMessage(`{"T3":"typed"}`)}); err != nil {
			t.Fatal(err)
		}
		fmt.Println("kept", p)
		select {} // until it is killed
	}
	d := training(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestADraftOutlivesItsProgram$")
	program.Env = append(os.Environ(), draftVariable+"="+d.Path())
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	var p protection.PartyID
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "kept "); ok {
			p = protection.PartyID(id)
			break
		}
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait()
	if p == "" {
		t.Fatal("the program kept nothing")
	}
	again, err := docket.Unlock(t.Context(), d.Path(), testimony.Advocate, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	f, ok, err := again.DraftOf(t.Context(), "screening", p)
	if err != nil || !ok || string(f.Typed) != `{"T3":"typed"}` {
		t.Errorf("found %s: %v", f.Typed, err)
	}
}
