package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"paravent/media/turn"
	"paravent/testimony/relay"
)

// config is the relay's configuration, one JSON file. It holds the courts' keys and is read by the relay alone.
type config struct {
	URL         string               `json:"url"`                   // where guests and desks reach the relay
	Listen      string               `json:"listen"`                // the page, the rendezvous and TURN over TLS
	Certificate string               `json:"certificate,omitempty"` // PEM, with the chain; read anew when it changes
	Key         string               `json:"key,omitempty"`         // PEM
	UDP         string               `json:"turn_udp,omitempty"`
	TCP         string               `json:"turn_tcp,omitempty"`
	Courts      map[string]relay.Key `json:"courts,omitempty"`
	Languages   string               `json:"languages,omitempty"` // folder of the courts' own languages for the page
	Limits      limits               `json:"limits"`
}

// limits are those that an administrator may want to set; left out they are the house's own.
type limits struct {
	Guests         int `json:"guests,omitempty"`
	GuestsFromOne  int `json:"guests_from_one_address,omitempty"`
	ConnsFromOne   int `json:"connections_from_one_address,omitempty"`
	Lines          int `json:"lines_of_a_court,omitempty"`
	Invitations    int `json:"invitations_of_a_line,omitempty"`
	BytesPerSecond int `json:"signalling_bytes_per_second,omitempty"`
	Allocations    int `json:"turn_allocations,omitempty"`
	AllocationsOne int `json:"turn_allocations_of_a_guest,omitempty"`
	MediaPerSecond int `json:"turn_bytes_per_second,omitempty"`
}

func (l limits) relay() relay.Limits {
	return relay.Limits{Guests: l.Guests, FromOne: l.GuestsFromOne, Lines: l.Lines, IDs: l.Invitations, PerSecond: l.BytesPerSecond}
}

func (l limits) turn() turn.Limits {
	return turn.Limits{Allocations: l.Allocations, OfOne: l.AllocationsOne, PerSecond: l.MediaPerSecond}
}

// defaults suit a machine of its own, with a certificate.
func defaults() config {
	return config{Listen: ":443", UDP: ":3478", TCP: ":3478", Courts: map[string]relay.Key{}}
}

var (
	errOpenFile = errors.New("others can read the configuration, which holds keys: chmod 600 it")
	errNoURL    = errors.New(`"url" is missing: the address at which guests and desks reach the relay, such as https://relay.court.example`)
)

// readConfig reads a configuration that only its owner can read.
func readConfig(path string) (config, error) {
	c := defaults()
	info, err := os.Stat(path)
	if err != nil {
		return c, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return c, errOpenFile
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if c.Courts == nil {
		c.Courts = map[string]relay.Key{}
	}
	for name, key := range c.Courts {
		if key.IsZero() {
			return c, fmt.Errorf("%s: the key of court %q is missing", path, name)
		}
	}
	return c, c.check()
}

func (c config) check() error {
	if c.URL == "" {
		return errNoURL
	}
	if _, err := (relay.Place{URL: c.URL}).Base(); err != nil {
		return fmt.Errorf(`"url": %w`, err)
	}
	if (c.Certificate == "") != (c.Key == "") {
		return errors.New(`"certificate" and "key" go together`)
	}
	for name, n := range map[string]int{"guests": c.Limits.Guests, "guests_from_one_address": c.Limits.GuestsFromOne,
		"connections_from_one_address": c.Limits.ConnsFromOne, "lines_of_a_court": c.Limits.Lines, "invitations_of_a_line": c.Limits.Invitations,
		"signalling_bytes_per_second": c.Limits.BytesPerSecond, "turn_allocations": c.Limits.Allocations,
		"turn_allocations_of_a_guest": c.Limits.AllocationsOne, "turn_bytes_per_second": c.Limits.MediaPerSecond} {
		if n < 0 {
			return fmt.Errorf("limit %q is less than nothing", name)
		}
	}
	return nil
}

// writeConfig puts a configuration in the place of the earlier one, whole or not at all.
func writeConfig(path string, c config) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".paravent-relay-") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// readOrBegin reads a configuration, or begins one.
func readOrBegin(path, url string) (config, error) {
	c, err := readConfig(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoURL) {
		if url == "" {
			return c, errNoURL
		}
		c.URL = url
		return c, c.check()
	}
	if err == nil && url != "" && url != c.URL {
		return c, fmt.Errorf("the relay is at %s already; change it in %s", c.URL, path)
	}
	return c, err
}

// statEvery is how often a certificate's file is looked at.
const statEvery = time.Minute
