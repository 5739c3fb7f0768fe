// Package endpoint is the address of a media server that takes broadcasts by WHIP (RFC 9725), with what opens it. It dials nothing, so that whoever only keeps one needs nothing of WebRTC.
package endpoint

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Endpoint is where to send to. Its token, and with many servers its address too, is a secret: neither belongs into any error.
type Endpoint struct {
	URL   string `json:"url"`             // by https; by http on this machine alone
	Token string `json:"token,omitempty"` // bearer token (RFC 6750); empty for none
}

// Err says that nothing may be sent to an address, or that a token is none.
var Err = errors.New("the address of a media server begins with https://, or is on this machine")

// The longest address and token, in bytes.
const (
	longestURL   = 2000
	longestToken = 4000
)

// Check refuses an address to which nothing may be sent.
func (e Endpoint) Check() error {
	u, err := url.Parse(e.URL)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.Fragment != "", len(e.URL) > longestURL, strings.ContainsAny(e.Token, "\r\n \t"), len(e.Token) > longestToken:
		return Err
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return Err
}

// Host is all of the address that is no secret; empty where there is none.
func (e Endpoint) Host() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// SameOrigin reports whether another address is of the server for which the token was given.
func (e Endpoint) SameOrigin(other *url.URL) bool {
	u, err := url.Parse(e.URL)
	return err == nil && u.Scheme == other.Scheme && u.Host == other.Host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
