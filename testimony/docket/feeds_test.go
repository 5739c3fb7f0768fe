package docket_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/feed"
	"paravent/testimony/schedule"
)

// feeding is a desk with a judge who has a feed, one hearing of theirs and one of somebody else, served.
type feeding struct {
	t       *testing.T
	d       *docket.Desk
	clock   *hand
	judge   schedule.Resource
	hearing testimony.Hearing
	feed    docket.Feed
	secret  string
	server  *feed.Server
}

func fed(t *testing.T) feeding {
	t.Helper()
	d, clock, other, _ := invited(t)
	judge := must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.Judge, Name: "Judge Canaryname"}))(t)
	h := planned(other.Case, other.Party, noon.AddDate(0, 0, 7))
	h.Uses, h.Room = []testimony.ResourceID{judge.ID}, "Courtroom 3"
	h = must(d.Schedule(t.Context(), h))(t)
	f, secret, err := d.MakeFeed(t.Context(), judge.ID, policy.English)
	if err != nil {
		t.Fatal(err)
	}
	x := feeding{t: t, d: d, clock: clock, judge: judge, hearing: h, feed: f, secret: secret}
	x.server = x.serve(d)
	return x
}

func (x feeding) serve(d *docket.Desk) *feed.Server {
	x.t.Helper()
	s, err := feed.Listen(x.t.Context(), feed.Config{Listen: "127.0.0.1:0", Source: must(d.ServeFeeds(x.t.Context()))(x.t), Clock: x.clock.now})
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = s.Close() })
	return s
}

// get asks as a calendar program does, with the version that it has. Time goes on between two askings.
func (x *feeding) get(has string) (status int, tag, body string) {
	x.t.Helper()
	x.clock.at = x.clock.at.Add(15 * time.Minute)
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, feed.Address(x.server.Base(), x.secret), nil)
	if err != nil {
		x.t.Fatal(err)
	}
	if has != "" {
		r.Header.Set("If-None-Match", has)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("ETag"), string(raw)
}

// oneEvent reads the one event of a calendar with a parser that shares nothing with the writer.
func oneEvent(t *testing.T, body string) *ics.VEvent {
	t.Helper()
	c, err := ics.ParseCalendar(strings.NewReader(body))
	if err != nil || len(c.Events()) != 1 {
		t.Fatalf("%v, %d events:\n%s", err, len(c.Events()), body)
	}
	return c.Events()[0]
}

func property(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

// A hearing that is moved comes as a newer version of the same entry, one that is called off as cancelled, and where nothing has changed the program is told so. What is written tells the
// pseudonym and nothing else of whom and what it is about.
func TestAFeedFollowsTheDocket(t *testing.T) {
	t.Parallel()
	x := fed(t)
	status, tag, body := x.get("")
	first := oneEvent(t, body)
	if status != http.StatusOK || property(first, ics.ComponentPropertySummary) != "Session Witness A" || property(first, ics.ComponentPropertyStatus) != "CONFIRMED" || property(first, ics.ComponentPropertySequence) != "0" ||
		!strings.Contains(body, "BEGIN:VTIMEZONE") || !strings.Contains(body, "REFRESH-INTERVAL;VALUE=DURATION:PT15M") {
		t.Errorf("%d\n%s", status, body)
	}
	for _, not := range []string{"TC 1/2026", "Canaryname", "Lagos", "trafficking", string(x.hearing.Case), string(x.hearing.Party), x.secret} {
		if strings.Contains(body, not) {
			t.Errorf("it tells %q:\n%s", not, body)
		}
	}
	if status, again, body := x.get(tag); status != http.StatusNotModified || again != tag || body != "" {
		t.Errorf("unchanged: %d %s, was %s", status, again, tag)
	}
	if status, again, second := x.get(""); status != http.StatusOK || again != tag || second != body {
		t.Errorf("asked anew it is another text: %d", status)
	}
	to := x.hearing
	to.Start = to.Start.AddDate(0, 0, 1)
	moved := must(x.d.Reschedule(t.Context(), x.hearing, to))(t)
	status, changed, body := x.get(tag)
	second := oneEvent(t, body)
	start, err := second.GetStartAt()
	if status != http.StatusOK || changed == tag || second.Id() != first.Id() || property(second, ics.ComponentPropertySequence) != "1" || err != nil || !start.Equal(moved.Start) {
		t.Errorf("moved: %d, %v, %v\n%s", status, start, err, body)
	}
	must(x.d.Cancel(t.Context(), x.hearing.ID, "canary of the reason"))(t)
	status, _, body = x.get(changed)
	third := oneEvent(t, body)
	if status != http.StatusOK || third.Id() != first.Id() || property(third, ics.ComponentPropertyStatus) != "CANCELLED" || property(third, ics.ComponentPropertySequence) != "2" || strings.Contains(body, "canary") {
		t.Errorf("cancelled: %d\n%s", status, body)
	}
	// Half a year later nobody is told of it any more.
	x.clock.at = x.clock.at.AddDate(0, 6, 0)
	if _, _, body := x.get(""); strings.Contains(body, "VEVENT") {
		t.Errorf("half a year later:\n%s", body)
	}
}

// A revoked feed, one whose person left the docket, and one that never was are answered alike; the other feeds go on.
func TestARevokedFeedIsGone(t *testing.T) {
	t.Parallel()
	x := fed(t)
	_, other, err := x.d.MakeFeed(t.Context(), x.judge.ID, policy.French)
	if err != nil || other == x.secret {
		t.Fatal(err)
	}
	if status, _, _ := x.get(""); status != http.StatusOK {
		t.Fatal(status)
	}
	if err := x.d.RevokeFeed(t.Context(), x.feed.ID); err != nil {
		t.Fatal(err)
	}
	if status, _, body := x.get(""); status != http.StatusNotFound || strings.Contains(body, "VCALENDAR") {
		t.Errorf("revoked: %d %s", status, body)
	}
	x.secret = other
	if status, _, body := x.get(""); status != http.StatusOK || !strings.Contains(body, "Séance") {
		t.Errorf("the other: %d %s", status, body)
	}
	must(x.d.Cancel(t.Context(), x.hearing.ID, "adjourned"))(t)
	if err := x.d.RemoveResource(t.Context(), x.judge.ID); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := x.get(""); status != http.StatusNotFound {
		t.Errorf("of a person who left: %d", status)
	}
	if err := x.d.RevokeFeed(t.Context(), "nobody's"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, _, err := x.d.MakeFeed(t.Context(), "nobody", policy.English); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("for nobody: %v", err)
	}
	if _, _, err := x.d.MakeFeed(t.Context(), x.judge.ID, "xx"); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("in no language: %v", err)
	}
}

// A desk that locks serves nothing more, and says "later", so that nobody's calendar is emptied by it.
func TestALockedDeskServesNoCalendar(t *testing.T) {
	t.Parallel()
	x := fed(t)
	if status, _, _ := x.get(""); status != http.StatusOK {
		t.Fatal(status)
	}
	x.d.Lock()
	if status, _, body := x.get(""); status != http.StatusServiceUnavailable || strings.Contains(body, "VCALENDAR") {
		t.Errorf("%d %s", status, body)
	}
}

// The audit log has who made, served, read and ended a feed, by opaque ids; that a program asked and nothing was new is not an act. No secret is in it.
func TestAFeedIsInTheLog(t *testing.T) {
	t.Parallel()
	x := fed(t)
	before := len(acts(t, x.d, 0))
	_, tag, _ := x.get("")
	x.get(tag)
	x.get("")
	if err := x.d.RevokeFeed(t.Context(), x.feed.ID); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		x.get("")
	}
	var said []string
	for _, e := range acts(t, x.d, before) {
		said = append(said, e.Action)
		if strings.Contains(spell(t, e.Details), x.secret) {
			t.Error("the secret is in the log")
		}
	}
	if got := strings.Join(said, " "); got != "feed.read feed.revoked feed.guessed" {
		t.Error(got)
	}
}

// Only who keeps the docket makes, sees, ends and serves feeds.
func TestWhoKeepsFeeds(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	for _, office := range testimony.Offices {
		d := b.as(office)
		_, _, made := d.MakeFeed(ctx, "x", policy.English)
		_, listed := d.Feeds(ctx)
		_, served := d.ServeFeeds(ctx)
		for what, err := range map[string]error{"makes": made, "lists": listed, "serves": served, "ends": d.RevokeFeed(ctx, "x")} {
			if errors.Is(err, docket.ErrNotAllowed) == d.May(testimony.ActKeepDocket) {
				t.Errorf("%s %s: %v", office, what, err)
			}
		}
	}
}
