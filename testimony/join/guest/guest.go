// Package guest is a guest's side of the signalling as a Go program: for rehearsals and tests.
//
// It follows the handshake and carries messages. It has no page and no media: offers come out of [Session.Messages], and
// whoever knows WebRTC answers them with [Session.Send]. Start from [Dial].
package guest

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/internal/sealed"
)

// Options says how to come in.
type Options struct {
	Lang string // "en" or "fr"; of the words as well
	// Device is the device's key; nil draws one, and then the guest cannot come back with the same invitation.
	Device *invite.DeviceKey
	// Fingerprint is the SHA-256 fingerprint of the court's certificate as join.Server shows it. With it no authority is
	// asked; without it the certificate must be one that the system trusts.
	Fingerprint string
	Patience    time.Duration // how long nothing may arrive from the court; 36 s where it is zero
	Rand        io.Reader     // nil for crypto/rand
}

// ErrCertificate reports a court whose certificate is not the one expected.
var ErrCertificate = errors.New("the court's certificate is not the one expected")

// Session is a guest's signalling, once the court has let the guest in. Its methods may be called from any goroutine.
type Session struct {
	conn    *sealed.Conn[join.Message]
	welcome join.Welcome
	words   [4]string
}

// Dial opens an invitation link and waits until the court lets the guest in. A refusal is an [invite.Refusal]. ctx bounds
// the opening only; the session goes on until Close or until the court ends it.
func Dial(ctx context.Context, link string, options Options) (*Session, error) {
	l, err := invite.ParseLink(link)
	if err != nil {
		return nil, err
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	if options.Lang != "fr" {
		options.Lang = "en"
	}
	if options.Device == nil {
		if options.Device, err = invite.NewDeviceKey(options.Rand); err != nil {
			return nil, err
		}
	}
	transport := &http.Transport{TLSClientConfig: pinned(options.Fingerprint), DisableKeepAlives: true}
	ws, _, err := websocket.Dial(ctx, l.Base+"/s", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		if errors.Is(err, ErrCertificate) {
			return nil, ErrCertificate
		}
		return nil, fmt.Errorf("reach the court: %w", err)
	}
	channel, err := shake(ctx, ws, l.Secret, options)
	if err != nil {
		_ = ws.CloseNow()
		return nil, err
	}
	return start(ctx, ws, channel, options)
}

// pinned trusts one certificate.
func pinned(fingerprint string) *tls.Config {
	if fingerprint == "" {
		return &tls.Config{MinVersion: tls.VersionTLS13}
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection takes its place
		VerifyConnection: func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 ||
				!strings.EqualFold(join.Fingerprint(state.PeerCertificates[0].Raw), fingerprint) {
				return ErrCertificate
			}
			return nil
		},
	}
}

func shake(ctx context.Context, ws *websocket.Conn, secret invite.Secret, options Options) (*invite.Channel, error) {
	handshake, opening, err := invite.NewGuestHandshake(secret, options.Rand)
	if err != nil {
		return nil, err
	}
	if err := ws.Write(ctx, websocket.MessageText, opening); err != nil {
		return nil, fmt.Errorf("open the handshake: %w", err)
	}
	_, answer, err := ws.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for the court: %w", err)
	}
	reveal, channel, err := handshake.Reveal(answer)
	if err != nil {
		return nil, err
	}
	if err := ws.Write(ctx, websocket.MessageText, reveal); err != nil {
		return nil, fmt.Errorf("reveal: %w", err)
	}
	return channel, sayHello(ctx, ws, channel, options)
}

func sayHello(ctx context.Context, ws *websocket.Conn, channel *invite.Channel, options Options) error {
	signature, err := options.Device.Sign(channel.Transcript())
	if err != nil {
		return err
	}
	text, err := json.Marshal(join.Hello{
		Device:    options.Device.Device().JWK(),
		Signature: base64.RawURLEncoding.EncodeToString(signature),
		Lang:      options.Lang,
	})
	if err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	frame, err := channel.Seal(text)
	if err != nil {
		return err
	}
	if err := ws.Write(ctx, websocket.MessageBinary, frame); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	return nil
}

// start waits for the welcome and hands over what follows it.
func start(ctx context.Context, ws *websocket.Conn, channel *invite.Channel, options Options) (*Session, error) {
	s := &Session{conn: sealed.Start(context.Background(), ws, channel, join.ParseMessage, sealed.Options{Patience: options.Patience}),
		words: channel.Words(options.Lang)}
	if err := s.awaitWelcome(ctx); err != nil {
		s.conn.Abort(err)
		<-s.conn.Done()
		return nil, err
	}
	return s, nil
}

func (s *Session) awaitWelcome(ctx context.Context) error {
	select {
	case m, more := <-s.conn.Messages():
		if !more {
			return fmt.Errorf("wait for the welcome: %w", s.conn.Err())
		}
		switch m.Type {
		case join.TypeRefused:
			var refused join.Refused
			if err := m.Decode(&refused); err != nil {
				return err
			}
			return invite.Refusal(refused.Reason)
		case join.TypeWelcome:
			if err := m.Decode(&s.welcome); err != nil {
				return err
			}
			if s.welcome.Words != s.words {
				return join.ErrMessage
			}
			return nil
		}
		return join.ErrMessage
	case <-ctx.Done():
		return fmt.Errorf("wait for the welcome: %w", ctx.Err())
	}
}

// Welcome is what the court said first: role, label and words.
func (s *Session) Welcome() join.Welcome { return s.welcome }

// Words are the verification words as this side has derived them.
func (s *Session) Words() [4]string { return s.words }

// Send queues a message: join.Request, join.Media, join.Leave, or a peer.Message. It never blocks.
func (s *Session) Send(message any) error { return s.conn.Send(message) }

// Messages gives the court's messages after the welcome, in order. They must be taken; while nobody does, the court waits
// and in the end disconnects. It is closed when the connection has ended.
func (s *Session) Messages() <-chan join.Message { return s.conn.Messages() }

// Done is closed when the connection has ended and nothing of it runs any more.
func (s *Session) Done() <-chan struct{} { return s.conn.Done() }

// Err is why the connection ended, or nil while it runs.
func (s *Session) Err() error { return s.conn.Err() }

// Close says goodbye and waits until nothing of the session runs any more, a few seconds at most. To break off without a
// goodbye, as a lost network does, call Break.
func (s *Session) Close() {
	_ = s.conn.Send(join.Leave{}) // a connection that has ended needs no goodbye
	s.conn.Close()
	<-s.Done()
}

// Break cuts the connection without a word and waits until nothing of the session runs any more.
func (s *Session) Break() {
	s.conn.Abort(join.ErrLost)
	<-s.Done()
}
