package reference

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// corner is a picture of one colour with a red corner at the top left.
func corner(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{20, 40, 200, 255})
			if x < w/4 && y < h/4 {
				img.Set(x, y, color.RGBA{220, 20, 20, 255})
			}
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts a camera's words into a JPEG: an orientation, and a canary where the place would stand.
func withExif(file []byte, orientation uint16) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, 0x0112)
	tiff = binary.LittleEndian.AppendUint16(tiff, 3)
	tiff = binary.LittleEndian.AppendUint32(tiff, 1)
	tiff = binary.LittleEndian.AppendUint32(tiff, uint32(orientation))
	tiff = append(tiff, "\x00\x00\x00\x00GPS-CANARY"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(append(append(bytes.Clone(file[:2]), segment...), body...), file[2:]...)
}

func decoded(t testing.TB, b []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestAPortraitIsSmallAndUprightAndSaysNothingElse(t *testing.T) {
	t.Parallel()
	// Where the red corner of a picture that was written down turned comes to stand: right, lower.
	for orientation, want := range map[uint16][2]bool{
		1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}, 9: {false, false},
	} {
		file := withExif(asJPEG(t, corner(1600, 800)), orientation)
		out, err := Portrait(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out, []byte("CANARY")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("%d: what the camera wrote is still in it", orientation)
		}
		img := decoded(t, out)
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		if tall := orientation >= 5 && orientation <= 8; tall != (h > w) || max(w, h) != portraitMax || min(w, h) != portraitMax/2 {
			t.Errorf("%d: %d by %d", orientation, w, h)
		}
		x, y := w/8, h/8
		if want[0] {
			x = w - 1 - x
		}
		if want[1] {
			y = h - 1 - y
		}
		if r, _, b, _ := img.At(x, y).RGBA(); r < b {
			t.Errorf("%d: the corner is not at %v", orientation, want)
		}
		if len(out) > 300_000 {
			t.Errorf("%d: %d bytes", orientation, len(out))
		}
	}
}

func TestPicturesOfOtherFormsAndNone(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, corner(50, 40)); err != nil {
		t.Fatal(err)
	}
	out, err := Portrait(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if img := decoded(t, out); img.Bounds().Dx() != 50 {
		t.Errorf("a small picture was scaled to %v", img.Bounds())
	}
	huge := bytes.Clone(b.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 1<<20) // its header alone says 2^40 points
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("no picture"), "cut short": b.Bytes()[:60], "too large": huge} {
		if _, err := Portrait(file); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// tone is a WAV file of a tone.
func tone(rate, channels, seconds int, hertz float64) []byte {
	var data []byte
	for i := range rate * seconds {
		s := int16(12000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
		for range channels {
			data = binary.LittleEndian.AppendUint16(data, uint16(s))
		}
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x06\x00\x00\x00canaryfmt \x10\x00\x00\x00\x01\x00"), byte(channels), 0)
	out = binary.LittleEndian.AppendUint32(out, uint32(rate))
	out = binary.LittleEndian.AppendUint32(out, uint32(rate*2*channels))
	out = append(out, byte(2*channels), 0, 16, 0)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

func TestAVoiceKeepsItsPitch(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000} {
		for _, channels := range []int{1, 2} {
			pcm, err := Voice(tone(rate, channels, 2, 400))
			if err != nil {
				t.Fatalf("%d Hz: %v", rate, err)
			}
			if d := len(pcm) - 2*VoiceRate; d < -4 || d > 4 {
				t.Errorf("%d Hz: %d samples", rate, len(pcm))
			}
			rises := 0
			for i := 1; i < len(pcm); i++ {
				if pcm[i-1] < 0 && pcm[i] >= 0 {
					rises++
				}
			}
			if rises < 797 || rises > 802 {
				t.Errorf("%d Hz, %d channels: %d periods in two seconds", rate, channels, rises)
			}
		}
	}
	long, err := Voice(tone(16_000, 1, 30, 100))
	if err != nil || len(long) != int(VoiceMax.Seconds())*VoiceRate {
		t.Errorf("%d samples of a long file, %v", len(long), err)
	}
	if back := Decode(Encode(long)); len(back) != len(long) || back[77] != long[77] {
		t.Error("what was carried as bytes came back otherwise")
	}
}

func TestSoundsThatAreNone(t *testing.T) {
	t.Parallel()
	good := tone(16_000, 1, 1, 100)
	eight := bytes.Clone(good)
	eight[12+8+6+8+14] = 8
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("RIFF but no sound"), "no samples": good[:58], "8 bits": eight} {
		if _, err := Voice(file); !errors.Is(err, ErrSound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzPortrait(f *testing.F) {
	small := asJPEG(f, corner(16, 8))
	f.Add(small)
	f.Add(withExif(small, 6))
	f.Add(withExif(small, 6)[:40])
	f.Fuzz(func(t *testing.T, file []byte) {
		if about, _, err := image.DecodeConfig(bytes.NewReader(file)); err == nil && about.Width*about.Height > 1<<20 {
			return // slow, and no other code
		}
		out, err := Portrait(file)
		if err == nil {
			decoded(t, out)
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add(withExif(asJPEG(f, corner(16, 8)), 6))
	f.Fuzz(func(t *testing.T, file []byte) {
		if n := orientation(file); n < 1 || n > 8 {
			t.Errorf("orientation %d", n)
		}
	})
}

func FuzzVoice(f *testing.F) {
	f.Add(tone(8_000, 2, 1, 100)[:400])
	f.Fuzz(func(t *testing.T, file []byte) {
		if pcm, err := Voice(file); err == nil && (len(pcm) == 0 || len(pcm) > int(VoiceMax.Seconds())*VoiceRate) {
			t.Errorf("%d samples", len(pcm))
		}
	})
}
