package hub

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// historyLength is how many packets back a subscriber may ask again for, about two seconds of picture.
const historyLength = 512

// maxResends bounds what a subscriber can make the court send by asking again and again.
const maxResends = 3

// transport is the way to one subscriber for one track. pion's webrtc.TrackLocalWriter is one.
type transport interface {
	WriteRTP(header *rtp.Header, payload []byte) (int, error)
}

// line is one transport's numbering: an SSRC, sequence numbers and timestamps that begin at random, so that
// neither the publisher's nor another subscriber's can be told from them. The gate guards it.
type line[P packet] struct {
	transport   transport
	ssrc        uint32
	payloadType uint8
	clock       uint32 // Hz
	unbound     chan struct{}

	origin   uint64 // index that was given the sequence number base
	base     uint16
	next     uint16 // one past the highest sequence number given
	tsOffset uint32
	history  []sent[P]

	packets, octets uint32
	newest          uint32 // timestamp as sent
	newestAt        time.Time
}

type sent[P packet] struct {
	packet   P
	sequence uint16
	written  bool
	resends  int
}

func newLine[P packet](t transport, ssrc uint32, payloadType uint8, clock uint32) *line[P] {
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails
	return &line[P]{
		transport:   t,
		ssrc:        ssrc,
		payloadType: payloadType,
		clock:       clock,
		unbound:     make(chan struct{}),
		next:        binary.BigEndian.Uint16(random[:]),
		tsOffset:    binary.BigEndian.Uint32(random[2:]),
		history:     make([]sent[P], historyLength),
	}
}

// write sends a packet under this line's numbers. Gaps before it are kept, since the packet may still come; a
// first packet follows the last one without a gap, and what comes later from before it is left out.
func (l *line[P]) write(q queued[P]) {
	if q.first {
		l.origin, l.base = q.packet.Index(), l.next
	}
	if q.packet.Index() < l.origin {
		return
	}
	sequence := l.base + uint16(q.packet.Index()-l.origin)
	if int16(sequence-l.next) >= 0 {
		l.next = sequence + 1
		l.newest, l.newestAt = q.packet.Timestamp()+l.tsOffset, time.Now()
	}
	l.history[int(sequence)%len(l.history)] = sent[P]{packet: q.packet, sequence: sequence, written: true}
	l.send(q.packet, sequence)
}

func (l *line[P]) resend(sequence uint16) {
	s := &l.history[int(sequence)%len(l.history)]
	if !s.written || s.sequence != sequence || s.resends >= maxResends {
		return
	}
	s.resends++
	l.send(s.packet, sequence)
}

func (l *line[P]) send(p P, sequence uint16) {
	header := rtp.Header{
		Version:        2,
		Marker:         p.Marker(),
		PayloadType:    l.payloadType,
		SequenceNumber: sequence,
		Timestamp:      p.Timestamp() + l.tsOffset,
		SSRC:           l.ssrc,
	}
	l.packets++
	l.octets += uint32(len(p.Payload()))
	_, _ = l.transport.WriteRTP(&header, p.Payload())
}

// report is a sender report (RFC 3550 §6.4.1) made of this line's own numbers.
func (l *line[P]) report(now time.Time) *rtcp.SenderReport {
	if l.packets == 0 {
		return nil
	}
	elapsed := now.Sub(l.newestAt)
	return &rtcp.SenderReport{
		SSRC:        l.ssrc,
		NTPTime:     ntpTime(now),
		RTPTime:     l.newest + uint32(elapsed.Microseconds()*int64(l.clock)/1_000_000),
		PacketCount: l.packets,
		OctetCount:  l.octets,
	}
}

// ntpTime is seconds since 1900 in 32.32 fixed point (RFC 3550 §4).
func ntpTime(t time.Time) uint64 {
	const secondsTo1970 = 2208988800
	fraction := uint64(t.Nanosecond()) << 32 / uint64(time.Second)
	return uint64(t.Unix()+secondsTo1970)<<32 | fraction
}
