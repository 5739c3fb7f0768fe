package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"paravent/store"
	"paravent/testimony/docket"
)

// terminal runs command lines in a folder of its own.
type terminal struct {
	t   *testing.T
	dir string
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	s := &terminal{t, t.TempDir()}
	s.write("p", "five grey owls count eggs\n")
	s.write("wrong", "another passphrase")
	return s
}

func (s *terminal) path(name string) string { return filepath.Join(s.dir, name) }

func (s *terminal) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// run splits a line at spaces; @name stands for a file of the folder. It returns what was printed.
func (s *terminal) run(want int, line string) (out, errs string) {
	s.t.Helper()
	var o, e bytes.Buffer
	args := strings.Fields(line)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = s.path(name)
		}
		args[i] = strings.ReplaceAll(args[i], "~", " ")
	}
	if got := run(context.Background(), args, strings.NewReader(""), &o, &e); got != want {
		s.t.Fatalf("paravent %s: exit code %d, want %d\n%s%s", line, got, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

const asJudge = " --vault @v --login judge --passphrase-file @p"

func (s *terminal) vault() {
	s.t.Helper()
	s.run(exitOK, "vault create --role judge"+asJudge)
}

const docketText = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c","pseudonym":"Witness B"}]}],
 "orders":[{"key":"o","case":"c","party":"w","reference":"7/2026","state":"in_force","measures":[{"kind":"face_alteration"},{"kind":"interpreter_only"},{"kind":"screen_accused"}]}],
 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-11-25T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"g","role":"gallery"}]}]}`

func TestMatrixFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	out, _ := s.run(exitOK, "order matrix --case TC~1/2026 --party Witness~B"+asJudge)
	for _, want := range []string{"Bench: sees clear, hears clear.", "Public gallery: sees silhouette, hears interpreter only. (order 7/2026, face alteration",
		"The witness is not shown the accused: order 7/2026"} {
		if !strings.Contains(out, want) {
			t.Errorf("the explanation lacks %q:\n%s", want, out)
		}
	}
	out, _ = s.run(exitOK, "order matrix --json --case c --party w --mode closed"+asJudge)
	var report struct {
		Mode  string
		Cells []struct {
			Audience, Picture, Voice string
			Connected                bool
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Cells {
		if c.Audience == "gallery" && (c.Picture != "nothing" || c.Connected) {
			t.Errorf("closed: the gallery has %+v", c)
		}
	}
	if len(report.Cells) < 13 || report.Mode != "closed" {
		t.Errorf("the report is %+v", report)
	}
	out, _ = s.run(exitOK, "docket export"+asJudge)
	if !strings.Contains(out, `"key": "h"`) {
		t.Errorf("the export is %s", out)
	}
}

func TestEveryMistakeIsOneSentenceAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.run(exitOK, "cooperation decide h --reason R"+asJudge)
	s.write("not-a-vault", strings.Repeat("something else ", 1000))
	s.write("empty", "")
	whole, err := os.ReadFile(s.path("v"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("half", string(whole[:len(whole)/2]))
	s.write("bad.json", strings.Replace(docketText, `"trafficking"`, `"theft"`, 1))
	s.write("broken.json", "{")
	for name, c := range map[string]struct {
		line string
		code int
		says string
	}{
		"wrong passphrase":    {"vault status --vault @v --login judge --passphrase-file @wrong", exitPassphrase, "login or the passphrase is wrong"},
		"unknown login":       {"vault status --vault @v --login nobody --passphrase-file @p", exitPassphrase, "login or the passphrase is wrong"},
		"no vault":            {"vault status --vault @none --login judge --passphrase-file @p", exitNotFound, "there is no vault"},
		"not a vault":         {"vault status --vault @not-a-vault --login judge --passphrase-file @p", exitDamaged, "not a vault"},
		"empty file":          {"vault status --vault @empty --login judge --passphrase-file @p", exitDamaged, ""},
		"half a vault":        {"vault status --vault @half --login judge --passphrase-file @p", exitDamaged, ""},
		"vault exists":        {"vault create --vault @v --login x --passphrase-file @p", exitExists, "already"},
		"no passphrase":       {"vault status --vault @v --login judge", exitUsage, "--passphrase-file"},
		"no passphrasefile":   {"vault status --vault @v --login judge --passphrase-file @none", exitNotFound, ""},
		"unknown hearing":     {"host --hearing nothing" + asJudge, exitNotFound, `no hearing "nothing"`},
		"unknown case":        {"order matrix --case X --party w" + asJudge, exitNotFound, `no case "X"`},
		"unknown party":       {"order matrix --case c --party X" + asJudge, exitNotFound, `no protected party "X"`},
		"bad mode":            {"order matrix --case c --party w --mode secret" + asJudge, exitUsage, "mode"},
		"bad time":            {"order matrix --case c --party w --at noon" + asJudge, exitUsage, "not a time"},
		"bad docket":          {"docket import @bad.json" + asJudge, exitRefused, "cases[0].offence"},
		"broken docket":       {"docket import @broken.json" + asJudge, exitRefused, "not JSON"},
		"docket twice":        {"docket import @docket.json" + asJudge, exitRefused, "cases[0].reference"},
		"endless passphrase":  {"vault status --vault @v --login judge --passphrase-file /dev/zero", exitUsage, "longer than"},
		"no such folder":      {"vault create --vault @v/x --login judge --passphrase-file @p", exitFailure, "not a directory"},
		"no docket":           {"docket import @none.json" + asJudge, exitNotFound, ""},
		"unknown recording":   {"evidence verify nothing" + asJudge, exitNotFound, `no recording "nothing"`},
		"nothing to export":   {"evidence export nothing @out.webm" + asJudge, exitNotFound, `no recording "nothing"`},
		"rehearsal too short": {"rehearse --seconds 0", exitUsage, "from 1 to"},
		"rehearsal elsewhere": {"rehearse --out @", exitUsage, "files in it already"},
		"unknown command":     {"frobnicate", exitUsage, "frobnicate"},
		"unknown flag":        {"vault status --passphrase secret", exitUsage, "passphrase"},
		"in the clear":        {"host --hearing h --listen http://0.0.0.0:0" + asJudge, exitUsage, "loopback"},
		"short passphrase":    {"user add new --role clerk --new-passphrase-file @short" + asJudge, exitRefused, "too short"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &terminal{t, s.dir}
			s.write("short", "short")
			_, errs := s.run(c.code, c.line)
			if !strings.Contains(errs, c.says) || strings.Contains(errs, "goroutine") || strings.Contains(errs, "five grey owls count eggs") {
				t.Errorf("it says:\n%s", errs)
			}
			_, errs = s.run(c.code, c.line+" --json")
			var told struct {
				Error string
				Code  int
			}
			if err := json.Unmarshal([]byte(errs), &told); err != nil || told.Code != c.code || told.Error == "" {
				t.Errorf("as JSON it says %q: %v", errs, err)
			}
		})
	}
	if after, err := os.ReadFile(s.path("not-a-vault")); err != nil || len(after) != 15000 {
		t.Errorf("the file that is no vault was changed: %v", err)
	}
	s.run(exitOK, "vault verify"+asJudge)
}

// A record that was altered where no unlocking looks is found by the check, and by the check alone.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	d, err := docket.Create(t.Context(), s.path("v"), store.NewUser{Login: "judge", DisplayName: "judge", Role: "judge", Passphrase: []byte("five grey owls count eggs")},
		docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.run(exitOK, "vault verify"+asJudge)
	named := 0
	for n := range s.records() {
		restore := s.alter(n)
		out, errs := s.run(exitDamaged, "vault verify --json"+asJudge)
		var report struct {
			Sound  bool
			Faults []struct{ Place, Problem string }
		}
		if out != "" {
			if err := json.Unmarshal([]byte(out), &report); err != nil || report.Sound || len(report.Faults) == 0 || report.Faults[0].Problem == "" {
				t.Errorf("record %d: the report is %s: %v", n, out, err)
			}
			named++
		}
		if !strings.Contains(errs, "damaged") {
			t.Errorf("record %d: it says %s", n, errs)
		}
		restore()
	}
	if named == 0 {
		t.Error("no report named a fault")
	}
	s.run(exitOK, "vault verify"+asJudge)
}

func (s *terminal) file(fn func(*bbolt.Bucket) error) {
	s.t.Helper()
	db, err := bbolt.Open(s.path("v"), 0o600, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := errors.Join(db.Update(func(tx *bbolt.Tx) error { return fn(tx.Bucket([]byte("record"))) }), db.Close()); err != nil {
		s.t.Fatal(err)
	}
}

// records counts the sealed records of the vault.
func (s *terminal) records() (n int) {
	s.t.Helper()
	s.file(func(b *bbolt.Bucket) error {
		return b.ForEach(func(_, _ []byte) error {
			n++
			return nil
		})
	})
	return n
}

// alter changes one bit of the n-th record.
func (s *terminal) alter(n int) (restore func()) {
	s.t.Helper()
	var key, value []byte
	s.file(func(b *bbolt.Bucket) error {
		cursor := b.Cursor()
		k, v := cursor.First()
		for range n {
			k, v = cursor.Next()
		}
		key, value = bytes.Clone(k), bytes.Clone(v)
		altered := bytes.Clone(v)
		altered[len(altered)-20] ^= 1
		return b.Put(key, altered)
	})
	return func() { s.file(func(b *bbolt.Bucket) error { return b.Put(key, value) }) }
}

func TestUsersAreEnrolledByTheirCollege(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	s.run(exitNotAllowed, "user add clerk2 --role clerk --new-passphrase-file @p"+asJudge)
	s.run(exitOK, "user add judge2 --role judge --new-passphrase-file @p"+asJudge)
	s.run(exitExists, "user add judge2 --role judge --new-passphrase-file @p"+asJudge)
	out, _ := s.run(exitOK, "user list --json --vault @v --login clerk --passphrase-file @p")
	var users []map[string]string
	if err := json.Unmarshal([]byte(out), &users); err != nil || len(users) != 3 {
		t.Errorf("the users are %s: %v", out, err)
	}
}

func TestHostEndsWithItsInput(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.run(exitOK, "cooperation decide h --reason R"+asJudge)
	var o, e bytes.Buffer
	args := strings.Fields("host --hearing h --vault " + s.path("v") + " --login judge --passphrase-file " + s.path("p"))
	in := strings.NewReader("admit w\nphase oath\nmode private\nmode secret\nfly\nstatus\nclose\n")
	if code := run(t.Context(), args, in, &o, &e); code != exitOK {
		t.Fatalf("exit code %d: %s", code, e.String())
	}
	kinds, replies := map[string]int{}, map[string]string{}
	for _, text := range strings.Split(strings.TrimSpace(o.String()), "\n") {
		var l struct {
			Event, Command, Error, URL string
			OK                         bool
		}
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%q is not JSON: %v", text, err)
		}
		kinds[l.Event]++
		if l.Event == "reply" && !l.OK {
			replies[l.Command] = l.Error
		}
	}
	for kind, n := range map[string]int{"opened": 1, "link": 2, "minutes": 1, "closed": 1, "reply": 7} {
		if kinds[kind] != n {
			t.Errorf("%d events %q, want %d:\n%s", kinds[kind], kind, n, o.String())
		}
	}
	for command, says := range map[string]string{"admit w": "lobby", "phase oath": "follow", "mode private": "reason", "mode secret": "not a session mode", "fly": "not a command"} {
		if !strings.Contains(replies[command], says) {
			t.Errorf("%q is answered with %q", command, replies[command])
		}
	}
	_, errs := s.run(exitRefused, "host --hearing h"+asJudge)
	if !strings.Contains(errs, "was held") {
		t.Errorf("a held hearing is answered with %q", errs)
	}
}

func TestARehearsalThatIsStoppedSaysNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	stop := stopAfter{&out, cancel}
	if code := run(ctx, []string{"rehearse"}, strings.NewReader(""), stop, &errs); code != exitFailure {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(errs.String(), "stopped before its end") || strings.Contains(out.String(), "held") {
		t.Errorf("it says %s%s", out.String(), errs.String())
	}
}

// stopAfter cancels at the first line that is written.
type stopAfter struct {
	io.Writer
	cancel func()
}

func (s stopAfter) Write(b []byte) (int, error) {
	s.cancel()
	return s.Writer.Write(b)
}

func TestAPassphraseIsChangedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("new", "three quiet herons over Delft")
	s.write("short", "short")
	s.run(exitPassphrase, "user passphrase --vault @v --login judge --passphrase-file @wrong --new-passphrase-file @new")
	s.run(exitRefused, "user passphrase --new-passphrase-file @short"+asJudge)
	s.run(exitNotFound, "user passphrase --vault @nothing --login judge --passphrase-file @p --new-passphrase-file @new")
	s.run(exitOK, "user passphrase --new-passphrase-file @new"+asJudge)
	s.run(exitPassphrase, "vault status"+asJudge)
	s.run(exitOK, "vault verify --vault @v --login judge --passphrase-file @new")
}

func TestABackupFromTheCommandLineIsAVault(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	out, _ := s.run(exitOK, "vault backup @copies --json"+asJudge)
	var b docket.Backup
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.Records == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	s.run(exitOK, "vault verify --login judge --passphrase-file @p --vault "+b.Path)
	s.write("file", "in the way")
	s.run(exitFailure, "vault backup @file"+asJudge)
}
