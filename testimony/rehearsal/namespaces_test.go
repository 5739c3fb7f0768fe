package rehearsal_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
	"paravent/testimony/relay"
	"paravent/testimony/relay/station"
)

// playIn names the part that this program, started again by the test in a network of its own, plays.
const playIn = "PARAVENT_TEST_PLAY"

// The networks: the relay is at one address, which court and witness reach each over a link of their own.
const (
	relayAt   = "10.77.0.1"
	courtAt   = "10.77.1.2"
	witnessAt = "10.77.2.2"
	partyFor  = 60 * time.Second
)

// play plays a part: it says one line when it has what it waits for, and goes on until its standard input ends.
func play(part string) error {
	ctx, cancel := context.WithTimeout(context.Background(), partyFor)
	defer cancel()
	switch part {
	case "relay":
		return playRelay(ctx)
	case "court":
		return playCourt(ctx)
	case "witness":
		return playWitness(ctx)
	}
	return errors.New("no such part")
}

func stay() {
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // the end of the test
}

func playRelay(ctx context.Context) error {
	key, err := relay.ParseKey(os.Getenv("KEY"))
	if err != nil {
		return err
	}
	certificate, err := join.NewCertificate(rand.Reader, time.Now(), []string{relayAt})
	if err != nil {
		return err
	}
	config := station.Config{Listen: relayAt + ":443", Courts: map[string]relay.Key{"court": key},
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}
	if os.Getenv("WAY") != "tls" {
		config.UDP = relayAt + ":3478"
	}
	s, err := station.Start(ctx, config)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println(join.Fingerprint(certificate.Certificate[0]))
	stay()
	return nil
}

// unreachable reports that a host on the other side does not even refuse.
func unreachable(host string) error {
	conn, err := net.DialTimeout("tcp", host+":9", time.Second)
	if err == nil {
		return errors.Join(errors.New("the other side is reached directly"), conn.Close())
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return errors.New("the other side refuses, so that it is reached directly")
	}
	return nil
}

func playCourt(ctx context.Context) error {
	if err := unreachable(witnessAt); err != nil {
		return err
	}
	key, err := relay.ParseKey(os.Getenv("KEY"))
	if err != nil {
		return err
	}
	d, err := docket.CreateTraining(ctx, filepath.Join(os.Getenv("DIR"), "v.paravent"), light)
	if err != nil {
		return err
	}
	defer d.Close()
	h, err := d.FindHearing(ctx, "hearing-1")
	if err != nil {
		return err
	}
	reach := relay.Reach{Relay: relay.Place{URL: "https://" + relayAt, Key: key, Fingerprint: os.Getenv("FINGERPRINT")}}
	s, err := live.Open(ctx, live.Config{Desk: d, Hearing: h.ID, Reach: reach, Microphone: capture.NewTestSpeech(99)})
	if err != nil {
		return err
	}
	defer s.Abandon()
	w, _ := h.Witness()
	seen := make(chan struct{}, 1000)
	defer s.Pictures(w.ID, func(*media.Frame) {
		select {
		case seen <- struct{}{}:
		default:
		}
	})()
	find := func(presence live.Presence) (link string, err error) {
		for {
			changed := s.Changed()
			for _, p := range s.State().People {
				if p.ID == w.ID && p.Presence == presence {
					return p.Link, nil
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return "", fmt.Errorf("the witness never came to be %s", presence)
			}
		}
	}
	link, err := find(live.Absent)
	if err != nil {
		return err
	}
	fmt.Println(link)
	if _, err := find(live.InLobby); err != nil {
		return err
	}
	if err := errors.Join(s.Admit(w.ID), s.Enter(testimony.IdentityCheck)); err != nil {
		return err
	}
	for range 20 {
		select {
		case <-seen:
		case <-ctx.Done():
			return errors.New("the bench does not see the witness")
		}
	}
	fmt.Println("seen")
	stay()
	return nil
}

func playWitness(ctx context.Context) error {
	if err := unreachable(courtAt); err != nil {
		return err
	}
	w, err := rehearsal.Join(ctx, os.Getenv("LINK"), rehearsal.Props{Fingerprint: os.Getenv("FINGERPRINT"),
		Picture: capture.NewTestPicture(1, 320, 240, 10, nil), Sound: capture.NewTestSpeech(1)})
	if err != nil {
		return err
	}
	defer w.Break()
	heard := rehearsal.FlowKey{Publisher: string(testimony.BenchID), Kind: "audio", Form: "clear"}
	for w.Flows()[heard].Packets < 50 {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.New("the witness does not hear the bench")
		}
	}
	fmt.Println("heard")
	stay()
	return nil
}

// Court and witness in two networks from which nothing but the relay can be reached hold a session with picture and sound: over
// UDP, and where only the secure port is open, over that.
func TestCourtAndWitnessReachOnlyTheRelay(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("making network namespaces takes root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("there is no ip command (iproute2)")
	}
	tag := fmt.Sprintf("pv%d", os.Getpid())
	ns := func(name string) string { return tag + name }
	if out, err := exec.Command("ip", "netns", "add", ns("r")).CombinedOutput(); err != nil {
		t.Skipf("this system lets nobody make network namespaces: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", ns("r")).Run() })
	ip := func(args string) {
		t.Helper()
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", args, err, out)
		}
	}
	for _, side := range []struct{ name, own, theirs string }{{"c", courtAt, "10.77.1.1"}, {"w", witnessAt, "10.77.2.1"}} {
		ip("netns add " + ns(side.name))
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", ns(side.name)).Run() })
		ip("-n " + ns("r") + " link add to" + side.name + " type veth peer name out netns " + ns(side.name))
		ip("-n " + ns("r") + " addr add " + side.theirs + "/24 dev to" + side.name)
		ip("-n " + ns("r") + " link set to" + side.name + " up")
		ip("-n " + ns(side.name) + " addr add " + side.own + "/24 dev out")
		ip("-n " + ns(side.name) + " link set out up")
		ip("-n " + ns(side.name) + " link set lo up")
		ip("-n " + ns(side.name) + " route add default via " + side.theirs)
	}
	ip("-n " + ns("r") + " link set lo up")
	ip("-n " + ns("r") + " addr add " + relayAt + "/32 dev lo")
	if out, err := exec.Command("ip", "netns", "exec", ns("r"), "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward").CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "0" {
		t.Fatalf("the relay's network forwards: %v: %s", err, out)
	}
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	for _, way := range []string{"udp", "tls"} {
		t.Run(way, func(t *testing.T) {
			part := func(name, network string, env ...string) *bufio.Reader {
				t.Helper()
				child := exec.Command("ip", "netns", "exec", ns(network), os.Args[0])
				child.Env = append(append(os.Environ(), playIn+"="+name, "KEY="+key.Reveal(), "WAY="+way), env...)
				var errs strings.Builder
				child.Stderr = &errs
				in, err := child.StdinPipe()
				must(t, err)
				out, err := child.StdoutPipe()
				must(t, err)
				must(t, child.Start())
				t.Cleanup(func() {
					_ = in.Close()
					if err := child.Wait(); err != nil {
						t.Errorf("the %s ended with %v: %s", name, err, errs.String())
					}
				})
				return bufio.NewReader(out)
			}
			says := func(who string, out *bufio.Reader) string {
				t.Helper()
				text, err := out.ReadString('\n')
				if err != nil {
					t.Fatalf("the %s says nothing: %v", who, err)
				}
				return strings.TrimSpace(text)
			}
			fingerprint := "FINGERPRINT=" + says("relay", part("relay", "r"))
			court := part("court", "c", fingerprint, "DIR="+t.TempDir())
			link := says("court", court)
			if !strings.HasPrefix(link, "https://"+relayAt+"/j/") {
				t.Fatal("the link does not lead to the relay")
			}
			witness := part("witness", "w", fingerprint, "LINK="+link)
			if got := says("court", court); got != "seen" {
				t.Errorf("the court says %q", got)
			}
			if got := says("witness", witness); got != "heard" {
				t.Errorf("the witness says %q", got)
			}
		})
	}
}
