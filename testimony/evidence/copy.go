package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"paravent/media"
	"paravent/media/caption"
	"paravent/media/codec/vpx"
	"paravent/media/record"
	"paravent/media/watermark"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
)

// ErrNoPicture says that nothing of a recording can be seen, so that no copy of it can be marked.
var ErrNoPicture = errors.New("no picture of this recording can be shown, so that a copy of it can't be marked")

// Of a copy of 640x480 pixels in kbit/s, at which the hidden mark was measured, and the least and the most for other sizes.
const (
	copyBitrate      = 800
	leastCopyBitrate = 300
	mostCopyBitrate  = 4000
	copyKeyEvery     = 2 * time.Second // for a player to move in it
)

// Given is a copy that was made.
type Given struct {
	Copy     copies.Copy `json:"copy"`
	Pictures int         `json:"pictures"`
	Lost     int         `json:"lost"` // pictures of the recording that can't be shown: the one before stays
}

// CopyLines are what stands on the picture of a copy, the most important first.
func CopyLines(c copies.Copy, l policy.Language) []string {
	to, day := c.To.Label, c.Until.UTC().Format(time.DateOnly)
	if to == "" {
		to = c.To.Role
	}
	if l == policy.French {
		return []string{fmt.Sprintf("Copie %d – %s – jusqu’au %s", c.Number, to, day), "Confidentiel. Ne pas transmettre. À rendre à la juridiction."}
	}
	return []string{fmt.Sprintf("Copy %d – %s – until %s", c.Number, to, day), "Confidential. Do not pass on. To be returned to the court."}
}

// MakeCopy writes an approved copy to a new file: the pictures anew, each with who has it and with a hidden mark that is this copy's own; the sound as it is. Nothing is on the
// disk in the clear but that file, and where the copy can't be made in full, not that either. progress is told of milliseconds.
func MakeCopy(ctx context.Context, d *docket.Desk, id identity.RequestID, path string, l policy.Language, progress func(done, total int64)) (g Given, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return g, err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	m, err := d.BeginCopy(ctx, id)
	if err != nil {
		return g, err
	}
	g.Copy = m.Copy
	r, err := d.Recording(ctx, m.Copy.Recording)
	if err == nil {
		err = g.write(ctx, f, m, l, func(at time.Duration) {
			if progress != nil {
				progress(min(at, r.Duration).Milliseconds(), r.Duration.Milliseconds())
			}
		})
	}
	if err != nil {
		return g, errors.Join(err, m.Close())
	}
	sum, size, err := sumOf(f)
	if err := errors.Join(err, f.Sync()); err != nil {
		return g, errors.Join(err, m.Close())
	}
	g.Copy, err = m.Keep(ctx, sum, size)
	return g, err
}

// sumOf is the SHA-256 and the size of a file that was written.
func sumOf(f io.ReadSeeker) ([]byte, int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	h := sha256.New()
	size, err := io.Copy(h, f)
	return h.Sum(nil), size, err
}

// copyMark is the hidden mark of a copy: its secret is its own, and what it says is which copy it is.
func copyMark(key []byte, id identity.RequestID) (*watermark.Mark, error) {
	return watermark.New(key, []byte(id))
}

func (g *Given) write(ctx context.Context, dst io.WriteSeeker, m *docket.CopyMaking, l policy.Language, at func(time.Duration)) error {
	if m.From.Torn() {
		return docket.ErrNotIntact
	}
	mark, err := copyMark(m.Key, m.Copy.ID)
	if err != nil {
		return err
	}
	text, err := caption.New(CopyLines(m.Copy, l)...)
	if err != nil {
		return err
	}
	p, err := record.NewPlayer(m.From, m.From.Size())
	if err != nil {
		return err
	}
	out, err := record.NewExporter(dst, p.Tracks(), p.Start())
	if err != nil {
		return err
	}
	pictures := map[int]*remaking{}
	for _, t := range p.Tracks() {
		if t.Kind == media.KindVideo {
			pictures[t.Number] = &remaking{mark: mark, text: text}
		}
	}
	defer func() {
		for _, x := range pictures {
			x.close()
		}
	}()
	for {
		b, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		at(b.PTS)
		if x := pictures[b.Track]; x != nil {
			shown, err := x.remake(&b)
			if err != nil {
				return err
			}
			if !shown {
				g.Lost++
				continue
			}
			g.Pictures++
		}
		if err := out.WriteBlock(b); err != nil {
			return err
		}
	}
	if g.Pictures == 0 {
		return ErrNoPicture
	}
	_, err = out.Close()
	return err
}

// remaking makes the pictures of one track anew.
type remaking struct {
	mark *watermark.Mark
	text *caption.Caption
	in   *vpx.Decoder
	out  *vpx.Encoder
	key  time.Duration // time of the last key frame
}

// remake puts both marks into a block's picture. shown is false for one that shows nothing or is damaged.
func (x *remaking) remake(b *record.Block) (shown bool, err error) {
	if x.in == nil {
		if x.in, err = vpx.NewDecoder(); err != nil {
			return false, err
		}
	}
	f, err := x.in.Decode(b.Payload)
	if errors.Is(err, vpx.ErrCorrupted) || err == nil && f == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.PTS = b.PTS
	if err := x.text.Draw(f); err != nil {
		return false, err
	}
	x.mark.Embed(f)
	if x.out == nil {
		rate := min(max(copyBitrate*f.Width*f.Height/(640*480), leastCopyBitrate), mostCopyBitrate)
		if x.out, err = vpx.NewEncoder(vpx.Config{Width: f.Width, Height: f.Height, Bitrate: rate, FPS: 25}); err != nil {
			return false, err
		}
	}
	if b.Payload, b.Key, err = x.out.Encode(f, b.Key || b.PTS-x.key >= copyKeyEvery); b.Key {
		x.key = b.PTS
	}
	return err == nil, err
}

func (x *remaking) close() {
	if x.in != nil {
		x.in.Close()
	}
	if x.out != nil {
		x.out.Close()
	}
}
