package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"paravent/media"
)

// The codecs that a [Track] may name (Matroska codec IDs).
const (
	CodecVP8  = "V_VP8"
	CodecOpus = "A_OPUS"
)

// Track is one picture or one sound in a recording.
type Track struct {
	Number        int        // 1 to 126, unique in the file
	Kind          media.Kind // KindVideo or KindAudio
	Codec         string     // CodecVP8 or CodecOpus
	Width, Height int        // pixels, video only; zero when not known before the first key frame
}

// Block is one encoded frame or packet of a track.
type Block struct {
	Track   int           // its Track's Number
	PTS     time.Duration // since the start of the recording, whole milliseconds
	Key     bool          // decodable without earlier blocks; always true for audio
	Payload []byte        // owned by the caller that received the block
}

// ErrTrack reports a track that the format cannot hold, or one that was not declared.
var ErrTrack = errors.New("no such track")

// Until the first key frame says otherwise: a width of zero is not allowed in a file (RFC 9559 §5.1.4.1.28.6).
const placeholderWidth, placeholderHeight = 640, 480

const (
	trackTypeVideo = 1
	trackTypeAudio = 2
	maxTrackNumber = 126 // one byte in a block's head
)

// epoch is the zero of DateUTC, which counts nanoseconds (RFC 8794 §7.6).
var epoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

func checkTracks(tracks []Track) error {
	seen := map[int]bool{}
	for _, t := range tracks {
		if t.Number < 1 || t.Number > maxTrackNumber || seen[t.Number] {
			return fmt.Errorf("track number %d is out of range or used twice: %w", t.Number, ErrTrack)
		}
		seen[t.Number] = true
		video := t.Kind == media.KindVideo && t.Codec == CodecVP8
		audio := t.Kind == media.KindAudio && t.Codec == CodecOpus
		if !video && !audio {
			return fmt.Errorf("track %d is neither VP8 video nor Opus audio: %w", t.Number, ErrTrack)
		}
	}
	if len(tracks) == 0 {
		return fmt.Errorf("a recording needs a track: %w", ErrTrack)
	}
	return nil
}

func appendEBMLHead(b []byte) []byte {
	var head []byte
	head = appendUint(head, idEBMLVersion, 1)
	head = appendUint(head, idEBMLReadVersion, 1)
	head = appendUint(head, idEBMLMaxIDLength, 4)
	head = appendUint(head, idEBMLMaxSizeLength, 8)
	head = appendString(head, idDocType, "webm")
	head = appendUint(head, idDocTypeVersion, 4)
	head = appendUint(head, idDocTypeReadVersion, 2)
	return appendElement(b, idEBML, head)
}

// appendInfo writes the segment's information. A negative duration leaves it out, as a live file must.
func appendInfo(b []byte, start time.Time, duration time.Duration) []byte {
	var info []byte
	info = appendUint(info, idTimestampUnit, uint64(time.Millisecond))
	if !start.IsZero() {
		info = appendUintWidth(info, idDateUTC, uint64(start.Sub(epoch)), 8)
	}
	if duration >= 0 {
		info = appendFloat(info, idDuration, float64(duration.Milliseconds()))
	}
	info = appendString(info, idMuxingApp, "paravent")
	info = appendString(info, idWritingApp, "paravent")
	return appendElement(b, idInfo, info)
}

func appendTracks(b []byte, tracks []Track) []byte {
	var entries []byte
	for _, t := range tracks {
		entries = appendElement(entries, idTrackEntry, trackEntry(t))
	}
	return appendElement(b, idTracks, entries)
}

func trackEntry(t Track) []byte {
	var e []byte
	e = appendUint(e, idTrackNumber, uint64(t.Number))
	e = appendUint(e, idTrackUID, uint64(t.Number))
	e = appendUint(e, idFlagLacing, 0)
	e = appendString(e, idCodecID, t.Codec)
	if t.Kind == media.KindVideo {
		e = appendUint(e, idTrackType, trackTypeVideo)
		width, height := t.Width, t.Height
		if width <= 0 || height <= 0 {
			width, height = placeholderWidth, placeholderHeight
		}
		var v []byte
		v = appendUintWidth(v, idPixelWidth, uint64(width), 2)
		v = appendUintWidth(v, idPixelHeight, uint64(height), 2)
		return appendElement(e, idVideo, v)
	}
	e = appendUint(e, idTrackType, trackTypeAudio)
	e = appendElement(e, idCodecPrivate, opusHead())
	// A decoder that begins in mid-stream needs 80 ms to converge (RFC 7845 §4.6).
	e = appendUint(e, idSeekPreRoll, uint64(80*time.Millisecond))
	var a []byte
	a = appendFloat(a, idSamplingFreq, 48000)
	a = appendUint(a, idChannels, 1)
	return appendElement(e, idAudio, a)
}

// opusHead is the identification header of RFC 7845 §5.1. The pre-skip is zero: a recording taps a stream that
// is already running, so there is no encoder start to skip.
func opusHead() []byte {
	h := append([]byte("OpusHead"), 1, 1)
	h = binary.LittleEndian.AppendUint16(h, 0)
	h = binary.LittleEndian.AppendUint32(h, 48000)
	h = binary.LittleEndian.AppendUint16(h, 0)
	return append(h, 0)
}

// PictureSize reads the size in pixels from a VP8 key frame (RFC 6386 §9.1). It is not ok for any other frame.
func PictureSize(frame []byte) (width, height int, ok bool) {
	if len(frame) < 10 || frame[0]&1 != 0 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a {
		return 0, 0, false
	}
	width = int(binary.LittleEndian.Uint16(frame[6:]) & 0x3fff)
	height = int(binary.LittleEndian.Uint16(frame[8:]) & 0x3fff)
	return width, height, width > 0 && height > 0
}
