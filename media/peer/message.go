package peer

import (
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/hub"
)

// The types of a Message.
const (
	Offer     = "offer"
	Answer    = "answer"
	Candidate = "candidate"
)

// Message is one piece of signalling between the court and a guest. The court sends offers and candidates, the
// guest answers and candidates.
type Message struct {
	Type string `json:"type"`
	// Connection is the number of the connection that the message is about, as Config.Number gave it: what was on its way when one
	// ended must not be taken for the next one's. An answer and a guest's candidate repeat the number of the offer.
	Connection int                      `json:"connection,omitempty"`
	SDP        string                   `json:"sdp,omitempty"`
	Candidate  *webrtc.ICECandidateInit `json:"candidate,omitempty"` // absent when the sender has no more
	Tracks     []TrackLine              `json:"tracks,omitempty"`    // with an offer: what its lines carry from now on
	Private    string                   `json:"private,omitempty"`   // with an offer: the mid of the line on which the guest sends what is said in private, and nothing else
}

// TrackLine tells what one media line of an offer carries. A line that is not told carries nothing.
type TrackLine struct {
	Mid       string `json:"mid"`
	Publisher string `json:"publisher"` // the hub's id of the participant
	Kind      string `json:"kind"`      // "audio" or "video"
	Form      string `json:"form"`      // "clear", "silhouette", "disguised", "released" or "private"
}

func trackLine(mid string, track *hub.Outgoing) TrackLine {
	line := TrackLine{Mid: mid, Publisher: track.Publisher, Kind: "audio", Form: "clear"}
	if track.Kind == media.KindVideo {
		line.Kind = "video"
	}
	switch {
	case track.Form == hub.Released:
		line.Form = "released"
	case track.Form == hub.Private:
		line.Form = "private"
	case track.Form != hub.Clear && track.Kind == media.KindVideo:
		line.Form = "silhouette"
	case track.Form != hub.Clear:
		line.Form = "disguised"
	}
	return line
}
