package feed_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"paravent/testimony/feed"
)

const (
	right   = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	revoked = "RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR"
	wrong   = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
	text    = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
)

// desk is a source with one calendar.
type desk struct {
	mu      sync.Mutex
	version string
	err     error
	looked  int
	given   int
	guessed []time.Duration
}

func (d *desk) Calendar(_ context.Context, secret string, seen func(string) bool) (feed.Calendar, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looked++
	if d.err != nil {
		return feed.Calendar{}, d.err
	}
	if secret != right {
		return feed.Calendar{}, feed.ErrUnknown
	}
	if !seen(d.version) {
		d.given++
	}
	return feed.Calendar{Text: []byte(text), Version: d.version}, nil
}

func (d *desk) Guessed(_ context.Context, wait time.Duration) { d.guessed = append(d.guessed, wait) }

// hand is a clock that a test sets.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) on(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(by)
}

func served(t *testing.T, config feed.Config) (*feed.Server, *desk, *hand) {
	t.Helper()
	d, clock := &desk{version: "v1"}, &hand{at: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	config.Listen, config.Source, config.Clock = "127.0.0.1:0", d, clock.now
	s, err := feed.Listen(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, d, clock
}

// ask sends one request and gives the answer with its body read.
func ask(t *testing.T, s *feed.Server, method, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultTransport.RoundTrip(r) // no redirect is followed
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// A calendar program gets the calendar, asks again with what it has, and gets it anew once it has changed.
func TestAProgramFollowsACalendar(t *testing.T) {
	t.Parallel()
	s, d, _ := served(t, feed.Config{})
	url := feed.Address(s.Base()+"/", right)
	answer, body := ask(t, s, http.MethodGet, url, nil)
	tag := answer.Header.Get("ETag")
	if answer.StatusCode != http.StatusOK || body != text || tag != `"v1"` || answer.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(answer.Header.Get("Cache-Control"), "private") {
		t.Errorf("%s %q %v", answer.Status, body, answer.Header)
	}
	for _, has := range []string{tag, "W/" + tag, `"other", ` + tag} {
		answer, body = ask(t, s, http.MethodGet, url, func(r *http.Request) { r.Header.Set("If-None-Match", has) })
		if answer.StatusCode != http.StatusNotModified || body != "" || answer.Header.Get("ETag") != tag {
			t.Errorf("with %s: %s %q", has, answer.Status, body)
		}
	}
	answer, body = ask(t, s, http.MethodHead, url, nil)
	if answer.StatusCode != http.StatusOK || body != "" || answer.ContentLength != int64(len(text)) {
		t.Errorf("the head: %s %d", answer.Status, answer.ContentLength)
	}
	d.mu.Lock()
	d.version = "v2"
	d.mu.Unlock()
	answer, body = ask(t, s, http.MethodGet, url, func(r *http.Request) { r.Header.Set("If-None-Match", tag) })
	if answer.StatusCode != http.StatusOK || body != text || answer.Header.Get("ETag") != `"v2"` {
		t.Errorf("after a change: %s", answer.Status)
	}
}

// A desk that is locked does not take the hearings out of anybody's calendar.
func TestALockedDeskSaysLater(t *testing.T) {
	t.Parallel()
	s, d, _ := served(t, feed.Config{})
	d.err = errors.New("locked: canary")
	answer, body := ask(t, s, http.MethodGet, feed.Address(s.Base(), right), nil)
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || strings.Contains(body, "canary") {
		t.Errorf("%s %q", answer.Status, body)
	}
}

// Whoever asks otherwise than a calendar program is refused without a word of what is there, and nothing is looked up for them.
func TestOtherRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s, d, _ := served(t, feed.Config{Hosts: []string{"calendar.court.example"}})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.Base(), "http://"))
	url := feed.Address(s.Base(), right)
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for name, c := range map[string]struct {
		method, url string
		change      func(*http.Request)
		want        int
	}{
		"a post":                 {http.MethodPost, url, nil, http.StatusMethodNotAllowed},
		"a put":                  {http.MethodPut, url, nil, http.StatusMethodNotAllowed},
		"a deletion":             {http.MethodDelete, url, nil, http.StatusMethodNotAllowed},
		"options":                {http.MethodOptions, url, nil, http.StatusMethodNotAllowed},
		"a trace":                {http.MethodTrace, url, nil, http.StatusMethodNotAllowed},
		"a web calendar's own":   {"PROPFIND", url, nil, http.StatusMethodNotAllowed},
		"a foreign name":         {http.MethodGet, url, host("evil.example"), http.StatusMisdirectedRequest},
		"a foreign name, port":   {http.MethodGet, url, host("evil.example:" + port), http.StatusMisdirectedRequest},
		"another port":           {http.MethodGet, url, host("127.0.0.1:1"), http.StatusMisdirectedRequest},
		"a name that begins so":  {http.MethodGet, url, host("127.0.0.1.evil.example:" + port), http.StatusMisdirectedRequest},
		"a post to another name": {http.MethodPost, url, host("evil.example"), http.StatusMisdirectedRequest},
		"the root":               {http.MethodGet, s.Base() + "/", nil, http.StatusNotFound},
		"no suffix":              {http.MethodGet, strings.TrimSuffix(url, ".ics"), nil, http.StatusNotFound},
		"a short one":            {http.MethodGet, feed.Address(s.Base(), "AAAA"), nil, http.StatusNotFound},
		"a long one":             {http.MethodGet, feed.Address(s.Base(), strings.Repeat("A", 4000)), nil, http.StatusNotFound},
	} {
		answer, body := ask(t, s, c.method, c.url, c.change)
		if answer.StatusCode != c.want && answer.StatusCode != http.StatusTooManyRequests || strings.Contains(body, "VCALENDAR") {
			t.Errorf("%s: %s %q, want %d", name, answer.Status, body, c.want)
		}
		if c.want == http.StatusMisdirectedRequest && answer.StatusCode != c.want {
			t.Errorf("%s: %s", name, answer.Status)
		}
		for _, h := range []string{"Access-Control-Allow-Origin", "Server"} {
			if answer.Header.Get(h) != "" {
				t.Errorf("%s: %s is %q", name, h, answer.Header.Get(h))
			}
		}
	}
	if d.looked != 0 {
		t.Errorf("%d addresses were looked up", d.looked)
	}
	for _, name := range []string{"localhost:" + port, "LOCALHOST:" + port, "127.0.0.1:" + port, "[::1]:" + port, "calendar.court.example:" + port} {
		if answer, _ := ask(t, s, http.MethodGet, url, host(name)); answer.StatusCode != http.StatusOK {
			t.Errorf("as %s: %s", name, answer.Status)
		}
	}
}

// A wrong address and a revoked one get the same answer to the last byte.
func TestAWrongAddressIsLikeARevokedOne(t *testing.T) {
	t.Parallel()
	s, _, _ := served(t, feed.Config{})
	one, oneBody := ask(t, s, http.MethodGet, feed.Address(s.Base(), wrong), nil)
	two, twoBody := ask(t, s, http.MethodGet, feed.Address(s.Base(), revoked), nil)
	one.Header.Del("Date")
	two.Header.Del("Date")
	var a, b strings.Builder
	_, _ = one.Header.Write(&a), two.Header.Write(&b)
	if one.Status != two.Status || oneBody != twoBody || a.String() != b.String() || one.StatusCode != http.StatusNotFound {
		t.Errorf("%s %q %s\n%s %q %s", one.Status, oneBody, a.String(), two.Status, twoBody, b.String())
	}
}

// Guessing waits longer and longer, up to a quarter of an hour; while it waits nothing is looked up, and a calendar that was served before is served all the same.
func TestGuessingWaits(t *testing.T) {
	t.Parallel()
	s, d, clock := served(t, feed.Config{})
	url := feed.Address(s.Base(), wrong)
	if answer, _ := ask(t, s, http.MethodGet, feed.Address(s.Base(), right), nil); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	var waits []time.Duration
	for i := range 16 {
		if answer, _ := ask(t, s, http.MethodGet, url, nil); answer.StatusCode != http.StatusNotFound {
			t.Fatalf("guess %d: %s", i, answer.Status)
		}
		if i < 4 {
			continue // some mistakes are free
		}
		looked := d.looked
		answer, _ := ask(t, s, http.MethodGet, url, nil)
		wait, err := time.ParseDuration(answer.Header.Get("Retry-After") + "s")
		if err != nil || answer.StatusCode != http.StatusTooManyRequests || d.looked != looked {
			t.Fatalf("%s, %v, %d looked up", answer.Status, err, d.looked-looked)
		}
		if served, _ := ask(t, s, http.MethodGet, feed.Address(s.Base(), right), nil); served.StatusCode != http.StatusOK {
			t.Fatalf("who guesses keeps another from their calendar: %s", served.Status)
		}
		waits = append(waits, wait)
		clock.on(wait)
	}
	for i := range waits[1:] {
		if waits[i+1] < waits[i] || waits[i] < 15*time.Minute && waits[i+1] == waits[i] {
			t.Errorf("the waits are %v", waits)
		}
	}
	if last := waits[len(waits)-1]; waits[0] != time.Second || last != 15*time.Minute {
		t.Errorf("from %s to %s", waits[0], last)
	}
	if len(d.guessed) != len(waits) {
		t.Errorf("told %d times of %d waits", len(d.guessed), len(waits))
	}
	// After an hour without a guess it is forgotten.
	clock.on(2 * time.Hour)
	for range 4 {
		if answer, _ := ask(t, s, http.MethodGet, url, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("an hour later: %s", answer.Status)
		}
	}
}

// An address that was right is no longer privileged once it is revoked.
func TestARevokedAddressIsGuessedLikeAnyOther(t *testing.T) {
	t.Parallel()
	s, d, _ := served(t, feed.Config{})
	url := feed.Address(s.Base(), right)
	if answer, _ := ask(t, s, http.MethodGet, url, nil); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	d.mu.Lock()
	d.err = feed.ErrUnknown
	d.mu.Unlock()
	status := 0
	for range 8 {
		answer, body := ask(t, s, http.MethodGet, url, nil)
		if status = answer.StatusCode; strings.Contains(body, "VCALENDAR") || answer.Header.Get("ETag") != "" {
			t.Fatalf("revoked, it is served: %s", answer.Status)
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("asking for it again and again is answered with %d", status)
	}
}

// Nothing is served in the clear where others listen, nor at no address at all.
func TestWhereItListens(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]error{"0.0.0.0:0": feed.ErrPlain, ":0": feed.ErrPlain, "[::]:0": feed.ErrPlain, "192.0.2.1:80": feed.ErrPlain, "localhost.evil.example:80": feed.ErrPlain,
		"127.0.0.1": feed.ErrListen, "http://127.0.0.1:80": feed.ErrListen, "127.0.0.1:80/x": feed.ErrListen, "localhost:0": nil, "[::1]:0": nil} {
		s, err := feed.Listen(t.Context(), feed.Config{Listen: listen, Source: &desk{}})
		if want == nil && err != nil && strings.HasPrefix(listen, "[") {
			continue // a machine without IPv6
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", listen, err, want)
		}
		if err == nil {
			_ = s.Close()
			<-s.Done()
		}
	}
}

// Whatever path is asked for, no answer is a failure of the server, and none is a calendar but at its address.
func FuzzPath(f *testing.F) {
	for _, p := range []string{"/calendar/" + right + ".ics", "/calendar//" + right + ".ics", "/calendar/../calendar/" + right + ".ics", "/calendar/%41", "/", "*", "/calendar/\x00.ics"} {
		f.Add(p)
	}
	d := &desk{version: "v1"}
	s, err := feed.Listen(context.Background(), feed.Config{Listen: "127.0.0.1:0", Source: d})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.Host = path, strings.TrimPrefix(s.Base(), "http://")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusOK && path != "/calendar/"+right+".ics" || w.Code >= 500 {
			t.Errorf("%q: %d", path, w.Code)
		}
	})
}
