package exhibit_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"paravent/testimony/exhibit"
)

func box(kind string, body ...byte) []byte {
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), []byte(kind), body)
}

func encoded(encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// samples is a small whole file of each format.
func samples() map[exhibit.Format][]byte {
	picture := image.NewRGBA(image.Rect(0, 0, 40, 30))
	wave := slices.Concat([]byte("WAVEfmt \x10\x00\x00\x00"), make([]byte, 16), []byte("data\x04\x00\x00\x00abcd"))
	return map[exhibit.Format][]byte{
		exhibit.PDF:  []byte("%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"),
		exhibit.PNG:  encoded(func(b *bytes.Buffer) error { return png.Encode(b, picture) }),
		exhibit.JPEG: encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, picture, nil) }),
		exhibit.MP4:  slices.Concat(box("ftyp", []byte("isom\x00\x00\x02\x00isom")...), box("moov", 1, 2), box("mdat", 3, 4, 5)),
		exhibit.MOV:  slices.Concat(box("ftyp", []byte("qt  \x00\x00\x02\x00qt  ")...), box("wide"), box("mdat", 3, 4, 5), box("moov", 1)),
		exhibit.WebM: []byte("\x1aE\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x83abc"),
		exhibit.WAV:  slices.Concat([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(wave))), wave),
	}
}

func recognise(b []byte) (exhibit.Format, error) {
	return exhibit.Recognise(bytes.NewReader(b), int64(len(b)))
}

func TestFormatsAreToldByTheirBytes(t *testing.T) {
	t.Parallel()
	for want, b := range samples() {
		if got, err := recognise(b); got != want || err != nil {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
	kinds := map[exhibit.Format]exhibit.Kind{exhibit.PDF: exhibit.Document, exhibit.PNG: exhibit.Picture, exhibit.JPEG: exhibit.Picture, exhibit.MP4: exhibit.Recording, exhibit.WAV: exhibit.Recording}
	for f, k := range kinds {
		if f.Kind() != k {
			t.Errorf("a %s is a %s", f, f.Kind())
		}
	}
}

// A file whose end is missing is refused, at whatever byte it ends.
func TestTornFilesAreRefused(t *testing.T) {
	t.Parallel()
	for f, b := range samples() {
		last := len(b) - 1
		if f == exhibit.PDF {
			last -= len("\n") // the line's end may be missing
		}
		for n := range last {
			if got, err := recognise(b[:n]); err == nil {
				t.Errorf("%d of %d bytes of %s are taken for %s", n, len(b), f, got)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	huge := samples()[exhibit.PNG]
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 x 65536; the checksum of the head is wrong then
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":             {nil, exhibit.ErrEmpty},
		"a text":              {[]byte("Dear court,"), exhibit.ErrUnknown},
		"a program":           {[]byte("\x7fELF\x02\x01\x01"), exhibit.ErrUnknown},
		"a GIF":               {[]byte("GIF89a\x01\x00\x01\x00"), exhibit.ErrUnknown},
		"an SVG":              {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), exhibit.ErrUnknown},
		"a HEIC":              {box("ftyp", []byte("heic\x00\x00\x00\x00")...), exhibit.ErrUnknown},
		"a Matroska":          {[]byte("\x1aE\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x80"), exhibit.ErrUnknown},
		"an AVI":              {[]byte("RIFF\x04\x00\x00\x00AVI "), exhibit.ErrUnknown},
		"a PDF that is later": {[]byte("MZ %PDF-1.4 %%EOF"), exhibit.ErrUnknown},
		"an MP4 of nothing":   {box("ftyp", []byte("isom\x00\x00\x02\x00")...), exhibit.ErrTorn},
		"a box too long":      {slices.Concat(box("ftyp", []byte("isom\x00\x00\x02\x00")...), []byte{0, 0, 1, 0}, []byte("moov")), exhibit.ErrTorn},
		"a box of no length":  {slices.Concat(box("ftyp", []byte("isom\x00\x00\x02\x00")...), []byte{0, 0, 0, 3}, []byte("moov")), exhibit.ErrTorn},
		"a picture altered":   {huge, exhibit.ErrTorn},
	} {
		if got, err := recognise(c.file); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// zeros is a file of a size with a beginning, that takes no memory.
type zeros []byte

func (z zeros) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	if at < int64(len(z)) {
		copy(p, z[at:])
	}
	return len(p), nil
}

func TestFilesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	for f, b := range samples() {
		if _, err := exhibit.Recognise(zeros(b), exhibit.MaxSize(f.Kind())+1); !errors.Is(err, exhibit.ErrTooBig) {
			t.Errorf("%s: %v", f, err)
		}
	}
	wide := encoded(func(b *bytes.Buffer) error {
		return png.Encode(b, image.NewPaletted(image.Rect(0, 0, 1<<14, 1<<13), color.Palette{color.Black}))
	})
	if _, err := recognise(wide); !errors.Is(err, exhibit.ErrTooBig) {
		t.Errorf("a picture of %d bytes and 128 million pixels: %v", len(wide), err)
	}
}

func FuzzRecognise(f *testing.F) {
	for _, b := range samples() {
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		format, err := recognise(b)
		if (err == nil) != slices.Contains(exhibit.Formats, format) {
			t.Fatalf("%q, %v", format, err)
		}
	})
}
