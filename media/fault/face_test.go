package fault_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/face/facetest"
	"paravent/media/fault"
	"paravent/media/record"
)

// seated is a recording of a face that is so many pixels high at each second, in a picture of 640 by 480 with the room in its corner.
func seated(t *testing.T, sizes []int) *bytes.Reader {
	t.Helper()
	var f file
	w, err := record.NewWriter(&f, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: 640, Height: 480}}, time.Time{})
	must(t, err)
	e, err := vpx.NewEncoder(vpx.Config{Width: 640, Height: 480, Bitrate: 1000, FPS: 5})
	must(t, err)
	defer e.Close()
	img := facetest.Portrait(t)
	for second, size := range sizes {
		for n := range 5 {
			at := time.Duration(second)*time.Second + time.Duration(n)*200*ms
			p := media.NewFrame(640, 480)
			p.PTS = at
			for i := range p.Y {
				p.Y[i] = byte(110 + (i+n)%7)
			}
			if size > 0 {
				facetest.Place(p, img, size, 280+4*n, 260)
			}
			corner := media.NewFrame(160, 120) // somebody small sits in the room
			facetest.Place(corner, img, 40, 80, 60)
			for y := range 120 {
				copy(p.Y[y*p.StrideY+480:], corner.Y[y*corner.StrideY:y*corner.StrideY+160])
			}
			frame, key, err := e.Encode(p, n == 0)
			must(t, err)
			must(t, w.Video(at, key, frame))
		}
	}
	must(t, w.Close())
	return bytes.NewReader(f.Bytes())
}

func repeated(size, seconds int) []int {
	all := make([]int, seconds)
	for i := range all {
		all[i] = size
	}
	return all
}

// A witness who sits too far away is found with the time; one who is near enough, or leans back for a moment, is not.
func TestSizeOfTheWitness(t *testing.T) {
	find := func(sizes []int) fault.Report {
		t.Helper()
		r := seated(t, sizes)
		report, err := fault.Find(t.Context(), r, r.Size(), fault.Options{Face: true})
		must(t, err)
		return report
	}
	near := find(append(append(repeated(150, 8), repeated(45, 5)...), repeated(150, 8)...))
	if len(near.Findings) != 0 || near.Face < 0.25 || near.Face > 0.4 {
		t.Errorf("near: %+v", near)
	}
	far := find(append(repeated(150, 6), repeated(45, 20)...))
	if len(far.Findings) != 1 || far.Findings[0].Kind != fault.Small || far.Findings[0].From < 5*time.Second || far.Findings[0].From > 10*time.Second || far.Findings[0].Until < 25*time.Second {
		t.Errorf("far: %+v", far)
	}
	if far.Findings[0].Words() == "" {
		t.Error("it is not said in words")
	}
	none := find(repeated(0, 12))
	if small := func(f fault.Finding) bool { return f.Kind == fault.Small }; none.Face != 0 || slices.ContainsFunc(none.Findings, small) {
		t.Errorf("without a face, but in the room: %+v", none)
	}
}
