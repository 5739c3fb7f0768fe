package evidence

import (
	"context"
	"errors"
	"time"

	"paravent/media/record"
	"paravent/store/blob"
	"paravent/testimony/docket"
)

// ReceiveRemote takes in a file that was kept at a remote point, as the second record of its hearing, and seals it to its blocks. Errors are those of
// [docket.Desk.ReceiveRemoteRecord]. progress is told of bytes.
func ReceiveRemote(ctx context.Context, d *docket.Desk, path string, progress func(done, total int64)) (docket.Recording, error) {
	r, err := d.ReceiveRemoteRecord(ctx, path, func(reader *blob.Reader) (time.Duration, error) {
		stats, err := record.Inspect(reader, reader.Size())
		if reader.Torn() && errors.Is(err, record.ErrNotRecording) {
			return 0, nil // it stops before the first picture
		}
		return stats.Duration, err
	}, progress)
	if err != nil {
		return r, err
	}
	_, err = d.CommitRecording(ctx, r.ID)
	return r, err
}
