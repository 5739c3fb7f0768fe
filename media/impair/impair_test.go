package impair

import (
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"
)

// pair is a connection over the line, and one beside it.
func pair(t *testing.T, l *Line) (*Conn, net.PacketConn) {
	t.Helper()
	var conns [2]net.PacketConn
	for i := range conns {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		conns[i] = c
	}
	over := l.Conn(conns[0])
	t.Cleanup(func() { _ = over.Close() })
	return over, conns[1]
}

func send(t *testing.T, from net.PacketConn, to net.Addr, n uint32) {
	t.Helper()
	if _, err := from.WriteTo(binary.BigEndian.AppendUint32(nil, n), to); err != nil {
		t.Fatal(err)
	}
}

// next reads one packet, or reports that none came for a while.
func next(t *testing.T, c net.PacketConn, within time.Duration) (uint32, net.Addr, bool) {
	t.Helper()
	var b [4]byte
	if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	_, from, err := c.ReadFrom(b[:])
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return 0, nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return binary.BigEndian.Uint32(b[:]), from, true
}

const long = 10 * time.Second

func TestAShareIsLostInEachDirection(t *testing.T) {
	t.Parallel()
	const n = 1000
	over, beside := pair(t, New(Quality{Loss: 0.2}, 1))
	up, down := 0, 0
	for i := range uint32(n) {
		send(t, beside, over.LocalAddr(), i)
		send(t, over, beside.LocalAddr(), i)
		if i%50 == 49 { // no socket's buffer overflows
			up, down = up+drain(t, over), down+drain(t, beside)
		}
	}
	for name, got := range map[string]int{"up": up, "down": down} {
		if got < n*72/100 || got > n*88/100 {
			t.Errorf("%s: %d of %d arrived with a fifth lost", name, got, n)
		}
	}
}

func drain(t *testing.T, c net.PacketConn) (n int) {
	t.Helper()
	for {
		if _, _, ok := next(t, c, 50*time.Millisecond); !ok {
			return n
		}
		n++
	}
}

func TestPacketsAreLateAndOvertakeEachOther(t *testing.T) {
	t.Parallel()
	over, beside := pair(t, New(Quality{Delay: 40 * time.Millisecond, Jitter: 60 * time.Millisecond}, 2))
	start := time.Now()
	for i := range uint32(40) {
		send(t, beside, over.LocalAddr(), i)
	}
	var order []uint32
	for range 40 {
		n, _, ok := next(t, over, long)
		if !ok {
			t.Fatal("a packet was lost on a line that loses none")
		}
		if len(order) == 0 && time.Since(start) < 40*time.Millisecond {
			t.Error("a packet was early")
		}
		order = append(order, n)
	}
	turned := 0
	for i := 1; i < len(order); i++ {
		if order[i] < order[i-1] {
			turned++
		}
	}
	if turned == 0 {
		t.Error("they came in order")
	}
}

func TestNothingPassesWhileItIsCut(t *testing.T) {
	t.Parallel()
	l := New(Quality{Delay: 30 * time.Millisecond}, 3)
	over, beside := pair(t, l)
	send(t, beside, over.LocalAddr(), 1) // under way as it is cut
	l.Cut(true)
	send(t, beside, over.LocalAddr(), 2)
	send(t, over, beside.LocalAddr(), 3)
	if n, _, ok := next(t, over, 200*time.Millisecond); ok {
		t.Errorf("packet %d came through", n)
	}
	l.Cut(false)
	send(t, beside, over.LocalAddr(), 4)
	if n, _, ok := next(t, over, long); !ok || n != 4 {
		t.Errorf("afterwards packet %d came", n)
	}
}

func TestAMovedSenderHasAnotherAddress(t *testing.T) {
	t.Parallel()
	l := New(Quality{}, 4)
	over, beside := pair(t, l)
	send(t, beside, over.LocalAddr(), 1)
	_, before, _ := next(t, over, long)
	l.Move()
	send(t, beside, over.LocalAddr(), 2)
	_, after, ok := next(t, over, long)
	if !ok || before.String() == after.String() {
		t.Fatalf("from %v and then from %v", before, after)
	}
	send(t, over, before, 3)
	if n, _, ok := next(t, beside, 100*time.Millisecond); ok {
		t.Errorf("packet %d reached an address that nobody has any more", n)
	}
	send(t, over, after, 4)
	if n, _, ok := next(t, beside, long); !ok || n != 4 {
		t.Errorf("packet %d came to the address as it is now", n)
	}
}

func TestACloseEndsAReading(t *testing.T) {
	t.Parallel()
	over, beside := pair(t, New(Quality{}, 5))
	read := make(chan error, 1)
	go func() {
		_, _, err := over.ReadFrom(make([]byte, 9))
		read <- err
	}()
	if err := over.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the reading ended with %v", err)
	}
	if _, err := over.WriteTo([]byte("x"), beside.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("and writing with %v", err)
	}
}
