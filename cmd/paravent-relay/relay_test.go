package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/testimony/relay"
)

func try(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if got := run(t.Context(), args, &o, &e); got != want {
		t.Fatalf("paravent-relay %s: %d, want %d\n%s%s", strings.Join(args, " "), got, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

// From nothing to a relay that a court's desk reaches with the file it was given; a court that is dropped is let in no more.
func TestCourtIsTakenInServedAndDropped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, file := filepath.Join(dir, "relay.json"), filepath.Join(dir, "court.json")
	try(t, exitFailure, "court", "tribunal", "--config", config, "--out", file) // nobody has said where
	try(t, exitOK, "certificate", "--out", dir, "127.0.0.1")
	text := `{"url":"https://127.0.0.1:1","listen":"127.0.0.1:0","certificate":"` + filepath.Join(dir, "relay.crt") + `","key":"` + filepath.Join(dir, "relay.key") + `","turn_udp":"127.0.0.1:0","turn_tcp":""}`
	write := func(text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(config, mode); err != nil {
			t.Fatal(err)
		}
	}
	write(text, 0o644)
	if _, errs := try(t, exitFailure, "check", "--config", config); !strings.Contains(errs, "chmod") {
		t.Errorf("a configuration that others read: %s", errs)
	}
	write(text, 0o600)
	try(t, exitFailure, "serve", "--config", config) // for nobody
	try(t, exitFailure, "court", "No/Name", "--config", config, "--out", file)
	out, _ := try(t, exitOK, "court", "tribunal", "--config", config, "--out", file)
	try(t, exitFailure, "court", "tribunal", "--config", config, "--out", file+"2")
	try(t, exitOK, "check", "--config", config)

	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reach, err := relay.ReadReach(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out, reach.Relay.Key.Reveal()) {
		t.Error("the key is printed")
	}
	ctx, stop := context.WithCancel(t.Context())
	said, ended := make(chan string, 8), make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--config", config}, lines(said), lines(said))
	}()
	first := <-said
	address, _, _ := strings.Cut(strings.TrimPrefix(first, "Serving at "), ",")
	reach.Relay.URL = "https://" + address
	within, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := relay.Try(within, reach.Relay); err != nil {
		t.Errorf("the desk at the relay: %v (it said %q)", err, first)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("it ended with %d", code)
	}
	try(t, exitOK, "drop", "tribunal", "--config", config)
	try(t, exitFailure, "drop", "tribunal", "--config", config)
	try(t, exitFailure, "serve", "--config", config)
	for _, bad := range []string{`{`, `{"url":"http://relay.example"}`, `{"url":"https://r","limits":{"guests":-1}}`, `{"url":"https://r","certificate":"x"}`, `{"url":"https://r","what":1}`, `{"url":"https://r","courts":{"a":""}}`} {
		write(bad, 0o600)
		try(t, exitFailure, "check", "--config", config)
	}
	try(t, exitUsage, "nothing")
}

// lines hands on what is written.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
