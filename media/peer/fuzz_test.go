package peer

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/hub"
)

// Whatever a guest answers, the connection refuses it or takes it, and ends in good order.
func FuzzAnswer(f *testing.F) {
	api := newTestAPI(f)
	for _, sdp := range []string{"", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n", "a=candidate:1 1 udp 1 192.0.2.1 9 typ host"} {
		f.Add(sdp, "candidate:1 1 udp 1 192.0.2.1 9 typ host")
	}
	f.Fuzz(func(t *testing.T, sdp, candidate string) {
		router := hub.New()
		defer router.Close()
		p, err := New(Config{API: api, Publisher: router.Publish("guest"), Audio: true, RelayOnly: len(sdp)%2 == 1, Send: func(Message) {}})
		if err != nil {
			t.Fatal(err)
		}
		_ = p.Handle(Message{Type: Candidate, Candidate: &webrtc.ICECandidateInit{Candidate: candidate}})
		_ = p.Handle(Message{Type: Answer, SDP: sdp})
		_ = p.Handle(Message{Type: Answer, SDP: sdp}) // a second one belongs nowhere
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Whatever feedback and packets a guest sends, nothing panics, and nobody else receives more than was granted.
func FuzzWhatAGuestSends(f *testing.F) {
	pli, err := rtcp.Marshal([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 7}, &rtcp.TransportLayerNack{MediaSSRC: 7, Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{1, 2, 60000})}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pli, []byte{0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2})
	f.Add([]byte{0x81, 206, 0, 2}, packed(1, 960, []byte("now"), []byte("before")).Payload)
	f.Fuzz(func(t *testing.T, control, packet []byte) {
		router := hub.New()
		defer router.Close()
		router.SetAccess(func(_, to string) hub.Grant {
			if to == "judge" {
				return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
			}
			return hub.Grant{}
		})
		publisher := router.Publish("guest")
		judge, nobody := router.Subscribe("judge"), router.Subscribe("nobody")
		if packets, err := rtcp.Unmarshal(control); err == nil {
			for _, track := range judge.Tracks() {
				for _, each := range packets {
					feedback(each, 7, track)
				}
			}
		}
		var p rtp.Packet
		if p.Unmarshal(packet) == nil {
			if each, err := unpack(&p); err == nil {
				for _, e := range each {
					publisher.WriteClear(media.KindAudio, e)
				}
			}
			for _, kind := range []media.Kind{media.KindAudio, media.KindVideo} {
				again := p
				publisher.WriteClear(kind, &again)
			}
		}
		if len(nobody.Tracks()) != 0 {
			t.Error("a track was granted to nobody")
		}
		for _, track := range judge.Tracks() {
			_ = track.SenderReport(time.Now())
		}
	})
}
