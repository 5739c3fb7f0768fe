package hub

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

// Subscriber is one connection that receives media. Its methods may be called from any goroutine.
type Subscriber struct {
	id      string
	router  *Router
	changed chan struct{}
	tracks  map[trackKey]*Outgoing // under the router's lock
}

type trackKey struct {
	publisher string
	kind      media.Kind
}

// subscriber is a subscription of either form, as an Outgoing sees it.
type subscriber interface {
	revocable
	bind(t transport, ssrc uint32, payloadType uint8)
	unbind()
	resend(sequence []uint16)
	report(now time.Time) *rtcp.SenderReport
	droppedPackets() uint64
	hold(hold)
}

// ID is the id that the subscriber was made with.
func (s *Subscriber) ID() string { return s.id }

// Tracks lists what the subscriber is granted now, ordered by publisher and kind. A track never changes its
// form: another form is another Outgoing. One that is no longer listed writes nothing more.
func (s *Subscriber) Tracks() []*Outgoing {
	s.router.mu.Lock()
	defer s.router.mu.Unlock()
	tracks := make([]*Outgoing, 0, len(s.tracks))
	for _, t := range s.tracks {
		tracks = append(tracks, t)
	}
	slices.SortFunc(tracks, func(a, b *Outgoing) int {
		return cmp.Or(cmp.Compare(a.Publisher, b.Publisher), cmp.Compare(a.Kind, b.Kind))
	})
	return tracks
}

// Changed receives a value after Tracks has changed. Changes that follow each other quickly are one value. It is
// never closed.
func (s *Subscriber) Changed() <-chan struct{} { return s.changed }

// Close ends this subscriber, and no other that has taken its id since. When it returns nothing is written to it
// any more.
func (s *Subscriber) Close() { s.router.leave(s) }

func (s *Subscriber) notify() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// begin makes the track of a publisher's kind unless there is one; a wrong one was ended before. Either then yields or does not. It holds the
// router's lock.
func (s *Subscriber) begin(p *Publisher, kind media.Kind, form Form, grant Grant) {
	key := trackKey{p.id, kind}
	if form == Nothing {
		return
	}
	var held hold
	if kind == media.KindAudio {
		held.paused = grant.Paused
		if grant.Yields {
			held.yields = &s.router.hush
		}
	}
	if track := s.tracks[key]; track != nil {
		track.subscription.hold(held)
		return
	}
	track := &Outgoing{Publisher: p.id, Kind: kind, Form: form, publisher: p, subscription: p.add(kind, form, held)}
	track.TrackLocal = &localTrack{
		kind:         kind,
		subscription: track.subscription,
		id:           randomID(),
		stream:       s.streamOf(p.id, form),
	}
	track.requestKey = p.keyRequest(kind, form)
	s.tracks[key] = track
	s.notify()
}

// streamOf gives a publisher's picture and voice of one form the same stream, by which a browser keeps lips and
// words together, and any other track another one.
func (s *Subscriber) streamOf(publisher string, form Form) string {
	for key, track := range s.tracks {
		if key.publisher == publisher && track.Form == form {
			return track.TrackLocal.StreamID()
		}
	}
	return randomID()
}

func (p *Publisher) keyRequest(kind media.Kind, form Form) func() {
	switch {
	case kind != media.KindVideo || form == Released:
		return func() {}
	case form == Concealed:
		return p.picture.requestKey
	}
	return p.RequestKeyFrame
}

// Outgoing is one track to one subscriber: a publisher's picture or voice in one form.
type Outgoing struct {
	Publisher string
	Kind      media.Kind
	Form      Form

	// TrackLocal is what a peer connection sends. Its ids are random: they tell neither the publisher nor the
	// form. It is to be given to one RTPSender only, and one that has sent no other track.
	TrackLocal webrtc.TrackLocal

	publisher    *Publisher
	subscription subscriber
	requestKey   func()
}

// Attach sends the track to a transport of the caller's, under an SSRC, in place of a peer connection. It is for a track whose TrackLocal is given to nobody.
func (o *Outgoing) Attach(to interface {
	WriteRTP(header *rtp.Header, payload []byte) (int, error)
}, ssrc uint32) {
	o.subscription.bind(to, ssrc, 0)
}

// RequestKeyFrame asks for a key frame on the subscriber's behalf (RFC 4585 §6.3.1), of the clear source or of
// the concealed encoder as the track's form is. For sound and for released media it does nothing.
func (o *Outgoing) RequestKeyFrame() { o.requestKey() }

// Resend sends packets again that the subscriber reports missing (RFC 4585 §6.2.1). The history that it draws
// on ends with the track's access.
func (o *Outgoing) Resend(sequence []uint16) { o.subscription.resend(sequence) }

// SenderReport is the report to send to the subscriber about this track (RFC 3550 §6.4.1), or nil when nothing was
// sent or the track is ended. It is told from the times at which the court sent, never from the publisher's reports.
func (o *Outgoing) SenderReport(now time.Time) *rtcp.SenderReport { return o.subscription.report(now) }

// Dropped counts the packets that the subscriber was too slow for, or that had to wait for a key frame.
func (o *Outgoing) Dropped() uint64 { return o.subscription.droppedPackets() }

// localTrack is the webrtc.TrackLocal of an Outgoing.
type localTrack struct {
	kind         media.Kind
	subscription subscriber
	id, stream   string
}

var _ webrtc.TrackLocal = (*localTrack)(nil)

// Bind starts sending under the SSRC that the context gives. Only VP8 and Opus can be sent.
func (t *localTrack) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	want := webrtc.MimeTypeOpus
	if t.kind == media.KindVideo {
		want = webrtc.MimeTypeVP8
	}
	for _, codec := range ctx.CodecParameters() {
		if strings.EqualFold(codec.MimeType, want) {
			t.subscription.bind(ctx.WriteStream(), uint32(ctx.SSRC()), uint8(codec.PayloadType))
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, fmt.Errorf("send %v: %w", t.kind, webrtc.ErrUnsupportedCodec)
}

// Unbind stops sending.
func (t *localTrack) Unbind(webrtc.TrackLocalContext) error {
	t.subscription.unbind()
	return nil
}

func (t *localTrack) ID() string       { return t.id }
func (t *localTrack) RID() string      { return "" }
func (t *localTrack) StreamID() string { return t.stream }

func (t *localTrack) Kind() webrtc.RTPCodecType {
	if t.kind == media.KindVideo {
		return webrtc.RTPCodecTypeVideo
	}
	return webrtc.RTPCodecTypeAudio
}

func randomID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
