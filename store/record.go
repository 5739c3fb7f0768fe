package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// MaxRecord is the greatest length in bytes of an encoded value with its id. Larger things are blobs.
const MaxRecord = 1 << 20

// The plaintext of a record:
//
//	encoding (1) | length of id (2) | length of value (4) | id | value | zeros up to a padded length
const (
	encodingJSON  = 1
	encodingBytes = 2
	plainHead     = 1 + 2 + 4
)

// encodeRecord returns an envelope with the padded plaintext of a value: the bytes themselves if that is what T is, or
// else JSON.
func encodeRecord[T any](id string, v T) ([]byte, error) {
	encoding, value := byte(encodingBytes), []byte(nil)
	if raw, ok := any(v).([]byte); ok {
		value = raw
	} else {
		var err error
		encoding = encodingJSON
		if value, err = json.Marshal(v); err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
	}
	size := plainHead + len(id) + len(value)
	if size > MaxRecord || len(id) > 1<<15 {
		return nil, ErrTooLarge
	}
	envelope, b := newEnvelope(padded(size))
	b[0] = encoding
	binary.BigEndian.PutUint16(b[1:], uint16(len(id)))
	binary.BigEndian.PutUint32(b[3:], uint32(len(value)))
	n := plainHead + copy(b[plainHead:], id)
	copy(b[n:], value)
	return envelope, nil
}

// splitRecord takes a record's plaintext apart. id and value lie within plain.
func splitRecord(plain []byte) (encoding byte, id, value []byte, err error) {
	if len(plain) < plainHead {
		return 0, nil, nil, damaged("a record makes no sense")
	}
	idSize := uint64(binary.BigEndian.Uint16(plain[1:]))
	valueSize := uint64(binary.BigEndian.Uint32(plain[3:]))
	rest := plain[plainHead:]
	if idSize+valueSize > uint64(len(rest)) {
		return 0, nil, nil, damaged("a record makes no sense")
	}
	return plain[0], rest[:idSize], rest[idSize : idSize+valueSize], nil
}

// decodeValue is the other side of encodeRecord; unmarshal reads JSON. The result shares no memory with value.
func decodeValue[T any](encoding byte, value []byte, unmarshal func([]byte, any) error) (v T, err error) {
	raw, isBytes := any(&v).(*[]byte)
	switch {
	case encoding == encodingBytes && isBytes:
		*raw = append([]byte{}, value...)
	case encoding == encodingJSON && !isBytes:
		if err := unmarshal(value, &v); err != nil {
			return v, fmt.Errorf("decode record: %w", err)
		}
	default:
		return v, damaged("a record is encoded for another type")
	}
	return v, nil
}
