package etcdtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"

	"paravent/store"
	"paravent/store/etcd"
)

// cluster is some members, each a process of its own.
type cluster struct {
	t       testing.TB
	members []*member
}

// member is one process of a cluster. Its exported fields are what the process is told.
type member struct {
	Name, Dir, Initial string
	Peer, Client       string // host:port
	MaxTxnOps          uint
	MaxRequestBytes    uint
	QuotaBackendBytes  int64
	CA, Cert, Key      string // mutual TLS for clients
	address            string // host:port for clients
	process            *exec.Cmd
	life               io.Closer // the process ends when this does
	ready              *bufio.Reader
}

const memberVar = "PARAVENT_ETCD_MEMBER"

func TestMain(m *testing.M) {
	if os.Getenv(memberVar) != "" {
		if err := serve(os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is a member's process: it reads what it is to be, says when it is ready, and ends with its input.
func serve(in io.Reader) error {
	var m member
	input := json.NewDecoder(in)
	if err := input.Decode(&m); err != nil {
		return err
	}
	config := embed.NewConfig()
	config.Name, config.Dir, config.InitialCluster = m.Name, m.Dir, m.Initial
	config.TickMs, config.ElectionMs = 50, 500
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	peer, client := url.URL{Scheme: "http", Host: m.Peer}, url.URL{Scheme: "http", Host: m.Client}
	if m.CA != "" {
		client.Scheme = "https"
		config.ClientTLSInfo = transport.TLSInfo{TrustedCAFile: m.CA, CertFile: m.Cert, KeyFile: m.Key, ClientCertAuth: true}
	}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	if m.MaxTxnOps > 0 {
		config.MaxTxnOps, config.MaxRequestBytes = m.MaxTxnOps, m.MaxRequestBytes
	}
	config.QuotaBackendBytes = m.QuotaBackendBytes
	running, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	<-running.Server.ReadyNotify()
	fmt.Println("ready")
	_ = input.Decode(new(member)) // fails at the end
	running.Close()
	return nil
}

// start brings up n members. adjust may change each before.
func start(t testing.TB, n int, adjust ...func(*member)) *cluster {
	t.Helper()
	c := &cluster{t: t}
	ports := freePorts(t, 2*n)
	var initial []string
	for i := range n {
		m := &member{Name: fmt.Sprintf("member%d", i), Peer: ports[2*i], Client: ports[2*i+1], address: ports[2*i+1]}
		m.Dir = filepath.Join(t.TempDir(), m.Name)
		for _, fn := range adjust {
			fn(m)
		}
		initial = append(initial, m.Name+"=http://"+m.Peer)
		c.members = append(c.members, m)
	}
	for _, m := range c.members {
		m.Initial = strings.Join(initial, ",")
	}
	t.Cleanup(func() { c.stop(c.members...) })
	c.run(c.members...)
	return c
}

// run starts members, all at once, and waits until they are ready.
func (c *cluster) run(members ...*member) {
	c.t.Helper()
	for _, m := range members {
		m.process = exec.Command(os.Args[0])
		m.process.Env = append(os.Environ(), memberVar+"=1")
		m.process.Stderr = os.Stderr
		input, err := m.process.StdinPipe()
		must(c.t, err)
		output, err := m.process.StdoutPipe()
		must(c.t, err)
		must(c.t, m.process.Start())
		must(c.t, json.NewEncoder(input).Encode(m))
		m.life, m.ready = input, bufio.NewReader(output)
	}
	for _, m := range members {
		if line, err := m.ready.ReadString('\n'); line != "ready\n" {
			c.t.Fatalf("%s: %q, %v", m.Name, line, err)
		}
	}
}

// stop ends members in good order.
func (c *cluster) stop(members ...*member) {
	for _, m := range members {
		if m.process != nil {
			m.life.Close()
		}
	}
	for _, m := range members {
		if m.process != nil {
			_ = m.process.Wait()
			m.process = nil
		}
	}
}

// kill ends members at once.
func (c *cluster) kill(members ...*member) {
	for _, m := range members {
		_ = m.process.Process.Kill()
		_ = m.process.Wait()
		m.life.Close()
		m.process = nil
	}
}

// freePorts finds addresses that a member can come back to. They lie below the range that the system takes the ports of outgoing
// connections from, one of which would otherwise sit on a killed member's port now and then.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var addresses []string
	for tries := 0; len(addresses) < n && tries < 1000; tries++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000)))
		if err != nil {
			continue
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	if len(addresses) < n {
		t.Fatal("no free ports")
	}
	return addresses
}

func (c *cluster) hosts() []string {
	var hosts []string
	for _, m := range c.members {
		hosts = append(hosts, m.address)
	}
	return hosts
}

var prefixes atomic.Int64

func freshPrefix() string { return fmt.Sprintf("/court%d/", prefixes.Add(1)) }

// config is a desk's way to the cluster, or through the addresses given, with short patience.
func (c *cluster) config(prefix string, hosts ...string) etcd.Config {
	if len(hosts) == 0 {
		hosts = c.hosts()
	}
	return etcd.Config{Hosts: hosts, Prefix: prefix, Timeout: 2 * time.Second, Pulse: 200 * time.Millisecond}
}

func open(t testing.TB, config etcd.Config) *etcd.Backend {
	t.Helper()
	b, err := etcd.Open(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

// raw is a client without any of ours between.
func (c *cluster) raw() *clientv3.Client {
	c.t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: c.hosts(), Logger: zap.NewNop()})
	must(c.t, err)
	c.t.Cleanup(func() { client.Close() })
	return client
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var bucket = []byte("record")

func put(t testing.TB, b store.Backend, key, value string) {
	t.Helper()
	must(t, set(t, b, key, value))
}

func set(t testing.TB, b store.Backend, key, value string) error {
	return b.Update(t.Context(), func(w store.Writer) error { return w.Put(bucket, []byte(key), []byte(value)) })
}

func get(t testing.TB, b store.Backend, key string) (value string) {
	t.Helper()
	must(t, b.View(t.Context(), func(r store.Reader) error {
		v, err := r.Get(bucket, []byte(key))
		value = string(v)
		return err
	}))
	return value
}

// await receives events until one fits.
func await(t testing.TB, events <-chan store.Event, fits func(store.Event) bool) store.Event {
	t.Helper()
	patience := time.After(30 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatal("the watch ended")
			}
			if fits(e) {
				return e
			}
		case <-patience:
			t.Fatal("the event never came")
		}
	}
}

func cutOff(e store.Event) bool  { return e.CutOff }
func back(e store.Event) bool    { return !e.CutOff }
func foreign(e store.Event) bool { return e.Foreign }
