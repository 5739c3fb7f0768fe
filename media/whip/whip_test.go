package whip_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/peer"
	"paravent/media/whip"
	"paravent/media/whip/endpoint"
	"paravent/media/whip/whiptest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines are a picture's and a sound's, with blanks of their own: a grey picture, and silence.
func lines(t *testing.T) (picture, sound *whip.Line) {
	t.Helper()
	video, err := vpx.NewEncoder(vpx.Config{Width: 64, Height: 48, Bitrate: 100, FPS: 10})
	must(t, err)
	defer video.Close()
	grey := media.NewFrame(64, 48)
	for i := range grey.Y {
		grey.Y[i] = 128
	}
	slate, _, err := video.Encode(grey, true)
	must(t, err)
	voice, err := opus.NewEncoder(opus.Config{})
	must(t, err)
	defer voice.Close()
	hush, err := voice.Encode(make([]int16, media.FrameSamples))
	must(t, err)
	picture, err = whip.NewLine(media.KindVideo, "b", slate)
	must(t, err)
	sound, err = whip.NewLine(media.KindAudio, "b", hush)
	must(t, err)
	return picture, sound
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// fill sends blanks until stopped.
func fill(t *testing.T, all ...*whip.Line) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(20 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			for _, l := range all {
				l.Fill()
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// A broadcast is offered, taken, seen and heard, keeps its numbers and times over two sources and over what fills the gaps, and is taken back.
func TestABroadcastIsTaken(t *testing.T) {
	api, err := peer.NewAPI(nil)
	must(t, err)
	server := whiptest.Start(t, api)
	picture, sound := lines(t)
	fill(t, picture, sound)
	session, err := whip.Publish(t.Context(), api, endpoint.Endpoint{URL: server.URL, Token: server.Token}, nil, sound.Track, picture.Track)
	must(t, err)
	defer session.Close(t.Context())
	select {
	case <-session.Up():
	case <-time.After(20 * time.Second):
		t.Fatal("nothing can flow")
	}
	until(t, "the slate and silence", func() bool {
		got, _, _ := server.Got()
		return got.Pictures > 0 && got.Sound > 20 && got.Last.Y[0] > 100
	})

	encoder, err := vpx.NewEncoder(vpx.Config{Width: 64, Height: 48, Bitrate: 300, FPS: 25})
	must(t, err)
	defer encoder.Close()
	packer := codecs.VP8Payloader{}
	for source := uint32(1); source <= 2; source++ {
		stamp, number := uint32(0xfffffff0), uint16(65530) // they wrap
		for n := range 25 {
			f := media.NewFrame(64, 48)
			f.PTS = time.Duration(n) * 40 * time.Millisecond
			frame, key, err := encoder.Encode(f, n == 3) // what comes before the first key frame builds on what is not there
			must(t, err)
			if n == 0 && key && source == 1 {
				continue
			}
			parts := packer.Payload(1200, frame)
			for i, p := range parts {
				number++
				_, _ = picture.WriteRTP(&rtp.Header{Version: 2, SSRC: source, SequenceNumber: number, Timestamp: stamp, Marker: i == len(parts)-1}, p)
			}
			stamp += 3600
			time.Sleep(40 * time.Millisecond)
		}
		until(t, "a black picture", func() bool { got, _, _ := server.Got(); return got.Last.Y[0] < 40 })
		until(t, "the slate again", func() bool { got, _, _ := server.Got(); return got.Last.Y[0] > 100 })
	}
	session.Close(t.Context())
	got, taken, deleted := server.Got()
	if got.Broken > 0 || got.Jumps > 0 || got.Back > 0 || taken != 1 || deleted != 1 {
		t.Errorf("the server had %+v, took %d and ended %d", got, taken, deleted)
	}
	select {
	case <-session.Down():
	case <-time.After(10 * time.Second):
		t.Error("a session that was ended is not down")
	}
}

// A server that refuses, redirects, answers nonsense or is not there: each is an error in words, which tells neither address nor token.
func TestServersThatDoNotTakeIt(t *testing.T) {
	api, err := peer.NewAPI(nil)
	must(t, err)
	server := whiptest.Start(t, api)
	picture, sound := lines(t)
	try := func(target endpoint.Endpoint) error {
		t.Helper()
		session, err := whip.Publish(t.Context(), api, target, nil, sound.Track, picture.Track)
		if err == nil {
			session.Close(t.Context())
			return nil
		}
		if strings.Contains(err.Error(), "whip") || strings.Contains(err.Error(), "127.0.0.1") || target.Token != "" && strings.Contains(err.Error(), target.Token) {
			t.Errorf("the error tells where or with what: %v", err)
		}
		return err
	}
	if err := try(endpoint.Endpoint{URL: server.URL, Token: "another"}); !errors.Is(err, whip.ErrRefused) {
		t.Errorf("a wrong token: %v", err)
	}
	server.Answer(http.StatusServiceUnavailable)
	if err := try(endpoint.Endpoint{URL: server.URL, Token: server.Token}); !errors.Is(err, whip.ErrRefused) {
		t.Errorf("a full server: %v", err)
	}
	server.Answer(http.StatusTemporaryRedirect)
	if err := try(endpoint.Endpoint{URL: server.URL, Token: server.Token}); err != nil {
		t.Errorf("a server that sends elsewhere: %v", err)
	}
	server.Answer(http.StatusOK)
	if err := try(endpoint.Endpoint{URL: server.URL, Token: server.Token}); !errors.Is(err, whip.ErrRefused) {
		t.Errorf("no session was created: %v", err)
	}
	if err := try(endpoint.Endpoint{URL: "http://127.0.0.1:1/whip"}); err == nil {
		t.Error("nobody is there")
	}
	for _, bad := range []string{"", "http://media.example/whip", "ftp://127.0.0.1/", "https://user:secret@media.example/whip", "https:///whip", "http://127.0.0.1.evil.example/"} {
		if err := try(endpoint.Endpoint{URL: bad}); !errors.Is(err, endpoint.Err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := (endpoint.Endpoint{URL: server.URL, Token: "a\r\nHost: b"}).Check(); !errors.Is(err, endpoint.Err) {
		t.Errorf("a token of two lines: %v", err)
	}
}

// Whoever a server sends on to gets the offer, and not the token that is the first one's: neither with the offer nor with the goodbye. Nobody is sent on out of TLS.
func TestTheTokenIsForItsServerAlone(t *testing.T) {
	api, err := peer.NewAPI(nil)
	must(t, err)
	picture, sound := lines(t)
	var other, first *httptest.Server
	told := make(chan string, 10)
	server := whiptest.Start(t, api)
	server.Token = "" // the other takes it without
	other = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told <- r.Method + r.Header.Get("Authorization")
		server.ServeHTTP(w, r)
	}))
	defer other.Close()
	first = httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer first.Close()
	session, err := whip.Publish(t.Context(), api, endpoint.Endpoint{URL: first.URL, Token: "a-secret"}, nil, sound.Track, picture.Track)
	must(t, err)
	session.Close(t.Context())
	for _, want := range []string{http.MethodPost, http.MethodDelete} {
		if got := <-told; got != want {
			t.Errorf("the other server was told %q", got)
		}
	}
	secure := httptest.NewTLSServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer secure.Close()
	if _, err := whip.Publish(t.Context(), api, endpoint.Endpoint{URL: secure.URL}, secure.Client(), sound.Track); !errors.Is(err, endpoint.Err) {
		t.Errorf("sent on out of TLS: %v", err)
	}
}
