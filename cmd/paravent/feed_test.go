package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"paravent/testimony/join"
)

// TestFeedsFromTheCommandLine makes an address for a judge, serves it, reads it, ends it, and does the same over TLS.
func TestFeedsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("room.json", `{"kind":"judge","name":"Presiding judge"}`)
	s.run(exitOK, "resource put @room.json"+asJudge)
	s.run(exitNotFound, "calendar feed make --for Nobody"+asJudge)
	out, _ := s.run(exitOK, "--json calendar feed make --for Presiding~judge"+asJudge)
	made := parsed[feedLine](t, out)
	path := strings.TrimPrefix(made.Address, "http://127.0.0.1:8795")
	if path == made.Address || len(path) < 43 {
		t.Fatalf("%s", out)
	}
	out, _ = s.run(exitOK, "calendar feed list"+asJudge)
	if !strings.Contains(out, "Presiding judge") || strings.Contains(out, strings.TrimSuffix(strings.TrimPrefix(path, "/calendar/"), ".ics")) {
		t.Errorf("%s", out)
	}
	s.run(exitUsage, "calendar feed --listen 0.0.0.0:0"+asJudge)
	s.run(exitUsage, "calendar feed serve --listen nowhere"+asJudge)
	s.run(exitUsage, "calendar feed --certificate @p"+asJudge)

	base, stop := s.serving("calendar feed --listen 127.0.0.1:0")
	if answer := get(t, http.DefaultTransport.(*http.Transport), base+path); !strings.Contains(answer, "200 OK") || !strings.Contains(answer, "BEGIN:VCALENDAR") {
		t.Errorf("%s", answer)
	}
	if answer := get(t, http.DefaultTransport.(*http.Transport), base+strings.Replace(path, "/calendar/", "/calendar/x", 1)); !strings.Contains(answer, "404") {
		t.Errorf("%s", answer)
	}
	stop()
	s.run(exitOK, "calendar feed revoke "+string(made.Feed)+asJudge)
	s.run(exitNotFound, "calendar feed revoke nobody"+asJudge)

	certificate, err := join.NewCertificate(rand.Reader, time.Now(), []string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	s.write("c.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})))
	s.write("k.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	client := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	base, stop = s.serving("calendar feed --listen 127.0.0.1:0 --certificate @c.pem --key @k.pem")
	if answer := get(t, client, base+path); !strings.HasPrefix(base, "https://") || !strings.Contains(answer, "404") {
		t.Errorf("revoked, over %s: %s", base, answer)
	}
	client.CloseIdleConnections()
	stop()
}

// serving runs a command that serves until stop, and gives the base that it tells.
func (s *terminal) serving(line string) (base string, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	r, w := io.Pipe()
	var errs bytes.Buffer
	code := make(chan int, 1)
	args := strings.Fields("--json " + line + asJudge)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = s.path(name)
		}
	}
	go func() {
		code <- run(ctx, args, strings.NewReader(""), w, &errs)
		_ = w.Close()
	}()
	var told struct{ Base string }
	if err := json.NewDecoder(r).Decode(&told); err != nil {
		cancel()
		s.t.Fatalf("%v: %d %s", err, <-code, errs.String())
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return told.Base, func() {
		s.t.Helper()
		cancel()
		if got := <-code; got != exitOK {
			s.t.Errorf("it ended with %d: %s", got, errs.String())
		}
	}
}

func get(t *testing.T, client *http.Transport, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status + "\n" + string(body)
}
