package peer_test

import (
	"regexp"
	"strings"
	"testing"

	"paravent/media/peer"
)

// Whatever stands in a description, no address but a relay's comes out of it.
func TestRelayOnlyDescriptionsTellNoAddress(t *testing.T) {
	t.Parallel()
	sdp := strings.Join([]string{"v=0", "o=- 42 2 IN IP4 203.0.113.7", "s=-", "t=0 0", "a=fingerprint:sha-256 AA:BB", "m=audio 54321 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 203.0.113.7",
		"a=rtcp:54322 IN IP4 203.0.113.7", "a=remote-candidates:1 203.0.113.7 54321", "a=mid:0",
		"a=candidate:1 1 udp 2122260223 10.1.2.3 5000 typ host generation 0", "a=candidate:2 1 udp 1686052607 203.0.113.7 5000 typ srflx raddr 10.1.2.3 rport 5000",
		"a=candidate:3 1 udp 41885439 192.0.2.1 50000 typ relay raddr 203.0.113.7 rport 6000 generation 0 ufrag x network-id 1 network-cost 10",
		"a=candidate:4 1 tcp 1518280447 4a5c.local 9 typ host tcptype active", "a=candidate:nonsense", "m=video 0 UDP/TLS/RTP/SAVPF 96", "c=IN IP6 2001:db8::7", ""}, "\r\n")
	got := peer.Relayed(sdp)
	for _, leak := range []string{"203.0.113.7", "10.1.2.3", "2001:db8", ".local", "srflx", "typ host", "5000 ", "6000", "54321", "nonsense"} {
		if strings.Contains(got, leak) {
			t.Errorf("%q is still there", leak)
		}
	}
	for _, kept := range []string{"o=- 42 2 IN IP4 0.0.0.0", "a=fingerprint:sha-256 AA:BB", "a=mid:0", "m=video 0 ", "m=audio 9 ",
		"a=candidate:3 1 udp 41885439 192.0.2.1 50000 typ relay raddr 0.0.0.0 rport 0 generation 0 ufrag x network-cost 10"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q is gone:\n%s", kept, got)
		}
	}
	if again := peer.Relayed(got); again != got {
		t.Errorf("stripping twice changes it:\n%s", again)
	}
}

func TestRelayOnlyCandidates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "candidate:1 1 udp 1 192.0.2.1 5 typ relay": true, "candidate:1 1 udp 1 192.0.2.1 5 typ relay raddr 10.0.0.1 rport 7": true,
		"candidate:1 1 udp 1 10.0.0.1 5 typ host": false, "candidate:1 1 udp 1 10.0.0.1 5 typ prflx raddr 1.1.1.1 rport 1": false,
		"candidate:1 1 udp 1 10.0.0.1 5 typ host typ relay": false, "candidate:1 1 udp 1 192.0.2.1 5 typ relay\r\na=candidate:2 1 udp 1 10.0.0.1 5 typ host": false,
		"candidate:1 1 udp": false, "x": false,
	} {
		got, ok := peer.RelayedCandidate(text)
		if ok != want {
			t.Errorf("%q passes: %v", text, ok)
		}
		if strings.Contains(got, "10.0.0.1") {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzRelayed(f *testing.F) {
	f.Add("v=0\r\na=candidate:3 1 udp 41885439 192.0.2.1 50000 typ relay raddr 203.0.113.7 rport 6000\r\n")
	f.Add("a=candidate:1 1 udp 1 10.0.0.1 5 typ host\nc=IN IP4 10.0.0.1")
	line := regexp.MustCompile(`(?m)^a=candidate:.*`)
	f.Fuzz(func(t *testing.T, sdp string) {
		for _, l := range line.FindAllString(peer.Relayed(sdp), -1) {
			if fields := strings.Fields(l); len(fields) < 12 || fields[7] != "relay" || fields[9] != "0.0.0.0" {
				t.Fatalf("%q passes", l)
			}
		}
	})
}
