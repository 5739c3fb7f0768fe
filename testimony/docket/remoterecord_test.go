package docket_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/retention"
)

// A second record that was not handed over when a judge erased the master opens to nobody any more; one of another hearing does.
func TestASecondRecordGoesWithItsMaster(t *testing.T) {
	t.Parallel()
	b, r := finished(t)
	b.quiet()
	d := b.as(testimony.Judge)
	remote := func(h testimony.HearingID) (docket.RemoteRecord, string) {
		t.Helper()
		x, key, err := d.BeginRemoteRecord(t.Context(), h, "seat")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "record")
		f := must(blob.Create(path, key, string(x.ID)))(t)
		must(f.Write([]byte("what was said")))(t)
		must(f.Close())(t)
		return x, path
	}
	gone, path := remote(r.Hearing)
	other := testimony.HearingID("")
	for _, h := range must(d.Hearings(t.Context()))(t) {
		if h.ID != r.Hearing {
			other = h.ID
		}
	}
	stays, its := remote(other)
	e := must(b.as(testimony.Clerk).ProposeRecordingErasure(t.Context(), retention.Thing{Recording: r.ID}, "its time is over"))(t)
	must(b.as(testimony.Judge).DecideRecordingErasure(t.Context(), e.ID, true, "nothing needs it"))(t)
	d = b.as(testimony.Judge)
	length := func(*blob.Reader) (time.Duration, error) { return time.Second, nil }
	if _, err := d.ReceiveRemoteRecord(t.Context(), path, length, nil); !errors.Is(err, docket.ErrNotRemote) {
		t.Errorf("after the master was erased its second record comes in: %v", err)
	}
	if x := must(d.RemoteRecord(t.Context(), gone.ID))(t); x.Forgotten.IsZero() {
		t.Errorf("it stands as %+v", x)
	}
	if x := must(d.RemoteRecord(t.Context(), stays.ID))(t); !x.Forgotten.IsZero() {
		t.Errorf("that of another hearing stands as %+v", x)
	}
	if in := must(d.ReceiveRemoteRecord(t.Context(), its, length, nil))(t); in.ID != stays.ID {
		t.Errorf("that of another hearing comes in as %+v", in)
	}
	b.audited("recording.remote_begun", "recording.remote_forgotten", "recording.remote_received")
}
