//go:build unix

package peer

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/hub"
)

// BenchmarkHubCPU forwards one clear picture of 1 Mbit/s for some seconds to subscribers with whole connections, encryption
// and sockets included, and reports the share of one core that each costs the court's side. The receivers are in another
// process, whose work is not counted.
func BenchmarkHubCPU(b *testing.B) {
	for _, subscribers := range []int{10, 50} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) { forwardTo(b, subscribers) })
	}
}

func forwardTo(b *testing.B, subscribers int) {
	router := hub.New()
	b.Cleanup(router.Close)
	router.SetAccess(func(_, _ string) hub.Grant { return hub.Grant{Picture: hub.Clear} })
	publisher := router.Publish("witness")
	peers := connectHub(b, router, subscribers)
	stream := &stream{write: func(p *rtp.Packet) { publisher.WriteClear(media.KindVideo, p) }}
	stream.frames(25) // the first second fills caches and is not counted
	var cpu, wall time.Duration
	for b.Loop() {
		begun, used := time.Now(), processTime(b)
		stream.frames(50)
		wall += time.Since(begun)
		cpu += processTime(b) - used
	}
	for i, p := range peers {
		if p.State() != webrtc.PeerConnectionStateConnected {
			b.Fatalf("subscriber %d is %s", i, p.State())
		}
	}
	b.ReportMetric(100*cpu.Seconds()/wall.Seconds()/float64(subscribers), "%core/subscriber")
}

// stream sends 25 pictures a second of four packets each, in real time.
type stream struct {
	write     func(*rtp.Packet)
	sequence  uint16
	timestamp uint32
}

func (s *stream) frames(n int) {
	const packets, size = 4, 1250
	tick := time.NewTicker(time.Second / 25)
	defer tick.Stop()
	for range n {
		<-tick.C
		s.timestamp += 90000 / 25
		for i := range packets {
			payload := make([]byte, size)
			if i == 0 {
				payload[0] = 0x10 // a picture begins here, and it is a key frame
			}
			s.sequence++
			s.write(&rtp.Packet{Payload: payload, Header: rtp.Header{
				Version: 2, SSRC: 1, SequenceNumber: s.sequence, Timestamp: s.timestamp, Marker: i == packets-1}})
		}
	}
}

// BenchmarkHubRatio is the processor time of the court's side for 50 subscribers, of that of the same fan-out written directly on pion: one track that
// fifty connections share. Both go to receivers in another process, by turns.
func BenchmarkHubRatio(b *testing.B) {
	const subscribers = 50
	router := hub.New()
	b.Cleanup(router.Close)
	router.SetAccess(func(_, _ string) hub.Grant { return hub.Grant{Picture: hub.Clear} })
	publisher := router.Publish("witness")
	connectHub(b, router, subscribers)
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "video", "stream")
	if err != nil {
		b.Fatal(err)
	}
	connectDirectly(b, track, subscribers)
	ours := &stream{write: func(p *rtp.Packet) { publisher.WriteClear(media.KindVideo, p) }}
	theirs := &stream{write: func(p *rtp.Packet) { _ = track.WriteRTP(p) }} // one that fails has lost its connection, and is not there to be measured
	spent := func(s *stream) time.Duration {
		used := processTime(b)
		s.frames(50)
		return processTime(b) - used
	}
	spent(ours)
	spent(theirs)
	var hubs, pions time.Duration
	for b.Loop() {
		hubs += spent(ours)
		pions += spent(theirs)
	}
	b.ReportMetric(hubs.Seconds()/pions.Seconds(), "hub/pion")
}

// BenchmarkClearDelay is by how much the way through the hub is longer than a connection without it: how long a packet takes from the guest who sends it to
// the one who receives it, both on this machine, in the median, less the same over one connection.
func BenchmarkClearDelay(b *testing.B) {
	router := hub.New()
	b.Cleanup(router.Close)
	router.SetAccess(everyone(hub.Grant{Voice: hub.Clear}))
	_, witness := join(b, Config{Publisher: router.Publish("witness"), Audio: true})
	_, judge := join(b, Config{Subscriber: router.Subscribe("judge")})
	near, far := newGuest(b, true), newGuest(b, false)
	b.Cleanup(near.leave)
	b.Cleanup(far.leave)
	connectGuests(b, near, far)
	var through, direct []time.Duration
	for b.Loop() {
		through = append(through, delays(witness, judge)...)
		direct = append(direct, delays(near, far)...)
	}
	b.ReportMetric((median(through)-median(direct)).Seconds()*1000, "ms-more")
	b.ReportMetric(median(direct).Seconds()*1000, "ms-direct")
}

// connectGuests connects two guests with each other.
func connectGuests(b *testing.B, near, far *guest) {
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	check(near.publish(""))
	for _, g := range []*guest{near, far} {
		other := far
		if g == far {
			other = near
		}
		g.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c != nil {
				_ = other.pc.AddICECandidate(c.ToJSON()) // one that comes before the description is found out by the checks
			}
		})
	}
	offer, err := near.pc.CreateOffer(nil)
	check(err)
	gathered := webrtc.GatheringCompletePromise(near.pc)
	check(near.pc.SetLocalDescription(offer))
	<-gathered
	check(far.pc.SetRemoteDescription(*near.pc.LocalDescription()))
	answer, err := far.pc.CreateAnswer(nil)
	check(err)
	gathered = webrtc.GatheringCompletePromise(far.pc)
	check(far.pc.SetLocalDescription(answer))
	<-gathered
	check(near.pc.SetRemoteDescription(*far.pc.LocalDescription()))
}

// delays sends five seconds of packets and returns how long each that arrived took.
func delays(from, to *guest) (all []time.Duration) {
	sent := map[string]time.Time{}
	begin := len(to.arrivals())
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 250 {
		<-tick.C
		from.numbered++
		payload := fmt.Sprintf("packet %06d", from.numbered)
		sent[payload] = time.Now()
		_ = from.sound.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: uint16(from.numbered), Timestamp: uint32(from.numbered) * media.FrameSamples},
			Payload: []byte(payload)}) // one that is not connected yet sends nothing
	}
	time.Sleep(100 * time.Millisecond)
	for _, a := range to.arrivals()[begin:] {
		if at, ok := sent[string(a.packet.Payload)]; ok {
			all = append(all, a.at.Sub(at))
		}
	}
	return all
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

// end is the court's side of one connection.
type end struct {
	handle func(Message) error
	close  func()
}

// connectHub connects so many subscribers of the hub.
func connectHub(b *testing.B, router *hub.Router, n int) []*Peer {
	api := newTestAPI(b)
	var peers []*Peer
	connectAll(b, n, func(i int, send func(Message), connected func()) (end, error) {
		p, err := New(Config{API: api, Subscriber: router.Subscribe(fmt.Sprint(i)), Send: send,
			OnState: func(s webrtc.PeerConnectionState) {
				if s == webrtc.PeerConnectionStateConnected {
					connected()
				}
			}})
		if err != nil {
			return end{}, err
		}
		peers = append(peers, p)
		return end{p.Handle, func() { _ = p.Close() }}, nil
	})
	return peers
}

// connectDirectly connects so many receivers to one track, as a program would that is written on pion alone.
func connectDirectly(b *testing.B, track webrtc.TrackLocal, n int) {
	api := newTestAPI(b)
	connectAll(b, n, func(_ int, send func(Message), connected func()) (end, error) {
		pc, err := api.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			return end{}, err
		}
		sender, err := pc.AddTrack(track)
		if err != nil {
			return end{}, err
		}
		go func() {
			for {
				if _, _, err := sender.ReadRTCP(); err != nil {
					return
				}
			}
		}()
		pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
			if s == webrtc.PeerConnectionStateConnected {
				connected()
			}
		})
		offer, err := pc.CreateOffer(nil)
		if err != nil {
			return end{}, err
		}
		gathered := webrtc.GatheringCompletePromise(pc)
		if err := pc.SetLocalDescription(offer); err != nil {
			return end{}, err
		}
		<-gathered
		send(Message{Type: Offer, SDP: pc.LocalDescription().SDP})
		return end{func(m Message) error {
			if m.Type == Answer {
				return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.SDP})
			}
			if m.Candidate == nil {
				return nil
			}
			return pc.AddICECandidate(*m.Candidate)
		}, func() { _ = pc.GracefulClose() }}, nil
	})
}

// connectAll makes the court's side of so many connections, each to a receiver in the other process.
func connectAll(b *testing.B, n int, connect func(i int, send func(Message), connected func()) (end, error)) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), playReceivers+"="+fmt.Sprint(n))
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	lines := make(chan letter, 1024)
	connected := make(chan struct{}, n)
	var ends []end
	for i := range n {
		e, err := connect(i, func(m Message) { lines <- letter{i, m} }, func() { connected <- struct{}{} })
		if err != nil {
			b.Fatal(err)
		}
		ends = append(ends, e)
	}
	stop, written, read := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		encoder := json.NewEncoder(in)
		for {
			select {
			case l := <-lines:
				_ = encoder.Encode(l) // a child that is gone is noticed below
			case <-stop:
				return
			}
		}
	}()
	go func() {
		defer close(read)
		for decoder := json.NewDecoder(out); ; {
			var l letter
			if decoder.Decode(&l) != nil {
				return
			}
			_ = ends[l.To].handle(l.Message) // a late candidate needs no answer
		}
	}()
	b.Cleanup(func() {
		for _, e := range ends {
			e.close()
		}
		close(stop)
		<-written
		_ = in.Close()
		<-read
		if err := child.Wait(); err != nil {
			b.Error(err)
		}
	})
	for range n {
		select {
		case <-connected:
		case <-time.After(patience):
			b.Fatal("not every subscriber is connected")
		}
	}
}

// processTime is the processor time that this process has used, in user and kernel mode.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
