package reference

import (
	"bytes"
	"encoding/binary"
)

// orientation finds the orientation that a camera wrote into a JPEG; 1 where there is none that makes sense.
func orientation(file []byte) int {
	for rest := file[min(2, len(file)):]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xda || size < 2 || len(rest) < 2+size { // the picture begins
			return 1
		}
		if body, isExif := bytes.CutPrefix(rest[4:2+size], []byte("Exif\x00\x00")); marker == 0xe1 && isExif {
			return orientationIn(body)
		}
		rest = rest[2+size:]
	}
	return 1
}

// orientationIn reads the first directory of a TIFF structure.
func orientationIn(tiff []byte) int {
	const tagOrientation, typeShort, entrySize = 0x0112, 3, 12
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(tiff) < 8 {
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entrySize {
			return 1
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if value := int(order.Uint16(entries[8:])); value >= 1 && value <= 8 {
				return value
			}
			return 1
		}
		entries = entries[entrySize:]
	}
	return 1
}
