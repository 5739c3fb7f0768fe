// Package hub forwards live media from publishers to subscribers, each in the form that an access function grants.
//
// Clear media enters by [Publisher.WriteClear], concealed media by [Publisher.WritePicture] and [Publisher.WriteVoice], the public
// version, once its delay is over, by [Publisher.WriteReleased], and what is said to one listener alone by
// [Publisher.WritePrivate]. They are different Go types from there to the socket, history for retransmission included: the
// queue of a concealed subscription cannot be handed a [ClearPacket], nor any queue but a private one a [PrivatePacket].
// Whatever is not granted is not sent.
//
// The package decides nothing about who may see whom, conceals nothing itself, and makes no connection: a peer
// connection takes a [Subscriber]'s [Outgoing] tracks. Start from [Router].
package hub

import (
	"paravent/media"
	"paravent/media/hub/internal/clearform"
	"paravent/media/hub/internal/concealedform"
	"paravent/media/hub/internal/privateform"
	"paravent/media/hub/internal/releasedform"
)

// Form is how a subscriber receives one picture or one voice.
type Form uint8

// The forms, of which the zero value sends nothing.
const (
	Nothing Form = iota
	Clear
	Concealed
	Released // of the public version, after its delay
	Private  // of a talk of two; a voice alone
)

// String names the form in lower-case English.
func (f Form) String() string {
	switch f {
	case Clear:
		return "clear"
	case Concealed:
		return "concealed"
	case Released:
		return "released"
	case Private:
		return "private"
	}
	return "nothing"
}

// Grant is what one subscriber receives of one publisher. The zero Grant is nothing at all.
type Grant struct {
	Picture Form
	Voice   Form
	// Paused keeps the voice's track and sends nothing on it. It is no access control: what was on its way may still be sent.
	Paused bool
	// Yields holds the voice back while the router is hushed, see [Router.Hush].
	Yields bool
}

func (g Grant) form(kind media.Kind) Form {
	form := g.Voice
	if kind == media.KindVideo {
		form = g.Picture
	}
	if form > Private || form == Private && kind != media.KindAudio {
		return Nothing
	}
	return form
}

// Access grants what a subscriber receives of a publisher, both given by their ids. It must answer the zero Grant
// for a pair it does not know, must answer the same for the same pair whenever it is asked, and must not call the
// hub. One that panics has granted nothing. A change of mind is a new Access, given to [Router.SetAccess].
type Access func(publisher, subscriber string) Grant

// grant asks access and lets no fault of it open anything. Nobody receives themselves.
func (access Access) grant(publisher, subscriber string) (g Grant) {
	defer func() {
		if recover() != nil {
			g = Grant{}
		}
	}()
	if access == nil || publisher == subscriber {
		return Grant{}
	}
	return access(publisher, subscriber)
}

// ClearPacket is one RTP packet of a real camera or microphone. Only WriteClear makes one.
type ClearPacket = clearform.Packet

// ConcealedPacket is one RTP payload of a concealed feed. Only WritePicture and WriteVoice make one.
type ConcealedPacket = concealedform.Packet

// ReleasedPacket is one RTP payload of the public version. Only WriteReleased makes one.
type ReleasedPacket = releasedform.Packet

// PrivatePacket is one RTP payload of a talk of two. Only WritePrivate makes one.
type PrivatePacket = privateform.Packet

// packet is what a subscription carries: one of the forms, never another.
type packet interface {
	ClearPacket | ConcealedPacket | ReleasedPacket | PrivatePacket
	Index() uint64
	Timestamp() uint32
	Marker() bool
	KeyStart() bool
	Payload() []byte
}

var kinds = [...]media.Kind{media.KindAudio, media.KindVideo}
