package peer

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v4"
)

// nowhere is the address that a relay-only description names where it names one at all (RFC 8839 §4.2.1.1 gives port 9).
const nowhere = "0.0.0.0"

// Relayed strips a session description (RFC 8866) of every address that is not a relay's: candidates of other kinds, and
// what related, connection, origin and RTCP lines say. What cannot be read as a candidate is stripped as well.
func Relayed(sdp string) string {
	lines := strings.Split(strings.ReplaceAll(sdp, "\r\n", "\n"), "\n")
	kept := lines[:0]
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, "a=candidate:"):
			text, ok := RelayedCandidate(strings.TrimPrefix(line, "a="))
			if !ok {
				continue
			}
			line = "a=" + text
		case strings.HasPrefix(line, "c="):
			line = "c=IN IP4 " + nowhere
		case strings.HasPrefix(line, "a=rtcp:"):
			line = "a=rtcp:9 IN IP4 " + nowhere
		case strings.HasPrefix(line, "a=remote-candidates:"):
			continue
		case strings.HasPrefix(line, "o="):
			if f := strings.Fields(line); len(f) == 6 {
				line = strings.Join(append(f[:3], "IN", "IP4", nowhere), " ")
			}
		case strings.HasPrefix(line, "m="):
			// A port of 0 takes the line down; any other one is an address's.
			if f := strings.Fields(line); len(f) > 2 && f[1] != "0" {
				f[1] = "9"
				line = strings.Join(f, " ")
			}
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\r\n")
}

// RelayedCandidate reports whether an ICE candidate (RFC 8839 §5.1) is a relay's, and returns it without the related address,
// which is that of the one who uses the relay. The empty text, which ends the candidates, is as it is.
func RelayedCandidate(text string) (string, bool) {
	if text == "" {
		return "", true
	}
	if strings.ContainsAny(text, "\r\n") {
		return "", false
	}
	f := strings.Fields(text)
	if len(f) < 8 || !strings.HasPrefix(f[0], "candidate:") || f[6] != "typ" || f[7] != "relay" {
		return "", false
	}
	// candidate:foundation component transport priority address port typ relay [raddr a] [rport p] and extensions in pairs
	kept := slices.Clone(f[:8])
	for i := 8; i+1 < len(f); i += 2 {
		switch f[i] {
		case "raddr", "rport":
		case "generation", "ufrag", "network-cost", "tcptype":
			kept = append(kept, f[i], f[i+1])
		}
	}
	return strings.Join(append(kept[:8:8], append([]string{"raddr", nowhere, "rport", "0"}, kept[8:]...)...), " "), true
}

// relayedInit is RelayedCandidate for a candidate as it is signalled. The end of candidates is nil and stays so.
func relayedInit(c *webrtc.ICECandidateInit) (*webrtc.ICECandidateInit, bool) {
	if c == nil {
		return nil, true
	}
	text, ok := RelayedCandidate(c.Candidate)
	if !ok {
		return nil, false
	}
	stripped := *c
	stripped.Candidate = text
	return &stripped, true
}

// DialTURN lets an API reach TURN servers over TCP and TLS, and check the latter as secure says: by host:port, for each that
// is reached by TLS. It is for NewAPI's adjust.
func DialTURN(settings *webrtc.SettingEngine, secure map[string]*tls.Config) {
	settings.SetICEProxyDialer(turnDialer{secure})
}

type turnDialer struct{ secure map[string]*tls.Config }

// dialFor bounds how long a TURN server is waited for.
const dialFor = 10 * time.Second

// Dial is of golang.org/x/net/proxy.Dialer.
func (d turnDialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialFor)
	defer cancel()
	config := d.secure[address]
	if config == nil {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	return (&tls.Dialer{Config: config}).DialContext(ctx, network, address)
}
