package rehearsal_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// recordInto names the vault that this program, started again by the test, records into until it is killed.
const recordInto = "PARAVENT_TEST_RECORD_INTO"

var light = docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}

func TestMain(m *testing.M) {
	if path := os.Getenv(recordInto); path != "" {
		if err := recordForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if part := os.Getenv(playIn); part != "" {
		if err := play(part); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// recordForEver testifies and tells, line by line, how long the recording is.
func recordForEver(path string) error {
	ctx := context.Background()
	d, err := docket.Unlock(ctx, path, testimony.Judge, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		return err
	}
	h, err := d.FindHearing(ctx, "hearing-1")
	if err != nil {
		return err
	}
	s, err := live.Open(ctx, live.Config{Desk: d, Hearing: h.ID})
	if err != nil {
		return err
	}
	w, _ := h.Witness()
	var link string
	for _, p := range s.State().People {
		if p.ID == w.ID {
			link = p.Link
		}
	}
	if _, err := rehearsal.Join(ctx, link, rehearsal.Props{
		Picture: capture.NewTestPicture(1, 640, 480, 15, rehearsal.WitnessMark.Draw), Sound: capture.NewTestSpeech(1)}); err != nil {
		return err
	}
	for {
		changed := s.Changed()
		if s.Admit(w.ID) == nil {
			break
		}
		<-changed
	}
	if err := s.GoOnUntried("a test"); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.Enter(testimony.IdentityCheck) }, func() error { return s.Enter(testimony.Oath) }, s.OathTaken,
		func() error { return s.Enter(testimony.Testimony) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for {
		changed := s.Changed()
		fmt.Println(s.State().Recorded.Milliseconds())
		<-changed
	}
}

func TestKilledWhileRecordingLosesAtMostTheLastSecond(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.paravent")
	d, err := docket.CreateTraining(t.Context(), path, light)
	must(t, err)
	must(t, d.Close())

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), recordInto+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	var recorded time.Duration
	for lines := bufio.NewScanner(out); recorded < 5*time.Second && lines.Scan(); {
		var ms int64
		if _, err := fmt.Sscan(lines.Text(), &ms); err != nil {
			t.Fatalf("the recording program says %q", lines.Text())
		}
		recorded = time.Duration(ms) * time.Millisecond
	}
	must(t, child.Process.Signal(syscall.SIGKILL))
	_ = child.Wait() // it was killed
	if recorded < 5*time.Second {
		t.Fatal("nothing was recorded")
	}

	d, err = docket.Unlock(t.Context(), path, testimony.Judge, []byte(docket.TrainingPassphrase), light)
	must(t, err)
	defer d.Close()
	report, err := d.Verify(t.Context(), nil)
	if err != nil || !report.Sound() {
		t.Errorf("the vault is not sound: %v %+v", err, report.Faults)
	}
	must(t, d.VerifyAudit(t.Context()))
	list, err := d.Recordings(t.Context())
	must(t, err)
	masters := 0
	for _, r := range list {
		v, err := evidence.Verify(t.Context(), d, r.ID, nil)
		must(t, err)
		t.Logf("%s: %s", r.Version, v.Words())
		if !v.Torn || !v.Sound() {
			t.Errorf("%s: %+v", r.Version, v)
		}
		if r.Version != protection.MasterRecord {
			continue
		}
		masters++
		if v.Length < recorded-1200*time.Millisecond {
			t.Errorf("of %s only %s are left", recorded, v.Length)
		}
		file, err := os.Create(filepath.Join(t.TempDir(), "master.webm"))
		must(t, err)
		stats, err := evidence.Export(t.Context(), d, r.ID, file)
		must(t, err)
		must(t, file.Close())
		if !stats.Torn || stats.VideoFrames == 0 {
			t.Errorf("the torn master was exported as %+v", stats)
		}
	}
	if masters != 1 {
		t.Errorf("there are %d masters", masters)
	}
	minutes, err := d.Minutes(t.Context(), list[0].Hearing)
	must(t, err)
	if minutes.Version != "recovered" || len(minutes.Events) < 4 {
		t.Errorf("the minutes are %q with %d events", minutes.Version, len(minutes.Events))
	}
	items, err := d.Today(t.Context(), time.Now())
	must(t, err)
	if len(items) == 0 || items[0].Kind != docket.HearingUnclosed {
		t.Errorf("the day's list does not begin with the session that was never closed: %+v", items)
	}
	// The courtroom can be opened again.
	s, err := live.Open(t.Context(), live.Config{Desk: d, Hearing: list[0].Hearing})
	must(t, err)
	s.Abandon()
}
