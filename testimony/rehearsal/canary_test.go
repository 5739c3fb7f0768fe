package rehearsal_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"paravent/media/capture"
	"paravent/protection/identity"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// canary is a true name that must be found nowhere. It is spelled backwards here, so that this program, which stands among
// the temporary files, is not what is found.
var canary = backwards("muabelttauQ-naraleyO eniryhpeZ")

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// spellings are the ways in which a name could stand somewhere.
func spellings(name string) map[string][]byte {
	wide := func(big bool) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(name)) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return b
	}
	all := map[string][]byte{"UTF-16LE": wide(false), "UTF-16BE": wide(true),
		"base64": []byte(base64.StdEncoding.EncodeToString([]byte(name))[:20]), "hex": []byte(hex.EncodeToString([]byte(name))),
		"as it is": []byte(name), "escaped": []byte(strings.ReplaceAll(name, " ", "%20")), "plus": []byte(strings.ReplaceAll(name, " ", "+"))}
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' }) {
		all["the word "+word] = []byte(word)
	}
	return all
}

// search reports the canary in a stretch of bytes, whatever the case of its letters.
func search(t *testing.T, where string, b []byte) {
	t.Helper()
	lower := bytes.ToLower(b)
	for how, spelling := range spellings(canary) {
		if bytes.Contains(lower, bytes.ToLower(spelling)) {
			t.Errorf("the name stands in %s (%s)", where, how)
		}
	}
}

func searchTree(t *testing.T, root string, since time.Time) (files int) {
	t.Helper()
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // another program's file that is gone by now
		}
		if e.IsDir() && strings.HasPrefix(e.Name(), "go-build") {
			return fs.SkipDir // the compiler's: the tests that it builds meanwhile spell the name
		}
		search(t, "the name of a file", []byte(path))
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().Before(since) || info.Size() > 256<<20 {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil {
			files++
			search(t, path, b)
		}
		return nil
	})
	return files
}

func TestTheCanaryIsFoundByItsOwnSearch(t *testing.T) {
	for how, spelling := range spellings(canary) {
		probe := &testing.T{}
		search(probe, "a test", append([]byte("before"), spelling...))
		if !probe.Failed() {
			t.Errorf("the search misses the name %s", how)
		}
	}
}

// The canary's name is sealed, a hearing is held with everything captured that leaves a process, and then every place is
// searched: the vault file, the recordings, the logs, the audit log, the pages, the traffic, exports and temporary files.
func TestTrueNameIsFoundNowhere(t *testing.T) {
	began := time.Now().Add(-time.Second)
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "v.paravent")
	d, err := docket.CreateTraining(ctx, path, light)
	must(t, err)
	parties, err := d.Parties(ctx)
	must(t, err)
	fields := identity.Fields{}
	for _, f := range identity.AllFields {
		fields[f] = canary
	}
	h, err := d.FindHearing(ctx, "hearing-1")
	must(t, err)
	for _, p := range parties {
		must(t, d.SealIdentity(ctx, p.ID, fields))
	}
	// Refusals must not repeat what they refuse.
	err = d.SealIdentity(ctx, parties[0].ID, identity.Fields{identity.Name: strings.Repeat(canary, 200)})
	if err == nil {
		t.Error("an identity of 6 kB was taken")
	} else {
		search(t, "an error", []byte(err.Error()))
	}
	err = d.SealIdentity(ctx, "nobody", fields)
	if err == nil {
		t.Error("an identity was taken for nobody")
	} else {
		search(t, "an error", []byte(err.Error()))
	}

	capturing := capturePackets(t)
	var logs bytes.Buffer
	s, err := live.Open(ctx, live.Config{Desk: d, Hearing: h.ID, Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	must(t, err)
	link := seat(t, s, testimony.RoleWitness).Link
	w, err := rehearsal.Join(ctx, link, rehearsal.Props{Picture: capture.NewTestPicture(1, 320, 240, 15, nil), Sound: capture.NewTestSpeech(1)})
	must(t, err)
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	must(t, s.GoOnUntried("a test"))
	must(t, s.Enter(testimony.IdentityCheck))
	toTestimony(t, s)
	must(t, w.Until(ctx, (*rehearsal.Participant).Connected))
	for changed := s.Changed(); s.State().Recorded < time.Second; changed = s.Changed() {
		<-changed
	}
	for _, part := range []string{"/j/x", "/a/page.js", "/a/page.css", "/a/view.js"} {
		search(t, "the page "+part, get(t, s.State().Address+part))
	}
	state, err := json.Marshal(s.State())
	must(t, err)
	search(t, "the bench's state", state)
	minutes, err := s.Close(ctx)
	must(t, err)
	w.Break()
	packets := capturing()

	for what, v := range map[string]any{"the sealed minutes": minutes, "the public minutes": minutes.Public()} {
		text, err := json.Marshal(v)
		must(t, err)
		search(t, what, text)
	}
	entries, err := d.Audit(ctx)
	must(t, err)
	text, err := json.Marshal(entries)
	must(t, err)
	search(t, "the audit log", text)
	doc, err := d.Export(ctx)
	must(t, err)
	text, err = json.Marshal(doc)
	must(t, err)
	search(t, "the exported docket", text)
	if !bytes.Contains(text, []byte("Witness B")) {
		t.Error("the exported docket does not hold what it should: the search would prove nothing")
	}
	search(t, "the logs", logs.Bytes())
	must(t, d.Close())

	if n := searchTree(t, dir, began); n < 3 {
		t.Errorf("only %d files were searched beside the vault", n)
	}
	searchTree(t, os.TempDir(), began)
	raw, err := os.ReadFile(packets)
	must(t, err)
	if len(raw) < 20_000 {
		t.Errorf("only %d bytes of traffic were captured", len(raw))
	}
	search(t, "the captured traffic", raw)
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.Get(url)
	must(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	must(t, err)
	return b
}

// capturePackets writes everything on the loopback interface into a file until it is told to stop.
func capturePackets(t *testing.T) (stop func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "traffic.pcap")
	cmd := exec.Command("tcpdump", "-i", "lo", "-U", "--immediate-mode", "-s", "0", "-w", file)
	errs, err := cmd.StderrPipe()
	must(t, err)
	if err := cmd.Start(); err != nil {
		t.Fatalf("traffic cannot be captured: %v (make installs tcpdump)", err)
	}
	told := bufio.NewReader(errs)
	for line := ""; !strings.Contains(line, "listening"); { // it says so when the capture has begun, or ends
		if line, err = told.ReadString('\n'); err != nil {
			_ = cmd.Wait()
			t.Skip("traffic cannot be captured by this user")
		}
	}
	return func() string {
		must(t, cmd.Process.Signal(os.Interrupt))
		_, _ = io.Copy(io.Discard, told)
		_ = cmd.Wait()
		return file
	}
}
