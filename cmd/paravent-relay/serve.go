package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"paravent/testimony/relay/station"
)

// flags of every command that reads the configuration.
type configFlag struct {
	Config string `help:"The configuration." default:"/etc/paravent-relay/relay.json" type:"path" placeholder:"FILE"`
}

type serveCmd struct{ configFlag }

func (s serveCmd) Run(ctx context.Context, c *console) error {
	config, err := readConfig(s.Config)
	if err != nil {
		return err
	}
	settings := station.Config{Listen: config.Listen, UDP: config.UDP, TCP: config.TCP, Courts: config.Courts,
		Limits: config.Limits.relay(), TURN: config.Limits.turn(), FromOne: config.Limits.ConnsFromOne,
		Logger: slog.New(slog.NewTextHandler(c.errors, nil))}
	if config.Languages != "" {
		settings.Languages = os.DirFS(config.Languages)
	}
	if config.Certificate != "" {
		pair := &renewing{certificate: config.Certificate, key: config.Key}
		if _, err := pair.get(nil); err != nil {
			return err
		}
		settings.TLS = &tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", "stun.turn"}}
	}
	st, err := station.Start(ctx, settings)
	if err != nil {
		return err
	}
	defer st.Close()
	if _, err := fmt.Fprintf(c.out, "Serving at %s, for %d courts. No address is written down.\n", st.Address(), len(config.Courts)); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// renewing is a certificate that is read anew when its file has changed.
type renewing struct {
	certificate, key string

	mu      sync.Mutex
	looked  time.Time
	changed time.Time
	pair    *tls.Certificate
}

func (r *renewing) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pair != nil && time.Since(r.looked) < statEvery {
		return r.pair, nil
	}
	r.looked = time.Now()
	info, err := os.Stat(r.certificate)
	if err == nil && (r.pair == nil || !info.ModTime().Equal(r.changed)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(r.certificate, r.key); err == nil {
			r.pair, r.changed = &pair, info.ModTime()
		}
	}
	if r.pair == nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	return r.pair, nil // the old one, where the new one is being written
}
