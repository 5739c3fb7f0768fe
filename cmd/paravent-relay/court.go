package main

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"paravent/testimony/join"
	"paravent/testimony/relay"
)

type courtCmd struct {
	configFlag
	Name string `arg:"" help:"A name for the court in the relay's configuration: letters, digits and hyphens."`
	Out  string `help:"Write the desk's file here. It holds the key: carry it over by hand." required:"" type:"path" placeholder:"FILE"`
	URL  string `help:"Where guests and desks reach the relay; needed the first time." name:"url" placeholder:"https://HOST"`
}

var courtName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (a courtCmd) Run(c *console) error {
	if !courtName.MatchString(a.Name) {
		return errors.New("a court's name is made of small letters, digits and hyphens")
	}
	config, err := readOrBegin(a.Config, a.URL)
	if err != nil {
		return err
	}
	if _, known := config.Courts[a.Name]; known {
		return fmt.Errorf("court %q is there already; drop it first, and its old key is worth nothing", a.Name)
	}
	key, err := relay.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	config.Courts[a.Name] = key
	reach, err := config.reach(key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(a.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(relay.WriteReach(f, reach), f.Close()); err != nil {
		return errors.Join(err, os.Remove(a.Out))
	}
	if err := writeConfig(a.Config, config); err != nil {
		return errors.Join(err, os.Remove(a.Out))
	}
	_, err = fmt.Fprintf(c.out, "Court %s is taken in. Carry %s to its desk: Settings, or 'paravent relay use'. Then restart the relay.\n", a.Name, a.Out)
	return err
}

// reach is what the court's desk needs to know.
func (c config) reach(key relay.Key) (relay.Reach, error) {
	r := relay.Reach{Relay: relay.Place{URL: c.URL, Key: key}}
	base, err := r.Relay.Base()
	if err != nil {
		return r, err
	}
	host, port, err := net.SplitHostPort(base[len(scheme(base)):])
	if err != nil {
		host, port = base[len(scheme(base)):], "443"
	}
	for _, way := range []struct{ listen, proto string }{{c.UDP, "udp"}, {c.TCP, "tcp"}} {
		if way.listen == "" {
			continue
		}
		_, at, err := net.SplitHostPort(way.listen)
		if err != nil {
			return r, fmt.Errorf("listen on %s: %w", way.listen, err)
		}
		r.TURN = append(r.TURN, "turn:"+net.JoinHostPort(host, at)+"?transport="+way.proto)
	}
	if c.Certificate == "" {
		r.TURN = append(r.TURN, "turn:"+net.JoinHostPort(host, port)+"?transport=tcp")
		return r, r.Check()
	}
	r.TURN = append(r.TURN, "turns:"+net.JoinHostPort(host, port)+"?transport=tcp")
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return r, fmt.Errorf("the certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return r, fmt.Errorf("the certificate: %w", err)
	}
	// One that an authority has signed changes with every renewal; one that vouches for itself is known by its fingerprint.
	if leaf.CheckSignatureFrom(leaf) == nil || leaf.Issuer.String() == leaf.Subject.String() {
		r.Relay.Fingerprint = join.Fingerprint(leaf.Raw)
	}
	return r, r.Check()
}

func scheme(base string) string {
	if len(base) > 8 && base[:8] == "https://" {
		return "https://"
	}
	return "http://"
}

type dropCmd struct {
	configFlag
	Name string `arg:"" help:"The court's name in the relay's configuration."`
}

func (d dropCmd) Run(c *console) error {
	config, err := readConfig(d.Config)
	if err != nil {
		return err
	}
	if _, known := config.Courts[d.Name]; !known {
		return fmt.Errorf("there is no court %q", d.Name)
	}
	delete(config.Courts, d.Name)
	if err := writeConfig(d.Config, config); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "Court %s is taken out. Restart the relay.\n", d.Name)
	return err
}

type checkCmd struct{ configFlag }

func (k checkCmd) Run(c *console) error {
	config, err := readConfig(k.Config)
	if err != nil {
		return err
	}
	if config.Certificate != "" {
		if _, err := tls.LoadX509KeyPair(config.Certificate, config.Key); err != nil {
			return fmt.Errorf("the certificate: %w", err)
		}
	}
	_, err = fmt.Fprintf(c.out, "The configuration is in order: %d courts, at %s.\n", len(config.Courts), config.URL)
	return err
}

type certificateCmd struct {
	Out  string   `help:"Write relay.crt and relay.key into this folder." required:"" type:"path" placeholder:"DIR"`
	Host []string `arg:"" help:"Names and addresses that the certificate is for."`
}

func (m certificateCmd) Run(c *console) error {
	pair, err := join.NewCertificate(rand.Reader, time.Now(), m.Host)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name, kind string
		der        []byte
	}{{"relay.crt", "CERTIFICATE", pair.Certificate[0]}, {"relay.key", "PRIVATE KEY", key}} {
		f, err := os.OpenFile(filepath.Join(m.Out, part.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(pem.Encode(f, &pem.Block{Type: part.kind, Bytes: part.der}), f.Close()); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(c.out, "Written. The fingerprint is %s. It is good for 30 days; browsers warn of it.\n", join.Fingerprint(pair.Certificate[0]))
	return err
}
