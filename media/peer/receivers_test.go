package peer

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/pion/webrtc/v4"
)

// playReceivers makes this program, started again by a benchmark, answer so many connections and drop what comes.
const playReceivers = "PARAVENT_PEER_RECEIVERS"

// letter is a message from or to one of the receivers.
type letter struct {
	To      int
	Message Message
}

// receive follows standard input until it ends.
func receive() {
	if err := receiveAll(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func receiveAll() error {
	n, err := strconv.Atoi(os.Getenv(playReceivers))
	if err != nil {
		return err
	}
	api, err := NewAPI(func(s *webrtc.SettingEngine) {
		s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	})
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	receivers := make([]*webrtc.PeerConnection, n)
	for i := range receivers {
		pc, err := api.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			return err
		}
		receivers[i] = pc
		pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			for buffer := make([]byte, 1500); ; {
				if _, _, err := track.Read(buffer); err != nil {
					return
				}
			}
		})
	}
	for decoder := json.NewDecoder(os.Stdin); ; {
		var l letter
		if decoder.Decode(&l) != nil {
			break
		}
		answer, err := answered(receivers[l.To], l.Message)
		if err != nil {
			return err
		}
		if answer != nil {
			err = encoder.Encode(letter{l.To, *answer})
			if err != nil {
				return err
			}
		}
	}
	for _, pc := range receivers {
		_ = pc.Close()
	}
	return nil
}

// answered takes one message in and waits for the candidates before it answers an offer.
func answered(pc *webrtc.PeerConnection, m Message) (*Message, error) {
	if m.Type == Candidate {
		if m.Candidate != nil {
			_ = pc.AddICECandidate(*m.Candidate) // the connection may have ended meanwhile
		}
		return nil, nil
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: m.SDP}); err != nil {
		return nil, err
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return nil, err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(answer); err != nil {
		return nil, err
	}
	<-gathered
	return &Message{Type: Answer, SDP: pc.LocalDescription().SDP}, nil
}
