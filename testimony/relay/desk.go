package relay

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
)

// Place is where a court's relay is, and what the two know each other by.
type Place struct {
	URL string `json:"url"` // https://relay.court.example, or http:// on this machine itself
	Key Key    `json:"key"`
	// Fingerprint is the SHA-256 fingerprint of the relay's certificate, in hexadecimal with or without colons. With it no
	// authority is asked; without it the certificate must be one that the system trusts.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// ErrPlace reports an address that no relay can be at.
var ErrPlace = errors.New("the relay's address must be https://host or https://host:port")

// Base is the address in the form that links are built with.
func (p Place) Base() (string, error) {
	u, err := url.Parse(strings.TrimSpace(p.URL))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return "", ErrPlace
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", ErrPlace
	}
	return u.Scheme + "://" + u.Host, nil
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1"
}

// TLS is how the relay is checked, at the rendezvous and at its TURN server.
func (p Place) TLS() *tls.Config {
	want := strings.ToLower(strings.ReplaceAll(p.Fingerprint, ":", ""))
	if want == "" {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection takes its place
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 || fmt.Sprintf("%x", sha256.Sum256(state.PeerCertificates[0].Raw)) != want {
				return ErrCertificate
			}
			return nil
		},
	}
}

// client dials the relay. It asks no proxy and keeps no connection.
func (p Place) client() *http.Client {
	config := p.TLS()
	config.NextProtos = []string{"http/1.1"}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}}
}

func (p Place) dial(ctx context.Context, path string) (*websocket.Conn, error) {
	base, err := p.Base()
	if err != nil {
		return nil, err
	}
	header := http.Header{"Authorization": {"Bearer " + p.Key.token()}}
	ws, answer, err := websocket.Dial(ctx, base+path, &websocket.DialOptions{HTTPClient: p.client(), HTTPHeader: header})
	switch {
	case err == nil:
		return ws, nil
	case errors.Is(err, ErrCertificate):
		return nil, ErrCertificate
	case answer != nil && answer.StatusCode == http.StatusUnauthorized:
		return nil, ErrRefused
	case answer != nil && answer.StatusCode == http.StatusServiceUnavailable:
		return nil, ErrFull
	}
	return nil, ErrUnreachable // the error may quote an address
}

// Desk says what a desk does at a relay. Its functions are called from many goroutines.
type Desk struct {
	Place Place
	// Attend serves a guest's WebSocket to its end and closes it. from is the relay's word for where the guest comes from.
	Attend func(ws *websocket.Conn, from []byte)
	// Changed, which may be nil, is told when the line stands (nil) and when it is lost or refused.
	Changed func(error)
}

// Limits of the desk against a relay that calls for no guest.
const (
	callsAtOnce  = 64
	fetchFor     = 10 * time.Second
	silence      = 20 * time.Second
	firstRetry   = 250 * time.Millisecond
	longestRetry = 8 * time.Second
)

// Line is a desk's line to the relay, kept up until Close: when it is lost it is made anew.
type Line struct {
	desk   Desk
	ctx    context.Context
	cancel context.CancelFunc
	fetch  chan struct{} // one for each guest that is being fetched
	guests sync.WaitGroup
	done   chan struct{}

	mu      sync.Mutex
	ids     []invite.ID
	changed chan struct{} // closed and made anew when ids change
	served  chan struct{} // closed when the relay answers to ids, or has refused
	err     error         // why it does not, at the last try
}

// Connect keeps a line to the relay for these invitations. It returns when the relay answers to them, or why it does not: an
// error of this package, and then there is no line.
func Connect(ctx context.Context, desk Desk, ids []invite.ID) (*Line, error) {
	if _, err := desk.Place.Base(); err != nil {
		return nil, err
	}
	l := &Line{desk: desk, fetch: make(chan struct{}, callsAtOnce), done: make(chan struct{}),
		ids: slices.Clone(ids), changed: make(chan struct{}), served: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	go l.run()
	select {
	case <-l.served:
	case <-ctx.Done():
		l.mu.Lock()
		if l.err == nil {
			l.err = ErrUnreachable
		}
		l.mu.Unlock()
	}
	if err := l.Err(); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Serve puts these invitations in place of those before, now and whenever the line is made anew.
func (l *Line) Serve(ids []invite.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ids = slices.Clone(ids)
	close(l.changed)
	l.changed = make(chan struct{})
}

// Err is nil while the relay answers to the invitations, and else why it does not.
func (l *Line) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Close gives the line up and waits until no guest is being fetched and none is attended any more.
func (l *Line) Close() {
	l.cancel()
	<-l.done
	l.guests.Wait()
}

func (l *Line) run() {
	defer close(l.done)
	wait := firstRetry
	for l.ctx.Err() == nil {
		stood, err := l.keep()
		if l.ctx.Err() != nil {
			return
		}
		l.note(err)
		if stood {
			wait = firstRetry
		}
		if pause(l.ctx, time.Duration(float64(wait)*(0.75+rand.Float64()/2))) != nil { //nolint:gosec // spreads desks, hides nothing
			return
		}
		wait = min(2*wait, longestRetry)
	}
}

func (l *Line) note(err error) {
	l.mu.Lock()
	same := (err == nil) == (l.err == nil)
	l.err = err
	first := false
	select {
	case <-l.served:
	default:
		first = true
		close(l.served)
	}
	l.mu.Unlock()
	if l.desk.Changed != nil && (!same || first) {
		l.desk.Changed(err)
	}
}

// keep makes the line and follows it until it is lost. It reports whether it stood.
func (l *Line) keep() (stood bool, err error) {
	ctx, cancel := context.WithTimeout(l.ctx, fetchFor)
	ws, err := l.desk.Place.dial(ctx, "/d")
	cancel()
	if err != nil {
		return false, err
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(maxLine)
	ctx, cancel = context.WithCancel(l.ctx)
	var talking sync.WaitGroup
	talking.Go(func() {
		defer cancel()
		l.talk(ctx, ws)
	})
	defer talking.Wait()
	defer cancel()
	for {
		kind, text, err := ws.Read(ctx)
		if err != nil || kind != websocket.MessageText {
			return stood, ErrUnreachable
		}
		m, err := readMessage(text)
		if err != nil {
			return stood, ErrMessage
		}
		switch m.Type {
		case typeServing:
			stood = true
			l.note(nil)
		case typeFull:
			l.note(ErrFull)
		case typeCall:
			l.take(m)
		default:
			return stood, ErrMessage
		}
	}
}

// talk says what the desk answers to, at first and after each change, and asks for signs of life.
func (l *Line) talk(ctx context.Context, ws *websocket.Conn) {
	alive := time.NewTicker(silence / 2)
	defer alive.Stop()
	for {
		l.mu.Lock()
		text, err := json.Marshal(message{Type: typeServe, IDs: l.ids})
		changed := l.changed
		l.mu.Unlock()
		if err != nil || writeLine(ctx, ws, text) != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-changed:
				waiting = false
			case <-alive.C:
				if !pinged(ctx, ws) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

func writeLine(ctx context.Context, ws *websocket.Conn, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeFor)
	defer cancel()
	return ws.Write(ctx, websocket.MessageText, text)
}

func pinged(ctx context.Context, ws *websocket.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, silence/2)
	defer cancel()
	return ws.Ping(ctx) == nil
}

// take fetches a guest. More at once than a court has doors for are left standing: a relay may call as often as it likes.
func (l *Line) take(m message) {
	from, err := b64.DecodeString(m.From)
	if err != nil {
		return
	}
	select {
	case l.fetch <- struct{}{}:
	default:
		return
	}
	l.guests.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, fetchFor)
		defer cancel()
		ws, err := l.desk.Place.dial(ctx, "/d/"+m.Call)
		<-l.fetch
		if err != nil {
			return
		}
		stop := context.AfterFunc(l.ctx, func() { _ = ws.CloseNow() })
		defer stop()
		l.desk.Attend(ws, from)
	})
}

// Try makes a line for no invitation, and gives it up again: nil when the relay answers this desk.
func Try(ctx context.Context, place Place) error {
	l, err := Connect(ctx, Desk{Place: place, Attend: func(ws *websocket.Conn, _ []byte) { _ = ws.CloseNow() }}, nil)
	if err == nil {
		l.Close()
	}
	return err
}
