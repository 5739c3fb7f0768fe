package shell

import (
	"paravent/app/room"
	"paravent/testimony/docket"
	"paravent/testimony/feed"
)

// prefFeeds keeps whether calendars are served on this machine whenever a vault is open.
const prefFeeds = "serve_calendars"

// feeds serves the calendars of the open vault. Its owner is Fyne's goroutine; what it serves is the desk's, and ends before the desk is closed.
type feeds struct {
	server *feed.Server // nil: nothing is served
	failed error        // why, where it was asked for
}

// begin serves the calendars of a desk, where the user has asked for it and their office may.
func (f *feeds) begin(d *docket.Desk, listen string) {
	f.end()
	source, err := d.ServeFeeds(room.Ctx())
	if err == nil {
		f.server, err = feed.Listen(room.Ctx(), feed.Config{Listen: listen, Source: source, Clock: d.Now})
	}
	f.failed = err
}

func (f *feeds) end() {
	if f.server != nil {
		_ = f.server.Close() // whoever was being answered asks again
	}
	f.server, f.failed = nil, nil
}

// FeedsAt is where the calendars of the open vault are served from this window; empty where they are not, with the reason if that was not wanted.
func (s *Shell) FeedsAt() (string, error) {
	if s.feeds.server == nil {
		return "", s.feeds.failed
	}
	return s.feeds.server.Base(), nil
}

// ServeFeeds serves the calendars while this vault, or another one later, is open in this window; or no longer.
func (s *Shell) ServeFeeds(on bool) error {
	s.app.Preferences().SetBool(prefFeeds, on)
	if !on || s.desk == nil {
		s.feeds.end()
		return nil
	}
	s.feeds.begin(s.desk, s.feedListen)
	return s.feeds.failed
}

// resumeFeeds goes on to serve what the user has asked for before.
func (s *Shell) resumeFeeds() {
	if s.app.Preferences().Bool(prefFeeds) {
		s.feeds.begin(s.desk, s.feedListen)
	}
}
