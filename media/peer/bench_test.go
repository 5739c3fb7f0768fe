//go:build unix

package peer

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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
	peers := connectAll(b, router, subscribers)
	stream := &stream{publisher: publisher}
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
	publisher *hub.Publisher
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
			s.publisher.WriteClear(media.KindVideo, &rtp.Packet{Payload: payload, Header: rtp.Header{
				Version: 2, SSRC: 1, SequenceNumber: s.sequence, Timestamp: s.timestamp, Marker: i == packets-1}})
		}
	}
}

// connectAll makes the court's side of so many connections, each to a receiver in the other process.
func connectAll(b *testing.B, router *hub.Router, n int) []*Peer {
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
	api := newTestAPI(b)
	var peers []*Peer
	for i := range n {
		p, err := New(Config{API: api, Subscriber: router.Subscribe(fmt.Sprint(i)),
			Send: func(m Message) { lines <- letter{i, m} },
			OnState: func(s webrtc.PeerConnectionState) {
				if s == webrtc.PeerConnectionStateConnected {
					connected <- struct{}{}
				}
			}})
		if err != nil {
			b.Fatal(err)
		}
		peers = append(peers, p)
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
			_ = peers[l.To].Handle(l.Message) // a late candidate needs no answer
		}
	}()
	b.Cleanup(func() {
		for _, p := range peers {
			_ = p.Close()
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
	return peers
}

// processTime is the processor time that this process has used, in user and kernel mode.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
