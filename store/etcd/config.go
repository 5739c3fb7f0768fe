package etcd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"paravent/store"
)

// ErrURL is wrapped by every refusal of an etcd URL. The error is a sentence for the person who typed it.
var ErrURL = errors.New("the etcd address can't be used")

// Scheme begins every etcd URL.
const Scheme = "etcd://"

// Config says which cluster, and which part of it.
type Config struct {
	Hosts  []string // host:port of the members, at least one
	Prefix string   // below which the vault's keys are, with a slash at both ends
	TLS    *tls.Config

	// What the cluster was started with: its --max-txn-ops and --max-request-bytes. Zero: etcd's own 128 and 1.5 MiB.
	MaxTxnOps       int
	MaxRequestBytes int

	Timeout time.Duration // how long an answer may take; zero: 3 s
	Pulse   time.Duration // how often the link is looked at; zero: 2 s
}

// IsURL reports whether a vault's place is an etcd cluster and not a file.
func IsURL(place string) bool { return strings.HasPrefix(place, Scheme) }

// ParseURL reads
//
//	etcd://host1:2379,host2:2379/prefix?ca=FILE&cert=FILE&key=FILE&max-txn-ops=N&max-request-bytes=N
//
// ca, cert and key are PEM files: who the members' certificates are signed by, this desk's certificate and its key. They are
// needed unless every member is on this very machine. An unknown parameter is refused, so that no slip of the pen
// goes unnoticed.
func ParseURL(s string) (Config, error) {
	rest, ok := strings.CutPrefix(s, Scheme)
	if !ok {
		return Config{}, fmt.Errorf("%w: it must begin with %s", ErrURL, Scheme)
	}
	rest, query, _ := strings.Cut(rest, "?")
	hosts, prefix, _ := strings.Cut(rest, "/")
	c := Config{Prefix: "/" + strings.Trim(prefix, "/") + "/"}
	if c.Prefix == "//" {
		return Config{}, fmt.Errorf("%w: say after the hosts under which name the vault is kept, for instance %shost:2379/court", ErrURL, Scheme)
	}
	for host := range strings.SplitSeq(hosts, ",") {
		address, err := withPort(host)
		if err != nil {
			return Config{}, err
		}
		c.Hosts = append(c.Hosts, address)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Config{}, fmt.Errorf("%w: what follows the ? is not name=value", ErrURL)
	}
	return c.with(values)
}

func withPort(host string) (string, error) {
	if host == "" || strings.ContainsAny(host, "@ ") {
		return "", fmt.Errorf("%w: a member is host:port, and there are no users or spaces in it", ErrURL)
	}
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host, nil
	}
	address := net.JoinHostPort(strings.Trim(host, "[]"), "2379")
	if _, _, err := net.SplitHostPort(address); err != nil {
		return "", fmt.Errorf("%w: a member is host:port", ErrURL)
	}
	return address, nil
}

func (c Config) with(values url.Values) (Config, error) {
	files := map[string]string{}
	for name, value := range values {
		var err error
		switch name {
		case "ca", "cert", "key":
			files[name] = value[0]
		case "max-txn-ops":
			c.MaxTxnOps, err = strconv.Atoi(value[0])
		case "max-request-bytes":
			c.MaxRequestBytes, err = strconv.Atoi(value[0])
		default:
			return Config{}, fmt.Errorf("%w: %q is no parameter of it", ErrURL, name)
		}
		if err != nil || len(value) != 1 {
			return Config{}, fmt.Errorf("%w: the parameter %q is to be given once, with a number or a file", ErrURL, name)
		}
	}
	if len(files) == 0 {
		return c.filled()
	}
	if len(files) != 3 {
		return Config{}, fmt.Errorf("%w: ca, cert and key belong together; all three are needed", ErrURL)
	}
	var err error
	if c.TLS, err = mutualTLS(files["ca"], files["cert"], files["key"]); err != nil {
		return Config{}, err
	}
	return c.filled()
}

// mutualTLS takes members signed by ca and shows them cert. The certificate is read anew for each connection, so that one
// that was renewed is used without a restart.
func mutualTLS(ca, cert, key string) (*tls.Config, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: %s holds no certificate", ErrURL, ca)
	}
	if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: roots,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(cert, key)
			return &pair, err
		},
	}, nil
}

// certificateRefused tells a cluster that is away from one with which the handshake fails. The client itself keeps trying, and
// reports no more than that its time is over.
func (c Config) certificateRefused(ctx context.Context) bool {
	if c.TLS == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	settings := c.TLS.Clone()
	settings.NextProtos = []string{"h2"}
	for _, host := range c.Hosts {
		conn, err := (&tls.Dialer{Config: settings}).DialContext(ctx, "tcp", host)
		if err == nil {
			deadline, _ := ctx.Deadline()
			_ = conn.SetReadDeadline(deadline)
			_, err = conn.Read(make([]byte, 1)) // a member says what it thinks of the certificate after the handshake
			_ = conn.Close()
		}
		var alert *net.OpError
		var verification *tls.CertificateVerificationError
		var record tls.RecordHeaderError
		if errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) && alert.Op == "remote error" {
			return true
		}
	}
	return false
}

const (
	defaultTxnOps       = 128
	defaultRequestBytes = 3 << 19
	// ownOps is what a transaction needs for itself: the generation and the marker.
	ownOps = 2
	// maxConditions bounds in bytes the conditions on single records; beyond it, the generation is the condition.
	maxConditions = 32 << 10
	opOverhead    = 48 + store.MaxBucket // of one operation, without its prefix, key and value
	ownBytes      = maxConditions + 4<<10
)

// filled fills in what is left open and refuses what can't work.
func (c Config) filled() (Config, error) {
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Second
	}
	if c.Pulse == 0 {
		c.Pulse = 2 * time.Second
	}
	if c.MaxTxnOps == 0 {
		c.MaxTxnOps = defaultTxnOps
	}
	if c.MaxRequestBytes == 0 {
		c.MaxRequestBytes = defaultRequestBytes
	}
	switch {
	case len(c.Hosts) == 0 || c.Prefix == "":
		return c, fmt.Errorf("%w: it names no member or no prefix", ErrURL)
	case c.MaxTxnOps < 16 || c.MaxTxnOps > 1<<20:
		return c, fmt.Errorf("%w: max-txn-ops must be between 16 and %d", ErrURL, 1<<20)
	case c.MaxRequestBytes > 1<<29 || c.limits().Bytes < store.MaxRecord/2:
		return c, fmt.Errorf("%w: max-request-bytes is too small for so many operations, or above %d", ErrURL, 1<<29)
	case c.TLS == nil && !c.onThisMachine():
		return c, fmt.Errorf("%w: without ca, cert and key it may only name members on this very machine", ErrURL)
	}
	return c, nil
}

func (c Config) limits() store.Limits {
	ops := c.MaxTxnOps - ownOps
	return store.Limits{Ops: ops, Bytes: c.MaxRequestBytes - ownBytes - ops*(opOverhead+len(c.Prefix))}
}

func (c Config) onThisMachine() bool {
	for _, host := range c.Hosts {
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			return false
		}
		address, err := netip.ParseAddr(name)
		if name != "localhost" && (err != nil || !address.IsLoopback()) {
			return false
		}
	}
	return true
}

func (c Config) addresses() []string {
	scheme := "http://"
	if c.TLS != nil {
		scheme = "https://"
	}
	var addresses []string
	for _, host := range c.Hosts {
		addresses = append(addresses, scheme+host)
	}
	return addresses
}
