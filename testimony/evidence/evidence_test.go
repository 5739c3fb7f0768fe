package evidence_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/record"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

var light = docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}

func training(t *testing.T) *docket.Desk {
	t.Helper()
	d, err := docket.CreateTraining(t.Context(), filepath.Join(t.TempDir(), "v.paravent"), light)
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func as(t *testing.T, d *docket.Desk, login string) *docket.Desk {
	t.Helper()
	path := d.Path()
	must(t, d.Close())
	d, err := docket.Unlock(t.Context(), path, login, []byte(docket.TrainingPassphrase), light)
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	packets = 200 // of a thousand bytes: a little more than three chunks
	length  = packets * 20 * time.Millisecond
)

// recorded makes a recording of four seconds of sound; unfinished leaves it as a program that was killed does.
func recorded(t *testing.T, d *docket.Desk, version protection.Audience, unfinished bool) docket.Recording {
	t.Helper()
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	r, file, err := d.BeginRecording(t.Context(), h.ID, version)
	must(t, err)
	webm, err := record.NewWriter(file, []record.Track{{Number: 1, Kind: media.KindAudio, Codec: record.CodecOpus}}, r.Started)
	must(t, err)
	for n := range packets {
		must(t, webm.Audio(time.Duration(n)*20*time.Millisecond, make([]byte, 1000)))
	}
	if unfinished {
		must(t, file.Sync())
	} else {
		summary, err := file.Close()
		must(t, err)
		must(t, d.SealRecording(t.Context(), r.ID, summary, length))
	}
	r, err = d.Recording(t.Context(), r.ID)
	must(t, err)
	return r
}

func fileOf(d *docket.Desk, r docket.Recording) string {
	return filepath.Join(d.Path()+".d", string(r.ID)+".blob")
}

func verify(t *testing.T, d *docket.Desk, r docket.Recording) evidence.Verdict {
	t.Helper()
	v, err := evidence.Verify(t.Context(), d, r.ID, nil)
	must(t, err)
	return v
}

func TestIntactRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d, protection.MasterRecord, false)
	v := verify(t, d, r)
	if !v.Intact || !v.Sound() || v.Torn || v.Cut() || v.FirstBad != -1 || v.Chunks != r.Chunks || v.Bytes != r.Size {
		t.Errorf("%+v", v)
	}
	if v.Length < length-20*time.Millisecond || v.Length > length {
		t.Errorf("of %s %s can be played", length, v.Length)
	}
	if !strings.HasPrefix(v.Words(), "Intact: ") {
		t.Errorf("it is said: %q", v.Words())
	}
}

// A recording that its program could not end is sound up to where it stops.
func TestTornRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	v := verify(t, d, recorded(t, d, protection.MasterRecord, true))
	if v.Intact || !v.Torn || v.Cut() || !v.Sound() || v.FirstBad != -1 || v.Length < length/2 {
		t.Errorf("%+v", v)
	}
	if !strings.HasPrefix(v.Words(), "Torn: ") {
		t.Errorf("it is said: %q", v.Words())
	}
}

// One changed bit, wherever it is, and the recording is not sound, and the words do not say that it is.
func TestAlteredRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d, protection.MasterRecord, false)
	whole, err := os.ReadFile(fileOf(d, r))
	must(t, err)
	for _, part := range []int{4, 3, 2} {
		changed := append([]byte(nil), whole...)
		changed[len(whole)-len(whole)/part] ^= 1
		must(t, os.WriteFile(fileOf(d, r), changed, 0o600))
		v, err := evidence.Verify(t.Context(), d, r.ID, nil)
		if err == nil && (v.Sound() || v.Intact || !strings.HasPrefix(v.Words(), "Not intact")) {
			t.Errorf("a bit changed in the last 1/%d: %+v, %q", part, v, v.Words())
		}
	}
}

// A file that was cut after it had been sealed is nobody's accident, and is not sound.
func TestCutRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d, protection.MasterRecord, false)
	whole, err := os.ReadFile(fileOf(d, r))
	must(t, err)
	must(t, os.WriteFile(fileOf(d, r), whole[:len(whole)/2], 0o600))
	v := verify(t, d, r)
	if v.Sound() || v.Intact || !v.Cut() || !strings.HasPrefix(v.Words(), "Not intact") {
		t.Errorf("%+v: %q", v, v.Words())
	}
}

// The verdict in words agrees with the verdict.
func TestWordsAgree(t *testing.T) {
	t.Parallel()
	sealed := docket.Recording{Sealed: true, Chunks: 9}
	for name, c := range map[string]struct {
		verdict evidence.Verdict
		sound   bool
		words   string
	}{
		"intact":                {evidence.Verdict{Recording: sealed, Intact: true, FirstBad: -1, Chunks: 9, Length: 90 * time.Second}, true, "Intact: 9 chunks, 1m30s."},
		"torn":                  {evidence.Verdict{Torn: true, FirstBad: -1, Chunks: 7, Length: 70 * time.Second}, true, "Torn: the recording stops after 1m10s without an end; its 7 chunks up to there are intact."},
		"cut":                   {evidence.Verdict{Recording: sealed, Torn: true, FirstBad: -1, Chunks: 7}, false, "Not intact: the file ends after chunk 7 of 9, though the recording was sealed whole."},
		"altered":               {evidence.Verdict{Recording: sealed, FirstBad: 2, Chunks: 9}, false, "Not intact: chunk 3 of 9 is the first that was altered or is unreadable."},
		"altered and torn":      {evidence.Verdict{Torn: true, FirstBad: 0, Chunks: 9}, false, "Not intact: chunk 1 of 1 is the first that was altered or is unreadable."},
		"neither whole nor not": {evidence.Verdict{FirstBad: -1}, false, "Not intact."},
		"the empty verdict":     {evidence.Verdict{}, false, "Not intact: chunk 1 of 1 is the first that was altered or is unreadable."},
	} {
		if got := c.verdict.Words(); got != c.words || c.verdict.Sound() != c.sound {
			t.Errorf("%s: sound %v, %q", name, c.verdict.Sound(), got)
		}
	}
}

// What was exported plays to the end, and of a torn recording what is whole of it.
func TestExport(t *testing.T) {
	t.Parallel()
	for name, unfinished := range map[string]bool{"whole": false, "torn": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := training(t)
			r := recorded(t, d, protection.MasterRecord, unfinished)
			file, err := os.Create(filepath.Join(t.TempDir(), "copy.webm"))
			must(t, err)
			defer file.Close()
			stats, err := evidence.Export(t.Context(), d, r.ID, file)
			must(t, err)
			info, err := file.Stat()
			must(t, err)
			copied, err := record.Inspect(file, info.Size())
			must(t, err)
			if stats.AudioPackets == 0 || copied.AudioPackets != stats.AudioPackets || copied.Torn || !unfinished && stats.AudioPackets != packets {
				t.Errorf("of %d packets %d were exported, and the copy has %d (torn: %v)", packets, stats.AudioPackets, copied.AudioPackets, copied.Torn)
			}
		})
	}
}

// Who may not open the master gets no copy of it; its chunks can be checked only by those who hold its key.
func TestMasterIsNotForEveryone(t *testing.T) {
	t.Parallel()
	d := training(t)
	master, public := recorded(t, d, protection.MasterRecord, false), recorded(t, d, protection.PublicRecord, false)
	d = as(t, d, testimony.Clerk)
	file, err := os.Create(filepath.Join(t.TempDir(), "copy.webm"))
	must(t, err)
	defer file.Close()
	if _, err := evidence.Export(t.Context(), d, master.ID, file); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk exports the master: %v", err)
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("%d bytes of the master were written", info.Size())
	}
	if _, err := evidence.Verify(t.Context(), d, master.ID, nil); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("the clerk checks the master: %v", err)
	}
	if _, err := evidence.Export(t.Context(), d, public.ID, file); err != nil {
		t.Errorf("the clerk exports the public version: %v", err)
	}
	d = as(t, d, testimony.Advocate)
	// The advocate holds the public version's key and may not open it: the check is told without what it would play.
	if v := verify(t, d, public); !v.Intact || v.Length != length {
		t.Errorf("the advocate's check: %+v", v)
	}
}
