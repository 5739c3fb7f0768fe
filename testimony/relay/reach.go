package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"paravent/media/turn"
)

// Reach is how guests who are not on the court's network reach a courtroom. The zero value is not at all.
type Reach struct {
	// Relay is the court's relay; with an empty URL there is none.
	Relay Place `json:"relay"`
	// TURN lists the TURN servers (RFC 7065), in the order in which they are tried. Left out, they are the relay's own.
	TURN []string `json:"turn,omitempty"`
	// Secret is what credentials at TURN servers other than the relay's own are made with: coturn's static-auth-secret.
	Secret string `json:"turn_secret,omitempty"`
}

// ReachFormat names the file that a relay's administrator hands to the court.
const ReachFormat = "paravent.reach/1"

// ErrReach is wrapped by every refusal of a reach.
var ErrReach = errors.New("guests cannot be reached this way")

// IsZero reports that there is neither a relay nor a TURN server.
func (r Reach) IsZero() bool { return r.Relay.URL == "" && len(r.TURN) == 0 }

// Name is by what a person knows the reach: the relay's address, or the first TURN server's.
func (r Reach) Name() string {
	if r.Relay.URL == "" && len(r.TURN) > 0 {
		return r.TURN[0]
	}
	return r.Relay.URL
}

// Check says why a reach cannot be kept.
func (r Reach) Check() error {
	if r.IsZero() {
		return fmt.Errorf("%w: neither a relay nor a TURN server is named", ErrReach)
	}
	if r.Relay.URL != "" {
		if _, err := r.Relay.Base(); err != nil {
			return fmt.Errorf("%w: %w", ErrReach, err)
		}
		if r.Relay.Key.IsZero() {
			return fmt.Errorf("%w: the relay's key for this court is missing", ErrReach)
		}
	} else if r.Secret == "" {
		return fmt.Errorf("%w: the secret of the TURN server is missing", ErrReach)
	}
	for _, at := range r.TURN {
		if _, _, ok := turnAddress(at); !ok {
			return fmt.Errorf("%w: a TURN server is named as turn:host:3478?transport=udp or turns:host:443?transport=tcp", ErrReach)
		}
	}
	return nil
}

// turnAddress reads a TURN URI as far as a desk dials by it.
func turnAddress(text string) (hostport string, secure, ok bool) {
	scheme, rest, found := strings.Cut(text, ":")
	if !found || scheme != "turn" && scheme != "turns" {
		return "", false, false
	}
	hostport, query, _ := strings.Cut(rest, "?")
	if query != "" && query != "transport=udp" && query != "transport=tcp" || scheme == "turns" && query == "transport=udp" {
		return "", false, false
	}
	host, port, err := net.SplitHostPort(hostport)
	if err != nil || host == "" || port == "" || strings.ContainsAny(hostport, "/@# ") {
		return "", false, false
	}
	return hostport, scheme == "turns", true
}

// Servers are the TURN servers, those left out filled in.
func (r Reach) Servers() []string {
	if len(r.TURN) > 0 || r.Relay.URL == "" {
		return slices.Clone(r.TURN)
	}
	u, err := url.Parse(r.Relay.URL)
	if err != nil {
		return nil
	}
	at := func(port string) string { return net.JoinHostPort(u.Hostname(), port) }
	port := u.Port()
	if port == "" {
		port = "443"
	}
	list := []string{"turn:" + at("3478") + "?transport=udp", "turn:" + at("3478") + "?transport=tcp"}
	if u.Scheme == "https" {
		list = append(list, "turns:"+at(port)+"?transport=tcp")
	}
	return list
}

// Secure lists the TURN servers that are reached by TLS, as host:port.
func (r Reach) Secure() []string {
	var list []string
	for _, s := range r.Servers() {
		if at, secure, ok := turnAddress(s); ok && secure {
			list = append(list, at)
		}
	}
	return list
}

// Credential lets one side of one seat use the TURN servers until a time. name must tell nothing of anybody.
func (r Reach) Credential(name string, until time.Time) (username, password string) {
	secret, tenant := r.Secret, "paravent"
	if secret == "" {
		secret, tenant = r.Relay.Key.TURN(), r.Relay.Key.Tenant()
	}
	return turn.Credential(secret, tenant+"/"+name, until)
}

// ReadReach reads the file that a relay's administrator has handed over.
func ReadReach(in io.Reader) (Reach, error) {
	var file struct {
		Format string `json:"format"`
		Reach
	}
	d := json.NewDecoder(io.LimitReader(in, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil || file.Format != ReachFormat {
		return Reach{}, fmt.Errorf("%w: this is not the file of a relay", ErrReach)
	}
	return file.Reach, file.Reach.Check()
}

// WriteReach writes that file. It holds the court's key.
func WriteReach(out io.Writer, r Reach) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Format string `json:"format"`
		Reach
	}{ReachFormat, r})
}
