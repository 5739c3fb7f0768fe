package docket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/feed"
	"paravent/testimony/ical"
)

// FeedID names a person's calendar feed. It is random and opens nothing.
type FeedID string

// Feed is a calendar that a person's calendar program asks for by a secret address: the hearings that a room or a person takes part in.
type Feed struct {
	ID       FeedID               `json:"id"`
	Of       testimony.ResourceID `json:"of"`
	Language policy.Language      `json:"language"`
	By       store.UserID         `json:"by"`
	Made     time.Time            `json:"made"`
	Revoked  time.Time            `json:"revoked,omitzero"`
}

// feedRecord is a feed with the digest of its secret: the secret itself is shown once and kept nowhere.
type feedRecord struct {
	Feed
	Digest []byte `json:"digest"` // SHA-256
}

var feeds = store.NewCollection[feedRecord]("feeds")

const feedSecret = 32 // bytes

// MakeFeed makes a feed of what a room or a person takes part in, and returns the secret of its address, which is shown this once. One that was lost is revoked and
// made anew.
func (d *Desk) MakeFeed(ctx context.Context, of testimony.ResourceID, l policy.Language) (Feed, string, error) {
	if !d.May(testimony.ActKeepDocket) {
		return Feed{}, "", ErrNotAllowed
	}
	if l != policy.English && l != policy.French {
		return Feed{}, "", fmt.Errorf("%w: a feed is in English (en) or French (fr)", ErrInvalid)
	}
	id, err := d.newID()
	if err != nil {
		return Feed{}, "", err
	}
	raw := make([]byte, feedSecret)
	if _, err := io.ReadFull(d.opts.Rand, raw); err != nil {
		return Feed{}, "", fmt.Errorf("draw the secret of a feed: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw)
	digest := sha256.Sum256([]byte(secret))
	f := Feed{ID: FeedID(id), Of: of, Language: l, By: d.Me().ID, Made: d.Now().UTC()}
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		if _, err := resources.Get(tx, docketPart, string(of)); err != nil {
			return fmt.Errorf("the room or person: %w", notFound(err))
		}
		tx.Log("feed.made", map[string]string{"feed": string(f.ID), "resource": string(of)})
		return feeds.Put(tx, docketPart, string(f.ID), feedRecord{f, digest[:]})
	})
	return f, secret, err
}

// Feeds lists the feeds, the revoked ones among them, the newest first.
func (d *Desk) Feeds(ctx context.Context) ([]Feed, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	var list []Feed
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := feeds.All(tx, docketPart)
		list = nil
		for _, e := range entries {
			list = append(list, e.Value.Feed)
		}
		return err
	})
	slices.SortFunc(list, func(a, b Feed) int { return b.Made.Compare(a.Made) })
	return list, err
}

// RevokeFeed ends a feed: its address is answered like one that never was.
func (d *Desk) RevokeFeed(ctx context.Context, id FeedID) error {
	if !d.May(testimony.ActKeepDocket) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		f, err := feeds.Get(tx, docketPart, string(id))
		if err != nil {
			return notFound(err)
		}
		if !f.Revoked.IsZero() {
			return nil
		}
		tx.Log("feed.revoked", map[string]string{"feed": string(id)})
		f.Revoked = d.Now().UTC()
		return feeds.Put(tx, docketPart, string(id), f)
	})
}

// FeedRefresh is how often calendar programs are told to ask; feedFresh is how old what they get can be.
const (
	FeedRefresh = 15 * time.Minute
	feedFresh   = 20 * time.Second
	feedPast    = 90 * 24 * time.Hour // for how long what is over stays in a feed
)

// FeedSource is what a [feed.Server] serves from, while this desk is open: once it is locked or closed, programs are told to come again later.
type FeedSource struct {
	desk *Desk

	mu   sync.Mutex
	made map[FeedID]*madeFeed
}

// madeFeed is a calendar as it was last written.
type madeFeed struct {
	calendar feed.Calendar
	at       time.Time
	told     string // the version whose handing out is in the audit log
}

// ServeFeeds notes that this desk serves calendars, and returns what they are served from.
func (d *Desk) ServeFeeds(ctx context.Context) (*FeedSource, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	return &FeedSource{desk: d, made: map[FeedID]*madeFeed{}}, d.Note(ctx, "feed.served", nil)
}

// Calendar implements [feed.Source]. Whether an address still holds is looked up each time. That another version of a calendar is handed out is in the audit log
// before it is; that a program asked again and got what it had is not.
func (s *FeedSource) Calendar(ctx context.Context, secret string, seen func(version string) bool) (feed.Calendar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.desk.feedOf(ctx, secret)
	if err != nil {
		return feed.Calendar{}, err
	}
	m := s.made[f.ID]
	if now := s.desk.Now(); m == nil || now.Sub(m.at) >= feedFresh || now.Before(m.at) {
		next, err := s.desk.write(ctx, f)
		if err != nil {
			return feed.Calendar{}, err
		}
		if m != nil {
			next.told = m.told
			if m.calendar.Version == next.calendar.Version { // as it was, to the last byte
				next.calendar = m.calendar
			}
		}
		m = next
		s.made[f.ID] = m
	}
	if seen(m.calendar.Version) {
		return feed.Calendar{Version: m.calendar.Version, Modified: m.calendar.Modified}, nil
	}
	if m.told != m.calendar.Version {
		if err := s.desk.Note(ctx, "feed.read", map[string]string{"feed": string(f.ID)}); err != nil {
			return feed.Calendar{}, err
		}
		m.told = m.calendar.Version
	}
	return m.calendar, nil
}

// Guessed implements [feed.Source].
func (s *FeedSource) Guessed(ctx context.Context, wait time.Duration) {
	// Who guesses is made to wait whether it could be written down or not.
	_ = s.desk.Note(context.WithoutCancel(ctx), "feed.guessed", map[string]string{"seconds": strconv.Itoa(int(wait / time.Second))})
}

// feedOf finds the feed of a secret, or fails with [feed.ErrUnknown]: of a revoked one, and of one whose room or person is no longer in the docket, as of one that never was.
func (d *Desk) feedOf(ctx context.Context, secret string) (Feed, error) {
	digest := sha256.Sum256([]byte(secret))
	var found Feed
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := feeds.All(tx, docketPart)
		if err != nil {
			return err
		}
		found = Feed{}
		for _, e := range entries {
			if subtle.ConstantTimeCompare(e.Value.Digest, digest[:]) == 1 {
				found = e.Value.Feed
			}
		}
		if found.ID == "" || !found.Revoked.IsZero() {
			return feed.ErrUnknown
		}
		if _, err := resources.Get(tx, docketPart, string(found.Of)); errors.Is(err, store.ErrNotFound) {
			return feed.ErrUnknown
		} else if err != nil {
			return err
		}
		return nil
	})
	return found, err
}

// write writes the calendar of a feed. Its version is that of its hearings and not of the moment.
func (d *Desk) write(ctx context.Context, f Feed) (*madeFeed, error) {
	entries, err := d.entriesOf(ctx, f.Of)
	if err != nil {
		return nil, err
	}
	// What is long over is no longer told: a calendar program has it, or nobody needs it.
	entries = slices.DeleteFunc(entries, func(e ical.Entry) bool { return e.Hearing.Start.Add(e.Hearing.Duration).Before(d.Now().Add(-feedPast)) })
	for i := range entries {
		entries[i].Reference = "" // what lies in a calendar program elsewhere says the pseudonym alone
	}
	now := d.Now().UTC().Truncate(time.Second)
	render := func(stamp time.Time) ([]byte, error) {
		var text bytes.Buffer
		err := ical.WriteFeed(&text, map[policy.Language]string{policy.English: "Sessions", policy.French: "Séances"}[f.Language], entries, f.Language, stamp, FeedRefresh)
		return text.Bytes(), err
	}
	timeless, err := render(time.Time{})
	if err != nil {
		return nil, err
	}
	text, err := render(now)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(timeless)
	return &madeFeed{calendar: feed.Calendar{Text: text, Version: hex.EncodeToString(sum[:16]), Modified: now}, at: now}, nil
}
