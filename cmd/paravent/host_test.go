package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join/guest"
	"paravent/testimony/rehearsal"
)

// told is one event of a host as a script reads it.
type told struct {
	Event, Key, URL, Kind, Phase, Mode, Command, Error, How, Recording, Words string
	OK, Resumable                                                             bool
	People                                                                    []struct{ Key, Presence string }
	Public                                                                    testimony.Minutes
	Testimonies                                                               []struct{ Gets, Witness string }
}

// hosting is a running 'paravent host'.
type hosting struct {
	t      *testing.T
	in     *io.PipeWriter
	events chan told
	exit   chan int
	errs   bytes.Buffer
}

// host starts a hearing of the docket's, with further flags, and reads its events.
func (s *terminal) host(flags ...string) *hosting {
	s.t.Helper()
	return s.hold("host --hearing h", flags...)
}

// hold starts a hearing by a command that holds one.
func (s *terminal) hold(command string, flags ...string) *hosting {
	s.t.Helper()
	h := &hosting{t: s.t, events: make(chan told, 1000), exit: make(chan int, 1)}
	commands, in := io.Pipe()
	out, events := io.Pipe()
	h.in = in
	ctx, cancel := context.WithCancel(s.t.Context())
	args := strings.Fields(command + " --vault " + s.path("v") + " --login judge --passphrase-file " + s.path("p"))
	args = append(args, flags...)
	go func() {
		code := run(ctx, args, commands, events, &h.errs)
		_ = events.Close()
		h.exit <- code
	}()
	go func() {
		defer close(h.events)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e told
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				e.Error = "not JSON: " + lines.Text()
			}
			h.events <- e
		}
	}()
	s.t.Cleanup(func() { cancel(); _ = in.Close() })
	return h
}

func (h *hosting) say(command string) {
	h.t.Helper()
	if _, err := fmt.Fprintln(h.in, command); err != nil {
		h.t.Fatal(err)
	}
}

// await returns the first event, from now on, that holds.
func (h *hosting) await(what string, holds func(told) bool) told {
	h.t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case e, ok := <-h.events:
			if !ok {
				h.t.Fatalf("the host ended before %s: %s", what, h.errs.String())
			}
			if holds(e) {
				return e
			}
		case <-deadline:
			h.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// do gives a command and fails the test unless it is carried out.
func (h *hosting) do(command string) {
	h.t.Helper()
	h.say(command)
	if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); !e.OK || e.Command != command {
		h.t.Fatalf("%q is answered with %+v", command, e)
	}
}

func (h *hosting) link(key string) string {
	h.t.Helper()
	return h.await("a link", func(e told) bool { return e.Event == "link" && e.Key == key }).URL
}

func (h *hosting) presence(key, want string) {
	h.t.Helper()
	h.await(key+" "+want, func(e told) bool {
		for _, p := range e.People {
			if p.Key == key && p.Presence == want {
				return true
			}
		}
		return false
	})
}

func (h *hosting) ends(want int) {
	h.t.Helper()
	select {
	case code := <-h.exit:
		if code != want {
			h.t.Fatalf("exit code %d, want %d: %s", code, want, h.errs.String())
		}
	case <-time.After(time.Minute):
		h.t.Fatal("the host does not end")
	}
}

func newDocket(t *testing.T) *terminal {
	t.Helper()
	return newDocketOf(t, docketText)
}

func newDocketOf(t *testing.T, text string) *terminal {
	t.Helper()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", text)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.run(exitOK, "cooperation decide h --reason R"+asJudge) // the witness is in Lagos, and nobody has asked Nigeria
	return s
}

// openWitness is a Chromium with Chromium's own fake camera and microphone, which opens a link and presses the one button.
func openWitness(t *testing.T, link string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("no Chromium here, which make installs: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.WSURLReadTimeout(60*time.Second))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() { end(); stop() })
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	err = chromedp.Do(ctx, chromedp.Navigate(link),
		chromedp.Click(`//button[not(@hidden) and normalize-space()="I have read this"]`, chromedp.NodeVisible),
		chromedp.Click(`//button[not(@hidden) and normalize-space()="Allow camera and microphone"]`, chromedp.NodeVisible))
	if err != nil {
		t.Fatal(err)
	}
}

// A whole hearing by command lines alone, with the witness in a real browser: from the docket to a file that plays.
func TestAHearingFromTheCommandLineToAFileThatPlays(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	t.Parallel()
	s := newDocket(t)
	h := s.host()
	witness, gallery := h.link("w"), h.link("g")
	openWitness(t, witness)
	h.presence("w", "lobby")
	g, err := rehearsal.Join(t.Context(), gallery, rehearsal.Props{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Leave()
	h.presence("g", "lobby")
	for _, command := range []string{"admit w", "admit g", "phase identity", "verified", "untried a test", "phase oath", "sworn", "phase testimony"} {
		h.do(command)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = g.Until(ctx, func(p *rehearsal.Participant) bool {
		for key, flow := range p.Flows() {
			if key.Form == "silhouette" && flow.Frames >= 10 {
				return true
			}
		}
		return false
	})
	if err != nil {
		t.Fatal("the gallery never sees the silhouette:", err)
	}
	for _, command := range []string{"mode private A question about family.", "mode closed The same.", "mode public", "mark", "break Rest.", "resume",
		"mute w", "unmute w", "remove g Disturbance."} {
		h.do(command)
	}
	h.say("close")
	if e := h.await("the minutes", func(e told) bool { return e.Event == "minutes" }); e.Public.Log == nil || e.Public.Log.Entries == 0 {
		t.Errorf("the minutes have no head of the audit log: %+v", e.Public)
	}
	if e := h.await("the end", func(e told) bool { return e.Event == "closed" }); e.How != "closed" || e.Resumable {
		t.Errorf("the end is told as %+v", e)
	}
	for e := range h.events {
		t.Errorf("after the end %+v is told", e)
	}
	h.ends(exitOK)

	out, _ := s.run(exitOK, "evidence list --json"+asJudge)
	var list []struct{ ID, Version string }
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 2 {
		t.Fatalf("the recordings are %s: %v", out, err)
	}
	s.run(exitOK, "evidence verify"+asJudge)
	for _, r := range list {
		s.run(exitOK, "evidence export "+r.ID+" @"+r.Version+".webm"+asJudge)
		s.run(exitExists, "evidence export "+r.ID+" @"+r.Version+".webm"+asJudge)
		probed, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", s.path(r.Version+".webm")).CombinedOutput()
		if err != nil || string(probed) != "vp8\nopus\n" {
			t.Errorf("%s: ffprobe says %q: %v", r.Version, probed, err)
		}
	}
	s.run(exitOK, "vault verify"+asJudge)
	s.run(exitRefused, "host --hearing h"+asJudge)

	id := list[0].ID
	sealed := filepath.Join(s.path("v")+".d", id+".blob")
	whole, err := os.ReadFile(sealed)
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(whole)
	altered[len(altered)/2] ^= 1
	for name, c := range map[string]struct {
		file []byte
		says string
	}{"altered": {altered, "is the first that was altered"}, "cut": {whole[:len(whole)/2], "though the recording was sealed whole"}, "missing": {nil, "its file is missing"}} {
		if err := os.Remove(sealed); err != nil {
			t.Fatal(err)
		}
		if c.file != nil {
			s.write(filepath.Join("v.d", id+".blob"), string(c.file))
		}
		if out, _ := s.run(exitEvidence, "evidence verify "+id+asJudge); !strings.Contains(out, c.says) {
			t.Errorf("%s: it says %s", name, out)
		}
		if name != "cut" { // of which what is whole can be taken
			s.run(exitEvidence, "evidence export "+id+" @bad.webm"+asJudge)
		}
		if _, err := os.Stat(s.path("bad.webm")); err == nil {
			t.Errorf("%s: a copy was left", name)
		}
		s.write(filepath.Join("v.d", id+".blob"), string(whole))
	}
	s.run(exitOK, "evidence verify"+asJudge)
}

func TestHostTellsOfASecondDevice(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	h := s.host()
	link := h.link("w")
	first, err := guest.Dial(t.Context(), link, guest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	h.presence("w", "lobby")
	if _, errs := s.run(exitInUse, "vault status"+asJudge); !strings.Contains(errs, "open in another program") {
		t.Errorf("a vault in use is told as %s", errs)
	}
	if _, err := guest.Dial(t.Context(), link, guest.Options{}); !errors.Is(err, invite.Used) {
		t.Errorf("a second device is answered with %v", err)
	}
	h.await("the alarm", func(e told) bool { return e.Event == "alarm" && e.Kind == "invitation_reused" })
	h.say("invite w")
	again := h.link("w")
	if again == link || again == "" {
		t.Fatalf("the new link is %q", again)
	}
	if _, err := guest.Dial(t.Context(), link, guest.Options{}); !errors.Is(err, invite.Revoked) {
		t.Errorf("the withdrawn link is answered with %v", err)
	}
	second, err := guest.Dial(t.Context(), again, guest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	h.presence("w", "lobby")
	h.do("remove g Not needed.") // who has not come yet
	h.say("remove nobody")
	if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); e.OK {
		t.Error("nobody was removed")
	}
	_ = h.in.Close()
	if e := h.await("the end", func(e told) bool { return e.Event == "closed" }); !e.Resumable {
		t.Errorf("the end of the input is told as %+v", e)
	}
	h.ends(exitOK)
}

// brokenPipe takes a few lines and then nobody reads any more.
type brokenPipe struct{ lines int }

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.lines--; p.lines < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestHostEndsInGoodOrderWhenNobodyReads(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	in, keep := io.Pipe() // nobody types anything either
	defer keep.Close()
	var errs bytes.Buffer
	args := strings.Fields("host --hearing h --vault " + s.path("v") + " --login judge --passphrase-file " + s.path("p"))
	if code := run(t.Context(), args, in, &brokenPipe{2}, &errs); code != exitFailure || !strings.Contains(errs.String(), "can be opened again") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	s.run(exitOK, "vault verify"+asJudge)
	s.run(exitOK, "host --hearing h"+asJudge)
}

// Whoever is in no private talk is not called back from one, and the answer says so.
func TestHostCallsNobodyBackFromNoTalk(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	h := s.host()
	for command, want := range map[string]string{"talk w": "in no private talk", "talk nobody": "no such participant"} {
		h.say(command)
		if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); e.OK || !strings.Contains(e.Error, want) {
			t.Errorf("%q is answered with %+v", command, e)
		}
	}
	h.say("close")
	h.ends(exitOK)
}

func TestHostAnswersALineOfAnyLength(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	h := s.host()
	for _, command := range []string{strings.Repeat("x", 300_000), "mode private " + strings.Repeat("because ", 40_000), "\x00\xff", "admit", "phase"} {
		h.say(command)
		if e := h.await("a reply", func(e told) bool { return e.Event == "reply" }); e.OK || len(e.Command) > maxLine {
			t.Errorf("%.20q… is answered with %.200v", command, e)
		}
	}
	h.say("close")
	h.ends(exitOK)
}
