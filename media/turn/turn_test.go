package turn_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	client "github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"paravent/media/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, limits turn.Limits) (address string) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	s, err := turn.Serve(turn.Config{Tenants: map[string]string{"a": "secret of a", "b": "secret of b"}, Packets: []net.PacketConn{conn}, Limits: limits})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return conn.LocalAddr().String()
}

// allocate asks for a relayed address as any client does.
func allocate(t *testing.T, server, username, password string) (net.PacketConn, *client.Client, error) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	c, err := client.NewClient(&client.ClientConfig{STUNServerAddr: server, TURNServerAddr: server, Conn: conn, Username: username, Password: password,
		Realm: turn.Realm, RTO: 100 * time.Millisecond, LoggerFactory: quiet})
	must(t, err)
	must(t, c.Listen())
	t.Cleanup(func() {
		c.Close()
		_ = conn.Close()
	})
	relayed, err := c.Allocate()
	if err == nil {
		t.Cleanup(func() { _ = relayed.Close() })
	}
	return relayed, c, err
}

func as(t *testing.T, server, tenant, secret, name string) net.PacketConn {
	t.Helper()
	user, password := turn.Credential(secret, tenant+"/"+name, time.Now().Add(time.Hour))
	conn, _, err := allocate(t, server, user, password)
	must(t, err)
	return conn
}

var sent atomic.Int64

// arrives reports whether what one sends comes to the other. Each call sends words of its own: what an earlier one left waiting does not count.
func arrives(t *testing.T, from, to net.PacketConn) bool {
	t.Helper()
	if _, err := to.WriteTo([]byte("let in"), from.LocalAddr()); err != nil { // the permission is the receiver's to give
		return false
	}
	words := fmt.Sprintf("hello %d", sent.Add(1))
	if _, err := from.WriteTo([]byte(words), to.LocalAddr()); err != nil {
		return false
	}
	must(t, to.SetReadDeadline(time.Now().Add(700*time.Millisecond)))
	buffer := make([]byte, 100)
	for {
		n, _, err := to.ReadFrom(buffer)
		if err != nil {
			return false
		}
		if string(buffer[:n]) == words {
			return true
		}
	}
}

// Clients of one court reach each other, those of another never, and nobody reaches anything outside: not this machine, not the
// network that the server stands in, not the server itself.
func TestClientsReachEachOtherAndNothingElse(t *testing.T) {
	t.Parallel()
	server := serve(t, turn.Limits{})
	one, two, stranger := as(t, server, "a", "secret of a", "1"), as(t, server, "a", "secret of a", "2"), as(t, server, "b", "secret of b", "1")
	if at := one.LocalAddr().(*net.UDPAddr); !at.IP.Equal(turn.RelayIP) {
		t.Errorf("the relayed address is %v", at)
	}
	if !arrives(t, one, two) || !arrives(t, two, one) {
		t.Error("two clients of one court do not reach each other")
	}
	if arrives(t, one, stranger) || arrives(t, stranger, one) {
		t.Error("a client reaches another court's")
	}
	victim, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer victim.Close()
	for _, to := range []string{victim.LocalAddr().String(), server, "10.0.0.1:53", "169.254.169.254:80"} {
		at, err := net.ResolveUDPAddr("udp4", to)
		must(t, err)
		if _, err := one.WriteTo([]byte("hello"), at); err == nil {
			t.Errorf("the server lets a packet to %s out", to)
		}
	}
}

func TestCredentialsAreOfACourtAndForATime(t *testing.T) {
	t.Parallel()
	server := serve(t, turn.Limits{})
	past, pastword := turn.Credential("secret of a", "a/1", time.Now().Add(-time.Minute))
	other, otherword := turn.Credential("secret of b", "a/1", time.Now().Add(time.Hour))
	unknown, unknownword := turn.Credential("secret of a", "c/1", time.Now().Add(time.Hour))
	bare, bareword := turn.Credential("secret of a", "a", time.Now().Add(time.Hour))
	_, good := turn.Credential("secret of a", "a/1", time.Now().Add(time.Hour))
	for name, c := range map[string][2]string{"past": {past, pastword}, "of another court": {other, otherword}, "of no court": {unknown, unknownword},
		"without a name": {bare, bareword}, "too long": {strings.Repeat("9", 12) + ":a/" + strings.Repeat("x", 200), good}, "no time": {"x:a/1", good}, "nothing": {"x", "y"}} {
		if _, _, err := allocate(t, server, c[0], c[1]); err == nil {
			t.Errorf("a credential that is %s is taken", name)
		}
	}
}

func TestOneClientTakesNoMoreThanItsShare(t *testing.T) {
	t.Parallel()
	server := serve(t, turn.Limits{OfOne: 2, PerSecond: 1, Burst: 100})
	one, two := as(t, server, "a", "secret of a", "1"), as(t, server, "a", "secret of a", "1")
	user, password := turn.Credential("secret of a", "a/1", time.Now().Add(time.Hour))
	if _, _, err := allocate(t, server, user, password); err == nil {
		t.Error("a third allocation is given")
	}
	if !arrives(t, one, two) {
		t.Error("within its share nothing arrives")
	}
	for range 20 {
		_, _ = one.WriteTo([]byte("hello"), two.LocalAddr())
	}
	if arrives(t, as(t, server, "a", "secret of a", "2"), as(t, server, "a", "secret of a", "3")) == false {
		t.Error("another client is hurt")
	}
	buffer, got := make([]byte, 100), 0
	for {
		must(t, two.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
		if _, _, err := two.ReadFrom(buffer); err != nil {
			break
		}
		got++
	}
	if got >= 20 {
		t.Errorf("%d packets of 20 arrive above the share", got)
	}
}

// One port: STUN goes one way, the web another, and whoever says nothing, or slowly, is let go while others are served.
func TestPortIsSplit(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	web, stun := turn.Split(l, turn.Splitting{Opening: 300 * time.Millisecond, FromOne: 8})
	s, err := turn.Serve(turn.Config{Tenants: map[string]string{"a": "s"}, Streams: []net.Listener{stun}})
	must(t, err)
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") }), ReadHeaderTimeout: time.Second}
	served := make(chan struct{})
	go func() { defer close(served); _ = h.Serve(web) }()
	t.Cleanup(func() {
		must(t, s.Close())
		_ = h.Close()
		<-served
	})
	page := func() string {
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
		defer c.CloseIdleConnections()
		answer, err := c.Get("http://" + l.Addr().String())
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		return string(text)
	}
	if got := page(); got != "page" {
		t.Errorf("the web is answered with %q", got)
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	must(t, err)
	user, password := turn.Credential("s", "a/1", time.Now().Add(time.Hour))
	c, err := client.NewClient(&client.ClientConfig{STUNServerAddr: l.Addr().String(), TURNServerAddr: l.Addr().String(), Conn: client.NewSTUNConn(conn),
		Username: user, Password: password, Realm: turn.Realm, LoggerFactory: quiet})
	must(t, err)
	must(t, c.Listen())
	relayed, err := c.Allocate()
	must(t, err)
	_ = relayed.Close()
	c.Close()
	_ = conn.Close()

	// Slow ones, as many as one address may have: a while later they are gone and the page is there again.
	for range 8 {
		slow, err := net.Dial("tcp", l.Addr().String())
		must(t, err)
		defer slow.Close()
	}
	began := time.Now()
	for page() != "page" {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the slow keep the page from others")
		}
	}
}

// A TLS client that never finishes its handshake is let go.
func TestHalfAHandshakeIsLetGo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	web, _ := turn.Split(l, turn.Splitting{TLS: &tls.Config{MinVersion: tls.VersionTLS12}, Opening: 200 * time.Millisecond})
	defer web.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	must(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte{22, 3, 1}) // the beginning of a ClientHello
	must(t, err)
	must(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the connection is kept: %v", err)
	}
}

var quiet = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
