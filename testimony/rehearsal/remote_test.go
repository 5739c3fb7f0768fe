package rehearsal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paravent/media/capture"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
	"paravent/testimony/relay"
)

// The witness's machine keeps a second record, from the moment at which the court records, through a lost connection, and nothing while the witness has stopped. Its file is sealed, and comes in
// later as what it was when the court was told of it.
func TestTheRemotePointKeepsASecondRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	s, d := courtroomWithDesk(t, relay.Reach{})
	folder := filepath.Join(t.TempDir(), "kept")
	st, keeper := keeps(t, s, folder)
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	awaitState(t, s, "the machine to be ready", func(st live.State) bool { return st.Remote == live.RemoteReady })
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
		t.Errorf("before the court records there are %v, %v", files, err)
	}
	toTestimony(t, s)
	awaitState(t, s, "the second record", func(st live.State) bool { return st.Remote == live.RemoteRunning })
	awaitView(t, st, "that it is kept", func(v attend.View) bool { return v.Keeping == "running" })
	eventually(t, "the court to be told", func() bool { r := remotes(t, d); return len(r) == 1 && r[0].Told.Chunks > 0 })
	before := remotes(t, d)[0]

	st.Lose()
	awaitPresence(t, s, testimony.RoleWitness, live.Lost)
	awaitPresence(t, s, testimony.RoleWitness, live.Admitted)
	time.Sleep(time.Second)
	if all := remotes(t, d); len(all) != 1 || all[0].ID != before.ID {
		t.Errorf("after the line was back there are %+v", all)
	}

	stopped := time.Now()
	must(t, st.Ask(testimony.AskPause))
	time.Sleep(3 * time.Second)
	must(t, st.Ask(testimony.AskReady))
	awaitState(t, s, "that the witness can go on", func(st live.State) bool { return st.Held.Ready })
	must(t, s.GoOn())
	awaitView(t, st, "the end of the pause", func(v attend.View) bool { return v.Held == "" })
	paused := time.Since(stopped)
	time.Sleep(2 * time.Second)

	if _, err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	told := remotes(t, d)[0]
	if !told.Told.Closed || told.Told.Chunks <= before.Told.Chunks {
		t.Fatalf("at the end the court was told %+v", told.Told)
	}
	path := filepath.Join(folder, string(told.ID)+attend.RemoteSuffix)
	sealed, err := os.ReadFile(path)
	must(t, err)
	if bytes.Contains(sealed, []byte("webm")) || bytes.Contains(sealed, []byte("V_VP8")) {
		t.Error("the file has clear parts")
	}
	if keeper.Stage() != "closed" {
		t.Errorf("the machine says %q", keeper.Stage())
	}

	refused := func(what string, content []byte, want error) {
		t.Helper()
		other := filepath.Join(t.TempDir(), "handed-over")
		must(t, os.WriteFile(other, content, 0o600))
		if _, err := evidence.ReceiveRemote(t.Context(), d, other, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	refused("one bit changed", flipped, docket.ErrRemoteDiffers)
	refused("cut", sealed[:len(sealed)-len(sealed)/4], docket.ErrRemoteDiffers)
	refused("its end cut off", sealed[:len(sealed)-10], docket.ErrRemoteDiffers)
	refused("another file", bytes.Repeat([]byte("x"), 4096), docket.ErrNotRemote)
	if list, err := d.Recordings(t.Context()); err != nil || len(list) != 2 {
		t.Fatalf("refused files left %d recordings, %v", len(list), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(d.Path()), "*", "*.part")); err != nil || len(left) != 0 {
		t.Errorf("refused files left %v, %v", left, err)
	}

	r, err := evidence.ReceiveRemote(t.Context(), d, path, nil)
	must(t, err)
	if !r.Remote || !r.Sealed || r.Own() || r.Hearing != told.Hearing || !bytes.Equal(r.Root, told.Told.Root) {
		t.Errorf("it came in as %+v", r)
	}
	refused("a second time", sealed, docket.ErrRemoteReceived)
	v, err := evidence.Verify(t.Context(), d, r.ID, nil)
	must(t, err)
	if !v.Intact || !v.Sound() || (v.Length-told.Told.Length).Abs() > time.Second {
		t.Errorf("it verifies as %+v, %s told", v, told.Told.Length)
	}
	c, err := evidence.Check(t.Context(), d, r.ID, nil)
	must(t, err)
	var gap time.Duration
	for _, f := range c.Findings {
		switch f.Kind {
		case "no_sound":
			gap += f.Until - f.From
		case "no_picture":
		default:
			t.Errorf("the check finds %+v", f)
		}
	}
	if gap < 2500*time.Millisecond || gap > paused+time.Second {
		t.Errorf("%s of sound are missing, and the witness had stopped for %s", gap, paused)
	}
	all, err := d.Recordings(t.Context())
	must(t, err)
	for _, each := range all {
		if each.Version == r.Version && each.Own() && r.Started.Sub(each.Started).Abs() > 2*time.Second {
			t.Errorf("the second record begins at %s, the master at %s", r.Started, each.Started)
		}
	}
}

// A machine whose disk fails tells the court, and what it sealed before comes in.
func TestASecondRecordThatFails(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	s, d := courtroomWithDesk(t, relay.Reach{})
	folder := filepath.Join(t.TempDir(), "kept")
	st, _ := keeps(t, s, folder)
	must(t, os.RemoveAll(folder)) // after it was tried
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	awaitState(t, s, "the alarm", func(st live.State) bool {
		for _, a := range st.Alarms {
			if a.Kind == "remote_record_failed" {
				return st.Remote == live.RemoteFailed && st.Recording == live.RecordingRunning
			}
		}
		return false
	})
	awaitView(t, st, "that it failed", func(v attend.View) bool { return v.Keeping == "failed" })
	if r := remotes(t, d); len(r) != 1 || !r[0].Told.Failed {
		t.Errorf("the court keeps %+v", r)
	}
}

// A record whose machine was stopped comes in as far as it goes, but not shorter than the court was told.
func TestASecondRecordOfAStoppedMachine(t *testing.T) {
	_, d := courtroomWithDesk(t, relay.Reach{})
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	r, key, err := d.BeginRemoteRecord(t.Context(), h.ID, "seat")
	must(t, err)
	path := filepath.Join(t.TempDir(), "torn")
	f, err := blob.Create(path, key, string(r.ID))
	must(t, err)
	for range 3 {
		_, err = f.Write(bytes.Repeat([]byte("x"), 1000))
		must(t, err)
		must(t, f.Sync())
	}
	sum, err := f.Summary()
	must(t, err)
	must(t, d.TellRemoteRecord(t.Context(), r.ID, docket.RemoteTold{Chunks: sum.Chunks, Size: sum.Size, Root: sum.Root[:], Length: time.Second}))
	fewer := docket.RemoteTold{Chunks: 1, Size: 1000, Root: sum.Root[:]}
	if err := d.TellRemoteRecord(t.Context(), r.ID, fewer); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("fewer chunks were told later: %v", err)
	}
	whole, err := os.ReadFile(path)
	must(t, err)
	length := func(*blob.Reader) (time.Duration, error) { return time.Second, nil }
	short := filepath.Join(t.TempDir(), "short")
	must(t, os.WriteFile(short, whole[:len(whole)-1100], 0o600))
	if _, err := d.ReceiveRemoteRecord(t.Context(), short, length, nil); !errors.Is(err, docket.ErrRemoteDiffers) {
		t.Errorf("cut to less than was told: %v", err)
	}
	in, err := d.ReceiveRemoteRecord(t.Context(), path, length, nil)
	must(t, err)
	kept, err := d.RemoteRecord(t.Context(), in.ID)
	must(t, err)
	if in.Sealed || in.Chunks != 3 || in.Size != 3000 || kept.Untold(in) != 0 {
		t.Errorf("it came in as %+v, %d chunks untold", in, kept.Untold(in))
	}
	if more := (docket.Recording{Chunks: 5}); kept.Untold(more) != 2 {
		t.Errorf("of five chunks %d are untold", kept.Untold(more))
	}
	_, err = f.Close()
	must(t, err)
}

// keeps takes the witness's seat with a machine that keeps a second record in a folder.
func keeps(t *testing.T, s *live.Session, folder string) (*attend.Seat, *attend.Keeper) {
	t.Helper()
	keeper, err := attend.NewKeeper(folder)
	must(t, err)
	own := attend.OpenOwn(capture.NewTestPicture(1, 320, 240, 15, nil), capture.NewTestSpeech(1), keeper.See, keeper.Hear)
	t.Cleanup(own.Close)
	var w wall
	st, err := attend.Take(t.Context(), seat(t, s, testimony.RoleWitness).Link, attend.Config{Options: guest.Options{Lang: "fr"}, Picture: own.Picture, Sound: own.Sound}, w.shown())
	must(t, err)
	st.Keep(keeper)
	t.Cleanup(st.Leave)
	return st, keeper
}

func remotes(t *testing.T, d *docket.Desk) []docket.RemoteRecord {
	t.Helper()
	list, err := d.RemoteRecords(t.Context())
	must(t, err)
	return list
}
