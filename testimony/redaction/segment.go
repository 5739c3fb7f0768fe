package redaction

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"paravent/media"
	"paravent/media/record"
	"paravent/testimony/edit"
)

// Seed is the secret of which the salts of one recording's blocks are made. Whoever has it can find out what a hash stands for by trying.
type Seed [32]byte

// Hash is a SHA-256.
type Hash = [sha256.Size]byte

// second is the length of a segment: the blocks of one track in one second of the recording.
const second = time.Second

// segmentSalt is the salt of all blocks of a segment, which a manifest gives away where the whole segment stays.
func segmentSalt(seed Seed, at, track int) Hash {
	return mac(seed[:], fmt.Sprintf("segment %d %d", at, track))
}

// blockSalt is the salt of block n of a segment, from 0.
func blockSalt(segment Hash, n int) Hash { return mac(segment[:], strconv.Itoa(n)) }

func mac(key []byte, text string) (h Hash) {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	m.Sum(h[:0])
	return h
}

// content commits to a payload and hides it.
func content(salt Hash, payload []byte) (h Hash) {
	d := sha256.New()
	d.Write(salt[:])
	d.Write(payload)
	d.Sum(h[:0])
	return h
}

// listed is a block as a segment's text has it.
type listed struct {
	pts     time.Duration
	key     bool
	content Hash
}

// leaf is the hash of a segment in the tree: of a text with a line for the segment and one for each block.
func leaf(at, track int, blocks []listed) tlog.Hash {
	text := fmt.Appendf(make([]byte, 0, 32+len(blocks)*88), "segment %d %d %d\n", at, track, len(blocks))
	for _, b := range blocks {
		text = append(strconv.AppendInt(text, b.pts.Milliseconds(), 10), ' ')
		text = append(append(text, keyWord(b.key)...), ' ')
		text = append(hex.AppendEncode(text, b.content[:]), '\n')
	}
	return tlog.RecordHash(text)
}

func keyWord(key bool) string {
	if key {
		return "key"
	}
	return "delta"
}

// treeRoot is the tree hash of RFC 6962 §2.1.
func treeRoot(leaves []tlog.Hash) tlog.Hash {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	default:
		half := 1
		for half*2 < n {
			half *= 2
		}
		return tlog.NodeHash(treeRoot(leaves[:half]), treeRoot(leaves[half:]))
	}
}

// seconds is the number of segments of each track.
func seconds(length time.Duration) int { return int((length + second - 1) / second) }

// gone is when a block that begins at an instant goes, for each kind of track. A packet that began before a stretch and sounds into it goes.
type gone struct {
	edit.Missing
	sound edit.Spans
}

func whatGoes(list *edit.List) gone {
	if list == nil {
		return gone{}
	}
	g := gone{Missing: edit.Take(list.Items)}
	var sound []edit.Span
	packet := record.BlockLength(media.KindAudio)
	for _, v := range g.Voice {
		sound = append(sound, edit.Span{From: max(0, v.From-packet+time.Millisecond), Until: v.Until})
	}
	g.sound = edit.Union(sound)
	return g
}

func (g gone) of(kind media.Kind) edit.Spans {
	if kind == media.KindVideo {
		return g.Picture
	}
	return g.sound
}

// masked is where a still picture stands for the recording's.
func (g gone) masked() edit.Spans { return g.Picture.Without(g.Cut) }

// span is the second of a segment.
func span(at int) edit.Span {
	return edit.Span{From: time.Duration(at) * second, Until: time.Duration(at+1) * second}
}
