package still_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"paravent/media/still"
)

// Whatever was in the file beside its pixels is not in the still, and a still is as small as asked, noise included.
func TestAStillIsPixelsAlone(t *testing.T) {
	t.Parallel()
	noise := image.NewRGBA(image.Rect(0, 0, 1900, 1000))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rand.Uint32())
	}
	var file bytes.Buffer
	if err := png.Encode(&file, noise); err != nil {
		t.Fatal(err)
	}
	const camera = "canary-of-the-camera"
	handed := bytes.Replace(file.Bytes(), []byte("IEND\xaeB`\x82"), []byte("IEND\xaeB`\x82"+camera), 1)
	out, err := still.JPEG(bytes.NewReader(handed), 100_000)
	if err != nil || len(out) > 100_000 || bytes.Contains(out, []byte(camera)) {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(out))
	if err != nil || c.Width > still.Longest || c.Height*19 > c.Width*10+19 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := still.JPEG(strings.NewReader("no picture"), 100_000); !errors.Is(err, still.ErrPicture) {
		t.Error(err)
	}
}
