package attend

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/peer"
)

// Track is one track that the court sends.
type Track struct {
	Line peer.TrackLine // whose it is, and in which form
	Kind media.Kind

	c     *Connection
	track *webrtc.TrackRemote
	mid   string
}

func (c *Connection) track(pc *webrtc.PeerConnection, track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) *Track {
	t := &Track{Kind: media.KindAudio, c: c, track: track}
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		t.Kind = media.KindVideo
	}
	for _, each := range pc.GetTransceivers() {
		if each.Receiver() == receiver {
			t.mid = each.Mid()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t.Line = c.lines[t.mid]
	return t
}

// Connection is the one that the track came over.
func (t *Track) Connection() *Connection { return t.c }

// Read waits for the next packet, as the network delivers it. It ends with the track.
func (t *Track) Read() (*rtp.Packet, error) {
	p, _, err := t.track.ReadRTP()
	return p, err
}

// Told reports whether the court's last offer told of this track. What comes on one that was not told is neither shown nor played.
func (t *Track) Told() bool {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	return t.c.told[t.mid]
}

// AskKeyFrame asks the court for a picture that can be decoded alone (RFC 4585 §6.3.1).
func (t *Track) AskKeyFrame() {
	t.c.mu.Lock()
	pc := t.c.pc
	t.c.mu.Unlock()
	if pc != nil {
		_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(t.track.SSRC())}}) // one that is lost is asked for again
	}
}

// publishAside puts up the track of what is said in private, on the line that the offer has for it and on no other.
func (c *Connection) publishAside(pc *webrtc.PeerConnection, mid string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if mid == "" || c.aside == nil || c.aside.Load() != nil {
		return nil
	}
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "aside", "aside")
	if err != nil {
		return err
	}
	sender, err := pc.AddTrack(track) // on the line of its kind that is free
	if err != nil {
		return err
	}
	for _, t := range pc.GetTransceivers() {
		if t.Sender() == sender && t.Mid() == mid {
			c.aside.Store(track)
			return nil
		}
	}
	return errors.Join(errLine, pc.RemoveTrack(sender))
}

// errLine reports an offer whose private line cannot be used: nothing is said in private then.
var errLine = errors.New("the line for what is said in private is not free")

// publish is called with c.mu held.
func (c *Connection) publish(pc *webrtc.PeerConnection) error {
	if c.config.Sound != nil {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "sound", "sound")
		if err != nil {
			return err
		}
		if _, err := pc.AddTrack(track); err != nil {
			return err
		}
		c.aside = &atomic.Pointer[webrtc.TrackLocalStaticSample]{}
		aside := c.aside
		c.workers.Go(func() { _ = c.speak(track, aside) }) // it ends with the connection
	}
	if c.config.Picture != nil {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "picture", "picture")
		if err != nil {
			return err
		}
		sender, err := pc.AddTrack(track)
		if err != nil {
			return err
		}
		var key atomic.Bool
		c.workers.Go(func() { keyFrameRequests(sender, &key) })
		c.workers.Go(func() { _ = c.appear(track, &key) }) // it ends with the connection
	}
	return nil
}

func keyFrameRequests(sender *webrtc.RTPSender, key *atomic.Bool) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				key.Store(true)
			}
		}
	}
}

// speak sends the guest's sound to the court, or to the one whom they talk with in private. Each has an encoder of its own: an Opus packet can repeat the one before it
// (RFC 6716 §2.1.7), and what was said to the one must not come in what is said to the other.
func (c *Connection) speak(track *webrtc.TrackLocalStaticSample, aside *atomic.Pointer[webrtc.TrackLocalStaticSample]) error {
	open, err := opus.NewEncoder(opus.Config{Bitrate: 40, Repeats: true})
	if err != nil {
		return err
	}
	defer open.Close()
	private, err := opus.NewEncoder(opus.Config{Bitrate: 40, Repeats: true})
	if err != nil {
		return err
	}
	defer private.Close()
	for {
		f, err := c.config.Sound.Read(c.ctx)
		if err != nil {
			return err
		}
		encoder, to := open, track
		switch {
		case c.mayTalk():
			if encoder, to = private, aside.Load(); to == nil {
				continue
			}
		case !c.mayHear():
			continue
		}
		packet, err := encoder.Encode(f.PCM)
		if err != nil {
			return err
		}
		if err := to.WriteSample(samples.Sample{Data: packet, Duration: 20 * time.Millisecond}); errors.Is(err, io.ErrClosedPipe) {
			return err
		}
	}
}

func (c *Connection) appear(track *webrtc.TrackLocalStaticSample, key *atomic.Bool) error {
	width, height := c.config.Width, c.config.Height
	if width == 0 || height == 0 {
		width, height = 320, 240
	}
	encoder, err := vpx.NewEncoder(vpx.Config{Width: width, Height: height, Bitrate: 500, FPS: 15})
	if err != nil {
		return err
	}
	defer encoder.Close()
	last := time.Duration(0)
	for {
		f, err := c.config.Picture.Read(c.ctx)
		if err != nil {
			return err
		}
		if !c.mayShow() {
			continue
		}
		frame, _, err := encoder.Encode(f, key.Swap(false))
		if err != nil {
			return err
		}
		step := max(f.PTS-last, time.Millisecond)
		last = f.PTS
		if err := track.WriteSample(samples.Sample{Data: frame, Duration: step}); errors.Is(err, io.ErrClosedPipe) {
			return err
		}
	}
}
