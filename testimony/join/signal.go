package join

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
	"paravent/testimony/join/internal/sealed"
)

// signal serves one WebSocket from the handshake to the end of the session.
func (s *Server) signal(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, "The court cannot take more connections now.", http.StatusServiceUnavailable)
		return
	}
	defer s.exit()
	// Accept compares the Origin, where a browser sends one, with the Host, which answers has checked.
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	s.attend(ws, s.failures.origin(r))
}

// Attend serves a guest whose WebSocket came another way than over the server's own address: through a relay. It returns
// when the connection has ended, and closes it. from tells guests apart that fail, as the relay knows them; it need not be
// true, for it only decides who waits.
func (s *Server) Attend(ws *websocket.Conn, from []byte) {
	defer func() { _ = ws.CloseNow() }()
	if !s.enter() {
		return
	}
	defer s.exit()
	s.attend(ws, s.failures.told(from))
}

// attend brings a guest in and waits for the end.
func (s *Server) attend(ws *websocket.Conn, from origin) {
	session, err := s.welcome(ws, from)
	if err != nil {
		if why := invite.Refusal(""); !errors.As(err, &why) {
			s.failures.add(from, s.clock()) // refusals have been counted
		}
		return
	}
	defer session.conn.Close()
	s.court.Connected(session)
	<-session.Done()
}

// welcome brings a connection to the point where the guest is let in. Where it fails it has told the guest what the guest
// may know.
func (s *Server) welcome(ws *websocket.Conn, from origin) (*Session, error) {
	ctx, cancel := context.WithTimeout(s.ctx, handshakeFor)
	defer cancel()
	channel, id, err := s.shake(ctx, ws, from)
	if err != nil {
		s.suspect(id, err)
		return nil, err
	}
	hello, device, err := readHello(ctx, ws, channel)
	if err != nil {
		s.suspect(id, err)
		return nil, err
	}
	guest, err := s.admit(ctx, id, device, hello.Lang)
	if err != nil {
		return nil, s.refuseSealed(ctx, ws, channel, from, refusalOf(err))
	}
	session := &Session{
		guest: guest, id: id, lang: hello.Lang, wordsIn: channel.Words,
		conn: sealed.Start(s.ctx, ws, channel, parseGuestMessage,
			sealed.Options{Asks: true, Patience: s.patience}),
	}
	_ = session.conn.Send(Welcome{
		Words: session.Words(), Role: guest.Role, Label: guest.Label, Lang: invite.ListOf(hello.Lang), Prepared: guest.Prepared,
	})
	return session, nil
}

// suspect tells the court of a handshake that no honest guest makes. id is empty where none was named that the court knows.
func (s *Server) suspect(id invite.ID, err error) {
	if id != "" && (errors.Is(err, invite.ErrHandshake) || errors.Is(err, invite.ErrChannel) || errors.Is(err, invite.ErrDevice)) {
		s.court.Altered(id)
	}
}

// shake exchanges the three frames in the clear.
func (s *Server) shake(ctx context.Context, ws *websocket.Conn, from origin) (*invite.Channel, invite.ID, error) {
	ws.SetReadLimit(invite.MaxHandshakeFrame)
	frame, err := readText(ctx, ws)
	if err != nil {
		return nil, "", err
	}
	opening, err := invite.ReadOpening(frame)
	if err != nil {
		return nil, "", err
	}
	if s.failures.tooMany(from, s.clock()) {
		return nil, "", s.refuse(ctx, ws, from, invite.Busy)
	}
	secret, err := s.court.Secret(ctx, opening.ID)
	if err != nil {
		return nil, "", s.refuse(ctx, ws, from, refusalOf(err))
	}
	handshake, answer, err := opening.Answer(secret, s.random)
	if err != nil {
		s.log.Error("a handshake could not be answered")
		return nil, "", s.refuse(ctx, ws, from, invite.Busy)
	}
	if err := ws.Write(ctx, websocket.MessageText, answer); err != nil {
		return nil, "", err
	}
	if frame, err = readText(ctx, ws); err != nil {
		return nil, opening.ID, err
	}
	channel, err := handshake.Finish(frame)
	return channel, opening.ID, err
}

// readHello opens the first sealed message. That it opens shows that the guest knows the secret; the signature shows that
// it holds the device's key.
func readHello(ctx context.Context, ws *websocket.Conn, channel *invite.Channel) (Hello, invite.Device, error) {
	var hello Hello
	ws.SetReadLimit(maxHello)
	kind, frame, err := ws.Read(ctx)
	if err != nil {
		return hello, invite.Device{}, err
	}
	if kind != websocket.MessageBinary {
		return hello, invite.Device{}, invite.ErrHandshake
	}
	text, err := channel.Open(frame)
	if err != nil {
		return hello, invite.Device{}, err
	}
	return parseHello(text, channel.Transcript())
}

// parseHello reads an opened hello, whose device has signed the transcript.
func parseHello(text []byte, transcript invite.Transcript) (hello Hello, device invite.Device, err error) {
	if m, err := ParseMessage(text); err != nil || m.Type != TypeHello || json.Unmarshal(text, &hello) != nil {
		return hello, invite.Device{}, ErrMessage
	}
	if !languageCode.MatchString(hello.Lang) {
		hello.Lang = "en"
	}
	if device, err = invite.ParseDevice(hello.Device); err != nil {
		return hello, device, err
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(hello.Signature)
	if err != nil {
		return hello, device, invite.ErrDevice
	}
	return hello, device, device.Verify(transcript, signature)
}

// maxHello is the size in bytes of the largest sealed hello.
const maxHello = 4 << 10

func (s *Server) admit(ctx context.Context, id invite.ID, device invite.Device, lang string) (Guest, error) {
	ctx, cancel := context.WithTimeout(ctx, courtFor)
	defer cancel()
	return s.court.Admit(ctx, id, device.Thumbprint(), lang)
}

// refuse tells a refusal before there are keys, and returns it.
func (s *Server) refuse(ctx context.Context, ws *websocket.Conn, from origin, why invite.Refusal) error {
	s.count(from, why)
	if err := ws.Write(ctx, websocket.MessageText, invite.Refuse(why)); err == nil {
		_ = ws.Close(websocket.StatusNormalClosure, "")
	}
	return why
}

// refuseSealed tells a refusal to a guest that knows the secret, and returns it.
func (s *Server) refuseSealed(
	ctx context.Context, ws *websocket.Conn, channel *invite.Channel, from origin, why invite.Refusal,
) error {
	s.count(from, why)
	text, err := json.Marshal(Refused{Reason: string(why)})
	if err != nil {
		return why
	}
	frame, err := channel.Seal(text)
	if err != nil {
		return why
	}
	if err := ws.Write(ctx, websocket.MessageBinary, frame); err == nil {
		_ = ws.Close(websocket.StatusNormalClosure, "")
	}
	return why
}

// count counts a refusal before it is told, so that nobody can try on while it is. That the court is busy is not the
// guest's failure.
func (s *Server) count(from origin, why invite.Refusal) {
	if why != invite.Busy {
		s.failures.add(from, s.clock())
	}
}

// refusalOf is what a guest is told of an error: a refusal as it is, anything else as busy.
func refusalOf(err error) invite.Refusal {
	var why invite.Refusal
	if errors.As(err, &why) {
		return why
	}
	return invite.Busy
}

func readText(ctx context.Context, ws *websocket.Conn) ([]byte, error) {
	kind, frame, err := ws.Read(ctx)
	if err != nil {
		return nil, err
	}
	if kind != websocket.MessageText {
		return nil, invite.ErrHandshake
	}
	return frame, nil
}
