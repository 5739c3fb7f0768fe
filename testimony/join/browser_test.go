package join_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all tests; each test has a tab with its own storage.
var browser struct {
	sync.Once
	ctx context.Context
	err error
}

var stopBrowser = func() {}

func startBrowser() (context.Context, error) {
	browser.Do(func() {
		path, err := exec.LookPath("chromium")
		if err != nil {
			browser.err = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.Flag("use-fake-device-for-media-stream", true),
			chromedp.Flag("use-fake-ui-for-media-stream", true),
			chromedp.Flag("autoplay-policy", "user-gesture-required"),
			chromedp.Flag("disable-background-timer-throttling", true),
			chromedp.Flag("ignore-certificate-errors", true),
		)
		allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		stopBrowser = func() { cancel(); cancelAllocator() }
		browser.ctx, browser.err = ctx, chromedp.Do(ctx)
	})
	return browser.ctx, browser.err
}

type step = chromedp.Action[chromedp.Void]

// tab is one page, and what it asked of the network and said on its console.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	hosts map[string]bool
	said  []string
}

func openTab(t *testing.T, languages string, actions ...step) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	parent, err := startBrowser()
	if err != nil {
		t.Skipf("no Chromium here: %v", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, 90*time.Second)
	p := &tab{t: t, ctx: ctx, hosts: map[string]bool{}}
	t.Cleanup(func() { stop(); cancel() })
	if err := chromedp.Listen(ctx, p.heard); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	must(err)
	_, err = chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	must(err)
	agent := emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 Chrome/130.0", AcceptLanguage: languages}
	_, err = chromedp.Call(ctx, emulation.SetUserAgentOverride, agent)
	must(err)
	p.run(actions...)
	return p
}

func (p *tab) heard(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.hosts[hostOf(e.Request.URL)] = true
	case *network.EventWebSocketCreated:
		p.hosts[hostOf(e.URL)] = true
	case *runtime.EventConsoleAPICalled:
		p.said = append(p.said, "console."+string(e.Type))
	case *runtime.EventExceptionThrown:
		p.said = append(p.said, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		p.said = append(p.said, e.Entry.Text)
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "about" || u.Scheme == "data" || u.Scheme == "blob" {
		return ""
	}
	return u.Host
}

func (p *tab) run(actions ...step) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatalf("%v; the page shows %q and said %q", err, p.text("body"), p.spoken())
	}
}

func (p *tab) spoken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

func (p *tab) text(selector string) string {
	text, _ := evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
	return text
}

func evaluate[T any](p *tab, script string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](script))
}

// ask evaluates a script that must not fail.
func ask[T any](p *tab, script string) T {
	p.t.Helper()
	value, err := evaluate[T](p, script)
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return value
}

// until waits for a JavaScript condition. It asks again and again from here, since the page lets nobody compile scripts.
func (p *tab) until(what, condition string) {
	p.t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	limit := time.After(30 * time.Second)
	for {
		if ok, err := evaluate[bool](p, "Boolean("+condition+")"); err == nil && ok {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			p.t.Fatalf("waited for %s; the page shows %q and said %q", what, p.text("body"), p.spoken())
		}
	}
}

// press clicks the visible button with an accessible name, as a guest does.
func (p *tab) press(name string) {
	p.t.Helper()
	find := fmt.Sprintf("[...document.querySelectorAll('button')].find(b => b.textContent.trim() === %q && b.offsetParent)", name)
	p.until("the button "+name, find)
	at := ask[[]float64](p, "{ const b = "+find+"; b.scrollIntoView({block:'center'}); const r = b.getBoundingClientRect();"+
		" [r.x + r.width / 2, r.y + r.height / 2] }")
	p.run(chromedp.MouseClickXY(at[0], at[1]))
}

// onlyHost checks that nothing was asked of any other host, and that the page wrote nothing to its console.
func (p *tab) onlyHost(base string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for host := range p.hosts {
		if host != "" && host != hostOf(base) {
			p.t.Errorf("the page asked %s", host)
		}
	}
	if len(p.hosts) == 0 {
		p.t.Error("no request was seen at all")
	}
	for _, said := range p.said {
		if !strings.Contains(said, "WebSocket connection") { // Chromium's own word for a lost connection
			p.t.Errorf("the console has %q", said)
		}
	}
}

func (p *tab) shot(name string) {
	dir := os.Getenv("PARAVENT_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", picture, 0o600); err != nil {
		p.t.Fatal(err)
	}
}
