package etcdtest

import (
	"net"
	"sync"
	"testing"
)

// proxy stands between a desk and one member, and is the network that fails.
type proxy struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	resume   *sync.Cond // mode has changed
	mode     mode
	open     map[net.Conn]bool
	group    sync.WaitGroup
}

type mode int

const (
	passing  mode = iota
	refusing      // connections end, and new ones too
	silent        // nothing goes through, and nothing ends
	deaf          // what the member says does not come through
)

func newProxy(t testing.TB, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{listener: l, to: to, open: make(map[net.Conn]bool)}
	p.resume = sync.NewCond(&p.mu)
	p.group.Go(p.accept)
	t.Cleanup(func() {
		p.set(refusing)
		l.Close()
		p.group.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// set changes how the network is. What was held back until now goes on its way, unless connections end.
func (p *proxy) set(m mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	if m == refusing {
		p.drop()
	}
	p.resume.Broadcast()
}

// drop ends all connections; what was held back in them is lost.
func (p *proxy) drop() {
	for c := range p.open {
		c.Close()
	}
	clear(p.open)
}

// lose ends all connections and lets new ones through.
func (p *proxy) lose() {
	p.set(refusing)
	p.set(passing)
}

func (p *proxy) accept() {
	for {
		desk, err := p.listener.Accept()
		if err != nil {
			return
		}
		member, err := net.Dial("tcp", p.to)
		if err != nil || !p.admit(desk, member) {
			desk.Close()
			if member != nil {
				member.Close()
			}
			continue
		}
		p.group.Go(func() { p.carry(member, desk, false) })
		p.group.Go(func() { p.carry(desk, member, true) })
	}
}

func (p *proxy) admit(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == refusing {
		return false
	}
	for _, c := range conns {
		p.open[c] = true
	}
	return true
}

func (p *proxy) carry(to, from net.Conn, reply bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.mayPass(from, reply) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

// mayPass holds something back for as long as the network is so, and reports whether its connection still stands.
func (p *proxy) mayPass(from net.Conn, reply bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.open[from] && (p.mode == silent || p.mode == deaf && reply) {
		p.resume.Wait()
	}
	return p.open[from]
}
