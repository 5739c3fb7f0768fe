package join

import (
	"net"
	"net/netip"
	"strings"
)

// address is where the server listens and how guests reach it.
type address struct {
	listen string // host:port
	secure bool
	host   string // as links name it, without a port
	port   string
	given  string // Config.Host, when it says a port of its own
}

func parseAddress(listen, host string) (address, error) {
	scheme, rest, found := strings.Cut(listen, "://")
	if !found {
		scheme, rest = "", listen
	}
	rest = strings.TrimSuffix(rest, "/")
	name, port, err := net.SplitHostPort(rest)
	if err != nil || port == "" || strings.ContainsAny(rest, "/?#@ ") {
		return address{}, ErrListen
	}
	a := address{listen: rest, host: name, port: port, secure: !loopback(name)}
	switch scheme {
	case "":
	case "https":
		a.secure = true
	case "http":
		if !loopback(name) {
			return address{}, ErrPlain
		}
	default:
		return address{}, ErrListen
	}
	if host != "" {
		if strings.ContainsAny(host, "/?#@ ") {
			return address{}, ErrListen
		}
		a.given = host
	}
	return a, nil
}

// loopback reports whether only this machine can reach a host. A name other than localhost may lead anywhere.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// bound fills in what is known only once the socket is open: the port that was chosen, and an address to reach this
// machine by when it listens on all of them.
func (a address) bound(at net.Addr) address {
	if tcp, ok := at.(*net.TCPAddr); ok {
		_, a.port, _ = net.SplitHostPort(tcp.String())
	}
	if ip, err := netip.ParseAddr(a.host); a.host == "" || err == nil && ip.IsUnspecified() {
		a.host = "localhost"
		if reachable := reachable(); len(reachable) > 0 {
			a.host = reachable[0]
		}
	}
	return a
}

// reachable lists this machine's own addresses that others may reach it by, IPv4 first.
func reachable() []string {
	var v4, v6 []string
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, at := range addresses {
		prefix, err := netip.ParsePrefix(at.String())
		if err != nil || !prefix.Addr().IsGlobalUnicast() {
			continue
		}
		if prefix.Addr().Is4() {
			v4 = append(v4, prefix.Addr().String())
		} else {
			v6 = append(v6, prefix.Addr().String())
		}
	}
	return append(v4, v6...)
}

func (a address) base() string {
	scheme := "http"
	if a.secure {
		scheme = "https"
	}
	if a.given != "" {
		if _, _, err := net.SplitHostPort(a.given); err == nil {
			return scheme + "://" + a.given
		}
		return scheme + "://" + net.JoinHostPort(a.given, a.port)
	}
	return scheme + "://" + net.JoinHostPort(a.host, a.port)
}

// names lists what a certificate of this server is for.
func (a address) names() []string {
	names := []string{a.host, "localhost", "127.0.0.1", "::1"}
	if a.given != "" {
		names = append(names, bareHost(a.given))
	}
	return append(names, reachable()...)
}

// answers reports whether a request's Host is one of the server's own. A name that is not would be another site's, led
// here by its owner's DNS.
func (a address) answers(host string) bool {
	bare := bareHost(host)
	if _, err := netip.ParseAddr(bare); err == nil {
		return true
	}
	return strings.EqualFold(bare, "localhost") || strings.EqualFold(bare, a.host) ||
		a.given != "" && strings.EqualFold(bare, bareHost(a.given))
}

func bareHost(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}
